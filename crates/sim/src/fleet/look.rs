//! A node looks at what is due, at the next moment something is: ticks, second looks, silences,
//! messages to send. Only lateness depends on when it looks.

use super::Fleet;
use super::duty::Duty;
use super::fault::joined;
use super::node::{What, ms};
use super::shell::{Does, For};
use super::store::Channel;
use crate::script::Act;
use relais_core::delivery::MessageStatus;
use relais_core::time::Instant;

impl Fleet<'_> {
    /// Every node that runs looks at the next moment something is due.
    pub(super) fn wake(&mut self, draw: u64) {
        for node in 0..self.nodes.len() {
            let Some(next) = self.next_due(node) else {
                continue;
            };
            let slow = self.chance.length(draw ^ 0x5A, 0, 9) == 0;
            let (low, high) = if slow { (100, 490) } else { (1, 12) };
            let wait = self.chance.length(joined(draw, 0xE0), low, high);
            self.look_at(node, next.max(self.now) + ms(wait));
        }
    }

    /// Plans a look, if none comes sooner.
    pub(super) fn look_at(&mut self, node: usize, at: Instant) {
        let number = self.agenda.written();
        let Some(here) = self.nodes.get_mut(node).filter(|node| node.up) else {
            return;
        };
        if here.look.is_none_or(|(when, _)| at < when) {
            here.look = Some((at, number));
            self.agenda.at(at, What::Look(node, number));
        }
    }

    /// The next moment, in real time, at which a node finds something due.
    pub(super) fn next_due(&self, node: usize) -> Option<Instant> {
        let here = self.nodes.get(node).filter(|node| node.up)?;
        let rows = self
            .store
            .rows
            .iter()
            .filter(|(label, _)| !here.busy.contains(label));
        let rows = rows.filter_map(|(_, row)| {
            let unread = row.unread.filter(|_| !row.state.is_ended());
            let due = row.due.map(|due| here.shows(due));
            unread.into_iter().chain(due).min()
        });
        let notes = self.store.waiting.iter().filter_map(|index| {
            let note = self.store.notes.get(*index)?;
            let free = !here.lanes.contains(&note.channel);
            let send = match note.status {
                MessageStatus::Queued => Some(note.due_at),
                MessageStatus::Sending => note.claim.and_then(|claim| claim.until),
                _ => None,
            };
            let send = send.filter(|_| free);
            let next = send.into_iter().chain(note.escalate_at).min()?;
            Some(here.shows(next))
        });
        rows.chain(notes).min()
    }

    /// A node looks at everything that is due.
    pub(super) fn look(&mut self, node: usize, number: u64) {
        let Some(here) = self.nodes.get_mut(node) else {
            return;
        };
        if !here.up || here.look.is_none_or(|(_, planned)| planned != number) {
            return;
        }
        here.look = None;
        let now = here.clock(self.now);
        self.due(node, now);
        self.climbs(node, now);
        for channel in Channel::ALL {
            let up = self
                .nodes
                .get(node)
                .is_some_and(|n| n.up && !n.lanes.contains(&channel));
            if up {
                self.claim(node, channel, now);
            }
        }
        self.store.tidy();
        if let Some(next) = self.next_due(node) {
            // Whatever could not be done now is looked at again half a second later.
            let at = if next <= self.now {
                self.now + ms(400)
            } else {
                next + ms(2)
            };
            self.look_at(node, at);
        }
    }

    pub(super) fn due(&mut self, node: usize, now: Instant) {
        let Some(here) = self.nodes.get(node) else {
            return;
        };
        let (since, busy) = (here.since, here.busy.clone());
        let finds = self.conduct.fulfils(Duty::FindsDue);
        let again = self.conduct.fulfils(Duty::LooksAgain);
        let early = if self.conduct.fulfils(Duty::MindsOwnClock) {
            0
        } else {
            30_000
        };
        let mut begin = Vec::new();
        for (label, row) in &mut self.store.rows {
            if busy.contains(label) || row.state.is_ended() {
                continue;
            }
            let due = row.due.is_some_and(|due| due <= now + ms(early));
            let known = finds || row.armed > since || since == Instant::from_millis(0);
            if due && known {
                row.ticks += 1;
                begin.push((*label, For::Clock, Act::Tick, row.ticks));
            } else if row.unread.is_some() && again {
                row.ticks += 1;
                begin.push((*label, For::Directory, Act::Reread, row.ticks));
            }
        }
        for (label, why, act, ticks) in begin {
            if let Some(here) = self.nodes.get_mut(node) {
                here.busy.insert(label);
            }
            let draw = joined(joined(u64::from(label), 0x71C4), ticks);
            self.begin(node, label, why, Does::Act(act, None), draw);
        }
    }
}
