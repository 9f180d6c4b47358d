//! Offers: what can still be taken, codes of SMS, counts behind maximums and rest.

use std::collections::BTreeMap;

use relais_core::cascade::Why;
use relais_core::people::Load;
use relais_core::request::*;
use relais_core::time::{Duration, Instant};
use relais_store::testing::on_each_engine;
use relais_store::{Db, StoreError, offers, professionals, requests};

use crate::some::{self, NETWORK, PATIENT, USER, at, offer, pro};

fn hand(ms: i64) -> Option<(Instant, Why)> {
    Some((at(ms), Why::NeedsAHand))
}

fn add(db: &Db, request: Request, code: &'static str, due: Option<(Instant, Why)>) {
    db.write_blocking(move |tx| requests::insert(tx, &request, code, PATIENT, due))
        .expect("inserted");
}

#[test]
fn a_code_is_unique_among_the_live_offers_of_a_phone() {
    on_each_engine(|db| {
        some::territory(db);
        let mut request = some::request(1);
        request.offers = vec![
            offer(1, pro(1), OfferStatus::Sent { at: at(5) }),
            offer(2, pro(2), OfferStatus::Sent { at: at(5) }),
        ];
        let (one, two) = (request.offers[0].id, request.offers[1].id);
        db.write_blocking(|tx| -> Result<_, StoreError> {
            let mut second = professionals::get(tx, pro(2))?;
            second.alert_number = Some("+33600000001".into());
            professionals::update(tx, &second)
        })
        .expect("a practice shares its phone");
        add(db, request.clone(), "1001", hand(50));
        let set = |offer, number: &'static str| {
            db.write_blocking(move |tx| offers::set_sms_code(tx, offer, number, "4821"))
        };
        assert_eq!(set(one, "+33600000001"), Ok(true));
        assert_eq!(
            set(two, "+33600000001"),
            Ok(false),
            "shared phone, same code"
        );
        assert_eq!(set(two, "+33600000002"), Ok(true), "another phone");
        let open = db.read_blocking(|tx| offers::find_open_by_code(tx, "+33600000001", "4821"));
        assert_eq!(open.expect("reads").expect("found").offer.id, one);
        let code = db.read_blocking(move |tx| offers::find_sms_code(tx, one));
        assert_eq!(code, Ok(Some("4821".to_string())));
        // Once lapsed, the code may serve again, and the last offer it named is the newest.
        let mut after = request.clone();
        after.offers[0].status = OfferStatus::Lapsed { at: at(60) };
        db.write_blocking(move |tx| requests::update(tx, &after, 1, &request, hand(90), at(60)))
            .expect("saved");
        assert_eq!(set(two, "+33600000001"), Ok(true));
        let last = db.read_blocking(|tx| offers::find_last_by_code(tx, "+33600000001", "4821"));
        assert_eq!(last.expect("reads").expect("found").offer.id, two);
        let all = db.read_blocking(|tx| offers::list_open_by_number(tx, "+33600000001"));
        assert_eq!(all.expect("reads").len(), 1);
    });
}

/// A number given to somebody else: what its former owner was asked is not answered from it.
#[test]
fn a_number_answers_only_for_who_is_reached_on_it_now() {
    on_each_engine(|db| {
        some::territory(db);
        let mut request = some::request(1);
        request.offers = vec![offer(1, pro(1), OfferStatus::Sent { at: at(5) })];
        let id = request.offers[0].id;
        add(db, request, "1001", hand(50));
        let number = "+33600000001";
        let coded = db.write_blocking(move |tx| offers::set_sms_code(tx, id, number, "4821"));
        assert_eq!(coded, Ok(true));
        let found = || {
            db.read_blocking(|tx| -> Result<_, StoreError> {
                let open = offers::list_open_by_number(tx, number)?.len();
                let by_code = offers::find_open_by_code(tx, number, "4821")?.is_some();
                let last = offers::find_last_by_code(tx, number, "4821")?.is_some();
                Ok((open, by_code, last))
            })
        };
        assert_eq!(found(), Ok((1, true, true)));
        db.write_blocking(|tx| -> Result<_, StoreError> {
            let mut former = professionals::get(tx, pro(1))?;
            former.alert_number = Some("+33600000091".into());
            professionals::update(tx, &former)?;
            let mut next = professionals::get(tx, pro(2))?;
            next.alert_number = Some(number.into());
            professionals::update(tx, &next)
        })
        .expect("numbers changed");
        assert_eq!(found(), Ok((0, false, false)), "somebody else's number now");
    });
}

#[test]
fn offers_of_a_professional_show_what_can_still_be_taken() {
    on_each_engine(|db| {
        some::territory(db);
        for (n, code, status) in [
            (1, "1", OfferStatus::Lapsed { at: at(5) }),
            (2, "2", OfferStatus::Seen { at: at(5) }),
            (
                3,
                "3",
                OfferStatus::Refused {
                    at: at(5),
                    reason: RefusalReason::Full,
                },
            ),
        ] {
            let mut request = some::request(n);
            request.offers = vec![offer(n, pro(1), status)];
            add(db, request, code, hand(50));
        }
        let mut ended = some::request(4);
        ended.offers = vec![offer(4, pro(1), OfferStatus::Lapsed { at: at(5) })];
        ended.phase = Phase::Ended(Ending::Transferred15 {
            at: at(10),
            by: USER,
        });
        add(db, ended, "4", None);
        let list = |open: bool, before: Option<u128>, limit: u32| -> Vec<u128> {
            let before = before.map(relais_core::ids::OfferId::from_bits);
            db.read_blocking(move |tx| {
                offers::list_for_professional(tx, pro(1), open, before, limit)
            })
            .expect("lists")
            .iter()
            .map(|row| row.offer.id.bits())
            .collect()
        };
        assert_eq!(list(false, None, 10), [4, 3, 2, 1]);
        assert_eq!(
            list(true, None, 10),
            [2, 1],
            "lapsed stays acceptable while unfilled (R4.5)"
        );
        assert_eq!(list(false, Some(3), 1), [2]);
    });
}

#[test]
fn loads_count_what_was_asked_and_taken() {
    on_each_engine(|db| {
        some::territory(db);
        let (day, hour) = (at(86_400_000), at(86_400_000 + 10 * 3_600_000));
        let mut request = some::request(1);
        let mut asked = |n: u128, professional, when: Instant, status| {
            let mut offer = offer(n, professional, status);
            offer.asked_at = when;
            request.offers.push(offer);
        };
        asked(
            1,
            pro(1),
            day - Duration::minutes(1),
            OfferStatus::Lapsed { at: day },
        );
        asked(
            2,
            pro(1),
            day + Duration::minutes(1),
            OfferStatus::Lapsed { at: day },
        );
        asked(3, pro(1), hour + Duration::minutes(5), OfferStatus::Queued);
        asked(4, pro(1), hour + Duration::minutes(9), OfferStatus::Queued);
        asked(
            5,
            pro(2),
            day - Duration::hours(5),
            OfferStatus::Accepted {
                at: day - Duration::hours(4),
            },
        );
        add(db, request, "1001", hand(50));
        let encores = BTreeMap::from([(pro(2), day - Duration::hours(6)), (pro(3), day)]);
        let loads = db
            .read_blocking(move |tx| offers::loads(tx, &[NETWORK], day, hour, &encores))
            .expect("counts");
        let first = Load {
            asked_today: 3,
            asked_last_hour: 2,
            first_of_hour: Some(hour + Duration::minutes(5)),
            ..Load::default()
        };
        let second = Load {
            accepted_at: Some(day - Duration::hours(4)),
            accepted_since_encore: 1,
            ..Load::default()
        };
        assert_eq!(loads, BTreeMap::from([(pro(1), first), (pro(2), second)]));
        let elsewhere = db.read_blocking(move |tx| {
            offers::loads(tx, &[some::OTHER], day, hour, &BTreeMap::new())
        });
        assert_eq!(elsewhere, Ok(BTreeMap::new()));
    });
}
