//! Starting a demonstration again leaves nothing of the one before: derived from the schema, so that
//! a table forgotten by the wipe fails here.

use std::collections::BTreeSet;

use relais_store::testing::{self, TestDb};
use relais_store::{Db, demo_state};

/// Read from files that ship with the product, or the schema's own history: no network's data.
const KEPT: [&str; 4] = [
    "communes",
    "directory_imports",
    "migrations",
    "national_directory",
];

/// Every table of the schema, as committed and compared with the real one by another test.
fn schema() -> BTreeSet<&'static str> {
    include_str!("../../../../docs/reference/schema.sqlite.sql")
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE "))
        .filter_map(|rest| rest.split([' ', '(']).next())
        .collect()
}

fn wiped(db: &Db) {
    testing::migrate_over_samples(db).expect("every table has its samples");
    // Sealed with a key made at run time: the samples have none.
    let keys = "INSERT INTO network_keys SELECT id, 'k', 'records', 'm', CAST('w' AS {blob}), 1 FROM networks";
    testing::raw(db, &testing::render(db.engine(), keys)).expect("a key for each network");
    let kept = BTreeSet::from(KEPT);
    let tables: Vec<_> = schema().difference(&kept).copied().collect();
    assert!(tables.len() > 30, "{tables:?}");
    let bare: Vec<_> = tables
        .iter()
        .filter(|table| testing::count_rows(db, table).expect("counted") == 0)
        .collect();
    assert!(
        bare.is_empty(),
        "no sample row in {bare:?}: the test would prove nothing"
    );
    db.write_blocking(demo_state::wipe).expect("wiped");
    let left: Vec<_> = tables
        .iter()
        .filter(|table| testing::count_rows(db, table).expect("counted") > 0)
        .collect();
    assert!(left.is_empty(), "demo/reset leaves rows in {left:?}");
}

#[test]
fn a_demonstration_started_again_keeps_nothing_of_any_network() {
    wiped(&Db::open("sqlite::memory:", &testing::options()).expect("opens"));
    if let Some(store) = TestDb::empty_postgres() {
        wiped(&store.db);
    }
}
