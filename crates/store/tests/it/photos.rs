//! Photos: sealed under the patient's key, five at most, gone with the patient.

use relais_core::access::{self, Actor, PhotoAccess, Role};
use relais_core::cascade::Why;
use relais_core::ids::RequestId;
use relais_core::request::{Request, Requester};
use relais_store::photos::{self, NewPhoto};
use relais_store::testing::on_each_engine;
use relais_store::{Db, StoreError, patients, requests};

use crate::some::{self, NETWORK, PATIENT, USER, at, vault};

const JPEG: &[u8] = b"\xff\xd8\xff the pixels of a knee \xff\xd9";

fn asked(db: &Db, n: u128, code: &'static str) -> Request {
    let mut request = some::request(n);
    request.requester = Requester::Staff(USER);
    let kept = request.clone();
    let due = Some((at(500), Why::NeedsAHand));
    db.write_blocking(move |tx| requests::insert(tx, &kept, code, PATIENT, due))
        .expect("inserted");
    request
}

fn add(db: &Db, request: RequestId, faceless: bool) -> Result<Option<u8>, StoreError> {
    db.write_blocking(move |tx| {
        photos::insert(
            tx,
            &vault(),
            &NewPhoto {
                request,
                patient: PATIENT,
                author: USER,
                added_at: at(7),
                faceless,
                width: 1_600,
                height: 1_200,
                jpeg: JPEG,
            },
        )
    })
}

fn desk(request: &Request) -> PhotoAccess {
    let actor = Actor {
        user: USER,
        role: Role::Operator,
        network: NETWORK,
        professional: None,
    };
    access::photo(&actor, request).expect("the desk may")
}

#[test]
fn five_photos_are_kept_sealed_and_the_sixth_is_refused() {
    on_each_engine(|db| {
        some::territory(db);
        let request = asked(db, 1, "1001");
        let other = asked(db, 2, "1002");
        for n in 1..=5 {
            assert_eq!(add(db, request.id, n == 1), Ok(Some(n)));
        }
        assert_eq!(add(db, request.id, true), Ok(None), "no sixth");
        let id = request.id;
        let all = db
            .read_blocking(move |tx| photos::list(tx, id))
            .expect("listed");
        assert_eq!(all.iter().map(|p| p.n).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert!(all[0].faceless && !all[1].faceless);

        let open = |request: RequestId, n: u8, proof: &Request| {
            let proof = proof.clone();
            db.read_blocking(move |tx| {
                photos::open(tx, &vault(), request, n, &desk(&proof)).map(|jpeg| jpeg.to_vec())
            })
        };
        assert_eq!(open(id, 3, &request), Ok(JPEG.to_vec()));
        assert!(
            matches!(open(id, 3, &other), Err(StoreError::Sealed { .. })),
            "a proof for another request"
        );
        assert!(matches!(
            open(id, 6, &request),
            Err(StoreError::NotFound { .. })
        ));
    });
}

#[test]
fn erasing_the_patient_erases_the_photos() {
    on_each_engine(|db| {
        some::territory(db);
        let request = asked(db, 1, "1001");
        assert_eq!(add(db, request.id, true), Ok(Some(1)));
        let erased = db.write_blocking(|tx| patients::erase(tx, PATIENT, at(9)));
        assert_eq!(erased, Ok(true));
        let id = request.id;
        let left = db.read_blocking(move |tx| photos::list(tx, id));
        assert_eq!(left, Ok(Vec::new()));
        assert!(
            matches!(add(db, id, true), Err(StoreError::Sealed { .. })),
            "nothing new under a key that is gone"
        );
    });
}
