//! Stored form of a [`Policy`]: inside each request (frozen, R4.12) and inside a network's settings.

use relais_core::cascade::{ByAnswers, Policy, Regulation, Waves};
use relais_core::slug::Slug;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PolicyDto {
    version: u32,
    window_minutes: u16,
    usual_share_percent: u8,
    skip_usual_when_unable: bool,
    waves: Option<WavesDto>,
    lately_days: u16,
    neighbours_at_percent: u8,
    radius_m: u32,
    wider_radius_m: u32,
    counts_open_hours_only: bool,
    unfilled_reminder_minutes: u16,
    patient_news_minutes: u16,
    set_time_reminder_minutes: u16,
    closure_hours: u16,
    pause_minutes: u16,
    regulation: RegulationDto,
    usual_sees_name: bool,
    fallback_minutes: u16,
    motive_on_lock_screen: bool,
    appointment_horizon_hours: u16,
    patient_reminder_hours: u16,
    patient_question_hours: u16,
}

#[derive(Serialize, Deserialize)]
struct WavesDto {
    size: u16,
    interval_minutes: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by_answers: Option<ByAnswersDto>,
}

#[derive(Serialize, Deserialize)]
struct ByAnswersDto {
    wanted: u16,
    most: u16,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RegulationDto {
    WhenUnknown,
    Always,
    ForMotives(Vec<String>),
}

impl Default for PolicyDto {
    fn default() -> PolicyDto {
        PolicyDto::from(&Policy::default())
    }
}

impl From<&Policy> for PolicyDto {
    fn from(p: &Policy) -> PolicyDto {
        PolicyDto {
            version: p.version,
            window_minutes: p.window_minutes,
            usual_share_percent: p.usual_share_percent,
            skip_usual_when_unable: p.skip_usual_when_unable,
            waves: p.waves.map(|w| WavesDto {
                size: w.size,
                interval_minutes: w.interval_minutes,
                by_answers: w.by_answers.map(|by| ByAnswersDto {
                    wanted: by.wanted,
                    most: by.most,
                }),
            }),
            lately_days: p.lately_days,
            neighbours_at_percent: p.neighbours_at_percent,
            radius_m: p.radius_m,
            wider_radius_m: p.wider_radius_m,
            counts_open_hours_only: p.counts_open_hours_only,
            unfilled_reminder_minutes: p.unfilled_reminder_minutes,
            patient_news_minutes: p.patient_news_minutes,
            set_time_reminder_minutes: p.set_time_reminder_minutes,
            closure_hours: p.closure_hours,
            pause_minutes: p.pause_minutes,
            regulation: match &p.regulation {
                Regulation::WhenUnknown => RegulationDto::WhenUnknown,
                Regulation::Always => RegulationDto::Always,
                Regulation::ForMotives(motives) => {
                    RegulationDto::ForMotives(motives.iter().map(ToString::to_string).collect())
                }
            },
            usual_sees_name: p.usual_sees_name,
            fallback_minutes: p.fallback_minutes,
            motive_on_lock_screen: p.motive_on_lock_screen,
            appointment_horizon_hours: p.appointment_horizon_hours,
            patient_reminder_hours: p.patient_reminder_hours,
            patient_question_hours: p.patient_question_hours,
        }
    }
}

impl From<PolicyDto> for Policy {
    fn from(p: PolicyDto) -> Policy {
        Policy {
            version: p.version,
            window_minutes: p.window_minutes,
            usual_share_percent: p.usual_share_percent,
            skip_usual_when_unable: p.skip_usual_when_unable,
            waves: p.waves.map(|w| Waves {
                size: w.size,
                interval_minutes: w.interval_minutes,
                by_answers: w.by_answers.map(|by| ByAnswers {
                    wanted: by.wanted,
                    most: by.most,
                }),
            }),
            lately_days: p.lately_days,
            neighbours_at_percent: p.neighbours_at_percent,
            radius_m: p.radius_m,
            wider_radius_m: p.wider_radius_m,
            counts_open_hours_only: p.counts_open_hours_only,
            unfilled_reminder_minutes: p.unfilled_reminder_minutes,
            patient_news_minutes: p.patient_news_minutes,
            set_time_reminder_minutes: p.set_time_reminder_minutes,
            closure_hours: p.closure_hours,
            pause_minutes: p.pause_minutes,
            regulation: match p.regulation {
                RegulationDto::WhenUnknown => Regulation::WhenUnknown,
                RegulationDto::Always => Regulation::Always,
                // What is no code can be the motive of no request.
                RegulationDto::ForMotives(motives) => Regulation::ForMotives(
                    motives
                        .iter()
                        .filter_map(|code| Slug::new(code).ok())
                        .collect(),
                ),
            },
            usual_sees_name: p.usual_sees_name,
            fallback_minutes: p.fallback_minutes,
            motive_on_lock_screen: p.motive_on_lock_screen,
            appointment_horizon_hours: p.appointment_horizon_hours,
            patient_reminder_hours: p.patient_reminder_hours,
            patient_question_hours: p.patient_question_hours,
        }
    }
}
