//! The last step by a passkey, instead of a password and an authenticator application: the key is
//! kept sealed with the application and becomes the account's with the coordinator's yes.
//! Refuses a key made for another application.

use super::apply::{filling, network_of, send};
use super::body::{MadeKey, hex};
use super::{Applicant, Step};
use crate::accounts::passkeys::{KeyBegun, bug, labelled, not_made, seal_key};
use crate::app::App;
use crate::chance;
use crate::error::AppError;
use relais_gateways::identity::KeyOwner;
use relais_store::applications::{self, ApplicationStatus};
use serde_json::json;

impl App {
    /// Asks the applicant's browser for a key.
    ///
    /// # Errors
    /// No passkeys here; no such application, or it is not there yet.
    pub async fn signup_ask_key(&self, token: &str) -> Result<KeyBegun, AppError> {
        let keys = self.authenticators()?;
        let one = self.at_key(token).await?;
        let owner = KeyOwner {
            account: one.body.user()?.bits(),
            login: one.application.rpps.clone(),
            name: one.name(),
        };
        let asked = keys.ask_new(&owner, &[]).map_err(bug)?;
        let state = json!({ "application": one.application.id.to_string(), "state": asked.state });
        Ok(KeyBegun {
            ceremony: self.seal_ceremony(state.to_string())?,
            options: asked.options,
        })
    }

    async fn at_key(&self, token: &str) -> Result<Applicant, AppError> {
        let one = self.signup(token).await?;
        one.filter(|one| one.step() == Step::Key)
            .ok_or(AppError::NotFound)
    }

    /// Keeps the key the applicant's browser made, and sends the application.
    ///
    /// # Errors
    /// An answer that proves nothing, late, or used; no room in the network's list.
    pub async fn signup_key(
        &self,
        token: &str,
        ceremony: &str,
        answer: &str,
        label: &str,
    ) -> Result<(), AppError> {
        let keys = self.authenticators()?;
        let one = self.at_key(token).await?;
        let kept = self.take_ceremony(ceremony).await?;
        let kept: Option<serde_json::Value> =
            kept.and_then(|text| serde_json::from_str(&text).ok());
        let id = one.application.id.to_string();
        let state = kept.filter(|kept| kept["application"] == id);
        let state = state.and_then(|kept| kept["state"].as_str().map(str::to_owned));
        let Some(Ok(made)) = state.map(|state| keys.made(&state, answer)) else {
            return Err(not_made());
        };
        let (now, mark) = (self.now(), chance::fingerprint(token));
        let label = labelled(label);
        self.write(move |inner, tx| {
            let mut one = filling(tx, &mark, now)?;
            if one.step() != Step::Key {
                return Err(AppError::NotFound);
            }
            one.body.key = Some(MadeKey {
                id: made.id.clone(),
                sealed: hex(&seal_key(inner, &made.id, &made.key)?),
                label: label.clone(),
            });
            let entry = network_of(inner, tx, &one)?;
            send(inner, tx, &mut one, &entry, now)?;
            one.application.body = one.body.encode()?;
            Ok(applications::update(
                tx,
                &one.application,
                ApplicationStatus::Filling,
            )?)
        })
        .await?;
        self.wake();
        Ok(())
    }
}
