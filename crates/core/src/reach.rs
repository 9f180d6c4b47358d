//! How a professional wants to be reached: by which ways, in which order, and how much of a request a locked
//! telephone may show (R7). Owns what may be chosen. Refuses addresses, texts, and what a network allows.

use crate::people::coded;

coded!(
    /// A way to somebody who is asked.
    Way {
        /// A notification on a telephone or a computer.
        Push = "push",
        /// An SMS on the alert number.
        Sms = "sms",
        /// A mail.
        Mail = "mail",
    }
);

/// By which ways somebody wants to be asked, the first tried first: at least one, none twice (R7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder([Option<Way>; 3]);

impl Ladder {
    /// A ladder of these rungs; `None` when there is no rung, or one twice.
    pub fn new(ways: &[Way]) -> Option<Self> {
        let mut rungs = [None; 3];
        for (n, way) in ways.iter().enumerate() {
            if ways.iter().take(n).any(|before| before == way) {
                return None;
            }
            *rungs.get_mut(n)? = Some(*way);
        }
        (!ways.is_empty()).then_some(Self(rungs))
    }

    /// The rungs, in the order they are tried.
    pub fn ways(self) -> impl Iterator<Item = Way> {
        self.0.into_iter().flatten()
    }

    /// Whether they want to be asked by a way at all.
    pub fn wants(self, way: Way) -> bool {
        self.0.contains(&Some(way))
    }

    /// The rungs still to try after one that brought no answer. One that is wanted no more leads to all that
    /// are: the choice was changed meanwhile.
    pub fn after(self, tried: Way) -> impl Iterator<Item = Way> {
        let at = self.0.iter().position(|rung| *rung == Some(tried));
        self.ways().skip(at.map_or(0, |at| at + 1))
    }
}

/// A notification, else an SMS, else a mail (R7).
impl Default for Ladder {
    fn default() -> Self {
        Self([Some(Way::Push), Some(Way::Sms), Some(Way::Mail)])
    }
}

coded!(
    /// How much of a request a notification shows on a locked telephone (R6, R7). The network sets the most: no
    /// motive unless it allows one.
    LockScreen {
        /// That there is one, and nothing of it.
        Nothing = "nothing",
        /// Mode, commune, distance, delays.
        Place = "place",
        /// The motive too, where the network allows it.
        Motive = "motive",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ladder_has_a_rung_and_none_twice() {
        use Way::{Mail, Push, Sms};
        assert_eq!(Ladder::new(&[]), None);
        assert_eq!(Ladder::new(&[Sms, Sms]), None);
        assert_eq!(Ladder::new(&[Sms, Push, Mail, Sms]), None);
        let default: Vec<_> = Ladder::default().ways().collect();
        assert_eq!(default, [Push, Sms, Mail], "R7");
        assert_eq!(Ladder::new(&default), Some(Ladder::default()));
    }

    #[test]
    fn what_follows_a_rung_is_what_stands_below_it() {
        use Way::{Mail, Push, Sms};
        let after = |ways: &[Way], tried| -> Vec<Way> {
            Ladder::new(ways).expect("a ladder").after(tried).collect()
        };
        assert_eq!(after(&[Push, Sms, Mail], Push), [Sms, Mail]);
        assert_eq!(after(&[Mail, Sms, Push], Sms), [Push]);
        assert_eq!(after(&[Sms], Sms), []);
        assert_eq!(
            after(&[Mail], Sms),
            [Mail],
            "SMS was refused while it was tried"
        );
    }
}
