//! Solicitations per member, for the coordinator: who is asked, who answers, who takes patients on (R5, R11).
//!
//! Only what was put through their own network is counted (I13). The figures name members: they are for the coordinator
//! alone, inside the network, where small counts are not suppressed (DESIGN §1.6).

use crate::app::{App, Who};
use crate::directory::ProfessionalRow;
use crate::error::AppError;
use crate::requests::draft::read_date;
use crate::spreadsheet::sheet;
use crate::text::labels;
use jiff::ToSpan as _;
use jiff::civil::Date;
use relais_core::access::Role;
use relais_core::people::MembershipStatus;
use relais_core::time::Calendar;
use relais_store::solicitations::{self, Tally};

/// Members on one page.
pub const PER_PAGE: usize = 50;
/// Days looked at when nothing is said.
const DAYS: i64 = 30;
/// Longest span, days.
const DAYS_MAX: i32 = 366;

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Most asked first.
    #[default]
    Asked,
    /// Least asked first.
    LeastAsked,
    /// Most answers first.
    Answered,
    /// Most patients taken on first.
    Taken,
    /// By surname.
    Name,
}

/// Which days are asked for, as they are typed; empty = the last thirty.
#[derive(Debug, Clone, Default)]
pub struct Span {
    /// The first day.
    pub from: String,
    /// The last day, included.
    pub until: String,
}

/// A member, and what was put to them.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who.
    pub row: ProfessionalRow,
    /// Their figures.
    pub tally: Tally,
}

/// How solicitations were spread over the members of a network.
#[derive(Debug, Clone)]
pub struct Spread {
    /// The first day.
    pub from: Date,
    /// The last day, included.
    pub until: Date,
    /// Members who did not leave, and whoever was asked and left since.
    pub rows: Vec<Asked>,
    /// Solicitations in all: a request put to five members counts five times.
    pub asked: u32,
    /// Members who were asked at least once.
    pub reached: usize,
}

impl App {
    /// How solicitations were spread over the members of the actor's network.
    ///
    /// # Errors
    /// For coordinators only; days that are none, out of order, or more than a year apart.
    pub async fn solicitations(
        &self,
        who: &Who,
        span: Span,
        sort: Sort,
    ) -> Result<Spread, AppError> {
        let actor = who.signed_in()?;
        if actor.role != Role::Coordinator {
            return Err(AppError::Denied);
        }
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let network = actor.network;
            let calendar = &directory.network(network)?.calendar;
            let (from, until) = days(&span, calendar, calendar.date(now))?;
            let (first, end) = (calendar.day_bounds(from).0, calendar.day_bounds(until).1);
            let tallies = solicitations::by_member(tx, network, first, end)?;
            let mut rows: Vec<_> = directory
                .named_in(network)
                .filter_map(|(name, row)| {
                    let tally = tallies.get(&row.member.id).copied();
                    let mut memberships = row.member.memberships.iter();
                    let here = memberships.find(|m| m.network == network)?;
                    let left = here.status == MembershipStatus::Left;
                    (!left || tally.is_some()).then(|| {
                        let (row, tally) = (row.clone(), tally.unwrap_or_default());
                        (name.to_owned(), Asked { row, tally })
                    })
                })
                .collect();
            rows.sort_by(|(a, one), (b, other)| {
                let most = |of: fn(&Tally) -> u32| of(&other.tally).cmp(&of(&one.tally));
                let first = match sort {
                    Sort::Asked => most(|t| t.asked),
                    Sort::LeastAsked => most(|t| t.asked).reverse(),
                    Sort::Answered => most(|t| t.answered),
                    Sort::Taken => most(|t| t.taken),
                    Sort::Name => std::cmp::Ordering::Equal,
                };
                first
                    .then_with(|| a.cmp(b))
                    .then(one.row.member.id.cmp(&other.row.member.id))
            });
            let rows: Vec<Asked> = rows.into_iter().map(|(_, row)| row).collect();
            Ok(Spread {
                from,
                until,
                asked: rows.iter().map(|one| one.tally.asked).sum(),
                reached: rows.iter().filter(|one| one.tally.asked > 0).count(),
                rows,
            })
        })
        .await
    }

    /// The same as a file, everybody in it.
    ///
    /// # Errors
    /// As [`App::solicitations`].
    pub async fn solicitations_csv(
        &self,
        who: &Who,
        span: Span,
        sort: Sort,
    ) -> Result<Vec<u8>, AppError> {
        let spread = self.solicitations(who, span, sort).await?;
        let head = [
            "Nom",
            "RPPS",
            "Profession",
            "Du",
            "Au",
            "Reçues",
            "Répondues",
            "Prises",
            "Rendues",
            "Vus",
            "Absents",
        ];
        let (from, until) = (spread.from.to_string(), spread.until.to_string());
        let rows = spread.rows.into_iter().map(|Asked { row, tally }| {
            [
                format!("{} {}", row.last_name, row.first_names),
                row.rpps.clone(),
                labels::profession(row.member.profession).to_string(),
                from.clone(),
                until.clone(),
                tally.asked.to_string(),
                tally.answered.to_string(),
                tally.taken.to_string(),
                tally.given_back.to_string(),
                tally.seen.to_string(),
                tally.no_show.to_string(),
            ]
        });
        sheet(head, rows)
    }
}

/// The days asked for: both, or one and what is missing of the last thirty.
fn days(span: &Span, calendar: &Calendar, today: Date) -> Result<(Date, Date), AppError> {
    let wrong = |name: &str, say: &str| AppError::invalid(format!("/{name}"), say);
    let read = |text: &str, name: &str| match text.trim() {
        "" => Ok(None),
        typed => read_date(typed)
            .map(Some)
            .ok_or_else(|| wrong(name, "Un jour, comme 01/11/2026.")),
    };
    let until = read(&span.until, "au")?.unwrap_or(today).min(today);
    let back = |day: Date| day.checked_sub((DAYS - 1).days()).unwrap_or(day);
    let from = read(&span.from, "du")?.unwrap_or_else(|| back(until));
    if from > until {
        return Err(wrong("du", "Le premier jour suit le dernier."));
    }
    let apart = from.until(until).map_or(i32::MAX, |span| span.get_days());
    if apart >= DAYS_MAX {
        return Err(wrong("du", "Un an au plus."));
    }
    // A day that the zone does not know is none.
    let known = calendar.day_bounds(from).0 < calendar.day_bounds(until).1;
    if known {
        Ok((from, until))
    } else {
        Err(wrong("du", "Un jour, comme 01/11/2026."))
    }
}
