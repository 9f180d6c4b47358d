//! A patient calls an appointment off: whoever kept the hour is offered, in one gesture, the waiting request that
//! could have it (R8, R9). An ordinary offer of theirs, without identity; nobody is obliged. A request that found nobody
//! is put to them even if it never reached them. Whoever was asked of none because they had just said yes is asked now,
//! as a newcomer (R4.11).

use crate::app::{Inner, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::members::taken_on;
use crate::outbox::{self, Post};
use crate::shell;
use crate::tasks::look_again;
use crate::text::When;
use relais_core::cascade::{Command, Event, freed_offer};
use relais_core::ids::{OfferId, ProfessionalId, RequestId};
use relais_core::people::{Mode, Profession};
use relais_core::request::{Appointment, CancelledBy, Phase, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::messages;
use relais_store::requests::{self, Filter, Stored};
use serde_json::json;

/// Nobody comes in less than this.
const LEAST: Duration = Duration::minutes(20);
/// Two patients given hours nearer than this have the same one.
const APART: Duration = Duration::minutes(10);
/// Most waiting requests looked at: the newest.
const LOOKED_AT: u32 = 200;
/// Most unfilled requests tried with whoever was never asked of them.
const JUDGED: usize = 20;

/// Offers the hour of a request its patient just called off.
pub(crate) fn freed(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    before: &Request,
    events: &[Event],
    now: Instant,
) -> Result<(), AppError> {
    let Phase::Engaged(engagement) = &before.phase else {
        return Ok(());
    };
    if events
        .iter()
        .any(|event| matches!(event, Event::Cancelled { .. }))
    {
        look_again::note(inner, tx, &[before.network], now)?;
    }
    let theirs = |event: &Event| {
        let who = CancelledBy::Patient;
        matches!(event, Event::Cancelled { who: by, .. } if *by == who)
    };
    let at = engagement.appointment.starts_at();
    let Some(at) = at.filter(|at| now + LEAST <= *at && events.iter().any(theirs)) else {
        return Ok(());
    };
    let holder = directory.person(engagement.professional);
    if holder.is_some_and(|person| !person.member.standing.holds(at)) {
        // Their contract was shortened since: the hour is nobody's any more.
        return Ok(());
    }
    let filter = Filter {
        network: Some(before.network),
        statuses: vec![
            Status::AskingUsual,
            Status::AskingCommunity,
            Status::AskingNeighbours,
            Status::Unfilled,
        ],
        ..Filter::default()
    };
    let hour = Hour {
        professional: engagement.professional,
        profession: holder.map(|person| person.member.profession),
        mode: before.need.mode,
        at,
        of: before.id,
    };
    // The most pressing first: one hour, one request.
    let mut waiting = requests::list(tx, &filter, LOOKED_AT)?;
    waiting.sort_by_key(|one| (one.request.care_deadline, one.request.id));
    let mut judged = 0;
    for stored in waiting {
        let fits = |request| freed_offer(request, hour.professional, hour.at, hour.mode);
        let theirs = fits(&stored.request).is_some();
        if !(theirs || hour.may_suit(&stored.request)) || has_an_hour(tx, &stored.request, now)? {
            continue;
        }
        if theirs {
            // Another hour may come free in the same moment: the first to hold the request has it.
            let held = requests::get_for_update(tx, stored.request.id)?;
            if let Some(offer) = fits(&held.request)
                && !has_an_hour(tx, &held.request, now)?
            {
                return tell(inner, tx, directory, &held, offer, &hour, now);
            }
        } else if judged < JUDGED {
            judged += 1;
            if offered(inner, tx, stored.request.id, &hour, now)? {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether an hour that came free was put to somebody for this request, and may still be taken: the next hour is
/// another request's.
fn has_an_hour(tx: &mut Tx<'_>, request: &Request, now: Instant) -> Result<bool, AppError> {
    // Of a request that found nobody, the only offers alive are those of an hour.
    let put = matches!(request.phase, Phase::Unfilled(_)) && request.live_offers().next().is_some();
    Ok(put || messages::freed_stands(tx, request.id, now)?)
}

/// Whether somebody gave an hour to another patient than this request's: nobody is received twice at once. The look of
/// whoever holds them ([`relais_store::professionals::hold`]) lasts until they have answered.
pub(crate) fn is_given(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    at: Instant,
    request: RequestId,
) -> Result<bool, AppError> {
    let near = |other: Instant| other.since(at) < APART && at.since(other) < APART;
    Ok(taken_on(tx, professional)?
        .iter()
        .any(|stored| match &stored.request.phase {
            Phase::Engaged(one) if stored.request.id != request => {
                matches!(one.appointment, Appointment::At(other) if near(other))
            }
            _ => false,
        }))
}

/// An hour somebody has again.
struct Hour {
    professional: ProfessionalId,
    profession: Option<Profession>,
    mode: Mode,
    at: Instant,
    /// The request it was kept for.
    of: RequestId,
}

impl Hour {
    /// Whether an unfilled request is worth the tests of R5: the same care, in time.
    fn may_suit(&self, request: &Request) -> bool {
        matches!(request.phase, Phase::Unfilled(_))
            && Some(request.need.profession) == self.profession
            && request.need.mode == self.mode
            && self.at <= request.care_deadline
    }
}

/// Puts the hour to them for a request that found nobody and never reached them. Whether it did.
fn offered(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: RequestId,
    hour: &Hour,
    now: Instant,
) -> Result<bool, AppError> {
    let command = Command::OfferHour {
        professional: hour.professional,
        hour: hour.at,
    };
    let who = Who::platform("clock");
    let applied = shell::apply(inner, tx, id, &command, &who, now, None)?;
    Ok(!applied.events.is_empty())
}

/// Tells them that the hour would do for an offer that is theirs already.
fn tell(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    stored: &Stored,
    offer: OfferId,
    hour: &Hour,
    now: Instant,
) -> Result<(), AppError> {
    let who = Who::platform("clock");
    let post = Post {
        request: &stored.request,
        code: &stored.code,
        patient: stored.patient,
        version: stored.version,
        now,
        who: &who,
    };
    let key = format!("freed:{}:{offer}", hour.of);
    if !outbox::tell_freed(inner, tx, directory, &post, offer, hour.at, key)? {
        return Ok(());
    }
    let zone = &directory.network(stored.request.network)?.calendar.zone;
    let name = directory
        .person(hour.professional)
        .map(|person| person.display_name())
        .unwrap_or_default();
    let moment = When::new(now, zone).moment(hour.at);
    let body = json!({ "say": format!("L’heure libérée de {moment} est proposée à {name}") });
    let about = Some((&stored.request, stored.patient));
    let (network, act) = (Some(stored.request.network), "offer.freed");
    journal::act(tx, network, act, about, None, &body, &who, now)
}
