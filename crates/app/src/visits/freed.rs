//! A patient calls an appointment off: whoever kept the hour is offered, in one gesture, the waiting request that
//! could have it (R8, R9). An ordinary offer of theirs, without identity; nobody is obliged. A request that found nobody
//! is put to them even if it never reached them. Whoever was asked of none because they had just said yes is asked now,
//! as a newcomer (R4.11).

use crate::app::{Inner, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::outbox::{self, Post};
use crate::shell;
use crate::tasks::look_again;
use crate::text::When;
use relais_core::cascade::{Command, Event, freed_offer};
use relais_core::ids::{OfferId, ProfessionalId, RequestId};
use relais_core::people::{Mode, Profession};
use relais_core::request::{CancelledBy, Phase, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::requests::{self, Filter, Stored};
use serde_json::json;

/// Nobody comes in less than this.
const LEAST: Duration = Duration::minutes(20);
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
        if let Some(offer) = freed_offer(&stored.request, hour.professional, hour.at, hour.mode) {
            return tell(inner, tx, directory, &stored, offer, &hour, now);
        }
        if hour.may_suit(&stored.request) && judged < JUDGED {
            judged += 1;
            if offered(inner, tx, stored.request.id, &hour, now)? {
                return Ok(());
            }
        }
    }
    Ok(())
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
