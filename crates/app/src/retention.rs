//! What is past its time goes (R6): every hour, network by network, class by class, in batches, each
//! counted in the transaction that purges it. An erased identity is a row of the journal, so that it
//! can be erased again after an old backup was restored.
//!
//! Refuses to purge anything of a request that is not over, and to say what was purged: counts only.

use crate::app::{App, Who};
use crate::error::AppError;
use crate::settings_shown::settings_shown;
use crate::spreadsheet::sheet;
use crate::text::retention as words;
use crate::{chance, journal};
use relais_core::access::{Actor, Role};
use relais_core::ids::{EntryId, NetworkId, PatientId};
use relais_core::retention::{BadRetention, Class, Retention};
use relais_core::time::Instant;
use relais_store::journal::Entry;
use relais_store::retention::{self, Purge};
use relais_store::{Tx, networks};
use serde_json::json;

/// Patients, requests or messages purged in one transaction.
const BATCH: u32 = 100;
/// Batches of one class in one pass: the rest goes in the next hour.
const BATCHES_MAX: usize = 50;
/// Lines of the proof: three years, a line a class and day.
const PROOF_MAX: u32 = 5_500;

/// A class, its duration and what is past it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The class.
    pub class: Class,
    /// Its duration, days.
    pub days: u16,
    /// What ended before this goes.
    pub before: Instant,
    /// How many are past their time now.
    pub due: u64,
}

/// Durations in force, what is past them, what was purged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Durations.
    pub retention: Retention,
    /// Version of the network's settings they were read in.
    pub version: i64,
    /// What is past its time, by class.
    pub due: Vec<Due>,
    /// What was purged, newest day first.
    pub proof: Vec<Purge>,
}

impl App {
    /// One pass over every network; answers how many rows went. May run twice, and on two nodes.
    ///
    /// # Errors
    /// The store's.
    pub async fn purge(&self) -> Result<u64, AppError> {
        let directory = self.directory().await?;
        let networks: Vec<NetworkId> = directory.networks().map(|entry| entry.network.id).collect();
        let mut purged = 0;
        for network in networks {
            purged += self.purge_one(network).await?;
        }
        Ok(purged)
    }

    /// The same for one network.
    ///
    /// # Errors
    /// No such network.
    pub async fn purge_network(&self, code: &str) -> Result<u64, AppError> {
        let directory = self.directory().await?;
        let mut all = directory.networks();
        let entry = all.find(|entry| entry.network.code == code);
        self.purge_one(entry.ok_or(AppError::NotFound)?.network.id)
            .await
    }

    async fn purge_one(&self, network: NetworkId) -> Result<u64, AppError> {
        let mut purged = 0;
        // Whatever is left of a patient goes with the identity: it goes last.
        for class in Class::ALL.iter().rev().copied() {
            purged += self.purge_class(network, class).await?;
        }
        Ok(purged)
    }

    async fn purge_class(&self, network: NetworkId, class: Class) -> Result<u64, AppError> {
        let now = self.now();
        let mut purged = 0;
        for _ in 0..BATCHES_MAX {
            let (counted, done) = self
                .write(move |_, tx| purge_batch(tx, network, class, now))
                .await?;
            purged += counted;
            if done {
                break;
            }
        }
        Ok(purged)
    }

    /// What is past its time in a network, by class: nothing is purged.
    ///
    /// # Errors
    /// No such network.
    pub async fn purge_due(&self, code: &str) -> Result<Vec<Due>, AppError> {
        let (code, now) = (code.to_owned(), self.now());
        self.read(move |_, tx| {
            let network = networks::find_by_code(tx, &code)?.ok_or(AppError::NotFound)?;
            due(tx, network.id, &network.extra.retention, now)
        })
        .await
    }

    /// Durations, what is past them and the proof, to the network's coordinator.
    ///
    /// # Errors
    /// Anybody else.
    pub async fn retention(&self, who: &Who) -> Result<Held, AppError> {
        let actor = coordinator(who)?;
        let now = self.now();
        self.read(move |_, tx| {
            let network = networks::get(tx, actor.network)?;
            let retention = network.extra.retention;
            Ok(Held {
                retention,
                version: network.settings_version,
                due: due(tx, actor.network, &retention, now)?,
                proof: retention::list(tx, actor.network, PROOF_MAX)?,
            })
        })
        .await
    }

    /// Changes the durations: the next pass keeps to them.
    ///
    /// # Errors
    /// Fields; `settings-moved` when somebody saved the network's settings since they were shown.
    pub async fn set_retention(
        &self,
        who: &Who,
        version: i64,
        asked: Retention,
    ) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let asked = asked.checked().map_err(|wrong| refused(&wrong))?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let mut network = settings_shown(tx, actor.network, version)?;
            if network.extra.retention == asked {
                return Ok(());
            }
            network.extra.retention = asked;
            networks::update(tx, &network, now, &actor.user.to_string())?;
            let days = |class: &Class| (class.code().to_owned(), asked.days(*class).into());
            let days: serde_json::Map<_, _> = Class::ALL.iter().map(days).collect();
            let body = json!({ "say": "Durées de conservation changées", "days": days });
            let id = Some(actor.network);
            journal::act(tx, id, "settings.retention", None, None, &body, &who, now)
        })
        .await
    }

    /// The proof as a file.
    ///
    /// # Errors
    /// Anybody but the coordinator.
    pub async fn retention_csv(&self, who: &Who) -> Result<Vec<u8>, AppError> {
        let held = self.retention(who).await?;
        let head = ["Jour", "Classe", "Nombre", "Terminé avant le"];
        let rows = held.proof.into_iter().map(|purge| {
            [
                purge.on_day,
                words::class(purge.class).to_owned(),
                purge.counted.to_string(),
                purge.before_at.timestamp().to_string(),
            ]
        });
        sheet(head, rows)
    }
}

fn coordinator(who: &Who) -> Result<Actor, AppError> {
    let actor = who.signed_in()?;
    if actor.role == Role::Coordinator {
        Ok(actor)
    } else {
        Err(AppError::Denied)
    }
}

fn refused(wrong: &BadRetention) -> AppError {
    let (class, detail) = match wrong {
        BadRetention::Range(class) => (class, "De 1 jour à 3\u{a0}650 jours."),
        BadRetention::Outlives(class) => (
            class,
            "Pas plus longtemps que l’identité\u{a0}: tout disparaît avec elle.",
        ),
    };
    AppError::invalid(format!("/{}", class.code()), detail)
}

fn due(
    tx: &mut Tx<'_>,
    network: NetworkId,
    retention: &Retention,
    now: Instant,
) -> Result<Vec<Due>, AppError> {
    let mut all = Vec::with_capacity(Class::ALL.len());
    for class in Class::ALL.iter().copied() {
        let before = retention.before(class, now);
        all.push(Due {
            class,
            days: retention.days(class),
            before,
            due: retention::count_due(tx, network, class, before)?,
        });
    }
    Ok(all)
}

/// One batch, counted where it is made; answers how many and whether nothing is left.
fn purge_batch(
    tx: &mut Tx<'_>,
    id: NetworkId,
    class: Class,
    now: Instant,
) -> Result<(u64, bool), AppError> {
    let network = networks::get(tx, id)?;
    let before = network.extra.retention.before(class, now);
    let batch = retention::purge(tx, id, class, before, now, BATCH)?;
    if batch.counted > 0 {
        let zone = jiff::tz::TimeZone::get(&network.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let day = now.timestamp().to_zoned(zone).date().to_string();
        retention::count(tx, id, class, &day, batch.counted, before, now)?;
        written(tx, id, class, batch.counted, &batch.erased, now)?;
    }
    Ok((batch.counted, batch.done))
}

fn written(
    tx: &mut Tx<'_>,
    network: NetworkId,
    class: Class,
    counted: u64,
    erased: &[PatientId],
    now: Instant,
) -> Result<(), AppError> {
    let row = |act: &str, subject: Option<String>, body: serde_json::Value| Entry {
        id: EntryId::from_bits(chance::id(now)).to_string(),
        at: now.millis(),
        actor: "relais".to_owned(),
        role: "platform".to_owned(),
        act: act.to_owned(),
        about: None,
        subject,
        why: Some("retention".to_owned()),
        source: Some("clock".to_owned()),
        body: body.to_string(),
    };
    let mut rows: Vec<Entry> = erased
        .iter()
        .map(|patient| row("identity.erased", Some(patient.to_string()), json!({})))
        .collect();
    let body = json!({ "class": class.code(), "counted": counted });
    rows.push(row("retention.purged", None, body));
    relais_store::journal::append(tx, &network.to_string(), &rows)?;
    Ok(())
}
