//! What people see of notes: the professional who signed, the desk, the usual doctor, the
//! coordinator. Each opening of what a note says is an act in the journal.

use super::compose::doctor;
use super::state::{NoteState, Step, steps};
use super::written::{Content, NoteDraft};
use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::permitted;
use relais_core::access::{self, IdentityAccess, Permission, Role};
use relais_core::ids::RequestId;
use relais_core::time::{Duration, Instant};
use relais_core::wishes::Wish;
use relais_store::requests::{self, Stored};
use relais_store::syntheses::{self, Fate, SynthesisFacts};
use relais_store::{Tx, patient_wishes, patients};

/// Most notes of one list.
const LIST_MAX: u32 = 200;
/// How far back the coordinator's list goes.
const LISTED_FOR: Duration = Duration::hours(24 * 90);
/// A note that the operator did not take after this long is somebody's business.
const LATE: Duration = Duration::minutes(30);

/// The note of a request, as its author and the desk see it: never what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Version shown, from 1.
    pub version: u32,
    /// When it was signed.
    pub signed_at: Instant,
    /// Where it stands.
    pub state: NoteState,
    /// The sentence of the state.
    pub sentence: String,
    /// What to do about it, when there is something.
    pub next: Option<&'static str>,
    /// The way by secure mail.
    pub steps: Vec<Step>,
    /// The usual doctor reads it in the application.
    pub in_application: bool,
    /// When they did.
    pub read_at: Option<Instant>,
    /// Mailboxes it can be sent to again.
    pub mailboxes: Vec<String>,
    /// This person may correct it.
    pub may_correct: bool,
}

/// A note a usual doctor reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteOfDoctor {
    /// Its parts: title and text.
    pub parts: Vec<(&'static str, String)>,
    /// Version, from 1.
    pub version: u32,
    /// When it was signed.
    pub signed_at: Instant,
    /// By whom.
    pub author: String,
    /// Whose patient: surname, first names.
    pub patient: String,
    /// Their birth date, ISO.
    pub birth_date: String,
    /// Short number of the request.
    pub reference: String,
}

/// A note that reached nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// Of which request.
    pub request: RequestId,
    /// Its short number.
    pub reference: String,
    /// When it was signed.
    pub signed_at: Instant,
    /// By whom.
    pub author: String,
    /// Where it stands.
    pub state: NoteState,
    /// The sentence of the state.
    pub sentence: String,
    /// What to do.
    pub next: Option<&'static str>,
}

pub(super) fn content(bytes: &[u8]) -> Result<Content, AppError> {
    serde_json::from_slice(bytes).map_err(|error| AppError::Bug(format!("note: {error}")))
}

impl App {
    /// The note of a request, to its author, the desk or the coordinator; none when nothing was
    /// signed.
    ///
    /// # Errors
    /// The request does not exist for this actor.
    pub async fn note_of(&self, who: &Who, id: RequestId) -> Result<Option<Note>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            let may_correct = access::note_author(&actor, &stored.request).is_ok();
            if !may_correct && !access::may(&actor, Permission::SeeInside, &stored.request) {
                return Ok(None);
            }
            let Some(facts) = syntheses::list(tx, id)?.pop() else {
                return Ok(None);
            };
            let state = NoteState::of(&facts);
            let directory = inner.directory.current(tx)?;
            let mailboxes = match (&state, stored.request.engaged()) {
                (NoteState::Failed { .. }, Some(author)) => {
                    doctor(inner, tx, &directory, &stored, author)?
                        .map_or(Vec::new(), |d| d.mailboxes)
                }
                _ => Vec::new(),
            };
            let other = mailboxes
                .iter()
                .any(|one| Some(one) != facts.mailbox.as_ref());
            let in_application = facts.doctor.is_some();
            Ok(Some(Note {
                version: facts.version,
                signed_at: facts.validated_at,
                sentence: state.sentence(in_application),
                next: state.next_step(other, in_application),
                state,
                steps: steps(&facts),
                in_application,
                read_at: facts.read_at,
                mailboxes,
                may_correct,
            }))
        })
        .await
    }

    /// What was signed last, to the professional who signs: to correct it.
    ///
    /// # Errors
    /// Anybody else; nothing signed.
    pub async fn note_signed(&self, who: &Who, id: RequestId) -> Result<NoteDraft, AppError> {
        let (stored, facts, opened) = self.open_note(who, id).await?;
        let _read = (stored, facts);
        let content = content(&opened.content)?;
        Ok(NoteDraft {
            diagnosis: content.said.diagnosis,
            done: content.said.done,
            examinations: content.said.examinations,
            to_do: content.said.to_do,
            consent: content.consent,
        })
    }

    /// The PDF of what was signed last, to the professional who signs: to print it.
    ///
    /// # Errors
    /// Anybody else; nothing signed.
    pub async fn note_pdf(&self, who: &Who, id: RequestId) -> Result<Vec<u8>, AppError> {
        let (_, _, opened) = self.open_note(who, id).await?;
        Ok(opened.pdf.to_vec())
    }

    async fn open_note(
        &self,
        who: &Who,
        id: RequestId,
    ) -> Result<(Stored, SynthesisFacts, syntheses::Opened), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            let Ok(access) = access::note_author(&actor, &stored.request) else {
                permitted(&actor, Permission::See, &stored.request)?;
                return Err(AppError::Denied);
            };
            let facts = syntheses::list(tx, id)?.pop().ok_or(AppError::NotFound)?;
            look(tx, &stored, &access, &who, now)?;
            let opened = syntheses::open(tx, &inner.vault, id, facts.version, &access)?;
            Ok((stored, facts, opened))
        })
        .await
    }

    /// A note, to the usual doctor it was written to, who is a member; the first look is kept.
    ///
    /// # Errors
    /// Anybody else, or a note whose patient took their consent back, is not found.
    pub async fn read_note(&self, who: &Who, id: RequestId) -> Result<NoteOfDoctor, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            let facts = syntheses::list(tx, id)?.pop().ok_or(AppError::NotFound)?;
            let agreed = !matches!(facts.fate, Fate::Withdrawn | Fate::NoConsent)
                && !patient_wishes::of_patient(tx, stored.patient)?.has(Wish::NoNotes);
            let doctor = facts.doctor.filter(|_| agreed).ok_or(AppError::NotFound)?;
            let access = access::note_reader(&actor, &stored.request, doctor)
                .map_err(|_| AppError::NotFound)?;
            look(tx, &stored, &access, &who, now)?;
            let opened = syntheses::open(tx, &inner.vault, id, facts.version, &access)?;
            let identity = patients::open(tx, &inner.vault, stored.patient, &access)?;
            syntheses::mark_read(tx, id, facts.version, now)?;
            let directory = inner.directory.current(tx)?;
            let said = content(&opened.content)?.said;
            let parts = said.titled().into_iter();
            let parts = parts.filter(|(_, text)| !text.is_empty());
            Ok(NoteOfDoctor {
                parts: parts
                    .map(|(title, text)| (title, text.to_owned()))
                    .collect(),
                version: facts.version,
                signed_at: facts.validated_at,
                author: directory.user_name(facts.author).unwrap_or_default(),
                patient: format!(
                    "{} {}",
                    identity.birth_name.expose(),
                    identity.first_names.expose()
                ),
                birth_date: identity.birth_date.expose().to_owned(),
                reference: stored.code.clone(),
            })
        })
        .await
    }

    /// Notes of a network that reached nobody, oldest first, to its coordinator and its desk.
    ///
    /// # Errors
    /// Anybody else.
    pub async fn undelivered_notes(&self, who: &Who) -> Result<Vec<Undelivered>, AppError> {
        let actor = who.signed_in()?;
        if !matches!(
            actor.role,
            Role::Coordinator | Role::Operator | Role::Regulator
        ) {
            return Err(AppError::Denied);
        }
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let (since, late) = (now - LISTED_FOR, now - LATE);
            let rows = syntheses::list_undelivered(tx, actor.network, since, late, LIST_MAX)?;
            let mut listed = Vec::with_capacity(rows.len());
            for facts in rows {
                let Some(stored) = requests::find(tx, facts.request)? else {
                    continue;
                };
                let state = NoteState::of(&facts);
                listed.push(Undelivered {
                    request: facts.request,
                    reference: stored.code,
                    signed_at: facts.validated_at,
                    author: directory.user_name(facts.author).unwrap_or_default(),
                    sentence: state.sentence(facts.doctor.is_some()),
                    next: state.next_step(false, facts.doctor.is_some()),
                    state,
                });
            }
            Ok(listed)
        })
        .await
    }
}

/// Writes a look at a note down.
fn look(
    tx: &mut Tx<'_>,
    stored: &Stored,
    access: &IdentityAccess,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    journal::identity(tx, stored.request.network, stored.patient, access, who, now)
}
