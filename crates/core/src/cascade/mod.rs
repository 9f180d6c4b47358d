//! The cascade (R4): how a request is offered, and what each answer does to it.
//!
//! [`raise`] makes a request, [`decide`] answers a [`Command`] with events, [`evolve`] folds them,
//! [`react`] says what must be told, [`due`] when somebody must come back. The shell saves state,
//! events and effects in one transaction.

mod answer;
mod clock;
mod command;
mod decide;
mod desk;
mod draft;
mod due;
mod event;
mod evolve;
mod freed;
mod late;
mod next_best;
mod policy;
mod preview;
mod react;
mod stages;
mod waves;

pub use answer::{Mark, Unkeepable, accepted_still, mark_all, unkeepable};
pub use command::{Command, Raise, Refusal};
pub use decide::{decide, raise};
pub use draft::{Decision, Facts};
pub use due::{Why, due};
pub use event::{Event, Launch};
pub use evolve::evolve;
pub use freed::freed_offer;
pub use late::{LATE_MAX, Late, LateAnswer, LateError, Said, enter_late};
pub use next_best::{NextBest, next_best};
pub use policy::{
    ASIDE_MAX_HOURS, ByAnswers, Clip, HORIZON_MAX_HOURS, LATELY_MAX_DAYS, Policy, Regulation,
    WAVE_MAX, WINDOW_FLOOR, WINDOW_MAX_MINUTES, WINDOW_MIN_MINUTES, Waves, Window, window,
};
pub use preview::{Preview, preview};
pub use react::{react, standing_news};
pub use waves::{SETTLED_ENOUGH, wave_size};
