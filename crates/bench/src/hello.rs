//! The floor: a bare axum server that answers the same requests with one word. What Relais takes
//! beyond it is Relais.

use crate::bench::Bench;
use crate::machine::Pins;
use crate::report::{Row, Verdict};
use crate::server::{Server, free_port};
use crate::stats::{Spread, ms};
use crate::territory::otalgia;
use crate::volley::Battery;
use crate::wire::post;
use axum::Router;
use std::net::{Ipv4Addr, SocketAddr};

/// How many, how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Connections.
    #[arg(long, default_value_t = 1_000)]
    connections: usize,
}

/// Where to listen.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct ServeArgs {
    /// Port of loopback.
    #[arg(long)]
    port: u16,
}

/// Serves one word to everybody until killed.
pub(crate) fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, args.port)))?;
        // As Relais: the default queue of 128 would measure the kernel's retries.
        let listener = socket.listen(4_096)?;
        let router = Router::new().fallback(async || "hello");
        axum::serve(listener, router).await?;
        Ok(())
    })
}

/// Starts the floor's server.
pub(crate) async fn start(pins: Pins) -> anyhow::Result<Server> {
    let port = free_port()?;
    let mut command = pins.serving(&std::env::current_exe()?);
    command.args(["hello-serve", "--port", &port.to_string()]);
    Server::start(command, port, "/").await
}

/// The requests of a volley against it: as long as an acceptance.
pub(crate) fn shots(count: usize) -> Vec<Vec<u8>> {
    let request = post("/", Some(&"x".repeat(52)), None, &otalgia(None)["usual"]);
    vec![request; count]
}

/// Measures the floor alone.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let server = start(bench.pins).await?;
    let mut battery = Battery::open(server.address, args.connections).await?;
    let mut p99 = Vec::new();
    for _ in 0..bench.pairs(7, 3) {
        let volley = battery.fire(shots(args.connections)).await?;
        anyhow::ensure!(volley.answers.iter().all(|a| a.status == 200));
        p99.push(ms(volley.times.at(0.99)));
    }
    bench.keep(Row {
        id: "hello".to_owned(),
        what: format!(
            "bare axum hello, {} connections at once, p99",
            args.connections
        ),
        unit: "ms".to_owned(),
        goal: "–".to_owned(),
        measured: Spread::of(&p99),
        reference: None,
        n: (p99.len() * args.connections) as u64,
        command: "relais-bench hello".to_owned(),
        verdict: Verdict::Told,
        notes: Vec::new(),
        machine: None,
    })
}
