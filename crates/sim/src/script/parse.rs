//! Reading a scenario: setup lines, then lines with an hour and a sentence.

use super::{
    Act, Ask, Clause, Clock, Line, NeedChange, Person, Say, Script, ScriptError, Setting, Which,
};
use crate::places::Place;
use jiff::civil::{Date, date};
use relais_core::people::{Mode, Profession};
use relais_core::request::{
    Appointment, CancelledBy, Closure, Contacted, Origin, RedFlags, RefusalReason, UsualDoctor,
};

impl Script {
    /// Reads a scenario.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut script = Self {
            about: Vec::new(),
            date: date(2026, 3, 2),
            network: Vec::new(),
            people: Vec::new(),
            lines: Vec::new(),
        };
        let mut today: Option<Date> = None;
        for (index, raw) in text.lines().enumerate() {
            let fail = |what: &str| ScriptError {
                line: index + 1,
                what: what.to_owned(),
            };
            let line = raw.trim();
            if let Some(comment) = line.strip_prefix('#') {
                if script.people.is_empty() && script.lines.is_empty() {
                    script.about.push(comment.trim().to_owned());
                }
            } else if let Some(day) = line.strip_prefix("date ") {
                let day = day
                    .trim()
                    .parse()
                    .map_err(|_| fail("a date is 2026-03-02"))?;
                if today.is_none() {
                    script.date = day;
                }
                today = Some(day);
            } else if line.starts_with(|c: char| c.is_ascii_digit()) {
                let clock = Clock::new(script.zone(), today.unwrap_or(script.date));
                script
                    .lines
                    .push(timed(line, &clock).map_err(|what| fail(&what))?);
            } else if !line.is_empty() {
                let clock = Clock::new(script.zone(), script.date);
                setup(&mut script, line, &clock).map_err(|what| fail(&what))?;
            }
        }
        Ok(script)
    }
}

fn setup(script: &mut Script, line: &str, clock: &Clock) -> Result<(), String> {
    let (name, rest) = line
        .split_once(':')
        .ok_or("expected `Name: profession at Place, …`")?;
    if name == "network" {
        script.network.extend(settings(rest)?);
        return Ok(());
    }
    let mut parts = rest.split(',').map(str::trim);
    let head = parts.next().unwrap_or_default();
    let (profession, place) = head.split_once(' ').unwrap_or((head, ""));
    let profession = Profession::from_code(profession)
        .ok_or_else(|| format!("`{profession}` is no profession"))?;
    let mut clauses = Vec::new();
    if !place.is_empty() {
        clauses.push(clause(place, clock)?);
    }
    for part in parts {
        clauses.push(clause(part, clock)?);
    }
    script.people.push(Person {
        name: name.to_owned(),
        profession,
        clauses,
    });
    Ok(())
}

fn settings(text: &str) -> Result<Vec<Setting>, String> {
    let parts = text.split(',').map(str::trim);
    parts
        .map(|part| Setting::parse(part).ok_or(format!("`{part}` is no setting")))
        .collect()
}

fn clause(text: &str, clock: &Clock) -> Result<Clause, String> {
    Clause::parse(text, clock).ok_or_else(|| format!("`{text}` is nothing known of a person"))
}

fn timed(line: &str, clock: &Clock) -> Result<Line, String> {
    let (hour, mut sentence) = line.split_once(' ').ok_or("an hour, then a sentence")?;
    let at = clock
        .parse(hour)
        .ok_or_else(|| format!("`{hour}` is no hour"))?;
    let mut request = 1;
    if let Some((before, label)) = sentence.rsplit_once(" #") {
        request = label
            .parse()
            .map_err(|_| format!("`#{label}` is no request"))?;
        sentence = before;
    }
    let say = say(sentence.trim(), clock).ok_or_else(|| format!("cannot read `{sentence}`"))?;
    Ok(Line { at, request, say })
}

fn say(text: &str, clock: &Clock) -> Option<Say> {
    if let Some(rest) = text.strip_prefix("request for ") {
        return ask(rest).map(Say::Request);
    }
    if let Some(rest) = text.strip_prefix("late request, called ") {
        return late(rest, clock);
    }
    if let Some(rest) = text.strip_prefix("preview for ") {
        return ask(rest).map(Say::Preview);
    }
    if text == "time passes" {
        return Some(Say::TimePasses);
    }
    if let Some(rest) = text.strip_prefix("network now: ") {
        return settings(rest).ok().map(Say::Settings);
    }
    for (word, noticed) in [(" now: ", true), (" now, unnoticed: ", false)] {
        if let Some((name, rest)) = text.split_once(word) {
            let clauses = rest
                .split(',')
                .map(|part| Clause::parse(part.trim(), clock));
            let (name, clauses) = (name.to_owned(), clauses.collect::<Option<_>>()?);
            return Some(Say::Change {
                name,
                clauses,
                noticed,
            });
        }
    }
    acts(text, clock).map(Say::Do)
}

/// `08:10, for gp, otalgie, Massy, within 12 h; 08:20 Dr A passes; 08:30 Dr B accepts, at 15:00`.
fn late(text: &str, clock: &Clock) -> Option<Say> {
    let (called, rest) = text.split_once(", for ")?;
    let mut parts = rest.split(';').map(str::trim);
    let ask = ask(parts.next()?)?;
    let mut answers = Vec::new();
    for part in parts {
        let (hour, said) = part.split_once(' ')?;
        let mut acts = people_act(said, clock)?;
        answers.push((clock.parse(hour)?, acts.pop().filter(|_| acts.is_empty())?));
    }
    Some(Say::Late(ask, clock.parse(called)?, answers))
}

fn ask(text: &str) -> Option<Ask> {
    let mut parts = text.split(',').map(str::trim);
    let profession = Profession::from_code(parts.next()?)?;
    let motives: Vec<_> = parts.next()?.split(" and ").map(str::to_owned).collect();
    let place = Place::named(parts.next()?)?;
    let within_hours = parts
        .next()?
        .strip_prefix("within ")?
        .strip_suffix(" h")?
        .parse()
        .ok()?;
    let mut ask = Ask::new(profession, "", place, within_hours);
    ask.motives = motives;
    for part in parts {
        qualify_ask(&mut ask, part)?;
    }
    Some(ask)
}

fn qualify_ask(ask: &mut Ask, part: &str) -> Option<()> {
    match part {
        "usual doctor outside" => (ask.outside, ask.doctor) = (true, UsualDoctor::Yes),
        "usual doctor unknown" => ask.doctor = UsualDoctor::Unknown,
        "usual doctor none" => ask.doctor = UsualDoctor::No,
        "contacted and unable" => ask.contacted = Contacted::Unable,
        "contacted and unreachable" => ask.contacted = Contacted::Unreachable,
        "red flag" => ask.red_flags = RedFlags::Present,
        "red flag unknown" => ask.red_flags = RedFlags::Unknown,
        _ => {
            let (word, rest) = part.split_once(' ').unwrap_or((part, ""));
            match word {
                "usual" => {
                    ask.usual = rest.split(" and ").map(str::to_owned).collect();
                    ask.doctor = UsualDoctor::Yes;
                }
                "stand-in" => {
                    let (locum, rest) = rest.split_once(" for ")?;
                    let (of, minutes) = rest.split_once(" during ")?;
                    let minutes = minutes.strip_suffix(" min")?.parse().ok()?;
                    ask.stand_ins
                        .push((locum.to_owned(), of.to_owned(), minutes));
                }
                "aged" => ask.age = rest.parse().ok()?,
                "window" => ask.window = Some(rest.strip_suffix(" min")?.parse().ok()?),
                "from" => ask.origin = Origin::from_code(rest)?,
                "by" => ask.by = Some(rest.to_owned()),
                "specialty" => ask.specialty = Some(rest.to_owned()),
                "care" => ask.care = rest.to_owned(),
                "under" => ask.under = rest.split(" and ").map(str::to_owned).collect(),
                _ => ask.mode = Mode::from_code(part)?,
            }
        }
    }
    Some(())
}

fn acts(text: &str, clock: &Clock) -> Option<Vec<Act>> {
    let one = |act: Act| Some(vec![act]);
    match text {
        "tick" => return one(Act::Tick),
        "directory reread" => return one(Act::Reread),
        "patient cancels" => return one(Act::Cancels(CancelledBy::Patient)),
        "requester cancels" => return one(Act::Cancels(CancelledBy::Requester)),
        "regulator qualifies" => return one(Act::Qualifies(Vec::new())),
        _ => {}
    }
    if let Some(rest) = text.strip_prefix("regulator qualifies: ") {
        return needs(rest).map(|changes| vec![Act::Qualifies(changes)]);
    }
    if let Some(rest) = text.strip_prefix("operator ") {
        return desk(rest, clock).map(|act| vec![act]);
    }
    for (word, make) in [
        ("sent to ", Act::Sent as fn(String) -> Act),
        ("delivered to ", Act::Delivered),
        ("opened by ", Act::Opens),
    ] {
        if let Some(names) = text.strip_prefix(word) {
            return Some(
                names
                    .split(" and ")
                    .map(|name| make(name.to_owned()))
                    .collect(),
            );
        }
    }
    people_act(text, clock)
}

fn people_act(text: &str, clock: &Clock) -> Option<Vec<Act>> {
    let (head, rest) = text.split_once(',').unwrap_or((text, ""));
    let rest = rest.trim();
    let (head, which) = match head.strip_suffix(" the old offer") {
        Some(head) => (head, Which::Oldest),
        None => (head, Which::Newest),
    };
    if let Some((name, hour)) = head
        .strip_suffix(" again")
        .and_then(|head| head.split_once(" has "))
    {
        return Some(vec![Act::HasAgain(name.to_owned(), clock.parse(hour)?)]);
    }
    let (names, verb) = match head.split_once(" closes as ") {
        Some((name, closure)) => {
            let closure = Closure::from_code(closure)?;
            return Some(vec![Act::Closes(name.to_owned(), closure)]);
        }
        None => head.rsplit_once(' ')?,
    };
    let each = |make: &dyn Fn(String) -> Option<Act>| -> Option<Vec<Act>> {
        names
            .split(" and ")
            .map(|name| make(name.to_owned()))
            .collect()
    };
    match verb {
        "accepts" | "accept" => {
            let when = if rest.is_empty() {
                Appointment::ToBeSet
            } else {
                when(rest, clock)?
            };
            each(&|name| Some(Act::Accepts(name, which, when)))
        }
        "passes" | "pass" => {
            let reason = if rest.is_empty() { "unsaid" } else { rest };
            let reason = RefusalReason::from_code(reason)?;
            each(&|name| Some(Act::Passes(name, which, reason)))
        }
        "releases" => each(&|name| Some(Act::Releases(name))),
        "sets" => {
            let when = when(rest, clock)?;
            each(&|name| Some(Act::Sets(name, when)))
        }
        _ => None,
    }
}

fn when(text: &str, clock: &Clock) -> Option<Appointment> {
    if text == "time to be set" {
        return Some(Appointment::ToBeSet);
    }
    if text == "calls back" {
        return Some(Appointment::Call(None));
    }
    if let Some(before) = text.strip_prefix("calls back before ") {
        return clock.parse(before).map(|at| Appointment::Call(Some(at)));
    }
    if let Some(span) = text.strip_prefix("between ") {
        let (from, until) = span.split_once(" and ")?;
        return Some(Appointment::Between(
            clock.parse(from)?,
            clock.parse(until)?,
        ));
    }
    clock.parse(text.strip_prefix("at ")?).map(Appointment::At)
}

fn desk(text: &str, clock: &Clock) -> Option<Act> {
    match text {
        "pauses" => return Some(Act::Pauses),
        "resumes" => return Some(Act::Resumes),
        "relaunches" => return Some(Act::Relaunches(None)),
        "widens" => return Some(Act::Widens),
        "takes it in hand" => return Some(Act::TakesInHand),
        "cancels" => return Some(Act::Cancels(CancelledBy::Operator)),
        "takes the launch back" => return Some(Act::Cancels(CancelledBy::Undo)),
        "transfers to 15" => return Some(Act::Transfers),
        _ => {}
    }
    if let Some(rest) = text.strip_prefix("relaunches, window ") {
        return rest
            .strip_suffix(" min")?
            .parse()
            .ok()
            .map(|m| Act::Relaunches(Some(m)));
    }
    if let Some(rest) = text.strip_prefix("closes as ") {
        return Closure::from_code(rest).map(Act::DeskCloses);
    }
    if let Some(rest) = text.strip_prefix("sets, ") {
        return when(rest, clock).map(Act::DeskSets);
    }
    needs(text.strip_prefix("edits: ")?).map(Act::Edits)
}

fn needs(text: &str) -> Option<Vec<NeedChange>> {
    text.split(',').map(|part| need(part.trim())).collect()
}

fn need(part: &str) -> Option<NeedChange> {
    if let Some(mode) = Mode::from_code(part) {
        return Some(NeedChange::Mode(mode));
    }
    let (word, rest) = part.split_once(' ')?;
    match word {
        "within" => rest
            .strip_suffix(" h")?
            .parse()
            .ok()
            .map(NeedChange::Within),
        "for" => Profession::from_code(rest).map(NeedChange::Profession),
        "motive" => Some(NeedChange::Motive(rest.to_owned())),
        "comment" => Some(NeedChange::Comment(rest.to_owned())),
        "specialty" => Some(NeedChange::Specialty(rest.to_owned())),
        "care" => Some(NeedChange::Care(rest.to_owned())),
        "under" if rest == "nothing" => Some(NeedChange::Under(Vec::new())),
        "under" => {
            let codes = rest.split(" and ").map(str::to_owned);
            Some(NeedChange::Under(codes.collect()))
        }
        _ => None,
    }
}
