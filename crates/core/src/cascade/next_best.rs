//! The ways out of a request nobody took, best first, each with how many it would reach (R4.5).
//! Facts only: somebody at the desk chooses.

use super::Facts;
use super::stages::ask;
use crate::ids::ProfessionalId;
use crate::people::{Mode, Profession};
use crate::request::{Phase, Request, Stage};
use crate::slug::Slug;
use crate::time::Instant;
use std::collections::BTreeSet;

/// One way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextBest {
    /// Wider radius and neighbouring networks: how many not yet asked.
    Widen {
        /// How many.
        reach: usize,
    },
    /// A new window: how many could be asked, those who only stayed silent included.
    AskAgain {
        /// How many.
        reach: usize,
    },
    /// The same need at a distance.
    Teleconsultation {
        /// How many.
        reach: usize,
    },
    /// Another profession that may treat this motive, under a cooperation protocol where one is
    /// needed: a new request.
    OtherProfession {
        /// Which.
        profession: Profession,
        /// How many.
        reach: usize,
    },
    /// Back to the usual professional, later.
    UsualLater {
        /// Who.
        professional: ProfessionalId,
    },
    /// The SAS, or 15. Always possible.
    Fifteen,
}

/// The ways out of an unfilled request; empty in any other state. `alternatives` are the
/// professions that may treat its motives, as the motive list says, and the cooperation protocols of
/// which each needs one.
pub fn next_best(
    state: &Request,
    alternatives: &[(Profession, BTreeSet<Slug>)],
    now: Instant,
    facts: &Facts<'_>,
) -> Vec<NextBest> {
    let Phase::Unfilled(_) = state.phase else {
        return Vec::new();
    };
    let mut ways = Vec::new();
    // A new window starts a new round: whoever stayed silent can be asked again.
    let mut again = state.clone();
    again.round = state.round.saturating_add(1);
    let near = reach(&again, facts, now, Stage::Community);
    let far = reach(&again, facts, now, Stage::Neighbours);
    if far > near {
        ways.push(NextBest::Widen { reach: far - near });
    }
    if near > 0 {
        ways.push(NextBest::AskAgain { reach: near });
    }
    if state.need.mode != Mode::Teleconsultation {
        let mut distant = again.clone();
        distant.need.mode = Mode::Teleconsultation;
        let reach = reach(&distant, facts, now, Stage::Community);
        if reach > 0 {
            ways.push(NextBest::Teleconsultation { reach });
        }
    }
    let others = alternatives.iter();
    for (profession, under) in others.filter(|(p, _)| *p != state.need.profession) {
        let mut other = again.clone();
        other.need.profession = *profession;
        other.need.cooperations.clone_from(under);
        other.need.specialty = None;
        let reach = reach(&other, facts, now, Stage::Community);
        if reach > 0 {
            ways.push(NextBest::OtherProfession {
                profession: *profession,
                reach,
            });
        }
    }
    let usual = state.usual.professionals.iter().find(|id| {
        facts
            .pool
            .find(**id, state.network)
            .is_some_and(|(network, candidate)| {
                candidate.member.profession == state.need.profession
                    && candidate.member.belongs_to(network)
                    && !state.declined_by(**id)
            })
    });
    ways.extend(usual.map(|id| NextBest::UsualLater { professional: *id }));
    ways.push(NextBest::Fifteen);
    ways
}

fn reach(state: &Request, facts: &Facts<'_>, now: Instant, stage: Stage) -> usize {
    facts.pool.sift(&ask(state, facts, now, stage)).asked.len()
}
