//! The contact log: a day's calls and forms, whatever became of them, and their figures (R2). Figures
//! are for whoever runs or audits the network; the rows, without any identity, for those who follow
//! the calls. Owns what a day is (the network's civil day); refuses a page without an end.

pub mod export;
pub mod figures;

use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::reference::motives::Motives;
use figures::Figures;
use jiff::civil::Date;
use relais_core::access::{Actor, Role};
use relais_core::ids::{ContactId, NetworkId, RequestId, UserId};
use relais_core::request::{MOTIVES_MAX, Origin};
use relais_core::slug::Slug;
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::contact_log::{self as log, Filter, Line};
use std::sync::Arc;

pub use relais_store::contact_log::Place;

/// Most rows of one page.
pub const PAGE_MAX: u32 = 200;
/// Most people named in the filter.
const OPERATORS_MAX: u32 = 200;

/// Which contacts of the day are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The civil day in the network's zone; today when nothing is said.
    pub day: Option<Date>,
    /// Only from there.
    pub origin: Option<Origin>,
    /// Only with this outcome.
    pub outcome: Option<Wanted>,
    /// Only answered by them.
    pub operator: Option<UserId>,
    /// Only with this motive.
    pub motive: Option<String>,
    /// Only those entered after the fact, or only the others.
    pub late: Option<bool>,
}

impl Choice {
    /// Whether everything of the day is looked at.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        *self
            == Self {
                day: self.day,
                ..Self::default()
            }
    }
}

/// An outcome to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Still open: no outcome yet.
    Open,
    /// Ended so (`contact.outcome` of CONTRACT).
    Ended(&'static str),
}

impl Wanted {
    /// Every outcome a contact may have (CONTRACT), the request first.
    pub fn outcomes() -> impl Iterator<Item = &'static str> {
        relais_core::contact::Outcome::ALL
            .iter()
            .map(|outcome| outcome.code())
    }

    /// `open`, or an outcome's code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        if code == "open" {
            return Some(Self::Open);
        }
        Self::outcomes()
            .find(|known| *known == code)
            .map(Self::Ended)
    }

    /// The code it is read from.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended(code) => code,
        }
    }
}

/// A contact of the log. Nothing in it says who the patient is.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which.
    pub id: ContactId,
    /// Where it came from.
    pub origin: Origin,
    /// How it ended; none while it lasts.
    pub outcome: Option<String>,
    /// The request it led to, with its short code.
    pub request: Option<(RequestId, String)>,
    /// Who answered.
    pub operator: Option<UserId>,
    /// When it really came.
    pub received_at: Instant,
    /// Entered after the fact, with its true time.
    pub entered_late: bool,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// The motives, as coded when it was answered; one of no list any more is left out.
    pub motives: Vec<Slug>,
    /// Reason of the outcome.
    pub reason: Option<String>,
    /// The same as a code: why it was out of scope, or that closing time ended it.
    pub reason_code: Option<String>,
}

impl Entry {
    /// How long it lasted; none while it lasts, and for one entered after the fact, whose end is that of
    /// the entry.
    #[must_use]
    pub fn length(&self) -> Option<Duration> {
        let end = self.ended_at.filter(|_| !self.entered_late)?;
        Some(end.since(self.received_at))
    }
}

/// A day, as much of it as the reader may see.
#[derive(Debug, Clone)]
pub struct Day {
    /// Which.
    pub day: Date,
    /// Today, in the network's zone: nothing is later.
    pub today: Date,
    /// The figures of the whole day.
    pub figures: Figures,
    /// The figures of what was chosen; those of the day when everything is.
    pub chosen: Figures,
    /// A page of what was chosen, newest first; none for who sees figures only.
    pub rows: Option<Vec<Entry>>,
    /// Where the next page starts.
    pub next: Option<Place>,
    /// Who answered that day.
    pub operators: Vec<(UserId, String)>,
    /// The directory, for names.
    pub directory: Arc<Directory>,
}

/// Whether an actor sees the rows, or only figures.
fn sees_rows(actor: &Actor) -> Result<bool, AppError> {
    match actor.role {
        Role::Operator | Role::Regulator | Role::Coordinator => Ok(true),
        Role::Auditor => Ok(false),
        Role::Professional | Role::Secretary | Role::Partner | Role::Administrator => {
            Err(AppError::Denied)
        }
    }
}

impl App {
    /// A day of the log.
    ///
    /// # Errors
    /// Denied to who has no part in the network's calls; a day to come is refused on `/day`.
    pub async fn contact_log(
        &self,
        who: &Who,
        choice: Choice,
        before: Option<Place>,
        limit: u32,
    ) -> Result<Day, AppError> {
        let actor = who.signed_in()?;
        let rows_too = sees_rows(&actor)?;
        let (now, limit) = (self.now(), limit.clamp(1, PAGE_MAX));
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let (filter, day, today) = filter(&directory, actor.network, &choice, now)?;
            let all = Filter {
                origin: None,
                outcome: None,
                operator: None,
                motive: None,
                late: None,
                ..filter.clone()
            };
            let figures = Figures::of(log::count(tx, &all)?);
            let chosen = if choice.is_whole() {
                figures.clone()
            } else {
                Figures::of(log::count(tx, &filter)?)
            };
            let (rows, next) = if rows_too {
                let (rows, next) = page(tx, &filter, before, limit)?;
                (Some(rows), next)
            } else {
                (None, None)
            };
            Ok(Day {
                day,
                today,
                figures,
                chosen,
                rows,
                next,
                operators: operators(tx, &directory, &filter)?,
                directory,
            })
        })
        .await
    }

    /// One contact of the actor's network, without identity.
    pub async fn contact(
        &self,
        who: &Who,
        id: ContactId,
    ) -> Result<(Entry, Arc<Directory>), AppError> {
        let actor = who.signed_in()?;
        if !sees_rows(&actor)? {
            return Err(AppError::Denied);
        }
        self.read(move |inner, tx| {
            let found = log::find(tx, actor.network, id)?.ok_or(AppError::NotFound)?;
            Ok((entry(found), inner.directory.current(tx)?))
        })
        .await
    }
}

/// The store's filter for a choice, with the day it means and today's.
fn filter(
    directory: &Directory,
    network: NetworkId,
    choice: &Choice,
    now: Instant,
) -> Result<(Filter, Date, Date), AppError> {
    let calendar = &directory.network(network)?.calendar;
    let today = calendar.date(now);
    let day = choice.day.unwrap_or(today);
    if day > today {
        return Err(AppError::invalid(
            "/day",
            "Ce jour n’est pas encore venu\u{a0}: choisissez aujourd’hui ou un jour passé.",
        ));
    }
    let (from, until) = calendar.day_bounds(day);
    let filter = Filter {
        network,
        from,
        until,
        origin: choice.origin,
        outcome: choice.outcome.map(|wanted| match wanted {
            Wanted::Open => String::new(),
            Wanted::Ended(code) => code.to_owned(),
        }),
        operator: choice.operator,
        motive: choice.motive.clone(),
        late: choice.late,
    };
    Ok((filter, day, today))
}

fn page(
    tx: &mut Tx<'_>,
    filter: &Filter,
    before: Option<Place>,
    limit: u32,
) -> Result<(Vec<Entry>, Option<Place>), AppError> {
    let mut rows = log::list(tx, filter, before, limit + 1)?;
    let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|row| Place {
        at: row.received_at,
        id: row.id,
    });
    Ok((rows.into_iter().map(entry).collect(), next))
}

fn operators(
    tx: &mut Tx<'_>,
    directory: &Directory,
    filter: &Filter,
) -> Result<Vec<(UserId, String)>, AppError> {
    let ids = log::list_operators(tx, filter.network, filter.from, filter.until, OPERATORS_MAX)?;
    let mut named: Vec<_> = ids
        .into_iter()
        .filter_map(|id| Some((id, directory.user_name(id)?)))
        .collect();
    named.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(named)
}

fn entry(line: Line) -> Entry {
    Entry {
        motives: motives(&line.body),
        id: line.id,
        origin: line.origin,
        outcome: line.outcome,
        request: line.request,
        operator: line.operator,
        received_at: line.received_at,
        entered_late: line.entered_late,
        ended_at: line.ended_at,
        reason: line.reason,
        reason_code: line.reason_code,
    }
}

/// The motives of a contact's facts that the list knows.
fn motives(body: &str) -> Vec<Slug> {
    let facts: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let given = facts.get("motives").and_then(|list| list.as_array());
    given
        .into_iter()
        .flatten()
        .filter_map(|code| Motives::shipped().get(code.as_str()?))
        .map(|motive| motive.code.clone())
        .take(MOTIVES_MAX)
        .collect()
}
