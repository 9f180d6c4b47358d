//! *État du service*, for whoever keeps it running.

use axum::extract::State;

use super::eye;
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::show::{self, service};
use crate::views::ServicePage;
use crate::web::Web;

/// `GET /admin/etat`
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let read = web.app.service(&signed.who()).await?;
    let when = eye.when();
    let mut desk = show::desk(&web, &eye, &signed, "État du service", service::PAGE);
    // The line need not lead where one is.
    if let Some(banner) = &mut desk.banner {
        banner.link = None;
    }
    html(&ServicePage {
        desk,
        looked: when.clock(read.state.looked_at),
        troubles: service::troubles(&read, &when),
        late: service::late(&read, &when),
        next: service::next(&read, &when),
        post: service::post(&read, &when),
        gateways: service::gateways(&read, &when),
        tasks: service::tasks(&read),
        nodes: service::nodes(&read),
        machine: service::machine(&read),
        limits: service::limits(&read),
    })
}
