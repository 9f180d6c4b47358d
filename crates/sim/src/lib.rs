//! Relais under proof: a scenario language, the player that drives the production core with it,
//! the checks made after every step, an independent reference of R5, and a seeded simulator.
//!
//! Owns no rule: everything decided comes from `relais-core` through [`engine::Engine`]. Refuses
//! the machine's clock and any chance but a seed (I14).
//!
//! Reading order: [`script`] (what a scenario says), [`play`] (what the core answers), [`check`]
//! (what must hold), [`words`] (how it is told), [`territory`] (seeded lives and faults),
//! [`fleet`] (several nodes, a store, gateways).

pub mod campaign;
pub mod check;
pub mod coverage;
pub mod engine;
pub mod everything;
pub mod fleet;
pub mod places;
pub mod play;
pub mod reference;
pub mod rng;
pub mod script;
pub mod territory;
pub mod whatif;
pub mod words;
pub mod world;
