//! When somebody must come back to a request, and for what. Stored with it: no timer in memory
//! is ever needed (R4.13, I5, I15).

use crate::people::coded;
use crate::request::{Phase, Request};
use crate::time::Instant;

coded!(
    /// For what a request is due.
    Why {
        /// The desk is reminded that it must be qualified.
        Qualify = "qualify",
        /// The present stage gives way.
        StageEnds = "stage-ends",
        /// The window ends.
        DeadlinePasses = "deadline-passes",
        /// The next wave goes out.
        NextWave = "next-wave",
        /// Somebody left out by the clock returns.
        CandidateReturns = "candidate-returns",
        /// The patient was promised news.
        PatientNews = "patient-news",
        /// A pause is questioned, or meets the care deadline.
        PauseEnds = "pause-ends",
        /// The owner of an unfilled request is reminded.
        NeedsAHand = "needs-a-hand",
        /// A time must be set, or the request closed.
        FollowUp = "follow-up",
    }
);

/// The next moment a request needs somebody; `None` only when it is over.
pub fn due(request: &Request) -> Option<(Instant, Why)> {
    match &request.phase {
        Phase::ToQualify { remind_at, .. } => Some((*remind_at, Why::Qualify)),
        Phase::Asking(asking) => {
            let ends = if asking.stage_until < asking.deadline {
                Why::StageEnds
            } else {
                Why::DeadlinePasses
            };
            let moments = [
                Some((asking.stage_until.min(asking.deadline), ends)),
                asking.next_wave_at.map(|at| (at, Why::NextWave)),
                asking.recheck_at.map(|at| (at, Why::CandidateReturns)),
                asking.promise_at.map(|at| (at, Why::PatientNews)),
            ];
            moments.into_iter().flatten().min_by_key(|(at, _)| *at)
        }
        Phase::Paused(paused) => Some((paused.until, Why::PauseEnds)),
        Phase::Unfilled(unfilled) => Some((unfilled.remind_at, Why::NeedsAHand)),
        Phase::Engaged(engagement) => engagement.due_at.map(|at| (at, Why::FollowUp)),
        Phase::Ended(_) => None,
    }
}
