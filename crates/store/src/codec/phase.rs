//! Stored form of a [`Phase`]: one variant per phase, with its facts and no others.

use relais_core::ids::{OfferId, ProfessionalId, UserId};
use relais_core::request::{
    Appointment, Asking, CancelledBy, Closure, Ending, Engagement, Paused, Phase, Stage, Unfilled,
    UnfilledReason,
};
use serde::{Deserialize, Serialize};

use super::{Coded, Id, Ms};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum PhaseDto {
    ToQualify {
        since: Ms,
        remind_at: Ms,
    },
    Asking(AskingDto),
    Paused {
        since: Ms,
        by: Id<UserId>,
        until: Ms,
        asking: AskingDto,
    },
    Unfilled {
        since: Ms,
        why: Coded<UnfilledReason>,
        owner: Option<Id<UserId>>,
        remind_at: Ms,
    },
    Engaged {
        offer: Id<OfferId>,
        professional: Id<ProfessionalId>,
        supervisor: Option<Id<ProfessionalId>>,
        at: Ms,
        appointment: AppointmentDto,
        deadline: Ms,
        due_at: Option<Ms>,
        reminders: u8,
    },
    Closed {
        at: Ms,
        by: Id<UserId>,
        closure: Coded<Closure>,
        by_accepter: Option<Id<ProfessionalId>>,
    },
    Cancelled {
        at: Ms,
        by: Id<UserId>,
        who: Coded<CancelledBy>,
    },
    #[serde(rename = "transferred-15")]
    Transferred15 {
        at: Ms,
        by: Id<UserId>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskingDto {
    stage: Coded<Stage>,
    started_at: Ms,
    stage_opened_at: Ms,
    stage_until: Ms,
    deadline: Ms,
    next_wave_at: Option<Ms>,
    recheck_at: Option<Ms>,
    promise_at: Option<Ms>,
}

/// Also the form appointments take in messages and the journal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AppointmentDto {
    At(Ms),
    Between(Ms, Ms),
    Call(Option<Ms>),
    ToBeSet,
}

impl From<Appointment> for AppointmentDto {
    fn from(a: Appointment) -> AppointmentDto {
        match a {
            Appointment::At(at) => AppointmentDto::At(Ms(at)),
            Appointment::Between(from, until) => AppointmentDto::Between(Ms(from), Ms(until)),
            Appointment::Call(before) => AppointmentDto::Call(before.map(Ms)),
            Appointment::ToBeSet => AppointmentDto::ToBeSet,
        }
    }
}

impl From<AppointmentDto> for Appointment {
    fn from(a: AppointmentDto) -> Appointment {
        match a {
            AppointmentDto::At(at) => Appointment::At(at.0),
            AppointmentDto::Between(from, until) => Appointment::Between(from.0, until.0),
            AppointmentDto::Call(before) => Appointment::Call(before.map(|m| m.0)),
            AppointmentDto::ToBeSet => Appointment::ToBeSet,
        }
    }
}

impl From<&Asking> for AskingDto {
    fn from(a: &Asking) -> AskingDto {
        AskingDto {
            stage: Coded(a.stage),
            started_at: Ms(a.started_at),
            stage_opened_at: Ms(a.stage_opened_at),
            stage_until: Ms(a.stage_until),
            deadline: Ms(a.deadline),
            next_wave_at: a.next_wave_at.map(Ms),
            recheck_at: a.recheck_at.map(Ms),
            promise_at: a.promise_at.map(Ms),
        }
    }
}

impl From<AskingDto> for Asking {
    fn from(a: AskingDto) -> Asking {
        Asking {
            stage: a.stage.0,
            started_at: a.started_at.0,
            stage_opened_at: a.stage_opened_at.0,
            stage_until: a.stage_until.0,
            deadline: a.deadline.0,
            next_wave_at: a.next_wave_at.map(|m| m.0),
            recheck_at: a.recheck_at.map(|m| m.0),
            promise_at: a.promise_at.map(|m| m.0),
        }
    }
}

impl From<&Phase> for PhaseDto {
    fn from(phase: &Phase) -> PhaseDto {
        match phase {
            Phase::ToQualify { since, remind_at } => PhaseDto::ToQualify {
                since: Ms(*since),
                remind_at: Ms(*remind_at),
            },
            Phase::Asking(asking) => PhaseDto::Asking(asking.into()),
            Phase::Paused(p) => PhaseDto::Paused {
                since: Ms(p.since),
                by: Id(p.by),
                until: Ms(p.until),
                asking: (&p.asking).into(),
            },
            Phase::Unfilled(u) => PhaseDto::Unfilled {
                since: Ms(u.since),
                why: Coded(u.why),
                owner: u.owner.map(Id),
                remind_at: Ms(u.remind_at),
            },
            Phase::Engaged(e) => PhaseDto::Engaged {
                offer: Id(e.offer),
                professional: Id(e.professional),
                supervisor: e.supervisor.map(Id),
                at: Ms(e.at),
                appointment: e.appointment.into(),
                deadline: Ms(e.deadline),
                due_at: e.due_at.map(Ms),
                reminders: e.reminders,
            },
            Phase::Ended(Ending::Closed {
                at,
                by,
                closure,
                by_accepter,
            }) => PhaseDto::Closed {
                at: Ms(*at),
                by: Id(*by),
                closure: Coded(*closure),
                by_accepter: by_accepter.map(Id),
            },
            Phase::Ended(Ending::Cancelled { at, by, who }) => PhaseDto::Cancelled {
                at: Ms(*at),
                by: Id(*by),
                who: Coded(*who),
            },
            Phase::Ended(Ending::Transferred15 { at, by }) => PhaseDto::Transferred15 {
                at: Ms(*at),
                by: Id(*by),
            },
        }
    }
}

impl From<PhaseDto> for Phase {
    fn from(phase: PhaseDto) -> Phase {
        match phase {
            PhaseDto::ToQualify { since, remind_at } => Phase::ToQualify {
                since: since.0,
                remind_at: remind_at.0,
            },
            PhaseDto::Asking(asking) => Phase::Asking(asking.into()),
            PhaseDto::Paused {
                since,
                by,
                until,
                asking,
            } => Phase::Paused(Paused {
                since: since.0,
                by: by.0,
                until: until.0,
                asking: asking.into(),
            }),
            PhaseDto::Unfilled {
                since,
                why,
                owner,
                remind_at,
            } => Phase::Unfilled(Unfilled {
                since: since.0,
                why: why.0,
                owner: owner.map(|o| o.0),
                remind_at: remind_at.0,
            }),
            PhaseDto::Engaged {
                offer,
                professional,
                supervisor,
                at,
                appointment,
                deadline,
                due_at,
                reminders,
            } => Phase::Engaged(Engagement {
                offer: offer.0,
                professional: professional.0,
                supervisor: supervisor.map(|s| s.0),
                at: at.0,
                appointment: appointment.into(),
                deadline: deadline.0,
                due_at: due_at.map(|m| m.0),
                reminders,
            }),
            PhaseDto::Closed {
                at,
                by,
                closure,
                by_accepter,
            } => Phase::Ended(Ending::Closed {
                at: at.0,
                by: by.0,
                closure: closure.0,
                by_accepter: by_accepter.map(|p| p.0),
            }),
            PhaseDto::Cancelled { at, by, who } => Phase::Ended(Ending::Cancelled {
                at: at.0,
                by: by.0,
                who: who.0,
            }),
            PhaseDto::Transferred15 { at, by } => {
                Phase::Ended(Ending::Transferred15 { at: at.0, by: by.0 })
            }
        }
    }
}
