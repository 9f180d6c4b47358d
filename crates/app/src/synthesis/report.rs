//! What a mail that came back says of a note (RFC 8098 and 3464, and the subjects of those who send
//! neither): displayed, refused by the reader's software, not delivered.
//!
//! Owns how it is read and what it changes. Refuses to take a human letter for a report: only the
//! machine-readable part of a mail is one.

use super::NOTE;
use super::state::NoteState;
use crate::app::{App, Who};
use crate::bus::Change;
use crate::error::AppError;
use crate::journal;
use mail_parser::{Message as Mail, MessageParser, MimeHeaders as _, PartType};
use relais_core::ids::{NetworkId, RequestId};
use relais_core::time::Instant;
use relais_store::requests::{self, Stored};
use relais_store::{Tx, messages, syntheses};
use serde_json::json;

/// Largest mail read, bytes: a report that carries a whole note back fits.
pub const REPORT_MAX: usize = 25_000_000;
/// Most names of an earlier mail looked at.
const NAMES_MAX: usize = 20;

/// What a mail said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reported {
    /// The note was displayed.
    Displayed,
    /// The reader's software refused it with this code.
    Answered(String),
    /// It could not be delivered.
    Undelivered,
    /// It is about a note of ours, and nothing is to be done: on its way, thrown away unread.
    Nothing,
    /// It is about no note of ours, or says nothing that a program understands: a person reads it.
    Unknown,
}

/// What a mail says, and of which earlier mails it may speak, the surest name first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    of: Vec<String>,
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
        let report = read(mail);
        let now = self.now();
        self.write(move |_, tx| Ok(take(tx, &report, "command", now)?.0))
            .await
    }
}

/// Applies a report to the message it is about; answers what it said, and of which request it
/// speaks when it answers a note of ours.
pub(super) fn take(
    tx: &mut Tx<'_>,
    report: &Report,
    source: &'static str,
    now: Instant,
) -> Result<(Reported, Option<(NetworkId, RequestId)>), AppError> {
    let mut found = None;
    for name in &report.of {
        // Providers of tests give plain references; a server always gives the brackets.
        let plain = name.trim_matches(['<', '>']);
        for name in [format!("<{plain}>"), plain.to_owned()] {
            if found.is_none() {
                let message = syntheses::find_message(tx, &name)?;
                found = message.map(|message| (message, name));
            }
        }
    }
    let Some((message, reference)) = found else {
        return Ok((Reported::Unknown, None));
    };
    let carrying = messages::get(tx, message)?;
    let about = carrying.request.map(|request| (carrying.network, request));
    let before = match syntheses::find_of_message(tx, message)? {
        Some((request, version)) => state(tx, request, version)?,
        None => None,
    };
    match &report.said {
        Reported::Displayed => {
            syntheses::mark_displayed(tx, &reference, now)?;
        }
        Reported::Answered(code) => {
            syntheses::mark_answered(tx, &reference, code)?;
        }
        Reported::Undelivered => {
            // Displayed, then returned by an automatic rule: it was read.
            if !matches!(before, Some(NoteState::Displayed { .. })) {
                messages::mark_failed(tx, message, "bounced", now)?;
            }
        }
        Reported::Nothing | Reported::Unknown => return Ok((report.said.clone(), about)),
    }
    if carrying.kind == NOTE
        && let Some((request, version)) = syntheses::find_of_message(tx, message)?
    {
        let after = state(tx, request, version)?;
        if let Some(after) = after.filter(|after| Some(after) != before.as_ref()) {
            let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
            told(tx, &stored, &after, source, now)?;
        }
    }
    Ok((report.said.clone(), about))
}

fn state(tx: &mut Tx<'_>, request: RequestId, version: u32) -> Result<Option<NoteState>, AppError> {
    let mut versions = syntheses::list(tx, request)?.into_iter();
    let facts = versions.find(|facts| facts.version == version);
    Ok(facts.map(|facts| NoteState::of(&facts)))
}

/// Writes to the journal what became of a note, and wakes the pages that show it.
fn told(
    tx: &mut Tx<'_>,
    stored: &Stored,
    state: &NoteState,
    source: &'static str,
    now: Instant,
) -> Result<(), AppError> {
    let request = &stored.request;
    let act = format!("note.{}", state.code());
    let body =
        json!({ "say": "Nouvelles de la note au médecin traitant", "more": state.sentence(false) });
    let about = Some((request, stored.patient));
    let network = Some(request.network);
    let who = Who::platform(source);
    journal::act(tx, network, &act, about, None, &body, &who, now)?;
    let change = Change {
        network: request.network,
        request: Some(request.id),
        professionals: Some(request.engaged().into_iter().collect()),
        alert: None,
    };
    Ok(tx.notify(change.encode())?)
}

/// Reads a mail.
pub(super) fn read(raw: &[u8]) -> Report {
    let Some(mail) = MessageParser::default().parse(raw) else {
        return Report {
            of: Vec::new(),
            said: Reported::Unknown,
        };
    };
    let mut of = Vec::new();
    let said = in_parts(&mail, &mut of).or_else(|| in_subject(&mail));
    let named = [mail.in_reply_to(), mail.references()];
    for header in named {
        let one = header.as_text().map(str::to_owned);
        let many = header.as_text_list().unwrap_or_default().iter();
        of.extend(one);
        of.extend(many.map(|name| name.to_string()));
    }
    of.truncate(NAMES_MAX);
    Report {
        of,
        said: said.unwrap_or(Reported::Unknown),
    }
}

/// What the machine-readable part says; the names it gives are put first.
fn in_parts(mail: &Mail<'_>, of: &mut Vec<String>) -> Option<Reported> {
    let mut said = None;
    let mut returned = Vec::new();
    for part in &mail.parts {
        let kind = part.content_type().map_or(String::new(), |kind| {
            let sub = kind.subtype().unwrap_or_default();
            format!("{}/{sub}", kind.ctype()).to_ascii_lowercase()
        });
        let fields = Fields::of(part.contents());
        match kind.as_str() {
            "message/disposition-notification" => {
                said = disposition(&fields);
                of.extend(fields.get("Original-Message-ID"));
            }
            "message/delivery-status" => {
                let action = fields.get("Action").unwrap_or_default();
                let failed = action.eq_ignore_ascii_case("failed");
                said = Some(if failed {
                    Reported::Undelivered
                } else {
                    Reported::Nothing
                });
            }
            "text/rfc822-headers" => returned.extend(fields.get("Message-ID")),
            _ => {
                if let PartType::Message(inner) = &part.body {
                    returned.extend(inner.message_id().map(str::to_owned));
                }
            }
        }
    }
    // Of a mail that was only forwarded, nothing is said.
    if said.is_some() {
        of.extend(returned);
    }
    said
}

fn disposition(fields: &Fields) -> Option<Reported> {
    let disposition = fields.get("Disposition")?.to_ascii_lowercase();
    let (_, kind) = disposition.split_once(';')?;
    let kind = kind.trim();
    // Older senders put the code inside the disposition itself.
    let inside = kind.split_once("error:").and_then(|(_, rest)| code(rest));
    let apart = fields.get("Error").and_then(|text| code(&text));
    Some(match inside.or(apart) {
        Some(code) => Reported::Answered(code),
        None if kind.contains("error") || kind.starts_with("failed") => {
            Reported::Answered("906".to_owned())
        }
        None if kind.starts_with("displayed") || kind.starts_with("processed") => {
            Reported::Displayed
        }
        None => Reported::Nothing,
    })
}

/// `[KO Intégration système !][902] XDM/1.0/DDM+…`: from those who send no report.
fn in_subject(mail: &Mail<'_>) -> Option<Reported> {
    let (_, rest) = mail.subject()?.split_once("[KO ")?;
    let (_, rest) = rest.split_once("][")?;
    let code = code(rest).unwrap_or_else(|| "906".to_owned());
    Some(Reported::Answered(code))
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

/// The fields of a machine-readable part, unfolded.
struct Fields(String);

impl Fields {
    fn of(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
        Self(text.replace("\n ", " ").replace("\n\t", " "))
    }

    fn get(&self, name: &str) -> Option<String> {
        self.0.lines().find_map(|line| {
            let (known, value) = line.split_once(':')?;
            let theirs = known.trim().eq_ignore_ascii_case(name);
            theirs.then(|| value.trim().to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "<77@cpts.mssante.fr>";

    fn mdn(disposition: &str, more: &str) -> String {
        format!(
            "From: a@medecin.mssante.fr\r\nSubject: Lu\r\nContent-Type: multipart/report; \
             report-type=disposition-notification; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nLu.\r\n\
             --b\r\nContent-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822;a@medecin.mssante.fr\r\n\
             Original-Message-ID:\r\n {OURS}\r\nDisposition: {disposition}\r\n{more}\r\n--b--\r\n"
        )
    }

    fn said(mail: &str) -> Reported {
        let report = read(mail.as_bytes());
        let plain: Vec<_> = report
            .of
            .iter()
            .map(|n| n.trim_matches(['<', '>']))
            .collect();
        assert!(plain.contains(&OURS.trim_matches(['<', '>'])), "{plain:?}");
        report.said
    }

    #[test]
    fn a_displayed_note_is_displayed_and_both_ways_of_saying_an_error_are_understood() {
        let answered = |code: &str| Reported::Answered(code.to_owned());
        for (disposition, more, expected) in [
            (
                "manual-action/MDN-sent-manually; displayed",
                "",
                Reported::Displayed,
            ),
            (
                "automatic-action/MDN-sent-automatically; processed",
                "",
                Reported::Displayed,
            ),
            (
                "automatic-action/MDN-sent-automatically; processed/error",
                "Error: 902^Identifiant de patient inconnu^1.2.3",
                answered("902"),
            ),
            (
                "automatic-action/MDN-sent-automatically; processed/Error: 903^x",
                "",
                answered("903"),
            ),
            (
                "automatic-action/MDN-sent-automatically; processed/error",
                "Error: 42",
                answered("906"),
            ),
            (
                "automatic-action/MDN-sent-automatically; failed",
                "",
                answered("906"),
            ),
            (
                "manual-action/MDN-sent-manually; deleted",
                "",
                Reported::Nothing,
            ),
        ] {
            assert_eq!(said(&mdn(disposition, more)), expected, "{disposition}");
        }
    }

    #[test]
    fn a_bounce_is_a_failure_a_delay_is_nothing_and_a_letter_is_a_persons() {
        let bounce = "Subject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; boundary=b\n\n--b\n\
                      Content-Type: message/delivery-status\n\n\
                      Final-Recipient: rfc822; a@medecin.mssante.fr\nAction: failed\nStatus: 5.2.2\n\n--b\n\
                      Content-Type: message/rfc822\n\nMessage-ID: <77@cpts.mssante.fr>\nSubject: x\n\nx\n--b--\n";
        assert_eq!(said(bounce), Reported::Undelivered);
        let headers = bounce.replace("message/rfc822", "text/rfc822-headers");
        assert_eq!(said(&headers), Reported::Undelivered);
        let late = bounce.replace("Action: failed", "Action: delayed");
        assert_eq!(said(&late), Reported::Nothing);
        let human = "In-Reply-To: <77@cpts.mssante.fr>\nSubject: Re\n\nMerci, je le revois lundi.\n\
                     Disposition: x; displayed\n";
        assert_eq!(said(human), Reported::Unknown, "quoted, not reported");
        assert_eq!(read(b"\0\x01garbage").said, Reported::Unknown);
    }

    #[test]
    fn an_error_in_the_subject_is_read_whatever_its_encoding() {
        let subjects = [
            "[KO Integration systeme !][902] XDM/1.0/DDM+CR",
            "=?UTF-8?Q?[KO_Int=C3=A9gration_syst=C3=A8me_!][902]_XDM/1.0/DDM+CR?=",
            "=?UTF-8?B?W0tPIEludMOpZ3JhdGlvbiBzeXN0w6htZSAhXVs5MDJdIFhETS8xLjAvRERNK0NS?=",
        ];
        for subject in subjects {
            let mail =
                format!("In-Reply-To: {OURS}\nReferences: {OURS}\nSubject: {subject}\n\nKO\n");
            assert_eq!(
                said(&mail),
                Reported::Answered("902".to_owned()),
                "{subject}"
            );
        }
    }
}
