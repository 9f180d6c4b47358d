//! Stored form of verdicts: one row per request, round and stage. A test that passed without a measure is
//! not written: every test is always made, so it is put back in its place when read.

use relais_core::ids::ProfessionalId;
use relais_core::matching::{Finding, Measure, Test, Verdict};
use serde::{Deserialize, Serialize};

use super::{Coded, Id, Ms, V, Wrong};
use crate::error::StoreError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyDto {
    v: u8,
    verdicts: Vec<VerdictDto>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerdictDto {
    p: Id<ProfessionalId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    m: Option<u32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    f: Vec<(Coded<Test>, bool, MeasureDto)>,
}

#[derive(Serialize, Deserialize)]
enum MeasureDto {
    #[serde(rename = "-")]
    None,
    #[serde(rename = "d")]
    Distance(u32, Option<u32>),
    #[serde(rename = "c")]
    Count(u16, u16),
    #[serde(rename = "u")]
    Until(Ms),
    #[serde(rename = "a")]
    Away(Ms),
    #[serde(rename = "h")]
    Holiday(Ms),
}

/// Writes the `body` column.
pub fn encode(verdicts: &[Verdict]) -> Result<String, StoreError> {
    let verdicts = verdicts
        .iter()
        .map(|verdict| VerdictDto {
            p: Id(verdict.professional),
            m: verdict.distance_m,
            f: verdict
                .findings
                .iter()
                .filter(|f| !f.ok || f.measure != Measure::None)
                .map(|f| (Coded(f.test), f.ok, measure_in(f.measure)))
                .collect(),
        })
        .collect();
    super::write(&BodyDto { v: V, verdicts })
}

fn measure_in(measure: Measure) -> MeasureDto {
    match measure {
        Measure::None => MeasureDto::None,
        Measure::Distance { metres, limit } => MeasureDto::Distance(metres, limit),
        Measure::Count { count, maximum } => MeasureDto::Count(count, maximum),
        Measure::Until(at) => MeasureDto::Until(Ms(at)),
        Measure::Away(at) => MeasureDto::Away(Ms(at)),
        Measure::Holiday(at) => MeasureDto::Holiday(Ms(at)),
    }
}

fn measure_out(measure: MeasureDto) -> Measure {
    match measure {
        MeasureDto::None => Measure::None,
        MeasureDto::Distance(metres, limit) => Measure::Distance { metres, limit },
        MeasureDto::Count(count, maximum) => Measure::Count { count, maximum },
        MeasureDto::Until(at) => Measure::Until(at.0),
        MeasureDto::Away(at) => Measure::Away(at.0),
        MeasureDto::Holiday(at) => Measure::Holiday(at.0),
    }
}

/// Reads the `body` column; every verdict has every test, in the order of R5.
pub fn decode(body: &str) -> Result<Vec<Verdict>, Wrong> {
    let body: BodyDto = super::read(body)?;
    Ok(body.verdicts.into_iter().map(verdict_out).collect())
}

/// How the verdict about somebody begins in a body. All of a verdict is within a quarter of the 4,000 characters that
/// statements cut after it.
pub fn beginning(professional: ProfessionalId) -> String {
    format!("{{\"p\":\"{professional}\"")
}

/// The verdict about one person, without reading the others: a wide request considers thousands.
pub fn find(body: &str, professional: ProfessionalId) -> Result<Option<Verdict>, Wrong> {
    let Some(rest) = body
        .find(&beginning(professional))
        .and_then(|place| body.get(place..))
    else {
        return Ok(None);
    };
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<VerdictDto>();
    match values.next() {
        Some(Ok(stored)) => Ok(Some(verdict_out(stored))),
        Some(Err(_)) | None => Err(Wrong("a verdict that does not read")),
    }
}

fn verdict_out(stored: VerdictDto) -> Verdict {
    let mut findings: Vec<Finding> = Test::ALL
        .iter()
        .map(|test| Finding {
            test: *test,
            ok: true,
            measure: Measure::None,
        })
        .collect();
    for (test, ok, measure) in stored.f {
        let place = findings.iter_mut().find(|f| f.test == test.0);
        if let Some(finding) = place {
            *finding = Finding {
                test: test.0,
                ok,
                measure: measure_out(measure),
            };
        }
    }
    Verdict {
        professional: stored.p.0,
        distance_m: stored.m,
        findings,
    }
}
