//! Links to patients' own pages: the secret sealed, found again by its digest, and what its holder told on
//! the way. Refuses to keep a secret in the clear, and a second link for one request.

use relais_core::ids::{NetworkId, PatientId, RequestId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::seal::{Secret, Vault};
use crate::sql::sql;

/// A link, closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// To the page of which request.
    pub request: RequestId,
    /// The network that answers for it.
    pub network: NetworkId,
    /// When it was made.
    pub made_at: Instant,
    /// It opens nothing any more, since when.
    pub revoked_at: Option<Instant>,
    /// The last lateness told: when, and how many minutes if they were said.
    pub late: Option<(Instant, Option<u16>)>,
}

sql! { "patient_links";
    INSERT = "INSERT INTO patient_links (request, network, digest, sealed, made_at) VALUES ($1, $2, $3, $4, $5)";
    SEALED = "SELECT sealed FROM patient_links WHERE request = $1 AND revoked_at IS NULL";
    OF_REQUEST = "SELECT request, network, made_at, revoked_at, late_minutes, late_at FROM patient_links \
                  WHERE request = $1";
    BY_DIGEST = "SELECT request, network, made_at, revoked_at, late_minutes, late_at FROM patient_links \
                 WHERE digest = $1 AND revoked_at IS NULL";
    OPENING = "SELECT request AS id FROM patient_links WHERE revoked_at IS NULL \
               AND request IN (SELECT id FROM requests WHERE patient = $1) ORDER BY request";
    RENEW = "UPDATE patient_links SET digest = $2, sealed = $3, made_at = $4 WHERE request = $1 AND revoked_at IS NULL";
    TOLD_LATE = "UPDATE patient_links SET late_minutes = $2, late_at = $3 WHERE request = $1";
    REVOKE = "UPDATE patient_links SET revoked_at = $2 WHERE request = $1 AND revoked_at IS NULL";
    PRUNE = "DELETE FROM patient_links WHERE request IN (SELECT id FROM requests \
             WHERE status IN ('closed', 'cancelled', 'transferred_15') AND updated_at < $1)";
}

fn link(row: &Row<'_>) -> Result<Link, StoreError> {
    let late_at = row.opt_instant("late_at")?;
    let minutes = row
        .opt_int("late_minutes")?
        .and_then(|minutes| u16::try_from(minutes).ok());
    Ok(Link {
        request: row.id("request")?,
        network: row.id("network")?,
        made_at: row.instant("made_at")?,
        revoked_at: row.opt_instant("revoked_at")?,
        late: late_at.map(|at| (at, minutes)),
    })
}

/// What a secret is sealed for: one row of this table.
fn place(request: RequestId) -> String {
    format!("patient_links.sealed:{request}")
}

/// Keeps a new link; `digest` is what its secret is found again by.
pub fn insert(
    tx: &mut Tx<'_>,
    vault: &Vault,
    request: RequestId,
    network: NetworkId,
    secret: &Secret,
    digest: &str,
    at: Instant,
) -> Result<(), StoreError> {
    let sealed = vault.seal_setting(&place(request), secret)?;
    tx.exec_one(INSERT, params![request, network, digest, sealed, at])
}

/// The requests of a patient whose links open something.
pub fn list_of_patient(tx: &mut Tx<'_>, patient: PatientId) -> Result<Vec<RequestId>, StoreError> {
    tx.query(OPENING, params![patient], |r| r.id(0))
}

/// Another secret for the link of a request: the one sent before opens nothing any more. A revoked link stays so.
pub fn renew(
    tx: &mut Tx<'_>,
    vault: &Vault,
    request: RequestId,
    secret: &Secret,
    digest: &str,
    at: Instant,
) -> Result<(), StoreError> {
    let sealed = vault.seal_setting(&place(request), secret)?;
    tx.exec(RENEW, params![request, digest, sealed, at])
        .map(|_| ())
}

/// The secret of a request's link, to be sent to its patient; `None` when it has none that opens.
pub fn find_secret(
    tx: &mut Tx<'_>,
    vault: &Vault,
    request: RequestId,
) -> Result<Option<Secret>, StoreError> {
    let sealed: Option<Vec<u8>> = tx.query_opt(SEALED, params![request], |r| r.bytes("sealed"))?;
    sealed
        .map(|bytes| vault.open_setting(&place(request), &bytes))
        .transpose()
}

/// The link of a request, whatever it opens.
pub fn find(tx: &mut Tx<'_>, request: RequestId) -> Result<Option<Link>, StoreError> {
    tx.query_opt(OF_REQUEST, params![request], link)
}

/// The link whose secret has this digest, if it still opens something.
pub fn find_by_digest(tx: &mut Tx<'_>, digest: &str) -> Result<Option<Link>, StoreError> {
    tx.query_opt(BY_DIGEST, params![digest], link)
}

/// Writes that the patient says they are late.
pub fn set_late(
    tx: &mut Tx<'_>,
    request: RequestId,
    minutes: Option<u16>,
    at: Instant,
) -> Result<(), StoreError> {
    let minutes = minutes.map(i64::from);
    tx.exec_one(TOLD_LATE, params![request, minutes, at])
}

/// The link opens nothing any more; `false` when it opened nothing already.
pub fn revoke(tx: &mut Tx<'_>, request: RequestId, at: Instant) -> Result<bool, StoreError> {
    Ok(tx.exec(REVOKE, params![request, at])? > 0)
}

/// Forgets the links of requests over since before a moment; answers how many.
pub fn prune(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}
