//! What a secure message carries, opened when it leaves and not before: in no row of the outbox.

use super::compose::outside_doctor;
use super::post::message;
use super::read::content;
use super::{NOTE, NOTICE};
use crate::app::Inner;
use crate::directory::Directory;
use crate::error::AppError;
use crate::outbox::Post;
use crate::patients::ins;
use relais_core::access::note_delivery;
use relais_core::ids::ProfessionalId;
use relais_core::wishes::Wish;
use relais_gateways::{Attached, Secure};
use relais_store::messages::{self, Message};
use relais_store::requests::{self, Stored};
use relais_store::syntheses::{self, Fate};
use relais_store::{Tx, patient_wishes, patients};

/// The subject, the text and the files of one secure message.
pub(crate) struct Carried {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) secure: Secure,
}

/// What a message carries beside its row: nothing for any other kind; none when it may not leave any
/// more (consent taken back, identity erased).
pub(crate) fn carry(
    inner: &Inner,
    tx: &mut Tx<'_>,
    message: &Message,
) -> Result<Option<Carried>, AppError> {
    if is_sealed(message) && opposed(tx, message)? {
        return Ok(None);
    }
    match message.kind.as_str() {
        NOTE => note(inner, tx, message),
        NOTICE => notice(inner, tx, message),
        _ => Ok(None),
    }
}

/// Whether its patient opposes notes to their usual doctor, since it was signed perhaps (R6).
fn opposed(tx: &mut Tx<'_>, message: &Message) -> Result<bool, AppError> {
    let Some(request) = message.request else {
        return Ok(false);
    };
    let patient = patients::find_of_request(tx, request)?;
    let patient = patient.ok_or(AppError::NotFound)?;
    Ok(patient_wishes::of_patient(tx, patient)?.has(Wish::NoNotes))
}

/// Whether a message carries what its row does not hold.
pub(crate) fn is_sealed(message: &Message) -> bool {
    matches!(message.kind.as_str(), NOTE | NOTICE)
}

fn note(inner: &Inner, tx: &mut Tx<'_>, message: &Message) -> Result<Option<Carried>, AppError> {
    let Some((request, version)) = syntheses::find_of_message(tx, message.id)? else {
        return Ok(None);
    };
    let facts = syntheses::list(tx, request)?.into_iter();
    let Some(facts) = facts.into_iter().find(|f| f.version == version) else {
        return Ok(None);
    };
    if facts.fate != Fate::Sent {
        return Ok(None);
    }
    let access = note_delivery(request);
    let opened = syntheses::open(tx, &inner.vault, request, version, &access)?;
    let content = content(&opened.content)?;
    Ok(Some(Carried {
        subject: content.subject,
        text: content.text,
        secure: Secure {
            at: facts.validated_at,
            code: Some(content.code),
            qualified: content.qualified,
            answers: content.answers,
            files: vec![
                Attached {
                    name: "IHE_XDM.ZIP".to_owned(),
                    media_type: "application/zip",
                    bytes: opened.archive.to_vec(),
                },
                Attached {
                    name: content.pdf_name,
                    media_type: "application/pdf",
                    bytes: opened.pdf.to_vec(),
                },
            ],
        },
    }))
}

/// The nominative message that a patient was taken on: the only text of ours with a name, to a
/// doctor, in the secure space.
fn notice(inner: &Inner, tx: &mut Tx<'_>, message: &Message) -> Result<Option<Carried>, AppError> {
    let stored = match message.request {
        Some(id) => requests::find(tx, id)?,
        None => None,
    };
    let Some(stored) = stored.filter(|stored| stored.request.consent_synthesis) else {
        return Ok(None);
    };
    let directory = inner.directory.current(tx)?;
    let engaged = stored.request.engaged();
    let Some(by) = engaged.and_then(|id| directory.person(id)) else {
        return Ok(None);
    };
    let access = note_delivery(stored.request.id);
    let person = ins::traits(inner, tx, stored.patient, &access)?;
    let entry = directory.network(stored.request.network)?;
    let born: Vec<&str> = person.birth_date.split('-').rev().collect();
    let phone = by.contact_number.as_deref().map(crate::phone::national);
    let text = format!(
        "Bonjour,\n\nVotre patient {} {}, date de naissance {}, qui cherchait des soins non programmés, est pris en \
         charge par {}{}, dans le cadre de {}. Le patient a donné son accord à cet envoi.\n\nMessage automatique. \
         Une question\u{a0}: {}.\n",
        person.birth_name.to_uppercase(),
        person.first_names,
        born.join("/"),
        by.display_name(),
        phone.map_or_else(String::new, |phone| format!(" ({phone})")),
        entry.network.name,
        crate::phone::national(&entry.network.phone),
    );
    Ok(Some(Carried {
        subject: "Prise en charge d’un de vos patients".to_owned(),
        text,
        secure: Secure {
            at: message.created_at,
            code: None,
            qualified: false,
            answers: None,
            files: Vec::new(),
        },
    }))
}

/// Somebody took the patient on: a usual doctor who is no member is told, with the patient's
/// consent, once a professional.
pub(crate) fn tell_outside_doctor(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    post: &Post<'_>,
    by: ProfessionalId,
) -> Result<(), AppError> {
    let request = post.request;
    if !request.consent_synthesis || inner.outside.sender.is_none() {
        return Ok(());
    }
    // A usual doctor of the directory is told in the application.
    let mut usual = request.usual.professionals.iter();
    if !request.usual.outside || usual.any(|id| directory.person(*id).is_some()) {
        return Ok(());
    }
    let Some(doctor) = outside_doctor(inner, tx, post.patient)? else {
        return Ok(());
    };
    let Some(mailbox) = doctor.mailboxes.first() else {
        return Ok(());
    };
    let stored = Stored {
        request: request.clone(),
        version: post.version,
        code: post.code.to_owned(),
        patient: post.patient,
        updated_at: post.now,
    };
    let key = format!("{NOTICE}:{}:{by}", request.id);
    let message = message(&stored, key, NOTICE, &doctor, mailbox, post.now);
    messages::insert(tx, &message)?;
    Ok(())
}
