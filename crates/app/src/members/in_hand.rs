//! Patients in hand of whoever may see them no more (ADR 0038): their rights ended, and nobody else knows that the patient
//! still waits for them. The desk is told at once, each once; a person decides what becomes of the engagement, as the
//! appointment may be kept all the same. Refuses to give a patient back by itself.

use super::networks_of;
use crate::accounts::term::Term;
use crate::app::{App, Inner, Who};
use crate::callbacks;
use crate::directory::{Directory, ProfessionalRow};
use crate::error::AppError;
use relais_core::ids::ProfessionalId;
use relais_core::request::{Phase, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_store::requests::{self, Filter, Stored};
use relais_store::{StoreError, Tx, professionals};

/// Most patients of one person; more is an error, never a shorter list.
const MOST: u32 = 1_000;
/// Whoever's dates ended longer ago was looked at then.
const LOOKED_BACK: Duration = Duration::hours(48);

/// The requests somebody has taken on and has not closed.
pub(crate) fn taken_on(tx: &mut Tx<'_>, id: ProfessionalId) -> Result<Vec<Stored>, AppError> {
    let filter = Filter {
        engaged: Some(id),
        statuses: vec![Status::Accepted, Status::Scheduled],
        ..Filter::default()
    };
    let held = requests::list(tx, &filter, MOST + 1)?;
    if held.len() > MOST as usize {
        return Err(StoreError::bug(format!("{id} has more than {MOST} patients in hand")).into());
    }
    Ok(held)
}

/// Those whose patient still waits for them: no hour given, or one that is to come.
pub(super) fn list(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    now: Instant,
) -> Result<Vec<Stored>, AppError> {
    let mut held = taken_on(tx, id)?;
    held.retain(|stored| match &stored.request.phase {
        Phase::Engaged(one) => one.appointment.latest().is_none_or(|end| now < end),
        Phase::ToQualify { .. }
        | Phase::Asking(_)
        | Phase::Paused(_)
        | Phase::Unfilled(_)
        | Phase::Ended(_) => false,
    });
    Ok(held)
}

/// Whether whoever has the patient may see them no more.
pub(crate) fn is_accepter_gone(directory: &Directory, request: &Request, now: Instant) -> bool {
    let engaged = request.engaged();
    engaged.is_some_and(|id| !Term::of(Some(id), directory).holds(now))
}

/// Tells the desks of those patients, when somebody's rights are over; answers how many were told of. Where they are not,
/// or no more, what was told is taken back.
pub(super) fn told(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    id: ProfessionalId,
    who: &Who,
    now: Instant,
) -> Result<usize, AppError> {
    let term = Term::of(Some(id), directory);
    let mut held = list(tx, id, now)?;
    // Journals are taken in one order, whoever looks.
    held.sort_by_key(|stored| stored.request.network);
    let Some(person) = directory.person(id).filter(|_| !term.holds(now)) else {
        for stored in held {
            callbacks::accepter_back(tx, &stored, id, now)?;
        }
        return Ok(0);
    };
    let since = match term {
        Term::Until(end) => Some(end),
        Term::Open | Term::Left => {
            let joined = professionals::list_joined(tx, id)?;
            joined.into_iter().map(|one| one.since).max()
        }
    };
    let since = since.map_or(0, Instant::millis).to_string();
    let mut count = 0;
    for stored in held {
        count += usize::from(callbacks::accepter_gone(
            inner, tx, &stored, person, &since, who, now,
        )?);
    }
    Ok(count)
}

impl App {
    /// Looks at whoever's dates ended by themselves: nobody's act says so. Twice changes nothing.
    pub(crate) async fn tell_of_ended_rights(&self) -> Result<(), AppError> {
        let (directory, now) = (self.directory().await?, self.now());
        let ended = |row: &&ProfessionalRow| match Term::of(Some(row.member.id), &directory) {
            Term::Until(end) => end <= now && now - LOOKED_BACK < end,
            Term::Open | Term::Left => false,
        };
        let ended: Vec<_> = directory.people().filter(ended).collect();
        for row in ended {
            let id = row.member.id;
            let count = self
                .write(move |inner, tx| {
                    let directory = inner.directory.current(tx)?;
                    told(inner, tx, &directory, id, &Who::platform("directory"), now)
                })
                .await;
            let count = match count {
                Err(error) if !error.is_unavailable() => {
                    tracing::error!(professional.id = %id, %error, "their patients in hand are not told of");
                    continue;
                }
                count => count?,
            };
            if count > 0 {
                tracing::warn!(professional.id = %id, count, networks = ?networks_of(row), "patients in hand of whoever's dates ended");
            }
        }
        Ok(())
    }
}
