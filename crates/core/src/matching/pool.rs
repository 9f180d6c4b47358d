//! Everybody who could be considered for a request: listed one by one, or behind the index of the
//! directory. Owns through which network each is asked; the answers are the same either way.

use super::index::{Index, Members};
use super::sieve::{Met, Sieve};
use super::{Ask, Candidate, Test, Verdict, judge};
use crate::ids::{NetworkId, ProfessionalId};
use crate::people::{Lately, Load, Member};
use std::collections::BTreeMap;

/// Everybody who could be considered for a request, gathered by the shell. "All verdicts" are
/// theirs: whoever is in the request's network or in one that lends to it has each reason; whoever
/// is in none of them is not in the pool, and the only reason is membership.
#[derive(Debug, Clone, Default)]
pub struct Pool<'a> {
    /// Members of the request's network.
    pub own: Vec<Candidate<'a>>,
    /// Members of networks that share with it (federation agreements), by network.
    pub sharing: Vec<(NetworkId, Candidate<'a>)>,
    /// What was asked of each in the last days, for who goes first in a wave and how large it is (R4.3); whoever is
    /// not in it was asked nothing. Empty when the policy has no waves, or does not look back.
    pub lately: BTreeMap<ProfessionalId, Lately>,
    /// The same people behind an index, when they are not listed.
    indexed: Option<Indexed<'a>>,
}

/// A pool that is two or more rolls of an index.
#[derive(Debug, Clone, Copy)]
struct Indexed<'a> {
    index: &'a Index,
    members: &'a dyn Members,
    own: NetworkId,
    lenders: &'a [NetworkId],
    loads: &'a BTreeMap<ProfessionalId, Load>,
}

/// Who may be asked, and how many are left out by which reason first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sifted {
    /// Metres if known, who: nearest first, then by id (R4.3).
    pub asked: Vec<(Option<u32>, ProfessionalId)>,
    /// The others, by the first test they failed.
    pub left_out: BTreeMap<Test, usize>,
}

impl<'a> Pool<'a> {
    /// The people of a network and of those that lend to it, behind an index. `loads` may leave out
    /// whoever has no maximum, rest or "encore": nothing of them depends on it
    /// ([`Index::limited`]).
    pub fn behind(
        index: &'a Index,
        members: &'a dyn Members,
        own: NetworkId,
        lenders: &'a [NetworkId],
        loads: &'a BTreeMap<ProfessionalId, Load>,
    ) -> Self {
        Self {
            indexed: Some(Indexed {
                index,
                members,
                own,
                lenders,
                loads,
            }),
            ..Self::default()
        }
    }

    /// A member of the pool, and through which network they would be asked: the own one when they
    /// are active there, else a sharing one where they are.
    pub fn find(&self, id: ProfessionalId, own: NetworkId) -> Option<(NetworkId, Candidate<'a>)> {
        let listed = || {
            let home = self.own.iter().filter(|c| c.member.id == id);
            let here = home.map(|c| (own, *c));
            let there = self.sharing.iter().filter(|(_, c)| c.member.id == id);
            let mut known = here.chain(there.copied());
            let first = known.clone().next();
            known
                .find(|(network, c)| c.member.belongs_to(*network))
                .or(first)
        };
        listed().or_else(|| self.indexed?.find(id))
    }

    /// Whether an agreement opens the neighbours' stage: somebody is listed where it leads. When all
    /// of them are at home too, the wider radius is what it brings (R4.4).
    pub fn has_neighbours(&self) -> bool {
        !self.sharing.is_empty() || self.indexed.is_some_and(|held| held.has_neighbours())
    }

    /// Everybody's verdict and the network they would be asked through, but for those asked already.
    pub fn verdicts(&self, ask: &Ask<'_>) -> Vec<(NetworkId, Verdict)> {
        let mut found: Vec<_> = self
            .listed(ask)
            .map(|(network, candidate)| {
                let q = ask.question(network, candidate.member.id);
                (network, judge(candidate, &q))
            })
            .collect();
        if let Some(held) = self.indexed {
            let sieve = Sieve::new(ask, held.index, held.members);
            held.each(ask, |met, load| {
                found.push((met.network, sieve.verdict(met, load)));
            });
        }
        found
    }

    /// Who may be asked, and the counts of the others, without a verdict for each; those asked
    /// already are counted nowhere.
    pub fn sift(&self, ask: &Ask<'_>) -> Sifted {
        let mut sifted = Sifted::default();
        for (network, candidate) in self.listed(ask) {
            let verdict = judge(candidate, &ask.question(network, candidate.member.id));
            match verdict.first_failure() {
                Some(finding) => *sifted.left_out.entry(finding.test).or_default() += 1,
                None => sifted.asked.push((verdict.distance_m, candidate.member.id)),
            }
        }
        if let Some(held) = self.indexed {
            let sieve = Sieve::new(ask, held.index, held.members);
            let mut counts = [0_usize; Test::ALL.len()];
            held.each(ask, |met, load| match sieve.first(met, load) {
                Ok(metres) => sifted.asked.push((metres, met.card.id)),
                Err(test) => {
                    if let Some(count) = counts.get_mut(test as usize) {
                        *count += 1;
                    }
                }
            });
            for (test, count) in Test::ALL.iter().zip(counts).filter(|(_, count)| *count > 0) {
                *sifted.left_out.entry(*test).or_default() += count;
            }
        }
        sifted
            .asked
            .sort_unstable_by_key(|(metres, id)| (metres.unwrap_or(u32::MAX), *id));
        sifted
    }

    /// Those listed and not asked yet, each once, by id.
    fn listed(&self, ask: &Ask<'_>) -> impl Iterator<Item = (NetworkId, &Candidate<'a>)> {
        let mut each: BTreeMap<_, (NetworkId, &Candidate<'_>)> = BTreeMap::new();
        let own = self.own.iter().map(|candidate| (ask.own, candidate));
        let lent = self.sharing.iter().filter(|_| ask.wide);
        for (network, candidate) in own.chain(lent.map(|(network, c)| (*network, c))) {
            let held = each
                .entry(candidate.member.id)
                .or_insert((network, candidate));
            let active = |network| candidate.member.belongs_to(network);
            if !active(held.0) && (active(network) || held.0 == ask.own) {
                *held = (network, candidate);
            }
        }
        let left = move |(_, candidate): &(NetworkId, &Candidate<'_>)| {
            !ask.asked.contains(&candidate.member.id)
        };
        each.into_values().filter(left)
    }
}

impl<'a> Indexed<'a> {
    /// Everybody not asked yet, each once, through the network of [`Self::through`].
    fn each(&self, ask: &Ask<'_>, mut met: impl FnMut(Met<'a>, Load)) {
        let lenders = self.lenders.iter().filter(|_| ask.wide).copied();
        let lenders = lenders.filter(|lender| *lender != self.own);
        for network in std::iter::once(self.own).chain(lenders) {
            for (slot, active) in self.index.of_network(network) {
                let Some(card) = self.index.card(slot) else {
                    continue;
                };
                let elsewhere = ask.wide
                    && card.has(super::card::SEVERAL)
                    && self.members.member(slot).and_then(|m| self.through(m)) != Some(network);
                if elsewhere || (!ask.asked.is_empty() && ask.asked.contains(&card.id)) {
                    continue;
                }
                let seen = Met {
                    slot,
                    card,
                    network,
                    active,
                };
                met(seen, self.load(card));
            }
        }
    }

    /// Through which network somebody is asked when agreements count: their own when active there,
    /// else the first lender where they are; active nowhere, the first lender that lists them.
    fn through(&self, member: &Member) -> Option<NetworkId> {
        let lists = |id: &NetworkId| member.memberships.iter().any(|m| m.network == *id);
        if member.belongs_to(self.own) {
            return Some(self.own);
        }
        let lenders = || self.lenders.iter().copied().filter(|id| *id != self.own);
        lenders()
            .find(|lender| member.belongs_to(*lender))
            .or_else(|| lenders().find(lists))
            .or_else(|| Some(self.own).filter(lists))
    }

    fn find(&self, id: ProfessionalId) -> Option<(NetworkId, Candidate<'a>)> {
        let member = self.members.member(self.index.slot(id)?)?;
        let lists = |id: &NetworkId| member.memberships.iter().any(|m| m.network == *id);
        let known = || {
            std::iter::once(&self.own)
                .chain(self.lenders)
                .filter(|n| lists(n))
        };
        let first = known().find(|network| member.belongs_to(**network));
        let network = *first.or_else(|| known().next())?;
        let load = self.loads.get(&id).copied().unwrap_or_default();
        Some((network, Candidate { member, load }))
    }

    fn has_neighbours(&self) -> bool {
        let mut lenders = self.lenders.iter().filter(|lender| **lender != self.own);
        lenders.any(|lender| self.index.of_network(*lender).next().is_some())
    }

    #[inline]
    fn load(&self, card: &super::card::Card) -> Load {
        if card.has(super::card::LIMITED) {
            self.loads.get(&card.id).copied().unwrap_or_default()
        } else {
            Load::default()
        }
    }
}
