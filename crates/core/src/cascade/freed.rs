//! An hour that came free (R9): which waiting request could be taken at it, by whoever had it.

use super::Event;
use super::draft::Draft;
use super::stages::{judged, question};
use crate::ids::{OfferId, ProfessionalId};
use crate::matching::judge;
use crate::people::Mode;
use crate::request::{Offer, OfferStatus, Phase, Request, Stage};
use crate::time::Instant;

/// The offer a yes of this professional would count for, were they to take a waiting request at an hour that came
/// free: matching said yes of them in the present round, they did not say no, and the hour keeps the care deadline.
/// `None` during another's share of the window (I2), and for care given another way.
pub fn freed_offer(
    request: &Request,
    professional: ProfessionalId,
    at: Instant,
    mode: Mode,
) -> Option<OfferId> {
    let alone = match &request.phase {
        Phase::Unfilled(_) => false,
        Phase::Asking(asking) => asking.stage == Stage::Usual,
        Phase::ToQualify { .. } | Phase::Paused(_) | Phase::Engaged(_) | Phase::Ended(_) => {
            return None;
        }
    };
    if request.care_deadline < at || request.need.mode != mode || request.declined_by(professional)
    {
        return None;
    }
    let theirs = request.offers.iter().rev().find(|offer| {
        let waits = offer.status.is_live() || matches!(offer.status, OfferStatus::Lapsed { .. });
        offer.professional == professional && offer.round == request.round && waits
    })?;
    (!alone || theirs.usual).then_some(theirs.id)
}

/// Puts the hour to whoever has it again, for a request that found nobody and never reached them: they were full,
/// resting, or away when it was asked. The tests of R5 hold as for anybody; the request stays unfilled meanwhile, with
/// its owner and its clock.
pub(super) fn offer_hour(draft: &mut Draft<'_, '_>, professional: ProfessionalId, hour: Instant) {
    let (now, state) = (draft.now, &draft.state);
    let waits = matches!(state.phase, Phase::Unfilled(_));
    if !waits || hour < now || state.care_deadline < hour {
        return;
    }
    let Some((network, candidate)) = draft.facts.pool.find(professional, state.network) else {
        return;
    };
    if !candidate.member.standing.holds(hour) {
        return;
    }
    let mut asked = question(state, draft.facts, now, network, &candidate, false);
    let stage = if network == state.network {
        Stage::Community
    } else {
        asked.radius_m = state.policy.wider_radius_m.max(asked.radius_m);
        Stage::Neighbours
    };
    let verdict = judge(&candidate, &asked);
    if !verdict.asked() {
        return;
    }
    let (usual, round) = (state.usual.has(professional, now), state.round);
    let distance_m = verdict.distance_m;
    judged(draft, stage, vec![verdict]);
    let offer = Offer {
        id: draft.offer_id(),
        professional,
        network,
        stage,
        round,
        usual,
        distance_m,
        asked_at: now,
        status: OfferStatus::Queued,
    };
    draft.emit(Event::OfferedHour {
        at: now,
        offer,
        hour,
    });
}
