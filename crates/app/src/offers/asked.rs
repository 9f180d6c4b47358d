//! What an answer to an offer must know before it stands in line: whose offer it is, of which
//! request, and whether somebody has the patient already. Read once for everybody who answers in
//! the same moment. Refuses to decide anything: the write reads the row again.

use crate::app::Inner;
use crate::error::AppError;
use relais_core::ids::{OfferId, ProfessionalId, RequestId};
use relais_core::request::{Phase, Request};
use relais_core::time::Instant;
use relais_store::{Tx, requests};
use std::collections::HashMap;

/// An offer, as far as its answer needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Its request.
    pub(crate) request: RequestId,
    /// Whom it was made to.
    pub(crate) professional: ProfessionalId,
    /// Who has the patient, since when.
    pub(crate) taken: Option<(ProfessionalId, Instant)>,
}

/// The shared read: each request once, however many of its offers are answered.
pub(crate) fn read(
    _: &Inner,
    tx: &mut Tx<'_>,
    offers: &[OfferId],
) -> Result<Vec<Result<Asked, AppError>>, AppError> {
    let mut known = HashMap::new();
    Ok(offers
        .iter()
        .map(|offer| {
            if let Some(asked) = known.get(offer) {
                return Ok(*asked);
            }
            let request = requests::find_by_offer(tx, *offer)?.ok_or(AppError::NotFound)?;
            let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
            known.extend(all(&stored.request));
            known.get(offer).copied().ok_or(AppError::NotFound)
        })
        .collect())
}

fn all(request: &Request) -> impl Iterator<Item = (OfferId, Asked)> {
    let taken = match &request.phase {
        Phase::Engaged(engagement) => Some((engagement.professional, engagement.at)),
        Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Ended(_) => None,
    };
    request.offers.iter().map(move |offer| {
        let asked = Asked {
            request: request.id,
            professional: offer.professional,
            taken,
        };
        (offer.id, asked)
    })
}
