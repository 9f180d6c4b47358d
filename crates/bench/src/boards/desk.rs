//! A desk with as many boards as a measure needs: operators with a session each, and an act that
//! every board hears of.

use crate::bench::Bench;
use crate::server::Server;
use crate::territory::{KEY, Shape, Territory};
use crate::wire::{Connection, post};
use anyhow::Context as _;
use relais_app::clock::Clock;
use relais_app::outside::Outside;
use relais_app::{App, Settings};
use relais_core::access::Role;
use relais_core::ids::UserId;
use relais_store::seal::{MasterKey, Vault};
use relais_store::users::{self, User};
use relais_store::{Db, Options, networks};
use serde_json::json;

use super::crowd::Feed;

/// Boards of one account: as a desk with tabs on two screens, and under the limit.
const TABS: usize = 10;

/// A territory being served, and its boards' sessions.
pub(crate) struct Desk {
    pub(crate) server: Server,
    sessions: Vec<String>,
    boards: usize,
    territory: Territory,
    request: String,
    paused: bool,
    connection: Connection,
}

impl Desk {
    /// A fresh territory with the sessions of `boards` pages, a request raised, everything quiet.
    pub(crate) async fn open(
        bench: &Bench,
        boards: usize,
        more: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let territory = Territory::sqlite(Shape::of(1))?;
        let sessions = sessions(&territory.url, boards.div_ceil(TABS))?;
        let server = Server::relais(bench.pins, &bench.options.bin, &territory.url, more).await?;
        let request = territory.raise(&server).await?;
        let connection = Connection::open(server.address).await?;
        let mut desk = Self {
            server,
            sessions,
            boards,
            territory,
            request,
            paused: false,
            connection,
        };
        // What raising caused has been told before anybody listens.
        crate::stats::pause(1_500).await;
        desk.act().await?;
        Ok(desk)
    }

    pub(crate) fn feed(&self) -> Feed {
        Feed::Relais(self.server.address)
    }

    /// The request of each board, with where it stood, if it was there before.
    pub(crate) fn requests(&self, marks: Option<&[String]>) -> Vec<Vec<u8>> {
        (0..self.boards)
            .map(|board| {
                let session = &self.sessions[board % self.sessions.len()];
                let mut text = format!(
                    "GET /flux HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\nSec-Fetch-Site: same-origin\r\nCookie: __Host-relais={session}\r\n"
                );
                if let Some(mark) = marks.and_then(|marks| marks.get(board)) {
                    text.push_str("Last-Event-ID: ");
                    text.push_str(mark);
                    text.push_str("\r\n");
                }
                text.push_str("\r\n");
                text.into_bytes()
            })
            .collect()
    }

    /// A durable act over HTTP that is one change of the request: paused, or resumed.
    pub(crate) async fn act(&mut self) -> anyhow::Result<()> {
        let verb = if self.paused { "resume" } else { "pause" };
        self.paused = !self.paused;
        let path = format!("/api/v1/requests/{}/{verb}", self.request);
        let token = Some(self.territory.operator.token.as_str());
        let asked = post(&path, token, None, &json!({}));
        let answer = self.connection.ask(&asked).await?;
        answer.expect(200).context("the act that boards hear of")?;
        Ok(())
    }
}

/// Accounts of operators in the territory's network, and a session of each; on a thread apart.
fn sessions(url: &str, accounts: usize) -> anyhow::Result<Vec<String>> {
    let work = || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let clock = Clock::system();
            let now = clock.now();
            let db = Db::open(url, &Options::default())?;
            let settings = Settings {
                base_url: "http://localhost".to_owned(),
                demo: false,
                node: "bench".to_owned(),
                repeat_waits: relais_app::idempotent::PATIENCE,
            };
            let ids: Vec<_> = (0..accounts)
                .map(|n| {
                    UserId::from_bits((u128::from(now.millis().unsigned_abs()) << 80) | (n as u128))
                })
                .collect();
            let made = ids.clone();
            db.write_blocking(move |tx| {
                let network = networks::list(tx)?.first().map(|network| network.id);
                for (n, id) in made.iter().enumerate() {
                    let user = User {
                        id: *id,
                        login: format!("board{n}@bench.example"),
                        name: format!("Poste {n}"),
                        role: Role::Operator,
                        network,
                        professional: None,
                        active: true,
                        created_at: now,
                        has_password: false,
                        has_totp: false,
                    };
                    users::insert(tx, &user)?;
                }
                Ok::<_, relais_store::StoreError>(())
            })?;
            let vault = Vault::new(MasterKey::new(KEY), Vec::new());
            let app = App::new(db, clock, vault, Outside::none(), settings);
            let mut tokens = Vec::with_capacity(accounts);
            for id in ids {
                tokens.push(app.open_session(id, String::new(), false).await?);
            }
            app.db().close();
            anyhow::Ok(tokens)
        })
    };
    std::thread::scope(|scope| scope.spawn(work).join())
        .map_err(|_| anyhow::anyhow!("making sessions stopped short"))?
}
