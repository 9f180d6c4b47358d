//! Puts a demonstration territory into an empty store, and takes it out again. Everything that
//! can be played is played through the use cases, by [`super::play`].

use crate::admin::networks::create;
use crate::app::App;
use crate::chance;
use crate::demo::world::{DemoProfessional, DemoUser, DemoWorld};
use crate::error::AppError;
use crate::protocols::versions::lay_out;
use relais_core::access::Role;
use relais_core::ids::{PatientId, TokenId};
use relais_core::people::{MembershipStatus, Profession};
use relais_core::time::{Duration, Instant};
use relais_gateways::Mood;
use relais_store::networks::{Network, NetworkSettings};
use relais_store::patients::{self, Identity};
use relais_store::professionals::{self, PlaceRow, ProfessionalRow, RecordStatus};
use relais_store::seal::Secret;
use relais_store::users::{self, Secretary, Token, User};
use relais_store::{Tx, cooperations, demo_state, networks};
use std::sync::Arc;

/// What the demonstration remembers between starts: its seed.
const SEED: &str = "seed";

/// The API token of a demonstration account: the same at each start, worth nothing elsewhere.
pub fn token_of(seed: u64, user: &DemoUser) -> String {
    let secret = chance::fingerprint(&format!("relais demonstration {seed} {}", user.login));
    format!(
        "{}demo_{}",
        crate::accounts::token::PREFIX,
        secret.get(..40).unwrap_or_default()
    )
}

impl App {
    /// The seed of the demonstration already installed, if one is.
    pub async fn demo_seed(&self) -> Result<Option<u64>, AppError> {
        let found = self.read(|_, tx| Ok(demo_state::find(tx, SEED)?)).await?;
        Ok(found.and_then(|text| text.parse().ok()))
    }

    /// Installs a territory in one transaction: all of it, or nothing.
    pub async fn install_demo(&self, world: &Arc<DemoWorld>) -> Result<(), AppError> {
        let (installed, at) = (Arc::clone(world), world.start);
        self.write(move |inner, tx| {
            let world = &installed;
            for network in &world.networks {
                create(inner, tx, &network_of(network), at)?;
                let own = network.communes.iter().map(|insee| (*insee, false));
                let tolerated = network.tolerated.iter().map(|insee| (*insee, true));
                let communes: Vec<_> = own.chain(tolerated).collect();
                networks::set_communes(tx, network.id, &communes)?;
                lay_out(tx, network.id, at)?;
            }
            for pact in &world.sharing {
                networks::set_sharing(tx, pact.offered_to, pact.requests_of, true, at)?;
            }
            // Interns name a supervisor: those who name nobody come first.
            let (free, named): (Vec<_>, Vec<_>) = world
                .professionals
                .iter()
                .partition(|p| p.standing.supervisor().is_none());
            for professional in free.into_iter().chain(named) {
                professionals::insert(tx, &row_of(professional), at)?;
            }
            for user in &world.users {
                account(tx, world.seed, user, at)?;
            }
            for person in &world.professionals {
                declarations(tx, world, person, at)?;
            }
            for user in world.users.iter().filter(|u| u.role == Role::Secretary) {
                secretary(tx, world, user, at)?;
            }
            for user in world.users.iter().filter(|u| u.role == Role::Regulator) {
                // In the demonstration a regulator is there until they say otherwise, the days before
                // its start included: its stories are played through the use cases.
                let (since, until) = (
                    at - Duration::hours(24 * 14),
                    at + Duration::hours(24 * 366),
                );
                crate::regulation::duty::begin(tx, user.network, user.id, since, until)?;
            }
            for index in 0..world.patients.len() {
                patient(inner, tx, world, index, at)?;
            }
            super::newcomers::lay_out(tx, at)?;
            demo_state::set(tx, SEED, &world.seed.to_string())?;
            Ok(())
        })
        .await?;
        self.moods(world)
    }

    /// Phones that are switched off: their messages get no receipt.
    fn moods(&self, world: &DemoWorld) -> Result<(), AppError> {
        let Some(outside) = &self.outside().world else {
            return Ok(());
        };
        for person in world.professionals.iter().filter(|p| p.phone_off) {
            if let Some(number) = &person.alert_number {
                outside
                    .set_mood(number, Mood::Off)
                    .map_err(|error| AppError::Bug(format!("fake phones: {error}")))?;
            }
        }
        Ok(())
    }
}

fn network_of(network: &super::world::DemoNetwork) -> Network {
    Network {
        id: network.id,
        code: network.code.to_owned(),
        name: network.name.to_owned(),
        short_name: network.short_name.to_owned(),
        kind: network.kind.to_owned(),
        phone: network.phone.clone(),
        zone: network.zone.to_owned(),
        hours: network.hours.clone(),
        policy: network.policy.clone(),
        extra: NetworkSettings {
            public: network.public.clone(),
            samu_line: Some("0199001591".to_owned()),
            ..NetworkSettings::default()
        },
        settings_version: 1,
        active: true,
    }
}

fn row_of(person: &DemoProfessional) -> ProfessionalRow {
    let places = person
        .places
        .iter()
        .enumerate()
        .map(|(index, place)| PlaceRow {
            id: place.id,
            label: place.label.clone(),
            line: place.line.clone(),
            postcode: place.postcode.clone(),
            insee: place.insee,
            point: place.point,
            main: index == 0,
        });
    ProfessionalRow {
        member: person.member(),
        rpps: person.rpps.clone(),
        civility: person.civility.to_owned(),
        last_name: person.last_name.clone(),
        first_names: person.first_names.clone(),
        contact_number: person.contact_number.clone(),
        alert_number: person.alert_number.clone(),
        mail: person.mail.clone(),
        mssante: person.mssante.clone(),
        has_smartphone: person.has_smartphone,
        status: RecordStatus::Active,
        places: places.collect(),
        profile_version: 1,
    }
}

fn account(tx: &mut Tx<'_>, seed: u64, user: &DemoUser, at: Instant) -> Result<(), AppError> {
    users::insert(
        tx,
        &User {
            id: user.id,
            login: user.login.clone(),
            name: user.name.clone(),
            role: user.role,
            network: Some(user.network),
            professional: user.professional,
            active: true,
            created_at: at,
            has_password: false,
            has_totp: false,
        },
    )?;
    let token = Token {
        id: TokenId::from_bits(chance::id(at)),
        token_hash: chance::fingerprint(&token_of(seed, user)),
        user: Some(user.id),
        network: user.network,
        role: user.role,
        professional: user.professional,
        label: "démonstration".to_owned(),
        created_at: at,
        used_at: None,
        revoked_at: None,
    };
    Ok(users::insert_token(tx, &token)?)
}

/// The secretary answers in the name of the doctor of the guided visit, and of another of the same network.
fn secretary(
    tx: &mut Tx<'_>,
    world: &DemoWorld,
    user: &DemoUser,
    at: Instant,
) -> Result<(), AppError> {
    let guided = world.professionals[world.guided.doctor].id;
    let doctor = |one: &&DemoUser| {
        let person = one.professional.and_then(|id| world.professional(id));
        person.is_some_and(|person| {
            person.profession == Profession::Gp
                && person.memberships[0].status == MembershipStatus::Active
        })
    };
    let here = world.users.iter();
    let mut here: Vec<_> = here
        .filter(|one| one.network == user.network && one.featured)
        .filter(doctor)
        .collect();
    here.sort_by_key(|one| one.professional != Some(guided));
    for doctor in here.into_iter().take(2) {
        let Some(professional) = doctor.professional else {
            continue;
        };
        let named = Secretary {
            user: user.id,
            professional,
            network: user.network,
            by: doctor.id,
            at,
        };
        users::name_secretary(tx, named)?;
    }
    Ok(())
}

/// What somebody declared, by their own account, or by their coordinator's when they have none.
fn declarations(
    tx: &mut Tx<'_>,
    world: &DemoWorld,
    person: &DemoProfessional,
    at: Instant,
) -> Result<(), AppError> {
    let own = |user: &&DemoUser| user.professional == Some(person.id);
    let coordinates =
        |user: &&DemoUser| user.role == Role::Coordinator && user.network == person.home();
    let by = world.users.iter().find(own);
    let by = by.or_else(|| world.users.iter().find(coordinates));
    let place = crate::cooperation::places(&row_of(person))
        .into_iter()
        .next();
    let (Some(by), Some(place)) = (by, place) else {
        return Ok(());
    };
    for one in &person.cooperations {
        let declaration = cooperations::Cooperation {
            professional: person.id,
            protocol: one.protocol.to_string(),
            place: place.clone(),
            since_on: one.since,
            until_on: one.until,
            declared_at: at,
            declared_by: by.id,
        };
        cooperations::declare(tx, &declaration)?;
    }
    Ok(())
}

/// The patients a territory already knows; a request makes a record of its own.
fn patient(
    inner: &crate::app::Inner,
    tx: &mut Tx<'_>,
    world: &DemoWorld,
    index: usize,
    at: Instant,
) -> Result<(), AppError> {
    let Some(person) = world.patients.get(index) else {
        return Ok(());
    };
    let secret = |text: &str| Secret::new(text.to_owned());
    let identity = Identity {
        birth_name: secret(&person.birth_name),
        used_name: person.used_name.as_deref().map(secret),
        first_names: secret(&person.first_names),
        birth_date: secret(&person.birth_date.to_string()),
        phone: secret(&person.phone),
        carer_phone: person.carer_phone.as_deref().map(secret),
        address_line: secret(&person.line),
    };
    let id: PatientId = person.id;
    let (sex, insee, postcode) = (person.sex, person.insee, &person.postcode);
    patients::insert(
        tx,
        &inner.vault,
        id,
        person.network,
        &identity,
        sex,
        insee,
        postcode,
        at,
    )?;
    Ok(())
}
