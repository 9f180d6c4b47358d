//! The line of messages that leave: who has which in hand and until when, what became of it, whose
//! silence is noticed when. Every change of a claim is fenced by its number (I7).

use super::{Message, message};
use relais_core::delivery::MessageStatus;
use relais_core::ids::MessageId;
use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Newer news came while a node had it in hand ([`super::replace_waiting`]).
macro_rules! untrue_since {
    () => {
        "expires_at <= created_at"
    };
}

/// Back in line, unless its offer was taken back, or newer news came, while it was being sent.
macro_rules! in_line_again {
    () => {
        concat!(
            "CASE WHEN ",
            untrue_since!(),
            " THEN 'replaced' WHEN kind IN ('ask', 'update', 'freed') AND EXISTS (SELECT 1 FROM offers WHERE offers.id = messages.offer \
             AND offers.status = 'withdrawn') THEN 'replaced' ELSE 'queued' END"
        )
    };
}

/// Each half has an index of its own, and names its lane in it.
macro_rules! claimable {
    ($lane:literal) => {
        concat!(
            "((status = 'queued' AND ",
            $lane,
            "due_at <= $1) OR (status = 'sending' AND ",
            $lane,
            "lease_until <= $1))"
        )
    };
}
macro_rules! first_of_line {
    ($lane:literal) => {
        concat!(
            "SELECT MIN(due_at) AS at FROM messages WHERE status = 'queued'",
            $lane,
            " UNION ALL SELECT MIN(lease_until) AS at FROM messages WHERE status = 'sending'",
            $lane
        )
    };
}

sql! { "messages";
    TAKE_BACK = concat!("UPDATE messages SET status = 'replaced', lease_until = NULL, lease_owner = NULL, \
                 failure = CASE WHEN failure LIKE '%@%' THEN failure ELSE 'unsure@' END \
                 WHERE status = 'sending' AND lease_until <= $1 AND channel = $2 AND kind IN ('ask', 'update', 'freed') \
                 AND offer IN (SELECT id FROM offers WHERE offers.id = messages.offer \
                 AND offers.status = 'withdrawn') RETURNING ", names!());
    EXPIRE = concat!("UPDATE messages SET status = CASE WHEN ", untrue_since!(), " THEN 'replaced' ELSE 'expired' END, lease_until = NULL, lease_owner = NULL, escalate_at = NULL \
              WHERE (status = 'queued' AND expires_at <= $1) \
              OR (status = 'sending' AND lease_until <= $1 AND expires_at <= $1) RETURNING ", names!());
    CLAIM = concat!("UPDATE messages SET status = 'sending', lease_until = $2, lease_owner = $3, \
             attempts = attempts + 1 WHERE id IN (SELECT id FROM messages WHERE \
             ", claimable!("channel = $5 AND "), " \
             ORDER BY CASE WHEN kind IN ('ask', 'reply') THEN 0 ELSE 1 END, due_at, id \
             LIMIT $4 {skip_locked}) RETURNING ", names!());
    NEXT_OF_CHANNEL = concat!("SELECT MIN(at) AS at FROM (", first_of_line!(" AND channel = $1"), ") moments");
    DUE_CHANNELS = concat!("SELECT DISTINCT channel FROM messages WHERE status IN ('queued', 'sending') AND ", claimable!(""), " ORDER BY channel");
    SENT = "UPDATE messages SET status = CASE WHEN status IN ('delivered', 'failed') THEN status ELSE 'sent' END, \
            escalate_at = CASE WHEN status IN ('sending', 'queued') THEN CAST(handed.d AS BIGINT) ELSE NULL END, sent_at = $2, \
            provider_ref = handed.c, provider = handed.b, lease_until = NULL, lease_owner = NULL \
            FROM {rows_abcd} AS handed WHERE messages.id = handed.a";
    DELIVERED = "UPDATE messages SET status = 'delivered', delivered_at = COALESCE(delivered_at, $2), \
                 escalate_at = NULL, lease_until = NULL, lease_owner = NULL \
                 WHERE id = $1 AND attempts > 0 AND status NOT IN ('expired', 'replaced')";
    SEEN = "UPDATE messages SET status = 'delivered', delivered_at = COALESCE(delivered_at, $2), \
            seen_at = COALESCE(seen_at, $2), escalate_at = NULL, lease_until = NULL, lease_owner = NULL \
            WHERE id = $1 AND attempts > 0 AND status NOT IN ('expired', 'replaced')";
    FAILED = "UPDATE messages SET status = 'failed', failed_at = $3, failure = $2, escalate_at = NULL, \
              lease_until = NULL, lease_owner = NULL WHERE id = $1 AND status NOT IN ('delivered', 'replaced', 'failed')";
    REFUSED = "UPDATE messages SET status = 'failed', failed_at = $3, failure = $2, escalate_at = NULL, \
               lease_until = NULL, lease_owner = NULL WHERE id = $1 AND status = 'sending' AND attempts = $4";
    LATER = concat!("UPDATE messages SET status = ", in_line_again!(), ", due_at = $2, failure = $3, lease_until = NULL, \
             lease_owner = NULL WHERE id = $1 AND status = 'sending' AND attempts = $4");
    GIVE_BACK = concat!("UPDATE messages SET status = ", in_line_again!(), ", lease_until = NULL, lease_owner = NULL \
                 WHERE id = $1 AND status = 'sending' AND attempts = $2");
    PUT_BACK = concat!("UPDATE messages SET status = ", in_line_again!(), ", due_at = $2, attempts = attempts - 1, \
                lease_until = NULL, lease_owner = NULL, failure = COALESCE(failure, CAST($4 AS TEXT)) \
                WHERE id = $1 AND status = 'sending' AND attempts = $3");
    EARLIER = "SELECT status, due_at FROM messages WHERE status IN ('queued', 'sending') AND channel = $1 \
               AND address = $2 AND id < $3 ORDER BY id DESC LIMIT 1";
    REROUTE = "UPDATE messages SET status = 'queued', channel = $2, attempts = attempts - 1, lease_until = NULL, \
               lease_owner = NULL WHERE id = $1 AND status = 'sending'";
    ESCALATIONS = concat!(columns!(), "WHERE escalate_at <= $1 ORDER BY escalate_at, id LIMIT $2 {skip_locked}");
    CLEAR_ESCALATION = "UPDATE messages SET escalate_at = NULL WHERE id = $1";
    NEXT_DUE = concat!("SELECT MIN(at) AS at FROM (", first_of_line!(""), " UNION ALL \
                SELECT MIN(escalate_at) AS at FROM messages WHERE escalate_at IS NOT NULL) moments");
    NEXT_ESCALATION = "SELECT MIN(escalate_at) AS at FROM messages WHERE escalate_at IS NOT NULL";
}

/// Takes what is due on a channel for a node to send: first what somebody waits for (an offer, the
/// answer to an answer), then the longest due; whatever another node took and did not finish before its
/// lease ended is taken again.
pub fn claim(
    tx: &mut Tx<'_>,
    now: Instant,
    lease_until: Instant,
    node: &str,
    channel: &str,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    let mut claimed = tx.query(
        CLAIM,
        params![now, lease_until, node, limit, channel],
        message,
    )?;
    claimed.sort_by_key(|m| (!m.is_urgent(), m.due_at, m.id));
    Ok(claimed)
}

/// Marks what nobody waits for any more, on every channel; answers what was still true, and was told to nobody.
pub fn expire(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<Message>, StoreError> {
    let mut over = tx.query(EXPIRE, params![now], message)?;
    over.retain(|message| message.status == MessageStatus::Expired);
    Ok(over)
}

/// The latest of the earlier messages of the same channel to the same address that has not left: where
/// it stands, and when it is due.
pub fn find_earlier(
    tx: &mut Tx<'_>,
    of: &Message,
) -> Result<Option<(MessageStatus, Instant)>, StoreError> {
    tx.query_opt(
        EARLIER,
        params![&of.channel, of.address.as_deref(), of.id],
        |row| {
            Ok((
                row.parsed("status", MessageStatus::from_code)?,
                row.instant("due_at")?,
            ))
        },
    )
}

/// Solicitations of a channel that a node took and may have handed over before its lease ended, whose
/// offer was taken back meanwhile: they are not sent again, and their reader may have them.
pub fn take_back_lapsed(
    tx: &mut Tx<'_>,
    now: Instant,
    channel: &str,
) -> Result<Vec<Message>, StoreError> {
    tx.query(TAKE_BACK, params![now, channel], message)
}

/// A message that a provider took.
#[derive(Debug, Clone, Copy)]
pub struct Handed<'a> {
    /// Which.
    pub id: MessageId,
    /// The provider.
    pub provider: &'a str,
    /// Its own name for it: receipts and answers give it.
    pub provider_ref: &'a str,
    /// Without a receipt by then, the next channel is tried.
    pub escalate_at: Option<Instant>,
}

/// A provider took it, whoever asked it to and whatever became of the row meanwhile: it is found again by
/// the provider's own reference. Without a receipt by `escalate_at`, the next channel is tried.
pub fn mark_sent(
    tx: &mut Tx<'_>,
    id: MessageId,
    (provider, provider_ref): (&str, &str),
    at: Instant,
    escalate_at: Option<Instant>,
) -> Result<(), StoreError> {
    let handed = Handed {
        id,
        provider,
        provider_ref,
        escalate_at,
    };
    mark_all_sent(tx, &[handed], at)
}

/// As [`mark_sent`], of many at once; none of them twice.
pub fn mark_all_sent(
    tx: &mut Tx<'_>,
    handed: &[Handed<'_>],
    at: Instant,
) -> Result<(), StoreError> {
    if handed.is_empty() {
        return Ok(());
    }
    let row = |one: &Handed<'_>| {
        [
            Some(one.id.to_string()),
            Some(one.provider.to_owned()),
            Some(one.provider_ref.to_owned()),
            one.escalate_at.map(|at| at.millis().to_string()),
        ]
    };
    let rows = crate::codec::write(&handed.iter().map(row).collect::<Vec<_>>())?;
    tx.exec_all(SENT, params![rows, at], handed.len())
}

/// A receipt came back, perhaps before the gateway's own answer; `false` when it changes nothing any more.
pub fn mark_delivered(tx: &mut Tx<'_>, id: MessageId, at: Instant) -> Result<bool, StoreError> {
    Ok(tx.exec(DELIVERED, params![id, at])? == 1)
}

/// It was opened; `false` when that changes nothing any more.
pub fn mark_seen(tx: &mut Tx<'_>, id: MessageId, at: Instant) -> Result<bool, StoreError> {
    Ok(tx.exec(SEEN, params![id, at])? == 1)
}

/// It will not arrive this way; `false` when it had arrived, was replaced, or was known to have failed.
pub fn mark_failed(
    tx: &mut Tx<'_>,
    id: MessageId,
    why: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(FAILED, params![id, why, at])? == 1)
}

/// The gateway will never take it; `false` when the claim of that number (`attempts`) no longer holds it.
pub fn mark_refused(
    tx: &mut Tx<'_>,
    id: MessageId,
    claim: u32,
    why: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(REFUSED, params![id, why, at, claim])? == 1)
}

/// The gateway could not take it now: tried again at `due_at`, unless its offer was taken back meanwhile.
/// Nothing changes when the claim of that number (`attempts`) no longer holds it.
pub fn retry_later(
    tx: &mut Tx<'_>,
    id: MessageId,
    claim: u32,
    due_at: Instant,
    why: &str,
) -> Result<(), StoreError> {
    tx.exec(LATER, params![id, due_at, why, claim]).map(|_| ())
}

/// It was not handed over before the end of its lease came near: whoever comes next has it. Nothing
/// changes when the claim of that number (`attempts`) no longer holds it.
pub fn give_back(tx: &mut Tx<'_>, id: MessageId, claim: u32) -> Result<(), StoreError> {
    tx.exec(GIVE_BACK, params![id, claim]).map(|_| ())
}

/// Nobody was asked to take it: it waits as it did, until `due_at`. Nothing changes when the claim of that
/// number no longer holds it; the number is free again, since its only holder gave it up.
pub fn put_back(
    tx: &mut Tx<'_>,
    id: MessageId,
    claim: u32,
    due_at: Instant,
) -> Result<(), StoreError> {
    let held = Some("held");
    tx.exec(PUT_BACK, params![id, due_at, claim, held])
        .map(|_| ())
}

/// The same for one that is not held up by anything: it comes back at its own hour, and is not late meanwhile.
pub fn wait(tx: &mut Tx<'_>, id: MessageId, claim: u32, due_at: Instant) -> Result<(), StoreError> {
    let unheld: Option<&str> = None;
    tx.exec(PUT_BACK, params![id, due_at, claim, unheld])
        .map(|_| ())
}

/// Another channel carries it (a landline is called, not written to): it waits in that one's lane.
pub fn reroute(tx: &mut Tx<'_>, id: MessageId, channel: &str) -> Result<(), StoreError> {
    tx.exec_one(REROUTE, params![id, channel])
}

/// Messages without a receipt in time, the longest overdue first. Taken in the transaction that clears them.
pub fn list_escalations(
    tx: &mut Tx<'_>,
    now: Instant,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    tx.query(ESCALATIONS, params![now, limit], message)
}

/// The next channel was tried, or there is none.
pub fn clear_escalation(tx: &mut Tx<'_>, id: MessageId) -> Result<(), StoreError> {
    tx.exec_one(CLEAR_ESCALATION, params![id])
}

/// The next moment a message needs somebody: its time, the end of a lease, a missing receipt.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>, StoreError> {
    tx.query_one(NEXT_DUE, params![], |r| r.opt_instant(0))
}

/// The next moment a silence is noticed.
pub fn next_escalation(tx: &mut Tx<'_>) -> Result<Option<Instant>, StoreError> {
    tx.query_one(NEXT_ESCALATION, params![], |r| r.opt_instant(0))
}

/// The next moment a lane has something to send.
pub fn next_due_of(tx: &mut Tx<'_>, channel: &str) -> Result<Option<Instant>, StoreError> {
    tx.query_one(NEXT_OF_CHANNEL, params![channel], |r| r.opt_instant(0))
}

/// The channels that have something to send now.
pub fn list_due_channels(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<String>, StoreError> {
    tx.query(DUE_CHANNELS, params![now], |r| r.text(0))
}
