//! What waits at the desk, and how it ends.

use super::{AFTER_MESSAGE, LIST_MAX, TRY_AGAIN};
use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::permitted;
use crate::shell::journal_identity;
use relais_core::access::{self, Permission, Role};
use relais_core::ids::RequestId;
use relais_core::request::Request;
use relais_store::desk_tasks::{self, DeskTask};
use relais_store::patients::{self, Identity};
use relais_store::requests;
use relais_store::seal::Secret;
use serde_json::json;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// They were told, or their words were dealt with.
    Reached,
    /// Nobody answered: again in a quarter of an hour.
    NoAnswer,
    /// A message was left, without health data: again in an hour.
    MessageLeft,
    /// The number is somebody else's.
    WrongNumber,
    /// Given up after several attempts.
    Unreachable,
}

impl Ended {
    /// The word a form sends.
    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "reached" => Self::Reached,
            "no-answer" => Self::NoAnswer,
            "message-left" => Self::MessageLeft,
            "wrong-number" => Self::WrongNumber,
            "unreachable" => Self::Unreachable,
            _ => return None,
        })
    }

    const fn say(self) -> &'static str {
        match self {
            Self::Reached => "Patient joint",
            Self::NoAnswer => "Patient appelé, pas de réponse",
            Self::MessageLeft => "Message laissé au patient, sans rien de médical",
            Self::WrongNumber => "Le numéro n’est pas celui du patient",
            Self::Unreachable => "Patient injoignable",
        }
    }
}

/// A task with the request it is about; no identity.
#[derive(Debug, Clone)]
pub struct Task {
    /// The task.
    pub task: DeskTask,
    /// Its request.
    pub request: Request,
    /// Its short number.
    pub code: String,
}

/// A task opened by a named, journaled look.
pub struct Opened {
    /// The task.
    pub task: Task,
    /// Whom to call.
    pub identity: Identity,
    /// What they wrote.
    pub words: Option<Secret>,
}

impl App {
    /// What waits at the actor's desk, the most pressing first, and how many there are in all.
    pub async fn desk_tasks(&self, who: &Who) -> Result<(Vec<Task>, u32), AppError> {
        let actor = who.signed_in()?;
        if !matches!(
            actor.role,
            Role::Operator | Role::Regulator | Role::Coordinator
        ) {
            return Err(AppError::Denied);
        }
        self.read(move |_, tx| {
            let mut tasks = Vec::new();
            for task in desk_tasks::list_open(tx, actor.network, LIST_MAX)? {
                let stored = requests::find(tx, task.request)?.ok_or(AppError::NotFound)?;
                tasks.push(Task {
                    task,
                    code: stored.code,
                    request: stored.request,
                });
            }
            Ok((tasks, desk_tasks::count_open(tx, actor.network)?))
        })
        .await
    }

    /// Opens a task: whom to call and what they wrote. The look is journaled (R6).
    pub async fn open_desk_task(&self, who: &Who, id: String) -> Result<Opened, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let task = desk_tasks::find(tx, &id)?.ok_or(AppError::NotFound)?;
            let stored = requests::find(tx, task.request)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::Handle, &stored.request)?;
            let access = access::identity(&actor, &stored.request).map_err(|_| AppError::Denied)?;
            journal_identity(tx, task.network, stored.patient, &access, &who, now)?;
            let words = desk_tasks::open_words(tx, &inner.vault, &task.id, &access)?;
            let identity = patients::open(tx, &inner.vault, stored.patient, &access)?;
            Ok(Opened {
                task: Task {
                    task,
                    code: stored.code,
                    request: stored.request,
                },
                identity,
                words,
            })
        })
        .await
    }

    /// Writes down how an attempt ended; answers about which request, while its number can be put right. A task that is
    /// over stays as it ended.
    pub async fn end_desk_task(
        &self,
        who: &Who,
        id: String,
        ended: Ended,
    ) -> Result<Option<RequestId>, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let task = desk_tasks::find(tx, &id)?.ok_or(AppError::NotFound)?;
            let stored = requests::find(tx, task.request)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::Handle, &stored.request)?;
            let again = |after| now + after;
            let moved = match ended {
                Ended::NoAnswer => desk_tasks::tried(tx, &id, now, again(TRY_AGAIN))?,
                Ended::MessageLeft => desk_tasks::tried(tx, &id, now, again(AFTER_MESSAGE))?,
                Ended::Reached if task.kind == "call" => {
                    desk_tasks::end(tx, &id, actor.user, "reached", now)?
                }
                Ended::Reached => desk_tasks::end(tx, &id, actor.user, "handled", now)?,
                Ended::WrongNumber => desk_tasks::end(tx, &id, actor.user, "wrong-number", now)?,
                Ended::Unreachable => desk_tasks::end(tx, &id, actor.user, "unreachable", now)?,
            };
            let living = (!stored.request.is_ended()).then_some(task.request);
            if !moved {
                return Ok(living);
            }
            let body = json!({ "say": ended.say(), "attempt": task.attempts + 1 });
            let about = Some((&stored.request, stored.patient));
            let network = Some(task.network);
            journal::act(tx, network, "patient.called", about, None, &body, &who, now)?;
            Ok(living)
        })
        .await
    }

    /// What the desk was to say or read about a request, newest first.
    pub async fn desk_tasks_of(&self, who: &Who, id: RequestId) -> Result<Vec<DeskTask>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::SeeInside, &stored.request)?;
            Ok(desk_tasks::list_for_request(tx, id, LIST_MAX)?)
        })
        .await
    }
}
