//! API tokens: `relais_` and 256 bits, printed once, kept hashed.

use crate::accounts::known::{Found, Shown};
use crate::accounts::session::SignedIn;
use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use relais_core::access::{Actor, Role};
use relais_core::ids::{NetworkId, ProfessionalId, TokenId, UserId};
use relais_core::time::{Duration, Instant};
use relais_store::users::{self, Token, User};
use relais_store::{Tx, networks, professionals};
use serde_json::json;

/// How every token starts, so that one left somewhere can be recognised.
pub const PREFIX: &str = "relais_";

/// How stale `used_at` may be.
const TOUCH_EVERY: Duration = Duration::minutes(5);

/// What a new token is for.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The account it acts as.
    pub user: UserId,
    /// In which network.
    pub network: NetworkId,
    /// In which role.
    pub role: Role,
    /// For which professional.
    pub professional: Option<ProfessionalId>,
    /// What it is for, in a few words.
    pub label: String,
}

impl App {
    /// Creates a token; the answer is the only time it is seen.
    pub async fn create_token(&self, new: NewToken) -> Result<String, AppError> {
        let now = self.wall_now();
        let token = format!("{PREFIX}{}", chance::token());
        let token_hash = chance::fingerprint(&token);
        self.write(move |_, tx| {
            let id = TokenId::from_bits(chance::id(now));
            users::insert_token(
                tx,
                &Token {
                    id,
                    token_hash: token_hash.clone(),
                    user: Some(new.user),
                    network: new.network,
                    role: new.role,
                    professional: new.professional,
                    label: new.label.clone(),
                    created_at: now,
                    used_at: None,
                    revoked_at: None,
                },
            )?;
            let body = json!({ "token": id.to_string(), "label": new.label });
            let who = Who::platform("command");
            journal::act(
                tx,
                Some(new.network),
                "token.created",
                None,
                None,
                &body,
                &who,
                now,
            )
        })
        .await?;
        Ok(token)
    }

    /// Creates a token from names, as the command line gives them: a professional's token acts as
    /// their account, another one as an account of its own.
    pub async fn create_token_for(
        &self,
        network: &str,
        role: Role,
        rpps: Option<&str>,
        label: &str,
    ) -> Result<String, AppError> {
        if (role == Role::Professional) != rpps.is_some() {
            let message = "a professional's token needs --professional RPPS, and only such a token";
            return Err(AppError::invalid("/professional", message));
        }
        let (code, rpps) = (network.to_owned(), rpps.map(str::to_owned));
        let (label, now) = (label.to_owned(), self.wall_now());
        let new = self
            .write(move |_, tx| {
                let network = networks::find_by_code(tx, &code)?
                    .ok_or_else(|| AppError::invalid("/network", "no network has this code"))?;
                let (user, professional) = match &rpps {
                    Some(rpps) => own_account(tx, rpps)?,
                    None => (robot(tx, network.id, role, &label, now)?, None),
                };
                let label = label.clone();
                Ok(NewToken {
                    user,
                    network: network.id,
                    role,
                    professional,
                    label,
                })
            })
            .await?;
        self.create_token(new).await
    }

    /// Who a bearer token stands for; `None` when it is none or was revoked.
    pub async fn bearer(&self, token: &str) -> Result<Option<SignedIn>, AppError> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = self.wall_now();
        let shown = Shown::Token(chance::fingerprint(token));
        let today = self.now();
        let live = |found: &Found| holds(found, today);
        let Found::Token(token, user, _) = self.found(shown.clone(), live).await? else {
            return Ok(None);
        };
        if token.used_at.is_none_or(|at| now.since(at) >= TOUCH_EVERY) {
            let id = token.id;
            self.write(move |_, tx| Ok(users::touch_token(tx, id, now)?))
                .await?;
            self.0.known.forget(&shown);
        }
        let Some(user) = user else { return Ok(None) };
        let actor = Actor {
            user: user.id,
            role: token.role,
            network: token.network,
            professional: token.professional,
        };
        Ok(Some(SignedIn {
            actor,
            name: user.name,
            login: user.login,
            strong: true,
            // A program signs for nobody.
            fresh: false,
        }))
    }
}

fn holds(found: &Found, today: Instant) -> bool {
    let Found::Token(token, user, term) = found else {
        return false;
    };
    term.holds(today) && token.revoked_at.is_none() && user.as_ref().is_none_or(|user| user.active)
}

fn own_account(tx: &mut Tx<'_>, rpps: &str) -> Result<(UserId, Option<ProfessionalId>), AppError> {
    let row = professionals::find_by_rpps(tx, rpps)?
        .ok_or_else(|| AppError::invalid("/professional", "nobody has this RPPS number"))?;
    let user = users::find_by_professional(tx, row.member.id)?.ok_or_else(|| {
        AppError::invalid("/professional", "they have no account yet: relais user add")
    })?;
    Ok((user.id, Some(row.member.id)))
}

/// An account nobody signs in to: it has no password.
fn robot(
    tx: &mut Tx<'_>,
    network: NetworkId,
    role: Role,
    label: &str,
    now: Instant,
) -> Result<UserId, AppError> {
    let id = UserId::from_bits(chance::id(now));
    users::insert(
        tx,
        &User {
            id,
            login: format!("api-{}", id.to_string().to_lowercase()),
            name: label.to_owned(),
            role,
            network: Some(network),
            professional: None,
            active: true,
            created_at: now,
            has_password: false,
            has_totp: false,
        },
    )?;
    Ok(id)
}
