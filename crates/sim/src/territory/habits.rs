//! What people do: professionals answer, or not, sooner or later, sometimes twice; the desk edits,
//! pauses, relaunches, widens, cancels; somebody closes in the end.

use crate::rng::Rng;
use crate::script::{Act, NeedChange, Which};
use relais_core::people::Mode;
use relais_core::request::{Appointment, CancelledBy, Closure, Phase, RefusalReason, Request};
use relais_core::time::{Duration, Instant};

/// What somebody will do, and how long from now.
pub(crate) type Will = (Duration, Act);

/// What a professional does once asked.
pub(crate) fn asked(rng: &mut Rng, who: &str, now: Instant) -> Vec<Will> {
    let mut will = Vec::new();
    let name = || who.to_owned();
    let seconds = |rng: &mut Rng, most: i64| Duration::millis(rng.between(100, most * 1_000));
    if rng.percent(90) {
        will.push((seconds(rng, 3), Act::Sent(name())));
        if rng.percent(80) {
            will.push((seconds(rng, 20), Act::Delivered(name())));
        }
    }
    let after = match rng.below(4) {
        0 => Duration::seconds(rng.between(5, 120)),
        1 => Duration::minutes(rng.between(2, 40)),
        2 => Duration::minutes(rng.between(10, 200)),
        _ => Duration::hours(rng.between(1, 9)),
    };
    if rng.percent(60) {
        will.push((after, Act::Opens(name())));
    }
    let answer = after + Duration::millis(rng.between(500, 40_000));
    match rng.below(100) {
        0..=24 => {
            let when = appointment(rng, now + answer);
            let which = if rng.percent(10) {
                Which::Oldest
            } else {
                Which::Newest
            };
            will.push((answer, Act::Accepts(name(), which, when)));
            if rng.percent(20) {
                let again = answer + Duration::millis(rng.between(1, 900));
                will.push((again, Act::Accepts(name(), which, when)));
            }
        }
        25..=64 => {
            let reason = rng
                .pick(RefusalReason::ALL)
                .copied()
                .unwrap_or(RefusalReason::Unsaid);
            will.push((answer, Act::Passes(name(), Which::Newest, reason)));
            if rng.percent(10) {
                let when = appointment(rng, now + answer);
                let later = answer + Duration::minutes(rng.between(1, 60));
                will.push((later, Act::Accepts(name(), Which::Newest, when)));
            }
        }
        _ => {}
    }
    will
}

fn appointment(rng: &mut Rng, now: Instant) -> Appointment {
    let soon = now + Duration::minutes(rng.between(1, 600));
    match rng.below(6) {
        0 => Appointment::ToBeSet,
        1 => Appointment::Call(rng.percent(50).then_some(soon)),
        2 => Appointment::Between(soon, soon + Duration::hours(2)),
        3 if rng.percent(10) => Appointment::At(now - Duration::hours(1)),
        _ => Appointment::At(soon),
    }
}

/// What the accepter does with the patient.
pub(crate) fn accepted(rng: &mut Rng, who: &str, now: Instant) -> Vec<Will> {
    let mut will = Vec::new();
    let name = || who.to_owned();
    if rng.percent(20) {
        let later = Duration::minutes(rng.between(1, 400));
        will.push((later, Act::Releases(name())));
    }
    if rng.percent(10) {
        let later = Duration::minutes(rng.between(1, 60));
        will.push((later, Act::Sets(name(), appointment(rng, now + later))));
    }
    if rng.percent(10) {
        let later = Duration::minutes(rng.between(1, 60));
        will.push((later, Act::DeskSets(appointment(rng, now + later))));
    }
    if rng.percent(10) {
        will.push((
            Duration::minutes(rng.between(1, 30)),
            Act::Passes(name(), Which::Newest, RefusalReason::Unsaid),
        ));
    }
    if rng.percent(12) {
        let later = Duration::minutes(rng.between(1, 240));
        will.push((later, Act::Cancels(CancelledBy::Patient)));
    }
    if rng.percent(70) {
        let closure = rng.pick(Closure::ALL).copied().unwrap_or(Closure::Seen);
        will.push((
            Duration::hours(rng.between(1, 60)),
            Act::Closes(name(), closure),
        ));
    }
    will
}

/// What the desk may do about a request during its life.
pub(crate) fn desk(rng: &mut Rng) -> Vec<Will> {
    let mut will = Vec::new();
    for _ in 0..rng.below(4) {
        let later = Duration::minutes(rng.between(1, 300));
        let act = match rng.below(14) {
            0..=2 => Act::Pauses,
            3 => Act::Relaunches(
                rng.percent(50)
                    .then(|| u16::try_from(rng.between(8, 120)).unwrap_or(60)),
            ),
            4 => Act::Widens,
            5 => Act::TakesInHand,
            6 if rng.percent(60) => Act::Cancels(
                rng.pick(&[
                    CancelledBy::Patient,
                    CancelledBy::Requester,
                    CancelledBy::Operator,
                ])
                .copied()
                .unwrap_or(CancelledBy::Patient),
            ),
            6 => Act::Transfers,
            7 | 8 => Act::Edits(edit(rng)),
            9 => Act::Qualifies(if rng.percent(50) {
                Vec::new()
            } else {
                edit(rng)
            }),
            10 => Act::Resumes,
            11 => Act::DeskCloses(rng.pick(Closure::ALL).copied().unwrap_or(Closure::Seen)),
            12 => Act::Reread,
            _ => Act::Tick,
        };
        if act == Act::Pauses {
            let more = Duration::minutes(rng.between(1, 500));
            will.push((later + more, Act::Resumes));
        }
        will.push((later, act));
    }
    will
}

fn edit(rng: &mut Rng) -> Vec<NeedChange> {
    vec![match rng.below(6) {
        0 => NeedChange::Mode(rng.pick(Mode::ALL).copied().unwrap_or(Mode::Visit)),
        1 | 2 => NeedChange::Within(rng.pick(&[2_u8, 6, 12, 24, 48]).copied().unwrap_or(6)),
        3 => NeedChange::Motive("otalgie".to_owned()),
        4 if rng.percent(50) => NeedChange::Under(vec!["odynophagie".to_owned()]),
        4 => NeedChange::Under(Vec::new()),
        _ => NeedChange::Comment(format!("note {}", rng.below(3))),
    }]
}

/// What a desk that does its work does when a request is due: the liveness phase. The next step
/// must always exist, and lead to an end.
pub(crate) fn next_step(request: &Request, who: &str) -> Act {
    match &request.phase {
        Phase::ToQualify { .. } => Act::DeskCloses(Closure::PhoneAdvice),
        Phase::Paused(_) => Act::Resumes,
        Phase::Unfilled(_) => Act::DeskCloses(Closure::NoTaker),
        Phase::Engaged(_) => Act::Closes(who.to_owned(), Closure::Seen),
        Phase::Asking(_) | Phase::Ended(_) => Act::Tick,
    }
}
