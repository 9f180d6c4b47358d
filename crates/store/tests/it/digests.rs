//! Who wants a digest, and when it is due.

use relais_core::digest::{Every, Wish};
use relais_store::StoreError;
use relais_store::digests::{self, Digest};
use relais_store::testing::on_each_engine;

use crate::some::{self, NETWORK, at, pro};

fn wanted(n: u8, every: Every, due: i64) -> Digest {
    Digest {
        professional: pro(n.into()),
        network: NETWORK,
        wish: Wish::new(every, 7 + n).unwrap(),
        since: at(10),
        due_at: at(due),
    }
}

#[test]
fn one_that_is_due_is_taken_once_and_a_new_choice_replaces_the_old() {
    on_each_engine(|db| {
        some::territory(db);
        let (one, two) = (wanted(1, Every::Day, 200), wanted(2, Every::Week, 100));
        db.write_blocking(move |tx| {
            assert_eq!(digests::next_due(tx)?, None);
            digests::set(tx, one)?;
            digests::set(tx, two)?;
            assert_eq!(digests::find(tx, pro(1))?, Some(one));
            assert_eq!(digests::next_due(tx)?, Some(at(100)));
            assert_eq!(digests::list_due(tx, at(99), 9)?, []);
            assert_eq!(digests::list_due(tx, at(200), 9)?, [two, one]);
            assert_eq!(digests::list_due(tx, at(200), 1)?, [two]);
            assert!(digests::take(tx, &two, at(100), at(300))?);
            assert!(!digests::take(tx, &two, at(100), at(300))?, "taken already");
            assert!(digests::put_off(tx, &one, at(250))?);
            assert!(!digests::put_off(tx, &one, at(260))?, "moved already");
            let left = digests::list_due(tx, at(1_000), 9)?;
            let expected = [
                Digest {
                    due_at: at(250),
                    ..one
                },
                Digest {
                    since: at(100),
                    due_at: at(300),
                    ..two
                },
            ];
            assert_eq!(left, expected);
            let changed = Digest {
                due_at: at(400),
                ..wanted(1, Every::Week, 400)
            };
            digests::set(tx, changed)?;
            assert_eq!(digests::find(tx, pro(1))?, Some(changed));
            assert!(digests::stop(tx, pro(1))?);
            assert!(!digests::stop(tx, pro(1))?);
            assert_eq!(digests::find(tx, pro(1))?, None);
            Ok::<_, StoreError>(())
        })
        .expect("done");
    });
}
