//! What can go wrong below the use cases, named by what the caller may do about it.
//! Refuses to carry values of a row other than its id: an error ends in a log.

use std::fmt;

/// The failure of a transaction or of one statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the row first, or the engine asked for the transaction to be run again.
    /// The transaction is retried by itself a bounded number of times before this is seen.
    #[error("conflict on {table} {id}: it changed meanwhile")]
    Conflict {
        /// Table of the contended row, or `transaction` when the engine did not say.
        table: &'static str,
        /// Id of the row.
        id: String,
    },
    /// The queue of transactions is full. Nothing was done.
    #[error("the store is overloaded: its queue is full")]
    Busy,
    /// The database does not answer. Nothing was committed. It comes back by itself.
    #[error("the database is unavailable: {why}")]
    Unavailable {
        /// The driver's words.
        why: String,
    },
    /// The connection died during COMMIT: the transaction may or may not have happened. Never retried blindly.
    #[error("the outcome of a commit is unknown: {why}")]
    CommitUnknown {
        /// The driver's words.
        why: String,
    },
    /// A statement ran past the time limit. Nothing was committed.
    #[error("a statement took longer than allowed")]
    Timeout,
    /// The store was closed.
    #[error("the store is stopped")]
    Stopped,
    /// A row contradicts the model.
    #[error("inconsistent row: {table}.{column} of {id:?}: {why}")]
    Inconsistent {
        /// Table, or the statement's subject.
        table: &'static str,
        /// Column that cannot be read.
        column: String,
        /// Id of the row, empty when the row has none.
        id: String,
        /// What is wrong, without the value.
        why: String,
    },
    /// A `get_*` found nothing.
    #[error("no {table} {id:?}")]
    NotFound {
        /// Table.
        table: &'static str,
        /// The key looked for.
        id: String,
    },
    /// A constraint of the schema refused the change.
    #[error("{kind} constraint refused a change: {detail}")]
    Constraint {
        /// Which kind.
        kind: Constraint,
        /// The engine's name for it.
        detail: String,
    },
    /// A statement changed another number of rows than it must.
    #[error("{table}: {expected} row(s) should have changed, {got} did")]
    RowCount {
        /// Table.
        table: &'static str,
        /// How many rows should have changed.
        expected: u64,
        /// How many did.
        got: u64,
    },
    /// A sealed value does not open: it was altered, moved, erased, or sealed under an unknown key.
    #[error("{place} does not open: {why}")]
    Sealed {
        /// `table.column` or the name of the key.
        place: &'static str,
        /// Why.
        why: &'static str,
    },
    /// The schema of the database is not the one of this program.
    #[error("schema: {why}")]
    Schema {
        /// What differs and what to do.
        why: String,
    },
    /// The program is wrong: a panic inside a transaction, a statement the engine does not accept.
    #[error("bug in a transaction: {why}")]
    Bug {
        /// What happened.
        why: String,
    },
}

/// The kinds of constraint of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// A value exists already.
    Unique,
    /// A referenced row does not exist, or a row is still referenced.
    ForeignKey,
    /// A value is outside its list.
    Check,
    /// A value is missing.
    NotNull,
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Constraint::Unique => "unique",
            Constraint::ForeignKey => "foreign key",
            Constraint::Check => "check",
            Constraint::NotNull => "not null",
        })
    }
}

impl StoreError {
    /// A row contradicts the model. `why` must not repeat the value.
    pub fn inconsistent(
        table: &'static str,
        column: impl Into<String>,
        id: impl Into<String>,
        why: impl Into<String>,
    ) -> StoreError {
        StoreError::Inconsistent {
            table,
            column: column.into(),
            id: id.into(),
            why: why.into(),
        }
    }

    /// Somebody else changed the row first.
    pub fn conflict(table: &'static str, id: impl Into<String>) -> StoreError {
        StoreError::Conflict {
            table,
            id: id.into(),
        }
    }

    /// Nothing under that key.
    pub fn not_found(table: &'static str, id: impl Into<String>) -> StoreError {
        StoreError::NotFound {
            table,
            id: id.into(),
        }
    }

    /// The program is wrong.
    pub fn bug(why: impl Into<String>) -> StoreError {
        StoreError::Bug { why: why.into() }
    }

    /// Whether a unique constraint refused the change.
    pub fn is_unique(&self) -> bool {
        matches!(
            self,
            StoreError::Constraint {
                kind: Constraint::Unique,
                ..
            }
        )
    }

    /// Whether a statement was not answered, whatever it asked: the database is away, busy, or wants the
    /// transaction run again.
    pub fn is_outage(&self) -> bool {
        matches!(
            self,
            StoreError::Conflict { .. }
                | StoreError::Busy
                | StoreError::Unavailable { .. }
                | StoreError::Timeout
        )
    }

    /// Whether running the same transaction again may succeed, nothing having been committed.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            StoreError::Conflict { .. } | StoreError::Unavailable { .. }
        )
    }
}

/// The error type of a transaction: the caller's own, as long as a store failure can be put in and seen again.
///
/// Returning an error from the closure rolls the transaction back. Only an error whose
/// [`TxError::store`] is retryable is run again; a refusal of the domain never is.
pub trait TxError: From<StoreError> + Send + 'static {
    /// The store failure inside, if this is one.
    fn store(&self) -> Option<&StoreError>;
}

impl TxError for StoreError {
    fn store(&self) -> Option<&StoreError> {
        Some(self)
    }
}
