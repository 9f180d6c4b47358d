//! The transaction a closure works in: registered statements, savepoints, wake-ups sent at COMMIT.
//! Refuses to go on after a failed statement (on both engines alike), and to write in a read.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::value::{Cells, Places, Row, Value};
use super::{postgres as pg, sqlite};
use crate::dialect::{self, Engine};
use crate::error::StoreError;
use crate::sql::Sql;

/// What many transactions hold until they end, in the order in which each takes what it takes of them: two that took
/// turns otherwise would wait for one another, and PostgreSQL would end one after a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Turn {
    /// The version of the directory.
    Directory,
    /// People of the directory.
    Professionals,
    /// The version of everybody's rights.
    Rights,
    /// The end of a network's journal.
    Journal,
}

/// A transaction, handed to a closure. It commits when the closure answers `Ok`.
pub struct Tx<'c> {
    conn: Conn<'c>,
    notices: Vec<String>,
    failed: Option<StoreError>,
    turns: Vec<Turn>,
}

pub(crate) enum Conn<'c> {
    Lite(&'c LiteConn),
    Pg(postgres::Transaction<'c>, &'c mut PgStatements),
}

/// A SQLite connection and the texts it has rendered.
pub(crate) struct LiteConn {
    pub(crate) raw: rusqlite::Connection,
    pub(crate) rendered: RefCell<HashMap<&'static str, Arc<str>>>,
    pub(crate) watch: sqlite::Watch,
}

/// The prepared statements of a PostgreSQL connection, by portable text.
pub(crate) type PgStatements = HashMap<&'static str, postgres::Statement>;

impl<'c> Tx<'c> {
    pub(crate) fn lite(conn: &'c LiteConn) -> Tx<'c> {
        Tx {
            conn: Conn::Lite(conn),
            notices: vec![],
            failed: None,
            turns: vec![],
        }
    }

    pub(crate) fn pg(tx: postgres::Transaction<'c>, cache: &'c mut PgStatements) -> Tx<'c> {
        Tx {
            conn: Conn::Pg(tx, cache),
            notices: vec![],
            failed: None,
            turns: vec![],
        }
    }

    /// What the engine loop takes back once the closure has run.
    pub(crate) fn into_parts(self) -> (Conn<'c>, Vec<String>, Option<StoreError>) {
        (self.conn, self.notices, self.failed)
    }

    /// Which engine runs this. Only for tests and `dialect`.
    pub fn engine(&self) -> Engine {
        match self.conn {
            Conn::Lite(_) => Engine::Sqlite,
            Conn::Pg(..) => Engine::Postgres,
        }
    }

    /// Runs a change; answers the number of rows it touched.
    pub fn exec(&mut self, sql: Sql, params: &[Value]) -> Result<u64, StoreError> {
        self.usable()?;
        let done = match &mut self.conn {
            Conn::Lite(c) => sqlite::exec(c, sql, params),
            Conn::Pg(t, cache) => pg::exec(t, cache, sql, params),
        };
        self.note(done)
    }

    /// Adds many rows by one `INSERT INTO table (columns) VALUES ($1, …)`: on PostgreSQL they are copied in.
    pub fn fill<const N: usize>(
        &mut self,
        sql: Sql,
        rows: impl IntoIterator<Item = [Value; N]>,
    ) -> Result<(), StoreError> {
        self.usable()?;
        let mut rows = rows.into_iter();
        let done = match &mut self.conn {
            Conn::Lite(c) => rows.try_for_each(|row| sqlite::exec(c, sql, &row).map(drop)),
            Conn::Pg(t, cache) => pg::copy(t, cache, sql, rows),
        };
        self.note(done)
    }

    /// Runs a change that must touch exactly one row.
    pub fn exec_one(&mut self, sql: Sql, params: &[Value]) -> Result<(), StoreError> {
        self.exec_all(sql, params, 1)
    }

    /// Runs a change that must touch exactly so many rows.
    pub fn exec_all(&mut self, sql: Sql, params: &[Value], rows: usize) -> Result<(), StoreError> {
        let (expected, got) = (rows as u64, self.exec(sql, params)?);
        if got == expected {
            return Ok(());
        }
        Err(StoreError::RowCount {
            table: sql.table,
            expected,
            got,
        })
    }

    /// Runs a change guarded by a version in its WHERE: no row touched means somebody was first.
    pub fn exec_versioned(
        &mut self,
        sql: Sql,
        params: &[Value],
        id: impl Into<String>,
    ) -> Result<(), StoreError> {
        match self.exec(sql, params)? {
            1 => Ok(()),
            0 => Err(StoreError::conflict(sql.table, id)),
            got => Err(StoreError::RowCount {
                table: sql.table,
                expected: 1,
                got,
            }),
        }
    }

    /// All rows, each read by `read`.
    pub fn query<T>(
        &mut self,
        sql: Sql,
        params: &[Value],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.usable()?;
        let mut out = vec![];
        // A row that `read` refuses is the caller's error: the transaction itself is still sound.
        let mut refused = None;
        let places = Places::default();
        let mut each = |cells: Cells<'_>| {
            let places = &places;
            let row = Row { sql, cells, places };
            match read(&row) {
                Ok(v) => {
                    out.push(v);
                    true
                }
                Err(e) => {
                    refused = Some(e);
                    false
                }
            }
        };
        let done = match &mut self.conn {
            Conn::Lite(c) => sqlite::query(c, sql, params, &mut each),
            Conn::Pg(t, cache) => pg::query(t, cache, sql, params, &mut each),
        };
        self.note(done)?;
        refused.map_or(Ok(out), Err)
    }

    /// The only row, or nothing. Two rows contradict the model.
    pub fn query_opt<T>(
        &mut self,
        sql: Sql,
        params: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut rows = self.query(sql, params, read)?;
        if rows.len() > 1 {
            return Err(StoreError::inconsistent(
                sql.table,
                "*",
                "",
                "more than one row",
            ));
        }
        Ok(rows.pop())
    }

    /// The only row of an answer that always has one (a count, a sum).
    pub fn query_one<T>(
        &mut self,
        sql: Sql,
        params: &[Value],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.query_opt(sql, params, read)?
            .ok_or_else(|| StoreError::not_found(sql.table, ""))
    }

    /// Sends a wake-up when, and only if, this transaction commits. The payload carries ids only.
    pub fn notify(&mut self, payload: impl Into<String>) -> Result<(), StoreError> {
        let payload = payload.into();
        if payload.len() > 4000 {
            return Err(StoreError::bug("a wake-up carries ids, not content"));
        }
        self.usable()?;
        if self.notices.contains(&payload) {
            return Ok(());
        }
        let done = match &mut self.conn {
            Conn::Lite(_) => Ok(()),
            Conn::Pg(t, cache) => pg::notify(t, cache, &payload),
        };
        self.note(done)?;
        self.notices.push(payload);
        Ok(())
    }

    /// Runs a part that may fail without losing the rest: on an error its changes are undone and
    /// the transaction goes on.
    pub fn attempt<T, E: From<StoreError>>(
        &mut self,
        part: impl FnOnce(&mut Tx<'c>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.batch("SAVEPOINT part")?;
        let notices = self.notices.len();
        match part(self) {
            Ok(v) => {
                self.batch("RELEASE SAVEPOINT part")?;
                Ok(v)
            }
            Err(e) => {
                self.failed = None;
                self.notices.truncate(notices);
                self.batch("ROLLBACK TO SAVEPOINT part")?;
                self.batch("RELEASE SAVEPOINT part")?;
                Err(e)
            }
        }
    }

    /// Runs a change that takes the time it takes: an index built over a whole table.
    pub fn exec_long(&mut self, sql: Sql) -> Result<(), StoreError> {
        self.batch_long(&dialect::render(self.engine(), sql.text))
    }

    fn batch_long(&mut self, text: &str) -> Result<(), StoreError> {
        if matches!(self.engine(), Engine::Postgres) {
            self.batch(dialect::POSTGRES_LONG)?;
        }
        self.batch(text)
    }

    /// Takes a table's primary key away, where rows can be without: many are then written several times faster.
    pub fn drop_key(&mut self, table: &'static str) -> Result<(), StoreError> {
        match dialect::drop_key(self.engine(), table) {
            Some(text) => self.batch(&text),
            None => Ok(()),
        }
    }

    /// Gives a table its primary key back, unless it has it. Of rows that came under one key meanwhile, the last stays.
    pub fn set_key(&mut self, table: &'static str, columns: &str) -> Result<(), StoreError> {
        if self.engine() == Engine::Sqlite {
            return Ok(());
        }
        let there = self.catalogue(dialect::POSTGRES_HAS_KEY, &[table.into()])?;
        if there.iter().any(|count| count == "1") {
            return Ok(());
        }
        let text = dialect::set_key(table, columns);
        match self.attempt(|tx| tx.batch_long(&text)) {
            Err(StoreError::Constraint { .. }) => {
                self.batch_long(&dialect::keep_one_of_each(table, columns))?;
                self.batch_long(&text)
            }
            done => done,
        }
    }

    /// Something that others wait for is taken.
    ///
    /// # Panics
    /// In a program built with assertions, when it is taken out of turn.
    pub(crate) fn takes(&mut self, turn: Turn) {
        if cfg!(debug_assertions) && !self.turns.contains(&turn) {
            let later = self.turns.iter().find(|held| **held > turn);
            assert!(later.is_none(), "{turn:?} taken while {later:?} is held");
            self.turns.push(turn);
        }
    }

    /// Engine commands and migrations: text that is not a registered statement.
    pub(crate) fn batch(&mut self, text: &str) -> Result<(), StoreError> {
        self.usable()?;
        let done = match &mut self.conn {
            Conn::Lite(c) => sqlite::batch(c, text),
            Conn::Pg(t, _) => t.batch_execute(text).map_err(|e| pg::error(&e)),
        };
        self.note(done)
    }

    /// Refuses every write from here on. SQLite only; made writable again by the engine loop, a panic included.
    pub(crate) fn confine(&mut self) -> Result<(), StoreError> {
        self.batch(dialect::SQLITE_READ_ONLY)
    }

    /// First column of an engine's own catalogue, as text.
    pub(crate) fn catalogue(
        &mut self,
        text: &'static str,
        params: &[Value],
    ) -> Result<Vec<String>, StoreError> {
        let sql = Sql::registered("catalogue", "catalogue", text);
        self.query(sql, params, |r| match r.opt_int(0) {
            Ok(v) => Ok(v.map_or_else(String::new, |v| v.to_string())),
            Err(_) => r.text(0),
        })
    }

    /// Prepares a statement without running it: the registry's test.
    pub fn prepare(&mut self, sql: Sql) -> Result<(), StoreError> {
        self.usable()?;
        let done = match &mut self.conn {
            Conn::Lite(c) => c
                .raw
                .prepare(&c.text(sql))
                .map(|_| ())
                .map_err(|e| sqlite::error(&e)),
            Conn::Pg(t, cache) => pg::statement(t, cache, sql.text).map(|_| ()),
        };
        self.note(done)
    }

    fn usable(&self) -> Result<(), StoreError> {
        match &self.failed {
            None => Ok(()),
            Some(e) => Err(e.clone()),
        }
    }

    fn note<T>(&mut self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(e) = &done {
            self.failed = Some(e.clone());
        }
        done
    }
}

impl LiteConn {
    /// The text with SQLite's words.
    pub(crate) fn text(&self, sql: Sql) -> Arc<str> {
        if let Some(text) = self.rendered.borrow().get(sql.text) {
            return text.clone();
        }
        let text: Arc<str> = dialect::render(Engine::Sqlite, sql.text).into();
        self.rendered.borrow_mut().insert(sql.text, text.clone());
        text
    }
}
