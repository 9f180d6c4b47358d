//! What the secure mail that carries a note says of itself: regulated subject, headers, names of
//! what is attached (MSSanté, socle no. 2: ECO.2.x). The mail itself is a gateway's.

use crate::moment;
use crate::note::Note;

/// Everything of the mail but its addresses and its bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Regulated subject (ECO.2.1.3).
    pub subject: String,
    /// Name of the PDF (ECO.2.1.6).
    pub pdf_name: String,
    /// `X-MSS-CODECDA` (ECO.2.4.1).
    pub code: &'static str,
    /// `X-MSS-INS`: whether a qualified identity is inside (ECO.2.4.2).
    pub qualified: bool,
}

impl Mail {
    pub(crate) fn of(note: &Note) -> Self {
        Self {
            subject: subject(note),
            pdf_name: file_name(note),
            code: note.kind().code(),
            qualified: note.patient.traits.sendable().is_some(),
        }
    }
}

/// `XDM/1.0/DDM+<label> <NAME> <first name> <birth date>`, after the mark of a correction. Receivers
/// sort by its beginning.
pub fn subject(note: &Note) -> String {
    let traits = &note.patient.traits;
    let mark = if note.version.replaces.is_some() {
        "[Annule et remplace] "
    } else {
        ""
    };
    let subject = format!(
        "{mark}XDM/1.0/DDM+{} {} {} {}",
        note.kind().label(),
        traits.strict_name(),
        traits.strict_first_name(),
        traits.birth_date_read(),
    );
    subject.trim_end().to_owned()
}

/// `<day of the act>_<label, 40 characters>_<NAME>_<first name>.pdf`.
pub fn file_name(note: &Note) -> String {
    let traits = &note.patient.traits;
    let label: String = note.kind().label().chars().take(40).collect();
    format!(
        "{}_{label}_{}_{}.pdf",
        moment::day(note.from, &note.zone),
        traits.strict_name(),
        traits.strict_first_name(),
    )
}

/// The sentence that a correction owes to the message it replaces (AMBU.MSS/va1.02).
pub fn correction_sentence(sent: &str, subject: &str) -> String {
    format!("Ce message annule et remplace le message du {sent} ayant pour objet : {subject}")
}
