//! What somebody is filling in on a network's public form: a row found by the fingerprint of the
//! token only their browser holds, sealed under a data key of its own, gone after an hour, or, once
//! sent, when nobody waits for it any more; and how often each thing happened, by day. Refuses a second contact for one form.

use relais_core::ids::{ContactId, NetworkId};
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::keys;
use crate::params;
use crate::seal::{Secret, Vault};
use crate::sql::sql;

sql! { "public_forms";
    INSERT = "INSERT INTO public_forms (id, network, key_id, dek, answers, started_at, expires_at, source) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = "SELECT id, network, key_id, dek, answers, started_at, expires_at, source, contact, promised_at FROM public_forms \
            WHERE id = $1 AND network = $2 AND (contact IS NOT NULL OR expires_at > $3)";
    SAVE = "UPDATE public_forms SET answers = $2, expires_at = $3 WHERE id = $1 AND contact IS NULL";
    SENT = "UPDATE public_forms SET answers = $2, expires_at = $3, contact = $4, promised_at = $5 \
            WHERE id = $1 AND contact IS NULL";
    PRUNE = "DELETE FROM public_forms WHERE expires_at <= $1 AND NOT EXISTS \
             (SELECT 1 FROM contacts WHERE contacts.id = public_forms.contact AND contacts.outcome IS NULL)";
    FOLLOW = "UPDATE public_forms SET contact = $2 WHERE contact = $1";
    LIVE = "SELECT COUNT(*) AS n FROM public_forms WHERE network = $1 AND expires_at > $2 AND contact IS NULL";
    MOST = "SELECT source AS id, COUNT(*) AS n FROM public_forms WHERE network = $1 AND expires_at > $2 AND contact IS NULL \
            GROUP BY source ORDER BY COUNT(*) DESC, source LIMIT 1";
    IDLE = "SELECT id FROM public_forms WHERE network = $1 AND expires_at > $2 AND contact IS NULL \
            ORDER BY expires_at - started_at, expires_at, id LIMIT 1";
    IDLE_OF = "SELECT id FROM public_forms WHERE network = $1 AND expires_at > $2 AND contact IS NULL AND source = $3 \
               ORDER BY expires_at - started_at, expires_at, id LIMIT 1";
    SHED = "DELETE FROM public_forms WHERE id = $1 AND contact IS NULL";
    WAITING = "SELECT COUNT(*) AS n FROM public_forms JOIN contacts ON contacts.id = public_forms.contact \
               WHERE public_forms.network = $1 AND public_forms.source = $2 AND contacts.outcome IS NULL";
    COUNT = "INSERT INTO public_counts (network, day, what, n) VALUES ($1, $2, $3, 1) \
             ON CONFLICT (network, day, what) DO UPDATE SET n = public_counts.n + 1";
    COUNTED = "SELECT day AS id, what, n FROM public_counts WHERE network = $1 AND day >= $2 ORDER BY day DESC, what";
}

const ANSWERS: &str = "public_forms.answers";

/// A form being filled in, or just sent. No Debug: it holds an identity.
pub struct PublicForm {
    /// The answers as JSON; once sent, what the last page repeats.
    pub answers: Secret,
    /// When it was begun.
    pub started_at: Instant,
    /// When it is forgotten.
    pub expires_at: Instant,
    /// Mark of where it was begun from.
    pub source: String,
    /// What came of it: the contact, and before when a call back was promised.
    pub sent: Option<(ContactId, Instant)>,
}

/// Begins a form, found again by `id`.
pub fn insert(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: &str,
    network: NetworkId,
    form: &PublicForm,
) -> Result<(), StoreError> {
    let records = keys::get_records_key(tx, vault, &network.to_string())?;
    let (key, dek) = records.make_record_key(id)?;
    let answers = key.seal(ANSWERS, &form.answers)?;
    tx.exec_one(
        INSERT,
        params![
            id,
            network,
            records.key_id(),
            dek,
            answers,
            form.started_at,
            form.expires_at,
            &form.source
        ],
    )
}

/// A sealed row, still closed.
struct Sealed {
    key_id: String,
    dek: Vec<u8>,
    answers: Vec<u8>,
    started_at: Instant,
    expires_at: Instant,
    source: String,
    sent: Option<(ContactId, Instant)>,
}

fn find_sealed(
    tx: &mut Tx<'_>,
    id: &str,
    network: NetworkId,
    now: Instant,
) -> Result<Option<Sealed>, StoreError> {
    tx.query_opt(FIND, params![id, network, now], |r| {
        Ok(Sealed {
            key_id: r.text("key_id")?,
            dek: r.bytes("dek")?,
            answers: r.bytes("answers")?,
            started_at: r.instant("started_at")?,
            expires_at: r.instant("expires_at")?,
            source: r.text("source")?,
            sent: r.opt_id("contact")?.zip(r.opt_instant("promised_at")?),
        })
    })
}

/// The form of a token, if it is this network's and not forgotten. What was sent is known as long as it is there.
pub fn find(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: &str,
    network: NetworkId,
    now: Instant,
) -> Result<Option<PublicForm>, StoreError> {
    let Some(sealed) = find_sealed(tx, id, network, now)? else {
        return Ok(None);
    };
    let records = keys::get_records_key_by_id(tx, vault, &network.to_string(), &sealed.key_id)?;
    let key = records.open_record_key(id, &sealed.dek)?;
    Ok(Some(PublicForm {
        answers: key.open(ANSWERS, &sealed.answers)?,
        started_at: sealed.started_at,
        expires_at: sealed.expires_at,
        source: sealed.source,
        sent: sealed.sent,
    }))
}

/// Saves a form: its answers, its end, and what came of it.
///
/// # Errors
/// `Conflict` when it was sent meanwhile.
pub fn update(
    tx: &mut Tx<'_>,
    vault: &Vault,
    id: &str,
    network: NetworkId,
    form: &PublicForm,
) -> Result<(), StoreError> {
    // Whatever its age: who answers is there.
    let sealed = find_sealed(tx, id, network, Instant::from_millis(0))?
        .ok_or_else(|| StoreError::not_found("public_forms", id))?;
    let records = keys::get_records_key_by_id(tx, vault, &network.to_string(), &sealed.key_id)?;
    let key = records.open_record_key(id, &sealed.dek)?;
    let answers = key.seal(ANSWERS, &form.answers)?;
    match form.sent {
        None => tx.exec_versioned(SAVE, params![id, answers, form.expires_at], id),
        Some((contact, promised_at)) => tx.exec_versioned(
            SENT,
            params![id, answers, form.expires_at, contact, promised_at],
            id,
        ),
    }
}

/// A sent form's call began again as another contact.
pub fn follow(tx: &mut Tx<'_>, from: ContactId, to: ContactId) -> Result<u64, StoreError> {
    tx.exec(FOLLOW, params![from, to])
}

/// Forgets the forms past their end, but those whose sender still waits; answers how many.
pub fn prune(tx: &mut Tx<'_>, now: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![now])
}

/// How many forms of a network are being filled in.
pub fn count_live(tx: &mut Tx<'_>, network: NetworkId, now: Instant) -> Result<i64, StoreError> {
    tx.query_one(LIVE, params![network, now], |r| r.int("n"))
}

/// Forgets the form of a network that has waited longest for its next answer: of the source that
/// holds most, if it holds more than `share`, else of anybody. Answers whether there was one.
pub fn shed(
    tx: &mut Tx<'_>,
    network: NetworkId,
    share: i64,
    now: Instant,
) -> Result<bool, StoreError> {
    let most = tx.query_opt(MOST, params![network, now], |r| {
        Ok((r.text("id")?, r.int("n")?))
    })?;
    let idle = match most {
        Some((source, n)) if n > share => {
            tx.query_opt(IDLE_OF, params![network, now, source], |r| r.text("id"))?
        }
        _ => tx.query_opt(IDLE, params![network, now], |r| r.text("id"))?,
    };
    match idle {
        Some(id) => Ok(tx.exec(SHED, params![id])? == 1),
        None => Ok(false),
    }
}

/// How many sent forms of a source wait to be called back, as far as forms are remembered.
pub fn count_waiting(tx: &mut Tx<'_>, network: NetworkId, source: &str) -> Result<i64, StoreError> {
    tx.query_one(WAITING, params![network, source], |r| r.int("n"))
}

/// Counts one more of something on a civil day of the network.
pub fn count(tx: &mut Tx<'_>, network: NetworkId, day: &str, what: &str) -> Result<(), StoreError> {
    tx.exec_one(COUNT, params![network, day, what])
}

/// What was counted since a day, newest first: the day, what, how often.
pub fn list_counts(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: &str,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    tx.query(COUNTED, params![network, since], |r| {
        Ok((r.text("id")?, r.text("what")?, r.int("n")?))
    })
}
