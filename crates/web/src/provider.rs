//! Where the providers of gateways call back: receipts, and answers people sent. A yes means that
//! the database has it. `docs/reference/gateway.md` describes both.

use axum::Extension;
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::StatusCode;
use relais_app::tasks::deliver::{Known, News, Said};
use serde::Deserialize;

use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Surface;
use crate::right::Right;
use crate::routes::{Method, Routes};
use crate::web::Web;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipts {
    receipts: Vec<Receipt>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt {
    key: String,
    #[serde(default, rename = "ref")]
    reference: String,
    state: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbound {
    #[serde(rename = "ref")]
    reference: String,
    from: String,
    text: String,
}

/// The addresses of providers.
pub(crate) fn routes(routes: Routes) -> Routes {
    let (post, right, surface) = (Method::Post, Right::Gateway, Surface::Gateway);
    routes
        .add(post, "/gateway/receipts", right, surface, receipts)
        .add(post, "/gateway/inbound", right, surface, inbound)
}

async fn receipts(
    State(web): State<Web>,
    Extension(known): Extension<Known>,
    Body(said): Body<Receipts>,
) -> Answer {
    let news = said.receipts.into_iter().map(|one| News {
        key: one.key,
        reference: one.reference,
        state: one.state,
    });
    web.app.provider_receipts(known, news.collect()).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn inbound(
    State(web): State<Web>,
    Extension(known): Extension<Known>,
    Body(said): Body<Inbound>,
) -> Answer {
    let said = Said {
        reference: said.reference,
        from: said.from,
        text: said.text,
    };
    web.app.provider_inbound(known, said).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}
