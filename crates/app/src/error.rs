//! What a use case answers when it does not do what was asked. Refuses to hold identities: an
//! error may end in a log.

use relais_core::cascade::Refusal;
use relais_core::time::Instant;
use relais_store::{StoreError, TxError};

/// One field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer of the field (`/patient/birth_date`).
    pub pointer: String,
    /// What is wrong and what to do, in French. Never repeats what was typed.
    pub message: String,
}

impl FieldError {
    /// An error on a field.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }
}

/// Why a use case did not happen. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// The domain refused, kindly.
    #[error("refused: {0}")]
    Refused(#[from] Refusal),
    /// Fields that cannot be taken.
    #[error("{} invalid field(s)", .0.len())]
    Invalid(Vec<FieldError>),
    /// A named refusal of the application itself, with its French sentence.
    #[error("refused: {slug}")]
    Problem {
        /// Stable slug, also the address of the problem's page.
        slug: &'static str,
        /// HTTP status it deserves.
        status: u16,
        /// The French sentence.
        detail: String,
    },
    /// Nobody is signed in.
    #[error("not signed in")]
    SignedOut,
    /// A more recent proof of identity is needed before this is shown (R6).
    #[error("a recent authentication is needed")]
    StepUp,
    /// Signed in, without the right; what it is about may be known to them.
    #[error("not allowed")]
    Denied,
    /// Nothing there, or nothing they may know of.
    #[error("not found")]
    NotFound,
    /// Too many attempts.
    #[error("too many attempts")]
    TooMany {
        /// When to try again.
        until: Instant,
    },
    /// No room for one more open stream; acting is still possible.
    #[error("too many open streams")]
    Full {
        /// When to try again.
        until: Instant,
    },
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The program is wrong.
    #[error("bug: {0}")]
    Bug(String),
}

impl AppError {
    /// One wrong field.
    pub fn invalid(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, message)])
    }

    /// A named refusal.
    pub fn problem(slug: &'static str, status: u16, detail: impl Into<String>) -> Self {
        Self::Problem {
            slug,
            status,
            detail: detail.into(),
        }
    }

    /// Whether the database is away or overloaded: 503 and a sentence, back by itself.
    pub const fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Store(
                StoreError::Unavailable { .. }
                    | StoreError::Busy
                    | StoreError::Timeout
                    | StoreError::Stopped
                    | StoreError::CommitUnknown { .. }
                    | StoreError::Conflict { .. }
            )
        )
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { .. } => Self::NotFound,
            other => Self::Store(other),
        }
    }
}

impl TxError for AppError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<relais_documents::BadFont> for AppError {
    fn from(error: relais_documents::BadFont) -> Self {
        Self::Bug(error.to_string())
    }
}

impl From<relais_documents::DocumentError> for AppError {
    fn from(error: relais_documents::DocumentError) -> Self {
        Self::Bug(format!("document: {error}"))
    }
}
