//! Stores whose rows can be read beside the application: what lies there, byte by byte. Owns files
//! and databases of a test, gone at its end.

use relais_store::testing::{TestDb, options};
use relais_store::{Db, Engine, migrate};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A store of a test.
pub(crate) struct Store {
    pub(crate) db: Db,
    /// Its address, for a second process.
    pub(crate) url: String,
    kept: Kept,
}

enum Kept {
    /// Whoever opened it.
    ByOthers,
    /// In memory, or a database of the test server.
    Elsewhere(#[expect(dead_code, reason = "held until the end: its drop removes it")] TestDb),
    /// A folder of this test.
    Folder(PathBuf),
}

/// Every row of every table, as text, by table.
pub(crate) type Rows = BTreeMap<String, Vec<String>>;

impl Store {
    /// A store on each engine; SQLite in memory.
    pub(crate) fn each() -> Vec<Self> {
        let stores = relais_store::testing::engines();
        stores.into_iter().map(Self::elsewhere).collect()
    }

    /// A store on each engine whose rows can be read; SQLite in a file.
    pub(crate) fn each_readable() -> Vec<Self> {
        std::iter::once(Self::in_a_file())
            .chain(Self::postgres())
            .collect()
    }

    /// A store on PostgreSQL, when there is a server.
    pub(crate) fn postgres() -> Option<Self> {
        TestDb::postgres().map(Self::elsewhere)
    }

    /// A store that the test has opened itself, on a disk or a server of its own.
    pub(crate) fn around(db: Db, url: &str) -> Self {
        Self {
            db,
            url: url.to_owned(),
            kept: Kept::ByOthers,
        }
    }

    /// The port of its server, on the loopback.
    pub(crate) fn port(&self) -> u16 {
        let host = self
            .url
            .rsplit_once('@')
            .map_or(&*self.url, |(_, rest)| rest);
        let port = host.split([':', '/']).nth(1);
        port.and_then(|port| port.parse().ok()).unwrap()
    }

    fn elsewhere(test: TestDb) -> Self {
        Self {
            db: test.db.clone(),
            url: test.url.clone(),
            kept: Kept::Elsewhere(test),
        }
    }

    fn in_a_file() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "store-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let url = format!("sqlite://{}", folder.join("relais.db").display());
        let db = Db::open(&url, &options()).unwrap();
        migrate::migrate(&db, 0).unwrap();
        Self {
            db,
            url,
            kept: Kept::Folder(folder),
        }
    }

    /// Every row of every table.
    pub(crate) fn rows(&self) -> Rows {
        match (&self.kept, self.db.engine()) {
            (Kept::Folder(folder), _) => lite(&folder.join("relais.db")),
            (Kept::Elsewhere(_), Engine::Postgres) => apart(|| pg(&self.url)),
            (Kept::ByOthers, _) | (Kept::Elsewhere(_), Engine::Sqlite) => {
                panic!("these rows cannot be read from outside")
            }
        }
    }

    /// The bytes of the files of the store: none on PostgreSQL.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Kept::Folder(folder) = &self.kept else {
            return Vec::new();
        };
        let files = std::fs::read_dir(folder).unwrap();
        let whole = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        whole.flatten().collect()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.db.close();
        if let Kept::Folder(folder) = &self.kept {
            // A folder left behind is in the build directory: no reason to fail.
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// On a thread of its own: the driver refuses to wait on a thread that runs futures.
fn apart<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(run).join()).unwrap()
}

fn pg(url: &str) -> Rows {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'";
    let tables = client.query(tables, &[]).unwrap();
    let mut rows = Rows::new();
    for table in tables {
        let table: String = table.get(0);
        let found = client
            .query(&format!("SELECT t::text FROM {table} t ORDER BY 1"), &[])
            .unwrap();
        rows.insert(table, found.iter().map(|row| row.get(0)).collect());
    }
    rows
}

fn lite(path: &std::path::Path) -> Rows {
    let file = rusqlite::Connection::open(path).unwrap();
    let mut tables = file
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .unwrap();
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut rows = Rows::new();
    for table in names {
        let mut all = file.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let width = all.column_count();
        let mut found: Vec<String> = all
            .query_map([], |row| {
                let cells = (0..width).map(|at| row.get::<_, rusqlite::types::Value>(at));
                let cells: Result<Vec<_>, _> = cells.collect();
                Ok(cells?.iter().map(shown).collect::<Vec<_>>().join("|"))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        found.sort();
        rows.insert(table, found);
    }
    rows
}

fn shown(value: &rusqlite::types::Value) -> String {
    use rusqlite::types::Value;
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
