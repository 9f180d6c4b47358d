//! An hour that came free (R9): which waiting request could be taken at it, by whoever had it.

use crate::ids::{OfferId, ProfessionalId};
use crate::people::Mode;
use crate::request::{OfferStatus, Phase, Request, Stage};
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
