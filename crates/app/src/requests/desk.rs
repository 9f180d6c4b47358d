//! What the desk, the requester and the accepter do with a request: one door, the permission
//! checked on the state read in the same transaction.

use crate::app::{App, Who};
use crate::error::AppError;
use crate::idempotent::Kept;
use crate::journal;
use crate::members::is_accepter_gone;
use crate::requests::delegation::permitted_change;
use crate::shell::{Applied, apply_to, journal_identity};
use relais_core::access::{self, Actor, Permission};
use relais_core::cascade::Command;
use relais_core::ids::RequestId;
use relais_core::request::{Appointment, CancelledBy, Closure, NeedEdit, Request};
use relais_store::patients::{self, Identity};
use relais_store::requests;
pub use relais_store::requests::Stored;
use serde_json::json;

/// Longest reason or note, characters.
pub const REASON_MAX: usize = 500;

/// What somebody wants of a request.
#[derive(Debug, Clone)]
pub enum Act {
    /// Let it go after qualification, possibly changed.
    Qualify(Option<NeedEdit>),
    /// Change the need.
    Edit(NeedEdit),
    /// Stop the clock.
    Pause,
    /// Start it again.
    Resume,
    /// New window.
    Relaunch(Option<u16>),
    /// Open the neighbours' stage.
    Widen,
    /// Own the unfilled request.
    TakeInHand,
    /// Cancel.
    Cancel(CancelledBy),
    /// Hand to 15.
    Transfer15,
    /// Give the patient back: whoever has them, or the desk once their rights are over (ADR 0038).
    Release,
    /// Set or move the appointment.
    SetAppointment(Appointment),
    /// End with an outcome.
    Close(Closure),
}

impl Act {
    const fn permission(&self) -> Permission {
        match self {
            Self::Qualify(_) => Permission::Qualify,
            Self::Edit(_) | Self::Cancel(_) => Permission::Change,
            Self::Pause | Self::Resume | Self::Relaunch(_) | Self::Transfer15 => Permission::Steer,
            Self::Widen | Self::TakeInHand => Permission::Handle,
            Self::Release => Permission::Release,
            Self::SetAppointment(_) | Self::Close(_) => Permission::FollowUp,
        }
    }

    /// Acts that need a reason (R4.8, R4.9, R3).
    const fn needs_reason(&self) -> bool {
        matches!(self, Self::Cancel(_) | Self::Transfer15 | Self::Release)
    }

    pub(super) fn command(&self, actor: &Actor, request: &Request) -> Command {
        let by = actor.user;
        let accepter = actor.answers_for();
        match self {
            Self::Qualify(edit) => Command::Qualify {
                by,
                need: edit.as_ref().map(|edit| edit.of(&request.need)),
            },
            Self::Edit(edit) => Command::Edit {
                by,
                need: edit.of(&request.need),
            },
            Self::Pause => Command::Pause { by },
            Self::Resume => Command::Resume { by },
            Self::Relaunch(minutes) => Command::Relaunch {
                by,
                window_minutes: *minutes,
            },
            Self::Widen => Command::Widen { by },
            Self::TakeInHand => Command::TakeInHand { by },
            Self::Cancel(who) => Command::Cancel { by, who: *who },
            Self::Transfer15 => Command::Transfer15 { by },
            Self::Release => {
                let professional = accepter.or(request.engaged());
                match professional {
                    Some(professional) => Command::Release { professional },
                    None => Command::Tick,
                }
            }
            Self::SetAppointment(appointment) => Command::SetAppointment {
                by,
                accepter,
                appointment: *appointment,
            },
            Self::Close(closure) => Command::Close {
                by,
                accepter,
                closure: *closure,
            },
        }
    }
}

impl App {
    /// Does something with a request. Denied to somebody who may not see it looks like not found.
    pub async fn act(
        &self,
        who: &Who,
        id: RequestId,
        act: Act,
        reason: Option<String>,
    ) -> Result<Applied, AppError> {
        let actor = who.signed_in()?;
        let reason = clean_reason("/reason", reason)?;
        if act.needs_reason() && reason.is_none() {
            return Err(AppError::invalid(
                "/reason",
                "Dites pourquoi, en quelques mots.",
            ));
        }
        let (now, who) = (self.now(), who.clone());
        let applied = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, id)?;
                // Nobody else could give back the patient of whoever is gone.
                let directory = inner.directory.current(tx)?;
                let gone = is_accepter_gone(&directory, &stored.request, now);
                let desk = actor.is_desk_of(stored.request.network);
                if !(gone && desk && matches!(act, Act::Release)) {
                    permitted(&actor, act.permission(), &stored.request)?;
                }
                if gone && matches!(act, Act::SetAppointment(_)) {
                    let detail = "Le professionnel qui avait ce patient n’y a plus accès\u{a0}: cherchez quelqu’un d’autre, ou annulez la demande.";
                    return Err(AppError::problem("accepter-gone", 409, detail));
                }
                if matches!(act, Act::Cancel(CancelledBy::Operator))
                    && !actor.is_desk_of(stored.request.network)
                {
                    return Err(AppError::Denied);
                }
                if let Some(text) = reason.as_deref() {
                    refuse_identity_in(inner, tx, &stored, "/reason", text)?;
                }
                if let Act::Edit(edit) | Act::Qualify(Some(edit)) = &act {
                    let need = edit.of(&stored.request.need);
                    permitted_change(&actor, &stored.request.need, &need)?;
                    refuse_identity_in(inner, tx, &stored, "/need/comment", &need.comment)?;
                }
                let command = act.command(&actor, &stored.request);
                apply_to(inner, tx, stored, &command, &who, now, reason.as_deref())
            })
            .await?;
        self.wake();
        Ok(applied)
    }

    /// Adds a note to the request's history, without identity.
    pub async fn note(&self, who: &Who, id: RequestId, text: String) -> Result<(), AppError> {
        self.note_once(who, id, text, None).await
    }

    /// The same, the answer — the request as it is — kept under an idempotency key in that
    /// transaction.
    pub async fn note_once(
        &self,
        who: &Who,
        id: RequestId,
        text: String,
        kept: Option<Kept<Stored>>,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let text = clean_reason("/text", Some(text))?
            .ok_or_else(|| AppError::invalid("/text", "La note est vide."))?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::get_for_update(tx, id)?;
            permitted(&actor, Permission::Steer, &stored.request)?;
            refuse_identity_in(inner, tx, &stored, "/text", &text)?;
            let body = json!({ "say": "Note", "more": text });
            let about = Some((&stored.request, stored.patient));
            let network = Some(stored.request.network);
            journal::act(tx, network, "request.noted", about, None, &body, &who, now)?;
            match &kept {
                Some(kept) => kept.keep(inner, tx, actor.user, &stored),
                None => Ok(()),
            }
        })
        .await
    }

    /// Opens the identity of a request's patient to somebody who may, and journals it (R6).
    pub async fn open_identity(&self, who: &Who, id: RequestId) -> Result<Identity, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            let access = access::identity(&actor, &stored.request).map_err(|_| AppError::Denied)?;
            journal_identity(
                tx,
                stored.request.network,
                stored.patient,
                &access,
                &who,
                now,
            )?;
            Ok(patients::open(tx, &inner.vault, stored.patient, &access)?)
        })
        .await
    }
}

/// The permission, or the answer that gives nothing away.
pub(crate) fn permitted(
    actor: &Actor,
    permission: Permission,
    request: &Request,
) -> Result<(), AppError> {
    if access::may(actor, permission, request) {
        Ok(())
    } else if access::may(actor, Permission::See, request) {
        Err(AppError::Denied)
    } else {
        Err(AppError::NotFound)
    }
}

pub(crate) fn clean_reason(
    pointer: &str,
    reason: Option<String>,
) -> Result<Option<String>, AppError> {
    let reason = reason
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    match reason {
        Some(text) if text.chars().count() > REASON_MAX => Err(AppError::invalid(
            pointer,
            format!("{REASON_MAX} caractères au plus."),
        )),
        other => Ok(other),
    }
}

/// Free text about a request never holds its patient's identity: it is read by others (R6).
pub(crate) fn refuse_identity_in(
    inner: &crate::app::Inner,
    tx: &mut relais_store::Tx<'_>,
    stored: &Stored,
    pointer: &str,
    text: &str,
) -> Result<(), AppError> {
    let access = access::delivery_identity(stored.request.id);
    let identity = patients::open(tx, &inner.vault, stored.patient, &access)?;
    match super::comment::identity_in(text, &identity) {
        Some(found) => Err(AppError::invalid(
            pointer,
            super::comment::sentence(text, &found),
        )),
        None => Ok(()),
    }
}
