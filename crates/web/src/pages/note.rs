//! The note to the usual doctor: its author writes, signs, corrects, prints, stops; the usual doctor
//! reads; the desk and the coordinator see what reached nobody.

use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use http::{HeaderValue, header};
use relais_app::error::AppError;
use relais_app::synthesis::{Note, NoteDraft, NoteState};
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::Request;

use super::{direct, eye, holder, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Form, PhoneTab};
use crate::show::{self, Eye};
use crate::views::{LetterRow, NotePage, NoteReadPage, NoteWay, UndeliveredPage, UndeliveredRow};
use crate::web::Web;

/// The address of what reached nobody.
pub(crate) const UNDELIVERED: &str = "/notes-non-remises";
/// Where a mail of our box is said to be read.
pub(crate) const LETTER_READ: &str = "/notes-non-remises/lu";

/// Where a note stands, in words.
pub(crate) fn way(note: &Note, eye: &Eye) -> NoteWay {
    let when = eye.when();
    let steps = note.steps.iter().map(|step| {
        let at = step.at.map(|at| when.moment(at));
        (step.name.to_owned(), at.unwrap_or_default())
    });
    NoteWay {
        sentence: note.sentence.clone(),
        next: note.next.unwrap_or_default().to_owned(),
        steps: steps.collect(),
        reading: match (note.in_application, note.read_at) {
            (true, Some(at)) => format!("Lue dans l’application {}.", when.moment(at)),
            (true, None) => "Pas encore lue dans l’application.".to_owned(),
            (false, _) => String::new(),
        },
    }
}

async fn page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Option<Form>,
) -> Result<NotePage, Fail> {
    let (eye, read) = holder::theirs(web, signed, id).await?;
    let request = &read.stored.request;
    signed.strong()?;
    let note = web.app.note_of(&signed.who(), id).await?;
    let form = match (form, &note) {
        (Some(form), _) => form,
        (None, Some(_)) => written(&web.app.note_signed(&signed.who(), id).await?),
        (None, None) if request.consent_synthesis => Form::default().with("consent", "oui"),
        (None, None) => Form::default(),
    };
    let title = if form.errors().is_empty() {
        "Note au médecin traitant"
    } else {
        "Erreur\u{a0}: note au médecin traitant"
    };
    Ok(NotePage {
        phone: show::phone(web, &eye, title, PhoneTab::None)
            .back(&format!("/prises/{id}"), "Retour au patient"),
        id: id.to_string(),
        form,
        to: to(&eye, request),
        may_stop: note
            .as_ref()
            .is_some_and(|n| matches!(n.state, NoteState::Queued { .. }) || n.in_application),
        again: note
            .as_ref()
            .map(|n| n.mailboxes.clone())
            .unwrap_or_default(),
        button: if note.is_some() {
            "Valider la correction"
        } else {
            "Valider la note"
        }
        .to_owned(),
        way: note.as_ref().map(|note| way(note, &eye)),
    })
}

/// Where a note would go, in a sentence.
pub(super) fn to(eye: &Eye, request: &Request) -> String {
    let doctor = request.usual.professionals.iter().find(|id| {
        let person = eye.directory.person(**id);
        person
            .is_some_and(|p| matches!(p.member.profession, Profession::Gp | Profession::Specialist))
    });
    match doctor {
        Some(doctor) => format!("Elle sera lue par {}.", eye.name(*doctor)),
        None if request.usual.outside => {
            "Elle part par MSSanté au médecin traitant déclaré.".to_owned()
        }
        None => "Aucun médecin traitant n’est connu.".to_owned(),
    }
}

fn written(draft: &NoteDraft) -> Form {
    let form = Form::default()
        .with("diagnosis", &draft.diagnosis)
        .with("done", &draft.done)
        .with("examinations", &draft.examinations)
        .with("to_do", &draft.to_do);
    if draft.consent {
        form.with("consent", "oui")
    } else {
        form
    }
}

/// `GET /prises/{id}/note`
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    html(&page(&web, &signed, request_id(&id)?, None).await?)
}

/// `POST /prises/{id}/note`
pub(crate) async fn sign(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let draft = NoteDraft {
        diagnosis: fields.get("diagnosis").to_owned(),
        done: fields.get("done").to_owned(),
        examinations: fields.get("examinations").to_owned(),
        to_do: fields.get("to_do").to_owned(),
        consent: !fields.get("consent").is_empty(),
    };
    match web.app.sign_note(&signed.who(), request, draft).await {
        Ok(_) => see_other(&format!("/prises/{request}/note")),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, request, Some(form)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /prises/{id}/note/accord-repris`
pub(crate) async fn withdraw(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let request = request_id(&id)?;
    web.app.withdraw_note(&signed.who(), request).await?;
    see_other(&format!("/prises/{request}/note"))
}

/// `POST /prises/{id}/note/renvoyer`
pub(crate) async fn resend(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let mailbox = fields.get("mailbox").to_owned();
    web.app.resend_note(&signed.who(), request, mailbox).await?;
    see_other(&format!("/prises/{request}/note"))
}

/// `POST /demandes/{id}/note-renvoyer`: the same by the desk, which does not read the note.
pub(crate) async fn resend_by_desk(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let mailbox = fields.get("mailbox").to_owned();
    web.app.resend_note(&signed.who(), request, mailbox).await?;
    see_other(&format!("/demandes/{request}"))
}

/// `GET /prises/{id}/note.pdf`
pub(crate) async fn pdf(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = request_id(&id)?;
    signed.strong()?;
    let mut response = web.app.note_pdf(&signed.who(), id).await?.into_response();
    let head = response.headers_mut();
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/pdf"),
    );
    head.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline; filename=\"note.pdf\""),
    );
    Ok(response)
}

/// `GET /syntheses/{id}`
pub(crate) async fn read(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = request_id(&id)?;
    let eye = eye(&web, &signed).await?;
    signed.strong()?;
    let note = web.app.read_note(&signed.who(), id).await?;
    html(&NoteReadPage {
        phone: show::phone(&web, &eye, "Note de synthèse", PhoneTab::None)
            .back("/offres", "Retour aux demandes"),
        name: note.patient,
        birth: format!(
            "Date de naissance\u{a0}: {}",
            super::person::day(&note.birth_date)
        ),
        signed: format!("{}, {}", note.author, eye.when().moment(note.signed_at)),
        parts: note
            .parts
            .into_iter()
            .map(|(title, text)| (title.to_owned(), text))
            .collect(),
        reference: note.reference,
    })
}

/// `GET /notes-non-remises`
pub(crate) async fn undelivered(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let when = eye.when();
    let rows = web.app.undelivered_notes(&signed.who()).await?;
    let rows = rows.into_iter().map(|row| UndeliveredRow {
        at: format!("{}, {}", when.day(row.signed_at), when.clock(row.signed_at)),
        by: row.author,
        request: (format!("/demandes/{}", row.request), row.reference),
        state: row.sentence,
        next: row
            .next
            .unwrap_or("Rien\u{a0}: elle part dès que l’opérateur répond.")
            .to_owned(),
    });
    let letters = web.app.letters(&signed.who()).await?;
    let letters = letters.into_iter().map(|letter| LetterRow {
        at: format!(
            "{}, {}",
            when.day(letter.arrived_at),
            when.clock(letter.arrived_at)
        ),
        request: letter
            .about
            .map(|(id, code)| (format!("/demandes/{id}"), code)),
        mark: letter.mark,
    });
    html(&UndeliveredPage {
        desk: show::desk(&web, &eye, &signed, "Notes non remises", UNDELIVERED),
        rows: rows.collect(),
        letters: letters.collect(),
    })
}

/// `POST /notes-non-remises/lu`: somebody read a mail of the box.
pub(crate) async fn letter_read(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let mark = fields.get("mark").to_owned();
    web.app.mark_letter_read(&signed.who(), mark).await?;
    see_other(UNDELIVERED)
}
