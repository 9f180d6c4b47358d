//! Where the providers of gateways call back: receipts, and answers people sent. A yes means that
//! the database has it. `docs/reference/gateway.md` describes both.
//!
//! OVHcloud can show no secret but the one in the address it was given: no log and no metric holds an
//! address, only the route.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
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

/// Where OVHcloud calls: its secret follows.
pub(crate) const OVH: &str = "/gateway/ovh/";

/// Most values of one of its calls that are looked at.
const VALUES_MAX: usize = 50;

/// The addresses of providers.
pub(crate) fn routes(routes: Routes) -> Routes {
    let (right, surface) = (Right::Gateway, Surface::Gateway);
    let (post, get) = (Method::Post, Method::Get);
    routes
        .add(post, "/gateway/receipts", right, surface, receipts)
        .add(post, "/gateway/inbound", right, surface, inbound)
        .add(
            get,
            "/gateway/ovh/{secret}/receipts",
            right,
            surface,
            ovh_receipt,
        )
        .add(
            get,
            "/gateway/ovh/{secret}/replies",
            right,
            surface,
            ovh_reply,
        )
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

type Values = Query<Vec<(String, String)>>;

/// A call that cannot even be read as values says nothing.
fn said(values: Result<Values, QueryRejection>) -> Vec<(String, String)> {
    let mut said = values.map(|Query(said)| said).unwrap_or_default();
    said.truncate(VALUES_MAX);
    said
}

async fn ovh_receipt(
    State(web): State<Web>,
    Extension(known): Extension<Known>,
    values: Result<Values, QueryRejection>,
) -> Answer {
    web.app.ovh_receipt(known, &said(values)).await?;
    Ok("ok\n".into_response())
}

async fn ovh_reply(
    State(web): State<Web>,
    Extension(known): Extension<Known>,
    values: Result<Values, QueryRejection>,
) -> Answer {
    web.app.ovh_reply(known, &said(values)).await?;
    Ok("ok\n".into_response())
}
