//! Why a text is no sheet: what its JSON lacks, or a word that means nothing where it stands. Owns the
//! cases and their sentence for the command line and the log; `crate::text::protocol_file` says them to
//! a coordinator, in French.

use serde_json::error::Category;
use std::fmt;

/// Why a text cannot be read as a sheet, or as a file of sheets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Illegible {
    /// It stops before its end.
    CutShort,
    /// It is no JSON; what the reader met, in English.
    Syntax(String),
    /// A field no sheet has.
    UnknownField(String),
    /// A field that must be there.
    MissingField(String),
    /// A field written twice.
    FieldTwice(String),
    /// A value of another nature than its field wants; what the reader met, in English.
    Value(String),
    /// A code that is no destination.
    Destination(String),
    /// A delay that is not written in hours.
    Delay(String),
    /// A word that is no mode of care.
    Mode(String),
    /// A text that cannot be a motive's code.
    Motive(String),
    /// A text that cannot be a cooperation protocol's code.
    Cooperation(String),
    /// Codes that make no end.
    End(String),
    /// A kind of question and where its *yes* leads that do not go together.
    Yes {
        /// The kind, as written.
        kind: String,
        /// Where a *yes* leads, as written; `None` when nothing is.
        to: Option<String>,
    },
    /// A word that is no answer.
    Answer(String),
}

impl From<&serde_json::Error> for Illegible {
    fn from(error: &serde_json::Error) -> Self {
        let told = error.to_string();
        let told = told.split(" at line ").next().unwrap_or(&told);
        match error.classify() {
            Category::Eof => Self::CutShort,
            Category::Syntax => Self::Syntax(told.to_owned()),
            Category::Data | Category::Io => data(told),
        }
    }
}

/// JSON well written that is no sheet: the reader's own sentence names the field.
fn data(told: &str) -> Illegible {
    let named = |start: &str| {
        let rest = told.strip_prefix(start)?;
        rest.split('`').next().map(str::to_owned)
    };
    if let Some(field) = named("unknown field `") {
        Illegible::UnknownField(field)
    } else if let Some(field) = named("missing field `") {
        Illegible::MissingField(field)
    } else if let Some(field) = named("duplicate field `") {
        Illegible::FieldTwice(field)
    } else {
        Illegible::Value(told.to_owned())
    }
}

impl fmt::Display for Illegible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutShort => f.write_str("the text stops before its end"),
            Self::Syntax(told) | Self::Value(told) => f.write_str(told),
            Self::UnknownField(field) => write!(f, "unknown field `{field}`"),
            Self::MissingField(field) => write!(f, "missing field `{field}`"),
            Self::FieldTwice(field) => write!(f, "duplicate field `{field}`"),
            Self::Destination(code) => write!(f, "`{code}` is no destination"),
            Self::Delay(delay) => write!(f, "`{delay}` is no delay in hours such as PT12H"),
            Self::Mode(code) => write!(f, "`{code}` is no mode"),
            Self::Motive(code) => write!(f, "`{code}` is no motive"),
            Self::Cooperation(code) => write!(f, "`{code}` is no cooperation protocol"),
            Self::End(codes) => write!(f, "`{codes}` is no end"),
            Self::Yes { kind, to } => {
                let to = to.as_deref().unwrap_or("nothing");
                write!(f, "a `{kind}` cannot lead to `{to}` on a yes")
            }
            Self::Answer(word) => write!(f, "`{word}` is no answer"),
        }
    }
}
