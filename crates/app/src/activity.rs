//! A professional's own terms: what they accept now. Changed by themselves only; every open
//! request looks again afterwards (R4.11).

use crate::absences::{self, AbsenceDraft};
use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::journal;
use crate::offers::answer::{answering, professional};
use crate::requests::draft::read_date;
use crate::tasks::look_again;
use jiff::civil::Date;
use relais_core::access::Actor;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::people::{Encore, Modes, Profile, QuietHours};
use relais_core::reach::{Ladder, LockScreen, Way};
use relais_core::slug::Slug;
use relais_core::time::{Duration, Instant, civil_day_end};
use relais_store::Tx;
use relais_store::offers;
use relais_store::professionals::{self, ProfessionalRow};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;

/// Longest absence said at once.
const AWAY_MOST: Duration = Duration::hours(24 * 366);

/// One-thumb changes of the activity page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quick {
    /// Available again: every temporary limit is lifted.
    Available,
    /// Unavailable for a day.
    Away24h,
    /// Unavailable for a week.
    AwayWeek,
    /// Unavailable until.
    AwayUntil(Instant),
    /// Nothing more today.
    MutedToday,
    /// So many patients more, until; none = nothing more today.
    Encore(u16, Instant),
    /// As many as the other terms allow.
    Unlimited,
}

/// Most patients that may still be said to be seen.
pub const ENCORE_MOST: u16 = 50;

/// How many patients somebody still sees, as they said it, less those they took since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// So many; none once the hour is past, until the day ends.
    pub patients: u16,
    /// Until when it was said; with none left, the end of that day.
    pub until: Instant,
}

/// The body of `PUT /me/activity`. Fields left out stay as they are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActivityDraft {
    /// Consultations at the practice.
    pub consultation: Option<bool>,
    /// Visits.
    pub visit: Option<bool>,
    /// Teleconsultations.
    pub teleconsultation: Option<bool>,
    /// Care types declined.
    pub declined_care_types: Option<Vec<String>>,
    /// Motives declined.
    pub declined_motives: Option<Vec<String>>,
    /// Youngest patient, years.
    pub age_min: Option<u8>,
    /// Oldest patient, years.
    pub age_max: Option<u8>,
    /// Own radius, metres.
    pub radius_m: Option<u32>,
    /// Only own patients.
    pub own_patients_only: Option<bool>,
    /// Unavailable until, RFC 3339; null lifts it.
    #[serde(default, deserialize_with = "given")]
    pub unavailable_until: Option<Option<String>>,
    /// Days away that are not over, in the place of those said before.
    pub absences: Option<Vec<AbsenceDraft>>,
    /// Not on public holidays.
    pub off_on_holidays: Option<bool>,
    /// Most solicitations a day; null lifts it.
    #[serde(default, deserialize_with = "given")]
    pub daily_max: Option<Option<u16>>,
    /// Most solicitations an hour; null lifts it.
    #[serde(default, deserialize_with = "given")]
    pub hourly_max: Option<Option<u16>>,
    /// Rest after an acceptance, minutes; null lifts it.
    #[serde(default, deserialize_with = "given")]
    pub rest_minutes: Option<Option<u16>>,
    /// Quiet hours, minutes of the day; null lifts them.
    #[serde(default, deserialize_with = "given")]
    pub quiet: Option<Option<QuietDraft>>,
    /// Quiet hours yield to care due within two hours.
    pub quiet_yields_to_urgent: Option<bool>,
    /// Ways they want to be asked by, the first tried first: `push`, `sms`, `mail`.
    pub channels: Option<Vec<String>>,
    /// How much a locked telephone shows: `nothing`, `place`, `motive`.
    pub lock_screen: Option<String>,
}

/// The civil day on which a profile is changed, in the zone of the actor's network.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    /// Which.
    pub today: Date,
    /// Its end.
    pub end: Instant,
}

/// Quiet hours, minutes of the civil day.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietDraft {
    /// First quiet minute.
    pub from_minute: u16,
    /// First minute that may ring again.
    pub until_minute: u16,
}

/// Tells a field left out from one given as null.
fn given<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

impl App {
    /// The actor's own record.
    pub async fn activity(&self, who: &Who) -> Result<ProfessionalRow, AppError> {
        let id = answering(&who.signed_in()?)?;
        self.read(move |_, tx| Ok(professionals::get(tx, id)?))
            .await
    }

    /// How many patients the actor still sees, as the matching counts them (R5); none when they set no limit, or the
    /// day it was for is over.
    ///
    /// # Errors
    /// Not a professional; the store's.
    pub async fn places_left(&self, who: &Who) -> Result<Option<Left>, AppError> {
        let actor = who.signed_in()?;
        let id = answering(&actor)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let Some(encore) = professionals::get(tx, id)?.member.profile.encore else {
                return Ok(None);
            };
            let directory = inner.directory.current(tx)?;
            let zone = &directory.network(actor.network)?.calendar.zone;
            let day_ends = encore.day_ends(zone);
            if now >= day_ends {
                return Ok(None);
            }
            let taken = offers::count_accepted(tx, id, encore.since)?;
            let taken = u16::try_from(taken).unwrap_or(u16::MAX);
            let patients = match encore.patients.saturating_sub(taken) {
                left if now < encore.until => left,
                _ => 0,
            };
            let until = if patients == 0 {
                day_ends
            } else {
                encore.until
            };
            Ok(Some(Left { patients, until }))
        })
        .await
    }

    /// A one-thumb change, by the professional or by who answers in their name.
    pub async fn quick_activity(&self, who: &Who, quick: Quick) -> Result<(), AppError> {
        let now = self.now();
        if let Quick::AwayUntil(until) | Quick::Encore(_, until) = quick
            && until <= now
        {
            return Err(AppError::invalid("/until", "Cette heure est passée."));
        }
        if let Quick::Encore(patients, _) = quick
            && patients > ENCORE_MOST
        {
            return Err(AppError::invalid(
                "/patients",
                "Cinquante patients au plus.",
            ));
        }
        self.change_profile(who, "profile.quick", move |profile, day| {
            apply_quick(profile, quick, now, day);
            Ok(())
        })
        .await
    }

    /// Away until a day, that day included, in the zone of the actor's network.
    ///
    /// # Errors
    /// No date, a day that is past, more than a year ahead.
    pub async fn away_until(&self, who: &Who, day: &str) -> Result<(), AppError> {
        let wrong = |message: &str| AppError::invalid("/away_until", message);
        let last = read_date(day)
            .ok_or_else(|| wrong("Dites jusqu’à quel jour, par exemple 13/11/2026."))?;
        let directory = self.directory().await?;
        let calendar = &directory.network(who.signed_in()?.network)?.calendar;
        let until = calendar.day_bounds(last).1;
        let now = self.now();
        if until <= now {
            return Err(wrong("Ce jour est passé."));
        }
        if until.since(now) > AWAY_MOST {
            return Err(wrong("Un an au plus. Vérifiez l’année."));
        }
        self.quick_activity(who, Quick::AwayUntil(until)).await
    }

    /// The whole of one's terms.
    ///
    /// # Errors
    /// Not the professional: terms are nobody else's to set. Each value that cannot be used.
    pub async fn set_activity(&self, who: &Who, draft: ActivityDraft) -> Result<(), AppError> {
        professional(&who.signed_in()?)?;
        self.change_profile(who, "profile.changed", move |profile, day| {
            draft.apply(profile, day)
        })
        .await
    }

    pub(crate) async fn change_profile(
        &self,
        who: &Who,
        act: &'static str,
        change: impl Fn(&mut Profile, Day) -> Result<(), AppError> + Send + 'static,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let id = answering(&actor)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let networks = changed(inner, tx, &actor, id, &change, act, &who, now)?;
            look_again::note(inner, tx, &networks, now)
        })
        .await?;
        self.wake();
        Ok(())
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one transaction, its facts gathered outside"
)]
fn changed(
    inner: &Inner,
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ProfessionalId,
    change: &(impl Fn(&mut Profile, Day) -> Result<(), AppError> + ?Sized),
    act: &str,
    who: &Who,
    now: Instant,
) -> Result<Vec<NetworkId>, AppError> {
    let row = professionals::get(tx, id)?;
    let directory = inner.directory.current(tx)?;
    let calendar = &directory.network(actor.network)?.calendar;
    let day = Day {
        today: calendar.date(now),
        end: civil_day_end(now, &calendar.zone),
    };
    let mut profile = row.member.profile.clone();
    change(&mut profile, day)?;
    let (before, after) = (row.channels(), row.reached_by(profile.ladder));
    if profile.ladder != row.member.profile.ladder && before.any() && !after.any() {
        // Whoever wants to be asked no more is unavailable: nobody becomes unreachable by a choice of ways.
        let message = "Aucun de ces moyens ne mène à vous\u{a0}: gardez-en un qui marche.";
        return Err(AppError::invalid("/channels", message));
    }
    let networks = row.member.memberships.iter().map(|m| m.network).collect();
    if profile != row.member.profile {
        professionals::update_profile(tx, id, &profile, row.profile_version)?;
        let body = json!({ "professional": id.to_string() });
        journal::act(tx, Some(actor.network), act, None, None, &body, who, now)?;
    }
    Ok(networks)
}

fn apply_quick(profile: &mut Profile, quick: Quick, now: Instant, day: Day) {
    match quick {
        Quick::Available => {
            profile.unavailable_until = None;
            profile.muted_until = None;
            profile.encore = None;
            profile.absences.end(day.today);
        }
        Quick::Away24h => profile.unavailable_until = Some(now + Duration::hours(24)),
        Quick::AwayWeek => profile.unavailable_until = Some(now + Duration::hours(7 * 24)),
        Quick::AwayUntil(until) => profile.unavailable_until = Some(until),
        Quick::MutedToday => profile.muted_until = Some(day.end),
        Quick::Unlimited => profile.encore = None,
        Quick::Encore(0, _) => {
            profile.encore = None;
            profile.muted_until = Some(day.end);
        }
        Quick::Encore(patients, until) => {
            profile.unavailable_until = None;
            profile.muted_until = None;
            profile.absences.end(day.today);
            profile.encore = Some(Encore {
                since: now,
                patients,
                until,
            });
        }
    }
}

fn slugs(pointer: &str, codes: &[String]) -> Result<BTreeSet<Slug>, AppError> {
    if codes.len() > 100 {
        return Err(AppError::invalid(pointer, "100 codes au plus."));
    }
    let read = codes.iter().map(|code| Slug::new(code));
    read.collect::<Result<_, _>>()
        .map_err(|_| AppError::invalid(pointer, "Un de ces codes n’en est pas un."))
}

impl ActivityDraft {
    fn apply(&self, profile: &mut Profile, day: Day) -> Result<(), AppError> {
        let Modes {
            consultation,
            visit,
            teleconsultation,
        } = profile.modes;
        profile.modes = Modes {
            consultation: self.consultation.unwrap_or(consultation),
            visit: self.visit.unwrap_or(visit),
            teleconsultation: self.teleconsultation.unwrap_or(teleconsultation),
        };
        if let Some(codes) = &self.declined_care_types {
            profile.declined_care = slugs("/declined_care_types", codes)?;
        }
        if let Some(codes) = &self.declined_motives {
            profile.declined_motives = slugs("/declined_motives", codes)?;
        }
        profile.age_min = self.age_min.unwrap_or(profile.age_min);
        profile.age_max = self.age_max.unwrap_or(profile.age_max);
        if profile.age_min > profile.age_max {
            return Err(AppError::invalid(
                "/age_min",
                "L’âge minimal dépasse l’âge maximal.",
            ));
        }
        profile.radius_m = self.radius_m.unwrap_or(profile.radius_m);
        profile.own_patients_only = self.own_patients_only.unwrap_or(profile.own_patients_only);
        if let Some(until) = &self.unavailable_until {
            profile.unavailable_until = until.as_deref().map(instant).transpose()?;
        }
        if let Some(drafts) = &self.absences {
            profile.absences = absences::replace(&profile.absences, drafts, day.today)?;
            absences::forget(profile, day.today);
        }
        profile.off_on_holidays = self.off_on_holidays.unwrap_or(profile.off_on_holidays);
        profile.daily_max = self.daily_max.unwrap_or(profile.daily_max);
        profile.hourly_max = self.hourly_max.unwrap_or(profile.hourly_max);
        profile.rest_minutes = self.rest_minutes.unwrap_or(profile.rest_minutes);
        if let Some(quiet) = &self.quiet {
            profile.quiet = quiet.map(quiet_hours).transpose()?;
        }
        if let Some(yields) = self.quiet_yields_to_urgent {
            profile.quiet_yields_to_urgent = yields;
        }
        if let Some(codes) = &self.channels {
            let ways: Option<Vec<Way>> = codes.iter().map(|code| Way::from_code(code)).collect();
            let message = "Au moins un de push, sms, mail\u{a0}; aucun deux fois.";
            profile.ladder = ways
                .and_then(|ways| Ladder::new(&ways))
                .ok_or_else(|| AppError::invalid("/channels", message))?;
        }
        if let Some(code) = &self.lock_screen {
            let message = "nothing, place ou motive.";
            profile.lock_screen = LockScreen::from_code(code)
                .ok_or_else(|| AppError::invalid("/lock_screen", message))?;
        }
        Ok(())
    }
}

fn quiet_hours(draft: QuietDraft) -> Result<QuietHours, AppError> {
    if draft.from_minute >= 1_440 || draft.until_minute >= 1_440 {
        return Err(AppError::invalid(
            "/quiet",
            "Une journée a 1440 minutes, de 0 à 1439.",
        ));
    }
    Ok(QuietHours {
        from: draft.from_minute,
        until: draft.until_minute,
    })
}

/// Reads an RFC 3339 time.
fn instant(text: &str) -> Result<Instant, AppError> {
    let parsed: Result<jiff::Timestamp, _> = text.parse();
    parsed
        .map(|at| Instant::from_millis(at.as_millisecond()))
        .map_err(|_| AppError::invalid("/unavailable_until", "Écrivez l’heure selon RFC 3339."))
}
