//! Where a request is on its time axis, for the small and the big track.

use relais_core::request::{Phase, Request, Stage as CoreStage};
use relais_core::time::{Duration, Instant};

use crate::parts::{Baton, Leg, MiniTrack, Tone};

/// The bounds of a round: when it began, when the usual professional's share ended, when it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) from: Instant,
    pub(super) usual_until: Option<Instant>,
    pub(super) to: Instant,
}

/// The bounds of the present round, as far as the state tells.
pub(super) fn span(request: &Request) -> Option<Span> {
    let usual = request
        .offers
        .iter()
        .any(|o| o.round == request.round && o.stage == CoreStage::Usual);
    let first = request
        .offers
        .iter()
        .filter(|o| o.round == request.round)
        .map(|o| o.asked_at)
        .min();
    let window = Duration::minutes(i64::from(
        request
            .window_minutes
            .unwrap_or(request.policy.window_minutes),
    ));
    let (from, to) = match &request.phase {
        Phase::Asking(asking) => (asking.started_at, asking.deadline),
        Phase::Paused(paused) => (paused.asking.started_at, paused.asking.deadline),
        Phase::Engaged(engagement) => (first?, engagement.deadline),
        Phase::Unfilled(unfilled) => (first.unwrap_or(request.raised_at), unfilled.since),
        Phase::ToQualify { .. } | Phase::Ended(_) => (first?, first? + window),
    };
    let opened = request
        .offers
        .iter()
        .filter(|o| o.round == request.round && o.stage != CoreStage::Usual)
        .map(|o| o.asked_at)
        .min();
    let stage_now = match &request.phase {
        Phase::Asking(asking) if asking.stage == CoreStage::Usual => Some(asking.stage_until),
        Phase::Paused(paused) if paused.asking.stage == CoreStage::Usual => {
            Some(paused.asking.stage_until)
        }
        _ => None,
    };
    let share = from + to.since(from).percent(request.policy.usual_share_percent);
    let usual_until = usual.then(|| stage_now.or(opened).unwrap_or(share));
    Some(Span {
        from,
        usual_until,
        to: to.max(from + Duration::minutes(1)),
    })
}

/// A part of a span, between 0 and 1.
pub(super) fn part(from: Instant, to: Instant, at: Instant) -> f32 {
    let whole = to.since(from).as_millis();
    if whole <= 0 {
        return 1.0;
    }
    let spent = at.since(from).as_millis().min(whole);
    // Both fit: a window is at most a day, and a per mille is enough for a drawing.
    f32::from(u16::try_from(spent.saturating_mul(1000) / whole).unwrap_or(1000)) / 1000.0
}

/// The small track of a row.
pub(super) fn mini(request: &Request, now: Instant) -> Option<MiniTrack> {
    let span = span(request)?;
    let usual = span
        .usual_until
        .map_or(0.0, |until| part(span.from, span.to, until))
        .clamp(0.0, 1.0);
    let mut legs = Vec::new();
    if usual > 0.02 {
        legs.push(Leg {
            tone: Tone::Usual,
            share: usual,
        });
    }
    if usual < 0.98 {
        legs.push(Leg {
            tone: Tone::Community,
            share: 1.0 - usual,
        });
    }
    let baton = match &request.phase {
        Phase::Engaged(engagement) => Baton::Taken(part(span.from, span.to, engagement.at)),
        Phase::Paused(paused) => Baton::Running(part(span.from, span.to, paused.since)),
        Phase::Unfilled(_) => Baton::Running(1.0),
        Phase::Asking(_) => Baton::Running(part(span.from, span.to, now)),
        Phase::ToQualify { .. } | Phase::Ended(_) => return None,
    };
    Some(MiniTrack { legs, baton })
}
