//! The acts that take nothing but a reason: pause, resume, transfer to 15, widen, take in hand,
//! give the patient back (R4.8, R4.9).

use axum::extract::{Path, State};
use relais_app::requests::desk::Act;

use super::done;
use crate::api::ask::Reason;
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

macro_rules! acts {
    ($($(#[$meta:meta])* $name:ident = $act:expr;)+) => {
        $(
            $(#[$meta])*
            pub(super) async fn $name(
                State(web): State<Web>,
                signed: Signed,
                Path(id): Path<String>,
                Body(body): Body<Reason>,
            ) -> Answer {
                done(&web, &signed, request_id(&id)?, $act, body.reason).await
            }
        )+
    };
}

acts! {
    /// `POST /requests/{id}/pause`
    pause = Act::Pause;
    /// `POST /requests/{id}/resume`
    resume = Act::Resume;
    /// `POST /requests/{id}/transfer-15`
    transfer_15 = Act::Transfer15;
    /// `POST /requests/{id}/widen`
    widen = Act::Widen;
    /// `POST /requests/{id}/take-in-hand`
    take_in_hand = Act::TakeInHand;
    /// `POST /requests/{id}/release`
    release = Act::Release;
}
