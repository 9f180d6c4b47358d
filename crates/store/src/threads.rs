//! Threads of requests: messages and photos sealed under the data key of the request's patient,
//! opened only with a proof of `core::access`, gone when the patient is erased; and how far each
//! reader has read. Refuses a proof made for another request, and the same message twice.

use relais_core::access::{ThreadAccess, ThreadSide};
use relais_core::ids::{NetworkId, PatientId, RequestId, UserId};
use relais_core::time::Instant;
use zeroize::Zeroizing;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::patients;
use crate::seal::{Secret, Vault};
use crate::sql::sql;

/// Most messages of a thread.
pub const MESSAGES_MAX: u32 = 200;
/// Most photos of one message.
pub const PHOTOS_MAX: u8 = 5;
/// The reader that a network's desk is, whoever sits at it.
pub const DESK: &str = "desk";

/// A message, closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageFacts {
    /// Its number in the thread, from 1.
    pub n: u32,
    /// Who wrote it.
    pub author: UserId,
    /// In which quality.
    pub side: ThreadSide,
    /// When.
    pub at: Instant,
    /// How many photos came with it.
    pub photos: u8,
}

/// A message, opened. Never printed: there is no Debug on purpose.
pub struct Opened {
    /// What is known without opening it.
    pub facts: MessageFacts,
    /// What it says; may be empty beside photos.
    pub text: Secret,
}

/// A picture to keep with a message: a JPEG made by us, in the clear.
pub struct NewPhoto<'a> {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The picture.
    pub jpeg: &'a [u8],
}

/// A message to keep.
pub struct NewMessage<'a> {
    /// In the thread of which request.
    pub request: RequestId,
    /// The network that answers for it.
    pub network: NetworkId,
    /// Whose patient.
    pub patient: PatientId,
    /// By whom.
    pub author: UserId,
    /// In which quality.
    pub side: ThreadSide,
    /// When.
    pub at: Instant,
    /// What recognises it when it comes again from the same author.
    pub mark: &'a str,
    /// What it says.
    pub text: &'a Secret,
    /// What it shows.
    pub photos: &'a [NewPhoto<'a>],
}

/// How far somebody has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Read {
    /// The last message read; 0 = none.
    pub n: u32,
    /// When.
    pub read_at: Option<Instant>,
    /// When they were last told that something waits.
    pub told_at: Option<Instant>,
}

/// How much a thread holds for one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Messages in all.
    pub messages: u32,
    /// Those of others, not read yet.
    pub unread: u32,
}

sql! { "thread_messages";
    INSERT = "INSERT INTO thread_messages (request, n, network, patient, author, side, at, mark, photos, sealed) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    MARKED = "SELECT n FROM thread_messages WHERE request = $1 AND author = $2 AND mark = $3";
    LAST = "SELECT MAX(n) FROM thread_messages WHERE request = $1";
    LIST = "SELECT n, author, side, at, photos, patient, sealed FROM thread_messages WHERE request = $1 ORDER BY n";
    INSERT_PHOTO = "INSERT INTO thread_photos (request, message, n, patient, width, height, sealed) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7)";
    PHOTO = "SELECT patient, sealed FROM thread_photos WHERE request = $1 AND message = $2 AND n = $3";
    COUNT = "SELECT COUNT(*) AS messages, COUNT(CASE WHEN n > $2 AND author <> $3 AND side <> $4 THEN 1 END) AS unread \
             FROM thread_messages WHERE request = $1";
    READ = "SELECT n, read_at, told_at FROM thread_reads WHERE request = $1 AND reader = $2";
    SET_READ = "INSERT INTO thread_reads (request, reader, n, read_at) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (request, reader) DO UPDATE SET n = excluded.n, read_at = excluded.read_at";
    SET_TOLD = "INSERT INTO thread_reads (request, reader, n, told_at) VALUES ($1, $2, 0, $3) \
                ON CONFLICT (request, reader) DO UPDATE SET told_at = excluded.told_at";
    FOR_DESK = "SELECT m.request, MAX(m.at) AS last_at FROM thread_messages m WHERE m.network = $1 AND m.side <> 'desk' \
                AND NOT EXISTS (SELECT 1 FROM thread_reads r WHERE r.request = m.request AND r.reader = 'desk' \
                AND r.n >= m.n) GROUP BY m.request ORDER BY last_at DESC LIMIT $2";
    ERASE_READS = "DELETE FROM thread_reads WHERE request IN (SELECT request FROM thread_messages WHERE patient = $1)";
    ERASE_PHOTOS = "DELETE FROM thread_photos WHERE patient = $1";
    ERASE = "DELETE FROM thread_messages WHERE patient = $1";
}

fn facts(row: &Row<'_>) -> Result<MessageFacts, StoreError> {
    Ok(MessageFacts {
        n: row.small("n")?,
        author: row.id("author")?,
        side: row.parsed("side", ThreadSide::from_code)?,
        at: row.instant("at")?,
        photos: row.small("photos")?,
    })
}

/// The name a text is sealed under: bound to its thread and number.
fn place(request: RequestId, n: u32) -> String {
    format!("thread_messages.sealed:{request}:{n}")
}

/// The same for a photo.
fn photo_place(request: RequestId, message: u32, n: u8) -> String {
    format!("thread_photos.sealed:{request}:{message}:{n}")
}

/// The message an author already sent under this mark.
pub fn find_marked(
    tx: &mut Tx<'_>,
    request: RequestId,
    author: UserId,
    mark: &str,
) -> Result<Option<u32>, StoreError> {
    tx.query_opt(MARKED, params![request, author, mark], |row| row.small("n"))
}

/// Seals and keeps a message; answers its number, or `None` when the thread is full. The caller
/// holds the request's row.
///
/// # Errors
/// `Sealed` when the patient was erased.
pub fn insert(
    tx: &mut Tx<'_>,
    vault: &Vault,
    new: &NewMessage<'_>,
) -> Result<Option<u32>, StoreError> {
    let last = tx.query_one(LAST, params![new.request], |row| row.opt_int(0))?;
    let last = u32::try_from(last.unwrap_or(0)).unwrap_or(u32::MAX);
    if last >= MESSAGES_MAX {
        return Ok(None);
    }
    let n = last + 1;
    let key = patients::record_key(tx, vault, new.patient)?;
    let sealed = key.seal_bytes(&place(new.request, n), new.text.expose().as_bytes())?;
    let photos = u8::try_from(new.photos.len()).unwrap_or(u8::MAX);
    tx.exec_one(
        INSERT,
        params![
            new.request,
            n,
            new.network,
            new.patient,
            new.author,
            new.side.code(),
            new.at,
            new.mark,
            photos,
            sealed
        ],
    )?;
    for (number, photo) in (1..).zip(new.photos) {
        let sealed = key.seal_bytes(&photo_place(new.request, n, number), photo.jpeg)?;
        tx.exec_one(
            INSERT_PHOTO,
            params![
                new.request,
                n,
                number,
                new.patient,
                photo.width,
                photo.height,
                sealed
            ],
        )?;
    }
    Ok(Some(n))
}

/// Opens a thread, oldest message first. The caller writes the look to the journal in the same
/// transaction.
///
/// # Errors
/// `Sealed` when the patient was erased, or a byte was altered or moved.
pub fn open(
    tx: &mut Tx<'_>,
    vault: &Vault,
    access: &ThreadAccess,
) -> Result<Vec<Opened>, StoreError> {
    let request = access.request();
    let rows = tx.query(LIST, params![request], |row| {
        let patient: PatientId = row.id("patient")?;
        Ok((facts(row)?, patient, row.bytes("sealed")?))
    })?;
    let Some((_, patient, _)) = rows.first() else {
        return Ok(Vec::new());
    };
    let key = patients::record_key(tx, vault, *patient)?;
    let mut opened = Vec::with_capacity(rows.len());
    for (facts, _, sealed) in rows {
        let plain = key.open_bytes(&place(request, facts.n), &sealed)?;
        let text = String::from_utf8(plain.to_vec()).map_err(|_| StoreError::Sealed {
            place: "thread_messages",
            why: "not text",
        })?;
        let text = Secret::new(text);
        opened.push(Opened { facts, text });
    }
    Ok(opened)
}

/// Opens a photo of a message: a JPEG. The caller writes the look to the journal in the same
/// transaction.
///
/// # Errors
/// `NotFound`; `Sealed` when the patient was erased, or a byte was altered or moved.
pub fn open_photo(
    tx: &mut Tx<'_>,
    vault: &Vault,
    message: u32,
    n: u8,
    access: &ThreadAccess,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let request = access.request();
    let (patient, sealed): (PatientId, Vec<u8>) = tx
        .query_opt(PHOTO, params![request, message, n], |row| {
            Ok((row.id("patient")?, row.bytes("sealed")?))
        })?
        .ok_or_else(|| {
            StoreError::not_found("thread_photos", format!("{request} {message} {n}"))
        })?;
    let key = patients::record_key(tx, vault, patient)?;
    key.open_bytes(&photo_place(request, message, n), &sealed)
}

/// How much a thread holds for a reader: `own` wrote some of it, on the side `own_side`.
pub fn count(
    tx: &mut Tx<'_>,
    request: RequestId,
    read: u32,
    own: UserId,
    own_side: ThreadSide,
) -> Result<Count, StoreError> {
    // Operators read as one desk: what another of them wrote is read.
    let own_side = if own_side == ThreadSide::Desk {
        own_side.code()
    } else {
        "-"
    };
    tx.query_one(COUNT, params![request, read, own, own_side], |row| {
        Ok(Count {
            messages: row.small("messages")?,
            unread: row.small("unread")?,
        })
    })
}

/// How far a reader has read.
pub fn find_read(tx: &mut Tx<'_>, request: RequestId, reader: &str) -> Result<Read, StoreError> {
    let read = tx.query_opt(READ, params![request, reader], |row| {
        Ok(Read {
            n: row.small("n")?,
            read_at: row.opt_instant("read_at")?,
            told_at: row.opt_instant("told_at")?,
        })
    })?;
    Ok(read.unwrap_or_default())
}

/// A reader has read up to a message.
pub fn set_read(
    tx: &mut Tx<'_>,
    request: RequestId,
    reader: &str,
    n: u32,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(SET_READ, params![request, reader, n, at])
}

/// A reader was told that something waits.
pub fn set_told(
    tx: &mut Tx<'_>,
    request: RequestId,
    reader: &str,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec_one(SET_TOLD, params![request, reader, at])
}

/// Requests whose thread holds something the desk has not read, the newest first.
pub fn list_for_desk(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<RequestId>, StoreError> {
    tx.query(FOR_DESK, params![network, limit], |row| row.id("request"))
}

/// Erases every thread of a patient; part of erasing the patient.
pub(crate) fn erase(tx: &mut Tx<'_>, patient: PatientId) -> Result<(), StoreError> {
    tx.exec(ERASE_READS, params![patient])?;
    tx.exec(ERASE_PHOTOS, params![patient])?;
    tx.exec(ERASE, params![patient])?;
    Ok(())
}
