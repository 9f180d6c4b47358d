//! What a professional sees of what they are asked: the list, the alert, the patient's card.

use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::offers::answer::answering;
use crate::shell::journal_identity;
use relais_core::access;
use relais_core::ids::{OfferId, RequestId};
use relais_core::request::{Offer, OfferStatus};
use relais_store::offers;
use relais_store::patients::{self, Identity};
use relais_store::requests::{self, Stored};
use std::sync::Arc;

/// Most offers of one answer.
const LIST_MAX: u32 = 100;

/// An offer with its request. Holds no identity.
#[derive(Debug, Clone)]
pub struct OfferRead {
    /// The offer.
    pub offer: Offer,
    /// Its request.
    pub stored: Stored,
    /// The directory, for names.
    pub directory: Arc<Directory>,
}

impl App {
    /// Offers to the actor, newest first.
    pub async fn offers(
        &self,
        who: &Who,
        open_only: bool,
        before: Option<OfferId>,
        limit: u32,
    ) -> Result<(Vec<OfferRead>, Option<OfferId>), AppError> {
        let professional = answering(&who.signed_in()?)?;
        let limit = limit.clamp(1, LIST_MAX);
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let rows =
                offers::list_for_professional(tx, professional, open_only, before, limit + 1)?;
            let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
            let kept = rows.len() - usize::from(more);
            let mut list = Vec::with_capacity(kept);
            for row in rows.into_iter().take(kept) {
                let stored = requests::find(tx, row.request)?.ok_or(AppError::NotFound)?;
                let directory = Arc::clone(&directory);
                list.push(OfferRead {
                    offer: row.offer,
                    stored,
                    directory,
                });
            }
            let next = list.last().filter(|_| more).map(|read| read.offer.id);
            Ok((list, next))
        })
        .await
    }

    /// The offer by which the actor had the patient of a request, who is theirs no more: its page says what became of it.
    ///
    /// # Errors
    /// `NotFound` when they never had the patient, or have them still.
    pub async fn lost_offer_of(&self, who: &Who, id: RequestId) -> Result<OfferId, AppError> {
        let professional = answering(&who.signed_in()?)?;
        self.read(move |_, tx| {
            let request = requests::find(tx, id)?.ok_or(AppError::NotFound)?.request;
            let holder = request.engaged();
            let gave_back =
                holder != Some(professional) && request.given_back(professional).is_some();
            let ended = request.is_ended() && holder.is_none();
            let lost = |offer: &&Offer| {
                let accepted = matches!(offer.status, OfferStatus::Accepted { .. });
                offer.professional == professional && (gave_back || (ended && accepted))
            };
            let theirs = request.offers.iter().rev().find(lost);
            theirs.map(|offer| offer.id).ok_or(AppError::NotFound)
        })
        .await
    }

    /// One offer, on its page: the registered usual professional is shown the name there, and
    /// nowhere else, if the network lets them; that look is journaled (R6). `strong` = the
    /// authentication is recent enough to see an identity.
    pub async fn offer(
        &self,
        who: &Who,
        id: OfferId,
        strong: bool,
    ) -> Result<(OfferRead, Option<Identity>), AppError> {
        let actor = who.signed_in()?;
        let professional = answering(&actor)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let request = requests::find_by_offer(tx, id)?.ok_or(AppError::NotFound)?;
            let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
            let offer = stored
                .request
                .offer(id)
                .cloned()
                .ok_or(AppError::NotFound)?;
            if offer.professional != professional {
                return Err(AppError::NotFound);
            }
            let directory = inner.directory.current(tx)?;
            let proof = access::usual_offer_identity(&actor, &stored.request, id);
            let identity = match proof {
                Ok(access) if strong => {
                    let network = stored.request.network;
                    journal_identity(tx, network, stored.patient, &access, &who, now)?;
                    Some(patients::open(tx, &inner.vault, stored.patient, &access)?)
                }
                Ok(_) | Err(_) => None,
            };
            Ok((
                OfferRead {
                    offer,
                    stored,
                    directory,
                },
                identity,
            ))
        })
        .await
    }
}
