//! Declared cooperation protocols.

use jiff::civil::date;
use relais_core::people::Declared;
use relais_core::slug::Slug;
use relais_store::cooperations::{self, Cooperation};
use relais_store::testing::on_each_engine;
use relais_store::{Db, directory, professionals};

use crate::some::{self, NETWORK, OTHER, USER, at, pro};

fn one(protocol: &str, year: i16) -> Cooperation {
    Cooperation {
        professional: pro(1),
        protocol: protocol.to_owned(),
        place: "Pharmacie des Sablons, Massy".to_owned(),
        since_on: date(year, 1, 5),
        until_on: None,
        declared_at: at(7),
        declared_by: USER,
    }
}

#[test]
fn a_declaration_is_dated_ended_once_and_seen_by_its_network_only() {
    on_each_engine(|db| {
        some::territory(db);
        for declared in [one("cystite", 2025), one("odynophagie", 2026)] {
            db.write_blocking(move |tx| cooperations::declare(tx, &declared))
                .expect("declared");
        }
        let list = || {
            db.read_blocking(|tx| cooperations::list_of_professional(tx, pro(1)))
                .expect("listed")
        };
        assert_eq!(list(), [one("odynophagie", 2026), one("cystite", 2025)]);
        let end = |until| {
            db.write_blocking(move |tx| {
                let place = "Pharmacie des Sablons, Massy";
                let since = date(2025, 1, 5);
                cooperations::end(tx, pro(1), "cystite", place, since, until)
            })
        };
        assert_eq!(end(date(2025, 12, 31)), Ok(true));
        assert_eq!(end(date(2026, 6, 1)), Ok(false), "not made longer");
        assert_eq!(list()[1].until_on, Some(date(2025, 12, 31)));
        let of = |network| {
            db.read_blocking(move |tx| cooperations::list_of_network(tx, network, 10))
                .expect("listed")
                .len()
        };
        assert_eq!((of(NETWORK), of(OTHER)), (2, 0));
        // Declared again from the same day: one row, without its end.
        let again = one("cystite", 2025);
        db.write_blocking(move |tx| cooperations::declare(tx, &again))
            .expect("declared again");
        assert_eq!(list()[1].until_on, None);
        assert_eq!(list().len(), 2);
    });
}

fn declared(protocol: &str, year: i16) -> Declared {
    Declared {
        protocol: Slug::new(protocol).expect("a code"),
        since: date(year, 1, 5),
        until: None,
    }
}

/// What matching sees of somebody, read alone and among everybody.
fn seen(db: &Db) -> Vec<Declared> {
    let alone = db.read_blocking(|tx| professionals::get(tx, pro(1)));
    let alone = alone.expect("read").member.cooperations;
    let all = db.read_blocking(professionals::load_all).expect("read");
    let listed = all.into_iter().find(|row| row.member.id == pro(1));
    assert_eq!(
        listed.map(|row| row.member.cooperations),
        Some(alone.clone())
    );
    alone
}

#[test]
fn matching_sees_a_declaration_and_its_end_by_what_changed_of_the_directory() {
    on_each_engine(|db| {
        some::territory(db);
        assert_eq!(seen(db), []);
        let mark = || db.read_blocking(directory::mark).expect("read");
        let moved = |from| {
            let to = mark();
            let moved = db.read_blocking(move |tx| directory::moved(tx, from, to));
            let moved = moved.expect("read").expect("a history that follows");
            let people = moved.professionals.into_iter();
            people
                .map(|row| (row.member.id, row.member.cooperations))
                .collect::<Vec<_>>()
        };
        let before = mark();
        for one in [one("pollakiurie", 2026), one("cystite", 2025)] {
            db.write_blocking(move |tx| cooperations::declare(tx, &one))
                .expect("declared");
        }
        let both = vec![declared("cystite", 2025), declared("pollakiurie", 2026)];
        assert_eq!(seen(db), both);
        assert_eq!(moved(before), [(pro(1), both)]);

        let before = mark();
        let end = |until| {
            db.write_blocking(move |tx| {
                let place = "Pharmacie des Sablons, Massy";
                cooperations::end(tx, pro(1), "cystite", place, date(2025, 1, 5), until)
            })
        };
        assert_eq!(end(date(2025, 12, 31)), Ok(true));
        let ended = Declared {
            until: Some(date(2025, 12, 31)),
            ..declared("cystite", 2025)
        };
        let both = vec![ended, declared("pollakiurie", 2026)];
        assert_eq!(moved(before), [(pro(1), both)]);
        let before = mark();
        assert_eq!(end(date(2026, 1, 1)), Ok(false));
        assert_eq!(mark(), before, "nothing changed");
    });
}
