//! What the desk owes patients by voice: calls to make, words to read. Keeps a patient's words sealed under
//! their data key. Refuses two tasks for one cause, and to end what is ended.

use relais_core::access::IdentityAccess;
use relais_core::ids::{NetworkId, PatientId, RequestId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::patients;
use crate::seal::{Secret, Vault};
use crate::sql::sql;

/// A task, its words closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskTask {
    /// Its id, `dtk_…`.
    pub id: String,
    /// Which desk.
    pub network: NetworkId,
    /// About which request.
    pub request: RequestId,
    /// `call`, `words` or `not-seen`.
    pub kind: String,
    /// Since when it waits.
    pub made_at: Instant,
    /// When somebody should act.
    pub due_at: Instant,
    /// What to say, without identity.
    pub script: String,
    /// Whether the patient wrote something.
    pub has_words: bool,
    /// How often somebody tried.
    pub attempts: u32,
    /// When last.
    pub last_attempt_at: Option<Instant>,
    /// When it ended.
    pub done_at: Option<Instant>,
    /// How.
    pub outcome: Option<String>,
}

/// A task to keep.
pub struct NewTask<'a> {
    /// Its id.
    pub id: &'a str,
    /// Which desk.
    pub network: NetworkId,
    /// About which request.
    pub request: RequestId,
    /// `call`, `words` or `not-seen`.
    pub kind: &'a str,
    /// When.
    pub at: Instant,
    /// When somebody should act.
    pub due_at: Instant,
    /// What to say, without identity.
    pub script: &'a str,
    /// What the patient wrote, and whose key seals it.
    pub words: Option<(PatientId, &'a Secret)>,
    /// Its cause: the same one makes one task.
    pub origin: &'a str,
}

/// How the cause of a call begins that no news make untrue: somebody must act, or what caused it be undone.
pub const STANDS: &str = "gone:";

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, network, request, kind, made_at, due_at, script, \
             CASE WHEN words IS NULL THEN 0 ELSE 1 END AS has_words, attempts, last_attempt_at, done_at, outcome \
             FROM desk_tasks ",
            $rest
        )
    };
}

sql! { "desk_tasks";
    INSERT = "INSERT INTO desk_tasks (id, network, request, kind, made_at, due_at, script, words, origin) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (origin) DO NOTHING";
    REPLACE_CALLS = "UPDATE desk_tasks SET done_at = $2, outcome = 'replaced' \
                     WHERE request = $1 AND kind = 'call' AND done_at IS NULL AND origin <> $3 \
                     AND origin NOT LIKE 'gone:%'";
    REOPEN = "UPDATE desk_tasks SET made_at = $2, due_at = $3, script = $4, attempts = 0, last_attempt_at = NULL, \
              done_at = NULL, done_by = NULL, outcome = NULL WHERE origin = $1 AND outcome = 'replaced'";
    REPLACE_LIKE = "UPDATE desk_tasks SET done_at = $2, outcome = 'replaced' \
                    WHERE request = $1 AND done_at IS NULL AND origin LIKE $3";
    OPEN = columns!("WHERE network = $1 AND done_at IS NULL ORDER BY due_at, id LIMIT $2");
    COUNT_OPEN = "SELECT COUNT(*) FROM desk_tasks WHERE network = $1 AND done_at IS NULL";
    ONE = columns!("WHERE id = $1");
    OF_REQUEST = columns!("WHERE request = $1 ORDER BY made_at DESC, id DESC LIMIT $2");
    WORDS = "SELECT words FROM desk_tasks WHERE id = $1 AND request = $2";
    TRIED = "UPDATE desk_tasks SET attempts = attempts + 1, last_attempt_at = $2, due_at = $3 \
             WHERE id = $1 AND done_at IS NULL";
    END = "UPDATE desk_tasks SET attempts = attempts + 1, last_attempt_at = $2, done_at = $2, done_by = $3, \
           outcome = $4 WHERE id = $1 AND done_at IS NULL";
    ERASE = "UPDATE desk_tasks SET words = NULL WHERE request IN (SELECT id FROM requests WHERE patient = $1)";
}

fn task(row: &Row<'_>) -> Result<DeskTask, StoreError> {
    Ok(DeskTask {
        id: row.text("id")?,
        network: row.id("network")?,
        request: row.id("request")?,
        kind: row.text("kind")?,
        made_at: row.instant("made_at")?,
        due_at: row.instant("due_at")?,
        script: row.text("script")?,
        has_words: row.int("has_words")? != 0,
        attempts: row.small("attempts")?,
        last_attempt_at: row.opt_instant("last_attempt_at")?,
        done_at: row.opt_instant("done_at")?,
        outcome: row.opt_text("outcome")?,
    })
}

/// The name a patient's words are sealed under: bound to their task.
fn place(id: &str) -> String {
    format!("desk_tasks.words:{id}")
}

/// Keeps a task; `false` when its cause made one already.
pub fn insert(tx: &mut Tx<'_>, vault: &Vault, new: &NewTask<'_>) -> Result<bool, StoreError> {
    let words = match new.words {
        Some((patient, words)) => {
            let key = patients::record_key(tx, vault, patient)?;
            Some(key.seal_bytes(&place(new.id), words.expose().as_bytes())?)
        }
        None => None,
    };
    let written = tx.exec(
        INSERT,
        params![
            new.id,
            new.network,
            new.request,
            new.kind,
            new.at,
            new.due_at,
            new.script,
            words,
            new.origin
        ],
    )?;
    Ok(written == 1)
}

/// A cause that was no more is there again: its call waits once more. `false` when it never was taken back.
pub fn reopen(tx: &mut Tx<'_>, new: &NewTask<'_>) -> Result<bool, StoreError> {
    let reopened = tx.exec(REOPEN, params![new.origin, new.at, new.due_at, new.script])?;
    Ok(reopened == 1)
}

/// What made calls whose cause begins so is no more. Answers how many end.
pub fn replace_caused(
    tx: &mut Tx<'_>,
    request: RequestId,
    cause: &str,
    at: Instant,
) -> Result<u64, StoreError> {
    tx.exec(REPLACE_LIKE, params![request, at, format!("{cause}%")])
}

/// Newer news are to be said: the calls that still wait are no longer true, but for the one of `origin`, which says
/// them, and those that stand ([`STANDS`]).
pub fn replace_calls(
    tx: &mut Tx<'_>,
    request: RequestId,
    origin: Option<&str>,
    at: Instant,
) -> Result<u64, StoreError> {
    tx.exec(REPLACE_CALLS, params![request, at, origin.unwrap_or("")])
}

/// What waits at a desk, the most pressing first.
pub fn list_open(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<DeskTask>, StoreError> {
    tx.query(OPEN, params![network, limit], task)
}

/// How many wait at a desk.
pub fn count_open(tx: &mut Tx<'_>, network: NetworkId) -> Result<u32, StoreError> {
    let count = tx.query_opt(COUNT_OPEN, params![network], |r| r.small(0))?;
    Ok(count.unwrap_or(0))
}

/// A task.
pub fn find(tx: &mut Tx<'_>, id: &str) -> Result<Option<DeskTask>, StoreError> {
    tx.query_opt(ONE, params![id], task)
}

/// The tasks of a request, newest first.
pub fn list_for_request(
    tx: &mut Tx<'_>,
    request: RequestId,
    limit: u32,
) -> Result<Vec<DeskTask>, StoreError> {
    tx.query(OF_REQUEST, params![request, limit], task)
}

/// What the patient wrote; the caller wrote the look to the journal.
///
/// # Errors
/// `Sealed` when the proof is for another request, the patient was erased, or a byte was altered.
pub fn open_words(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: &str,
    access: &IdentityAccess,
) -> Result<Option<Secret>, StoreError> {
    let sealed = tx
        .query_opt(WORDS, params![id, access.request()], |r| {
            r.opt_bytes("words")
        })?
        .flatten();
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let patient = patients::find_of_request(tx, access.request())?
        .ok_or_else(|| StoreError::not_found("patients", id.to_owned()))?;
    let key = patients::record_key(tx, vault, patient)?;
    let plain = key.open_bytes(&place(id), &sealed)?;
    let text = String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Sealed {
        place: "desk_tasks",
        why: "not text",
    })?;
    Ok(Some(Secret::new(text)))
}

/// Somebody tried and must try again; `false` when it is over.
pub fn tried(tx: &mut Tx<'_>, id: &str, at: Instant, due_at: Instant) -> Result<bool, StoreError> {
    Ok(tx.exec(TRIED, params![id, at, due_at])? == 1)
}

/// Ends a task; `false` when it is over.
pub fn end(
    tx: &mut Tx<'_>,
    id: &str,
    by: UserId,
    outcome: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(END, params![id, at, by, outcome])? == 1)
}

/// Forgets what a patient wrote, with their identity.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(ERASE, params![patient])?;
    Ok(())
}
