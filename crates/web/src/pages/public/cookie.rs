//! The cookie of the forms being filled in: chance, nothing else, for this network's forms only, gone
//! with the browser. What was typed is sealed on the server and forgotten after an hour. The mark in
//! the address says which form of the browser a page is of, so that two tabs fill in two forms.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use relais_app::public::FormKey;
use serde::Deserialize;

use super::Desk;
use crate::gate::cookie_value;
use crate::web::Web;

/// Which form of the browser an address is of.
#[derive(Deserialize)]
pub(crate) struct Which {
    /// The form's mark; none in an address somebody typed: the form begun last.
    #[serde(default)]
    f: Option<String>,
}

impl Which {
    /// Whether the address says it.
    pub(super) const fn is_said(&self) -> bool {
        self.f.is_some()
    }
}

fn name(web: &Web) -> &'static str {
    if web.site.secure_cookies {
        "__Secure-relais-form"
    } else {
        "relais-form"
    }
}

/// The key a browser shows: of the form it began last.
pub(super) fn last(web: &Web, headers: &HeaderMap) -> Option<FormKey> {
    cookie_value(headers, name(web)).and_then(|shown| FormKey::read(&shown))
}

/// The key of the form an address is of.
pub(super) fn key(web: &Web, headers: &HeaderMap, which: &Which) -> Option<FormKey> {
    let last = last(web, headers)?;
    match which.f.as_deref() {
        Some(mark) => last.of(mark),
        None => Some(last),
    }
}

/// Gives a browser its key.
pub(super) fn give(web: &Web, desk: &Desk, response: &mut Response, key: &FormKey) {
    let secure = if web.site.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{}={}; Path={}; HttpOnly; SameSite=Lax{secure}",
        name(web),
        key.as_str(),
        desk.home()
    );
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
