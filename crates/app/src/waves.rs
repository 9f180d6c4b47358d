//! How a network asks its community: everybody at once, in waves of a fixed size, or as large as observed answers make
//! necessary (R4.3, ADR 0044). A version of the network's settings like any other, dated, journaled; what it would make
//! of each profession's own answers is shown before it is saved. Owns no formula: the core's is asked.

use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::regulation::settings::named;
use crate::settings_shown::settings_shown;
use relais_core::access::{Actor, Role};
use relais_core::cascade::{ByAnswers, Policy, SETTLED_ENOUGH, WAVE_MAX, Waves, wave_size};
use relais_core::ids::ProfessionalId;
use relais_core::people::{Lately, Profession};
use relais_core::time::{Duration, Instant};
use relais_store::{networks, solicitations};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Longest look back, days: a year.
const DAYS_MAX: u16 = 366;
/// Longest pause between two waves, minutes: a day, as the longest window.
const INTERVAL_MAX: u16 = 24 * 60;
/// Versions shown.
const VERSIONS: u32 = 10;

/// The setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Waves; none = all at once.
    pub waves: Option<Waves>,
    /// How far back solicitations are counted, days; 0 = not looked at.
    pub lately_days: u16,
}

/// A version of it.
#[derive(Debug, Clone)]
pub struct Version {
    /// Of the network's settings.
    pub version: i64,
    /// The setting in it.
    pub setting: Setting,
    /// Since when.
    pub since: Instant,
    /// By whom: an account's name, or how else it came.
    pub author: String,
}

/// What is in force, with its history.
#[derive(Debug, Clone)]
pub struct Held {
    /// In force.
    pub setting: Setting,
    /// Version of the network's settings it is saved on.
    pub version: i64,
    /// The versions in which it changed, newest first.
    pub versions: Vec<Version>,
}

/// What a setting would make of one profession.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub profession: Profession,
    /// Its active members.
    pub members: usize,
    /// Solicitations of the days looked at that were answered, or left until the window ended.
    pub settled: u32,
    /// Of those settled: answered.
    pub answered: u32,
    /// How many a first wave asks when all of them may be asked.
    pub first_wave: usize,
    /// Its size follows these answers; else too little is settled, or it is fixed.
    pub observed: bool,
}

/// What a setting would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The setting looked at.
    pub setting: Setting,
    /// The network's usual window, minutes.
    pub window_minutes: u16,
    /// Each profession with members, most members first.
    pub lines: Vec<Line>,
}

/// The setting as typed.
#[derive(Debug, Clone, Default)]
pub struct WavesDraft {
    /// `all`, `fixed`, `by-answers`.
    pub rule: String,
    /// People of a wave; with `by-answers`, while too little is known.
    pub size: String,
    /// Minutes between waves.
    pub interval_minutes: String,
    /// Answers wanted of each wave.
    pub wanted: String,
    /// The largest wave.
    pub most: String,
    /// Days looked back; with `all`, what is in force stays.
    pub lately_days: String,
}

impl Setting {
    fn of(policy: &Policy) -> Self {
        Self {
            waves: policy.waves,
            lately_days: policy.lately_days,
        }
    }

    /// The rule, as a form says it.
    pub const fn rule(self) -> &'static str {
        match self.waves {
            None => "all",
            Some(Waves {
                by_answers: None, ..
            }) => "fixed",
            Some(_) => "by-answers",
        }
    }
}

impl WavesDraft {
    fn read(&self, held: Setting) -> Result<Setting, AppError> {
        let mut errors = Vec::new();
        let mut number = |field: &str, text: &str, least: u16, most: u16, said: &str| {
            let read = text.trim().parse::<u16>().ok();
            let read = read.filter(|n| (least..=most).contains(n));
            if read.is_none() {
                errors.push(FieldError::new(field, said));
            }
            read.unwrap_or(least)
        };
        let by_answers = match self.rule.as_str() {
            "all" => {
                return Ok(Setting {
                    waves: None,
                    ..held
                });
            }
            "fixed" => false,
            "by-answers" => true,
            _ => {
                return Err(AppError::invalid(
                    "/rule",
                    "Choisissez une des trois façons.",
                ));
            }
        };
        let size = number("/size", &self.size, 1, WAVE_MAX, "De 1 à 500 personnes.");
        let interval = &self.interval_minutes;
        let said = "De 1 à 1 440 minutes (un jour).";
        let interval_minutes = number("/interval_minutes", interval, 1, INTERVAL_MAX, said);
        let by_answers = by_answers.then(|| {
            let wanted = number("/wanted", &self.wanted, 1, WAVE_MAX, "De 1 à 500 réponses.");
            let said = "Au moins autant que de réponses voulues, 500 au plus.";
            let most = number("/most", &self.most, wanted, WAVE_MAX, said);
            ByAnswers { wanted, most }
        });
        let (least, said) = match by_answers {
            Some(_) => (
                1,
                "De 1 à 366 jours\u{a0}: les réponses se comptent sur un jour au moins.",
            ),
            None => (0, "De 0 (ne pas regarder) à 366 jours."),
        };
        let lately_days = number("/lately_days", &self.lately_days, least, DAYS_MAX, said);
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        Ok(Setting {
            waves: Some(Waves {
                size,
                interval_minutes,
                by_answers,
            }),
            lately_days,
        })
    }
}

fn coordinator(actor: &Actor) -> Result<(), AppError> {
    if actor.role == Role::Coordinator {
        Ok(())
    } else {
        Err(AppError::Denied)
    }
}

impl App {
    /// The setting in force and the versions in which it changed.
    ///
    /// # Errors
    /// To the coordinator only.
    pub async fn waves_setting(&self, who: &Who) -> Result<Held, AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let network = networks::get(tx, actor.network)?;
            let mut versions: Vec<Version> = Vec::new();
            for past in networks::list_settings(tx, actor.network, VERSIONS)? {
                let one = Version {
                    version: past.version,
                    setting: Setting::of(&past.settings.policy),
                    since: past.since,
                    author: named(&directory, past.author),
                };
                // The oldest version of a run of the same setting is the one that made it.
                match versions.last_mut() {
                    Some(newer) if newer.setting == one.setting => *newer = one,
                    _ => versions.push(one),
                }
            }
            Ok(Held {
                setting: Setting::of(&network.policy),
                version: network.settings_version,
                versions,
            })
        })
        .await
    }

    /// What a setting would make of what each profession answered.
    ///
    /// # Errors
    /// To the coordinator only; fields.
    pub async fn preview_waves(&self, who: &Who, draft: WavesDraft) -> Result<Effect, AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let policy = networks::get(tx, actor.network)?.policy;
            let setting = draft.read(Setting::of(&policy))?;
            let since = now - Duration::hours(24 * i64::from(setting.lately_days));
            let lately = solicitations::lately(tx, actor.network, since)?;
            let directory = inner.directory.current(tx)?;
            Ok(Effect {
                setting,
                window_minutes: policy.window_minutes,
                lines: lines(setting, &directory, &actor, &lately),
            })
        })
        .await
    }

    /// Changes it: for requests launched from now on (R4.12).
    ///
    /// # Errors
    /// To the coordinator only; fields; `settings-moved` when somebody saved the network's settings since they were
    /// shown.
    pub async fn set_waves(
        &self,
        who: &Who,
        version: i64,
        draft: WavesDraft,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        coordinator(&actor)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let mut network = settings_shown(tx, actor.network, version)?;
            let held = Setting::of(&network.policy);
            let setting = draft.read(held)?;
            if setting == held {
                return Ok(());
            }
            network.policy.waves = setting.waves;
            network.policy.lately_days = setting.lately_days;
            networks::update(tx, &network, now, &actor.user.to_string())?;
            let by_answers = setting.waves.and_then(|waves| waves.by_answers);
            let body = json!({ "say": "Réglage des vagues changé", "rule": setting.rule(),
                "size": setting.waves.map(|waves| waves.size),
                "interval_minutes": setting.waves.map(|waves| waves.interval_minutes),
                "wanted": by_answers.map(|by| by.wanted), "most": by_answers.map(|by| by.most),
                "lately_days": setting.lately_days, "version": version + 1 });
            let id = Some(actor.network);
            journal::act(tx, id, "settings.waves", None, None, &body, &who, now)
        })
        .await
    }
}

/// Each profession with active members: what they answered, and the wave that comes of it.
fn lines(
    setting: Setting,
    directory: &Arc<Directory>,
    actor: &Actor,
    lately: &BTreeMap<ProfessionalId, Lately>,
) -> Vec<Line> {
    let mut members: BTreeMap<Profession, Vec<Lately>> = BTreeMap::new();
    for row in directory.of_network(actor.network) {
        if row.member.belongs_to(actor.network) {
            let one = lately.get(&row.member.id).copied();
            let one = one.filter(|_| setting.lately_days > 0).unwrap_or_default();
            members.entry(row.member.profession).or_default().push(one);
        }
    }
    let mut lines: Vec<_> = members
        .into_iter()
        .map(|(profession, all)| {
            let sum = |of: fn(&Lately) -> u16| all.iter().map(|one| u32::from(of(one))).sum();
            let settled: u32 = sum(|one| one.settled);
            let first_wave = setting.waves.map_or(all.len(), |waves| {
                wave_size(waves, all.iter().copied()).min(all.len())
            });
            let by_answers = setting
                .waves
                .is_some_and(|waves| waves.by_answers.is_some());
            Line {
                profession,
                members: all.len(),
                settled,
                answered: sum(|one| one.answered),
                first_wave,
                observed: by_answers && settled >= SETTLED_ENOUGH,
            }
        })
        .collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.members), line.profession));
    lines
}
