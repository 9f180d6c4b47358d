//! Notifications by the push services of the browsers (RFC 8030), sealed for each browser, under
//! our own key: nobody in between, no account anywhere.
//!
//! Owns which hosts may be spoken to, what a push service's answer means, and how the answers of
//! one person's browsers make one. Refuses to speak to any host that is not on the list: the
//! address comes from a browser.

use super::encrypt::{self, Keys, Refused};
use super::subscription::Subscription;
use super::vapid::VapidKey;
use crate::gateway::{About, Accepted, Failure, Gateway, check};
use crate::http::answer::{away, seconds};
use crate::http::client::{agent, is_this_machine, unanswered};
use crate::message::{Channel, Outgoing, Urgency};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use relais_core::time::{Duration, Instant};
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ureq::Agent;
use ureq::http::Uri;

/// Its name in the configuration.
pub const NAME: &str = "web-push";
/// The push services of the browsers people have.
pub const HOSTS: [&str; 5] = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
];
/// How long a push service keeps a message without a limit of its own, seconds: a day.
const TTL_DEFAULT: i64 = 86_400;
/// Longest text of a notification, characters.
const TEXT_MAX: usize = 600;
/// Longest reference kept.
const REF_MAX: usize = 200;

/// How notifications are sent.
pub struct Settings {
    /// Its name among the providers of its channel: [`NAME`], or `backup`.
    pub name: &'static str,
    /// Our key.
    pub key: Arc<VapidKey>,
    /// Hosts that may be spoken to; `*.` in front stands for anything under it.
    pub hosts: Vec<String>,
    /// Longest wait for an answer.
    pub timeout: std::time::Duration,
    /// Most messages on their way at once.
    pub in_flight: usize,
    /// The clock.
    pub now: Arc<dyn Fn() -> Instant + Send + Sync>,
}

/// The push services.
pub struct WebPush {
    settings: Settings,
    agent: Agent,
    gone: Mutex<Vec<String>>,
}

/// What the browser is told, sealed. No identity: the text is the one of the outbox (R6).
#[derive(Serialize)]
struct Note<'a> {
    key: &'a str,
    title: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
    replaces: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

/// What became of one browser.
enum Told {
    Yes(String),
    Gone,
    Later(Option<Duration>),
    Away(Failure),
    Never(&'static str),
}

impl WebPush {
    /// The push services, not spoken to yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let agent = agent(settings.timeout, settings.in_flight);
        Self {
            settings,
            agent,
            gone: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The address to speak to, when it may be spoken to.
    fn allowed(&self, endpoint: &str) -> Option<(Uri, String)> {
        let uri: Uri = endpoint.parse().ok()?;
        let host = uri.host()?;
        let listed = self.settings.hosts.iter().any(|known| is_of(host, known));
        let scheme = uri.scheme_str()?;
        let safe = scheme == "https" || (scheme == "http" && is_this_machine(host));
        let plain = !uri.authority()?.as_str().contains('@');
        let audience = format!("{scheme}://{}", uri.authority()?);
        (listed && safe && plain).then_some((uri, audience))
    }

    fn tell(&self, to: &Subscription, outgoing: &Outgoing, note: &[u8]) -> Told {
        let Some((uri, audience)) = self.allowed(&to.endpoint) else {
            return Told::Never("push-host-not-allowed");
        };
        let Some(keys) = keys(to) else {
            return Told::Never("push-keys");
        };
        let body = match encrypt::seal(&keys, note) {
            Ok(body) => body,
            Err(Refused::Keys) => return Told::Never("push-keys"),
            Err(Refused::TooLong) => return Told::Never("too-long"),
            Err(Refused::Machine) => return Told::Away(away("no-randomness", None)),
        };
        let Ok(authorization) = self
            .settings
            .key
            .authorization(&audience, (self.settings.now)())
        else {
            return Told::Away(away("no-randomness", None));
        };
        let ttl = outgoing.ttl.map_or(TTL_DEFAULT, |ttl| {
            (ttl.as_millis() / 1_000).clamp(0, TTL_DEFAULT)
        });
        let mut request = self
            .agent
            .post(uri)
            .header("TTL", ttl.to_string())
            .header("Content-Encoding", "aes128gcm")
            .header("Content-Type", "application/octet-stream")
            .header("Authorization", authorization)
            .header(
                "Urgency",
                match outgoing.urgency {
                    Urgency::High => "high",
                    Urgency::Normal => "normal",
                },
            );
        if let Some(tag) = &outgoing.tag {
            request = request.header("Topic", topic(tag));
        }
        match request.send(&body) {
            Err(error) => Told::Away(unanswered(self.settings.name, &error)),
            Ok(response) => {
                let headers = response.headers();
                let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
                let place = text("Location").unwrap_or_default();
                understood(
                    self.settings.name,
                    response.status().as_u16(),
                    text("Retry-After"),
                    place,
                )
            }
        }
    }
}

impl Gateway for WebPush {
    fn about(&self) -> About {
        About {
            name: self.settings.name,
            channel: Channel::Push,
            receipts: true,
            replies: false,
            // Sent twice it is shown once: the second takes the place of the first (`tag`).
            idempotent: false,
            max_len: Some(TEXT_MAX),
        }
    }

    fn in_flight(&self) -> usize {
        self.settings.in_flight
    }

    fn takes_subscriptions(&self) -> bool {
        true
    }

    fn refuses(&self, to: &Subscription) -> Option<&'static str> {
        if self.allowed(&to.endpoint).is_none() {
            return Some("push-host-not-allowed");
        }
        let sealed = keys(to).map(|keys| encrypt::seal(&keys, b"").is_ok());
        (sealed != Some(true)).then_some("push-keys")
    }

    fn take_gone(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        check(&self.about(), outgoing)?;
        let Some(browsers) = Subscription::read(&outgoing.to) else {
            return Err(Failure::never("no-device"));
        };
        let url = outgoing.offer.map(|offer| format!("/offres/{offer}"));
        let note = Note {
            key: &outgoing.idempotency_key,
            title: outgoing.subject.as_deref().unwrap_or("Relais"),
            text: &outgoing.text,
            tag: outgoing.tag.as_deref(),
            replaces: outgoing.replaces,
            url: url.as_deref(),
        };
        let note = serde_json::to_vec(&note).map_err(|_| Failure::never("not-json"))?;
        let mut said = Said::default();
        for browser in &browsers {
            let told = self.tell(browser, outgoing, &note);
            if matches!(told, Told::Gone) {
                self.lock().push(browser.endpoint.clone());
            }
            said.hear(told);
        }
        said.answer(self.settings.name, &outgoing.idempotency_key)
    }
}

/// The answers of one person's browsers: one that took it is enough.
#[derive(Default)]
struct Said {
    taken: Option<String>,
    away: Option<Failure>,
    later: Option<Option<Duration>>,
    never: Option<&'static str>,
}

impl Said {
    fn hear(&mut self, told: Told) {
        match told {
            Told::Yes(place) => {
                self.taken.get_or_insert(place);
            }
            Told::Away(failure) => {
                let perhaps = |f: &Failure| {
                    matches!(
                        f,
                        Failure::Away {
                            taken_by: Some(_),
                            ..
                        }
                    )
                };
                if self.away.as_ref().is_none_or(|known| !perhaps(known)) {
                    self.away = Some(failure);
                }
            }
            Told::Later(wait) => {
                self.later.get_or_insert(wait);
            }
            Told::Gone => {
                self.never.get_or_insert("no-device");
            }
            Told::Never(code) => {
                self.never.get_or_insert(code);
            }
        }
    }

    fn answer(self, provider: &'static str, key: &str) -> Result<Accepted, Failure> {
        if let Some(place) = self.taken {
            let short: String = place.chars().take(REF_MAX).collect();
            let provider_ref = if short.is_empty() {
                key.to_owned()
            } else {
                short
            };
            return Ok(Accepted {
                provider,
                provider_ref,
            });
        }
        if let Some(failure) = self.away {
            return Err(failure);
        }
        if let Some(retry_after) = self.later {
            return Err(Failure::Later { retry_after });
        }
        Err(Failure::never(self.never.unwrap_or("no-device")))
    }
}

/// What a push service's answer means for one browser.
fn understood(provider: &'static str, status: u16, retry_after: Option<&str>, place: &str) -> Told {
    match status {
        200..=299 => Told::Yes(place.to_owned()),
        404 | 410 => Told::Gone,
        413 => Told::Never("too-long"),
        429 => Told::Later(Some(seconds(retry_after).unwrap_or(Duration::seconds(30)))),
        // Our key is not the one the browser subscribed under: that subscription is worth nothing.
        401 | 403 => Told::Never("push-key-mismatch"),
        400..=499 => Told::Never("push-refused"),
        500..=599 => Told::Away(away("server-error", Some(provider))),
        _ => Told::Away(away("not-a-gateway", None)),
    }
}

/// The topic of a tag: a later message of the same topic takes the place of one not delivered yet.
fn topic(tag: &str) -> String {
    let hash = digest(&SHA256, tag.as_bytes());
    let mut text = URL_SAFE_NO_PAD.encode(hash.as_ref());
    text.truncate(32);
    text
}

fn is_of(host: &str, known: &str) -> bool {
    match known.strip_prefix("*.") {
        Some(parent) => host
            .strip_suffix(parent)
            .is_some_and(|front| front.len() > 1 && front.ends_with('.')),
        None => host.eq_ignore_ascii_case(known),
    }
}

/// Keys as browsers write them: base64url, with or without padding.
fn keys(to: &Subscription) -> Option<Keys> {
    let decode = |text: &str| {
        let plain = text.trim();
        URL_SAFE_NO_PAD
            .decode(plain)
            .or_else(|_| URL_SAFE.decode(plain))
            .ok()
    };
    Keys::new(decode(&to.p256dh)?, decode(&to.auth)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_hosts_are_spoken_to() {
        assert!(is_of("web.push.apple.com", "*.push.apple.com"));
        assert!(is_of("FCM.googleapis.com", "fcm.googleapis.com"));
        for wrong in [
            "push.apple.com",
            ".push.apple.com",
            "evilpush.apple.com",
            "web.push.apple.com.evil.example",
        ] {
            assert!(!is_of(wrong, "*.push.apple.com"), "{wrong}");
        }
    }

    #[test]
    fn a_topic_fits_its_header_and_is_the_same_for_the_same_tag() {
        assert_eq!(topic("req_7"), topic("req_7"));
        assert_ne!(topic("req_7"), topic("req_8"));
        assert_eq!(topic("req_7").len(), 32);
    }

    #[test]
    fn one_browser_that_took_it_is_enough_and_perhaps_wins_over_no() {
        let mut said = Said::default();
        said.hear(Told::Gone);
        said.hear(Told::Yes(String::new()));
        assert_eq!(said.answer(NAME, "k").unwrap().provider_ref, "k");
        let mut said = Said::default();
        said.hear(Told::Away(away("unreachable", None)));
        said.hear(Told::Away(away("timeout", Some(NAME))));
        said.hear(Told::Away(away("unreachable", None)));
        said.hear(Told::Never("push-keys"));
        assert_eq!(said.answer(NAME, "k"), Err(away("timeout", Some(NAME))));
        let mut said = Said::default();
        said.hear(Told::Gone);
        assert_eq!(said.answer(NAME, "k"), Err(Failure::never("no-device")));
        assert_eq!(
            Said::default().answer(NAME, "k"),
            Err(Failure::never("no-device"))
        );
    }
}
