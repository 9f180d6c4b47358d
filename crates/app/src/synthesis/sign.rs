//! Signing a note, correcting it, taking consent back, sending it again.

use super::compose::{Doctor, Parts, compose, doctor};
use super::state::NoteState;
use super::{FIELD_MAX, NOTE, TOLD};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::chance;
use crate::directory::Directory;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::outbox::{Body, first_rung};
use crate::patients::ins;
use crate::requests::desk::permitted;
use crate::shell::journal_identity;
use crate::text::note;
use relais_core::access::{self, Actor, IdentityAccess, Permission};
use relais_core::delivery::MessageStatus;
use relais_core::ids::{MessageId, RequestId};
use relais_core::time::{Duration, Instant};
use relais_core::wishes::Wish;
use relais_documents::{Built, Version, build, correction_sentence, print};
use relais_gateways::Channel;
use relais_store::messages::{self, Audience, Message};
use relais_store::requests::{self, Stored};
use relais_store::syntheses::{self, Fate, NewSynthesis, SynthesisFacts};
use relais_store::{Tx, patient_wishes, patients};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How long an operator that does not take a note is asked again (R8): a day, and an hour for the
/// day of a clock change.
const TRIED_FOR: Duration = Duration::hours(25);

/// A note as somebody wrote it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoteDraft {
    /// Diagnosis, or the motive retained.
    pub diagnosis: String,
    /// What was done and prescribed.
    pub done: String,
    /// Examinations made or asked for.
    pub examinations: String,
    /// What remains to be done, and by whom.
    pub to_do: String,
    /// The patient agrees that the usual doctor has it.
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
    fn checked(&self) -> Result<Said, AppError> {
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

impl App {
    /// Signs a note, or a correction of the one signed before: kept, and sent to the usual doctor
    /// when the patient agrees. The same text and consent again change nothing.
    ///
    /// # Errors
    /// Not the professional who has the patient; fields; `note-leaving` while the version before is
    /// in an operator's hands.
    pub async fn sign_note(
        &self,
        who: &Who,
        id: RequestId,
        draft: NoteDraft,
    ) -> Result<NoteState, AppError> {
        let actor = who.signed_in()?;
        let said = draft.checked()?;
        let (now, who) = (self.now(), who.clone());
        let state = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, id)?;
                let Ok(access) = access::note_author(&actor, &stored.request) else {
                    permitted(&actor, Permission::See, &stored.request)?;
                    return Err(AppError::Denied);
                };
                let directory = inner.directory.current(tx)?;
                let signing = Signing {
                    inner,
                    directory: &directory,
                    stored: &stored,
                    access: &access,
                    who: &who,
                    now,
                };
                signing.sign(tx, &said, draft.consent)
            })
            .await?;
        self.wake();
        Ok(state)
    }

    /// The patient takes their consent back: what did not leave does not, and nobody reads it in the
    /// application any more.
    ///
    /// # Errors
    /// `note-sent` when the operator has it: it cannot be called back.
    pub async fn withdraw_note(&self, who: &Who, id: RequestId) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let stored = requests::get_for_update(tx, id)?;
            permitted_to_steer(&actor, &stored)?;
            let versions = syntheses::list(tx, id)?;
            let last = versions.last().ok_or(AppError::NotFound)?;
            let message = last.message.filter(|_| last.fate == Fate::Sent);
            if let Some(message) = message
                && !syntheses::stop_message(tx, message)?
                && !matches!(NoteState::of(last), NoteState::Failed { .. })
            {
                return Err(sent_already(last));
            }
            for version in &versions {
                if version.fate != Fate::Sent || version.version == last.version {
                    syntheses::set_fate(tx, id, version.version, Fate::Withdrawn)?;
                }
            }
            told(
                tx,
                &stored,
                &who,
                now,
                "note.withdrawn",
                "Accord repris par le patient",
            )
        })
        .await
    }

    /// Sends the last version again after it failed, to one of the mailboxes the directory knows.
    ///
    /// # Errors
    /// `note-not-failed` unless it failed; an address that is not the doctor's.
    pub async fn resend_note(
        &self,
        who: &Who,
        id: RequestId,
        mailbox: String,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::get_for_update(tx, id)?;
            permitted_to_steer(&actor, &stored)?;
            let last = syntheses::list(tx, id)?.pop().ok_or(AppError::NotFound)?;
            let failed = matches!(NoteState::of(&last), NoteState::Failed { .. });
            let earlier = last.message.filter(|_| failed).ok_or_else(|| {
                let detail = "Cette note n’est pas en échec\u{a0}: rien n’est à renvoyer.";
                AppError::problem("note-not-failed", 409, detail)
            })?;
            let directory = inner.directory.current(tx)?;
            let author = stored.request.engaged().ok_or(AppError::NotFound)?;
            let doctor = doctor(inner, tx, &directory, &stored, author)?;
            let doctor = doctor.filter(|d| d.mailboxes.contains(&mailbox));
            let doctor = doctor.ok_or_else(|| {
                let detail = "Choisissez une des adresses de l’annuaire.";
                AppError::invalid("/mailbox", detail)
            })?;
            let key = format!("{NOTE}:{id}:{}:after:{earlier}", last.version);
            let message = message(&stored, key, NOTE, &doctor, &mailbox, now);
            if messages::insert(tx, &message)? {
                syntheses::resend(tx, id, last.version, message.id)?;
            }
            told(
                tx,
                &stored,
                &who,
                now,
                "note.resent",
                "Note de synthèse renvoyée",
            )
        })
        .await?;
        self.wake();
        Ok(())
    }
}

fn permitted_to_steer(actor: &Actor, stored: &Stored) -> Result<(), AppError> {
    let author = access::note_author(actor, &stored.request).is_ok();
    if author || access::may(actor, Permission::SeeInside, &stored.request) {
        return Ok(());
    }
    permitted(actor, Permission::SeeInside, &stored.request)
}

fn sent_already(last: &SynthesisFacts) -> AppError {
    match last.status {
        Some(MessageStatus::Sending) => leaving(),
        _ => AppError::problem(
            "note-sent",
            409,
            "La note est déjà partie\u{a0}: elle ne peut plus être rappelée. Prévenez le médecin traitant.",
        ),
    }
}

fn leaving() -> AppError {
    AppError::problem(
        "note-leaving",
        409,
        "La note précédente est en train de partir\u{a0}: réessayez dans une minute.",
    )
}

struct Signing<'s> {
    inner: &'s Inner,
    directory: &'s Directory,
    stored: &'s Stored,
    access: &'s IdentityAccess,
    who: &'s Who,
    now: Instant,
}

impl Signing<'_> {
    fn sign(&self, tx: &mut Tx<'_>, said: &Said, consent: bool) -> Result<NoteState, AppError> {
        let (inner, stored, request) = (self.inner, self.stored, &self.stored.request);
        let versions = syntheses::list(tx, request.id)?;
        let last = versions.last();
        if let Some(last) = last
            && self.unchanged(tx, last, said, consent)?
        {
            return Ok(NoteState::of(last));
        }
        let author = request.engaged().and_then(|id| self.directory.person(id));
        let author = author.ok_or(AppError::Denied)?;
        let doctor = doctor(inner, tx, self.directory, stored, author.member.id)?;
        let earlier = self.take_back(tx, last)?;
        let left = versions.iter().rev();
        let left = left
            .clone()
            .find(|v| v.sent_at.is_some() && v.provider_ref.is_some());
        let number = last.map_or(1, |last| last.version + 1);
        let bits = |version: u32| request.id.bits().wrapping_add(u128::from(version));
        let version = Version {
            note: request.id.bits(),
            this: bits(number),
            number,
            replaces: left.map(|left| bits(left.version)),
        };
        let plain = patients::find_plain(tx, stored.patient)?.ok_or(AppError::NotFound)?;
        let identity = patients::open(tx, &inner.vault, stored.patient, self.access)?;
        journal_identity(
            tx,
            request.network,
            stored.patient,
            self.access,
            self.who,
            self.now,
        )?;
        let parts = Parts {
            stored,
            plain: &plain,
            identity: &identity,
            traits: ins::traits(inner, tx, stored.patient, self.access)?,
            author,
            doctor: doctor.as_ref(),
            directory: self.directory,
            said,
            version,
            now: self.now,
        };
        let mailbox = doctor.as_ref().and_then(|d| d.mailboxes.first());
        // An opposition is stronger than a box ticked out of habit (R6).
        let opposed = patient_wishes::of_patient(tx, stored.patient)?.has(Wish::NoNotes);
        let consent = consent && !opposed;
        let fate = match (&inner.outside.sender, &doctor, mailbox) {
            _ if !consent => Fate::NoConsent,
            (_, None, _) => Fate::NoDoctor,
            (None, _, _) => Fate::Off,
            (_, _, None) => Fate::NoMailbox,
            (Some(_), Some(_), Some(_)) => Fate::Sent,
        };
        let fictitious = super::Sender::fictitious();
        let sender = inner.outside.sender.as_ref().unwrap_or(&fictitious);
        let written = compose(&parts, sender)?;
        let (pdf, built) = if fate == Fate::Sent {
            let built = build(&written)?;
            (built.pdf.clone(), Some(built))
        } else {
            (print(&written)?, None)
        };
        let content = self.content(said, consent, &doctor, built.as_ref(), left)?;
        let message = match (&doctor, mailbox) {
            (Some(doctor), Some(mailbox)) if fate == Fate::Sent => {
                let key = format!("{NOTE}:{}:{number}", request.id);
                let message = message(stored, key, NOTE, doctor, mailbox, self.now);
                messages::insert(tx, &message)?;
                Some(message.id)
            }
            _ => None,
        };
        let member = doctor.as_ref().and_then(|d| d.member).filter(|_| consent);
        let archive = built.as_ref().map_or(&[][..], |b| b.archive.as_slice());
        let new = NewSynthesis {
            request: request.id,
            version: number,
            network: request.network,
            patient: stored.patient,
            author: self.who.signed_in()?.user,
            validated_at: self.now,
            content: &content,
            pdf: &pdf,
            archive,
            digest: &digest(archive),
            doctor: member,
            fate,
            message,
        };
        syntheses::insert(tx, &inner.vault, &new)?;
        if let Some(earlier) = earlier {
            syntheses::set_fate(tx, request.id, earlier, Fate::Replaced)?;
        }
        if let Some(member) = member {
            self.tell(tx, member, number)?;
        }
        let say = if number == 1 {
            "Note de synthèse validée"
        } else {
            "Note de synthèse corrigée"
        };
        told(tx, stored, self.who, self.now, "note.signed", say)?;
        let kept = syntheses::list(tx, request.id)?.pop();
        Ok(NoteState::of(&kept.ok_or(AppError::NotFound)?))
    }

    /// Signed twice by a double click, or to send it anew where nothing changed.
    fn unchanged(
        &self,
        tx: &mut Tx<'_>,
        last: &SynthesisFacts,
        said: &Said,
        consent: bool,
    ) -> Result<bool, AppError> {
        // Where it went nowhere it may go now; not in the minute of a double click.
        let asleep = !matches!(last.fate, Fate::Sent | Fate::NoConsent);
        if asleep && self.now.since(last.validated_at) >= Duration::minutes(1) {
            return Ok(false);
        }
        let id = self.stored.request.id;
        let opened = syntheses::open(tx, &self.inner.vault, id, last.version, self.access)?;
        let content: Content = super::read::content(&opened.content)?;
        Ok(content.said == *said && content.consent == consent)
    }

    /// Stops the version before when it has not left; answers its number if so.
    fn take_back(
        &self,
        tx: &mut Tx<'_>,
        last: Option<&SynthesisFacts>,
    ) -> Result<Option<u32>, AppError> {
        let Some(last) = last.filter(|last| last.fate == Fate::Sent) else {
            return Ok(None);
        };
        match (last.status, last.message) {
            (Some(MessageStatus::Sending), _) => Err(leaving()),
            (Some(MessageStatus::Queued), Some(message)) => {
                if syntheses::stop_message(tx, message)? {
                    Ok(Some(last.version))
                } else {
                    Err(leaving())
                }
            }
            _ => Ok(None),
        }
    }

    fn content(
        &self,
        said: &Said,
        consent: bool,
        doctor: &Option<Doctor>,
        built: Option<&Built>,
        left: Option<&SynthesisFacts>,
    ) -> Result<Vec<u8>, AppError> {
        let entry = self.directory.network(self.stored.request.network)?;
        let author = self.stored.request.engaged();
        let author = author.and_then(|id| self.directory.person(id));
        let author = author
            .map(|person| person.display_name())
            .unwrap_or_default();
        let correction = match (left, built) {
            (Some(left), Some(built)) => {
                let sent = left.sent_at.unwrap_or(left.validated_at);
                let sent = sent.timestamp().to_zoned(entry.calendar.zone.clone());
                let sent = sent.strftime("%d/%m/%Y à %H:%M").to_string();
                let subject = built
                    .mail
                    .subject
                    .trim_start_matches("[Annule et remplace] ");
                Some(correction_sentence(&sent, subject))
            }
            _ => None,
        };
        let phone = crate::phone::national(&entry.network.phone);
        let mail = built.map(|built| &built.mail);
        let content = Content {
            said: said.clone(),
            consent,
            doctor: doctor.as_ref().map(Doctor::said),
            subject: mail.map(|m| m.subject.clone()).unwrap_or_default(),
            pdf_name: mail.map(|m| m.pdf_name.clone()).unwrap_or_default(),
            code: mail.map(|m| m.code.to_owned()).unwrap_or_default(),
            qualified: mail.is_some_and(|m| m.qualified),
            text: note::mail(&author, &entry.network.name, &phone, correction.as_deref()),
            answers: left.and_then(|left| left.provider_ref.clone()),
        };
        serde_json::to_vec(&content).map_err(|error| AppError::Bug(format!("note: {error}")))
    }

    /// Tells a member, without identity, that there is something to read.
    fn tell(
        &self,
        tx: &mut Tx<'_>,
        doctor: relais_core::ids::ProfessionalId,
        version: u32,
    ) -> Result<(), AppError> {
        let request = &self.stored.request;
        let entry = self.directory.network(request.network)?;
        let Some(person) = self.directory.person(doctor) else {
            return Ok(());
        };
        let Some((channel, address)) = first_rung(person) else {
            return Ok(());
        };
        let link = format!("{}/syntheses/{}", self.inner.settings.base_url, request.id);
        let written = note::told(channel, &entry.desk(self.now), &link);
        let body = Body {
            subject: written.subject,
            text: written.text,
            voice: None,
            tag: Some(request.id.to_string()),
            replaces: false,
        };
        let message = Message {
            id: MessageId::from_bits(chance::id(self.now)),
            idem_key: format!("{TOLD}:{}:{version}", request.id),
            network: request.network,
            request: Some(request.id),
            kind: TOLD.to_owned(),
            channel: channel.code().to_owned(),
            audience: Audience::Usual,
            owner: person.display_name(),
            recipient_professional: Some(doctor),
            address: Some(address),
            body: body.encode()?,
            status: MessageStatus::Queued,
            due_at: self.now,
            created_at: self.now,
            ..Message::default()
        };
        messages::insert(tx, &message)?;
        Ok(())
    }
}

/// A message whose content is sealed elsewhere, to a mailbox of the usual doctor.
pub(crate) fn message(
    stored: &Stored,
    key: String,
    kind: &str,
    doctor: &Doctor,
    mailbox: &str,
    now: Instant,
) -> Message {
    Message {
        id: MessageId::from_bits(chance::id(now)),
        idem_key: key,
        network: stored.request.network,
        request: Some(stored.request.id),
        kind: kind.to_owned(),
        channel: Channel::Mssante.code().to_owned(),
        audience: Audience::Usual,
        owner: doctor.said(),
        recipient_professional: doctor.member,
        address: Some(mailbox.to_owned()),
        // What it says is sealed; nothing of it lies here.
        body: "{\"text\":\"\"}".to_owned(),
        status: MessageStatus::Queued,
        due_at: now,
        created_at: now,
        expires_at: Some(now + TRIED_FOR),
        ..Message::default()
    }
}

fn digest(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Writes to the journal what was done with a note, and wakes open pages.
fn told(
    tx: &mut Tx<'_>,
    stored: &Stored,
    who: &Who,
    now: Instant,
    act: &str,
    say: &str,
) -> Result<(), AppError> {
    let request = &stored.request;
    let body = json!({ "say": say, "more": serde_json::Value::Null });
    let about = Some((request, stored.patient));
    journal::act(tx, Some(request.network), act, about, None, &body, who, now)?;
    let change = Change {
        network: request.network,
        request: Some(request.id),
        professionals: Some(request.engaged().into_iter().collect()),
        alert: None,
    };
    Ok(tx.notify(change.encode())?)
}
