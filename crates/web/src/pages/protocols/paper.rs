//! Sheets on paper, for when the machine is down, and the version shown as if it were in force.

use axum::extract::{Path, Query, State};
use relais_app::protocols::versions::{Opened, Version};
use relais_app::protocols::{Book, InForce, Standing};

use super::{Asked, show};
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::pages::eye;
use crate::show::protocols::{PAGE, address};
use crate::views::ProtocolPaperPage;
use crate::web::Web;

/// The version shown as if it were in force, for paper and for trying.
pub(super) fn as_if(opened: &Opened) -> InForce {
    InForce::new(
        opened.sheet.clone(),
        opened.version.version,
        standing(&opened.version),
    )
}

pub(super) fn standing(version: &Version) -> Standing {
    match &version.signature {
        Some(signature) => Standing::Signed {
            by: signature.by.clone(),
            rpps: signature.rpps.clone(),
            at: signature.at,
            expires_at: signature.expires_at,
        },
        None => Standing::Demonstration,
    }
}

/// `GET /protocoles/{code}/imprimer`
pub(crate) async fn print_one(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let opened = web
        .app
        .open_protocol(&signed.who(), &code, asked.version)
        .await?;
    let book = Book::new([as_if(&opened)]);
    printed(&web, &signed, &book, address(&code)).await
}

/// `GET /protocoles/imprimer`: the trunk and every sheet in force.
pub(crate) async fn print_all(State(web): State<Web>, signed: Signed) -> Answer {
    let book = web.app.protocols(signed.actor().network).await?;
    printed(&web, &signed, &book, PAGE.to_owned()).await
}

async fn printed(web: &Web, signed: &Signed, book: &Book, back: String) -> Answer {
    let eye = eye(web, signed).await?;
    let sheets = book.trunk().into_iter().chain(book.sheets());
    let unsigned = book.is_demonstration();
    html(&ProtocolPaperPage {
        desk: crate::show::desk(web, &eye, signed, "Fiches à imprimer", PAGE),
        warning: if unsigned {
            crate::show::typeset(relais_app::protocols::file::warning())
        } else {
            String::new()
        },
        sheets: sheets.map(|version| show::paper(&eye, version)).collect(),
        back,
    })
}
