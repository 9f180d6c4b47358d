//! The tests of R5 over packed members: the same answers as [`super::judge`], most of them without
//! reading the member. Owns no rule of its own: a flag on the card sends to the rule's function.

use super::card::{
    COMMUNES, CONTRACT, COOPERATES, Card, HOURS, LIMITED, MUTED, OVERFLOW, OWN_ONLY, QUIET,
    REACHABLE,
};
use super::index::{Index, Members};
use super::tests_of_r5::{
    availability, cooperation, daily, distance, hourly, quiet, rest, right, until,
};
use super::{Ask, Finding, Measure, Question, Test, Verdict};
use crate::geo::Spot;
use crate::ids::NetworkId;
use crate::people::{Load, Member, Mode};
use crate::shelf::Slot;

/// Somebody met on a roll.
#[derive(Clone, Copy)]
pub(super) struct Met<'m> {
    pub(super) slot: Slot,
    pub(super) card: &'m Card,
    pub(super) network: NetworkId,
    pub(super) active: bool,
}

/// A question made ready for many members.
pub(super) struct Sieve<'q> {
    ask: &'q Ask<'q>,
    index: &'q Index,
    members: &'q dyn Members,
    spot: Option<Spot>,
    care: u32,
    motives: u64,
    /// Number of the specialty asked; 255 = asked, and nobody packed has it.
    specialty: Option<u8>,
    /// A cooperation protocol is asked.
    delegated: bool,
    /// The flags of whoever must be read.
    read: u32,
}

const fn bit(test: Test) -> u32 {
    1 << test as u32
}

impl<'q> Sieve<'q> {
    pub(super) fn new(ask: &'q Ask<'q>, index: &'q Index, members: &'q dyn Members) -> Self {
        let (need, codes) = (ask.need, index.codes());
        let motives = need.motives.iter().filter_map(|m| codes.motives.find(m));
        let specialty = need.specialty.as_ref().map(|slug| {
            let number = codes.specialty.find(slug);
            let number = number.and_then(|n| u8::try_from(n + 1).ok());
            number.unwrap_or(u8::MAX)
        });
        let delegated = !need.cooperations.is_empty();
        let read = CONTRACT | COMMUNES | HOURS | MUTED | LIMITED | QUIET;
        Self {
            ask,
            index,
            members,
            spot: ask.patient.point.map(Spot::at),
            care: codes.care.find(&need.care).map_or(0, |n| 1 << n),
            motives: motives.fold(0, |bits, n| bits | 1 << n),
            specialty,
            delegated,
            read: if delegated { read | COOPERATES } else { read },
        }
    }

    /// The first test that leaves somebody out, and their metres when nobody left them out.
    pub(super) fn first(&self, met: Met<'_>, load: Load) -> Result<Option<u32>, Test> {
        let card = met.card;
        let mut failed = self.fixed(met);
        if failed == 0 {
            let metres = self.metres(met);
            failed = self.moving(met, metres, load, &mut |_| {});
            if failed == 0 {
                return Ok(metres);
            }
        } else if failed.trailing_zeros() > Test::Distance as u32 {
            // A test before those that are fixed may have failed too.
            failed |= self.moving(met, self.metres(met), load, &mut |_| {});
        } else if failed.trailing_zeros() > Test::RightToPractise as u32 && card.has(CONTRACT) {
            failed |= self.moving(met, None, load, &mut |_| {}) & bit(Test::RightToPractise);
        }
        let first = usize::try_from(failed.trailing_zeros()).unwrap_or(0);
        Err(Test::ALL.get(first).copied().unwrap_or(Test::Membership))
    }

    /// Every test, with its measure.
    pub(super) fn verdict(&self, met: Met<'_>, load: Load) -> Verdict {
        let metres = self.metres(met);
        let fixed = self.fixed(met);
        let mut findings: Vec<Finding> = Test::ALL
            .iter()
            .map(|test| Finding {
                test: *test,
                ok: fixed & bit(*test) == 0,
                measure: Measure::None,
            })
            .collect();
        self.moving(met, metres, load, &mut |finding| {
            if let Some(held) = findings.get_mut(finding.test as usize) {
                *held = finding;
            }
        });
        Verdict {
            professional: met.card.id,
            distance_m: metres,
            findings,
        }
    }

    fn metres(&self, met: Met<'_>) -> Option<u32> {
        let from = self.spot.as_ref()?;
        self.index.metres(met.card, met.slot, from, self.members)
    }

    /// The tests that neither the clock, the place nor what was lately asked can change.
    #[inline]
    fn fixed(&self, met: Met<'_>) -> u32 {
        let (card, ask) = (met.card, self.ask);
        let mut failed = 0;
        let mut test = |test: Test, ok: bool| {
            if !ok {
                failed |= bit(test);
            }
        };
        test(Test::Membership, met.active);
        test(Test::Profession, card.profession == ask.need.profession);
        match self.member(met).filter(|_| card.has(OVERFLOW)) {
            Some(member) => {
                let (need, profile) = (ask.need, &member.profile);
                let specialty = need.specialty.as_ref();
                let same = specialty.is_none() || specialty == member.specialty.as_ref();
                test(Test::Specialty, same);
                test(Test::CareType, !profile.declined_care.contains(&need.care));
                let declined = |m| profile.declined_motives.contains(m);
                test(Test::Motive, !need.motives.iter().any(declined));
            }
            None => {
                let same = |number: u8| number == card.specialty;
                test(Test::Specialty, self.specialty.is_none_or(same));
                test(Test::CareType, card.care & self.care == 0);
                test(Test::Motive, card.motives & self.motives == 0);
            }
        }
        test(Test::Mode, card.accepts(ask.need.mode));
        let years = ask.patient.age.years;
        test(Test::Age, card.age_min <= years && years <= card.age_max);
        test(Test::Requester, ask.requester != Some(card.id));
        test(Test::AlreadyRefused, !ask.refused.contains(&card.id));
        let own = !card.has(OWN_ONLY) || ask.usual.contains(&card.id);
        test(Test::OwnPatientsOnly, own);
        test(Test::Channel, card.has(REACHABLE));
        test(Test::Cooperation, !self.delegated || card.has(COOPERATES));
        failed
    }

    /// The other tests: those that failed, each told with its measure.
    #[inline]
    fn moving(
        &self,
        met: Met<'_>,
        metres: Option<u32>,
        load: Load,
        tell: &mut dyn FnMut(Finding),
    ) -> u32 {
        let (card, ask) = (met.card, self.ask);
        let mut failed = 0;
        let mut told = |finding: Finding| {
            if !finding.ok {
                failed |= bit(finding.test);
            }
            tell(finding);
        };
        if !card.has(COMMUNES) || ask.need.mode != Mode::Visit {
            told(self.near(card, metres));
        }
        if card.has(self.read)
            && let Some(member) = self.member(met)
        {
            let q = self.question(met);
            if card.has(COMMUNES) && ask.need.mode == Mode::Visit {
                told(distance(member, metres, &q));
            }
            if card.has(CONTRACT) {
                told(right(member, q.now));
            }
            if card.has(HOURS) {
                told(availability(member, load, &q));
            }
            if card.has(MUTED) {
                told(until(Test::Muted, member.profile.muted_until, q.now));
            }
            if card.has(LIMITED) {
                told(daily(member, load, &q));
                told(hourly(member, load, &q));
                told(rest(member, load, &q));
            }
            if card.has(QUIET) {
                told(quiet(member, &q));
            }
            if self.delegated && card.has(COOPERATES) {
                told(cooperation(member, &q));
            }
        }
        failed
    }

    /// Distance, as [`distance`] finds it for whoever has no list of communes.
    #[inline]
    fn near(&self, card: &Card, metres: Option<u32>) -> Finding {
        let limit = match self.ask.need.mode {
            Mode::Teleconsultation => None,
            Mode::Consultation => Some(self.ask.radius_m.min(card.radius_m)),
            Mode::Visit => Some(card.visit_m),
        };
        let test = Test::Distance;
        let Some(limit) = limit else {
            return Finding {
                test,
                ok: true,
                measure: Measure::None,
            };
        };
        Finding {
            test,
            ok: metres.is_some_and(|metres| metres <= limit),
            measure: metres.map_or(Measure::None, |metres| Measure::Distance {
                metres,
                limit: Some(limit),
            }),
        }
    }

    fn member(&self, met: Met<'_>) -> Option<&'q Member> {
        self.members.member(met.slot)
    }

    fn question(&self, met: Met<'_>) -> Question<'q> {
        self.ask.question(met.network, met.card.id)
    }
}
