//! The queue *à qualifier*: what waits for a regulator, with its clocks, the most urgent first; and who
//! has which case on their desk, so that two do not call the same person.

use super::duty::{OnDuty, on_duty};
use super::{QUEUE_MAX, regulator, tell};
use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::permitted;
use relais_core::access::Permission;
use relais_core::ids::{RequestId, UserId};
use relais_core::regulation::promised;
use relais_core::request::{Phase, Request, Status};
use relais_core::time::Instant;
use relais_store::regulation::{self as store, Claim};
use relais_store::requests::{self, Filter, Stored};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A case that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The request.
    pub stored: Stored,
    /// Since when.
    pub since: Instant,
    /// When the person must have been called back.
    pub promised: Instant,
    /// Who has it on their desk, since when.
    pub claim: Option<Claim>,
    /// A red flag was passed over.
    pub overridden: bool,
}

impl Waiting {
    /// Whether the call-back promised is late.
    #[must_use]
    pub fn is_late(&self, now: Instant) -> bool {
        self.promised <= now
    }
}

/// The queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// When it was read.
    pub at: Instant,
    /// Most urgent first.
    pub cases: Vec<Waiting>,
    /// More wait than a queue shows.
    pub more: bool,
    /// Who is on duty.
    pub on_duty: Vec<OnDuty>,
    /// The directory, for names.
    pub directory: Arc<Directory>,
}

/// Since when a request waits for a regulator, if it does.
pub(super) const fn waits_since(request: &Request) -> Option<Instant> {
    match &request.phase {
        Phase::ToQualify { since, .. } => Some(*since),
        _ => None,
    }
}

impl App {
    /// What waits for a regulator in the actor's network: red flags passed over first, then the
    /// nearest of the call-back promised and the care deadline.
    pub async fn regulation_queue(&self, who: &Who) -> Result<Queue, AppError> {
        let actor = who.signed_in()?;
        regulator(&actor)?;
        let at = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let filter = Filter {
                network: Some(actor.network),
                statuses: vec![Status::ToQualify],
                ..Filter::default()
            };
            let mut rows = requests::list(tx, &filter, QUEUE_MAX + 1)?;
            let most = usize::try_from(QUEUE_MAX).unwrap_or(usize::MAX);
            let more = rows.len() > most;
            rows.truncate(most);
            let claims: BTreeMap<RequestId, Claim> =
                store::list_claims(tx, actor.network, QUEUE_MAX * 2)?
                    .into_iter()
                    .map(|claim| (claim.request, claim))
                    .collect();
            let mut cases = Vec::with_capacity(rows.len());
            for stored in rows {
                let id = stored.request.id;
                let Some(since) = waits_since(&stored.request) else {
                    continue;
                };
                cases.push(Waiting {
                    since,
                    promised: promised(since),
                    claim: claims.get(&id).copied(),
                    overridden: !store::list_overrides_of(tx, id)?.is_empty(),
                    stored,
                });
            }
            cases.sort_by_key(|case| {
                let soonest = case.promised.min(case.stored.request.care_deadline);
                (!case.overridden, soonest, case.stored.request.id)
            });
            Ok(Queue {
                at,
                cases,
                more,
                on_duty: on_duty(tx, &directory, actor.network, at)?,
                directory,
            })
        })
        .await
    }

    /// "Je prends": puts a case on the regulator's desk. With `over`, from the desk it is on.
    ///
    /// # Errors
    /// `already-claimed` when a colleague has it; refused when it does not wait any more.
    pub async fn claim_case(&self, who: &Who, id: RequestId, over: bool) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::get_for_update(tx, id)?;
            permitted(&actor, Permission::Qualify, &stored.request)?;
            if waits_since(&stored.request).is_none() {
                return Err(relais_core::cascade::Refusal::WrongState.into());
            }
            let mine = Claim {
                request: id,
                user: actor.user,
                at: now,
            };
            match store::find_claim(tx, id)? {
                Some(held) if held.user == actor.user => return Ok(()),
                Some(held) if !over => {
                    let name = inner.directory.current(tx)?.user_name(held.user);
                    return Err(claimed(&name.unwrap_or_default()));
                }
                Some(held) => store::take_over(tx, mine, held.user)?,
                None => store::claim(tx, mine)?,
            }
            let body = json!({ "say": "Prise par le médecin régulateur" });
            let about = Some((&stored.request, stored.patient));
            let network = Some(stored.request.network);
            journal::act(
                tx,
                network,
                "regulation.claimed",
                about,
                None,
                &body,
                &who,
                now,
            )?;
            tell(tx, stored.request.network, id)
        })
        .await
    }

    /// Puts a case back into the queue; nothing when it is on another desk.
    pub async fn put_case_back(&self, who: &Who, id: RequestId) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let stored = requests::get_for_update(tx, id)?;
            permitted(&actor, Permission::Qualify, &stored.request)?;
            if !store::put_back(tx, id, actor.user)? {
                return Ok(());
            }
            let body = json!({ "say": "Remise dans la file du médecin régulateur" });
            let about = Some((&stored.request, stored.patient));
            let network = Some(stored.request.network);
            journal::act(
                tx,
                network,
                "regulation.put-back",
                about,
                None,
                &body,
                &who,
                now,
            )?;
            tell(tx, stored.request.network, id)
        })
        .await
    }
}

fn claimed(name: &str) -> AppError {
    AppError::problem(
        "already-claimed",
        409,
        format!(
            "{name} a cette demande sur son bureau\u{a0}: n’appelez pas deux fois la même personne. Voyez ensemble, ou reprenez-la."
        ),
    )
}

/// Who has which waiting case, for the board of the desk.
pub(crate) fn claims(
    tx: &mut relais_store::Tx<'_>,
    network: relais_core::ids::NetworkId,
) -> Result<BTreeMap<RequestId, UserId>, AppError> {
    let claims = store::list_claims(tx, network, QUEUE_MAX * 2)?;
    Ok(claims.into_iter().map(|c| (c.request, c.user)).collect())
}
