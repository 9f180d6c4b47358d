//! One setting of the network: `window 120 min`, `open Mon-Fri 08:00-20:00`, `waves of 2 every
//! 15 min`, `shares with SNP94`. Read, written, and applied.

use super::clock::{parse_weekly, show_weekly};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use relais_core::cascade::{ByAnswers, Policy, Regulation, Waves};
use relais_core::slug::Slug;
use relais_core::time::{Calendar, Weekly};

/// One setting of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// Its name (`SNP91` unless said).
    Name(String),
    /// Civil zone.
    Zone(String),
    /// Opening hours.
    Open(Weekly),
    /// Closed on public holidays.
    ClosedOnHolidays,
    /// Closed on a day.
    ClosedOn(Date),
    /// Networks it shares with.
    SharesWith(Vec<String>),
    /// Response window, minutes.
    Window(u16),
    /// Usual professional's share, percent.
    Share(u8),
    /// Skips the usual professional when declared unable.
    SkipsUnable(bool),
    /// Waves: size, minutes.
    Waves(Option<(u16, u16)>),
    /// Waves sized by observed answers: answers wanted, the largest.
    WaveAnswers(Option<(u16, u16)>),
    /// How far back what was asked is looked at, days.
    LooksBack(u16),
    /// Neighbours open, percent of the community's leg.
    NeighboursAt(u8),
    /// Radius, kilometres.
    Radius(u32),
    /// Wider radius, kilometres.
    Wider(u32),
    /// The window counts open hours only.
    OpenHoursOnly(bool),
    /// Reminder of an unfilled request, minutes.
    Reminder(u16),
    /// News to the patient, minutes.
    News(u16),
    /// Reminder to set a time, minutes.
    SetTime(u16),
    /// Closure due, hours.
    Closure(u16),
    /// Furthest appointment, hours.
    Horizon(u16),
    /// A pause is questioned, minutes.
    Pause(u16),
    /// Medical regulation.
    Regulation(Regulation),
}

impl Setting {
    /// Reads one setting.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "closed on holidays" => return Some(Self::ClosedOnHolidays),
            "skips a usual doctor declared unable" => return Some(Self::SkipsUnable(true)),
            "still asks a usual doctor declared unable" => return Some(Self::SkipsUnable(false)),
            "no waves" => return Some(Self::Waves(None)),
            "waves of one size" => return Some(Self::WaveAnswers(None)),
            "counts open hours only" => return Some(Self::OpenHoursOnly(true)),
            "counts all hours" => return Some(Self::OpenHoursOnly(false)),
            "shares with nobody" => return Some(Self::SharesWith(Vec::new())),
            "regulates when unknown" => return Some(Self::Regulation(Regulation::WhenUnknown)),
            "regulates always" => return Some(Self::Regulation(Regulation::Always)),
            _ => {}
        }
        if let Some(list) = text.strip_prefix("regulates for ") {
            let codes: Result<Vec<_>, _> = list.split(", ").map(Slug::new).collect();
            return Some(Self::Regulation(Regulation::ForMotives(codes.ok()?)));
        }
        let number = |prefix: &str, suffix: &str| -> Option<u32> {
            let rest = text.strip_prefix(prefix)?.strip_suffix(suffix)?;
            rest.trim().parse().ok()
        };
        let small =
            |prefix: &str, suffix: &str| -> Option<u16> { number(prefix, suffix)?.try_into().ok() };
        let percent = |prefix: &str| -> Option<u8> { number(prefix, "%")?.try_into().ok() };
        if let Some(rest) = text.strip_prefix("waves of ") {
            let (size, every) = rest.split_once(" every ")?;
            let minutes = every.strip_suffix(" min")?.parse().ok()?;
            return Some(Self::Waves(Some((size.parse().ok()?, minutes))));
        }
        if let Some(rest) = text.strip_prefix("waves for ") {
            let (wanted, most) = rest.split_once(" answers up to ")?;
            return Some(Self::WaveAnswers(Some((
                wanted.parse().ok()?,
                most.parse().ok()?,
            ))));
        }
        if let Some(rest) = text.strip_prefix("closed on ") {
            return rest.parse().ok().map(Self::ClosedOn);
        }
        if let Some(rest) = text.strip_prefix("shares with ") {
            return Some(Self::SharesWith(
                rest.split(" and ").map(str::to_owned).collect(),
            ));
        }
        if let Some(rest) = text.strip_prefix("open ") {
            return parse_weekly(rest).map(Self::Open);
        }
        if let Some(rest) = text.strip_prefix("name ") {
            return Some(Self::Name(rest.to_owned()));
        }
        if let Some(rest) = text.strip_prefix("zone ") {
            return Some(Self::Zone(rest.to_owned()));
        }
        small("window ", "min")
            .map(Self::Window)
            .or_else(|| percent("share ").map(Self::Share))
            .or_else(|| percent("neighbours at ").map(Self::NeighboursAt))
            .or_else(|| number("radius ", "km").map(Self::Radius))
            .or_else(|| number("wider radius ", "km").map(Self::Wider))
            .or_else(|| small("reminder every ", "min").map(Self::Reminder))
            .or_else(|| small("news every ", "min").map(Self::News))
            .or_else(|| small("time set within ", "min").map(Self::SetTime))
            .or_else(|| small("closure within ", "h").map(Self::Closure))
            .or_else(|| small("appointments within ", "h").map(Self::Horizon))
            .or_else(|| small("pause questioned after ", "min").map(Self::Pause))
            .or_else(|| small("looks back ", "days").map(Self::LooksBack))
    }

    /// Writes the setting as it is read.
    pub(super) fn print(&self) -> String {
        match self {
            Self::Name(name) => format!("name {name}"),
            Self::Zone(zone) => format!("zone {zone}"),
            Self::Open(weekly) => format!("open {}", show_weekly(weekly)),
            Self::ClosedOnHolidays => "closed on holidays".to_owned(),
            Self::ClosedOn(day) => format!("closed on {day}"),
            Self::SharesWith(list) if list.is_empty() => "shares with nobody".to_owned(),
            Self::SharesWith(list) => format!("shares with {}", list.join(" and ")),
            Self::Window(minutes) => format!("window {minutes} min"),
            Self::Share(percent) => format!("share {percent} %"),
            Self::SkipsUnable(true) => "skips a usual doctor declared unable".to_owned(),
            Self::SkipsUnable(false) => "still asks a usual doctor declared unable".to_owned(),
            Self::Waves(Some((size, minutes))) => format!("waves of {size} every {minutes} min"),
            Self::Waves(None) => "no waves".to_owned(),
            Self::WaveAnswers(Some((wanted, most))) => {
                format!("waves for {wanted} answers up to {most}")
            }
            Self::WaveAnswers(None) => "waves of one size".to_owned(),
            Self::LooksBack(days) => format!("looks back {days} days"),
            Self::NeighboursAt(percent) => format!("neighbours at {percent} %"),
            Self::Radius(km) => format!("radius {km} km"),
            Self::Wider(km) => format!("wider radius {km} km"),
            Self::OpenHoursOnly(true) => "counts open hours only".to_owned(),
            Self::OpenHoursOnly(false) => "counts all hours".to_owned(),
            Self::Reminder(minutes) => format!("reminder every {minutes} min"),
            Self::News(minutes) => format!("news every {minutes} min"),
            Self::SetTime(minutes) => format!("time set within {minutes} min"),
            Self::Closure(hours) => format!("closure within {hours} h"),
            Self::Horizon(hours) => format!("appointments within {hours} h"),
            Self::Pause(minutes) => format!("pause questioned after {minutes} min"),
            Self::Regulation(Regulation::WhenUnknown) => "regulates when unknown".to_owned(),
            Self::Regulation(Regulation::Always) => "regulates always".to_owned(),
            Self::Regulation(Regulation::ForMotives(motives)) => {
                let codes: Vec<_> = motives.iter().map(Slug::as_str).collect();
                format!("regulates for {}", codes.join(", "))
            }
        }
    }

    /// Applies the setting to the network's policy, calendar and agreements.
    pub(crate) fn apply(
        &self,
        policy: &mut Policy,
        calendar: &mut Calendar,
        shares: &mut Vec<String>,
    ) {
        match self {
            Self::Name(_) => {}
            Self::Zone(zone) => calendar.zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC),
            Self::Open(weekly) => calendar.hours.weekly = weekly.clone(),
            Self::ClosedOnHolidays => calendar.hours.closed_on_holidays = true,
            Self::ClosedOn(day) => calendar.hours.exceptions.push((*day, Vec::new())),
            Self::SharesWith(list) => shares.clone_from(list),
            Self::Window(minutes) => policy.window_minutes = *minutes,
            Self::Share(percent) => policy.usual_share_percent = *percent,
            Self::SkipsUnable(yes) => policy.skip_usual_when_unable = *yes,
            Self::Waves(waves) => {
                let by_answers = policy.waves.and_then(|held| held.by_answers);
                policy.waves = waves.map(|(size, interval_minutes)| Waves {
                    size,
                    interval_minutes,
                    by_answers,
                });
            }
            Self::WaveAnswers(by) => {
                if let Some(waves) = &mut policy.waves {
                    waves.by_answers = by.map(|(wanted, most)| ByAnswers { wanted, most });
                }
            }
            Self::LooksBack(days) => policy.lately_days = *days,
            Self::NeighboursAt(percent) => policy.neighbours_at_percent = *percent,
            Self::Radius(km) => policy.radius_m = km.saturating_mul(1_000),
            Self::Wider(km) => policy.wider_radius_m = km.saturating_mul(1_000),
            Self::OpenHoursOnly(yes) => policy.counts_open_hours_only = *yes,
            Self::Reminder(minutes) => policy.unfilled_reminder_minutes = *minutes,
            Self::News(minutes) => policy.patient_news_minutes = *minutes,
            Self::SetTime(minutes) => policy.set_time_reminder_minutes = *minutes,
            Self::Closure(hours) => policy.closure_hours = *hours,
            Self::Horizon(hours) => policy.appointment_horizon_hours = *hours,
            Self::Pause(minutes) => policy.pause_minutes = *minutes,
            Self::Regulation(regulation) => policy.regulation = regulation.clone(),
        }
    }
}
