//! Requests and offers: saved whole under one version, listed, due, answered by SMS, counted.

use relais_core::cascade::Why;
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, PatientId, RequestId, UserId};
use relais_core::matching::Verdict;
use relais_core::request::*;
use relais_core::time::Instant;
use relais_store::notes::{self, Note};
use relais_store::requests::{self, Filter, Stored};
use relais_store::testing::{self, on_each_engine};
use relais_store::{Db, StoreError, verdicts};

use crate::any::Any;
use crate::some::{self, NETWORK, PATIENT, USER, at, offer, pro};

fn hand(ms: i64) -> Option<(Instant, Why)> {
    Some((at(ms), Why::NeedsAHand))
}

fn add(db: &Db, request: Request, code: &'static str, due: Option<(Instant, Why)>) {
    db.write_blocking(move |tx| requests::insert(tx, &request, code, PATIENT, due))
        .expect("inserted");
}

fn get(db: &Db, n: u128) -> Stored {
    db.read_blocking(move |tx| requests::find(tx, RequestId::from_bits(n)))
        .expect("reads")
        .expect("is there")
}

fn engaged(mut request: Request, offer: usize, when: i64) -> Request {
    let (id, professional) = (request.offers[offer].id, request.offers[offer].professional);
    request.offers[offer].status = OfferStatus::Accepted { at: at(when) };
    request.phase = Phase::Engaged(Engagement {
        offer: id,
        professional,
        supervisor: None,
        at: at(when),
        appointment: Appointment::ToBeSet,
        deadline: at(9000),
        due_at: Some(at(9500)),
        reminders: 0,
    });
    request
}

#[test]
fn a_request_is_read_as_it_was_written() {
    on_each_engine(|db| {
        some::territory(db);
        for seed in 0..40 {
            let mut request = Any(seed).request();
            request.network = NETWORK;
            request.requester = Requester::Staff(USER);
            if let Phase::Engaged(e) = &mut request.phase {
                e.professional = pro(1);
            }
            if let Phase::Ended(Ending::Closed { by_accepter, .. }) = &mut request.phase {
                *by_accepter = by_accepter.map(|_| pro(1));
            }
            let mut any = Any(seed);
            for n in 1..=3 {
                let status = match any.status() {
                    OfferStatus::Accepted { at } => OfferStatus::Lapsed { at },
                    other => other,
                };
                request
                    .offers
                    .push(offer(u128::from(seed) * 10 + n, pro(n), status));
            }
            let (id, written) = (request.id, request.clone());
            let read = db.write_blocking(move |tx| {
                let code = requests::next_code(tx, NETWORK)?;
                let due = relais_core::cascade::due(&written);
                requests::insert(tx, &written, &code, PATIENT, due)?;
                requests::find(tx, id)
            });
            let read = read.expect("round trips").expect("is there");
            assert_eq!(read.request, request);
            assert_eq!((read.version, read.patient), (1, PATIENT));
            assert_eq!(read.code, (1001 + seed).to_string());
        }
    });
}

#[test]
fn the_first_save_of_a_version_wins() {
    on_each_engine(|db| {
        some::territory(db);
        let mut request = some::request(1);
        request.offers = vec![
            offer(1, pro(1), OfferStatus::Queued),
            offer(2, pro(2), OfferStatus::Queued),
        ];
        add(db, request.clone(), "1001", hand(50));
        let winners: Vec<Result<(), StoreError>> = std::thread::scope(|scope| {
            let race: Vec<_> = (0..2)
                .map(|n| {
                    let (before, after) = (request.clone(), engaged(request.clone(), n, 60));
                    scope.spawn(move || {
                        db.write_blocking(move |tx| {
                            requests::update(tx, &after, 1, &before, hand(70), at(60))
                        })
                    })
                })
                .collect();
            race.into_iter().map(|t| t.join().expect("ends")).collect()
        });
        assert_eq!(
            winners.iter().filter(|w| w.is_ok()).count(),
            1,
            "{winners:?}"
        );
        assert!(
            winners
                .iter()
                .any(|w| matches!(w, Err(StoreError::Conflict { .. })))
        );
        let stored = get(db, 1);
        assert_eq!(stored.version, 2);
        let accepted: Vec<_> = stored
            .request
            .offers
            .iter()
            .filter(|o| o.status.code() == "accepted")
            .collect();
        assert_eq!(accepted.len(), 1);
        assert_eq!(stored.request.engaged(), Some(accepted[0].professional));
    });
}

/// I1 holds in the schema itself, whatever the code above does.
#[test]
fn two_accepted_offers_of_one_request_are_refused() {
    on_each_engine(|db| {
        some::territory(db);
        let mut request = some::request(1);
        request.offers = vec![offer(1, pro(1), OfferStatus::Accepted { at: at(1) })];
        add(db, request.clone(), "1001", hand(50));
        let mut after = request.clone();
        after
            .offers
            .push(offer(2, pro(2), OfferStatus::Accepted { at: at(2) }));
        let (before, twice) = (request.clone(), after.clone());
        let refused =
            db.write_blocking(move |tx| requests::update(tx, &twice, 1, &before, hand(50), at(2)));
        assert!(refused.expect_err("refused").is_unique());
        // The same, the first being given back in the same save, passes.
        after.offers[0].status = OfferStatus::Withdrawn {
            at: at(2),
            why: WithdrawReason::Released,
        };
        let before = request;
        db.write_blocking(move |tx| requests::update(tx, &after, 1, &before, hand(50), at(2)))
            .expect("one at a time");
    });
}

#[test]
fn due_requests_come_in_order() {
    on_each_engine(|db| {
        some::territory(db);
        for (n, code, due) in [(1, "1", 300), (2, "2", 100), (3, "3", 200), (4, "4", 900)] {
            add(db, some::request(n), code, hand(due));
        }
        let due = db
            .read_blocking(|tx| requests::list_due(tx, at(300), 10))
            .expect("lists");
        assert_eq!(due, [2, 3, 1].map(RequestId::from_bits));
        let next = db.read_blocking(requests::next_due).expect("reads");
        assert_eq!(next, Some(at(100)));
        let before = some::request(2);
        let mut after = before.clone();
        after.phase = Phase::Ended(Ending::Transferred15 {
            at: at(310),
            by: USER,
        });
        db.write_blocking(move |tx| requests::update(tx, &after, 1, &before, None, at(310)))
            .expect("saved");
        let next = db.read_blocking(requests::next_due).expect("reads");
        assert_eq!(next, Some(at(200)));
    });
}

#[test]
fn lists_keep_to_their_filter_and_cursor() {
    on_each_engine(|db| {
        some::territory(db);
        for n in 1..=6_u128 {
            let mut request = some::request(n);
            if n % 2 == 0 {
                request.offers = vec![offer(n, pro(n / 2), OfferStatus::Queued)];
                request = engaged(request, 0, 60);
            }
            add(
                db,
                request,
                ["", "1", "2", "3", "4", "5", "6"][n as usize],
                hand(50),
            );
        }
        let ids = |filter: Filter, limit| -> Vec<u128> {
            db.read_blocking(move |tx| requests::list(tx, &filter, limit))
                .expect("lists")
                .iter()
                .map(|s| s.request.id.bits())
                .collect()
        };
        let network = Some(NETWORK);
        assert_eq!(
            ids(
                Filter {
                    network,
                    ..Filter::default()
                },
                10
            ),
            [6, 5, 4, 3, 2, 1]
        );
        assert_eq!(
            ids(
                Filter {
                    network,
                    ..Filter::default()
                },
                2
            ),
            [6, 5]
        );
        let before = Some(RequestId::from_bits(5));
        assert_eq!(
            ids(
                Filter {
                    network,
                    before,
                    ..Filter::default()
                },
                2
            ),
            [4, 3]
        );
        let statuses = vec![Status::Unfilled, Status::Closed];
        assert_eq!(
            ids(
                Filter {
                    network,
                    statuses,
                    ..Filter::default()
                },
                10
            ),
            [5, 3, 1]
        );
        let statuses = vec![Status::Accepted];
        let requester_user = Some(USER);
        assert_eq!(
            ids(
                Filter {
                    statuses,
                    requester_user,
                    ..Filter::default()
                },
                10
            ),
            [6, 4, 2]
        );
        // A short code is one of its network; a commune is the patient's.
        let code = Some("3".to_owned());
        let of_code = |network| Filter {
            network: Some(network),
            code: code.clone(),
            ..Filter::default()
        };
        assert_eq!(ids(of_code(NETWORK), 10), [3]);
        assert!(ids(of_code(NetworkId::from_bits(99)), 10).is_empty());
        let of_commune = |insee| Filter {
            network,
            commune: Insee::new(insee),
            ..Filter::default()
        };
        assert_eq!(ids(of_commune("91377"), 2), [6, 5]);
        assert!(ids(of_commune("75056"), 10).is_empty());
        assert_eq!(
            ids(
                Filter {
                    engaged: Some(pro(2)),
                    ..Filter::default()
                },
                10
            ),
            [4]
        );
        let nobody = Filter {
            requester_professional: Some(pro(1)),
            ..Filter::default()
        };
        assert!(ids(nobody, 10).is_empty());
        assert_eq!(ids(Filter::default(), 1), [6]);
        let other = Filter {
            network: Some(NetworkId::from_bits(2)),
            ..Filter::default()
        };
        assert!(
            ids(other, 10).is_empty(),
            "tenants never see each other (I13)"
        );
        let counts = db
            .read_blocking(|tx| requests::count_by_status(tx, NETWORK))
            .expect("counts");
        assert_eq!(counts.get(&Status::Accepted), Some(&3));
        let open = db
            .read_blocking(|tx| requests::list_open_ids(tx, NETWORK, 9))
            .expect("lists");
        assert_eq!(open, [1, 3, 5].map(RequestId::from_bits));
    });
}

#[test]
fn the_board_shows_everything_open_first() {
    on_each_engine(|db| {
        some::territory(db);
        let mut early = some::request(1);
        early.offers = vec![offer(1, pro(1), OfferStatus::Seen { at: at(5) })];
        add(db, early.clone(), "1", hand(50));
        for (n, code) in [(2, "2"), (3, "3")] {
            let mut ended = some::request(n);
            ended.phase = Phase::Ended(Ending::Transferred15 {
                at: at(10),
                by: USER,
            });
            ended.raised_at = at(if n == 2 { 100 } else { 5000 });
            add(db, ended, code, None);
        }
        let board = db.read_blocking(|tx| requests::list_board(tx, NETWORK, at(4000), 10));
        let board = board.expect("reads");
        assert_eq!(
            board
                .iter()
                .map(|s| s.request.id.bits())
                .collect::<Vec<_>>(),
            [1, 3]
        );
        assert_eq!(board[0].request, early, "with its offers");
        let short = db.read_blocking(|tx| requests::list_board(tx, NETWORK, at(0), 1));
        assert_eq!(
            short.expect("reads")[0].request.id.bits(),
            1,
            "open before recent"
        );
    });
}

#[test]
fn possible_duplicates_are_found_by_patient() {
    on_each_engine(|db| {
        some::territory(db);
        db.write_blocking(|tx| some::patient(tx, PatientId::from_bits(9)))
            .expect("inserted");
        add(db, some::request(1), "1001", hand(5));
        let seen = db.read_blocking(|tx| {
            let people = [PATIENT, PatientId::from_bits(9)];
            requests::list_open_for_patient(tx, &people, at(0))
        });
        assert_eq!(
            seen,
            Ok(vec![(RequestId::from_bits(1), "1001".to_string())])
        );
        let later =
            || db.read_blocking(|tx| requests::list_open_for_patient(tx, &[PATIENT], at(9999)));
        assert_eq!(later(), seen, "open, however old (R2)");
        let all = || db.read_blocking(|tx| requests::list_for_patient(tx, &[PATIENT], at(9999)));
        assert_eq!(all(), Ok(vec![RequestId::from_bits(1)]));
        for over in ["closed", "transferred_15", "cancelled"] {
            let end = format!("UPDATE requests SET status = '{over}'");
            testing::raw(db, &end).expect("ended");
            assert_eq!(later(), Ok(vec![]), "{over} long ago");
            assert_eq!(all(), Ok(vec![]), "{over} long ago");
        }
        let lately = db.read_blocking(|tx| requests::list_for_patient(tx, &[PATIENT], at(0)));
        let recent = Ok(vec![RequestId::from_bits(1)]);
        assert_eq!(lately, recent, "cancelled a moment ago");
        let shown = db.read_blocking(|tx| requests::list_open_for_patient(tx, &[PATIENT], at(0)));
        assert_eq!(shown, Ok(vec![]), "and no duplicate");
    });
}

#[test]
fn whoever_was_found_eligible_stays_so_in_that_stage() {
    on_each_engine(|db| {
        some::territory(db);
        add(db, some::request(1), "1001", hand(5));
        let id = RequestId::from_bits(1);
        let verdict = |who: u128, ok: bool| {
            let mut verdict = Any(1).verdict();
            verdict.professional = pro(who);
            for finding in &mut verdict.findings {
                finding.ok = ok;
            }
            verdict
        };
        let merge = |when: i64, found: Vec<_>| {
            db.write_blocking(move |tx| {
                verdicts::merge(tx, id, 1, Stage::Community, at(when), &found)
            })
            .expect("merged");
        };
        merge(10, vec![verdict(1, true), verdict(2, false)]);
        merge(
            20,
            vec![verdict(1, false), verdict(2, true), verdict(3, false)],
        );
        let all = db
            .read_blocking(move |tx| verdicts::list(tx, id))
            .expect("lists");
        assert_eq!(all.len(), 1);
        let (round, stage, when, found) = &all[0];
        assert_eq!((*round, *stage, *when), (1, Stage::Community, at(20)));
        let asked: Vec<_> = found
            .iter()
            .filter(|v| v.asked())
            .map(|v| v.professional)
            .collect();
        assert_eq!(asked, [pro(1), pro(2)]);
        assert_eq!(found.len(), 3);
    });
}

/// The last matching that speaks of somebody, of each request opened beyond its usual professionals; neither what they
/// raised themselves, nor another profession's, nor what is older.
#[test]
fn what_was_found_about_somebody_is_listed_by_request() {
    on_each_engine(|db| {
        some::territory(db);
        let profession = some::request(1).need.profession;
        let verdict = |who: u128, ok: bool| {
            let mut verdict = Any(1).verdict();
            verdict.professional = pro(who);
            for finding in &mut verdict.findings {
                finding.ok = ok;
            }
            verdict
        };
        let found = |n: u128, round: u16, stage: Stage, when: i64, all: Vec<_>| {
            let id = RequestId::from_bits(n);
            db.write_blocking(move |tx| verdicts::merge(tx, id, round, stage, at(when), &all))
                .expect("merged");
        };
        let codes = ["1001", "1002", "1003", "1004", "1005", "1006"];
        for (n, code) in (1..).zip(codes) {
            let mut request = some::request(n);
            match n {
                2 => request.offers = vec![offer(2, pro(1), OfferStatus::Queued)],
                4 => request.requester = Requester::Professional(pro(1), USER),
                5 => request.raised_at = at(10),
                _ => {}
            }
            add(db, request, code, hand(9_000));
        }
        found(1, 1, Stage::Usual, 1_500, vec![verdict(1, true)]);
        found(
            1,
            1,
            Stage::Community,
            1_510,
            vec![verdict(1, true), verdict(2, true)],
        );
        found(
            1,
            2,
            Stage::Community,
            1_520,
            vec![verdict(1, false), verdict(2, true)],
        );
        found(1, 2, Stage::Neighbours, 1_530, vec![verdict(3, true)]);
        found(2, 1, Stage::Community, 1_500, vec![verdict(1, true)]);
        found(3, 1, Stage::Usual, 1_500, vec![verdict(1, false)]);
        found(4, 1, Stage::Community, 1_500, vec![verdict(1, false)]);
        found(5, 1, Stage::Community, 1_500, vec![verdict(1, false)]);
        found(6, 1, Stage::Community, 1_500, vec![verdict(2, false)]);
        let list = |limit| {
            db.read_blocking(move |tx| {
                verdicts::list_for_person(tx, NETWORK, profession, pro(1), at(1_000), limit)
            })
            .expect("lists")
        };
        let (all, more) = list(50);
        let of = |n| RequestId::from_bits(n);
        let seen: Vec<_> = all
            .iter()
            .map(|one| {
                (
                    one.request,
                    one.asked,
                    one.at,
                    one.verdict.as_ref().map(Verdict::asked),
                )
            })
            .collect();
        let expect = vec![
            (of(6), false, at(1_500), None),
            (of(2), true, at(1_500), Some(true)),
            (of(1), false, at(1_520), Some(false)),
        ];
        assert_eq!((seen, more), (expect, false));
        let (few, more) = list(1);
        assert_eq!((few.len(), more), (1, true));
    });
}

#[test]
fn notes_are_kept_in_order() {
    on_each_engine(|db| {
        some::territory(db);
        add(db, some::request(1), "1001", hand(5));
        let id = RequestId::from_bits(1);
        for (n, when) in [("b", 20), ("a", 10)] {
            let note = Note {
                id: n.into(),
                request: id,
                author: USER,
                at: at(when),
                text: n.into(),
            };
            db.write_blocking(move |tx| notes::insert(tx, &note))
                .expect("inserted");
        }
        let seen = db
            .read_blocking(move |tx| notes::list(tx, id))
            .expect("lists");
        assert_eq!(
            seen.iter().map(|n| n.text.as_str()).collect::<Vec<_>>(),
            ["a", "b"]
        );
        let stranger = Note {
            id: "c".into(),
            request: id,
            author: UserId::from_bits(404),
            at: at(1),
            text: "c".into(),
        };
        let refused = db.write_blocking(move |tx| notes::insert(tx, &stranger));
        assert!(matches!(refused, Err(StoreError::Constraint { .. })));
        assert!(
            testing::raw(db, "DELETE FROM requests").is_err(),
            "a request never vanishes"
        );
    });
}
