//! The thread of a request: the desk's page, the professionals' page, its photos and its file.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, header};
use relais_app::error::AppError;
use relais_app::text::thread as words;
use relais_app::threads::{Line, NewMessage, Thread};
use relais_core::access::ThreadSide;
use relais_core::ids::RequestId;

use super::{direct, eye, photos, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::same_names;
use crate::gate::Signed;
use crate::parts::{Form, PhoneTab};
use crate::show::{self, Eye};
use crate::upload::{PHOTOS, Upload};
use crate::views::{ThreadDeskPage, ThreadLine, ThreadLink, ThreadPage, ThreadPart};
use crate::web::Web;

/// The way to the thread of a request, from the page of one of its readers.
pub(super) async fn link(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    address: String,
) -> Result<ThreadLink, Fail> {
    let Some(count) = web.app.thread_count(&signed.who(), id).await? else {
        return Ok(ThreadLink::default());
    };
    let words = match (count.messages, count.unread) {
        (0, _) => "Fil de la demande, aucun message".to_owned(),
        (1, 0) => "Fil de la demande, 1 message".to_owned(),
        (1, _) => "Fil de la demande, 1 message nouveau".to_owned(),
        (many, 0) => format!("Fil de la demande, {many} messages"),
        (many, 1) => format!("Fil de la demande, {many} messages dont 1 nouveau"),
        (many, fresh) => format!("Fil de la demande, {many} messages dont {fresh} nouveaux"),
    };
    Ok(ThreadLink {
        href: address,
        words,
    })
}

fn line(eye: &Eye, address: &str, line: Line) -> ThreadLine {
    let when = eye.when();
    let photo = |n: u8| {
        (
            format!("{address}/{}/photos/{n}", line.n),
            format!("Photo {n}"),
        )
    };
    ThreadLine {
        photos: (1..=line.photos).map(photo).collect(),
        author: line.author,
        side: words::side(line.side).to_owned(),
        at: when.moment(line.at),
        mine: line.mine,
        fresh: line.fresh,
        text: line.text,
    }
}

fn part(web: &Web, eye: &Eye, address: String, thread: Thread, form: Option<Form>) -> ThreadPart {
    let lines = thread.lines.into_iter();
    let form = form.unwrap_or_default();
    ThreadPart {
        code: thread.code,
        readers: format!("Lu par {}.", thread.readers.join(", ")),
        lines: lines.map(|one| line(eye, &address, one)).collect(),
        closed: if thread.open {
            String::new()
        } else {
            "La demande est terminée\u{a0}: le fil se lit encore, on n’y écrit plus.".to_owned()
        },
        hint: if thread.may_name {
            "Lu par tous ceux qui sont nommés plus haut, et eux seuls."
        } else {
            "Personne n’a encore pris le patient en charge\u{a0}: ni son nom, ni son téléphone, ni son adresse."
        },
        key: match form.value("cle") {
            "" => web.app.form_key(),
            sent => sent.to_owned(),
        },
        address,
        form,
    }
}

async fn desk_page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Option<Form>,
) -> Result<ThreadDeskPage, Fail> {
    signed.strong()?;
    let thread = web.app.thread(&signed.who(), id).await?;
    let eye = eye(web, signed).await?;
    let title = title(form.as_ref(), &thread.code);
    let mut desk = show::desk(web, &eye, signed, &title, "/demandes");
    if desk.fifteen.is_some() && thread.open {
        desk.fifteen = Some(format!("/demandes/{id}/15"));
    }
    Ok(ThreadDeskPage {
        desk,
        back: format!("/demandes/{id}"),
        part: part(web, &eye, format!("/demandes/{id}/fil"), thread, form),
    })
}

async fn phone_page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Option<Form>,
) -> Result<ThreadPage, Fail> {
    signed.strong()?;
    let thread = web.app.thread(&signed.who(), id).await?;
    let eye = eye(web, signed).await?;
    let (back, label) = match thread.side {
        ThreadSide::Accepter => (format!("/prises/{id}"), "Retour au patient"),
        ThreadSide::Requester => (format!("/mes-demandes/{id}"), "Retour à ma demande"),
        ThreadSide::Usual | ThreadSide::Desk => ("/offres".to_owned(), "Retour aux demandes"),
    };
    let title = title(form.as_ref(), &thread.code);
    Ok(ThreadPage {
        phone: show::phone(web, &eye, &title, PhoneTab::None).back(&back, label),
        part: part(web, &eye, format!("/fils/{id}"), thread, form),
    })
}

fn title(form: Option<&Form>, code: &str) -> String {
    match form {
        Some(form) if !form.errors().is_empty() => {
            format!("Erreur\u{a0}: fil de la demande {code}")
        }
        _ => format!("Fil de la demande {code}"),
    }
}

/// `GET /demandes/{id}/fil`
pub(crate) async fn desk(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    html(&desk_page(&web, &signed, request_id(&id)?, None).await?)
}

/// `GET /fils/{id}`
pub(crate) async fn phone(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    html(&phone_page(&web, &signed, request_id(&id)?, None).await?)
}

/// `POST /demandes/{id}/fil`
pub(crate) async fn write_desk(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    upload: Upload,
) -> Answer {
    let id = request_id(&id)?;
    match written(&web, &signed, id, upload).await? {
        None => see_other(&format!("/demandes/{id}/fil")),
        Some(form) => direct::unprocessable(&desk_page(&web, &signed, id, Some(form)).await?),
    }
}

/// `POST /fils/{id}`
pub(crate) async fn write_phone(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    upload: Upload,
) -> Answer {
    let id = request_id(&id)?;
    match written(&web, &signed, id, upload).await? {
        None => see_other(&format!("/fils/{id}")),
        Some(form) => direct::unprocessable(&phone_page(&web, &signed, id, Some(form)).await?),
    }
}

/// Writes what was sent, or gives the form back with what was wrong and what was typed.
async fn written(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    mut upload: Upload,
) -> Result<Option<Form>, Fail> {
    if let Some(wrong) = upload.wrong.take() {
        let form = upload.fields.again(Vec::new());
        return Ok(Some(form.wrong(PHOTOS, &wrong.message)));
    }
    let brought = !upload.pictures.is_empty();
    let new = NewMessage {
        key: upload.fields.get("cle").to_owned(),
        text: upload.fields.get("text").to_owned(),
        pictures: std::mem::take(&mut upload.pictures),
    };
    match web.app.write_in_thread(&signed.who(), id, new).await {
        Ok(_) => Ok(None),
        Err(AppError::Invalid(errors)) => {
            let form = upload.fields.again(same_names(&errors));
            let again = "Choisissez de nouveau vos photos, le navigateur ne les garde pas";
            Ok(Some(if brought && form.error(PHOTOS).is_none() {
                form.wrong(PHOTOS, again)
            } else {
                form
            }))
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /demandes/{id}/fil.txt`, `/fils/{id}.txt`
async fn file(web: &Web, signed: &Signed, id: RequestId) -> Answer {
    signed.strong()?;
    let (text, code) = web.app.export_thread(&signed.who(), id).await?;
    let mut response: Response = text.into_response();
    let head = response.headers_mut();
    head.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = format!("attachment; filename=\"fil-{code}.txt\"");
    if let Ok(name) = HeaderValue::from_str(&name) {
        head.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The same at the desk.
pub(crate) async fn file_desk(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    file(&web, &signed, request_id(&id)?).await
}

/// The same on a phone.
pub(crate) async fn file_phone(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    file(&web, &signed, request_id(&id)?).await
}

/// `GET /demandes/{id}/fil/{message}/photos/{n}`, `/fils/{id}/{message}/photos/{n}`
pub(crate) async fn photo(
    State(web): State<Web>,
    signed: Signed,
    Path((id, message, n)): Path<(String, u32, u8)>,
) -> Answer {
    let id = request_id(&id)?;
    signed.strong()?;
    let opened = web
        .app
        .open_thread_photo(&signed.who(), id, message, n)
        .await?;
    photos::picture(&opened)
}
