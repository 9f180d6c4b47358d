//! Professionals as matching sees them: profession, memberships, right to practise, and the terms
//! each of them set (activity profile). No name, no phone number.

use crate::absence::Absences;
use crate::geo::{Insee, Point};
use crate::ids::{NetworkId, ProfessionalId};
use crate::reach::{Ladder, LockScreen};
use crate::slug::Slug;
use crate::time::{Instant, Weekly, civil_day_end};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every value, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code used by the API and the store.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The value of a code; `None` when there is none.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    };
}
pub(crate) use coded;

coded!(
    /// The professions a request can be addressed to.
    Profession {
        /// General practitioner.
        Gp = "gp",
        /// Nurse.
        Nurse = "nurse",
        /// Physiotherapist.
        Physio = "physio",
        /// Midwife.
        Midwife = "midwife",
        /// Dentist.
        Dentist = "dentist",
        /// Pharmacist.
        Pharmacist = "pharmacist",
        /// Doctor of another specialty.
        Specialist = "specialist",
        /// Podiatrist.
        Podiatrist = "podiatrist",
        /// Speech therapist.
        Speech = "speech",
        /// Orthoptist.
        Orthoptist = "orthoptist",
        /// Medical biologist.
        Biologist = "biologist",
    }
);

coded!(
    /// How care is given.
    Mode {
        /// At the professional's place.
        Consultation = "consultation",
        /// At the patient's.
        Visit = "visit",
        /// At a distance.
        Teleconsultation = "teleconsultation",
    }
);

coded!(
    /// Where a membership stands. Only an active one is asked (R5).
    MembershipStatus {
        /// Asked for, not yet approved.
        Applied = "applied",
        /// In force.
        Active = "active",
        /// Suspended by the coordinator.
        Suspended = "suspended",
        /// Ended.
        Left = "left",
    }
);

/// A professional in a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The network.
    pub network: NetworkId,
    /// Where it stands.
    pub status: MembershipStatus,
}

/// Under what title somebody practises, and until when (R5 right to practise).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In their own name, without end.
    Titular,
    /// Retired, takes shifts or requests under their own registration.
    Retired,
    /// Stands in for somebody, between two moments.
    Locum(Contract),
    /// Qualified assistant under contract.
    Assistant(Contract),
    /// Not yet qualified, under a locum licence.
    Adjunct(Contract),
    /// Intern: only with a named supervisor.
    Intern {
        /// The contract.
        contract: Contract,
        /// Who answers for them; none = may not practise.
        supervisor: Option<ProfessionalId>,
    },
}

/// Between which moments a contract holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// First moment of the right to practise.
    pub from: Instant,
    /// First moment without it.
    pub until: Instant,
}

impl Standing {
    /// Its stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Titular => "titular",
            Self::Retired => "retired",
            Self::Locum(_) => "locum",
            Self::Assistant(_) => "assistant",
            Self::Adjunct(_) => "adjunct",
            Self::Intern { .. } => "intern",
        }
    }

    /// Whether the right to practise holds now.
    pub fn holds(self, now: Instant) -> bool {
        match self {
            Self::Titular | Self::Retired => true,
            Self::Locum(c) | Self::Assistant(c) | Self::Adjunct(c) => {
                c.from <= now && now < c.until
            }
            Self::Intern {
                contract: c,
                supervisor,
            } => supervisor.is_some() && c.from <= now && now < c.until,
        }
    }

    /// First moment of the right to practise, under a contract.
    pub const fn begins(self) -> Option<Instant> {
        match self.contract() {
            Some(contract) => Some(contract.from),
            None => None,
        }
    }

    /// First moment without the right to practise, under a contract.
    pub const fn ends(self) -> Option<Instant> {
        match self.contract() {
            Some(contract) => Some(contract.until),
            None => None,
        }
    }

    /// Between which moments it holds, under a contract.
    pub const fn contract(self) -> Option<Contract> {
        match self {
            Self::Titular | Self::Retired => None,
            Self::Locum(contract)
            | Self::Assistant(contract)
            | Self::Adjunct(contract)
            | Self::Intern { contract, .. } => Some(contract),
        }
    }

    /// The supervisor to name on a request an intern accepts.
    pub fn supervisor(self) -> Option<ProfessionalId> {
        match self {
            Self::Intern { supervisor, .. } => supervisor,
            Self::Titular
            | Self::Retired
            | Self::Locum(_)
            | Self::Assistant(_)
            | Self::Adjunct(_) => None,
        }
    }
}

/// Which modes of care are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// At the practice.
    pub consultation: bool,
    /// At the patient's.
    pub visit: bool,
    /// At a distance.
    pub teleconsultation: bool,
}

impl Modes {
    /// Whether a mode is accepted.
    pub const fn accepts(self, mode: Mode) -> bool {
        match mode {
            Mode::Consultation => self.consultation,
            Mode::Visit => self.visit,
            Mode::Teleconsultation => self.teleconsultation,
        }
    }
}

/// Where a professional makes visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sector {
    /// Within metres of their nearest place.
    Radius(u32),
    /// In these communes.
    Communes(BTreeSet<Insee>),
}

/// "Encore N patients jusqu'à HH:MM".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encore {
    /// When it was said: acceptances are counted from here.
    pub since: Instant,
    /// How many patients in all.
    pub patients: u16,
    /// Until when.
    pub until: Instant,
}

impl Encore {
    /// When it says nothing any more (R5): with as many patients as were said, or past the hour said, nobody is asked
    /// for the rest of the day it was said on. An hour past midnight is its own end: the morning after is another day.
    pub fn day_ends(&self, zone: &TimeZone) -> Instant {
        self.until.max(civil_day_end(self.since, zone))
    }
}

/// Hours of the civil day during which nothing may ring; may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// First quiet minute of the day.
    pub from: u16,
    /// First minute that may ring again.
    pub until: u16,
}

impl QuietHours {
    /// Whether a minute of the day is quiet.
    pub const fn covers(self, minute: u16) -> bool {
        if self.from <= self.until {
            self.from <= minute && minute < self.until
        } else {
            minute >= self.from || minute < self.until
        }
    }
}

/// What a member accepts now (`profil d'activité`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Modes of care accepted.
    pub modes: Modes,
    /// Care types not accepted; everything else is.
    pub declined_care: BTreeSet<Slug>,
    /// Motives not accepted; everything else is.
    pub declined_motives: BTreeSet<Slug>,
    /// Youngest patient, in completed years.
    pub age_min: u8,
    /// Oldest patient, in completed years.
    pub age_max: u8,
    /// Own radius for consultations, metres.
    pub radius_m: u32,
    /// Where visits are made.
    pub visits: Sector,
    /// Only patients who declared them as usual professional.
    pub own_patients_only: bool,
    /// Weekly hours during which requests are welcome; `None` = always.
    pub weekly: Option<Weekly>,
    /// Not on the public holidays of the network that asks.
    pub off_on_holidays: bool,
    /// Unavailable until this moment.
    pub unavailable_until: Option<Instant>,
    /// Days away, said in advance: civil days of the network that asks.
    pub absences: Absences,
    /// "Encore N patients jusqu'à".
    pub encore: Option<Encore>,
    /// "Plus rien aujourd'hui", until this moment.
    pub muted_until: Option<Instant>,
    /// Most solicitations a civil day.
    pub daily_max: Option<u16>,
    /// Most solicitations in any hour.
    pub hourly_max: Option<u16>,
    /// Minutes of rest after an acceptance.
    pub rest_minutes: Option<u16>,
    /// Quiet hours.
    pub quiet: Option<QuietHours>,
    /// Quiet hours may be broken for care due within two hours.
    pub quiet_yields_to_urgent: bool,
    /// By which ways they want to be asked, in which order (R7).
    pub ladder: Ladder,
    /// How much a locked telephone shows (R6, R7).
    pub lock_screen: LockScreen,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            modes: Modes {
                consultation: true,
                visit: false,
                teleconsultation: false,
            },
            declined_care: BTreeSet::new(),
            declined_motives: BTreeSet::new(),
            age_min: 0,
            age_max: u8::MAX,
            radius_m: 10_000,
            visits: Sector::Radius(5_000),
            own_patients_only: false,
            weekly: None,
            off_on_holidays: false,
            unavailable_until: None,
            absences: Absences::default(),
            encore: None,
            muted_until: None,
            daily_max: None,
            hourly_max: None,
            rest_minutes: None,
            quiet: None,
            quiet_yields_to_urgent: false,
            ladder: Ladder::default(),
            lock_screen: LockScreen::Motive,
        }
    }
}

/// Which ways lead to somebody who wants to be asked by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// A phone or computer that shows notifications.
    pub push: bool,
    /// A number that receives SMS.
    pub sms: bool,
    /// A mail address.
    pub mail: bool,
}

impl Channels {
    /// Whether at least one way works.
    pub const fn any(self) -> bool {
        self.push || self.sms || self.mail
    }
}

/// A cooperation protocol, or a test of ordinary law, that somebody declared to follow: what lets a
/// delegated profession do a doctor's act (R5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Declared {
    /// Its code.
    pub protocol: Slug,
    /// First day, civil.
    pub since: Date,
    /// Last day, civil; `None` while it goes on.
    pub until: Option<Date>,
}

impl Declared {
    /// Whether it is in force on a civil day.
    pub fn holds(&self, day: Date) -> bool {
        self.since <= day && self.until.is_none_or(|last| day <= last)
    }
}

/// A professional as the directory holds them in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: ProfessionalId,
    /// Their profession.
    pub profession: Profession,
    /// Specialty of a specialist.
    pub specialty: Option<Slug>,
    /// Their networks.
    pub memberships: Vec<Membership>,
    /// Where they practise.
    pub places: Vec<Point>,
    /// Under what title.
    pub standing: Standing,
    /// Their terms.
    pub profile: Profile,
    /// How they are reached.
    pub channels: Channels,
    /// What they declared to follow; each place of a protocol, each period of it.
    pub cooperations: Vec<Declared>,
}

impl Member {
    /// Whether they are an active member of a network.
    pub fn belongs_to(&self, network: NetworkId) -> bool {
        self.memberships
            .iter()
            .any(|m| m.network == network && m.status == MembershipStatus::Active)
    }

    /// Metres from a point to their nearest place; `None` without a place.
    pub fn distance_m(&self, point: Point) -> Option<u32> {
        self.places
            .iter()
            .map(|place| place.distance_m(point))
            .min()
    }
}

/// What was asked of somebody in the last days, and what came of it: whose turn it is, and how many of a wave may be
/// expected to answer (R4.3). No test of R5 reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lately {
    /// Solicitations.
    pub asked: u16,
    /// Of which answered, or left without an answer until the window ended: what somebody else took meanwhile says
    /// nothing of who would have answered.
    pub settled: u16,
    /// Of those settled: answered, with a yes or a no.
    pub answered: u16,
}

/// What was already asked of somebody lately: the counts behind maximums and rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Solicitations since the start of the civil day.
    pub asked_today: u16,
    /// Solicitations in the last sixty minutes.
    pub asked_last_hour: u16,
    /// The oldest solicitation of the last sixty minutes.
    pub first_of_hour: Option<Instant>,
    /// Last acceptance.
    pub accepted_at: Option<Instant>,
    /// Acceptances since "encore N patients" was said.
    pub accepted_since_encore: u16,
}
