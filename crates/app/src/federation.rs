//! Agreements between networks: who lends its professionals to whom, since when. The network that lends
//! proposes, the one that would ask them accepts, either ends (R4.4). Refuses an agreement that one
//! of the two did not make; each step is in the journal of both.

use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::tasks::look_again;
use relais_core::access::Role;
use relais_core::ids::NetworkId;
use relais_core::time::Instant;
pub use relais_store::networks::{Agreement, AgreementStatus};
use relais_store::{Tx, networks};
use serde_json::json;

/// What a coordinator answers to an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// In force from now on.
    Accept,
    /// Ended, declined or taken back.
    End,
}

impl Answer {
    /// Where an agreement stands after it, if whoever answers may.
    fn after(self, one: &Agreement, network: NetworkId) -> Option<AgreementStatus> {
        match (self, one.status) {
            (Self::Accept, AgreementStatus::Proposed) if one.to == network => {
                Some(AgreementStatus::Active)
            }
            (Self::End, AgreementStatus::Proposed | AgreementStatus::Active) => {
                Some(AgreementStatus::Ended)
            }
            _ => None,
        }
    }
}

fn coordinator(who: &Who) -> Result<NetworkId, AppError> {
    let actor = who.signed_in()?;
    if actor.role != Role::Coordinator {
        return Err(AppError::Denied);
    }
    Ok(actor.network)
}

/// Writes a step down, in the journal of both.
fn write(
    tx: &mut Tx<'_>,
    (from, to): (NetworkId, NetworkId),
    status: AgreementStatus,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    networks::set_agreement(tx, from, to, status, now)?;
    let code = |tx: &mut Tx<'_>, id| networks::get(tx, id).map(|network| network.code);
    let body = json!({ "lends": code(tx, from)?, "asks": code(tx, to)? });
    let act = match status {
        AgreementStatus::Proposed => "agreement.proposed",
        AgreementStatus::Active => "agreement.accepted",
        AgreementStatus::Ended => "agreement.ended",
    };
    for network in [from, to] {
        journal::act(tx, Some(network), act, None, None, &body, who, now)?;
    }
    Ok(())
}

impl App {
    /// The agreements the actor's network has or had with others, newest first.
    ///
    /// # Errors
    /// For coordinators only.
    pub async fn agreements(&self, who: &Who) -> Result<Vec<Agreement>, AppError> {
        let network = coordinator(who)?;
        self.read(move |_, tx| Ok(networks::list_agreements(tx, network)?))
            .await
    }

    /// Offers the actor's professionals to another network, by its code.
    ///
    /// # Errors
    /// For coordinators only; no network has this code, or one's own; proposed or in force already.
    pub async fn propose_agreement(&self, who: &Who, code: String) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let wrong = |message: &str| AppError::invalid("/code", message);
            let code = code.trim().to_uppercase();
            if code.is_empty() {
                return Err(wrong("Écrivez le code du réseau, par exemple SNP91."));
            }
            let other = networks::find_by_code(tx, &code)?;
            let other = other.ok_or_else(|| {
                wrong("Aucun réseau n’a ce code. Demandez-le à son coordinateur.")
            })?;
            if other.id == network {
                return Err(wrong("C’est votre propre réseau."));
            }
            let held = networks::list_agreements(tx, network)?;
            let same = held
                .iter()
                .find(|one| one.from == network && one.to == other.id);
            match same.map(|one| one.status) {
                Some(AgreementStatus::Active) => Err(wrong("Cet accord est déjà en vigueur.")),
                Some(AgreementStatus::Proposed) => Err(wrong(
                    "Cet accord est déjà proposé\u{a0}: son coordinateur doit l’accepter.",
                )),
                Some(AgreementStatus::Ended) | None => {
                    let pair = (network, other.id);
                    write(tx, pair, AgreementStatus::Proposed, &who, now)
                }
            }
        })
        .await
    }

    /// Accepts what another network proposed, or ends an agreement in either direction.
    ///
    /// # Errors
    /// For a coordinator of one of the two; not from where it stands.
    pub async fn answer_agreement(
        &self,
        who: &Who,
        from: NetworkId,
        to: NetworkId,
        answer: Answer,
    ) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let held = networks::list_agreements(tx, network)?;
            let one = held.iter().find(|one| one.from == from && one.to == to);
            let one = one.ok_or(AppError::NotFound)?;
            let after = answer.after(one, network).ok_or_else(|| {
                let detail = "Cet accord a changé entre-temps. Rechargez la page.";
                AppError::problem("agreement-moved", 409, detail)
            })?;
            write(tx, (from, to), after, &who, now)?;
            look_again::note(inner, tx, &[from, to], now)
        })
        .await?;
        self.wake();
        Ok(())
    }
}
