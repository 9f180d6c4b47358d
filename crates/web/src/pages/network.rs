//! The network's rooms, one page that leads to each.

use axum::extract::State;

use super::eye;
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::show::{self, network};
use crate::views::NetworkPage;
use crate::web::Web;

/// `GET /reseau`
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    html(&NetworkPage {
        desk: show::desk(&web, &eye, &signed, "Réseau", network::PAGE),
        owed: network::owed(&web, &signed, &eye.when()).await?,
        groups: network::doors(signed.actor().role),
    })
}
