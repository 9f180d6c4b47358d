//! A professional's own terms, in the shape `PUT /me/activity` takes: what is read can be changed
//! and sent back.

use jiff::civil::Date;
use relais_app::digests::Wanted;
use relais_core::people::Profile;
use relais_core::reach::Way;
use serde::Serialize;

use super::{at, maybe};

/// The terms.
#[derive(Debug, Serialize)]
pub(crate) struct ActivityView {
    consultation: bool,
    visit: bool,
    teleconsultation: bool,
    declined_care_types: Vec<String>,
    declined_motives: Vec<String>,
    age_min: u8,
    age_max: u8,
    radius_m: u32,
    own_patients_only: bool,
    unavailable_until: Option<String>,
    absences: Vec<AbsenceView>,
    off_on_holidays: bool,
    daily_max: Option<u16>,
    hourly_max: Option<u16>,
    rest_minutes: Option<u16>,
    quiet: Option<QuietView>,
    quiet_yields_to_urgent: bool,
    channels: Vec<&'static str>,
    lock_screen: &'static str,
}

/// Days away, both included.
#[derive(Debug, Serialize)]
struct AbsenceView {
    from: String,
    to: String,
}

/// Quiet hours, minutes of the civil day.
#[derive(Debug, Serialize)]
struct QuietView {
    from_minute: u16,
    until_minute: u16,
}

/// The terms of somebody; an absence that was over before `today` is left out.
pub(crate) fn activity(profile: &Profile, today: Date) -> ActivityView {
    ActivityView {
        consultation: profile.modes.consultation,
        visit: profile.modes.visit,
        teleconsultation: profile.modes.teleconsultation,
        declined_care_types: profile
            .declined_care
            .iter()
            .map(ToString::to_string)
            .collect(),
        declined_motives: profile
            .declined_motives
            .iter()
            .map(ToString::to_string)
            .collect(),
        age_min: profile.age_min,
        age_max: profile.age_max,
        radius_m: profile.radius_m,
        own_patients_only: profile.own_patients_only,
        unavailable_until: maybe(profile.unavailable_until),
        absences: profile
            .absences
            .iter()
            .filter(|one| one.last() >= today)
            .map(|one| AbsenceView {
                from: one.first().to_string(),
                to: one.last().to_string(),
            })
            .collect(),
        off_on_holidays: profile.off_on_holidays,
        daily_max: profile.daily_max,
        hourly_max: profile.hourly_max,
        rest_minutes: profile.rest_minutes,
        quiet: profile.quiet.map(|quiet| QuietView {
            from_minute: quiet.from,
            until_minute: quiet.until,
        }),
        quiet_yields_to_urgent: profile.quiet_yields_to_urgent,
        channels: profile.ladder.ways().map(Way::code).collect(),
        lock_screen: profile.lock_screen.code(),
    }
}

/// The digest somebody asked for.
#[derive(Debug, Serialize)]
pub(crate) struct DigestView {
    every: Option<&'static str>,
    hour: Option<u8>,
    next_at: Option<String>,
    by: Option<&'static str>,
}

/// The digest of somebody; `every` is null for whoever wants none.
pub(crate) fn digest(wanted: Wanted) -> DigestView {
    DigestView {
        every: wanted.wish.map(|(wish, _)| wish.every().code()),
        hour: wanted.wish.map(|(wish, _)| wish.hour()),
        next_at: wanted.wish.map(|(_, due_at)| at(due_at)),
        by: wanted.by.map(|channel| channel.code()),
    }
}
