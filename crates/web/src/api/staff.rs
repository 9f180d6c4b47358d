//! `GET /staff`, `POST /staff/{id}/close`: the accounts of a network's staff, for whoever keeps them in step with a
//! payroll. Refuses to make one: that asks for a person signed in minutes ago, on the page.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::members::StaffMember;
use serde::Serialize;

use super::ok;
use super::page::{Page, Params};
use super::view::{at, maybe};
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::web::Web;

/// An account.
#[derive(Serialize)]
struct StaffView {
    id: String,
    name: String,
    login: String,
    role: &'static str,
    active: bool,
    created_at: String,
    last_used_at: Option<String>,
}

fn view(one: &StaffMember) -> StaffView {
    let user = &one.user;
    StaffView {
        id: user.id.to_string(),
        name: user.name.clone(),
        login: user.login.clone(),
        role: user.role.code(),
        active: user.active,
        created_at: at(user.created_at),
        last_used_at: maybe(one.used_at),
    }
}

/// `GET /staff`
pub(super) async fn list(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    params.only(&[])?;
    let (staff, _) = web.app.staff(&signed.who()).await?;
    ok(&Page::whole(staff.iter().map(view).collect()))
}

/// `POST /staff/{id}/close`
pub(super) async fn close(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let user = id.parse().map_err(|_| Fail(AppError::NotFound))?;
    web.app.close_staff(&signed.who(), user).await?;
    let (staff, _) = web.app.staff(&signed.who()).await?;
    let closed = staff.iter().find(|one| one.user.id == user);
    ok(&view(closed.ok_or(Fail(AppError::NotFound))?))
}
