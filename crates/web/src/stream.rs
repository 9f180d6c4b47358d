//! `GET /flux`: tells an open page that something it may see has changed. Only the request's id is
//! sent; the page then asks for its own HTML, with its own rights. Ends when the session does. A
//! page that comes back says what it heard last, and is told what it missed, or that it must look
//! at everything. The line of the state of the service comes whole, because nothing can be fetched
//! when the database is away. Refuses to wait for a slow page, and to take the place of those who act.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::future::{Either, select};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::tz::TimeZone;
use relais_app::accounts::open::Stay;
use relais_app::bus::{Mark, Reader, Start, Told, What};
use relais_app::clock::Clock;
use relais_app::condition::ServiceState;
use relais_app::error::AppError;
use relais_app::text::when::When;
use relais_core::access::Actor;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use crate::fail::{Answer, Fail};
use crate::gate::{Signed, after};
use crate::parts::Banner;
use crate::show::service::banner;
use crate::web::Web;

/// A silent stream says so this often, so that no proxy takes it for dead; each stream at its own
/// moment.
const BEAT: Duration = Duration::from_secs(20);
/// How long a page that was cut waits before it comes back: never all at once.
const BACK_AFTER_MS: u64 = 1_000;
const BACK_SPREAD_MS: u64 = 3_000;
/// How long a page that found no room waits before it tries again.
const ROOM_AFTER_MS: u64 = 30_000;
const ROOM_SPREAD_MS: u64 = 30_000;

const BEATING: &[u8] = b":\n\n";
const ENDED: &[u8] = b"event: ended\ndata: {}\n\n";

/// What the page's script adds to the address: it cannot set a header.
#[derive(Debug, Default, Deserialize)]
pub struct Since {
    depuis: Option<String>,
}

/// The stream.
pub async fn flux(
    State(web): State<Web>,
    signed: Signed,
    headers: HeaderMap,
    Query(since): Query<Since>,
) -> Answer {
    let turn = turn();
    let token = signed.session.as_deref().unwrap_or_default();
    let actor = signed.actor();
    let stay = web.app.stay(token, actor).map_err(|full| {
        tracing::warn!(?full, "no room for one more stream");
        let wait = ROOM_AFTER_MS + spread(turn, ROOM_SPREAD_MS);
        let until = after(&web, Duration::from_millis(wait));
        Fail(AppError::Full { until })
    })?;
    let given = headers.get("last-event-id");
    // A mark that is no text is no mark of ours; it is still one, and what it missed is not known.
    let given = given.map(|value| value.to_str().unwrap_or("?").to_owned());
    let since = given.or(since.depuis).filter(|mark| !mark.is_empty());
    let (reader, start) = web.app.bus().listen(&actor, since.as_deref());
    let epoch = web.app.bus().epoch();
    let mut service = Service {
        told: web.app.follow_state(),
        zone: zone_of(&web, &actor),
        clock: web.app.clock().clone(),
        actor,
        last: None,
    };
    let state = service.fresh().unwrap_or_default();
    let first = opening(epoch, &reader, since.as_deref(), &start, turn, &state);
    let open = Open {
        first: Some(first),
        over: false,
        beat: beat(turn),
        epoch: epoch.into(),
        reader,
        service,
        stay,
    };
    let mut response = Response::new(Body::from_stream(stream::unfold(open, Open::next)));
    let head = response.headers_mut();
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    // nginx holds answers back unless it is told not to.
    head.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    Ok(response)
}

/// Which stream of this process it is: what spreads them in time, evenly rather than by chance.
fn turn() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The place of a turn in `0..width`: neighbours are far apart (multiples of the golden ratio).
const fn spread(turn: u64, width: u64) -> u64 {
    let mixed = turn.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    (mixed * width) >> 32
}

fn beat(turn: u64) -> tokio::time::Interval {
    let period = u64::try_from(BEAT.as_millis()).unwrap_or(u64::MAX);
    let first = Duration::from_millis(period / 2 + spread(turn, period / 2));
    let mut beat = tokio::time::interval_at(tokio::time::Instant::now() + first, BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    beat
}

/// What is said first: `hello`, with where the page stands, when to come back if it is cut and the
/// line of the state of the service; then what it missed.
fn opening(
    epoch: &str,
    reader: &Reader,
    since: Option<&str>,
    start: &Start,
    turn: u64,
    state: &str,
) -> Bytes {
    let back = BACK_AFTER_MS + spread(turn, BACK_SPREAD_MS);
    let now = Mark {
        epoch,
        seq: reader.seen(),
    };
    let mut text = format!("retry: {back}\nevent: hello\n");
    // Ids only grow: a page that is about to hear what it missed still stands where it stood.
    let _ = match (start, since) {
        (Start::Fresh, _) | (Start::Replay(_), None) => writeln!(text, "id: {now}"),
        (Start::Replay(_), Some(since)) => writeln!(text, "id: {since}"),
        (Start::Lost, _) => Ok(()),
    };
    let body = json!({ "retry": back, "state": state });
    let _ = write!(text, "data: {body}\n\n");
    match start {
        Start::Fresh => {}
        Start::Replay(missed) => {
            for told in missed {
                text.push_str(&event(epoch, told));
            }
        }
        Start::Lost => {
            let _ = write!(text, "event: resync\nid: {now}\ndata: {{}}\n\n");
        }
    }
    text.into()
}

/// The zone in which somebody reads hours, from memory: the database may be away.
fn zone_of(web: &Web, actor: &Actor) -> Arc<TimeZone> {
    let directory = web.app.directory_held();
    let entry = directory.network(actor.network);
    entry.map_or_else(
        |_| Arc::clone(&web.zone),
        |entry| Arc::new(entry.calendar.zone.clone()),
    )
}

/// The state of the service, as one stream tells it: its line, and only when it changes.
struct Service {
    told: watch::Receiver<Arc<ServiceState>>,
    zone: Arc<TimeZone>,
    clock: Clock,
    actor: Actor,
    last: Option<Option<Banner>>,
}

impl Service {
    /// What is wrong changed; never, once the application is gone.
    async fn changed(&mut self) {
        if self.told.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The line as an event, unless it was said already.
    fn line(&mut self) -> Option<String> {
        let body = json!({ "state": self.fresh()? });
        Some(format!("event: state\ndata: {body}\n\n"))
    }

    /// The line as HTML, empty when nothing is wrong; `None` when it was said already.
    fn fresh(&mut self) -> Option<String> {
        let state = Arc::clone(&self.told.borrow_and_update());
        let when = When::new(self.clock.now(), &self.zone);
        let line = banner(&state, &self.actor, &when);
        if self.last.as_ref() == Some(&line) {
            return None;
        }
        let html = line.as_ref().map(Template::render).transpose();
        self.last = Some(line);
        Some(html.ok()?.unwrap_or_default())
    }
}

/// One event. Ids only (R6).
fn event(epoch: &str, told: &Told) -> String {
    let id = Mark {
        epoch,
        seq: told.seq,
    };
    match told.what {
        What::Changed(request) => {
            format!("event: changed\nid: {id}\ndata: {{\"request\":\"{request}\"}}\n\n")
        }
        What::Something => format!("event: changed\nid: {id}\ndata: {{}}\n\n"),
        What::Resync => format!("event: resync\nid: {id}\ndata: {{}}\n\n"),
    }
}

/// What a stream waits for.
enum Heard {
    /// The session ended.
    End,
    /// News.
    News(Vec<Arc<Told>>),
    /// The state of the service changed.
    State,
    /// Nothing for a while.
    Nothing,
}

/// A stream as long as it lasts.
struct Open {
    first: Option<Bytes>,
    over: bool,
    beat: tokio::time::Interval,
    epoch: Arc<str>,
    reader: Reader,
    service: Service,
    stay: Stay,
}

impl Open {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if let Some(first) = self.first.take() {
            return Some((Ok(first), self));
        }
        if self.over {
            return None;
        }
        let said = self.heard().await;
        Some((Ok(said), self))
    }

    async fn heard(&mut self) -> Bytes {
        let heard = {
            let ended = pin!(self.stay.ended());
            let told = pin!(self.reader.next());
            let tick = pin!(self.beat.tick());
            let state = pin!(self.service.changed());
            // The end first: whoever has no right any more is told nothing more.
            match select(ended, select(told, select(state, tick))).await {
                Either::Left(_) => Heard::End,
                Either::Right((Either::Left((told, _)), _)) => Heard::News(told),
                Either::Right((Either::Right((Either::Left(_), _)), _)) => Heard::State,
                Either::Right((Either::Right((Either::Right(_), _)), _)) => Heard::Nothing,
            }
        };
        match heard {
            Heard::End => {
                self.over = true;
                Bytes::from_static(ENDED)
            }
            Heard::Nothing => Bytes::from_static(BEATING),
            Heard::State => {
                let line = self.service.line();
                line.map_or(Bytes::from_static(BEATING), Bytes::from)
            }
            Heard::News(news) => match news.as_slice() {
                [] => Bytes::from_static(BEATING),
                [one] => self.carried(one),
                several => {
                    let mut all = BytesMut::new();
                    for told in several {
                        all.extend_from_slice(&self.carried(told));
                    }
                    all.freeze()
                }
            },
        }
    }

    fn carried(&self, told: &Told) -> Bytes {
        told.carried(|told| event(&self.epoch, told).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_spread_evenly() {
        let mut places: Vec<_> = (0..3_000).map(|n| spread(n, BACK_SPREAD_MS)).collect();
        places.sort_unstable();
        assert!(places.iter().all(|place| *place < BACK_SPREAD_MS));
        let widest = places.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(widest < Some(10), "{widest:?} ms with nobody in it");
    }
}
