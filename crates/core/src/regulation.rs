//! Medical regulation (R3): which requests a regulator must see first, how long a duty lasts, when a
//! call-back is late, and what happens when nobody is on duty. Owns those rules; refuses to know who
//! is on duty, which the shell says.

use crate::cascade::{Refusal, Regulation};
use crate::request::{Need, RedFlags, Request, Status};
use crate::time::{Calendar, Duration, Instant, Openness};

/// The call-back promised to somebody who waits for the regulator, at the latest.
pub const PROMISE: Duration = Duration::minutes(15);

/// Why a request is for the regulator first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// A red flag is unknown, or was passed over.
    Doubt,
    /// The network wants it for this motive, or for all.
    Setting,
}

impl Regulation {
    /// Whether a need must be qualified first, and why; a doubt comes before any setting.
    pub fn requires(&self, red_flags: RedFlags, need: &Need) -> Option<Because> {
        if red_flags == RedFlags::Unknown {
            return Some(Because::Doubt);
        }
        let wanted = match self {
            Self::WhenUnknown => false,
            Self::Always => true,
            Self::ForMotives(motives) => need.motives.iter().any(|code| motives.contains(code)),
        };
        wanted.then_some(Because::Setting)
    }
}

/// Nobody on duty = 15 (R3): a request that would wait for a regulator who is not there is refused.
///
/// # Errors
/// [`Refusal::NoRegulator`].
pub fn check_duty(raised: &Request, on_duty: bool) -> Result<(), Refusal> {
    if raised.status() == Status::ToQualify && !on_duty {
        Err(Refusal::NoRegulator)
    } else {
        Ok(())
    }
}

/// The longest duty where no closing time ends it.
const DAY: Duration = Duration::hours(24);

/// When a duty said now ends: when wanted, at closing time at the latest; after a day where there is none.
///
/// # Errors
/// The network is closed; or the end wanted has passed.
pub fn duty_until(
    calendar: &Calendar,
    now: Instant,
    wanted: Option<Instant>,
) -> Result<Instant, Refusal> {
    let closes = match calendar.openness(now) {
        Openness::Until(closes) => closes,
        Openness::Always => now + DAY,
        Openness::Closed => {
            return Err(Refusal::OutOfHours {
                opens_at: calendar.next_opening(now),
            });
        }
    };
    match wanted {
        Some(at) if at <= now => Err(Refusal::BadAppointment),
        Some(at) => Ok(at.min(closes)),
        None => Ok(closes),
    }
}

/// When somebody who waits for the regulator since a moment must have been called back.
pub fn promised(since: Instant) -> Instant {
    since + PROMISE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{Mode, Profession};
    use crate::slug::Slug;
    use crate::time::{OpenSpan, OpeningHours, Weekly};
    use std::collections::BTreeSet;

    fn slug(code: &str) -> Slug {
        Slug::new(code).unwrap()
    }

    fn need(motives: &[&str]) -> Need {
        Need {
            profession: Profession::Gp,
            specialty: None,
            care: slug("consultation"),
            mode: Mode::Consultation,
            within_hours: 12,
            motives: motives.iter().map(|code| slug(code)).collect(),
            comment: String::new(),
            series: None,
            cooperations: BTreeSet::new(),
        }
    }

    #[test]
    fn a_doubt_is_always_for_the_regulator_and_a_setting_only_for_what_it_names() {
        let some = Regulation::ForMotives(vec![slug("fievre"), slug("dyspnee")]);
        let (toux, both) = (need(&["toux"]), need(&["toux", "fievre"]));
        for regulation in [Regulation::WhenUnknown, Regulation::Always, some.clone()] {
            let because = regulation.requires(RedFlags::Unknown, &toux);
            assert_eq!(because, Some(Because::Doubt), "{regulation:?}");
        }
        assert_eq!(
            Regulation::WhenUnknown.requires(RedFlags::None, &toux),
            None
        );
        assert_eq!(
            Regulation::Always.requires(RedFlags::None, &toux),
            Some(Because::Setting)
        );
        assert_eq!(some.requires(RedFlags::None, &toux), None);
        assert_eq!(some.requires(RedFlags::None, &both), Some(Because::Setting));
    }

    fn calendar() -> Calendar {
        let mut weekly = Weekly::default();
        for day in &mut weekly.days {
            day.push(OpenSpan::new(8 * 60, 20 * 60).unwrap());
        }
        Calendar {
            hours: OpeningHours {
                weekly,
                ..OpeningHours::default()
            },
            zone: jiff::tz::TimeZone::UTC,
        }
    }

    fn hour(hours: i64) -> Instant {
        Instant::from_millis(0) + Duration::hours(hours)
    }

    #[test]
    fn a_duty_ends_when_said_and_at_closing_time_at_the_latest() {
        let until = |now, wanted| duty_until(&calendar(), now, wanted);
        assert_eq!(until(hour(10), None), Ok(hour(20)));
        assert_eq!(until(hour(10), Some(hour(13))), Ok(hour(13)));
        assert_eq!(until(hour(10), Some(hour(23))), Ok(hour(20)));
        assert_eq!(
            until(hour(10), Some(hour(10))),
            Err(Refusal::BadAppointment)
        );
        assert_eq!(
            until(hour(21), None),
            Err(Refusal::OutOfHours {
                opens_at: Some(hour(32))
            })
        );
    }
}
