//! Figures of a log: how many contacts, by outcome and by origin. Built from groups in which each
//! contact stands once, so that each table sums to the whole; open ones are counted apart.

use super::Wanted;
use relais_core::request::Origin;
use relais_store::contact_log::Group;

/// Figures of some contacts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    groups: Vec<Group>,
}

impl Figures {
    /// From the groups the store counted.
    pub(super) const fn of(groups: Vec<Group>) -> Self {
        Self { groups }
    }

    fn sum(&self, which: impl Fn(&Group) -> bool) -> u64 {
        let such = self.groups.iter().filter(|group| which(group));
        such.map(|group| group.count).sum()
    }

    /// How many contacts.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.sum(|_| true)
    }

    /// How many have not ended yet.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.sum(|group| group.outcome.is_none())
    }

    /// How many have ended.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.sum(|group| group.outcome.is_some())
    }

    /// How many ended with an outcome, or are still open.
    #[must_use]
    pub fn with(&self, wanted: Wanted) -> u64 {
        match wanted {
            Wanted::Open => self.open(),
            Wanted::Ended(code) => self.sum(|group| group.outcome.as_deref() == Some(code)),
        }
    }

    /// Each outcome of CONTRACT with its count, zeros included, in the order of the list.
    #[must_use]
    pub fn by_outcome(&self) -> Vec<(&'static str, u64)> {
        Wanted::outcomes()
            .map(|code| (code, self.with(Wanted::Ended(code))))
            .collect()
    }

    /// Each origin with its count, zeros included.
    #[must_use]
    pub fn by_origin(&self) -> Vec<(Origin, u64)> {
        Origin::ALL
            .iter()
            .map(|origin| (*origin, self.sum(|group| group.origin == *origin)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_groups_each_table_sums_to_the_whole() {
        // Every group there can be, each with a count of its own: a sum that leaves one out, or
        // takes one twice, cannot be right.
        let outcomes: Vec<Option<&str>> = std::iter::once(None)
            .chain(Wanted::outcomes().map(Some))
            .collect();
        let mut groups = Vec::new();
        for (row, origin) in Origin::ALL.iter().enumerate() {
            for (column, outcome) in outcomes.iter().enumerate() {
                groups.push(Group {
                    origin: *origin,
                    outcome: outcome.map(str::to_owned),
                    count: 1 << (row + column).min(40),
                });
            }
        }
        let whole: u64 = groups.iter().map(|group| group.count).sum();
        let figures = Figures::of(groups);
        assert_eq!(figures.total(), whole);
        assert_eq!(figures.open() + figures.ended(), whole);
        let outcomes: u64 = figures.by_outcome().iter().map(|(_, n)| n).sum();
        assert_eq!(outcomes + figures.open(), whole);
        let origins: u64 = figures.by_origin().iter().map(|(_, n)| n).sum();
        assert_eq!(origins, whole);
    }

    #[test]
    fn nothing_came_in() {
        let none = Figures::default();
        assert_eq!((none.total(), none.open(), none.ended()), (0, 0, 0));
        assert_eq!(none.by_outcome().len(), 10);
    }
}
