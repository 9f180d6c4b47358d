//! What the holder of a patient's link sees and does (R7, ADR 0029): when, where, with whom; late; no
//! longer needed. The link is the only proof: 128 bits, sent to the patient's number alone.
//!
//! Refuses to show who the patient is or why they are ill: the page says what the SMS said, and
//! nothing more to whoever picks up a phone. Refuses an unknown link, one that was revoked and one
//! whose request is long over in the same way: there is nothing there.

mod act;
mod calendar;
mod link;

pub(crate) use act::{Told, cancellable, late};
pub use calendar::calendar;
pub(crate) use link::{put_in, renew_all};

use crate::app::{App, Who};
use crate::chance;
use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::reference::communes::Communes;
use crate::requests::desk::permitted;
use crate::visits;
use relais_core::access::Permission;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Ending, Phase, Request};
use relais_core::time::{Duration, Instant};
use relais_core::wishes::Wishes;
use relais_store::professionals::ProfessionalRow;
use relais_store::requests::Stored;
use relais_store::{Tx, patient_links, patient_wishes, requests, visit_questions};
use std::sync::Arc;

/// How long after its end a request is still told of.
const SHOWN_AFTER: Duration = Duration::hours(24 * 7);

/// The professional, as their patient may know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `Dr Sorrel`.
    pub name: String,
    /// Their profession.
    pub profession: Profession,
    /// Where they receive: line and commune.
    pub place: Option<(String, String)>,
    /// The number patients may call.
    pub tel: Option<String>,
}

/// What the holder of a link is shown.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// The network that answers for the request.
    pub entry: Arc<NetworkEntry>,
    /// Where it stands; holds no identity.
    pub request: Request,
    /// Its short number.
    pub code: String,
    /// Who sees them, when somebody does.
    pub by: Option<Seen>,
    /// The lateness they told last: when, and the minutes if they were said.
    pub late: Option<(Instant, Option<u16>)>,
    /// Whether they were received: asked, and what they said, while an answer counts.
    pub received: Option<Option<bool>>,
    /// What they want of being told and written about.
    pub wishes: Wishes,
    /// When this was read.
    pub now: Instant,
}

impl Ticket {
    /// Whether it can still be cancelled by its holder.
    pub fn can_cancel(&self) -> bool {
        cancellable(&self.request, self.now)
    }

    /// Whether somebody who was to see them gave them back.
    pub fn given_back(&self) -> bool {
        let mut offers = self.request.offers.iter();
        offers.any(|offer| self.request.given_back(offer.professional).is_some())
    }

    /// Whether it makes sense to say that one is late.
    pub fn can_be_late(&self) -> bool {
        act::can_be_late(&self.request, self.now)
    }
}

/// Whether a link to a request opens nothing any more.
fn is_over(request: &Request, now: Instant) -> bool {
    match &request.phase {
        Phase::Ended(
            Ending::Closed { at, .. }
            | Ending::Cancelled { at, .. }
            | Ending::Transferred15 { at, .. },
        ) => SHOWN_AFTER < now.since(*at),
        _ => false,
    }
}

/// The request of a link, held to be changed by its holder: from its term on a link changes nothing
/// either, though its row is kept for a while.
///
/// # Errors
/// `NotFound` for whatever opens nothing.
pub(crate) fn opened(tx: &mut Tx<'_>, digest: &str, now: Instant) -> Result<Stored, AppError> {
    let link = patient_links::find_by_digest(tx, digest)?.ok_or(AppError::NotFound)?;
    let stored = requests::get_for_update(tx, link.request)?;
    if is_over(&stored.request, now) {
        return Err(AppError::NotFound);
    }
    Ok(stored)
}

impl App {
    /// What the holder of a link is shown.
    ///
    /// # Errors
    /// `NotFound` for whatever opens nothing.
    pub async fn ticket(&self, secret: &str) -> Result<Ticket, AppError> {
        let digest = chance::fingerprint(secret);
        let now = self.now();
        self.read(move |inner, tx| {
            let link = patient_links::find_by_digest(tx, &digest)?.ok_or(AppError::NotFound)?;
            let stored = requests::find(tx, link.request)?.ok_or(AppError::NotFound)?;
            if is_over(&stored.request, now) {
                return Err(AppError::NotFound);
            }
            let directory = inner.directory.current(tx)?;
            let entry = Arc::clone(directory.network(stored.request.network)?);
            let by = stored
                .request
                .engaged()
                .filter(|_| !stored.request.is_ended());
            let by = by.and_then(|id| directory.person(id)).map(seen);
            let asked = visit_questions::find(tx, link.request)?;
            let received = asked
                .filter(|_| visits::is_asked(asked, now))
                .map(|question| question.answer.map(|(yes, _)| yes));
            Ok(Ticket {
                received,
                wishes: patient_wishes::of_patient(tx, stored.patient)?,
                entry,
                code: stored.code.clone(),
                by,
                late: link.late,
                now,
                request: stored.request,
            })
        })
        .await
    }
}

impl App {
    /// The lateness the patient of a request told last, for those who see the request: when, and the
    /// minutes if they were said.
    pub async fn lateness(
        &self,
        who: &Who,
        id: RequestId,
    ) -> Result<Option<(Instant, Option<u16>)>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            Ok(patient_links::find(tx, id)?.and_then(|link| link.late))
        })
        .await
    }
}

fn seen(person: &ProfessionalRow) -> Seen {
    let main = person.places.iter().find(|place| place.main);
    let place = main.or(person.places.first()).map(|place| {
        let commune = Communes::shipped().get(place.insee).map_or("", |c| c.name);
        (place.line.clone(), commune.to_owned())
    });
    Seen {
        name: person.display_name(),
        profession: person.member.profession,
        place,
        tel: person.contact_number.clone(),
    }
}
