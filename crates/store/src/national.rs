//! The national directory of professionals as rows, and the imports that wrote them. Public data: who practises what,
//! where. Found by a beginning of a folded key, near first. Refuses people's own terms and any tie to a patient.

use crate::db::{Row, Tx, Value};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Most words of a search beside the one that opens the key.
pub const WORDS_MAX: usize = 3;

/// A person at a commune of work.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// National number, eleven digits.
    pub rpps: String,
    /// INSEE code of the commune; empty when the extract gives none.
    pub insee: String,
    /// Code of the profession.
    pub profession: String,
    /// `Dr`, `Mme`, or nothing.
    pub civility: String,
    /// Surname.
    pub last_name: String,
    /// First name.
    pub first_name: String,
    /// Name of the commune; may be empty.
    pub commune: String,
    /// Postcode; may be empty.
    pub postcode: String,
    /// Department, as text; empty without a commune.
    pub dept: String,
    /// Phone of the place, as published.
    pub phone: Option<String>,
    /// `surname first-name commune`, folded: letters, digits and single spaces.
    pub search: String,
}

/// An import of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// Its number, from 1.
    pub run: i64,
    /// When it was whole.
    pub finished_at: Option<i64>,
}

sql! { "national_directory";
    FILL = "INSERT INTO national_directory (rpps, insee, profession, civility, last_name, first_name, commune, \
            postcode, dept, phone, search) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    REMOVE = "DELETE FROM national_directory WHERE rpps = $1 AND insee = $2";
    DROP_NEAR = "DROP INDEX IF EXISTS national_directory_near";
    DROP_NAME = "DROP INDEX IF EXISTS national_directory_name";
    INDEX_NEAR = "CREATE INDEX IF NOT EXISTS national_directory_near ON national_directory (profession, dept, search)";
    INDEX_NAME = "CREATE INDEX IF NOT EXISTS national_directory_name ON national_directory (profession, search)";
    ALL = "SELECT rpps, insee, profession, civility, last_name, first_name, commune, postcode, dept, phone, search \
           FROM national_directory";
    NEAR = "SELECT rpps, insee, profession, civility, last_name, first_name, commune, postcode, dept, phone, search \
            FROM national_directory WHERE profession = $1 AND dept = $2 AND search >= $3 AND search < $4 \
            AND search LIKE $5 AND search LIKE $6 AND search LIKE $7 ORDER BY search LIMIT $8";
    ANYWHERE = "SELECT rpps, insee, profession, civility, last_name, first_name, commune, postcode, dept, phone, \
                search FROM national_directory WHERE profession = $1 AND search >= $2 AND search < $3 \
                AND search LIKE $4 AND search LIKE $5 AND search LIKE $6 ORDER BY search LIMIT $7";
    OF_PERSON = "SELECT rpps, insee, profession, civility, last_name, first_name, commune, postcode, dept, phone, \
                 search FROM national_directory WHERE rpps = $1 ORDER BY insee LIMIT 20";
    COUNT = "SELECT COUNT(*) FROM national_directory";
    FIND_IMPORT = "SELECT run, finished_at FROM directory_imports WHERE digest = $1";
    NEXT_RUN = "SELECT COALESCE(MAX(run), 0) + 1 FROM directory_imports";
    LATEST = "SELECT entries FROM directory_imports WHERE finished_at IS NOT NULL ORDER BY run DESC LIMIT 1";
    START_IMPORT = "INSERT INTO directory_imports (digest, run, entries, started_at) \
                    VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO UPDATE SET run = excluded.run, \
                    entries = excluded.entries, started_at = excluded.started_at, finished_at = NULL";
    ALL_IMPORTS = "SELECT run FROM directory_imports ORDER BY run {for_update}";
    HOLD_IMPORT = "SELECT run FROM directory_imports WHERE run = $1 {for_share}";
    FINISH = "UPDATE directory_imports SET finished_at = $2 WHERE run = $1 AND finished_at IS NULL";
}

fn entry(row: &Row<'_>) -> Result<Entry, StoreError> {
    Ok(Entry {
        rpps: row.text("rpps")?,
        insee: row.text("insee")?,
        profession: row.text("profession")?,
        civility: row.text("civility")?,
        last_name: row.text("last_name")?,
        first_name: row.text("first_name")?,
        commune: row.text("commune")?,
        postcode: row.text("postcode")?,
        dept: row.text("dept")?,
        phone: row.opt_text("phone")?,
        search: row.text("search")?,
    })
}

fn values(e: &Entry) -> [Value; 11] {
    [
        Value::from(&e.rpps),
        Value::from(&e.insee),
        Value::from(&e.profession),
        Value::from(&e.civility),
        Value::from(&e.last_name),
        Value::from(&e.first_name),
        Value::from(&e.commune),
        Value::from(&e.postcode),
        Value::from(&e.dept),
        Value::from(e.phone.as_deref()),
        Value::from(&e.search),
    ]
}

/// Writes entries, each in the place of the one of the same person at the same commune.
pub fn set(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    for e in entries {
        remove(tx, &e.rpps, &e.insee)?;
    }
    fill(tx, entries)
}

/// Adds entries that are not there.
pub fn fill(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    tx.fill(FILL, entries.iter().map(values))
}

/// Takes an entry away; nothing happens when there is none.
pub fn remove(tx: &mut Tx<'_>, rpps: &str, insee: &str) -> Result<(), StoreError> {
    tx.exec(REMOVE, params![rpps, insee]).map(drop)
}

/// Every entry, as `read` keeps it, in no order.
pub fn list_kept<T>(
    tx: &mut Tx<'_>,
    mut read: impl FnMut(&Entry) -> T,
) -> Result<Vec<T>, StoreError> {
    tx.query(ALL, params![], |row| Ok(read(&entry(row)?)))
}

/// What an entry is known by.
const KEY: &str = "rpps, insee";

/// Takes the key away, on PostgreSQL: a load into an empty directory is written several times faster without.
pub fn drop_key(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.drop_key("national_directory")
}

/// Puts the key back, if it is not there.
pub fn set_key(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.set_key("national_directory", KEY)
}

/// Takes away the indexes of the searches: a first load is written several times faster without.
pub fn drop_indexes(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.exec_long(DROP_NEAR)?;
    tx.exec_long(DROP_NAME)
}

/// Puts back the index of the searches near by, if it is not there.
pub fn index_near(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.exec_long(INDEX_NEAR)
}

/// Puts back the index of the searches anywhere, if it is not there.
pub fn index_name(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.exec_long(INDEX_NAME)
}

/// What a search asks of the key: how it begins, and the beginnings of later words.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    /// How the key begins: letters, digits, single spaces.
    pub key: &'a str,
    /// Beginnings of later words, at most [`WORDS_MAX`]; more are not looked at.
    pub words: &'a [&'a str],
}

impl Beginning<'_> {
    /// The first key that does not begin so: `~` comes after every letter and digit.
    fn end(&self) -> String {
        format!("{}~", self.key)
    }

    fn like(&self, nth: usize) -> String {
        match self.words.get(nth) {
            Some(word) => format!("% {word}%"),
            None => "%".to_owned(),
        }
    }
}

/// Entries of a profession in a department whose key begins so, in the order of the key.
pub fn list_near(
    tx: &mut Tx<'_>,
    profession: &str,
    dept: &str,
    begins: Beginning<'_>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let (end, like) = (begins.end(), |nth| begins.like(nth));
    tx.query(
        NEAR,
        params![
            profession,
            dept,
            begins.key,
            end,
            like(0),
            like(1),
            like(2),
            limit
        ],
        entry,
    )
}

/// The same, anywhere.
pub fn list_anywhere(
    tx: &mut Tx<'_>,
    profession: &str,
    begins: Beginning<'_>,
    limit: u32,
) -> Result<Vec<Entry>, StoreError> {
    let (end, like) = (begins.end(), |nth| begins.like(nth));
    tx.query(
        ANYWHERE,
        params![
            profession,
            begins.key,
            end,
            like(0),
            like(1),
            like(2),
            limit
        ],
        entry,
    )
}

/// The places of somebody.
pub fn list_of_person(tx: &mut Tx<'_>, rpps: &str) -> Result<Vec<Entry>, StoreError> {
    tx.query(OF_PERSON, params![rpps], entry)
}

/// How many entries there are.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.query_one(COUNT, params![], |r| r.int(0))
}

/// An import of this very file, if there was one.
pub fn find_import(tx: &mut Tx<'_>, digest: &str) -> Result<Option<Import>, StoreError> {
    tx.query_opt(FIND_IMPORT, params![digest], |r| {
        Ok(Import {
            run: r.int("run")?,
            finished_at: r.opt_int("finished_at")?,
        })
    })
}

/// How many entries the last whole import had.
pub fn find_last_size(tx: &mut Tx<'_>) -> Result<Option<i64>, StoreError> {
    tx.query_opt(LATEST, params![], |r| r.int(0))
}

/// Whether an import is the last that was begun.
pub fn is_last(tx: &mut Tx<'_>, run: i64) -> Result<bool, StoreError> {
    tx.query_one(NEXT_RUN, params![], |r| Ok(r.int(0)? == run + 1))
}

/// Whether an import is the last that was begun; none begins before the transaction ends.
pub fn hold_last(tx: &mut Tx<'_>, run: i64) -> Result<bool, StoreError> {
    let there = tx.query_opt(HOLD_IMPORT, params![run], |_| Ok(()))?;
    Ok(there.is_some() && is_last(tx, run)?)
}

/// Begins an import of a file with so many entries, once what the one before is writing is written; answers its number.
/// The one before is not the last any more.
///
/// # Errors
/// `Conflict` when another begins at the same time: to be done again.
pub fn start_import(
    tx: &mut Tx<'_>,
    digest: &str,
    entries: i64,
    at: i64,
) -> Result<i64, StoreError> {
    tx.query(ALL_IMPORTS, params![], |_| Ok(()))?;
    let run = tx.query_one(NEXT_RUN, params![], |r| r.int(0))?;
    let begun = tx.exec_one(START_IMPORT, params![digest, run, entries, at]);
    begun.map_err(|error| {
        if error.is_unique() {
            StoreError::conflict("directory_imports", digest)
        } else {
            error
        }
    })?;
    Ok(run)
}

/// Ends an import.
pub fn finish_import(tx: &mut Tx<'_>, run: i64, at: i64) -> Result<(), StoreError> {
    tx.exec_one(FINISH, params![run, at])
}
