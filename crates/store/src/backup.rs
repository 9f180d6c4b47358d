//! Backup and restore: one consistent state of every table, encrypted under the master key, the same file for
//! both engines. Refuses a database that is not empty, a file that was altered or cut, and a schema it does not know.
//!
//! The file: a line of magic, a line of JSON (whose key), then sealed parts of JSON lines: the schema's history, then
//! for each table its columns and its rows.

use std::io::{BufRead, Read, Write};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::db::{Db, Row, Tx, Value};
use crate::error::StoreError;
use crate::migrate::{self, MIGRATIONS};
use crate::params;
use crate::seal::{FileKey, Vault};
use crate::sql::{Sql, sql};

const MAGIC: &str = "relais backup 1\n";
/// Plain bytes of a part.
const PART: usize = 256 * 1024;

macro_rules! tables {
    ($($name:ident $table:literal by $order:literal),+ $(,)?) => {
        sql! { "backup";
            $($name = concat!("SELECT * FROM ", $table, " ORDER BY ", $order);)+
        }
        /// Every table but the schema's history, those referred to first.
        pub(crate) const TABLES: &[(&str, Sql)] = &[$(($table, $name)),+];
    };
}
tables! {
    COUNTERS "counters" by "name",
    DIRECTORY_CHANGES "directory_changes" by "version",
    COMMUNES "communes" by "insee",
    NETWORKS "networks" by "id",
    NETWORK_SETTINGS "network_settings" by "network, version",
    NETWORK_COMMUNES "network_communes" by "network, insee",
    SHARING "sharing" by "from_network, to_network",
    NETWORK_KEYS "network_keys" by "network, key_id",
    PROFESSIONALS "professionals" by "CASE WHEN supervisor IS NULL THEN 0 ELSE 1 END, id",
    PLACES "places" by "id",
    MEMBERSHIPS "memberships" by "professional, network",
    USERS "users" by "id",
    ROLES "roles" by "user_id, network, role",
    SECRETARIES "secretaries" by "user_id, professional",
    SESSIONS "sessions" by "token_hash",
    TOKENS "tokens" by "id",
    PASSKEYS "passkeys" by "id",
    RECOVERY_CODES "recovery_codes" by "user_id",
    INVITATIONS "invitations" by "id",
    LOGIN_ATTEMPTS "login_attempts" by "key, at",
    PUSH_DEVICES "push_devices" by "id",
    APPLICATIONS "applications" by "id",
    APPLICATION_CARDS "application_cards" by "application",
    APPROVALS "approvals" by "professional",
    DIGESTS "digests" by "professional",
    IDENTITY_FLOWS "identity_flows" by "state_hash",
    SPENT_TOKENS "spent_tokens" by "mark",
    LOOK_AGAIN "look_again" by "id",
    COOPERATIONS "cooperations" by "professional, protocol, place, since_on",
    STAND_INS "stand_ins" by "locum, absent, from_at",
    PATIENTS "patients" by "id",
    PROTOCOL_VERSIONS "protocol_versions" by "network, code, version",
    PROTOCOL_SIGNINGS "protocol_signings" by "network, code, version",
    PROTOCOL_COUNTS "protocol_counts" by "network, code, version, question",
    PATIENT_MARKS "patient_marks" by "patient, kind, mark",
    PATIENT_INS "patient_ins" by "patient",
    PATIENT_WISHES "patient_wishes" by "network, person, wish",
    REQUESTS "requests" by "id",
    PATIENT_LINKS "patient_links" by "request",
    FOLLOW_UPS "follow_ups" by "request",
    PAST_APPOINTMENTS "past_appointments" by "request",
    VISIT_QUESTIONS "visit_questions" by "request",
    DESK_TASKS "desk_tasks" by "id",
    PHOTOS "photos" by "request, n",
    CALENDAR_FEEDS "calendar_feeds" by "professional",
    CALENDAR_EVENTS "calendar_events" by "professional, request",
    THREAD_MESSAGES "thread_messages" by "request, n",
    THREAD_PHOTOS "thread_photos" by "request, message, n",
    THREAD_READS "thread_reads" by "request, reader",
    OFFERS "offers" by "id",
    VERDICTS "verdicts" by "request, round, stage",
    REQUEST_NOTES "request_notes" by "id",
    REGULATOR_DUTIES "regulator_duties" by "id",
    REGULATOR_CLAIMS "regulator_claims" by "request",
    REGULATOR_NOTES "regulator_notes" by "id",
    RED_FLAG_OVERRIDES "red_flag_overrides" by "id",
    CONTACTS "contacts" by "id",
    PUBLIC_FORMS "public_forms" by "id",
    PUBLIC_COUNTS "public_counts" by "network, day, what",
    PHONE_CALLS "phone_calls" by "network, call_id",
    MESSAGES "messages" by "id",
    SYNTHESES "syntheses" by "request, version",
    EARLY_RECEIPTS "early_receipts" by "provider, reference",
    IDEMPOTENCY "idempotency" by "actor, key",
    POSTBOXES "postboxes" by "address",
    LETTERS "letters" by "mark",
    PURGES "purges" by "network, class, on_day",
    JOURNAL "journal" by "network, seq",
    JOURNAL_HEADS "journal_heads" by "network",
    ANCHORS "anchors" by "network, seq",
    DEMO_STATE "demo_state" by "name",
    NODES "nodes" by "id",
    NATIONAL_DIRECTORY "national_directory" by "rpps, insee",
    MAILBOXES "mailboxes" by "rpps, address",
    DIRECTORY_IMPORTS "directory_imports" by "digest",
}

/// The tables a backup holds.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|(name, _)| *name)
}

/// The readable first line: enough to find the key.
#[derive(Serialize, Deserialize)]
struct Head {
    master: String,
    key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    /// Names and digests of the schema's steps.
    Schema(Vec<(String, String)>),
    Table(String, Vec<String>),
    Row(Vec<Json>),
    /// How many rows in all: a file without it is not whole.
    End(u64),
}

fn io(e: &std::io::Error) -> StoreError {
    StoreError::Unavailable {
        why: format!("the backup file: {e}"),
    }
}

fn damaged(why: &str) -> StoreError {
    StoreError::Schema {
        why: format!("the backup file is not usable: {why}"),
    }
}

/// Writes a backup; answers the number of rows. Others go on reading and writing meanwhile.
///
/// # Errors
/// `Unavailable` when the file cannot be written; `Conflict` never.
pub fn write<W: Write + Send + 'static>(db: &Db, vault: &Vault, out: W) -> Result<u64, StoreError> {
    let vault = vault.clone();
    let once = Mutex::new(Some(out));
    db.read_blocking(move |tx| {
        let out = take(&once)?;
        let mut sealer = Sealer::start(&vault, out)?;
        if !migrate::pending_in(tx)?.is_empty() {
            return Err(StoreError::Schema {
                why: "migrate before making a backup".to_string(),
            });
        }
        let steps = MIGRATIONS
            .iter()
            .map(|m| (m.name.to_string(), m.sha256()))
            .collect();
        sealer.line(&Line::Schema(steps))?;
        let mut rows = 0;
        for (table, select) in TABLES {
            let mut columns_written = false;
            tx.query(*select, params![], |row| {
                if !columns_written {
                    sealer.line(&Line::Table((*table).to_string(), row.columns()))?;
                    columns_written = true;
                }
                rows += 1;
                sealer.line(&Line::Row(cells(row)?))
            })?;
        }
        sealer.line(&Line::End(rows))?;
        sealer.finish()?;
        Ok(rows)
    })
}

/// A closure may be run again, a stream cannot be read or written again.
fn take<T>(once: &Mutex<Option<T>>) -> Result<T, StoreError> {
    once.lock()
        .unwrap_or_else(|e| e.into_inner())
        .take()
        .ok_or_else(|| {
            StoreError::bug("the connection was lost half-way; nothing was kept, start again")
        })
}

fn cells(row: &Row<'_>) -> Result<Vec<Json>, StoreError> {
    row.values()?
        .into_iter()
        .map(|value| {
            Ok(match value {
                Value::Null => Json::Null,
                Value::Int(n) => Json::from(n),
                Value::Text(text) => Json::from(text),
                Value::Bytes(bytes) => Json::Array(vec![Json::from(crate::hex(&bytes))]),
            })
        })
        .collect()
}

/// Seals lines into parts.
struct Sealer<W> {
    key: FileKey,
    out: W,
    held: Vec<u8>,
    number: u64,
}

impl<W: Write> Sealer<W> {
    fn start(vault: &Vault, mut out: W) -> Result<Sealer<W>, StoreError> {
        let (key, wrapped) = vault.make_file_key()?;
        let head = Head {
            master: vault.current_id().to_string(),
            key: crate::hex(&wrapped),
        };
        let head = serde_json::to_string(&head).map_err(|e| StoreError::bug(e.to_string()))?;
        out.write_all(MAGIC.as_bytes()).map_err(|e| io(&e))?;
        out.write_all(format!("{head}\n").as_bytes())
            .map_err(|e| io(&e))?;
        Ok(Sealer {
            key,
            out,
            held: Vec::with_capacity(PART),
            number: 0,
        })
    }

    fn line(&mut self, line: &Line) -> Result<(), StoreError> {
        serde_json::to_writer(&mut self.held, line).map_err(|e| StoreError::bug(e.to_string()))?;
        self.held.push(b'\n');
        if self.held.len() >= PART {
            self.part(false)
        } else {
            Ok(())
        }
    }

    fn part(&mut self, last: bool) -> Result<(), StoreError> {
        let sealed = self.key.seal_part(self.number, last, &self.held)?;
        let length = u32::try_from(sealed.len())
            .map_err(|_| StoreError::bug("a row larger than a part can be"))?;
        self.out.write_all(&[u8::from(last)]).map_err(|e| io(&e))?;
        self.out
            .write_all(&length.to_be_bytes())
            .map_err(|e| io(&e))?;
        self.out.write_all(&sealed).map_err(|e| io(&e))?;
        self.held.clear();
        self.number += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<(), StoreError> {
        self.part(true)?;
        self.out.flush().map_err(|e| io(&e))
    }
}

/// Fills an empty database from a backup, which may come from the other engine or an older program;
/// answers the number of rows. Everything or nothing. `now` is written beside the schema's steps.
///
/// # Errors
/// `Schema` when the database is not empty or the file is not whole; `Sealed` under another master key.
pub fn restore<R: Read + Send + 'static>(
    db: &Db,
    vault: &Vault,
    input: R,
    now: i64,
) -> Result<u64, StoreError> {
    let vault = vault.clone();
    let once = Mutex::new(Some(input));
    db.write_blocking(move |tx| {
        let mut lines = Opener::start(&vault, take(&once)?)?;
        migrate::lock(tx)?;
        if migrate::pending_in(tx)?.len() != MIGRATIONS.len() {
            return Err(StoreError::Schema {
                why: "a backup is restored into an empty database".to_string(),
            });
        }
        let Some(Line::Schema(steps)) = lines.next()? else {
            return Err(damaged("no schema"));
        };
        let known = known_steps(&steps)?;
        let (first, rest) = MIGRATIONS.split_at(known);
        for step in first {
            migrate::apply(tx, step, now)?;
        }
        let rows = fill(tx, &mut lines)?;
        for step in rest {
            migrate::apply(tx, step, now)?;
        }
        Ok(rows)
    })
}

fn known_steps(steps: &[(String, String)]) -> Result<usize, StoreError> {
    let same = steps.len() <= MIGRATIONS.len()
        && steps
            .iter()
            .zip(MIGRATIONS)
            .all(|((_, sha256), ours)| *sha256 == ours.sha256());
    if !same || steps.is_empty() {
        return Err(damaged("it was made by a newer or another program"));
    }
    Ok(steps.len())
}

fn fill<R: Read>(tx: &mut Tx<'_>, lines: &mut Opener<R>) -> Result<u64, StoreError> {
    let (mut insert, mut width, mut rows) = (None, 0, 0);
    loop {
        match lines.next()?.ok_or_else(|| damaged("it ends too early"))? {
            Line::Table(table, columns) => {
                insert = Some(insertion(&table, &columns)?);
                width = columns.len();
            }
            Line::Row(cells) => {
                let insert = insert.ok_or_else(|| damaged("a row without a table"))?;
                if cells.len() != width {
                    return Err(damaged("a row of another width"));
                }
                let values = cells
                    .into_iter()
                    .map(value)
                    .collect::<Result<Vec<_>, _>>()?;
                tx.exec_one(insert, &values)?;
                rows += 1;
            }
            Line::End(wanted) if wanted == rows => return Ok(rows),
            Line::End(_) | Line::Schema(_) => return Err(damaged("rows are missing")),
        }
    }
}

/// The statement that inserts into a table. Leaked: as many as tables, once in a process's life.
fn insertion(table: &str, columns: &[String]) -> Result<Sql, StoreError> {
    let known = TABLES.iter().find(|(name, _)| *name == table);
    let (table, _) = known.ok_or_else(|| damaged("an unknown table"))?;
    let plain = |c: &String| {
        c.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if columns.is_empty() || !columns.iter().all(plain) {
        return Err(damaged("an impossible column"));
    }
    let places: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    let text = format!(
        "INSERT INTO {table} ({}) VALUES ({})",
        columns.join(", "),
        places.join(", ")
    );
    Ok(Sql::registered(
        "RESTORE",
        table,
        Box::leak(text.into_boxed_str()),
    ))
}

fn value(cell: Json) -> Result<Value, StoreError> {
    match cell {
        Json::Null => Ok(Value::Null),
        Json::Number(n) => n
            .as_i64()
            .map(Value::Int)
            .ok_or_else(|| damaged("a number")),
        Json::String(text) => Ok(Value::Text(text)),
        Json::Array(parts) => match parts.as_slice() {
            [Json::String(hex)] => crate::unhex(hex).map(Value::Bytes),
            _ => None,
        }
        .ok_or_else(|| damaged("bytes")),
        Json::Bool(_) | Json::Object(_) => Err(damaged("a value of another kind")),
    }
}

/// Opens parts into lines.
struct Opener<R> {
    key: FileKey,
    input: std::io::BufReader<R>,
    held: std::io::Cursor<Vec<u8>>,
    number: u64,
    ended: bool,
}

impl<R: Read> Opener<R> {
    fn start(vault: &Vault, input: R) -> Result<Opener<R>, StoreError> {
        let mut input = std::io::BufReader::new(input);
        let mut magic = vec![0; MAGIC.len()];
        input
            .read_exact(&mut magic)
            .map_err(|_| damaged("it is no backup of Relais"))?;
        if magic != MAGIC.as_bytes() {
            return Err(damaged("it is no backup of Relais"));
        }
        let mut head = String::new();
        (&mut input)
            .take(4096)
            .read_line(&mut head)
            .map_err(|e| io(&e))?;
        let head: Head = serde_json::from_str(&head).map_err(|_| damaged("its first line"))?;
        let wrapped = crate::unhex(&head.key).ok_or_else(|| damaged("its key"))?;
        let key = vault.open_file_key(&head.master, &wrapped)?;
        Ok(Opener {
            key,
            input,
            held: std::io::Cursor::default(),
            number: 0,
            ended: false,
        })
    }

    fn next(&mut self) -> Result<Option<Line>, StoreError> {
        loop {
            let mut line = Vec::new();
            self.held.read_until(b'\n', &mut line).map_err(|e| io(&e))?;
            if !line.is_empty() {
                return serde_json::from_slice(&line)
                    .map(Some)
                    .map_err(|_| damaged("a line that is not one of ours"));
            }
            if self.ended {
                return Ok(None);
            }
            self.part()?;
        }
    }

    fn part(&mut self) -> Result<(), StoreError> {
        let mut head = [0; 5];
        self.input
            .read_exact(&mut head)
            .map_err(|_| damaged("it was cut off"))?;
        let [last, length @ ..] = head;
        let length = u32::from_be_bytes(length) as usize;
        if last > 1 || length > PART * 64 {
            return Err(damaged("a part of an impossible size"));
        }
        let mut sealed = vec![0; length];
        self.input
            .read_exact(&mut sealed)
            .map_err(|_| damaged("it was cut off"))?;
        let plain = self.key.open_part(self.number, last == 1, &sealed)?;
        self.held = std::io::Cursor::new(plain.to_vec());
        self.number += 1;
        self.ended = last == 1;
        Ok(())
    }
}
