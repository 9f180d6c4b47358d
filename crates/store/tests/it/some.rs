//! Made-up values: one of everything, and any of everything from a seed.

use crate::any::Any;

use relais_core::access::Role;
use relais_core::cascade::Policy;
use relais_core::geo::{Insee, Point};
use relais_core::ids::{NetworkId, OfferId, PatientId, PlaceId, ProfessionalId, RequestId, UserId};
use relais_core::people::{Member, Membership, MembershipStatus, Profession, Profile, Standing};
use relais_core::request::*;
use relais_core::time::{Instant, OpeningHours};
use relais_store::networks::{self, Network, NetworkSettings};
use relais_store::patients::{self, Identity};
use relais_store::professionals::{self, PlaceRow, ProfessionalRow, RecordStatus};
use relais_store::seal::{MasterKey, Purpose, Secret, Vault};
use relais_store::users::{self, User};
use relais_store::{Db, StoreError, Tx, keys};

pub(crate) const NETWORK: NetworkId = NetworkId::from_bits(1);
pub(crate) const OTHER: NetworkId = NetworkId::from_bits(2);
pub(crate) const USER: UserId = UserId::from_bits(1);
pub(crate) const PATIENT: PatientId = PatientId::from_bits(1);

pub(crate) fn at(ms: i64) -> Instant {
    Instant::from_millis(ms)
}

pub(crate) fn pro(n: u128) -> ProfessionalId {
    ProfessionalId::from_bits(n)
}

pub(crate) fn massy() -> Insee {
    Insee::new("91377").expect("a code")
}

pub(crate) fn vault() -> Vault {
    Vault::new(MasterKey::new([7; 32]), vec![])
}

pub(crate) fn network(id: NetworkId, code: &str) -> Network {
    Network {
        id,
        code: code.into(),
        name: "CPTS d'essai".into(),
        short_name: "Essai".into(),
        kind: "cpts".into(),
        phone: "0160000000".into(),
        zone: "Europe/Paris".into(),
        hours: OpeningHours::default(),
        policy: Policy::default(),
        extra: NetworkSettings::default(),
        settings_version: 1,
        active: true,
    }
}

pub(crate) fn professional(n: u128) -> ProfessionalRow {
    let place = PlaceRow {
        id: PlaceId::from_bits(n),
        label: "Cabinet".into(),
        line: "1 rue de Paris".into(),
        postcode: "91300".into(),
        insee: massy(),
        point: Point {
            lat_e6: 48_730_000,
            lon_e6: 2_270_000,
        },
        main: true,
    };
    let mut row = ProfessionalRow {
        member: Member {
            id: pro(n),
            profession: Profession::Gp,
            specialty: None,
            memberships: vec![Membership {
                network: NETWORK,
                status: MembershipStatus::Active,
            }],
            places: vec![place.point],
            standing: Standing::Titular,
            profile: Profile::default(),
            channels: relais_core::people::Channels {
                push: false,
                sms: false,
                mail: false,
            },
            cooperations: vec![],
        },
        rpps: format!("1000000{n:04}"),
        civility: "Dr".into(),
        last_name: format!("Durand{n}"),
        first_names: "Anne".into(),
        contact_number: Some("+33160000001".into()),
        alert_number: Some(format!("+3360000{n:04}")),
        mail: None,
        mssante: None,
        has_smartphone: true,
        status: RecordStatus::Active,
        places: vec![place],
        profile_version: 1,
    };
    row.member.channels = row.channels();
    row
}

pub(crate) fn identity() -> Identity {
    Identity {
        birth_name: Secret::new("Tervaux".into()),
        used_name: None,
        first_names: Secret::new("Éloïse Anne".into()),
        birth_date: Secret::new("1951-04-02".into()),
        phone: Secret::new("+33639984107".into()),
        carer_phone: None,
        address_line: Secret::new("8 allée des Tilleuls".into()),
    }
}

pub(crate) fn user(id: UserId, login: &str) -> User {
    User {
        id,
        login: login.into(),
        name: "Opératrice".into(),
        role: Role::Operator,
        network: Some(NETWORK),
        professional: None,
        active: true,
        created_at: at(1),
        has_password: false,
        has_totp: false,
    }
}

/// Two networks, five professionals, an operator, a patient.
pub(crate) fn territory(db: &Db) {
    db.write_blocking(|tx| -> Result<(), StoreError> {
        let vault = vault();
        for (id, code) in [(NETWORK, "SNP91"), (OTHER, "SNP92")] {
            networks::insert(tx, &network(id, code), at(1), "test")?;
            let name = id.to_string();
            keys::insert_network_key(tx, &vault, &name, "records-1", Purpose::Records, 1)?;
            keys::insert_network_key(tx, &vault, &name, "index-1", Purpose::Index, 1)?;
        }
        for n in 1..=5 {
            professionals::insert(tx, &professional(n), at(1))?;
        }
        users::insert(tx, &user(USER, "operatrice"))?;
        patient(tx, PATIENT)
    })
    .expect("the territory is written");
}

pub(crate) fn patient(tx: &mut Tx<'_>, id: PatientId) -> Result<(), StoreError> {
    patients::insert(
        tx,
        &vault(),
        id,
        NETWORK,
        &identity(),
        Sex::Female,
        massy(),
        "91300",
        at(1),
    )
}

/// A request of the operator for the patient, unfilled, with nobody asked.
pub(crate) fn request(n: u128) -> Request {
    let mut any = Any(1).request();
    any.id = RequestId::from_bits(n);
    any.network = NETWORK;
    any.requester = Requester::Staff(USER);
    any.patient.commune = massy();
    any.offers = vec![];
    any.raised_at = at(1000 + n as i64);
    any.phase = Phase::Unfilled(Unfilled {
        since: at(2000),
        why: UnfilledReason::NobodyEligible,
        owner: None,
        remind_at: at(3000),
    });
    any
}

pub(crate) fn offer(n: u128, professional: ProfessionalId, status: OfferStatus) -> Offer {
    Offer {
        id: OfferId::from_bits(n),
        professional,
        network: NETWORK,
        stage: Stage::Community,
        round: 1,
        usual: false,
        distance_m: Some(1200),
        asked_at: at(1000 + n as i64),
        status,
    }
}
