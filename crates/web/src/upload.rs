//! Forms that bring photos. Each file is made anew as soon as it has arrived, so that at most one of
//! somebody else's files is held at a time; what is wrong with one is said beside the field, the rest
//! of the form is kept. Owns the limits of a whole upload; the picture's own are the application's.

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use http::header;
use relais_app::error::AppError;
use relais_app::photos::PHOTOS_MAX;
use relais_app::photos::develop::{FILE_MAX, Picture, Unfit};

use crate::body::{BODY_MAX, collect};
use crate::fail::Fail;
use crate::forms::Fields;
use crate::parts::FieldError;
use crate::web::Web;

/// Largest upload, bytes: five photos at their limit, and the rest of the form.
pub(crate) const UPLOAD_MAX: usize = PHOTOS_MAX as usize * FILE_MAX + (1 << 20);
/// Longest value of one text field, bytes.
const VALUE_MAX: usize = 64 << 10;
/// Most parts of a form.
const PARTS_MAX: usize = 200;
/// The field of the files.
pub(crate) const PHOTOS: &str = "photos";

/// A form and its photos.
pub(crate) struct Upload {
    /// The fields.
    pub(crate) fields: Fields,
    /// The pictures made of the files.
    pub(crate) pictures: Vec<Picture>,
    /// What was wrong with the files, once.
    pub(crate) wrong: Option<FieldError>,
}

/// The body limit of an address that takes photos.
pub(crate) fn room() -> DefaultBodyLimit {
    DefaultBodyLimit::max(UPLOAD_MAX)
}

/// The body limit of an address that takes one photo.
pub(crate) fn room_for_one() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FILE_MAX + (1 << 20))
}

impl FromRequest<Web> for Upload {
    type Rejection = Fail;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Fail> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded") {
            let bytes = collect(request.into_body(), BODY_MAX).await?;
            return Ok(Self {
                fields: Fields::parse(&bytes),
                pictures: Vec::new(),
                wrong: None,
            });
        }
        if !kind.starts_with("multipart/form-data") {
            let detail = "Cet envoi n’est pas lisible\u{a0}: les photos viennent en multipart/form-data. Rechargez la page et recommencez.";
            return Err(Fail(AppError::problem(
                "unsupported-media-type",
                415,
                detail,
            )));
        }
        let parts = Multipart::from_request(request, web)
            .await
            .map_err(|_| cut())?;
        read(web, parts).await
    }
}

async fn read(web: &Web, mut parts: Multipart) -> Result<Upload, Fail> {
    let mut upload = Upload {
        fields: Fields::default(),
        pictures: Vec::new(),
        wrong: None,
    };
    let mut count = 0;
    while let Some(mut part) = parts.next_field().await.map_err(|_| cut())? {
        count += 1;
        if count > PARTS_MAX {
            return Err(cut());
        }
        let name = part.name().unwrap_or_default().to_owned();
        if name != PHOTOS {
            let value = all(&mut part, VALUE_MAX).await?.ok_or_else(cut)?;
            upload.fields.add(name, &value);
            continue;
        }
        // Read to its end even when it is refused: the browser hears nothing before it has sent all.
        let file = all(&mut part, FILE_MAX).await?;
        let done = match file {
            // A field left empty is sent as an empty file.
            Some(bytes) if bytes.is_empty() => continue,
            _ if upload.pictures.len() >= usize::from(PHOTOS_MAX) => {
                upload.refuse(format!("{PHOTOS_MAX} photos au plus par demande"));
                continue;
            }
            Some(bytes) => web.app.develop(bytes).await,
            None => Err(Unfit::TooHeavy),
        };
        match done {
            Ok(picture) => upload.pictures.push(picture),
            Err(why) => upload.refuse(why.to_string()),
        }
    }
    Ok(upload)
}

impl Upload {
    fn refuse(&mut self, why: String) {
        self.wrong.get_or_insert_with(|| FieldError {
            name: PHOTOS.to_owned(),
            message: why.trim_end_matches('.').to_owned(),
        });
    }

    /// Whether the requester confirmed that neither a face nor a name can be seen.
    pub(crate) fn faceless(&self) -> bool {
        !self.fields.get("faceless").is_empty()
    }

    /// Files are not shown again in a form: said when something else was wrong, unless what was
    /// wrong with them is said already.
    pub(crate) fn again(&mut self, errors: &mut Vec<FieldError>) {
        if errors.iter().any(|error| error.name == PHOTOS) {
            return;
        }
        if !self.pictures.is_empty() {
            self.refuse(
                "Choisissez de nouveau vos photos, le navigateur ne les garde pas".to_owned(),
            );
        }
        errors.extend(self.wrong.take());
    }
}

/// The bytes of a part; `None` when there are more than `most`, the rest read and forgotten.
pub(crate) async fn all(part: &mut Field<'_>, most: usize) -> Result<Option<Vec<u8>>, Fail> {
    let (mut kept, mut fits) = (Vec::new(), true);
    while let Some(chunk) = part.chunk().await.map_err(|_| cut())? {
        fits = fits && kept.len() + chunk.len() <= most;
        if fits {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    Ok(fits.then_some(kept))
}

/// The refusal of an upload that cannot be read, with what to do.
pub(crate) fn unreadable(detail: &'static str) -> Fail {
    Fail(AppError::problem("too-large", 413, detail))
}

fn cut() -> Fail {
    unreadable(
        "L’envoi n’est pas arrivé entier, ou il dépasse cinq photos de 12\u{a0}Mo. Recommencez avec moins de photos.",
    )
}
