//! The public form's rows: found by their token's mark only, sealed, forgotten; and the counts
//! beside them.

use relais_core::contact::{Kind, Outcome};
use relais_core::ids::{ContactId, NetworkId};
use relais_core::request::Origin;
use relais_core::time::Instant;
use relais_store::contacts::{self, Contact, End};
use relais_store::public_forms::{self, PublicForm};
use relais_store::seal::Secret;
use relais_store::testing::on_each_engine;
use relais_store::{Db, StoreError};

use crate::some::{self, NETWORK, OTHER, at};

fn form(answers: &str, until: i64) -> PublicForm {
    PublicForm {
        answers: Secret::new(answers.to_owned()),
        started_at: at(1_000),
        expires_at: at(until),
        source: "here".to_owned(),
        sent: None,
    }
}

fn begin(db: &Db) {
    some::territory(db);
    db.write_blocking(|tx| {
        public_forms::insert(tx, &some::vault(), "aa", NETWORK, &form("first", 5_000))
    })
    .expect("begun");
}

fn answers(db: &Db, id: &'static str, network: NetworkId, now: Instant) -> Option<String> {
    db.read_blocking(move |tx| public_forms::find(tx, &some::vault(), id, network, now))
        .expect("reads")
        .map(|form| form.answers.expose().to_owned())
}

#[test]
fn a_form_is_found_by_its_mark_in_its_network_until_its_end() {
    on_each_engine(|db| {
        begin(db);
        assert_eq!(
            answers(db, "aa", NETWORK, at(4_999)).as_deref(),
            Some("first")
        );
        db.write_blocking(|tx| {
            public_forms::update(tx, &some::vault(), "aa", NETWORK, &form("second", 6_000))
        })
        .expect("saved");
        assert_eq!(
            answers(db, "aa", NETWORK, at(5_999)).as_deref(),
            Some("second")
        );
        assert_eq!(answers(db, "aa", NETWORK, at(6_000)), None, "past its end");
        assert_eq!(answers(db, "aa", OTHER, at(2_000)), None, "another network");
        assert_eq!(answers(db, "ab", NETWORK, at(2_000)), None, "another token");
        let live = db
            .read_blocking(|tx| public_forms::count_live(tx, NETWORK, at(2_000)))
            .expect("counted");
        assert_eq!(live, 1);
        for (now, gone) in [(5_999, 0), (6_000, 1)] {
            let pruned = db
                .write_blocking(move |tx| public_forms::prune(tx, at(now)))
                .expect("pruned");
            assert_eq!(pruned, gone, "{now}");
        }
        let saved: Result<(), StoreError> = db.write_blocking(|tx| {
            public_forms::update(tx, &some::vault(), "aa", NETWORK, &form("third", 9_000))
        });
        assert!(matches!(saved, Err(StoreError::NotFound { .. })));
    });
}

#[test]
fn counts_add_up_by_day_and_by_network() {
    on_each_engine(|db| {
        some::territory(db);
        db.write_blocking(|tx| {
            for (network, day, what) in [
                (NETWORK, "2026-11-20", "fifteen"),
                (NETWORK, "2026-11-20", "fifteen"),
                (NETWORK, "2026-11-20", "sent"),
                (NETWORK, "2026-11-21", "sent"),
                (OTHER, "2026-11-21", "sent"),
            ] {
                public_forms::count(tx, network, day, what)?;
            }
            Ok::<_, StoreError>(())
        })
        .expect("counted");
        let list = |since: &'static str| {
            let rows = db
                .read_blocking(move |tx| public_forms::list_counts(tx, NETWORK, since))
                .expect("listed");
            rows.iter()
                .map(|(day, what, n)| format!("{day} {what} {n}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            list("2026-11-20"),
            [
                "2026-11-21 sent 1",
                "2026-11-20 fifteen 2",
                "2026-11-20 sent 1"
            ]
        );
        assert_eq!(list("2026-11-21"), ["2026-11-21 sent 1"]);
    });
}

/// A sent form is known as long as its contact is open, the one that begins again in its place included.
#[test]
fn a_sent_form_is_kept_until_nobody_waits_for_it() {
    on_each_engine(|db| {
        begin(db);
        let (first, second) = (ContactId::from_bits(1), ContactId::from_bits(2));
        db.write_blocking(move |tx| {
            for id in [first, second] {
                let contact = Contact {
                    kind: Kind::Web,
                    body: "{}".to_owned(),
                    ..Contact::new(id, NETWORK, Origin::Web, at(2_000))
                };
                contacts::insert(tx, &contact)?;
            }
            let sent = PublicForm {
                sent: Some((first, at(4_000))),
                ..form("sent", 5_000)
            };
            public_forms::update(tx, &some::vault(), "aa", NETWORK, &sent)
        })
        .expect("sent");
        let prune = || {
            db.write_blocking(move |tx| public_forms::prune(tx, at(9_000)))
                .expect("pruned")
        };
        let end = |id| {
            let end = End {
                outcome: Outcome::Request,
                request: None,
                patient: None,
                reason: None,
                reason_code: None,
                pointer: None,
            };
            db.write_blocking(move |tx| contacts::end(tx, id, &end, at(8_000)))
                .expect("ended");
        };
        assert_eq!(prune(), 0);
        let known = answers(db, "aa", NETWORK, at(9_000));
        assert_eq!(known.as_deref(), Some("sent"), "past its end");
        end(first);
        let followed = db.write_blocking(move |tx| public_forms::follow(tx, first, second));
        assert_eq!(followed.expect("followed"), 1);
        assert_eq!(prune(), 0, "its call began again");
        end(second);
        assert_eq!(prune(), 1);
        assert_eq!(answers(db, "aa", NETWORK, at(9_000)), None);
    });
}
