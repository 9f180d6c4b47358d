//! A note as it was written: its four answers, checked; what is sealed with a version. Refuses an empty diagnosis and
//! what no reader would read to its end.

use super::FIELD_MAX;
use crate::error::{AppError, FieldError};
use crate::text::note;
use serde::{Deserialize, Serialize};

/// A note as somebody wrote it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteDraft {
    /// Diagnosis, or the motive retained.
    #[serde(default)]
    pub diagnosis: String,
    /// What was done and prescribed.
    #[serde(default)]
    pub done: String,
    /// Examinations made or asked for.
    #[serde(default)]
    pub examinations: String,
    /// What remains to be done, and by whom.
    #[serde(default)]
    pub to_do: String,
    /// The patient agrees that the usual doctor has it: said, yes or no; whoever was not asked has not agreed (R8).
    pub consent: bool,
}

/// What the professional wrote, checked.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Said {
    pub(super) diagnosis: String,
    pub(super) done: String,
    pub(super) examinations: String,
    pub(super) to_do: String,
}

impl Said {
    /// Its parts with their titles, in order.
    pub(super) fn titled(&self) -> [(&'static str, &str); 4] {
        [
            (note::DIAGNOSIS, &self.diagnosis),
            (note::DONE, &self.done),
            (note::EXAMINATIONS, &self.examinations),
            (note::TO_DO, &self.to_do),
        ]
    }
}

/// What is sealed with a version beside its documents.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) said: Said,
    pub(super) consent: bool,
    pub(super) doctor: Option<String>,
    pub(super) subject: String,
    pub(super) pdf_name: String,
    pub(super) code: String,
    pub(super) qualified: bool,
    pub(super) text: String,
    pub(super) answers: Option<String>,
}

impl NoteDraft {
    /// What was written, without what surrounds it.
    ///
    /// # Errors
    /// No diagnosis; an answer longer than [`FIELD_MAX`].
    pub(super) fn checked(&self) -> Result<Said, AppError> {
        let mut errors = Vec::new();
        let mut field = |pointer: &str, text: &str| {
            let text = text.replace("\r\n", "\n").trim().to_owned();
            if text.chars().count() > FIELD_MAX {
                let wrong = format!("{FIELD_MAX} caractères au plus\u{a0}: abrégez.");
                errors.push(FieldError::new(pointer, wrong));
            }
            text
        };
        let said = Said {
            diagnosis: field("/diagnosis", &self.diagnosis),
            done: field("/done", &self.done),
            examinations: field("/examinations", &self.examinations),
            to_do: field("/to_do", &self.to_do),
        };
        if said.diagnosis.is_empty() {
            let wrong = "Écrivez en quelques mots le diagnostic ou le motif retenu.";
            errors.push(FieldError::new("/diagnosis", wrong));
        }
        if errors.is_empty() {
            Ok(said)
        } else {
            Err(AppError::Invalid(errors))
        }
    }
}
