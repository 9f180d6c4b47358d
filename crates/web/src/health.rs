//! For those who watch the machine: the process, its readiness, its figures. No identity anywhere,
//! labels hold only our own words.

mod service;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Extension;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{Method as Verb, StatusCode, header};
use relais_app::accounts::open::Streams;
use relais_app::admin::figures::Figures;
use relais_app::condition::{Reach, Trouble};
use relais_core::request::Status;

use crate::fail::Answer;
use crate::right::Right;
use crate::routes::{Method, Routes};
use crate::web::Web;

/// The text format of Prometheus.
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

type Key = (String, String, u16);

/// Answers given, by method, route and status.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meters(Arc<RwLock<BTreeMap<Key, Arc<AtomicU64>>>>);

impl Meters {
    fn count(&self, method: &Verb, route: &str, status: u16) {
        let key = (method.to_string(), route.to_owned(), status);
        let known = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        let counter = known.unwrap_or_else(|| {
            let mut map = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(map.entry(key).or_default())
        });
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn write(&self, out: &mut String) {
        head(
            out,
            "relais_http_requests_total",
            "counter",
            "Answers given, by route and status.",
        );
        for ((method, route, status), count) in
            self.0.read().unwrap_or_else(PoisonError::into_inner).iter()
        {
            let count = count.load(Ordering::Relaxed);
            let _ = writeln!(
                out,
                "relais_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
            );
        }
    }
}

/// Counts every answer under the route that gave it; addresses that do not exist share one.
pub(crate) async fn meter(
    Extension(web): Extension<Web>,
    request: Request,
    next: Next,
) -> Response {
    let method = match *request.method() {
        Verb::GET | Verb::POST | Verb::PUT | Verb::PATCH | Verb::HEAD => request.method().clone(),
        // Any other word is the sender's own.
        _ => Verb::OPTIONS,
    };
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    let response = next.run(request).await;
    web.meters
        .count(&method, &route, response.status().as_u16());
    response
}

/// `GET /healthz`: the process answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// How long a probe waits for the database: shorter than any balancer's own patience.
const PROBE: Duration = Duration::from_secs(3);
/// Send nobody here.
const NOT: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// `GET /readyz`: whether people should be sent here. One word, then one code per line: `ready`,
/// `degraded` (serves, and somebody should look), `not-ready` (503: the database is away or another
/// program's). Asks the database itself; the rest is what the last look found.
async fn ready(State(web): State<Web>) -> Response {
    let asked = tokio::time::timeout(PROBE, web.app.reach()).await;
    let state = web.app.state();
    let (status, word, own) = match asked.unwrap_or(Reach::Away) {
        Reach::Answers if state.conditions.is_empty() => (StatusCode::OK, "ready", None),
        Reach::Answers => (StatusCode::OK, "degraded", None),
        Reach::OtherSchema => (NOT, "not-ready", Some(Trouble::SchemaWrong.code())),
        Reach::Away => (NOT, "not-ready", Some(Trouble::DatabaseAway.code())),
    };
    let mut out = format!("{word}\n");
    let found = state.lines();
    let own = own.filter(|code| !found.iter().any(|line| line == code));
    for line in own.into_iter().chain(found.iter().map(String::as_str)) {
        out.push_str(line);
        out.push('\n');
    }
    (status, out).into_response()
}

/// `GET /metrics`: without the database, what this process knows by itself.
async fn metrics(State(web): State<Web>) -> Answer {
    let figures = tokio::time::timeout(PROBE, web.app.figures()).await;
    let mut out = String::new();
    web.meters.write(&mut out);
    service::write(&mut out, &web.app.state());
    live_pages(&mut out, web.app.streams());
    strangers(&mut out, web.app.strange_calls());
    crowds(&mut out, &web);
    if let Ok(Ok(figures)) = figures {
        write(&mut out, &figures);
    }
    Ok(([(header::CONTENT_TYPE, KIND)], out).into_response())
}

/// Live pages, whatever the database says.
fn live_pages(out: &mut String, streams: &Streams) {
    head(
        out,
        "relais_streams_open",
        "gauge",
        "Live pages of this process.",
    );
    let _ = writeln!(out, "relais_streams_open {}", streams.count());
    head(
        out,
        "relais_streams_refused_total",
        "counter",
        "Live pages that found no room since the start.",
    );
    let _ = writeln!(out, "relais_streams_refused_total {}", streams.refused());
}

/// Calls of providers that said nothing of ours.
fn strangers(out: &mut String, count: u64) {
    head(
        out,
        "relais_provider_calls_unknown_total",
        "counter",
        "Receipts and answers that could not be read, or were about no message of ours.",
    );
    let _ = writeln!(out, "relais_provider_calls_unknown_total {count}");
}

/// Callers who ask too much, and what was forgotten to make room.
fn crowds(out: &mut String, web: &Web) {
    head(
        out,
        "relais_callers_refused_total",
        "counter",
        "Asked too often by one address, one line or one site.",
    );
    for (door, ring, count) in web.limits.refused() {
        let ring = ring.code();
        let _ = writeln!(
            out,
            "relais_callers_refused_total{{door=\"{door}\",ring=\"{ring}\"}} {count}"
        );
    }
    head(
        out,
        "relais_forms_shed_total",
        "counter",
        "Forms and applications forgotten to make room since the start.",
    );
    let _ = writeln!(out, "relais_forms_shed_total {}", web.app.forms_shed());
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn write(out: &mut String, figures: &Figures) {
    head(
        out,
        "relais_requests",
        "gauge",
        "Requests, by network and status.",
    );
    for network in &figures.networks {
        for status in Status::ALL {
            let count = network.requests.get(status).copied().unwrap_or_default();
            let (code, status) = (&network.code, status.code());
            let _ = writeln!(
                out,
                "relais_requests{{network=\"{code}\",status=\"{status}\"}} {count}"
            );
        }
    }
    head(
        out,
        "relais_messages_waiting",
        "gauge",
        "Messages that wait for a gateway.",
    );
    for network in &figures.networks {
        let _ = writeln!(
            out,
            "relais_messages_waiting{{network=\"{}\"}} {}",
            network.code, network.waiting
        );
    }
    head(
        out,
        "relais_messages_failed",
        "gauge",
        "Messages that failed in the last 24 hours.",
    );
    for network in &figures.networks {
        let _ = writeln!(
            out,
            "relais_messages_failed{{network=\"{}\"}} {}",
            network.code, network.failed
        );
    }
    head(
        out,
        "relais_due_late_seconds",
        "gauge",
        "How late the oldest deadline is.",
    );
    let _ = writeln!(out, "relais_due_late_seconds {}", seconds(figures.late));
    head(
        out,
        "relais_messages_late_seconds",
        "gauge",
        "How late the oldest message is.",
    );
    let _ = writeln!(
        out,
        "relais_messages_late_seconds {}",
        seconds(figures.messages_late)
    );
    head(
        out,
        "relais_store_queue",
        "gauge",
        "Jobs that wait for the store.",
    );
    let (writes, reads) = figures.queue;
    let _ = writeln!(out, "relais_store_queue{{kind=\"write\"}} {writes}");
    let _ = writeln!(out, "relais_store_queue{{kind=\"read\"}} {reads}");
}

fn seconds(length: relais_core::time::Duration) -> String {
    let millis = length.as_millis();
    format!("{}.{:03}", millis / 1_000, millis % 1_000)
}

/// The addresses.
pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .api(Method::Get, "/healthz", Right::Everyone, alive)
        .api(Method::Get, "/readyz", Right::Everyone, ready)
        .api(Method::Get, "/metrics", Right::Everyone, metrics)
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_app::admin::figures::NetworkFigures;
    use relais_core::time::Duration;

    #[test]
    fn every_line_is_a_figure_or_a_comment() {
        let meters = Meters::default();
        meters.count(&Verb::GET, "/healthz", 200);
        meters.count(&Verb::GET, "/healthz", 200);
        let network = NetworkFigures {
            code: "SNP91N".to_owned(),
            requests: BTreeMap::new(),
            waiting: 2,
            failed: 1,
        };
        let figures = Figures {
            networks: vec![network],
            late: Duration::millis(1_250),
            messages_late: Duration::ZERO,
            queue: (3, 4),
        };
        let mut out = String::new();
        meters.write(&mut out);
        write(&mut out, &figures);
        live_pages(&mut out, &Streams::default());
        assert!(out.contains("relais_streams_open 0\n"));
        assert!(out.contains(
            "relais_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 2\n"
        ));
        assert!(out.contains("relais_due_late_seconds 1.250\n"));
        for line in out.lines().filter(|line| !line.starts_with('#')) {
            let value = line.rsplit(' ').next().expect("a value");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }
}
