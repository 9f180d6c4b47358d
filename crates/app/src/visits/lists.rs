//! What the desk and the coordinator see of appointments: how many did not come, each share with its base
//! (R8, R11); what nobody closed; who looks for a usual doctor and agreed to be listed.

use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::phone::national;
use crate::reference::communes::Communes;
use crate::shell::journal_identity;
use crate::spreadsheet::sheet;
use relais_core::access::{self, Role};
use relais_core::ids::RequestId;
use relais_core::request::{Phase, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_core::wishes::Wish;
use relais_store::past_appointments::{self, Ended};
use relais_store::requests::{self, Filter};
use relais_store::visit_questions::{self, Tally};
use relais_store::{patient_wishes, patients};
use serde_json::json;

/// How far back figures go, days.
pub const DAYS: i64 = 30;
/// Most requests looked at, and most lines of one list.
const MOST: u32 = 500;

/// A request taken on that nobody closed in time.
#[derive(Debug, Clone)]
pub struct Unclosed {
    /// The request; holds no identity.
    pub request: Request,
    /// Its short number.
    pub code: String,
    /// When it should have been closed.
    pub since: Instant,
}

/// What is shown of a network's appointments.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Those whose hour is past, closed.
    pub ended: Ended,
    /// Those whose hour is past, not closed yet: part of the base, not of the no-shows.
    pub open: u32,
    /// What patients were asked and answered.
    pub asked: Tally,
    /// What nobody closed in time, the longest first.
    pub unclosed: Vec<Unclosed>,
    /// How many people are on the list of those who look for a usual doctor.
    pub seekers: u32,
    /// There is more than is shown.
    pub more: bool,
}

/// Somebody who looks for a usual doctor, and agreed to be listed.
pub struct Seeker {
    /// Birth name and first names.
    pub name: String,
    /// Birth date, ISO.
    pub birth_date: String,
    /// Number, E.164.
    pub phone: String,
    /// Commune.
    pub commune: String,
    /// Since when they are listed.
    pub since: Instant,
    /// Their latest request.
    pub request: RequestId,
}

impl App {
    /// The appointments of the actor's network, over the last days.
    ///
    /// # Errors
    /// To the desk and the coordinator only.
    pub async fn visits(&self, who: &Who) -> Result<Overview, AppError> {
        let actor = who.signed_in()?;
        if !matches!(
            actor.role,
            Role::Operator | Role::Regulator | Role::Coordinator
        ) {
            return Err(AppError::Denied);
        }
        let now = self.now();
        self.read(move |_, tx| {
            let since = now - Duration::hours(24 * DAYS);
            let filter = Filter {
                network: Some(actor.network),
                statuses: vec![Status::Accepted, Status::Scheduled],
                ..Filter::default()
            };
            let taken = requests::list(tx, &filter, MOST)?;
            let more = taken.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
            let open = taken.iter().filter(|one| passed(&one.request, since, now));
            let open = u32::try_from(open.count()).unwrap_or(u32::MAX);
            let mut unclosed: Vec<Unclosed> = taken
                .iter()
                .filter_map(|one| {
                    Some(Unclosed {
                        since: one.request.unclosed_since().filter(|at| *at <= now)?,
                        request: one.request.clone(),
                        code: one.code.clone(),
                    })
                })
                .collect();
            unclosed.sort_by_key(|one| (one.since, one.request.id));
            let seekers = patient_wishes::list_holders(tx, actor.network, Wish::SeeksDoctor, MOST)?;
            Ok(Overview {
                ended: past_appointments::count(tx, actor.network, since, now)?,
                open,
                asked: visit_questions::tally(tx, actor.network, since)?,
                unclosed,
                seekers: u32::try_from(seekers.len()).unwrap_or(u32::MAX),
                more,
            })
        })
        .await
    }

    /// Those who look for a usual doctor and agreed to be listed, the longest first. Each look is journaled (R6).
    ///
    /// # Errors
    /// To the coordinator only.
    pub async fn seekers(&self, who: &Who) -> Result<Vec<Seeker>, AppError> {
        let actor = who.signed_in()?;
        if actor.role != Role::Coordinator {
            return Err(AppError::Denied);
        }
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let mut listed = Vec::new();
            let holders = patient_wishes::list_holders(tx, actor.network, Wish::SeeksDoctor, MOST)?;
            for (patient, since) in holders {
                let theirs = requests::list_for_patient(tx, &[patient], Instant::from_millis(0))?;
                let Some(request) = theirs.first().copied() else {
                    continue;
                };
                let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
                let access =
                    access::listed(&actor, &stored.request).map_err(|_| AppError::Denied)?;
                journal_identity(tx, actor.network, patient, &access, &who, now)?;
                let identity = patients::open(tx, &inner.vault, patient, &access)?;
                let commune = stored.request.patient.commune;
                listed.push(Seeker {
                    name: format!(
                        "{} {}",
                        identity.birth_name.expose(),
                        identity.first_names.expose()
                    ),
                    birth_date: identity.birth_date.expose().to_owned(),
                    phone: identity.phone.expose().to_owned(),
                    commune: Communes::shipped()
                        .get(commune)
                        .map_or_else(String::new, |commune| commune.name.to_owned()),
                    since,
                    request,
                });
            }
            let body = json!({ "say": "Liste de ceux qui cherchent un médecin traitant ouverte",
                "shown": listed.len() });
            let (network, act) = (Some(actor.network), "seekers.listed");
            journal::act(tx, network, act, None, None, &body, &who, now)?;
            Ok(listed)
        })
        .await
    }

    /// The same list as a file for a spreadsheet: UTF-8 with its mark, semicolons.
    ///
    /// # Errors
    /// To the coordinator only.
    pub async fn seekers_csv(&self, who: &Who) -> Result<Vec<u8>, AppError> {
        let head = ["Nom", "Né le", "Téléphone", "Commune", "Inscrit le"];
        let rows = self.seekers(who).await?.into_iter().map(|seeker| {
            let since = seeker.since.timestamp().to_string();
            [
                seeker.name,
                seeker.birth_date,
                national(&seeker.phone),
                seeker.commune,
                since.chars().take(10).collect(),
            ]
        });
        sheet(head, rows)
    }
}

/// Whether the hour agreed lies between two moments.
fn passed(request: &Request, since: Instant, now: Instant) -> bool {
    let Phase::Engaged(engagement) = &request.phase else {
        return false;
    };
    engagement.appointment.has_time()
        && engagement
            .appointment
            .latest()
            .is_some_and(|at| since <= at && at <= now)
}
