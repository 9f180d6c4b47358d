//! The tests of R5, one function each, in the order of the rule.

use super::{Candidate, Finding, Measure, Question, Test, Verdict};
use crate::absence::Absences;
use crate::people::{Load, Member, Mode, Profile, Sector};
use crate::time::{Calendar, Duration, Instant, OpeningHours, civil_day_end};

/// Judges one person for one request: every test, none skipped.
pub fn judge(candidate: &Candidate<'_>, q: &Question<'_>) -> Verdict {
    let (member, load) = (candidate.member, candidate.load);
    let distance_m = q.patient.point.and_then(|point| member.distance_m(point));
    let plain = |test, ok| Finding {
        test,
        ok,
        measure: Measure::None,
    };
    let profile = &member.profile;
    let specialty = q.need.specialty.as_ref();
    let findings = vec![
        plain(Test::Membership, member.belongs_to(q.network)),
        plain(Test::Profession, member.profession == q.need.profession),
        plain(
            Test::Specialty,
            specialty.is_none() || specialty == member.specialty.as_ref(),
        ),
        right(member, q.now),
        plain(
            Test::CareType,
            !profile.declined_care.contains(&q.need.care),
        ),
        plain(
            Test::Motive,
            q.need
                .motives
                .iter()
                .all(|m| !profile.declined_motives.contains(m)),
        ),
        plain(Test::Mode, profile.modes.accepts(q.need.mode)),
        plain(
            Test::Age,
            (profile.age_min..=profile.age_max).contains(&q.patient.age.years),
        ),
        distance(member, distance_m, q),
        availability(member, load, q),
        plain(Test::Requester, !q.is_requester),
        plain(Test::AlreadyAsked, !q.already.asked),
        plain(Test::AlreadyRefused, !q.already.refused),
        plain(
            Test::OwnPatientsOnly,
            !profile.own_patients_only || q.is_usual,
        ),
        until(Test::Muted, profile.muted_until, q.now),
        daily(member, load, q),
        hourly(member, load, q),
        rest(member, load, q),
        quiet(member, q),
        plain(Test::Channel, member.channels.any()),
        cooperation(member, q),
    ];
    Verdict {
        professional: member.id,
        distance_m,
        findings,
    }
}

/// A contract that has not begun is lifted by the clock; anything else is not.
pub(super) fn right(member: &Member, now: Instant) -> Finding {
    let standing = member.standing;
    let begins = standing
        .begins()
        .filter(|at| now < *at && standing.holds(*at));
    Finding {
        test: Test::RightToPractise,
        ok: standing.holds(now),
        measure: begins.map_or(Measure::None, Measure::Until),
    }
}

pub(super) fn until(test: Test, limit: Option<Instant>, now: Instant) -> Finding {
    match limit {
        Some(at) if now < at => Finding {
            test,
            ok: false,
            measure: Measure::Until(at),
        },
        Some(_) | None => Finding {
            test,
            ok: true,
            measure: Measure::None,
        },
    }
}

/// Consultation: within the smaller of the network's and the professional's radius. Visit: within
/// the professional's sector. Teleconsultation: no distance. The usual professional: none either.
pub(super) fn distance(member: &Member, distance_m: Option<u32>, q: &Question<'_>) -> Finding {
    let within = |limit: u32| match distance_m {
        Some(metres) => Finding {
            test: Test::Distance,
            ok: q.usual_stage || metres <= limit,
            measure: Measure::Distance {
                metres,
                limit: Some(limit),
            },
        },
        None => Finding {
            test: Test::Distance,
            ok: q.usual_stage,
            measure: Measure::None,
        },
    };
    match (q.need.mode, &member.profile.visits) {
        (Mode::Teleconsultation, _) => Finding {
            test: Test::Distance,
            ok: true,
            measure: Measure::None,
        },
        (Mode::Consultation, _) => within(q.radius_m.min(member.profile.radius_m)),
        (Mode::Visit, Sector::Radius(own)) => within(*own),
        (Mode::Visit, Sector::Communes(communes)) => Finding {
            test: Test::Distance,
            ok: q.usual_stage || communes.contains(&q.patient.commune),
            measure: distance_m.map_or(Measure::None, |metres| Measure::Distance {
                metres,
                limit: None,
            }),
        },
    }
}

/// Switch, days away, public holidays, weekly hours, and "encore N patients jusqu'à": no more than N,
/// nor after that hour, for the rest of that civil day.
pub(super) fn availability(member: &Member, load: Load, q: &Question<'_>) -> Finding {
    let profile = &member.profile;
    let away = until(Test::Availability, profile.unavailable_until, q.now);
    let no = |measure| Finding {
        test: Test::Availability,
        ok: false,
        measure,
    };
    if let Some(measure) = day_off(profile, q.now, q.calendar) {
        return no(measure);
    }
    if !away.ok {
        return away;
    }
    if let Some(encore) = profile.encore {
        let day_ends = encore.day_ends(&q.calendar.zone);
        let over = encore.until <= q.now || load.accepted_since_encore >= encore.patients;
        if over && q.now < day_ends {
            return until(Test::Availability, Some(day_ends), q.now);
        }
    }
    let Some(weekly) = &profile.weekly else {
        return away;
    };
    let (zone, hours) = (&q.calendar.zone, &q.calendar.hours);
    let own = Calendar {
        hours: OpeningHours {
            weekly: weekly.clone(),
            closed_on_holidays: profile.off_on_holidays,
            alsace_moselle: hours.alsace_moselle,
            overseas: hours.overseas,
            ..OpeningHours::default()
        },
        zone: zone.clone(),
    };
    match reopening(&own, &profile.absences, q.now) {
        Some(at) if at <= q.now => away,
        Some(at) => no(Measure::Until(at)),
        None => no(Measure::None),
    }
}

/// Whether somebody's terms keep a whole day free, now: said away, or a public holiday they do not work
/// (R5). Until when, with the reason; whoever is unavailable beyond an absence is told so by that.
pub fn day_off(profile: &Profile, now: Instant, calendar: &Calendar) -> Option<Measure> {
    if profile.absences.is_empty() && !profile.off_on_holidays {
        return None;
    }
    let today = calendar.date(now);
    let until = |end: Instant, measure| {
        let longer = profile.unavailable_until.filter(|until| end < *until);
        Some(longer.map_or(measure, Measure::Until))
    };
    if let Some(back) = profile.absences.back(today) {
        let back = calendar.day_bounds(back).0;
        return until(back, Measure::Away(back));
    }
    if profile.off_on_holidays && calendar.hours.is_holiday(today) {
        let end = calendar.day_bounds(today).1;
        return until(end, Measure::Holiday(end));
    }
    None
}

/// The next moment of one's hours on a day one is not away; `None` when there is none within two months.
fn reopening(own: &Calendar, absences: &Absences, now: Instant) -> Option<Instant> {
    let mut from = now;
    loop {
        let opens = own.next_opening(from)?;
        match absences.back(own.date(opens)) {
            None => return Some(opens),
            Some(back) => from = own.day_bounds(back).0,
        }
    }
}

pub(super) fn daily(member: &Member, load: Load, q: &Question<'_>) -> Finding {
    let test = Test::DailyMaximum;
    match member.profile.daily_max {
        Some(maximum) if !q.usual_stage && load.asked_today >= maximum => {
            let tomorrow = civil_day_end(q.now, &q.calendar.zone);
            Finding {
                test,
                ok: false,
                measure: Measure::Until(tomorrow),
            }
        }
        Some(maximum) => Finding {
            test,
            ok: true,
            measure: Measure::Count {
                count: load.asked_today,
                maximum,
            },
        },
        None => Finding {
            test,
            ok: true,
            measure: Measure::None,
        },
    }
}

pub(super) fn hourly(member: &Member, load: Load, q: &Question<'_>) -> Finding {
    let test = Test::HourlyMaximum;
    match member.profile.hourly_max {
        Some(maximum) if !q.usual_stage && load.asked_last_hour >= maximum => {
            let free = load.first_of_hour.unwrap_or(q.now) + Duration::hours(1);
            Finding {
                test,
                ok: false,
                measure: Measure::Until(free),
            }
        }
        Some(maximum) => Finding {
            test,
            ok: true,
            measure: Measure::Count {
                count: load.asked_last_hour,
                maximum,
            },
        },
        None => Finding {
            test,
            ok: true,
            measure: Measure::None,
        },
    }
}

pub(super) fn rest(member: &Member, load: Load, q: &Question<'_>) -> Finding {
    let rested = match (member.profile.rest_minutes, load.accepted_at) {
        (Some(minutes), Some(at)) if !q.usual_stage => {
            Some(at + Duration::minutes(i64::from(minutes)))
        }
        (Some(_), Some(_)) | (Some(_), None) | (None, _) => None,
    };
    until(Test::Rest, rested, q.now)
}

pub(super) fn quiet(member: &Member, q: &Question<'_>) -> Finding {
    let test = Test::QuietHours;
    let pass = Finding {
        test,
        ok: true,
        measure: Measure::None,
    };
    let Some(hours) = member.profile.quiet else {
        return pass;
    };
    let minute = q.calendar.minute_of_day(q.now);
    let yields = member.profile.quiet_yields_to_urgent && q.need.is_urgent();
    if !hours.covers(minute) || yields {
        return pass;
    }
    let ends = q.calendar.next_minute_of_day(q.now, hours.until);
    Finding {
        test,
        ok: false,
        measure: Measure::Until(ends),
    }
}

/// None asked: anybody. Else one of them, declared and in force on the network's civil day; one that
/// begins later opens by the clock alone. The usual professional is not spared: the act needs the
/// right.
pub(super) fn cooperation(member: &Member, q: &Question<'_>) -> Finding {
    let asked = &q.need.cooperations;
    let finding = |ok, measure| Finding {
        test: Test::Cooperation,
        ok,
        measure,
    };
    if asked.is_empty() {
        return finding(true, Measure::None);
    }
    let today = q.calendar.date(q.now);
    let declared = || {
        let all = member.cooperations.iter();
        all.filter(|one| asked.contains(&one.protocol))
    };
    if declared().any(|one| one.holds(today)) {
        return finding(true, Measure::None);
    }
    let later = declared().map(|one| one.since).filter(|day| today < *day);
    let begins = later.min().map(|day| q.calendar.day_bounds(day).0);
    finding(false, begins.map_or(Measure::None, Measure::Until))
}
