//! Threads: sealed under the patient's key, the same message kept once, read by side, gone with the
//! patient.

use relais_core::access::{self, Actor, Role, ThreadAccess, ThreadSide};
use relais_core::cascade::Why;
use relais_core::ids::RequestId;
use relais_core::request::{Request, Requester};
use relais_core::wishes::Wishes;
use relais_store::seal::Secret;
use relais_store::testing::on_each_engine;
use relais_store::threads::{self, Count, DESK, MESSAGES_MAX, NewMessage, NewPhoto};
use relais_store::{Db, StoreError, patients, requests};

use crate::some::{self, NETWORK, PATIENT, USER, at, vault};

const JPEG: &[u8] = b"\xff\xd8\xff a knee \xff\xd9";

fn asked(db: &Db, n: u128, code: &'static str) -> Request {
    let mut request = some::request(n);
    request.requester = Requester::Staff(USER);
    let kept = request.clone();
    let due = Some((at(500), Why::NeedsAHand));
    db.write_blocking(move |tx| requests::insert(tx, &kept, code, PATIENT, due))
        .expect("inserted");
    request
}

fn desk(request: &Request) -> ThreadAccess {
    let actor = Actor {
        user: USER,
        role: Role::Operator,
        network: NETWORK,
        professional: None,
    };
    access::thread(&actor, request, &Wishes::default()).expect("the desk may")
}

fn post(
    db: &Db,
    request: RequestId,
    side: ThreadSide,
    mark: &'static str,
    text: &'static str,
) -> Result<Option<u32>, StoreError> {
    db.write_blocking(move |tx| {
        if let Some(n) = threads::find_marked(tx, request, USER, mark)? {
            return Ok(Some(n));
        }
        let photo = NewPhoto {
            width: 4,
            height: 3,
            jpeg: JPEG,
        };
        let new = NewMessage {
            request,
            network: NETWORK,
            patient: PATIENT,
            author: USER,
            side,
            at: at(7),
            mark,
            text: &Secret::new(text.to_owned()),
            photos: &[photo],
        };
        threads::insert(tx, &vault(), &new)
    })
}

#[test]
fn a_message_lies_sealed_and_is_opened_in_its_own_thread() {
    on_each_engine(|db| {
        some::territory(db);
        let (mine, other) = (asked(db, 1, "1001"), asked(db, 2, "1002"));
        assert_eq!(
            post(db, mine.id, ThreadSide::Desk, "a", "rappelle à 18 h"),
            Ok(Some(1))
        );
        assert_eq!(
            post(db, mine.id, ThreadSide::Desk, "a", "rappelle à 18 h"),
            Ok(Some(1))
        );
        assert_eq!(
            post(db, mine.id, ThreadSide::Accepter, "b", "vu"),
            Ok(Some(2))
        );

        let read = |proof: &Request| {
            let proof = proof.clone();
            db.read_blocking(move |tx| {
                let opened = threads::open(tx, &vault(), &desk(&proof))?;
                let texts = opened.iter().map(|one| one.text.expose().to_owned());
                Ok::<_, StoreError>(texts.collect::<Vec<_>>())
            })
        };
        assert_eq!(
            read(&mine),
            Ok(vec!["rappelle à 18 h".to_owned(), "vu".to_owned()])
        );
        assert_eq!(read(&other), Ok(Vec::new()), "each its own");

        let photo = |proof: &Request, message: u32| {
            let proof = proof.clone();
            db.read_blocking(move |tx| {
                threads::open_photo(tx, &vault(), message, 1, &desk(&proof))
                    .map(|jpeg| jpeg.to_vec())
            })
        };
        assert_eq!(photo(&mine, 2), Ok(JPEG.to_vec()));
        assert!(matches!(photo(&other, 2), Err(StoreError::NotFound { .. })));
    });
}

#[test]
fn the_desk_reads_as_one_and_a_thread_has_an_end() {
    on_each_engine(|db| {
        some::territory(db);
        let id = asked(db, 1, "1001").id;
        let waiting = || db.read_blocking(move |tx| threads::list_for_desk(tx, NETWORK, 9));
        let _first = post(db, id, ThreadSide::Desk, "a", "de nous").expect("kept");
        assert_eq!(waiting(), Ok(Vec::new()), "ours is read");
        let _second = post(db, id, ThreadSide::Accepter, "b", "à lire").expect("kept");
        assert_eq!(waiting(), Ok(vec![id]));
        let count = |read: u32, side: ThreadSide| {
            let nobody = relais_core::ids::UserId::from_bits(99);
            db.read_blocking(move |tx| threads::count(tx, id, read, nobody, side))
        };
        let (messages, two) = (
            2,
            Count {
                messages: 2,
                unread: 2,
            },
        );
        assert_eq!(
            count(0, ThreadSide::Desk),
            Ok(Count {
                messages,
                unread: 1
            })
        );
        assert_eq!(count(0, ThreadSide::Requester), Ok(two));
        assert_eq!(
            count(2, ThreadSide::Requester),
            Ok(Count {
                messages,
                unread: 0
            })
        );
        let told = db.write_blocking(move |tx| {
            threads::set_told(tx, id, DESK, at(8))?;
            threads::set_read(tx, id, DESK, 2, at(9))?;
            threads::find_read(tx, id, DESK)
        });
        let told = told.expect("kept");
        assert_eq!(
            (told.n, told.read_at, told.told_at),
            (2, Some(at(9)), Some(at(8)))
        );
        assert_eq!(waiting(), Ok(Vec::new()));

        let filled = db.write_blocking(move |tx| {
            for n in 2..MESSAGES_MAX {
                let new = NewMessage {
                    request: id,
                    network: NETWORK,
                    patient: PATIENT,
                    author: USER,
                    side: ThreadSide::Desk,
                    at: at(7),
                    mark: &n.to_string(),
                    text: &Secret::new("encore".to_owned()),
                    photos: &[],
                };
                let kept = threads::insert(tx, &vault(), &new)?;
                assert_eq!(kept, Some(n + 1));
            }
            Ok::<_, StoreError>(())
        });
        assert_eq!(filled, Ok(()));
        assert_eq!(post(db, id, ThreadSide::Desk, "z", "de trop"), Ok(None));
    });
}

#[test]
fn erasing_the_patient_erases_the_thread() {
    on_each_engine(|db| {
        some::territory(db);
        let request = asked(db, 1, "1001");
        let id = request.id;
        assert_eq!(post(db, id, ThreadSide::Accepter, "a", "vu"), Ok(Some(1)));
        let erased = db.write_blocking(|tx| patients::erase(tx, PATIENT, at(9)));
        assert_eq!(erased, Ok(true));
        let left = db.read_blocking(move |tx| {
            let opened = threads::open(tx, &vault(), &desk(&request))?;
            Ok::<_, StoreError>((opened.len(), threads::list_for_desk(tx, NETWORK, 9)?))
        });
        assert_eq!(left, Ok((0, Vec::new())));
        let again = post(db, id, ThreadSide::Accepter, "b", "encore");
        assert!(
            matches!(again, Err(StoreError::Sealed { .. })),
            "nothing new under a key that is gone"
        );
    });
}
