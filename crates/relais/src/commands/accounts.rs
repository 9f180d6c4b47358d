//! Accounts and tokens.

use super::say;
use crate::cli::{Listing, TokenCreate, UserAdd, UserDesk, UserDisable};
use crate::config::Config;
use crate::wiring;
use anyhow::{Context as _, anyhow, bail};
use relais_app::App;
use relais_app::accounts::manage::NewUser;
use relais_core::access::Role;
use std::io::{BufRead as _, IsTerminal as _};

fn open(config: Option<&std::path::Path>) -> anyhow::Result<App> {
    wiring::application(&Config::load(config)?)
}

fn role(code: &str) -> anyhow::Result<Role> {
    Role::from_code(code).ok_or_else(|| {
        let all: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
        anyhow!(
            "no role is called {code:?}; the roles are {}",
            all.join(", ")
        )
    })
}

/// `relais user desk`
pub(crate) async fn desk(args: UserDesk) -> anyhow::Result<()> {
    let app = open(args.with.config.as_deref())?;
    app.set_desk(&args.login, &args.desk).await?;
    say(format!("The telephone set of {} is noted.", args.login));
    Ok(())
}

/// `relais user add`
pub(crate) async fn add(args: UserAdd) -> anyhow::Result<()> {
    let app = open(args.with.config.as_deref())?;
    let password = if std::io::stdin().is_terminal() {
        let first = rpassword::prompt_password("Password (12 characters at least): ")?;
        if first != rpassword::prompt_password("Again: ")? {
            bail!("the two passwords differ; nothing was created");
        }
        first
    } else {
        let mut line = String::new();
        std::io::stdin()
            .lock()
            .read_line(&mut line)
            .context("standard input")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let new = NewUser {
        login: args.login.clone(),
        name: args.name,
        role: role(&args.role)?,
        network: args.network,
        rpps: args.rpps,
        password,
    };
    let created = app.add_user(new).await?;
    say(format!("Account {} created.", args.login));
    say("Secret of the authenticator application, shown once:");
    say(format!("  {}", created.totp));
    say(format!(
        "  otpauth://totp/Relais:{}?secret={}&issuer=Relais",
        args.login, created.totp
    ));
    Ok(())
}

/// `relais user list`
pub(crate) async fn list(args: Listing) -> anyhow::Result<()> {
    let users = open(args.with.config.as_deref())?.users().await?;
    if args.json {
        let rows: Vec<_> = users
            .iter()
            .map(|user| {
                serde_json::json!({
                    "id": user.id.to_string(),
                    "login": user.login,
                    "name": user.name,
                    "role": user.role.code(),
                    "network": user.network.map(|id| id.to_string()),
                    "active": user.active,
                })
            })
            .collect();
        say(serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    for user in users {
        let state = if user.active { "active" } else { "disabled" };
        say(format!(
            "{:<24} {:<14} {:<9} {}",
            user.login,
            user.role.code(),
            state,
            user.name
        ));
    }
    Ok(())
}

/// `relais user disable`
pub(crate) async fn disable(args: UserDisable) -> anyhow::Result<()> {
    let app = open(args.with.config.as_deref())?;
    app.disable_user(&args.login)
        .await
        .with_context(|| format!("cannot disable {:?}", args.login))?;
    say(format!(
        "Account {} disabled; its sessions and tokens have ended.",
        args.login
    ));
    Ok(())
}

/// `relais token create`
pub(crate) async fn token(args: TokenCreate) -> anyhow::Result<()> {
    let app = open(args.with.config.as_deref())?;
    let role = role(&args.role)?;
    let token = app
        .create_token_for(
            &args.network,
            role,
            args.professional.as_deref(),
            &args.label,
        )
        .await?;
    say(token);
    Ok(())
}
