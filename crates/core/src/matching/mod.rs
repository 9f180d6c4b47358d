//! Who may be asked, and why the others not (R5). Every test is made for everybody, so that each
//! person left out can be told each reason.

mod tests_of_r5;
mod verdict;

pub use tests_of_r5::judge;
pub use verdict::{Finding, Measure, Test, Verdict};

use crate::ids::{NetworkId, ProfessionalId};
use crate::people::{Load, Member};
use crate::request::{Need, PatientFacts};
use crate::time::{Calendar, Instant};

/// A member with what was lately asked of them.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The member.
    pub member: &'a Member,
    /// Lately asked.
    pub load: Load,
}

/// Everybody who could be considered for a request, gathered by the shell.
#[derive(Debug, Clone, Default)]
pub struct Pool<'a> {
    /// Members of the request's network.
    pub own: Vec<Candidate<'a>>,
    /// Members of networks that share with it (federation agreements), by network.
    pub sharing: Vec<(NetworkId, Candidate<'a>)>,
}

impl<'a> Pool<'a> {
    /// A member of the pool, and through which network they would be asked: the own one when they
    /// are active there, else a sharing one where they are.
    pub fn find(&self, id: ProfessionalId, own: NetworkId) -> Option<(NetworkId, Candidate<'a>)> {
        let home = self.own.iter().filter(|c| c.member.id == id);
        let here = home.map(|c| (own, *c));
        let there = self.sharing.iter().filter(|(_, c)| c.member.id == id);
        let mut known = here.chain(there.copied());
        let first = known.clone().next();
        known
            .find(|(network, c)| c.member.belongs_to(*network))
            .or(first)
    }
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

/// Eligible first, nearest first, then by id: the order in which waves go out (R4.3).
pub fn rank(verdicts: &mut [Verdict]) {
    verdicts.sort_by_key(|v| (!v.asked(), v.distance_m.unwrap_or(u32::MAX), v.professional));
}
