//! One thing said of a professional: `visits within 5 km`, `quiet 20:00-07:00`, `on leave until
//! 11:00`. Read, written, and applied to the core's member.

use super::clock::{Clock, parse_minute, parse_weekly, show_minute, show_weekly};
use crate::places::Place;
use crate::world::{Base, Names};
use jiff::civil::{Date, date};
use relais_core::absence::Absence;
use relais_core::people::{
    Channels, Contract, Declared, Encore, Member, Membership, MembershipStatus, QuietHours, Sector,
    Standing,
};
use relais_core::slug::Slug;
use relais_core::time::{Instant, Weekly};

/// One thing said of a professional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clause {
    /// Practises there.
    At(Vec<&'static Place>),
    /// Membership of a network, by name.
    In(String, MembershipStatus),
    /// Specialty.
    Specialty(String),
    /// Own radius, metres.
    Radius(u32),
    /// Accepts consultations, or not.
    Consultations(bool),
    /// Visits within metres; none = no visits.
    VisitsWithin(u32),
    /// Visits in communes.
    VisitsIn(Vec<&'static Place>),
    /// No visits.
    NoVisits,
    /// Accepts teleconsultations, or not.
    Teleconsultations(bool),
    /// A motive declined.
    Declines(String),
    /// A care type declined.
    DeclinesCare(String),
    /// Ages accepted.
    Ages(u8, u8),
    /// Only their own patients, or not.
    OnlyOwn(bool),
    /// Weekly hours; `None` = always.
    Hours(Option<Weekly>),
    /// Unavailable until; `None` = available.
    Leave(Option<Instant>),
    /// Away from a day to a last day, both included; again = these days too.
    Away(Absence),
    /// Off on public holidays, or not.
    OffOnHolidays(bool),
    /// "Encore N patients jusqu'à", said at.
    Encore(u16, Instant, Instant),
    /// "Plus rien aujourd'hui", until.
    Muted(Option<Instant>),
    /// Daily maximum.
    Daily(u16),
    /// Hourly maximum.
    Hourly(u16),
    /// Rest after an acceptance, minutes.
    Rest(u16),
    /// Quiet hours.
    Quiet(Option<(u16, u16)>),
    /// Quiet hours yield to urgent care.
    Yields,
    /// Channels that work.
    Channels(Channels),
    /// Title and contract.
    Title(Title),
    /// Already asked today, before the scenario.
    AskedToday(u16),
    /// Asked in the days before the scenario.
    AskedLately(u16),
    /// Answered so many of so many in the days before the scenario.
    AnsweredLately(u16, u16),
    /// Already asked in the hour that began then.
    AskedSince(u16, Instant),
    /// Accepted somebody before the scenario.
    AcceptedAt(Instant),
    /// Declared a cooperation protocol, from a day to a last day; again = other days.
    Declared(String, Option<Date>, Option<Date>),
}

/// Title and contract, supervisors by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Title {
    /// In their own name.
    Titular,
    /// Retired.
    Retired,
    /// Locum between two moments.
    Locum(Instant, Instant),
    /// Assistant between two moments.
    Assistant(Instant, Instant),
    /// Adjunct between two moments.
    Adjunct(Instant, Instant),
    /// Intern between two moments, under somebody or nobody.
    Intern(Instant, Instant, Option<String>),
}

fn kilometres(text: &str) -> Option<u32> {
    let number = text.strip_suffix(" km")?.parse::<f64>().ok()?;
    let metres = (number * 1_000.0).round();
    (0.0..=1_000_000.0)
        .contains(&metres)
        .then_some(metres as u32)
}

fn show_km(metres: u32) -> String {
    format!("{} km", f64::from(metres) / 1_000.0)
}

fn places(text: &str) -> Option<Vec<&'static Place>> {
    text.split(" and ").map(Place::named).collect()
}

fn show_places(list: &[&Place]) -> String {
    list.iter()
        .map(|place| place.name)
        .collect::<Vec<_>>()
        .join(" and ")
}

fn span(text: &str, clock: &Clock) -> Option<(Instant, Instant)> {
    let (from, until) = text.split_once(" until ")?;
    Some((clock.parse(from)?, clock.parse(until)?))
}

/// What comes before a word, and the day after it; no day when the word is not there.
fn dated<'t>(text: &'t str, word: &str) -> Option<(&'t str, Option<Date>)> {
    let Some((before, day)) = text.split_once(word) else {
        return Some((text, None));
    };
    Some((before, Some(day.parse().ok()?)))
}

fn minutes(text: &str) -> Option<u16> {
    text.strip_suffix(" min")?.parse().ok()
}

impl Clause {
    /// Reads one clause; `None` when it is not of the language.
    pub(super) fn parse(text: &str, clock: &Clock) -> Option<Self> {
        let on = match text {
            "consultations" => Some(Self::Consultations(true)),
            "no consultations" => Some(Self::Consultations(false)),
            "no visits" => Some(Self::NoVisits),
            "teleconsultations" => Some(Self::Teleconsultations(true)),
            "no teleconsultations" => Some(Self::Teleconsultations(false)),
            "only own patients" => Some(Self::OnlyOwn(true)),
            "any patient" => Some(Self::OnlyOwn(false)),
            "any hour" => Some(Self::Hours(None)),
            "back" => Some(Self::Leave(None)),
            "off on public holidays" => Some(Self::OffOnHolidays(true)),
            "works on public holidays" => Some(Self::OffOnHolidays(false)),
            "not muted" => Some(Self::Muted(None)),
            "no quiet hours" => Some(Self::Quiet(None)),
            "quiet hours yield to urgent care" => Some(Self::Yields),
            "titular" => Some(Self::Title(Title::Titular)),
            "retired" => Some(Self::Title(Title::Retired)),
            _ => None,
        };
        on.or_else(|| Self::parse_words(text, clock))
    }

    fn parse_words(text: &str, clock: &Clock) -> Option<Self> {
        let after = |prefix: &str| text.strip_prefix(prefix).and_then(|t| t.strip_prefix(' '));
        if let Some(rest) = after("at most") {
            return match rest.split_once(' ')? {
                (count, "a day") => Some(Self::Daily(count.parse().ok()?)),
                (count, "an hour") => Some(Self::Hourly(count.parse().ok()?)),
                _ => None,
            };
        }
        for (word, status) in [
            ("member of", MembershipStatus::Active),
            ("applied to", MembershipStatus::Applied),
            ("suspended from", MembershipStatus::Suspended),
            ("left", MembershipStatus::Left),
        ] {
            if let Some(network) = after(word) {
                return Some(Self::In(network.to_owned(), status));
            }
        }
        let (word, rest) = text.split_once(' ')?;
        let titled = |make: fn(Instant, Instant) -> Title| {
            let (from, until) = span(rest.strip_prefix("from ")?, clock)?;
            Some(Self::Title(make(from, until)))
        };
        match word {
            "at" => places(rest).map(Self::At),
            "specialty" => Some(Self::Specialty(rest.to_owned())),
            "radius" => kilometres(rest).map(Self::Radius),
            "visits" => match rest.strip_prefix("in ") {
                Some(list) => places(list).map(Self::VisitsIn),
                None => kilometres(rest.strip_prefix("within ")?).map(Self::VisitsWithin),
            },
            "declines" => Some(match rest.strip_prefix("care ") {
                Some(care) => Self::DeclinesCare(care.to_owned()),
                None => Self::Declines(rest.to_owned()),
            }),
            "ages" => {
                let (low, high) = rest.split_once('-')?;
                Some(Self::Ages(low.parse().ok()?, high.parse().ok()?))
            }
            "hours" => parse_weekly(rest).map(|weekly| Self::Hours(Some(weekly))),
            "unavailable" => clock
                .parse(rest.strip_prefix("until ")?)
                .map(|at| Self::Leave(Some(at))),
            "away" => {
                let (first, last) = rest.strip_prefix("from ")?.split_once(" to ")?;
                Absence::new(first.parse().ok()?, last.parse().ok()?).map(Self::Away)
            }
            "muted" => clock
                .parse(rest.strip_prefix("until ")?)
                .map(|at| Self::Muted(Some(at))),
            "another" => {
                let (count, rest) = rest.split_once(" patients until ")?;
                let (until, since) = rest.split_once(" said at ")?;
                let (until, since) = (clock.parse(until)?, clock.parse(since)?);
                Some(Self::Encore(count.parse().ok()?, until, since))
            }
            "rest" => minutes(rest).map(Self::Rest),
            "quiet" => {
                let (from, until) = rest.split_once('-')?;
                Some(Self::Quiet(Some((
                    parse_minute(from)?,
                    parse_minute(until)?,
                ))))
            }
            "channels" => {
                let has = |name: &str| rest.split(' ').any(|channel| channel == name);
                let (push, sms, mail) = (has("push"), has("sms"), has("mail"));
                Some(Self::Channels(Channels { push, sms, mail }))
            }
            "locum" => titled(Title::Locum),
            "assistant" => titled(Title::Assistant),
            "adjunct" => titled(Title::Adjunct),
            "intern" => {
                let (dates, under) = rest
                    .split_once(" under ")
                    .map_or((rest, None), |(d, u)| (d, Some(u.to_owned())));
                let (from, until) = span(dates.strip_prefix("from ")?, clock)?;
                Some(Self::Title(Title::Intern(from, until, under)))
            }
            "asked" => match rest.split_once(' ')? {
                (count, "today") => Some(Self::AskedToday(count.parse().ok()?)),
                (count, "lately") => Some(Self::AskedLately(count.parse().ok()?)),
                (count, since) => {
                    let since = clock.parse(since.strip_prefix("times since ")?)?;
                    Some(Self::AskedSince(count.parse().ok()?, since))
                }
            },
            "answered" => {
                let (answered, settled) = rest.strip_suffix(" lately")?.split_once(" of ")?;
                Some(Self::AnsweredLately(
                    answered.parse().ok()?,
                    settled.parse().ok()?,
                ))
            }
            "accepted" => clock.parse(rest.strip_prefix("at ")?).map(Self::AcceptedAt),
            "declared" => {
                let (rest, until) = dated(rest, " until ")?;
                let (protocol, since) = dated(rest, " from ")?;
                Some(Self::Declared(protocol.to_owned(), since, until))
            }
            _ => None,
        }
    }

    /// Writes the clause as it is read.
    pub(super) fn print(&self, clock: &Clock) -> String {
        let titled = |word: &str, from: &Instant, until: &Instant| {
            format!(
                "{word} from {} until {}",
                clock.show(*from),
                clock.show(*until)
            )
        };
        match self {
            Self::At(list) => format!("at {}", show_places(list)),
            Self::In(network, MembershipStatus::Active) => format!("member of {network}"),
            Self::In(network, MembershipStatus::Applied) => format!("applied to {network}"),
            Self::In(network, MembershipStatus::Suspended) => format!("suspended from {network}"),
            Self::In(network, MembershipStatus::Left) => format!("left {network}"),
            Self::Specialty(slug) => format!("specialty {slug}"),
            Self::Radius(metres) => format!("radius {}", show_km(*metres)),
            Self::Consultations(yes) => negated(*yes, "consultations"),
            Self::VisitsWithin(metres) => format!("visits within {}", show_km(*metres)),
            Self::VisitsIn(list) => format!("visits in {}", show_places(list)),
            Self::NoVisits => "no visits".to_owned(),
            Self::Teleconsultations(yes) => negated(*yes, "teleconsultations"),
            Self::Declines(motive) => format!("declines {motive}"),
            Self::DeclinesCare(care) => format!("declines care {care}"),
            Self::Ages(low, high) => format!("ages {low}-{high}"),
            Self::OnlyOwn(true) => "only own patients".to_owned(),
            Self::OnlyOwn(false) => "any patient".to_owned(),
            Self::Hours(Some(weekly)) => format!("hours {}", show_weekly(weekly)),
            Self::Hours(None) => "any hour".to_owned(),
            Self::Leave(Some(until)) => format!("unavailable until {}", clock.show(*until)),
            Self::Leave(None) => "back".to_owned(),
            Self::Away(days) => format!("away from {} to {}", days.first(), days.last()),
            Self::OffOnHolidays(true) => "off on public holidays".to_owned(),
            Self::OffOnHolidays(false) => "works on public holidays".to_owned(),
            Self::Encore(count, until, since) => format!(
                "another {count} patients until {} said at {}",
                clock.show(*until),
                clock.show(*since)
            ),
            Self::Muted(Some(until)) => format!("muted until {}", clock.show(*until)),
            Self::Muted(None) => "not muted".to_owned(),
            Self::Daily(count) => format!("at most {count} a day"),
            Self::Hourly(count) => format!("at most {count} an hour"),
            Self::Rest(minutes) => format!("rest {minutes} min"),
            Self::Quiet(Some((from, until))) => {
                format!("quiet {}-{}", show_minute(*from), show_minute(*until))
            }
            Self::Quiet(None) => "no quiet hours".to_owned(),
            Self::Yields => "quiet hours yield to urgent care".to_owned(),
            Self::Channels(channels) => show_channels(*channels),
            Self::Title(Title::Titular) => "titular".to_owned(),
            Self::Title(Title::Retired) => "retired".to_owned(),
            Self::Title(Title::Locum(from, until)) => titled("locum", from, until),
            Self::Title(Title::Assistant(from, until)) => titled("assistant", from, until),
            Self::Title(Title::Adjunct(from, until)) => titled("adjunct", from, until),
            Self::Title(Title::Intern(from, until, None)) => titled("intern", from, until),
            Self::Title(Title::Intern(from, until, Some(under))) => {
                format!("{} under {under}", titled("intern", from, until))
            }
            Self::AskedToday(count) => format!("asked {count} today"),
            Self::AskedLately(count) => format!("asked {count} lately"),
            Self::AnsweredLately(answered, settled) => {
                format!("answered {answered} of {settled} lately")
            }
            Self::AskedSince(count, since) => {
                format!("asked {count} times since {}", clock.show(*since))
            }
            Self::AcceptedAt(at) => format!("accepted at {}", clock.show(*at)),
            Self::Declared(protocol, since, until) => {
                let day = |word: &str, day: &Option<Date>| {
                    day.map_or_else(String::new, |day| format!(" {word} {day}"))
                };
                let (from, until) = (day("from", since), day("until", until));
                format!("declared {protocol}{from}{until}")
            }
        }
    }

    /// Applies the clause to a member and to what was asked of them before; `None` when it names
    /// somebody, a network or a code that does not exist.
    pub(crate) fn apply(&self, member: &mut Member, base: &mut Base, names: &Names) -> Option<()> {
        let profile = &mut member.profile;
        match self {
            Self::At(list) => member.places = list.iter().map(|place| place.point()).collect(),
            Self::In(network, status) => {
                let network = names.network(network)?;
                member.memberships.retain(|m| m.network != network);
                member.memberships.push(Membership {
                    network,
                    status: *status,
                });
            }
            Self::Specialty(slug) => member.specialty = Some(Slug::new(slug).ok()?),
            Self::Radius(metres) => profile.radius_m = *metres,
            Self::Consultations(yes) => profile.modes.consultation = *yes,
            Self::VisitsWithin(metres) => {
                (profile.modes.visit, profile.visits) = (true, Sector::Radius(*metres));
            }
            Self::VisitsIn(list) => {
                profile.modes.visit = true;
                profile.visits = Sector::Communes(list.iter().filter_map(|p| p.insee()).collect());
            }
            Self::NoVisits => profile.modes.visit = false,
            Self::Teleconsultations(yes) => profile.modes.teleconsultation = *yes,
            Self::Declines(motive) => {
                profile.declined_motives.insert(Slug::new(motive).ok()?);
            }
            Self::DeclinesCare(care) => {
                profile.declined_care.insert(Slug::new(care).ok()?);
            }
            Self::Ages(low, high) => (profile.age_min, profile.age_max) = (*low, *high),
            Self::OnlyOwn(yes) => profile.own_patients_only = *yes,
            Self::Hours(weekly) => profile.weekly.clone_from(weekly),
            Self::Leave(until) => profile.unavailable_until = *until,
            Self::Away(days) => profile.absences.add(*days),
            Self::OffOnHolidays(yes) => profile.off_on_holidays = *yes,
            Self::Encore(patients, until, since) => {
                let (patients, until, since) = (*patients, *until, *since);
                profile.encore = Some(Encore {
                    since,
                    patients,
                    until,
                });
            }
            Self::Muted(until) => profile.muted_until = *until,
            Self::Daily(count) => profile.daily_max = Some(*count),
            Self::Hourly(count) => profile.hourly_max = Some(*count),
            Self::Rest(minutes) => profile.rest_minutes = Some(*minutes),
            Self::Quiet(hours) => {
                profile.quiet = hours.map(|(from, until)| QuietHours { from, until });
            }
            Self::Yields => profile.quiet_yields_to_urgent = true,
            Self::Channels(channels) => member.channels = *channels,
            Self::Title(title) => member.standing = standing(title, names)?,
            Self::AskedToday(count) => base.asked_today = *count,
            Self::AskedLately(count) => base.lately.asked = *count,
            Self::AnsweredLately(answered, settled) => {
                base.lately.asked = base.lately.asked.max(*settled);
                (base.lately.answered, base.lately.settled) = (*answered, *settled);
            }
            Self::AskedSince(count, since) => base.asked_since = Some((*count, *since)),
            Self::AcceptedAt(at) => base.accepted_at = Some(*at),
            Self::Declared(protocol, since, until) => {
                let protocol = Slug::new(protocol).ok()?;
                member.cooperations.retain(|one| one.protocol != protocol);
                member.cooperations.push(Declared {
                    protocol,
                    since: since.unwrap_or(date(2020, 3, 6)),
                    until: *until,
                });
            }
        }
        Some(())
    }
}

fn negated(yes: bool, what: &str) -> String {
    if yes {
        what.to_owned()
    } else {
        format!("no {what}")
    }
}

fn show_channels(channels: Channels) -> String {
    let named = [
        (channels.push, "push"),
        (channels.sms, "sms"),
        (channels.mail, "mail"),
    ];
    let on: Vec<_> = named
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, name)| *name)
        .collect();
    let list = if on.is_empty() {
        "none".to_owned()
    } else {
        on.join(" ")
    };
    format!("channels {list}")
}

fn standing(title: &Title, names: &Names) -> Option<Standing> {
    let contract = |from: &Instant, until: &Instant| Contract {
        from: *from,
        until: *until,
    };
    Some(match title {
        Title::Titular => Standing::Titular,
        Title::Retired => Standing::Retired,
        Title::Locum(from, until) => Standing::Locum(contract(from, until)),
        Title::Assistant(from, until) => Standing::Assistant(contract(from, until)),
        Title::Adjunct(from, until) => Standing::Adjunct(contract(from, until)),
        Title::Intern(from, until, under) => Standing::Intern {
            contract: contract(from, until),
            supervisor: match under {
                Some(name) => Some(names.professional(name)?),
                None => None,
            },
        },
    })
}
