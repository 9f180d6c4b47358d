//! What is needed after a visit, asked as it is closed (R8): another request for the same patient.
//! Refuses a sequel to a visit that did not take place.

use super::{Closure, Need, NeedError, Request};
use crate::people::{Mode, Profession};
use crate::slug::Slug;
use std::collections::BTreeSet;

/// Most requests that may follow one: a visit is not a care plan.
pub const NEXT_MAX: usize = 6;

/// Care needed next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextCare {
    /// Of which profession.
    pub profession: Profession,
    /// Which care.
    pub care: Slug,
    /// Where.
    pub mode: Mode,
    /// Within how many hours.
    pub within_hours: u8,
    /// Why, when it is not why the patient came.
    pub motive: Option<Slug>,
}

/// Why nothing follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NextRefusal {
    /// Nobody saw or advised the patient: there is nothing to follow from.
    #[error("the patient was neither seen nor advised")]
    NotMet,
    /// The need does not hold together.
    #[error("need: {0}")]
    Need(#[from] NeedError),
}

impl Closure {
    /// Whether somebody saw the patient, or spoke with them: more may be asked from there.
    pub const fn has_met(self) -> bool {
        match self {
            Self::Seen | Self::PhoneAdvice => true,
            Self::NoShow
            | Self::SeenElsewhere
            | Self::SentToEmergency
            | Self::PatientCancelled
            | Self::ProfessionalCancelled
            | Self::NotAtHome
            | Self::Administrative
            | Self::NoTaker => false,
        }
    }
}

impl Request {
    /// The need of a request that follows this one: the same motives unless another is said, no comment of the
    /// first, which was written for somebody else.
    ///
    /// # Errors
    /// `NotMet` unless it was closed after a visit or an advice; `Need`.
    pub fn next_need(&self, next: &NextCare) -> Result<Need, NextRefusal> {
        if !self.closure().is_some_and(Closure::has_met) {
            return Err(NextRefusal::NotMet);
        }
        let motives = match &next.motive {
            Some(motive) => vec![motive.clone()],
            None => self.need.motives.clone(),
        };
        let need = Need {
            profession: next.profession,
            specialty: None,
            care: next.care.clone(),
            mode: next.mode,
            within_hours: next.within_hours,
            motives,
            comment: String::new(),
            series: None,
            cooperations: BTreeSet::new(),
        };
        need.check()?;
        Ok(need)
    }
}
