//! Declared cooperation protocols.

use jiff::civil::date;
use relais_store::cooperations::{self, Cooperation};
use relais_store::testing::on_each_engine;

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
