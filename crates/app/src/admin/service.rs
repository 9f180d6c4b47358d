//! The state of the service in detail, for whoever keeps it running: what is due, late, stuck and why;
//! what messages wait for; the processes and the machine. A coordinator sees their own network, an
//! administrator all of them; nobody sees an identity here.

use crate::app::{App, Who};
use crate::condition::{Condition, Gravity, ServiceState};
use crate::error::AppError;
use relais_core::access::Role;
use relais_core::ids::{NetworkId, RequestId};
use relais_core::time::{Duration, Instant};
pub use relais_gateways::About;
use relais_gateways::Channel;
use relais_store::messages::{self, Message};
use relais_store::overview;
pub use relais_store::overview::{Mark, Tally};
use relais_store::{Engine, networks};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Most late requests shown.
pub const LATE_MAX: u32 = 20;
/// Most coming deadlines shown.
pub const NEXT_MAX: u32 = 10;
/// Most failed messages shown, by network.
pub const FAILED_MAX: u32 = 10;
/// Most networks whose messages are counted.
pub const NETWORKS_MAX: usize = 50;
/// How far back messages are counted.
const DAY: Duration = Duration::hours(24);
/// A receipt later than this is missing (R7: three minutes, and some grace).
const RECEIPT: Duration = Duration::minutes(5);

/// Why a request is late, when this process tried and failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// First failure in a row.
    pub since: Instant,
    /// Failures in a row.
    pub times: u32,
    /// What the program said, in its own words.
    pub why: String,
}

/// A late request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// Which, and when it was due.
    pub mark: Mark,
    /// Why, if it was tried.
    pub failing: Option<Failing>,
}

/// A message that did not arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// When it was made.
    pub at: Instant,
    /// By which channel.
    pub channel: String,
    /// To what kind of reader: `patient`, `professional`…
    pub audience: &'static str,
    /// Why, a short code.
    pub reason: String,
    /// About which request: its id and its code.
    pub request: Option<(RequestId, String)>,
}

/// The messages of a network, over 24 hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Its code.
    pub network: String,
    /// Those that wait, failed or expired, by channel and reason.
    pub tallies: Vec<Tally>,
    /// Those sent whose receipt never came, by channel.
    pub unreceipted: Vec<Tally>,
    /// The last that failed, newest first.
    pub failed: Vec<Failed>,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Service {
    /// The last look.
    pub state: Arc<ServiceState>,
    /// What is wrong and concerns them, most grave first.
    pub conditions: Vec<Condition>,
    /// The codes of the networks they see.
    pub codes: BTreeMap<NetworkId, String>,
    /// More networks than were counted.
    pub more_networks: usize,
    /// Requests late, longest first, [`LATE_MAX`] at most.
    pub late: Vec<Late>,
    /// What comes next, [`NEXT_MAX`] at most.
    pub next: Vec<Mark>,
    /// The outbox, by network.
    pub post: Vec<Post>,
    /// What carries each channel, and whether anything does.
    pub gateways: Vec<(About, bool)>,
    /// The engine of the database.
    pub engine: Engine,
    /// Steps of the schema this program knows.
    pub migrations: usize,
    /// Whether they keep the whole installation.
    pub whole: bool,
}

impl App {
    /// The state of the service for somebody who keeps it running.
    pub async fn service(&self, who: &Who) -> Result<Service, AppError> {
        let actor = who.signed_in()?;
        let only = match actor.role {
            Role::Administrator => None,
            Role::Coordinator => Some(actor.network),
            _ => return Err(AppError::Denied),
        };
        let (now, stuck, state) = (self.now(), self.0.watch.pulse.all_stuck(), self.state());
        let conditions = match only {
            Some(network) => state.concerning(network, Gravity::Watch).cloned().collect(),
            None => state.conditions.clone(),
        };
        let gateways = &self.outside().gateways;
        // Only from those that say when a message arrived can a receipt be missing.
        let receipts: BTreeSet<&'static str> = gateways
            .all()
            .filter(|about| about.receipts)
            .map(|about| about.channel.code())
            .collect();
        let gateways = gateways
            .all()
            .map(|about| (about, gateways.is_configured(about.channel)))
            .collect();
        let engine = self.db().engine();
        self.read(move |_, tx| {
            let mut codes: BTreeMap<NetworkId, String> = networks::list(tx)?
                .into_iter()
                .filter(|network| only.is_none_or(|id| id == network.id))
                .map(|network| (network.id, network.code))
                .collect();
            let more_networks = codes.len().saturating_sub(NETWORKS_MAX);
            let counted: Vec<_> = codes.iter().take(NETWORKS_MAX).collect();
            let mut post = Vec::with_capacity(counted.len());
            for (id, code) in counted {
                let failed = messages::list_failed(tx, *id, now - DAY, FAILED_MAX)?;
                let mut rows = Vec::with_capacity(failed.len());
                for message in failed {
                    rows.push(row(tx, message)?);
                }
                let mut unreceipted =
                    overview::tally_unreceipted(tx, *id, now - DAY, now - RECEIPT)?;
                unreceipted.retain(|one| receipts.contains(one.channel.as_str()));
                post.push(Post {
                    network: code.clone(),
                    tallies: overview::tally_messages(tx, *id, now - DAY)?,
                    unreceipted,
                    failed: rows,
                });
            }
            let late = overview::list_late(tx, now, only, LATE_MAX)?
                .into_iter()
                .map(|mark| Late {
                    failing: stuck.get(&mark.id).map(|found| Failing {
                        since: found.since,
                        times: found.times,
                        why: found.why.clone(),
                    }),
                    mark,
                })
                .collect();
            Ok(Service {
                state: Arc::clone(&state),
                conditions: Vec::clone(&conditions),
                codes: std::mem::take(&mut codes),
                more_networks,
                late,
                next: overview::list_next(tx, now, only, NEXT_MAX)?,
                post,
                gateways: Vec::clone(&gateways),
                engine,
                migrations: relais_store::migrate::MIGRATIONS.len(),
                whole: only.is_none(),
            })
        })
        .await
    }
}

/// The channel of a stored code; `None` for one this program does not know.
pub fn channel(code: &str) -> Option<Channel> {
    Channel::from_code(code)
}

fn row(tx: &mut relais_store::Tx<'_>, message: Message) -> Result<Failed, AppError> {
    let request = match message.request {
        Some(id) => overview::find_code(tx, id)?.map(|code| (id, code)),
        None => None,
    };
    Ok(Failed {
        at: message.created_at,
        reason: message.failure_code().unwrap_or_default().to_owned(),
        channel: message.channel,
        audience: message.audience.code(),
        request,
    })
}
