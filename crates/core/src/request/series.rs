//! How a nursing or physiotherapy care repeats (R2): how often, for how long, when the patient is
//! there. Said by whoever asks, read by whoever is asked. Owns its bounds; knows no text.

use crate::people::{Profession, coded};

/// Longest series, days.
pub const DAYS_MAX: u16 = 365;
/// Most times a day, and most times a week.
const TIMES_MAX: [u8; 2] = [6, 7];

coded!(
    /// What a count of times is of.
    Per {
        /// So many times a day.
        Day = "day",
        /// So many times a week.
        Week = "week",
    }
);

coded!(
    /// A part of the day when the patient is there, in the order of a day.
    Moment {
        /// Before eleven or so.
        Morning = "morning",
        /// Around noon.
        Noon = "noon",
        /// The afternoon.
        Afternoon = "afternoon",
        /// After six or so.
        Evening = "evening",
    }
);

/// A care that repeats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// How many times.
    pub times: u8,
    /// A day, or a week.
    pub per: Per,
    /// For how long, days.
    pub days: u16,
    /// When the patient is there, in the order of a day; empty = at any hour.
    pub at: Vec<Moment>,
}

impl Series {
    /// Whose care may be said to repeat (R2).
    pub const fn fits(profession: Profession) -> bool {
        matches!(profession, Profession::Nurse | Profession::Physio)
    }

    /// Whether its numbers hold together: one to six times a day or one to seven a week, for one day
    /// to a year, each moment once and in order.
    pub fn is_sound(&self) -> bool {
        let [a_day, a_week] = TIMES_MAX;
        let most = match self.per {
            Per::Day => a_day,
            Per::Week => a_week,
        };
        (1..=most).contains(&self.times)
            && (1..=DAYS_MAX).contains(&self.days)
            && self.at.is_sorted_by(|a, b| a < b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twice_a_day() -> Series {
        Series {
            times: 2,
            per: Per::Day,
            days: 10,
            at: vec![Moment::Morning, Moment::Evening],
        }
    }

    #[test]
    fn a_series_keeps_its_bounds() {
        assert!(twice_a_day().is_sound());
        let wrong: [fn(&mut Series); 6] = [
            |s| s.times = 0,
            |s| s.times = 7,
            |s| (s.per, s.times) = (Per::Week, 8),
            |s| s.days = 0,
            |s| s.days = 366,
            |s| s.at = vec![Moment::Evening, Moment::Evening],
        ];
        for change in wrong {
            let mut series = twice_a_day();
            change(&mut series);
            assert!(!series.is_sound(), "{series:?}");
        }
    }
}
