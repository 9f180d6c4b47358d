//! Random interleavings of commands, with inputs repeated, out of order, late, and a clock that
//! steps back, around ordinary hours and both changes of clocks. After every step the checks of
//! `relais_sim::check` hold: one engagement (I1), the usual share alone (I2), nobody outside R5 as
//! an independent reference reads it (I3), always due (I5), nothing after the end (I6), deadlines
//! never early (I8), events fold to the state, what is done twice is done once.

use proptest::prelude::*;
use relais_core::people::{Mode, Profession};
use relais_core::request::{
    Appointment, CancelledBy, Closure, Contacted, RedFlags, RefusalReason, UsualDoctor,
};
use relais_core::time::{Duration, Instant};
use relais_sim::engine::Core;
use relais_sim::places::Place;
use relais_sim::play::Play;
use relais_sim::script::{Act, Ask, Line, NeedChange, Say, Script, Which};

const NAMES: &[&str] = &["Dr A", "Dr B", "Dr C", "Dr D", "Dr E", "Dr N"];

/// Settings of the network, one line each.
const SETTINGS: &[&str] = &[
    "window 120 min",
    "window 37 min, share 25 %",
    "waves of 1 every 10 min",
    "waves of 2 every 45 min, window 60 min",
    "shares with SNP94",
    "shares with SNP94, neighbours at 0 %",
    "counts open hours only",
    "skips a usual doctor declared unable",
    "pause questioned after 20 min, news every 15 min",
];

const HOURS: &[&str] = &["Mon-Fri 08:00-20:00", "Mon-Sun 00:00-24:00"];

/// What may be said of somebody, at first or later. `{soon}` is an hour of the same day.
const TERMS: &[&str] = &[
    "radius 3 km",
    "visits within 8 km",
    "teleconsultations",
    "declines otalgie",
    "ages 0-15",
    "only own patients",
    "unavailable until {soon}",
    "back",
    "muted until {soon}",
    "at most 1 an hour",
    "at most 2 a day",
    "rest 45 min",
    "quiet 22:00-{soon}",
    "quiet 00:00-07:30",
    "locum from 2026-01-01 00:00 until {soon}",
    "left SNP91",
    "member of SNP91",
    "member of SNP94",
    "channels none",
    "channels sms",
    "hours Mon-Sun 07:00-12:00 14:00-19:00",
];

#[derive(Debug, Clone)]
enum Step {
    Tick,
    /// Time goes to the next due moment, and so many seconds further.
    Due(i64),
    Accept(usize, u8, bool),
    Pass(usize, bool),
    Receipt(usize, u8),
    Release(usize),
    Close(usize, usize),
    Desk(u8),
    Edit(u8),
    Change(usize, usize, bool),
    /// Somebody has an hour again, so many minutes from now.
    Hour(usize, i64),
    /// The clock steps back, seconds.
    Back(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..NAMES.len();
    prop_oneof![
        2 => Just(Step::Tick),
        6 => (0_i64..900).prop_map(Step::Due),
        3 => (who.clone(), 0_u8..5, any::<bool>()).prop_map(|(w, a, o)| Step::Accept(w, a, o)),
        5 => (who.clone(), any::<bool>()).prop_map(|(w, o)| Step::Pass(w, o)),
        2 => (who.clone(), 0_u8..3).prop_map(|(w, k)| Step::Receipt(w, k)),
        2 => who.clone().prop_map(Step::Release),
        1 => (who.clone(), 0..Closure::ALL.len()).prop_map(|(w, c)| Step::Close(w, c)),
        4 => (0_u8..12).prop_map(Step::Desk),
        2 => (0_u8..6).prop_map(Step::Edit),
        2 => (who.clone(), -30_i64..600).prop_map(|(w, m)| Step::Hour(w, m)),
        3 => (who, 0..TERMS.len(), any::<bool>()).prop_map(|(w, t, n)| Step::Change(w, t, n)),
        1 => (1_i64..5_400).prop_map(Step::Back),
    ]
}

#[derive(Debug, Clone)]
struct Plan {
    day: &'static str,
    hours: usize,
    settings: Vec<usize>,
    terms: Vec<(usize, usize)>,
    ask: (usize, u8, u8, u8, bool, Option<u16>),
    steps: Vec<(i64, Step, bool)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let day = prop::sample::select(vec![
        "2026-03-02 10:00",
        "2026-03-27 18:30",
        "2026-03-29 00:40",
        "2026-10-25 00:40",
        "2026-10-24 23:20",
    ]);
    let ask = (
        0_usize..4,
        0_u8..3,
        0_u8..4,
        0_u8..4,
        any::<bool>(),
        prop::option::of(10_u16..240),
    );
    let steps = prop::collection::vec((0_i64..2_400, step(), prop::bool::weighted(0.15)), 1..40);
    (
        day,
        0..HOURS.len(),
        prop::collection::vec(0..SETTINGS.len(), 0..3),
        prop::collection::vec((0..NAMES.len(), 0..TERMS.len()), 0..5),
        ask,
        steps,
    )
        .prop_map(|(day, hours, settings, terms, ask, steps)| Plan {
            day,
            hours,
            settings,
            terms,
            ask,
            steps,
        })
}

/// The setup of a plan as a scenario, without lines.
fn setup(plan: &Plan) -> Script {
    let (date, start) = plan.day.split_once(' ').expect("a day and an hour");
    let hour: i64 = start[..2].parse().expect("an hour");
    let mut text = format!("date {date}\nnetwork: open {}\n", HOURS[plan.hours]);
    for setting in &plan.settings {
        text.push_str(&format!("network: {}\n", SETTINGS[*setting]));
    }
    let places = [
        "Massy",
        "Palaiseau",
        "Longjumeau",
        "Orsay",
        "Gif-sur-Yvette",
        "Champlan",
    ];
    for (index, name) in NAMES.iter().enumerate() {
        text.push_str(&format!("{name}: gp at {}", places[index]));
        if *name == "Dr N" {
            text.push_str(", member of SNP94");
        }
        for (_, term) in plan.terms.iter().filter(|(who, _)| *who == index) {
            text.push_str(&format!(", {}", term_at(TERMS[*term], hour)));
        }
        text.push('\n');
    }
    Script::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn term_at(term: &str, hour: i64) -> String {
    term.replace("{soon}", &format!("{:02}:25", (hour + 2).min(23)))
}

fn ask(plan: &Plan) -> Ask {
    let (usual, hours, flags, mode, unable, window) = plan.ask;
    let place = Place::named("Massy").expect("a place");
    let hours = [2, 12, 48][usize::from(hours)];
    let mut ask = Ask::new(Profession::Gp, "otalgie", place, hours);
    if usual > 0 {
        ask.doctor = UsualDoctor::Yes;
        ask.usual = NAMES
            .iter()
            .take(usual.min(2))
            .map(|name| (*name).to_owned())
            .collect();
        if usual == 3 {
            ask.usual = vec!["Dr N".to_owned()];
        }
    }
    if flags == 3 {
        ask.red_flags = RedFlags::Unknown;
    }
    if mode == 3 {
        ask.mode = Mode::Visit;
    }
    if unable {
        ask.contacted = Contacted::Unable;
    }
    ask.window = window;
    ask
}

fn say(step: &Step, at: Instant, hour: i64) -> Say {
    let name = |who: &usize| NAMES[*who].to_owned();
    let which = |old: &bool| if *old { Which::Oldest } else { Which::Newest };
    let act = match step {
        Step::Tick | Step::Due(_) | Step::Back(_) => Act::Tick,
        Step::Accept(who, kind, old) => {
            let soon = at + Duration::minutes(30);
            let when = match kind {
                0 => Appointment::ToBeSet,
                1 => Appointment::At(soon),
                2 => Appointment::Between(soon, soon + Duration::hours(1)),
                3 => Appointment::Call(None),
                _ => Appointment::At(at - Duration::hours(1)),
            };
            Act::Accepts(name(who), which(old), when)
        }
        Step::Pass(who, old) => Act::Passes(name(who), which(old), RefusalReason::Unsaid),
        Step::Receipt(who, 0) => Act::Sent(name(who)),
        Step::Receipt(who, 1) => Act::Delivered(name(who)),
        Step::Receipt(who, _) => Act::Opens(name(who)),
        Step::Release(who) => Act::Releases(name(who)),
        Step::Close(who, closure) => Act::Closes(name(who), Closure::ALL[*closure]),
        Step::Desk(kind) => match kind {
            0 | 1 => Act::Pauses,
            2 | 3 => Act::Resumes,
            4 => Act::Relaunches(None),
            5 => Act::Relaunches(Some(25)),
            6 => Act::Widens,
            7 => Act::TakesInHand,
            8 => Act::Qualifies(Vec::new()),
            9 => Act::DeskCloses(Closure::NoTaker),
            10 => Act::Cancels(CancelledBy::Patient),
            _ => Act::Reread,
        },
        Step::Hour(who, minutes) => Act::HasAgain(name(who), at + Duration::minutes(*minutes)),
        Step::Edit(kind) => Act::Edits(vec![match kind {
            0 => NeedChange::Within(2),
            1 => NeedChange::Within(24),
            2 => NeedChange::Mode(Mode::Visit),
            3 => NeedChange::Mode(Mode::Consultation),
            4 => NeedChange::Comment("autre".to_owned()),
            _ => NeedChange::Profession(Profession::Nurse),
        }]),
        Step::Change(who, term, noticed) => {
            let text = format!(
                "10:00 {} now: {}\n",
                NAMES[*who],
                term_at(TERMS[*term], hour)
            );
            let line = Script::parse(&text).expect("a change").lines.remove(0);
            let Say::Change { name, clauses, .. } = line.say else {
                unreachable!("a change")
            };
            return Say::Change {
                name,
                clauses,
                noticed: *noticed,
            };
        }
    };
    Say::Do(vec![act])
}

/// Plays a plan; the script so far is what a failure prints.
fn breaks(plan: &Plan) -> Option<String> {
    let mut script = setup(plan);
    let (_, start) = plan.day.split_once(' ').expect("a day and an hour");
    let hour: i64 = start[..2].parse().expect("an hour");
    let clock = relais_sim::script::Clock::new("Europe/Paris", script.date);
    let mut now = clock.parse(start).expect("an hour");
    script.lines.push(Line {
        at: now,
        request: 1,
        say: Say::Request(ask(plan)),
    });
    let mut play = Play::new(&script, &Core).expect("a scene");
    let mut given = 0;
    let mut give = |play: &mut Play<'_>, script: &Script| {
        let steps = script.lines[given..]
            .iter()
            .try_for_each(|line| play.line(line).map(|_| ()));
        given = script.lines.len();
        // Refused at the door: no request to speak of.
        steps.is_ok()
    };
    if !give(&mut play, &script) || play.lives.is_empty() {
        return None;
    }
    for (gap, step, twice) in &plan.steps {
        now = now + Duration::seconds(*gap);
        match step {
            Step::Due(late) => {
                let due = play.next_due().map_or(now, |(at, _)| at);
                now = now.max(due) + Duration::seconds(if *late > 600 { *late } else { 0 });
            }
            Step::Back(seconds) => now = now - Duration::seconds(*seconds),
            _ => {}
        }
        for _ in 0..if *twice { 2 } else { 1 } {
            script.lines.push(Line {
                at: now,
                request: 1,
                say: say(step, now, hour),
            });
        }
        give(&mut play, &script);
        if !play.breaches.is_empty() {
            let found: Vec<_> = play.breaches.iter().map(ToString::to_string).collect();
            return Some(format!("{}\n\n{}", found.join("\n"), script.print()));
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig {
        // `PROPTEST_CASES` sets the first factor (256 unless said).
        cases: ProptestConfig::default().cases * 6,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_interleaving_keeps_every_invariant(plan in plan()) {
        if let Some(failure) = breaks(&plan) {
            prop_assert!(false, "\n{failure}");
        }
    }
}
