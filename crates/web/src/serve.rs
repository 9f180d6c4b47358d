//! Connections: taken one after the other, each with its patience. Owns how long somebody may take to
//! say what they want, and how open answers end when the process stops; knows no address and no page.
//!
//! A client that sends a line a minute holds a socket and nothing else: its neighbours are served, and
//! it is let go of in the end.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tower::Service as _;
use tower_http::timeout::RequestBodyTimeoutLayer;

/// How long open answers may take to end once asked to stop.
const GRACE: Duration = Duration::from_secs(3);

/// How long a client may keep us waiting.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// From the connection, or from the answer before, to the last line of the head. Longer than a
    /// proxy in front keeps an idle connection, which would else be cut under a request of its own.
    pub head: Duration,
    /// Between two pieces of a body: a photo over a poor line is slow, never silent.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(65),
            body: Duration::from_secs(20),
        }
    }
}

/// Serves until asked to stop, then lets open answers end for a moment.
/// A connection that fails is let go of; the listener waits by itself when there is no descriptor left.
#[expect(
    clippy::disallowed_methods,
    reason = "the grace given to open streams is real time, whatever the clock"
)]
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    patience: Patience,
    shutdown: impl Future<Output = ()> + Send + 'static,
) {
    let router = router.layer(RequestBodyTimeoutLayer::new(patience.body));
    let open = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        tokio::select! {
            (socket, peer) = Listener::accept(&mut listener) => {
                let connection = connection(socket, peer, router.clone(), patience);
                let connection = open.watch(connection);
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection that ended before its answer");
                    }
                });
            }
            () = &mut shutdown => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = open.shutdown() => {}
        () = tokio::time::sleep(GRACE) => {}
    }
}

fn connection(
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    patience: Patience,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send {
    // News are small and must not wait for the acknowledgement of those before.
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "a connection that went before it was served");
    }
    let service = tower::service_fn(move |request: http::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .serve_connection(TokioIo::new(socket), TowerToHyperService::new(service))
}
