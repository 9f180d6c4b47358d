//! Fake phones for tests that fail on silence and on noise: what is expected must have arrived,
//! and nothing else may.

use crate::fake::{FakeWorld, PhoneRow};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Watches every phone of a world from now on; when dropped, fails if a message was not expected.
pub struct Phones {
    world: Arc<FakeWorld>,
    first: usize,
    heard: Mutex<BTreeSet<String>>,
    ignored: Mutex<BTreeSet<String>>,
}

/// One phone, by its owner or its number.
pub struct Phone<'a> {
    phones: &'a Phones,
    name: String,
}

impl Phones {
    /// Watches the world; what it already holds does not count.
    pub fn watch(world: Arc<FakeWorld>) -> Self {
        let first = world.list().len();
        Self {
            world,
            first,
            heard: Mutex::default(),
            ignored: Mutex::default(),
        }
    }

    /// The phone of this owner, or with this number.
    pub fn phone(&self, name: &str) -> Phone<'_> {
        Phone {
            phones: self,
            name: name.to_owned(),
        }
    }

    /// Messages not yet expected by anybody, in order.
    pub fn unheard(&self) -> Vec<PhoneRow> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let ignored = self.ignored.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows = self.world.list().split_off(self.first);
        rows.retain(|r| {
            !heard.contains(&r.id) && !ignored.contains(&r.owner) && !ignored.contains(&r.to)
        });
        rows
    }

    /// Fails when a message says this to anybody (a patient's name, a number).
    pub fn nobody_reads(&self, secret: &str) {
        let rows = self.world.list();
        let leak = rows.iter().find(|row| {
            let subject = row.subject.as_deref().unwrap_or_default();
            row.text.contains(secret) || subject.contains(secret)
        });
        assert!(leak.is_none(), "{secret:?} was sent: {leak:?}");
    }

    /// Fails when anything was not expected.
    pub fn silent(&self) {
        let noise = self.unheard();
        assert!(noise.is_empty(), "unexpected messages:{}", shown(&noise));
    }
}

impl Phone<'_> {
    fn is_mine(&self, row: &PhoneRow) -> bool {
        row.owner == self.name || row.to == self.name
    }

    /// The oldest message not yet expected that contains this; fails when there is none.
    pub fn expects(&self, fragment: &str) -> PhoneRow {
        let unheard = self.phones.unheard();
        let mut mine = unheard.iter().filter(|row| self.is_mine(row));
        let found = mine.find(|row| row.text.contains(fragment)).cloned();
        let Some(row) = found else {
            panic!(
                "{} did not get {fragment:?}; not yet expected:{}",
                self.name,
                shown(&unheard)
            );
        };
        let mut heard = self.phones.heard.lock();
        let heard = heard.as_mut().unwrap_or_else(|p| p.get_mut());
        heard.insert(row.id.clone());
        row
    }

    /// Fails when this phone got anything not yet expected.
    pub fn expects_nothing(&self) {
        let mut noise = self.phones.unheard();
        noise.retain(|row| self.is_mine(row));
        assert!(noise.is_empty(), "{} got:{}", self.name, shown(&noise));
    }

    /// Whatever this phone gets is of no interest to the test.
    pub fn ignored(&self) {
        let mut ignored = self.phones.ignored.lock();
        let ignored = ignored.as_mut().unwrap_or_else(|p| p.get_mut());
        ignored.insert(self.name.clone());
    }

    /// Answers from this phone, at the number that last received an SMS.
    pub fn replies(&self, text: &str) {
        let rows = self.phones.world.list();
        let mut mine = rows.iter().rev().filter(|row| self.is_mine(row));
        let number = match mine.find(|row| row.channel == crate::Channel::Sms) {
            Some(row) => row.to.clone(),
            None => panic!("{} has no SMS to answer", self.name),
        };
        if let Err(error) = self.phones.world.reply(&number, text) {
            panic!("the reply of {} was lost: {error}", self.name);
        }
    }
}

fn shown(rows: &[PhoneRow]) -> String {
    let line = |row: &PhoneRow| format!("\n  {} ({}): {}", row.owner, row.channel.code(), row.text);
    rows.iter().map(line).collect()
}

impl Drop for Phones {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.silent();
        }
    }
}
