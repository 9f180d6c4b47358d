//! A sound database is found sound, and each way of not being so is named.

use relais_core::request::OfferStatus;
use relais_store::testing::{on_each_engine, raw};
use relais_store::{requests, soundness};

use crate::some::{self, PATIENT, at, offer, pro};

#[test]
fn what_does_not_hold_is_named_with_its_request() {
    on_each_engine(|db| {
        some::territory(db);
        db.write_blocking(|tx| {
            for n in 1..=3 {
                let mut request = some::request(n);
                request.offers = vec![offer(n, pro(1), OfferStatus::Queued)];
                let due = Some((at(500), relais_core::cascade::Why::DeadlinePasses));
                requests::insert(tx, &request, &format!("100{n}"), PATIENT, due)?;
            }
            Ok::<_, relais_store::StoreError>(())
        })
        .expect("inserted");
        let check = || db.read_blocking(soundness::check).expect("asked");
        let sound = check();
        assert_eq!((sound.requests, sound.open), (3, 3));
        assert_eq!(sound.faults, []);

        let one = some::request(1).id;
        let never_due =
            format!("UPDATE requests SET due_at = NULL, due_why = NULL WHERE id = '{one}'");
        raw(db, &never_due).expect("damaged");
        let two = some::request(2).id;
        let nobody = format!("UPDATE requests SET status = 'accepted' WHERE id = '{two}'");
        raw(db, &nobody).expect("damaged");
        let found = check().faults;
        let of = |id: String| -> Vec<&str> {
            let theirs = found.iter().filter(|(_, about)| *about == id);
            theirs.map(|(what, _)| *what).collect()
        };
        assert_eq!(of(one.to_string()), ["I5: open and never due"]);
        assert_eq!(of(two.to_string()), ["I1: taken, by nobody who accepted"]);
        assert_eq!(found.len(), 2);
    });
}
