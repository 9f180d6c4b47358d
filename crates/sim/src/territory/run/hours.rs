//! Hours that come free (R9): a patient calls a visit off, and whoever had kept the hour has it again; others are
//! known to the desk in other ways. Wider than the shell, which stops at the first request that takes the hour: here
//! every other request hears of it.

use super::Run;
use crate::play::{Answer, Step};
use crate::script::{Act, Say};
use relais_core::cascade::Event;
use relais_core::request::{CancelledBy, Phase};
use relais_core::time::{Duration, Instant};

/// Whose hour, and when.
pub(super) struct Kept {
    who: String,
    hour: Instant,
}

impl Run<'_> {
    /// The hour kept for the patient of a request.
    pub(super) fn kept(&self, label: u8) -> Option<Kept> {
        let life = self.play.lives.get(&label)?;
        let Phase::Engaged(engagement) = &life.state.phase else {
            return None;
        };
        let who = self.play.world.names.of(engagement.professional).to_owned();
        let hour = engagement.appointment.starts_at()?;
        Some(Kept { who, hour })
    }

    /// The patient called off: the other requests hear of the hour.
    pub(super) fn called_off(&mut self, real: Instant, step: &Step, kept: &Kept) {
        let others: Vec<u8> = self.play.lives.keys().copied().collect();
        for label in others.into_iter().filter(|label| *label != step.request) {
            self.coverage.saw("a visit called off freed an hour");
            let act = Act::HasAgain(kept.who.clone(), kept.hour);
            self.later(real, label, Say::Do(vec![act]));
        }
    }

    /// Nobody has this patient: the desk hears of hours for them, here and there.
    pub(super) fn sought(&mut self, real: Instant, label: u8) {
        for _ in 0..self.rng.below(5) {
            let at = real + Duration::minutes(self.rng.between(1, 240));
            let hour = at + Duration::minutes(self.rng.between(5, 240));
            let Some(person) = self.rng.pick(&self.script.people).cloned() else {
                continue;
            };
            let act = Act::HasAgain(person.name, hour);
            self.later(at, label, Say::Do(vec![act]));
        }
    }

    /// Hours known to be free in another way, written down in advance.
    pub(super) fn plan_hours(&mut self, start: Instant, lives: i64) {
        for _ in 0..self.rng.below(3) {
            let at = start + Duration::minutes(self.rng.between(30, 500));
            let hour = at + Duration::minutes(self.rng.between(20, 400));
            let Some(person) = self.rng.pick(&self.script.people).cloned() else {
                continue;
            };
            let label = u8::try_from(self.rng.between(1, lives)).unwrap_or(1);
            let act = Act::HasAgain(person.name, hour);
            self.later(at, label, Say::Do(vec![act]));
        }
    }
}

impl Step {
    /// Whether the patient called off.
    pub(super) fn frees(&self) -> bool {
        let Answer::Done(_, events, _) = &self.answer else {
            return false;
        };
        let who = CancelledBy::Patient;
        events
            .iter()
            .any(|event| matches!(event, Event::Cancelled { who: by, .. } if *by == who))
    }
}
