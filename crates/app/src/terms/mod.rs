//! *Mes réglages*: the whole of one's terms as a person types them, and what last week would have brought
//! with them.
//!
//! Owns reading the form and judging last week's requests again (R5). Refuses anything about a patient: only
//! counts come out.

use crate::app::{App, Who};
use crate::error::{AppError, FieldError};
use crate::offers::answer::professional;
use relais_core::geo::Insee;
use relais_core::ids::ProfessionalId;
use relais_core::matching::{Already, Candidate, Question, Test, judge};
use relais_core::people::{Load, Member, Mode, Modes, Profile, QuietHours, Sector};
use relais_core::request::{OfferStatus, Stage};
use relais_core::slug::Slug;
use relais_core::time::{Calendar, Duration, Instant, OpenSpan, Weekly};
use relais_store::professionals;
use relais_store::requests::{self, Filter, Stored};
use std::collections::{BTreeMap, BTreeSet};

/// How far back is looked.
const WEEK: Duration = Duration::hours(7 * 24);
/// Most requests judged again: a busy network's week.
const REQUESTS_MAX: usize = 3_000;
/// Requests read at once.
const PAGE: u32 = 200;
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
}

/// What the week would have brought, with terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// Solicitations.
    pub asked: u32,
    /// Of the fullest day.
    pub fullest_day: u32,
    /// Requests left out, by the first test that failed.
    pub left_out: BTreeMap<Test, u32>,
}

/// Last week, judged again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastWeek {
    /// Requests for this profession that were put to somebody.
    pub requests: u32,
    /// There were more: only the latest were looked at.
    pub cut: bool,
    /// With the terms in force.
    pub before: Outlook,
    /// With those typed.
    pub after: Outlook,
}

impl App {
    /// Saves one's terms.
    ///
    /// # Errors
    /// Each value that cannot be used, by its name.
    pub async fn set_terms(&self, who: &Who, draft: TermsDraft) -> Result<(), AppError> {
        self.change_profile(who, "profile.changed", move |profile, _| draft.put(profile))
            .await
    }

    /// What last week would have brought with terms that are not saved.
    ///
    /// # Errors
    /// As [`App::set_terms`].
    pub async fn last_week(&self, who: &Who, draft: TermsDraft) -> Result<LastWeek, AppError> {
        let actor = who.signed_in()?;
        let id = professional(&actor)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let member = professionals::get(tx, id)?.member;
            let mut other = member.clone();
            draft.put(&mut other.profile)?;
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(actor.network)?;
            let (mut past, mut before) = (Vec::new(), None);
            let mut cut = false;
            'reading: loop {
                let filter = Filter {
                    network: Some(actor.network),
                    before,
                    ..Filter::default()
                };
                let page = requests::list(tx, &filter, PAGE)?;
                before = page.last().map(|stored| stored.request.id);
                for stored in page {
                    if now.since(stored.request.raised_at) > WEEK {
                        break 'reading;
                    }
                    if past.len() == REQUESTS_MAX {
                        cut = true;
                        break 'reading;
                    }
                    if concerns(&stored, &member) {
                        past.push(stored);
                    }
                }
                if before.is_none() {
                    break;
                }
            }
            past.reverse();
            Ok(LastWeek {
                requests: u32::try_from(past.len()).unwrap_or(u32::MAX),
                cut,
                before: outlook(&past, &member, &entry.calendar),
                after: outlook(&past, &other, &entry.calendar),
            })
        })
        .await
    }
}

/// Of this profession, and put to somebody this person could have been among.
fn concerns(stored: &Stored, member: &Member) -> bool {
    let request = &stored.request;
    let usual = request.usual.has(member.id, request.raised_at);
    let opened = request
        .offers
        .iter()
        .any(|offer| offer.stage != Stage::Usual);
    request.need.profession == member.profession && (usual || opened)
}

/// Judges past requests, oldest first, as if nothing else had happened to this person than what their terms
/// let through. What is temporary (an absence, a quota) is left aside: it is not what is being set.
fn outlook(past: &[Stored], member: &Member, calendar: &Calendar) -> Outlook {
    let mut member = member.clone();
    member.profile.unavailable_until = None;
    member.profile.muted_until = None;
    member.profile.encore = None;
    let mut found = Outlook::default();
    let mut asked: Vec<Instant> = Vec::new();
    let mut accepted_at = None;
    let mut days: BTreeMap<_, u32> = BTreeMap::new();
    for stored in past {
        let request = &stored.request;
        let at = request.raised_at;
        let is_usual = request.usual.has(member.id, at);
        let candidate = Candidate {
            member: &member,
            load: load(&asked, accepted_at, at, calendar),
        };
        let question = Question {
            need: &request.need,
            patient: &request.patient,
            network: request.network,
            radius_m: request.policy.radius_m,
            is_usual,
            usual_stage: is_usual,
            is_requester: request.requester.professional() == Some(member.id),
            already: Already::default(),
            now: at,
            calendar,
        };
        let verdict = judge(&candidate, &question);
        if let Some(failed) = verdict.first_failure() {
            *found.left_out.entry(failed.test).or_default() += 1;
            continue;
        }
        asked.push(at);
        found.asked += 1;
        let day = days.entry(calendar.date(at)).or_default();
        *day += 1;
        found.fullest_day = found.fullest_day.max(*day);
        if took(stored, member.id) {
            accepted_at = Some(at);
        }
    }
    found
}

fn took(stored: &Stored, id: ProfessionalId) -> bool {
    let mut offers = stored.request.offers.iter();
    offers.any(|offer| {
        offer.professional == id && matches!(offer.status, OfferStatus::Accepted { .. })
    })
}

fn load(asked: &[Instant], accepted_at: Option<Instant>, at: Instant, calendar: &Calendar) -> Load {
    let today = calendar.date(at);
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let hour: Vec<_> = asked
        .iter()
        .filter(|one| at.since(**one) < Duration::hours(1))
        .collect();
    Load {
        asked_today: count(
            asked
                .iter()
                .filter(|one| calendar.date(**one) == today)
                .count(),
        ),
        asked_last_hour: count(hour.len()),
        first_of_hour: hour.first().map(|one| **one),
        accepted_at,
        accepted_since_encore: 0,
    }
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
            own_patients_only: profile.own_patients_only,
            daily_max: text(profile.daily_max),
            hourly_max: text(profile.hourly_max),
            rest_minutes: text(profile.rest_minutes),
            quiet_from: profile.quiet.map(|q| clock(q.from)).unwrap_or_default(),
            quiet_until: profile.quiet.map(|q| clock(q.until)).unwrap_or_default(),
            quiet_yields: profile.quiet_yields_to_urgent,
        }
    }

    /// Puts what was typed in a profile, or says everything that is wrong with it.
    fn put(&self, profile: &mut Profile) -> Result<(), AppError> {
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
        profile.own_patients_only = self.own_patients_only;
        profile.daily_max = small(daily_max);
        profile.hourly_max = small(hourly_max);
        profile.rest_minutes = small(rest_minutes);
        profile.quiet = quiet;
        profile.quiet_yields_to_urgent = self.quiet_yields;
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

/// `08:00`
fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `8h-12h, 14h-18h30`
fn spoken(spans: &[OpenSpan]) -> String {
    let hour = |minute: u16| match minute % 60 {
        0 => format!("{}h", minute / 60),
        rest => format!("{}h{rest:02}", minute / 60),
    };
    let each = spans
        .iter()
        .map(|span| format!("{}-{}", hour(span.from), hour(span.until)));
    each.collect::<Vec<_>>().join(", ")
}

/// A minute of the day from `8`, `8h`, `8h30`, `08:30`; 24h is its end.
fn minute(text: &str) -> Option<u16> {
    let text = text.trim().to_lowercase();
    let (hours, minutes) = text.split_once(['h', ':']).unwrap_or((&text, ""));
    let hours: u16 = hours.trim().parse().ok()?;
    let minutes: u16 = match minutes.trim() {
        "" => 0,
        some => some.parse().ok()?,
    };
    let fits = hours <= 24 && minutes < 60;
    (fits && hours * 60 + minutes <= 1_440).then_some(hours * 60 + minutes)
}

/// Spans in order, none over another; none at all from an empty text.
fn spans(text: &str) -> Option<Vec<OpenSpan>> {
    let mut read: Vec<OpenSpan> = Vec::new();
    let parts = text.split([',', ';']).flat_map(|part| part.split(" et "));
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let (from, until) = part.split_once(['-', '–', 'à'])?;
        let span = OpenSpan::new(minute(from)?, minute(until)?)?;
        if read.last().is_some_and(|before| before.until > span.from) || read.len() == 8 {
            return None;
        }
        read.push(span);
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hours_are_read_however_they_are_typed() {
        let read = |text| spans(text).map(|all| spoken(&all));
        for text in [
            "8h-12h, 14h-18h30",
            "08:00-12:00;14:00-18:30",
            "8-12 et 14h à 18h30",
        ] {
            assert_eq!(read(text).as_deref(), Some("8h-12h, 14h-18h30"), "{text}");
        }
        assert_eq!(read("").as_deref(), Some(""));
        assert_eq!(read("0h-24h").as_deref(), Some("0h-24h"));
        for text in [
            "8h",
            "12h-8h",
            "8h-12h, 11h-14h",
            "25h-26h",
            "8h-8h",
            "matin",
            "8h60-9h",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

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
            "/modes",
            "/quiet_from",
            "/radius_km",
            "/visit_communes",
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
        ) {
            let mut profile = Profile { age_min: young, radius_m: km * 1_000, daily_max: most, ..Profile::default() };
            let mut week = Weekly::default();
            for (day, (from, length)) in week.days.iter_mut().zip(hours) {
                day.extend(OpenSpan::new(from, from + length));
            }
            profile.weekly = Some(week);
            profile.quiet = quiet.filter(|(a, b)| a != b).map(|(from, until)| QuietHours { from, until });
            let mut again = Profile::default();
            prop_assert!(TermsDraft::of(&profile).put(&mut again).is_ok());
            prop_assert_eq!(again, profile);
        }
    }
}
