//! Patients: sealed at rest, opened with the right proof only, found by marks, erased for good.

use relais_core::access::delivery_identity;
use relais_core::ids::{PatientId, RequestId};
use relais_store::patients;
use relais_store::requests;
use relais_store::seal::{MasterKey, Vault};
use relais_store::testing::{self, TestDb, on_each_engine};
use relais_store::{Db, StoreError};

use crate::some::{self, NETWORK, OTHER, PATIENT, at};

fn with_request(db: &Db) {
    some::territory(db);
    db.write_blocking(|tx| requests::insert(tx, &some::request(1), "1001", PATIENT, None))
        .expect("inserted");
}

fn open(db: &Db, vault: Vault, patient: PatientId, request: u128) -> Result<String, StoreError> {
    db.read_blocking(move |tx| {
        let proof = delivery_identity(RequestId::from_bits(request));
        let seen = patients::open(tx, &vault, patient, &proof)?;
        let parts = [
            &seen.birth_name,
            &seen.first_names,
            &seen.birth_date,
            &seen.phone,
            &seen.address_line,
        ];
        assert!(seen.used_name.is_none() && seen.carer_phone.is_none());
        Ok(parts.map(|p| p.expose().to_string()).join("|"))
    })
}

#[test]
fn an_identity_opens_with_a_proof_for_its_own_request() {
    on_each_engine(|db| {
        with_request(db);
        let seen = open(db, some::vault(), PATIENT, 1).expect("opens");
        assert_eq!(
            seen,
            "Tervaux|Éloïse Anne|1951-04-02|+33639984107|8 allée des Tilleuls"
        );
        db.write_blocking(|tx| some::patient(tx, PatientId::from_bits(2)))
            .expect("inserted");
        for (patient, request) in [(PatientId::from_bits(2), 1), (PATIENT, 404)] {
            let refused = open(db, some::vault(), patient, request);
            assert!(
                matches!(refused, Err(StoreError::Sealed { .. })),
                "{refused:?}"
            );
        }
        let other = Vault::new(MasterKey::new([8; 32]), vec![]);
        assert!(matches!(
            open(db, other, PATIENT, 1),
            Err(StoreError::Sealed { .. })
        ));
    });
}

/// Neither the file nor its journal holds a word of it.
#[test]
fn nothing_of_the_identity_is_readable_on_disk() {
    let dir = std::env::temp_dir().join(format!("relais-sealed-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).expect("made");
    let db = Db::open(
        &format!("sqlite://{}/relais.db", dir.display()),
        &testing::options(),
    )
    .expect("opens");
    relais_store::migrate::migrate(&db, 1).expect("migrates");
    with_request(&db);
    let mut read = 0;
    for entry in std::fs::read_dir(&dir).expect("lists") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("reads");
        read += bytes.len();
        for word in [
            "Tervaux",
            "TERVAUX",
            "loïse",
            "1951-04-02",
            "639984107",
            "Tilleuls",
        ] {
            assert!(
                !bytes.windows(word.len()).any(|w| w == word.as_bytes()),
                "{word}"
            );
        }
    }
    assert!(read > 10_000, "the database was read");
    db.close();
    std::fs::remove_dir_all(&dir).expect("removed");
}

#[test]
fn a_patient_is_found_by_phone_and_by_name() {
    on_each_engine(|db| {
        some::territory(db);
        let by_phone = |network, phone: &'static str| {
            db.read_blocking(move |tx| patients::find_by_phone(tx, &some::vault(), network, phone))
        };
        assert_eq!(by_phone(NETWORK, "+33639984107"), Ok(vec![PATIENT]));
        assert_eq!(by_phone(NETWORK, "+33639984108"), Ok(vec![]));
        assert_eq!(
            by_phone(OTHER, "+33639984107"),
            Ok(vec![]),
            "tenants never see each other (I13)"
        );
        let by_person = |name: &'static str, date: &'static str| {
            db.read_blocking(move |tx| {
                patients::find_by_person(tx, &some::vault(), NETWORK, name, "eloise", date)
            })
        };
        assert_eq!(by_person("TERVAUX", "1951-04-02"), Ok(vec![PATIENT]));
        assert_eq!(by_person("TERVAUX", "1951-04-03"), Ok(vec![]));
    });
}

#[test]
fn an_erased_identity_is_gone_and_the_request_stays() {
    on_each_engine(|db| {
        with_request(db);
        let before = db
            .read_blocking(|tx| patients::find_plain(tx, PATIENT))
            .expect("reads");
        assert_eq!(before.expect("is there").erased_at, None);
        let old = db.read_blocking(|tx| patients::list_to_erase(tx, at(1_000_000), 10));
        assert_eq!(old, Ok(vec![PATIENT]));
        let recent = db.read_blocking(|tx| patients::list_to_erase(tx, at(500), 10));
        assert_eq!(recent, Ok(vec![]), "its request has moved since");
        assert_eq!(
            db.write_blocking(|tx| patients::erase(tx, PATIENT, at(9))),
            Ok(true)
        );
        assert_eq!(
            db.write_blocking(|tx| patients::erase(tx, PATIENT, at(9))),
            Ok(false)
        );
        assert!(matches!(
            open(db, some::vault(), PATIENT, 1),
            Err(StoreError::Sealed { .. })
        ));
        let marks = db.read_blocking(|tx| {
            patients::find_by_phone(tx, &some::vault(), NETWORK, "+33639984107")
        });
        assert_eq!(marks, Ok(vec![]));
        let plain = db
            .read_blocking(|tx| patients::find_plain(tx, PATIENT))
            .expect("reads");
        assert_eq!(plain.expect("is there").erased_at, Some(at(9)));
        let request = db.read_blocking(|tx| requests::find(tx, RequestId::from_bits(1)));
        assert!(request.expect("reads").is_some());
    });
}

/// A sealed value put in another column or another row does not open.
#[test]
fn values_exchanged_in_the_database_are_refused() {
    let stores = [Some(TestDb::sqlite()), TestDb::postgres()];
    for store in stores.into_iter().flatten() {
        let db = &store.db;
        with_request(db);
        db.write_blocking(|tx| some::patient(tx, PatientId::from_bits(2)))
            .expect("inserted");
        for damage in [
            "UPDATE patients SET birth_name = first_names",
            "UPDATE patients SET phone = (SELECT phone FROM patients WHERE id = $other) WHERE id <> $other",
            "UPDATE patients SET dek = (SELECT dek FROM patients WHERE id = $other) WHERE id <> $other",
            "UPDATE patients SET key_id = 'index-1'",
        ] {
            let damage = damage.replace("$other", &format!("'{}'", PatientId::from_bits(2)));
            let seen: Result<(), StoreError> = db.write_blocking(move |tx| {
                testing::damage(tx, &damage)?;
                let proof = delivery_identity(RequestId::from_bits(1));
                match patients::open(tx, &some::vault(), PATIENT, &proof) {
                    Err(e) => Err(e),
                    Ok(_) => panic!("{damage}: opened"),
                }
            });
            let named = matches!(seen, Err(StoreError::Sealed { .. }))
                || matches!(&seen, Err(StoreError::Bug { why }) if !why.starts_with("panic"));
            assert!(named, "{seen:?}");
        }
    }
}
