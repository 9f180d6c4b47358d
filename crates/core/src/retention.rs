//! How long what is known of people is kept (R6), by class, counted from the end of the request. The
//! journal, requests and contacts hold no identity and stay: figures are made of them. Refuses a
//! duration that outlives the identity: whatever else there is goes with it.

use crate::people::coded;
use crate::time::{Duration, Instant};

coded!(
    /// A class of data with a duration of its own.
    Class {
        /// Who the patient is: the data key is destroyed, and with it all that it sealed.
        Identities = "identities",
        /// Notes to the usual doctor.
        Notes = "notes",
        /// Photos of requests.
        Photos = "photos",
        /// Threads of requests, their photos included.
        Threads = "threads",
        /// Texts of messages, and the addresses they went to.
        Texts = "texts",
        /// How appointments ended, and what patients answered afterwards.
        Visits = "visits",
    }
);

/// Longest duration, days: ten years.
pub const DAYS_MAX: u16 = 3_650;

/// Durations of a network, days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Identities, after the last request of the patient.
    pub identities: u16,
    /// Notes, after the end of the request.
    pub notes: u16,
    /// Photos.
    pub photos: u16,
    /// Threads.
    pub threads: u16,
    /// Texts of messages, after they were written.
    pub texts: u16,
    /// How appointments ended and what patients answered, after the end of the request.
    pub visits: u16,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            identities: 730,
            notes: 365,
            photos: 90,
            threads: 365,
            texts: 365,
            visits: 365,
        }
    }
}

/// Why durations are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRetention {
    /// Zero, or more than ten years.
    #[error("from 1 to {DAYS_MAX} days")]
    Range(Class),
    /// Longer than the identity it goes with.
    #[error("not longer than identities")]
    Outlives(Class),
}

impl Retention {
    /// The days of a class.
    pub const fn days(&self, class: Class) -> u16 {
        match class {
            Class::Identities => self.identities,
            Class::Notes => self.notes,
            Class::Photos => self.photos,
            Class::Threads => self.threads,
            Class::Texts => self.texts,
            Class::Visits => self.visits,
        }
    }

    /// What of a class ended before this is purged.
    pub fn before(&self, class: Class, now: Instant) -> Instant {
        now - Duration::hours(24 * i64::from(self.days(class)))
    }

    /// The durations, when they hold together.
    pub fn checked(self) -> Result<Retention, BadRetention> {
        for class in Class::ALL.iter().copied() {
            let days = self.days(class);
            if !(1..=DAYS_MAX).contains(&days) {
                return Err(BadRetention::Range(class));
            }
            if days > self.identities {
                return Err(BadRetention::Outlives(class));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_hold_together_and_count_back_from_now() {
        let usual = Retention::default();
        assert_eq!(usual.checked(), Ok(usual));
        let none = Retention { photos: 0, ..usual };
        assert_eq!(none.checked(), Err(BadRetention::Range(Class::Photos)));
        let long = Retention {
            notes: 731,
            ..usual
        };
        assert_eq!(long.checked(), Err(BadRetention::Outlives(Class::Notes)));
        let now = Instant::from_millis(90 * 86_400_000);
        assert_eq!(usual.before(Class::Photos, now), Instant::from_millis(0));
    }
}
