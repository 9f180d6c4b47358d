//! What patients want of being told, and what they answered of their visit.

use relais_core::cascade::Why;
use relais_core::ids::{PatientId, RequestId};
use relais_core::request::Requester;
use relais_core::time::Instant;
use relais_core::wishes::Wish;
use relais_store::testing::on_each_engine;
use relais_store::visit_questions::{self, Tally};
use relais_store::{Db, patient_wishes, patients, requests};

use crate::some::{self, NETWORK, OTHER, PATIENT, USER, at};

const AGAIN: PatientId = PatientId::from_bits(0xa9a1);

/// Another record of the same person, as each request makes one.
fn again(db: &Db, id: PatientId) {
    db.write_blocking(move |tx| some::patient(tx, id))
        .expect("inserted");
}

fn wishes(db: &Db, patient: PatientId) -> Vec<Wish> {
    db.read_blocking(move |tx| patient_wishes::of_patient(tx, patient))
        .expect("read")
        .iter()
        .collect()
}

#[test]
fn a_wish_is_the_persons_whichever_record_is_asked_and_an_opposition_outlives_the_identity() {
    on_each_engine(|db| {
        some::territory(db);
        let add = |wish, source: &'static str| {
            db.write_blocking(move |tx| patient_wishes::add(tx, PATIENT, wish, source, at(5)))
                .expect("added")
        };
        assert!(add(Wish::NoNotes, "desk"));
        assert!(!add(Wish::NoNotes, "page"), "once");
        assert!(add(Wish::TellCarer, "closing"));
        again(db, AGAIN);
        assert_eq!(wishes(db, AGAIN), [Wish::NoNotes, Wish::TellCarer]);
        let remove = |wish| {
            db.write_blocking(move |tx| patient_wishes::remove(tx, AGAIN, wish))
                .expect("removed")
        };
        assert!(add(Wish::SeeksDoctor, "desk"));
        let holders = |wish| {
            db.read_blocking(move |tx| patient_wishes::list_holders(tx, NETWORK, wish, 9))
                .expect("listed")
        };
        assert_eq!(
            holders(Wish::SeeksDoctor).len(),
            1,
            "a person, not a record"
        );
        let theirs = db
            .read_blocking(|tx| patient_wishes::list_holders(tx, OTHER, Wish::SeeksDoctor, 9))
            .expect("listed");
        assert!(theirs.is_empty(), "I13");
        assert!(remove(Wish::SeeksDoctor) && !remove(Wish::SeeksDoctor));
        for (patient, left) in [(PATIENT, 2), (AGAIN, 0)] {
            db.write_blocking(move |tx| patients::erase(tx, patient, at(9)))
                .expect("erased");
            assert_eq!(wishes(db, AGAIN).len(), left);
        }
        again(db, PatientId::from_bits(0xa9a2));
        let kept = wishes(db, PatientId::from_bits(0xa9a2));
        assert_eq!(kept, [Wish::NoNotes], "the opposition alone");
    });
}

fn asked(db: &Db) -> RequestId {
    let mut request = some::request(1);
    request.requester = Requester::Staff(USER);
    let id = request.id;
    let due = Some((at(500), Why::NeedsAHand));
    db.write_blocking(move |tx| requests::insert(tx, &request, "1001", PATIENT, due))
        .expect("inserted");
    id
}

#[test]
fn an_answer_counts_once_for_a_question_that_was_asked_lately() {
    on_each_engine(|db| {
        some::territory(db);
        let id = asked(db);
        let say = |received: bool, since: Instant| {
            db.write_blocking(move |tx| {
                visit_questions::answer(tx, id, received, "sms", since, at(60))
            })
            .expect("written")
        };
        assert!(!say(true, at(0)), "never asked");
        db.write_blocking(move |tx| visit_questions::set_asked(tx, id, NETWORK, at(50)))
            .expect("asked");
        assert!(!say(true, at(51)), "too late");
        assert!(say(true, at(40)) && !say(true, at(40)) && say(false, at(40)));
        let tally = |since| {
            db.read_blocking(move |tx| visit_questions::tally(tx, NETWORK, since))
                .expect("counted")
        };
        let one = Tally {
            asked: 1,
            yes: 0,
            no: 1,
        };
        assert_eq!((tally(at(0)), tally(at(51))), (one, Tally::default()));
        let open = |since| {
            db.read_blocking(move |tx| visit_questions::list_open(tx, &[PATIENT], since))
                .expect("listed")
        };
        assert_eq!((open(at(50)), open(at(51))), (vec![id], Vec::new()));
        db.write_blocking(move |tx| visit_questions::set_asked(tx, id, NETWORK, at(90)))
            .expect("asked again");
        let found = db.read_blocking(move |tx| visit_questions::find(tx, id));
        assert_eq!(found.expect("read").expect("there").answer, None);
    });
}
