//! Acting in a role one was given: chosen by whoever is signed in, for this session alone, and left by itself
//! when the desk would lock (R6). Refuses a role that is not given any more, and one put on without a recent
//! authentication.

use super::session::SignedIn;
use crate::accounts::known::Shown;
use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use relais_core::access::Role;
use relais_core::ids::NetworkId;
use relais_store::users;
use serde_json::json;

/// A role one may act in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hat {
    /// Which.
    pub role: Role,
    /// Where.
    pub network: NetworkId,
    /// The network's name.
    pub name: String,
    /// What the account is by itself.
    pub own: bool,
    /// In use in this session.
    pub worn: bool,
}

impl App {
    /// What one may act as, the account's own role first.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub async fn my_roles(&self, who: &Who) -> Result<Vec<Hat>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |inner, tx| {
            let user = users::get(tx, actor.user)?;
            let directory = inner.directory.current(tx)?;
            let given = users::list_roles(tx, user.id)?;
            let own = user.network.map(|network| (user.role, network, true));
            let given = given.iter().map(|one| (one.role, one.network, false));
            let hats = own.into_iter().chain(given);
            let hats = hats.map(|(role, network, own)| Hat {
                role,
                network,
                name: directory
                    .network(network)
                    .map_or_else(|_| String::new(), |entry| entry.network.name.clone()),
                own,
                worn: (role, network) == (actor.role, actor.network),
            });
            Ok(hats.collect())
        })
        .await
    }

    /// Acts in a role from the next request on, in this session alone.
    ///
    /// # Errors
    /// An authentication that is too old; a role that is not theirs (any more).
    pub async fn wear_role(
        &self,
        account: &SignedIn,
        token: &str,
        role: Role,
        network: NetworkId,
    ) -> Result<(), AppError> {
        let hash = chance::fingerprint(token);
        let shown = Shown::Session(hash.clone());
        let (now, who) = (self.now(), account.who("web"));
        let (user, strong) = (account.actor.user, account.strong);
        self.write(move |_, tx| {
            let account = users::get(tx, user)?;
            let own = account.role == role && account.network == Some(network);
            if !own && !strong {
                return Err(AppError::StepUp);
            }
            if !users::holds_role(tx, user, network, role)? {
                return Err(AppError::NotFound);
            }
            users::wear(tx, &hash, (!own).then_some((network, role)))?;
            let body = json!({ "account": user.to_string(), "role": role.code() });
            journal::act(tx, Some(network), "role.worn", None, None, &body, &who, now)
        })
        .await?;
        self.0.known.forget(&shown);
        Ok(())
    }
}
