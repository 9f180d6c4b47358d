//! The outbox: what must be told, recorded before it is attempted, attempted until delivered, expired or
//! visibly failed (I7). Refuses an address for a patient's message: it is read when the message is sent.

pub use self::line::{
    Handed, claim, clear_escalation, expire, find_earlier, give_back, list_due_channels,
    list_escalations, mark_all_sent, mark_delivered, mark_failed, mark_refused, mark_seen,
    mark_sent, next_due, next_due_of, next_escalation, put_back, reroute, retry_later,
    take_back_lapsed, wait,
};
pub use self::provider::{
    EARLY_MAX, Early, Taken, find_by_reference, find_latest_taken, has_early, insert_early,
    list_taken, prune_early, take_early,
};
pub use relais_core::delivery::MessageStatus;
use relais_core::ids::{
    ContactId, MessageId, NetworkId, OfferId, PatientId, ProfessionalId, RequestId,
};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

macro_rules! stored_code {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}

stored_code!(
    /// Who reads a message.
    Audience {
        /// A professional who is or was asked, or has the patient.
        Professional = "professional",
        /// The patient.
        Patient = "patient",
        /// Whoever raised the request.
        Requester = "requester",
        /// The desk.
        Operator = "operator",
        /// A usual professional who is told.
        Usual = "usual",
    }
);

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Stable key given to the gateway: the same message twice is one message (I7).
    pub idem_key: String,
    /// Whose.
    pub network: NetworkId,
    /// About which request.
    pub request: Option<RequestId>,
    /// About which offer.
    pub offer: Option<OfferId>,
    /// What kind (`ask`, `update`, `replaced` …).
    pub kind: String,
    /// By which channel (`push`, `sms`, `mail`, `mssante`, `voice`).
    pub channel: String,
    /// Who reads it.
    pub audience: Audience,
    /// Label of the owner of the address, without a patient's identity.
    pub owner: String,
    /// The professional who reads it.
    pub recipient_professional: Option<ProfessionalId>,
    /// The patient who reads it.
    pub recipient_patient: Option<PatientId>,
    /// The open contact whose caller reads it.
    pub recipient_contact: Option<ContactId>,
    /// Number or mail address; never a patient's.
    pub address: Option<String>,
    /// Text and its dressing, JSON, without identity.
    pub body: String,
    /// Where it stands.
    pub status: MessageStatus,
    /// When it may be sent.
    pub due_at: Instant,
    /// How often it was handed to a gateway.
    pub attempts: u32,
    /// Until when the node that sends it has it.
    pub lease_until: Option<Instant>,
    /// Which node.
    pub lease_owner: Option<String>,
    /// Recorded.
    pub created_at: Instant,
    /// Taken by a gateway.
    pub sent_at: Option<Instant>,
    /// Receipt.
    pub delivered_at: Option<Instant>,
    /// Opened.
    pub seen_at: Option<Instant>,
    /// Failed for good.
    pub failed_at: Option<Instant>,
    /// Why it failed, or was put off.
    pub failure: Option<String>,
    /// Without a receipt by then, the next channel is tried (R7).
    pub escalate_at: Option<Instant>,
    /// The gateway's reference.
    pub provider_ref: Option<String>,
    /// Not sent after this.
    pub expires_at: Option<Instant>,
}

impl Message {
    /// Somebody waits for an answer: it leaves before news.
    pub fn is_urgent(&self) -> bool {
        matches!(self.kind.as_str(), "ask" | "reply")
    }
}

impl Default for Message {
    /// A queued message about nothing, to nobody, at the epoch: the base of `..Message::default()`.
    fn default() -> Message {
        Message {
            id: MessageId::from_bits(0),
            idem_key: String::new(),
            network: NetworkId::from_bits(0),
            request: None,
            offer: None,
            kind: String::new(),
            channel: String::new(),
            audience: Audience::Operator,
            owner: String::new(),
            recipient_professional: None,
            recipient_patient: None,
            recipient_contact: None,
            address: None,
            body: String::new(),
            status: MessageStatus::Queued,
            due_at: Instant::from_millis(0),
            attempts: 0,
            lease_until: None,
            lease_owner: None,
            created_at: Instant::from_millis(0),
            sent_at: None,
            delivered_at: None,
            seen_at: None,
            failed_at: None,
            failure: None,
            escalate_at: None,
            provider_ref: None,
            expires_at: None,
        }
    }
}

macro_rules! names {
    () => {
        "id, idem_key, network, request, offer, kind, channel, audience, owner, recipient_professional, \
         recipient_patient, address, body, status, due_at, attempts, lease_until, lease_owner, created_at, sent_at, \
         delivered_at, seen_at, failed_at, failure, escalate_at, provider_ref, expires_at, recipient_contact"
    };
}
macro_rules! columns {
    () => {
        concat!("SELECT ", names!(), " FROM messages ")
    };
}

// Below the macros they use.
pub mod drill;
pub(crate) mod line;
pub(crate) mod provider;

sql! { "messages";
    INSERT = concat!("INSERT INTO messages (", names!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, \
              $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) \
              ON CONFLICT (idem_key) DO NOTHING");
    INSERT_ALL = "INSERT INTO messages (id, idem_key, offer, kind, channel, audience, owner, recipient_professional, \
              recipient_patient, address, body, due_at, expires_at, network, request, created_at, status, attempts) \
              SELECT many.a, many.b, many.c, many.d, many.e, many.f, many.g, many.h, many.i, many.j, many.k, \
              CAST(many.l AS BIGINT), CAST(many.m AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT), \
              'queued', 0 FROM {rows_a_to_m} AS many WHERE TRUE ON CONFLICT (idem_key) DO NOTHING";
    BACKLOG = "SELECT channel, COUNT(*) AS n, MIN(created_at) AS oldest FROM messages \
               WHERE status IN ('queued', 'sending') AND (due_at <= $1 OR failure IS NOT NULL) \
               GROUP BY channel ORDER BY channel";
    REPLACE_WITHDRAWN = "UPDATE messages SET status = 'replaced' WHERE request = $1 AND status = 'queued' \
               AND kind IN ('ask', 'update', 'freed') \
               AND offer IN (SELECT id FROM offers WHERE request = $1 AND status = 'withdrawn')";
    STOP_LADDERS = "UPDATE messages SET escalate_at = NULL WHERE request = $1 AND escalate_at IS NOT NULL \
               AND offer IN (SELECT id FROM offers WHERE request = $1 AND status = 'withdrawn')";
    OF_OFFERS = "SELECT id, offer, channel, kind, status, attempts, sent_at, failure FROM messages WHERE request = $1 \
               AND offer IS NOT NULL ORDER BY id";
    REPLACE_WAITING = "UPDATE messages SET status = CASE WHEN status = 'queued' THEN 'replaced' ELSE status END, \
                       expires_at = CASE WHEN status = 'queued' THEN expires_at ELSE created_at END \
                       WHERE request = $1 AND kind IN ($2, $3, $4) AND status IN ('queued', 'sending', 'sent')";
    FREED_STANDS = "SELECT 1 AS stands FROM messages JOIN offers ON offers.id = messages.offer WHERE messages.request = $1 \
                    AND messages.kind = 'freed' AND messages.expires_at > $2 \
                    AND messages.status NOT IN ('failed', 'expired', 'replaced') \
                    AND offers.status NOT IN ('refused', 'withdrawn') LIMIT 1";
    BY_KEY = concat!(columns!(), "WHERE idem_key = $1");
    ONE = concat!(columns!(), "WHERE id = $1");
    OF_REQUEST = concat!(columns!(), "WHERE request = $1 AND (CAST($3 AS TEXT) IS NULL OR id < $3) \
                  ORDER BY id DESC LIMIT $2");
    WAITING = "SELECT COUNT(*) FROM messages WHERE network = $1 AND status IN ('queued', 'sending')";
    FAILURES = concat!(columns!(), "WHERE network = $1 AND status = 'failed' AND created_at >= $2 \
                ORDER BY id DESC LIMIT $3");
}

fn message(row: &Row<'_>) -> Result<Message, StoreError> {
    Ok(Message {
        id: row.id("id")?,
        idem_key: row.text("idem_key")?,
        network: row.id("network")?,
        request: row.opt_id("request")?,
        offer: row.opt_id("offer")?,
        kind: row.text("kind")?,
        channel: row.text("channel")?,
        audience: row.parsed("audience", Audience::from_code)?,
        owner: row.text("owner")?,
        recipient_professional: row.opt_id("recipient_professional")?,
        recipient_patient: row.opt_id("recipient_patient")?,
        recipient_contact: row.opt_id("recipient_contact")?,
        address: row.opt_text("address")?,
        body: row.text("body")?,
        status: row.parsed("status", MessageStatus::from_code)?,
        due_at: row.instant("due_at")?,
        attempts: row.small("attempts")?,
        lease_until: row.opt_instant("lease_until")?,
        lease_owner: row.opt_text("lease_owner")?,
        created_at: row.instant("created_at")?,
        sent_at: row.opt_instant("sent_at")?,
        delivered_at: row.opt_instant("delivered_at")?,
        seen_at: row.opt_instant("seen_at")?,
        failed_at: row.opt_instant("failed_at")?,
        failure: row.opt_text("failure")?,
        escalate_at: row.opt_instant("escalate_at")?,
        provider_ref: row.opt_text("provider_ref")?,
        expires_at: row.opt_instant("expires_at")?,
    })
}

/// Records a message; `false` when one with the same key is there already.
pub fn insert(tx: &mut Tx<'_>, m: &Message) -> Result<bool, StoreError> {
    let written = tx.exec(
        INSERT,
        params![
            m.id,
            &m.idem_key,
            m.network,
            m.request,
            m.offer,
            &m.kind,
            &m.channel,
            m.audience.code(),
            &m.owner,
            m.recipient_professional,
            m.recipient_patient,
            m.address.as_deref(),
            &m.body,
            m.status.code(),
            m.due_at,
            m.attempts,
            m.lease_until,
            m.lease_owner.as_deref(),
            m.created_at,
            m.sent_at,
            m.delivered_at,
            m.seen_at,
            m.failed_at,
            m.failure.as_deref(),
            m.escalate_at,
            m.provider_ref.as_deref(),
            m.expires_at,
            m.recipient_contact
        ],
    )?;
    Ok(written == 1)
}

/// What differs between the new messages of one change, named as the statement names it.
#[derive(serde::Serialize)]
struct Wide<'m> {
    a: String,
    b: &'m str,
    c: Option<String>,
    d: &'m str,
    e: &'m str,
    f: &'m str,
    g: &'m str,
    h: Option<String>,
    i: Option<String>,
    j: Option<&'m str>,
    k: &'m str,
    l: String,
    m: Option<String>,
}

/// Records the new messages of one change to one request in one statement: a thousand colleagues are
/// told "pourvu" at once. One whose key is there already is left as it is.
pub fn insert_new(tx: &mut Tx<'_>, many: &[Message]) -> Result<(), StoreError> {
    let Some((first, rest)) = many.split_first() else {
        return Ok(());
    };
    if rest.is_empty() {
        return insert(tx, first).map(|_| ());
    }
    let alike = |m: &Message| {
        let new = m.status == MessageStatus::Queued && m.attempts == 0 && m.sent_at.is_none();
        let same = (m.network, m.request, m.created_at)
            == (first.network, first.request, first.created_at);
        new && same && m.recipient_contact.is_none()
    };
    if !many.iter().all(alike) {
        return Err(StoreError::bug("messages of one change, and new"));
    }
    let rows: Vec<Wide<'_>> = many
        .iter()
        .map(|m| Wide {
            a: m.id.to_string(),
            b: &m.idem_key,
            c: m.offer.map(|id| id.to_string()),
            d: &m.kind,
            e: &m.channel,
            f: m.audience.code(),
            g: &m.owner,
            h: m.recipient_professional.map(|id| id.to_string()),
            i: m.recipient_patient.map(|id| id.to_string()),
            j: m.address.as_deref(),
            k: &m.body,
            l: m.due_at.millis().to_string(),
            m: m.expires_at.map(|at| at.millis().to_string()),
        })
        .collect();
    let rows = crate::codec::write(&rows)?;
    tx.exec(
        INSERT_ALL,
        params![rows, first.network, first.request, first.created_at],
    )?;
    Ok(())
}

/// Nothing to do any more about the withdrawn offers of a request: what was not sent (`ask`, `update`) is
/// replaced, and no further channel is tried. Answers how many were replaced.
pub fn cancel_withdrawn(tx: &mut Tx<'_>, request: RequestId) -> Result<u64, StoreError> {
    tx.exec(STOP_LADDERS, params![request])?;
    tx.exec(REPLACE_WITHDRAWN, params![request])
}

impl Message {
    /// Newer news made it untrue while it was on its way ([`replace_waiting`]).
    pub fn is_untrue(&self) -> bool {
        self.expires_at.is_some_and(|at| at <= self.created_at)
    }

    /// What went wrong last, without the provider that may have taken it: for whoever looks.
    pub fn failure_code(&self) -> Option<&str> {
        let failure = self.failure.as_deref()?;
        Some(failure.split('@').next().unwrap_or(failure))
    }
}

/// What went out about an offer, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The offer.
    pub offer: OfferId,
    /// On which channel.
    pub channel: String,
    /// Of what kind.
    pub kind: String,
    /// Where it stands.
    pub status: MessageStatus,
    /// How often it was handed to a gateway.
    pub attempts: u32,
    /// When a gateway took it, whatever a receipt said later.
    pub sent_at: Option<Instant>,
    /// What went wrong last; a provider named after an `@` may have taken it all the same.
    pub failure: Option<String>,
}

impl Told {
    /// Whether its reader may have it before them: a gateway took it, or may have, and neither a lost
    /// answer nor a receipt that says "failed" proves the contrary. One that is being handed over right
    /// now says so itself, once its gateway answered.
    pub fn may_have_arrived(&self) -> bool {
        let perhaps = self.failure.as_ref().is_some_and(|why| why.contains('@'));
        match self.status {
            MessageStatus::Sent | MessageStatus::Delivered => true,
            MessageStatus::Sending => false,
            MessageStatus::Queued
            | MessageStatus::Failed
            | MessageStatus::Expired
            | MessageStatus::Replaced => self.sent_at.is_some() || perhaps,
        }
    }
}

/// Every message about the offers of a request, oldest first.
pub fn list_told(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<Told>, StoreError> {
    tx.query(OF_OFFERS, params![request], |r| {
        Ok(Told {
            offer: r.id("offer")?,
            channel: r.text("channel")?,
            kind: r.text("kind")?,
            status: r.parsed("status", MessageStatus::from_code)?,
            attempts: r.small("attempts")?,
            sent_at: r.opt_instant("sent_at")?,
            failure: r.opt_text("failure")?,
        })
    })
}

/// Newer news make those of these kinds (three at most) untrue that are not known to have arrived. One that a node has in
/// hand may leave, once, and one that a provider has may arrive: they are worth nothing since their birth
/// ([`Message::is_untrue`]), never come back in line, and nobody is called in their place. Answers how many.
pub fn replace_waiting(
    tx: &mut Tx<'_>,
    request: RequestId,
    kinds: &[&str],
) -> Result<u64, StoreError> {
    let Some(first) = kinds.first() else {
        return Ok(0);
    };
    let kind = |n: usize| *kinds.get(n).unwrap_or(first);
    tx.exec(REPLACE_WAITING, params![request, kind(0), kind(1), kind(2)])
}

/// What waits for a gateway on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backlog {
    /// The channel.
    pub channel: String,
    /// How many messages.
    pub waiting: u32,
    /// When the oldest of them was written down.
    pub oldest_at: Instant,
}

/// What is due or was put off, by channel.
pub fn list_backlog(tx: &mut Tx<'_>, now: Instant) -> Result<Vec<Backlog>, StoreError> {
    tx.query(BACKLOG, params![now], |r| {
        Ok(Backlog {
            channel: r.text("channel")?,
            waiting: r.small("n")?,
            oldest_at: r.instant("oldest")?,
        })
    })
}

/// Whether an hour that came free was put to somebody for a request, and their answer is still awaited: the hour is to
/// come, and they did not say no.
pub fn freed_stands(tx: &mut Tx<'_>, request: RequestId, now: Instant) -> Result<bool, StoreError> {
    let found = tx.query_opt(FREED_STANDS, params![request, now], |r| r.int(0))?;
    Ok(found.is_some())
}

/// The message of a key.
pub fn find_by_key(tx: &mut Tx<'_>, idem_key: &str) -> Result<Option<Message>, StoreError> {
    tx.query_opt(BY_KEY, params![idem_key], message)
}

/// A message.
pub fn get(tx: &mut Tx<'_>, id: MessageId) -> Result<Message, StoreError> {
    tx.query_opt(ONE, params![id], message)?
        .ok_or_else(|| StoreError::not_found("messages", id.to_string()))
}

/// The messages about a request, newest first; before one of them, or from the last.
pub fn list_for_request(
    tx: &mut Tx<'_>,
    request: RequestId,
    before: Option<MessageId>,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    tx.query(OF_REQUEST, params![request, limit, before], message)
}

/// How many messages of a network wait to be sent.
pub fn count_waiting(tx: &mut Tx<'_>, network: NetworkId) -> Result<u32, StoreError> {
    tx.query_one(WAITING, params![network], |r| r.small(0))
}

/// What did not arrive in a network since a moment, newest first.
pub fn list_failed(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
    limit: u32,
) -> Result<Vec<Message>, StoreError> {
    tx.query(FAILURES, params![network, since, limit], message)
}
