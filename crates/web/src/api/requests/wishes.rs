//! `GET` and `PUT /requests/{id}/wishes`: what the patient wants of being told and written about (R6, R7).

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::wishes::{Wish, Wishes};
use serde::{Deserialize, Serialize};

use super::ok;
use crate::body::Body;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::pages::request_id;
use crate::web::Web;

/// Exactly these are in force.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    wishes: Vec<String>,
}

/// Those in force.
#[derive(Serialize)]
struct WishesView {
    wishes: Vec<&'static str>,
}

/// Shows them.
pub(super) async fn read(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let held = web.app.wishes(&signed.who(), request_id(&id)?).await?;
    ok(&WishesView {
        wishes: held.iter().map(Wish::code).collect(),
    })
}

/// Makes them those given.
pub(super) async fn replace(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Body(body): Body<Wanted>,
) -> Answer {
    let mut wanted = Vec::with_capacity(body.wishes.len());
    for (index, code) in body.wishes.iter().enumerate() {
        let wish = Wish::from_code(code).ok_or_else(|| {
            let known: Vec<_> = Wish::ALL.iter().map(|wish| wish.code()).collect();
            let message = format!("Choisissez parmi\u{a0}: {}.", known.join(", "));
            Fail(AppError::invalid(format!("/wishes/{index}"), message))
        })?;
        wanted.push(wish);
    }
    let request = request_id(&id)?;
    let who = signed.who();
    web.app
        .set_wishes(&who, request, Wishes::new(wanted))
        .await?;
    read(State(web), signed, Path(id)).await
}
