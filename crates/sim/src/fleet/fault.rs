//! What goes wrong, how often, and when: each fault strikes by a draw of its own from the seed, the
//! fault and what it strikes. Leaving one out moves no other, so that a plan of faults shrinks.

use crate::rng::Rng;
use std::collections::BTreeSet;

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $most:literal);+ $(;)?) => {
        /// Something that goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[$doc])* $variant),+ }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// What it is called, in plans and among what was met.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Most times in ten thousand that it strikes where it may.
            const fn most(self) -> u64 {
                match self { $(Self::$variant => $most),+ }
            }
        }
    };
}

faults! {
    /// The process dies before its commit.
    CrashBeforeCommit = "fleet: crash before commit", 120;
    /// The process dies after its commit, before anybody is answered.
    CrashAfterCommit = "fleet: crash after commit, before the answer", 120;
    /// The process dies between the gateway's yes and the record of it.
    CrashAfterYes = "fleet: crash between the gateway's yes and our record", 250;
    /// The database says nothing of a commit that was made.
    CommitUnknownMade = "fleet: commit unknown, made", 200;
    /// The database says nothing of a commit that was not made.
    CommitUnknownLost = "fleet: commit unknown, not made", 200;
    /// What somebody asked never reaches a node.
    InputLost = "fleet: input lost on the way", 600;
    /// A program that was answered yes sends it again, much later.
    YesAgain = "fleet: yes sent again long after", 1_500;
    /// A node's answer never reaches who asked.
    AnswerLost = "fleet: answer lost on the way", 600;
    /// What somebody asked reaches two nodes.
    InputTwice = "fleet: input twice", 600;
    /// What somebody asked comes later than what came after it.
    InputLate = "fleet: input late", 400;
    /// Everybody presses in the same millisecond.
    Together = "fleet: same millisecond", 2_500;
    /// The process stands still, then goes on with what it had read.
    Paused = "fleet: node paused, then goes on", 150;
    /// A process's clock is off.
    ClockSkew = "fleet: clock off", 9_000;
    /// A process's clock jumps.
    ClockStep = "fleet: clock jumps", 3_500;
    /// A gateway took the message and nobody ever gets it.
    MessageLost = "fleet: message lost", 1_500;
    /// A gateway delivers a message twice.
    MessageTwice = "fleet: message delivered twice", 1_000;
    /// A message arrives late, after others sent later.
    MessageLate = "fleet: message late, out of order", 1_500;
    /// A receipt is lost.
    ReceiptLost = "fleet: receipt lost", 2_500;
    /// A receipt says delivered of what never arrived.
    ReceiptLies = "fleet: receipt says delivered, never arrived", 4_000;
    /// A receipt says failed of what arrived.
    ReceiptDenies = "fleet: receipt says failed, arrived", 800;
    /// A receipt comes twice.
    ReceiptTwice = "fleet: receipt twice", 1_500;
    /// A receipt comes of a message nobody knows.
    ReceiptStranger = "fleet: receipt of an unknown message", 600;
    /// A gateway took the message, and its yes is lost.
    YesLost = "fleet: gateway's yes lost", 300;
    /// A gateway is down for a while.
    GatewayDown = "fleet: gateway down", 7_000;
    /// A gateway answers slowly.
    GatewaySlow = "fleet: gateway slow", 400;
    /// A gateway asks to come back later.
    GatewayBusy = "fleet: gateway asks to come back", 500;
    /// A gateway refuses a message for good.
    GatewayRefuses = "fleet: gateway refuses for good", 200;
    /// An SMS answer comes twice.
    AnswerTwice = "fleet: SMS answer twice", 2_000;
    /// The policy is edited while requests run.
    PolicyEdited = "fleet: policy edited mid-flight", 2_500;
    /// Somebody loses membership while requests run.
    Deactivated = "fleet: professional deactivated mid-flight", 3_500;
    /// The node that changed the directory dies before the open requests are looked at again.
    ChangeUnread = "fleet: directory changed, node dies before it looks again", 1_200;
}

/// Something a plan is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// A fault, and the number of what it strikes.
    Strikes(Fault, u64),
    /// Somebody wants something: the number of their will.
    Wants(u64),
}

/// The draws of an episode.
#[derive(Debug, Clone)]
pub struct Chance {
    seed: u64,
    rates: Vec<u64>,
    only: Option<BTreeSet<Element>>,
    struck: BTreeSet<Element>,
    /// What struck and who wanted something, in order.
    pub met: Vec<Element>,
    /// The faults are over.
    pub calm: bool,
}

/// Parts of an episode that draw for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// How bad it is.
    Rates = 1,
    /// The territory.
    Territory,
    /// What comes anyway.
    Day,
    /// How long things take.
    Lengths,
    /// What people do.
    Habits,
}

const fn mixed(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Two numbers made one.
pub const fn joined(a: u64, b: u64) -> u64 {
    mixed(mixed(a, 0x51), b)
}

impl Chance {
    /// The draws of a seed, of which only a plan's happen, if there is one; a third of the episodes
    /// are quiet.
    pub fn new(seed: u64, only: Option<BTreeSet<Element>>) -> Self {
        let mut rng = Rng::new(mixed(seed, Part::Rates as u64));
        let quiet = rng.percent(33);
        let rates = Fault::ALL
            .iter()
            .map(|fault| {
                let about = rng.percent(60);
                let rate = 1 + rng.below(fault.most());
                if about && !quiet { rate } else { 0 }
            })
            .collect();
        Self {
            seed,
            rates,
            only,
            struck: BTreeSet::new(),
            met: Vec::new(),
            calm: false,
        }
    }

    /// Whether a fault strikes something.
    pub fn strikes(&mut self, fault: Fault, what: u64) -> bool {
        let rate = self.rates.get(fault as usize).copied().unwrap_or(0);
        if self.calm || rate == 0 {
            return false;
        }
        let drawn = mixed(mixed(self.seed, 0x1000 + fault as u64), what) % 10_000;
        // Once: what is tried again under the same number is not struck again.
        let element = Element::Strikes(fault, what);
        drawn < rate && self.struck.insert(element) && self.planned(element)
    }

    /// Whether somebody's will is part of the plan.
    pub fn wants(&mut self, will: u64) -> bool {
        self.planned(Element::Wants(will))
    }

    fn planned(&mut self, element: Element) -> bool {
        // The desk's work once the faults are over is no part of a plan.
        if self.calm {
            return true;
        }
        let planned = self
            .only
            .as_ref()
            .is_none_or(|only| only.contains(&element));
        if planned {
            self.met.push(element);
        }
        planned
    }

    /// A generator for one thing.
    pub const fn rng(&self, part: Part, what: u64) -> Rng {
        Rng::new(mixed(mixed(self.seed, part as u64), what))
    }

    /// A length between two, both included, for one thing.
    pub fn length(&self, what: u64, low: i64, high: i64) -> i64 {
        self.rng(Part::Lengths, what).between(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_with_one_fault_less_moves_no_other() {
        // Of the first seed that is not quiet.
        let loud = |seed: &u64| Chance::new(*seed, None).rates.iter().any(|rate| *rate > 0);
        let seed = (1..).find(loud).expect("two thirds of them");
        let of = |only: Option<BTreeSet<Element>>| {
            let mut chance = Chance::new(seed, only);
            for what in 0..5_000 {
                for fault in Fault::ALL {
                    chance.strikes(*fault, what);
                }
            }
            chance.met
        };
        let all = of(None);
        assert!(all.len() > 100, "{}", all.len());
        let spared = *all.get(50).expect("more than fifty");
        let mut less = all.clone();
        less.retain(|element| *element != spared);
        assert_eq!(of(Some(less.iter().copied().collect())), less);
    }
}
