//! Verdicts: who was considered for a request, in which round and stage, and every reason (R5).
//! Refuses to forget that somebody was found eligible: a later judgement of the same stage adds, it does not erase.

use std::collections::BTreeMap;

use relais_core::ids::RequestId;
use relais_core::matching::{self, Verdict};
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

sql! { "verdicts";
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
