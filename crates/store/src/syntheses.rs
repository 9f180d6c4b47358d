//! Notes to the usual doctor (R8): every version as it was signed, sealed under the patient's data
//! key, and what became of it. Refuses to change what was signed, and a proof made for another
//! request.

use relais_core::access::IdentityAccess;
use relais_core::ids::{MessageId, NetworkId, PatientId, ProfessionalId, RequestId, UserId};
use relais_core::time::Instant;
use zeroize::Zeroizing;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::messages::MessageStatus;
use crate::params;
use crate::patients;
use crate::seal::Vault;
use crate::sql::sql;

/// Where a version goes by secure mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It has a message.
    Sent,
    /// The patient did not agree.
    NoConsent,
    /// No usual doctor is known.
    NoDoctor,
    /// The usual doctor has no secure mailbox.
    NoMailbox,
    /// This service sends no secure mail.
    Off,
    /// The patient took their consent back before it left.
    Withdrawn,
    /// A correction took its place before it left.
    Replaced,
}

impl Fate {
    /// Every value.
    pub const ALL: &'static [Self] = &[
        Self::Sent,
        Self::NoConsent,
        Self::NoDoctor,
        Self::NoMailbox,
        Self::Off,
        Self::Withdrawn,
        Self::Replaced,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::NoConsent => "no-consent",
            Self::NoDoctor => "no-doctor",
            Self::NoMailbox => "no-mailbox",
            Self::Off => "off",
            Self::Withdrawn => "withdrawn",
            Self::Replaced => "replaced",
        }
    }

    /// The value of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

/// A version to keep, in the clear.
pub struct NewSynthesis<'a> {
    /// Of which request.
    pub request: RequestId,
    /// From 1.
    pub version: u32,
    /// Whose.
    pub network: NetworkId,
    /// About whom.
    pub patient: PatientId,
    /// Who signed it.
    pub author: UserId,
    /// When.
    pub validated_at: Instant,
    /// What it says, as the shell writes it.
    pub content: &'a [u8],
    /// The PDF; empty when there is nobody to send it to.
    pub pdf: &'a [u8],
    /// The archive; empty likewise.
    pub archive: &'a [u8],
    /// SHA-256 of the archive, hexadecimal.
    pub digest: &'a str,
    /// The usual doctor who is a member, and reads it in the application.
    pub doctor: Option<ProfessionalId>,
    /// Where it goes.
    pub fate: Fate,
    /// The message that carries it.
    pub message: Option<MessageId>,
}

/// What is known of a version without opening it, with what became of its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthesisFacts {
    /// Of which request.
    pub request: RequestId,
    /// From 1.
    pub version: u32,
    /// Whose.
    pub network: NetworkId,
    /// About whom.
    pub patient: PatientId,
    /// Who signed it.
    pub author: UserId,
    /// When.
    pub validated_at: Instant,
    /// The usual doctor who is a member.
    pub doctor: Option<ProfessionalId>,
    /// Where it goes.
    pub fate: Fate,
    /// The message that carries it.
    pub message: Option<MessageId>,
    /// Opened in the application by the usual doctor.
    pub read_at: Option<Instant>,
    /// Displayed, as their software said.
    pub displayed_at: Option<Instant>,
    /// The code their software answered instead (900 to 906).
    pub error_code: Option<String>,
    /// Where the message stands.
    pub status: Option<MessageStatus>,
    /// When the operator took it.
    pub sent_at: Option<Instant>,
    /// Why it failed, or was put off.
    pub failure: Option<String>,
    /// To which mailbox.
    pub mailbox: Option<String>,
    /// Its `Message-ID`.
    pub provider_ref: Option<String>,
    /// When the message is given up.
    pub expires_at: Option<Instant>,
}

/// A version, opened.
pub struct Opened {
    /// What it says.
    pub content: Zeroizing<Vec<u8>>,
    /// The PDF.
    pub pdf: Zeroizing<Vec<u8>>,
    /// The archive.
    pub archive: Zeroizing<Vec<u8>>,
}

macro_rules! facts_from {
    () => {
        "SELECT s.request, s.version, s.network, s.patient, s.author, s.validated_at, s.doctor, s.fate, s.message, \
         s.read_at, COALESCE(s.displayed_at, m.seen_at) AS displayed_at, s.error_code, m.status AS status, m.sent_at AS sent_at, m.failure AS failure, \
         m.address AS mailbox, m.provider_ref AS provider_ref, m.expires_at AS expires_at \
         FROM syntheses s LEFT JOIN messages m ON m.id = s.message "
    };
}

sql! { "syntheses";
    INSERT = "INSERT INTO syntheses (request, version, network, patient, author, validated_at, content, pdf, archive, \
              digest, doctor, fate, message) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    OF_REQUEST = concat!(facts_from!(), "WHERE s.request = $1 ORDER BY s.version");
    OF_DOCTOR = concat!(facts_from!(), "WHERE s.doctor = $1 AND s.fate NOT IN ('withdrawn', 'no-consent', 'replaced') \
                AND NOT EXISTS (SELECT 1 FROM patient_wishes w JOIN patients p ON p.network = w.network \
                AND p.name_index = w.person WHERE p.id = s.patient AND w.wish = 'no-notes') \
                ORDER BY s.validated_at DESC, s.request, s.version LIMIT $2");
    UNDELIVERED = concat!(facts_from!(), "WHERE s.network = $1 AND s.validated_at >= $2 AND s.read_at IS NULL AND (\
                  (s.fate IN ('no-mailbox', 'off') AND s.doctor IS NULL) OR s.error_code IS NOT NULL OR (s.fate = 'sent' AND \
                  (m.status IN ('failed', 'expired') OR (m.status IN ('queued', 'sending') AND m.created_at < $3)))) \
                  AND NOT EXISTS (SELECT 1 FROM syntheses later WHERE later.request = s.request \
                  AND later.version > s.version) ORDER BY s.validated_at, s.request LIMIT $4");
    OF_MESSAGE = "SELECT request, version FROM syntheses WHERE message = $1";
    SEALED = "SELECT patient, content, pdf, archive FROM syntheses WHERE request = $1 AND version = $2";
    SET_FATE = "UPDATE syntheses SET fate = $3 WHERE request = $1 AND version = $2";
    RESEND = "UPDATE syntheses SET fate = 'sent', message = $3, error_code = NULL WHERE request = $1 AND version = $2";
    STOP_MESSAGE = "UPDATE messages SET status = 'replaced' WHERE id = $1 AND status = 'queued'";
    READ = "UPDATE syntheses SET read_at = COALESCE(read_at, $3) WHERE request = $1 AND version = $2";
    DISPLAYED = "UPDATE syntheses SET displayed_at = COALESCE(displayed_at, $2), error_code = NULL \
                 WHERE message IN (SELECT id FROM messages WHERE provider_ref = $1)";
    ANSWERED = "UPDATE syntheses SET error_code = $2 WHERE displayed_at IS NULL \
                AND message IN (SELECT id FROM messages WHERE provider_ref = $1)";
    BY_REF = "SELECT id FROM messages WHERE provider_ref = $1 AND channel = 'mssante'";
    ERASE = "DELETE FROM syntheses WHERE patient = $1";
}

fn facts(row: &Row<'_>) -> Result<SynthesisFacts, StoreError> {
    Ok(SynthesisFacts {
        request: row.id("request")?,
        version: row.small("version")?,
        network: row.id("network")?,
        patient: row.id("patient")?,
        author: row.id("author")?,
        validated_at: row.instant("validated_at")?,
        doctor: row.opt_id("doctor")?,
        fate: row.parsed("fate", Fate::from_code)?,
        message: row.opt_id("message")?,
        read_at: row.opt_instant("read_at")?,
        displayed_at: row.opt_instant("displayed_at")?,
        error_code: row.opt_text("error_code")?,
        status: match row.opt_text("status")? {
            Some(code) => MessageStatus::from_code(&code),
            None => None,
        },
        sent_at: row.opt_instant("sent_at")?,
        failure: row.opt_text("failure")?,
        mailbox: row.opt_text("mailbox")?,
        provider_ref: row.opt_text("provider_ref")?,
        expires_at: row.opt_instant("expires_at")?,
    })
}

/// The name a part is sealed under: bound to its request and version.
fn place(part: &str, request: RequestId, version: u32) -> String {
    format!("syntheses.{part}:{request}:{version}")
}

/// Seals and keeps a version. The caller holds the request's row.
///
/// # Errors
/// `Sealed` when the patient was erased.
pub fn insert(tx: &mut Tx<'_>, vault: &Vault, new: &NewSynthesis<'_>) -> Result<(), StoreError> {
    let key = patients::record_key(tx, vault, new.patient)?;
    let seal =
        |part: &str, bytes: &[u8]| key.seal_bytes(&place(part, new.request, new.version), bytes);
    tx.exec_one(
        INSERT,
        params![
            new.request,
            i64::from(new.version),
            new.network,
            new.patient,
            new.author,
            new.validated_at,
            seal("content", new.content)?,
            seal("pdf", new.pdf)?,
            seal("archive", new.archive)?,
            new.digest,
            new.doctor,
            new.fate.code(),
            new.message
        ],
    )
}

/// The versions of a request's note, oldest first, closed.
pub fn list(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<SynthesisFacts>, StoreError> {
    tx.query(OF_REQUEST, params![request], facts)
}

/// Notes for a usual doctor who is a member, newest first, closed.
pub fn list_for_doctor(
    tx: &mut Tx<'_>,
    doctor: ProfessionalId,
    limit: u32,
) -> Result<Vec<SynthesisFacts>, StoreError> {
    tx.query(OF_DOCTOR, params![doctor, limit], facts)
}

/// Notes of a network signed since an instant that reached nobody: failed, given up, refused by the
/// reader's software, without a mailbox, or waiting since before `late`. Oldest first, closed.
pub fn list_undelivered(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
    late: Instant,
    limit: u32,
) -> Result<Vec<SynthesisFacts>, StoreError> {
    tx.query(UNDELIVERED, params![network, since, late, limit], facts)
}

/// The version a message carries.
pub fn find_of_message(
    tx: &mut Tx<'_>,
    message: MessageId,
) -> Result<Option<(RequestId, u32)>, StoreError> {
    tx.query_opt(OF_MESSAGE, params![message], |row| {
        Ok((row.id("request")?, row.small("version")?))
    })
}

/// Opens a version; the caller writes the look to the journal in the same transaction.
///
/// # Errors
/// `NotFound`; `Sealed` when the proof is for another request, or a byte was altered or moved.
pub fn open(
    tx: &mut Tx<'_>,
    vault: &Vault,
    request: RequestId,
    version: u32,
    access: &IdentityAccess,
) -> Result<Opened, StoreError> {
    if access.request() != request {
        return Err(StoreError::Sealed {
            place: "syntheses",
            why: "the proof is for another request",
        });
    }
    type Sealed = (PatientId, Vec<u8>, Vec<u8>, Vec<u8>);
    let (patient, content, pdf, archive): Sealed = tx
        .query_opt(SEALED, params![request, i64::from(version)], |row| {
            Ok((
                row.id("patient")?,
                row.bytes("content")?,
                row.bytes("pdf")?,
                row.bytes("archive")?,
            ))
        })?
        .ok_or_else(|| StoreError::not_found("syntheses", format!("{request} {version}")))?;
    // Purged by age: what it said is gone, that it was stays.
    if content.is_empty() {
        let which = format!("{request} {version}");
        return Err(StoreError::not_found("syntheses", which));
    }
    let key = patients::record_key(tx, vault, patient)?;
    let part = |name: &str, sealed: &[u8]| key.open_bytes(&place(name, request, version), sealed);
    Ok(Opened {
        content: part("content", &content)?,
        pdf: part("pdf", &pdf)?,
        archive: part("archive", &archive)?,
    })
}

/// Stops the message of a version that no node has in hand: it will not leave. `false` when it left,
/// is leaving, or there is none.
pub fn stop_message(tx: &mut Tx<'_>, message: MessageId) -> Result<bool, StoreError> {
    Ok(tx.exec(STOP_MESSAGE, params![message])? == 1)
}

/// Writes down where a version goes after all.
pub fn set_fate(
    tx: &mut Tx<'_>,
    request: RequestId,
    version: u32,
    fate: Fate,
) -> Result<(), StoreError> {
    tx.exec_one(SET_FATE, params![request, i64::from(version), fate.code()])
}

/// Gives a version another message: to another mailbox, or after a failure.
pub fn resend(
    tx: &mut Tx<'_>,
    request: RequestId,
    version: u32,
    message: MessageId,
) -> Result<(), StoreError> {
    tx.exec_one(RESEND, params![request, i64::from(version), message])
}

/// The usual doctor opened it in the application; the first time is kept.
pub fn mark_read(
    tx: &mut Tx<'_>,
    request: RequestId,
    version: u32,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(READ, params![request, i64::from(version), at])
}

/// Their software said that it displayed the mail of this `Message-ID`; `false` when no note went
/// under it.
pub fn mark_displayed(
    tx: &mut Tx<'_>,
    provider_ref: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(DISPLAYED, params![provider_ref, at])? > 0)
}

/// Their software refused it with a code; `false` when no note went under this `Message-ID`, or it
/// was displayed.
pub fn mark_answered(tx: &mut Tx<'_>, provider_ref: &str, code: &str) -> Result<bool, StoreError> {
    Ok(tx.exec(ANSWERED, params![provider_ref, code])? > 0)
}

/// The secure message that left under a `Message-ID`.
pub fn find_message(tx: &mut Tx<'_>, provider_ref: &str) -> Result<Option<MessageId>, StoreError> {
    tx.query_opt(BY_REF, params![provider_ref], |row| row.id(0))
}

/// Erases every note of a patient; part of erasing the patient.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(ERASE, params![patient])?;
    Ok(())
}
