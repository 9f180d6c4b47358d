//! Days off said in advance, as civil days. Owns when somebody is away and when they are back; refuses
//! hours: those are weekly hours, or an absence said on the spot.

use jiff::civil::Date;
use std::collections::BTreeSet;

/// Some days away, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Absence {
    first: Date,
    last: Date,
}

impl Absence {
    /// From one civil day to another, both included; `None` when they are the wrong way round.
    pub fn new(first: Date, last: Date) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// First day away.
    pub const fn first(self) -> Date {
        self.first
    }

    /// Last day away.
    pub const fn last(self) -> Date {
        self.last
    }

    /// Whether a day is one of them.
    pub fn covers(self, day: Date) -> bool {
        self.first <= day && day <= self.last
    }
}

/// The absences somebody said, in order. They may overlap or adjoin: they count as one then.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Absences(BTreeSet<Absence>);

impl FromIterator<Absence> for Absences {
    fn from_iter<I: IntoIterator<Item = Absence>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl Absences {
    /// Each, by its first day.
    pub fn iter(&self) -> impl Iterator<Item = Absence> + '_ {
        self.0.iter().copied()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// None at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds one; one said already is said once.
    pub fn add(&mut self, absence: Absence) {
        self.0.insert(absence);
    }

    /// Takes one back; whether it was there.
    pub fn remove(&mut self, absence: Absence) -> bool {
        self.0.remove(&absence)
    }

    /// Forgets those that were over before a day.
    pub fn forget_before(&mut self, day: Date) {
        self.0.retain(|absence| absence.last >= day);
    }

    /// Back earlier than said: nobody is away from this day on by an absence that covers it; the days
    /// before it stay, and so do absences to come.
    pub fn end(&mut self, today: Date) {
        let running: Vec<_> = self.iter().filter(|one| one.covers(today)).collect();
        for absence in running {
            self.0.remove(&absence);
            let kept = today.yesterday().ok();
            self.0
                .extend(kept.and_then(|last| Absence::new(absence.first, last)));
        }
    }

    /// The first day they are back, when they are away on a day.
    pub fn back(&self, day: Date) -> Option<Date> {
        let mut back = None;
        // By their first day: one pass, since whichever covers the day reached comes later.
        for absence in self.iter() {
            if absence.covers(back.unwrap_or(day)) {
                back = Some(absence.last.tomorrow().unwrap_or(absence.last));
            }
        }
        back
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn days(list: &[(i8, i8)]) -> Absences {
        let one = |(first, last): &(i8, i8)| {
            Absence::new(date(2026, 8, *first), date(2026, 8, *last)).unwrap()
        };
        list.iter().map(one).collect()
    }

    #[test]
    fn adjoining_and_overlapping_days_are_one_absence() {
        let away = days(&[(1, 3), (4, 10), (9, 12), (20, 21)]);
        let back = |day| away.back(date(2026, 8, day));
        assert_eq!(back(2), Some(date(2026, 8, 13)));
        assert_eq!(back(12), Some(date(2026, 8, 13)));
        assert_eq!(back(13), None);
        assert_eq!(back(20), Some(date(2026, 8, 22)));
        assert_eq!(Absence::new(date(2026, 8, 3), date(2026, 8, 2)), None);
    }

    #[test]
    fn back_earlier_keeps_the_days_before_and_the_absences_to_come() {
        let mut away = days(&[(1, 10), (5, 6), (20, 21)]);
        away.end(date(2026, 8, 5));
        assert_eq!(away, days(&[(1, 4), (20, 21)]));
        away.forget_before(date(2026, 8, 5));
        assert_eq!(away, days(&[(20, 21)]));
        let mut first_day = days(&[(1, 10)]);
        first_day.end(date(2026, 8, 1));
        assert!(first_day.is_empty());
    }

    proptest! {
        #[test]
        fn back_is_the_first_day_that_none_covers(
            spans in proptest::collection::vec((0_i64..40, 0_i64..8), 0..7), from in 0_i64..45,
        ) {
            let day = |n: i64| date(2026, 2, 10).checked_add(n.days()).unwrap();
            let away: Absences = spans
                .iter()
                .filter_map(|(first, length)| Absence::new(day(*first), day(first + length)))
                .collect();
            let covered = |at: Date| away.iter().any(|one| one.covers(at));
            let expected = covered(day(from)).then(|| {
                (from..).map(day).find(|at| !covered(*at)).unwrap()
            });
            prop_assert_eq!(away.back(day(from)), expected);
        }
    }
}
