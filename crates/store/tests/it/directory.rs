//! Networks and professionals: read as written, versioned, and the directory's version with them.

use std::sync::{Arc, Mutex};

use relais_core::ids::{NetworkId, UserId};
use relais_core::people::MembershipStatus;
use relais_core::slug::Slug;
use relais_store::testing::{self, on_each_engine};
use relais_store::{Db, StoreError, communes, directory, networks, professionals, users};

use crate::any::Any;
use crate::some::{self, NETWORK, OTHER, at, massy, pro};

fn version(db: &Db) -> i64 {
    db.read_blocking(directory::mark).expect("reads").version
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

/// What moved since a version, and the version now.
fn moved_since(db: &Db, from: directory::Mark) -> (Option<directory::Moved>, directory::Mark) {
    db.read_blocking(move |tx| {
        let to = directory::mark(tx)?;
        Ok::<_, StoreError>((directory::moved(tx, from, to)?, to))
    })
    .expect("reads")
}

#[test]
fn what_moved_is_read_again_and_nothing_else() {
    on_each_engine(|db| {
        some::territory(db);
        let from = db.read_blocking(directory::mark).expect("reads");
        let nothing = moved_since(db, from);
        assert_eq!(nothing, (Some(directory::Moved::default()), from));
        db.write_blocking(|tx| {
            let mut row = professionals::get(tx, pro(2))?;
            row.last_name = "Renommée".into();
            row.places.clear();
            professionals::update(tx, &row)?;
            let mut profile = row.member.profile.clone();
            profile.own_patients_only = true;
            professionals::update_profile(tx, pro(2), &profile, row.profile_version)?;
            professionals::set_membership(tx, pro(4), OTHER, MembershipStatus::Applied, at(5))?;
            networks::set_sharing(tx, OTHER, NETWORK, true, at(5))?;
            users::insert(tx, &some::user(UserId::from_bits(77), "bea"))
        })
        .expect("saved");
        let (moved, to) = moved_since(db, from);
        assert_eq!(to.version, from.version + 5, "one version a change");
        let moved = moved.expect("the history is whole");
        let people: Vec<_> = moved
            .professionals
            .iter()
            .map(|row| row.member.id)
            .collect();
        assert_eq!(people, [pro(2), pro(4)], "each once");
        for row in &moved.professionals {
            let id = row.member.id;
            let stored = db.read_blocking(move |tx| professionals::get(tx, id));
            assert_eq!(stored.as_ref(), Ok(row), "as it stands");
        }
        assert_eq!(moved.networks, [NETWORK], "who borrows");
        let named = (UserId::from_bits(77), "Opératrice".to_string());
        assert_eq!(moved.users, [named]);
        assert_eq!(moved_since(db, to).0, Some(directory::Moved::default()));
    });
}

/// A number given back by a rollback is given again to another change: who saw the first must not
/// take it for the second.
#[test]
fn a_version_taken_back_is_no_version() {
    on_each_engine(|db| {
        some::territory(db);
        let change = |who: u128, keep: bool| {
            let seen = Arc::new(Mutex::new(directory::Mark::default()));
            let told = Arc::clone(&seen);
            let done = db.write_blocking(move |tx| {
                let status = MembershipStatus::Suspended;
                professionals::set_membership(tx, pro(who), NETWORK, status, at(5))?;
                let (seen, held) = (directory::mark(tx)?, directory::mark_held(tx)?);
                assert_eq!(seen, held, "one version, held or not");
                *told.lock().expect("nobody panicked") = seen;
                if keep {
                    Ok(())
                } else {
                    Err(StoreError::not_found("test", "taken back"))
                }
            });
            assert_eq!(done.is_ok(), keep);
            *seen.lock().expect("nobody panicked")
        };
        let from = db.read_blocking(directory::mark).expect("reads");
        let phantom = change(1, false);
        assert_eq!(db.read_blocking(directory::mark), Ok(from));
        let real = change(2, true);
        assert_eq!(real.version, phantom.version, "the number is given again");
        assert_ne!(real, phantom);
        assert_eq!(moved_since(db, phantom).0, None, "read everything");
        let moved = moved_since(db, from).0.expect("the history is whole");
        assert_eq!(moved.professionals.len(), 1);
    });
}

#[test]
fn a_history_with_a_hole_is_read_whole() {
    on_each_engine(|db| {
        some::territory(db);
        let from = db.read_blocking(directory::mark).expect("reads");
        // A program older than the table of changes writes a version and no row.
        testing::raw(
            db,
            "UPDATE counters SET value = value + 1 WHERE name = 'directory'",
        )
        .expect("raised");
        let (moved, old) = moved_since(db, from);
        assert_eq!((moved, old.version), (None, from.version + 1));
        db.write_blocking(|tx| {
            professionals::set_membership(tx, pro(1), OTHER, MembershipStatus::Applied, at(5))
        })
        .expect("saved");
        assert_eq!(moved_since(db, from).0, None);
        assert_eq!(moved_since(db, old).0, None, "its own change is not known");
        let now = moved_since(db, old).1;
        db.write_blocking(|tx| {
            professionals::set_membership(tx, pro(1), OTHER, MembershipStatus::Active, at(6))
        })
        .expect("saved");
        assert!(moved_since(db, now).0.is_some(), "whole again");
        let ahead = moved_since(db, now).1;
        let back = db.read_blocking(move |tx| directory::moved(tx, ahead, now));
        assert_eq!(back, Ok(None), "nobody goes back");
    });
}

#[test]
fn the_history_kept_is_bounded() {
    on_each_engine(|db| {
        some::territory(db);
        let first = db.read_blocking(directory::mark).expect("reads");
        let far = format!(
            "UPDATE counters SET value = {} WHERE name = 'directory'",
            first.version + directory::KEPT
        );
        testing::raw(db, &far).expect("raised");
        db.write_blocking(|tx| {
            professionals::set_membership(tx, pro(1), OTHER, MembershipStatus::Applied, at(5))
        })
        .expect("saved");
        let again = "INSERT INTO directory_changes VALUES (1, 7, 'user', 'usr_1')";
        testing::raw(db, again).expect("version 1 is not kept any more");
        assert_eq!(moved_since(db, first).0, None);
    });
}
