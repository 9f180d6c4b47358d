//! Who stands in for whom.

use relais_store::StoreError;
use relais_store::stand_ins::{self, StandIn};
use relais_store::testing::on_each_engine;

use crate::some::{self, NETWORK, USER, at, pro};

fn one(from: i64, until: i64, inherits: bool) -> StandIn {
    StandIn {
        locum: pro(2),
        absent: pro(1),
        from: at(from),
        until: at(until),
        inherits,
        network: NETWORK,
        written_at: at(1),
        written_by: USER,
    }
}

#[test]
fn a_replacement_runs_between_its_moments_and_ends_once() {
    on_each_engine(|db| {
        some::territory(db);
        let all = [
            one(100, 200, true),
            one(300, 400, true),
            one(500, 600, false),
        ];
        db.write_blocking(move |tx| {
            for row in &all {
                stand_ins::insert(tx, row)?;
            }
            Ok::<_, StoreError>(())
        })
        .expect("written");
        let running = |now| {
            db.read_blocking(move |tx| stand_ins::list_running(tx, pro(1), at(now)))
                .expect("read")
        };
        assert_eq!(running(99), []);
        assert_eq!(running(100), [all[0]]);
        assert_eq!(running(199), [all[0]]);
        assert_eq!(running(200), []);
        assert_eq!(running(550), [], "without the patients");
        let coming = |now, limit| {
            db.read_blocking(move |tx| {
                let absent = stand_ins::list_of_absent(tx, pro(1), at(now), limit)?;
                let locum = stand_ins::list_of_locum(tx, pro(2), at(now), limit)?;
                assert_eq!(absent, locum);
                Ok::<_, StoreError>(absent)
            })
            .expect("read")
        };
        assert_eq!(coming(150, 9), all);
        assert_eq!(coming(200, 9), all[1..]);
        assert_eq!(coming(150, 2), all[..2]);
        let end = |from, now| {
            db.write_blocking(move |tx| stand_ins::end(tx, pro(2), pro(1), at(from), at(now)))
                .expect("ended")
        };
        assert!(end(100, 150), "cut short");
        assert_eq!(running(150), []);
        assert!(!end(100, 160), "once");
        assert!(end(300, 160), "taken back before it began");
        assert_eq!(coming(160, 9), all[2..]);
    });
}
