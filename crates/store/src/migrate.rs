//! The schema's history: numbered texts embedded in the program, forward only, applied once.
//! Refuses a database whose history differs from ours, or which a newer program has changed.

use aws_lc_rs::digest;

use crate::db::{Db, Engine, Tx};
use crate::dialect;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Position, from 1.
    pub version: i64,
    /// What it does, as in the file's name.
    pub name: &'static str,
    text: &'static str,
    /// Rows inserted after it by the tests, so that the next steps meet a populated schema.
    pub sample: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal $file:literal),+ $(,)?) => {
        /// Every step, in order.
        pub const MIGRATIONS: &[Migration] = &[$(Migration {
            version: $version,
            name: $name,
            text: include_str!(concat!("../migrations/", $file)),
            sample: include_str!(concat!("../migrations/sample/", $file)),
        }),+];
    };
}
migrations! {
    1 "init" "0001_init.sql",
    2 "directory_changes" "0002_directory_changes.sql",
    3 "nodes" "0003_nodes.sql",
    4 "contacts" "0004_contacts.sql",
    5 "photos" "0005_photos.sql",
    6 "public_forms" "0006_public_forms.sql",
    7 "protocols" "0007_protocols.sql",
    8 "regulation" "0008_regulation.sql",
    9 "push_proof" "0009_push_proof.sql",
    10 "known" "0010_known.sql",
    11 "patient_links" "0011_patient_links.sql",
    12 "desk_tasks" "0012_desk_tasks.sql",
    13 "syntheses" "0013_syntheses.sql",
    14 "threads" "0014_threads.sql",
    15 "providers" "0015_providers.sql",
    16 "applications" "0016_applications.sql",
    17 "patient_wishes" "0017_patient_wishes.sql",
    18 "follow_ups" "0018_follow_ups.sql",
    19 "calendars" "0019_calendars.sql",
    20 "purges" "0020_purges.sql",
    21 "postboxes" "0021_postboxes.sql",
    22 "patient_ins" "0022_patient_ins.sql",
    23 "identity_flows" "0023_identity_flows.sql",
    24 "stand_ins" "0024_stand_ins.sql",
    25 "drills" "0025_drills.sql",
    26 "protocol_signings" "0026_protocol_signings.sql",
    27 "message_lines" "0027_message_lines.sql",
    28 "passkeys" "0028_passkeys.sql",
    29 "roles" "0029_roles.sql",
    30 "application_cards" "0030_application_cards.sql",
    31 "approvals" "0031_approvals.sql",
    32 "directory_import" "0032_directory_import.sql",
    33 "secretaries" "0033_secretaries.sql",
    34 "invitations" "0034_invitations.sql",
    35 "digests" "0035_digests.sql",
    36 "guard" "0036_guard.sql",
    37 "look_again" "0037_look_again.sql",
}

const TABLE: &str = "CREATE TABLE migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, \
                     sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL)";

sql! { "migrations";
    APPLIED = "SELECT version, name, sha256 FROM migrations ORDER BY version";
    RECORD = "INSERT INTO migrations (version, name, sha256, applied_at) VALUES ($1, $2, $3, $4)";
}

impl Migration {
    /// The text for an engine: its sections, its words.
    pub fn text_for(&self, engine: Engine) -> String {
        dialect::render(engine, &sections(engine, self.text))
    }

    /// SHA-256 of the portable text, in hexadecimal.
    pub fn sha256(&self) -> String {
        crate::hex(digest::digest(&digest::SHA256, self.text.as_bytes()).as_ref())
    }
}

/// Keeps what is for this engine: `-- only: sqlite` or `-- only: postgres` opens a section, `-- end` closes it.
fn sections(engine: Engine, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut keep = true;
    for line in text.lines() {
        if let Some(only) = line.trim().strip_prefix("-- only:") {
            keep = only.trim() == engine.name();
        } else if line.trim() == "-- end" {
            keep = true;
        } else if keep {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// The steps this program has and the database has not.
///
/// # Errors
/// `Schema` when the database's history differs from ours or is newer.
pub fn pending(db: &Db) -> Result<Vec<&'static Migration>, StoreError> {
    db.read_blocking(pending_in)
}

/// [`pending`] inside a transaction.
pub fn pending_in(tx: &mut Tx<'_>) -> Result<Vec<&'static Migration>, StoreError> {
    if !exists(tx)? {
        return Ok(MIGRATIONS.iter().collect());
    }
    let applied = tx.query(APPLIED, params![], |r| {
        Ok((r.int(0)?, r.text(1)?, r.text(2)?))
    })?;
    compare(MIGRATIONS, &applied)
}

fn exists(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let engine = tx.engine();
    let count = tx.catalogue(dialect::table_exists(engine), params!["migrations"])?;
    Ok(count.first().is_some_and(|n| n != "0"))
}

fn compare<'m>(
    known: &'m [Migration],
    applied: &[(i64, String, String)],
) -> Result<Vec<&'m Migration>, StoreError> {
    for (place, (version, name, sha256)) in applied.iter().enumerate() {
        let Some(ours) = known.get(place) else {
            return Err(StoreError::Schema {
                why: format!(
                    "the database was changed by a newer program (step {version}, {name}): \
                     install that version or restore a backup"
                ),
            });
        };
        if ours.version != *version || ours.name != name || ours.sha256() != *sha256 {
            return Err(StoreError::Schema {
                why: format!(
                    "step {version} ({name}) of the database is not the one of this program: \
                     it comes from another build"
                ),
            });
        }
    }
    Ok(known.iter().skip(applied.len()).collect())
}

/// Applies what is pending; answers how many steps. Several nodes may start together.
/// `now` is the instant written beside each step, milliseconds UTC.
///
/// # Errors
/// `Schema` when the database's history differs from ours or is newer.
pub fn migrate(db: &Db, now: i64) -> Result<usize, StoreError> {
    db.write_blocking(move |tx| {
        lock(tx)?;
        let pending = pending_in(tx)?;
        for migration in &pending {
            apply(tx, migration, now)?;
        }
        Ok(pending.len())
    })
}

/// One migration at a time. SQLite has one writer already.
pub(crate) fn lock(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    match tx.engine() {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => tx.batch(dialect::POSTGRES_MIGRATION_LOCK),
    }
}

/// Applies one step and writes it down.
pub(crate) fn apply(tx: &mut Tx<'_>, migration: &Migration, now: i64) -> Result<(), StoreError> {
    if !exists(tx)? {
        tx.batch(TABLE)?;
    }
    let engine = tx.engine();
    tx.batch(&migration.text_for(engine))?;
    tx.exec_one(
        RECORD,
        params![migration.version, migration.name, migration.sha256(), now],
    )
}

/// The logical schema of the database as text: what `docs/reference/schema.*.sql` shows.
pub fn dump_schema(db: &Db) -> Result<String, StoreError> {
    db.read_blocking(|tx| {
        let engine = tx.engine();
        let lines = tx.catalogue(dialect::schema_lines(engine), params![])?;
        let mut out = format!(
            "-- The schema on {}, generated: do not edit.\n",
            engine.name()
        );
        for line in lines {
            out.push_str(line.trim());
            out.push('\n');
        }
        Ok(out)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_kept_for_their_engine() {
        let text = "a\n-- only: postgres\nb\n-- end\n-- only: sqlite\nc\n-- end\nd\n";
        assert_eq!(sections(Engine::Postgres, text), "a\nb\nd\n");
        assert_eq!(sections(Engine::Sqlite, text), "a\nc\nd\n");
    }

    #[test]
    fn a_changed_or_newer_history_is_refused() {
        let good: Vec<_> = MIGRATIONS
            .iter()
            .map(|m| (m.version, m.name.to_string(), m.sha256()))
            .collect();
        assert!(
            compare(MIGRATIONS, &good)
                .expect("our own history")
                .is_empty()
        );
        let mut drifted = good.clone();
        drifted[0].2 = "0".repeat(64);
        assert!(matches!(
            compare(MIGRATIONS, &drifted),
            Err(StoreError::Schema { .. })
        ));
        let mut newer = good;
        newer.push((999, "later".to_string(), "0".repeat(64)));
        assert!(matches!(
            compare(MIGRATIONS, &newer),
            Err(StoreError::Schema { .. })
        ));
    }

    #[test]
    fn versions_follow_each_other() {
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version, place as i64 + 1);
        }
    }
}
