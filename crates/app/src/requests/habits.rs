//! What a professional who asks is told and spared: how long an answer takes at this hour, with the
//! number of requests it was counted on, and what they asked for last. Holds nothing about anybody.

use crate::app::{App, Who};
use crate::error::AppError;
use relais_core::people::{Mode, Profession};
use relais_core::slug::Slug;
use relais_core::time::{Calendar, Duration, Instant};
use relais_store::paces::{self, Pace};
use relais_store::requests::{self, Filter};

/// How far back answers are counted, days.
const DAYS: i64 = 90;
/// Most requests counted; the newest.
const MOST: u32 = 4_000;
/// Fewer than this say nothing (R11: small cells).
const LEAST: usize = 5;
/// An answer "at this hour" was asked for within so many minutes of the present minute of the day.
const BAND_MINUTES: i32 = 60;
/// Minutes of a day.
const DAY_MINUTES: i32 = 24 * 60;

/// How long a yes takes at this hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedAnswer {
    /// Median from the request to the yes, minutes, rounded up; one at least.
    pub minutes: u32,
    /// Requests it was counted on: those that were taken on.
    pub base: usize,
}

/// What somebody asked for last. No word about a patient, and no motive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastAsked {
    /// Profession asked.
    pub profession: Profession,
    /// Care type.
    pub care: Slug,
    /// Mode, while somebody of that profession in the network gives care that way.
    pub mode: Option<Mode>,
    /// Care delay, hours.
    pub within_hours: u8,
    /// Response window, minutes; `None` = the network's.
    pub window_minutes: Option<u16>,
}

impl App {
    /// The expected answer of the actor's network at this hour, for one profession or for all;
    /// `None` under five requests.
    ///
    /// # Errors
    /// Signed out, or not allowed to raise requests.
    pub async fn expected_answer(
        &self,
        who: &Who,
        profession: Option<Profession>,
    ) -> Result<Option<ExpectedAnswer>, AppError> {
        let actor = who.signed_in()?;
        if !actor.may_raise() {
            return Err(AppError::Denied);
        }
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(actor.network)?.calendar;
            let since = now - Duration::hours(24 * DAYS);
            let taken = paces::list_taken(tx, actor.network, since, profession, MOST)?;
            Ok(expected(&taken, calendar, now))
        })
        .await
    }

    /// What the professional asked for last, to be proposed again; `None` the first time.
    ///
    /// # Errors
    /// Signed out, or no professional.
    pub async fn last_asked(&self, who: &Who) -> Result<Option<LastAsked>, AppError> {
        let actor = who.signed_in()?;
        let professional = crate::offers::answer::professional(&actor)?;
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let filter = Filter {
                requester_professional: Some(professional),
                ..Filter::default()
            };
            let last = requests::list(tx, &filter, 1)?.pop();
            Ok(last.map(|stored| {
                let need = stored.request.need;
                let mut colleagues = directory.of_network(actor.network);
                let given = colleagues.any(|person| {
                    let member = &person.member;
                    member.profession == need.profession && member.profile.modes.accepts(need.mode)
                });
                LastAsked {
                    profession: need.profession,
                    care: need.care,
                    mode: given.then_some(need.mode),
                    within_hours: need.within_hours,
                    window_minutes: stored.request.window_minutes,
                }
            }))
        })
        .await
    }
}

/// The median over the requests raised around this hour of the network's day, whatever the date.
fn expected(taken: &[Pace], calendar: &Calendar, now: Instant) -> Option<ExpectedAnswer> {
    let minute = |at| i32::from(calendar.minute_of_day(at));
    let here = minute(now);
    let mut waits: Vec<i64> = taken
        .iter()
        .filter(|pace| {
            let apart = (minute(pace.raised_at) - here).rem_euclid(DAY_MINUTES);
            apart.min(DAY_MINUTES - apart) <= BAND_MINUTES
        })
        .map(|pace| pace.accepted_at.since(pace.raised_at).as_millis().max(0))
        .collect();
    let base = waits.len();
    if base < LEAST {
        return None;
    }
    waits.sort_unstable();
    let (low, high) = (waits[(base - 1) / 2], waits[base / 2]);
    let minutes = (low.midpoint(high) + 59_999) / 60_000;
    Some(ExpectedAnswer {
        minutes: u32::try_from(minutes.max(1)).unwrap_or(u32::MAX),
        base,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use relais_core::time::OpeningHours;

    fn calendar() -> Calendar {
        Calendar {
            hours: OpeningHours::default(),
            zone: TimeZone::get("Europe/Paris").expect("the zone is bundled"),
        }
    }

    fn at(text: &str) -> Instant {
        let stamp: jiff::Timestamp = text.parse().expect("a fixed instant");
        Instant::from_millis(stamp.as_millisecond())
    }

    fn taken(raised: &str, minutes: i64) -> Pace {
        let raised_at = at(raised);
        Pace {
            raised_at,
            accepted_at: raised_at + Duration::minutes(minutes),
        }
    }

    #[test]
    fn the_median_is_of_this_hour_only_and_says_its_base() {
        let mut all: Vec<Pace> = (0..6)
            .map(|n| taken(&format!("2026-11-0{}T14:10:00Z", n + 1), 10 + n))
            .collect();
        // Another hour of the day, far quicker: not counted.
        all.extend((1..8).map(|n| taken(&format!("2026-11-0{n}T08:00:00Z"), 1)));
        let found = expected(&all, &calendar(), at("2026-11-24T14:30:00Z"));
        // 10, 11, 12 | 13, 14, 15: twelve and a half, rounded up.
        assert_eq!(
            found,
            Some(ExpectedAnswer {
                minutes: 13,
                base: 6
            })
        );
    }

    #[test]
    fn fewer_than_five_say_nothing() {
        let four: Vec<Pace> = (1..5)
            .map(|n| taken(&format!("2026-11-0{n}T14:10:00Z"), 3))
            .collect();
        assert_eq!(
            expected(&four, &calendar(), at("2026-11-24T14:30:00Z")),
            None
        );
    }

    #[test]
    fn the_hour_is_the_network_s_on_both_sides_of_a_clock_change_and_of_midnight() {
        // 15:00 in Paris, in October's summer time and in November's winter time.
        let mut all: Vec<Pace> = (1..4)
            .map(|n| taken(&format!("2026-10-0{n}T13:00:00Z"), 5))
            .collect();
        all.extend((1..4).map(|n| taken(&format!("2026-11-0{n}T14:00:00Z"), 5)));
        let base = |now: &str| expected(&all, &calendar(), at(now)).map(|found| found.base);
        assert_eq!(base("2026-11-24T14:00:00Z"), Some(6));
        assert_eq!(base("2026-11-24T16:30:00Z"), None);
        let night: Vec<Pace> = (1..7)
            .map(|n| taken(&format!("2026-11-0{n}T22:50:00Z"), 5))
            .collect();
        let found = expected(&night, &calendar(), at("2026-11-23T23:10:00Z"));
        assert_eq!(found.map(|found| found.base), Some(6), "ten past midnight");
    }
}
