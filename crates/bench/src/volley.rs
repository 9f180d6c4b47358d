//! A volley: connections opened beforehand, every request sent at one instant, every answer timed
//! from that instant (the intended one, so that a late client counts against the server).

use crate::stats::{Times, tick};
use crate::wire::{Answer, Connection};
use anyhow::Context as _;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::task::JoinSet;

/// Connections ready to fire.
pub(crate) struct Battery {
    connections: Vec<Connection>,
}

/// What came of a volley.
pub(crate) struct Volley {
    /// How long each answer took from the common instant.
    pub(crate) times: Times,
    /// Each answer, in the order of the requests.
    pub(crate) answers: Vec<Answer>,
}

impl Battery {
    /// Opens `count` connections.
    pub(crate) async fn open(address: SocketAddr, count: usize) -> anyhow::Result<Self> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(Connection::open(address).await?);
        }
        Ok(Self { connections })
    }

    /// Sends one request on each connection at the same instant.
    pub(crate) async fn fire(&mut self, requests: Vec<Vec<u8>>) -> anyhow::Result<Volley> {
        let count = requests.len();
        let connections = self.connections.drain(..).take(count);
        let (start, _) = tokio::sync::watch::channel(None);
        let mut shots = JoinSet::new();
        for (index, (mut connection, request)) in connections.zip(requests).enumerate() {
            let mut started = start.subscribe();
            shots.spawn(async move {
                let begun = started
                    .wait_for(Option::is_some)
                    .await?
                    .unwrap_or_else(tick);
                let answer = connection.ask(&request).await?;
                let took: Duration = begun.elapsed();
                anyhow::Ok((index, took, answer, connection))
            });
        }
        // Everybody stands ready before the instant.
        tokio::task::yield_now().await;
        start.send_replace(Some(tick()));
        let mut times = Times::new();
        let mut rows = Vec::with_capacity(count);
        while let Some(shot) = shots.join_next().await {
            let (index, took, answer, connection) = shot?.context("in a volley")?;
            times.record(took);
            rows.push((index, answer));
            self.connections.push(connection);
        }
        rows.sort_by_key(|(index, _)| *index);
        let answers = rows.into_iter().map(|(_, answer)| answer).collect();
        Ok(Volley { times, answers })
    }
}
