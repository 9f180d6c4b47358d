//! What is known of a provider: which messages it took and what it said of them, and the receipts that came
//! before our own record of the message they are about.

use super::{Message, message};
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Most early receipts kept: past this, somebody sends receipts about nothing.
pub const EARLY_MAX: u32 = 10_000;

sql! { "messages";
    BY_REFERENCE = concat!(columns!(), "WHERE provider_ref = $2 AND provider = $1 ORDER BY id DESC LIMIT 1");
    TAKEN = "SELECT sent_at, delivered_at, CASE WHEN failure = 'provider' THEN failed_at ELSE NULL END AS refused_at, \
             COALESCE(recipient_professional, recipient_patient, recipient_contact, address, id) AS reader \
             FROM messages WHERE channel = $1 AND provider = $2 AND sent_at >= $3 \
             AND (delivered_at IS NOT NULL OR failure = 'provider' OR sent_at <= $5) \
             ORDER BY sent_at DESC, id DESC LIMIT $4";
    LATEST = "SELECT MAX(sent_at) AS at FROM messages WHERE channel = $1 AND provider = $2";
    EARLY = "INSERT INTO early_receipts (provider, reference, state, received_at) SELECT $1, $2, $3, CAST($4 AS BIGINT) \
             WHERE (SELECT COUNT(*) FROM early_receipts) < $5 ON CONFLICT (provider, reference) DO UPDATE SET \
             state = CASE WHEN excluded.state = 'failed' THEN early_receipts.state ELSE excluded.state END";
    ANY_EARLY = "SELECT received_at FROM early_receipts LIMIT 1";
    TAKE_EARLY = "DELETE FROM early_receipts WHERE provider = $1 AND reference = $2 RETURNING state, received_at";
    PRUNE_EARLY = "DELETE FROM early_receipts WHERE received_at < $1";
}

/// The message a provider took under this reference; the latest, should it count anew.
pub fn find_by_reference(
    tx: &mut Tx<'_>,
    provider: &str,
    reference: &str,
) -> Result<Option<Message>, StoreError> {
    tx.query_opt(BY_REFERENCE, params![provider, reference], message)
}

/// A message a provider took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// When.
    pub at: Instant,
    /// When it reached its reader.
    pub delivered_at: Option<Instant>,
    /// When the provider said that it will not.
    pub refused_at: Option<Instant>,
    /// Who reads it: the same for the same person, and nothing else.
    pub reader: String,
}

/// The latest messages a provider took on a channel since a moment and of which something can be said: a
/// receipt came, or they left before `fresh`. Newest first.
pub fn list_taken(
    tx: &mut Tx<'_>,
    (channel, provider): (&str, &str),
    since: Instant,
    fresh: Instant,
    limit: u32,
) -> Result<Vec<Taken>, StoreError> {
    tx.query(
        TAKEN,
        params![channel, provider, since, limit, fresh],
        |r| {
            Ok(Taken {
                at: r.instant("sent_at")?,
                delivered_at: r.opt_instant("delivered_at")?,
                refused_at: r.opt_instant("refused_at")?,
                reader: r.text("reader")?,
            })
        },
    )
}

/// When a provider took its latest message on a channel.
pub fn find_latest_taken(
    tx: &mut Tx<'_>,
    channel: &str,
    provider: &str,
) -> Result<Option<Instant>, StoreError> {
    tx.query_one(LATEST, params![channel, provider], |r| r.opt_instant(0))
}

/// A receipt about a message that is not written down yet, or never was ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Early {
    /// `delivered`, `seen` or `failed`.
    pub state: String,
    /// When it came.
    pub received_at: Instant,
}

/// Keeps a receipt until its message is written down; the first good news stands. `false` when too many
/// are kept.
pub fn insert_early(
    tx: &mut Tx<'_>,
    provider: &str,
    reference: &str,
    early: &Early,
) -> Result<bool, StoreError> {
    let written = tx.exec(
        EARLY,
        params![
            provider,
            reference,
            early.state.as_str(),
            early.received_at,
            EARLY_MAX
        ],
    )?;
    Ok(written == 1)
}

/// Whether any receipt came early.
pub fn has_early(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(tx
        .query_opt(ANY_EARLY, params![], |r| r.instant(0))?
        .is_some())
}

/// The receipt that came before its message was written down, once.
pub fn take_early(
    tx: &mut Tx<'_>,
    provider: &str,
    reference: &str,
) -> Result<Option<Early>, StoreError> {
    tx.query_opt(TAKE_EARLY, params![provider, reference], |r| {
        Ok(Early {
            state: r.text("state")?,
            received_at: r.instant("received_at")?,
        })
    })
}

/// Forgets receipts of messages that never came. Answers how many.
pub fn prune_early(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE_EARLY, params![before])
}
