//! Networks: what they are, their settings (versioned, every version kept), their communes, and whom they
//! lend their professionals to. Refuses settings that the codec refuses, and a save on an old version.

use relais_core::cascade::Policy;
use relais_core::geo::Insee;
use relais_core::ids::NetworkId;
use relais_core::time::{Instant, OpeningHours};

pub use crate::codec::settings::NetworkSettings;
use crate::codec::settings::{self, Settings, SettingsError};
use crate::db::{Row, Tx};
use crate::directory::{Touched, touched};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Which.
    pub id: NetworkId,
    /// Join code, unique (`SNP91N`).
    pub code: String,
    /// Full name.
    pub name: String,
    /// Short name, for SMS.
    pub short_name: String,
    /// `cpts`, `department`, `sas`, `regulation` …
    pub kind: String,
    /// The desk's number.
    pub phone: String,
    /// Zone of civil time, `Europe/Paris` unless said.
    pub zone: String,
    /// Opening hours (R1).
    pub hours: OpeningHours,
    /// Settings of its cascades (R4); its `version` is `settings_version`.
    pub policy: Policy,
    /// Other settings.
    pub extra: NetworkSettings,
    /// Version of the settings; each change adds one.
    pub settings_version: i64,
    /// Works, or was closed.
    pub active: bool,
}

sql! { "networks";
    INSERT = "INSERT INTO networks (id, code, name, short_name, kind, phone, zone, settings, settings_version, \
              status) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    UPDATE = "UPDATE networks SET code = $3, name = $4, short_name = $5, kind = $6, phone = $7, zone = $8, \
              settings = $9, settings_version = settings_version + 1, status = $10 \
              WHERE id = $1 AND settings_version = $2";
    KEEP_SETTINGS = "INSERT INTO network_settings (network, version, settings, since, author) \
                     VALUES ($1, $2, $3, $4, $5)";
    PAST_SETTINGS = "SELECT version, settings, since, author FROM network_settings WHERE network = $1 \
                     ORDER BY version DESC LIMIT $2";
    HOLD = "SELECT id FROM networks WHERE id = $1 {for_no_key_update}";
    FIND = "SELECT id, code, name, short_name, kind, phone, zone, settings, settings_version, status \
            FROM networks WHERE id = $1";
    BY_CODE = "SELECT id, code, name, short_name, kind, phone, zone, settings, settings_version, status \
               FROM networks WHERE code = $1";
    LIST = "SELECT id, code, name, short_name, kind, phone, zone, settings, settings_version, status \
            FROM networks ORDER BY id";
    FORGET_COMMUNES = "DELETE FROM network_communes WHERE network = $1";
    ADD_COMMUNE = "INSERT INTO network_communes (network, insee, tolerated) VALUES ($1, $2, $3)";
    COMMUNES = "SELECT insee, tolerated FROM network_communes WHERE network = $1 ORDER BY insee";
    OF_COMMUNE = "SELECT network, tolerated FROM network_communes WHERE insee = $1 ORDER BY tolerated, network";
    SHARE = "INSERT INTO sharing (from_network, to_network, status, since) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (from_network, to_network) DO UPDATE SET status = excluded.status, since = excluded.since";
    SHARING = "SELECT from_network, to_network FROM sharing WHERE status = 'active' \
               ORDER BY from_network, to_network";
    AGREEMENTS = "SELECT from_network, to_network, status, since FROM sharing WHERE from_network = $1 OR to_network = $1 \
                  ORDER BY since DESC, from_network, to_network";
}

/// Where an agreement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreementStatus {
    /// Offered by the network that would lend its professionals.
    Proposed,
    /// In force.
    Active,
    /// Ended, declined or taken back.
    Ended,
}

impl AgreementStatus {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        let all = [Self::Proposed, Self::Active, Self::Ended];
        all.into_iter().find(|one| one.code() == code)
    }
}

/// An agreement between two networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// Who lends its professionals.
    pub from: NetworkId,
    /// To whom.
    pub to: NetworkId,
    /// Where it stands.
    pub status: AgreementStatus,
    /// Since when it is so.
    pub since: Instant,
}

fn network(row: &Row<'_>) -> Result<Network, StoreError> {
    let Settings {
        hours,
        mut policy,
        extra,
    } = settings::decode(row.str("settings")?)
        .map_err(|e: SettingsError| row.wrong("settings", e.to_string()))?;
    policy.version = row.small("settings_version")?;
    Ok(Network {
        id: row.id("id")?,
        code: row.text("code")?,
        name: row.text("name")?,
        short_name: row.text("short_name")?,
        kind: row.text("kind")?,
        phone: row.text("phone")?,
        zone: row.text("zone")?,
        hours,
        policy,
        extra,
        settings_version: row.int("settings_version")?,
        active: row.parsed("status", |s| match s {
            "active" => Some(true),
            "closed" => Some(false),
            _ => None,
        })?,
    })
}

fn stored_settings(network: &Network) -> Result<String, StoreError> {
    settings::encode(&Settings {
        hours: network.hours.clone(),
        policy: network.policy.clone(),
        extra: network.extra.clone(),
    })
}

const fn status(active: bool) -> &'static str {
    if active { "active" } else { "closed" }
}

/// Writes a new network. Its settings start at `settings_version`; `author` is written beside them.
pub fn insert(
    tx: &mut Tx<'_>,
    network: &Network,
    now: Instant,
    author: &str,
) -> Result<(), StoreError> {
    let settings = stored_settings(network)?;
    tx.exec_one(
        INSERT,
        params![
            network.id,
            &network.code,
            &network.name,
            &network.short_name,
            &network.kind,
            &network.phone,
            &network.zone,
            &settings,
            network.settings_version,
            status(network.active)
        ],
    )?;
    tx.exec_one(
        KEEP_SETTINGS,
        params![network.id, network.settings_version, settings, now, author],
    )?;
    touched(tx, Touched::Network(network.id))
}

/// Saves a network read at `network.settings_version`, which becomes one more.
///
/// # Errors
/// `Conflict` when somebody saved it first.
pub fn update(
    tx: &mut Tx<'_>,
    network: &Network,
    now: Instant,
    author: &str,
) -> Result<(), StoreError> {
    let settings = stored_settings(network)?;
    tx.exec_versioned(
        UPDATE,
        params![
            network.id,
            network.settings_version,
            &network.code,
            &network.name,
            &network.short_name,
            &network.kind,
            &network.phone,
            &network.zone,
            &settings,
            status(network.active)
        ],
        network.id.to_string(),
    )?;
    tx.exec_one(
        KEEP_SETTINGS,
        params![
            network.id,
            network.settings_version + 1,
            settings,
            now,
            author
        ],
    )?;
    touched(tx, Touched::Network(network.id))
}

/// What is done once for a network is done by one at a time, until the transaction ends.
pub fn hold(tx: &mut Tx<'_>, id: NetworkId) -> Result<(), StoreError> {
    tx.query(HOLD, params![id], |_| Ok(())).map(drop)
}

/// A network.
pub fn get(tx: &mut Tx<'_>, id: NetworkId) -> Result<Network, StoreError> {
    tx.query_opt(FIND, params![id], network)?
        .ok_or_else(|| StoreError::not_found("networks", id.to_string()))
}

/// The network of a join code.
pub fn find_by_code(tx: &mut Tx<'_>, code: &str) -> Result<Option<Network>, StoreError> {
    tx.query_opt(BY_CODE, params![code], network)
}

/// Every network, by id. There are hundreds at most.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Network>, StoreError> {
    tx.query(LIST, params![], network)
}

/// A version of a network's settings, as it was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastSettings {
    /// Which version.
    pub version: i64,
    /// What they were.
    pub settings: Settings,
    /// Since when.
    pub since: Instant,
    /// By whom.
    pub author: String,
}

/// The versions of a network's settings, newest first.
pub fn list_settings(
    tx: &mut Tx<'_>,
    id: NetworkId,
    limit: u32,
) -> Result<Vec<PastSettings>, StoreError> {
    tx.query(PAST_SETTINGS, params![id, limit], |r| {
        Ok(PastSettings {
            version: r.int("version")?,
            settings: settings::decode(r.str("settings")?)
                .map_err(|e: SettingsError| r.wrong("settings", e.to_string()))?,
            since: r.instant("since")?,
            author: r.text("author")?,
        })
    })
}

/// Replaces the communes of a network; `true` = a tolerated neighbour.
pub fn set_communes(
    tx: &mut Tx<'_>,
    id: NetworkId,
    communes: &[(Insee, bool)],
) -> Result<(), StoreError> {
    tx.exec(FORGET_COMMUNES, params![id])?;
    for (insee, tolerated) in communes {
        tx.exec_one(ADD_COMMUNE, params![id, *insee, *tolerated])?;
    }
    touched(tx, Touched::Network(id))
}

/// The communes of a network; `true` = a tolerated neighbour.
pub fn list_communes(tx: &mut Tx<'_>, id: NetworkId) -> Result<Vec<(Insee, bool)>, StoreError> {
    tx.query(COMMUNES, params![id], |r| {
        Ok((r.parsed("insee", Insee::new)?, r.flag("tolerated")?))
    })
}

/// The networks that serve a commune, those whose own it is first; `true` = a tolerated neighbour.
pub fn networks_of_commune(
    tx: &mut Tx<'_>,
    insee: Insee,
) -> Result<Vec<(NetworkId, bool)>, StoreError> {
    tx.query(OF_COMMUNE, params![insee], |r| {
        Ok((r.id("network")?, r.flag("tolerated")?))
    })
}

/// Makes or ends an agreement: `from` lends its professionals to `to` (R4.4).
pub fn set_sharing(
    tx: &mut Tx<'_>,
    from: NetworkId,
    to: NetworkId,
    active: bool,
    at: Instant,
) -> Result<(), StoreError> {
    let status = if active {
        AgreementStatus::Active
    } else {
        AgreementStatus::Ended
    };
    set_agreement(tx, from, to, status, at)
}

/// The same, proposed included.
pub fn set_agreement(
    tx: &mut Tx<'_>,
    from: NetworkId,
    to: NetworkId,
    status: AgreementStatus,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(SHARE, params![from, to, status.code(), at])?;
    touched(tx, Touched::Network(to))
}

/// The agreements in force: who lends, to whom.
pub fn list_sharing(tx: &mut Tx<'_>) -> Result<Vec<(NetworkId, NetworkId)>, StoreError> {
    tx.query(SHARING, params![], |r| {
        Ok((r.id("from_network")?, r.id("to_network")?))
    })
}

/// The agreements of a network, in force or not, newest first.
pub fn list_agreements(tx: &mut Tx<'_>, network: NetworkId) -> Result<Vec<Agreement>, StoreError> {
    tx.query(AGREEMENTS, params![network], |r| {
        Ok(Agreement {
            from: r.id("from_network")?,
            to: r.id("to_network")?,
            status: r.parsed("status", AgreementStatus::from_code)?,
            since: r.instant("since")?,
        })
    })
}
