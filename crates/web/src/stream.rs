//! `GET /flux`: tells an open page that something it may see has changed. Only the request's id is
//! sent; the page then asks for its own HTML, with its own rights. Ends when the session does. A
//! page that comes back says what it heard last, and is told what it missed, or that it must look
//! at everything. Refuses to wait for a slow page, and to take the place of those who act.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::future::{Either, select};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use relais_app::accounts::open::Stay;
use relais_app::bus::{Mark, Reader, Start, Told, What};
use relais_app::error::AppError;
use serde::Deserialize;

use crate::fail::{Answer, Fail};
use crate::gate::{Signed, after};
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
    let first = opening(epoch, &reader, since.as_deref(), &start, turn);
    let open = Open {
        first: Some(first),
        over: false,
        beat: beat(turn),
        epoch: epoch.into(),
        reader,
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

/// What is said first: `hello`, with where the page stands and when to come back if it is cut;
/// then what it missed.
fn opening(epoch: &str, reader: &Reader, since: Option<&str>, start: &Start, turn: u64) -> Bytes {
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
    let _ = write!(text, "data: {{\"retry\":{back}}}\n\n");
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

/// A stream as long as it lasts.
struct Open {
    first: Option<Bytes>,
    over: bool,
    beat: tokio::time::Interval,
    epoch: std::sync::Arc<str>,
    reader: Reader,
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
        let news = {
            let ended = pin!(self.stay.ended());
            let told = pin!(self.reader.next());
            let tick = pin!(self.beat.tick());
            // The end first: whoever has no right any more is told nothing more.
            match select(ended, select(told, tick)).await {
                Either::Left(_) => None,
                Either::Right((Either::Left((told, _)), _)) => Some(told),
                Either::Right((Either::Right(_), _)) => Some(Vec::new()),
            }
        };
        match news.as_deref() {
            None => {
                self.over = true;
                Bytes::from_static(ENDED)
            }
            Some([]) => Bytes::from_static(BEATING),
            Some([one]) => self.carried(one),
            Some(several) => {
                let mut all = BytesMut::new();
                for told in several {
                    all.extend_from_slice(&self.carried(told));
                }
                all.freeze()
            }
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
