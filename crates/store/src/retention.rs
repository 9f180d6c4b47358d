//! Purging by age, class by class, in batches, and the proof of it: counts by class and day, never
//! what. Requests, offers, contacts and the journal stay: figures are made of them. Refuses what
//! belongs to a request that is not over.

use relais_core::ids::{MessageId, NetworkId, PatientId, RequestId};
use relais_core::retention::Class;
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::patients;
use crate::sql::sql;

/// What was purged of a class on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purge {
    /// What.
    pub class: Class,
    /// The network's civil day, ISO.
    pub on_day: String,
    /// How many.
    pub counted: u64,
    /// Everything that ended before this is gone.
    pub before_at: Instant,
    /// When last.
    pub last_at: Instant,
}

macro_rules! over {
    () => {
        "SELECT id FROM requests WHERE network = $1 AND status IN ('closed', 'cancelled', 'transferred_15') \
         AND updated_at < $2"
    };
}
macro_rules! forgotten {
    () => {
        "FROM patients p WHERE p.network = $1 AND p.erased_at IS NULL AND p.created_at < $2 AND NOT EXISTS \
         (SELECT 1 FROM requests r WHERE r.patient = p.id AND (r.updated_at >= $2 \
         OR r.status NOT IN ('closed', 'cancelled', 'transferred_15')))"
    };
}
macro_rules! said {
    () => {
        "FROM messages WHERE network = $1 AND created_at < $2 AND status NOT IN ('queued', 'sending') \
         AND body <> '{\"text\":\"\"}' AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.id = messages.request \
         AND r.status NOT IN ('closed', 'cancelled', 'transferred_15'))"
    };
}

sql! { "purges";
    DUE_IDENTITIES = concat!("SELECT COUNT(*) ", forgotten!());
    DUE_NOTES = concat!("SELECT COUNT(*) FROM syntheses WHERE request IN (", over!(), ") AND digest <> ''");
    DUE_PHOTOS = concat!("SELECT COUNT(*) FROM photos WHERE request IN (", over!(), ")");
    DUE_THREADS = concat!("SELECT COUNT(*) FROM thread_messages WHERE request IN (", over!(), ")");
    DUE_TEXTS = concat!("SELECT COUNT(*) ", said!());
    DUE_VISITS = concat!("SELECT (SELECT COUNT(*) FROM past_appointments WHERE request IN (", over!(), ")) \
                         + (SELECT COUNT(*) FROM visit_questions WHERE request IN (", over!(), "))");
    IDENTITIES = concat!("SELECT p.id ", forgotten!(), " ORDER BY p.id LIMIT $3");
    NOTES = concat!("SELECT DISTINCT request FROM syntheses WHERE request IN (", over!(), ") AND digest <> '' \
                     ORDER BY request LIMIT $3");
    PHOTOS = concat!("SELECT DISTINCT request FROM photos WHERE request IN (", over!(), ") ORDER BY request LIMIT $3");
    THREADS = concat!("SELECT DISTINCT request FROM thread_messages WHERE request IN (", over!(), ") \
                       ORDER BY request LIMIT $3");
    VISITS = concat!("SELECT request FROM past_appointments WHERE request IN (", over!(), ") UNION \
                     SELECT request FROM visit_questions WHERE request IN (", over!(), ") ORDER BY request LIMIT $3");
    TEXTS = concat!("SELECT id ", said!(), " ORDER BY id LIMIT $3");
    EMPTY_NOTES = "UPDATE syntheses SET content = $2, pdf = $2, archive = $2, digest = '' \
                   WHERE request = $1 AND digest <> ''";
    DROP_PHOTOS = "DELETE FROM photos WHERE request = $1";
    DROP_THREAD_PHOTOS = "DELETE FROM thread_photos WHERE request = $1";
    DROP_APPOINTMENT = "DELETE FROM past_appointments WHERE request = $1";
    DROP_QUESTION = "DELETE FROM visit_questions WHERE request = $1";
    DROP_READS = "DELETE FROM thread_reads WHERE request = $1";
    DROP_THREAD = "DELETE FROM thread_messages WHERE request = $1";
    EMPTY_TEXT = "UPDATE messages SET body = '{\"text\":\"\"}', address = NULL WHERE id = $1";
    COUNTED = "INSERT INTO purges (network, class, on_day, counted, before_at, last_at) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (network, class, on_day) DO UPDATE SET counted = purges.counted + excluded.counted, \
               before_at = excluded.before_at, last_at = excluded.last_at";
    PROOF = "SELECT class, on_day, counted, before_at, last_at FROM purges WHERE network = $1 \
             ORDER BY on_day DESC, class LIMIT $2";
}

/// How many of a class are past their time.
pub fn count_due(
    tx: &mut Tx<'_>,
    network: NetworkId,
    class: Class,
    before: Instant,
) -> Result<u64, StoreError> {
    let statement = match class {
        Class::Identities => DUE_IDENTITIES,
        Class::Notes => DUE_NOTES,
        Class::Photos => DUE_PHOTOS,
        Class::Threads => DUE_THREADS,
        Class::Texts => DUE_TEXTS,
        Class::Visits => DUE_VISITS,
    };
    tx.query_one(statement, params![network, before], |row| row.small(0))
}

/// What one batch purged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// How many rows of the class.
    pub counted: u64,
    /// Whose identity went.
    pub erased: Vec<PatientId>,
    /// Nothing of the class is left to purge.
    pub done: bool,
}

/// Purges a batch of a class: at most `limit` patients, requests or messages.
pub fn purge(
    tx: &mut Tx<'_>,
    network: NetworkId,
    class: Class,
    before: Instant,
    now: Instant,
    limit: u32,
) -> Result<Batch, StoreError> {
    let mut batch = Batch::default();
    let mut found = 0;
    match class {
        Class::Identities => {
            let ids: Vec<PatientId> =
                tx.query(IDENTITIES, params![network, before, limit], |row| row.id(0))?;
            for id in ids {
                found += 1;
                // Asked about again since it was found: it is kept.
                if !patients::is_asked_about(tx, id)? && patients::erase(tx, id, now)? {
                    batch.counted += 1;
                    batch.erased.push(id);
                }
            }
        }
        Class::Texts => {
            let ids: Vec<MessageId> =
                tx.query(TEXTS, params![network, before, limit], |row| row.id(0))?;
            for id in ids {
                found += 1;
                batch.counted += tx.exec(EMPTY_TEXT, params![id])?;
            }
        }
        Class::Notes | Class::Photos | Class::Threads | Class::Visits => {
            let statement = match class {
                Class::Notes => NOTES,
                Class::Photos => PHOTOS,
                Class::Visits => VISITS,
                _ => THREADS,
            };
            let ids: Vec<RequestId> =
                tx.query(statement, params![network, before, limit], |row| row.id(0))?;
            for id in ids {
                found += 1;
                batch.counted += of_request(tx, class, id)?;
            }
        }
    }
    batch.done = found < limit;
    Ok(batch)
}

fn of_request(tx: &mut Tx<'_>, class: Class, request: RequestId) -> Result<u64, StoreError> {
    match class {
        Class::Notes => tx.exec(EMPTY_NOTES, params![request, Vec::<u8>::new()]),
        Class::Photos => tx.exec(DROP_PHOTOS, params![request]),
        Class::Threads => {
            tx.exec(DROP_THREAD_PHOTOS, params![request])?;
            tx.exec(DROP_READS, params![request])?;
            tx.exec(DROP_THREAD, params![request])
        }
        Class::Visits => {
            let appointment = tx.exec(DROP_APPOINTMENT, params![request])?;
            Ok(appointment + tx.exec(DROP_QUESTION, params![request])?)
        }
        Class::Identities | Class::Texts => Ok(0),
    }
}

/// Adds to the proof of a day.
pub fn count(
    tx: &mut Tx<'_>,
    network: NetworkId,
    class: Class,
    on_day: &str,
    counted: u64,
    before: Instant,
    now: Instant,
) -> Result<(), StoreError> {
    let counted = i64::try_from(counted).unwrap_or(i64::MAX);
    tx.exec_one(
        COUNTED,
        params![network, class.code(), on_day, counted, before, now],
    )
}

/// The proof, newest day first.
pub fn list(tx: &mut Tx<'_>, network: NetworkId, limit: u32) -> Result<Vec<Purge>, StoreError> {
    tx.query(PROOF, params![network, limit], |row| {
        Ok(Purge {
            class: row.parsed("class", Class::from_code)?,
            on_day: row.text("on_day")?,
            counted: row.small("counted")?,
            before_at: row.instant("before_at")?,
            last_at: row.instant("last_at")?,
        })
    })
}
