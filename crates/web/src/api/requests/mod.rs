//! Operations on requests.

mod act;
mod appointment;
mod cancel;
mod close;
mod edit;
mod ins;
mod inside;
mod list;
mod looks;
mod next;
mod note;
mod phones;
mod photos;
mod preview;
mod qualify;
mod raise;
mod read;
mod relaunch;
mod synthesis;
mod thread;
mod wishes;

use axum::response::Response;
use http::StatusCode;
use relais_app::requests::desk::Act;
use relais_core::ids::RequestId;

use super::{json, ok, post, post_files, view};
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::right::Right;
use crate::routes::{Method, Routes};
use crate::web::Web;

/// Does something with a request and answers what it became.
async fn done(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    act: Act,
    reason: Option<String>,
) -> Answer {
    let applied = web.app.act(&signed.who(), id, act, reason).await?;
    let directory = web.app.directory().await?;
    ok(&view::request(
        &directory,
        &applied.before.code,
        &applied.after,
    ))
}

/// The addresses.
pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .api(Method::Get, "/api/v1/requests", Right::Follower, list::list)
        .api(
            Method::Get,
            "/api/v1/requests/{id}",
            Right::Follower,
            read::read,
        )
        .api(
            Method::Patch,
            "/api/v1/requests/{id}",
            Right::Raiser,
            edit::edit,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/verdicts",
            Right::Overseer,
            inside::verdicts,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/timeline",
            Right::Overseer,
            inside::timeline,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/messages",
            Right::Overseer,
            inside::messages,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/thread",
            Right::Follower,
            thread::read,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/looks",
            Right::Coordinator,
            looks::list,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/next",
            Right::Follower,
            next::links,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/ins",
            Right::Follower,
            ins::read,
        )
        .api(
            Method::Put,
            "/api/v1/requests/{id}/ins",
            Right::Raiser,
            ins::replace,
        )
        .api(
            Method::Get,
            "/api/v1/requests/{id}/wishes",
            Right::Overseer,
            wishes::read,
        )
        .api(
            Method::Put,
            "/api/v1/requests/{id}/wishes",
            Right::Desk,
            wishes::replace,
        )
        .api(
            Method::Put,
            "/api/v1/requests/{id}/phones",
            Right::Desk,
            phones::correct,
        );
    let routes = post(routes, "/api/v1/requests", Right::Raiser, raise::raise);
    let routes = post(
        routes,
        "/api/v1/requests/preview",
        Right::Raiser,
        preview::preview,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/cancel",
        Right::Raiser,
        cancel::cancel,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/relaunch",
        Right::Raiser,
        relaunch::relaunch,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/pause",
        Right::Raiser,
        act::pause,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/resume",
        Right::Raiser,
        act::resume,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/transfer-15",
        Right::Raiser,
        act::transfer_15,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/note",
        Right::Raiser,
        note::note,
    );
    let routes = post_files(
        routes,
        "/api/v1/requests/{id}/photos",
        Right::Raiser,
        photos::add,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/thread",
        Right::Raiser,
        thread::write,
    );
    let routes = post_files(
        routes,
        "/api/v1/requests/{id}/thread/photos",
        Right::Raiser,
        thread::write_with_photos,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/widen",
        Right::Desk,
        act::widen,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/take-in-hand",
        Right::Desk,
        act::take_in_hand,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/qualify",
        Right::Regulator,
        qualify::qualify,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/release",
        Right::Professional,
        act::release,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/appointment",
        Right::Follower,
        appointment::set,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/close",
        Right::Follower,
        close::close,
    );
    let routes = post(
        routes,
        "/api/v1/requests/{id}/next",
        Right::Professional,
        next::ask,
    );
    post(
        routes,
        "/api/v1/requests/{id}/synthesis",
        Right::Professional,
        synthesis::sign,
    )
}

/// The answer to a creation.
fn created(body: &impl serde::Serialize) -> Result<Response, Fail> {
    json(StatusCode::CREATED, body)
}
