//! What a provider's answer means. A refusal of us is not a refusal of the message: only the codes
//! that speak of the message itself end it.

use crate::gateway::{Accepted, Failure};
use relais_core::time::Duration;
use serde::Deserialize;

/// Longest reference kept.
const REF_MAX: usize = 200;
/// Longest wait believed, seconds: a day.
const RETRY_AFTER_MAX: i64 = 86_400;

#[derive(Deserialize)]
struct Taken {
    r#ref: String,
}

#[derive(Deserialize)]
struct Refused {
    code: String,
}

/// Reads status, `Retry-After` and body of an answer.
pub(super) fn read(
    provider: &'static str,
    status: u16,
    retry_after: Option<&str>,
    body: &[u8],
) -> Result<Accepted, Failure> {
    let perhaps = Some(provider);
    match status {
        200..=299 => taken(provider, body).ok_or_else(|| away("unreadable", perhaps)),
        429 => Err(Failure::Later {
            retry_after: Some(seconds(retry_after).unwrap_or(Duration::seconds(5))),
        }),
        503 => Err(match seconds(retry_after) {
            Some(wait) => Failure::Later {
                retry_after: Some(wait),
            },
            None => away("unavailable", None),
        }),
        // What was sent under this key is still under way over there.
        408 | 409 | 425 => Err(away("busy", perhaps)),
        401 | 403 | 407 => Err(away("unauthorised", None)),
        404 | 405 => Err(away("no-such-address", None)),
        400..=499 => Err(Failure::Never {
            code: refusal(status, body),
        }),
        // A server that fails may have failed after it took the message.
        500..=599 => Err(away("server-error", perhaps)),
        // A redirect too: it is never followed.
        _ => Err(away("not-a-gateway", None)),
    }
}

fn taken(provider: &'static str, body: &[u8]) -> Option<Accepted> {
    let mut provider_ref = serde_json::from_slice::<Taken>(body).ok()?.r#ref;
    // What cannot be kept is not part of a name: the message was taken all the same.
    provider_ref.retain(|c| !c.is_control());
    (1..=REF_MAX)
        .contains(&provider_ref.len())
        .then_some(Accepted {
            provider,
            provider_ref,
        })
}

/// Not a usable answer.
pub(crate) const fn away(code: &'static str, taken_by: Option<&'static str>) -> Failure {
    Failure::Away { code, taken_by }
}

/// The provider's own code when it is one, short and without anything that could be an address.
fn refusal(status: u16, body: &[u8]) -> String {
    let said = serde_json::from_slice::<Refused>(body).map(|refused| refused.code);
    said.ok()
        .filter(|code| (1..=40).contains(&code.len()))
        .filter(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        .unwrap_or_else(|| format!("http-{status}"))
}

/// `Retry-After` in seconds; its other form, a date, is not relied upon by anybody's clock here.
pub(crate) fn seconds(retry_after: Option<&str>) -> Option<Duration> {
    let said: i64 = retry_after?.trim().parse().ok()?;
    (said >= 0).then(|| Duration::seconds(said.min(RETRY_AFTER_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_with_a_reference_is_a_yes() {
        let yes = read("http", 202, None, br#"{"ref":"42","price":3}"#);
        assert_eq!(yes.map(|a| a.provider_ref), Ok("42".to_owned()));
        let nul = read("http", 202, None, br#"{"ref":"4\u00002\u0007"}"#);
        assert_eq!(nul.map(|a| a.provider_ref), Ok("42".to_owned()));
        for body in ["", "{}", "<html>", r#"{"ref":""}"#, r#"{"ref":7}"#] {
            let garbage = read("http", 200, None, body.as_bytes());
            assert_eq!(garbage, Err(away("unreadable", Some("http"))), "{body}");
        }
    }

    #[test]
    fn a_refusal_of_us_does_not_end_the_message() {
        for status in [401, 403, 404, 405, 500, 502, 301] {
            let failure = read("http", status, None, b"{}").unwrap_err();
            assert!(matches!(failure, Failure::Away { .. }), "{status}");
        }
        let never = read("http", 422, None, br#"{"code":"unknown-number"}"#).unwrap_err();
        assert_eq!(never.code(), "unknown-number");
    }

    #[test]
    fn a_code_that_could_hold_a_number_is_not_kept() {
        let body = br#"{"code":"unknown +33612345678"}"#;
        assert_eq!(
            read("http", 400, None, body).unwrap_err().code(),
            "http-400"
        );
    }

    #[test]
    fn retry_after_is_believed_up_to_a_day() {
        let wait = |status, said| match read("http", status, Some(said), b"").unwrap_err() {
            Failure::Later { retry_after } => retry_after.map(|d| d.as_millis() / 1_000),
            other => panic!("{other:?}"),
        };
        assert_eq!(wait(429, "7"), Some(7));
        assert_eq!(wait(503, "9000000000"), Some(86_400));
        assert_eq!(wait(429, "Wed, 21 Oct 2026 07:28:00 GMT"), Some(5));
        let silent = read("http", 503, None, b"").unwrap_err();
        assert_eq!(silent, away("unavailable", None));
    }
}
