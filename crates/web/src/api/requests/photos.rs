//! `POST /requests/{id}/photos`: pictures of a request, as a form with files; made anew from their
//! pixels like those of the counter, with the same limits.

use axum::Extension;
use axum::extract::{FromRequest as _, Path, Request, State};
use relais_app::error::AppError;
use relais_app::photos::PHOTOS_MAX;
use relais_core::access::{Permission, may};
use serde::Serialize;

use super::created;
use crate::api::once::{Key, kept};
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::upload::Upload;
use crate::web::Web;

/// How many there are.
#[derive(Serialize)]
struct PhotosView {
    photos: u8,
    left: u8,
}

/// Adds.
pub(super) async fn add(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    key: Option<Extension<Key>>,
    request: Request,
) -> Answer {
    let id = request_id(&id)?;
    // Before anything is read of what may be sixty megabytes.
    let read = web.app.request(&signed.who(), id).await?;
    if !may(&signed.actor(), Permission::Steer, &read.stored.request) {
        return Err(Fail(AppError::Denied));
    }
    let upload = Upload::from_request(request, &web).await?;
    let faceless = match upload.fields.get("faceless") {
        "" | "false" => false,
        "true" => true,
        _ => return Err(invalid("/faceless", "Écrivez true ou false.")),
    };
    if let Some(name) = upload.fields.0.keys().find(|name| *name != "faceless") {
        let known: String = name.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
        return Err(invalid(&format!("/{known}"), "Ce champ n’existe pas."));
    }
    if let Some(wrong) = &upload.wrong {
        return Err(invalid("/photos", &format!("{}.", wrong.message)));
    }
    if upload.pictures.is_empty() {
        let detail = "Envoyez de une à cinq images, en multipart/form-data, chacune dans une partie nommée photos.";
        return Err(invalid("/photos", detail));
    }
    let kept = kept(key, |photos, _| said(*photos));
    let photos = web
        .app
        .add_photos_once(&signed.who(), id, upload.pictures, faceless, kept)
        .await?;
    created(&said(photos))
}

/// The answer, as it is sent and as it is kept.
const fn said(photos: u8) -> PhotosView {
    PhotosView {
        photos,
        left: PHOTOS_MAX.saturating_sub(photos),
    }
}

fn invalid(pointer: &str, detail: &str) -> Fail {
    Fail(AppError::invalid(pointer, detail))
}
