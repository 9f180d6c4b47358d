//! Offers as rows: written with their request, read by professional, by SMS code, by load.
//! Refuses two live offers with one code on one phone, and two accepted ones on one request.

use std::collections::BTreeMap;

use relais_core::ids::{NetworkId, OfferId, ProfessionalId, RequestId};
use relais_core::people::Load;
use relais_core::request::{Offer, Stage};
use relais_core::time::{Duration, Instant};

use crate::codec::offer::{self as codec, Body};
use crate::db::{Row, Turn, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// An offer, its request, and the code of its SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferRow {
    /// The offer.
    pub offer: Offer,
    /// The request it puts.
    pub request: RequestId,
    /// Code to answer by SMS, when one was sent.
    pub sms_code: Option<String>,
}

macro_rules! columns {
    () => {
        "SELECT id, request, professional, network, round, stage, status, asked_at, sms_code, body FROM offers "
    };
}
/// Whoever a number reaches now: one that was given to somebody else answers no more for who had it.
macro_rules! reached_now {
    () => {
        "professional IN (SELECT p.id FROM professionals p WHERE p.alert_number = $1) "
    };
}
macro_rules! members {
    () => {
        "professional IN (SELECT m.professional FROM memberships m WHERE m.network = $1)"
    };
}

sql! { "offers";
    OF_REQUEST = concat!(columns!(), "WHERE request = $1 ORDER BY asked_at, id");
    OF_BOARD = concat!(columns!(), "WHERE request IN (SELECT r.id FROM requests r WHERE r.network = $1 \
                AND (r.status IN ('to_qualify', 'asking_usual', 'asking_community', 'asking_neighbours', 'unfilled', \
                'paused') OR r.updated_at >= $2)) ORDER BY request, asked_at, id");
    REQUEST_OF = "SELECT request FROM offers WHERE id = $1";
    INSERT = "INSERT INTO offers (id, request, professional, network, round, stage, status, asked_at, \
              answered_at, updated_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, $10)";
    INSERT_ALL = "INSERT INTO offers (id, request, professional, network, round, stage, status, asked_at, \
              answered_at, updated_at, body) SELECT many.a, CAST($2 AS TEXT), many.b, many.c, CAST(many.d AS BIGINT), \
              many.e, many.f, CAST(many.g AS BIGINT), CAST(many.h AS BIGINT), CAST(many.g AS BIGINT), many.i \
              FROM {rows_a_to_m} AS many";
    HOLD = "SELECT id FROM professionals WHERE id IN (SELECT a FROM {rows_abcd} AS them) ORDER BY id {for_no_key_update}";
    UPDATE = "UPDATE offers SET status = $2, answered_at = $3, updated_at = $4, body = $5 WHERE id = $1";
    UPDATE_ALL = "UPDATE offers SET status = moved.b, answered_at = CAST(moved.c AS BIGINT), updated_at = $2, \
                  body = moved.d FROM {rows_abcd} AS moved WHERE offers.id = moved.a";
    CODES_OF_REQUEST = "SELECT id, sms_code FROM offers WHERE request = $1 AND sms_code IS NOT NULL";
    OF_PROFESSIONAL = concat!(columns!(), "WHERE professional = $1 \
                       AND (CAST($2 AS TEXT) IS NULL OR id < $2) ORDER BY id DESC LIMIT $3");
    OPEN_OF_PROFESSIONAL = concat!(columns!(), "WHERE professional = $1 \
                       AND (status IN ('queued', 'sent', 'delivered', 'seen') OR (status = 'lapsed' AND EXISTS \
                       (SELECT 1 FROM requests r WHERE r.id = offers.request AND r.status = 'unfilled'))) \
                       AND (CAST($2 AS TEXT) IS NULL OR id < $2) ORDER BY id DESC LIMIT $3");
    SET_CODE = "UPDATE offers SET alert_number = $2, sms_code = $3 WHERE id = $1 AND NOT EXISTS \
                (SELECT 1 FROM offers o WHERE o.alert_number = $2 AND o.sms_code = $3 AND o.id <> $1 \
                AND o.status IN ('queued', 'sent', 'delivered', 'seen'))";
    SET_CODES = "UPDATE offers SET alert_number = given.b, sms_code = given.c FROM {rows_abcd} AS given \
                 WHERE offers.id = given.a AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.alert_number = given.b \
                 AND o.sms_code = given.c AND o.id <> given.a AND o.status IN ('queued', 'sent', 'delivered', 'seen')) \
                 RETURNING id";
    CODE_OF = "SELECT id, sms_code FROM offers WHERE id = $1";
    OPEN_BY_CODE = concat!(columns!(), "WHERE alert_number = $1 AND sms_code = $2 AND ", reached_now!(), "\
                    AND status IN ('queued', 'sent', 'delivered', 'seen')");
    LAST_BY_CODE = concat!(columns!(), "WHERE alert_number = $1 AND sms_code = $2 AND ", reached_now!(), "\
                    ORDER BY id DESC LIMIT 1");
    OPEN_BY_NUMBER = concat!(columns!(), "WHERE alert_number = $1 AND sms_code IS NOT NULL AND ", reached_now!(), "\
                      AND status IN ('queued', 'sent', 'delivered', 'seen') ORDER BY id DESC");
    ASKED = concat!("SELECT professional AS id, COUNT(*) FILTER (WHERE asked_at >= $2) AS today, \
             COUNT(*) FILTER (WHERE asked_at > $3) AS hour, \
             MIN(CASE WHEN asked_at > $3 THEN asked_at END) AS first \
             FROM offers WHERE asked_at >= $4 AND ", members!(), " GROUP BY professional");
    ACCEPTED_BY = "SELECT COUNT(*) FROM offers WHERE professional = $1 AND status = 'accepted' AND answered_at >= $2 \
                   AND NOT EXISTS (SELECT 1 FROM requests r WHERE r.id = offers.request AND r.status = 'cancelled')";
    ACCEPTED = concat!("SELECT professional AS id, answered_at FROM offers \
                WHERE status = 'accepted' AND answered_at >= $2 AND ", members!(), " AND NOT EXISTS (SELECT 1 FROM requests r \
                WHERE r.id = offers.request AND r.status = 'cancelled') ORDER BY answered_at");
}

fn read(row: &Row<'_>) -> Result<OfferRow, StoreError> {
    let id: OfferId = row.id("id")?;
    let Body {
        usual,
        distance_m,
        status,
    } = codec::decode(row.str("status")?, row.str("body")?)
        .map_err(|e| e.at("offers", "body", id))?;
    Ok(OfferRow {
        offer: Offer {
            id,
            professional: row.id("professional")?,
            network: row.id("network")?,
            stage: row.parsed("stage", Stage::from_code)?,
            round: row.small("round")?,
            usual,
            distance_m,
            asked_at: row.instant("asked_at")?,
            status,
        },
        request: row.id("request")?,
        sms_code: row.opt_text("sms_code")?,
    })
}

fn body(offer: &Offer) -> Result<String, StoreError> {
    codec::encode(&Body {
        usual: offer.usual,
        distance_m: offer.distance_m,
        status: offer.status,
    })
}

/// The offers of a request, oldest first.
pub fn list_for_request(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<Offer>, StoreError> {
    tx.query(OF_REQUEST, params![request], |r| {
        read(r).map(|row| row.offer)
    })
}

/// The offers of every request of a board, oldest first in each.
pub(crate) fn list_for_board(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since_ended: Instant,
) -> Result<BTreeMap<RequestId, Vec<Offer>>, StoreError> {
    let mut out: BTreeMap<RequestId, Vec<Offer>> = BTreeMap::new();
    for row in tx.query(OF_BOARD, params![network, since_ended], read)? {
        out.entry(row.request).or_default().push(row.offer);
    }
    Ok(out)
}

/// The request an offer belongs to.
pub fn find_request(tx: &mut Tx<'_>, offer: OfferId) -> Result<Option<RequestId>, StoreError> {
    tx.query_opt(REQUEST_OF, params![offer], |r| r.id(0))
}

/// Writes a new offer of a request.
pub(crate) fn insert(tx: &mut Tx<'_>, request: RequestId, offer: &Offer) -> Result<(), StoreError> {
    tx.exec_one(
        INSERT,
        params![
            offer.id,
            request,
            offer.professional,
            offer.network,
            offer.round,
            offer.stage.code(),
            offer.status.code(),
            offer.asked_at,
            codec::answered_at(offer.status),
            body(offer)?
        ],
    )
}

/// What differs between the new offers of a request, named as the statement names it.
#[derive(serde::Serialize)]
struct Wide {
    a: String,
    b: String,
    c: String,
    d: String,
    e: &'static str,
    f: &'static str,
    g: String,
    h: Option<String>,
    i: String,
}

/// Writes the new offers of a request in one statement: ten thousand may be asked at once.
pub(crate) fn insert_all(
    tx: &mut Tx<'_>,
    request: RequestId,
    offers: &[&Offer],
) -> Result<(), StoreError> {
    match offers {
        [] => return Ok(()),
        [offer] => return insert(tx, request, offer),
        _ => {}
    }
    let rows: Vec<Wide> = offers
        .iter()
        .map(|offer| {
            Ok(Wide {
                a: offer.id.to_string(),
                b: offer.professional.to_string(),
                c: offer.network.to_string(),
                d: offer.round.to_string(),
                e: offer.stage.code(),
                f: offer.status.code(),
                g: offer.asked_at.millis().to_string(),
                h: codec::answered_at(offer.status).map(|at| at.millis().to_string()),
                i: body(offer)?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let rows = crate::codec::write(&rows)?;
    tx.exec_all(INSERT_ALL, params![rows, request], offers.len())
}

/// Writes where an offer stands.
pub(crate) fn update(tx: &mut Tx<'_>, offer: &Offer, now: Instant) -> Result<(), StoreError> {
    tx.exec_one(
        UPDATE,
        params![
            offer.id,
            offer.status.code(),
            codec::answered_at(offer.status),
            now,
            body(offer)?
        ],
    )
}

/// The same for many offers in one statement: a thousand colleagues are told "pourvu" at once.
pub(crate) fn update_all(
    tx: &mut Tx<'_>,
    offers: &[&Offer],
    now: Instant,
) -> Result<(), StoreError> {
    if let [offer] = offers {
        return update(tx, offer, now);
    }
    if offers.is_empty() {
        return Ok(());
    }
    let rows: Vec<[Option<String>; 4]> = offers
        .iter()
        .map(|offer| {
            let answered = codec::answered_at(offer.status).map(|at| at.millis().to_string());
            let status = offer.status.code().to_owned();
            Ok([
                Some(offer.id.to_string()),
                Some(status),
                answered,
                Some(body(offer)?),
            ])
        })
        .collect::<Result<_, StoreError>>()?;
    let rows = crate::codec::write(&rows)?;
    tx.exec_all(UPDATE_ALL, params![rows, now], offers.len())
}

/// What a professional was asked, newest first. `open_only`: what can still be accepted, lapsed offers of
/// an unfilled request included (R4.5).
pub fn list_for_professional(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    open_only: bool,
    before: Option<OfferId>,
    limit: u32,
) -> Result<Vec<OfferRow>, StoreError> {
    let statement = if open_only {
        OPEN_OF_PROFESSIONAL
    } else {
        OF_PROFESSIONAL
    };
    tx.query(statement, params![professional, before, limit], read)
}

/// Gives an offer the code to answer by SMS from `number`; `false` when a live offer of that number has
/// it already (R7).
pub fn set_sms_code(
    tx: &mut Tx<'_>,
    offer: OfferId,
    number: &str,
    code: &str,
) -> Result<bool, StoreError> {
    let set = tx.attempt(|tx| tx.exec(SET_CODE, params![offer, number, code]));
    match set {
        Ok(count) => Ok(count == 1),
        // Another node gave the same code at the same moment.
        Err(e) if e.is_unique() => Ok(false),
        Err(e) => Err(e),
    }
}

/// Gives many offers their codes at once, each an offer, the phone it is asked on and a code that no
/// other of these has on that phone. Answers those that took theirs; the others stay without one, and
/// all of them when another node gave one of the codes at the same moment.
pub fn set_sms_codes(
    tx: &mut Tx<'_>,
    codes: &[(OfferId, &str, String)],
) -> Result<Vec<OfferId>, StoreError> {
    if codes.is_empty() {
        return Ok(vec![]);
    }
    let rows: Vec<[Option<String>; 4]> = codes
        .iter()
        .map(|(offer, number, code)| {
            let number = (*number).to_owned();
            [
                Some(offer.to_string()),
                Some(number),
                Some(code.clone()),
                None,
            ]
        })
        .collect();
    let rows = crate::codec::write(&rows)?;
    match tx.attempt(|tx| tx.query(SET_CODES, params![rows], |r| r.id(0))) {
        Err(e) if e.is_unique() => Ok(vec![]),
        done => done,
    }
}

/// The code an offer was given.
pub fn find_sms_code(tx: &mut Tx<'_>, offer: OfferId) -> Result<Option<String>, StoreError> {
    Ok(tx
        .query_opt(CODE_OF, params![offer], |r| r.opt_text("sms_code"))?
        .flatten())
}

/// The codes that the offers of a request were given.
pub fn list_sms_codes(
    tx: &mut Tx<'_>,
    request: RequestId,
) -> Result<BTreeMap<OfferId, String>, StoreError> {
    let rows = tx.query(CODES_OF_REQUEST, params![request], |r| {
        Ok((r.id("id")?, r.text("sms_code")?))
    })?;
    Ok(rows.into_iter().collect())
}

/// The live offer a code names on a phone, of somebody who is still reached on it.
pub fn find_open_by_code(
    tx: &mut Tx<'_>,
    number: &str,
    code: &str,
) -> Result<Option<OfferRow>, StoreError> {
    tx.query_opt(OPEN_BY_CODE, params![number, code], read)
}

/// The last offer a code named on a phone, whatever became of it: to answer "déjà pris à …". Of somebody who
/// is still reached on it.
pub fn find_last_by_code(
    tx: &mut Tx<'_>,
    number: &str,
    code: &str,
) -> Result<Option<OfferRow>, StoreError> {
    tx.query_opt(LAST_BY_CODE, params![number, code], read)
}

/// The live offers of a phone that have a code, newest first, of those who are still reached on it.
pub fn list_open_by_number(tx: &mut Tx<'_>, number: &str) -> Result<Vec<OfferRow>, StoreError> {
    tx.query(OPEN_BY_NUMBER, params![number], read)
}

/// Keeps what is asked of these people, and what they accepted, to this transaction until it ends: another one that
/// counts it waits, and counts what this one asked. In the order of their ids; before any journal's head.
pub fn hold_loads(tx: &mut Tx<'_>, people: &[ProfessionalId]) -> Result<(), StoreError> {
    if people.is_empty() {
        return Ok(());
    }
    let row = |id: &ProfessionalId| [Some(id.to_string()), None, None, None];
    let rows: Vec<[Option<String>; 4]> = people.iter().map(row).collect();
    let rows = crate::codec::write(&rows)?;
    tx.takes(Turn::Professionals);
    tx.query(HOLD, params![rows], |_| Ok(())).map(drop)
}

/// What was lately asked of the members of some networks: solicitations since `day_start` and after
/// `hour_start` (an hour old counts no more), the last acceptance of the last 30 days, and the
/// acceptances since each person said "encore N patients" (`encores`); one that was called off
/// afterwards is none. Whoever was asked nothing and
/// accepted nothing is not in the answer.
pub fn loads(
    tx: &mut Tx<'_>,
    networks: &[NetworkId],
    day_start: Instant,
    hour_start: Instant,
    encores: &BTreeMap<ProfessionalId, Instant>,
) -> Result<BTreeMap<ProfessionalId, Load>, StoreError> {
    let mut out: BTreeMap<ProfessionalId, Load> = BTreeMap::new();
    let first = day_start.min(hour_start);
    let accepted_since = day_start - LONGEST_REST;
    for network in networks {
        let asked = tx.query(
            ASKED,
            params![*network, day_start, hour_start, first],
            |r| {
                let load = Load {
                    asked_today: r.small("today")?,
                    asked_last_hour: r.small("hour")?,
                    first_of_hour: r.opt_instant("first")?,
                    ..Load::default()
                };
                Ok((r.id("id")?, load))
            },
        )?;
        let accepted = tx.query(ACCEPTED, params![*network, accepted_since], |r| {
            Ok((r.id("id")?, r.instant("answered_at")?))
        })?;
        // Somebody may be a member of several networks: each answer about them is the same.
        let mut of_network: BTreeMap<ProfessionalId, Load> = asked.into_iter().collect();
        for (professional, at) in accepted {
            let load = of_network.entry(professional).or_default();
            load.accepted_at = load.accepted_at.max(Some(at));
            if encores.get(&professional).is_some_and(|since| *since <= at) {
                load.accepted_since_encore = load.accepted_since_encore.saturating_add(1);
            }
        }
        out.extend(of_network);
    }
    Ok(out)
}

/// How many requests somebody took since a moment; one that was called off afterwards is none.
pub fn count_accepted(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    since: Instant,
) -> Result<u32, StoreError> {
    tx.query_one(ACCEPTED_BY, params![professional, since], |r| r.small(0))
}

/// How far back acceptances are looked for: longer than any rest period in minutes fits a day's use.
const LONGEST_REST: Duration = Duration::hours(24 * 30);
