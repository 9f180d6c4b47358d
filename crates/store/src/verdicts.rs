//! Verdicts: who was considered for a request, in which round and stage, and every reason (R5).
//! Refuses to forget that somebody was found eligible: a later judgement of the same stage adds, it does not erase.

use std::collections::BTreeMap;

use relais_core::ids::{NetworkId, ProfessionalId, RequestId};
use relais_core::matching::{self, Verdict};
use relais_core::people::Profession;
use relais_core::request::Stage;
use relais_core::time::Instant;

use crate::codec::verdict as codec;
use crate::db::Tx;
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// The verdicts of one stage of one round: the round, the stage, when matching was last made for it,
/// everybody considered (eligible first, nearest first).
pub type Judged = (u16, Stage, Instant, Vec<Verdict>);

/// What was found about one person for one request, when it was opened beyond its usual professionals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Considered {
    /// Which request.
    pub request: RequestId,
    /// They were asked, at any stage.
    pub asked: bool,
    /// When the matching was last made.
    pub at: Instant,
    /// What it found; `None` when they were not among those considered.
    pub verdict: Option<Verdict>,
}

sql! { "verdicts";
    OF_PERSON = "SELECT v.request AS id, v.evaluated_at, \
                 SUBSTR(v.body, {strpos}(v.body, CAST($6 AS TEXT)), 4000) AS body, CAST(CASE WHEN EXISTS (SELECT 1 FROM offers o \
                 WHERE o.request = r.id AND o.professional = $3) THEN 1 ELSE 0 END AS BIGINT) AS asked \
                 FROM requests r JOIN verdicts v ON v.request = r.id \
                 WHERE r.network = $1 AND r.profession = $2 AND r.updated_at >= $4 AND r.raised_at >= $4 \
                 AND (r.requester_professional IS NULL OR r.requester_professional <> $3) \
                 AND v.stage <> 'usual' ORDER BY r.id DESC, v.round DESC, v.evaluated_at DESC, v.stage DESC LIMIT $5";
    LIST = "SELECT request AS id, round, stage, evaluated_at, body FROM verdicts WHERE request = $1 \
            ORDER BY round, evaluated_at, stage";
    ONE = "SELECT request AS id, body FROM verdicts WHERE request = $1 AND round = $2 AND stage = $3 {for_update}";
    SET = "INSERT INTO verdicts (request, round, stage, evaluated_at, body) VALUES ($1, $2, $3, $4, $5) \
           ON CONFLICT (request, round, stage) DO UPDATE SET evaluated_at = excluded.evaluated_at, \
           body = excluded.body";
}

/// Adds verdicts to a stage. Somebody already found eligible there stays so; anybody else gets the newer
/// verdict.
pub fn merge(
    tx: &mut Tx<'_>,
    request: RequestId,
    round: u16,
    stage: Stage,
    at: Instant,
    new: &[Verdict],
) -> Result<(), StoreError> {
    let known = tx.query_opt(ONE, params![request, round, stage.code()], |r| {
        codec::decode(r.str("body")?).map_err(|e| e.at("verdicts", "body", request))
    })?;
    let known = known.unwrap_or_default().into_iter();
    let mut merged: BTreeMap<_, _> = known.map(|v| (v.professional, v)).collect();
    for verdict in new {
        let held = merged.get(&verdict.professional);
        if !held.is_some_and(Verdict::asked) {
            merged.insert(verdict.professional, verdict.clone());
        }
    }
    let mut merged: Vec<Verdict> = merged.into_values().collect();
    matching::rank(&mut merged);
    tx.exec_one(
        SET,
        params![request, round, stage.code(), at, codec::encode(&merged)?],
    )
}

/// Every verdict of a request, by round and in the order the stages were judged.
pub fn list(tx: &mut Tx<'_>, request: RequestId) -> Result<Vec<Judged>, StoreError> {
    tx.query(LIST, params![request], |r| {
        let verdicts =
            codec::decode(r.str("body")?).map_err(|e| e.at("verdicts", "body", request))?;
        let stage = r.parsed("stage", Stage::from_code)?;
        Ok((
            r.small("round")?,
            stage,
            r.instant("evaluated_at")?,
            verdicts,
        ))
    })
}

/// What was found about one person for the requests of a network and a profession raised since a moment, but those they
/// raised themselves: the last matching of each, newest request first; and whether there were more than `limit` matchings
/// to read.
pub fn list_for_person(
    tx: &mut Tx<'_>,
    network: NetworkId,
    profession: Profession,
    professional: ProfessionalId,
    since: Instant,
    limit: u32,
) -> Result<(Vec<Considered>, bool), StoreError> {
    let begins = codec::beginning(professional);
    let asked = params![
        network,
        profession.code(),
        professional,
        since,
        limit,
        begins
    ];
    let rows = tx.query(OF_PERSON, asked, |r| {
        let request: RequestId = r.id("id")?;
        let verdict = codec::find(r.str("body")?, professional)
            .map_err(|e| e.at("verdicts", "body", request))?;
        Ok(Considered {
            request,
            asked: r.flag("asked")?,
            at: r.instant("evaluated_at")?,
            verdict,
        })
    })?;
    let more = u32::try_from(rows.len()).is_ok_and(|read| read >= limit);
    let mut last: Vec<Considered> = Vec::new();
    for row in rows {
        match last.last_mut().filter(|held| held.request == row.request) {
            // A round opened to neighbours only considers others: the community's matching speaks of them.
            Some(held) if held.verdict.is_none() => *held = row,
            Some(_) => {}
            None => last.push(row),
        }
    }
    Ok((last, more))
}
