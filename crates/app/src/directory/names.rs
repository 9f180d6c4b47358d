//! The names of accounts, by id. Versions share what did not change.

use relais_core::ids::UserId;
use relais_core::shelf::{Order, Shelf};

/// Every account's name.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    held: Shelf<(UserId, Box<str>)>,
    by_id: Order,
}

impl Names {
    /// Every name, in any order.
    pub(super) fn load(mut all: Vec<(UserId, String)>) -> Self {
        all.sort_unstable_by_key(|(id, _)| *id);
        Self {
            by_id: Order::of_sorted((0..).zip(&all).map(|(slot, _)| slot).collect()),
            held: all
                .into_iter()
                .map(|(id, name)| (id, name.into_boxed_str()))
                .collect(),
        }
    }

    /// Puts a name in, or in the place of the one before.
    pub(super) fn put(&mut self, id: UserId, name: String) {
        let named = (id, name.into_boxed_str());
        if let Some(slot) = self.by_id.find(|held| self.key(held).cmp(&Some(id))) {
            self.held.set(slot, named);
            return;
        }
        let slot = self.held.push(named);
        let held = &self.held;
        let key = |slot| held.get(slot).map(|(id, _)| *id);
        self.by_id.insert(slot, |held| key(held).cmp(&Some(id)));
        self.by_id.tidy(|a, b| key(a).cmp(&key(b)));
    }

    /// The name of an account.
    pub(super) fn get(&self, id: UserId) -> Option<&str> {
        let slot = self.by_id.find(|held| self.key(held).cmp(&Some(id)))?;
        self.held.get(slot).map(|(_, name)| &**name)
    }

    /// Every account and its name, by id.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(UserId, Box<str>)> {
        let slots = self.by_id.iter(|a, b| self.key(a).cmp(&self.key(b)));
        slots.filter_map(|slot| self.held.get(slot))
    }

    fn key(&self, slot: u32) -> Option<UserId> {
        self.held.get(slot).map(|(id, _)| *id)
    }
}
