//! What a patient wants of being told and written about (R6, R7): their oppositions, and whom to tell
//! in their place. Owns to whom a message to a patient goes, if to anybody. Refuses to guess: what was
//! not said opposes nothing, and agrees to nothing.

use crate::people::coded;
use std::collections::BTreeSet;

coded!(
    /// One wish, in force until it is taken back.
    Wish {
        /// No message by a machine, written or spoken: somebody calls.
        NoMessages = "no-messages",
        /// No note to the usual doctor.
        NoNotes = "no-notes",
        /// On no list of people without a usual doctor.
        NoList = "no-list",
        /// Messages go to the carer's number in place of the patient's.
        TellCarer = "tell-carer",
        /// On the coordinator's list of people who look for a usual doctor.
        SeeksDoctor = "seeks-doctor",
    }
);

/// The wishes of one person in a network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes(BTreeSet<Wish>);

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Takes text messages.
    Mobile,
    /// Is called.
    Landline,
}

/// To whom a message to a patient goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A text to the patient.
    Text,
    /// A text to the carer.
    TextCarer,
    /// A machine reads it to the patient's landline.
    Voice,
    /// Nobody: the patient opposes it, and somebody of the desk calls.
    Desk,
}

impl Wishes {
    /// Those given, made to agree: whoever opposes being listed is not listed.
    pub fn new(wishes: impl IntoIterator<Item = Wish>) -> Self {
        let mut kept: BTreeSet<Wish> = wishes.into_iter().collect();
        if kept.contains(&Wish::NoList) {
            kept.remove(&Wish::SeeksDoctor);
        }
        Self(kept)
    }

    /// Whether one is in force.
    pub fn has(&self, wish: Wish) -> bool {
        self.0.contains(&wish)
    }

    /// Those in force, in the order of their codes' list.
    pub fn iter(&self) -> impl Iterator<Item = Wish> + '_ {
        self.0.iter().copied()
    }

    /// To whom a message goes, from what the patient's number is and the carer's, if there is one (R7).
    pub fn reach(&self, own: Line, carer: Option<Line>) -> Reach {
        if self.has(Wish::NoMessages) {
            return Reach::Desk;
        }
        match (own, carer) {
            (_, Some(Line::Mobile)) if self.has(Wish::TellCarer) => Reach::TextCarer,
            (Line::Mobile, _) => Reach::Text,
            (Line::Landline, _) => Reach::Voice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carer_is_told_only_when_the_patient_said_so_and_can_be_written_to() {
        let none = Wishes::default();
        let carer = Wishes::new([Wish::TellCarer]);
        let (mobile, landline) = (Line::Mobile, Line::Landline);
        for (wishes, own, second, expected) in [
            (&none, mobile, None, Reach::Text),
            (&none, mobile, Some(mobile), Reach::Text),
            (&none, landline, Some(mobile), Reach::Voice),
            (&carer, landline, Some(mobile), Reach::TextCarer),
            (&carer, mobile, Some(mobile), Reach::TextCarer),
            (&carer, landline, Some(landline), Reach::Voice),
            (&carer, mobile, Some(landline), Reach::Text),
            (&carer, landline, None, Reach::Voice),
        ] {
            assert_eq!(
                wishes.reach(own, second),
                expected,
                "{wishes:?} {own:?} {second:?}"
            );
        }
    }

    #[test]
    fn no_machine_ever_writes_to_somebody_who_opposes_it() {
        for other in Wish::ALL {
            let wishes = Wishes::new([Wish::NoMessages, *other]);
            for own in [Line::Mobile, Line::Landline] {
                for carer in [None, Some(Line::Mobile), Some(Line::Landline)] {
                    assert_eq!(wishes.reach(own, carer), Reach::Desk, "{wishes:?}");
                }
            }
        }
    }

    #[test]
    fn whoever_opposes_being_listed_is_not_listed() {
        let wishes = Wishes::new([Wish::SeeksDoctor, Wish::NoList]);
        assert!(!wishes.has(Wish::SeeksDoctor));
        assert_eq!(wishes.iter().collect::<Vec<_>>(), [Wish::NoList]);
    }
}
