//! Everybody, packed and found by id and by network: what matching runs on when there are a million.
//! Owns the lists and keeps them in step, one member at a time; refuses to keep members, which
//! whoever holds them lends by number, and to look by place: a request asks networks (R4).

use super::card::{Card, Codes, PLACED, PLACES};
use crate::geo::{Point, Spot};
use crate::ids::{NetworkId, ProfessionalId};
use crate::people::Member;
use crate::shelf::{Order, Shelf, Slot};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Whoever holds the members themselves, by the numbers of the index.
pub trait Members: fmt::Debug {
    /// The member of a number.
    fn member(&self, slot: Slot) -> Option<&Member>;
}

/// Side of a cell, millionths of a degree: about eleven kilometres of latitude.
const CELL_E6: i32 = 100_000;
/// Numbers of a network's people, each doubled, odd when their membership is active.
type Roll = Arc<Vec<u32>>;

/// The index of a directory. A copy shares everything with it.
#[derive(Debug, Clone, Default)]
pub struct Index {
    cards: Shelf<Card>,
    codes: Arc<Codes>,
    by_id: Order,
    rolls: Arc<BTreeMap<NetworkId, Roll>>,
}

/// Where somebody is, as an order in which neighbours lie together: to be sorted by before
/// [`Index::build`], so that a network's people share pages.
pub fn nearness(member: &Member) -> (i32, i32) {
    member.places.first().map_or((i32::MAX, i32::MAX), cell)
}

fn cell(point: &Point) -> (i32, i32) {
    (
        point.lat_e6.div_euclid(CELL_E6),
        point.lon_e6.div_euclid(CELL_E6),
    )
}

/// The networks of a member, each once, and whether they are active there.
fn networks(member: &Member) -> BTreeMap<NetworkId, bool> {
    let listed = member.memberships.iter().map(|m| m.network);
    listed.map(|id| (id, member.belongs_to(id))).collect()
}

impl Index {
    /// An index of members, numbered in the order they come.
    pub fn build<'m>(members: impl IntoIterator<Item = &'m Member>) -> Self {
        let mut codes = Codes::default();
        let mut rolls: BTreeMap<NetworkId, Vec<u32>> = BTreeMap::new();
        let mut ids = Vec::new();
        let cards = (0..).zip(members).map(|(slot, member)| {
            ids.push((member.id, slot));
            for membership in &member.memberships {
                let entry = slot << 1 | u32::from(member.belongs_to(membership.network));
                let roll = rolls.entry(membership.network).or_default();
                if roll.last() != Some(&entry) {
                    roll.push(entry);
                }
            }
            Card::of(member, &mut codes)
        });
        let cards = cards.collect();
        ids.sort_unstable();
        let share = |(network, roll)| (network, Arc::new(roll));
        Self {
            cards,
            codes: Arc::new(codes),
            by_id: Order::of_sorted(ids.into_iter().map(|(_, slot)| slot).collect()),
            rolls: Arc::new(rolls.into_iter().map(share).collect()),
        }
    }

    /// How many members.
    pub const fn len(&self) -> usize {
        self.cards.len()
    }

    /// No member at all.
    pub const fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// Puts a member in, or in the place of what they were `before`; answers their number.
    pub fn put(&mut self, before: Option<&Member>, member: &Member) -> Slot {
        let card = Card::of(member, Arc::make_mut(&mut self.codes));
        let slot = match self.slot(member.id) {
            Some(slot) => {
                self.cards.set(slot, card);
                slot
            }
            None => {
                let slot = self.cards.push(card);
                let cards = &self.cards;
                self.by_id
                    .insert(slot, |held| of(cards, held).cmp(&Some(member.id)));
                self.by_id.tidy(|a, b| of(cards, a).cmp(&of(cards, b)));
                slot
            }
        };
        let was = before.map(networks).unwrap_or_default();
        let is = networks(member);
        if was != is {
            let rolls = Arc::make_mut(&mut self.rolls);
            for network in was.keys() {
                if let Some(roll) = rolls.get_mut(network) {
                    Arc::make_mut(roll).retain(|entry| entry >> 1 != slot);
                }
            }
            for (network, active) in is {
                let roll = Arc::make_mut(rolls.entry(network).or_default());
                let entry = slot << 1 | u32::from(active);
                roll.insert(roll.partition_point(|held| *held < entry), entry);
            }
        }
        slot
    }

    /// The number of somebody.
    pub fn slot(&self, id: ProfessionalId) -> Option<Slot> {
        self.by_id.find(|held| of(&self.cards, held).cmp(&Some(id)))
    }

    /// Every number, by id.
    pub fn slots(&self) -> impl Iterator<Item = Slot> {
        let cards = &self.cards;
        self.by_id.iter(|a, b| of(cards, a).cmp(&of(cards, b)))
    }

    /// The numbers of a network's people, whatever their membership's status, and whether it is
    /// active.
    pub fn of_network(&self, id: NetworkId) -> impl Iterator<Item = (Slot, bool)> {
        let roll = self.rolls.get(&id).map_or(&[][..], |roll| roll.as_slice());
        roll.iter().map(|entry| (entry >> 1, entry & 1 == 1))
    }

    /// The numbers of a network's people of whom it matters what was lately asked.
    pub fn limited(&self, id: NetworkId) -> impl Iterator<Item = Slot> {
        self.of_network(id).map(|(slot, _)| slot).filter(|slot| {
            let card = self.cards.get(*slot);
            card.is_some_and(|card| card.has(super::card::LIMITED))
        })
    }

    #[inline]
    pub(super) fn card(&self, slot: Slot) -> Option<&Card> {
        self.cards.get(slot)
    }

    pub(super) fn codes(&self) -> &Codes {
        &self.codes
    }

    /// Metres from a spot to somebody's nearest place.
    #[inline]
    pub(super) fn metres(
        &self,
        card: &Card,
        slot: Slot,
        from: &Spot,
        members: &dyn Members,
    ) -> Option<u32> {
        if card.has(PLACES) {
            members.member(slot)?.distance_m(from.point())
        } else if card.has(PLACED) {
            Some(card.spot.distance_m(from))
        } else {
            None
        }
    }
}

fn of(cards: &Shelf<Card>, slot: Slot) -> Option<ProfessionalId> {
    cards.get(slot).map(|card| card.id)
}
