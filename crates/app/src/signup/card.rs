//! The photo of a professional card: who they are, where no provider of identities proves it. Made anew from its
//! pixels, sealed, seen by the coordinator who decides, each look in the journal, gone with the decision. Refuses one
//! before the application is sent, or after it is decided.

use super::{coordinator, decide, locked};
use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use crate::photos::Opened;
use crate::photos::develop::Picture;
use relais_core::ids::ApplicationId;
use relais_store::application_cards;
use relais_store::applications::{self, ApplicationStatus};
use serde_json::json;

/// Times one application may send a photo: the first was blurred.
const CARDS: u8 = 5;

impl App {
    /// Keeps the photo of the card of whoever waits for an answer; the one before is gone.
    ///
    /// # Errors
    /// No such application, or it is decided; sent too often.
    pub async fn signup_card(&self, token: &str, picture: Picture) -> Result<(), AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        self.write(move |inner, tx| {
            let mut one = locked(tx, &mark, now)?
                .filter(|one| one.application.status == ApplicationStatus::Pending)
                .ok_or(AppError::NotFound)?;
            if one.body.cards >= CARDS {
                let message = "Cinq photos ont été envoyées. Appelez le réseau.";
                return Err(AppError::invalid("/photos", message));
            }
            one.body.cards += 1;
            one.body.card_at = Some(now.millis());
            application_cards::set(tx, &inner.vault, one.application.id, &picture.jpeg, now)?;
            one.application.body = one.body.encode()?;
            Ok(applications::update(
                tx,
                &one.application,
                ApplicationStatus::Pending,
            )?)
        })
        .await
    }

    /// Opens the photo of an applicant's card to the coordinator who decides; journaled.
    ///
    /// # Errors
    /// For coordinators of its network only; none, or decided.
    pub async fn application_card(&self, who: &Who, id: ApplicationId) -> Result<Opened, AppError> {
        let (_, network) = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            decide::waiting(tx, id, network)?;
            let card = application_cards::find(tx, &inner.vault, id)?.ok_or(AppError::NotFound)?;
            let body = json!({ "application": id.to_string() });
            let act = "application.card-opened";
            journal::act(tx, Some(network), act, None, None, &body, &who, now)?;
            Ok(card)
        })
        .await
    }
}
