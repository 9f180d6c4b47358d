//! Sheets by version: what may follow what, the one in force at an instant, counts that add up.

use relais_core::time::Instant;
use relais_store::protocol_signings::{self, Signing};
use relais_store::protocols::{self, Count, Signature, Status, Version};
use relais_store::testing::on_each_engine;
use relais_store::{Db, StoreError};

use crate::some::{self, NETWORK, USER, at, pro};

fn draft(db: &Db, code: &'static str, version: i64) {
    db.write_blocking(move |tx| {
        protocols::insert_draft(tx, NETWORK, code, version, ("Titre", "{}"), "usr_1", at(1))
    })
    .expect("written");
}

fn get(db: &Db, version: i64) -> Version {
    db.read_blocking(move |tx| protocols::find(tx, NETWORK, "GORGE", version))
        .expect("reads")
        .expect("is there")
}

fn act(
    db: &Db,
    version: i64,
    run: impl Fn(&mut relais_store::Tx<'_>, &Version) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), StoreError> {
    let held = get(db, version);
    db.write_blocking(move |tx| run(tx, &held))
}

fn signature(expires_at: Instant) -> Signature {
    Signature {
        by: "Dr Essai".into(),
        rpps: "10001234567".into(),
        at: at(5),
        recorded_by: "usr_1".into(),
        expires_at,
    }
}

fn in_force(db: &Db, now: i64) -> Vec<(String, i64)> {
    db.read_blocking(move |tx| protocols::list_in_force(tx, NETWORK, at(now)))
        .expect("reads")
        .into_iter()
        .map(|version| (version.code, version.version))
        .collect()
}

#[test]
fn a_version_goes_from_draft_to_reviewed_to_signed_and_never_back() {
    on_each_engine(|db| {
        some::territory(db);
        draft(db, "GORGE", 1);
        let early = act(db, 1, |tx, held| {
            protocols::sign(tx, held, &signature(at(99)))
        });
        assert!(
            matches!(early, Err(StoreError::Conflict { .. })),
            "{early:?}"
        );
        let stale = get(db, 1);
        act(db, 1, |tx, held| {
            protocols::save_draft(tx, held, ("Autre", "{\"a\":1}"), "usr_2", at(2))
        })
        .expect("saved");
        let lost = db.write_blocking(move |tx| {
            protocols::save_draft(tx, &stale, ("Perdu", "{}"), "usr_3", at(3))
        });
        assert!(matches!(lost, Err(StoreError::Conflict { .. })), "{lost:?}");
        act(db, 1, |tx, held| {
            protocols::review(tx, held, "usr_2", at(3))
        })
        .expect("reviewed");
        act(db, 1, |tx, held| protocols::reopen(tx, held, at(3))).expect("written again");
        act(db, 1, |tx, held| {
            protocols::review(tx, held, "usr_2", at(4))
        })
        .expect("reviewed");
        act(db, 1, |tx, held| {
            protocols::sign(tx, held, &signature(at(99)))
        })
        .expect("signed");
        let signed = get(db, 1);
        assert_eq!(signed.status, Status::Signed);
        assert_eq!(signed.signature, Some(signature(at(99))));
        assert_eq!(signed.reviewed, Some(("usr_2".to_owned(), at(4))));
        assert_eq!(
            (signed.title.as_str(), signed.body.as_str()),
            ("Autre", "{\"a\":1}")
        );
        for refused in [
            act(db, 1, |tx, held| {
                protocols::save_draft(tx, held, ("Non", "{}"), "usr_2", at(6))
            }),
            act(db, 1, |tx, held| protocols::reopen(tx, held, at(6))),
            act(db, 1, |tx, held| {
                protocols::review(tx, held, "usr_2", at(6))
            }),
        ] {
            assert!(
                matches!(refused, Err(StoreError::Conflict { .. })),
                "{refused:?}"
            );
        }
    });
}

#[test]
fn one_version_is_in_force_at_a_time_and_the_next_change_is_known() {
    on_each_engine(|db| {
        some::territory(db);
        for version in [1, 2, 3] {
            draft(db, "GORGE", version);
        }
        draft(db, "TOUX", 1);
        assert_eq!(in_force(db, 100), Vec::new());
        for (version, from) in [(1, 10), (2, 20), (3, 20)] {
            act(db, version, move |tx, held| {
                protocols::put_in_force(tx, held, at(from), at(5))
            })
            .expect("in force");
        }
        // In force, even a draft is not edited any more.
        let edited = act(db, 1, |tx, held| {
            protocols::save_draft(tx, held, ("Non", "{}"), "usr_2", at(6))
        });
        assert!(
            matches!(edited, Err(StoreError::Conflict { .. })),
            "{edited:?}"
        );
        let gorge = |version| vec![("GORGE".to_owned(), version)];
        assert_eq!(in_force(db, 9), Vec::new());
        assert_eq!(in_force(db, 10), gorge(1));
        assert_eq!(in_force(db, 20), gorge(3));
        let next = |after| {
            db.read_blocking(move |tx| protocols::next_change(tx, NETWORK, at(after)))
                .expect("reads")
        };
        assert_eq!(next(0), Some(at(10)));
        assert_eq!(next(10), Some(at(20)));
        assert_eq!(next(20), None);
        act(db, 3, |tx, held| {
            protocols::review(tx, held, "usr_1", at(6))
        })
        .expect("reviewed");
        act(db, 3, |tx, held| {
            protocols::sign(tx, held, &signature(at(99)))
        })
        .expect("signed");
        assert_eq!(next(20), Some(at(99)));
        let before = db.read_blocking(protocols::changes).expect("reads");
        let retired = db
            .write_blocking(|tx| protocols::retire(tx, NETWORK, "GORGE", at(30)))
            .expect("retired");
        assert_eq!((retired, in_force(db, 100)), (3, Vec::new()));
        assert!(db.read_blocking(protocols::changes).expect("reads") > before);
        let latest = db
            .read_blocking(|tx| protocols::list_latest(tx, NETWORK))
            .expect("reads");
        let latest: Vec<_> = latest
            .iter()
            .map(|v| (v.code.as_str(), v.version))
            .collect();
        assert_eq!(latest, [("GORGE", 3), ("TOUX", 1)]);
        let all = db
            .read_blocking(|tx| protocols::list_of_sheet(tx, NETWORK, "GORGE", 2))
            .expect("reads");
        assert_eq!(all.iter().map(|v| v.version).collect::<Vec<_>>(), [3, 2]);
    });
}

#[test]
fn counts_add_up() {
    on_each_engine(|db| {
        some::territory(db);
        let once = Count {
            question: "gorge-1".into(),
            yes: 1,
            unknown: 2,
            ..Count::default()
        };
        for _ in 0..3 {
            let once = once.clone();
            db.write_blocking(move |tx| protocols::add_counts(tx, NETWORK, ("GORGE", 1), &once))
                .expect("counted");
        }
        let counts = db
            .read_blocking(|tx| protocols::list_counts(tx, NETWORK, "GORGE", 1))
            .expect("reads");
        assert_eq!(counts.len(), 1);
        assert_eq!((counts[0].yes, counts[0].no, counts[0].unknown), (3, 0, 6));
    });
}

#[test]
fn a_signature_is_asked_of_one_clinician_who_may_say_no_once() {
    on_each_engine(|db| {
        some::territory(db);
        draft(db, "GORGE", 1);
        let asked = |who| Signing {
            network: NETWORK,
            code: "GORGE".to_owned(),
            version: 1,
            professional: who,
            months: 12,
            asked_by: USER,
            asked_at: at(5),
            declined: None,
        };
        let ask = |who| {
            let one = asked(who);
            db.write_blocking(move |tx| protocol_signings::ask(tx, &one))
                .expect("asked");
        };
        let waiting = |who| {
            db.read_blocking(move |tx| protocol_signings::list_of_professional(tx, who, 10))
                .expect("listed")
        };
        ask(pro(1));
        assert_eq!(waiting(pro(1)), [], "a draft is not signed");
        act(db, 1, |tx, held| {
            protocols::review(tx, held, "usr_2", at(4))
        })
        .expect("reviewed");
        assert_eq!(waiting(pro(1)), [asked(pro(1))]);
        let decline = || {
            let one = asked(pro(1));
            db.write_blocking(move |tx| protocol_signings::decline(tx, &one, "Question 3.", at(6)))
        };
        assert_eq!(decline(), Ok(true));
        assert_eq!(decline(), Ok(false), "said already");
        assert_eq!(waiting(pro(1)), []);
        let told = db
            .read_blocking(|tx| protocol_signings::find(tx, NETWORK, "GORGE", 1))
            .expect("reads")
            .expect("is there");
        assert_eq!(told.declined, Some((at(6), "Question 3.".to_owned())));
        // Asked again, the no is over.
        ask(pro(1));
        assert_eq!(waiting(pro(1)), [asked(pro(1))]);
        act(db, 1, |tx, held| {
            protocols::sign(tx, held, &signature(at(99)))
        })
        .expect("signed");
        assert_eq!(waiting(pro(1)), [], "signed");
    });
}
