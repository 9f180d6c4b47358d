//! Drawing a territory: settings, people and their terms, the day, and which faults are about.

use crate::places::{PLACES, Place};
use crate::rng::Rng;
use crate::script::{Ask, Clause, Clock, Person, Script, Setting, Title, parse_weekly};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use relais_core::absence::Absence;
use relais_core::cascade::Regulation;
use relais_core::people::{Channels, MembershipStatus, Mode, Profession};
use relais_core::request::{Contacted, Origin, RedFlags, UsualDoctor};
use relais_core::time::{Duration, Instant};

/// How often what goes wrong, in percent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// An input comes twice.
    pub twice: u64,
    /// An input is lost.
    pub lost: u64,
    /// An input comes later than another given after it.
    pub reordered: u64,
    /// A tick is late.
    pub late: u64,
    /// The clock jumps.
    pub jump: u64,
    /// The node sleeps a while.
    pub asleep: u64,
    /// A crash between deciding and saving: the input is tried again.
    pub crash: u64,
    /// A change of the directory goes unread for a while.
    pub unread: u64,
}

impl Faults {
    /// Draws how bad an episode is: a third of them quiet.
    pub fn draw(rng: &mut Rng) -> Self {
        if rng.percent(33) {
            return Self::default();
        }
        let mut some = |most| if rng.percent(60) { rng.below(most) } else { 0 };
        Self {
            twice: some(30),
            lost: some(20),
            reordered: some(20),
            late: some(50),
            jump: some(5),
            asleep: some(5),
            crash: some(10),
            unread: some(40),
        }
    }
}

/// The days: ordinary ones, eves of holidays, both nights of a change of clocks.
const DAYS: &[(i16, i8, i8)] = &[
    (2026, 3, 2),
    (2026, 3, 6),
    (2026, 3, 28),
    (2026, 3, 29),
    (2026, 4, 3),
    (2026, 5, 13),
    (2026, 10, 24),
    (2026, 10, 25),
    (2026, 12, 31),
];

const HOURS: &[&str] = &[
    "Mon-Fri 08:00-20:00",
    "Mon-Fri 08:00-20:00 & Sat 08:00-11:00",
    "Mon-Fri 15:30-19:30",
    "Mon-Sun 00:00-24:00",
    "Mon-Sun 00:00-24:00",
];

const MOTIVES: &[&str] = &["otalgie", "fievre", "lombalgie", "plaie"];

/// Cooperation protocols that nurses declare, and that requests ask for.
const PROTOCOLS: &[&str] = &["odynophagie", "pollakiurie"];

/// Draws a territory: its script, without lines yet, and when its day starts.
pub fn territory(rng: &mut Rng) -> (Script, Instant) {
    let (year, month, day) = rng.pick(DAYS).copied().unwrap_or((2026, 3, 2));
    let today = date(year, month, day);
    let clock = Clock::new("Europe/Paris", today);
    let start = start_of(rng, &clock, today);
    // On Sundays and nights most networks drawn are open all the time: else little would happen.
    let always = today.weekday().to_monday_zero_offset() > 4 && rng.percent(85);
    let hours = if always {
        HOURS.last()
    } else {
        rng.pick(HOURS)
    };
    let hours = hours
        .and_then(|text| parse_weekly(text))
        .unwrap_or_default();
    let mut network = vec![Setting::Open(hours)];
    settings(rng, &mut network);
    let count = rng.between(2, 14);
    let mut people = Vec::new();
    for number in 0..count {
        let person = person(rng, start, usize::try_from(number).unwrap_or(0));
        people.push(person);
    }
    let waves = |setting: &Setting| matches!(setting, Setting::Waves(Some(_)));
    if network.iter().any(waves) {
        days_before(rng, &mut people);
    }
    let about = Vec::new();
    (
        Script {
            about,
            date: today,
            network,
            people,
            lines: Vec::new(),
        },
        start,
    )
}

fn start_of(rng: &mut Rng, clock: &Clock, today: Date) -> Instant {
    let night = matches!((today.month(), today.day()), (3, 29) | (10, 25));
    let hour = if night && rng.percent(70) {
        0
    } else {
        rng.between(8, 18)
    };
    let text = format!("{hour:02}:{:02}", rng.below(60));
    clock.parse(&text).unwrap_or(Instant::from_millis(0))
}

fn settings(rng: &mut Rng, network: &mut Vec<Setting>) {
    let small = |rng: &mut Rng, low, high| u16::try_from(rng.between(low, high)).unwrap_or(10);
    if rng.percent(50) {
        network.push(Setting::Window(small(rng, 10, 300)));
    }
    if rng.percent(30) {
        network.push(Setting::Share(u8::try_from(rng.below(101)).unwrap_or(50)));
    }
    if rng.percent(30) {
        let size = small(rng, 1, 3);
        network.push(Setting::Waves(Some((size, small(rng, 3, 60)))));
        if rng.percent(50) {
            let wanted = small(rng, 1, 2);
            network.push(Setting::WaveAnswers(Some((wanted, small(rng, 1, 5)))));
        }
        if rng.percent(20) {
            network.push(Setting::LooksBack(0));
        }
    }
    if rng.percent(40) {
        network.push(Setting::SharesWith(vec!["SNP94".to_owned()]));
        if rng.percent(30) {
            network.push(Setting::NeighboursAt(
                u8::try_from(rng.below(101)).unwrap_or(50),
            ));
        }
    }
    if rng.percent(20) {
        network.push(Setting::OpenHoursOnly(true));
    }
    if rng.percent(20) {
        network.push(Setting::SkipsUnable(true));
    }
    if rng.percent(15) {
        network.push(Setting::Regulation(Regulation::Always));
    }
    if rng.percent(40) {
        network.push(Setting::ClosedOnHolidays);
    }
    if rng.percent(20) {
        network.push(Setting::Radius(u32::from(small(rng, 3, 15))));
    }
    if rng.percent(20) {
        network.push(Setting::Pause(small(rng, 5, 120)));
    }
    if rng.percent(20) {
        network.push(Setting::News(small(rng, 10, 90)));
    }
}

/// What the days before had brought to each: whose turn it is, and how large a wave is, hang on it (R4.3).
fn days_before(rng: &mut Rng, people: &mut [Person]) {
    for person in people {
        if rng.percent(70) {
            let settled = u16::try_from(rng.below(30)).unwrap_or(0);
            let answered = u16::try_from(rng.below(u64::from(settled) + 1)).unwrap_or(0);
            let clause = Clause::AnsweredLately(answered, settled);
            person.clauses.push(clause);
        }
    }
}

fn person(rng: &mut Rng, start: Instant, number: usize) -> Person {
    let letter = char::from(b'A' + u8::try_from(number).unwrap_or(0));
    let nurse = rng.percent(20);
    let (title, profession) = if nurse {
        ("Nurse", Profession::Nurse)
    } else {
        ("Dr", Profession::Gp)
    };
    let near = PLACES
        .get(..if rng.percent(75) { 7 } else { PLACES.len() })
        .unwrap_or(PLACES);
    let place = rng.pick(near).unwrap_or(&PLACES[0]);
    let mut clauses = vec![Clause::At(vec![place])];
    let elsewhere = rng.percent(25);
    if elsewhere {
        clauses.push(Clause::In("SNP94".to_owned(), MembershipStatus::Active));
        if rng.percent(30) {
            clauses.push(Clause::In("SNP91".to_owned(), MembershipStatus::Active));
        }
    }
    for _ in 0..rng.below(4).saturating_sub(1) {
        clauses.push(clause(rng, start));
    }
    if nurse && rng.percent(50) {
        clauses.push(declared(rng, start));
    }
    Person {
        name: format!("{title} {letter}"),
        profession,
        clauses,
    }
}

/// Draws something said of a professional; also what changes mid-flight.
pub(crate) fn clause(rng: &mut Rng, now: Instant) -> Clause {
    let small = |rng: &mut Rng, low, high| u16::try_from(rng.between(low, high)).unwrap_or(1);
    let soon = |rng: &mut Rng| whole_minute(now + Duration::minutes(rng.between(1, 240)));
    let before = |rng: &mut Rng| whole_minute(now - Duration::minutes(rng.between(0, 120)));
    let other = rng.pick(PLACES).unwrap_or(&PLACES[0]);
    match rng.below(29) {
        0 | 1 => Clause::Radius(1_000 * u32::from(small(rng, 1, 30))),
        2 => Clause::VisitsWithin(1_000 * u32::from(small(rng, 1, 15))),
        3 => Clause::VisitsIn(vec![other]),
        4 => Clause::Teleconsultations(true),
        5 => Clause::Declines((*rng.pick(MOTIVES).unwrap_or(&"fievre")).to_owned()),
        6 => Clause::Ages(0, u8::try_from(small(rng, 10, 90)).unwrap_or(15)),
        7 => Clause::OnlyOwn(rng.percent(60)),
        8 => Clause::Hours(parse_weekly("Mon-Fri 08:00-12:00 14:00-18:00")),
        9 => Clause::Leave(Some(soon(rng))),
        10 => days_off(soon(rng)),
        11 => Clause::Leave(None),
        12 => Clause::Encore(small(rng, 1, 2), soon(rng), before(rng)),
        13 => Clause::Muted(Some(soon(rng))),
        14 => Clause::Daily(small(rng, 1, 4)),
        15 => Clause::Hourly(small(rng, 1, 2)),
        16 => Clause::Rest(small(rng, 5, 120)),
        17 | 18 => {
            // Not within the hour that a change of clocks moves: there the minute itself is unsure.
            let from = small(rng, 19, 23) * 60;
            Clause::Quiet(Some((from, small(rng, 6, 9) * 60 + small(rng, 0, 59))))
        }
        19 => Clause::Yields,
        20 => Clause::Channels(Channels {
            push: false,
            sms: rng.percent(50),
            mail: false,
        }),
        21 => Clause::Title(Title::Locum(before(rng), soon(rng))),
        22 => Clause::Title(Title::Locum(soon(rng), soon(rng) + Duration::hours(8))),
        23..=25 => {
            let status = rng.pick(MembershipStatus::ALL).copied();
            Clause::In(
                "SNP91".to_owned(),
                status.unwrap_or(MembershipStatus::Active),
            )
        }
        26 => Clause::AskedToday(small(rng, 0, 4)),
        27 => declared(rng, now),
        _ => Clause::AcceptedAt(before(rng)),
    }
}

/// Holidays not worked, or days away around a moment: which, by its minute.
fn days_off(at: Instant) -> Clause {
    let moment = at.timestamp().to_zoned(TimeZone::UTC);
    let (today, minute) = (moment.date(), i64::from(moment.minute()));
    let day = |days: i64| today.saturating_add(days.days());
    match minute % 4 {
        0 => Clause::OffOnHolidays(minute % 12 != 0),
        before => Absence::new(day(before - 2), day(before - 2 + minute % 3))
            .map_or(Clause::Leave(Some(at)), Clause::Away),
    }
}

/// What puts right again what ended a right, if something did.
pub(crate) fn put_right(clauses: &[Clause]) -> Option<Clause> {
    clauses.iter().find_map(|clause| match clause {
        Clause::In(network, status) if *status != MembershipStatus::Active => {
            Some(Clause::In(network.clone(), MembershipStatus::Active))
        }
        Clause::Title(_) => Some(Clause::Title(Title::Titular)),
        _ => None,
    })
}

/// A declaration: most in force, some over, some to come.
fn declared(rng: &mut Rng, now: Instant) -> Clause {
    let zone = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    let today = now.timestamp().to_zoned(zone).date();
    let protocol = rng.pick(PROTOCOLS).copied().unwrap_or("odynophagie");
    let near = |days: i64| today.saturating_add(days.days());
    let (since, until) = match rng.below(10) {
        0 | 1 => (Some(near(1)), None),
        2 => (None, Some(near(-1))),
        3 => (Some(near(0)), Some(near(0))),
        _ => (None, None),
    };
    Clause::Declared(protocol.to_owned(), since, until)
}

fn whole_minute(at: Instant) -> Instant {
    Instant::from_millis(at.millis() - at.millis().rem_euclid(60_000))
}

/// Draws a request.
pub(crate) fn ask(rng: &mut Rng, people: &[Person]) -> Ask {
    let nurse = rng.percent(20);
    let profession = if nurse {
        Profession::Nurse
    } else {
        Profession::Gp
    };
    let places: Vec<&'static Place> = PLACES.iter().take(7).collect();
    let place = rng.pick(&places).copied().unwrap_or(&PLACES[0]);
    let hours = rng.pick(&[2_u8, 6, 12, 24, 48]).copied().unwrap_or(12);
    let motive = rng.pick(MOTIVES).copied().unwrap_or("fievre");
    let mut ask = Ask::new(profession, motive, place, hours);
    if rng.percent(60) {
        ask.doctor = UsualDoctor::Yes;
        for _ in 0..rng.between(1, 2) {
            if let Some(person) = rng.pick(people).filter(|p| !ask.usual.contains(&p.name)) {
                ask.usual.push(person.name.clone());
            }
        }
        if let Some(of) = ask.usual.first().filter(|_| rng.percent(25)).cloned()
            && let Some(locum) = rng.pick(people).filter(|p| p.name != of)
        {
            let minutes = u16::try_from(rng.between(5, 600)).unwrap_or(60);
            ask.stand_ins.push((locum.name.clone(), of, minutes));
        }
    } else if rng.percent(30) {
        ask.doctor = UsualDoctor::Unknown;
    } else if rng.percent(20) {
        (ask.outside, ask.doctor) = (true, UsualDoctor::Yes);
    }
    if rng.percent(25) {
        ask.contacted = Contacted::Unable;
    }
    ask.mode = match rng.below(10) {
        0 | 1 => Mode::Visit,
        2 => Mode::Teleconsultation,
        _ => Mode::Consultation,
    };
    ask.age = u8::try_from(rng.below(100)).unwrap_or(40);
    ask.red_flags = match rng.below(20) {
        0 => RedFlags::Present,
        1 | 2 => RedFlags::Unknown,
        _ => RedFlags::None,
    };
    if rng.percent(30) {
        ask.window = u16::try_from(rng.between(10, 240)).ok();
    }
    if rng.percent(15) {
        ask.origin = Origin::Web;
    }
    if rng.percent(10) {
        ask.by = rng.pick(people).map(|person| person.name.clone());
    }
    if rng.percent(if nurse { 40 } else { 3 }) {
        let code = rng.pick(PROTOCOLS).copied().unwrap_or("odynophagie");
        ask.under = vec![code.to_owned()];
        if rng.percent(20) {
            ask.under = PROTOCOLS.iter().map(|&code| code.to_owned()).collect();
        }
    }
    ask
}
