//! The cookie of a form being filled in: chance, nothing else, for this network's form only, gone
//! with the browser. What was typed is sealed on the server and forgotten after an hour.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

use super::Desk;
use crate::gate::cookie_value;
use crate::web::Web;

/// Longest token looked at.
const TOKEN_MAX: usize = 64;

fn name(web: &Web) -> &'static str {
    if web.site.secure_cookies {
        "__Secure-relais-form"
    } else {
        "relais-form"
    }
}

/// The token a browser shows.
pub(super) fn token(web: &Web, headers: &HeaderMap) -> Option<String> {
    cookie_value(headers, name(web)).filter(|token| token.len() <= TOKEN_MAX)
}

/// Gives a browser its token.
pub(super) fn give(web: &Web, desk: &Desk, response: &mut Response, token: &str) {
    let secure = if web.site.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{}={token}; Path={}; HttpOnly; SameSite=Lax{secure}",
        name(web),
        desk.home()
    );
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
