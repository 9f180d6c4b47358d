//! Who lives in the village: three networks, a dozen professionals, an account for each, staff for
//! every role. Plain data, the same at every run.

use crate::village::{CENTRE, NORTH, SOUTH};
use relais_app::demo::{
    DemoNetwork, DemoPlace, DemoProfessional, DemoSharing, DemoUser, DemoWorld, Guided, GuidedCall,
};
use relais_app::reference::care_types::ordinary_care;
use relais_app::reference::communes::Communes;
use relais_core::access::Role;
use relais_core::cascade::Policy;
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, PlaceId, ProfessionalId, UserId};
use relais_core::people::{
    Channels, Membership, MembershipStatus, Mode, Profession, Profile, Standing,
};
use relais_core::request::{Need, Origin};
use relais_core::slug::Slug;
use relais_core::time::{Instant, OpenSpan, OpeningHours, Weekly};

/// Who lives there: name, profession, network, commune, smartphone, number, mail.
const PEOPLE: &[(&str, Profession, usize, &str, bool, bool, bool)] = &[
    ("Martin", Profession::Gp, NORTH, "91377", true, true, true),
    ("Leroy", Profession::Gp, NORTH, "91377", true, true, false),
    ("Petit", Profession::Gp, NORTH, "91477", false, true, true),
    ("Garnier", Profession::Gp, NORTH, "91477", true, true, true),
    ("Faure", Profession::Gp, NORTH, "91312", true, true, false),
    (
        "Blanc",
        Profession::Nurse,
        NORTH,
        "91377",
        true,
        true,
        false,
    ),
    (
        "Roux",
        Profession::Nurse,
        NORTH,
        "91477",
        false,
        true,
        false,
    ),
    (
        "Potard",
        Profession::Pharmacist,
        NORTH,
        "91377",
        true,
        true,
        true,
    ),
    ("Voisin", Profession::Gp, CENTRE, "91471", true, true, false),
    ("Orsel", Profession::Gp, CENTRE, "91471", true, true, false),
    ("Evrard", Profession::Gp, SOUTH, "91228", true, true, false),
];

/// The village at its first moment.
pub(crate) fn world(start: Instant) -> DemoWorld {
    let networks = vec![
        network(1, "NORD91", "Nord", &["91377", "91477", "91312"]),
        network(2, "CENTRE91", "Centre", &["91471", "91272"]),
        network(3, "SUD91", "Sud", &["91228"]),
    ];
    let sharing = vec![DemoSharing {
        requests_of: networks[NORTH].id,
        offered_to: networks[CENTRE].id,
    }];
    let professionals: Vec<_> = PEOPLE
        .iter()
        .enumerate()
        .map(|(index, who)| person(index, who, &networks))
        .collect();
    let mut users = Vec::new();
    for network in &networks {
        for role in Role::ALL.iter().filter(|role| **role != Role::Professional) {
            users.push(user(users.len(), *role, network.id, None));
        }
    }
    for person in &professionals {
        users.push(user(
            users.len(),
            Role::Professional,
            person.home(),
            Some(person),
        ));
    }
    let need = Need {
        profession: Profession::Gp,
        specialty: None,
        care: ordinary_care(Profession::Gp),
        mode: Mode::Consultation,
        within_hours: 12,
        motives: vec![Slug::new("otalgie").unwrap()],
        comment: String::new(),
        series: None,
        cooperations: std::collections::BTreeSet::new(),
    };
    let call = GuidedCall {
        requester: 0,
        patient: 0,
        need,
        origin: Origin::Patient,
    };
    DemoWorld {
        seed: 1,
        start,
        networks,
        sharing,
        professionals,
        users,
        patients: Vec::new(),
        stories: Vec::new(),
        guided: Guided {
            doctor: 0,
            no_smartphone: 2,
            pharmacist: 7,
            first_call: call.clone(),
            nobody: call.clone(),
            nurse: call,
        },
    }
}

fn network(id: u128, code: &'static str, name: &'static str, communes: &[&str]) -> DemoNetwork {
    let mut weekly = Weekly::default();
    for day in weekly.days.iter_mut().take(5) {
        day.push(OpenSpan::new(8 * 60, 20 * 60).unwrap());
    }
    DemoNetwork {
        id: NetworkId::from_bits(id),
        code,
        name,
        short_name: name,
        kind: "cpts",
        phone: format!("+3319900010{id}"),
        zone: "Europe/Paris",
        hours: OpeningHours {
            weekly,
            closed_on_holidays: true,
            ..OpeningHours::default()
        },
        policy: Policy::default(),
        public: relais_store::codec::settings::PublicSettings::default(),
        communes: communes.iter().map(|c| Insee::new(c).unwrap()).collect(),
        tolerated: Vec::new(),
    }
}

/// One more inhabitant, for a test that needs many.
pub(crate) fn settle_in(world: &mut DemoWorld, name: &str, profession: Profession) {
    let index = world.professionals.len();
    let who: &'static str = Box::leak(name.to_owned().into_boxed_str());
    let row = (who, profession, NORTH, "91377", true, true, false);
    let person = person(index, &row, &world.networks);
    let account = user(
        world.users.len(),
        Role::Professional,
        person.home(),
        Some(&person),
    );
    world.users.push(account);
    world.professionals.push(person);
}

fn person(
    index: usize,
    (name, profession, home, insee, push, sms, mail): &(
        &str,
        Profession,
        usize,
        &str,
        bool,
        bool,
        bool,
    ),
    networks: &[DemoNetwork],
) -> DemoProfessional {
    let insee = Insee::new(insee).unwrap();
    let doctor = matches!(profession, Profession::Gp | Profession::Pharmacist);
    let bits = 1_000 + u128::try_from(index).unwrap();
    let mut profile = Profile {
        radius_m: 30_000,
        ..Profile::default()
    };
    profile.modes.visit = true;
    DemoProfessional {
        id: ProfessionalId::from_bits(bits),
        rpps: format!("997{index:08}"),
        civility: if doctor { "Dr" } else { "Mme" },
        last_name: (*name).to_owned(),
        first_names: "Camille".to_owned(),
        profession: *profession,
        specialty: None,
        standing: Standing::Titular,
        contact_number: Some(format!("+3319900{:04}", 2_000 + index)),
        alert_number: sms.then(|| format!("+3363998{index:04}")),
        mail: mail.then(|| format!("{}@example.test", name.to_lowercase())),
        mssante: None,
        has_smartphone: *push,
        phone_off: false,
        places: vec![DemoPlace {
            id: PlaceId::from_bits(bits),
            label: "Cabinet".to_owned(),
            line: format!("{} rue du Lavoir", index + 1),
            postcode: "91300".to_owned(),
            insee,
            point: Communes::shipped().point(insee).unwrap(),
        }],
        memberships: vec![Membership {
            network: networks[*home].id,
            status: MembershipStatus::Active,
        }],
        profile,
        channels: Channels {
            push: *push,
            sms: *sms,
            mail: *mail,
        },
        cooperations: Vec::new(),
    }
}

fn user(
    index: usize,
    role: Role,
    network: NetworkId,
    person: Option<&DemoProfessional>,
) -> DemoUser {
    let bits = 9_000 + u128::try_from(index).unwrap();
    DemoUser {
        id: UserId::from_bits(bits),
        login: format!("{}-{index}", role.code()),
        name: person.map_or_else(|| format!("{} {index}", role.code()), |p| p.display_name()),
        role,
        network,
        professional: person.map(|p| p.id),
        featured: false,
    }
}
