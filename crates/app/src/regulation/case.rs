//! One case as the regulator reads it: every question of the triage with its answer and where it leads,
//! the red flags passed over, what was written, who has it. The identity, and the other requests of the
//! same person, are a named act of their own (R6).

use super::duty::{OnDuty, on_duty};
use super::queue::waits_since;
use crate::app::{App, Inner, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::protocols::answers::{Given, GivenAnswer};
use crate::protocols::{Book, Chosen};
use crate::requests::desk::permitted;
use crate::requests::draft::RequestDraft;
use crate::shell::journal_identity;
use relais_core::access::{self, Permission};
use relais_core::ids::{NetworkId, RequestId};
use relais_core::regulation::promised;
use relais_core::time::{Duration, Instant};
use relais_core::triage::{Answer, Kind, Part, Sign, Target};
use relais_store::Tx;
use relais_store::contacts::{self, Contact};
use relais_store::patients::{self, Identity};
use relais_store::regulation::{self as store, Claim, Note, Override};
use relais_store::requests::{self, Stored};
use std::sync::Arc;

/// Most notes of one case.
const NOTES_MAX: u32 = 50;
/// How far back the other requests of the same person go.
const HISTORY_DAYS: i64 = 365;
/// Most of them.
const HISTORY_MAX: usize = 20;

/// A question of the triage and what was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The sentence read to the caller; the key when no sheet in force has it any more.
    pub question: String,
    /// Which sheet it is of.
    pub sheet: String,
    /// What was answered; none when it was not asked, which is never a no.
    pub answer: Option<Answer>,
    /// Where a yes leads.
    pub leads_to: Option<Target>,
    /// Whether this answer is why somebody must look: a yes that leads away, or a doubt.
    pub counts: bool,
}

/// A case.
#[derive(Debug, Clone)]
pub struct Case {
    /// The request.
    pub stored: Stored,
    /// Since when it waits; none when it does not any more.
    pub since: Option<Instant>,
    /// When the person must have been called back.
    pub promised: Option<Instant>,
    /// Whose desk it is on.
    pub claim: Option<Claim>,
    /// The contact that brought it.
    pub contact: Option<Contact>,
    /// The questions, in the order they are asked; empty when the caller asked its own.
    pub asked: Vec<Asked>,
    /// Version of the sheet walked, if one was.
    pub version: Option<i64>,
    /// The sheets are signed by nobody: said above them.
    pub demonstration: bool,
    /// The red flags passed over.
    pub overrides: Vec<Override>,
    /// What regulators wrote.
    pub notes: Vec<Note>,
    /// Who is on duty.
    pub on_duty: Vec<OnDuty>,
    /// When it was read.
    pub at: Instant,
    /// The directory, for names.
    pub directory: Arc<Directory>,
}

/// Another request of the same person.
#[derive(Debug, Clone)]
pub struct Earlier {
    /// It.
    pub stored: Stored,
}

impl App {
    /// A case, to a regulator of its network; whatever became of it since.
    pub async fn regulation_case(&self, who: &Who, id: RequestId) -> Result<Case, AppError> {
        let actor = who.signed_in()?;
        let at = self.now();
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::Qualify, &stored.request)?;
            let directory = inner.directory.current(tx)?;
            let network = stored.request.network;
            let book = inner.book(tx, network, at)?;
            let contact = contacts::find_raising(tx, id)?;
            let given = contact.as_ref().map(given).unwrap_or_default();
            let since = waits_since(&stored.request);
            Ok(Case {
                since,
                promised: since.map(promised),
                claim: store::find_claim(tx, id)?,
                asked: asked(&book, &given),
                version: given.version,
                demonstration: book.is_demonstration(),
                contact,
                overrides: store::list_overrides_of(tx, id)?,
                notes: store::list_notes(tx, id, NOTES_MAX)?,
                on_duty: on_duty(tx, &directory, network, at)?,
                at,
                directory,
                stored,
            })
        })
        .await
    }

    /// The pre-diagnoses regulators wrote of a request, oldest first: to the desk and to who has the
    /// patient, nobody else.
    pub async fn pre_diagnoses(&self, who: &Who, id: RequestId) -> Result<Vec<Note>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::FollowUp, &stored.request)?;
            let mut notes = store::list_notes(tx, id, NOTES_MAX)?;
            notes.retain(|note| note.kind == "pre-diagnosis");
            Ok(notes)
        })
        .await
    }

    /// The identity of a case's patient and their other requests of the last year, newest first: one
    /// look, written down before it is shown (R6).
    pub async fn open_case(
        &self,
        who: &Who,
        id: RequestId,
    ) -> Result<(Identity, Vec<Earlier>), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::Qualify, &stored.request)?;
            let access = access::identity(&actor, &stored.request).map_err(|_| AppError::Denied)?;
            let network = stored.request.network;
            journal_identity(tx, network, stored.patient, &access, &who, now)?;
            let identity = patients::open(tx, &inner.vault, stored.patient, &access)?;
            let same = patients::find_by_person(
                tx,
                &inner.vault,
                network,
                identity.birth_name.expose(),
                identity.first_names.expose(),
                identity.birth_date.expose(),
            )?;
            let since = now - Duration::hours(24 * HISTORY_DAYS);
            let mut ids = requests::list_for_patient(tx, &same, since)?;
            ids.retain(|other| *other != id);
            ids.sort_unstable();
            let mut earlier = Vec::new();
            for other in ids.into_iter().rev().take(HISTORY_MAX) {
                if let Some(stored) = requests::find(tx, other)? {
                    earlier.push(Earlier { stored });
                }
            }
            Ok((identity, earlier))
        })
        .await
    }
}

/// The answers a contact keeps.
fn given(contact: &Contact) -> Given {
    let stored = contact.triage.as_deref().map(Given::from_stored);
    let mut given = stored.unwrap_or_default();
    if given.sheet.is_none()
        && let Some((sheet, version)) = &contact.sheet
    {
        given.sheet = Some(sheet.clone());
        given.version = given.version.or(*version);
    }
    given
}

/// Every question of the trunk and of the sheet walked, with its answer; then answers to questions no
/// sheet in force has any more, by their key.
fn asked(book: &Book, given: &Given) -> Vec<Asked> {
    if given.answers.is_empty() {
        return Vec::new();
    }
    let sheet = given.sheet.as_deref().and_then(|code| book.sheet(code));
    let chosen = Some(sheet.map_or(Chosen::Uncovered, Chosen::Sheet));
    let answers = given.read(book, chosen);
    let parts = [(Part::Trunk, book.trunk()), (Part::Sheet, sheet)];
    let mut found = Vec::new();
    for (part, version) in parts {
        let Some(version) = version else { continue };
        for (index, question) in version.sheet.questions.iter().enumerate() {
            let answer = answers.get(Sign { part, index });
            if answer.is_none() && question.kind == Kind::Note {
                continue;
            }
            let leads_to = version.plan.asks.get(index).and_then(|ask| ask.on_yes());
            let counts = match answer {
                Some(Answer::Yes) => leads_to.is_some(),
                Some(Answer::Unknown) => question.kind != Kind::Note,
                Some(Answer::No) => question.kind == Kind::Inclusion,
                None => false,
            };
            found.push(Asked {
                question: question.text.clone(),
                sheet: version.sheet.title.clone(),
                answer,
                leads_to,
                counts,
            });
        }
    }
    let lost = |one: &&GivenAnswer| book.sign(chosen, &one.question).is_none();
    found.extend(given.answers.iter().filter(lost).map(|one| Asked {
        question: one.question.clone(),
        sheet: given.sheet.clone().unwrap_or_default(),
        answer: Answer::from_code(&one.answer),
        leads_to: None,
        counts: one.answer != Answer::No.code(),
    }));
    found
}

/// The answers of a draft as its contact keeps them: those to questions the network's sheets have, with
/// the versions. Anything else a program sent is left out, since it could say who the patient is (R6).
pub(crate) fn kept(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    draft: &RequestDraft,
    now: Instant,
) -> Result<Option<String>, AppError> {
    let Some(triage) = draft.triage.as_ref().filter(|t| !t.answers.is_empty()) else {
        return Ok(None);
    };
    let book = inner.book(tx, network, now)?;
    let sheet = triage.sheet.as_deref().and_then(|code| book.sheet(code));
    let chosen = Some(sheet.map_or(Chosen::Uncovered, Chosen::Sheet));
    let read = |value: &serde_json::Value| serde_json::from_value(value.clone()).ok();
    let given = Given {
        answers: triage.answers.iter().filter_map(read).collect(),
        ..Given::default()
    };
    let known = Given::write(&book, chosen, &given.read(&book, chosen));
    known.stored().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given_of(sheet: Option<&str>, answers: &[(&str, &str)]) -> Given {
        let answers = answers.iter().map(|(question, answer)| GivenAnswer {
            question: (*question).to_owned(),
            answer: (*answer).to_owned(),
        });
        Given {
            sheet: sheet.map(str::to_owned),
            answers: answers.collect(),
            ..Given::default()
        }
    }

    #[test]
    fn every_question_is_shown_and_one_not_asked_is_no_no() {
        let book = Book::demonstration();
        let trunk = &book.trunk().expect("a trunk").sheet;
        let shown = asked(
            &book,
            &given_of(Some("GORGE"), &[("tronc-1", "no"), ("tronc-2", "unknown")]),
        );
        let of_trunk: Vec<_> = shown.iter().filter(|a| a.sheet == trunk.title).collect();
        assert_eq!(of_trunk.len(), trunk.red_flags().count());
        assert_eq!(of_trunk[0].answer, Some(Answer::No));
        assert!(!of_trunk[0].counts && of_trunk[1].counts);
        assert_eq!(of_trunk[2].answer, None, "not asked");
        let throat = &book.sheet("GORGE").expect("a sheet").sheet;
        assert!(shown.iter().any(|a| a.sheet == throat.title));
        let first = &trunk.questions[0];
        assert_eq!(of_trunk[0].question, first.text, "the whole sentence");
    }

    #[test]
    fn an_answer_to_a_question_that_is_gone_is_still_shown() {
        let book = Book::demonstration();
        let shown = asked(&book, &given_of(None, &[("ancienne-4", "unknown")]));
        let last = shown.last().expect("shown");
        assert_eq!((last.question.as_str(), last.counts), ("ancienne-4", true));
        assert_eq!(asked(&book, &given_of(None, &[])), Vec::new());
    }
}
