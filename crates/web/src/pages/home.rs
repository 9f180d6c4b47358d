//! Where one lands: each role on its own first page.

use axum::extract::State;
use axum::response::IntoResponse;
use relais_app::text::labels;

use super::home_of;
use crate::fail::{Answer, html, see_other};
use crate::gate::{Perhaps, Signed};
use crate::views::ProblemPage;
use crate::web::Web;

/// `GET /`
pub(crate) async fn home(State(web): State<Web>, Perhaps(signed): Perhaps) -> Answer {
    match signed {
        Some(signed) => see_other(home_of(signed.actor().role)),
        None if web.is_demo() => see_other("/demo"),
        None => see_other("/connexion"),
    }
}

/// `GET /mon-compte`: for roles whose screens are not the desk's nor the phone's.
pub(crate) async fn account(State(_): State<Web>, signed: Signed) -> Answer {
    let role = signed.actor().role;
    // An auditor reads the figures of the calls; whoever else lands here, the description of the API.
    let (sees, link) = if crate::right::Right::Log.allows(role) {
        (
            "Vous voyez les chiffres, jamais une demande ni un nom.",
            ("/appels", "Voir les chiffres des appels"),
        )
    } else {
        (
            "Votre rôle ne voit aucune demande.",
            ("/api/docs", "Lire la documentation de l’API"),
        )
    };
    let page = ProblemPage {
        status: 200,
        title: format!("Connecté comme {}", labels::role(role)),
        detail: format!(
            "{sees} Les comptes, les réglages et le journal s’ouvrent par les commandes «\u{a0}relais\u{a0}» et par l’API."
        ),
        link: (link.0.to_owned(), link.1.to_owned()),
    };
    html(&page)
}

/// `GET /code-source`: the licence asks that whoever uses the service may have its source.
pub(crate) async fn source() -> Answer {
    let page = ProblemPage {
        status: 200,
        title: "Relais est un logiciel libre".to_owned(),
        detail: format!(
            "Licence GNU Affero GPL, version 3 ou ultérieure. Version {} de ce service. Le code de cette version est remis par qui l’exploite, sur simple demande.",
            env!("CARGO_PKG_VERSION")
        ),
        link: ("/".to_owned(), "Revenir à l’accueil".to_owned()),
    };
    Ok(html(&page)?.into_response())
}
