//! The scan of the Order's approval of whoever practises under a contract: kept by a coordinator, sealed, each look
//! in the journal, gone with the contract. Refuses to judge it: a person reads it.

use super::{coordinator, live, of_network};
use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::photos::Opened;
use crate::photos::develop::Picture;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::time::Instant;
use relais_store::{Tx, approvals};
use serde_json::json;

impl App {
    /// Keeps the scan of a member's approval; the one before is gone.
    ///
    /// # Errors
    /// For coordinators of their network only; a member without a contract.
    pub async fn set_approval(
        &self,
        who: &Who,
        id: ProfessionalId,
        scan: Picture,
    ) -> Result<(), AppError> {
        let (network, by) = (coordinator(who)?, who.signed_in()?.user);
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let row = live(tx, id, network)?;
            if row.member.standing.ends().is_none() {
                let message =
                    "Cette personne exerce en son nom\u{a0}: il n’y a pas d’autorisation à garder.";
                return Err(AppError::invalid("/photos", message));
            }
            approvals::set(tx, &inner.vault, id, by, &scan.jpeg, now)?;
            note(tx, "member.approval-added", id, network, &who, now)
        })
        .await
    }

    /// Opens it to a coordinator; journaled.
    ///
    /// # Errors
    /// For coordinators of their network only; none.
    pub async fn approval(&self, who: &Who, id: ProfessionalId) -> Result<Opened, AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            of_network(tx, id, network)?;
            let scan = approvals::find(tx, &inner.vault, id)?.ok_or(AppError::NotFound)?;
            note(tx, "member.approval-opened", id, network, &who, now)?;
            Ok(scan)
        })
        .await
    }

    /// Forgets it.
    ///
    /// # Errors
    /// For coordinators of their network only; none.
    pub async fn forget_approval(&self, who: &Who, id: ProfessionalId) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            of_network(tx, id, network)?;
            if !approvals::delete(tx, id)? {
                return Err(AppError::NotFound);
            }
            note(tx, "member.approval-forgotten", id, network, &who, now)
        })
        .await
    }
}

fn note(
    tx: &mut Tx<'_>,
    act: &str,
    id: ProfessionalId,
    network: NetworkId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let body = json!({ "professional": id.to_string() });
    journal::act(tx, Some(network), act, None, None, &body, who, now)
}
