//! The first page: signs of alarm. A yes calls the 15 and records nothing but that it happened; a
//! doubt phones; only a plain no begins the form (R3).

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use relais_app::protocols::Book;
use relais_app::protocols::file::warning;
use relais_app::public::{Door, Step};
use relais_app::text::alarm;

use super::{Desk, cookie, wrong};
use crate::caller::Caller;
use crate::fail::{Answer, Fail, html, html_as, see_other};
use crate::forms::Fields;
use crate::parts::Form;
use crate::show::typeset;
use crate::views::SignsPage;
use crate::web::Web;

/// `GET /n/{network}`
pub(crate) async fn home(State(web): State<Web>, desk: Desk) -> Answer {
    match desk.door() {
        Door::Open { .. } => {
            let book = web.app.protocols(desk.entry.network.id).await?;
            match page(&web, &desk, &book, Form::default())? {
                Some(page) => html(&page),
                None => html(&desk.phone_us()),
            }
        }
        Door::Closed { .. } => super::hours::closed(&desk, Form::default(), None, false),
        Door::LastMinutes { .. } | Door::NoForm => html(&desk.phone_us()),
    }
}

/// The signs of the territory's trunk; nothing without one in force: no form without its signs (R3).
fn page(web: &Web, desk: &Desk, book: &Book, form: Form) -> Result<Option<SignsPage>, Fail> {
    let Some(trunk) = book.trunk() else {
        return Ok(None);
    };
    let (signs, doubts) = alarm::signs(&trunk.sheet);
    let title = if form.errors().is_empty() {
        "Avant de continuer"
    } else {
        "Erreur\u{a0}: avant de continuer"
    };
    let warning = if book.is_demonstration() {
        typeset(warning())
    } else {
        String::new()
    };
    Ok(Some(SignsPage {
        public: desk.frame(title),
        form,
        fifteen: desk.fifteen(),
        signs: signs.iter().map(|sign| typeset(sign)).collect(),
        doubts: doubts.iter().map(|sign| typeset(sign)).collect(),
        until: desk.until(),
        ticket: web.app.public_ticket(desk.entry.network.id, "")?,
        warning,
    }))
}

/// `POST /n/{network}`
pub(crate) async fn begin(
    State(web): State<Web>,
    mut desk: Desk,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let network = desk.entry.network.id;
    let book = web.app.protocols(network).await?;
    let again = |message: &str| {
        let form = fields.again(wrong("signs", message));
        match page(&web, &desk, &book, form)? {
            Some(page) => html_as(StatusCode::UNPROCESSABLE_ENTITY, &page),
            None => html(&desk.phone_us()),
        }
    };
    // Calling the 15 is never refused, whatever else is wrong with the page.
    if fields.get("signs") == "some" {
        if web.limits.answer(&caller).is_ok() {
            web.app.public_count(network, "fifteen").await?;
        }
        return see_other(&desk.page("15"));
    }
    if !matches!(desk.door(), Door::Open { .. }) {
        return desk.shut();
    }
    if book.trunk().is_none() {
        return html(&desk.phone_us());
    }
    if !web
        .app
        .public_ticket_holds(network, "", fields.get("ticket"))
    {
        return again("Cette page est restée ouverte trop longtemps. Répondez de nouveau");
    }
    match fields.get("signs") {
        "unsure" => {
            if web.limits.answer(&caller).is_ok() {
                web.app.public_count(network, "unsure").await?;
            }
            see_other(&desk.page("appeler"))
        }
        "none" => {
            if web.limits.form(&caller).is_err() {
                return desk.too_many(
                    "Beaucoup de demandes viennent de votre connexion. Appelez-nous, ou réessayez dans quelques minutes.",
                );
            }
            let last = cookie::last(&web, &headers);
            let app = &web.app;
            let key = app.public_begin(network, caller.widest(), last.as_ref());
            let key = key.await?;
            desk.form = Some(key.clone());
            let mut response = see_other(&desk.page(Step::ForWhom.slug()))?;
            cookie::give(&web, &desk, &mut response, &key);
            Ok(response)
        }
        _ => again("Répondez à la question\u{a0}: avez-vous l’un de ces signes\u{a0}?"),
    }
}
