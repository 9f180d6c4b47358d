//! The demonstration's own pages: roles in one click, the fake phones. Absent under `serve`.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use http::{HeaderMap, header};
use relais_app::demo::{DemoUser, DemoWorld, PracticeCall};
use relais_app::error::AppError;
use relais_app::text::labels;
use relais_app::text::when::When;
use relais_core::access::Role;
use serde::Deserialize;

use super::door::{Asked as Door, own_path, signed_in};
use super::example::examples;
use super::practice;
use crate::fail::{Answer, Fail, html};
use crate::parts::Form;
use crate::show::{commune, upper};
use crate::views::{
    Call, DemoPage, FakePhone, PhoneLine, PhonesPage, Role as RoleButton, RoleGroup,
};
use crate::web::Web;
use relais_app::phone::national;

/// Phones shown on one page.
const PHONES: usize = 60;
/// Messages shown of one phone.
const LINES: usize = 12;

fn world(web: &Web) -> Result<&DemoWorld, Fail> {
    web.site
        .demo
        .as_ref()
        .map(|demo| demo.world.as_ref())
        .ok_or(Fail(AppError::NotFound))
}

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    dit: String,
    #[serde(default)]
    q: String,
}

/// `GET /demo`
pub(crate) async fn home(State(web): State<Web>, Query(asked): Query<Asked>) -> Answer {
    let world = world(&web)?;
    let when = When::new(web.now(), &web.zone);
    let said = match asked.dit.as_str() {
        "avance" => "L’horloge a avancé. Tout ce qui devait arriver est arrivé.",
        "recommence" => "La démonstration a recommencé.",
        "panne" => {
            "Les SMS ne partent plus. Lancez une demande\u{a0}: après deux envois refusés, le poste le lit sous sa barre."
        }
        "retour" => "Les SMS partent de nouveau. Ce qui attendait repart.",
        _ => "",
    };
    html(&DemoPage {
        calls: calls(world),
        practice: to_practise(world),
        groups: groups(world),
        clock: format!("{}, {}", when.date(web.now()), when.hour(web.now())),
        said: said.to_owned(),
        sms_down: web.app.is_channel_broken("sms"),
        form: Form::default(),
    })
}

fn calls(world: &DemoWorld) -> Vec<Call> {
    examples(world)
        .iter()
        .filter_map(|example| {
            let user = world.users.get(example.call.requester)?;
            let next = format!("{}?exemple={}", example.page, example.name);
            Some(Call {
                href: format!(
                    "/demo/entrer/{}?suite={}",
                    crate::gate::encode(&user.login),
                    crate::gate::encode(&next)
                ),
                title: example.title.to_owned(),
                text: crate::show::typeset(&example.told(world)),
                button: format!("Ouvrir comme {}", user.name),
            })
        })
        .collect()
}

/// The six practice calls, as the first operator.
fn to_practise(world: &DemoWorld) -> Vec<Call> {
    let operator = world.users.get(world.guided.first_call.requester);
    let enter = |call: &PracticeCall| {
        Some(Call {
            href: format!(
                "/demo/entrer/{}?suite={}",
                crate::gate::encode(&operator?.login),
                crate::gate::encode(&practice::address(call))
            ),
            title: call.title.to_owned(),
            text: crate::show::typeset(call.says),
            button: String::new(),
        })
    };
    relais_app::demo::practice(world)
        .iter()
        .filter_map(enter)
        .collect()
}

fn groups(world: &DemoWorld) -> Vec<RoleGroup> {
    let staff = world
        .users
        .iter()
        .filter(|user| user.professional.is_none());
    let guided = [
        world.guided.doctor,
        world.guided.pharmacist,
        world.guided.no_smartphone,
    ];
    let first: Vec<&DemoUser> = guided
        .iter()
        .filter_map(|index| world.professionals.get(*index))
        .filter_map(|person| {
            world
                .users
                .iter()
                .find(|user| user.professional == Some(person.id))
        })
        .collect();
    let whys = [
        "médecin traitant de plusieurs patients de Massy",
        "demande pour les patients de sa pharmacie",
        "répond par SMS, sans smartphone",
    ];
    let begin = first
        .iter()
        .zip(whys)
        .map(|(user, why)| RoleButton {
            why: why.to_owned(),
            ..button(world, user)
        })
        .collect::<Vec<_>>();
    let others = world.users.iter().filter(|user| {
        user.featured
            && user.professional.is_some()
            && !first.iter().any(|known| known.id == user.id)
    });
    let everybody = world
        .users
        .iter()
        .filter(|user| user.professional.is_some() && !user.featured);
    vec![
        RoleGroup {
            title: "Ceux qui répondent et demandent".to_owned(),
            roles: begin,
            folded: false,
        },
        RoleGroup {
            title: "Le réseau".to_owned(),
            roles: staff.map(|user| button(world, user)).collect(),
            folded: false,
        },
        RoleGroup {
            title: "Professionnels de la démonstration".to_owned(),
            roles: others.map(|user| button(world, user)).collect(),
            folded: false,
        },
        RoleGroup {
            title: "Tous les autres professionnels".to_owned(),
            roles: everybody.map(|user| button(world, user)).collect(),
            folded: true,
        },
    ]
}

fn button(world: &DemoWorld, user: &DemoUser) -> RoleButton {
    let network = world
        .networks
        .iter()
        .find(|network| network.id == user.network)
        .map_or("", |network| network.name);
    let person = user
        .professional
        .and_then(|id| world.professionals.iter().find(|person| person.id == id));
    let role = match person {
        Some(person) => {
            let town = person
                .places
                .first()
                .map(|place| commune(place.insee))
                .unwrap_or_default();
            format!("{}, {town}", upper(labels::profession(person.profession)))
        }
        None => format!("{}, {network}", upper(labels::role(user.role))),
    };
    let why = match user.role {
        Role::Operator => "reçoit les appels, lance et suit les demandes",
        Role::Regulator => "qualifie ce que l’opérateur lui confie",
        Role::Coordinator => "suit le réseau",
        Role::Secretary => "répond au nom de deux médecins",
        _ => "",
    };
    RoleButton {
        href: format!("/demo/entrer/{}", crate::gate::encode(&user.login)),
        name: user.name.clone(),
        role,
        why: why.to_owned(),
    }
}

/// `GET` or `POST /demo/entrer/{login}`: signs in, in one click.
pub(crate) async fn enter(
    State(web): State<Web>,
    Path(login): Path<String>,
    Query(door): Query<Door>,
    headers: HeaderMap,
) -> Answer {
    let device = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let token = web.app.sign_in_demo(&login, device.to_owned()).await?;
    Ok(signed_in(&web, &token, &own_path(&door.suite)))
}

/// `GET /demo/phones`
pub(crate) async fn phones(State(web): State<Web>, Query(asked): Query<Asked>) -> Answer {
    world(&web)?;
    let Some(outside) = web.app.outside().world.clone() else {
        return Err(Fail(AppError::NotFound));
    };
    let zone = &web.zone;
    let hour = |text: &str| {
        text.parse::<jiff::Timestamp>().map_or_else(
            |_| text.to_owned(),
            |at| at.to_zoned((**zone).clone()).strftime("%H:%M").to_string(),
        )
    };
    // Most recent first among phones; oldest first inside one.
    let mut order: Vec<(String, String)> = Vec::new();
    let mut lines: BTreeMap<String, Vec<(String, PhoneLine)>> = BTreeMap::new();
    for row in outside.list() {
        order.retain(|(number, _)| *number != row.to);
        order.push((row.to.clone(), row.owner.clone()));
        let channel = labels::channel(row.channel);
        let title = row
            .subject
            .as_deref()
            .map(|subject| format!("{subject}\n"))
            .unwrap_or_default();
        let line = PhoneLine {
            how: format!("{channel} · {}", hour(&row.at)),
            text: format!("{title}{}", row.text),
            outgoing: false,
        };
        lines.entry(row.to).or_default().push((row.at, line));
    }
    for reply in outside.replies() {
        let line = PhoneLine {
            how: format!("Réponse · {}", hour(&reply.at)),
            text: reply.text,
            outgoing: true,
        };
        lines.entry(reply.from).or_default().push((reply.at, line));
    }
    order.reverse();
    let query = asked.q.trim().to_lowercase();
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let wanted = digits.trim_start_matches('0');
    order.retain(|(number, owner)| {
        query.is_empty()
            || owner.to_lowercase().contains(&query)
            || (!wanted.is_empty() && number.contains(wanted))
    });
    let more = order.len().saturating_sub(PHONES);
    let phones = order
        .into_iter()
        .take(PHONES)
        .map(|(number, owner)| {
            let mut all = lines.remove(&number).unwrap_or_default();
            all.sort_by(|one, other| one.0.cmp(&other.0));
            let skip = all.len().saturating_sub(LINES);
            FakePhone {
                shown: national(&number),
                replies: number.starts_with('+'),
                owner,
                lines: all.into_iter().skip(skip).map(|(_, line)| line).collect(),
                number,
            }
        })
        .collect();
    let when = When::new(web.now(), zone);
    html(&PhonesPage {
        phones,
        query: asked.q,
        more,
        clock: when.hour(web.now()),
    })
}
