//! What a store says of its requests, without ids and moments: two stores that went through the same
//! deeds have the same shape, whatever failed on the way.

use super::audit::all;
use crate::village::Village;
use relais_core::request::{Offer, OfferStatus};
use relais_store::journal;
use relais_store::{StoreError, messages};

/// One text for everything: status, offers, messages and acts of each request.
pub(super) async fn shape(v: &Village) -> String {
    let world = v.world.clone();
    let read: Result<Vec<String>, StoreError> = v.app.db().read_blocking(move |tx| {
        let name = |id| world.professional(id).map_or("?", |p| p.last_name.as_str());
        let mut shapes = Vec::new();
        for stored in all(tx)? {
            let request = &stored.request;
            let mut offers: Vec<String> = request
                .offers
                .iter()
                .map(|offer| format!("{} {}", name(offer.professional), became(offer)))
                .collect();
            offers.sort();
            let mut told: Vec<String> = messages::list_for_request(tx, request.id, None, 1_000)?
                .iter()
                .map(|m| {
                    let replaced = m.status == messages::MessageStatus::Replaced;
                    let not = if replaced { " replaced" } else { "" };
                    format!("{} {} {}{not}", m.owner, m.kind, m.channel)
                })
                .collect();
            told.sort();
            let network = request.network.to_string();
            let about = request.id.to_string();
            let mut acts = journal::list_about(tx, &network, &about, None, 1_000)?;
            acts.sort_by_key(|link| link.seq);
            let acts: Vec<String> = acts.into_iter().map(|link| link.entry.act).collect();
            let status = request.status().code();
            shapes.push(format!("{status}\n {offers:?}\n {told:?}\n {acts:?}"));
        }
        shapes.sort();
        Ok(shapes)
    });
    read.unwrap().join("\n")
}

/// How far a message got is not what a deed decides.
fn became(offer: &Offer) -> &'static str {
    match offer.status {
        OfferStatus::Queued
        | OfferStatus::Sent { .. }
        | OfferStatus::Delivered { .. }
        | OfferStatus::Seen { .. } => "asked",
        OfferStatus::Accepted { .. } => "accepted",
        OfferStatus::Refused { .. } => "refused",
        OfferStatus::Lapsed { .. } => "lapsed",
        _ => "withdrawn",
    }
}
