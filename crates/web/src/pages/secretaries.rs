//! *Mon secrétariat*: who answers in a professional's name, for them; *Répondre pour*: for whom a secretary answers,
//! chosen for this session. Refuses to name anybody without an authentication of minutes.

use axum::extract::{Path, Query, State};
use relais_app::error::AppError;
use relais_app::secretaries::{Given, Named, SecretaryDraft};
use relais_core::ids::{ProfessionalId, UserId};

use super::{Told, direct, eye, home_of, recovery};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Form, Phone, PhoneTab};
use crate::show::{self, Eye};
use crate::views::{GivenCode, SecretariesPage, SecretaryRow, WhomPage, WhomRow};
use crate::web::Web;

/// Who answers in one's name.
pub(crate) const MINE: &str = "/mes-secretaires";
/// For whom one answers.
pub(crate) const WHOM: &str = "/secretariat";

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

/// Somebody who answers in a name, for the professional and for the coordinator.
pub(crate) fn row(eye: &Eye, one: &Named) -> SecretaryRow {
    SecretaryRow {
        user: one.user.to_string(),
        name: one.name.clone(),
        login: one.login.clone(),
        since: format!("depuis le {}", eye.when().plain_date(one.since)),
    }
}

/// Says on a page in whose name it answers, when that is not one's own; in the place of the state, which the page
/// repeats: a telephone has no room for both.
pub(crate) fn in_name(eye: &Eye, signed: &Signed, mut phone: Phone) -> Phone {
    if let Some(id) = signed.actor().in_name_of() {
        phone.state = None;
        phone.side = format!("Au nom de {}", eye.name(id));
    }
    phone
}

async fn page(
    web: &Web,
    signed: &Signed,
    form: Form,
    given: Option<Given>,
) -> Result<SecretariesPage, Fail> {
    let eye = eye(web, signed).await?;
    let all = web.app.my_secretaries(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "Mon secrétariat"
    } else {
        "Erreur\u{a0}: mon secrétariat"
    };
    Ok(SecretariesPage {
        phone: show::phone(web, &eye, title, PhoneTab::None)
            .back("/activite", "Retour à mon activité"),
        form,
        rows: all.iter().map(|one| row(&eye, one)).collect(),
        given: given.map(|given| {
            let (one, other) = given.code.split_at(given.code.len() / 2);
            GivenCode {
                code: format!("{one}\u{a0}{other}"),
                name: given.name,
                login: given.login,
            }
        }),
        address: format!("{}{}", web.app.settings().base_url, recovery::USE),
    })
}

/// `GET /mes-secretaires`
pub(crate) async fn mine(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, Form::default(), None).await?;
    page.phone = page.phone.toast(told.sentence());
    html(&page)
}

/// `POST /mes-secretaires`: the code of a new account is on the answer, and nowhere after.
pub(crate) async fn change(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    match fields.get("faire") {
        "retirer" => {
            let own = signed.actor().professional;
            let id = own.ok_or(Fail(AppError::Denied))?;
            let user: UserId = parsed(fields.get("user"))?;
            web.app.end_secretary(&who, user, id).await?;
            see_other(&format!("{MINE}?dit=secretariat-fini"))
        }
        "ajouter" => {
            signed.fresh()?;
            let draft = SecretaryDraft {
                name: fields.get("name").to_owned(),
                login: fields.get("login").to_owned(),
            };
            match web.app.name_secretary(&who, draft).await {
                Ok(None) => see_other(&format!("{MINE}?dit=secretariat")),
                Ok(given) => html(&page(&web, &signed, Form::default(), given).await?),
                Err(AppError::Invalid(errors)) => {
                    let form = fields.again(same_names(&errors));
                    direct::unprocessable(&page(&web, &signed, form, None).await?)
                }
                Err(error) => Err(Fail(error)),
            }
        }
        _ => Err(Fail(AppError::NotFound)),
    }
}

/// `GET /secretariat`
pub(crate) async fn whom(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let all = web.app.whom(&signed.who()).await?;
    let rows = all.iter().map(|one| WhomRow {
        id: one.professional.to_string(),
        name: eye.name(one.professional),
        open: match one.open {
            0 => "Aucune demande en attente".to_owned(),
            1 => "1\u{a0}demande en attente".to_owned(),
            n => format!("{n}\u{a0}demandes en attente"),
        },
        chosen: one.chosen,
    });
    let mut phone = show::phone(&web, &eye, "Répondre pour", PhoneTab::None).toast(told.sentence());
    signed.account.name.clone_into(&mut phone.side);
    html(&WhomPage {
        phone,
        rows: rows.collect(),
    })
}

/// `POST /secretariat`: chooses for whom to answer, or ends it.
pub(crate) async fn choose(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let id: ProfessionalId = parsed(fields.get("professional"))?;
    match fields.get("faire") {
        "repondre" => {
            let token = signed.session.as_deref();
            let token = token.ok_or(Fail(AppError::NotFound))?;
            web.app.act_for(&signed.account, token, id).await?;
            see_other("/offres")
        }
        "finir" => {
            let user = signed.actor().user;
            web.app.end_secretary(&signed.who(), user, id).await?;
            see_other(&format!(
                "{}?dit=secretariat-fini",
                home_of(signed.actor().role)
            ))
        }
        _ => Err(Fail(AppError::NotFound)),
    }
}

/// `POST /membres/{member}/secretariat`: a coordinator ends it.
pub(crate) async fn end(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let id: ProfessionalId = parsed(&at)?;
    let user: UserId = parsed(fields.get("user"))?;
    web.app.end_secretary(&signed.who(), user, id).await?;
    see_other(&format!("/membres/{id}?dit=secretariat-fini"))
}
