//! Photos of a request (R2, R6): at most five, made anew from their pixels before anything is kept,
//! sealed under the patient's data key, opened one by one, each look in the journal. Owns who may add
//! and look; the pixels are [`develop`]'s, the sealing the store's.

pub mod develop;

use crate::app::{App, Who};
use crate::error::AppError;
use crate::idempotent::Kept;
use crate::journal;
use crate::requests::desk::permitted;
use develop::{Picture, Unfit};
use relais_core::access::{self, Permission, PhotoAccess};
use relais_core::ids::{OfferId, RequestId};
use relais_store::photos::{self, NewPhoto};
use relais_store::requests::{self, Stored};
use serde_json::json;
use std::sync::Arc;

pub use relais_store::photos::{PHOTOS_MAX, PhotoFacts};

/// An opened photo: a JPEG made by us. Wiped when dropped.
pub type Opened = zeroize::Zeroizing<Vec<u8>>;

impl App {
    /// Makes a picture anew from what was sent: apart from the threads that answer, one at a time.
    ///
    /// # Errors
    /// [`Unfit`], with the sentence to show.
    pub async fn develop(&self, sent: Vec<u8>) -> Result<Picture, Unfit> {
        // What can be refused at a glance does not wait for its turn.
        develop::glance(&sent)?;
        let inner = Arc::clone(&self.0);
        let turn = inner.developing.acquire().await;
        let work = tokio::task::spawn_blocking(move || develop::develop(&sent));
        // A decoder that stops short on hostile bytes has refused them.
        let done = work.await.unwrap_or(Err(Unfit::Unreadable));
        drop(turn);
        done
    }

    /// Adds pictures to a request; answers how many it has. All or none.
    ///
    /// # Errors
    /// Not allowed, request ended, or more than five in all.
    pub async fn add_photos(
        &self,
        who: &Who,
        id: RequestId,
        pictures: Vec<Picture>,
        faceless: bool,
    ) -> Result<u8, AppError> {
        self.add_photos_once(who, id, pictures, faceless, None)
            .await
    }

    /// Adds the pictures that came with the form of a request, unless it has some: the form sent again after a process
    /// died between the request and its pictures brings them, and a form sent twice brings them once. Of a request that
    /// has ended meanwhile, nothing is kept.
    ///
    /// # Errors
    /// As [`App::add_photos`].
    pub async fn add_photos_of_form(
        &self,
        who: &Who,
        id: RequestId,
        pictures: Vec<Picture>,
        faceless: bool,
    ) -> Result<u8, AppError> {
        self.keep_photos(who, id, pictures, faceless, true, None)
            .await
    }

    /// The same, the answer kept under an idempotency key in that transaction.
    ///
    /// # Errors
    /// As [`App::add_photos`].
    pub async fn add_photos_once(
        &self,
        who: &Who,
        id: RequestId,
        pictures: Vec<Picture>,
        faceless: bool,
        kept: Option<Kept<u8>>,
    ) -> Result<u8, AppError> {
        self.keep_photos(who, id, pictures, faceless, false, kept)
            .await
    }

    async fn keep_photos(
        &self,
        who: &Who,
        id: RequestId,
        pictures: Vec<Picture>,
        faceless: bool,
        of_form: bool,
        kept: Option<Kept<u8>>,
    ) -> Result<u8, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::get_for_update(tx, id)?;
            let request = &stored.request;
            permitted(&actor, Permission::Steer, request)?;
            let before = photos::list(tx, id)?.len();
            if of_form && (before > 0 || request.is_ended()) {
                return u8::try_from(before).map_err(|_| AppError::Bug("photos".to_owned()));
            }
            if request.is_ended() {
                let wrong = relais_core::cascade::Refusal::WrongState;
                return Err(AppError::Refused(wrong));
            }
            let mut count = before;
            if count + pictures.len() > usize::from(PHOTOS_MAX) {
                return Err(too_many(count));
            }
            for picture in &pictures {
                let photo = NewPhoto {
                    request: id,
                    patient: stored.patient,
                    author: actor.user,
                    added_at: now,
                    faceless,
                    width: picture.width,
                    height: picture.height,
                    jpeg: &picture.jpeg,
                };
                if photos::insert(tx, &inner.vault, &photo)?.is_none() {
                    return Err(too_many(count));
                }
                count += 1;
            }
            let say = match pictures.len() {
                0 => return u8::try_from(count).map_err(|_| AppError::Bug("photos".to_owned())),
                1 => "Photo ajoutée".to_owned(),
                many => format!("{many} photos ajoutées"),
            };
            let more = if faceless {
                "Aucun visage, aucun nom\u{a0}: visible par ceux qui sont sollicités."
            } else {
                "Visible après la prise en charge."
            };
            let body = json!({ "say": say, "more": more, "photos": count });
            let about = Some((request, stored.patient));
            let network = Some(request.network);
            journal::act(tx, network, "photo.added", about, None, &body, &who, now)?;
            let count = u8::try_from(count).map_err(|_| AppError::Bug("photos".to_owned()))?;
            if let Some(kept) = &kept {
                kept.keep(inner, tx, actor.user, &count)?;
            }
            Ok(count)
        })
        .await
    }

    /// The photos of a request that this actor may open: all, or none.
    ///
    /// # Errors
    /// The request does not exist for this actor.
    pub async fn photos(&self, who: &Who, id: RequestId) -> Result<Vec<PhotoFacts>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            if access::photo(&actor, &stored.request).is_err() {
                return Ok(Vec::new());
            }
            Ok(photos::list(tx, id)?)
        })
        .await
    }

    /// How many photos a request has, for somebody who may see the request.
    ///
    /// # Errors
    /// The request does not exist for this actor.
    pub async fn count_photos(&self, who: &Who, id: RequestId) -> Result<usize, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            Ok(photos::list(tx, id)?.len())
        })
        .await
    }

    /// The photos that the holder of an offer may open before acceptance, and how many wait for it.
    ///
    /// # Errors
    /// The offer does not exist for this actor.
    pub async fn offer_photos(
        &self,
        who: &Who,
        offer: OfferId,
    ) -> Result<(Vec<PhotoFacts>, usize), AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = of_offer(tx, offer)?;
            let theirs = stored.request.offer(offer).map(|o| o.professional);
            if theirs.is_none() || theirs != actor.professional {
                return Err(AppError::NotFound);
            }
            let all = photos::list(tx, stored.request.id)?;
            let (seen, hidden): (Vec<_>, Vec<_>) = all.into_iter().partition(|photo| {
                access::offer_photo(&actor, &stored.request, offer, photo.faceless).is_ok()
            });
            Ok((seen, hidden.len()))
        })
        .await
    }

    /// Opens a photo to desk, requester or accepter; journaled.
    ///
    /// # Errors
    /// Not found for this actor, or not to be shown to them.
    pub async fn open_photo(&self, who: &Who, id: RequestId, n: u8) -> Result<Opened, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            photos::find(tx, id, n)?.ok_or(AppError::NotFound)?;
            let access = access::photo(&actor, &stored.request).map_err(|_| AppError::Denied)?;
            open(inner, tx, &stored, n, &access, &who, now)
        })
        .await
    }

    /// Opens a photo to the holder of a live offer, when it shows neither a face nor a name;
    /// journaled.
    ///
    /// # Errors
    /// Not found for this actor, or not to be shown before acceptance.
    pub async fn open_offer_photo(
        &self,
        who: &Who,
        offer: OfferId,
        n: u8,
    ) -> Result<Opened, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = of_offer(tx, offer)?;
            let request = &stored.request;
            let theirs = request.offer(offer).map(|o| o.professional);
            if theirs.is_none() || theirs != actor.professional {
                return Err(AppError::NotFound);
            }
            let photo = photos::find(tx, request.id, n)?.ok_or(AppError::NotFound)?;
            let access = access::offer_photo(&actor, request, offer, photo.faceless)
                .map_err(|_| AppError::NotFound)?;
            open(inner, tx, &stored, n, &access, &who, now)
        })
        .await
    }
}

fn of_offer(tx: &mut relais_store::Tx<'_>, offer: OfferId) -> Result<Stored, AppError> {
    let id = requests::find_by_offer(tx, offer)?.ok_or(AppError::NotFound)?;
    requests::find(tx, id)?.ok_or(AppError::NotFound)
}

/// Opens and writes the look down, in one transaction.
fn open(
    inner: &crate::app::Inner,
    tx: &mut relais_store::Tx<'_>,
    stored: &Stored,
    n: u8,
    access: &PhotoAccess,
    who: &Who,
    now: relais_core::time::Instant,
) -> Result<Opened, AppError> {
    let request = &stored.request;
    let opened = photos::open(tx, &inner.vault, request.id, n, access)?;
    let body = json!({ "say": format!("Photo {n} ouverte"), "photo": n });
    let about = Some((request, stored.patient));
    let why = Some(access.purpose().code());
    let network = Some(request.network);
    journal::act(tx, network, "photo.opened", about, why, &body, who, now)?;
    Ok(opened)
}

/// Over five: said with what is left.
fn too_many(count: usize) -> AppError {
    let left = usize::from(PHOTOS_MAX).saturating_sub(count);
    let detail = match left {
        0 => format!("Cette demande a déjà {PHOTOS_MAX} photos, le plus possible."),
        left => format!(
            "{PHOTOS_MAX} photos au plus par demande\u{a0}: il reste {left} place{}.",
            if left > 1 { "s" } else { "" }
        ),
    };
    AppError::invalid("/photos", detail)
}
