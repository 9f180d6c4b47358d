//! The pages of whoever has the patient, or had them when it ended: opens a request for them. For anybody else there
//! is nothing there.

use relais_app::error::AppError;
use relais_app::requests::read::Read;
use relais_core::ids::RequestId;

use super::eye;
use crate::fail::{Answer, Fail, see_other};
use crate::gate::Signed;
use crate::show::Eye;
use crate::web::Web;

/// An answer about somebody's patient, or where they learn what became of a patient who is theirs no more: the page of
/// their offer, which names nobody (R6).
pub(super) async fn or_what_became(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    answer: Answer,
) -> Answer {
    let Err(Fail(AppError::NotFound | AppError::Denied)) = &answer else {
        return answer;
    };
    match web.app.lost_offer_of(&signed.who(), id).await {
        Ok(offer) => see_other(&format!("/offres/{offer}")),
        Err(_) => answer,
    }
}

/// The request of somebody's patient.
pub(super) async fn theirs(web: &Web, signed: &Signed, id: RequestId) -> Result<(Eye, Read), Fail> {
    let eye = eye(web, signed).await?;
    let read = web.app.request(&signed.who(), id).await?;
    let holder = read.stored.request.engaged();
    if holder.is_none() || holder != signed.actor().professional {
        return Err(Fail(AppError::NotFound));
    }
    Ok((eye, read))
}
