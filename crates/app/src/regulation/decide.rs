//! What a regulator decides of a case: launch it (as it is or changed, with a pre-diagnosis), change it
//! and keep it, advise and close. The words are kept; they never hold the patient's identity (R6).
//! Sending to 15 is [`crate::requests::desk::Act::Transfer15`], like anybody's.

use super::queue::waits_since;
use super::row_id;
use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::{clean_reason, permitted, refuse_identity_in};
use crate::shell::{Applied, apply_to, hold_still};
use relais_core::access::Permission;
use relais_core::cascade::{Command, Refusal};
use relais_core::ids::RequestId;
use relais_core::request::{Closure, NeedEdit};
use relais_store::regulation::{self as store, Note};
use relais_store::requests;
use serde_json::json;

/// Longest pre-diagnosis or advice, characters.
pub const TEXT_MAX: usize = 2_000;

/// What is decided.
#[derive(Debug, Clone)]
pub enum Decision {
    /// Let it go, possibly changed.
    Launch {
        /// The need as qualified; none = as it was.
        need: Option<NeedEdit>,
        /// For who takes the patient.
        pre_diagnosis: Option<String>,
    },
    /// Change it and keep it in the queue.
    Change {
        /// The need as qualified.
        need: NeedEdit,
        /// For who takes the patient.
        pre_diagnosis: Option<String>,
    },
    /// Advice was given by phone: over.
    Advise {
        /// What was advised, if it is written down.
        advice: Option<String>,
    },
}

impl App {
    /// Decides of a case that waits.
    ///
    /// # Errors
    /// Refused when it does not wait any more; a text that names the patient, on its own field.
    pub async fn regulate(
        &self,
        who: &Who,
        id: RequestId,
        decision: Decision,
        reason: Option<String>,
    ) -> Result<Applied, AppError> {
        let actor = who.signed_in()?;
        let decision = clean(decision)?;
        let reason = clean_reason("/reason", reason)?;
        let (now, who) = (self.now(), who.clone());
        let applied = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, id)?;
                permitted(&actor, Permission::Qualify, &stored.request)?;
                if waits_since(&stored.request).is_none() {
                    return Err(Refusal::WrongState.into());
                }
                if let Some(text) = reason.as_deref() {
                    refuse_identity_in(inner, tx, &stored, "/reason", text)?;
                }
                if !matches!(decision, Decision::Advise { .. }) {
                    // The note is in the journal before the launch.
                    hold_still(inner, tx, stored.request.network)?;
                }
                let (pointer, kind, text) = match &decision {
                    Decision::Launch { pre_diagnosis, .. }
                    | Decision::Change { pre_diagnosis, .. } => {
                        ("/pre_diagnosis", "pre-diagnosis", pre_diagnosis)
                    }
                    Decision::Advise { advice } => ("/advice", "advice", advice),
                };
                if let Some(text) = text {
                    refuse_identity_in(inner, tx, &stored, pointer, text)?;
                    let note = Note {
                        id: row_id("rno", now),
                        request: id,
                        author: actor.user,
                        at: now,
                        kind: kind.to_owned(),
                        text: text.clone(),
                    };
                    store::insert_note(tx, &note)?;
                    let say = if kind == "advice" {
                        "Conseil du médecin régulateur"
                    } else {
                        "Pré-diagnostic du médecin régulateur"
                    };
                    let body = json!({ "say": say, "more": text });
                    let about = Some((&stored.request, stored.patient));
                    let network = Some(stored.request.network);
                    journal::act(
                        tx,
                        network,
                        "regulation.noted",
                        about,
                        None,
                        &body,
                        &who,
                        now,
                    )?;
                }
                if let Decision::Launch {
                    need: Some(edit), ..
                }
                | Decision::Change { need: edit, .. } = &decision
                {
                    let need = edit.of(&stored.request.need);
                    refuse_identity_in(inner, tx, &stored, "/need/comment", &need.comment)?;
                }
                let by = actor.user;
                let command = match &decision {
                    Decision::Launch { need, .. } => Command::Qualify {
                        by,
                        need: need.as_ref().map(|edit| edit.of(&stored.request.need)),
                    },
                    Decision::Change { need, .. } => Command::Edit {
                        by,
                        need: need.of(&stored.request.need),
                    },
                    Decision::Advise { .. } => Command::Close {
                        by,
                        accepter: None,
                        closure: Closure::PhoneAdvice,
                    },
                };
                apply_to(inner, tx, stored, &command, &who, now, reason.as_deref())
            })
            .await?;
        self.wake();
        Ok(applied)
    }
}

fn clean(decision: Decision) -> Result<Decision, AppError> {
    let text = |pointer: &str, text: Option<String>| -> Result<Option<String>, AppError> {
        let text = text.map(|text| text.trim().to_owned());
        let text = text.filter(|text| !text.is_empty());
        match text {
            Some(text) if text.chars().count() > TEXT_MAX => Err(AppError::invalid(
                pointer,
                format!("{TEXT_MAX} caractères au plus."),
            )),
            other => Ok(other),
        }
    };
    Ok(match decision {
        Decision::Launch {
            need,
            pre_diagnosis,
        } => Decision::Launch {
            need,
            pre_diagnosis: text("/pre_diagnosis", pre_diagnosis)?,
        },
        Decision::Change {
            need,
            pre_diagnosis,
        } => Decision::Change {
            need,
            pre_diagnosis: text("/pre_diagnosis", pre_diagnosis)?,
        },
        Decision::Advise { advice } => Decision::Advise {
            advice: text("/advice", advice)?,
        },
    })
}
