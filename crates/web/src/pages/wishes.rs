//! What a patient wants of being told and written about: recorded by the desk on the page of a request.

use axum::extract::{Path, State};
use relais_app::text::wishes;
use relais_app::wishes::{Wish, Wishes};
use relais_core::ids::RequestId;

use super::request_id;
use crate::fail::{Answer, Fail, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{Choice, Form};
use crate::views::WishesPart;
use crate::web::Web;

/// The field of the boxes.
pub(super) const FIELD: &str = "wishes";

/// Those ticked.
pub(super) fn ticked(fields: &Fields) -> Wishes {
    let all = fields.all(FIELD);
    Wishes::new(all.iter().filter_map(|code| Wish::from_code(code)))
}

/// A form with those in force ticked.
pub(super) fn filled(held: &Wishes) -> Form {
    held.iter()
        .fold(Form::default(), |form, wish| form.with(FIELD, wish.code()))
}

/// What the page of a request shows of them, and whether this person may record them.
pub(super) async fn part(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    works: bool,
) -> Result<WishesPart, Fail> {
    let held = web.app.wishes(&signed.who(), id).await?;
    Ok(WishesPart {
        action: works.then(|| format!("/demandes/{id}/choix")),
        form: filled(&held),
        choices: Wish::ALL
            .iter()
            .map(|wish| Choice::new(wish.code(), wishes::asked(*wish)))
            .collect(),
        held: held
            .iter()
            .map(|wish| format!("{}.", wishes::told(wish).0))
            .collect(),
    })
}

/// `POST /demandes/{id}/choix`
pub(crate) async fn set(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = request_id(&id)?;
    web.app
        .set_wishes(&signed.who(), id, ticked(&fields))
        .await?;
    see_other(&format!("/demandes/{id}?dit=choix"))
}
