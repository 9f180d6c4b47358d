//! How long requests waited for their yes.

use relais_core::cascade::Why;
use relais_core::people::Profession;
use relais_core::request::OfferStatus;
use relais_store::paces::{self, Pace};
use relais_store::requests;
use relais_store::testing::on_each_engine;

use crate::some::{self, NETWORK, PATIENT, at, offer, pro};

#[test]
fn only_what_was_taken_since_is_counted_by_network_and_profession() {
    on_each_engine(|db| {
        some::territory(db);
        for (n, code, status) in [
            (1, "1", OfferStatus::Accepted { at: at(60) }),
            (2, "2", OfferStatus::Seen { at: at(5) }),
            (3, "3", OfferStatus::Accepted { at: at(90) }),
        ] {
            let mut request = some::request(n);
            request.raised_at = some::request(1).raised_at;
            request.offers = vec![offer(n, pro(1), status)];
            let due = Some((at(500), Why::NeedsAHand));
            db.write_blocking(move |tx| requests::insert(tx, &request, code, PATIENT, due))
                .expect("inserted");
        }
        let raised = some::request(1).raised_at;
        let profession = some::request(1).need.profession;
        let other = Profession::ALL.iter().find(|one| **one != profession);
        let list = |since, profession| {
            db.read_blocking(move |tx| paces::list_taken(tx, NETWORK, since, profession, 10))
                .expect("reads")
        };
        let mut all = list(raised, None);
        all.sort_by_key(|pace| pace.accepted_at);
        let pace = |ms| Pace {
            raised_at: raised,
            accepted_at: at(ms),
        };
        assert_eq!(all, [pace(60), pace(90)]);
        assert_eq!(list(raised, Some(profession)).len(), 2);
        assert_eq!(list(raised, other.copied()), []);
        let later = relais_core::time::Instant::from_millis(raised.millis() + 1);
        assert_eq!(list(later, None), []);
    });
}
