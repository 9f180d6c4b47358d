//! Everybody in the directory, found by id, by national number, by name and by network, and the index that
//! matching runs on. Versions share what did not change: putting one person in copies a page, not a
//! million rows.

use crate::reference::communes::Communes;
use crate::reference::folded;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::matching::{Index, Members, nearness};
use relais_core::people::Member;
use relais_core::shelf::{Order, Shelf, Slot};
use relais_store::professionals::ProfessionalRow;
use std::cmp::Ordering;
use std::sync::Arc;

/// Everybody, by the numbers of the index.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    rows: Shelf<Arc<ProfessionalRow>>,
    index: Index,
    by_rpps: Order,
    /// `surname first-names town`, folded.
    names: Shelf<Arc<str>>,
    by_name: Order,
}

impl Members for People {
    fn member(&self, slot: Slot) -> Option<&Member> {
        self.rows.get(slot).map(|row| &row.member)
    }
}

impl People {
    /// Everybody.
    pub(super) fn load(mut rows: Vec<ProfessionalRow>) -> Self {
        rows.sort_by_cached_key(|row| nearness(&row.member));
        let rows: Shelf<_> = rows.into_iter().map(Arc::new).collect();
        let mut by_rpps: Vec<Slot> = (0..).zip(rows.iter()).map(|(slot, _)| slot).collect();
        by_rpps.sort_unstable_by(|a, b| compare_rpps(&rows, *a, *b));
        let names: Shelf<Arc<str>> = rows.iter().map(|row| name_key(row)).collect();
        let mut by_name: Vec<Slot> = (0..).zip(names.iter()).map(|(slot, _)| slot).collect();
        by_name.sort_unstable_by(|a, b| names.get(*a).cmp(&names.get(*b)));
        Self {
            by_name: Order::of_sorted(by_name),
            names,
            index: Index::build(rows.iter().map(|row| &row.member)),
            by_rpps: Order::of_sorted(by_rpps),
            rows,
        }
    }

    /// Puts somebody in, or in the place of who they were.
    pub(super) fn put(&mut self, row: ProfessionalRow) {
        let row = Arc::new(row);
        let known = self.index.slot(row.member.id);
        let before = known.and_then(|slot| self.rows.get(slot).cloned());
        let was = before.as_ref().map(|before| &before.member);
        let slot = self.index.put(was, &row.member);
        let name = name_key(&row);
        let renamed = self.names.get(slot) != Some(&name);
        if before.is_some() {
            self.rows.set(slot, Arc::clone(&row));
            if renamed {
                self.by_name.remove(slot);
                self.names.set(slot, Arc::clone(&name));
            }
        } else {
            self.rows.push(Arc::clone(&row));
            self.names.push(Arc::clone(&name));
        }
        if renamed {
            let names = &self.names;
            self.by_name
                .insert(slot, |held| names.get(held).cmp(&Some(&name)));
            self.by_name.tidy(|a, b| names.get(a).cmp(&names.get(b)));
        }
        if before.as_ref().is_none_or(|before| before.rpps != row.rpps) {
            if before.is_some() {
                self.by_rpps.remove(slot);
            }
            let rows = &self.rows;
            self.by_rpps
                .insert(slot, |held| rpps(rows, held).cmp(&Some(row.rpps.as_str())));
            self.by_rpps.tidy(|a, b| compare_rpps(rows, a, b));
        }
    }

    /// What matching runs on.
    pub(super) const fn index(&self) -> &Index {
        &self.index
    }

    /// Somebody, by number.
    pub(super) fn at(&self, slot: Slot) -> Option<&ProfessionalRow> {
        self.rows.get(slot).map(|row| &**row)
    }

    /// Somebody, by id.
    pub(super) fn get(&self, id: ProfessionalId) -> Option<&ProfessionalRow> {
        self.at(self.index.slot(id)?)
    }

    /// Somebody, by national number.
    pub(super) fn by_rpps(&self, number: &str) -> Option<&ProfessionalRow> {
        let wanted = |held| rpps(&self.rows, held).cmp(&Some(number));
        self.at(self.by_rpps.find(wanted)?)
    }

    /// Those whose folded name begins so, in its order, each with it.
    pub(super) fn named<'p>(
        &'p self,
        beginning: &'p str,
    ) -> impl Iterator<Item = (&'p str, &'p ProfessionalRow)> {
        let names = &self.names;
        let before = |slot| names.get(slot).is_none_or(|name| **name < *beginning);
        let slots = self
            .by_name
            .from(before, |a, b| names.get(a).cmp(&names.get(b)));
        slots
            .filter_map(|slot| Some((&**names.get(slot)?, self.at(slot)?)))
            .take_while(move |(name, _)| name.starts_with(beginning))
    }

    /// Everybody with a membership, whatever its status, in a network; neighbours together.
    pub(super) fn of_network(&self, id: NetworkId) -> impl Iterator<Item = &ProfessionalRow> {
        let roll = self.index.of_network(id);
        roll.filter_map(|(slot, _)| self.at(slot))
    }

    /// The same, each with their folded name.
    pub(super) fn named_in(&self, id: NetworkId) -> impl Iterator<Item = (&str, &ProfessionalRow)> {
        let roll = self.index.of_network(id);
        roll.filter_map(|(slot, _)| Some((&**self.names.get(slot)?, self.at(slot)?)))
    }

    /// Everybody, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ProfessionalRow> {
        self.index.slots().filter_map(|slot| self.at(slot))
    }
}

/// What a professional is found by while their name is typed.
fn name_key(row: &ProfessionalRow) -> Arc<str> {
    let place = row.places.iter().find(|place| place.main);
    let place = place.or(row.places.first()).map(|place| place.insee);
    let commune = place.and_then(|insee| Communes::shipped().get(insee));
    let town = commune.map_or("", |commune| commune.name);
    folded(&format!("{} {} {town}", row.last_name, row.first_names)).into()
}

fn rpps(rows: &Shelf<Arc<ProfessionalRow>>, slot: Slot) -> Option<&str> {
    rows.get(slot).map(|row| row.rpps.as_str())
}

fn compare_rpps(rows: &Shelf<Arc<ProfessionalRow>>, a: Slot, b: Slot) -> Ordering {
    rpps(rows, a).cmp(&rpps(rows, b))
}
