//! Care requests: one row per aggregate (key columns, `state`, a version), saved whole with its offers.
//! Refuses a save on a version that is no longer the row's: first acceptance wins (R4.6) rests on it.

use std::collections::BTreeMap;

use relais_core::cascade::Why;
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, OfferId, PatientId, ProfessionalId, RequestId, UserId};
use relais_core::request::{Offer, Request, Requester, Status};
use relais_core::time::Instant;

use crate::codec;
use crate::counters;
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::offers;
use crate::params;
use crate::sql::sql;

/// A request with what the store knows of it besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The aggregate.
    pub request: Request,
    /// Version of the row; each save adds one.
    pub version: i64,
    /// Short human code, unique in the network.
    pub code: String,
    /// Whose identity it is about.
    pub patient: PatientId,
    /// Last save.
    pub updated_at: Instant,
}

/// Which requests to list. Every part that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of a network.
    pub network: Option<NetworkId>,
    /// In one of these statuses; empty = any.
    pub statuses: Vec<Status>,
    /// Raised by a professional.
    pub requester_professional: Option<ProfessionalId>,
    /// Raised by an account.
    pub requester_user: Option<UserId>,
    /// Taken on by a professional.
    pub engaged: Option<ProfessionalId>,
    /// Older than this one (the cursor).
    pub before: Option<RequestId>,
    /// With this short code, in the network given.
    pub code: Option<String>,
    /// Of a patient of this commune.
    pub commune: Option<Insee>,
}

macro_rules! columns {
    () => {
        "SELECT id, network, code, version, status, raised_at, updated_at, patient, state FROM requests "
    };
}
/// Filters that may be null, after the one that leads.
macro_rules! listed {
    ($lead:literal) => {
        concat!(
            columns!(),
            "WHERE ",
            $lead,
            " AND (CAST($1 AS TEXT) IS NULL OR network = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR requester_professional = $2) \
             AND (CAST($3 AS TEXT) IS NULL OR requester_user = $3) \
             AND (CAST($4 AS TEXT) IS NULL OR engaged_professional = $4) \
             AND (CAST($5 AS TEXT) IS NULL OR id < $5) \
             AND (CAST($8 AS TEXT) IS NULL OR code = $8) \
             AND (CAST($9 AS TEXT) IS NULL OR insee = $9) \
             AND ($6 = '' OR $6 LIKE '%,' || status || ',%') ORDER BY id DESC LIMIT $7"
        )
    };
}

sql! { "requests";
    FIND = concat!(columns!(), "WHERE id = $1");
    LOCK = concat!(columns!(), "WHERE id = $1 {for_update}");
    INSERT = "INSERT INTO requests (id, network, code, version, status, closure, due_at, due_why, raised_at, \
              updated_at, patient, requester_kind, requester_user, requester_professional, engaged_professional, \
              profession, insee, state) \
              VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    UPDATE = "UPDATE requests SET version = version + 1, status = $3, closure = $4, due_at = $5, due_why = $6, \
              updated_at = $7, engaged_professional = $8, profession = $9, insee = $10, state = $11 \
              WHERE id = $1 AND version = $2";
    BOARD = concat!(columns!(), "WHERE network = $1 AND (status IN ('to_qualify', 'asking_usual', \
             'asking_community', 'asking_neighbours', 'unfilled', 'paused') OR updated_at >= $2) \
             ORDER BY CASE WHEN status IN ('to_qualify', 'asking_usual', 'asking_community', \
             'asking_neighbours', 'unfilled', 'paused') THEN 0 ELSE 1 END, id DESC LIMIT $3");
    LIST = listed!("1 = 1");
    LIST_OF_NETWORK = listed!("network = $1");
    LIST_OF_CODE = listed!("network = $1 AND code = $8");
    LIST_RAISED_BY_PROFESSIONAL = listed!("requester_professional = $2");
    LIST_RAISED_BY_USER = listed!("requester_user = $3");
    LIST_ENGAGED = listed!("engaged_professional = $4");
    DUE = "SELECT id FROM requests WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
    NEXT_DUE = "SELECT MIN(due_at) AS due_at FROM requests WHERE due_at IS NOT NULL";
    OPEN_IDS = "SELECT id FROM requests WHERE network = $1 AND status IN ('asking_usual', \
                'asking_community', 'asking_neighbours', 'unfilled', 'paused') ORDER BY id LIMIT $2";
    OPEN_OF_PATIENT = "SELECT id, code FROM requests WHERE patient = $1 AND status <> 'cancelled' AND \
                       (raised_at >= $2 OR status NOT IN ('closed', 'transferred_15')) ORDER BY id DESC";
    ALL_OF_PATIENT = "SELECT id FROM requests WHERE patient = $1 AND \
                      (raised_at >= $2 OR status NOT IN ('closed', 'cancelled', 'transferred_15')) ORDER BY id DESC";
    RAISED_SINCE = concat!(columns!(), "WHERE network = $1 AND raised_at >= $2 ORDER BY raised_at DESC, id DESC \
                           LIMIT $3");
    COUNT_BY_STATUS = "SELECT status AS id, COUNT(*) AS n FROM requests WHERE network = $1 GROUP BY status \
                       ORDER BY status";
}

/// One row, its offers still to be put in.
struct Bare {
    id: RequestId,
    network: NetworkId,
    code: String,
    version: i64,
    status: Status,
    raised_at: Instant,
    updated_at: Instant,
    patient: PatientId,
    state: String,
}

fn bare(row: &Row<'_>) -> Result<Bare, StoreError> {
    Ok(Bare {
        id: row.id("id")?,
        network: row.id("network")?,
        code: row.text("code")?,
        version: row.int("version")?,
        status: row.parsed("status", Status::from_code)?,
        raised_at: row.instant("raised_at")?,
        updated_at: row.instant("updated_at")?,
        patient: row.id("patient")?,
        state: row.text("state")?,
    })
}

impl Bare {
    fn with(self, offers: Vec<Offer>) -> Result<Stored, StoreError> {
        let request =
            codec::request::decode(&self.state, self.id, self.network, self.raised_at, offers)
                .map_err(|e| e.at("requests", "state", self.id))?;
        if request.status() != self.status {
            let why = "the status column is not that of the state";
            return Err(StoreError::inconsistent(
                "requests",
                "status",
                self.id.to_string(),
                why,
            ));
        }
        Ok(Stored {
            request,
            version: self.version,
            code: self.code,
            patient: self.patient,
            updated_at: self.updated_at,
        })
    }
}

fn complete(tx: &mut Tx<'_>, rows: Vec<Bare>) -> Result<Vec<Stored>, StoreError> {
    rows.into_iter()
        .map(|row| {
            let offers = offers::list_for_request(tx, row.id)?;
            row.with(offers)
        })
        .collect()
}

/// A request, if there is one.
pub fn find(tx: &mut Tx<'_>, id: RequestId) -> Result<Option<Stored>, StoreError> {
    let Some(row) = tx.query_opt(FIND, params![id], bare)? else {
        return Ok(None);
    };
    let offers = offers::list_for_request(tx, id)?;
    row.with(offers).map(Some)
}

/// A request that nobody else changes before this transaction ends.
pub fn get_for_update(tx: &mut Tx<'_>, id: RequestId) -> Result<Stored, StoreError> {
    let row = tx
        .query_opt(LOCK, params![id], bare)?
        .ok_or_else(|| StoreError::not_found("requests", id.to_string()))?;
    let offers = offers::list_for_request(tx, id)?;
    row.with(offers)
}

/// The request an offer belongs to.
pub fn find_by_offer(tx: &mut Tx<'_>, offer: OfferId) -> Result<Option<RequestId>, StoreError> {
    offers::find_request(tx, offer)
}

fn due_parts(due: Option<(Instant, Why)>) -> (Option<Instant>, Option<&'static str>) {
    (due.map(|(at, _)| at), due.map(|(_, why)| why.code()))
}

/// Writes a new request and the offers it already has.
pub fn insert(
    tx: &mut Tx<'_>,
    request: &Request,
    code: &str,
    patient: PatientId,
    due: Option<(Instant, Why)>,
) -> Result<(), StoreError> {
    let (due_at, due_why) = due_parts(due);
    let kind = match request.requester {
        Requester::Staff(_) => "staff",
        Requester::Professional(..) => "professional",
        Requester::Partner(_) => "partner",
    };
    tx.exec_one(
        INSERT,
        params![
            request.id,
            request.network,
            code,
            request.status().code(),
            request.closure().map(|c| c.code()),
            due_at,
            due_why,
            request.raised_at,
            patient,
            kind,
            request.requester.user(),
            request.requester.professional(),
            request.engaged(),
            request.need.profession.code(),
            request.patient.commune,
            codec::request::encode(request)?
        ],
    )?;
    let offers: Vec<&Offer> = request.offers.iter().collect();
    offers::insert_all(tx, request.id, &offers)
}

/// Saves a request whose row must still have `expected_version`. Of its offers, only those that differ
/// from `before` (the state it was read in) are written.
///
/// # Errors
/// `Conflict` when somebody saved it first: read again and decide again.
pub fn update(
    tx: &mut Tx<'_>,
    request: &Request,
    expected_version: i64,
    before: &Request,
    due: Option<(Instant, Why)>,
    now: Instant,
) -> Result<(), StoreError> {
    let (due_at, due_why) = due_parts(due);
    tx.exec_versioned(
        UPDATE,
        params![
            request.id,
            expected_version,
            request.status().code(),
            request.closure().map(|c| c.code()),
            due_at,
            due_why,
            now,
            request.engaged(),
            request.need.profession.code(),
            request.patient.commune,
            codec::request::encode(request)?
        ],
        request.id.to_string(),
    )?;
    let known: BTreeMap<OfferId, &Offer> = before.offers.iter().map(|o| (o.id, o)).collect();
    // Offers that stop being the accepted one are written first: at most one is at any time (I1).
    let (accepted, others): (Vec<_>, Vec<_>) = request
        .offers
        .iter()
        .partition(|o| o.status.code() == "accepted");
    for offers in [others, accepted] {
        let (mut moved, mut new) = (vec![], vec![]);
        for offer in offers {
            match known.get(&offer.id) {
                Some(old) if *old == offer => {}
                Some(_) => moved.push(offer),
                None => new.push(offer),
            }
        }
        offers::insert_all(tx, request.id, &new)?;
        offers::update_all(tx, &moved, now)?;
    }
    Ok(())
}

/// The next short code of a network: 1001, 1002 …
pub fn next_code(tx: &mut Tx<'_>, network: NetworkId) -> Result<String, StoreError> {
    let n = counters::next(tx, &format!("request code {network}"))?;
    Ok((1000 + n).to_string())
}

/// The desk's board: everything open (all of it first), then what was taken on or ended and has moved
/// since `since_ended`; newest first in each part.
pub fn list_board(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since_ended: Instant,
    limit: u32,
) -> Result<Vec<Stored>, StoreError> {
    let rows = tx.query(BOARD, params![network, since_ended, limit], bare)?;
    let mut offers = offers::list_for_board(tx, network, since_ended)?;
    rows.into_iter()
        .map(|row| {
            let own = offers.remove(&row.id).unwrap_or_default();
            row.with(own)
        })
        .collect()
}

/// Requests of a filter, newest first.
pub fn list(tx: &mut Tx<'_>, filter: &Filter, limit: u32) -> Result<Vec<Stored>, StoreError> {
    let statement = if filter.engaged.is_some() {
        LIST_ENGAGED
    } else if filter.requester_professional.is_some() {
        LIST_RAISED_BY_PROFESSIONAL
    } else if filter.requester_user.is_some() {
        LIST_RAISED_BY_USER
    } else if filter.network.is_some() && filter.code.is_some() {
        LIST_OF_CODE
    } else if filter.network.is_some() {
        LIST_OF_NETWORK
    } else {
        LIST
    };
    let statuses: String = filter
        .statuses
        .iter()
        .map(|s| format!(",{},", s.code()))
        .collect();
    let rows = tx.query(
        statement,
        params![
            filter.network,
            filter.requester_professional,
            filter.requester_user,
            filter.engaged,
            filter.before,
            statuses,
            limit,
            filter.code.as_deref(),
            filter.commune
        ],
        bare,
    )?;
    complete(tx, rows)
}

/// What is due, the longest overdue first (I8, R4.13).
pub fn list_due(tx: &mut Tx<'_>, now: Instant, limit: u32) -> Result<Vec<RequestId>, StoreError> {
    tx.query(DUE, params![now, limit], |r| r.id(0))
}

/// The earliest due time of all.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Instant>, StoreError> {
    tx.query_one(NEXT_DUE, params![], |r| r.opt_instant(0))
}

/// Requests somebody new could still be asked for, oldest first (R4.11).
pub fn list_open_ids(
    tx: &mut Tx<'_>,
    network: NetworkId,
    limit: u32,
) -> Result<Vec<RequestId>, StoreError> {
    tx.query(OPEN_IDS, params![network, limit], |r| r.id(0))
}

/// Requests of the same person that are open, or were raised since `since` and not cancelled: possible
/// duplicates (R2).
pub fn list_open_for_patient(
    tx: &mut Tx<'_>,
    patients: &[PatientId],
    since: Instant,
) -> Result<Vec<(RequestId, String)>, StoreError> {
    let mut found = vec![];
    for patient in patients {
        found.extend(tx.query(OPEN_OF_PATIENT, params![*patient, since], |r| {
            Ok((r.id("id")?, r.text("code")?))
        })?);
    }
    Ok(found)
}

/// Requests of the same person that are open, or were raised since `since` whatever became of them.
pub fn list_for_patient(
    tx: &mut Tx<'_>,
    patients: &[PatientId],
    since: Instant,
) -> Result<Vec<RequestId>, StoreError> {
    let mut found = vec![];
    for patient in patients {
        let theirs: Vec<RequestId> =
            tx.query(ALL_OF_PATIENT, params![*patient, since], |r| r.id("id"))?;
        found.extend(theirs);
    }
    Ok(found)
}

/// How many requests of a network are in each status.
pub fn count_by_status(
    tx: &mut Tx<'_>,
    network: NetworkId,
) -> Result<BTreeMap<Status, i64>, StoreError> {
    let rows = tx.query(COUNT_BY_STATUS, params![network], |r| {
        Ok((r.parsed("id", Status::from_code)?, r.int("n")?))
    })?;
    Ok(rows.into_iter().collect())
}

/// What was asked for since a moment, newest first: the requests without their offers.
pub fn list_raised_since(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
    limit: u32,
) -> Result<Vec<Request>, StoreError> {
    let rows = tx.query(RAISED_SINCE, params![network, since, limit], bare)?;
    rows.into_iter()
        .map(|row| row.with(Vec::new()).map(|stored| stored.request))
        .collect()
}
