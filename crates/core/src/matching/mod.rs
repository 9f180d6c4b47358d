//! Who may be asked, and why the others not (R5). Every test is made for everybody, so that each
//! person left out can be told each reason.

mod card;
mod index;
mod pool;
mod sieve;
mod tests_of_r5;
mod verdict;

pub use index::{Index, Members, nearness};
pub use pool::{Pool, Sifted};
pub use tests_of_r5::{day_off, judge};
pub use verdict::{Finding, Measure, Test, Verdict};

use crate::ids::{NetworkId, ProfessionalId};
use crate::people::{Lately, Load, Member};
use crate::request::{Need, PatientFacts};
use crate::time::{Calendar, Instant};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A member with what was lately asked of them.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The member.
    pub member: &'a Member,
    /// Lately asked.
    pub load: Load,
}

/// What was already asked of one person for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Already {
    /// Asked in this round.
    pub asked: bool,
    /// Said no, or gave the patient back.
    pub refused: bool,
}

/// The question put to matching for one request and one person.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What is needed.
    pub need: &'a Need,
    /// The patient's facts.
    pub patient: &'a PatientFacts,
    /// Through which network they would be asked.
    pub network: NetworkId,
    /// Radius of the network for this stage, metres.
    pub radius_m: u32,
    /// They are one of the patient's usual professionals.
    pub is_usual: bool,
    /// Stage of the usual professional: distance, maximums and rest do not count (R4.1).
    pub usual_stage: bool,
    /// They raised the request themselves.
    pub is_requester: bool,
    /// What was already asked of them.
    pub already: Already,
    /// Now.
    pub now: Instant,
    /// The network's civil time.
    pub calendar: &'a Calendar,
}

/// The question put to matching for one request and everybody.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// What is needed.
    pub need: &'a Need,
    /// The patient's facts.
    pub patient: &'a PatientFacts,
    /// The request's network.
    pub own: NetworkId,
    /// Whether those who can be asked through an agreement only are considered (R4.4).
    pub wide: bool,
    /// Radius of the network for this stage, metres.
    pub radius_m: u32,
    /// The patient's usual professionals.
    pub usual: Cow<'a, [ProfessionalId]>,
    /// The professional who raised it.
    pub requester: Option<ProfessionalId>,
    /// Whoever was asked in this round: considered no more.
    pub asked: BTreeSet<ProfessionalId>,
    /// Whoever said no, or gave the patient back.
    pub refused: BTreeSet<ProfessionalId>,
    /// Now.
    pub now: Instant,
    /// The network's civil time.
    pub calendar: &'a Calendar,
}

impl<'a> Ask<'a> {
    /// The same for one person, through a network.
    pub fn question(&self, network: NetworkId, id: ProfessionalId) -> Question<'a> {
        Question {
            need: self.need,
            patient: self.patient,
            network,
            radius_m: self.radius_m,
            is_usual: self.usual.contains(&id),
            usual_stage: false,
            is_requester: self.requester == Some(id),
            already: Already {
                asked: self.asked.contains(&id),
                refused: self.refused.contains(&id),
            },
            now: self.now,
            calendar: self.calendar,
        }
    }
}

/// How far apart two distances still count as the same, metres: a whole kilometre, as distances are shown (R6).
pub const BAND_M: u32 = 1_000;

/// Whose turn it is in a wave (R4.3): the nearest first, by whole kilometres; among equals whoever was asked least in
/// the last days; then the nearest to the metre, then by id. Whose distance is unknown comes last.
pub fn turn(verdict: &Verdict, lately: Lately) -> (u32, u16, u32, ProfessionalId) {
    let metres = verdict.distance_m.unwrap_or(u32::MAX);
    (metres / BAND_M, lately.asked, metres, verdict.professional)
}

/// Eligible first, nearest first, then by id: the order in which verdicts are kept and shown.
pub fn rank(verdicts: &mut [Verdict]) {
    verdicts.sort_by_key(|v| (!v.asked(), v.distance_m.unwrap_or(u32::MAX), v.professional));
}
