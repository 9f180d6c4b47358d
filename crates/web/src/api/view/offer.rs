//! An offer, as the professional it was made to sees it: never an identity, not even for the
//! registered usual professional (R6: on their page, and nowhere else).

use relais_app::directory::Directory;
use relais_core::request::{Appointment, Offer, OfferStatus, Phase, Request};
use serde::Serialize;

use super::{AppointmentView, FactsView, NeedView, appointment, at, facts, maybe, need, network};

/// An offer.
#[derive(Debug, Serialize)]
pub(crate) struct OfferView {
    pub(crate) id: String,
    pub(crate) request: String,
    pub(crate) status: &'static str,
    pub(crate) stage: &'static str,
    pub(crate) network: Option<String>,
    pub(crate) usual: bool,
    pub(crate) asked_at: String,
    pub(crate) answered_at: Option<String>,
    /// Why it was refused or taken back.
    pub(crate) reason: Option<&'static str>,
    /// Whether a yes would still be taken (a late one included).
    pub(crate) acceptable: bool,
    pub(crate) answer_until: Option<String>,
    pub(crate) care_deadline: String,
    pub(crate) distance_m: Option<u32>,
    pub(crate) patient: FactsView,
    pub(crate) need: NeedView,
    /// What was agreed, when it is theirs.
    pub(crate) appointment: Option<AppointmentView>,
}

/// An offer of a request.
pub(crate) fn offer(directory: &Directory, request: &Request, offer: &Offer) -> OfferView {
    let (answered_at, reason) = match offer.status {
        OfferStatus::Queued
        | OfferStatus::Sent { .. }
        | OfferStatus::Delivered { .. }
        | OfferStatus::Seen { .. } => (None, None),
        OfferStatus::Accepted { at } | OfferStatus::Lapsed { at } => (Some(at), None),
        OfferStatus::Refused { at, reason } => (Some(at), Some(reason.code())),
        OfferStatus::Withdrawn { at, why } => (Some(at), Some(why.code())),
    };
    let lapsed = matches!(offer.status, OfferStatus::Lapsed { .. });
    let acceptable = match &request.phase {
        Phase::Asking(_) | Phase::Paused(_) => offer.status.is_live(),
        Phase::Unfilled(_) => offer.status.is_live() || lapsed,
        Phase::ToQualify { .. } | Phase::Engaged(_) | Phase::Ended(_) => false,
    };
    let answer_until = request.answer_until(offer);
    OfferView {
        id: offer.id.to_string(),
        request: request.id.to_string(),
        status: offer.status.code(),
        stage: offer.stage.code(),
        network: network(directory, request.network),
        usual: offer.usual,
        asked_at: at(offer.asked_at),
        answered_at: maybe(answered_at),
        reason,
        acceptable,
        answer_until: maybe(answer_until.filter(|_| acceptable)),
        care_deadline: at(request.care_deadline),
        distance_m: offer.distance_m,
        patient: facts(&request.patient),
        need: need(&request.need),
        appointment: agreed(request, offer).map(appointment),
    }
}

fn agreed(request: &Request, offer: &Offer) -> Option<Appointment> {
    match &request.phase {
        Phase::Engaged(engagement) if engagement.professional == offer.professional => {
            Some(engagement.appointment)
        }
        Phase::Engaged(_)
        | Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Ended(_) => None,
    }
}
