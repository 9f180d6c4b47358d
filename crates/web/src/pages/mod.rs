//! The pages of people: one file per place of the screens. Owns what each form does and where it
//! leads; every act and every read is a use case of the application.

pub(crate) mod activity;
mod addresses;
pub(crate) mod agenda;
pub(crate) mod applications;
mod appointment;
pub(crate) mod ask;
pub(crate) mod away;
pub(crate) mod call;
pub(crate) mod callbacks;
pub(crate) mod calls;
pub(crate) mod case;
pub(crate) mod closing;
pub(crate) mod cooperation;
pub(crate) mod demo;
pub(crate) mod desk_act;
pub(crate) mod direct;
mod discretion;
pub(crate) mod door;
pub(crate) mod drill;
mod example;
pub(crate) mod federation;
pub(crate) mod fifteen;
pub(crate) mod hand;
mod holder;
pub(crate) mod home;
pub(crate) mod hours;
pub(crate) mod ins;
pub(crate) mod invitation;
pub(crate) mod keys;
pub(crate) mod known;
pub(crate) mod late;
pub(crate) mod launch;
pub(crate) mod left_out;
pub(crate) mod members;
pub(crate) mod mine;
pub(crate) mod network;
mod next;
pub(crate) mod note;
pub(crate) mod notifications;
pub(crate) mod offers;
pub(crate) mod overrides;
pub(crate) mod paper;
pub(crate) mod patients;
pub(crate) mod person;
pub(crate) mod photos;
mod practice;
pub(crate) mod protocols;
pub(crate) mod psc;
pub(crate) mod public;
pub(crate) mod qualify;
pub(crate) mod reach;
pub(crate) mod recovery;
pub(crate) mod regulation;
pub(crate) mod request;
pub(crate) mod requests;
pub(crate) mod retention;
pub(crate) mod rights;
pub(crate) mod roles;
pub(crate) mod secretaries;
pub(crate) mod service;
pub(crate) mod severity;
pub(crate) mod signatures;
pub(crate) mod signup;
pub(crate) mod slip;
pub(crate) mod suggest;
pub(crate) mod terms;
pub(crate) mod thread;
pub(crate) mod ticket;
mod told;
pub(crate) mod visits;
pub(crate) mod waves;
mod wishes;

pub(crate) use addresses::routes;
pub(crate) use told::Told;

use std::sync::Arc;

use relais_app::error::AppError;
use relais_core::access::Role;
use relais_core::ids::{OfferId, RequestId};

use crate::fail::Fail;
use crate::gate::Signed;
use crate::show::Eye;
use crate::web::Web;

/// What is needed to say anything to somebody.
pub(crate) async fn eye(web: &Web, signed: &Signed) -> Result<Eye, Fail> {
    let directory = web.app.directory().await?;
    let zone = directory.network(signed.actor().network).map_or_else(
        |_| Arc::clone(&web.zone),
        |entry| Arc::new(entry.calendar.zone.clone()),
    );
    Ok(Eye {
        now: web.now(),
        zone,
        directory,
    })
}

/// An id in an address: what is none leads nowhere.
pub(crate) fn request_id(text: &str) -> Result<RequestId, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

/// The same for an offer.
pub(crate) fn offer_id(text: &str) -> Result<OfferId, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

/// Whether a request for a page wants only its moving part.
pub(crate) fn is_fragment(headers: &http::HeaderMap) -> bool {
    headers.contains_key("x-fragment")
}

/// Where somebody starts.
pub(crate) const fn home_of(role: Role) -> &'static str {
    match role {
        Role::Operator | Role::Regulator | Role::Coordinator => "/direct",
        Role::Professional => "/offres",
        Role::Secretary => secretaries::WHOM,
        Role::Administrator => crate::show::service::PAGE,
        Role::Auditor => "/mon-compte",
        Role::Partner => "/api/docs",
    }
}
