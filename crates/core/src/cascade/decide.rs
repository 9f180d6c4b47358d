//! The door of the cascade: one match over the commands.

use super::draft::{Decision, Draft, Facts};
use super::{Command, Event, Policy, Raise, Refusal};
use super::{WINDOW_MAX_MINUTES, WINDOW_MIN_MINUTES, answer, clock, desk, freed, stages};
use crate::request::{Origin, Phase, RedFlags, Request};
use crate::time::Instant;

/// Raises a request: refused on a red flag (R3), out of hours (R1; where open hours only count the
/// desk may, the public form may not), or when the need does not hold together; else created, even when nobody at all is eligible (R4.2).
pub fn raise(raise: Raise, now: Instant, facts: &Facts<'_>) -> Result<Decision, Refusal> {
    raise.need.check()?;
    if raise.red_flags == RedFlags::Present {
        return Err(Refusal::RedFlag);
    }
    if raise
        .window_minutes
        .is_some_and(|m| !(WINDOW_MIN_MINUTES..=WINDOW_MAX_MINUTES).contains(&m))
    {
        return Err(Refusal::Window);
    }
    let waits = facts.policy.counts_open_hours_only && raise.origin != Origin::Web;
    if !waits && !facts.calendar.is_open(now) {
        return Err(Refusal::OutOfHours {
            opens_at: facts.calendar.next_opening(now),
        });
    }
    let state = new_request(raise, now, facts.policy);
    let regulation = &facts.policy.regulation;
    let must_qualify = regulation.requires(state.red_flags, &state.need).is_some();
    let mut draft = Draft::new(state, now, facts);
    draft.emit(Event::Raised { at: now });
    if must_qualify {
        let minutes = facts.policy.unfilled_reminder_minutes;
        let remind_at = draft.at_the_desk(draft.minutes(minutes));
        draft.emit(Event::SentToQualify { at: now, remind_at });
    } else {
        stages::launch(&mut draft);
    }
    Ok(draft.finish())
}

pub(super) fn new_request(raise: Raise, now: Instant, policy: &Policy) -> Request {
    Request {
        id: raise.id,
        network: raise.network,
        requester: raise.requester,
        origin: raise.origin,
        care_deadline: now + raise.need.delay(),
        need: raise.need,
        patient: raise.patient,
        usual: raise.usual,
        red_flags: raise.red_flags,
        consent_synthesis: raise.consent_synthesis,
        window_minutes: raise.window_minutes,
        raised_at: now,
        policy: policy.clone(),
        round: 0,
        offers: Vec::new(),
        phase: Phase::ToQualify {
            since: now,
            remind_at: now,
        },
    }
}

/// Decides a command on a request. Changes nothing; a command already done gives no event.
pub fn decide(
    state: &Request,
    command: &Command,
    now: Instant,
    facts: &Facts<'_>,
) -> Result<Decision, Refusal> {
    let mut draft = Draft::new(state.clone(), now, facts);
    match command {
        Command::Tick => clock::tick(&mut draft),
        Command::Reconsider => clock::reconsider(&mut draft),
        Command::OfferHour { professional, hour } => {
            freed::offer_hour(&mut draft, *professional, *hour);
        }
        Command::MarkSent { offer } => answer::mark_sent(&mut draft, *offer),
        Command::MarkDelivered { offer } => answer::mark_delivered(&mut draft, *offer),
        Command::MarkSeen { offer } => answer::mark_seen(&mut draft, *offer),
        Command::Accept { offer, appointment } => {
            answer::accept(&mut draft, *offer, *appointment)?;
        }
        Command::Refuse { offer, reason } => answer::refuse(&mut draft, *offer, *reason)?,
        Command::Release { professional } => answer::release(&mut draft, *professional)?,
        Command::Qualify { by, need } => desk::qualify(&mut draft, *by, need.as_ref())?,
        Command::SetAppointment {
            by,
            accepter,
            appointment,
        } => {
            desk::set_appointment(&mut draft, *by, *accepter, *appointment)?;
        }
        Command::Pause { by } => desk::pause(&mut draft, *by)?,
        Command::Resume { by } => desk::resume(&mut draft, *by)?,
        Command::Relaunch { window_minutes, .. } => {
            desk::relaunch(&mut draft, *window_minutes)?;
        }
        Command::Widen { .. } => desk::widen(&mut draft)?,
        Command::Edit { by, need } => desk::edit(&mut draft, *by, need)?,
        Command::TakeInHand { by } => desk::take_in_hand(&mut draft, *by)?,
        Command::Cancel { by, who } => desk::cancel(&mut draft, *by, *who)?,
        Command::Transfer15 { by } => desk::transfer_15(&mut draft, *by)?,
        Command::Close {
            by,
            accepter,
            closure,
        } => {
            desk::close(&mut draft, *by, *accepter, *closure)?;
        }
    }
    Ok(draft.finish())
}
