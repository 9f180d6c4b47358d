//! What was asked of professionals and what came of it, counted over offers and their requests (R5, R11). Owns the one
//! definition of each figure; refuses patients: counts and durations come out, nothing about anybody.
//!
//! Every figure is of *requests*, however many times one was put to the same person, and of those put to them between
//! two moments; so each is a part of the one above it.

use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::people::Lately;
use relais_core::time::{Duration, Instant};
use std::collections::BTreeMap;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// What was asked of somebody, and what they made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Requests put to them.
    pub asked: u32,
    /// Of those asked: answered, with a yes or a no.
    pub answered: u32,
    /// Of those asked: taken on, and not given back.
    pub taken: u32,
    /// Of those asked: taken on, then given back (R4.8).
    pub given_back: u32,
    /// Of those taken: closed as seen.
    pub seen: u32,
    /// Of those taken: the patient did not come, or was not at home.
    pub no_show: u32,
    /// Of those taken: not ended yet.
    pub under_way: u32,
}

/// What passed between somebody and their colleagues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Of those taken: the patient had not declared them.
    pub received: u32,
    /// Of those received: raised by another professional.
    pub received_from_colleague: u32,
    /// Requests they raised.
    pub raised: u32,
    /// Of those raised: another professional has, or had, the patient.
    pub raised_taken: u32,
    /// Requests put to them as the patient's usual professional, and raised by somebody else.
    pub usual_asked: u32,
    /// Of those: another professional has, or had, the patient.
    pub usual_elsewhere: u32,
}

/// How long somebody took to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Median {
    /// Half of the answers came sooner.
    pub took: Duration,
    /// Of how many answers.
    pub answers: u32,
}

/// A yes that was given back: its answer is no longer a column, only in the body (`codec::offer`).
macro_rules! given_back {
    () => {
        "(o.status = 'withdrawn' AND o.body LIKE '%\"withdrawn\":\"released\"%')"
    };
}
macro_rules! requests_where {
    ($which:expr, $name:literal) => {
        concat!(
            "COUNT(DISTINCT CASE WHEN ",
            $which,
            " THEN o.request END) AS ",
            $name
        )
    };
}
/// The columns of a [`Tally`], over offers `o` and their requests `r`.
macro_rules! tally {
    () => {
        concat!(
            "COUNT(DISTINCT o.request) AS asked, ",
            requests_where!(
                concat!("o.status IN ('accepted', 'refused') OR ", given_back!()),
                "answered, "
            ),
            requests_where!("o.status = 'accepted'", "taken, "),
            requests_where!(given_back!(), "given_back, "),
            requests_where!("o.status = 'accepted' AND r.closure = 'seen'", "seen, "),
            requests_where!(
                "o.status = 'accepted' AND r.closure IN ('no-show', 'not-at-home')",
                "no_show, "
            ),
            requests_where!(
                "o.status = 'accepted' AND r.status IN ('accepted', 'scheduled')",
                "under_way "
            )
        )
    };
}

sql! { "offers";
    TALLY = concat!("SELECT ", tally!(), "FROM offers o JOIN requests r ON r.id = o.request \
             WHERE o.professional = $1 AND o.asked_at >= $2 AND o.asked_at < $3");
    BY_MEMBER = concat!("SELECT o.professional AS id, ", tally!(), "FROM memberships m \
                 JOIN offers o ON o.professional = m.professional AND o.asked_at >= $2 AND o.asked_at < $3 \
                 JOIN requests r ON r.id = o.request \
                 WHERE m.network = $1 AND o.network = $1 GROUP BY o.professional");
    BALANCE = concat!("SELECT ",
        requests_where!("o.status = 'accepted' AND o.body LIKE '%\"usual\":false%'", "received, "),
        requests_where!("o.status = 'accepted' AND o.body LIKE '%\"usual\":false%' \
                         AND r.requester_professional <> o.professional", "from_colleague, "),
        requests_where!("o.body LIKE '%\"usual\":true%' AND (r.requester_professional IS NULL \
                         OR r.requester_professional <> o.professional)", "usual_asked, "),
        requests_where!("o.body LIKE '%\"usual\":true%' AND (r.requester_professional IS NULL \
                         OR r.requester_professional <> o.professional) \
                         AND r.engaged_professional <> o.professional", "usual_elsewhere "),
        "FROM offers o JOIN requests r ON r.id = o.request \
         WHERE o.professional = $1 AND o.asked_at >= $2 AND o.asked_at < $3");
    LATELY = concat!("SELECT o.professional AS id, COUNT(*) AS asked, \
              COUNT(CASE WHEN o.status IN ('accepted', 'refused', 'lapsed') OR ", given_back!(), " THEN 1 END) AS settled, \
              COUNT(CASE WHEN o.status IN ('accepted', 'refused') OR ", given_back!(), " THEN 1 END) AS answered \
              FROM offers o WHERE o.asked_at >= $2 AND o.professional IN (SELECT m.professional FROM memberships m \
              WHERE m.network = $1) GROUP BY o.professional");
    RAISED = "SELECT COUNT(*) AS raised, COUNT(CASE WHEN engaged_professional <> $1 THEN 1 END) AS taken \
              FROM requests WHERE requester_professional = $1 AND raised_at >= $2 AND raised_at < $3";
    MEDIAN = "SELECT (MIN(took) + MAX(took)) / 2 AS took, MIN(answers) AS answers FROM \
              (SELECT answered_at - asked_at AS took, \
              ROW_NUMBER() OVER (ORDER BY answered_at - asked_at, id) AS place, COUNT(*) OVER () AS answers \
              FROM offers WHERE professional = $1 AND asked_at >= $2 AND asked_at < $3 AND answered_at IS NOT NULL) AS answered \
              WHERE place IN ((answers + 1) / 2, (answers + 2) / 2)";
}

fn read_tally(row: &Row<'_>) -> Result<Tally, StoreError> {
    Ok(Tally {
        asked: row.small("asked")?,
        answered: row.small("answered")?,
        taken: row.small("taken")?,
        given_back: row.small("given_back")?,
        seen: row.small("seen")?,
        no_show: row.small("no_show")?,
        under_way: row.small("under_way")?,
    })
}

/// What was asked of somebody between two moments, the second not included.
pub fn tally(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    from: Instant,
    until: Instant,
) -> Result<Tally, StoreError> {
    tx.query_one(TALLY, params![professional, from, until], read_tally)
}

/// What was put through a network to each of its members between two moments, the second not included. Whoever was asked
/// nothing is not in the answer.
pub fn by_member(
    tx: &mut Tx<'_>,
    network: NetworkId,
    from: Instant,
    until: Instant,
) -> Result<BTreeMap<ProfessionalId, Tally>, StoreError> {
    let rows = tx.query(BY_MEMBER, params![network, from, until], |row| {
        Ok((row.id("id")?, read_tally(row)?))
    })?;
    Ok(rows.into_iter().collect())
}

/// What passed between somebody and their colleagues between two moments, the second not included.
pub fn balance(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    from: Instant,
    until: Instant,
) -> Result<Balance, StoreError> {
    let span = || params![professional, from, until].to_vec();
    let (raised, raised_taken) = tx.query_one(RAISED, &span(), |row| {
        Ok((row.small("raised")?, row.small("taken")?))
    })?;
    tx.query_one(BALANCE, &span(), |row| {
        Ok(Balance {
            received: row.small("received")?,
            received_from_colleague: row.small("from_colleague")?,
            raised,
            raised_taken,
            usual_asked: row.small("usual_asked")?,
            usual_elsewhere: row.small("usual_elsewhere")?,
        })
    })
}

/// How long somebody took to answer what was put to them between two moments; `None` when they answered nothing.
/// A yes given back since is not among them: its moment is not kept.
pub fn median_answer(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    from: Instant,
    until: Instant,
) -> Result<Option<Median>, StoreError> {
    tx.query_one(MEDIAN, params![professional, from, until], |row| {
        let Some(took) = row.opt_int("took")? else {
            return Ok(None);
        };
        Ok(Some(Median {
            took: Duration::millis(took),
            answers: row.small("answers")?,
        }))
    })
}

/// What was put to each member of a network since a moment, through whichever network, and what came of it: whose turn
/// it is in a wave (R4.3). Whoever was asked nothing is not in the answer.
pub fn lately(
    tx: &mut Tx<'_>,
    network: NetworkId,
    since: Instant,
) -> Result<BTreeMap<ProfessionalId, Lately>, StoreError> {
    let capped = |row: &Row<'_>, column: &'static str| -> Result<u16, StoreError> {
        Ok(u16::try_from(row.int(column)?).unwrap_or(u16::MAX))
    };
    let rows = tx.query(LATELY, params![network, since], |row| {
        let lately = Lately {
            asked: capped(row, "asked")?,
            settled: capped(row, "settled")?,
            answered: capped(row, "answered")?,
        };
        Ok((row.id("id")?, lately))
    })?;
    Ok(rows.into_iter().collect())
}
