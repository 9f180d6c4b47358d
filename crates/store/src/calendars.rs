//! Calendar feeds of professionals: an address kept as its digest, and what was last said of each
//! appointment. A patient's label is sealed under their data key and goes with it. Refuses to keep an
//! address in the clear.

use relais_core::access::CalendarDetail;
use relais_core::ids::{PatientId, ProfessionalId, RequestId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::patients;
use crate::seal::{Secret, Vault};
use crate::sql::sql;

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Whose.
    pub professional: ProfessionalId,
    /// Its address leads somewhere.
    pub open: bool,
    /// How much it says of a patient.
    pub detail: CalendarDetail,
    /// When its address was made.
    pub made_at: Instant,
    /// When a calendar last asked for it.
    pub read_at: Option<Instant>,
}

/// What was last said of an appointment, its label closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Of which request.
    pub request: RequestId,
    /// Whose.
    pub patient: PatientId,
    /// How often it changed.
    pub sequence: u32,
    /// From.
    pub starts_at: Instant,
    /// Until.
    pub ends_at: Instant,
    /// It does not take place.
    pub cancelled: bool,
    /// When it last changed.
    pub changed_at: Instant,
    /// How much its label says.
    pub detail: CalendarDetail,
    /// When the identity in it was last written to the journal.
    pub shown_at: Instant,
}

sql! { "calendar_feeds";
    SET = "INSERT INTO calendar_feeds (professional, digest, detail, made_at) VALUES ($1, $2, $3, $4) \
           ON CONFLICT (professional) DO UPDATE SET digest = excluded.digest, detail = excluded.detail, \
           made_at = excluded.made_at, read_at = NULL";
    SET_DETAIL = "UPDATE calendar_feeds SET detail = $2 WHERE professional = $1";
    CLOSE = "UPDATE calendar_feeds SET digest = NULL WHERE professional = $1 AND digest IS NOT NULL";
    MARK_READ = "UPDATE calendar_feeds SET read_at = $2 WHERE professional = $1";
    OF = "SELECT professional, digest, detail, made_at, read_at FROM calendar_feeds WHERE professional = $1";
    BY_DIGEST = "SELECT professional, digest, detail, made_at, read_at FROM calendar_feeds WHERE digest = $1";
    EVENTS = "SELECT request, patient, sequence, starts_at, ends_at, cancelled, changed_at, detail, shown_at \
              FROM calendar_events WHERE professional = $1 AND ends_at >= $2 ORDER BY starts_at, request LIMIT $3";
    PUT = "INSERT INTO calendar_events (professional, request, patient, sequence, starts_at, ends_at, cancelled, \
           changed_at, detail, label, shown_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
           ON CONFLICT (professional, request) DO UPDATE SET sequence = excluded.sequence, \
           starts_at = excluded.starts_at, ends_at = excluded.ends_at, cancelled = excluded.cancelled, \
           changed_at = excluded.changed_at, detail = excluded.detail, label = excluded.label, \
           shown_at = excluded.shown_at";
    SHOWN = "UPDATE calendar_events SET shown_at = $3 WHERE professional = $1 AND request = $2";
    CANCEL = "UPDATE calendar_events SET cancelled = 1, sequence = sequence + 1, changed_at = $3, detail = 'nothing', \
              label = NULL WHERE professional = $1 AND request = $2 AND cancelled = 0";
    LABEL = "SELECT label FROM calendar_events WHERE professional = $1 AND request = $2";
    PRUNE = "DELETE FROM calendar_events WHERE ends_at < $1";
    ERASE = "DELETE FROM calendar_events WHERE patient = $1";
}

fn feed(row: &Row<'_>) -> Result<Feed, StoreError> {
    Ok(Feed {
        professional: row.id("professional")?,
        open: row.opt_text("digest")?.is_some(),
        detail: row.parsed("detail", CalendarDetail::from_code)?,
        made_at: row.instant("made_at")?,
        read_at: row.opt_instant("read_at")?,
    })
}

fn event(row: &Row<'_>) -> Result<Event, StoreError> {
    Ok(Event {
        request: row.id("request")?,
        patient: row.id("patient")?,
        sequence: row.small("sequence")?,
        starts_at: row.instant("starts_at")?,
        ends_at: row.instant("ends_at")?,
        cancelled: row.flag("cancelled")?,
        changed_at: row.instant("changed_at")?,
        detail: row.parsed("detail", CalendarDetail::from_code)?,
        shown_at: row.instant("shown_at")?,
    })
}

/// The name a label is sealed under: bound to its reader and request.
fn place(professional: ProfessionalId, request: RequestId) -> String {
    format!("calendar_events.label:{professional}:{request}")
}

/// Gives a professional a new address, by its digest: the one before leads nowhere.
pub fn set(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    digest: &str,
    detail: CalendarDetail,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(SET, params![professional, digest, detail.code(), at])
}

/// Says more or less of a patient from now on; `false` when there is no feed.
pub fn set_detail(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    detail: CalendarDetail,
) -> Result<bool, StoreError> {
    Ok(tx.exec(SET_DETAIL, params![professional, detail.code()])? == 1)
}

/// The address leads nowhere any more; `false` when it led nowhere already.
pub fn close(tx: &mut Tx<'_>, professional: ProfessionalId) -> Result<bool, StoreError> {
    Ok(tx.exec(CLOSE, params![professional])? == 1)
}

/// A calendar asked for it.
pub fn mark_read(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(MARK_READ, params![professional, at])
}

/// The feed of a professional.
pub fn find(tx: &mut Tx<'_>, professional: ProfessionalId) -> Result<Option<Feed>, StoreError> {
    tx.query_opt(OF, params![professional], feed)
}

/// The feed whose address has this digest.
pub fn find_by_digest(tx: &mut Tx<'_>, digest: &str) -> Result<Option<Feed>, StoreError> {
    tx.query_opt(BY_DIGEST, params![digest], feed)
}

/// What was last said, of appointments that end after a moment, soonest first.
pub fn list_events(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    after: Instant,
    limit: u32,
) -> Result<Vec<Event>, StoreError> {
    tx.query(EVENTS, params![professional, after, limit], event)
}

/// Says something of an appointment, its label sealed.
///
/// # Errors
/// `Sealed` when there is a label and the patient was erased.
pub fn put(
    tx: &mut Tx<'_>,
    vault: &Vault,
    professional: ProfessionalId,
    event: &Event,
    label: Option<&Secret>,
) -> Result<(), StoreError> {
    let label = match label {
        Some(label) => {
            let key = patients::record_key(tx, vault, event.patient)?;
            let place = place(professional, event.request);
            Some(key.seal_bytes(&place, label.expose().as_bytes())?)
        }
        None => None,
    };
    tx.exec_one(
        PUT,
        params![
            professional,
            event.request,
            event.patient,
            event.sequence,
            event.starts_at,
            event.ends_at,
            event.cancelled,
            event.changed_at,
            event.detail.code(),
            label,
            event.shown_at
        ],
    )
}

/// The identity in a label was written to the journal.
pub fn mark_shown(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    request: RequestId,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(SHOWN, params![professional, request, at])
}

/// The appointment does not take place: said once, its label forgotten.
pub fn cancel(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    request: RequestId,
    at: Instant,
) -> Result<bool, StoreError> {
    Ok(tx.exec(CANCEL, params![professional, request, at])? == 1)
}

/// The label of an appointment. The caller writes the look to the journal.
///
/// # Errors
/// `Sealed` when the patient was erased, or a byte was altered or moved.
pub fn open_label(
    tx: &mut Tx<'_>,
    vault: &Vault,
    professional: ProfessionalId,
    event: &Event,
) -> Result<Option<Secret>, StoreError> {
    let sealed = tx
        .query_opt(LABEL, params![professional, event.request], |row| {
            row.opt_bytes("label")
        })?
        .flatten();
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let key = patients::record_key(tx, vault, event.patient)?;
    let plain = key.open_bytes(&place(professional, event.request), &sealed)?;
    let text = String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Sealed {
        place: "calendar_events",
        why: "not text",
    })?;
    Ok(Some(Secret::new(text)))
}

/// Forgets what is long past; answers how many.
pub fn prune(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}

/// Forgets what was said of a patient; part of erasing them.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(ERASE, params![patient])?;
    Ok(())
}
