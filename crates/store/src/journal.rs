//! The journal: append-only, one chain of hashes per network; every change and every look at an identity.
//! Refuses an update, a deletion, and any identity: `body` is JSON about ids, codes and instants.

use aws_lc_rs::digest;

use crate::anchors::{self, Anchor};
use crate::db::{Row, Turn, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// The chain of what belongs to no network (accounts of the installation, reference data).
pub const INSTALLATION: &str = "-";

/// The hash before the first row of a chain.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A row to append.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `evt_…`, unique.
    pub id: String,
    /// When, milliseconds UTC.
    pub at: i64,
    /// Who: a user, a professional, a token, or the system.
    pub actor: String,
    /// As whom: the role they acted in.
    pub role: String,
    /// What was done.
    pub act: String,
    /// The request (or other thing) it was done to.
    pub about: Option<String>,
    /// The patient concerned, by id.
    pub subject: Option<String>,
    /// Why, for an access or an override.
    pub why: Option<String>,
    /// From where: channel or address.
    pub source: Option<String>,
    /// The facts, JSON, without identity.
    pub body: String,
}

/// A row of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The chain.
    pub network: String,
    /// Position, from 1.
    pub seq: i64,
    /// What was appended.
    pub entry: Entry,
    /// Hash of the row before.
    pub prev_hash: String,
    /// Hash of this row.
    pub hash: String,
}

sql! { "journal";
    HEAD = "SELECT network, seq, hash FROM journal_heads WHERE network = $1 {for_update}";
    SEEN_HEAD = "SELECT network, seq, hash FROM journal_heads WHERE network = $1";
    START_HEAD = "INSERT INTO journal_heads (network, seq, hash) VALUES ($1, 0, $2) \
                  ON CONFLICT (network) DO NOTHING";
    MOVE_HEAD = "UPDATE journal_heads SET seq = $2, hash = $3 WHERE network = $1 AND seq = $2 - 1";
    INSERT = "INSERT INTO journal (network, seq, id, at, actor, role, act, about, subject, why, source, \
              body, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    AFTER = "SELECT network, seq, id, at, actor, role, act, about, subject, why, source, body, prev_hash, hash \
             FROM journal WHERE network = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    ABOUT = "SELECT network, seq, id, at, actor, role, act, about, subject, why, source, body, prev_hash, hash \
             FROM journal WHERE network = $1 AND about = $2 \
             AND (CAST($4 AS BIGINT) IS NULL OR seq < $4) ORDER BY seq DESC LIMIT $3";
    SUBJECT = "SELECT network, seq, id, at, actor, role, act, about, subject, why, source, body, prev_hash, hash \
               FROM journal WHERE subject = $1 ORDER BY at, network, seq LIMIT $2";
    CHAINS = "SELECT network FROM journal_heads ORDER BY network";
}

fn link(row: &Row<'_>) -> Result<Link, StoreError> {
    Ok(Link {
        network: row.text("network")?,
        seq: row.int("seq")?,
        entry: Entry {
            id: row.text("id")?,
            at: row.int("at")?,
            actor: row.text("actor")?,
            role: row.text("role")?,
            act: row.text("act")?,
            about: row.opt_text("about")?,
            subject: row.opt_text("subject")?,
            why: row.opt_text("why")?,
            source: row.opt_text("source")?,
            body: row.text("body")?,
        },
        prev_hash: row.text("prev_hash")?,
        hash: row.text("hash")?,
    })
}

/// The canonical form: each field preceded by its length, an absent one by a mark of its own, so that no
/// two different rows have the same form.
fn digest_of(network: &str, seq: i64, entry: &Entry, prev_hash: &str) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    let mut field = |value: Option<&[u8]>| match value {
        None => context.update(&[0]),
        Some(bytes) => {
            context.update(&[1]);
            context.update(&(bytes.len() as u64).to_be_bytes());
            context.update(bytes);
        }
    };
    field(Some(b"relais journal 1"));
    field(Some(network.as_bytes()));
    field(Some(&seq.to_be_bytes()));
    field(Some(prev_hash.as_bytes()));
    field(Some(entry.id.as_bytes()));
    field(Some(&entry.at.to_be_bytes()));
    field(Some(entry.actor.as_bytes()));
    field(Some(entry.role.as_bytes()));
    field(Some(entry.act.as_bytes()));
    for optional in [&entry.about, &entry.subject, &entry.why, &entry.source] {
        field(optional.as_ref().map(String::as_bytes));
    }
    field(Some(entry.body.as_bytes()));
    crate::hex(context.finish().as_ref())
}

/// Appends rows to a network's chain, in order; answers the last position.
///
/// The chain's head is locked from here to the commit: append last, to let others work meanwhile.
pub fn append(tx: &mut Tx<'_>, network: &str, entries: &[Entry]) -> Result<i64, StoreError> {
    let (mut seq, mut prev) = match head(tx, network)? {
        Some(head) => head,
        None => {
            tx.exec(START_HEAD, params![network, START])?;
            head(tx, network)?.ok_or_else(|| StoreError::not_found("journal_heads", network))?
        }
    };
    for entry in entries {
        seq += 1;
        let hash = digest_of(network, seq, entry, &prev);
        tx.exec_one(
            INSERT,
            params![
                network,
                seq,
                &entry.id,
                entry.at,
                &entry.actor,
                &entry.role,
                &entry.act,
                entry.about.as_deref(),
                entry.subject.as_deref(),
                entry.why.as_deref(),
                entry.source.as_deref(),
                &entry.body,
                prev,
                &hash
            ],
        )?;
        tx.exec_versioned(MOVE_HEAD, params![network, seq, &hash], network)?;
        prev = hash;
    }
    Ok(seq)
}

fn head(tx: &mut Tx<'_>, network: &str) -> Result<Option<(i64, String)>, StoreError> {
    tx.takes(Turn::Journal);
    tx.query_opt(HEAD, params![network], |r| {
        Ok((r.int("seq")?, r.text("hash")?))
    })
}

/// The last position and hash of a chain.
pub fn find_head(tx: &mut Tx<'_>, network: &str) -> Result<Option<(i64, String)>, StoreError> {
    tx.query_opt(SEEN_HEAD, params![network], |r| {
        Ok((r.int("seq")?, r.text("hash")?))
    })
}

/// The chains there are.
pub fn list_chains(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query(CHAINS, params![], |r| r.text(0))
}

/// Rows of a chain after a position, in order.
pub fn list_after(
    tx: &mut Tx<'_>,
    network: &str,
    after: i64,
    limit: u32,
) -> Result<Vec<Link>, StoreError> {
    tx.query(AFTER, params![network, after, limit], link)
}

/// The history of a request (or other thing), newest first; before a position, or from the last row.
pub fn list_about(
    tx: &mut Tx<'_>,
    network: &str,
    about: &str,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Link>, StoreError> {
    tx.query(ABOUT, params![network, about, limit, before], link)
}

/// Everything done about a patient, on every chain, oldest first (for the patient or the data-protection officer).
pub fn list_subject(tx: &mut Tx<'_>, patient: &str, limit: u32) -> Result<Vec<Link>, StoreError> {
    tx.query(SUBJECT, params![patient, limit], link)
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The chain.
    pub network: String,
    /// How many rows were read.
    pub rows: u64,
    /// The first position where the chain does not hold, and why.
    pub first_bad: Option<(i64, Fault)>,
}

/// How a chain can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A row is missing, or two were exchanged.
    Gap,
    /// A row does not follow the one before.
    Unlinked,
    /// A row was altered.
    Altered,
    /// A row differs from what an anchor says it was.
    AgainstAnchor,
    /// The last rows are gone, or rows were added beside the journal.
    Truncated,
}

/// Reads a whole chain again (I9). Finds an altered, missing, exchanged or added row; with the anchors
/// exported elsewhere (`exported`), also a chain that was rewritten whole.
pub fn verify(tx: &mut Tx<'_>, network: &str, exported: &[Anchor]) -> Result<Report, StoreError> {
    const PAGE: u32 = 1000;
    let mut anchors = anchors::list(tx, network)?;
    anchors.extend(exported.iter().filter(|a| a.network == network).cloned());
    let (mut seq, mut prev, mut rows) = (0, START.to_string(), 0);
    let bad = |rows, at, fault| {
        Ok(Report {
            network: network.to_string(),
            rows,
            first_bad: Some((at, fault)),
        })
    };
    loop {
        let page = list_after(tx, network, seq, PAGE)?;
        let full = page.len() == PAGE as usize;
        for row in page {
            rows += 1;
            if row.seq != seq + 1 {
                return bad(rows, seq + 1, Fault::Gap);
            }
            if row.prev_hash != prev {
                return bad(rows, row.seq, Fault::Unlinked);
            }
            if row.hash != digest_of(network, row.seq, &row.entry, &prev) {
                return bad(rows, row.seq, Fault::Altered);
            }
            if anchors
                .iter()
                .any(|a| a.seq == row.seq && a.hash != row.hash)
            {
                return bad(rows, row.seq, Fault::AgainstAnchor);
            }
            seq = row.seq;
            prev = row.hash;
        }
        if !full {
            break;
        }
    }
    let (head_seq, head_hash) = find_head(tx, network)?.unwrap_or((0, START.to_string()));
    let anchored = anchors.iter().map(|a| a.seq).max().unwrap_or(0);
    if head_seq != seq || head_hash != prev || anchored > seq {
        return bad(rows, seq + 1, Fault::Truncated);
    }
    Ok(Report {
        network: network.to_string(),
        rows,
        first_bad: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            id: "evt_1".into(),
            at: 5,
            actor: "usr_1".into(),
            role: "operator".into(),
            act: "request.raised".into(),
            about: Some("req_1".into()),
            subject: None,
            why: None,
            source: Some("web".into()),
            body: "{}".into(),
        }
    }

    #[test]
    fn the_canonical_form_tells_every_field_apart() {
        let base = digest_of("n", 1, &entry(), START);
        // Moving text between neighbouring fields, or an empty text for an absent one, changes the hash.
        let moved = Entry {
            id: "evt_1u".into(),
            actor: "sr_1".into(),
            ..entry()
        };
        let emptied = Entry {
            subject: Some(String::new()),
            ..entry()
        };
        let swapped = Entry {
            subject: Some("req_1".into()),
            about: None,
            ..entry()
        };
        for other in [moved, emptied, swapped] {
            assert_ne!(base, digest_of("n", 1, &other, START));
        }
        assert_ne!(base, digest_of("n", 2, &entry(), START));
        assert_ne!(base, digest_of("m", 1, &entry(), START));
        // Frozen: existing journals must verify with every later version of the program.
        assert_eq!(
            base,
            "f52264a793237306556154383387a180a6cfbddfdfd086cf1a29b8d3072f416b"
        );
    }
}
