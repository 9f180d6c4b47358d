//! The settings of a cascade, and its windows. A policy is frozen into a request when its cascade
//! starts (R4.12).

use crate::slug::Slug;
use crate::time::{Calendar, Duration, Instant};

/// Shortest window, whatever the closing time (R4.10).
pub const WINDOW_FLOOR: Duration = Duration::minutes(10);
/// Longest window that may be asked, minutes (R2).
pub const WINDOW_MAX_MINUTES: u16 = 1_440;
/// Shortest window that may be asked, minutes (R2).
pub const WINDOW_MIN_MINUTES: u16 = 10;

/// Longest wait a network may set before a patient is reminded, or asked, hours: two days (R7).
pub const ASIDE_MAX_HOURS: u16 = 48;

/// Furthest horizon a network may set for its appointments, hours: a month (R8).
pub const HORIZON_MAX_HOURS: u16 = 744;

/// Furthest back that what was asked of members is looked at, days: a year.
pub const LATELY_MAX_DAYS: u16 = 366;
/// Largest wave a network may set.
pub const WAVE_MAX: u16 = 500;

/// Community in waves rather than all at once (R4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waves {
    /// How many at a time, nearest first; at least 1.
    pub size: u16,
    /// Minutes between waves.
    pub interval_minutes: u16,
    /// As large as observed answers make necessary, instead of always `size` (off).
    pub by_answers: Option<ByAnswers>,
}

/// Waves sized by how many of those who would be asked usually answer (R4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByAnswers {
    /// Answers expected from each wave, and the smallest wave; at least 1.
    pub wanted: u16,
    /// The largest wave; no less than `wanted`.
    pub most: u16,
}

/// When the medical regulator must qualify a request first (R3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regulation {
    /// Only when an answer is unknown.
    WhenUnknown,
    /// Always.
    Always,
    /// When an answer is unknown, and for any of these motives.
    ForMotives(Vec<Slug>),
}

/// The settings of R4 that a cascade runs under. Every number is a network's setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Version of the network's settings it was copied from.
    pub version: u32,
    /// Response window, minutes.
    pub window_minutes: u16,
    /// Share of the window reserved to the usual professional, percent.
    pub usual_share_percent: u8,
    /// Skip the usual professional when declared unable at intake (default: still asked).
    pub skip_usual_when_unable: bool,
    /// Community in waves; `None` = all at once.
    pub waves: Option<Waves>,
    /// How far back what was asked of members is looked at, days: in a wave, among those equally near, whoever was
    /// asked least goes first. 0 = not looked at.
    pub lately_days: u16,
    /// When neighbours open, percent of the community's leg.
    pub neighbours_at_percent: u8,
    /// The network's radius for consultations, metres.
    pub radius_m: u32,
    /// Radius at the neighbours' stage, metres.
    pub wider_radius_m: u32,
    /// The window counts open hours only (the clock stops at closing).
    pub counts_open_hours_only: bool,
    /// Reminder of an unfilled request, minutes.
    pub unfilled_reminder_minutes: u16,
    /// News promised to a waiting patient every so many minutes.
    pub patient_news_minutes: u16,
    /// Reminder to set a time after an acceptance without one, minutes.
    pub set_time_reminder_minutes: u16,
    /// Closure is due so many hours after the appointment or acceptance (R8).
    pub closure_hours: u16,
    /// A pause is questioned after so many minutes.
    pub pause_minutes: u16,
    /// Medical regulation.
    pub regulation: Regulation,
    /// The registered usual professional sees the name on their page of the offer (R6).
    pub usual_sees_name: bool,
    /// No receipt after so many minutes: the next channel (R7).
    pub fallback_minutes: u16,
    /// The motive may stand on a lock screen (R6, off).
    pub motive_on_lock_screen: bool,
    /// No appointment further than so many hours ahead (R8).
    pub appointment_horizon_hours: u16,
    /// The patient is reminded so many hours before; 0 = never (R7).
    pub patient_reminder_hours: u16,
    /// The patient is asked whether they were received so many hours after; 0 = never (R7).
    pub patient_question_hours: u16,
}

impl Policy {
    /// How far back the shell counts what was asked of members; `None` = nothing of the cascade depends on it.
    pub fn looks_back(&self) -> Option<Duration> {
        let days = i64::from(self.lately_days);
        (self.waves.is_some() && days > 0).then_some(Duration::hours(24 * days))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: 1,
            window_minutes: 120,
            usual_share_percent: 50,
            skip_usual_when_unable: false,
            waves: None,
            lately_days: 30,
            neighbours_at_percent: 50,
            radius_m: 10_000,
            wider_radius_m: 15_000,
            counts_open_hours_only: false,
            unfilled_reminder_minutes: 15,
            patient_news_minutes: 60,
            set_time_reminder_minutes: 15,
            closure_hours: 24,
            pause_minutes: 60,
            regulation: Regulation::WhenUnknown,
            usual_sees_name: true,
            fallback_minutes: 3,
            motive_on_lock_screen: false,
            appointment_horizon_hours: HORIZON_MAX_HOURS,
            patient_reminder_hours: 3,
            patient_question_hours: 0,
        }
    }
}

/// What clipped a window (told before launching, R1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clip {
    /// Nothing.
    None,
    /// Closing time.
    Closing,
    /// Closing time, but the floor of ten minutes won.
    Floor,
    /// The care deadline.
    CareDeadline,
}

/// A response window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When it ends.
    pub deadline: Instant,
    /// When the usual professional's share ends.
    pub usual_until: Instant,
    /// What clipped it.
    pub clip: Clip,
}

/// The window of `minutes` from `start` (R4.10): clipped to closing time, unless the network
/// counts open hours only; never under the floor for closing's sake; never past the care deadline.
/// The share is of the clipped window.
pub fn window(
    policy: &Policy,
    calendar: &Calendar,
    start: Instant,
    minutes: u16,
    care_deadline: Instant,
) -> Window {
    let length = Duration::minutes(i64::from(minutes));
    let (mut deadline, mut clip) = (start + length, Clip::None);
    if policy.counts_open_hours_only {
        // Not so much open time in two months: the care deadline comes first.
        deadline = calendar
            .add_open_time(start, length)
            .unwrap_or(care_deadline);
    } else if let Some(closes) = calendar.closes_at(start)
        && closes < deadline
    {
        (deadline, clip) = (closes, Clip::Closing);
    }
    let floor = start + WINDOW_FLOOR.min(length);
    if deadline < floor {
        (deadline, clip) = (floor, Clip::Floor);
    }
    if care_deadline < deadline {
        (deadline, clip) = (care_deadline.max(start), Clip::CareDeadline);
    }
    let usual_until = share_until(
        policy,
        calendar,
        start,
        deadline,
        policy.usual_share_percent,
    );
    Window {
        deadline,
        usual_until,
        clip,
    }
}

/// The end of a share of [start, deadline], in open time where only open time counts.
pub(super) fn share_until(
    policy: &Policy,
    calendar: &Calendar,
    start: Instant,
    deadline: Instant,
    percent: u8,
) -> Instant {
    let share = percent.min(100);
    let open = calendar.open_time_between(start, deadline);
    // Closed from now to the deadline: no open time to share, the ordinary clock does.
    if !policy.counts_open_hours_only || open == Duration::ZERO {
        return start + deadline.since(start).percent(share);
    }
    calendar
        .add_open_time(start, open.percent(share))
        .unwrap_or(deadline)
        .min(deadline)
}

/// So many minutes after `start` on the cascade's clock, which stops at closing where only open
/// time counts (R4.10).
pub(super) fn minutes_after(
    policy: &Policy,
    calendar: &Calendar,
    start: Instant,
    minutes: u16,
) -> Instant {
    let length = Duration::minutes(i64::from(minutes.max(1)));
    if policy.counts_open_hours_only {
        calendar
            .add_open_time(start, length)
            .unwrap_or(start + length)
    } else {
        start + length
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{OpenSpan, OpeningHours, Weekly};

    fn calendar(from: u16, until: u16) -> Calendar {
        let mut weekly = Weekly::default();
        for day in &mut weekly.days {
            day.push(OpenSpan::new(from, until).unwrap());
        }
        let hours = OpeningHours {
            weekly,
            ..OpeningHours::default()
        };
        Calendar {
            hours,
            zone: jiff::tz::TimeZone::UTC,
        }
    }

    fn hm(hours: i64, minutes: i64) -> Instant {
        Instant::from_millis(0) + Duration::hours(hours) + Duration::minutes(minutes)
    }

    fn check(start: Instant, minutes: u16, care: Instant, expected: (Instant, Instant, Clip)) {
        let found = window(
            &Policy::default(),
            &calendar(480, 1_200),
            start,
            minutes,
            care,
        );
        assert_eq!((found.deadline, found.usual_until, found.clip), expected);
    }

    #[test]
    fn a_plain_window_is_halved() {
        check(
            hm(10, 0),
            120,
            hm(22, 0),
            (hm(12, 0), hm(11, 0), Clip::None),
        );
    }

    #[test]
    fn closing_time_clips_and_the_share_is_of_the_clipped_window() {
        check(
            hm(19, 0),
            120,
            hm(30, 0),
            (hm(20, 0), hm(19, 30), Clip::Closing),
        );
    }

    #[test]
    fn the_floor_beats_closing_but_not_the_care_deadline() {
        check(
            hm(19, 56),
            120,
            hm(30, 0),
            (hm(20, 6), hm(20, 1), Clip::Floor),
        );
        check(
            hm(19, 56),
            120,
            hm(19, 58),
            (hm(19, 58), hm(19, 57), Clip::CareDeadline),
        );
    }

    #[test]
    fn a_network_that_counts_open_hours_stops_the_clock_at_closing() {
        let policy = Policy {
            counts_open_hours_only: true,
            ..Policy::default()
        };
        let found = window(&policy, &calendar(480, 1_200), hm(19, 0), 120, hm(60, 0));
        assert_eq!((found.deadline, found.usual_until), (hm(33, 0), hm(20, 0)));
    }
}
