//! SQLite: one writer thread that groups waiting transactions into one durable commit (each in a
//! savepoint, answered only after COMMIT), and reader threads that cannot write.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ffi};
use tokio::sync::watch;

use super::job::{Job, Verdict};
use super::listen::Bell;
use super::tx::{LiteConn, Tx};
use super::value::{Cells, Value};
use super::{Options, Order, patience};
use crate::dialect;
use crate::error::{Constraint, StoreError};
use crate::sql::Sql;

/// Where a SQLite database is.
#[derive(Clone, PartialEq)]
pub(crate) enum Place {
    Memory,
    File(String),
}

/// Reads a `sqlite:` address.
pub(crate) fn place(url: &str) -> Option<Place> {
    match url {
        "sqlite::memory:" | "sqlite://:memory:" => Some(Place::Memory),
        _ => url
            .strip_prefix("sqlite://")
            .map(|path| Place::File(path.to_string())),
    }
}

/// Milliseconds since the connection was opened after which a statement is interrupted; 0 is never.
#[derive(Clone)]
pub(crate) struct Watch {
    opened: Instant,
    until: Arc<AtomicU64>,
    limit: Duration,
}

impl Watch {
    /// From here on, until the answer is dropped.
    fn statement(&self) -> Watched<'_> {
        self.start();
        Watched(self)
    }

    fn start(&self) {
        let until = self.opened.elapsed() + self.limit;
        self.until.store(
            u64::try_from(until.as_millis()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }

    fn stop(&self) {
        self.until.store(0, Ordering::Relaxed);
    }

    fn late(&self) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        until != 0 && self.opened.elapsed().as_millis() > u128::from(until)
    }
}

/// A statement that runs.
struct Watched<'w>(&'w Watch);

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

fn connect(place: &Place, options: &Options) -> Result<LiteConn, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut raw = match (place, options.vfs.as_deref()) {
        (Place::Memory, _) => Connection::open_in_memory(),
        (Place::File(path), None) => Connection::open_with_flags(path, flags),
        (Place::File(path), Some(vfs)) => Connection::open_with_flags_and_vfs(path, flags, vfs),
    }
    .and_then(|c| {
        c.execute_batch(dialect::SQLITE_SETTINGS)?;
        c.busy_timeout(dialect::SQLITE_PATIENCE)?;
        c.set_prepared_statement_cache_capacity(512);
        Ok(c)
    })
    .map_err(|e| StoreError::Unavailable { why: e.to_string() })?;
    let watch = Watch {
        opened: patience::now(),
        until: Arc::new(AtomicU64::new(0)),
        limit: options.statement_timeout,
    };
    let seen = watch.clone();
    raw.progress_handler(10_000, Some(move || seen.late()))
        .map_err(|e| error(&e))?;
    Ok(LiteConn {
        raw,
        rendered: RefCell::new(HashMap::new()),
        watch,
    })
}

/// The only connection that writes.
pub(crate) struct Writer {
    conn: LiteConn,
    place: Place,
    options: Options,
    bell: Bell,
    /// Set once a commit failed on the disk: from then on nothing is written (ADR 0012).
    lost: watch::Sender<bool>,
}

/// A transaction in line, and how often it has run.
struct Waiting {
    job: Box<dyn Job>,
    runs: u32,
}

impl Writer {
    pub(crate) fn open(place: &Place, options: &Options, bell: Bell) -> Result<Writer, StoreError> {
        let conn = connect(place, options)?;
        if *place != Place::Memory {
            fold_log(&conn)?;
        }
        Ok(Writer {
            conn,
            place: place.clone(),
            options: options.clone(),
            bell,
            lost: watch::Sender::new(false),
        })
    }

    /// Becomes true when the writer gives up.
    pub(crate) fn lost(&self) -> watch::Receiver<bool> {
        self.lost.subscribe()
    }

    pub(crate) fn in_memory(&self) -> bool {
        self.place == Place::Memory
    }

    pub(crate) fn run(mut self, orders: &Receiver<Order>) {
        let mut line: VecDeque<Waiting> = VecDeque::new();
        let mut stopping = false;
        loop {
            if line.is_empty() {
                if stopping {
                    return;
                }
                match orders.recv() {
                    Ok(Order::Run(job)) => line.push_back(Waiting { job, runs: 0 }),
                    Ok(Order::Stop) | Err(_) => return,
                }
            }
            while line.len() < self.options.group && !stopping {
                match orders.try_recv() {
                    Ok(Order::Run(job)) => line.push_back(Waiting { job, runs: 0 }),
                    Ok(Order::Stop) => stopping = true,
                    Err(_) => break,
                }
            }
            self.group(&mut line);
        }
    }

    /// Runs everything in line inside one BEGIN IMMEDIATE … COMMIT.
    fn group(&mut self, line: &mut VecDeque<Waiting>) {
        let begun = if *self.lost.borrow() {
            Err(StoreError::Unavailable {
                why: "the disk failed during a commit: this process has to be started again"
                    .to_string(),
            })
        } else {
            self.begin()
        };
        if let Err(e) = begun {
            for mut waiting in line.drain(..) {
                waiting.job.fail(e.clone());
                waiting.job.answer();
            }
            return;
        }
        let mut done: Vec<Waiting> = vec![];
        let mut notices: Vec<String> = vec![];
        while let Some(mut waiting) = line.pop_front() {
            match self.one(&mut waiting) {
                Ok(more) => {
                    notices.extend(more);
                    done.push(waiting);
                }
                // The engine undid the whole group (a full disk, an interrupted change): whoever caused it
                // is told, the others run again, since nothing of theirs was kept.
                Err(e) => {
                    waiting.job.fail(e.clone());
                    waiting.job.answer();
                    for mut other in done.into_iter().rev() {
                        if other.runs >= self.options.attempts {
                            other.job.fail(e.clone());
                            other.job.answer();
                        } else {
                            line.push_front(other);
                        }
                    }
                    self.roll_back();
                    return;
                }
            }
        }
        let committed = self
            .conn
            .raw
            .execute_batch("COMMIT")
            .map_err(|e| commit_error(&e));
        if let Err(e) = &committed {
            tracing::error!(error = %e, transactions = done.len(), "a commit failed");
            self.roll_back();
            if matches!(e, StoreError::CommitUnknown { .. }) {
                // Nobody can tell any more what of the file is on the disk: see `commit_error`.
                tracing::error!("nothing more is written until this process is started again");
                self.lost.send_replace(true);
            }
            for waiting in &mut done {
                waiting.job.fail(e.clone());
            }
        } else {
            for notice in &notices {
                self.bell.ring(notice);
            }
        }
        for waiting in done {
            waiting.job.answer();
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        let Err(first) = self.conn.raw.execute_batch("BEGIN IMMEDIATE") else {
            return Ok(());
        };
        let first = error(&first);
        if self.in_memory() || matches!(first, StoreError::Busy) {
            return Err(first);
        }
        // The file may have come back under another handle (a remounted disk, a restored backup).
        self.conn = connect(&self.place, &self.options)?;
        self.conn
            .raw
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|e| error(&e))
    }

    /// Runs one transaction in its savepoint, again while it conflicts. An error means that the engine
    /// undid the whole group.
    fn one(&self, waiting: &mut Waiting) -> Result<Vec<String>, StoreError> {
        loop {
            waiting.runs += 1;
            self.command("SAVEPOINT one")?;
            let (_, verdict) = waiting.job.attempt(Tx::lite(&self.conn));
            if self.in_memory() {
                self.command(dialect::SQLITE_READ_WRITE)?;
            }
            if self.conn.raw.is_autocommit() {
                return Err(StoreError::Unavailable {
                    why: "the engine rolled the transaction back".to_string(),
                });
            }
            let again = match verdict {
                Verdict::Commit(notices) => {
                    self.command("RELEASE one")?;
                    return Ok(notices);
                }
                Verdict::RollBack => false,
                Verdict::Again => waiting.runs < self.options.attempts,
            };
            self.command("ROLLBACK TO one")?;
            self.command("RELEASE one")?;
            if !again {
                return Ok(vec![]);
            }
        }
    }

    fn command(&self, text: &str) -> Result<(), StoreError> {
        let mut statement = self.conn.raw.prepare_cached(text).map_err(|e| error(&e))?;
        statement.raw_execute().map(|_| ()).map_err(|e| error(&e))
    }

    fn roll_back(&self) {
        if !self.conn.raw.is_autocommit()
            && let Err(e) = self.conn.raw.execute_batch("ROLLBACK")
        {
            tracing::error!(error = %e, "a rollback failed");
        }
    }
}

/// A connection that only reads.
pub(crate) struct Reader {
    conn: LiteConn,
}

impl Reader {
    pub(crate) fn open(place: &Place, options: &Options) -> Result<Reader, StoreError> {
        let conn = connect(place, options)?;
        conn.raw
            .execute_batch(dialect::SQLITE_READ_ONLY)
            .map_err(|e| error(&e))?;
        Ok(Reader { conn })
    }

    pub(crate) fn run(self, orders: &Receiver<Order>) {
        while let Ok(Order::Run(mut job)) = orders.recv() {
            match self.conn.raw.execute_batch("BEGIN") {
                Ok(()) => {
                    let _ = job.attempt(Tx::lite(&self.conn));
                    if !self.conn.raw.is_autocommit()
                        && let Err(e) = self.conn.raw.execute_batch("ROLLBACK")
                    {
                        tracing::error!(error = %e, "a read did not end");
                    }
                }
                Err(e) => job.fail(error(&e)),
            }
            job.answer();
        }
    }
}

/// Engine commands and migrations.
pub(crate) fn batch(conn: &LiteConn, text: &str) -> Result<(), StoreError> {
    let _watched = conn.watch.statement();
    conn.raw.execute_batch(text).map_err(|e| error(&e))
}

pub(crate) fn exec(conn: &LiteConn, sql: Sql, params: &[Value]) -> Result<u64, StoreError> {
    let mut statement = conn
        .raw
        .prepare_cached(&conn.text(sql))
        .map_err(|e| error(&e))?;
    bind(&mut statement, sql, params)?;
    let _watched = conn.watch.statement();
    let changed = statement.raw_execute().map_err(|e| error(&e))?;
    Ok(changed as u64)
}

pub(crate) fn query(
    conn: &LiteConn,
    sql: Sql,
    params: &[Value],
    each: &mut dyn FnMut(Cells<'_>) -> bool,
) -> Result<(), StoreError> {
    let mut statement = conn
        .raw
        .prepare_cached(&conn.text(sql))
        .map_err(|e| error(&e))?;
    bind(&mut statement, sql, params)?;
    let _watched = conn.watch.statement();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|e| error(&e))? {
        if !each(Cells::Lite(row)) {
            break;
        }
        // What the caller does with a row is not the statement's time.
        conn.watch.start();
    }
    Ok(())
}

/// `$N` is a name for SQLite: bound by name, so that order and reuse mean the same as in PostgreSQL.
fn bind(statement: &mut Statement<'_>, sql: Sql, params: &[Value]) -> Result<(), StoreError> {
    let mut used = 0;
    for place in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(place)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|n| n.parse::<usize>().ok())
            .ok_or_else(|| StoreError::bug(format!("{}: parameters are $1, $2 …", sql.name)))?;
        let value = params
            .get(number - 1)
            .ok_or_else(|| StoreError::bug(format!("{}: ${number} is not given", sql.name)))?;
        if matches!(value, Value::Text(text) if text.contains('\0')) {
            // PostgreSQL refuses it: a text that only one engine takes is no text.
            return Err(StoreError::bug(format!(
                "{}: ${number} holds a NUL",
                sql.name
            )));
        }
        statement
            .raw_bind_parameter(place, value)
            .map_err(|e| error(&e))?;
        used = used.max(number);
    }
    if used != params.len() {
        return Err(StoreError::bug(format!(
            "{}: {} given, {used} used",
            sql.name,
            params.len()
        )));
    }
    Ok(())
}

/// What a SQLite error means for the caller. The message never carries a bound value.
pub(crate) fn error(e: &rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, message) = e else {
        return StoreError::bug(e.to_string());
    };
    let text = message.clone().unwrap_or_else(|| code.to_string());
    match code.code {
        ErrorCode::ConstraintViolation => {
            let kind = match code.extended_code {
                ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Constraint::ForeignKey,
                ffi::SQLITE_CONSTRAINT_CHECK => Constraint::Check,
                ffi::SQLITE_CONSTRAINT_NOTNULL => Constraint::NotNull,
                _ => Constraint::Unique,
            };
            StoreError::Constraint { kind, detail: text }
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::OperationInterrupted => StoreError::Timeout,
        ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::DatabaseCorrupt
        | ErrorCode::NotADatabase => StoreError::Unavailable { why: text },
        _ => StoreError::bug(text),
    }
}

/// Moves what the write-ahead log holds into the file, and empties the log. At opening: a process
/// before this one may have died of a sync that failed, after which the system shows what it wrote
/// although it is not on the disk. Nothing may be built on that; written again, it is.
fn fold_log(conn: &LiteConn) -> Result<(), StoreError> {
    // Nobody is waited for: where another process has the file open, its log is its own.
    let folded = conn
        .raw
        .busy_timeout(Duration::ZERO)
        .and_then(|()| conn.raw.execute_batch(dialect::SQLITE_FOLD_LOG));
    match folded {
        Ok(()) => {}
        // What cannot grow can still be read.
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            tracing::error!(error = %e, "the write-ahead log could not be folded");
        }
        Err(e) => return Err(error(&e)),
    }
    conn.raw
        .busy_timeout(dialect::SQLITE_PATIENCE)
        .map_err(|e| error(&e))
}

/// A failed COMMIT. What could not be written (no room, a quota, a bad page) is not in the log: rolled
/// back for certain. Any other failure of the disk may be a sync, after which the next one may claim to
/// have written what it did not: unknown, and the writer stops for good (ADR 0012).
fn commit_error(e: &rusqlite::Error) -> StoreError {
    let rusqlite::Error::SqliteFailure(code, _) = e else {
        return error(e);
    };
    let certain = [
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_READ,
        ffi::SQLITE_IOERR_SHORT_READ,
        ffi::SQLITE_IOERR_SHMSIZE,
        ffi::SQLITE_IOERR_SHMMAP,
    ];
    match code.code {
        ErrorCode::SystemIoFailure if !certain.contains(&code.extended_code) => {
            StoreError::CommitUnknown { why: e.to_string() }
        }
        _ => error(e),
    }
}
