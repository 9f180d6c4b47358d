//! Networks and professionals: read as written, versioned, and the directory's version with them.

use relais_core::ids::NetworkId;
use relais_core::people::MembershipStatus;
use relais_core::slug::Slug;
use relais_store::testing::{self, on_each_engine};
use relais_store::{Db, StoreError, communes, networks, professionals};

use crate::any::Any;
use crate::some::{self, NETWORK, OTHER, at, massy, pro};

fn version(db: &Db) -> i64 {
    db.read_blocking(professionals::directory_version)
        .expect("reads")
}

#[test]
fn a_network_is_read_as_it_was_written() {
    on_each_engine(|db| {
        for seed in 0..20 {
            let mut network = some::network(NetworkId::from_bits(seed.into()), &format!("N{seed}"));
            let settings = Any(seed).settings();
            (network.hours, network.policy, network.extra) =
                (settings.hours, settings.policy, settings.extra);
            network.policy.version = 1;
            let written = network.clone();
            let read = db.write_blocking(move |tx| {
                networks::insert(tx, &written, at(1), "test")?;
                networks::get(tx, written.id)
            });
            assert_eq!(read, Ok(network));
        }
        let all = db.read_blocking(networks::list).expect("lists");
        assert_eq!(all.len(), 20);
        let found = db
            .read_blocking(|tx| networks::find_by_code(tx, "N7"))
            .expect("reads");
        assert_eq!(found.map(|n| n.id), Some(NetworkId::from_bits(7)));
        assert_eq!(
            db.read_blocking(|tx| networks::find_by_code(tx, "none")),
            Ok(None)
        );
    });
}

#[test]
fn settings_are_versioned_and_every_version_is_kept() {
    on_each_engine(|db| {
        some::territory(db);
        let before = version(db);
        let mut network = some::network(NETWORK, "SNP91");
        network.policy.window_minutes = 60;
        let first = network.clone();
        db.write_blocking(move |tx| networks::update(tx, &first, at(50), "usr_1"))
            .expect("saved");
        assert!(version(db) > before, "the directory is read again");
        let read = db
            .read_blocking(|tx| networks::get(tx, NETWORK))
            .expect("reads");
        assert_eq!((read.settings_version, read.policy.version), (2, 2));
        let late = db.write_blocking(move |tx| networks::update(tx, &network, at(60), "usr_2"));
        assert!(matches!(late, Err(StoreError::Conflict { .. })));
        let past = db
            .read_blocking(|tx| networks::list_settings(tx, NETWORK, 10))
            .expect("lists");
        let seen: Vec<_> = past
            .iter()
            .map(|p| (p.version, p.settings.policy.window_minutes, p.since))
            .collect();
        assert_eq!(seen, [(2, 60, at(50)), (1, 120, at(1))]);
    });
}

#[test]
fn communes_and_agreements_are_replaced_and_ended() {
    on_each_engine(|db| {
        some::territory(db);
        let other = relais_core::geo::Insee::new("91477").expect("a code");
        db.write_blocking(move |tx| {
            networks::set_communes(tx, NETWORK, &[(other, false)])?;
            networks::set_communes(tx, NETWORK, &[(massy(), false), (other, true)])?;
            networks::set_communes(tx, OTHER, &[(other, false)])?;
            networks::set_sharing(tx, OTHER, NETWORK, true, at(1))?;
            networks::set_sharing(tx, NETWORK, OTHER, true, at(1))?;
            networks::set_sharing(tx, NETWORK, OTHER, false, at(2))
        })
        .expect("written");
        let own = db.read_blocking(|tx| networks::list_communes(tx, NETWORK));
        assert_eq!(own, Ok(vec![(massy(), false), (other, true)]));
        let serving = db.read_blocking(move |tx| networks::networks_of_commune(tx, other));
        assert_eq!(serving, Ok(vec![(OTHER, false), (NETWORK, true)]));
        assert_eq!(
            db.read_blocking(networks::list_sharing),
            Ok(vec![(OTHER, NETWORK)])
        );
    });
}

#[test]
fn a_professional_is_read_as_they_were_written() {
    on_each_engine(|db| {
        some::territory(db);
        for seed in 0..30_u64 {
            let mut row = some::professional(100 + u128::from(seed));
            row.member.standing = Any(seed).standing();
            row.member.profile = Any(seed).profile();
            row.member.specialty = Slug::new("cardiologie").ok().filter(|_| seed % 2 == 0);
            row.mail = Some("a@example.org".to_string()).filter(|_| seed % 3 == 0);
            row.member.channels = row.channels();
            let written = row.clone();
            let read = db.write_blocking(move |tx| {
                professionals::insert(tx, &written, at(1))?;
                professionals::get(tx, written.member.id)
            });
            assert_eq!(read.as_ref(), Ok(&row));
            let rpps = row.rpps.clone();
            let found = db.read_blocking(move |tx| professionals::find_by_rpps(tx, &rpps));
            assert_eq!(found, Ok(Some(row)));
        }
        let all = db.read_blocking(professionals::load_all).expect("loads");
        assert_eq!(all.len(), 35);
        for row in all {
            let id = row.member.id;
            assert_eq!(
                db.read_blocking(move |tx| professionals::get(tx, id)),
                Ok(row)
            );
        }
        let absent = db.read_blocking(|tx| professionals::get(tx, pro(404)));
        assert!(matches!(
            absent,
            Err(StoreError::NotFound {
                table: "professionals",
                ..
            })
        ));
    });
}

#[test]
fn each_change_of_the_directory_raises_its_version() {
    on_each_engine(|db| {
        some::territory(db);
        let mut last = version(db);
        let mut raised = |what: &str| {
            let now = version(db);
            assert!(now > last, "{what}");
            last = now;
        };
        let row = db
            .read_blocking(|tx| professionals::get(tx, pro(1)))
            .expect("reads");
        let mut profile = row.member.profile.clone();
        profile.own_patients_only = true;
        let wanted = profile.clone();
        db.write_blocking(move |tx| professionals::update_profile(tx, pro(1), &profile, 1))
            .expect("saved");
        raised("a profile");
        let (late, mut moved) = (wanted.clone(), row);
        let late = db.write_blocking(move |tx| professionals::update_profile(tx, pro(1), &late, 1));
        assert!(
            matches!(late, Err(StoreError::Conflict { .. })),
            "saved from another phone"
        );
        db.write_blocking(|tx| {
            professionals::set_membership(tx, pro(1), OTHER, MembershipStatus::Applied, at(5))
        })
        .expect("saved");
        raised("a membership");
        moved.places[0].label = "Nouveau cabinet".into();
        moved.alert_number = None;
        db.write_blocking(move |tx| professionals::update(tx, &moved))
            .expect("saved");
        raised("a place");
        let read = db
            .read_blocking(|tx| professionals::get(tx, pro(1)))
            .expect("reads");
        assert_eq!(read.member.profile, wanted, "kept by update");
        assert_eq!(read.member.memberships.len(), 2, "kept by update");
        assert_eq!(read.places[0].label, "Nouveau cabinet");
        assert!(!read.member.channels.sms, "no number, no SMS");
        let shared = db.read_blocking(|tx| professionals::find_by_alert_number(tx, "+33600000002"));
        assert_eq!(shared, Ok(vec![pro(2)]));
    });
}

#[test]
fn a_standing_that_contradicts_its_facts_is_named() {
    on_each_engine(|db| {
        some::territory(db);
        let one = pro(1);
        for damage in [
            "UPDATE professionals SET standing = 'locum'",
            "UPDATE professionals SET contract_from = 5",
            "UPDATE professionals SET standing = 'titular', contract_from = 5, contract_until = 6",
        ] {
            let seen: Result<(), StoreError> = db.write_blocking(move |tx| {
                testing::damage(tx, damage)?;
                Err(professionals::get(tx, one)
                    .map(|_| ())
                    .expect_err("the damage is seen"))
            });
            let Err(StoreError::Inconsistent { table, id, .. }) = seen else {
                panic!("{damage}: {seen:?}")
            };
            assert_eq!((table, id), ("professionals", one.to_string()));
        }
    });
}

#[test]
fn communes_are_imported_again_and_again() {
    on_each_engine(|db| {
        let row = communes::CommuneRow {
            insee: massy(),
            name: "Massy".into(),
            postcodes: vec!["91300".into(), "91301".into()],
            dept: "91".into(),
            point: relais_core::geo::Point {
                lat_e6: 48_730_000,
                lon_e6: -2_270_000,
            },
            town: None,
            population: 50_000,
        };
        let mut newer = row.clone();
        newer.town = Some(relais_core::geo::Point {
            lat_e6: 1,
            lon_e6: 2,
        });
        let wanted = newer.clone();
        db.write_blocking(move |tx| {
            communes::set(tx, &row)?;
            communes::set(tx, &newer)
        })
        .expect("imported");
        assert_eq!(db.read_blocking(communes::count), Ok(1));
        assert_eq!(
            db.read_blocking(|tx| communes::find(tx, massy())),
            Ok(Some(wanted.clone()))
        );
        let of = db.read_blocking(|tx| communes::list_department(tx, "91"));
        assert_eq!(of, Ok(vec![wanted]));
    });
}
