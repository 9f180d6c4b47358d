//! What the clock and the directory do to a request: everything due, who returns, who lost the
//! right (R4.5, R4.11, R4.13).

use super::draft::Draft;
use super::stages::{
    ask, ask_stage, become_unfilled, judge_stage, judged, next_change, next_wave, offer_to,
    open_community, open_neighbours, settle, usual_stage,
};
use super::{Event, due};
use crate::matching::Verdict;
use crate::request::{Appointment, Asking, Phase, Stage, UnfilledReason, WithdrawReason};
use crate::time::{Duration, Instant};

/// Most things one tick does before it gives way to the next one: a bound, not a rule.
const STEPS_PER_TICK: usize = 32;

/// Everything that is due, in order; nothing when nothing is (I8).
pub(super) fn tick(draft: &mut Draft<'_, '_>) {
    for _ in 0..STEPS_PER_TICK {
        if due(&draft.state).is_none_or(|(at, _)| at > draft.now) {
            return;
        }
        match draft.state.phase.clone() {
            Phase::Asking(asking) => tick_asking(draft, &asking),
            Phase::ToQualify { .. } | Phase::Unfilled(_) => {
                let minutes = draft.state.policy.unfilled_reminder_minutes;
                let next = draft.at_the_desk(draft.minutes(minutes));
                draft.emit(Event::Reminded {
                    at: draft.now,
                    next,
                });
            }
            Phase::Paused(paused) => {
                let (at, shift) = (draft.now, draft.now.since(paused.since));
                if draft.state.care_deadline <= at {
                    draft.emit(Event::Resumed {
                        at,
                        by: None,
                        shift,
                    });
                    become_unfilled(draft, UnfilledReason::CareDeadlinePassed);
                } else {
                    let minutes = draft.minutes(draft.state.policy.pause_minutes);
                    let next = minutes.min(draft.state.care_deadline);
                    draft.emit(Event::Reminded { at, next });
                }
            }
            Phase::Engaged(engagement) => {
                let at = draft.now;
                if engagement.appointment == Appointment::ToBeSet {
                    let minutes = draft.state.policy.set_time_reminder_minutes;
                    let next = draft.at_the_desk(draft.minutes(minutes));
                    draft.emit(Event::Reminded { at, next });
                } else {
                    // The next reminder is the desk's: at its hours (R8).
                    let hours = i64::from(draft.state.policy.closure_hours.max(1));
                    let due_at = draft.at_the_desk(at + Duration::hours(hours));
                    draft.emit(Event::ClosureReminded { at, due_at });
                }
            }
            Phase::Ended(_) => return,
        }
    }
}

fn tick_asking(draft: &mut Draft<'_, '_>, asking: &Asking) {
    let now = draft.now;
    let passed = |at: Option<Instant>| at.is_some_and(|at| at <= now);
    if asking.deadline <= now {
        let care = draft.state.care_deadline <= now;
        let why = if care {
            UnfilledReason::CareDeadlinePassed
        } else {
            UnfilledReason::DeadlinePassed
        };
        become_unfilled(draft, why);
    } else if asking.stage_until <= now {
        match asking.stage {
            Stage::Usual => open_community(draft),
            Stage::Community | Stage::Neighbours => open_neighbours(draft, false),
        }
    } else if passed(asking.next_wave_at) {
        next_wave(draft);
    } else if passed(asking.recheck_at) {
        recheck(draft, asking);
    } else if passed(asking.promise_at) {
        let minutes = draft.minutes(draft.state.policy.patient_news_minutes);
        let next = draft.at_the_desk(minutes).min(asking.deadline);
        draft.emit(Event::PatientTold {
            at: now,
            next: Some(next),
        });
    }
}

/// Takes back from those whose right ended, asks those who became eligible (R4.11): in waves, when
/// their turn comes.
pub(super) fn recheck(draft: &mut Draft<'_, '_>, asking: &Asking) {
    withdraw_ended(draft);
    match asking.stage {
        Stage::Usual => recheck_usual(draft, asking),
        Stage::Community if asking.next_wave_at.is_some() => {
            let recheck_at = next_change(draft, &[]);
            draft.emit(Event::Scheduled {
                next_wave_at: asking.next_wave_at,
                recheck_at,
                stage_until: asking.stage_until,
            });
        }
        Stage::Community | Stage::Neighbours => {
            ask_stage(draft, asking.stage, asking.stage_until, false);
        }
    }
    settle(draft);
}

fn recheck_usual(draft: &mut Draft<'_, '_>, asking: &Asking) {
    let mut everyone = Vec::new();
    match usual_stage(&draft.state, draft.facts, draft.now) {
        Ok(verdicts) => {
            everyone.extend(verdicts.iter().map(|(_, v)| v.clone()));
            let fresh: Vec<_> = verdicts.into_iter().filter(|(_, v)| v.asked()).collect();
            let found = fresh.iter().map(|(_, v)| v.clone()).collect();
            judged(draft, Stage::Usual, found);
            offer_to(draft, Stage::Usual, fresh);
        }
        Err((_, verdicts)) => everyone.extend(verdicts),
    }
    let stage_until = asking.stage_until;
    let recheck_at = next_change(draft, &everyone);
    draft.emit(Event::Scheduled {
        next_wave_at: None,
        recheck_at,
        stage_until,
    });
}

/// The directory changed (R4.11): who lost the right is withdrawn, who became eligible is asked.
/// What is already due comes first, so that nobody is asked when the window is over.
pub(super) fn reconsider(draft: &mut Draft<'_, '_>) {
    tick(draft);
    withdraw_ended(draft);
    let Phase::Asking(asking) = draft.state.phase.clone() else {
        return;
    };
    if newcomers(draft, &asking) {
        recheck(draft, &asking);
        return;
    }
    let verdicts = judged_now(draft, &asking);
    let recheck_at = next_change(draft, &verdicts);
    if recheck_at != asking.recheck_at {
        draft.emit(Event::Scheduled {
            next_wave_at: asking.next_wave_at,
            recheck_at,
            stage_until: asking.stage_until,
        });
    }
    settle(draft);
}

/// Takes back the live offers of those whose membership or right to practise ended.
pub(super) fn withdraw_ended(draft: &mut Draft<'_, '_>) {
    let (now, network) = (draft.now, draft.state.network);
    let ended: Vec<_> = draft
        .state
        .live_offers()
        .filter(|offer| {
            let found = draft.facts.pool.find(offer.professional, network);
            !found.is_some_and(|(_, c)| {
                c.member.belongs_to(offer.network) && c.member.standing.holds(now)
            })
        })
        .map(|offer| offer.id)
        .collect();
    if !ended.is_empty() {
        draft.emit(Event::Withdrawn {
            at: now,
            offers: ended,
            why: WithdrawReason::RightEnded,
        });
    }
}

/// Whether somebody may be asked now who was not; those who wait for their wave are no newcomers.
pub(super) fn newcomers(draft: &Draft<'_, '_>, asking: &Asking) -> bool {
    match asking.stage {
        Stage::Usual => usual_stage(&draft.state, draft.facts, draft.now)
            .is_ok_and(|verdicts| verdicts.iter().any(|(_, v)| v.asked())),
        Stage::Community if asking.next_wave_at.is_some() => false,
        Stage::Community | Stage::Neighbours => {
            let question = ask(&draft.state, draft.facts, draft.now, asking.stage);
            !draft.facts.pool.sift(&question).asked.is_empty()
        }
    }
}

/// Everybody not yet asked at the present stage, judged now.
fn judged_now(draft: &Draft<'_, '_>, asking: &Asking) -> Vec<Verdict> {
    let found = match asking.stage {
        Stage::Usual => match usual_stage(&draft.state, draft.facts, draft.now) {
            Ok(verdicts) => verdicts,
            Err((_, verdicts)) => return verdicts,
        },
        Stage::Community | Stage::Neighbours => judge_stage(draft, asking.stage),
    };
    found.into_iter().map(|(_, verdict)| verdict).collect()
}
