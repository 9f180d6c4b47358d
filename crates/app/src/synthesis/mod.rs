//! The note to the usual doctor (R8): signed by the professional who has the patient, kept as it was
//! signed, read in the application by a usual doctor who is a member, carried by secure mail to the
//! mailbox the directory knows.
//!
//! Owns who may sign and read, to whom a note goes, what stops it. Refuses to send without consent,
//! to send twice, and to change what was signed: a correction is another version that says so.

mod carry;
mod compose;
mod post;
mod postbox;
mod read;
mod report;
mod sender;
mod sign;
mod state;
mod steer;
mod written;

pub(crate) use carry::{Carried, carry, is_sealed, tell_outside_doctor};
pub(crate) use postbox::LETTERS_KEPT;
pub use postbox::{Letter, Passed};
pub use read::{Note, NoteOfDoctor, Undelivered};
pub use relais_documents::{Facility, Oids};
pub use report::{REPORT_MAX, Reported};
pub use sender::Sender;
pub use state::{NoteState, Step};
pub use written::NoteDraft;

/// The kind of the message that carries a note.
pub(crate) const NOTE: &str = "note";
/// The kind of the nominative message that a patient was taken on.
pub(crate) const NOTICE: &str = "notice";
/// The kind of the notification that a note can be read.
const TOLD: &str = "note-told";

/// Longest answer to one question of the note, characters.
pub const FIELD_MAX: usize = 1_000;
