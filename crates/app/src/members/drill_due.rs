//! The monthly drill comes due by itself: the coordinators read it on their pages, and are told once. Refuses to send
//! it: fifty or five thousand phones ring at the hour a person chose, and that person is there for the answers.

use super::coordinator;
use crate::app::{App, Inner, Who};
use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::signup::{News, coordinators_of, tell_coordinator};
use crate::text;
use relais_core::drill::next_due;
use relais_core::ids::NetworkId;
use relais_core::time::{Duration, Instant};
use relais_store::messages::{self, drill};
use relais_store::{Tx, networks};

/// How far back the last one is looked for.
pub(super) const LOOKED: Duration = Duration::hours(24 * 366);

/// A drill that is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrillDue {
    /// When the last one was; none within a year.
    pub last: Option<Instant>,
    /// Since when it is due; a network that never did one owes it from its first member.
    pub since: Option<Instant>,
}

impl App {
    /// The drill that the actor's network owes; none when one was done within the month, or nobody is a member.
    ///
    /// # Errors
    /// For coordinators only.
    pub async fn drill_due(&self, who: &Who) -> Result<Option<DrillDue>, AppError> {
        let (network, now) = (coordinator(who)?, self.now());
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let last = drill::last(tx, network, now - LOOKED)?;
            let Some(last) = last else {
                let mut members = directory.of_network(network);
                let any = members.any(|row| row.member.belongs_to(network));
                return Ok(any.then_some(DrillDue {
                    last: None,
                    since: None,
                }));
            };
            let since = next_due(last, &directory.network(network)?.calendar);
            Ok((since <= now).then_some(DrillDue {
                last: Some(last),
                since: Some(since),
            }))
        })
        .await
    }

    /// Tells the coordinators of each network whose drill is due, once for each drill; may run twice without effect.
    pub(crate) async fn remind_of_drills(&self) -> Result<(), AppError> {
        let now = self.now();
        let directory = self.directory().await?;
        let open = directory.networks().filter(|entry| {
            // Nobody is reminded at night; a network without hours has none.
            let calendar = &entry.calendar;
            calendar.is_open(now) || calendar.next_opening(now).is_none()
        });
        let open: Vec<NetworkId> = open.map(|entry| entry.network.id).collect();
        let mut told = 0;
        for network in open {
            told += self
                .write(move |inner, tx| {
                    let directory = inner.directory.current(tx)?;
                    remind(inner, tx, directory.network(network)?, now)
                })
                .await?;
        }
        if told > 0 {
            self.wake();
        }
        Ok(())
    }
}

/// Those of one network; answers how many messages were written.
fn remind(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    now: Instant,
) -> Result<usize, AppError> {
    let network = entry.network.id;
    let Some(last) = drill::last(tx, network, now - LOOKED)? else {
        // Never done: the pages say so, and a network that is being set up is not written to.
        return Ok(0);
    };
    if now < next_due(last, &entry.calendar) {
        return Ok(0);
    }
    // Two processes at once: the second waits here, and finds the keys of the first.
    networks::hold(tx, network)?;
    let (desk, link) = (
        entry.desk(now),
        format!("{}/essai-des-canaux", inner.settings.base_url),
    );
    let mut told = 0;
    for user in coordinators_of(tx, network)? {
        let key = format!("drill-due:{network}:{}:{}", last.millis(), user.id);
        if messages::find_by_key(tx, &key)?.is_some() {
            continue;
        }
        let news = News {
            kind: "drill-due",
            key,
        };
        let written = |channel| text::signup::drill_due(channel, &desk, last, &link);
        told += usize::from(tell_coordinator(
            inner, tx, entry, &user, news, now, written,
        )?);
    }
    Ok(told)
}
