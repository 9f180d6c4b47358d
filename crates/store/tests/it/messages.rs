//! The outbox: recorded once, claimed once, tried again, climbed, replaced, expired.

use std::collections::BTreeSet;

use relais_core::ids::{MessageId, OfferId};
use relais_core::request::OfferStatus;
use relais_store::messages::{self, Audience, Early, Message, MessageStatus};
use relais_store::requests;
use relais_store::testing::{self, on_each_engine};
use relais_store::{Db, StoreError, Tx};

use crate::some::{self, NETWORK, PATIENT, at, offer, pro};

fn ready(db: &Db) {
    some::territory(db);
    db.write_blocking(|tx| {
        let mut request = some::request(1);
        request.offers = vec![offer(1, pro(1), OfferStatus::Queued)];
        requests::insert(tx, &request, "1001", PATIENT, None)
    })
    .expect("inserted");
}

fn message(n: u128, due: i64) -> Message {
    Message {
        id: MessageId::from_bits(n),
        idem_key: format!("key {n}"),
        network: NETWORK,
        request: Some(some::request(1).id),
        offer: Some(OfferId::from_bits(1)),
        kind: "ask".into(),
        channel: "push".into(),
        audience: Audience::Professional,
        owner: "Dr Durand1".into(),
        recipient_professional: Some(pro(1)),
        address: Some("device".into()),
        body: "{\"text\":\"Une demande\"}".into(),
        due_at: at(due),
        created_at: at(1),
        ..Message::default()
    }
}

fn add(db: &Db, message: Message) -> bool {
    db.write_blocking(move |tx| messages::insert(tx, &message))
        .expect("recorded")
}

fn claim(db: &Db, now: i64, node: &'static str, limit: u32) -> Vec<Message> {
    db.write_blocking(move |tx| messages::claim(tx, at(now), at(now + 100), node, "push", limit))
        .expect("claims")
}

fn get(db: &Db, n: u128) -> Message {
    db.read_blocking(move |tx| messages::get(tx, MessageId::from_bits(n)))
        .expect("reads")
}

fn next_due(db: &Db) -> Option<i64> {
    db.read_blocking(messages::next_due)
        .expect("reads")
        .map(|i| i.millis())
}

#[test]
fn a_message_is_recorded_once_per_key_and_read_as_written() {
    on_each_engine(|db| {
        ready(db);
        let whole = Message {
            lease_until: Some(at(1)),
            lease_owner: Some("n".into()),
            sent_at: Some(at(2)),
            delivered_at: Some(at(3)),
            seen_at: Some(at(4)),
            failed_at: Some(at(5)),
            failure: Some("f".into()),
            escalate_at: Some(at(6)),
            provider_ref: Some("p".into()),
            expires_at: Some(at(7)),
            attempts: 3,
            status: MessageStatus::Delivered,
            ..message(1, 10)
        };
        assert!(add(db, whole.clone()));
        assert_eq!(get(db, 1), whole);
        let again = Message {
            id: MessageId::from_bits(2),
            ..whole.clone()
        };
        assert!(!add(db, again));
        let found = db
            .read_blocking(|tx| messages::find_by_key(tx, "key 1"))
            .expect("reads");
        assert_eq!(found, Some(whole));
    });
}

#[test]
fn the_messages_of_one_change_are_recorded_together_as_they_would_be_one_by_one() {
    on_each_engine(|db| {
        ready(db);
        let known = message(1, 10);
        assert!(add(db, known.clone()));
        let patient = Message {
            audience: Audience::Patient,
            recipient_professional: None,
            recipient_patient: Some(PATIENT),
            address: None,
            offer: None,
            owner: "Patient".into(),
            body: "{\"text\":\"L’heure « sonne », \\\\ \\\"vite\\\" 🩺\"}".into(),
            expires_at: Some(at(70)),
            ..message(3, 30)
        };
        let again = Message {
            id: MessageId::from_bits(4),
            body: "{\"text\":\"autre\"}".into(),
            ..known.clone()
        };
        let many = vec![message(2, 20), patient, again];
        let written = many.clone();
        db.write_blocking(move |tx| messages::insert_new(tx, &written))
            .expect("recorded");
        assert_eq!(get(db, 2), many[0]);
        assert_eq!(get(db, 3), many[1]);
        let found = db
            .read_blocking(|tx| messages::find_by_key(tx, "key 1"))
            .expect("reads");
        assert_eq!(found, Some(known), "the first under a key stays");

        let odd = vec![
            message(5, 10),
            Message {
                attempts: 1,
                ..message(6, 10)
            },
        ];
        let refused = db.write_blocking(move |tx| messages::insert_new(tx, &odd));
        assert!(
            matches!(refused, Err(StoreError::Bug { .. })),
            "{refused:?}"
        );
    });
}

#[test]
fn a_patients_message_carries_no_address() {
    on_each_engine(|db| {
        ready(db);
        let bad = Message {
            recipient_patient: Some(PATIENT),
            ..message(1, 10)
        };
        let refused = db.write_blocking(move |tx| messages::insert(tx, &bad));
        assert!(
            matches!(refused, Err(StoreError::Constraint { .. })),
            "{refused:?}"
        );
    });
}

#[test]
fn each_message_is_claimed_by_one_node() {
    on_each_engine(|db| {
        ready(db);
        for n in 1..=40 {
            add(db, message(n, 10));
        }
        let claimed: Vec<MessageId> = std::thread::scope(|scope| {
            let nodes: Vec<_> = ["a", "b", "c"]
                .into_iter()
                .map(|node| {
                    scope.spawn(move || {
                        let mut mine = vec![];
                        loop {
                            let batch = claim(db, 50, node, 4);
                            if batch.is_empty() {
                                return mine;
                            }
                            mine.extend(batch.into_iter().map(|m| m.id));
                        }
                    })
                })
                .collect();
            nodes
                .into_iter()
                .flat_map(|n| n.join().expect("ends"))
                .collect()
        });
        assert_eq!(claimed.len(), 40);
        assert_eq!(claimed.iter().collect::<BTreeSet<_>>().len(), 40);
    });
}

#[test]
fn due_messages_come_in_order_and_a_dead_node_loses_its_lease() {
    on_each_engine(|db| {
        ready(db);
        for (n, due) in [(1, 30), (2, 10), (3, 20), (4, 500)] {
            add(db, message(n, due));
        }
        assert_eq!(next_due(db), Some(10));
        let first = claim(db, 40, "a", 10);
        assert_eq!(
            first.iter().map(|m| m.id.bits()).collect::<Vec<_>>(),
            [2, 3, 1]
        );
        assert!(
            first
                .iter()
                .all(|m| m.attempts == 1 && m.status == MessageStatus::Sending)
        );
        assert_eq!(next_due(db), Some(140), "the leases end");
        assert!(claim(db, 139, "b", 10).is_empty());
        let again = claim(db, 140, "b", 10);
        assert_eq!(again.len(), 3);
        assert!(
            again
                .iter()
                .all(|m| m.attempts == 2 && m.lease_owner.as_deref() == Some("b"))
        );
        let waiting = db.read_blocking(|tx| messages::count_waiting(tx, NETWORK));
        assert_eq!(waiting, Ok(4));
    });
}

#[test]
fn a_sent_message_climbs_the_ladder_unless_a_receipt_comes() {
    on_each_engine(|db| {
        ready(db);
        for n in 1..=2 {
            add(db, message(n, 10));
        }
        claim(db, 40, "a", 10);
        db.write_blocking(|tx| {
            for n in 1..=2 {
                messages::mark_sent(
                    tx,
                    MessageId::from_bits(n),
                    ("http", "ref"),
                    at(41),
                    Some(at(200)),
                )?;
            }
            messages::mark_delivered(tx, MessageId::from_bits(2), at(60)).map(|_| ())
        })
        .expect("marked");
        assert_eq!(next_due(db), Some(200));
        let late = |now| db.write_blocking(move |tx| messages::list_escalations(tx, at(now), 10));
        assert_eq!(late(199), Ok(vec![]));
        let late = late(200).expect("lists");
        assert_eq!(late.iter().map(|m| m.id.bits()).collect::<Vec<_>>(), [1]);
        db.write_blocking(|tx| messages::clear_escalation(tx, MessageId::from_bits(1)))
            .expect("cleared");
        assert_eq!(next_due(db), None);
        let seen =
            db.write_blocking(|tx| messages::mark_seen(tx, MessageId::from_bits(1), at(300)));
        assert_eq!(seen, Ok(true));
        let one = get(db, 1);
        assert_eq!(
            (one.status, one.seen_at, one.delivered_at),
            (MessageStatus::Delivered, Some(at(300)), Some(at(300)))
        );
        assert_eq!(
            (one.sent_at, one.provider_ref.as_deref()),
            (Some(at(41)), Some("ref"))
        );
    });
}

/// A gateway's receipt may be faster than its answer.
#[test]
fn a_receipt_before_the_answer_stands() {
    on_each_engine(|db| {
        ready(db);
        add(db, message(1, 10));
        claim(db, 40, "a", 10);
        let id = MessageId::from_bits(1);
        db.write_blocking(move |tx| {
            messages::mark_delivered(tx, id, at(41))?;
            messages::mark_sent(tx, id, ("http", "ref"), at(42), Some(at(200)))
        })
        .expect("marked");
        let one = get(db, 1);
        assert_eq!(
            (one.status, one.escalate_at),
            (MessageStatus::Delivered, None)
        );
        assert_eq!(
            (one.delivered_at, one.sent_at),
            (Some(at(41)), Some(at(42)))
        );
        let failed = db.write_blocking(move |tx| messages::mark_failed(tx, id, "late", at(50)));
        assert_eq!(failed, Ok(false), "what arrived did not fail");
    });
}

/// A gateway that did not answer may have taken the message all the same: the receipt says so.
#[test]
fn a_receipt_for_a_message_that_waits_for_another_attempt_ends_it() {
    on_each_engine(|db| {
        ready(db);
        for n in 1..=2 {
            add(db, message(n, 10));
        }
        claim(db, 40, "a", 1);
        let [tried, never] = [1, 2].map(MessageId::from_bits);
        let heard = db.write_blocking(move |tx| {
            messages::retry_later(tx, tried, 1, at(90), "later")?;
            let of_nothing = messages::mark_delivered(tx, never, at(50))?;
            Ok::<_, StoreError>((messages::mark_delivered(tx, tried, at(50))?, of_nothing))
        });
        assert_eq!(heard, Ok((true, false)));
        assert!(claim(db, 90, "a", 10).iter().all(|m| m.id == never));
    });
}

#[test]
fn a_failure_is_visible_or_tried_again() {
    on_each_engine(|db| {
        ready(db);
        for n in 1..=2 {
            add(db, message(n, 10));
        }
        claim(db, 40, "a", 10);
        db.write_blocking(|tx| {
            messages::retry_later(tx, MessageId::from_bits(1), 1, at(90), "later")?;
            messages::mark_failed(tx, MessageId::from_bits(2), "no-such-number", at(50)).map(|_| ())
        })
        .expect("marked");
        assert_eq!(next_due(db), Some(90));
        let again = claim(db, 90, "a", 10);
        assert_eq!(
            again
                .iter()
                .map(|m| (m.id.bits(), m.attempts))
                .collect::<Vec<_>>(),
            [(1, 2)]
        );
        let failed = db
            .read_blocking(|tx| messages::list_failed(tx, NETWORK, at(0), 10))
            .expect("lists");
        assert_eq!(failed.len(), 1);
        assert_eq!(failed[0].failure.as_deref(), Some("no-such-number"));
    });
}

#[test]
fn what_is_no_longer_true_is_not_sent() {
    on_each_engine(|db| {
        ready(db);
        add(db, message(1, 10));
        add(
            db,
            Message {
                kind: "replaced".into(),
                ..message(2, 900)
            },
        );
        add(db, message(3, 10));
        add(
            db,
            Message {
                expires_at: Some(at(30)),
                ..message(4, 10)
            },
        );
        let sent = claim(db, 20, "a", 1);
        let id = sent[0].id;
        let request = some::request(1).id;
        let cancel = move |db: &Db| {
            db.write_blocking(move |tx| messages::cancel_withdrawn(tx, request))
                .expect("cancelled")
        };
        db.write_blocking(move |tx| {
            messages::mark_sent(tx, id, ("http", "ref"), at(21), Some(at(100)))
        })
        .expect("sent");
        assert_eq!(cancel(db), 0, "its offer still stands");
        testing::raw(db, "UPDATE offers SET status = 'withdrawn'").expect("withdrawn");
        assert_eq!(cancel(db), 2);
        assert_eq!(get(db, 1).escalate_at, None, "no further channel");
        assert_eq!(get(db, 3).status, MessageStatus::Replaced);
        assert_eq!(
            get(db, 2).status,
            MessageStatus::Queued,
            "what says so is still sent"
        );
        testing::raw(
            db,
            "UPDATE messages SET status = 'queued' WHERE idem_key = 'key 4'",
        )
        .expect("queued");
        let over = db.write_blocking(move |tx| messages::expire(tx, at(31)));
        let over: Vec<_> = over.expect("expired").iter().map(|m| m.id).collect();
        assert_eq!(over, [MessageId::from_bits(4)], "told to nobody");
        assert!(claim(db, 31, "a", 10).is_empty());
        assert_eq!(get(db, 4).status, MessageStatus::Expired);
        let again = db.write_blocking(move |tx| messages::expire(tx, at(31)));
        assert_eq!(again.expect("expired").len(), 0);
        let all = db
            .read_blocking(move |tx| messages::list_for_request(tx, request, None, 10))
            .expect("lists");
        assert_eq!(
            all.iter().map(|m| m.id.bits()).collect::<Vec<_>>(),
            [4, 3, 2, 1]
        );
        let of = db
            .read_blocking(move |tx| messages::list_told(tx, request))
            .expect("lists");
        assert_eq!(of.len(), 4);
        assert!(of.iter().all(|told| told.offer == OfferId::from_bits(1)));
        let kinds: Vec<_> = of.iter().map(|told| told.kind.as_str()).collect();
        assert_eq!(kinds, ["ask", "replaced", "ask", "ask"]);
    });
}

/// A node that stood still for longer than its lease undoes nothing of what another did (I7).
#[test]
fn whoever_lost_its_claim_changes_nothing() {
    on_each_engine(|db| {
        ready(db);
        add(db, message(1, 10));
        let id = MessageId::from_bits(1);
        claim(db, 40, "a", 10);
        let second = claim(db, 140, "b", 10);
        assert_eq!(second[0].attempts, 2);
        db.write_blocking(move |tx| {
            messages::retry_later(tx, id, 1, at(150), "later")?;
            messages::give_back(tx, id, 1)?;
            assert!(!messages::mark_refused(
                tx,
                id,
                1,
                "no-such-number",
                at(141)
            )?);
            Ok::<_, StoreError>(())
        })
        .expect("marked");
        let held = get(db, 1);
        assert_eq!(
            (held.status, held.lease_owner.as_deref()),
            (MessageStatus::Sending, Some("b"))
        );
        db.write_blocking(move |tx| messages::mark_sent(tx, id, ("http", "ref"), at(142), None))
            .expect("marked");
        db.write_blocking(move |tx| {
            assert!(!messages::mark_refused(
                tx,
                id,
                2,
                "no-such-number",
                at(143)
            )?);
            Ok::<_, StoreError>(())
        })
        .expect("marked");
        assert_eq!(get(db, 1).status, MessageStatus::Sent);
    });
}

/// The yes of a gateway is a fact, even when the row says that nothing should have left.
#[test]
fn a_late_yes_is_kept() {
    on_each_engine(|db| {
        ready(db);
        for n in 1..=2 {
            add(db, message(n, 10));
        }
        claim(db, 40, "a", 10);
        claim(db, 140, "b", 10);
        db.write_blocking(|tx| {
            for n in 1..=2 {
                messages::retry_later(tx, MessageId::from_bits(n), 2, at(150), "later")?;
            }
            Ok::<_, StoreError>(())
        })
        .expect("marked");
        testing::raw(db, "UPDATE offers SET status = 'withdrawn'").expect("withdrawn");
        // In line again, or no longer true: the first node's yes comes now.
        db.write_blocking(|tx| {
            messages::mark_sent(
                tx,
                MessageId::from_bits(1),
                ("http", "ref"),
                at(145),
                Some(at(200)),
            )?;
            messages::cancel_withdrawn(tx, some::request(1).id)?;
            messages::mark_sent(
                tx,
                MessageId::from_bits(2),
                ("http", "ref"),
                at(145),
                Some(at(200)),
            )
        })
        .expect("marked");
        assert!(claim(db, 300, "c", 10).is_empty(), "sent again");
        assert_eq!(get(db, 1).status, MessageStatus::Sent);
        let late = get(db, 2);
        assert_eq!((late.status, late.escalate_at), (MessageStatus::Sent, None));
    });
}

/// A solicitation that its gateway could not take does not wait in line for an offer taken back.
#[test]
fn what_was_taken_back_while_it_was_being_sent_is_not_tried_again() {
    on_each_engine(|db| {
        ready(db);
        for n in 1..=3 {
            add(db, message(n, 10));
        }
        add(
            db,
            Message {
                kind: "replace".into(),
                ..message(4, 10)
            },
        );
        claim(db, 40, "a", 10);
        db.write_blocking(|tx| {
            let gone = OfferStatus::Withdrawn {
                at: at(41),
                why: relais_core::request::WithdrawReason::Taken,
            };
            let before = requests::find(tx, some::request(1).id)?.expect("it is there");
            let mut after = before.request.clone();
            after.offers = vec![offer(1, pro(1), gone)];
            requests::update(tx, &after, 1, &before.request, None, at(41))?;
            messages::cancel_withdrawn(tx, some::request(1).id)?;
            messages::retry_later(tx, MessageId::from_bits(1), 1, at(50), "later")?;
            messages::give_back(tx, MessageId::from_bits(2), 1)?;
            messages::retry_later(tx, MessageId::from_bits(4), 1, at(50), "later")
        })
        .expect("marked");
        let status = |n| get(db, n).status;
        assert_eq!(status(1), MessageStatus::Replaced);
        assert_eq!(status(2), MessageStatus::Replaced);
        assert_eq!(status(3), MessageStatus::Sending, "nobody knows yet");
        assert_eq!(
            status(4),
            MessageStatus::Queued,
            "\"pourvu\" itself goes on"
        );
    });
}

#[test]
fn a_message_is_found_by_its_providers_reference_and_an_early_receipt_waits_for_it() {
    on_each_engine(|db| {
        ready(db);
        for n in [1, 2] {
            assert!(add(db, message(n, 10)));
        }
        claim(db, 20, "a", 10);
        let early = |state: &str| Early {
            state: state.into(),
            received_at: at(30),
        };
        let kept = db.write_blocking(move |tx| {
            assert!(!messages::has_early(tx)?);
            for state in ["failed", "delivered", "failed"] {
                assert!(messages::insert_early(tx, "ovh", "77", &early(state))?);
            }
            assert!(messages::has_early(tx)?);
            let id = MessageId::from_bits(1);
            messages::mark_sent(tx, id, ("ovh", "77"), at(41), None)?;
            messages::mark_sent(tx, MessageId::from_bits(2), ("backup", "77"), at(42), None)?;
            let found = |tx: &mut Tx<'_>, by: &str| {
                Ok::<_, StoreError>(messages::find_by_reference(tx, by, "77")?.map(|m| m.id))
            };
            assert_eq!(found(tx, "ovh")?, Some(id));
            assert_eq!(found(tx, "backup")?, Some(MessageId::from_bits(2)));
            assert_eq!(found(tx, "smpp")?, None);
            assert_eq!(messages::take_early(tx, "backup", "77")?, None);
            assert_eq!(
                messages::take_early(tx, "ovh", "77")?,
                Some(early("delivered"))
            );
            assert!(!messages::has_early(tx)?, "once");
            messages::insert_early(tx, "ovh", "78", &early("seen"))?;
            assert_eq!(messages::prune_early(tx, at(30))?, 0);
            assert_eq!(messages::prune_early(tx, at(31))?, 1);
            messages::mark_delivered(tx, id, at(50))?;
            assert_eq!(
                messages::find_latest_taken(tx, "push", "backup")?,
                Some(at(42))
            );
            assert_eq!(messages::find_latest_taken(tx, "sms", "ovh")?, None);
            let fresh = messages::list_taken(tx, ("push", "backup"), at(1), at(41), 10)?;
            assert_eq!(fresh, [], "nothing can be said of it yet");
            messages::list_taken(tx, ("push", "ovh"), at(41), at(40), 10)
        });
        let kept = kept.expect("kept");
        let times: Vec<_> = kept.iter().map(|t| (t.at, t.delivered_at)).collect();
        assert_eq!(times, [(at(41), Some(at(50)))]);
        assert!(!kept[0].reader.is_empty());
    });
}
