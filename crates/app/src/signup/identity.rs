//! An application proved by a provider of identities: the national number is the one it is about,
//! and which of their activities somebody applies for. Refuses another number, and any answer once
//! the coordinator has given theirs.

use super::body::{Body, Psc};
use super::{Applicant, FILLING_KEPT, locked};
use crate::accounts::psc::{Errand, Trouble};
use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use relais_core::ids::ApplicationId;
use relais_core::time::Instant;
use relais_gateways::identity::{Activity, Proved};
use relais_store::Tx;
use relais_store::applications::{self, ApplicationStatus};
use serde_json::json;

/// What was proved of an applicant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityProof {
    /// When.
    pub at: Instant,
    /// How they practise.
    pub activities: Vec<Activity>,
    /// The activity they apply for, when it is known.
    pub chosen: Option<Activity>,
}

impl IdentityProof {
    /// Whether they must say which of their activities it is for.
    #[must_use]
    pub fn asks_activity(&self) -> bool {
        self.chosen.is_none() && self.activities.len() > 1
    }
}

impl Applicant {
    /// The proof of who they are, when there is one.
    #[must_use]
    pub fn proof(&self) -> Option<IdentityProof> {
        let psc = self.body.psc.as_ref()?;
        let chosen = psc.chosen.and_then(|place| psc.activities.get(place));
        Some(IdentityProof {
            at: Instant::from_millis(psc.at),
            activities: psc.activities.clone(),
            chosen: chosen.cloned(),
        })
    }

    /// Whether a proof may still be added: until the coordinator answers.
    #[must_use]
    pub fn may_prove(&self) -> bool {
        let status = self.application.status;
        matches!(
            status,
            ApplicationStatus::Filling | ApplicationStatus::Pending
        )
    }
}

impl App {
    /// What the applicant of a browser goes to the provider for.
    ///
    /// # Errors
    /// No such application, or it was answered.
    pub async fn signup_errand(&self, token: &str) -> Result<Errand, AppError> {
        let one = self.signup(token).await?.filter(Applicant::may_prove);
        let one = one.ok_or(AppError::NotFound)?;
        Ok(Errand::Proof {
            application: one.application.id.to_string(),
        })
    }

    /// Says which of their activities somebody applies for, by its place in the list.
    ///
    /// # Errors
    /// No such activity; no such application, or it was answered.
    pub async fn signup_activity(&self, token: &str, place: usize) -> Result<(), AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        self.write(move |_, tx| {
            let one = locked(tx, &mark, now)?.filter(Applicant::may_prove);
            let mut one = one.ok_or(AppError::NotFound)?;
            let psc = one.body.psc.as_mut().ok_or(AppError::NotFound)?;
            if place >= psc.activities.len() {
                let message = "Choisissez l’activité pour laquelle vous rejoignez le réseau.";
                return Err(AppError::invalid("/activity", message));
            }
            psc.chosen = Some(place);
            keep(tx, one, now)
        })
        .await
    }

    /// Writes the proof of an application.
    pub(crate) async fn signup_proved(
        &self,
        id: ApplicationId,
        proved: Proved,
    ) -> Result<Result<(), Trouble>, AppError> {
        let now = self.now();
        self.write(move |_, tx| {
            let Some(row) = applications::lock(tx, id)? else {
                return Ok(Err(Trouble::Expired));
            };
            let mut one = Applicant::of(tx, row)?;
            if !one.may_prove() {
                return Ok(Err(Trouble::Expired));
            }
            if one.application.rpps != proved.rpps {
                return Ok(Err(Trouble::Other));
            }
            prove(&mut one.body, proved.activities.clone(), now);
            let network = one.application.network;
            keep(tx, one, now)?;
            let (body, who) = (
                json!({ "application": id.to_string() }),
                Who::platform("web"),
            );
            let act = "application.identity-proved";
            journal::act(tx, network, act, None, None, &body, &who, now)?;
            Ok(Ok(()))
        })
        .await
    }
}

/// Who has one activity has nothing to choose.
fn prove(body: &mut Body, activities: Vec<Activity>, now: Instant) {
    body.psc = Some(Psc {
        at: now.millis(),
        chosen: (activities.len() == 1).then_some(0),
        activities,
    });
}

fn keep(tx: &mut Tx<'_>, mut one: Applicant, now: Instant) -> Result<(), AppError> {
    let was = one.application.status;
    if was == ApplicationStatus::Filling {
        one.application.expires_at = Some(now + FILLING_KEPT);
    }
    one.application.body = one.body.encode()?;
    Ok(applications::update(tx, &one.application, was)?)
}
