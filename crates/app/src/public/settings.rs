//! What a network decides of its public pages, and what happened on them: read and changed by whoever
//! keeps it running. Each change is a new version of the settings, journaled.

use super::{find, slug};
use crate::app::{App, Who};
use crate::error::{AppError, FieldError};
use crate::journal;
use relais_core::access::{Actor, Role};
use relais_core::contact::Kind;
use relais_core::time::Duration;
use relais_store::codec::settings::{self, PublicSettings, Settings, SettingsError};
use relais_store::{contacts, networks, public_forms};
use serde_json::json;

/// How far back what happened is told.
const DAYS: i64 = 14;

/// The public pages of a network, as they stand.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The settings.
    pub settings: PublicSettings,
    /// The word of the address in use.
    pub slug: String,
    /// Requests of the form that wait to be called back.
    pub waiting: i64,
    /// Forms being filled in.
    pub filling: i64,
    /// What happened in the last fortnight, newest first: the day, what, how often.
    pub counts: Vec<(String, String, i64)>,
}

/// Settings as typed.
#[derive(Debug, Clone, Default)]
pub struct PublicDraft {
    /// Whether the form takes requests.
    pub form: bool,
    /// Word of the address.
    pub slug: String,
    /// Minutes.
    pub call_back_minutes: String,
    /// Minutes.
    pub last_form_minutes: String,
    /// How many.
    pub waiting_max: String,
    /// As dialled.
    pub duty_phone: String,
}

/// Whoever keeps the public pages of their network.
fn keeper(who: &Who) -> Result<Actor, AppError> {
    let actor = who.signed_in()?;
    match actor.role {
        Role::Coordinator | Role::Administrator => Ok(actor),
        _ => Err(AppError::Denied),
    }
}

impl App {
    /// The public pages of the actor's network.
    ///
    /// # Errors
    /// `Denied` to whoever does not keep it.
    pub async fn public_settings(&self, who: &Who) -> Result<Reading, AppError> {
        let actor = keeper(who)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(actor.network)?;
            let since = entry.calendar.date(now - Duration::hours(24 * DAYS));
            Ok(Reading {
                settings: entry.network.extra.public.clone(),
                slug: slug(entry),
                waiting: contacts::count_open(tx, actor.network, Kind::Web)?,
                filling: public_forms::count_live(tx, actor.network, now)?,
                counts: public_forms::list_counts(tx, actor.network, &since.to_string())?,
            })
        })
        .await
    }

    /// Changes them; holds from the next page on.
    ///
    /// # Errors
    /// What is wrong, by field.
    pub async fn set_public_settings(&self, who: &Who, draft: PublicDraft) -> Result<(), AppError> {
        let actor = keeper(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let mut network = networks::get(tx, actor.network)?;
            let public = read(&draft, &network.extra.public)?;
            if let Some(word) = &public.slug
                && find(&directory, word).is_some_and(|other| other.network.id != network.id)
            {
                return Err(AppError::invalid(
                    "slug",
                    "Un autre réseau a déjà cette adresse. Choisissez-en une autre",
                ));
            }
            if public == network.extra.public {
                return Ok(());
            }
            let form = (network.extra.public.form, public.form);
            network.extra.public = public;
            check(&network)?;
            networks::update(tx, &network, now, &actor.user.to_string())?;
            let body = json!({ "form": form.1, "was": form.0,
                "version": network.settings_version + 1 });
            let act = "network.public_changed";
            journal::act(tx, Some(actor.network), act, None, None, &body, &who, now)?;
            Ok(())
        })
        .await
    }
}

fn read(draft: &PublicDraft, held: &PublicSettings) -> Result<PublicSettings, AppError> {
    let mut errors = Vec::new();
    let mut number = |field: &str, text: &str| {
        let read = text.trim().parse::<u16>();
        if read.is_err() {
            errors.push(FieldError::new(
                field,
                "Écrivez un nombre, par exemple\u{a0}: 60",
            ));
        }
        read.unwrap_or_default()
    };
    let call_back_minutes = number("call_back_minutes", &draft.call_back_minutes);
    let last_form_minutes = number("last_form_minutes", &draft.last_form_minutes);
    let waiting_max = number("waiting_max", &draft.waiting_max);
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    let word = draft.slug.trim();
    let digits = |c: &char| c.is_ascii_digit() || *c == '+';
    Ok(PublicSettings {
        slug: (!word.is_empty()).then(|| word.to_owned()),
        form: draft.form,
        call_back_minutes,
        last_form_minutes,
        waiting_max,
        duty_phone: draft.duty_phone.chars().filter(digits).collect(),
        numbers: held.numbers.clone(),
    })
}

/// The same checks as those of a file, in French.
fn check(network: &networks::Network) -> Result<(), AppError> {
    let written = settings::encode(&Settings {
        hours: network.hours.clone(),
        policy: network.policy.clone(),
        extra: network.extra.clone(),
    })?;
    let Err(error) = settings::decode(&written) else {
        return Ok(());
    };
    let SettingsError::Value { path, .. } = &error else {
        return Err(AppError::Bug(format!("public settings: {error}")));
    };
    let (field, said) = match path.as_str() {
        "public.slug" => (
            "slug",
            "De 3 à 40 lettres minuscules sans accent, chiffres ou tirets, par exemple\u{a0}: essonne-nord",
        ),
        "public.call_back_minutes" => ("call_back_minutes", "De 10 minutes à 24 heures (1440)"),
        "public.last_form_minutes" => ("last_form_minutes", "240 minutes au plus"),
        "public.waiting_max" => ("waiting_max", "De 1 à 1000"),
        "public.duty_phone" => (
            "duty_phone",
            "Le numéro comme on le compose, par exemple\u{a0}: 116117",
        ),
        _ => return Err(AppError::Bug(format!("public settings: {error}"))),
    };
    Err(AppError::invalid(field, said))
}
