//! Both kinds of episodes in one campaign: territories, where the core alone meets every input in
//! every order, and fleets, where several nodes carry it. Owns only the mix.

use crate::campaign::{self, Length, Lived, Report};
use crate::engine::Core;
use crate::fleet::duty::Honest;
use crate::fleet::{self, Setting};
use crate::territory;

/// Which episodes are lived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Both, one territory for three fleets.
    Both,
    /// Territories only.
    Territory,
    /// Fleets only.
    Fleet,
}

/// One episode of a layer on the production core.
pub fn lived(layer: Layer, number: u64, seed: u64) -> Lived {
    let alone = match layer {
        Layer::Both => number % 4 == 3,
        Layer::Territory => true,
        Layer::Fleet => false,
    };
    if alone {
        territory::lived(seed, &Core)
    } else {
        fleet::lived(seed, Setting::new(&Core, &Honest))
    }
}

/// Lives request lives of a layer; stops at the first failure.
pub fn simulate(length: Length, layer: Layer, progress: &mut dyn FnMut(u64)) -> Report {
    campaign::run(length, &|number, seed| lived(layer, number, seed), progress)
}
