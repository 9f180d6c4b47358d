//! The network of a public address, for whoever followed it from a poster: found as it was meant, or told that it leads
//! nowhere any more, and whom to call.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use http::request::Parts;
use relais_app::directory::Directory;
use relais_app::error::AppError;
use relais_app::public::{self, closed::shown};

use super::Desk;
use crate::fail::{Fail, html_as};
use crate::parts::Public;
use crate::views::SayPage;
use crate::web::Web;

/// Most services named to somebody whose address leads nowhere.
const NAMED_MAX: usize = 8;
/// A doctor on duty, anywhere in the country (R1).
const DUTY: &str = "116117";

impl FromRequestParts<Web> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let named = Path::<BTreeMap<String, String>>::from_request_parts(parts, web).await;
        let Path(named) = named.map_err(|_| Fail(AppError::NotFound).into_response())?;
        let word = named.get("network").map_or("", String::as_str);
        let directory = web.app.directory().await;
        let directory = directory.map_err(|error| Fail(error).into_response())?;
        if let Some(entry) = public::find(&directory, word) {
            return Ok(Self::of(web, entry));
        }
        let Some(entry) = public::meant(&directory, word) else {
            return Err(gone(web, &directory));
        };
        let desk = Self::of(web, entry);
        if !parts.method.is_safe() {
            return Ok(desk);
        }
        // The first two segments are the door and the word; the rest says which page.
        let rest = parts.uri.path().splitn(4, '/').nth(3);
        let door = parts.uri.path().split('/').nth(1).unwrap_or("n");
        let mut to = format!("/{door}/{}", desk.word);
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            to.push('/');
            to.push_str(rest);
        }
        if let Some(query) = parts.uri.query() {
            to.push('?');
            to.push_str(query);
        }
        // Not for good: the word of an address is a setting.
        Err(Redirect::temporary(&to).into_response())
    }
}

/// An address that leads nowhere any more: an old poster, a word that was changed.
fn gone(web: &Web, directory: &Directory) -> Response {
    let heading = "Cette adresse ne mène plus nulle part";
    let mut page = SayPage {
        public: Public {
            title: heading.to_owned(),
            network: "Relais".to_owned(),
            phone: None,
            home: String::new(),
            large: false,
            demo: web.is_demo(),
        },
        heading: heading.to_owned(),
        lines: vec![
            "Elle a changé depuis que l’affiche ou le lien a été fait, ou elle a été mal recopiée. Rien n’a été enregistré.".to_owned(),
            "Le numéro de téléphone écrit sur l’affiche répond peut-être toujours\u{a0}: appelez-le.".to_owned(),
        ],
        fifteen: Some((
            "Appelez le 15 si\u{a0}:".to_owned(),
            "c’est une urgence, cela s’aggrave, ou vous ne savez pas quoi faire.".to_owned(),
            "15".to_owned(),
        )),
        call: None,
        more: vec![format!(
            "Pour un médecin de garde, le soir, la nuit ou le week-end\u{a0}: le {}.",
            shown(DUTY)
        )],
        links: Vec::new(),
    };
    let services: Vec<_> = public::working(directory).take(NAMED_MAX + 1).collect();
    if services.len() <= NAMED_MAX {
        for entry in services {
            let (word, name) = (public::slug(entry), &entry.network.name);
            let phone = shown(&entry.network.phone);
            let words = format!("{name}, {phone}");
            page.links.push((format!("/n/{word}"), words));
        }
    }
    if !page.links.is_empty() {
        page.more
            .push("Les services que l’on trouve ici\u{a0}:".to_owned());
    }
    match html_as(StatusCode::NOT_FOUND, &page) {
        Ok(response) => response,
        Err(fail) => fail.into_response(),
    }
}
