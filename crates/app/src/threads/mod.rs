//! The thread of a request (ADR 0034): desk, requester, the professional who has the patient and,
//! once a colleague has them, the usual professionals write to one another, with photos, until the
//! request ends. Sealed like notes; each opening is an act in the journal.
//!
//! Owns who is told that a message waits, and when it is the same message. Refuses to write after the
//! end, and a patient's name before somebody has the patient (R6).

mod export;
mod post;

pub(crate) use post::post_words;
pub use post::{NewMessage, Posted, TEXT_MAX};
pub use relais_store::threads::{Count, MESSAGES_MAX};

use crate::app::{App, Who};
use crate::chance;
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::photos::Opened;
use crate::requests::desk::permitted;
use crate::requests::read::Read;
use crate::text::thread as words;
use relais_core::access::{self, Actor, Permission, Role, ThreadAccess, ThreadSide};
use relais_core::ids::{ProfessionalId, RequestId};
use relais_core::request::{Request, Requester};
use relais_core::time::Instant;
use relais_core::wishes::Wishes;
use relais_store::requests::{self, Stored};
use relais_store::threads::{self, DESK};
use relais_store::{Tx, patient_wishes};
use serde_json::json;
use std::sync::Arc;

/// Most threads of the desk's list.
const LIST_MAX: u32 = 100;

/// A message, as its readers see it. Never printed: there is no Debug on purpose.
#[derive(Clone)]
pub struct Line {
    /// Its number, from 1.
    pub n: u32,
    /// Who wrote it.
    pub author: String,
    /// In whose quality.
    pub side: ThreadSide,
    /// Written by this reader.
    pub mine: bool,
    /// When.
    pub at: Instant,
    /// What it says.
    pub text: String,
    /// How many photos came with it.
    pub photos: u8,
    /// Not read before by this reader.
    pub fresh: bool,
}

/// A thread, opened for one reader.
#[derive(Clone)]
pub struct Thread {
    /// Short number of the request.
    pub code: String,
    /// Its messages, oldest first.
    pub lines: Vec<Line>,
    /// Whether one may still write.
    pub open: bool,
    /// Whether what is written may name the patient.
    pub may_name: bool,
    /// In whose quality this reader looks.
    pub side: ThreadSide,
    /// Who reads it, in words.
    pub readers: Vec<String>,
    /// The network that answers for the request.
    pub network: String,
}

/// The name under which somebody's reading is kept.
fn reader(actor: &Actor, side: ThreadSide) -> String {
    match (side, actor.professional) {
        (ThreadSide::Desk, _) => DESK.to_owned(),
        (_, Some(professional)) => professional.to_string(),
        (_, None) => actor.user.to_string(),
    }
}

/// The professionals who read a thread, each once, in the quality that tells most.
fn professionals(request: &Request, wishes: &Wishes) -> Vec<(ProfessionalId, ThreadSide)> {
    let mut found: Vec<(ProfessionalId, ThreadSide)> = Vec::new();
    let engaged = request.engaged().map(|id| (id, ThreadSide::Accepter));
    let requester = match request.requester {
        Requester::Professional(id, _) => Some((id, ThreadSide::Requester)),
        Requester::Staff(_) | Requester::Partner(_) => None,
    };
    let usual = access::thread_usuals(request, wishes).map(|id| (id, ThreadSide::Usual));
    for (id, side) in engaged.into_iter().chain(requester).chain(usual) {
        if found.iter().all(|(known, _)| *known != id) {
            found.push((id, side));
        }
    }
    found
}

fn readers(
    directory: &Directory,
    request: &Request,
    wishes: &Wishes,
) -> Result<Vec<String>, AppError> {
    let network = &directory.network(request.network)?.network.name;
    let named = professionals(request, wishes)
        .into_iter()
        .filter_map(|(id, side)| {
            let name = directory.person(id)?.display_name();
            Some(format!("{name} ({})", words::side(side)))
        });
    let partner = match request.requester {
        Requester::Partner(user) => directory.user_name(user),
        Requester::Staff(_) | Requester::Professional(..) => None,
    };
    let partner = partner.map(|name| format!("{name} ({})", words::side(ThreadSide::Requester)));
    let all = std::iter::once(network.clone()).chain(named).chain(partner);
    Ok(all.collect())
}

/// The proof, or the answer that gives nothing away.
fn allowed(actor: &Actor, stored: &Stored, wishes: &Wishes) -> Result<ThreadAccess, AppError> {
    match access::thread(actor, &stored.request, wishes) {
        Ok(access) => Ok(access),
        Err(_) => {
            permitted(actor, Permission::See, &stored.request)?;
            Err(AppError::Denied)
        }
    }
}

impl App {
    /// What makes a form sent twice one message.
    pub fn form_key(&self) -> String {
        chance::short_token()
    }

    /// Opens a thread; journaled when there is something to read. What it holds is read from then on.
    ///
    /// # Errors
    /// Not found for this actor, or not to be shown to them.
    pub async fn thread(&self, who: &Who, id: RequestId) -> Result<Thread, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            let wishes = patient_wishes::of_patient(tx, stored.patient)?;
            let access = allowed(&actor, &stored, &wishes)?;
            let directory = inner.directory.current(tx)?;
            let reader = reader(&actor, access.side());
            let before = threads::find_read(tx, id, &reader)?;
            let opened = threads::open(tx, &inner.vault, &access)?;
            if let Some(last) = opened.last() {
                look(
                    tx,
                    &directory,
                    &stored,
                    &access,
                    ("thread.opened", "lu"),
                    &who,
                    now,
                )?;
                threads::set_read(tx, id, &reader, last.facts.n, now)?;
            }
            let lines = opened.into_iter().map(|one| {
                let mine = one.facts.author == actor.user;
                let ours = access.side() == ThreadSide::Desk && one.facts.side == ThreadSide::Desk;
                Line {
                    n: one.facts.n,
                    author: directory.user_name(one.facts.author).unwrap_or_default(),
                    side: one.facts.side,
                    mine,
                    at: one.facts.at,
                    text: one.text.expose().to_owned(),
                    photos: one.facts.photos,
                    fresh: one.facts.n > before.n && !mine && !ours,
                }
            });
            let entry = directory.network(stored.request.network)?;
            Ok(Thread {
                lines: lines.collect(),
                open: access.is_open(),
                may_name: access.may_name(),
                side: access.side(),
                readers: readers(&directory, &stored.request, &wishes)?,
                network: entry.network.name.clone(),
                code: stored.code,
            })
        })
        .await
    }

    /// How much the thread of a request holds for this actor, without opening it; none when it is not
    /// theirs to read.
    ///
    /// # Errors
    /// The request does not exist for this actor.
    pub async fn thread_count(&self, who: &Who, id: RequestId) -> Result<Option<Count>, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            let wishes = patient_wishes::of_patient(tx, stored.patient)?;
            let Ok(access) = access::thread(&actor, &stored.request, &wishes) else {
                permitted(&actor, Permission::See, &stored.request)?;
                return Ok(None);
            };
            let read = threads::find_read(tx, id, &reader(&actor, access.side()))?;
            let count = threads::count(tx, id, read.n, actor.user, access.side())?;
            Ok(Some(count))
        })
        .await
    }

    /// Opens a photo of a message; journaled.
    ///
    /// # Errors
    /// Not found for this actor, or not to be shown to them.
    pub async fn open_thread_photo(
        &self,
        who: &Who,
        id: RequestId,
        message: u32,
        n: u8,
    ) -> Result<Opened, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            let wishes = patient_wishes::of_patient(tx, stored.patient)?;
            let access = allowed(&actor, &stored, &wishes)?;
            let opened = threads::open_photo(tx, &inner.vault, message, n, &access)?;
            let body =
                json!({ "say": format!("Photo {n} du message {message} ouverte"), "photo": n });
            let about = Some((&stored.request, stored.patient));
            let why = Some(access.purpose().code());
            let network = Some(stored.request.network);
            journal::act(tx, network, "photo.opened", about, why, &body, &who, now)?;
            Ok(opened)
        })
        .await
    }

    /// Requests whose thread holds something the desk has not read, the newest first.
    ///
    /// # Errors
    /// Anybody but the desk.
    pub async fn threads_to_read(&self, who: &Who) -> Result<Vec<Read>, AppError> {
        let actor = who.signed_in()?;
        if !matches!(actor.role, Role::Operator | Role::Regulator) {
            return Err(AppError::Denied);
        }
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let mut listed = Vec::new();
            for id in threads::list_for_desk(tx, actor.network, LIST_MAX)? {
                let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
                listed.push(crate::requests::read::read(
                    stored,
                    Arc::clone(&directory),
                    &actor,
                ));
            }
            Ok(listed)
        })
        .await
    }
}

/// Writes a look at a thread down.
fn look(
    tx: &mut Tx<'_>,
    directory: &Directory,
    stored: &Stored,
    access: &ThreadAccess,
    (act, done): (&str, &str),
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let name = directory.user_name(access.actor()).unwrap_or_default();
    let more = words::side(access.side());
    let body = json!({ "say": format!("Fil {done} par {name}"), "more": more });
    let about = Some((&stored.request, stored.patient));
    let why = Some(access.purpose().code());
    let network = Some(stored.request.network);
    journal::act(tx, network, act, about, why, &body, who, now)
}
