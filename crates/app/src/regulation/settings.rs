//! The setting that sends requests to the regulator first: none, for some motives, all (R3). A version of
//! the network's settings like any other, dated, journaled; its effect on the last thirty days is shown
//! before it is made.

use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::reference::motives::Motives;
use crate::settings_shown::settings_shown;
use relais_core::access::{Actor, Role};
use relais_core::cascade::Regulation;
use relais_core::regulation::Because;
use relais_core::time::{Duration, Instant};
use relais_store::{networks, requests};
use serde_json::json;
use std::sync::Arc;

/// How far back the effect of a setting is counted.
pub const DAYS: i64 = 30;
/// Most requests looked at: the newest.
const REQUESTS_MAX: u32 = 20_000;
/// Versions shown.
const VERSIONS: u32 = 10;

/// A version of the setting.
#[derive(Debug, Clone)]
pub struct Version {
    /// Of the network's settings.
    pub version: i64,
    /// The setting in it.
    pub regulation: Regulation,
    /// Since when.
    pub since: Instant,
    /// By whom: an account's name, or how else it came.
    pub author: String,
}

/// What a setting would have done to the requests of the last days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effect {
    /// Requests raised.
    pub all: u64,
    /// Of which for the regulator whatever the setting: a doubt.
    pub doubt: u64,
    /// Of which for the regulator because of the setting.
    pub setting: u64,
    /// There were more requests than were looked at.
    pub capped: bool,
}

/// The setting and its history.
#[derive(Debug, Clone)]
pub struct Held {
    /// In force, with the version it is saved on.
    pub regulation: Regulation,
    /// Version of the network's settings.
    pub version: i64,
    /// The versions in which it changed, newest first.
    pub versions: Vec<Version>,
    /// When it was read.
    pub at: Instant,
    /// The directory, for names.
    pub directory: Arc<Directory>,
}

fn coordinator(actor: &Actor) -> Result<(), AppError> {
    if actor.role == Role::Coordinator {
        Ok(())
    } else {
        Err(AppError::Denied)
    }
}

/// Only motives of the list, and at least one where some are wanted.
fn checked(regulation: Regulation) -> Result<Regulation, AppError> {
    let Regulation::ForMotives(motives) = regulation else {
        return Ok(regulation);
    };
    if motives.is_empty() {
        let message = "Choisissez un motif au moins, ou «\u{a0}jamais par principe\u{a0}».";
        return Err(AppError::invalid("/motives", message));
    }
    let mut known = Vec::with_capacity(motives.len());
    for code in motives {
        let found = Motives::shipped().get(code.as_str()).ok_or_else(|| {
            AppError::invalid("/motives", "Ce motif n’est pas dans la liste des motifs.")
        })?;
        known.push(found.code.clone());
    }
    known.sort();
    known.dedup();
    Ok(Regulation::ForMotives(known))
}

impl App {
    /// The setting in force and the versions in which it changed.
    pub async fn regulation_setting(&self, who: &Who) -> Result<Held, AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        let at = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let network = networks::get(tx, actor.network)?;
            let mut versions: Vec<Version> = Vec::new();
            for past in networks::list_settings(tx, actor.network, VERSIONS)? {
                let regulation = past.settings.policy.regulation;
                // The oldest version of a run of the same setting is the one that made it.
                if let Some(newer) = versions.last_mut().filter(|v| v.regulation == regulation) {
                    (newer.version, newer.since) = (past.version, past.since);
                    newer.author = named(&directory, past.author);
                    continue;
                }
                versions.push(Version {
                    version: past.version,
                    regulation,
                    since: past.since,
                    author: named(&directory, past.author),
                });
            }
            Ok(Held {
                regulation: network.policy.regulation,
                version: network.settings_version,
                versions,
                at,
                directory,
            })
        })
        .await
    }

    /// What a setting would have done to the requests of the last thirty days.
    pub async fn preview_regulation(
        &self,
        who: &Who,
        regulation: Regulation,
    ) -> Result<Effect, AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        let regulation = checked(regulation)?;
        let since = self.now() - Duration::hours(24 * DAYS);
        self.read(move |_, tx| {
            let mut raised =
                requests::list_raised_since(tx, actor.network, since, REQUESTS_MAX + 1)?;
            let most = usize::try_from(REQUESTS_MAX).unwrap_or(usize::MAX);
            let mut effect = Effect {
                capped: raised.len() > most,
                ..Effect::default()
            };
            raised.truncate(most);
            for request in &raised {
                effect.all += 1;
                match regulation.requires(request.red_flags, &request.need) {
                    Some(Because::Doubt) => effect.doubt += 1,
                    Some(Because::Setting) => effect.setting += 1,
                    None => {}
                }
            }
            Ok(effect)
        })
        .await
    }

    /// Changes the setting: for requests raised from now on (R4.12).
    ///
    /// # Errors
    /// `settings-moved` when somebody saved the network's settings since they were shown.
    pub async fn set_regulation(
        &self,
        who: &Who,
        version: i64,
        regulation: Regulation,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        let regulation = checked(regulation)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let mut network = settings_shown(tx, actor.network, version)?;
            if network.policy.regulation == regulation {
                return Ok(());
            }
            network.policy.regulation = regulation.clone();
            networks::update(tx, &network, now, &actor.user.to_string())?;
            let body = json!({ "say": "Réglage de la régulation médicale changé",
                "regulation": code(&regulation), "motives": motives(&regulation),
                "version": version + 1 });
            let id = Some(actor.network);
            journal::act(tx, id, "settings.regulation", None, None, &body, &who, now)
        })
        .await
    }
}

pub(crate) fn named(directory: &Directory, author: String) -> String {
    let account = author.parse().ok().and_then(|id| directory.user_name(id));
    account.unwrap_or(author)
}

/// The code of a setting, as a form and a file say it.
pub const fn code(regulation: &Regulation) -> &'static str {
    match regulation {
        Regulation::WhenUnknown => "when-unknown",
        Regulation::Always => "always",
        Regulation::ForMotives(_) => "for-motives",
    }
}

/// The motives of a setting.
pub fn motives(regulation: &Regulation) -> Vec<String> {
    match regulation {
        Regulation::ForMotives(motives) => motives.iter().map(ToString::to_string).collect(),
        Regulation::WhenUnknown | Regulation::Always => Vec::new(),
    }
}
