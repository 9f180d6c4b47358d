//! `GET /demo/accounts.json`: everybody one can be, with what signs in as them.

use axum::extract::State;
use relais_app::demo::{DemoUser, DemoWorld, token_of};
use serde::Serialize;

use super::world;
use crate::fail::Answer;
use crate::gate::encode;
use crate::web::Web;

/// An account of the demonstration. What does not apply is left out.
#[derive(Serialize)]
struct Account<'a> {
    name: &'a str,
    login: &'a str,
    role: &'static str,
    network: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    professional: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profession: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rpps: Option<&'a str>,
    /// Main place.
    #[serde(skip_serializing_if = "Option::is_none")]
    insee: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smartphone: Option<bool>,
    /// How many patients of the territory declared them as usual professional.
    #[serde(skip_serializing_if = "Option::is_none")]
    declared_patients: Option<usize>,
    login_url: String,
    api_token: String,
}

/// Lists them: staff first, then those to begin with, then everybody else.
pub(super) async fn list(State(web): State<Web>) -> Answer {
    let world = world(&web)?;
    let base = &web.app.settings().base_url;
    let mut users: Vec<&DemoUser> = world.users.iter().collect();
    users.sort_by_key(|user| (user.professional.is_some(), !user.featured));
    // Whoever left every network, or whose contract is over, has nothing open: no session, no token.
    let now = web.now();
    let here = |user: &&DemoUser| {
        let person = user.professional.and_then(|id| world.professional(id));
        !person.is_some_and(|person| person.has_left(now))
    };
    let accounts: Vec<_> = users
        .into_iter()
        .filter(here)
        .map(|user| account(world, base, user))
        .collect();
    crate::api::ok(&accounts)
}

fn account<'a>(world: &'a DemoWorld, base: &str, user: &'a DemoUser) -> Account<'a> {
    let person = user
        .professional
        .and_then(|id| world.professionals.iter().find(|one| one.id == id));
    let network = world
        .networks
        .iter()
        .find(|network| network.id == user.network);
    let declared = |id| {
        world
            .patients
            .iter()
            .filter(|one| one.usual.professionals.contains(&id))
            .count()
    };
    Account {
        name: &user.name,
        login: &user.login,
        role: user.role.code(),
        network: network.map_or("", |network| network.code),
        professional: user.professional.map(|id| id.to_string()),
        profession: person.map(|one| one.profession.code()),
        rpps: person.map(|one| one.rpps.as_str()),
        insee: person
            .and_then(|one| one.places.first())
            .map(|place| place.insee.as_str()),
        alert_number: person.and_then(|one| one.alert_number.as_deref()),
        smartphone: person.map(|one| one.has_smartphone),
        declared_patients: user.professional.map(declared),
        login_url: format!("{base}/demo/entrer/{}", encode(&user.login)),
        api_token: token_of(world.seed, user),
    }
}
