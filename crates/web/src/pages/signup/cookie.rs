//! The cookie of an application: chance, nothing else, for these pages only. It stays, so that the
//! answer can be read days later on the same phone.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};

use super::PAGE;
use crate::gate::cookie_value;
use crate::web::Web;

/// Longest token looked at.
const TOKEN_MAX: usize = 64;
/// Ninety days: as long as an answer is kept.
const LIFE_S: u32 = 90 * 24 * 3_600;

fn name(web: &Web) -> &'static str {
    if web.site.secure_cookies {
        "__Secure-relais-inscription"
    } else {
        "relais-inscription"
    }
}

/// The token a browser shows.
pub(super) fn token(web: &Web, headers: &HeaderMap) -> Option<String> {
    cookie_value(headers, name(web)).filter(|token| token.len() <= TOKEN_MAX)
}

/// Gives a browser its token.
pub(super) fn give(web: &Web, response: &mut Response, token: &str) {
    set(web, response, token, LIFE_S);
}

/// Takes it back.
pub(super) fn take(web: &Web, response: &mut Response) {
    set(web, response, "", 0);
}

fn set(web: &Web, response: &mut Response, token: &str, seconds: u32) {
    let secure = if web.site.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!(
        "{}={token}; Path={PAGE}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        name(web)
    );
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
