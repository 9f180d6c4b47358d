//! *Accords entre réseaux*: who lends its professionals to whom; proposing, accepting, ending.

use axum::extract::{Query, State};
use relais_app::error::AppError;
use relais_app::federation::{Agreement, AgreementStatus, Answer as Said};
use relais_core::ids::NetworkId;

use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::Form;
use crate::show::{self, Eye};
use crate::views::{AgreementRow, FederationPage};
use crate::web::Web;

/// Where the page is.
pub(crate) const PAGE: &str = "/accords";

/// `GET /accords`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, Form::default()).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

async fn page(web: &Web, signed: &Signed, form: Form) -> Result<FederationPage, Fail> {
    let eye = eye(web, signed).await?;
    let agreements = web.app.agreements(&signed.who()).await?;
    let here = signed.actor().network;
    let title = if form.errors().is_empty() {
        "Accords entre réseaux"
    } else {
        "Erreur\u{a0}: accords entre réseaux"
    };
    let code = &eye.directory.network(here)?.network.code;
    Ok(FederationPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        form,
        code: code.clone(),
        rows: agreements.iter().map(|one| row(&eye, one, here)).collect(),
    })
}

fn row(eye: &Eye, one: &Agreement, here: NetworkId) -> AgreementRow {
    let ours = one.from == here;
    let other = if ours { one.to } else { one.from };
    let name = eye.directory.network(other);
    let state = match one.status {
        AgreementStatus::Active => "En vigueur",
        AgreementStatus::Proposed if ours => "Proposé, attend sa réponse",
        AgreementStatus::Proposed => "Proposé, attend votre réponse",
        AgreementStatus::Ended => "Terminé",
    };
    let act = |value: &str, word: &str| (value.to_owned(), word.to_owned());
    let acts = match one.status {
        AgreementStatus::Ended => Vec::new(),
        AgreementStatus::Active => vec![act("finir", "Mettre fin")],
        AgreementStatus::Proposed if ours => vec![act("finir", "Retirer")],
        AgreementStatus::Proposed => vec![act("accepter", "Accepter"), act("finir", "Décliner")],
    };
    AgreementRow {
        name: name.map_or_else(|_| String::new(), |entry| entry.network.name.clone()),
        way: if ours {
            "peut solliciter nos professionnels"
        } else {
            "nous prête ses professionnels"
        }
        .to_owned(),
        since: eye.when().plain_date(one.since),
        state: state.to_owned(),
        waits: one.status == AgreementStatus::Proposed && !ours,
        pair: (one.from.to_string(), one.to.to_string()),
        acts,
    }
}

/// `POST /accords`: proposes, accepts or ends.
pub(crate) async fn act(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    let network = |name: &str| -> Result<NetworkId, Fail> {
        let id = fields.get(name).parse();
        id.map_err(|_| Fail(AppError::NotFound))
    };
    let (done, told) = match fields.get("faire") {
        "proposer" => {
            let code = fields.get("code").to_owned();
            (
                web.app.propose_agreement(&who, code).await,
                "accord-propose",
            )
        }
        "accepter" => {
            let (from, to) = (network("from")?, network("to")?);
            let done = web.app.answer_agreement(&who, from, to, Said::Accept);
            (done.await, "accord-accepte")
        }
        "finir" => {
            let (from, to) = (network("from")?, network("to")?);
            let done = web.app.answer_agreement(&who, from, to, Said::End);
            (done.await, "accord-fini")
        }
        _ => return Err(Fail(AppError::NotFound)),
    };
    match done {
        Ok(()) => see_other(&format!("{PAGE}?dit={told}")),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}
