//! A member packed into one line of cache: what the tests of R5 need of nearly everybody, without
//! reading the member. Owns the packing; refuses to decide: what does not fit raises a flag, and the
//! member is read.

use crate::geo::{Point, Spot};
use crate::ids::ProfessionalId;
use crate::people::{Member, Mode, Profession, Sector, Standing};
use crate::slug::Slug;
use std::collections::BTreeSet;

/// Accepts consultations, visits, teleconsultations.
const MODES: [(Mode, u32); 3] = [
    (Mode::Consultation, 1),
    (Mode::Visit, 1 << 1),
    (Mode::Teleconsultation, 1 << 2),
];
/// At least one channel works.
pub(super) const REACHABLE: u32 = 1 << 3;
/// Has a place.
pub(super) const PLACED: u32 = 1 << 4;
/// Has several places: the nearest counts.
pub(super) const PLACES: u32 = 1 << 5;
/// Only their own patients.
pub(super) const OWN_ONLY: u32 = 1 << 6;
/// Practises under a contract.
pub(super) const CONTRACT: u32 = 1 << 7;
/// Visits a list of communes.
pub(super) const COMMUNES: u32 = 1 << 8;
/// Said unavailable until, days away or "encore N patients", keeps weekly hours or holidays.
pub(super) const HOURS: u32 = 1 << 9;
/// Said "plus rien aujourd'hui".
pub(super) const MUTED: u32 = 1 << 10;
/// Keeps quiet hours.
pub(super) const QUIET: u32 = 1 << 11;
/// Has a maximum, a rest or an "encore": what was lately asked of them counts.
pub(super) const LIMITED: u32 = 1 << 12;
/// Has memberships in several networks.
pub(super) const SEVERAL: u32 = 1 << 13;
/// Declines care or motives, or has a specialty, that the lists of codes had no room for.
pub(super) const OVERFLOW: u32 = 1 << 14;
/// Declared cooperation protocols.
pub(super) const COOPERATES: u32 = 1 << 15;

/// Stands for no place: [`PLACED`] says whether there is one.
const NOWHERE: Point = Point {
    lat_e6: 0,
    lon_e6: 0,
};

/// A member, packed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Card {
    pub(super) id: ProfessionalId,
    /// Their first place; without meaning when they have none.
    pub(super) spot: Spot,
    /// Motives declined, a bit each.
    pub(super) motives: u64,
    /// Care declined, a bit each.
    pub(super) care: u32,
    /// Own radius for consultations, metres.
    pub(super) radius_m: u32,
    /// Radius of visits, metres.
    pub(super) visit_m: u32,
    flags: u32,
    pub(super) profession: Profession,
    pub(super) age_min: u8,
    pub(super) age_max: u8,
    /// Place of the specialty among the codes, from 1; 0 = none.
    pub(super) specialty: u8,
}

impl Card {
    /// Packs a member; codes met for the first time are numbered.
    pub(super) fn of(member: &Member, codes: &mut Codes) -> Self {
        let profile = &member.profile;
        let mut flags = 0;
        let mut raise = |flag: u32, is: bool| {
            if is {
                flags |= flag;
            }
        };
        for (mode, flag) in MODES {
            raise(flag, profile.modes.accepts(mode));
        }
        raise(REACHABLE, member.channels.any());
        raise(PLACED, !member.places.is_empty());
        raise(PLACES, member.places.len() > 1);
        raise(OWN_ONLY, profile.own_patients_only);
        let plain = matches!(member.standing, Standing::Titular | Standing::Retired);
        raise(CONTRACT, !plain);
        let hours = profile.unavailable_until.is_some() || profile.weekly.is_some();
        let days = profile.off_on_holidays || !profile.absences.is_empty();
        raise(HOURS, hours || days || profile.encore.is_some());
        raise(MUTED, profile.muted_until.is_some());
        raise(QUIET, profile.quiet.is_some());
        let counted = profile.daily_max.is_some() || profile.hourly_max.is_some();
        raise(
            LIMITED,
            counted || profile.rest_minutes.is_some() || profile.encore.is_some(),
        );
        raise(SEVERAL, member.memberships.len() > 1);
        raise(COOPERATES, !member.cooperations.is_empty());
        let visit_m = match &profile.visits {
            Sector::Radius(metres) => *metres,
            Sector::Communes(_) => {
                raise(COMMUNES, true);
                0
            }
        };
        let specialty = member.specialty.as_ref();
        let specialty = specialty.map(|slug| codes.specialty.number(slug, u8::MAX.into()));
        let care = bits(&mut codes.care, &profile.declined_care, u32::BITS);
        let motives = bits(&mut codes.motives, &profile.declined_motives, u64::BITS);
        raise(
            OVERFLOW,
            specialty == Some(None) || care.is_none() || motives.is_none(),
        );
        Self {
            id: member.id,
            spot: Spot::at(member.places.first().copied().unwrap_or(NOWHERE)),
            motives: motives.unwrap_or(0),
            care: care.and_then(|bits| u32::try_from(bits).ok()).unwrap_or(0),
            radius_m: profile.radius_m,
            visit_m,
            flags,
            profession: member.profession,
            age_min: profile.age_min,
            age_max: profile.age_max,
            specialty: specialty
                .flatten()
                .and_then(|number| u8::try_from(number + 1).ok())
                .unwrap_or(0),
        }
    }

    /// Whether any of some flags is raised.
    #[inline]
    pub(super) const fn has(&self, flags: u32) -> bool {
        self.flags & flags != 0
    }

    /// Whether a mode is accepted.
    #[inline]
    pub(super) const fn accepts(&self, mode: Mode) -> bool {
        self.has(match mode {
            Mode::Consultation => 1,
            Mode::Visit => 1 << 1,
            Mode::Teleconsultation => 1 << 2,
        })
    }
}

/// The bits of some codes; `None` when one finds no room.
fn bits(list: &mut Numbered, declined: &BTreeSet<Slug>, room: u32) -> Option<u64> {
    declined.iter().try_fold(0, |bits, slug| {
        let number = list.number(slug, room)?;
        Some(bits | 1 << number)
    })
}

/// Codes numbered in the order they were met.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbered(Vec<Slug>);

impl Numbered {
    /// The number of a code, new or not; `None` when `room` codes are known already.
    fn number(&mut self, slug: &Slug, room: u32) -> Option<u32> {
        if let Some(number) = self.find(slug) {
            return Some(number);
        }
        let number = u32::try_from(self.0.len()).ok().filter(|n| *n < room)?;
        self.0.push(slug.clone());
        Some(number)
    }

    /// The number of a code, if it was met.
    pub(super) fn find(&self, slug: &Slug) -> Option<u32> {
        let place = self.0.iter().position(|known| known == slug)?;
        u32::try_from(place).ok()
    }
}

/// Every code the cards speak of.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes {
    pub(super) care: Numbered,
    pub(super) motives: Numbered,
    pub(super) specialty: Numbered,
}
