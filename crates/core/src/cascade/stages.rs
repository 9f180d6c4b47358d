//! Who is asked when: the usual professional alone, the community at once or in waves, the
//! neighbours (R4.1–R4.5).

use super::clock::{newcomers, recheck, tick};
use super::draft::Draft;
use super::policy::{minutes_after, share_until};
use super::waves::first_in_turn;
use super::{Event, Facts, Launch, Policy, Window, due, window};
use crate::ids::NetworkId;
use crate::matching::{Already, Ask, Candidate, Question, Test, Verdict, judge, rank};
use crate::request::{
    Asking, Contacted, Offer, OfferStatus, Phase, Request, SkipReason, Stage, UnfilledReason,
    UsualDoctor,
};
use crate::time::Instant;

/// Starts the cascade from the usual professional's stage; past the care deadline nobody is asked
/// any more and the desk has it.
pub(super) fn launch(draft: &mut Draft<'_, '_>) {
    if draft.state.care_deadline <= draft.now {
        become_unfilled(draft, UnfilledReason::CareDeadlinePassed);
        return;
    }
    let minutes = draft
        .state
        .window_minutes
        .unwrap_or(draft.facts.policy.window_minutes);
    let care_deadline = draft.state.care_deadline;
    start_round(draft, minutes, care_deadline);
    match usual_stage(&draft.state, draft.facts, draft.now) {
        Ok(asked) => open_usual(draft, asked),
        Err((why, verdicts)) => {
            if !verdicts.is_empty() {
                judged(draft, Stage::Usual, verdicts);
            }
            draft.emit(Event::UsualSkipped { at: draft.now, why });
            open_community(draft);
        }
    }
}

/// Writes down a new round: windows, frozen policy, promise to the patient.
pub(super) fn start_round(draft: &mut Draft<'_, '_>, minutes: u16, care_deadline: Instant) {
    let (now, facts) = (draft.now, draft.facts);
    let Window {
        deadline,
        usual_until,
        clip,
    } = window(facts.policy, facts.calendar, now, minutes, care_deadline);
    restart(
        draft,
        Window {
            deadline,
            usual_until,
            clip,
        },
        care_deadline,
        facts.policy.clone(),
    );
}

/// A new round with a window and a policy already known (release, R4.8).
pub(super) fn restart(
    draft: &mut Draft<'_, '_>,
    window: Window,
    care_deadline: Instant,
    policy: Policy,
) {
    let promise_at = draft
        .at_the_desk(draft.minutes(policy.patient_news_minutes))
        .min(window.deadline);
    draft.emit(Event::Launched(Box::new(Launch {
        round: draft.state.round.saturating_add(1),
        at: draft.now,
        usual_until: window.usual_until,
        deadline: window.deadline,
        care_deadline,
        clip: window.clip,
        promise_at,
        policy,
    })));
}

/// The usual professionals who can be asked alone, or why the stage is skipped (R4.1).
pub(super) type UsualStage = Result<Vec<(NetworkId, Verdict)>, (SkipReason, Vec<Verdict>)>;

pub(super) fn usual_stage(state: &Request, facts: &Facts<'_>, now: Instant) -> UsualStage {
    let found: Vec<_> = state
        .usual
        .at(now)
        .iter()
        .filter_map(|id| facts.pool.find(*id, state.network))
        .filter(|(_, candidate)| candidate.member.profession == state.need.profession)
        .collect();
    let nobody = found.is_empty();
    let verdicts: Vec<_> = found
        .iter()
        .map(|(network, candidate)| {
            (
                *network,
                judge(
                    candidate,
                    &question(state, facts, now, *network, candidate, true),
                ),
            )
        })
        .collect();
    let kept = |verdicts: Vec<(NetworkId, Verdict)>| verdicts.into_iter().map(|(_, v)| v).collect();
    if nobody {
        // Whoever the pool holds is of another profession; whoever it does not is no member.
        let stranger = |id| facts.pool.find(id, state.network).is_none();
        let declared =
            state.usual.outside || state.usual.professionals.iter().any(|id| stranger(*id));
        let why = match state.usual.doctor {
            _ if declared => SkipReason::NotMember,
            UsualDoctor::Unknown => SkipReason::Unknown,
            UsualDoctor::Yes | UsualDoctor::No => SkipReason::NoneDeclared,
        };
        return Err((why, Vec::new()));
    }
    if state.policy.skip_usual_when_unable && state.usual.contacted == Contacted::Unable {
        return Err((SkipReason::DeclaredUnable, kept(verdicts)));
    }
    if verdicts.iter().any(|(_, verdict)| verdict.asked()) {
        return Ok(verdicts);
    }
    let stranger = |v: &Verdict| {
        v.findings
            .iter()
            .any(|f| f.test == Test::Membership && !f.ok)
    };
    let why = if verdicts.iter().all(|(_, v)| stranger(v)) {
        SkipReason::NotMember
    } else {
        SkipReason::Unavailable
    };
    Err((why, kept(verdicts)))
}

fn open_usual(draft: &mut Draft<'_, '_>, verdicts: Vec<(NetworkId, Verdict)>) {
    let Some(asking) = asking(&draft.state) else {
        return;
    };
    let until = asking.stage_until;
    if until <= draft.now {
        open_community(draft);
        return;
    }
    judged(
        draft,
        Stage::Usual,
        verdicts.iter().map(|(_, v)| v.clone()).collect(),
    );
    draft.emit(Event::StageOpened {
        at: draft.now,
        stage: Stage::Usual,
        until,
    });
    offer_to(
        draft,
        Stage::Usual,
        verdicts
            .iter()
            .filter(|(_, v)| v.asked())
            .cloned()
            .collect(),
    );
    let everyone: Vec<_> = verdicts.into_iter().map(|(_, v)| v).collect();
    let recheck_at = next_change(draft, &everyone);
    draft.emit(Event::Scheduled {
        next_wave_at: None,
        recheck_at,
        stage_until: until,
    });
}

/// Opens the community: everybody eligible at once, or the first wave (R4.3).
pub(super) fn open_community(draft: &mut Draft<'_, '_>) {
    let Some(asking) = asking(&draft.state) else {
        return;
    };
    let (now, deadline) = (draft.now, asking.deadline);
    let until = if !draft.facts.pool.has_neighbours() {
        deadline
    } else {
        let policy = &draft.state.policy;
        let percent = policy.neighbours_at_percent;
        share_until(policy, draft.facts.calendar, now, deadline, percent)
    };
    draft.emit(Event::StageOpened {
        at: now,
        stage: Stage::Community,
        until,
    });
    ask_stage(draft, Stage::Community, until, true);
    if until <= now && until < deadline {
        // The network opens both at once.
        open_neighbours(draft, false);
    } else {
        settle(draft);
    }
}

/// Opens the neighbours (R4.4), even when nobody there may be asked yet: their verdicts are kept,
/// and who returns is asked (R4.11). Without agreements the community's stage goes on; with nobody
/// left, the request is unfilled.
pub(super) fn open_neighbours(draft: &mut Draft<'_, '_>, by_hand: bool) {
    let Some(asking) = asking(&draft.state) else {
        return;
    };
    let deadline = asking.deadline;
    if by_hand || draft.facts.pool.has_neighbours() {
        draft.emit(Event::StageOpened {
            at: draft.now,
            stage: Stage::Neighbours,
            until: deadline,
        });
        ask_stage(draft, Stage::Neighbours, deadline, true);
        settle(draft);
    } else if draft.state.live_offers().next().is_none() {
        unfilled_for_want(draft);
    } else {
        let (next_wave_at, recheck_at) = (asking.next_wave_at, asking.recheck_at);
        draft.emit(Event::Scheduled {
            next_wave_at,
            recheck_at,
            stage_until: deadline,
        });
    }
}

/// Judges a stage, asks who may be asked now, and writes down when to come back.
pub(super) fn ask_stage(draft: &mut Draft<'_, '_>, stage: Stage, until: Instant, opening: bool) {
    let mut verdicts = judge_stage(draft, stage);
    let everyone: Vec<Verdict> = verdicts.iter().map(|(_, v)| v.clone()).collect();
    let mut eligible: Vec<(NetworkId, Verdict)> = Vec::new();
    let waves = draft.state.policy.waves;
    let waves = waves.filter(|_| stage == Stage::Community);
    if waves.is_none() {
        verdicts.sort_by_key(|(_, v)| (v.distance_m.unwrap_or(u32::MAX), v.professional));
    }
    eligible.extend(verdicts.into_iter().filter(|(_, v)| v.asked()));
    let mut next_wave_at = None;
    if let Some(waves) = waves {
        let size = first_in_turn(&draft.state.policy, waves, &mut eligible, &draft.facts.pool);
        if eligible.len() > size {
            eligible.truncate(size);
            // Kept even when the stage ends before: all of a wave passing brings it at once.
            let (policy, calendar) = (&draft.state.policy, draft.facts.calendar);
            let minutes = waves.interval_minutes;
            next_wave_at = Some(minutes_after(policy, calendar, draft.now, minutes));
        }
    }
    if opening || !eligible.is_empty() {
        judged(draft, stage, everyone.clone());
    }
    if !eligible.is_empty() {
        offer_to(draft, stage, eligible);
    }
    let recheck_at = next_change(draft, &everyone);
    draft.emit(Event::Scheduled {
        next_wave_at,
        recheck_at,
        stage_until: until,
    });
}

/// Everybody not yet asked, judged for a stage.
pub(super) fn judge_stage(draft: &Draft<'_, '_>, stage: Stage) -> Vec<(NetworkId, Verdict)> {
    judge_everybody(&draft.state, draft.facts, draft.now, stage)
}

/// The same for a state that is no draft: what a way out would reach.
pub(super) fn judge_everybody(
    state: &Request,
    facts: &Facts<'_>,
    now: Instant,
    stage: Stage,
) -> Vec<(NetworkId, Verdict)> {
    facts.pool.verdicts(&ask(state, facts, now, stage))
}

/// The question of a stage, for everybody.
pub(super) fn ask<'q>(
    state: &'q Request,
    facts: &'q Facts<'_>,
    now: Instant,
    stage: Stage,
) -> Ask<'q> {
    let wide = stage == Stage::Neighbours;
    let policy = &state.policy;
    Ask {
        need: &state.need,
        patient: &state.patient,
        own: state.network,
        wide,
        radius_m: if wide {
            policy.wider_radius_m.max(policy.radius_m)
        } else {
            policy.radius_m
        },
        usual: state.usual.at(now),
        requester: state.requester.professional(),
        asked: state.asked().collect(),
        refused: state.declined().collect(),
        now,
        calendar: facts.calendar,
    }
}

fn already(state: &Request, candidate: &Candidate<'_>) -> Already {
    let id = candidate.member.id;
    Already {
        asked: state.asked().any(|asked| asked == id),
        refused: state.declined_by(id),
    }
}

pub(super) fn question<'q>(
    state: &'q Request,
    facts: &'q Facts<'_>,
    now: Instant,
    network: NetworkId,
    candidate: &Candidate<'_>,
    usual_stage: bool,
) -> Question<'q> {
    let id = candidate.member.id;
    Question {
        need: &state.need,
        patient: &state.patient,
        network,
        radius_m: state.policy.radius_m,
        is_usual: state.usual.has(id, now),
        usual_stage,
        is_requester: state.requester.professional() == Some(id),
        already: already(state, candidate),
        now,
        calendar: facts.calendar,
    }
}

pub(super) fn judged(draft: &mut Draft<'_, '_>, stage: Stage, mut verdicts: Vec<Verdict>) {
    rank(&mut verdicts);
    let (at, round) = (draft.now, draft.state.round);
    draft.emit(Event::Judged {
        at,
        stage,
        round,
        verdicts,
    });
}

pub(super) fn offer_to(
    draft: &mut Draft<'_, '_>,
    stage: Stage,
    eligible: Vec<(NetworkId, Verdict)>,
) {
    let offers = eligible
        .into_iter()
        .map(|(network, verdict)| Offer {
            id: draft.offer_id(),
            professional: verdict.professional,
            network,
            stage,
            round: draft.state.round,
            usual: draft.state.usual.has(verdict.professional, draft.now),
            distance_m: verdict.distance_m,
            asked_at: draft.now,
            status: OfferStatus::Queued,
        })
        .collect();
    draft.emit(Event::Offered {
        at: draft.now,
        offers,
    });
}

/// The first moment at which the clock alone makes somebody eligible, or ends the right to practise
/// of somebody who holds an offer (R4.11). Also after the stage's end: a pause may move that.
pub(super) fn next_change(draft: &Draft<'_, '_>, verdicts: &[Verdict]) -> Option<Instant> {
    let (now, network) = (draft.now, draft.state.network);
    let returns = verdicts.iter().filter_map(Verdict::returns_at);
    let ends = draft.state.live_offers().filter_map(|offer| {
        let (_, candidate) = draft.facts.pool.find(offer.professional, network)?;
        candidate.member.standing.ends()
    });
    let moments = returns.chain(ends);
    moments.filter(|at| *at > now).min()
}

/// No live offer left = next stage at once (R4.2). What is already due and whose tick is late comes
/// first, then whoever became eligible and was not asked yet: the directory may have changed a
/// moment ago.
pub(super) fn settle(draft: &mut Draft<'_, '_>) {
    let waits = |draft: &Draft<'_, '_>| draft.state.live_offers().next().is_some();
    let late = due(&draft.state).is_some_and(|(at, _)| at <= draft.now);
    if late && !waits(draft) {
        tick(draft);
    }
    let Some(asking) = asking(&draft.state).filter(|_| !waits(draft)) else {
        return;
    };
    if newcomers(draft, &asking) {
        recheck(draft, &asking);
        return;
    }
    match asking.stage {
        Stage::Usual => open_community(draft),
        Stage::Community if asking.next_wave_at.is_some() => next_wave(draft),
        Stage::Community => open_neighbours(draft, false),
        Stage::Neighbours => unfilled_for_want(draft),
    }
}

pub(super) fn next_wave(draft: &mut Draft<'_, '_>) {
    let Some(asking) = asking(&draft.state) else {
        return;
    };
    ask_stage(draft, asking.stage, asking.stage_until, false);
    settle(draft);
}

fn unfilled_for_want(draft: &mut Draft<'_, '_>) {
    let round = draft.state.round;
    let why = if draft.state.offers.iter().any(|offer| offer.round == round) {
        UnfilledReason::AllRefused
    } else {
        UnfilledReason::NobodyEligible
    };
    become_unfilled(draft, why);
}

/// Nobody has it: live offers lapse but stay acceptable; the desk gets a clock (R4.5).
pub(super) fn become_unfilled(draft: &mut Draft<'_, '_>, why: UnfilledReason) {
    let at = draft.now;
    let offers: Vec<_> = draft.state.live_offers().map(|offer| offer.id).collect();
    if !offers.is_empty() {
        draft.emit(Event::Lapsed { at, offers });
    }
    let minutes = draft.state.policy.unfilled_reminder_minutes;
    let remind_at = draft.at_the_desk(draft.minutes(minutes));
    draft.emit(Event::BecameUnfilled { at, why, remind_at });
}

fn asking(state: &Request) -> Option<Asking> {
    match &state.phase {
        Phase::Asking(asking) => Some(asking.clone()),
        Phase::ToQualify { .. }
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Engaged(_)
        | Phase::Ended(_) => None,
    }
}
