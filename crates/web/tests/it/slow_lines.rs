//! Clients that never finish what they say, over real sockets: let go of, while their neighbours
//! are served; and how a server that is asked to stop ends what is open.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use relais_web::Patience;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const SHORT: Patience = Patience {
    head: Duration::from_millis(150),
    body: Duration::from_millis(150),
};

/// A server of its own, and what stops it.
async fn served() -> (
    std::net::SocketAddr,
    oneshot::Sender<()>,
    tokio::task::JoinHandle<()>,
) {
    let router = Router::new().route("/", get(|| async { "bonjour" })).route(
        "/photo",
        post(|body: Bytes| async move { body.len().to_string() }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let end = async move {
            let _ = stopped.await;
        };
        relais_web::serve(listener, router, SHORT, end).await;
    });
    (address, stop, server)
}

/// Sends some bytes, and reads until the server closes.
async fn say(address: std::net::SocketAddr, words: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(words.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

const WHOLE: &str = "GET / HTTP/1.1\r\nhost: relais\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn half_a_head_and_a_silent_body_are_let_go_of_and_their_neighbour_is_served() {
    let (address, stop, server) = served().await;
    let (head, nothing, body, whole) = tokio::join!(
        say(address, "GET / HTTP/1.1\r\nhost: rel"),
        say(address, ""),
        say(
            address,
            "POST /photo HTTP/1.1\r\nhost: relais\r\ncontent-length: 10\r\n\r\nabc"
        ),
        say(address, WHOLE),
    );
    assert!(!head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(nothing, "");
    assert!(!body.starts_with("HTTP/1.1 200"), "{body}");
    assert!(
        whole.starts_with("HTTP/1.1 200") && whole.ends_with("bonjour"),
        "{whole}"
    );
    stop.send(()).unwrap();
    server.await.unwrap();
}

#[tokio::test]
async fn asked_to_stop_it_closes_what_is_idle_and_takes_nobody_else() {
    let (address, stop, server) = served().await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    let alive = "GET / HTTP/1.1\r\nhost: relais\r\n\r\n";
    idle.write_all(alive.as_bytes()).await.unwrap();
    let mut first = [0_u8; 15];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    stop.send(()).unwrap();
    server.await.unwrap();
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
