//! The contact log: what came in between two moments, whatever became of it, and the figures of it.
//! Figures and rows go through one condition, and every figure is a sum of the same groups: they add
//! up by construction (R2). Refuses identities: it reads neither the patients nor a draft.

use relais_core::ids::{ContactId, NetworkId, RequestId, UserId};
use relais_core::request::Origin;
use relais_core::time::Instant;

use crate::db::{Row, Tx, Value};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Which contacts of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Whose desk.
    pub network: NetworkId,
    /// Came at or after.
    pub from: Instant,
    /// Came before.
    pub until: Instant,
    /// Only from there.
    pub origin: Option<Origin>,
    /// Only with this outcome; an empty one is a contact that has none yet.
    pub outcome: Option<String>,
    /// Only answered by them.
    pub operator: Option<UserId>,
    /// Only with this motive, a slug.
    pub motive: Option<String>,
    /// Only those entered after the fact, or only the others.
    pub late: Option<bool>,
}

/// Where a page of the log ended: the time and the id of its last row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// When that contact came.
    pub at: Instant,
    /// Which it was.
    pub id: ContactId,
}

/// A contact as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub id: ContactId,
    /// Where it came from.
    pub origin: Origin,
    /// What came of it; none while it lasts.
    pub outcome: Option<String>,
    /// The request it led to, with its short code.
    pub request: Option<(RequestId, String)>,
    /// Who answered.
    pub operator: Option<UserId>,
    /// When it really came, also for one entered afterwards.
    pub received_at: Instant,
    /// Entered after the fact, with its true time.
    pub entered_late: bool,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Facts as JSON, without identity.
    pub body: String,
    /// Reason of the outcome, without identity.
    pub reason: Option<String>,
    /// The same as a code: why it was out of scope, or that closing time ended it (R2).
    pub reason_code: Option<String>,
}

/// How many contacts had one origin and one outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The origin.
    pub origin: Origin,
    /// The outcome; none for those still open.
    pub outcome: Option<String>,
    /// How many.
    pub count: u64,
}

macro_rules! such {
    () => {
        "WHERE c.network = $1 \
         AND ((c.happened_at IS NULL AND c.received_at >= $2 AND c.received_at < $3) \
              OR (c.happened_at >= $2 AND c.happened_at < $3)) \
         AND (CAST($4 AS TEXT) IS NULL OR c.origin = $4) \
         AND (CAST($5 AS TEXT) IS NULL OR COALESCE(c.outcome, '') = $5) \
         AND (CAST($6 AS TEXT) IS NULL OR c.operator = $6) \
         AND (CAST($7 AS TEXT) IS NULL OR c.body LIKE $7) \
         AND (CAST($8 AS BIGINT) IS NULL OR c.entered_late = $8) "
    };
}

macro_rules! line {
    () => {
        "SELECT c.id AS id, c.origin AS origin, c.outcome AS outcome, c.request AS request, r.code AS code, \
         c.operator AS operator, COALESCE(c.happened_at, c.received_at) AS received_at, \
         c.entered_late AS entered_late, c.ended_at AS ended_at, c.body AS body, \
         c.reason AS reason, c.reason_code AS reason_code FROM contacts c LEFT JOIN requests r ON r.id = c.request "
    };
}

sql! { "contacts";
    LINES = concat!(line!(), such!(),
        "AND (CAST($9 AS BIGINT) IS NULL OR COALESCE(c.happened_at, c.received_at) < $9 \
              OR (COALESCE(c.happened_at, c.received_at) = $9 AND c.id < $10)) \
         ORDER BY COALESCE(c.happened_at, c.received_at) DESC, c.id DESC LIMIT $11");
    LINE = concat!(line!(), "WHERE c.id = $1 AND c.network = $2");
    GROUPS = concat!("SELECT c.origin AS id, COALESCE(c.outcome, '') AS outcome, COUNT(*) AS n FROM contacts c ",
        such!(), "GROUP BY c.origin, COALESCE(c.outcome, '') ORDER BY 1, 2");
    OPERATORS = "SELECT DISTINCT operator AS id FROM contacts \
                 WHERE network = $1 AND operator IS NOT NULL \
                 AND ((happened_at IS NULL AND received_at >= $2 AND received_at < $3) \
                      OR (happened_at >= $2 AND happened_at < $3)) \
                 ORDER BY 1 LIMIT $4";
}

impl Filter {
    /// The parameters $1 to $8 of the condition.
    fn values(&self) -> Vec<Value> {
        // Motives lie in the body as `"motives":["toux","fievre"]`; a slug holds no character that
        // LIKE or JSON reads otherwise.
        let motive = self
            .motive
            .as_deref()
            .map(|slug| format!("%\"motives\":[%\"{slug}\"%]%"));
        params![
            self.network,
            self.from,
            self.until,
            self.origin.map(Origin::code),
            self.outcome.as_deref(),
            self.operator,
            motive,
            self.late
        ]
        .to_vec()
    }
}

fn line(row: &Row<'_>) -> Result<Line, StoreError> {
    let request: Option<RequestId> = row.opt_id("request")?;
    Ok(Line {
        id: row.id("id")?,
        origin: row.parsed("origin", Origin::from_code)?,
        outcome: row.opt_text("outcome")?,
        request: match request {
            Some(id) => Some((id, row.text("code")?)),
            None => None,
        },
        operator: row.opt_id("operator")?,
        received_at: row.instant("received_at")?,
        entered_late: row.flag("entered_late")?,
        ended_at: row.opt_instant("ended_at")?,
        body: row.text("body")?,
        reason: row.opt_text("reason")?,
        reason_code: row.opt_text("reason_code")?,
    })
}

/// The contacts a filter lets through, newest first, older than a place.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    before: Option<Place>,
    limit: u32,
) -> Result<Vec<Line>, StoreError> {
    let mut values = filter.values();
    values.extend_from_slice(params![
        before.map(|place| place.at),
        before.map(|place| place.id),
        limit
    ]);
    tx.query(LINES, &values, line)
}

/// One contact of a network.
pub fn find(
    tx: &mut Tx<'_>,
    network: NetworkId,
    id: ContactId,
) -> Result<Option<Line>, StoreError> {
    tx.query_opt(LINE, params![id, network], line)
}

/// How many contacts a filter lets through, by origin and outcome: each contact is in one group.
pub fn count(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<Group>, StoreError> {
    tx.query(GROUPS, &filter.values(), |row| {
        let outcome = row.text("outcome")?;
        Ok(Group {
            origin: row.parsed("id", Origin::from_code)?,
            outcome: Some(outcome).filter(|code| !code.is_empty()),
            count: u64::try_from(row.int("n")?).map_err(|_| row.wrong("n", "negative"))?,
        })
    })
}

/// Who answered between two moments, by id; at most `limit`.
pub fn list_operators(
    tx: &mut Tx<'_>,
    network: NetworkId,
    from: Instant,
    until: Instant,
    limit: u32,
) -> Result<Vec<UserId>, StoreError> {
    tx.query(OPERATORS, params![network, from, until, limit], |row| {
        row.id("id")
    })
}
