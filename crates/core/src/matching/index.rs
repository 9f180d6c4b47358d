//! Everybody, packed and found by id, by network and by place: what matching runs on when there are
//! a million. Owns the lists and keeps them in step, one member at a time; refuses to keep members,
//! which whoever holds them lends by number.

use super::card::{Card, Codes, PLACED, PLACES};
use crate::geo::{Point, Spot, degrees_e6};
use crate::ids::{NetworkId, ProfessionalId};
use crate::people::{Member, Mode, Profession};
use crate::shelf::{Order, Shelf, Slot};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Whoever holds the members themselves, by the numbers of the index.
pub trait Members: fmt::Debug {
    /// The member of a number.
    fn member(&self, slot: Slot) -> Option<&Member>;
}

/// Side of a cell, millionths of a degree: about eleven kilometres of latitude.
const CELL_E6: i32 = 100_000;
/// Shortest degree of latitude, metres, rounded down: cells looked at are never too few.
const DEGREE_M: f64 = 110_000.0;

/// A row of cells: the members of each, in order of number.
type Row = BTreeMap<i32, Vec<Slot>>;
/// Numbers of a network's people, each doubled, odd when their membership is active.
type Roll = Arc<Vec<u32>>;

/// The index of a directory. A copy shares everything with it.
#[derive(Debug, Clone, Default)]
pub struct Index {
    cards: Shelf<Card>,
    codes: Arc<Codes>,
    by_id: Order,
    rolls: Arc<BTreeMap<NetworkId, Roll>>,
    grid: Arc<BTreeMap<i32, Arc<Row>>>,
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
        let mut grid: BTreeMap<i32, Row> = BTreeMap::new();
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
            for place in &member.places {
                let (row, column) = cell(place);
                let held = grid.entry(row).or_default().entry(column).or_default();
                if held.last() != Some(&slot) {
                    held.push(slot);
                }
            }
            Card::of(member, &mut codes)
        });
        let cards = cards.collect();
        ids.sort_unstable();
        let share = |(network, roll)| (network, Arc::new(roll));
        let rows = grid.into_iter().map(|(row, cells)| (row, Arc::new(cells)));
        Self {
            cards,
            codes: Arc::new(codes),
            by_id: Order::of_sorted(ids.into_iter().map(|(_, slot)| slot).collect()),
            rolls: Arc::new(rolls.into_iter().map(share).collect()),
            grid: Arc::new(rows.collect()),
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
        let old = before.map_or(&[][..], |before| &before.places);
        if old != member.places {
            let grid = Arc::make_mut(&mut self.grid);
            for (row, column) in old.iter().map(cell) {
                let held = grid.get_mut(&row).map(Arc::make_mut);
                if let Some(held) = held.and_then(|row| row.get_mut(&column)) {
                    held.retain(|held| *held != slot);
                }
            }
            for (row, column) in member.places.iter().map(cell) {
                let row = Arc::make_mut(grid.entry(row).or_default());
                let held = row.entry(column).or_default();
                let place = held.partition_point(|held| *held < slot);
                if held.get(place) != Some(&slot) {
                    held.insert(place, slot);
                }
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

    /// Everybody of a profession who accepts a mode, within metres of a point whatever their
    /// networks: nearest first, then by id.
    pub fn around(
        &self,
        members: &dyn Members,
        point: Point,
        radius_m: u32,
        profession: Profession,
        mode: Mode,
    ) -> Vec<(u32, ProfessionalId)> {
        let centre = Spot::at(point);
        let (rows, columns) = cells(point, radius_m);
        let mut found = Vec::new();
        for row in self.grid.range(rows).map(|(_, row)| row) {
            for slot in row.range(columns.clone()).flat_map(|(_, cell)| cell) {
                let Some(card) = self.cards.get(*slot) else {
                    continue;
                };
                if card.profession != profession || !card.accepts(mode) {
                    continue;
                }
                let metres = self.metres(card, *slot, &centre, members);
                found.extend(metres.filter(|m| *m <= radius_m).map(|m| (m, card.id)));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
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

/// The cells that a circle touches. Around the poles and the antimeridian: every column.
fn cells(point: Point, radius_m: u32) -> (RangeInclusive<i32>, RangeInclusive<i32>) {
    let high = f64::from(radius_m) / DEGREE_M + 0.001;
    let edge = (point.lat().abs() + high).min(89.9).to_radians().cos();
    let wide = high / edge;
    let side = |degrees: f64| degrees_e6(degrees).div_euclid(CELL_E6);
    let rows = side(point.lat() - high)..=side(point.lat() + high);
    let (west, east) = (point.lon() - wide, point.lon() + wide);
    if west < -180.0 || east > 180.0 || high > 60.0 {
        return (rows, i32::MIN..=i32::MAX);
    }
    (rows, side(west)..=side(east))
}
