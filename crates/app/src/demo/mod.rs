//! The demonstration territory: real communes of Essonne, people who do not exist. Owns making it
//! from a seed, as plain data that reads no clock, and laying it out in a store
//! through the use cases ([`install`](self), [`play`](self)). The same seed and start make the
//! same world on every machine.

mod dice;
mod failures;
mod ground;
mod guided;
mod habits;
mod install;
mod life;
mod names;
mod newcomers;
mod numbers;
mod patients;
mod people;
mod play;
mod practice;
mod rehearsal;
mod scripts;
mod staff;
mod start;
mod stories;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_stories;
mod world;

pub use install::token_of;
pub use play::draft;
pub use practice::{PracticeCall, practice};
pub use start::demo_start;
pub use stories::{Guided, GuidedCall, Step, Story, When, Who};
pub use world::{
    DemoNetwork, DemoPatient, DemoPlace, DemoProfessional, DemoSharing, DemoUser, DemoWorld,
};

use dice::Dice;
use relais_core::time::Instant;

impl DemoWorld {
    /// Makes a territory. `start` is the moment it is first shown: stories, contracts and absences
    /// are counted from it.
    pub fn generate(seed: u64, start: Instant) -> Self {
        let mut registry = names::Registry::new(seed);
        let ground = ground::Ground::new();
        let networks = ground::networks(&mut Dice::new(seed, "networks"), &mut registry, start);
        let sharing = ground::sharing(&networks);
        let professionals = people::Maker {
            dice: Dice::new(seed, "professionals"),
            registry: &mut registry,
            ground: &ground,
            networks: &networks,
            start,
        }
        .professionals();
        let mut dice = Dice::new(seed, "accounts");
        let users = staff::users(&mut dice, &mut registry, &networks, &professionals, start);
        let patients = patients::Census {
            dice: Dice::new(seed, "patients"),
            registry: &mut registry,
            ground: &ground,
            networks: &networks,
            professionals: &professionals,
            start,
        }
        .patients();
        let guided = guided::visit(
            &professionals,
            &users,
            people::DOCTOR,
            people::NO_SMARTPHONE,
        );
        let mut world = Self {
            seed,
            start,
            networks,
            sharing,
            professionals,
            users,
            patients,
            stories: Vec::new(),
            guided,
        };
        world.stories = scripts::cast(&world, &mut Dice::new(seed, "stories"));
        world
    }
}
