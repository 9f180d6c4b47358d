//! Figures of one's own: each of requests, each a part of the one above it.

use relais_core::cascade::Why;
use relais_core::ids::ProfessionalId;
use relais_core::people::Lately;
use relais_core::request::*;
use relais_core::time::{Duration, Instant};
use relais_store::solicitations::{self, Balance, Median, Tally};
use relais_store::testing::on_each_engine;
use relais_store::{Db, StoreError, requests};

use crate::some::{self, NETWORK, OTHER, PATIENT, USER, at, offer, pro};
use std::collections::BTreeMap;

const FROM: i64 = 1_000;
const UNTIL: i64 = 2_000;

/// A request that somebody has, or that ended.
fn engaged(n: u128, by: ProfessionalId, closure: Option<Closure>) -> Request {
    let mut request = some::request(n);
    request.phase = match closure {
        None => Phase::Engaged(Engagement {
            offer: offer(n * 10, by, OfferStatus::Queued).id,
            professional: by,
            supervisor: None,
            at: at(1_500),
            appointment: Appointment::ToBeSet,
            deadline: at(3_000),
            due_at: Some(at(4_000)),
            reminders: 0,
        }),
        Some(closure) => Phase::Ended(Ending::Closed {
            at: at(1_900),
            by: USER,
            closure,
            by_accepter: Some(by),
        }),
    };
    request
}

fn answered(n: u128, who: ProfessionalId, usual: bool, asked: i64, status: OfferStatus) -> Offer {
    Offer {
        usual,
        asked_at: at(asked),
        ..offer(n, who, status)
    }
}

fn add(db: &Db, request: Request, code: &'static str) {
    let due = (!request.is_ended()).then_some((at(5_000), Why::NeedsAHand));
    db.write_blocking(move |tx| requests::insert(tx, &request, code, PATIENT, due))
        .expect("inserted");
}

/// Asked of 1, in order: taken and seen · taken from a colleague, did not come · taken, under way · given back ·
/// passed, twice in two rounds · left without an answer, as usual professional, a colleague has the patient · before
/// the span.
fn quarter(db: &Db) {
    some::territory(db);
    let me = pro(1);
    let yes = |ms| OfferStatus::Accepted { at: at(ms) };
    let no = |ms| OfferStatus::Refused {
        at: at(ms),
        reason: RefusalReason::Unsaid,
    };
    let mut one = engaged(1, me, Some(Closure::Seen));
    one.offers = vec![answered(10, me, true, 1_000, yes(1_010))];
    add(db, one, "1");
    let mut two = engaged(2, me, Some(Closure::NoShow));
    two.requester = Requester::Professional(pro(2), USER);
    two.offers = vec![answered(20, me, false, 1_100, yes(1_120))];
    add(db, two, "2");
    let mut three = engaged(3, me, None);
    three.offers = vec![answered(30, me, false, 1_200, yes(1_260))];
    add(db, three, "3");
    let mut four = some::request(4);
    let back = OfferStatus::Withdrawn {
        at: at(1_400),
        why: WithdrawReason::Released,
    };
    four.offers = vec![answered(40, me, false, 1_300, back)];
    add(db, four, "4");
    let mut five = some::request(5);
    five.offers = vec![answered(50, me, false, 1_300, no(1_380)), {
        let mut again = answered(51, me, false, 1_400, no(1_500));
        again.round = 2;
        again
    }];
    add(db, five, "5");
    let mut six = engaged(6, pro(3), None);
    let lapsed = OfferStatus::Lapsed { at: at(1_700) };
    six.offers = vec![
        answered(60, me, true, 1_600, lapsed),
        answered(61, pro(3), false, 1_650, yes(1_660)),
    ];
    add(db, six, "6");
    let mut before = some::request(7);
    before.offers = vec![answered(70, me, false, 999, no(1_000))];
    add(db, before, "7");
    // What they raised themselves: one a colleague has, one nobody.
    let mut raised = engaged(8, pro(2), None);
    raised.requester = Requester::Professional(me, USER);
    add(db, raised, "8");
    let mut waiting = some::request(9);
    waiting.requester = Requester::Professional(me, USER);
    add(db, waiting, "9");
}

fn read<T: Send + 'static>(
    db: &Db,
    of: impl Fn(&mut relais_store::Tx<'_>, Instant, Instant) -> Result<T, StoreError> + Send + 'static,
) -> T {
    db.read_blocking(move |tx| of(tx, at(FROM), at(UNTIL)))
        .expect("reads")
}

#[test]
fn what_was_asked_of_somebody_is_counted_by_request() {
    on_each_engine(|db| {
        quarter(db);
        let tally = read(db, |tx, from, until| {
            solicitations::tally(tx, pro(1), from, until)
        });
        let expect = Tally {
            asked: 6,
            answered: 5,
            taken: 3,
            given_back: 1,
            seen: 1,
            no_show: 1,
            under_way: 1,
        };
        assert_eq!(tally, expect);
        let nobody = read(db, |tx, from, until| {
            solicitations::tally(tx, pro(5), from, until)
        });
        assert_eq!(nobody, Tally::default());
    });
}

#[test]
fn what_passed_between_colleagues_is_counted_both_ways() {
    on_each_engine(|db| {
        quarter(db);
        let balance = read(db, |tx, from, until| {
            solicitations::balance(tx, pro(1), from, until)
        });
        let expect = Balance {
            received: 2,
            received_from_colleague: 1,
            raised: 2,
            raised_taken: 1,
            usual_asked: 2,
            usual_elsewhere: 1,
        };
        assert_eq!(balance, expect);
    });
}

#[test]
fn each_member_is_counted_through_the_network_that_asked() {
    on_each_engine(|db| {
        quarter(db);
        let of = |network| {
            read(db, move |tx, from, until| {
                solicitations::by_member(tx, network, from, until)
            })
        };
        let mine = read(db, |tx, from, until| {
            solicitations::tally(tx, pro(1), from, until)
        });
        let all = of(NETWORK);
        assert_eq!(
            all.get(&pro(1)),
            Some(&mine),
            "the same figures as their own"
        );
        assert_eq!(all.keys().copied().collect::<Vec<_>>(), [pro(1), pro(3)]);
        assert_eq!(of(OTHER), BTreeMap::new());
    });
}

/// Every solicitation counts; settled are those answered, given back, or left until the window ended.
#[test]
fn what_was_lately_asked_of_each_member_is_counted_by_solicitation() {
    on_each_engine(|db| {
        quarter(db);
        let lately = |network, since| {
            db.read_blocking(move |tx| solicitations::lately(tx, network, at(since)))
                .expect("counts")
        };
        let of = |asked, settled, answered| Lately {
            asked,
            settled,
            answered,
        };
        let expect = BTreeMap::from([(pro(1), of(7, 7, 6)), (pro(3), of(1, 1, 1))]);
        assert_eq!(lately(NETWORK, FROM), expect);
        let later = BTreeMap::from([(pro(1), of(1, 1, 0)), (pro(3), of(1, 1, 1))]);
        assert_eq!(lately(NETWORK, 1_600), later);
        assert_eq!(lately(OTHER, FROM), BTreeMap::new());
    });
}

/// Answers of 10, 20, 60, 80 and 100: the middle one; with four of them, between the two in the middle.
#[test]
fn half_of_the_answers_came_sooner_than_the_median() {
    on_each_engine(|db| {
        quarter(db);
        let median = |who, until| {
            read(db, move |tx, from, _| {
                solicitations::median_answer(tx, who, from, at(until))
            })
        };
        let of = |ms, answers| {
            Some(Median {
                took: Duration::millis(ms),
                answers,
            })
        };
        assert_eq!(median(pro(1), UNTIL), of(60, 5));
        assert_eq!(median(pro(1), 1_400), of(40, 4));
        assert_eq!(median(pro(3), UNTIL), of(10, 1));
        assert_eq!(median(pro(5), UNTIL), None);
    });
}
