//! Documents as bytes: the note to the usual doctor as a PDF/A-1b, as a CDA R2 level 1 around it, as
//! the XDM archive that carries both facts, and what the secure mail that takes them must say of
//! itself (R8, ADR 0028).
//!
//! Pure: the same input gives the same bytes. Refuses clocks, chance, SQL, HTTP, and an identity
//! number whose status does not allow it to be sent.

mod archive;
mod cda;
mod code;
mod letters;
mod mail;
mod moment;
mod note;
mod oid;
mod paper;
mod pdf;
mod profile;
pub mod traits;

pub use code::{Facility, Kind};
pub use letters::{BadFont, Letters};
pub use mail::{Mail, correction_sentence, file_name, subject};
pub use note::{Author, Note, Organisation, Patient, Recipient, Section, Software, Version};
pub use oid::Oids;

/// A document that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// A font of ours cannot be read.
    #[error(transparent)]
    Font(#[from] BadFont),
    /// Nobody to write to: such a note is only printed.
    #[error("the note has no recipient")]
    NoRecipient,
    /// A template or the archive could not be written.
    #[error("{what} could not be written: {why}")]
    Writing {
        /// Which part.
        what: &'static str,
        /// What the writer said; holds nothing of the document.
        why: String,
    },
}

impl DocumentError {
    fn writing(what: &'static str, why: &impl std::fmt::Display) -> Self {
        Self::Writing {
            what,
            why: why.to_string(),
        }
    }
}

/// A note, finished: nothing of it changes after this.
#[derive(Clone, PartialEq, Eq)]
pub struct Built {
    /// The PDF/A-1b.
    pub pdf: Vec<u8>,
    /// The CDA around it.
    pub cda: Vec<u8>,
    /// `IHE_XDM.ZIP`.
    pub archive: Vec<u8>,
    /// What the mail says of itself.
    pub mail: Mail,
}

/// Makes the whole of a note: the PDF, the CDA that holds it byte for byte, the archive and the
/// mail.
///
/// # Errors
/// [`DocumentError`] when a part cannot be written: a defect of the build, not of the note.
pub fn build(note: &Note) -> Result<Built, DocumentError> {
    let recipient = note.recipient.as_ref().ok_or(DocumentError::NoRecipient)?;
    let pdf = pdf::note(note)?;
    let cda = cda::write(note, recipient, &pdf)?;
    let archive = archive::write(note, &cda)?;
    Ok(Built {
        mail: Mail::of(note),
        pdf,
        cda,
        archive,
    })
}

/// Makes the PDF alone: for a note that is printed.
///
/// # Errors
/// [`DocumentError`] when it cannot be written.
pub fn print(note: &Note) -> Result<Vec<u8>, DocumentError> {
    pdf::note(note)
}
