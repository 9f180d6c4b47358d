//! Applications of professionals who sign up by themselves: found by the mark of a token only their
//! browser has, listed to the network they ask to join. Refuses to forget one that waits for an
//! answer, and to decide one twice.

use relais_core::ids::{ApplicationId, NetworkId, ProfessionalId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Where an application stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationStatus {
    /// Being filled in: gone at its expiry.
    Filling,
    /// Sent, waits for the coordinator: never gone by itself.
    Pending,
    /// Approved.
    Approved,
    /// Refused.
    Refused,
}

impl ApplicationStatus {
    const ALL: [Self; 4] = [Self::Filling, Self::Pending, Self::Approved, Self::Refused];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Filling => "filling",
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Which.
    pub id: ApplicationId,
    /// The network asked for, once it is chosen.
    pub network: Option<NetworkId>,
    /// National number.
    pub rpps: String,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// What was typed and where the proofs stand, as the application wrote it.
    pub body: String,
    /// When it was begun.
    pub started_at: Instant,
    /// When it is forgotten; none while it waits for an answer.
    pub expires_at: Option<Instant>,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// When it was decided.
    pub decided_at: Option<Instant>,
    /// By whom.
    pub decided_by: Option<UserId>,
    /// Whom it made a member.
    pub professional: Option<ProfessionalId>,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, network, rpps, status, body, started_at, expires_at, sent_at, decided_at, decided_by, \
             professional FROM applications ",
            $rest
        )
    };
}

sql! { "applications";
    INSERT = "INSERT INTO applications (id, token_hash, network, rpps, status, body, started_at, expires_at, source) \
              VALUES ($1, $2, $3, $4, 'filling', $5, $6, $7, $8)";
    FIND = columns!("WHERE id = $1");
    OF_TOKEN = columns!("WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2)");
    LOCK = columns!("WHERE id = $1 {for_update}");
    LOCK_OF_TOKEN = columns!("WHERE token_hash = $1 AND (expires_at IS NULL OR expires_at > $2) {for_update}");
    UPDATE = "UPDATE applications SET network = $3, rpps = $4, status = $5, body = $6, expires_at = $7, sent_at = $8, \
              decided_at = $9, decided_by = $10, professional = $11 WHERE id = $1 AND status = $2";
    WAITING = columns!("WHERE network = $1 AND status = 'pending' ORDER BY sent_at, id LIMIT $2");
    DECIDED = columns!("WHERE network = $1 AND status IN ('approved', 'refused') ORDER BY decided_at DESC, id LIMIT $2");
    COUNT_FILLING = "SELECT COUNT(*) FROM applications WHERE status = 'filling' AND expires_at > $1";
    COUNT_WAITING = "SELECT COUNT(*) FROM applications WHERE network = $1 AND status = 'pending'";
    COUNT_OF_RPPS = "SELECT COUNT(*) FROM applications WHERE network = $1 AND rpps = $2 AND status = 'pending'";
    MOST = "SELECT source AS id, COUNT(*) AS n FROM applications WHERE status = 'filling' AND expires_at > $1 \
            GROUP BY source ORDER BY COUNT(*) DESC, source LIMIT 1";
    IDLE = "SELECT id FROM applications WHERE status = 'filling' AND expires_at > $1 \
            ORDER BY expires_at - started_at, expires_at, id LIMIT 1";
    IDLE_OF = "SELECT id FROM applications WHERE status = 'filling' AND expires_at > $1 AND source = $2 \
               ORDER BY expires_at - started_at, expires_at, id LIMIT 1";
    SHED = "DELETE FROM applications WHERE id = $1 AND status = 'filling'";
    PRUNE = "DELETE FROM applications WHERE expires_at <= $1";
}

fn application(row: &Row<'_>) -> Result<Application, StoreError> {
    Ok(Application {
        id: row.id("id")?,
        network: row.opt_id("network")?,
        rpps: row.text("rpps")?,
        status: row.parsed("status", ApplicationStatus::from_code)?,
        body: row.text("body")?,
        started_at: row.instant("started_at")?,
        expires_at: row.opt_instant("expires_at")?,
        sent_at: row.opt_instant("sent_at")?,
        decided_at: row.opt_instant("decided_at")?,
        decided_by: row.opt_id("decided_by")?,
        professional: row.opt_id("professional")?,
    })
}

/// Begins an application, found again by the mark of its browser's token; `source` is the mark of
/// where it is begun from.
pub fn insert(
    tx: &mut Tx<'_>,
    token_hash: &str,
    source: &str,
    new: &Application,
) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            new.id,
            token_hash,
            new.network,
            &new.rpps,
            &new.body,
            new.started_at,
            new.expires_at,
            source
        ],
    )
}

/// Forgets the application being filled in that has waited longest for its next step: of the source
/// that holds most, if it holds more than `share`, else of anybody. Answers whether there was one.
pub fn shed(tx: &mut Tx<'_>, share: i64, now: Instant) -> Result<bool, StoreError> {
    let most = tx.query_opt(MOST, params![now], |r| Ok((r.text("id")?, r.int("n")?)))?;
    let idle: Option<ApplicationId> = match most {
        Some((source, n)) if n > share => {
            tx.query_opt(IDLE_OF, params![now, source], |r| r.id("id"))?
        }
        _ => tx.query_opt(IDLE, params![now], |r| r.id("id"))?,
    };
    match idle {
        Some(id) => Ok(tx.exec(SHED, params![id])? == 1),
        None => Ok(false),
    }
}

/// The application of a browser, unless it is forgotten.
pub fn find_by_token(
    tx: &mut Tx<'_>,
    token_hash: &str,
    now: Instant,
) -> Result<Option<Application>, StoreError> {
    tx.query_opt(OF_TOKEN, params![token_hash, now], application)
}

/// An application, if there is one.
pub fn find(tx: &mut Tx<'_>, id: ApplicationId) -> Result<Option<Application>, StoreError> {
    tx.query_opt(FIND, params![id], application)
}

/// The same as [`find_by_token`], changed by nobody else until the transaction ends: for who reads one to write it back.
pub fn lock_by_token(
    tx: &mut Tx<'_>,
    token_hash: &str,
    now: Instant,
) -> Result<Option<Application>, StoreError> {
    tx.query_opt(LOCK_OF_TOKEN, params![token_hash, now], application)
}

/// The same as [`find`], changed by nobody else until the transaction ends: before the people and the journal it leads
/// to.
pub fn lock(tx: &mut Tx<'_>, id: ApplicationId) -> Result<Option<Application>, StoreError> {
    tx.query_opt(LOCK, params![id], application)
}

/// Saves an application locked while it stood at `was`.
///
/// # Errors
/// `Conflict` when it no longer stands there: sent or decided meanwhile.
pub fn update(
    tx: &mut Tx<'_>,
    one: &Application,
    was: ApplicationStatus,
) -> Result<(), StoreError> {
    tx.exec_versioned(
        UPDATE,
        params![
            one.id,
            was.code(),
            one.network,
            &one.rpps,
            one.status.code(),
            &one.body,
            one.expires_at,
            one.sent_at,
            one.decided_at,
            one.decided_by,
            one.professional
        ],
        one.id.to_string(),
    )
}

/// Those that wait for the coordinator of a network, oldest first.
pub fn list_waiting(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<Application>, StoreError> {
    tx.query(WAITING, params![network, limit], application)
}

/// Those decided lately, newest first.
pub fn list_decided(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<Application>, StoreError> {
    tx.query(DECIDED, params![network, limit], application)
}

/// How many are being filled in.
pub fn count_filling(tx: &mut Tx<'_>, now: Instant) -> Result<i64, StoreError> {
    tx.query_one(COUNT_FILLING, params![now], |r| r.int(0))
}

/// How many wait in a network.
pub fn count_waiting(tx: &mut Tx<'_>, network: NetworkId) -> Result<i64, StoreError> {
    tx.query_one(COUNT_WAITING, params![network], |r| r.int(0))
}

/// How many wait in a network for one national number.
pub fn count_waiting_of(
    tx: &mut Tx<'_>,
    network: NetworkId,
    rpps: &str,
) -> Result<i64, StoreError> {
    tx.query_one(COUNT_OF_RPPS, params![network, rpps], |r| r.int(0))
}

/// Forgets those past their expiry; answers how many.
pub fn prune(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    crate::application_cards::prune(tx, now)?;
    tx.exec(PRUNE, params![now])
}
