//! The schema: applied once, on populated tables, as committed in `docs/reference/`.

use relais_store::testing::{self, TestDb, on_each_engine};
use relais_store::{Db, StoreError, migrate};

#[test]
fn every_statement_is_accepted_by_both_engines() {
    on_each_engine(|db| {
        let refused = testing::refused_statements(db);
        assert!(
            refused.is_empty(),
            "{:?}:\n{}",
            db.engine(),
            refused.join("\n")
        );
    });
}

#[test]
fn migrating_twice_changes_nothing() {
    on_each_engine(|db| {
        assert!(
            migrate::pending(db)
                .expect("the history is ours")
                .is_empty()
        );
        assert_eq!(migrate::migrate(db, 2), Ok(0));
    });
}

#[test]
fn steps_apply_on_populated_tables() {
    let lite = Db::open("sqlite::memory:", &testing::options()).expect("opens");
    testing::migrate_over_samples(&lite).expect("SQLite accepts every step over samples");
    if let Some(store) = TestDb::empty_postgres() {
        testing::migrate_over_samples(&store.db)
            .expect("PostgreSQL accepts every step over samples");
    }
}

#[test]
fn drift_and_newer_schemas_are_refused() {
    on_each_engine(|db| {
        testing::raw(db, "INSERT INTO migrations VALUES (999, 'later', 'x', 1)").expect("inserted");
        assert!(matches!(
            migrate::migrate(db, 2),
            Err(StoreError::Schema { .. })
        ));
        assert!(matches!(
            migrate::pending(db),
            Err(StoreError::Schema { .. })
        ));
        testing::raw(db, "DELETE FROM migrations WHERE version = 999").expect("deleted");
        testing::raw(db, "UPDATE migrations SET sha256 = 'x' WHERE version = 1").expect("updated");
        assert!(matches!(
            migrate::migrate(db, 2),
            Err(StoreError::Schema { .. })
        ));
    });
}

#[test]
fn nodes_starting_together_migrate_once() {
    let Some(store) = TestDb::empty_postgres() else {
        return;
    };
    let nodes: Vec<_> = (0..4)
        .map(|_| {
            let url = store.url.clone();
            std::thread::spawn(move || {
                let db = Db::open(&url, &testing::options()).expect("the node opens");
                migrate::migrate(&db, 1).expect("the node migrates")
            })
        })
        .collect();
    let applied: usize = nodes
        .into_iter()
        .map(|n| n.join().expect("the node ends"))
        .sum();
    assert_eq!(applied, migrate::MIGRATIONS.len());
}

#[test]
fn the_committed_schema_is_the_real_one() {
    on_each_engine(|db| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../docs/reference")
            .join(format!("schema.{}.sql", db.engine().name()));
        let real = migrate::dump_schema(db).expect("the schema is read");
        if std::env::var_os("RELAIS_TEST_REFRESH").is_some() {
            std::fs::create_dir_all(path.parent().expect("the file has a directory"))
                .expect("the directory is made");
            std::fs::write(&path, &real).expect("the file is written");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == real,
            "{} differs: `make docs` rewrites it",
            path.display()
        );
    });
}
