//! A gateway that takes everything at once and notes when: the other end of every message of a run,
//! ours and the reference's alike. Refuses to lose one.

use crate::stats::{pause, tick};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::Uri;
use axum::response::IntoResponse;
use relais_app::clock::Clock;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// One message taken.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    /// On which path.
    pub(crate) path: String,
    /// When, for durations.
    pub(crate) at: Instant,
    /// When, on the wall, milliseconds.
    pub(crate) wall_ms: i64,
    /// What it said.
    pub(crate) body: Bytes,
}

type Hits = Arc<Mutex<Vec<Hit>>>;

/// The gateway.
#[derive(Debug, Clone)]
pub(crate) struct Sink {
    address: SocketAddr,
    urls: [String; 3],
    hits: Hits,
}

async fn take(State(hits): State<Hits>, uri: Uri, body: Bytes) -> impl IntoResponse {
    let hit = Hit {
        path: uri.path().to_owned(),
        at: tick(),
        wall_ms: Clock::system().now().millis(),
        body,
    };
    let mut hits = hits.lock().unwrap_or_else(PoisonError::into_inner);
    hits.push(hit);
    let kind = [("content-type", "application/json")];
    (kind, format!("{{\"ref\":\"sink-{}\"}}", hits.len()))
}

impl Sink {
    /// Opens it, in this process.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let listener = socket.listen(4_096)?;
        let address = listener.local_addr()?;
        let hits = Hits::default();
        let router = Router::new().fallback(take).with_state(Arc::clone(&hits));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let urls = ["/push", "/sms", "/mail"].map(|path| format!("http://{address}{path}"));
        Ok(Self {
            address,
            urls,
            hits,
        })
    }

    /// Its address with a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The variables that make it the gateway of Relais.
    pub(crate) fn gateways(&self) -> [(&'static str, &str); 3] {
        let [push, sms, mail] = &self.urls;
        [
            ("RELAIS_GATEWAYS_PUSH_URL", push),
            ("RELAIS_GATEWAYS_SMS_URL", sms),
            ("RELAIS_GATEWAYS_MAIL_URL", mail),
        ]
    }

    /// Forgets what came.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// What came on paths that start so.
    pub(crate) fn hits(&self, path: &str) -> Vec<Hit> {
        let hits = self.lock();
        hits.iter()
            .filter(|h| h.path.starts_with(path))
            .cloned()
            .collect()
    }

    /// The moment the `count`-th message came on such a path; an error when it does not.
    pub(crate) async fn wait_for(
        &self,
        path: &str,
        count: usize,
        seconds: u64,
    ) -> anyhow::Result<Instant> {
        let begun = tick();
        loop {
            let found = {
                let hits = self.lock();
                let mut on_path = hits.iter().filter(|h| h.path.starts_with(path));
                on_path.nth(count - 1).map(|hit| hit.at)
            };
            if let Some(at) = found {
                return Ok(at);
            }
            if begun.elapsed().as_secs() >= seconds {
                let came = self.hits(path).len();
                anyhow::bail!("{came} of {count} messages on {path} in {seconds} s");
            }
            pause(2).await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Hit>> {
        self.hits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
