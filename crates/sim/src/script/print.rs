//! Writing a scenario back, so that what a machine found can be pasted into `scenarios/`.

use super::{Act, Ask, Clock, Line, NeedChange, Person, Say, Script, Setting, Which};
use relais_core::request::UsualDoctor;
use relais_core::request::{Appointment, CancelledBy, Contacted, Origin, RedFlags, RefusalReason};
use std::fmt::Write as _;

impl Script {
    /// The scenario as text.
    pub fn print(&self) -> String {
        let clock = Clock::new(self.zone(), self.date);
        let mut out = String::new();
        for line in &self.about {
            let _ = writeln!(out, "# {line}");
        }
        let _ = writeln!(out, "date {}", self.date);
        for setting in &self.network {
            let _ = writeln!(out, "network: {}", setting.print());
        }
        for person in &self.people {
            let _ = writeln!(out, "{}", person.print(&clock));
        }
        out.push('\n');
        let mut today = clock;
        for line in &self.lines {
            let day = today.day(line.at);
            if day != today.date {
                let _ = writeln!(out, "date {day}");
                today.date = day;
            }
            let _ = writeln!(out, "{}", line.print(&today));
        }
        out
    }
}

impl Person {
    fn print(&self, clock: &Clock) -> String {
        let mut out = format!("{}: {}", self.name, self.profession.code());
        for (index, clause) in self.clauses.iter().enumerate() {
            let text = clause.print(clock);
            let joined = if index == 0 && text.starts_with("at ") {
                " "
            } else {
                ", "
            };
            let _ = write!(out, "{joined}{text}");
        }
        out
    }
}

impl Line {
    /// The line as text, hours told by a clock.
    pub fn print(&self, clock: &Clock) -> String {
        let mut out = format!("{} {}", clock.show(self.at), self.say.print(clock));
        if self.request != 1 {
            let _ = write!(out, " #{}", self.request);
        }
        out
    }
}

impl Say {
    /// The sentence as text.
    pub fn print(&self, clock: &Clock) -> String {
        let all = |settings: &[Setting]| {
            settings
                .iter()
                .map(Setting::print)
                .collect::<Vec<_>>()
                .join(", ")
        };
        match self {
            Self::Request(ask) => format!("request for {}", ask.print()),
            Self::Late(ask, called, answers) => {
                let mut out = format!("late request, called {}, for ", clock.show(*called));
                out.push_str(&ask.print());
                for (at, act) in answers {
                    let _ = write!(out, "; {} {}", clock.show(*at), act.print(clock));
                }
                out
            }
            Self::Preview(ask) => format!("preview for {}", ask.print()),
            Self::TimePasses => "time passes".to_owned(),
            Self::Settings(settings) => format!("network now: {}", all(settings)),
            Self::Change {
                name,
                clauses,
                noticed,
            } => {
                let clauses: Vec<_> = clauses.iter().map(|clause| clause.print(clock)).collect();
                let how = if *noticed { "now" } else { "now, unnoticed" };
                format!("{name} {how}: {}", clauses.join(", "))
            }
            Self::Do(acts) => print_acts(acts, clock),
        }
    }
}

impl Ask {
    fn print(&self) -> String {
        let mut out = format!(
            "{}, {}, {}, within {} h",
            self.profession.code(),
            self.motives.join(" and "),
            self.place.name,
            self.within_hours
        );
        let plain = Self::new(self.profession, "", self.place, self.within_hours);
        if !self.usual.is_empty() {
            let _ = write!(out, ", usual {}", self.usual.join(" and "));
        }
        for (locum, of, minutes) in &self.stand_ins {
            let _ = write!(out, ", stand-in {locum} for {of} during {minutes} min");
        }
        if self.outside {
            out.push_str(", usual doctor outside");
        }
        match self.doctor {
            UsualDoctor::Unknown => out.push_str(", usual doctor unknown"),
            UsualDoctor::No if !self.usual.is_empty() || self.outside => {
                out.push_str(", usual doctor none");
            }
            UsualDoctor::Yes | UsualDoctor::No => {}
        }
        match self.contacted {
            Contacted::Unable => out.push_str(", contacted and unable"),
            Contacted::Unreachable => out.push_str(", contacted and unreachable"),
            Contacted::NotTried => {}
        }
        match self.red_flags {
            RedFlags::Present => out.push_str(", red flag"),
            RedFlags::Unknown => out.push_str(", red flag unknown"),
            RedFlags::None => {}
        }
        if self.mode != plain.mode {
            let _ = write!(out, ", {}", self.mode.code());
        }
        if self.age != plain.age {
            let _ = write!(out, ", aged {}", self.age);
        }
        if let Some(minutes) = self.window {
            let _ = write!(out, ", window {minutes} min");
        }
        if self.origin != Origin::Patient {
            let _ = write!(out, ", from {}", self.origin.code());
        }
        if let Some(who) = &self.by {
            let _ = write!(out, ", by {who}");
        }
        if let Some(specialty) = &self.specialty {
            let _ = write!(out, ", specialty {specialty}");
        }
        if self.care != plain.care {
            let _ = write!(out, ", care {}", self.care);
        }
        if !self.under.is_empty() {
            let _ = write!(out, ", under {}", self.under.join(" and "));
        }
        out
    }
}

/// Several acts of one line are one verb said by several people.
fn print_acts(acts: &[Act], clock: &Clock) -> String {
    let (Some(first), many) = (acts.first(), acts.len() > 1) else {
        return "tick".to_owned();
    };
    if !many {
        return first.print(clock);
    }
    let names: Vec<_> = acts.iter().filter_map(Act::who).collect();
    let text = first.print(clock);
    let alone = first.who().unwrap_or_default();
    let text = text.replacen(alone, &names.join(" and "), 1);
    text.replacen(" accepts", " accept", 1)
        .replacen(" passes", " pass", 1)
}

impl Act {
    /// Who does it, when it is a professional.
    pub fn who(&self) -> Option<&str> {
        match self {
            Self::Sent(who)
            | Self::Delivered(who)
            | Self::Opens(who)
            | Self::Accepts(who, _, _)
            | Self::Passes(who, _, _)
            | Self::Releases(who)
            | Self::Sets(who, _)
            | Self::Closes(who, _) => Some(who),
            _ => None,
        }
    }

    fn print(&self, clock: &Clock) -> String {
        let offer = |which: &Which| match which {
            Which::Newest => "",
            Which::Oldest => " the old offer",
        };
        let changed = |changes: &[NeedChange]| {
            changes
                .iter()
                .map(NeedChange::print)
                .collect::<Vec<_>>()
                .join(", ")
        };
        match self {
            Self::Tick => "tick".to_owned(),
            Self::Reread => "directory reread".to_owned(),
            Self::Sent(who) => format!("sent to {who}"),
            Self::Delivered(who) => format!("delivered to {who}"),
            Self::Opens(who) => format!("opened by {who}"),
            Self::Accepts(who, which, Appointment::ToBeSet) => {
                format!("{who} accepts{}", offer(which))
            }
            Self::Accepts(who, which, when) => {
                format!(
                    "{who} accepts{}, {}",
                    offer(which),
                    print_when(*when, clock)
                )
            }
            Self::Passes(who, which, RefusalReason::Unsaid) => {
                format!("{who} passes{}", offer(which))
            }
            Self::Passes(who, which, reason) => {
                format!("{who} passes{}, {}", offer(which), reason.code())
            }
            Self::Releases(who) => format!("{who} releases"),
            Self::HasAgain(who, hour) => format!("{who} has {} again", clock.show(*hour)),
            Self::Sets(who, when) => format!("{who} sets, {}", print_when(*when, clock)),
            Self::Closes(who, closure) => format!("{who} closes as {}", closure.code()),
            Self::DeskSets(when) => format!("operator sets, {}", print_when(*when, clock)),
            Self::DeskCloses(closure) => format!("operator closes as {}", closure.code()),
            Self::Pauses => "operator pauses".to_owned(),
            Self::Resumes => "operator resumes".to_owned(),
            Self::Relaunches(None) => "operator relaunches".to_owned(),
            Self::Relaunches(Some(minutes)) => format!("operator relaunches, window {minutes} min"),
            Self::Widens => "operator widens".to_owned(),
            Self::TakesInHand => "operator takes it in hand".to_owned(),
            Self::Cancels(CancelledBy::Patient) => "patient cancels".to_owned(),
            Self::Cancels(CancelledBy::Requester) => "requester cancels".to_owned(),
            Self::Cancels(CancelledBy::Operator) => "operator cancels".to_owned(),
            Self::Cancels(CancelledBy::Undo) => "operator takes the launch back".to_owned(),
            Self::Transfers => "operator transfers to 15".to_owned(),
            Self::Edits(changes) => format!("operator edits: {}", changed(changes)),
            Self::Qualifies(changes) if changes.is_empty() => "regulator qualifies".to_owned(),
            Self::Qualifies(changes) => format!("regulator qualifies: {}", changed(changes)),
        }
    }
}

fn print_when(when: Appointment, clock: &Clock) -> String {
    match when {
        Appointment::At(at) => format!("at {}", clock.show(at)),
        Appointment::Between(from, until) => {
            format!("between {} and {}", clock.show(from), clock.show(until))
        }
        Appointment::Call(None) => "calls back".to_owned(),
        Appointment::Call(Some(before)) => format!("calls back before {}", clock.show(before)),
        Appointment::ToBeSet => "time to be set".to_owned(),
    }
}

impl NeedChange {
    fn print(&self) -> String {
        match self {
            Self::Within(hours) => format!("within {hours} h"),
            Self::Mode(mode) => mode.code().to_owned(),
            Self::Motive(motive) => format!("motive {motive}"),
            Self::Comment(comment) => format!("comment {comment}"),
            Self::Profession(profession) => format!("for {}", profession.code()),
            Self::Specialty(specialty) => format!("specialty {specialty}"),
            Self::Care(care) => format!("care {care}"),
            Self::Under(codes) if codes.is_empty() => "under nothing".to_owned(),
            Self::Under(codes) => format!("under {}", codes.join(" and ")),
        }
    }
}
