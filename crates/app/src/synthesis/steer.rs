//! What is done with a signed note: the patient takes consent back, what failed is sent again. Refuses to call back what
//! the operator has.

use super::NOTE;
use super::compose::doctor;
use super::post::{message, told};
use super::state::NoteState;
use crate::app::{App, Who};
use crate::error::AppError;
use crate::requests::desk::permitted;
use relais_core::access::{self, Actor, Permission};
use relais_core::delivery::MessageStatus;
use relais_core::ids::RequestId;
use relais_store::messages;
use relais_store::requests::{self, Stored};
use relais_store::syntheses::{self, Fate, SynthesisFacts};

impl App {
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

/// The version before is in the operator's hands this very moment.
pub(super) fn leaving() -> AppError {
    AppError::problem(
        "note-leaving",
        409,
        "La note précédente est en train de partir\u{a0}: réessayez dans une minute.",
    )
}
