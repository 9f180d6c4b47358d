//! Reading back what a mailbox says of a note: displayed (MDN, RFC 8098), refused by the reader's
//! software with a code, or not delivered (DSN, RFC 3464). Finds the note by the `Message-ID` it
//! went under. Refuses to guess: a mail that names no message of ours is left to a person.

use crate::app::App;
use crate::error::AppError;
use relais_core::time::Instant;
use relais_store::{Tx, messages, syntheses};

/// Largest mail read, bytes: a report that carries a whole note back fits.
pub const REPORT_MAX: usize = 25_000_000;

/// What a mail said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// The note was displayed.
    Displayed,
    /// The reader's software refused it with this code.
    Answered(String),
    /// It could not be delivered.
    Undelivered,
    /// It is about no note of ours, or says nothing that a program understands: a person reads it.
    Unknown,
}

/// What a report says, and of which message.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Report {
    of: String,
    said: Reported,
}

impl App {
    /// Takes a mail that came to our secure mailbox. The same one twice changes nothing.
    ///
    /// # Errors
    /// Longer than [`REPORT_MAX`].
    pub async fn take_report(&self, mail: &[u8]) -> Result<Reported, AppError> {
        if mail.len() > REPORT_MAX {
            let detail = "Ce message est trop gros pour un accusé\u{a0}: lisez-le dans la boîte.";
            return Err(AppError::problem("report-too-large", 413, detail));
        }
        let Some(report) = read(&String::from_utf8_lossy(mail)) else {
            return Ok(Reported::Unknown);
        };
        let now = self.now();
        self.write(move |_, tx| {
            let known = note(tx, &report, now)?;
            Ok(if known {
                report.said.clone()
            } else {
                Reported::Unknown
            })
        })
        .await
    }
}

fn note(tx: &mut Tx<'_>, report: &Report, now: Instant) -> Result<bool, AppError> {
    Ok(match &report.said {
        Reported::Displayed => syntheses::mark_displayed(tx, &report.of, now)?,
        Reported::Answered(code) => syntheses::mark_answered(tx, &report.of, code)?,
        Reported::Undelivered => match syntheses::find_message(tx, &report.of)? {
            Some(message) => messages::mark_failed(tx, message, "bounced", now)?,
            None => false,
        },
        Reported::Unknown => false,
    })
}

/// Reads a report: the fields of its machine-readable part, wherever they lie in the mail.
fn read(mail: &str) -> Option<Report> {
    let unfolded = mail
        .replace("\r\n", "\n")
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let field = |name: &str| {
        unfolded.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known
                .trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    };
    let of = field("Original-Message-ID").or_else(|| original(&unfolded));
    let of = of.or_else(|| field("In-Reply-To"))?;
    let of = of.split_whitespace().next()?.to_owned();
    let disposition = field("Disposition").map(|d| d.to_ascii_lowercase());
    let said = match (&disposition, field("Action")) {
        (Some(disposition), _) => {
            let (_, kind) = disposition.split_once(';')?;
            // Older senders put the code inside the disposition itself.
            let inside = kind.split_once("error:").and_then(|(_, rest)| code(rest));
            let apart = field("Error").and_then(|text| code(&text));
            match inside.or(apart) {
                Some(code) => Reported::Answered(code),
                None if kind.contains("error") => Reported::Answered("906".to_owned()),
                None if kind.trim_start().starts_with("displayed")
                    || kind.trim_start().starts_with("processed") =>
                {
                    Reported::Displayed
                }
                None => return None,
            }
        }
        (None, Some(action)) if action.eq_ignore_ascii_case("failed") => Reported::Undelivered,
        (None, _) => return None,
    };
    Some(Report { of, said })
}

/// The `Message-ID` of the mail that a report sends back, after its own headers.
fn original(mail: &str) -> Option<String> {
    let (_, rest) = mail.split_once("\n\n")?;
    rest.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let named = name.trim().eq_ignore_ascii_case("Message-ID");
        named.then(|| value.trim().to_owned())
    })
}

/// `902^Identifiant de patient inconnu^…`: three digits from 900 to 906.
fn code(text: &str) -> Option<String> {
    let digits: String = text
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (digits.len() == 3 && ("900"..="906").contains(&digits.as_str())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mdn(disposition: &str, more: &str) -> String {
        format!(
            "From: a@medecin.mssante.fr\r\nSubject: Lu\r\nContent-Type: multipart/report; \
             report-type=disposition-notification; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nLu.\r\n\
             --b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;a@medecin.mssante.fr\r\n\
             Original-Message-ID:\r\n <77@cpts.mssante.fr>\r\nDisposition: {disposition}\r\n{more}\r\n--b--\r\n"
        )
    }

    fn said(mail: &str) -> Option<Reported> {
        read(mail).map(|report| {
            assert_eq!(report.of, "<77@cpts.mssante.fr>");
            report.said
        })
    }

    #[test]
    fn a_displayed_note_is_displayed_and_both_ways_of_saying_an_error_are_understood() {
        let shown = mdn("manual-action/MDN-sent-manually; displayed", "");
        assert_eq!(said(&shown), Some(Reported::Displayed));
        let taken = mdn("automatic-action/MDN-sent-automatically; processed", "");
        assert_eq!(said(&taken), Some(Reported::Displayed));
        let apart = mdn(
            "automatic-action/MDN-sent-automatically; processed/error",
            "Error: 902^Identifiant de patient inconnu^1.2.3",
        );
        assert_eq!(said(&apart), Some(Reported::Answered("902".to_owned())));
        let inside = mdn(
            "automatic-action/MDN-sent-automatically; processed/Error: 903^x",
            "",
        );
        assert_eq!(said(&inside), Some(Reported::Answered("903".to_owned())));
        let other = mdn(
            "automatic-action/MDN-sent-automatically; processed/error",
            "Error: 42",
        );
        assert_eq!(said(&other), Some(Reported::Answered("906".to_owned())));
        let deleted = mdn("manual-action/MDN-sent-manually; deleted", "");
        assert_eq!(said(&deleted), None, "thrown away unread is not displayed");
    }

    #[test]
    fn a_bounce_is_a_failure_and_a_letter_is_a_persons() {
        let bounce = "Subject: Undelivered Mail Returned to Sender\n\n--b\nContent-Type: message/delivery-status\n\n\
                      Final-Recipient: rfc822; a@medecin.mssante.fr\nAction: failed\nStatus: 5.2.2\n\n--b\n\
                      Content-Type: message/rfc822\n\nMessage-ID: <77@cpts.mssante.fr>\nSubject: x\n";
        assert_eq!(said(bounce), Some(Reported::Undelivered));
        let late = bounce.replace("Action: failed", "Action: delayed");
        assert_eq!(said(&late), None);
        let human =
            "In-Reply-To: <77@cpts.mssante.fr>\nSubject: Re\n\nMerci, je le revois lundi.\n";
        assert_eq!(said(human), None);
        assert_eq!(read("\u{0}\u{1}garbage"), None);
    }
}
