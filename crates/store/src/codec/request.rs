//! Stored form of a request: the `state` column. What has a column of its own (id, network, instants of
//! the row) is not repeated; offers are rows.

use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, ProfessionalId, RequestId, UserId};
use relais_core::people::{Mode, Profession};
use relais_core::request::{
    Age, Contacted, Moment, Need, Offer, Origin, PatientFacts, Per, RedFlags, Request, Requester,
    Series, Sex, StandIn, Usual, UsualDoctor,
};
use relais_core::slug::Slug;
use relais_core::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::phase::PhaseDto;
use super::policy::PolicyDto;
use super::{Coded, Id, Ms, PointDto, V, Wrong, point_in, point_out};
use crate::error::StoreError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateDto {
    v: u8,
    requester: RequesterDto,
    origin: Coded<Origin>,
    need: NeedDto,
    patient: FactsDto,
    usual: UsualDto,
    red_flags: Coded<RedFlags>,
    consent_synthesis: bool,
    window_minutes: Option<u16>,
    care_deadline: Ms,
    policy: PolicyDto,
    round: u16,
    phase: PhaseDto,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RequesterDto {
    Staff(Id<UserId>),
    Professional(Id<ProfessionalId>, Id<UserId>),
    Partner(Id<UserId>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NeedDto {
    profession: Coded<Profession>,
    specialty: Option<Coded<Slug>>,
    care: Coded<Slug>,
    mode: Coded<Mode>,
    within_hours: u8,
    motives: Vec<Coded<Slug>>,
    comment: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    series: Option<SeriesDto>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    cooperations: BTreeSet<Coded<Slug>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeriesDto {
    times: u8,
    per: Coded<Per>,
    days: u16,
    at: Vec<Coded<Moment>>,
}

impl From<&Series> for SeriesDto {
    fn from(s: &Series) -> SeriesDto {
        SeriesDto {
            times: s.times,
            per: Coded(s.per),
            days: s.days,
            at: s.at.iter().copied().map(Coded).collect(),
        }
    }
}

impl From<SeriesDto> for Series {
    fn from(s: SeriesDto) -> Series {
        Series {
            times: s.times,
            per: s.per.0,
            days: s.days,
            at: s.at.into_iter().map(|moment| moment.0).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsDto {
    years: u8,
    months: u16,
    sex: Coded<Sex>,
    commune: Coded<Insee>,
    point: Option<PointDto>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UsualDto {
    doctor: Coded<UsualDoctor>,
    professionals: Vec<Id<ProfessionalId>>,
    outside: bool,
    contacted: Coded<Contacted>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stand_ins: Vec<StandInDto>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandInDto {
    locum: Id<ProfessionalId>,
    of: Id<ProfessionalId>,
    until: Ms,
}

impl From<&Need> for NeedDto {
    fn from(n: &Need) -> NeedDto {
        NeedDto {
            profession: Coded(n.profession),
            specialty: n.specialty.clone().map(Coded),
            care: Coded(n.care.clone()),
            mode: Coded(n.mode),
            within_hours: n.within_hours,
            motives: n.motives.iter().cloned().map(Coded).collect(),
            comment: n.comment.clone(),
            series: n.series.as_ref().map(SeriesDto::from),
            cooperations: n.cooperations.iter().cloned().map(Coded).collect(),
        }
    }
}

impl From<NeedDto> for Need {
    fn from(n: NeedDto) -> Need {
        Need {
            profession: n.profession.0,
            specialty: n.specialty.map(|s| s.0),
            care: n.care.0,
            mode: n.mode.0,
            within_hours: n.within_hours,
            motives: n.motives.into_iter().map(|m| m.0).collect(),
            comment: n.comment,
            series: n.series.map(Series::from),
            cooperations: n.cooperations.into_iter().map(|code| code.0).collect(),
        }
    }
}

/// Writes the `state` column.
pub fn encode(request: &Request) -> Result<String, StoreError> {
    super::write(&StateDto {
        v: V,
        requester: match request.requester {
            Requester::Staff(user) => RequesterDto::Staff(Id(user)),
            Requester::Professional(id, user) => RequesterDto::Professional(Id(id), Id(user)),
            Requester::Partner(user) => RequesterDto::Partner(Id(user)),
        },
        origin: Coded(request.origin),
        need: (&request.need).into(),
        patient: FactsDto {
            years: request.patient.age.years,
            months: request.patient.age.months,
            sex: Coded(request.patient.sex),
            commune: Coded(request.patient.commune),
            point: request.patient.point.map(point_in),
        },
        usual: UsualDto {
            doctor: Coded(request.usual.doctor),
            professionals: request
                .usual
                .professionals
                .iter()
                .copied()
                .map(Id)
                .collect(),
            outside: request.usual.outside,
            contacted: Coded(request.usual.contacted),
            stand_ins: request
                .usual
                .stand_ins
                .iter()
                .map(|one| StandInDto {
                    locum: Id(one.locum),
                    of: Id(one.of),
                    until: Ms(one.until),
                })
                .collect(),
        },
        red_flags: Coded(request.red_flags),
        consent_synthesis: request.consent_synthesis,
        window_minutes: request.window_minutes,
        care_deadline: Ms(request.care_deadline),
        policy: (&request.policy).into(),
        round: request.round,
        phase: (&request.phase).into(),
    })
}

/// Reads the `state` column, with what has columns of its own.
pub fn decode(
    state: &str,
    id: RequestId,
    network: NetworkId,
    raised_at: Instant,
    offers: Vec<Offer>,
) -> Result<Request, Wrong> {
    let s: StateDto = super::read(state)?;
    let need = Need::from(s.need);
    need.check()
        .map_err(|_| Wrong("a need outside the rules"))?;
    Ok(Request {
        id,
        network,
        requester: match s.requester {
            RequesterDto::Staff(user) => Requester::Staff(user.0),
            RequesterDto::Professional(id, user) => Requester::Professional(id.0, user.0),
            RequesterDto::Partner(user) => Requester::Partner(user.0),
        },
        origin: s.origin.0,
        need,
        patient: PatientFacts {
            age: Age {
                years: s.patient.years,
                months: s.patient.months,
            },
            sex: s.patient.sex.0,
            commune: s.patient.commune.0,
            point: s.patient.point.map(point_out),
        },
        usual: Usual {
            doctor: s.usual.doctor.0,
            professionals: s.usual.professionals.into_iter().map(|p| p.0).collect(),
            outside: s.usual.outside,
            contacted: s.usual.contacted.0,
            stand_ins: s
                .usual
                .stand_ins
                .into_iter()
                .map(|one| StandIn {
                    locum: one.locum.0,
                    of: one.of.0,
                    until: one.until.0,
                })
                .collect(),
        },
        red_flags: s.red_flags.0,
        consent_synthesis: s.consent_synthesis,
        window_minutes: s.window_minutes,
        raised_at,
        care_deadline: s.care_deadline.0,
        policy: s.policy.into(),
        round: s.round,
        offers,
        phase: s.phase.into(),
    })
}
