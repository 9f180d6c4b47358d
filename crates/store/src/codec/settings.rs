//! A network's settings as JSON that a coordinator can write by hand: hours as `"08:00-20:00"`, every key
//! optional with its default. Refuses a key it does not know, naming its path.

use std::collections::BTreeMap;

use jiff::civil::Date;
use relais_core::cascade::{
    ASIDE_MAX_HOURS, HORIZON_MAX_HOURS, LATELY_MAX_DAYS, Policy, WAVE_MAX, WINDOW_MAX_MINUTES,
    WINDOW_MIN_MINUTES,
};
use relais_core::retention::{BadRetention, Retention};
use relais_core::time::{MINUTES_PER_DAY, OpenSpan, OpeningHours, Overseas, Weekly};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::V;
use super::policy::PolicyDto;
pub use super::public::PublicSettings;
use super::public::{self, PublicDto};
use crate::error::StoreError;

/// Everything a network decides for itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Opening hours, in the network's zone (R1).
    pub hours: OpeningHours,
    /// The cascade's settings (R4).
    pub policy: Policy,
    /// The rest.
    pub extra: NetworkSettings,
}

/// What a network decides for itself, beside its hours and the policy of its cascades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSettings {
    /// The number given for an emergency.
    pub number_15: String,
    /// The SAMU's direct line for professionals, where it gave one: what the desk dials when the 15
    /// does not answer. Never shown to the public.
    pub samu_line: Option<String>,
    /// An identity is shown to somebody whose authentication is less than so many hours old (R6).
    pub identity_hours: u16,
    /// The same on a shared computer, minutes (R6).
    pub shared_identity_minutes: u16,
    /// A desk left alone so many minutes locks (R6).
    pub desk_lock_minutes: u16,
    /// How long what is known of patients is kept (R6).
    pub retention: Retention,
    /// What the public sees: the form, and the numbers to dial when the network is closed (R1).
    pub public: PublicSettings,
}

impl Default for NetworkSettings {
    fn default() -> NetworkSettings {
        NetworkSettings {
            number_15: "15".to_string(),
            samu_line: None,
            identity_hours: 12,
            shared_identity_minutes: 15,
            desk_lock_minutes: 30,
            retention: Retention::default(),
            public: PublicSettings::default(),
        }
    }
}

/// Why settings are refused. The message can be shown to whoever wrote them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not JSON, or a value of the wrong kind.
    #[error("{0}")]
    Form(String),
    /// Keys that mean nothing here.
    #[error("unknown keys: {}", .0.join(", "))]
    UnknownKeys(Vec<String>),
    /// A value outside the rules.
    #[error("{path}: {why}")]
    Value {
        /// Where.
        path: String,
        /// Why.
        why: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(default)]
struct SettingsDto {
    v: u8,
    hours: HoursDto,
    policy: PolicyDto,
    number_15: String,
    samu_line: Option<String>,
    identity_hours: u16,
    shared_identity_minutes: u16,
    desk_lock_minutes: u16,
    retention: RetentionDto,
    public: PublicDto,
}

/// Days, by class.
#[derive(Serialize, Deserialize)]
#[serde(default)]
struct RetentionDto {
    identities: u16,
    notes: u16,
    photos: u16,
    threads: u16,
    texts: u16,
    /// Networks kept before it had a class of its own have none: never longer than their identities.
    #[serde(default)]
    visits: Option<u16>,
}

impl Default for RetentionDto {
    fn default() -> RetentionDto {
        Retention::default().into()
    }
}

impl From<Retention> for RetentionDto {
    fn from(kept: Retention) -> RetentionDto {
        RetentionDto {
            identities: kept.identities,
            notes: kept.notes,
            photos: kept.photos,
            threads: kept.threads,
            texts: kept.texts,
            visits: Some(kept.visits),
        }
    }
}

impl RetentionDto {
    fn read(&self) -> Result<Retention, SettingsError> {
        let kept = Retention {
            identities: self.identities,
            notes: self.notes,
            photos: self.photos,
            threads: self.threads,
            texts: self.texts,
            visits: self
                .visits
                .unwrap_or_else(|| Retention::default().visits.min(self.identities)),
        };
        kept.checked().map_err(|wrong| {
            let (class, why) = match wrong {
                BadRetention::Range(class) => (class, "from 1 to 3650 days"),
                BadRetention::Outlives(class) => (class, "not longer than identities"),
            };
            SettingsError::Value {
                path: format!("retention.{}", class.code()),
                why,
            }
        })
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
struct HoursDto {
    weekly: WeekDto,
    closed_on_holidays: bool,
    alsace_moselle: bool,
    overseas: Option<String>,
    exceptions: BTreeMap<String, Vec<String>>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct WeekDto {
    mon: Vec<String>,
    tue: Vec<String>,
    wed: Vec<String>,
    thu: Vec<String>,
    fri: Vec<String>,
    sat: Vec<String>,
    sun: Vec<String>,
}

impl From<&Weekly> for WeekDto {
    fn from(weekly: &Weekly) -> WeekDto {
        let day = |n: usize| weekly.days.get(n).map_or_else(Vec::new, |d| spans_in(d));
        WeekDto {
            mon: day(0),
            tue: day(1),
            wed: day(2),
            thu: day(3),
            fri: day(4),
            sat: day(5),
            sun: day(6),
        }
    }
}

impl WeekDto {
    /// The week, errors pointing under `path`.
    pub(super) fn read(&self, path: &str) -> Result<Weekly, SettingsError> {
        let week = [
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
            ("sun", &self.sun),
        ];
        let mut weekly = Weekly::default();
        for (day, (name, spans)) in weekly.days.iter_mut().zip(week) {
            *day = spans_out(&format!("{path}.{name}"), spans)?;
        }
        Ok(weekly)
    }
}

impl Default for SettingsDto {
    fn default() -> SettingsDto {
        SettingsDto::from(&Settings::default())
    }
}

impl From<&Settings> for SettingsDto {
    fn from(s: &Settings) -> SettingsDto {
        SettingsDto {
            v: V,
            hours: HoursDto {
                weekly: (&s.hours.weekly).into(),
                closed_on_holidays: s.hours.closed_on_holidays,
                alsace_moselle: s.hours.alsace_moselle,
                overseas: s.hours.overseas.map(|place| place.code().to_string()),
                exceptions: s
                    .hours
                    .exceptions
                    .iter()
                    .map(|(date, spans)| (date.to_string(), spans_in(spans)))
                    .collect(),
            },
            policy: (&s.policy).into(),
            number_15: s.extra.number_15.clone(),
            samu_line: s.extra.samu_line.clone(),
            identity_hours: s.extra.identity_hours,
            shared_identity_minutes: s.extra.shared_identity_minutes,
            desk_lock_minutes: s.extra.desk_lock_minutes,
            retention: s.extra.retention.into(),
            public: (&s.extra.public).into(),
        }
    }
}

pub(super) fn spans_in(spans: &[OpenSpan]) -> Vec<String> {
    let clock = |m: u16| format!("{:02}:{:02}", m / 60, m % 60);
    spans
        .iter()
        .map(|s| format!("{}-{}", clock(s.from), clock(s.until)))
        .collect()
}

fn span_out(path: &str, text: &str) -> Result<OpenSpan, SettingsError> {
    let minute = |clock: &str| -> Option<u16> {
        let (h, m) = clock.trim().split_once(':')?;
        let (h, m): (u16, u16) = (h.parse().ok()?, m.parse().ok()?);
        (m < 60 && h <= 24)
            .then(|| h * 60 + m)
            .filter(|m| *m <= MINUTES_PER_DAY)
    };
    text.split_once('-')
        .and_then(|(from, until)| OpenSpan::new(minute(from)?, minute(until)?))
        .ok_or_else(|| SettingsError::Value {
            path: path.to_string(),
            why: "hours are written \"08:00-20:00\", the first before the second, 24:00 at most",
        })
}

pub(super) fn spans_out(path: &str, texts: &[String]) -> Result<Vec<OpenSpan>, SettingsError> {
    texts.iter().map(|text| span_out(path, text)).collect()
}

/// Writes settings, every key present.
pub fn encode(settings: &Settings) -> Result<String, StoreError> {
    super::write(&SettingsDto::from(settings))
}

/// Reads settings, from the store or from a file written by hand.
///
/// # Errors
/// Says where and why, for whoever wrote them.
pub fn decode(text: &str) -> Result<Settings, SettingsError> {
    let form = |e: serde_json::Error| SettingsError::Form(e.to_string());
    let given: Value = serde_json::from_str(text).map_err(form)?;
    let dto: SettingsDto = serde_json::from_str(text).map_err(form)?;
    if dto.v != V {
        return Err(SettingsError::Value {
            path: "v".into(),
            why: "an unknown version",
        });
    }
    let known = serde_json::to_value(&dto).map_err(form)?;
    let mut unknown = vec![];
    unknown_keys("", &given, &known, &mut unknown);
    if !unknown.is_empty() {
        return Err(SettingsError::UnknownKeys(unknown));
    }
    let h = &dto.hours;
    let mut hours = OpeningHours {
        closed_on_holidays: h.closed_on_holidays,
        alsace_moselle: h.alsace_moselle,
        weekly: h.weekly.read("hours.weekly")?,
        ..OpeningHours::default()
    };
    if let Some(code) = &h.overseas {
        let place = Overseas::from_code(code).ok_or_else(|| SettingsError::Value {
            path: "hours.overseas".into(),
            why: "guadeloupe, martinique, guyane, reunion, mayotte, saint-martin or saint-barthelemy",
        })?;
        hours.overseas = Some(place);
    }
    for (date, spans) in &h.exceptions {
        let path = format!("hours.exceptions.{date}");
        let day: Date = date.parse().map_err(|_| SettingsError::Value {
            path: path.clone(),
            why: "a date is written 2026-12-24",
        })?;
        hours.exceptions.push((day, spans_out(&path, spans)?));
    }
    let policy = Policy::from(dto.policy);
    check_policy(&policy)?;
    let refused = |line: &&String| !public::dialled(line);
    if dto.samu_line.as_ref().filter(refused).is_some() {
        return Err(SettingsError::Value {
            path: "samu_line".into(),
            why: "digits, as dialled",
        });
    }
    let extra = NetworkSettings {
        number_15: dto.number_15,
        samu_line: dto.samu_line,
        identity_hours: dto.identity_hours,
        shared_identity_minutes: dto.shared_identity_minutes,
        desk_lock_minutes: dto.desk_lock_minutes,
        retention: dto.retention.read()?,
        public: public::read(&dto.public)?,
    };
    check_sessions(&extra)?;
    Ok(Settings {
        hours,
        policy,
        extra,
    })
}

/// Limits of sessions that would lock everybody out (R6).
fn check_sessions(extra: &NetworkSettings) -> Result<(), SettingsError> {
    // Gestures are written to the minute: one minute would lock a desk at work.
    for (path, value, least, why) in [
        ("identity_hours", extra.identity_hours, 1, "at least 1"),
        (
            "shared_identity_minutes",
            extra.shared_identity_minutes,
            1,
            "at least 1",
        ),
        (
            "desk_lock_minutes",
            extra.desk_lock_minutes,
            2,
            "at least 2",
        ),
    ] {
        if value < least {
            let path = path.to_string();
            return Err(SettingsError::Value { path, why });
        }
    }
    Ok(())
}

fn check_policy(p: &Policy) -> Result<(), SettingsError> {
    let wrong = |key: &str, why| {
        Err(SettingsError::Value {
            path: format!("policy.{key}"),
            why,
        })
    };
    if !(WINDOW_MIN_MINUTES..=WINDOW_MAX_MINUTES).contains(&p.window_minutes) {
        return wrong(
            "window_minutes",
            "a window lasts from 10 minutes to 24 hours",
        );
    }
    if p.usual_share_percent > 100 {
        return wrong("usual_share_percent", "a percentage");
    }
    if p.neighbours_at_percent > 100 {
        return wrong("neighbours_at_percent", "a percentage");
    }
    if p.waves
        .is_some_and(|w| w.size == 0 || w.interval_minutes == 0)
    {
        return wrong("waves", "a wave has people and a length");
    }
    if p.waves.is_some_and(|w| {
        w.by_answers
            .is_some_and(|by| by.wanted == 0 || by.most < by.wanted || by.most > WAVE_MAX)
    }) {
        return wrong(
            "waves.by_answers",
            "at least one answer wanted, and a largest wave from that to 500",
        );
    }
    if p.lately_days > LATELY_MAX_DAYS {
        return wrong("lately_days", "366 days at most, a year");
    }
    for (key, minutes) in [
        ("unfilled_reminder_minutes", p.unfilled_reminder_minutes),
        ("patient_news_minutes", p.patient_news_minutes),
        ("set_time_reminder_minutes", p.set_time_reminder_minutes),
        ("pause_minutes", p.pause_minutes),
        ("closure_hours", p.closure_hours),
        ("fallback_minutes", p.fallback_minutes),
    ] {
        if minutes == 0 {
            return wrong(key, "at least 1");
        }
    }
    if !(1..=HORIZON_MAX_HOURS).contains(&p.appointment_horizon_hours) {
        return wrong("appointment_horizon_hours", "from 1 hour to 744, a month");
    }
    if p.patient_question_hours > ASIDE_MAX_HOURS {
        return wrong("patient_question_hours", "48 hours at most, two days");
    }
    Ok(())
}

/// A key that is in `given` and was not read has no counterpart in `known`.
fn unknown_keys(path: &str, given: &Value, known: &Value, out: &mut Vec<String>) {
    let (Value::Object(given), Value::Object(known)) = (given, known) else {
        return;
    };
    for (key, value) in given {
        let path = if path.is_empty() {
            key.clone()
        } else {
            format!("{path}.{key}")
        };
        match known.get(key) {
            None => out.push(path),
            Some(read) => unknown_keys(&path, value, read, out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_written_file_needs_only_what_differs() {
        let text = r#"{"v":1,"hours":{"weekly":{"mon":["08:00-12:00","14:00-20:00"]},
            "exceptions":{"2026-12-24":[]}},"policy":{"window_minutes":90}}"#;
        let settings = decode(text).expect("reads");
        assert_eq!(settings.policy.window_minutes, 90);
        assert_eq!(settings.policy.radius_m, Policy::default().radius_m);
        assert_eq!(settings.hours.weekly.days[0].len(), 2);
        assert_eq!(settings.hours.exceptions.len(), 1);
        let again = decode(&encode(&settings).expect("writes")).expect("reads again");
        assert_eq!(again, settings);
    }

    #[test]
    fn unknown_keys_are_named_by_their_path() {
        let text =
            r#"{"policy":{"windw_minutes":90},"colour":"blue","hours":{"weekly":{"lun":[]}}}"#;
        let SettingsError::UnknownKeys(keys) = decode(text).expect_err("refused") else {
            panic!("another error")
        };
        assert_eq!(keys, ["colour", "hours.weekly.lun", "policy.windw_minutes"]);
    }

    #[test]
    fn values_outside_the_rules_are_refused() {
        for (text, path) in [
            (
                r#"{"policy":{"window_minutes":5}}"#,
                "policy.window_minutes",
            ),
            (
                r#"{"policy":{"usual_share_percent":101}}"#,
                "policy.usual_share_percent",
            ),
            (
                r#"{"policy":{"waves":{"size":0,"interval_minutes":5}}}"#,
                "policy.waves",
            ),
            (
                r#"{"policy":{"waves":{"size":5,"interval_minutes":5,"by_answers":{"wanted":3,"most":2}}}}"#,
                "policy.waves.by_answers",
            ),
            (r#"{"policy":{"lately_days":367}}"#, "policy.lately_days"),
            (
                r#"{"hours":{"weekly":{"mon":["20:00-08:00"]}}}"#,
                "hours.weekly.mon",
            ),
            (
                r#"{"hours":{"exceptions":{"24/12":[]}}}"#,
                "hours.exceptions.24/12",
            ),
            (r#"{"v":2}"#, "v"),
            (r#"{"identity_hours":0}"#, "identity_hours"),
            (
                r#"{"shared_identity_minutes":0}"#,
                "shared_identity_minutes",
            ),
            (r#"{"desk_lock_minutes":1}"#, "desk_lock_minutes"),
            (r#"{"retention":{"photos":0}}"#, "retention.photos"),
            (r#"{"retention":{"notes":731}}"#, "retention.notes"),
            (r#"{"hours":{"overseas":"corse"}}"#, "hours.overseas"),
            (r#"{"public":{"slug":"Essonne Nord"}}"#, "public.slug"),
            (r#"{"public":{"waiting_max":0}}"#, "public.waiting_max"),
            (
                r#"{"public":{"call_back_minutes":5}}"#,
                "public.call_back_minutes",
            ),
            (
                r#"{"public":{"numbers":[{"use":"vet","name":"x","phone":"15"}]}}"#,
                "public.numbers.0.use",
            ),
            (
                r#"{"public":{"numbers":[{"use":"other","name":"x","phone":"le 15"}]}}"#,
                "public.numbers.0.phone",
            ),
            (
                r#"{"public":{"numbers":[{"use":"other","name":"x","phone":"15","communes":["9"]}]}}"#,
                "public.numbers.0.communes.0",
            ),
            (
                r#"{"public":{"numbers":[{"use":"other","name":"x","phone":"15","hours":{"weekly":{"mon":["20-24"]}}}]}}"#,
                "public.numbers.0.hours.weekly.mon",
            ),
        ] {
            match decode(text) {
                Err(SettingsError::Value { path: found, .. }) => assert_eq!(found, path),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(decode("{"), Err(SettingsError::Form(_))));
        assert!(matches!(
            decode(r#"{"number_15":15}"#),
            Err(SettingsError::Form(_))
        ));
    }
}
