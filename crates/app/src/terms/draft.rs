//! One's terms as they are typed, and read: everything wrong is said at once, and nothing is changed then.

use super::hours::{clock, minute, spans, spoken};
use crate::error::{AppError, FieldError};
use relais_core::geo::Insee;
use relais_core::people::{Mode, Modes, Profile, QuietHours, Sector};
use relais_core::reach::{Ladder, LockScreen, Way};
use relais_core::slug::Slug;
use relais_core::time::Weekly;
use std::collections::BTreeSet;

/// Most communes of a visit sector.
const COMMUNES_MAX: usize = 100;
/// Furthest distance, kilometres.
const KILOMETRES_MAX: u32 = 200;

/// One's terms as they are typed: each value as text, each list as codes.
#[derive(Debug, Clone, Default)]
pub struct TermsDraft {
    /// Modes accepted, by code.
    pub modes: Vec<String>,
    /// Care types not accepted.
    pub declined_care: Vec<String>,
    /// Motives not accepted.
    pub declined_motives: Vec<String>,
    /// Youngest patient, years.
    pub age_min: String,
    /// Oldest patient, years.
    pub age_max: String,
    /// Radius for consultations, kilometres.
    pub radius_km: String,
    /// Radius for visits, kilometres; not used with communes.
    pub visit_km: String,
    /// INSEE codes of the communes of visits; empty = by distance.
    pub visit_communes: Vec<String>,
    /// Hours of each day, Monday first: `8h-12h, 14h-18h30`. All empty = always.
    pub hours: [String; 7],
    /// Not on public holidays.
    pub off_on_holidays: bool,
    /// Only own patients.
    pub own_patients_only: bool,
    /// Most solicitations a day.
    pub daily_max: String,
    /// Most solicitations an hour.
    pub hourly_max: String,
    /// Minutes of rest after an acceptance.
    pub rest_minutes: String,
    /// Quiet hours begin.
    pub quiet_from: String,
    /// Quiet hours end.
    pub quiet_until: String,
    /// Quiet hours yield to care due within two hours.
    pub quiet_yields: bool,
    /// Ways to be asked by, the first tried first, by code; empty = none at that rank.
    pub ways: [String; 3],
    /// How much a locked telephone shows, by code.
    pub lock_screen: String,
}
impl TermsDraft {
    /// Terms as a person would type them.
    pub fn of(profile: &Profile) -> Self {
        let text = |value: Option<u16>| value.map(|n| n.to_string()).unwrap_or_default();
        let codes = |slugs: &BTreeSet<Slug>| slugs.iter().map(ToString::to_string).collect();
        let modes = Mode::ALL.iter();
        let (visit_km, visit_communes) = match &profile.visits {
            Sector::Radius(metres) => (kilometres(*metres), Vec::new()),
            Sector::Communes(all) => {
                let all = all.iter().map(|insee| insee.as_str().to_owned());
                (String::new(), all.collect())
            }
        };
        let hours = profile
            .weekly
            .as_ref()
            .map_or_else(Default::default, |week| {
                week.days.each_ref().map(|spans| spoken(spans))
            });
        Self {
            modes: modes
                .filter(|mode| profile.modes.accepts(**mode))
                .map(|mode| mode.code().to_owned())
                .collect(),
            declined_care: codes(&profile.declined_care),
            declined_motives: codes(&profile.declined_motives),
            age_min: match profile.age_min {
                0 => String::new(),
                years => years.to_string(),
            },
            age_max: match profile.age_max {
                u8::MAX => String::new(),
                years => years.to_string(),
            },
            radius_km: kilometres(profile.radius_m),
            visit_km,
            visit_communes,
            hours,
            off_on_holidays: profile.off_on_holidays,
            own_patients_only: profile.own_patients_only,
            daily_max: text(profile.daily_max),
            hourly_max: text(profile.hourly_max),
            rest_minutes: text(profile.rest_minutes),
            quiet_from: profile.quiet.map(|q| clock(q.from)).unwrap_or_default(),
            quiet_until: profile.quiet.map(|q| clock(q.until)).unwrap_or_default(),
            quiet_yields: profile.quiet_yields_to_urgent,
            ways: {
                let mut ways = profile.ladder.ways();
                std::array::from_fn(|_| ways.next().map_or("", Way::code).to_owned())
            },
            lock_screen: profile.lock_screen.code().to_owned(),
        }
    }

    /// Puts what was typed in a profile, or says everything that is wrong with it.
    pub(super) fn put(&self, profile: &mut Profile) -> Result<(), AppError> {
        let mut wrong = Wrong::default();
        let on = |mode: Mode| self.modes.iter().any(|code| code == mode.code());
        let modes = Modes {
            consultation: on(Mode::Consultation),
            visit: on(Mode::Visit),
            teleconsultation: on(Mode::Teleconsultation),
        };
        if !(modes.consultation || modes.visit || modes.teleconsultation) {
            wrong.add(
                "modes",
                "Gardez au moins un mode\u{a0}; pour ne plus être sollicité, rendez-vous indisponible.",
            );
        }
        let declined_care = wrong.slugs("declined_care", &self.declined_care);
        let declined_motives = wrong.slugs("declined_motives", &self.declined_motives);
        let ages = "Un âge en années, de 0 à 120.";
        let age_min = wrong
            .number("age_min", &self.age_min, 0, 120, ages)
            .unwrap_or(0);
        let age_max = wrong
            .number("age_max", &self.age_max, 0, 120, ages)
            .unwrap_or(u32::from(u8::MAX));
        if age_min > age_max {
            wrong.add("age_min", "L’âge minimal dépasse l’âge maximal.");
        }
        let far = "Une distance en kilomètres, de 1 à 200.";
        let radius = wrong.number("radius_km", &self.radius_km, 1, KILOMETRES_MAX, far);
        let visits = self.sector(&mut wrong, far);
        let weekly = self.weekly(&mut wrong);
        let counts = "Un nombre de sollicitations, de 1 à 500, ou rien.";
        let daily_max = wrong.number("daily_max", &self.daily_max, 1, 500, counts);
        let hourly_max = wrong.number("hourly_max", &self.hourly_max, 1, 500, counts);
        let rest = "Des minutes, de 1 à 720, ou rien.";
        let rest_minutes = wrong.number("rest_minutes", &self.rest_minutes, 1, 720, rest);
        let quiet = self.quiet(&mut wrong);
        let ladder = self.ladder(&mut wrong);
        let lock_screen = LockScreen::from_code(&self.lock_screen).unwrap_or_else(|| {
            wrong.add(
                "lock_screen",
                "Choisissez ce que montre le téléphone verrouillé.",
            );
            LockScreen::Nothing
        });
        wrong.none()?;
        let small = |value: Option<u32>| value.and_then(|n| u16::try_from(n).ok());
        profile.modes = modes;
        profile.declined_care = declined_care;
        profile.declined_motives = declined_motives;
        profile.age_min = u8::try_from(age_min).unwrap_or_default();
        profile.age_max = u8::try_from(age_max).unwrap_or(u8::MAX);
        profile.radius_m = radius.map_or_else(|| Profile::default().radius_m, |km| km * 1_000);
        profile.visits = visits;
        profile.weekly = weekly;
        profile.off_on_holidays = self.off_on_holidays;
        profile.own_patients_only = self.own_patients_only;
        profile.daily_max = small(daily_max);
        profile.hourly_max = small(hourly_max);
        profile.rest_minutes = small(rest_minutes);
        profile.quiet = quiet;
        profile.quiet_yields_to_urgent = self.quiet_yields;
        profile.ladder = ladder;
        profile.lock_screen = lock_screen;
        Ok(())
    }

    fn sector(&self, wrong: &mut Wrong, far: &str) -> Sector {
        if self.visit_communes.len() > COMMUNES_MAX {
            wrong.add("visit_communes", "100 communes au plus.");
        }
        let read = self.visit_communes.iter().map(|code| Insee::new(code));
        let communes: Option<BTreeSet<_>> = read.collect();
        match communes {
            None => {
                wrong.add(
                    "visit_communes",
                    "L’une de ces communes n’est pas reconnue.",
                );
                Sector::Communes(BTreeSet::new())
            }
            Some(all) if !all.is_empty() => Sector::Communes(all),
            Some(_) => {
                let km = wrong.number("visit_km", &self.visit_km, 1, KILOMETRES_MAX, far);
                km.map_or_else(
                    || Profile::default().visits,
                    |km| Sector::Radius(km * 1_000),
                )
            }
        }
    }

    fn weekly(&self, wrong: &mut Wrong) -> Option<Weekly> {
        let mut week = Weekly::default();
        for (n, (day, typed)) in week.days.iter_mut().zip(&self.hours).enumerate() {
            match spans(typed) {
                Some(read) => *day = read,
                None => wrong.add(
                    &format!("hours_{n}"),
                    "Des heures comme 8h-12h, 14h-18h30, dans l’ordre.",
                ),
            }
        }
        let any = week.days.iter().any(|spans| !spans.is_empty());
        any.then_some(week)
    }

    /// The ways in their order; a rank left empty is passed over.
    fn ladder(&self, wrong: &mut Wrong) -> Ladder {
        let mut ways = Vec::new();
        for (rank, code) in self.ways.iter().enumerate() {
            let name = format!("way_{rank}");
            match Way::from_code(code) {
                None if code.is_empty() => {}
                None => wrong.add(&name, "Choisissez dans la liste."),
                Some(way) if ways.contains(&way) => {
                    wrong.add(&name, "Ce moyen est déjà choisi plus haut.");
                }
                Some(way) => ways.push(way),
            }
        }
        let ladder = Ladder::new(&ways);
        if ladder.is_none() {
            wrong.add(
                "way_0",
                "Gardez au moins un moyen\u{a0}; pour ne plus être sollicité, rendez-vous indisponible.",
            );
        }
        ladder.unwrap_or_default()
    }

    fn quiet(&self, wrong: &mut Wrong) -> Option<QuietHours> {
        let (from, until) = (self.quiet_from.trim(), self.quiet_until.trim());
        if from.is_empty() && until.is_empty() {
            return None;
        }
        match (minute(from), minute(until)) {
            (Some(from), Some(until)) if from < 1_440 && until < 1_440 && from != until => {
                Some(QuietHours { from, until })
            }
            _ => {
                wrong.add(
                    "quiet_from",
                    "Deux heures différentes, comme 20:00 et 08:00.",
                );
                None
            }
        }
    }
}
/// What is wrong, by the name of the value.
#[derive(Default)]
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn add(&mut self, name: &str, message: &str) {
        self.0.push(FieldError {
            pointer: format!("/{name}"),
            message: message.to_owned(),
        });
    }

    /// A number between two; none when nothing was typed.
    fn number(&mut self, name: &str, typed: &str, low: u32, high: u32, say: &str) -> Option<u32> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let read = typed.parse().ok().filter(|n| (low..=high).contains(n));
        if read.is_none() {
            self.add(name, say);
        }
        read
    }

    fn slugs(&mut self, name: &str, codes: &[String]) -> BTreeSet<Slug> {
        let read: Result<BTreeSet<_>, _> = codes.iter().map(|code| Slug::new(code)).collect();
        match read {
            Ok(read) if codes.len() <= 100 => read,
            _ => {
                self.add(name, "Choisissez dans la liste.");
                BTreeSet::new()
            }
        }
    }

    fn none(self) -> Result<(), AppError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(AppError::Invalid(self.0))
        }
    }
}
fn kilometres(metres: u32) -> String {
    metres.div_ceil(1_000).to_string()
}
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use relais_core::time::OpenSpan;

    #[test]
    fn everything_wrong_is_said_at_once_and_nothing_is_changed() {
        let draft = TermsDraft {
            age_min: "80".to_owned(),
            age_max: "12".to_owned(),
            radius_km: "beaucoup".to_owned(),
            visit_communes: vec!["Massy".to_owned()],
            quiet_from: "20:00".to_owned(),
            hours: [
                "8".to_owned(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
                String::new(),
            ],
            ways: ["sms".to_owned(), "sms".to_owned(), String::new()],
            ..TermsDraft::default()
        };
        let mut profile = Profile::default();
        let Err(AppError::Invalid(wrong)) = draft.put(&mut profile) else {
            panic!("taken");
        };
        let names: BTreeSet<_> = wrong.iter().map(|one| one.pointer.as_str()).collect();
        let expected = [
            "/age_min",
            "/hours_0",
            "/lock_screen",
            "/modes",
            "/quiet_from",
            "/radius_km",
            "/visit_communes",
            "/way_1",
        ];
        assert_eq!(names, BTreeSet::from(expected));
        assert_eq!(profile, Profile::default());
    }

    proptest! {
        #[test]
        fn terms_typed_again_as_they_are_shown_are_the_same(
            hours in proptest::collection::vec((0_u16..700, 1_u16..700), 7),
            quiet in proptest::option::of((0_u16..1_440, 0_u16..1_440)),
            most in proptest::option::of(1_u16..500), km in 1_u32..200, young in 0_u8..60,
            ways in proptest::sample::subsequence(Way::ALL, 1..=3).prop_shuffle(),
            shown in proptest::sample::select(LockScreen::ALL), off in proptest::bool::ANY,
        ) {
            let mut profile = Profile { age_min: young, radius_m: km * 1_000, daily_max: most, ..Profile::default() };
            let mut week = Weekly::default();
            for (day, (from, length)) in week.days.iter_mut().zip(hours) {
                day.extend(OpenSpan::new(from, from + length));
            }
            profile.weekly = Some(week);
            profile.quiet = quiet.filter(|(a, b)| a != b).map(|(from, until)| QuietHours { from, until });
            profile.ladder = Ladder::new(&ways).expect("a ladder");
            profile.lock_screen = shown;
            profile.off_on_holidays = off;
            let mut again = Profile::default();
            prop_assert!(TermsDraft::of(&profile).put(&mut again).is_ok());
            prop_assert_eq!(again, profile);
        }
    }
}
