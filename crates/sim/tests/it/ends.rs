//! Every state a request can be brought to by a few acts, in any order, on a small territory: each has a next step that
//! leads somewhere, and somebody who can end it with a named outcome (I5, I6). Where the simulator draws, this counts.

use relais_core::cascade::{Command, Event, Raise, Refusal, due};
use relais_core::ids::{OfferId, ProfessionalId, RequestId};
use relais_core::people::{MembershipStatus, Mode, Profession};
use relais_core::request::{
    Age, Appointment, CancelledBy, Closure, Contacted, Ending, Need, Origin, PatientFacts, Phase,
    RedFlags, RefusalReason, Request, Requester, Sex, Status, Usual, UsualDoctor,
};
use relais_core::slug::Slug;
use relais_core::time::{Duration, Instant};
use relais_sim::engine::{Core, Engine};
use relais_sim::places::Place;
use relais_sim::script::{Clause, Script};
use relais_sim::world::{HOME, OPERATOR, REGULATOR, World};
use std::collections::{BTreeSet, HashSet, VecDeque};

const TERRITORY: &str = "date 2026-03-02\n\
    network: open Mon-Fri 08:00-20:00, shares with SNP94\n\
    Dr A: gp at Massy, visits within 8 km\n\
    Dr B: gp at Palaiseau\n\
    Dr N: gp at Longjumeau, member of SNP94\n\n\
    10:00 request for gp, otalgie, Massy, within 12 h\n";

/// Acts one after the other: every order of so many.
const DEEP: u8 = 5;
/// Ticks without anybody doing anything before a request must be somebody's.
const LONELY: usize = 400;

/// Where a request stands, when, and what the directory says meanwhile.
#[derive(Clone)]
struct Spot {
    request: Request,
    now: Instant,
    /// Dr B is suspended.
    suspended: bool,
    deep: u8,
}

/// What was found.
#[derive(Default)]
struct Found {
    states: usize,
    seen: BTreeSet<&'static str>,
    outcomes: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

/// The territory as it is, and with Dr B suspended by mistake.
struct Grounds {
    usual: World,
    suspended: World,
}

impl Grounds {
    fn new() -> Self {
        let script = Script::parse(TERRITORY).expect("a territory");
        let usual = World::new(&script).expect("a territory");
        let mut suspended = usual.clone();
        let off = Clause::In("SNP91".to_owned(), MembershipStatus::Suspended);
        suspended.change("Dr B", &[off]).expect("Dr B");
        Self { usual, suspended }
    }

    fn decide(
        &self,
        engine: &dyn Engine,
        spot: &Spot,
        command: &Command,
        now: Instant,
    ) -> Result<Request, Refusal> {
        let world = if spot.suspended {
            &self.suspended
        } else {
            &self.usual
        };
        let mut facts = world.facts(now);
        // The same ids for the same past: two ways to one state meet.
        facts.first_id = 1_000 * (1 + u128::try_from(spot.request.offers.len()).unwrap_or(0));
        let decided = engine.decide(&spot.request, command, now, &facts)?;
        Ok(decided.after)
    }
}

fn who(number: u128) -> ProfessionalId {
    ProfessionalId::from_bits(number)
}

fn need(mode: Mode) -> Need {
    let slug = |text| Slug::new(text).expect("a slug");
    Need {
        profession: Profession::Gp,
        specialty: None,
        care: slug("soins-non-programmes"),
        mode,
        within_hours: 12,
        motives: vec![slug("otalgie")],
        comment: String::new(),
        series: None,
        cooperations: BTreeSet::new(),
    }
}

fn raise(usual: bool, red_flags: RedFlags) -> Raise {
    let massy = Place::named("Massy").expect("a place");
    Raise {
        id: RequestId::from_bits(1),
        network: HOME,
        requester: Requester::Staff(OPERATOR),
        origin: Origin::Patient,
        need: need(Mode::Consultation),
        patient: PatientFacts {
            age: Age {
                years: 40,
                months: 480,
            },
            sex: Sex::Female,
            commune: massy.insee().expect("a code"),
            point: Some(massy.point()),
        },
        usual: Usual {
            doctor: if usual {
                UsualDoctor::Yes
            } else {
                UsualDoctor::No
            },
            professionals: if usual { vec![who(1)] } else { Vec::new() },
            outside: false,
            contacted: Contacted::NotTried,
            stand_ins: Vec::new(),
        },
        red_flags,
        consent_synthesis: true,
        window_minutes: None,
    }
}

/// Everything anybody may do next; whether it was allowed is the core's answer.
fn acts(request: &Request, now: Instant) -> Vec<Command> {
    let by = OPERATOR;
    let soon = Appointment::At(now + Duration::minutes(30));
    let mut acts = vec![
        Command::Reconsider,
        Command::Pause { by },
        Command::Resume { by },
        Command::Widen { by },
        Command::TakeInHand { by },
        Command::Relaunch {
            by,
            window_minutes: None,
        },
        Command::Qualify {
            by: REGULATOR,
            need: None,
        },
        Command::Edit {
            by,
            need: need(Mode::Visit),
        },
        Command::Edit {
            by,
            need: need(Mode::Consultation),
        },
        Command::SetAppointment {
            by,
            accepter: None,
            appointment: soon,
        },
    ];
    acts.extend((1..=3).map(who).map(|professional| Command::OfferHour {
        professional,
        hour: now + Duration::hours(1),
    }));
    acts.extend(
        request
            .engaged()
            .map(|professional| Command::Release { professional }),
    );
    let each: Vec<OfferId> = request.offers.iter().map(|offer| offer.id).collect();
    for offer in each {
        acts.push(Command::MarkSeen { offer });
        acts.push(Command::Refuse {
            offer,
            reason: RefusalReason::Unsaid,
        });
        for appointment in [soon, Appointment::ToBeSet] {
            acts.push(Command::Accept { offer, appointment });
        }
    }
    acts
}

/// What ends a request, of which one at least must be open to the desk, and those that always are.
fn endings() -> Vec<(Command, bool)> {
    let by = OPERATOR;
    let closes = Closure::ALL.iter().map(|closure| {
        let close = Command::Close {
            by,
            accepter: None,
            closure: *closure,
        };
        (close, false)
    });
    let who = CancelledBy::Patient;
    closes
        .chain([
            (Command::Cancel { by, who }, true),
            (Command::Transfer15 { by }, true),
        ])
        .collect()
}

const fn outcome(request: &Request) -> Option<&'static str> {
    match &request.phase {
        Phase::Ended(Ending::Closed { closure, .. }) => Some(closure.code()),
        Phase::Ended(Ending::Cancelled { .. }) => Some("cancelled"),
        Phase::Ended(Ending::Transferred15 { .. }) => Some("transferred-15"),
        _ => None,
    }
}

fn explore(engine: &dyn Engine, usual: bool, red_flags: RedFlags, deep: u8) -> Found {
    let grounds = Grounds::new();
    let start = grounds.usual.began;
    let facts = grounds.usual.facts(start);
    let raised = engine.raise(raise(usual, red_flags), start, &facts);
    let first = Spot {
        request: raised.expect("raised").after,
        now: start,
        suspended: false,
        deep: 0,
    };
    let mut found = Found::default();
    let (mut known, mut queue) = (HashSet::new(), VecDeque::from([first]));
    while let Some(spot) = queue.pop_front() {
        let key = format!("{:?} {:?} {}", spot.request, spot.now, spot.suspended);
        if !known.insert(key) {
            continue;
        }
        found.states += 1;
        found.seen.insert(spot.request.status().code());
        look(&grounds, engine, &spot, &mut found);
        if spot.deep == deep || !found.wrong.is_empty() {
            continue;
        }
        let mut reach = |request, now, suspended| {
            queue.push_back(Spot {
                request,
                now,
                suspended,
                deep: spot.deep + 1,
            });
        };
        for act in acts(&spot.request, spot.now) {
            if let Ok(after) = grounds.decide(engine, &spot, &act, spot.now) {
                reach(after, spot.now, spot.suspended);
            }
        }
        if let Some((at, _)) = due(&spot.request) {
            let now = at.max(spot.now);
            if let Ok(after) = grounds.decide(engine, &spot, &Command::Tick, now) {
                reach(after, now, spot.suspended);
            }
        }
        reach(spot.request.clone(), spot.now, !spot.suspended);
    }
    found
}

/// What must hold of one state.
fn look(grounds: &Grounds, engine: &dyn Engine, spot: &Spot, found: &mut Found) {
    let state = &spot.request;
    let mut say = |what: String| found.wrong.push(format!("{what}: {state:?}"));
    if outcome(state).is_some() {
        if due(state).is_some() {
            say("over, and somebody must come back".to_owned());
        }
        return;
    }
    let Some((at, _)) = due(state) else {
        return say("open, and nobody ever comes back".to_owned());
    };
    // The next step, at its hour, leads somewhere: what follows it is later.
    let now = at.max(spot.now);
    match grounds.decide(engine, spot, &Command::Tick, now) {
        Ok(after) if after == *state => say("due, and nothing comes of it".to_owned()),
        Ok(after) if due(&after).is_some_and(|(next, _)| next <= now) => {
            say("due again at the same moment".to_owned());
        }
        Ok(after) => lonely(grounds, engine, spot, after, now, &mut say),
        Err(refusal) => say(format!("due, and refused: {refusal}")),
    }
    // Somebody can end it, with one outcome that has a name.
    let mut closed = false;
    for (command, always) in endings() {
        match grounds.decide(engine, spot, &command, spot.now) {
            Ok(after) => match outcome(&after) {
                Some(name) if due(&after).is_none() && after.live_offers().next().is_none() => {
                    closed |= matches!(command, Command::Close { .. });
                    found.outcomes.insert(name);
                }
                _ => say(format!("{command:?} does not end it")),
            },
            Err(refusal) if always => say(format!("{command:?} refused: {refusal}")),
            Err(_) => {}
        }
    }
    if !closed {
        say("no closure fits".to_owned());
    }
}

/// Nobody does anything: at the care deadline at the latest it is somebody's to look after.
fn lonely(
    grounds: &Grounds,
    engine: &dyn Engine,
    spot: &Spot,
    mut state: Request,
    mut now: Instant,
    say: &mut dyn FnMut(String),
) {
    for _ in 0..LONELY {
        if !matches!(
            state.status(),
            Status::AskingUsual | Status::AskingCommunity | Status::AskingNeighbours
        ) {
            return;
        }
        if state.care_deadline < now {
            return say("still asking after the care deadline".to_owned());
        }
        let Some((at, _)) = due(&state) else {
            return say("asking, and nobody ever comes back".to_owned());
        };
        now = now.max(at);
        let alone = Spot {
            request: state,
            ..spot.clone()
        };
        match grounds.decide(engine, &alone, &Command::Tick, now) {
            Ok(after) => state = after,
            Err(refusal) => return say(format!("due, and refused: {refusal}")),
        }
    }
    say("asks on and on".to_owned());
}

/// A core that forgets to give an unanswered request to the desk: what the issue calls vanishing (D15).
struct Vanishes;

impl Engine for Vanishes {
    fn raise(
        &self,
        raise: Raise,
        now: Instant,
        facts: &relais_core::cascade::Facts<'_>,
    ) -> Result<relais_core::cascade::Decision, Refusal> {
        Core.raise(raise, now, facts)
    }

    fn decide(
        &self,
        state: &Request,
        command: &Command,
        now: Instant,
        facts: &relais_core::cascade::Facts<'_>,
    ) -> Result<relais_core::cascade::Decision, Refusal> {
        let mut decision = Core.decide(state, command, now, facts)?;
        let lost = |event: &Event| matches!(event, Event::BecameUnfilled { .. });
        if decision.events.iter().any(lost) {
            decision.after = state.clone();
        }
        Ok(decision)
    }
}

#[test]
fn every_state_that_a_few_acts_lead_to_has_a_next_step_and_can_be_ended() {
    let mut all = Found::default();
    for (usual, red_flags) in [
        (true, RedFlags::None),
        (false, RedFlags::None),
        (true, RedFlags::Unknown),
    ] {
        let found = explore(&Core, usual, red_flags, DEEP);
        assert!(found.wrong.is_empty(), "{:#?}", found.wrong.first());
        all.states += found.states;
        all.seen.extend(found.seen);
        all.outcomes.extend(found.outcomes);
    }
    // Every state of the contract but those that end was stood in, and every outcome was given.
    let open = Status::ALL.iter().map(|status| status.code());
    let open = open.filter(|code| !matches!(*code, "closed" | "cancelled" | "transferred_15"));
    let missing: Vec<_> = open.filter(|code| !all.seen.contains(code)).collect();
    assert!(missing.is_empty(), "never stood in: {missing:?}");
    assert_eq!(
        all.outcomes.len(),
        Closure::ALL.len() + 2,
        "{:?}",
        all.outcomes
    );
    assert!(all.states > 10_000, "only {} states", all.states);
}

#[test]
fn a_request_that_vanishes_is_seen_to_vanish() {
    let found = explore(&Vanishes, true, RedFlags::None, 3);
    assert!(
        !found.wrong.is_empty(),
        "{} states and nothing",
        found.states
    );
}
