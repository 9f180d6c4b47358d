//! A request, without identity.

use relais_app::directory::Directory;
use relais_app::reference::motives::Motives;
use relais_core::ids::ProfessionalId;
use relais_core::request::{Appointment, Ending, Need, Phase, Request, Requester};
use serde::Serialize;

use super::{FactsView, Person, at, facts, maybe, network, person};

/// A request as everybody who may see it sees it.
#[derive(Debug, Serialize)]
pub(crate) struct RequestView {
    pub(crate) id: String,
    /// The same id, under the name an offer gives it.
    pub(crate) request: String,
    pub(crate) code: String,
    pub(crate) network: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) status_until: Option<String>,
    pub(crate) closure: Option<&'static str>,
    pub(crate) origin: &'static str,
    pub(crate) requester: RequesterView,
    pub(crate) raised_at: String,
    /// How many photos it has; said when one request is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) photos: Option<usize>,
    pub(crate) care_deadline: String,
    /// When the window of the present round ends.
    pub(crate) deadline: Option<String>,
    pub(crate) window_minutes: Option<u16>,
    pub(crate) round: u16,
    pub(crate) red_flags: &'static str,
    pub(crate) consent_synthesis: bool,
    pub(crate) patient: FactsView,
    pub(crate) usual: UsualView,
    pub(crate) need: NeedView,
    pub(crate) asked: AskedView,
    pub(crate) unfilled: Option<UnfilledView>,
    pub(crate) accepted_by: Option<TakerView>,
    pub(crate) accepted_at: Option<String>,
    pub(crate) appointment: Option<AppointmentView>,
    pub(crate) ended_at: Option<String>,
}

/// Who raised it.
#[derive(Debug, Serialize)]
pub(crate) struct RequesterView {
    /// `staff`, `professional` or `partner`.
    pub(crate) kind: &'static str,
    pub(crate) professional: Option<Person>,
}

/// The usual professionals, as declared.
#[derive(Debug, Serialize)]
pub(crate) struct UsualView {
    pub(crate) doctor: &'static str,
    pub(crate) professionals: Vec<Person>,
    /// One was named whom the directory does not know.
    pub(crate) outside: bool,
    pub(crate) contacted: &'static str,
}

/// What is needed.
#[derive(Debug, Serialize)]
pub(crate) struct NeedView {
    pub(crate) profession: &'static str,
    pub(crate) specialty: Option<String>,
    pub(crate) care_type: String,
    pub(crate) mode: &'static str,
    pub(crate) within_hours: u8,
    pub(crate) motives: Vec<MotiveView>,
    pub(crate) comment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) series: Option<SeriesView>,
    /// Cooperation protocols of which one is asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) cooperations: Vec<String>,
}

/// How a care repeats.
#[derive(Debug, Serialize)]
pub(crate) struct SeriesView {
    pub(crate) times: u8,
    pub(crate) per: &'static str,
    pub(crate) days: u16,
    pub(crate) at: Vec<&'static str>,
}

/// A motive.
#[derive(Debug, Serialize)]
pub(crate) struct MotiveView {
    pub(crate) code: String,
    pub(crate) label: String,
}

/// How many were asked, and how many may still answer.
#[derive(Debug, Serialize)]
pub(crate) struct AskedView {
    pub(crate) total: usize,
    pub(crate) open: usize,
}

/// Why nobody has it yet, and who sees to it.
#[derive(Debug, Serialize)]
pub(crate) struct UnfilledView {
    pub(crate) reason: &'static str,
    pub(crate) since: String,
    /// The account that took it in hand.
    pub(crate) owner: Option<String>,
}

/// The professional who has the patient, and the number given to the patient: never the one that
/// alerts ring on.
#[derive(Debug, Serialize)]
pub(crate) struct TakerView {
    #[serde(flatten)]
    pub(crate) person: Person,
    pub(crate) contact_number: Option<String>,
}

/// When and how the patient is seen.
#[derive(Debug, Serialize)]
pub(crate) struct AppointmentView {
    pub(crate) mode: &'static str,
    pub(crate) at: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) before: Option<String>,
}

/// An appointment.
pub(crate) fn appointment(value: Appointment) -> AppointmentView {
    let mut view = AppointmentView {
        mode: value.code(),
        at: None,
        from: None,
        until: None,
        before: None,
    };
    match value {
        Appointment::At(moment) => view.at = Some(at(moment)),
        Appointment::Between(from, until) => {
            view.from = Some(at(from));
            view.until = Some(at(until));
        }
        Appointment::Call(before) => view.before = maybe(before),
        Appointment::ToBeSet => {}
    }
    view
}

/// A need.
pub(crate) fn need(need: &Need) -> NeedView {
    let motives = Motives::shipped();
    NeedView {
        profession: need.profession.code(),
        specialty: need.specialty.as_ref().map(ToString::to_string),
        care_type: need.care.to_string(),
        mode: need.mode.code(),
        within_hours: need.within_hours,
        motives: need
            .motives
            .iter()
            .map(|code| MotiveView {
                code: code.to_string(),
                label: motives.label(code).to_owned(),
            })
            .collect(),
        comment: need.comment.clone(),
        series: need.series.as_ref().map(|series| SeriesView {
            times: series.times,
            per: series.per.code(),
            days: series.days,
            at: series.at.iter().map(|moment| moment.code()).collect(),
        }),
        cooperations: need.cooperations.iter().map(ToString::to_string).collect(),
    }
}

/// A request.
pub(crate) fn request(directory: &Directory, code: &str, request: &Request) -> RequestView {
    let named = |id| person(directory, id);
    let engagement = match &request.phase {
        Phase::Engaged(engagement) => Some(engagement),
        Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Ended(_) => None,
    };
    RequestView {
        id: request.id.to_string(),
        request: request.id.to_string(),
        code: code.to_owned(),
        network: network(directory, request.network),
        status: request.status().code(),
        status_until: maybe(request.status_until()),
        closure: request.closure().map(|closure| closure.code()),
        origin: request.origin.code(),
        requester: requester(directory, request),
        raised_at: at(request.raised_at),
        photos: None,
        care_deadline: at(request.care_deadline),
        deadline: match &request.phase {
            Phase::Asking(asking) => Some(at(asking.deadline)),
            Phase::Paused(paused) => Some(at(paused.asking.deadline)),
            Phase::ToQualify { .. } | Phase::Unfilled(_) | Phase::Engaged(_) | Phase::Ended(_) => {
                None
            }
        },
        window_minutes: request.window_minutes,
        round: request.round,
        red_flags: request.red_flags.code(),
        consent_synthesis: request.consent_synthesis,
        patient: facts(&request.patient),
        usual: UsualView {
            doctor: request.usual.doctor.code(),
            professionals: request
                .usual
                .professionals
                .iter()
                .copied()
                .map(named)
                .collect(),
            outside: request.usual.outside,
            contacted: request.usual.contacted.code(),
        },
        need: need(&request.need),
        asked: AskedView {
            total: request.offers.len(),
            open: request.live_offers().count(),
        },
        unfilled: match &request.phase {
            Phase::Unfilled(unfilled) => Some(UnfilledView {
                reason: unfilled.why.code(),
                since: at(unfilled.since),
                owner: unfilled.owner.map(|user| user.to_string()),
            }),
            Phase::ToQualify { .. }
            | Phase::Asking(_)
            | Phase::Paused(_)
            | Phase::Engaged(_)
            | Phase::Ended(_) => None,
        },
        accepted_by: request.engaged().map(|id| taker(directory, id)),
        accepted_at: engagement.map(|engagement| at(engagement.at)),
        appointment: engagement.map(|engagement| appointment(engagement.appointment)),
        ended_at: match &request.phase {
            Phase::Ended(
                Ending::Closed { at: moment, .. }
                | Ending::Cancelled { at: moment, .. }
                | Ending::Transferred15 { at: moment, .. },
            ) => Some(at(*moment)),
            Phase::ToQualify { .. }
            | Phase::Asking(_)
            | Phase::Paused(_)
            | Phase::Unfilled(_)
            | Phase::Engaged(_) => None,
        },
    }
}

fn taker(directory: &Directory, id: ProfessionalId) -> TakerView {
    let found = directory.person(id);
    TakerView {
        person: person(directory, id),
        contact_number: found.and_then(|row| row.contact_number.clone()),
    }
}

fn requester(directory: &Directory, request: &Request) -> RequesterView {
    let kind = match request.requester {
        Requester::Staff(_) => "staff",
        Requester::Professional(..) => "professional",
        Requester::Partner(_) => "partner",
    };
    RequesterView {
        kind,
        professional: request
            .requester
            .professional()
            .map(|id| person(directory, id)),
    }
}
