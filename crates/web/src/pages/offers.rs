//! A professional's offers: the list, the alert card, the two taps (R4.6).

use axum::extract::{Path, Query, State};
use http::StatusCode;
use relais_app::error::AppError;
use relais_core::cascade::{HORIZON_MAX_HOURS, Refusal};
use relais_core::ids::OfferId;
use relais_core::request::{Appointment, OfferStatus, RefusalReason};
use relais_core::time::{Duration, Instant};
use serde::Deserialize;

use super::person::person_of;
use super::secretaries::in_name;
use super::{Told, direct, eye, offer_id, photos, signatures};
use crate::fail::{Answer, Fail, html, html_as, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::PhoneTab;
use crate::show::{self, Eye};
use crate::views::{OfferItem, OffersPage, OffersPart};
use crate::web::Web;

/// Offers read for one list.
const MOST: u32 = 60;

struct Lists {
    open: Vec<OfferItem>,
    past: Vec<OfferItem>,
    empty: String,
}

async fn lists(web: &Web, signed: &Signed, eye: &Eye) -> Result<Lists, Fail> {
    let (reads, _) = web.app.offers(&signed.who(), false, None, MOST).await?;
    let me = signed.actor().answers_for();
    let me = me.ok_or(Fail(AppError::Denied))?;
    let mut open = Vec::new();
    let mut past = Vec::new();
    let recent = eye.now - Duration::hours(16);
    for read in &reads {
        match show::open_item(eye, read) {
            Some(item) => open.push((read.offer.usual, item)),
            None if read.offer.asked_at >= recent => past.push(show::past_item(eye, read, me)),
            None => {}
        }
    }
    // One's own patients first, then the nearest deadline.
    open.sort_by_key(|(usual, item)| (!*usual, item.until_ms.unwrap_or(i64::MAX)));
    past.truncate(12);
    Ok(Lists {
        open: open.into_iter().map(|(_, item)| item).collect(),
        past,
        empty: "Aucune demande ne vous attend. Une notification vous préviendra.".to_owned(),
    })
}

/// `GET /offres`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let lists = lists(&web, &signed, &eye).await?;
    let mut phone =
        show::phone(&web, &eye, "Demandes pour vous", PhoneTab::Offers).toast(told.sentence());
    signed.account.name.clone_into(&mut phone.side);
    let own = signed.actor().in_name_of().is_none();
    html(&OffersPage {
        to_sign: if own {
            signatures::waiting(&web, &signed).await?
        } else {
            String::new()
        },
        phone: in_name(&eye, &signed, phone),
        open: lists.open,
        past: lists.past,
        empty: lists.empty,
        may_ask: own,
    })
}

/// `GET /offres/liste`
pub(crate) async fn part(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let lists = lists(&web, &signed, &eye).await?;
    Ok(direct::stamped(
        html(&OffersPart {
            open: lists.open,
            past: lists.past,
            empty: lists.empty,
        })?,
        &web,
    ))
}

/// `GET /offres/{id}`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Query(freed): Query<Freed>,
) -> Answer {
    let (id, at) = (offer_id(&id)?, freed.at(web.now()));
    let hour = match at {
        None => Hour::Unsaid,
        Some(at) if web.app.is_hour_free(&signed.who(), id, at).await? => Hour::Free(at),
        Some(at) => Hour::Given(at),
    };
    page(&web, &signed, id, hour, StatusCode::OK).await
}

/// An hour of theirs that came free, as a message gave it: a number, or nothing.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Freed {
    #[serde(default)]
    libre: String,
}

impl Freed {
    fn at(&self, now: Instant) -> Option<Instant> {
        let at = Instant::from_millis(self.libre.parse().ok()?);
        let until = now + Duration::hours(i64::from(HORIZON_MAX_HOURS));
        (now < at && at < until).then_some(at)
    }
}

/// What became of the hour of theirs that came free.
#[derive(Clone, Copy)]
enum Hour {
    /// They came without one.
    Unsaid,
    /// It is theirs to give.
    Free(Instant),
    /// They gave it to somebody meanwhile.
    Given(Instant),
}

async fn page(web: &Web, signed: &Signed, id: OfferId, hour: Hour, status: StatusCode) -> Answer {
    let who = signed.who();
    let (read, identity) = web.app.offer(&who, id, signed.account.strong).await?;
    let request = &read.stored.request;
    let mine = request.engaged().is_some() && request.engaged() == signed.actor().professional;
    if mine {
        return see_other(&format!("/prises/{}", request.id));
    }
    let eye = eye(web, signed).await?;
    let back = |title: &str, tab| {
        let phone = show::phone(web, &eye, title, tab).back("/offres", "Retour aux demandes");
        in_name(&eye, signed, phone)
    };
    if show::is_open(&read) {
        let live = matches!(
            read.offer.status,
            OfferStatus::Queued | OfferStatus::Sent { .. } | OfferStatus::Delivered { .. }
        );
        if live {
            web.app.mark_seen(&who, id).await?;
        }
        let patient = identity
            .as_ref()
            .map(|identity| person_of!(identity).name())
            .unwrap_or_default();
        let phone = back("Une demande pour vous", PhoneTab::None);
        let mut page = show::offer_page(&eye, phone, &read, patient);
        page.photos = photos::of_offer(web, signed, id).await?;
        match hour {
            Hour::Unsaid => {}
            Hour::Free(at) => {
                page.freed = Some((at.millis().to_string(), eye.when().moment(at)));
            }
            Hour::Given(at) => page.given = eye.when().moment(at),
        }
        html_as(status, &page)
    } else {
        let phone = back("Demande terminée", PhoneTab::Offers);
        html_as(status, &show::settled(&eye, phone, &read))
    }
}

/// `POST /offres/{id}`
pub(crate) async fn answer(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = offer_id(&id)?;
    let who = signed.who();
    let freed = Freed {
        libre: fields.get("libre").to_owned(),
    };
    let done = match fields.get("reponse") {
        // The hour is past by now: the time is chosen on the next page.
        "oui-libre" => match freed.at(web.now()) {
            Some(at) => web.app.accept_freed(&who, id, at).await,
            None => web.app.accept(&who, id, Appointment::ToBeSet).await,
        }
        .map(|applied| format!("/prises/{}", applied.after.id)),
        "oui" => web
            .app
            .accept(&who, id, Appointment::ToBeSet)
            .await
            .map(|applied| format!("/prises/{}", applied.after.id)),
        "non" => {
            let reason =
                RefusalReason::from_code(fields.get("raison")).unwrap_or(RefusalReason::Unsaid);
            web.app
                .refuse(&who, id, reason)
                .await
                .map(|_| "/offres?dit=passe".to_owned())
        }
        "plus-rien" => web
            .app
            .refuse(&who, id, RefusalReason::NotToday)
            .await
            .map(|_| "/offres?dit=plus-rien".to_owned()),
        _ => {
            return Err(Fail(AppError::invalid(
                "/reponse",
                "Choisissez une réponse.",
            )));
        }
    };
    match done {
        Ok(next) => see_other(&next),
        // Told kindly, on the same page: it is not an error (R4.6).
        Err(AppError::Refused(
            Refusal::AlreadyTaken { .. } | Refusal::OfferClosed | Refusal::GivenBack { .. },
        )) => page(&web, &signed, id, Hour::Unsaid, StatusCode::CONFLICT).await,
        Err(AppError::Problem {
            slug: "hour-taken", ..
        }) => {
            let hour = freed.at(web.now()).map_or(Hour::Unsaid, Hour::Given);
            page(&web, &signed, id, hour, StatusCode::CONFLICT).await
        }
        Err(error) => Err(Fail(error)),
    }
}
