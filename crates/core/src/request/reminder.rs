//! When a patient is reminded of an appointment (R7): some hours before, never at night, and not so
//! soon after they were told of it that it says nothing new. When they are asked, some hours after,
//! whether they were received.

use super::Appointment;
use crate::time::{Calendar, Duration, Instant};

/// Nobody is written to before this minute of the day: eight o'clock.
const MORNING: u16 = 8 * 60;
/// Nor after this one: nine in the evening.
const NIGHT: u16 = 21 * 60;
/// What would fall in the night is said at this minute of the evening before.
const EVENING: u16 = 19 * 60;
/// News younger than this need no reminder.
const FRESH: Duration = Duration::hours(1);

/// The first moment from `at` on at which a patient is written to of something that can wait: that moment, or eight
/// o'clock when it is night.
pub fn first_awake(at: Instant, calendar: &Calendar) -> Instant {
    if is_awake(at, calendar) {
        at
    } else {
        calendar.next_minute_of_day(at, MORNING)
    }
}

fn is_awake(at: Instant, calendar: &Calendar) -> bool {
    (MORNING..=NIGHT).contains(&calendar.minute_of_day(at))
}

impl Appointment {
    /// When the patient is expected, if a time is agreed.
    pub const fn starts_at(self) -> Option<Instant> {
        match self {
            Self::At(at) | Self::Between(at, _) => Some(at),
            Self::Call(_) | Self::ToBeSet => None,
        }
    }

    /// When to remind the patient, told of it at `now`: `hours` before, or the evening before when
    /// that is night; `None` without a time, with `hours` at 0, or when they just heard of it.
    pub fn reminder_at(self, now: Instant, hours: u16, calendar: &Calendar) -> Option<Instant> {
        let wanted = self.starts_at()? - Duration::hours(i64::from(hours));
        let at = if is_awake(wanted, calendar) {
            wanted
        } else {
            calendar.next_minute_of_day(wanted - Duration::hours(24), EVENING)
        };
        (hours > 0 && now + FRESH <= at).then_some(at)
    }

    /// When to ask the patient whether they were received: `hours` after, or the next morning when
    /// that is night; `None` without a time, and with `hours` at 0.
    pub fn question_at(self, hours: u16, calendar: &Calendar) -> Option<Instant> {
        if hours == 0 || !self.has_time() {
            return None;
        }
        let wanted = self.latest()? + Duration::hours(i64::from(hours));
        Some(first_awake(wanted, calendar))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::OpeningHours;

    fn paris() -> Calendar {
        Calendar {
            hours: OpeningHours::default(),
            zone: jiff::tz::TimeZone::get("Europe/Paris").unwrap(),
        }
    }

    fn at(text: &str) -> Instant {
        let time: jiff::Timestamp = text.parse().unwrap();
        Instant::from_millis(time.as_millisecond())
    }

    fn reminded(now: &str, seen: &str, hours: u16) -> Option<Instant> {
        Appointment::At(at(seen)).reminder_at(at(now), hours, &paris())
    }

    #[test]
    fn a_reminder_comes_some_hours_before() {
        let found = reminded("2026-11-24T08:00:00Z", "2026-11-24T15:30:00Z", 3);
        assert_eq!(found, Some(at("2026-11-24T12:30:00Z")));
    }

    #[test]
    fn nobody_is_woken_up() {
        // 8:30 in Paris: three hours before is night, so the evening before at seven.
        let found = reminded("2026-11-24T08:00:00Z", "2026-11-25T07:30:00Z", 3);
        assert_eq!(found, Some(at("2026-11-24T18:00:00Z")));
        // 0:30 in Paris, the night of the spring change.
        let found = reminded("2026-03-28T08:00:00Z", "2026-03-29T06:30:00Z", 3);
        assert_eq!(found, Some(at("2026-03-28T18:00:00Z")));
    }

    #[test]
    fn the_question_comes_some_hours_after_and_never_at_night() {
        let asked = |seen: &str, hours| Appointment::At(at(seen)).question_at(hours, &paris());
        let found = asked("2026-11-24T14:00:00Z", 3);
        assert_eq!(found, Some(at("2026-11-24T17:00:00Z")));
        // 19:30 in Paris: three hours after is 22:30, so the next morning at eight.
        let found = asked("2026-11-24T18:30:00Z", 3);
        assert_eq!(found, Some(at("2026-11-25T07:00:00Z")));
        // Three in the morning, the night of the autumn change: that same morning at eight.
        let found = asked("2026-10-25T00:30:00Z", 3);
        assert_eq!(found, Some(at("2026-10-25T07:00:00Z")));
        assert_eq!(asked("2026-11-24T14:00:00Z", 0), None);
        assert_eq!(Appointment::ToBeSet.question_at(3, &paris()), None);
        let between = Appointment::Between(at("2026-11-24T13:00:00Z"), at("2026-11-24T15:00:00Z"));
        let found = between.question_at(2, &paris());
        assert_eq!(found, Some(at("2026-11-24T17:00:00Z")), "after the end");
    }

    #[test]
    fn what_was_just_said_is_not_said_again() {
        assert_eq!(
            reminded("2026-11-24T12:00:00Z", "2026-11-24T15:30:00Z", 3),
            None
        );
        assert_eq!(
            reminded("2026-11-24T08:00:00Z", "2026-11-24T15:30:00Z", 0),
            None
        );
        let call = Appointment::Call(Some(at("2026-11-24T15:30:00Z")));
        assert_eq!(
            call.reminder_at(at("2026-11-24T08:00:00Z"), 3, &paris()),
            None
        );
    }
}
