//! Stored form of an activity profile. A key that is absent has its default, so that a profile written
//! by an older program still reads.

use std::collections::BTreeSet;

use relais_core::absence::Absence;
use relais_core::geo::Insee;
use relais_core::people::{Encore, Modes, Profile, QuietHours, Sector};
use relais_core::reach::{Ladder, LockScreen, Way};
use relais_core::slug::Slug;
use relais_core::time::{OpenSpan, Weekly};
use serde::{Deserialize, Serialize};

use super::{Coded, Ms, V, Wrong};
use crate::error::StoreError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileDto {
    v: u8,
    #[serde(default = "standard_modes")]
    modes: ModesDto,
    #[serde(default)]
    declined_care: BTreeSet<Coded<Slug>>,
    #[serde(default)]
    declined_motives: BTreeSet<Coded<Slug>>,
    #[serde(default)]
    age_min: u8,
    #[serde(default = "any_age")]
    age_max: u8,
    #[serde(default = "standard_radius")]
    radius_m: u32,
    #[serde(default = "standard_sector")]
    visits: SectorDto,
    #[serde(default)]
    own_patients_only: bool,
    #[serde(default)]
    weekly: Option<WeeklyDto>,
    #[serde(default)]
    unavailable_until: Option<Ms>,
    #[serde(default)]
    encore: Option<EncoreDto>,
    #[serde(default)]
    muted_until: Option<Ms>,
    #[serde(default)]
    daily_max: Option<u16>,
    #[serde(default)]
    hourly_max: Option<u16>,
    #[serde(default)]
    rest_minutes: Option<u16>,
    #[serde(default)]
    quiet: Option<(u16, u16)>,
    #[serde(default)]
    quiet_yields_to_urgent: bool,
    /// Left out while it is the usual one, as is `lock_screen`: an older program reads the profile then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ladder: Option<Vec<Coded<Way>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lock_screen: Option<Coded<LockScreen>>,
    /// Left out while it is not so, as are `absences`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    off_on_holidays: bool,
    /// First and last days, ISO.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    absences: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModesDto {
    consultation: bool,
    visit: bool,
    teleconsultation: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SectorDto {
    Radius(u32),
    Communes(BTreeSet<Coded<Insee>>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EncoreDto {
    since: Ms,
    patients: u16,
    until: Ms,
}

/// Monday first; spans as minutes of the day.
pub(crate) type WeeklyDto = [Vec<(u16, u16)>; 7];

pub(crate) fn weekly_in(weekly: &Weekly) -> WeeklyDto {
    weekly
        .days
        .each_ref()
        .map(|day| day.iter().map(|s| (s.from, s.until)).collect())
}

pub(crate) fn weekly_out(days: WeeklyDto) -> Result<Weekly, Wrong> {
    let mut weekly = Weekly::default();
    for (day, spans) in weekly.days.iter_mut().zip(days) {
        for (from, until) in spans {
            day.push(OpenSpan::new(from, until).ok_or(Wrong("an empty span of hours"))?);
        }
    }
    Ok(weekly)
}

fn standard_modes() -> ModesDto {
    modes_in(Profile::default().modes)
}

fn any_age() -> u8 {
    Profile::default().age_max
}

fn standard_radius() -> u32 {
    Profile::default().radius_m
}

fn standard_sector() -> SectorDto {
    sector_in(&Profile::default().visits)
}

fn modes_in(m: Modes) -> ModesDto {
    ModesDto {
        consultation: m.consultation,
        visit: m.visit,
        teleconsultation: m.teleconsultation,
    }
}

fn sector_in(sector: &Sector) -> SectorDto {
    match sector {
        Sector::Radius(metres) => SectorDto::Radius(*metres),
        Sector::Communes(communes) => {
            SectorDto::Communes(communes.iter().copied().map(Coded).collect())
        }
    }
}

/// Writes the `profile` column.
pub fn encode(p: &Profile) -> Result<String, StoreError> {
    super::write(&ProfileDto {
        v: V,
        modes: modes_in(p.modes),
        declined_care: p.declined_care.iter().cloned().map(Coded).collect(),
        declined_motives: p.declined_motives.iter().cloned().map(Coded).collect(),
        age_min: p.age_min,
        age_max: p.age_max,
        radius_m: p.radius_m,
        visits: sector_in(&p.visits),
        own_patients_only: p.own_patients_only,
        weekly: p.weekly.as_ref().map(weekly_in),
        unavailable_until: p.unavailable_until.map(Ms),
        encore: p.encore.map(|e| EncoreDto {
            since: Ms(e.since),
            patients: e.patients,
            until: Ms(e.until),
        }),
        muted_until: p.muted_until.map(Ms),
        daily_max: p.daily_max,
        hourly_max: p.hourly_max,
        rest_minutes: p.rest_minutes,
        quiet: p.quiet.map(|q| (q.from, q.until)),
        quiet_yields_to_urgent: p.quiet_yields_to_urgent,
        ladder: (p.ladder != Ladder::default()).then(|| p.ladder.ways().map(Coded).collect()),
        lock_screen: (p.lock_screen != Profile::default().lock_screen)
            .then_some(Coded(p.lock_screen)),
        off_on_holidays: p.off_on_holidays,
        absences: p.absences.iter().map(days_in).collect(),
    })
}

/// Reads the `profile` column.
pub fn decode(profile: &str) -> Result<Profile, Wrong> {
    let p: ProfileDto = super::read(profile)?;
    Ok(Profile {
        modes: Modes {
            consultation: p.modes.consultation,
            visit: p.modes.visit,
            teleconsultation: p.modes.teleconsultation,
        },
        declined_care: p.declined_care.into_iter().map(|c| c.0).collect(),
        declined_motives: p.declined_motives.into_iter().map(|c| c.0).collect(),
        age_min: p.age_min,
        age_max: p.age_max,
        radius_m: p.radius_m,
        visits: match p.visits {
            SectorDto::Radius(metres) => Sector::Radius(metres),
            SectorDto::Communes(communes) => {
                Sector::Communes(communes.into_iter().map(|c| c.0).collect())
            }
        },
        own_patients_only: p.own_patients_only,
        weekly: p.weekly.map(weekly_out).transpose()?,
        unavailable_until: p.unavailable_until.map(|m| m.0),
        encore: p.encore.map(|e| Encore {
            since: e.since.0,
            patients: e.patients,
            until: e.until.0,
        }),
        muted_until: p.muted_until.map(|m| m.0),
        daily_max: p.daily_max,
        hourly_max: p.hourly_max,
        rest_minutes: p.rest_minutes,
        quiet: p.quiet.map(|(from, until)| QuietHours { from, until }),
        quiet_yields_to_urgent: p.quiet_yields_to_urgent,
        ladder: p.ladder.map(ladder_out).transpose()?.unwrap_or_default(),
        lock_screen: p
            .lock_screen
            .map_or_else(|| Profile::default().lock_screen, |shown| shown.0),
        off_on_holidays: p.off_on_holidays,
        absences: p.absences.iter().map(days_out).collect::<Result<_, _>>()?,
    })
}

fn days_in(absence: Absence) -> (String, String) {
    (absence.first().to_string(), absence.last().to_string())
}

fn days_out((first, last): &(String, String)) -> Result<Absence, Wrong> {
    let read = |day: &str| day.parse().map_err(|_| Wrong("a day of absence"));
    Absence::new(read(first)?, read(last)?).ok_or(Wrong("an absence that ends before it begins"))
}

fn ladder_out(ways: Vec<Coded<Way>>) -> Result<Ladder, Wrong> {
    let ways: Vec<Way> = ways.into_iter().map(|way| way.0).collect();
    Ladder::new(&ways).ok_or(Wrong("a ladder without a rung, or with one twice"))
}
