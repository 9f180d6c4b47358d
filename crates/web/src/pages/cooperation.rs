//! Cooperation protocols: a professional declares and ends their own; the network's desk and
//! coordinator see them all.

use axum::extract::{Query, State};
use jiff::civil::Date;
use relais_app::cooperation::{Cooperation, CooperationDraft, PROTOCOLS, holds, places, protocol};
use relais_app::error::AppError;
use relais_app::text::when::month;

use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, Form, PhoneTab};
use crate::show::{self, Eye};
use crate::views::{CooperationPage, CooperationRow, MyCooperation, ProtocolsPage};
use crate::web::Web;

/// `5 janvier 2026`
pub(super) fn day(date: Date) -> String {
    let first = if date.day() == 1 { "er" } else { "" };
    format!("{}{first} {} {}", date.day(), month(date), date.year())
}

fn label(one: &Cooperation) -> String {
    protocol(&one.protocol).map_or_else(|| one.protocol.clone(), |known| known.label.to_owned())
}

fn today(eye: &Eye, signed: &Signed) -> Result<Date, Fail> {
    let entry = eye
        .directory
        .network(signed.actor().network)
        .map_err(Fail)?;
    Ok(entry.calendar.date(eye.now))
}

/// `GET /activite/protocoles`
pub(crate) async fn mine(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, Form::default()).await?;
    page.phone = page.phone.toast(told.sentence());
    html(&page)
}

async fn page(web: &Web, signed: &Signed, form: Form) -> Result<ProtocolsPage, Fail> {
    let eye = eye(web, signed).await?;
    let today = today(&eye, signed)?;
    let person = signed
        .actor()
        .professional
        .and_then(|id| eye.directory.person(id))
        .ok_or(Fail(AppError::Denied))?;
    let mut protocols: Vec<Choice> = PROTOCOLS
        .iter()
        .filter(|known| known.professions.contains(&person.member.profession))
        .map(|known| Choice::new(known.code, format!("{} ({})", known.label, known.public)))
        .collect();
    if !protocols.is_empty() {
        protocols.insert(0, Choice::new("", "Choisir"));
    }
    let rows = web.app.cooperations(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "Protocoles de coopération"
    } else {
        "Erreur\u{a0}: protocoles de coopération"
    };
    Ok(ProtocolsPage {
        phone: show::phone(web, &eye, title, PhoneTab::Activity)
            .back("/activite", "Retour à mon activité"),
        form,
        protocols,
        places: places(person)
            .into_iter()
            .map(|place| Choice::new(place.clone(), place))
            .collect(),
        rows: rows
            .iter()
            .map(|one| MyCooperation {
                label: label(one),
                facts: match one.until_on {
                    Some(until) => {
                        format!("{}. Du {} au {}.", one.place, day(one.since_on), day(until))
                    }
                    None => format!("{}. Depuis le {}.", one.place, day(one.since_on)),
                },
                end: one.until_on.is_none_or(|until| today < until).then(|| {
                    let since = one.since_on.to_string();
                    (one.protocol.clone(), one.place.clone(), since)
                }),
            })
            .collect(),
    })
}

/// `POST /activite/protocoles`
pub(crate) async fn change(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    let text = |name: &str| fields.get(name).to_owned();
    if fields.get("faire") == "terminer" {
        let (protocol, place, since) = (text("protocol"), text("place"), text("since"));
        web.app
            .end_cooperation(&who, protocol, place, since)
            .await?;
        return see_other("/activite/protocoles?dit=protocole-fini");
    }
    let draft = CooperationDraft {
        protocol: text("protocol"),
        place: text("place"),
        since: text("since"),
        until: text("until"),
    };
    match web.app.declare_cooperation(&who, draft).await {
        Ok(()) => see_other("/activite/protocoles?dit=protocole-declare"),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `GET /cooperation`
pub(crate) async fn network(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let today = today(&eye, &signed)?;
    let rows = web.app.network_cooperations(&signed.who()).await?;
    html(&CooperationPage {
        desk: show::desk(
            &web,
            &eye,
            &signed,
            "Protocoles de coopération",
            "/cooperation",
        ),
        rows: rows
            .iter()
            .map(|one| CooperationRow {
                label: label(one),
                name: eye.name(one.professional),
                place: one.place.clone(),
                since: day(one.since_on),
                until: one.until_on.map(day).unwrap_or_default(),
                holds: holds(one, today),
            })
            .collect(),
    })
}
