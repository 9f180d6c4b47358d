//! Plays stories on the core alone, without a store: to choose whom a story happens to, and to
//! prove that each reaches its stage. The shell plays the same steps through the real use cases.

use super::start;
use super::stories::{Step, Story, When, Who};
use super::world::DemoWorld;
use relais_core::access::Role;
use relais_core::cascade::{Command, Decision, Facts, Refusal, decide, due, raise};
use relais_core::ids::{NetworkId, OfferId, ProfessionalId, RequestId, UserId};
use relais_core::matching::{Candidate, Pool};
use relais_core::people::{Load, Member};
use relais_core::request::{Appointment, Offer, Request};
use relais_core::time::{Calendar, Duration, Instant};
use std::collections::BTreeMap;

impl When {
    /// The appointment meant, counted from the moment of the step.
    fn appointment(self, now: Instant) -> Appointment {
        let after = |minutes| now + Duration::minutes(minutes);
        match self {
            Self::At(minutes) => Appointment::At(after(minutes)),
            Self::Between(from, until) => Appointment::Between(after(from), after(until)),
            Self::Call => Appointment::Call(None),
            Self::ToBeSet => Appointment::ToBeSet,
        }
    }
}

impl Who {
    /// The live offer meant, as the request stands now.
    fn offer(self, request: &Request) -> Option<&Offer> {
        let usual = |offer: &Offer| request.usual.professionals.contains(&offer.professional);
        match self {
            Self::Usual => request.live_offers().find(|offer| usual(offer)),
            Self::Nearest(rank) => {
                let mut others: Vec<_> = request.live_offers().filter(|o| !usual(o)).collect();
                others.sort_by_key(|o| (o.distance_m.unwrap_or(u32::MAX), o.professional));
                others.get(rank).copied()
            }
        }
    }
}

impl DemoWorld {
    /// The first account of a role in a network.
    fn staff_of(&self, network: NetworkId, role: Role) -> UserId {
        let here = self
            .users
            .iter()
            .find(|u| u.role == role && u.network == network);
        here.map_or(self.users[0].id, |user| user.id)
    }

    /// The account of a professional.
    fn user_of(&self, professional: ProfessionalId) -> Option<UserId> {
        let found = self
            .users
            .iter()
            .find(|user| user.professional == Some(professional));
        found.map(|user| user.id)
    }

    /// What a step asks of the core, as the request stands at that moment; `None` when the step
    /// means an offer that nobody holds.
    fn command_of(&self, step: Step, request: &Request, now: Instant) -> Option<Command> {
        let by = self.staff_of(request.network, Role::Operator);
        let offer = |who: Who| -> Option<OfferId> { who.offer(request).map(|offer| offer.id) };
        Some(match step {
            Step::Seen(who) => Command::MarkSeen { offer: offer(who)? },
            Step::Refuse(who, reason) => Command::Refuse {
                offer: offer(who)?,
                reason,
            },
            Step::Accept(who, when) => Command::Accept {
                offer: offer(who)?,
                appointment: when.appointment(now),
            },
            Step::SetAppointment(when) => {
                let appointment = when.appointment(now);
                Command::SetAppointment {
                    by,
                    accepter: None,
                    appointment,
                }
            }
            Step::Release => Command::Release {
                professional: request.engaged()?,
            },
            Step::Close(closure) => {
                let accepter = request.engaged();
                let theirs = accepter.and_then(|professional| self.user_of(professional));
                Command::Close {
                    by: theirs.unwrap_or(by),
                    accepter,
                    closure,
                }
            }
            Step::Cancel(who) => Command::Cancel { by, who },
            Step::Pause => Command::Pause { by },
            Step::Transfer15 => Command::Transfer15 { by },
            Step::TakeInHand => Command::TakeInHand { by },
            Step::Qualify => {
                let regulator = self.staff_of(request.network, Role::Regulator);
                Command::Qualify {
                    by: regulator,
                    need: None,
                }
            }
        })
    }
}

/// What was asked of somebody, and what they took, so far.
#[derive(Debug, Default)]
struct Diary {
    asked: Vec<Instant>,
    accepted: Vec<Instant>,
}

/// A stage on which stories are played, one or several together.
pub(super) struct Rehearsal<'w> {
    world: &'w DemoWorld,
    members: &'w [Member],
    calendars: Vec<Calendar>,
    diaries: BTreeMap<ProfessionalId, Diary>,
    next_id: u128,
}

impl<'w> Rehearsal<'w> {
    pub(super) fn new(world: &'w DemoWorld, members: &'w [Member]) -> Self {
        let calendars = (0..world.networks.len())
            .map(|index| world.calendar(index))
            .collect();
        Self {
            world,
            members,
            calendars,
            diaries: BTreeMap::new(),
            next_id: 1,
        }
    }

    /// A story from its first minute to the start of the demonstration; `None` when a step was
    /// refused or meant nobody.
    pub(super) fn alone(
        world: &'w DemoWorld,
        members: &'w [Member],
        story: &Story,
    ) -> Option<Request> {
        let mut stage = Self::new(world, members);
        let raised_at = world.raised_at(story);
        let mut request = stage.raise(story).ok()?;
        for (minutes, step) in &story.steps {
            let at = raised_at + Duration::minutes(*minutes);
            stage.tick_until(story.network, &mut request, at);
            stage.step(story.network, &mut request, at, *step)?.ok()?;
        }
        stage.tick_until(story.network, &mut request, world.start);
        Some(request)
    }

    /// The first minute of a story.
    pub(super) fn raise(&mut self, story: &Story) -> Result<Request, Refusal> {
        self.next_id += 1_000;
        let id = RequestId::from_bits(self.next_id);
        let at = self.world.raised_at(story);
        let decision = raise(
            self.world.raise_of(story, id),
            at,
            &self.facts(story.network, at),
        )?;
        Ok(self.write_down(decision, 0, at))
    }

    /// One step; `None` when it means nobody.
    pub(super) fn step(
        &mut self,
        network: usize,
        request: &mut Request,
        at: Instant,
        step: Step,
    ) -> Option<Result<(), Refusal>> {
        let command = self.world.command_of(step, request, at)?;
        Some(self.decide(network, request, &command, at))
    }

    /// Everything that falls due up to a moment.
    pub(super) fn tick_until(&mut self, network: usize, request: &mut Request, until: Instant) {
        while let Some((at, _)) = due(request).filter(|(at, _)| *at <= until) {
            if self.decide(network, request, &Command::Tick, at).is_err() {
                return;
            }
        }
    }

    fn decide(
        &mut self,
        network: usize,
        request: &mut Request,
        command: &Command,
        at: Instant,
    ) -> Result<(), Refusal> {
        self.next_id += 1_000;
        let decision = decide(request, command, at, &self.facts(network, at))?;
        *request = self.write_down(decision, request.offers.len(), at);
        Ok(())
    }

    fn write_down(&mut self, decision: Decision, known: usize, at: Instant) -> Request {
        for offer in &decision.after.offers[known..] {
            self.diaries
                .entry(offer.professional)
                .or_default()
                .asked
                .push(at);
        }
        let accepted = decision.events.iter().filter_map(|event| match event {
            relais_core::cascade::Event::Accepted { professional, .. } => Some(*professional),
            _ => None,
        });
        for professional in accepted {
            self.diaries
                .entry(professional)
                .or_default()
                .accepted
                .push(at);
        }
        decision.after
    }

    fn facts(&self, network: usize, now: Instant) -> Facts<'_> {
        let home = &self.world.networks[network];
        let mut pool = Pool::default();
        let sharing = self.world.sharing_with(home.id);
        for member in self.members {
            let candidate = Candidate {
                member,
                load: self.load(member, now),
            };
            let of = |id: NetworkId| member.memberships.iter().any(|m| m.network == id);
            if of(home.id) {
                pool.own.push(candidate);
            } else if let Some(other) = sharing.iter().find(|id| of(**id)) {
                pool.sharing.push((*other, candidate));
            }
        }
        let calendar = &self.calendars[network];
        Facts {
            calendar,
            policy: &home.policy,
            pool,
            first_id: self.next_id,
        }
    }

    fn load(&self, member: &Member, now: Instant) -> Load {
        let Some(diary) = self.diaries.get(&member.id) else {
            return Load::default();
        };
        let day = |at: Instant| at.timestamp().to_zoned(start::zone()).date();
        let hour: Vec<_> = diary
            .asked
            .iter()
            .filter(|at| now < **at + Duration::hours(1))
            .copied()
            .collect();
        let today = diary
            .asked
            .iter()
            .filter(|at| day(**at) == day(now))
            .count();
        let since = member.profile.encore.map(|encore| encore.since);
        let encore = diary
            .accepted
            .iter()
            .filter(|at| since.is_some_and(|s| s <= **at))
            .count();
        let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        Load {
            asked_today: count(today),
            asked_last_hour: count(hour.len()),
            first_of_hour: hour.first().copied(),
            accepted_at: diary.accepted.last().copied(),
            accepted_since_encore: count(encore),
        }
    }
}
