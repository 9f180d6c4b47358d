//! The hot paths, each in a function of its own, for `scripts/instructions`: run under callgrind,
//! which counts the instructions of each and nothing of the making of the stage. Refuses clocks.

use relais_app::demo::DemoWorld;
use relais_core::cascade::{Command, Facts, Policy, Raise};
use relais_core::ids::{NetworkId, RequestId};
use relais_core::matching::{Candidate, Pool};
use relais_core::people::{Load, Member};
use relais_core::request::{Appointment, Request};
use relais_core::time::{Calendar, Instant};
use std::process::ExitCode;

const SEED: u64 = 7;

/// What is counted. Each function is called once and does its work ten times.
mod paths {
    use super::{Stage, black_box};
    use relais_core::cascade::{decide, evolve, raise};
    use relais_store::codec;
    use relais_web::views::{OfferPage, Sample as _};

    const TIMES: usize = 10;

    /// A request raised: everybody judged, the community asked.
    #[inline(never)]
    pub(crate) fn matching(stage: &Stage) {
        for _ in 0..TIMES {
            let decision = raise(stage.raise.clone(), stage.now, &stage.ground.facts());
            black_box(decision.is_ok());
        }
    }

    /// An acceptance decided, its events folded.
    #[inline(never)]
    pub(crate) fn accept(stage: &Stage) {
        for _ in 0..TIMES {
            let decision = decide(
                &stage.request,
                &stage.accept,
                stage.now,
                &stage.ground.facts(),
            );
            let events = decision.map(|decision| decision.events).unwrap_or_default();
            let after = events.iter().fold(stage.request.clone(), evolve);
            black_box(after.engaged().is_some());
        }
    }

    /// The state of a request written and read back.
    #[inline(never)]
    pub(crate) fn codec(stage: &Stage) {
        let request = &stage.request;
        for _ in 0..TIMES {
            let state = codec::request::encode(request).unwrap_or_default();
            let (id, network, at) = (request.id, request.network, request.raised_at);
            let read = codec::request::decode(&state, id, network, at, request.offers.clone());
            black_box(read.is_ok());
        }
    }

    /// The alert card rendered.
    #[inline(never)]
    pub(crate) fn card(pages: &[(&'static str, OfferPage)]) {
        use askama::Template as _;
        for _ in 0..TIMES {
            for (_, page) in pages {
                black_box(page.render().is_ok());
            }
        }
    }

    /// Samples of the card, made outside what is counted.
    pub(crate) fn pages() -> Vec<(&'static str, OfferPage)> {
        OfferPage::samples()
    }
}

/// Keeps a result from being optimised away.
fn black_box(done: bool) {
    assert!(std::hint::black_box(done), "a hot path did not do its work");
}

/// Who can be asked, and under which rules.
struct Ground {
    members: Vec<Member>,
    network: NetworkId,
    calendar: Calendar,
    policy: Policy,
}

impl Ground {
    fn facts(&self) -> Facts<'_> {
        let own = self.members.iter().filter(|m| m.belongs_to(self.network));
        let mut pool = Pool::default();
        pool.own.extend(own.map(|member| Candidate {
            member,
            load: Load::default(),
        }));
        Facts {
            calendar: &self.calendar,
            policy: &self.policy,
            pool,
            first_id: 1,
        }
    }
}

/// A request of the demonstration, put to everybody around.
struct Stage {
    ground: Ground,
    now: Instant,
    raise: Raise,
    request: Request,
    accept: Command,
}

impl Stage {
    /// The first story that asks at least twenty people, without a usual doctor.
    fn set(world: &DemoWorld) -> Option<Self> {
        world.stories.iter().find_map(|story| {
            let mut raise = world.raise_of(story, RequestId::from_bits(1));
            raise.usual.professionals.clear();
            let network = world.networks.get(story.network)?;
            let ground = Ground {
                members: world.members(),
                network: network.id,
                calendar: world.calendar(story.network),
                policy: network.policy.clone(),
            };
            let now = world.start;
            let raised = relais_core::cascade::raise(raise.clone(), now, &ground.facts());
            let request = raised.ok()?.after;
            let offer = request.live_offers().next()?.id;
            (request.offers.len() >= 20).then(|| Self {
                ground,
                now,
                raise,
                request,
                accept: Command::Accept {
                    offer,
                    appointment: Appointment::Call(None),
                },
            })
        })
    }
}

fn main() -> ExitCode {
    // A Tuesday, 10:00 in Paris: the stage is the same on every day and machine.
    let world = DemoWorld::generate(SEED, Instant::from_millis(1_773_133_200_000));
    let Some(stage) = Stage::set(&world) else {
        return ExitCode::FAILURE;
    };
    let pages = paths::pages();
    paths::matching(&stage);
    paths::accept(&stage);
    paths::codec(&stage);
    paths::card(&pages);
    ExitCode::SUCCESS
}
