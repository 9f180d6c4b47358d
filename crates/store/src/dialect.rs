//! The only engine-specific SQL. Everything else is written once, in the portable subset, with the
//! placeholders below. Refuses knowledge of any table but the engines' own catalogues.

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, the default.
    Sqlite,
    /// For several nodes on one database.
    Postgres,
}

impl Engine {
    /// The name used in `-- only:` sections, file names and messages.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }
}

/// Placeholder → words for SQLite, words for PostgreSQL.
/// SQLite has one writer, so a row read in a write transaction is locked already.
const WORDS: &[(&str, &str, &str)] = &[
    ("{blob}", "BLOB", "BYTEA"),
    // Text compared byte by byte whatever the database's language: a beginning is then a range of an index.
    ("{bytewise}", "", "COLLATE \"C\""),
    ("{for_share}", "", "FOR SHARE"),
    ("{for_update}", "", "FOR UPDATE"),
    // Rows that refer to it may still be inserted.
    ("{for_no_key_update}", "", "FOR NO KEY UPDATE"),
    ("{skip_locked}", "", "FOR UPDATE SKIP LOCKED"),
    ("{share_skip_locked}", "", "FOR SHARE SKIP LOCKED"),
    // Where a text begins in another, from 1; 0 = nowhere.
    ("{strpos}", "INSTR", "STRPOS"),
    // The first parameter as rows: a JSON array of arrays of four texts or nulls, a b c d.
    (
        "{rows_abcd}",
        "(SELECT json_extract(value, '$[0]') AS a, json_extract(value, '$[1]') AS b, \
         json_extract(value, '$[2]') AS c, json_extract(value, '$[3]') AS d FROM json_each($1))",
        "(SELECT value->>0 AS a, value->>1 AS b, value->>2 AS c, value->>3 AS d \
         FROM json_array_elements(CAST(CAST($1 AS TEXT) AS JSON)))",
    ),
    // The same of objects of thirteen, a to m.
    (
        "{rows_a_to_m}",
        "(SELECT json_extract(value, '$.a') AS a, json_extract(value, '$.b') AS b, json_extract(value, '$.c') AS c, \
         json_extract(value, '$.d') AS d, json_extract(value, '$.e') AS e, json_extract(value, '$.f') AS f, \
         json_extract(value, '$.g') AS g, json_extract(value, '$.h') AS h, json_extract(value, '$.i') AS i, \
         json_extract(value, '$.j') AS j, json_extract(value, '$.k') AS k, json_extract(value, '$.l') AS l, \
         json_extract(value, '$.m') AS m \
         FROM json_each($1))",
        "(SELECT * FROM json_to_recordset(CAST(CAST($1 AS TEXT) AS JSON)) AS wide(a TEXT, b TEXT, c TEXT, d TEXT, \
         e TEXT, f TEXT, g TEXT, h TEXT, i TEXT, j TEXT, k TEXT, l TEXT, m TEXT))",
    ),
];

/// Puts the engine's words into a text of the portable subset.
pub fn render(engine: Engine, text: &str) -> String {
    let mut out = text.to_string();
    for (placeholder, sqlite, postgres) in WORDS {
        out = out.replace(
            placeholder,
            match engine {
                Engine::Sqlite => sqlite,
                Engine::Postgres => postgres,
            },
        );
    }
    out
}

/// What each SQLite connection is told first. FULL: an acknowledged acceptance survives a power cut.
/// Sixteen MiB of pages: a request put to ten thousand people is read without asking the system again.
pub(crate) const SQLITE_SETTINGS: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
    PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-16384;";

/// How long a SQLite connection waits for another one.
pub(crate) const SQLITE_PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Moves the write-ahead log into the file, and empties it.
pub(crate) const SQLITE_FOLD_LOG: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// A read-only SQLite connection.
pub(crate) const SQLITE_READ_ONLY: &str = "PRAGMA query_only=ON";
/// Back to a writable SQLite connection.
pub(crate) const SQLITE_READ_WRITE: &str = "PRAGMA query_only=OFF";

/// What each PostgreSQL connection is told first.
pub(crate) fn postgres_settings(statement_timeout_ms: u128) -> String {
    // A process that stands still in a transaction holds rows: not for longer than a minute.
    let idle_ms = (statement_timeout_ms * 4).min(60_000);
    format!(
        "SET synchronous_commit = on; SET statement_timeout = {statement_timeout_ms}; \
         SET idle_in_transaction_session_timeout = {idle_ms}; SET timezone = 'UTC'; \
         SET client_min_messages = warning"
    )
}

/// The channel of LISTEN and NOTIFY.
pub(crate) const POSTGRES_LISTEN: &str = "LISTEN relais";
/// Sends a wake-up at COMMIT.
pub(crate) const POSTGRES_NOTIFY: &str = "SELECT pg_notify('relais', $1)";
/// Before a statement that takes the time it takes: no limit, and room to sort a million keys without a file.
pub(crate) const POSTGRES_LONG: &str =
    "SET LOCAL statement_timeout = 0; SET LOCAL maintenance_work_mem = '256MB'";
/// One migration at a time, whatever the number of nodes starting together.
pub(crate) const POSTGRES_MIGRATION_LOCK: &str = "SELECT pg_advisory_xact_lock(7161707311)";

/// Whether a table exists, without an error that would abort the transaction.
pub(crate) fn table_exists(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
        Engine::Postgres => {
            "SELECT count(*) FROM information_schema.tables \
             WHERE table_schema = current_schema() AND table_name = $1"
        }
    }
}

/// The server's clock, milliseconds; an embedded database has none of its own.
pub(crate) fn server_clock(engine: Engine) -> Option<&'static str> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => {
            Some("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)::text")
        }
    }
}

/// Takes the primary key of a table away, under the name PostgreSQL gives it. None on SQLite, whose rows may lie in the
/// order of their key.
pub(crate) fn drop_key(engine: Engine, table: &str) -> Option<String> {
    match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(format!(
            "ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_pkey"
        )),
    }
}

/// Whether a table has its primary key.
pub(crate) const POSTGRES_HAS_KEY: &str =
    "SELECT count(*)::text FROM pg_constraint WHERE contype = 'p' AND conrelid = to_regclass($1)";

/// Gives it back: built beside readers, then named.
pub(crate) fn set_key(table: &str, columns: &str) -> String {
    format!(
        "CREATE UNIQUE INDEX {table}_pkey ON {table} ({columns}); \
         ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY USING INDEX {table}_pkey"
    )
}

/// Of rows under one key, which there is none to prevent, keeps the last written.
pub(crate) fn keep_one_of_each(table: &str, columns: &str) -> String {
    let columns = |row: &str| columns.replace(", ", &format!(", {row}."));
    format!(
        "DELETE FROM {table} AS old USING {table} AS new \
         WHERE (old.{}) = (new.{}) AND old.ctid < new.ctid",
        columns("old"),
        columns("new")
    )
}

/// How large the database is, bytes, as text.
pub(crate) fn size(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT CAST(p.page_count * s.page_size AS TEXT) \
             FROM pragma_page_count() AS p, pragma_page_size() AS s"
        }
        Engine::Postgres => "SELECT pg_database_size(current_database())::text",
    }
}

/// The logical schema, one line per column, constraint and index, in a stable order.
pub(crate) fn schema_lines(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => {
            "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL \
             AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name"
        }
        Engine::Postgres => {
            "SELECT line FROM (\
               SELECT 1 AS part, c.table_name AS t, c.ordinal_position::int AS n, \
                 'column ' || c.table_name || '.' || c.column_name || ' ' || c.data_type \
                 || CASE WHEN c.is_nullable = 'NO' THEN ' not null' ELSE '' END \
                 || coalesce(' default ' || c.column_default, '') AS line \
               FROM information_schema.columns c WHERE c.table_schema = current_schema() \
               UNION ALL \
               SELECT 2, r.relname::text, 0, 'constraint ' || r.relname || '.' || k.conname || ' ' \
                 || pg_get_constraintdef(k.oid) \
               FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid \
               JOIN pg_namespace s ON s.oid = r.relnamespace WHERE s.nspname = current_schema() \
               UNION ALL \
               SELECT 3, i.tablename::text, 0, replace(i.indexdef, ' ON ' || i.schemaname || '.', ' ON ') \
               FROM pg_indexes i WHERE i.schemaname = current_schema()\
             ) x ORDER BY t COLLATE \"C\", part, n, line COLLATE \"C\""
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_put_in() {
        assert_eq!(render(Engine::Sqlite, "a {blob} {skip_locked}"), "a BLOB ");
        assert_eq!(
            render(Engine::Postgres, "a {blob} {skip_locked}"),
            "a BYTEA FOR UPDATE SKIP LOCKED"
        );
    }
}
