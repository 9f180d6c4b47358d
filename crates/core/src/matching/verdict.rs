//! A verdict: one person, one request, every test with its measure.

use crate::ids::ProfessionalId;
use crate::people::coded;
use crate::time::Instant;

coded!(
    /// The tests of R5, with the reason codes of CONTRACT.
    Test {
        /// Active member of a participating network.
        Membership = "membership",
        /// Of the profession asked.
        Profession = "profession",
        /// Of the specialty asked.
        Specialty = "specialty",
        /// Right to practise now.
        RightToPractise = "right-to-practise",
        /// Accepts the care type.
        CareType = "care-type",
        /// Accepts every motive.
        Motive = "motive",
        /// Accepts the mode.
        Mode = "mode",
        /// Accepts the patient's age.
        Age = "age",
        /// Near enough.
        Distance = "distance",
        /// Available now.
        Availability = "availability",
        /// Not the one who raised it.
        Requester = "requester",
        /// Not asked already in this round.
        AlreadyAsked = "already-asked",
        /// Has not said no already.
        AlreadyRefused = "already-refused",
        /// Takes others than their own patients.
        OwnPatientsOnly = "own-patients-only",
        /// Has not said "plus rien aujourd'hui".
        Muted = "muted",
        /// Under the daily maximum.
        DailyMaximum = "daily-maximum",
        /// Under the hourly maximum.
        HourlyMaximum = "hourly-maximum",
        /// Rested since the last acceptance.
        Rest = "rest",
        /// Outside quiet hours.
        QuietHours = "quiet-hours",
        /// Can be reached.
        Channel = "channel",
        /// Declared one of the cooperation protocols asked, in force today.
        Cooperation = "cooperation",
    }
);

/// What a test measured, so that the reason can be said with its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Nothing to measure.
    None,
    /// Metres, and the limit that applies.
    Distance {
        /// Metres.
        metres: u32,
        /// Metres allowed; `None` when the sector is a list of communes.
        limit: Option<u32>,
    },
    /// A count, and its maximum.
    Count {
        /// Counted.
        count: u16,
        /// Allowed.
        maximum: u16,
    },
    /// Fails until a moment: the clock alone may lift it.
    Until(Instant),
    /// Away by an absence said in advance, until the first moment of a civil day.
    Away(Instant),
    /// Does not work on public holidays, and today is one: until it ends.
    Holiday(Instant),
}

/// One test of one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Which test.
    pub test: Test,
    /// Passed.
    pub ok: bool,
    /// With which measure.
    pub measure: Measure,
}

/// What matching found about one person, kept and shown (R5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Who.
    pub professional: ProfessionalId,
    /// Metres from the patient, if known.
    pub distance_m: Option<u32>,
    /// Every test, in the order of R5.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Every test passed: may be asked (I3).
    pub fn asked(&self) -> bool {
        self.findings.iter().all(|finding| finding.ok)
    }

    /// The first failing test: what they are counted under ("distance 11, indisponible 8").
    pub fn first_failure(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| !finding.ok)
    }

    /// When the clock alone would make them eligible; `None` if something else fails too.
    pub fn returns_at(&self) -> Option<Instant> {
        let mut latest = None;
        for finding in self.findings.iter().filter(|finding| !finding.ok) {
            match finding.measure {
                Measure::Until(at) | Measure::Away(at) | Measure::Holiday(at) => {
                    latest = latest.max(Some(at));
                }
                Measure::None | Measure::Distance { .. } | Measure::Count { .. } => return None,
            }
        }
        latest
    }
}
