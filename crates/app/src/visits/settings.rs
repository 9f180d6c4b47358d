//! What a network sets for its appointments: how far ahead, when the patient is reminded, whether and when
//! they are asked. A version of the network's settings like any other, dated, journaled.

use crate::app::{App, Who};
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::settings_shown::settings_shown;
use relais_core::access::{Actor, Role};
use relais_core::cascade::{ASIDE_MAX_HOURS, HORIZON_MAX_HOURS};
use relais_store::networks;
use serde_json::json;

/// The settings in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitSettings {
    /// No appointment further than so many hours ahead (R8).
    pub horizon_hours: u16,
    /// The patient is reminded so many hours before; 0 = never (R7).
    pub reminder_hours: u16,
    /// The patient is asked so many hours after; 0 = never (R7).
    pub question_hours: u16,
    /// Version of the network's settings.
    pub version: i64,
}

/// The settings as typed.
#[derive(Debug, Clone, Default)]
pub struct VisitSettingsDraft {
    /// Hours.
    pub horizon_hours: String,
    /// Hours.
    pub reminder_hours: String,
    /// Hours.
    pub question_hours: String,
    /// The version they were read in.
    pub version: i64,
}

fn coordinator(actor: &Actor) -> Result<(), AppError> {
    if actor.role == Role::Coordinator {
        Ok(())
    } else {
        Err(AppError::Denied)
    }
}

impl VisitSettingsDraft {
    fn read(&self) -> Result<[u16; 3], AppError> {
        let mut errors = Vec::new();
        let mut hours = |field: &str, text: &str, least: u16, most: u16, said: &str| {
            let read = text.trim().parse::<u16>().ok();
            let read = read.filter(|hours| (least..=most).contains(hours));
            if read.is_none() {
                errors.push(FieldError::new(field, said));
            }
            read.unwrap_or_default()
        };
        let horizon = hours(
            "horizon_hours",
            &self.horizon_hours,
            1,
            HORIZON_MAX_HOURS,
            "Un nombre d’heures de 1 à 744 (un mois)",
        );
        let aside = "Un nombre d’heures de 0 (jamais) à 48";
        let reminder = hours(
            "reminder_hours",
            &self.reminder_hours,
            0,
            ASIDE_MAX_HOURS,
            aside,
        );
        let question = hours(
            "question_hours",
            &self.question_hours,
            0,
            ASIDE_MAX_HOURS,
            aside,
        );
        if errors.is_empty() {
            Ok([horizon, reminder, question])
        } else {
            Err(AppError::Invalid(errors))
        }
    }
}

impl App {
    /// The settings in force.
    ///
    /// # Errors
    /// To the coordinator only.
    pub async fn visit_settings(&self, who: &Who) -> Result<VisitSettings, AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        self.read(move |_, tx| {
            let network = networks::get(tx, actor.network)?;
            Ok(VisitSettings {
                horizon_hours: network.policy.appointment_horizon_hours,
                reminder_hours: network.policy.patient_reminder_hours,
                question_hours: network.policy.patient_question_hours,
                version: network.settings_version,
            })
        })
        .await
    }

    /// Changes them: for appointments given from now on.
    ///
    /// # Errors
    /// Fields; `settings-moved` when somebody saved the network's settings since they were shown.
    pub async fn set_visit_settings(
        &self,
        who: &Who,
        draft: VisitSettingsDraft,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        let [horizon, reminder, question] = draft.read()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let mut network = settings_shown(tx, actor.network, draft.version)?;
            let policy = &mut network.policy;
            let was = [
                policy.appointment_horizon_hours,
                policy.patient_reminder_hours,
                policy.patient_question_hours,
            ];
            if was == [horizon, reminder, question] {
                return Ok(());
            }
            policy.appointment_horizon_hours = horizon;
            policy.patient_reminder_hours = reminder;
            policy.patient_question_hours = question;
            networks::update(tx, &network, now, &actor.user.to_string())?;
            let body = json!({ "say": "Réglages des rendez-vous changés", "was": was,
                "horizon": horizon, "reminder": reminder, "question": question,
                "version": draft.version + 1 });
            let (id, act) = (Some(actor.network), "settings.visits");
            journal::act(tx, id, act, None, None, &body, &who, now)
        })
        .await
    }
}
