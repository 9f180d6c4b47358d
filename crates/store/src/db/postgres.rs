//! PostgreSQL: a few connection threads, each running one transaction at a time. Retries what the
//! server asks to retry and what was lost before COMMIT; never what was lost during it.

use std::time::Instant;

use crossbeam_channel::Receiver;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::error::{Severity, SqlState};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, IsolationLevel, Statement, Transaction};

use super::address::Address;
use super::job::{Job, Verdict};
use super::tx::{Conn, PgStatements, Tx};
use super::value::{Cells, Value};
use super::{Options, Order, patience};
use crate::dialect::{self, Engine};
use crate::error::{Constraint, StoreError};
use crate::sql::Sql;

/// Connects once, so that a wrong address is told at start and not at the first request.
/// On a thread of its own: the driver refuses to wait on a thread that runs futures.
pub(crate) fn check(address: &Address) -> Result<(), StoreError> {
    let connected = std::thread::scope(|scope| {
        scope
            .spawn(|| address.connect().map(|_| ()).map_err(|e| error(&e)))
            .join()
    });
    connected.unwrap_or_else(|_| Err(StoreError::bug("the driver panicked while connecting")))
}

/// One connection thread.
pub(crate) struct Session {
    address: Address,
    settings: String,
    attempts: u32,
    read_only: bool,
    spread: u64,
    link: Option<(Client, PgStatements)>,
    failures: u32,
    not_before: Option<Instant>,
}

/// Why a run of a transaction did not give an answer.
enum Again {
    /// Nothing was committed; the job holds the error to give if this was the last attempt.
    Retry,
    /// No connection.
    Down(StoreError),
    /// The connection broke during COMMIT.
    Broken(StoreError),
}

impl Session {
    pub(crate) fn new(address: &Address, options: &Options, read_only: bool, n: u64) -> Session {
        Session {
            address: address.clone(),
            settings: dialect::postgres_settings(options.statement_timeout.as_millis()),
            attempts: options.attempts.max(1),
            read_only,
            spread: n << 32,
            link: None,
            failures: 0,
            not_before: None,
        }
    }

    pub(crate) fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(Order::Run(mut job)) = orders.recv() {
            self.serve(&mut *job);
            job.answer();
        }
    }

    fn serve(&mut self, job: &mut dyn Job) {
        for attempt in 1..=self.attempts {
            match self.once(job) {
                Ok(()) => return,
                Err(Again::Retry) => {}
                // One try at reconnecting, then the caller is told: whoever waits would wait for nothing.
                Err(Again::Down(e)) => return job.fail(e),
                Err(Again::Broken(e)) => {
                    self.link = None;
                    return job.fail(e);
                }
            }
            if attempt < self.attempts {
                self.spread += 1;
                patience::pause(patience::before_attempt(attempt, self.spread));
            }
        }
    }

    fn connect(&mut self) -> Result<&mut (Client, PgStatements), StoreError> {
        if self
            .link
            .as_ref()
            .is_some_and(|(client, _)| client.is_closed())
        {
            self.link = None;
        }
        if self.link.is_none() {
            if self.not_before.is_some_and(|t| patience::now() < t) {
                return Err(StoreError::Unavailable {
                    why: "reconnecting".to_string(),
                });
            }
            let opened = self.address.connect().and_then(|mut client| {
                client.batch_execute(&self.settings)?;
                Ok(client)
            });
            match opened {
                Ok(client) => {
                    self.failures = 0;
                    self.not_before = None;
                    self.link = Some((client, PgStatements::new()));
                }
                Err(e) => {
                    self.failures += 1;
                    let wait = patience::before_reconnection(self.failures);
                    self.not_before = Some(patience::now() + wait);
                    let why = text(&e);
                    tracing::warn!(error = %why, failures = self.failures, "no database connection");
                    return Err(StoreError::Unavailable { why });
                }
            }
        }
        self.link
            .as_mut()
            .ok_or_else(|| StoreError::bug("the connection was just opened"))
    }

    fn once(&mut self, job: &mut dyn Job) -> Result<(), Again> {
        let read_only = self.read_only;
        let (client, cache) = self.connect().map_err(Again::Down)?;
        // A read sees one state; a write sees what others committed before each statement, and guards
        // what it read by versions and row locks.
        let builder = client.build_transaction();
        let builder = if read_only {
            builder
                .read_only(true)
                .isolation_level(IsolationLevel::RepeatableRead)
        } else {
            builder.isolation_level(IsolationLevel::ReadCommitted)
        };
        let begun = match builder.start() {
            Ok(tx) => tx,
            Err(e) => {
                job.fail(error(&e));
                return Err(Again::Retry);
            }
        };
        let (conn, verdict) = job.attempt(Tx::pg(begun, cache));
        let Conn::Pg(tx, _) = conn else {
            job.fail(StoreError::bug(
                "a PostgreSQL transaction came back as another",
            ));
            return Ok(());
        };
        match verdict {
            Verdict::Commit(_) => match tx.commit() {
                Ok(()) => Ok(()),
                Err(e) if answers_commit(&e) => {
                    let e = error(&e);
                    let again = e.is_retryable();
                    job.fail(e);
                    if again { Err(Again::Retry) } else { Ok(()) }
                }
                Err(e) if read_only => {
                    job.fail(error(&e));
                    Err(Again::Retry)
                }
                Err(e) => {
                    let why = text(&e);
                    tracing::error!(error = %why, "the outcome of a commit is unknown");
                    Err(Again::Broken(StoreError::CommitUnknown { why }))
                }
            },
            Verdict::RollBack => {
                // A lost connection rolls back too.
                let _ = tx.rollback();
                Ok(())
            }
            Verdict::Again => {
                let _ = tx.rollback();
                Err(Again::Retry)
            }
        }
    }
}

/// A statement of the portable subset, prepared once a connection.
pub(crate) fn statement(
    tx: &mut Transaction<'_>,
    cache: &mut PgStatements,
    portable: &'static str,
) -> Result<Statement, StoreError> {
    if let Some(statement) = cache.get(portable) {
        return Ok(statement.clone());
    }
    let text = dialect::render(Engine::Postgres, portable);
    let statement = tx.prepare(&text).map_err(|e| error(&e))?;
    cache.insert(portable, statement.clone());
    Ok(statement)
}

fn bound<'a>(
    sql: Sql,
    statement: &Statement,
    params: &'a [Value],
) -> Result<Vec<&'a (dyn ToSql + Sync)>, StoreError> {
    let wanted = statement.params().len();
    if wanted != params.len() {
        return Err(StoreError::bug(format!(
            "{}: {} given, {wanted} used",
            sql.name,
            params.len()
        )));
    }
    Ok(params.iter().map(|v| v as &(dyn ToSql + Sync)).collect())
}

pub(crate) fn exec(
    tx: &mut Transaction<'_>,
    cache: &mut PgStatements,
    sql: Sql,
    params: &[Value],
) -> Result<u64, StoreError> {
    let statement = statement(tx, cache, sql.text)?;
    tx.execute(&statement, &bound(sql, &statement, params)?)
        .map_err(|e| error(&e))
}

/// Copies rows into the table and columns of an insertion.
pub(crate) fn copy<const N: usize>(
    tx: &mut Transaction<'_>,
    cache: &mut PgStatements,
    sql: Sql,
    rows: impl Iterator<Item = [Value; N]>,
) -> Result<(), StoreError> {
    let statement = statement(tx, cache, sql.text)?;
    let into = sql.text.strip_prefix("INSERT INTO ");
    let into = into.and_then(|rest| rest.split_once(" VALUES "));
    let Some((into, _)) = into else {
        return Err(StoreError::bug(format!("{}: no plain insertion", sql.name)));
    };
    let writer = tx
        .copy_in(&format!("COPY {into} FROM STDIN (FORMAT binary)"))
        .map_err(|e| error(&e))?;
    let mut writer = BinaryCopyInWriter::new(writer, statement.params());
    for row in rows {
        let bound = bound(sql, &statement, &row)?;
        writer.write(&bound).map_err(|e| error(&e))?;
    }
    writer.finish().map_err(|e| error(&e))?;
    Ok(())
}

pub(crate) fn query(
    tx: &mut Transaction<'_>,
    cache: &mut PgStatements,
    sql: Sql,
    params: &[Value],
    each: &mut dyn FnMut(Cells<'_>) -> bool,
) -> Result<(), StoreError> {
    let statement = statement(tx, cache, sql.text)?;
    let params = bound(sql, &statement, params)?;
    // Rows are read as they come: a whole table may pass here (a backup, a verification).
    let mut rows = tx
        .query_raw(&statement, params.iter().copied())
        .map_err(|e| error(&e))?;
    while let Some(row) = rows.next().map_err(|e| error(&e))? {
        if !each(Cells::Pg(&row)) {
            break;
        }
    }
    Ok(())
}

pub(crate) fn notify(
    tx: &mut Transaction<'_>,
    cache: &mut PgStatements,
    payload: &str,
) -> Result<(), StoreError> {
    let statement = statement(tx, cache, dialect::POSTGRES_NOTIFY)?;
    tx.execute(&statement, &[&payload])
        .map(|_| ())
        .map_err(|e| error(&e))
}

/// The driver's words, without the row's values that PostgreSQL puts in `detail`.
fn text(e: &postgres::Error) -> String {
    match e.as_db_error() {
        Some(db) => format!("{}: {}", db.code().code(), db.message()),
        None => {
            let mut out = e.to_string();
            let mut source = std::error::Error::source(e);
            while let Some(s) = source {
                out = format!("{out}: {s}");
                source = s.source();
            }
            out
        }
    }
}

/// Whether the server refused a COMMIT, so that nothing was committed. A connection that ends is no
/// answer: a server that is being stopped says so after a COMMIT it has just made, and the driver
/// gives that word in place of the answer before it.
fn answers_commit(e: &postgres::Error) -> bool {
    e.as_db_error()
        .is_some_and(|db| db.parsed_severity() == Some(Severity::Error) || stood_still(db.code()))
}

/// This process stood still in a transaction, and the server gave its rows to others: 25P03 for idling,
/// 25P04 for the whole of it. Never said once the transaction is over.
fn stood_still(code: &SqlState) -> bool {
    matches!(code.code(), "25P03" | "25P04")
}

/// Whether the connection is of no more use: broken, closed, or out of step with the server.
fn is_broken(e: &postgres::Error) -> bool {
    let said = e.to_string();
    e.is_closed()
        || ["TLS", "unexpected message", "error parsing response"]
            .iter()
            .any(|words| said.contains(words))
        || std::error::Error::source(e).is_some_and(|s| s.is::<std::io::Error>())
}

/// What a PostgreSQL error means for the caller.
pub(crate) fn error(e: &postgres::Error) -> StoreError {
    let Some(db) = e.as_db_error() else {
        // No answer from the server. A parameter that does not fit is ours.
        return if is_broken(e) {
            StoreError::Unavailable { why: text(e) }
        } else {
            StoreError::bug(text(e))
        };
    };
    let code = db.code();
    let constraint = |kind| StoreError::Constraint {
        kind,
        detail: db
            .constraint()
            .or(db.column())
            .unwrap_or_default()
            .to_string(),
    };
    match code {
        // 40001 serialization, 40P01 deadlock, 40003 the server does not know itself.
        c if matches!(c.code(), "40000" | "40001" | "40003" | "40P01") => {
            StoreError::conflict("transaction", code.code())
        }
        c if *c == SqlState::UNIQUE_VIOLATION => constraint(Constraint::Unique),
        c if *c == SqlState::FOREIGN_KEY_VIOLATION => constraint(Constraint::ForeignKey),
        c if *c == SqlState::CHECK_VIOLATION => constraint(Constraint::Check),
        c if *c == SqlState::NOT_NULL_VIOLATION => constraint(Constraint::NotNull),
        // 57014 a statement stopped, by its limit or by an administrator; 55P03 a row not given in time.
        c if matches!(c.code(), "57014" | "55P03") => StoreError::Timeout,
        c if stood_still(c) => StoreError::Unavailable { why: text(e) },
        // This server may not write: a standby, or one that was put aside. SQLite says of a read that
        // writes that it is a bug; here the two cannot be told apart.
        c if c.code() == "25006" => StoreError::Unavailable { why: text(e) },
        // 08 connection, 53 resources, 57 operator (shutdown, crash, cannot connect now), 58 system,
        // XX the server's own bugs and damage.
        c if ["08", "53", "57", "58", "XX"]
            .iter()
            .any(|class| c.code().starts_with(class)) =>
        {
            StoreError::Unavailable { why: text(e) }
        }
        _ => StoreError::bug(text(e)),
    }
}
