//! The pages of whoever has the patient, or had them when it ended: opens a request for them. For anybody else there
//! is nothing there.

use relais_app::error::AppError;
use relais_app::requests::read::Read;
use relais_core::ids::RequestId;

use super::eye;
use crate::fail::Fail;
use crate::gate::Signed;
use crate::show::Eye;
use crate::web::Web;

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
