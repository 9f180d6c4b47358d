//! What the request's page and the API show of a request. A read of what is inside is an act: it
//! asks for the permission on the state it reads.

use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::members::is_accepter_gone;
use crate::requests::desk::permitted;
use relais_core::access::{self, Actor, Permission, Role};
use relais_core::geo::Insee;
use relais_core::ids::{MessageId, RequestId};
use relais_core::matching::Verdict;
use relais_core::request::{Stage, Status};
use relais_core::time::Instant;
pub use relais_store::journal::Link;
use relais_store::messages;
pub use relais_store::messages::Message;
use relais_store::requests::{self, Filter, Stored};
use relais_store::{contacts, journal, patients, verdicts};
use std::sync::Arc;

/// Most rows of one answer.
pub const PAGE_MAX: u32 = 200;
/// Most messages of one answer: a wide request tells hundreds of people several times.
pub const MESSAGES_MAX: u32 = 1_000;

/// A request with what is needed to name the people in it.
#[derive(Debug, Clone)]
pub struct Read {
    /// The request.
    pub stored: Stored,
    /// The directory, for names.
    pub directory: Arc<Directory>,
    /// Whether this actor may open the identity (by a named, journaled act).
    pub may_open_identity: bool,
    /// Whether this actor may see inside (verdicts, messages, timeline).
    pub may_see_inside: bool,
    /// It was lived on paper and entered afterwards; said with its verdicts, not in a list.
    pub entered_late: bool,
}

/// Verdicts of one stage of one round.
#[derive(Debug, Clone)]
pub struct StageVerdicts {
    /// Round of the cascade.
    pub round: u16,
    /// Stage.
    pub stage: Stage,
    /// When matching was made.
    pub at: Instant,
    /// Everybody considered.
    pub verdicts: Vec<Verdict>,
}

impl App {
    /// A request, to somebody who may see it.
    pub async fn request(&self, who: &Who, id: RequestId) -> Result<Read, AppError> {
        let actor = who.signed_in()?;
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            let directory = inner.directory.current(tx)?;
            Ok(read(stored, directory, &actor))
        })
        .await
    }

    /// Requests this actor may see, newest first; a page and the cursor of the next one.
    pub async fn requests(
        &self,
        who: &Who,
        statuses: Vec<Status>,
        before: Option<RequestId>,
        limit: u32,
    ) -> Result<(Vec<Read>, Option<RequestId>), AppError> {
        let filter = Filter {
            statuses,
            before,
            ..Filter::default()
        };
        self.list_requests(who, filter, limit).await
    }

    /// The request of a short code, among those this actor may see: a code of another network finds
    /// nothing.
    pub async fn find_by_code(&self, who: &Who, code: &str) -> Result<Option<RequestId>, AppError> {
        let filter = Filter {
            code: Some(code.to_owned()),
            ..Filter::default()
        };
        let (found, _) = self.list_requests(who, filter, 1).await?;
        Ok(found.first().map(|read| read.stored.request.id))
    }

    /// The same list, of the patients of one commune.
    pub async fn requests_of_commune(
        &self,
        who: &Who,
        commune: Insee,
        before: Option<RequestId>,
        limit: u32,
    ) -> Result<(Vec<Read>, Option<RequestId>), AppError> {
        let filter = Filter {
            commune: Some(commune),
            before,
            ..Filter::default()
        };
        self.list_requests(who, filter, limit).await
    }

    /// What a filter finds within what this actor may see.
    async fn list_requests(
        &self,
        who: &Who,
        filter: Filter,
        limit: u32,
    ) -> Result<(Vec<Read>, Option<RequestId>), AppError> {
        let actor = who.signed_in()?;
        let limit = limit.clamp(1, PAGE_MAX);
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let mut filter = filter.clone();
            match actor.role {
                Role::Operator | Role::Regulator | Role::Coordinator => {
                    filter.network = Some(actor.network);
                }
                Role::Professional => filter.requester_professional = actor.professional,
                Role::Partner => filter.requester_user = Some(actor.user),
                Role::Administrator | Role::Auditor | Role::Secretary => {
                    return Err(AppError::Denied);
                }
            }
            let mut rows = requests::list(tx, &filter, limit + 1)?;
            let next = rest(&mut rows, limit, |stored| stored.request.id);
            let seen = rows
                .into_iter()
                .map(|s| read(s, Arc::clone(&directory), &actor));
            Ok((seen.collect(), next))
        })
        .await
    }

    /// Requests a professional has taken on, newest first.
    pub async fn taken(&self, who: &Who, limit: u32) -> Result<Vec<Read>, AppError> {
        let actor = who.signed_in()?;
        let professional = crate::offers::answer::answering(&actor)?;
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let filter = Filter {
                engaged: Some(professional),
                ..Filter::default()
            };
            let rows = requests::list(tx, &filter, limit.clamp(1, PAGE_MAX))?;
            Ok(rows
                .into_iter()
                .map(|s| read(s, Arc::clone(&directory), &actor))
                .collect())
        })
        .await
    }

    /// Every verdict, newest stage first.
    pub async fn verdicts(
        &self,
        who: &Who,
        id: RequestId,
    ) -> Result<(Read, Vec<StageVerdicts>), AppError> {
        let actor = who.signed_in()?;
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::SeeInside, &stored.request)?;
            let mut stages: Vec<_> = verdicts::list(tx, id)?
                .into_iter()
                .map(|(round, stage, at, verdicts)| StageVerdicts {
                    round,
                    stage,
                    at,
                    verdicts,
                })
                .collect();
            stages.sort_by_key(|s| std::cmp::Reverse((s.round, s.at, s.stage)));
            let directory = inner.directory.current(tx)?;
            let raised_by = contacts::find_raising(tx, id)?;
            let mut read = read(stored, directory, &actor);
            read.entered_late = raised_by.is_some_and(|contact| contact.entered_late);
            Ok((read, stages))
        })
        .await
    }

    /// The history: journal rows about the request, newest first, the last [`PAGE_MAX`].
    pub async fn timeline(&self, who: &Who, id: RequestId) -> Result<(Read, Vec<Link>), AppError> {
        let (read, rows, _) = self.timeline_before(who, id, None, PAGE_MAX).await?;
        Ok((read, rows))
    }

    /// The same before a position, so many at most, with where the older ones begin.
    pub async fn timeline_before(
        &self,
        who: &Who,
        id: RequestId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<(Read, Vec<Link>, Option<i64>), AppError> {
        let actor = who.signed_in()?;
        let limit = limit.clamp(1, PAGE_MAX);
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::SeeInside, &stored.request)?;
            let network = stored.request.network.to_string();
            let mut rows = journal::list_about(tx, &network, &id.to_string(), before, limit + 1)?;
            let next = rest(&mut rows, limit, |row| row.seq);
            let directory = inner.directory.current(tx)?;
            Ok((read(stored, directory, &actor), rows, next))
        })
        .await
    }

    /// Messages and their receipts, newest first, the last [`MESSAGES_MAX`].
    pub async fn messages(
        &self,
        who: &Who,
        id: RequestId,
    ) -> Result<(Read, Vec<Message>), AppError> {
        let (read, rows, _) = self.messages_before(who, id, None, MESSAGES_MAX).await?;
        Ok((read, rows))
    }

    /// The same before a message, so many at most, with where the older ones begin.
    pub async fn messages_before(
        &self,
        who: &Who,
        id: RequestId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<(Read, Vec<Message>, Option<MessageId>), AppError> {
        let actor = who.signed_in()?;
        let limit = limit.clamp(1, MESSAGES_MAX);
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::SeeInside, &stored.request)?;
            let mut rows = messages::list_for_request(tx, id, before, limit + 1)?;
            let next = rest(&mut rows, limit, |row| row.id);
            let directory = inner.directory.current(tx)?;
            Ok((read(stored, directory, &actor), rows, next))
        })
        .await
    }
}

/// Keeps a page of what was read one row further; answers the mark of its last row when there is more.
fn rest<R, M>(rows: &mut Vec<R>, limit: u32, mark: impl Fn(&R) -> M) -> Option<M> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(mark)
}

impl Read {
    /// Whether whoever has the patient may see them no more (ADR 0038).
    pub fn is_accepter_gone(&self, now: Instant) -> bool {
        is_accepter_gone(&self.directory, &self.stored.request, now)
    }
}

pub(crate) fn read(stored: Stored, directory: Arc<Directory>, actor: &Actor) -> Read {
    Read {
        may_open_identity: access::identity(actor, &stored.request).is_ok(),
        may_see_inside: access::may(actor, Permission::SeeInside, &stored.request),
        entered_late: false,
        stored,
        directory,
    }
}

impl App {
    /// The postcode typed with the address, for somebody who was shown the identity.
    pub async fn patient_postcode(&self, who: &Who, id: RequestId) -> Result<String, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            access::identity(&actor, &stored.request).map_err(|_| AppError::Denied)?;
            let plain = patients::find_plain(tx, stored.patient)?.ok_or(AppError::NotFound)?;
            Ok(plain.postcode)
        })
        .await
    }
}
