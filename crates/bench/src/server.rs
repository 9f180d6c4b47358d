//! A server process under test, on its own processor, killed with the value.

use crate::machine::Pins;
use crate::stats::{eventually, tick};
use crate::wire::{Answer, Connection, get, post};
use anyhow::Context as _;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running process that answers `/readyz` (or `/` when it is a reference).
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// How long it took to be ready.
    pub(crate) started_in: Duration,
}

impl Server {
    /// `relais serve` on a populated database, with further variables if any.
    pub(crate) async fn relais(
        pins: Pins,
        bin: &Path,
        url: &str,
        more: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = pins.serving(bin);
        command
            .arg("serve")
            .env("RELAIS_DATABASE_URL", url)
            .env("RELAIS_KEYS_MASTER", crate::territory::key())
            .env("RELAIS_HTTP_LISTEN", format!("127.0.0.1:{port}"))
            .env("RELAIS_LOG_FILTER", "error")
            .envs(more.iter().copied());
        Self::start(command, port, "/readyz").await
    }

    /// Any program that listens on a port it is told, once `path` answers 200.
    pub(crate) async fn start(mut command: Command, port: u16, path: &str) -> anyhow::Result<Self> {
        let begun = tick();
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RELAIS_TEST_")) {
            command.env_remove(name);
        }
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", command.get_program().display()))?;
        let mut server = Self {
            child,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            started_in: Duration::ZERO,
        };
        eventually(120, "a server that answers", async || {
            if let Some(status) = server.child.try_wait()? {
                anyhow::bail!("the server ended at once: {status}");
            }
            let Ok(mut connection) = Connection::open(server.address).await else {
                return Ok(None);
            };
            let answer = connection.ask(&get(path, None)).await;
            Ok(answer.ok().filter(|a| a.status == 200).map(|_| ()))
        })
        .await?;
        server.started_in = begun.elapsed();
        Ok(server)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Memory held now, MiB.
    pub(crate) fn memory_mib(&self) -> anyhow::Result<f64> {
        let path = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(path)?;
        let line = text.lines().find(|line| line.starts_with("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().nth(1));
        let kib: f64 = kib.context("no VmRSS line")?.parse()?;
        Ok(kib / 1024.0)
    }

    /// One GET on a connection of its own.
    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> anyhow::Result<Answer> {
        let mut connection = Connection::open(self.address).await?;
        connection.ask(&get(path, token)).await
    }

    /// One POST on a connection of its own.
    pub(crate) async fn post(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> anyhow::Result<Answer> {
        let mut connection = Connection::open(self.address).await?;
        connection.ask(&post(path, token, None, body)).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback port nobody listens on now.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
