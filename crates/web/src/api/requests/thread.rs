//! `GET` and `POST /requests/{id}/thread`: what those who follow a request write to one another.

use axum::extract::{FromRequest as _, Path, Request, State};
use relais_app::error::AppError;
use relais_app::threads::NewMessage;
use serde::{Deserialize, Serialize};

use super::{created, ok};
use crate::api::at;
use crate::api::once::Key;
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::upload::Upload;
use crate::web::Web;

/// A thread, as one of its readers sees it.
#[derive(Serialize)]
struct ThreadView {
    open: bool,
    may_name: bool,
    side: &'static str,
    readers: Vec<String>,
    items: Vec<MessageView>,
}

#[derive(Serialize)]
struct MessageView {
    n: u32,
    at: String,
    author: String,
    side: &'static str,
    mine: bool,
    new: bool,
    text: String,
    photos: u8,
}

/// What was written.
#[derive(Serialize)]
struct PostedView {
    n: u32,
}

/// A message without photos.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThreadDraft {
    text: String,
}

/// Reads; journaled.
pub(super) async fn read(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    signed.strong()?;
    let thread = web.app.thread(&signed.who(), request_id(&id)?).await?;
    let items = thread.lines.into_iter().map(|line| MessageView {
        n: line.n,
        at: at(line.at),
        author: line.author,
        side: line.side.code(),
        mine: line.mine,
        new: line.fresh,
        text: line.text,
        photos: line.photos,
    });
    ok(&ThreadView {
        open: thread.open,
        may_name: thread.may_name,
        side: thread.side.code(),
        readers: thread.readers,
        items: items.collect(),
    })
}

/// Writes.
pub(super) async fn write(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    key: Option<axum::Extension<Key>>,
    Body(draft): Body<ThreadDraft>,
) -> Answer {
    let new = NewMessage {
        key: key.map(|key| key.0.0).unwrap_or_default(),
        text: draft.text,
        pictures: Vec::new(),
    };
    posted(&web, &signed, &id, new).await
}

/// Writes, with photos.
pub(super) async fn write_with_photos(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    // Before anything is read of what may be sixty megabytes.
    let key = request.extensions().get::<Key>().map(|key| key.0.clone());
    web.app
        .thread_count(&signed.who(), request_id(&id)?)
        .await?
        .ok_or(Fail(AppError::Denied))?;
    let upload = Upload::from_request(request, &web).await?;
    let known = |name: &&String| matches!(name.as_str(), "text");
    if let Some(name) = upload.fields.0.keys().find(|name| !known(name)) {
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        return Err(invalid(&format!("/{name}"), "Ce champ n’existe pas."));
    }
    if let Some(wrong) = &upload.wrong {
        return Err(invalid("/photos", &format!("{}.", wrong.message)));
    }
    if upload.pictures.is_empty() {
        let detail = "Envoyez de une à cinq images, en multipart/form-data, chacune dans une partie nommée photos.";
        return Err(invalid("/photos", detail));
    }
    let new = NewMessage {
        key: key.unwrap_or_default(),
        text: upload.fields.get("text").to_owned(),
        pictures: upload.pictures,
    };
    posted(&web, &signed, &id, new).await
}

async fn posted(web: &Web, signed: &Signed, id: &str, new: NewMessage) -> Answer {
    let id = request_id(id)?;
    let posted = web.app.write_in_thread(&signed.who(), id, new).await?;
    created(&PostedView { n: posted.n })
}

fn invalid(pointer: &str, detail: &str) -> Fail {
    Fail(AppError::invalid(pointer, detail))
}
