//! What is needed, by whom, and what was said of the usual professionals (R2).

use super::series::Series;
use crate::geo::{Insee, Point};
use crate::ids::ProfessionalId;
use crate::people::{Mode, Profession, coded};
use crate::slug::Slug;
use crate::time::{Duration, Instant};
use jiff::civil::Date;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Longest comment, characters.
pub const COMMENT_MAX: usize = 1_000;
/// Most motives of a request (R2).
pub const MOTIVES_MAX: usize = 5;
/// Most cooperation protocols of which one is asked.
pub const COOPERATIONS_MAX: usize = 8;

coded!(
    /// Where a contact or request came from. Coded and mandatory (R2).
    Origin {
        /// The patient.
        Patient = "patient",
        /// A relative or carer.
        Relative = "relative",
        /// The usual professional's practice (overflow).
        UsualPractice = "usual-practice",
        /// A pharmacy.
        Pharmacy = "pharmacy",
        /// Another professional.
        Professional = "professional",
        /// The SAS or the 15.
        Sas = "sas",
        /// An emergency department.
        EmergencyDepartment = "ed",
        /// The public form.
        Web = "web",
        /// Partner software.
        Partner = "partner",
    }
);

coded!(
    /// Administrative sex.
    Sex {
        /// Female.
        Female = "F",
        /// Male.
        Male = "M",
        /// Unknown.
        Unknown = "U",
    }
);

coded!(
    /// Does the patient have a usual doctor? Exactly three answers (T14).
    UsualDoctor {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Does not know.
        Unknown = "unknown",
    }
);

coded!(
    /// Was the usual professional contacted before (S2)?
    Contacted {
        /// Yes, and cannot see the patient.
        Unable = "unable",
        /// Could not be reached.
        Unreachable = "unreachable",
        /// Not tried.
        NotTried = "not-tried",
    }
);

coded!(
    /// What the red-flag questions gave. A question not asked is never a "no" (R3).
    RedFlags {
        /// Every question asked, every answer no.
        None = "none",
        /// At least one yes: transfer to 15.
        Present = "present",
        /// At least one "does not know", or not asked.
        Unknown = "unknown",
    }
);

/// An age, counted at the time of the request. The birth date itself is identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// Completed years.
    pub years: u8,
    /// Completed months in all, up to 65,535.
    pub months: u16,
}

/// An age as it may be shown before acceptance (R6: a band under 2 and over 90).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgeShown {
    /// Under two years.
    UnderTwo,
    /// Completed years, 2 to 90.
    Years(u8),
    /// Over ninety.
    OverNinety,
}

impl Age {
    /// The age on a day; `None` when born after it, or more than 130 years before.
    pub fn on(birth: Date, day: Date) -> Option<Self> {
        if birth > day {
            return None;
        }
        let mut months = (i32::from(day.year()) - i32::from(birth.year())) * 12
            + i32::from(day.month())
            - i32::from(birth.month());
        if day.day() < birth.day() {
            months -= 1;
        }
        let months = u16::try_from(months.max(0)).ok()?;
        let years = u8::try_from(months / 12)
            .ok()
            .filter(|years| *years <= 130)?;
        Some(Self { years, months })
    }

    /// As it may be shown before acceptance.
    pub const fn shown(self) -> AgeShown {
        match self.years {
            0 | 1 => AgeShown::UnderTwo,
            2..=90 => AgeShown::Years(self.years),
            _ => AgeShown::OverNinety,
        }
    }
}

/// What others than requester, operator and regulator may know before acceptance (R6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatientFacts {
    /// Age when the request was raised.
    pub age: Age,
    /// Sex.
    pub sex: Sex,
    /// Commune of the place of care.
    pub commune: Insee,
    /// Geocoded address, else town centre, else centroid; used for distances only.
    pub point: Option<Point>,
}

/// Somebody who stands in for a usual professional and has their patients meanwhile (R4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandIn {
    /// Who stands in.
    pub locum: ProfessionalId,
    /// For whom: one of those declared.
    pub of: ProfessionalId,
    /// First moment without.
    pub until: Instant,
}

/// The patient's usual professionals, as declared at intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// Has a usual doctor?
    pub doctor: UsualDoctor,
    /// Those the directory knows, doctor first.
    pub professionals: Vec<ProfessionalId>,
    /// A name was given that the directory does not know.
    pub outside: bool,
    /// Were they contacted?
    pub contacted: Contacted,
    /// Those who stood in for them when the request was raised, frozen with it.
    pub stand_ins: Vec<StandIn>,
}

impl Usual {
    /// Who counts as a usual professional at a moment: those declared, and whoever stands in for one
    /// of them still (R4.1).
    pub fn at(&self, now: Instant) -> Cow<'_, [ProfessionalId]> {
        let stands = |one: &&StandIn| {
            now < one.until
                && self.professionals.contains(&one.of)
                && !self.professionals.contains(&one.locum)
        };
        let mut standing = self.stand_ins.iter().filter(stands).peekable();
        if standing.peek().is_none() {
            return Cow::Borrowed(&self.professionals);
        }
        let mut all = self.professionals.clone();
        for one in standing {
            if !all.contains(&one.locum) {
                all.push(one.locum);
            }
        }
        Cow::Owned(all)
    }

    /// Whether somebody counts as one of them at a moment.
    pub fn has(&self, id: ProfessionalId, now: Instant) -> bool {
        self.at(now).contains(&id)
    }

    /// For which of those declared somebody stood in when the request was raised, and until when.
    pub fn standing_in(&self, id: ProfessionalId) -> Option<StandIn> {
        let theirs = self.stand_ins.iter().copied().find(|one| one.locum == id);
        theirs.filter(|one| self.professionals.contains(&one.of))
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Addressed to which profession. A change of it is a new request (R4.9).
    pub profession: Profession,
    /// Specialty, when a specialist is asked.
    pub specialty: Option<Slug>,
    /// Care type.
    pub care: Slug,
    /// Mode.
    pub mode: Mode,
    /// Care delay, hours: 2, 6, 12, 24 or 48 (R2).
    pub within_hours: u8,
    /// One to five coded motives.
    pub motives: Vec<Slug>,
    /// Free text for the professional, without identity.
    pub comment: String,
    /// How the care repeats, for a nurse or a physiotherapist (R2).
    pub series: Option<Series>,
    /// Cooperation protocols any one of which gives the right to the act; empty = the profession's
    /// own right is enough (R3, R5).
    pub cooperations: BTreeSet<Slug>,
}

/// What somebody makes of a need they read. Somebody else may have changed it since: only what differs from
/// what was read is a change (R4.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedEdit {
    /// The need as it was read.
    pub read: Need,
    /// The same, as it is to become.
    pub wanted: Need,
}

impl NeedEdit {
    /// What `change` makes of a need that was read.
    #[must_use]
    pub fn new(read: Need, change: impl FnOnce(&mut Need)) -> Self {
        let mut wanted = read.clone();
        change(&mut wanted);
        Self { read, wanted }
    }

    /// Nothing of it differs from what was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.read == self.wanted
    }

    /// The need as it becomes, from what it is at this moment.
    #[must_use]
    pub fn of(&self, now: &Need) -> Need {
        fn pick<T: PartialEq + Clone>(read: &T, wanted: &T, now: &T) -> T {
            if read == wanted { now } else { wanted }.clone()
        }
        let (read, wanted) = (&self.read, &self.wanted);
        // Another profession has its own specialties, care, series and protocols: they come with it.
        let own = if read.profession == wanted.profession {
            now
        } else {
            wanted
        };
        Need {
            profession: own.profession,
            specialty: pick(&read.specialty, &wanted.specialty, &own.specialty),
            care: pick(&read.care, &wanted.care, &own.care),
            mode: pick(&read.mode, &wanted.mode, &now.mode),
            within_hours: pick(&read.within_hours, &wanted.within_hours, &now.within_hours),
            motives: pick(&read.motives, &wanted.motives, &now.motives),
            comment: pick(&read.comment, &wanted.comment, &now.comment),
            series: pick(&read.series, &wanted.series, &own.series),
            cooperations: pick(&read.cooperations, &wanted.cooperations, &own.cooperations),
        }
    }
}

/// Why a need is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NeedError {
    /// No motive, or more than five.
    #[error("one to five motives")]
    Motives,
    /// A care delay outside the list.
    #[error("care delay among 2, 6, 12, 24 and 48 hours")]
    WithinHours,
    /// A comment over the limit.
    #[error("comment of at most {COMMENT_MAX} characters")]
    Comment,
    /// A series out of bounds, or of a profession whose care is not said to repeat.
    #[error("a series is a nurse's or a physiotherapist's, within its bounds")]
    Series,
    /// More cooperation protocols than one act has.
    #[error("at most {COOPERATIONS_MAX} cooperation protocols")]
    Cooperations,
}

impl Need {
    /// Care delays offered, hours.
    pub const DELAYS_HOURS: [u8; 5] = [2, 6, 12, 24, 48];

    /// Checks what the types cannot.
    pub fn check(&self) -> Result<(), NeedError> {
        if self.motives.is_empty() || self.motives.len() > MOTIVES_MAX {
            return Err(NeedError::Motives);
        }
        if !Self::DELAYS_HOURS.contains(&self.within_hours) {
            return Err(NeedError::WithinHours);
        }
        if self.comment.chars().count() > COMMENT_MAX {
            return Err(NeedError::Comment);
        }
        let sound = |series: &Series| Series::fits(self.profession) && series.is_sound();
        if !self.series.as_ref().is_none_or(sound) {
            return Err(NeedError::Series);
        }
        if self.cooperations.len() > COOPERATIONS_MAX {
            return Err(NeedError::Cooperations);
        }
        Ok(())
    }

    /// The care delay.
    pub fn delay(&self) -> Duration {
        Duration::hours(i64::from(self.within_hours))
    }

    /// Care due within two hours: quiet hours may yield (R5).
    pub const fn is_urgent(&self) -> bool {
        self.within_hours <= 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn age_is_counted_in_completed_months() {
        let born = date(2024, 2, 29);
        assert_eq!(Age::on(born, date(2025, 2, 28)).unwrap().months, 11);
        assert_eq!(Age::on(born, date(2025, 3, 1)).unwrap().months, 12);
        assert_eq!(Age::on(born, date(2024, 2, 28)), None);
        assert_eq!(Age::on(date(1850, 1, 1), date(2026, 1, 1)), None);
    }

    #[test]
    fn an_edit_changes_only_what_differs_from_what_was_read() {
        let slug = |text| Slug::new(text).unwrap();
        let read = Need {
            profession: Profession::Gp,
            specialty: None,
            care: slug("medecine"),
            mode: Mode::Consultation,
            within_hours: 24,
            motives: vec![slug("otalgie")],
            comment: String::new(),
            series: None,
            cooperations: BTreeSet::new(),
        };
        let sooner = NeedEdit::new(read.clone(), |need| need.within_hours = 6);
        let mut now = read.clone();
        now.mode = Mode::Visit;
        now.comment = "Alitée.".to_owned();
        let both = Need {
            within_hours: 6,
            ..now.clone()
        };
        assert_eq!(sooner.of(&now), both);
        assert_eq!(NeedEdit::new(read.clone(), |_| ()).of(&now), now);
        // Another profession does not keep the care of the one before, whoever changed it meanwhile.
        let nurse = NeedEdit::new(read.clone(), |need| {
            need.profession = Profession::Nurse;
            need.care = slug("soins-infirmiers");
        });
        now.care = slug("pediatrie");
        let asked = nurse.of(&now);
        assert_eq!(
            (asked.care.as_str(), asked.mode),
            ("soins-infirmiers", Mode::Visit)
        );
    }

    #[test]
    fn young_and_old_ages_are_shown_as_bands() {
        let shown = |years| {
            Age {
                years,
                months: u16::from(years) * 12,
            }
            .shown()
        };
        assert_eq!(shown(1), AgeShown::UnderTwo);
        assert_eq!(shown(2), AgeShown::Years(2));
        assert_eq!(shown(90), AgeShown::Years(90));
        assert_eq!(shown(91), AgeShown::OverNinety);
    }
}
