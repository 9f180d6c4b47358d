//! Operations on the offers made to the professional who asks. Anybody else's do not exist.

mod accept;
mod list;
mod read;
mod refuse;

use super::{post, post_with_identity};
use crate::right::Right;
use crate::routes::{Method, Routes};

/// The addresses.
pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .api(
            Method::Get,
            "/api/v1/offers",
            Right::Professional,
            list::list,
        )
        .api(
            Method::Get,
            "/api/v1/offers/{id}",
            Right::Professional,
            read::read,
        );
    let routes = post_with_identity(
        routes,
        "/api/v1/offers/{id}/accept",
        Right::Professional,
        accept::accept,
    );
    post(
        routes,
        "/api/v1/offers/{id}/refuse",
        Right::Professional,
        refuse::refuse,
    )
}
