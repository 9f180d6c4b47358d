//! Signing a note, or the correction of one: the version, where it goes, what is kept. Refuses what only its author may do,
//! and to sign over a version that is leaving.

use super::NOTE;
use super::compose::{Doctor, Parts, compose, doctor};
use super::post::{message, tell, told};
use super::state::NoteState;
use super::steer::leaving;
use super::written::{Content, NoteDraft, Said};
use crate::app::{App, Inner, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::patients::ins;
use crate::requests::desk::permitted;
use crate::shell::journal_identity;
use crate::text::note;
use relais_core::access::{self, IdentityAccess, Permission};
use relais_core::delivery::MessageStatus;
use relais_core::ids::RequestId;
use relais_core::time::{Duration, Instant};
use relais_core::wishes::Wish;
use relais_documents::{Built, Version, build, correction_sentence, print};
use relais_store::requests::{self, Stored};
use relais_store::syntheses::{self, Fate, NewSynthesis, SynthesisFacts};
use relais_store::{Tx, messages, patient_wishes, patients};

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
}

/// One signing, with what it needs.
pub(super) struct Signing<'s> {
    pub(super) inner: &'s Inner,
    pub(super) directory: &'s Directory,
    pub(super) stored: &'s Stored,
    pub(super) access: &'s IdentityAccess,
    pub(super) who: &'s Who,
    pub(super) now: Instant,
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
            tell(self, tx, member, number)?;
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
}

fn digest(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}
