//! Accounts, made and ended by the administrator's commands.

use crate::accounts::open::End;
use crate::accounts::password;
use crate::app::{App, Who};
use crate::chance;
use crate::contacts::put_all_down;
use crate::error::AppError;
use crate::journal;
use crate::members::withdraw_given;
use relais_core::access::Role;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_store::seal::Secret;
use relais_store::users::{self, User};
use relais_store::{networks, professionals};
use serde_json::json;
use std::collections::BTreeSet;

/// A new account.
pub struct NewUser {
    /// Login, lower case.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Code of the network.
    pub network: String,
    /// RPPS of the professional behind it.
    pub rpps: Option<String>,
    /// First password.
    pub password: String,
}

/// What the administrator gives to the person, once.
#[derive(Debug, Clone)]
pub struct Created {
    /// The account.
    pub id: UserId,
    /// Secret of the authenticator application, base 32.
    pub totp: String,
}

impl App {
    /// Creates an account with its password and the secret of its codes.
    pub async fn add_user(&self, new: NewUser) -> Result<Created, AppError> {
        password::check_new(&new.password)?;
        let login = new.login.trim().to_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
        if login.is_empty() || login.len() > 80 || !login.chars().all(plain) {
            let message = "1 to 80 letters, digits, dots, dashes or @";
            return Err(AppError::invalid("/login", message));
        }
        if (new.role == Role::Professional) != new.rpps.is_some() {
            let message = "a professional's account needs an RPPS number, and only such an account";
            return Err(AppError::invalid("/rpps", message));
        }
        let hash = password::hash(&new.password)?;
        let (now, seed) = (self.now(), chance::totp_secret());
        let id = UserId::from_bits(chance::id(now));
        self.write(move |inner, tx| {
            let network = networks::find_by_code(tx, &new.network)?
                .ok_or_else(|| AppError::invalid("/network", "no network has this code"))?;
            let professional = match &new.rpps {
                Some(rpps) => Some(member_by_rpps(tx, rpps)?),
                None => None,
            };
            if users::find_by_login(tx, &login)?.is_some() {
                return Err(AppError::invalid("/login", "this login is taken"));
            }
            users::insert(
                tx,
                &User {
                    id,
                    login: login.clone(),
                    name: new.name.clone(),
                    role: new.role,
                    network: Some(network.id),
                    professional,
                    active: true,
                    created_at: now,
                    has_password: true,
                    has_totp: true,
                },
            )?;
            users::set_password_hash(tx, id, &hash)?;
            let hex: String = seed.iter().map(|b| format!("{b:02x}")).collect();
            let sealed = inner
                .vault
                .seal_setting(&format!("totp {id}"), &Secret::new(hex))?;
            users::set_totp(tx, id, &sealed)?;
            account_journal(tx, Some(network.id), "account.created", id, now)
        })
        .await?;
        Ok(Created {
            id,
            totp: password::base32(&seed),
        })
    }

    /// Every account.
    pub async fn users(&self) -> Result<Vec<User>, AppError> {
        self.read(|_, tx| Ok(users::list(tx)?)).await
    }

    /// Ends an account: its sessions, streams and tokens with it, within one request.
    pub async fn disable_user(&self, login: &str) -> Result<(), AppError> {
        let (now, login) = (self.now(), login.trim().to_lowercase());
        let id = self
            .write(move |inner, tx| {
                let user = users::find_by_login(tx, &login)?.ok_or(AppError::NotFound)?;
                users::disable(tx, user.id)?;
                users::revoke_all(tx, user.id, now)?;
                tx.notify(End::Account(user.id).encode())?;
                account_journal(tx, user.network, "account.disabled", user.id, now)?;
                let roles = users::list_roles(tx, user.id)?.into_iter();
                let networks: BTreeSet<_> =
                    roles.map(|one| one.network).chain(user.network).collect();
                for network in networks {
                    withdraw_given(tx, &user, network, &Who::platform("command"), now)?;
                }
                put_all_down(inner, tx, user.id, &Who::platform("command"), now)?;
                Ok(user.id)
            })
            .await?;
        self.streams().end(&End::Account(id));
        Ok(())
    }
}

fn member_by_rpps(tx: &mut relais_store::Tx<'_>, rpps: &str) -> Result<ProfessionalId, AppError> {
    let found = professionals::find_by_rpps(tx, rpps)?;
    let row = found.ok_or_else(|| {
        AppError::invalid("/rpps", "the directory has nobody with this RPPS number")
    })?;
    Ok(row.member.id)
}

fn account_journal(
    tx: &mut relais_store::Tx<'_>,
    network: Option<NetworkId>,
    act: &str,
    user: UserId,
    now: relais_core::time::Instant,
) -> Result<(), AppError> {
    let body = json!({ "account": user.to_string() });
    journal::act(
        tx,
        network,
        act,
        None,
        None,
        &body,
        &Who::platform("command"),
        now,
    )
}
