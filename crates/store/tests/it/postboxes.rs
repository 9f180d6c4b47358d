//! Our mailbox: one process reads at a time, the place moves only for whoever holds it, letters are
//! kept once and seen by their network only.

use relais_core::cascade::Why;
use relais_core::request::Requester;
use relais_store::postboxes::{self, Stopped};
use relais_store::testing::on_each_engine;
use relais_store::{Db, requests};

use crate::some::{self, NETWORK, OTHER, PATIENT, USER, at};

const BOX: &str = "snp@cpts.mssante.fr";

fn hold(db: &Db, by: &'static str, now: i64) -> Option<Stopped> {
    db.write_blocking(move |tx| postboxes::hold(tx, BOX, by, at(now), at(now + 10)))
        .expect("asked")
}

fn moved(db: &Db, by: &'static str, uid: u32) -> bool {
    let to = Stopped { validity: 7, uid };
    db.write_blocking(move |tx| postboxes::move_to(tx, BOX, by, to, at(100)))
        .expect("asked")
}

#[test]
fn one_process_reads_at_a_time_and_the_place_is_whose_it_is() {
    on_each_engine(|db| {
        assert_eq!(hold(db, "a", 0), Some(Stopped::default()));
        assert_eq!(hold(db, "b", 5), None, "the other has it");
        assert_eq!(
            hold(db, "a", 6),
            Some(Stopped::default()),
            "it has it already"
        );
        assert!(!moved(db, "b", 3));
        assert_eq!(
            hold(db, "b", 16),
            Some(Stopped::default()),
            "it stood still too long"
        );
        assert!(!moved(db, "a", 3), "and makes nothing of what it read");
        assert!(moved(db, "b", 4));
        let read_at = || {
            db.read_blocking(|tx| postboxes::find_read_at(tx, BOX))
                .expect("read")
        };
        let let_go = |by: &'static str, at| {
            db.write_blocking(move |tx| postboxes::let_go(tx, BOX, by, at))
                .expect("asked");
        };
        let_go("a", Some(at(20)));
        assert_eq!(read_at(), None, "not its to give back");
        let_go("b", Some(at(21)));
        assert_eq!(read_at(), Some(at(21)));
        let place = Stopped {
            validity: 7,
            uid: 4,
        };
        assert_eq!(hold(db, "a", 22), Some(place));
        let_go("a", None);
        assert_eq!(read_at(), Some(at(21)), "not read to its end");
    });
}

#[test]
fn a_letter_is_kept_once_and_read_once_by_those_of_its_network() {
    on_each_engine(|db| {
        some::territory(db);
        let mut request = some::request(1);
        request.requester = Requester::Staff(USER);
        let id = request.id;
        let due = Some((at(500), Why::NeedsAHand));
        db.write_blocking(move |tx| requests::insert(tx, &request, "1042", PATIENT, due))
            .expect("inserted");
        let keep = |mark: &'static str, about| {
            db.write_blocking(move |tx| postboxes::keep_letter(tx, mark, about, at(3)))
                .expect("asked")
        };
        assert!(keep("aa", Some((NETWORK, id))));
        assert!(!keep("aa", None), "the same mail");
        assert!(keep("bb", None));
        let list = |network| {
            let found = db
                .read_blocking(move |tx| postboxes::list_letters(tx, network, 9))
                .expect("listed");
            let marks: Vec<_> = found.into_iter().map(|l| (l.mark, l.request)).collect();
            marks
        };
        assert_eq!(
            list(NETWORK),
            [("aa".to_owned(), Some(id)), ("bb".to_owned(), None)]
        );
        assert_eq!(list(OTHER), [("bb".to_owned(), None)], "I13");
        let read = |mark: &'static str, network| {
            db.write_blocking(move |tx| postboxes::mark_letter_read(tx, mark, network, USER, at(9)))
                .expect("asked")
        };
        assert!(!read("aa", OTHER), "I13");
        assert!(read("aa", NETWORK) && !read("aa", NETWORK), "once");
        let pruned = db
            .write_blocking(|tx| postboxes::prune_letters(tx, at(50)))
            .expect("pruned");
        assert_eq!(pruned, 1, "what nobody read stays");
        assert_eq!(list(NETWORK), [("bb".to_owned(), None)]);
    });
}
