//! Plans by seed: what people do, in an order that makes sense often enough and nonsense sometimes.
//! The same plan is played on every engine and under every fault.

use super::deeds::{Deed, Slots};
use relais_faults::dice::Dice;

/// General practitioners of the first network, the usual doctor first.
pub(super) const DOCTORS: [&str; 5] = ["Martin", "Leroy", "Petit", "Garnier", "Faure"];

/// A number given by the environment: how many, or from which seed.
pub(super) fn number(name: &str) -> Option<u64> {
    let given = std::env::var(name).ok()?;
    let read = given.parse();
    Some(read.unwrap_or_else(|_| panic!("{name} is a number, not {given:?}")))
}

/// Eight to sixteen deeds about one or two requests.
pub(super) fn deeds(dice: &mut Dice) -> Vec<Deed> {
    let requests = 1 + dice.index(2);
    let mut plan = Vec::new();
    for n in 0..requests {
        let usual = dice.chance(2, 3).then(|| DOCTORS[dice.index(2)]);
        plan.push(Deed::Raise(n, usual));
        if dice.chance(3, 4) {
            plan.push(Deed::Settle);
        }
    }
    for _ in 0..8 + dice.below(7) {
        let n = dice.index(requests);
        let name = DOCTORS[dice.index(DOCTORS.len())];
        plan.push(match dice.below(24) {
            0..=3 => Deed::Refuse(n, name),
            4..=6 => Deed::Accept(n, name),
            7..=9 => Deed::Settle,
            10..=11 => Deed::Pass(1 + i64::try_from(dice.below(10)).unwrap_or(0)),
            12 => Deed::Pass(60),
            13..=14 => Deed::Appoint(n),
            15 => Deed::Release(n),
            16 => Deed::Pause(n),
            17 => Deed::Resume(n),
            18 => Deed::Relaunch(n),
            19 => Deed::TakeInHand(n),
            20 => Deed::Cancel(n),
            21 => Deed::Close(n),
            _ => Deed::Sms(n, name, dice.chance(1, 2)),
        });
    }
    plan
}

/// What brings every request to its end, whatever was done before.
pub(super) fn endings(slots: &Slots) -> Vec<Deed> {
    let raised = (0..slots.ids.len()).filter(|n| slots.ids[*n].is_some());
    let mut ends: Vec<Deed> = raised
        .flat_map(|n| [Deed::Appoint(n), Deed::Close(n), Deed::Cancel(n)])
        .collect();
    ends.push(Deed::Settle);
    ends
}
