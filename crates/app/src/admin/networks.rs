//! A network's settings, from a file: created the first time, versioned afterwards, idempotent.

use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use crate::reference::communes::Communes;
use relais_core::geo::Insee;
use relais_core::ids::NetworkId;
use relais_store::codec::settings;
use relais_store::networks::{self, Network};
use relais_store::{keys, seal::Purpose};
use serde::Deserialize;
use serde_json::json;

/// A network's settings as somebody writes them in a file (JSON).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFile {
    /// Join code, 3 to 12 capitals and digits.
    pub code: String,
    /// Name.
    pub name: String,
    /// Short name put in SMS, 11 characters at most.
    pub short_name: String,
    /// `cpts`, `federation`, `department` or `sas`.
    pub kind: String,
    /// The number people call.
    pub phone: String,
    /// Zone of its civil time.
    #[serde(default = "paris")]
    pub zone: String,
    /// INSEE codes of its communes.
    pub communes: Vec<String>,
    /// INSEE codes of tolerated neighbours.
    #[serde(default)]
    pub tolerated: Vec<String>,
    /// Hours and policy; what is left out keeps its default.
    #[serde(default = "empty")]
    pub settings: serde_json::Value,
}

fn paris() -> String {
    "Europe/Paris".to_owned()
}

fn empty() -> serde_json::Value {
    json!({ "v": 1 })
}

impl NetworkFile {
    /// Reads and checks a file.
    pub fn read(text: &str) -> Result<Self, AppError> {
        let file: Self = serde_json::from_str(text)
            .map_err(|error| AppError::invalid("", format!("not a network file: {error}")))?;
        let capitals = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        if !(3..=12).contains(&file.code.len()) || !file.code.chars().all(capitals) {
            return Err(AppError::invalid("/code", "3 to 12 capitals and digits"));
        }
        if file.short_name.is_empty() || file.short_name.chars().count() > 11 {
            return Err(AppError::invalid(
                "/short_name",
                "1 to 11 characters: it starts each SMS",
            ));
        }
        if jiff::tz::TimeZone::get(&file.zone).is_err() {
            return Err(AppError::invalid(
                "/zone",
                "no such zone, for example Europe/Paris",
            ));
        }
        file.network(NetworkId::from_bits(0), 1)?;
        Ok(file)
    }

    fn network(&self, id: NetworkId, version: i64) -> Result<Network, AppError> {
        let read = settings::decode(&self.settings.to_string())
            .map_err(|error| AppError::invalid("/settings", error.to_string()))?;
        let mut policy = read.policy;
        policy.version = u32::try_from(version).unwrap_or(u32::MAX);
        Ok(Network {
            id,
            code: self.code.clone(),
            name: self.name.clone(),
            short_name: self.short_name.clone(),
            kind: self.kind.clone(),
            phone: self.phone.clone(),
            zone: self.zone.clone(),
            hours: read.hours,
            policy,
            extra: read.extra,
            settings_version: version,
            active: true,
        })
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// A new network.
    Created(NetworkId),
    /// Settings changed: a new version.
    Changed(NetworkId),
    /// Nothing to do.
    Unchanged(NetworkId),
}

impl App {
    /// Imports a network's settings (JSON). Unknown keys are refused with their path.
    pub async fn import_network(&self, text: String) -> Result<Imported, AppError> {
        let file = NetworkFile::read(&text)?;
        let communes = known(&file.communes, "/communes")?;
        let tolerated = known(&file.tolerated, "/tolerated")?;
        let now = self.now();
        let imported = self
            .write(move |inner, tx| {
                let mut all: Vec<(Insee, bool)> = communes.iter().map(|c| (*c, false)).collect();
                all.extend(tolerated.iter().map(|c| (*c, true)));
                let who = Who::platform("command");
                let directory = inner.directory.current(tx)?;
                let asked = file.network(NetworkId::from_bits(0), 1)?;
                let word = asked.extra.public.slug;
                let word = word.unwrap_or_else(|| file.code.to_ascii_lowercase());
                if crate::public::find(&directory, &word)
                    .is_some_and(|other| other.network.code != file.code)
                {
                    let why = "another network has this public address: give another word";
                    return Err(AppError::invalid("/settings/public/slug", why));
                }
                let done = match networks::find_by_code(tx, &file.code)? {
                    None => {
                        let id = NetworkId::from_bits(chance::id(now));
                        let network = file.network(id, 1)?;
                        create(inner, tx, &network, now)?;
                        Imported::Created(id)
                    }
                    Some(held) => {
                        let network = file.network(held.id, held.settings_version)?;
                        if network == held {
                            Imported::Unchanged(held.id)
                        } else {
                            networks::update(tx, &network, now, "command")?;
                            Imported::Changed(held.id)
                        }
                    }
                };
                let id = match done {
                    Imported::Created(id) | Imported::Changed(id) | Imported::Unchanged(id) => id,
                };
                networks::set_communes(tx, id, &all)?;
                let body = json!({ "network": file.code });
                journal::act(
                    tx,
                    Some(id),
                    "network.imported",
                    None,
                    None,
                    &body,
                    &who,
                    now,
                )?;
                Ok(done)
            })
            .await?;
        Ok(imported)
    }
}

/// A new network and its two keys.
pub(crate) fn create(
    inner: &crate::app::Inner,
    tx: &mut relais_store::Tx<'_>,
    network: &Network,
    now: relais_core::time::Instant,
) -> Result<(), AppError> {
    networks::insert(tx, network, now, "command")?;
    let id = network.id.to_string();
    for (purpose, name) in [(Purpose::Records, "records-1"), (Purpose::Index, "index-1")] {
        keys::insert_network_key(tx, &inner.vault, &id, name, purpose, now.millis())?;
    }
    Ok(())
}

fn known(codes: &[String], pointer: &str) -> Result<Vec<Insee>, AppError> {
    let mut out = Vec::with_capacity(codes.len());
    for (index, code) in codes.iter().enumerate() {
        let found = Insee::new(code).and_then(|insee| Communes::shipped().current(insee));
        let pointer = format!("{pointer}/{index}");
        out.push(found.ok_or_else(|| AppError::invalid(pointer, "no commune has this code"))?);
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}
