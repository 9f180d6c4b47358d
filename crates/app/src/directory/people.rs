//! Everybody in the directory, found by id, by national number and by network. Versions share
//! what did not change: putting one person in copies a page, not a million rows.

use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::shelf::{Order, Shelf, Slot};
use relais_store::professionals::ProfessionalRow;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everybody, by slot, with the ways to find them.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    rows: Shelf<Arc<ProfessionalRow>>,
    by_id: Order,
    by_rpps: Order,
    /// Whoever has a membership there, whatever its status, by id.
    rolls: Arc<BTreeMap<NetworkId, Arc<Vec<Slot>>>>,
}

impl People {
    /// Everybody, from rows in order of id.
    pub(super) fn load(rows: Vec<ProfessionalRow>) -> Self {
        let mut rolls: BTreeMap<NetworkId, Vec<Slot>> = BTreeMap::new();
        for (slot, row) in (0..).zip(&rows) {
            for network in networks(row) {
                rolls.entry(network).or_default().push(slot);
            }
        }
        let slots = || (0..).zip(&rows).map(|(slot, _)| slot);
        let by_id = slots().collect();
        let mut by_rpps: Vec<Slot> = slots().collect();
        by_rpps.sort_by(|a, b| {
            let rpps = |slot: &Slot| rows.get(*slot as usize).map(|row| row.rpps.as_str());
            rpps(a).cmp(&rpps(b))
        });
        let share = |(network, roll)| (network, Arc::new(roll));
        Self {
            by_id: Order::of_sorted(by_id),
            by_rpps: Order::of_sorted(by_rpps),
            rolls: Arc::new(rolls.into_iter().map(share).collect()),
            rows: rows.into_iter().map(Arc::new).collect(),
        }
    }

    /// Puts somebody in, or in the place of who they were.
    pub(super) fn put(&mut self, row: ProfessionalRow) {
        let row = Arc::new(row);
        let id = row.member.id;
        let known = self.slot(id);
        let before = known.and_then(|slot| self.rows.get(slot).cloned());
        let slot = match known {
            Some(slot) => {
                self.rows.set(slot, Arc::clone(&row));
                slot
            }
            None => self.rows.push(Arc::clone(&row)),
        };
        let rows = &self.rows;
        if before.is_none() {
            self.by_id.insert(slot, |held| compare_id(rows, held, id));
            self.by_id.tidy(|a, b| ids(rows, a, b));
        }
        if before.as_ref().is_none_or(|before| before.rpps != row.rpps) {
            if before.is_some() {
                self.by_rpps.remove(slot);
            }
            self.by_rpps
                .insert(slot, |held| compare_rpps(rows, held, &row.rpps));
            self.by_rpps.tidy(|a, b| {
                let rpps = |slot| rows.get(slot).map(|row: &Arc<ProfessionalRow>| &row.rpps);
                rpps(a).cmp(&rpps(b))
            });
        }
        let was: BTreeSet<_> = before.iter().flat_map(|before| networks(before)).collect();
        let is: BTreeSet<_> = networks(&row).collect();
        if was == is {
            return;
        }
        let rolls = Arc::make_mut(&mut self.rolls);
        for gone in was.difference(&is) {
            if let Some(roll) = rolls.get_mut(gone) {
                Arc::make_mut(roll).retain(|held| *held != slot);
            }
        }
        for new in is.difference(&was) {
            let roll = Arc::make_mut(rolls.entry(*new).or_default());
            let place = roll.partition_point(|held| compare_id(rows, *held, id).is_lt());
            roll.insert(place, slot);
        }
    }

    fn slot(&self, id: ProfessionalId) -> Option<Slot> {
        self.by_id.find(|held| compare_id(&self.rows, held, id))
    }

    /// Somebody, by id.
    pub(super) fn get(&self, id: ProfessionalId) -> Option<&ProfessionalRow> {
        let slot = self.slot(id)?;
        self.rows.get(slot).map(|row| &**row)
    }

    /// Somebody, by national number.
    pub(super) fn by_rpps(&self, rpps: &str) -> Option<&ProfessionalRow> {
        let slot = self
            .by_rpps
            .find(|held| compare_rpps(&self.rows, held, rpps))?;
        self.rows.get(slot).map(|row| &**row)
    }

    /// Everybody with a membership, whatever its status, in a network, by id.
    pub(super) fn of_network(&self, id: NetworkId) -> impl Iterator<Item = &ProfessionalRow> {
        let roll = self.rolls.get(&id).map_or(&[][..], |roll| roll.as_slice());
        roll.iter()
            .filter_map(|slot| self.rows.get(*slot).map(|row| &**row))
    }

    /// Everybody, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ProfessionalRow> {
        let slots = self.by_id.iter(|a, b| ids(&self.rows, a, b));
        slots.filter_map(|slot| self.rows.get(slot).map(|row| &**row))
    }
}

fn networks(row: &ProfessionalRow) -> impl Iterator<Item = NetworkId> {
    row.member.memberships.iter().map(|m| m.network)
}

fn compare_id(rows: &Shelf<Arc<ProfessionalRow>>, held: Slot, id: ProfessionalId) -> Ordering {
    rows.get(held).map(|row| row.member.id).cmp(&Some(id))
}

fn ids(rows: &Shelf<Arc<ProfessionalRow>>, a: Slot, b: Slot) -> Ordering {
    let id = |slot| rows.get(slot).map(|row| row.member.id);
    id(a).cmp(&id(b))
}

fn compare_rpps(rows: &Shelf<Arc<ProfessionalRow>>, held: Slot, rpps: &str) -> Ordering {
    rows.get(held).map(|row| row.rpps.as_str()).cmp(&Some(rpps))
}
