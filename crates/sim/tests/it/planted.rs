//! Bugs planted in front of the core: each must be found, and told as a short scenario that shows
//! it. A checker that finds none of them proves nothing.

use relais_core::cascade::{Command, Decision, Event, Facts, Raise, Refusal, evolve, react};
use relais_core::matching::Pool;
use relais_core::message::{Effect, PatientNews};
use relais_core::people::{Member, Standing};
use relais_core::request::{Asking, OfferStatus, Phase, RefusalReason, Request, Stage};
use relais_core::time::{Duration, Instant};
use relais_sim::campaign::Length;
use relais_sim::engine::{Core, Engine};
use relais_sim::script::Script;
use relais_sim::territory::{replay, simulate};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bug {
    /// An acceptance is decided on the state read before another one was saved.
    StaleAcceptance,
    /// The scheduler runs half an hour ahead.
    EarlyTick,
    /// Distance does not count.
    AnyDistance,
    /// A refusal does not open the next stage.
    RefusalOpensNothing,
    /// Who comes back is forgotten.
    ForgetsReturns,
    /// Who refused is asked again after a release.
    AsksRefusers,
    /// The patient is told twice who sees them.
    TellsTwice,
    /// The request vanishes from the desk's list: nobody is due any more (D15).
    Vanishes,
    /// A late answer re-opens what had ended.
    ReopensEnded,
    /// The policy of the day replaces the frozen one.
    ThawsPolicy,
    /// Chance, or a clock, inside the decision.
    Undecided,
    /// A tick done twice is done twice.
    TicksTwice,
    /// Everybody is asked with the usual doctor.
    EverybodyIsUsual,
    /// Nobody is asked for the cooperation protocol the act needs.
    AnyRight,
    /// What was asked of each lately is not looked at: the same ones lead every wave, of one size.
    ForgetsTurns,
    /// An hour that came free reaches nobody.
    HourForgotten,
    /// An hour that came free is put to whoever has it, however far.
    HourUnjudged,
    /// Who was taken back by a mistake put right since is never asked again.
    NeverPutRight,
    /// An hour is promised that no right to practise covers.
    RightWithoutEnd,
}

const BUGS: &[Bug] = &[
    Bug::StaleAcceptance,
    Bug::EarlyTick,
    Bug::AnyDistance,
    Bug::RefusalOpensNothing,
    Bug::ForgetsReturns,
    Bug::AsksRefusers,
    Bug::TellsTwice,
    Bug::Vanishes,
    Bug::ReopensEnded,
    Bug::ThawsPolicy,
    Bug::Undecided,
    Bug::TicksTwice,
    Bug::EverybodyIsUsual,
    Bug::AnyRight,
    Bug::ForgetsTurns,
    Bug::HourForgotten,
    Bug::HourUnjudged,
    Bug::NeverPutRight,
    Bug::RightWithoutEnd,
];

struct Planted {
    bug: Bug,
    calls: AtomicU64,
}

impl Planted {
    fn new(bug: Bug) -> Self {
        Self {
            bug,
            calls: AtomicU64::new(0),
        }
    }
}

/// A request somebody has, as another node read it just before.
fn as_before_acceptance(state: &Request) -> Request {
    let mut read = state.clone();
    let Phase::Engaged(engagement) = &state.phase else {
        return read;
    };
    for offer in &mut read.offers {
        let taken =
            matches!(offer.status, OfferStatus::Withdrawn { at, .. } if at == engagement.at);
        if taken || offer.id == engagement.offer {
            offer.status = OfferStatus::Queued;
        }
    }
    read.phase = Phase::Asking(Asking {
        stage: Stage::Community,
        started_at: engagement.at,
        stage_opened_at: engagement.at,
        stage_until: engagement.deadline,
        deadline: engagement.deadline,
        next_wave_at: None,
        recheck_at: None,
        promise_at: None,
    });
    read
}

/// The decision with some of its events gone, folded and reacted to again.
fn without(state: &Request, decision: Decision, gone: impl Fn(&Event) -> bool) -> Decision {
    let kept: Vec<_> = decision
        .events
        .into_iter()
        .filter(|event| !gone(event))
        .collect();
    told_again(state, kept)
}

fn told_again(state: &Request, events: Vec<Event>) -> Decision {
    let (mut after, mut effects) = (state.clone(), Vec::new());
    for event in &events {
        let next = evolve(after.clone(), event);
        effects.extend(react(&after, event, &next));
        after = next;
    }
    Decision {
        after,
        events,
        effects,
    }
}

fn changed(decision: Decision, state: &Request, change: impl Fn(&mut Event)) -> Decision {
    let mut events = decision.events;
    events.iter_mut().for_each(change);
    told_again(state, events)
}

/// Facts in which nobody is far.
fn near(facts: &Facts<'_>, decide: impl FnOnce(&Facts<'_>) -> Answer) -> Answer {
    altered(facts, |member| member.profile.radius_m = u32::MAX, decide)
}

/// Facts in which nobody was asked anything lately.
fn forgetful<'f>(facts: &Facts<'f>) -> Facts<'f> {
    let mut facts = facts.clone();
    facts.pool.lately.clear();
    facts
}

/// Facts in which no right that holds ever ends.
fn lasting(facts: &Facts<'_>, now: Instant, decide: impl FnOnce(&Facts<'_>) -> Answer) -> Answer {
    let endless = |member: &mut Member| {
        if member.standing.holds(now) {
            member.standing = Standing::Titular;
        }
    };
    altered(facts, endless, decide)
}

/// Facts in which everybody is a little other than they are.
fn altered(
    facts: &Facts<'_>,
    alter: impl Fn(&mut Member),
    decide: impl FnOnce(&Facts<'_>) -> Answer,
) -> Answer {
    let known = facts
        .pool
        .own
        .iter()
        .chain(facts.pool.sharing.iter().map(|(_, c)| c));
    let members: Vec<Member> = known
        .map(|candidate| {
            let mut member = candidate.member.clone();
            alter(&mut member);
            member
        })
        .collect();
    let mut pool = Pool::default();
    pool.lately.clone_from(&facts.pool.lately);
    for (candidate, member) in facts.pool.own.iter().zip(&members) {
        pool.own.push(relais_core::matching::Candidate {
            member,
            load: candidate.load,
        });
    }
    let shared = members.get(facts.pool.own.len()..).unwrap_or_default();
    for ((network, candidate), member) in facts.pool.sharing.iter().zip(shared) {
        let load = candidate.load;
        pool.sharing
            .push((*network, relais_core::matching::Candidate { member, load }));
    }
    decide(&Facts {
        pool,
        ..facts.clone()
    })
}

type Answer = Result<Decision, Refusal>;

impl Engine for Planted {
    fn raise(&self, mut raise: Raise, now: Instant, facts: &Facts<'_>) -> Answer {
        if self.bug == Bug::EverybodyIsUsual && !raise.usual.professionals.is_empty() {
            let declared = raise.usual.professionals.clone();
            raise.usual.professionals = facts.pool.own.iter().map(|c| c.member.id).collect();
            let mut decision = Core.raise(raise, now, facts)?;
            decision.after.usual.professionals = declared;
            return Ok(decision);
        }
        if self.bug == Bug::AnyRight {
            let asked = std::mem::take(&mut raise.need.cooperations);
            let mut decision = Core.raise(raise, now, facts)?;
            decision.after.need.cooperations = asked;
            return Ok(decision);
        }
        if self.bug == Bug::AnyDistance {
            return near(facts, |facts| Core.raise(raise, now, facts));
        }
        if self.bug == Bug::ForgetsTurns {
            return Core.raise(raise, now, &forgetful(facts));
        }
        Core.raise(raise, now, facts)
    }

    fn decide(
        &self,
        state: &Request,
        command: &Command,
        now: Instant,
        facts: &Facts<'_>,
    ) -> Answer {
        self.calls.fetch_add(1, Ordering::Relaxed);
        match (self.bug, command) {
            (Bug::StaleAcceptance, Command::Accept { .. }) => {
                let read = as_before_acceptance(state);
                Core.decide(&read, command, now, facts)
            }
            (Bug::EarlyTick, Command::Tick) => {
                Core.decide(state, command, now + Duration::minutes(30), facts)
            }
            (Bug::ForgetsTurns, _) => Core.decide(state, command, now, &forgetful(facts)),
            (Bug::AnyDistance, _) => near(facts, |facts| Core.decide(state, command, now, facts)),
            (Bug::RefusalOpensNothing, Command::Refuse { .. }) => {
                let decision = Core.decide(state, command, now, facts)?;
                Ok(without(state, decision, |event| {
                    !matches!(event, Event::Refused { .. })
                }))
            }
            (Bug::ForgetsReturns, _) => {
                let decision = Core.decide(state, command, now, facts)?;
                Ok(changed(decision, state, |event| {
                    if let Event::Scheduled { recheck_at, .. } = event {
                        *recheck_at = None;
                    }
                }))
            }
            (Bug::AsksRefusers, Command::Release { .. }) => {
                let mut forgiving = state.clone();
                for offer in &mut forgiving.offers {
                    if let OfferStatus::Refused { at, .. } = offer.status {
                        offer.status = OfferStatus::Lapsed { at };
                    }
                }
                let decision = Core.decide(&forgiving, command, now, facts)?;
                Ok(told_again(state, decision.events))
            }
            (Bug::TellsTwice, Command::Accept { .. }) => {
                let mut decision = Core.decide(state, command, now, facts)?;
                let told = |e: &&Effect| matches!(e, Effect::Patient(PatientNews::Taken { .. }));
                let again = decision.effects.iter().find(told).cloned();
                decision.effects.extend(again);
                Ok(decision)
            }
            (Bug::Vanishes, Command::Tick) => {
                let decision = Core.decide(state, command, now, facts)?;
                Ok(without(state, decision, |event| {
                    matches!(event, Event::BecameUnfilled { .. })
                }))
            }
            (Bug::ReopensEnded, Command::Refuse { offer, .. }) if state.is_ended() => {
                let professional = state
                    .offer(*offer)
                    .ok_or(Refusal::NoSuchOffer)?
                    .professional;
                let reason = RefusalReason::Unsaid;
                let event = Event::Refused {
                    at: now,
                    offer: *offer,
                    professional,
                    reason,
                };
                Ok(told_again(state, vec![event]))
            }
            (Bug::ThawsPolicy, Command::Tick) => {
                let mut thawed = state.clone();
                thawed.policy = facts.policy.clone();
                Core.decide(&thawed, command, now, facts)
            }
            (Bug::HourForgotten, Command::OfferHour { .. }) => Ok(told_again(state, Vec::new())),
            (Bug::HourUnjudged, Command::OfferHour { .. }) => {
                near(facts, |facts| Core.decide(state, command, now, facts))
            }
            (Bug::NeverPutRight, _) => {
                let mut stubborn = state.clone();
                for offer in &mut stubborn.offers {
                    if offer.status.may_be_put_right() {
                        offer.status = OfferStatus::Lapsed { at: now };
                    }
                }
                let decision = Core.decide(&stubborn, command, now, facts)?;
                Ok(told_again(state, decision.events))
            }
            (Bug::RightWithoutEnd, Command::Accept { .. }) => {
                lasting(facts, now, |facts| Core.decide(state, command, now, facts))
            }
            (Bug::Undecided, Command::Pause { .. }) => {
                let drift = i64::try_from(self.calls.load(Ordering::Relaxed) % 7).unwrap_or(0);
                Core.decide(state, command, now + Duration::millis(drift), facts)
            }
            (Bug::TicksTwice, Command::Tick) => {
                let decision = Core.decide(state, command, now, facts)?;
                if decision.events.is_empty() && matches!(state.phase, Phase::Unfilled(_)) {
                    let event = Event::Reminded {
                        at: now,
                        next: now + Duration::minutes(15),
                    };
                    return Ok(told_again(state, vec![event]));
                }
                Ok(decision)
            }
            _ => Core.decide(state, command, now, facts),
        }
    }
}

#[test]
fn every_planted_bug_is_found_and_told_as_a_short_scenario() {
    for bug in BUGS {
        let report = simulate(Length::new(99, 6_000), &Planted::new(*bug), &mut |_| {});
        let failure = report
            .failure
            .unwrap_or_else(|| panic!("{bug:?} was not found"));
        let script = Script::parse(failure.story.trim_start_matches("shortest scenario:\n\n"))
            .unwrap_or_else(|error| panic!("{bug:?}: {error}\n{}", failure.story));
        assert!(
            script.lines.len() <= 12,
            "{bug:?} is told at length:\n{}",
            failure.story
        );
        let again = replay(&script, &Planted::new(*bug));
        assert!(
            !again.is_empty(),
            "{bug:?} does not replay:\n{}",
            failure.story
        );
        let honest = replay(&script, &Core);
        assert!(
            honest.is_empty(),
            "{bug:?}: the core fails too:\n{}",
            failure.story
        );
    }
}
