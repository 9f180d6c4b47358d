//! Backup and restore: the same rows come back, on either engine, and nothing of a damaged file is kept.

use std::io::{Cursor, Write};
use std::sync::{Arc, Mutex};

use relais_core::access::delivery_identity;
use relais_core::ids::RequestId;
use relais_core::request::OfferStatus;
use relais_store::journal::{self, Entry};
use relais_store::seal::{MasterKey, Vault};
use relais_store::testing::{self, TestDb};
use relais_store::{Db, StoreError, backup, migrate, patients, requests};

use crate::some::{self, PATIENT, at, offer, pro};

/// A file in memory that the test keeps a hand on.
#[derive(Clone, Default)]
struct File(Arc<Mutex<Vec<u8>>>);

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("one writer").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn filled(db: &Db) {
    some::territory(db);
    db.write_blocking(|tx| {
        let mut request = some::request(1);
        request.offers = vec![offer(1, pro(1), OfferStatus::Sent { at: at(5) })];
        requests::insert(tx, &request, "1001", PATIENT, None)?;
        let entry = Entry {
            id: "evt_1".into(),
            at: 5,
            actor: "usr_1".into(),
            role: "operator".into(),
            act: "request.raised".into(),
            about: None,
            subject: None,
            why: None,
            source: None,
            body: "{\"é\":\"\\n\"}".into(),
        };
        journal::append(tx, "net_1", &[entry])
    })
    .expect("written");
}

fn save(db: &Db) -> (u64, Vec<u8>) {
    let file = File::default();
    let rows = backup::write(db, &some::vault(), file.clone()).expect("the backup is written");
    let bytes = file.0.lock().expect("written").clone();
    (rows, bytes)
}

fn empty() -> Vec<(Db, Option<TestDb>)> {
    let lite = Db::open("sqlite::memory:", &testing::options()).expect("opens");
    let pg = TestDb::empty_postgres().map(|store| (store.db.clone(), Some(store)));
    std::iter::once((lite, None)).chain(pg).collect()
}

#[test]
fn every_row_comes_back_on_either_engine() {
    for source in testing::engines() {
        filled(&source.db);
        let (rows, file) = save(&source.db);
        assert!(rows > 20);
        for (target, _held) in empty() {
            let restored = backup::restore(&target, &some::vault(), Cursor::new(file.clone()), 7);
            assert_eq!(
                restored,
                Ok(rows),
                "{:?} to {:?}",
                source.db.engine(),
                target.engine()
            );
            assert_eq!(save(&target).0, rows);
            let find = |db: &Db| {
                db.read_blocking(|tx| requests::find(tx, RequestId::from_bits(1)))
                    .expect("reads")
            };
            assert_eq!(find(&target), find(&source.db));
            let name = target.read_blocking(|tx| {
                let proof = delivery_identity(RequestId::from_bits(1));
                let seen = patients::open(tx, &some::vault(), PATIENT, &proof)?;
                Ok::<_, StoreError>(seen.birth_name.expose().to_string())
            });
            assert_eq!(name.as_deref(), Ok("Tervaux"));
            let report = target.read_blocking(|tx| journal::verify(tx, "net_1", &[]));
            assert_eq!(report.map(|r| (r.rows, r.first_bad)), Ok((1, None)));
            assert_eq!(migrate::pending(&target).map(|p| p.len()), Ok(0));
        }
    }
}

#[test]
fn a_damaged_or_foreign_file_leaves_nothing() {
    let source = TestDb::sqlite();
    filled(&source.db);
    let (_, file) = save(&source.db);
    let mut damages: Vec<Vec<u8>> = vec![vec![], b"something else".to_vec()];
    for cut in [file.len() - 1, file.len() / 2, 40] {
        damages.push(file[..cut].to_vec());
    }
    for place in [3, 60, 200, file.len() / 2, file.len() - 2] {
        let mut changed = file.clone();
        changed[place] ^= 1;
        damages.push(changed);
    }
    for (target, _held) in empty() {
        for damage in &damages {
            let answer = backup::restore(&target, &some::vault(), Cursor::new(damage.clone()), 7);
            assert!(answer.is_err());
            let pending = migrate::pending(&target).map(|p| p.len());
            assert_eq!(pending, Ok(migrate::MIGRATIONS.len()), "nothing was kept");
        }
        let other = Vault::new(MasterKey::new([9; 32]), vec![]);
        let foreign = backup::restore(&target, &other, Cursor::new(file.clone()), 7);
        assert!(
            matches!(foreign, Err(StoreError::Sealed { .. })),
            "{foreign:?}"
        );
    }
    let full = backup::restore(&source.db, &some::vault(), Cursor::new(file), 7);
    assert!(
        matches!(full, Err(StoreError::Schema { .. })),
        "only into an empty database"
    );
}

#[test]
fn nothing_readable_is_in_the_file() {
    let source = TestDb::sqlite();
    filled(&source.db);
    let (_, file) = save(&source.db);
    for word in ["Tervaux", "Durand", "operatrice", "SNP91", "Europe/Paris"] {
        assert!(
            !file.windows(word.len()).any(|w| w == word.as_bytes()),
            "{word}"
        );
    }
}

#[test]
fn no_table_is_forgotten() {
    let source = TestDb::sqlite();
    let schema = migrate::dump_schema(&source.db).expect("the schema is read");
    let mut made: Vec<&str> = schema
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE ")?.split([' ', '(']).next())
        .filter(|table| *table != "migrations")
        .collect();
    made.sort_unstable();
    let mut kept: Vec<&str> = backup::tables().collect();
    kept.sort_unstable();
    assert_eq!(kept, made);
}
