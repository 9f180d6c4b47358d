//! Stores for tests, on every engine at hand: SQLite in memory always, PostgreSQL when
//! `RELAIS_TEST_POSTGRES_URL` names a server where databases may be created.
//! Refuses a shared database: each test has its own, gone at its end.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::db::{Db, Engine, Options};
use crate::{dialect, migrate};

/// Names the test server.
pub const POSTGRES_URL: &str = "RELAIS_TEST_POSTGRES_URL";

/// A store of its own, migrated, dropped with this value.
pub struct TestDb {
    /// The store.
    pub db: Db,
    /// Its address, for a second node on the same PostgreSQL.
    pub url: String,
    dropped: Option<Server>,
}

struct Server {
    admin: String,
    database: String,
}

/// Limits that suit tests: few threads.
pub fn options() -> Options {
    Options {
        readers: 1,
        writers: 2,
        queue: 4096,
        ..Options::default()
    }
}

/// The instant migrations are applied at in tests.
const EPOCH: i64 = 1_767_225_600_000;

impl TestDb {
    /// A migrated SQLite store in memory.
    pub fn sqlite() -> TestDb {
        let url = "sqlite::memory:".to_string();
        let db = Db::open(&url, &options()).expect("an in-memory store opens");
        migrate::migrate(&db, EPOCH).expect("the schema applies on SQLite");
        TestDb {
            db,
            url,
            dropped: None,
        }
    }

    /// A migrated PostgreSQL store in its own database, or nothing when there is no test server.
    pub fn postgres() -> Option<TestDb> {
        let admin = server()?;
        Some(apart(|| {
            let template = template(&admin);
            create(admin.clone(), Some(&template))
        }))
    }

    /// A store without a schema on PostgreSQL.
    pub fn empty_postgres() -> Option<TestDb> {
        server().map(|admin| apart(|| create(admin.clone(), None)))
    }

    /// The name used in messages of tests.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        self.db.close();
        if let Some(server) = self.dropped.take() {
            let done = apart(|| {
                let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", server.database);
                ::postgres::Client::connect(&server.admin, ::postgres::NoTls)
                    .and_then(|mut client| client.batch_execute(&drop))
            });
            if let Err(e) = done {
                tracing::warn!(error = %e, database = server.database, "a test database is left");
            }
        }
    }
}

/// Makes every patient's record as it was before marks were.
pub fn take_marks_away(tx: &mut crate::Tx<'_>) -> Result<(), crate::StoreError> {
    crate::patient_marks::erase_all(tx)
}

/// Every engine at hand, each with its own migrated store.
pub fn engines() -> Vec<TestDb> {
    std::iter::once(TestDb::sqlite())
        .chain(TestDb::postgres())
        .collect()
}

/// Runs a test's body on every engine at hand.
pub fn on_each_engine(body: impl Fn(&Db)) {
    for store in engines() {
        tracing::info!(engine = store.engine().name(), "test body");
        body(&store.db);
    }
}

/// On a thread of its own: the driver refuses to wait on a thread that runs futures.
fn apart<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(run).join()).expect("the test server does as told")
}

fn server() -> Option<String> {
    std::env::var(POSTGRES_URL)
        .ok()
        .filter(|url| !url.is_empty())
}

fn create(admin: String, template: Option<&str>) -> TestDb {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let database = format!(
        "relais_test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let mut client = connect(&admin);
    client
        .batch_execute(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
        .expect("a left-over of a recycled process number is dropped");
    let from = template.map_or_else(String::new, |t| format!(" TEMPLATE {t}"));
    client
        .batch_execute(&format!("CREATE DATABASE {database}{from}"))
        .expect("a test database is created");
    let url = with_database(&admin, &database);
    let db = Db::open(&url, &options()).expect("the test database opens");
    TestDb {
        db,
        url,
        dropped: Some(Server { admin, database }),
    }
}

fn connect(url: &str) -> ::postgres::Client {
    ::postgres::Client::connect(url, ::postgres::NoTls).expect("the test server answers")
}

/// The migrated database that tests are copied from, made once per schema and server: named after the
/// texts of the migrations, kept between runs (the test server itself is temporary).
fn template(admin: &str) -> String {
    use std::sync::OnceLock;
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let all: Vec<String> = migrate::MIGRATIONS.iter().map(migrate::Migration::sha256).collect();
        let digest =
            aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, all.concat().as_bytes());
        let name = format!("relais_template_{}", &crate::hex(digest.as_ref())[..16]);
        let mut client = connect(admin);
        // Other test processes wait here until the template is whole.
        let _held = client
            .query("SELECT pg_advisory_lock(7161707312)", &[])
            .expect("the template's lock is taken");
        let exists = client
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .expect("the catalogue answers")
            .is_some();
        if !exists {
            let unfinished = format!("{name}_new");
            client
                .batch_execute(&format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"))
                .expect("an unfinished template is dropped");
            client
                .batch_execute(&format!("CREATE DATABASE {unfinished}"))
                .expect("the template is created");
            let db = Db::open(&with_database(admin, &unfinished), &options())
                .expect("the template opens");
            migrate::migrate(&db, EPOCH).expect("the schema applies on PostgreSQL");
            db.close();
            // The server forgets the connections a moment after they are closed.
            client
                .query(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1",
                    &[&unfinished],
                )
                .expect("the template's connections end");
            client
                .batch_execute(&format!("ALTER DATABASE {unfinished} RENAME TO {name}"))
                .expect("the template takes its name");
        }
        name
    })
    .clone()
}

/// The same address with another database.
fn with_database(url: &str, database: &str) -> String {
    let (base, query) = url
        .split_once('?')
        .map_or((url, None), |(b, q)| (b, Some(q)));
    let after_scheme = base.find("://").map_or(0, |i| i + 3);
    let end = base[after_scheme..]
        .find('/')
        .map_or(base.len(), |i| after_scheme + i);
    let query = query.map_or_else(String::new, |q| format!("?{q}"));
    format!("{}/{database}{query}", &base[..end])
}

/// The words of an engine, for tests that write raw rows.
pub fn render(engine: Engine, text: &str) -> String {
    dialect::render(engine, text)
}

/// Runs raw SQL, for tests that damage rows on purpose.
pub fn raw(db: &Db, text: &str) -> Result<(), crate::StoreError> {
    let text = text.to_string();
    db.write_blocking(move |tx| tx.batch(&text))
}

/// Prepares every registered statement; answers those that the engine refuses.
pub fn refused_statements(db: &Db) -> Vec<String> {
    let mut refused = vec![];
    for (module, statements) in crate::sql::ALL {
        for sql in *statements {
            let sql = *sql;
            let prepared: Result<(), crate::StoreError> =
                db.read_blocking(move |tx| tx.prepare(sql));
            if let Err(e) = prepared {
                refused.push(format!("{module}::{}: {e}", sql.name()));
            }
        }
    }
    refused
}

/// Applies the schema step by step, filling the tables after each, so that later steps meet rows.
pub fn migrate_over_samples(db: &Db) -> Result<(), crate::StoreError> {
    for migration in migrate::MIGRATIONS {
        db.write_blocking(move |tx| {
            migrate::lock(tx)?;
            migrate::apply(tx, migration, EPOCH)?;
            let engine = tx.engine();
            tx.batch(&dialect::render(engine, migration.sample))
        })?;
    }
    Ok(())
}

/// How many rows a table has.
///
/// # Errors
/// Of the engine; `NotFound` for a table that no backup holds.
pub fn count_rows(db: &Db, table: &str) -> Result<usize, crate::StoreError> {
    let found = crate::backup::TABLES
        .iter()
        .find(|(name, _)| *name == table);
    let sql = found
        .ok_or_else(|| crate::StoreError::not_found("tables", table.to_owned()))?
        .1;
    db.read_blocking(move |tx| Ok(tx.query(sql, crate::params![], |_| Ok(()))?.len()))
}

/// Runs raw SQL inside a transaction, to damage rows on purpose.
pub fn damage(tx: &mut crate::Tx<'_>, text: &str) -> Result<(), crate::StoreError> {
    tx.batch(text)
}
