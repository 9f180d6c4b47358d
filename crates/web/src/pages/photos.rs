//! Photos of a request, opened one by one and added: each address says in whose quality one looks.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::{HeaderValue, header};
use relais_app::error::AppError;
use relais_app::photos::{Opened, PHOTOS_MAX, PhotoFacts};
use relais_core::ids::{OfferId, RequestId};

use super::{mine, offer_id, request, request_id};
use crate::fail::{Answer, Fail, see_other};
use crate::forms::form_errors;
use crate::gate::Signed;
use crate::parts::{FieldError, Form};
use crate::upload::{PHOTOS, Upload};
use crate::views::Photos;
use crate::web::Web;

fn number(text: &str) -> Result<u8, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

/// A picture of ours: its kind is certain, and nothing keeps it.
pub(crate) fn picture(opened: &Opened) -> Answer {
    let mut response = opened.to_vec().into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    head.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("inline; filename=\"photo.jpg\""),
    );
    Ok(response)
}

/// `GET /demandes/{id}/photos/{n}`, `/mes-demandes/{id}/photos/{n}`, `/prises/{id}/photos/{n}`: to
/// those who may see the identity, as fresh a sign-in as for it.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Path((id, n)): Path<(String, String)>,
) -> Answer {
    let (id, n) = (request_id(&id)?, number(&n)?);
    signed.strong()?;
    picture(&web.app.open_photo(&signed.who(), id, n).await?)
}

/// `GET /offres/{id}/photos/{n}`: before acceptance, only without face or name (R6).
pub(crate) async fn show_offered(
    State(web): State<Web>,
    signed: Signed,
    Path((id, n)): Path<(String, String)>,
) -> Answer {
    let (id, n) = (offer_id(&id)?, number(&n)?);
    picture(&web.app.open_offer_photo(&signed.who(), id, n).await?)
}

/// `POST /demandes/{id}/photos`
pub(crate) async fn add(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    upload: Upload,
) -> Answer {
    let id = request_id(&id)?;
    match added(&web, &signed, id, upload).await? {
        None => see_other(&format!("/demandes/{id}?dit=photos")),
        Some(wrong) => {
            let mut page = request::page(&web, &signed, id, &request::Wanted::default()).await?;
            page.desk.title = "Erreur\u{a0}: photos".to_owned();
            page.form = Form::default().wrong(PHOTOS, &wrong.message);
            page.photos.form = page.form.clone();
            super::direct::unprocessable(&page)
        }
    }
}

/// `POST /mes-demandes/{id}/photos`
pub(crate) async fn add_mine(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    upload: Upload,
) -> Answer {
    let id = request_id(&id)?;
    match added(&web, &signed, id, upload).await? {
        None => see_other(&format!("/mes-demandes/{id}?dit=photos")),
        Some(wrong) => {
            let mut page = mine::page(&web, &signed, id).await?;
            page.phone.title = "Erreur\u{a0}: photos".to_owned();
            page.photos.form = Form::default().wrong(PHOTOS, &wrong.message);
            super::direct::unprocessable(&page)
        }
    }
}

/// Adds the photos that came with the form of request `id`, once.
pub(crate) async fn with_form(
    web: &Web,
    signed: &Signed,
    id: &str,
    upload: Upload,
) -> Result<(), Fail> {
    if upload.pictures.is_empty() {
        return Ok(());
    }
    let (request, faceless) = (request_id(id)?, upload.faceless());
    web.app
        .add_photos_of_form(&signed.who(), request, upload.pictures, faceless)
        .await?;
    Ok(())
}

/// Adds what was sent, or says what was wrong with it.
async fn added(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    upload: Upload,
) -> Result<Option<FieldError>, Fail> {
    let faceless = upload.faceless();
    if let Some(wrong) = upload.wrong {
        return Ok(Some(wrong));
    }
    if upload.pictures.is_empty() {
        return Ok(Some(FieldError {
            name: PHOTOS.to_owned(),
            message: "Choisissez au moins une photo".to_owned(),
        }));
    }
    let done = web
        .app
        .add_photos(&signed.who(), id, upload.pictures, faceless)
        .await;
    match done {
        Ok(_) => Ok(None),
        Err(AppError::Invalid(errors)) => Ok(form_errors(&errors).pop()),
        Err(error) => Err(Fail(error)),
    }
}

fn links(base: &str, photos: &[PhotoFacts]) -> Vec<(String, String)> {
    photos
        .iter()
        .map(|photo| {
            let n = photo.n;
            let note = if photo.faceless {
                ""
            } else {
                ", visage ou nom"
            };
            (format!("{base}/photos/{n}"), format!("Photo {n}{note}"))
        })
        .collect()
}

/// The photos of a request on the page at `base`; `add` when more may be sent from there.
pub(crate) async fn of_request(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    base: &str,
    add: bool,
) -> Result<Photos, Fail> {
    let photos = web.app.photos(&signed.who(), id).await?;
    Ok(Photos {
        left: usize::from(PHOTOS_MAX).saturating_sub(photos.len()),
        links: links(base, &photos),
        add: if add {
            format!("{base}/photos")
        } else {
            String::new()
        },
        ..Photos::default()
    })
}

/// The photos of an offer: those to look at now, and how many wait for a yes.
pub(crate) async fn of_offer(web: &Web, signed: &Signed, id: OfferId) -> Result<Photos, Fail> {
    let (photos, hidden) = web.app.offer_photos(&signed.who(), id).await?;
    Ok(Photos {
        links: links(&format!("/offres/{id}"), &photos),
        hidden,
        ..Photos::default()
    })
}
