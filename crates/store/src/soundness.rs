//! What must hold in any database, asked of its rows: after a restore, a failover, a night of faults.
//! Refuses to mend anything; the journal's chains have their own verification ([`crate::journal`]).

use relais_core::time::Instant;

use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

sql! { "requests";
    REQUESTS = "SELECT COUNT(*) FROM requests";
    OPEN = "SELECT COUNT(*) FROM requests WHERE status NOT IN ('closed', 'cancelled', 'transferred_15')";
    NEVER_DUE = "SELECT id FROM requests WHERE due_at IS NULL \
                 AND status NOT IN ('closed', 'cancelled', 'transferred_15') ORDER BY id LIMIT 20";
    TAKEN_TWICE = "SELECT request AS id FROM offers WHERE status = 'accepted' GROUP BY request \
                   HAVING COUNT(*) > 1 ORDER BY request LIMIT 20";
    TAKEN_BY_NOBODY = "SELECT id FROM requests r WHERE status IN ('accepted', 'scheduled') AND NOT EXISTS \
                       (SELECT 1 FROM offers o WHERE o.request = r.id AND o.status = 'accepted' \
                       AND o.professional = r.engaged_professional) ORDER BY id LIMIT 20";
    MESSAGES = "SELECT COUNT(*) FROM messages";
    NEWEST = "SELECT MAX(at) AS at FROM journal";
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soundness {
    /// Requests.
    pub requests: i64,
    /// Of which not ended.
    pub open: i64,
    /// Messages ever recorded.
    pub messages: i64,
    /// The newest act of the journal: how far the data go.
    pub newest_at: Option<Instant>,
    /// What does not hold: the invariant's number, and the request. Empty in a sound database; twenty
    /// of each kind at most.
    pub faults: Vec<(&'static str, String)>,
}

/// Asks everything, in one view of the database.
pub fn check(tx: &mut Tx<'_>) -> Result<Soundness, StoreError> {
    let mut faults = Vec::new();
    for (what, statement) in [
        ("I5: open and never due", NEVER_DUE),
        ("I1: taken by two people", TAKEN_TWICE),
        ("I1: taken, by nobody who accepted", TAKEN_BY_NOBODY),
    ] {
        let found = tx.query(statement, params![], |r| r.text("id"))?;
        faults.extend(found.into_iter().map(|id| (what, id)));
    }
    Ok(Soundness {
        requests: tx.query_one(REQUESTS, params![], |r| r.int(0))?,
        open: tx.query_one(OPEN, params![], |r| r.int(0))?,
        messages: tx.query_one(MESSAGES, params![], |r| r.int(0))?,
        newest_at: tx.query_one(NEWEST, params![], |r| r.opt_instant(0))?,
        faults,
    })
}
