//! What a commit makes true: the row, its messages, the story it may be told as, and the figures.
//! Checks what must hold of the change; decides nothing.

use super::{Does, For, Op, Read, marks};
use crate::check::{self, Track};
use crate::fleet::Fleet;
use crate::fleet::fault::joined;
use crate::fleet::law;
use crate::fleet::people::{Reply, which};
use crate::fleet::store::Row;
use crate::script::{Act, Line, Say};
use relais_core::cascade::{Command, Decision, Event, Raise, due};
use relais_core::ids::OfferId;
use relais_core::time::Instant;

impl Fleet<'_> {
    /// The commit: state, due time, journal and messages, together or not at all.
    pub(super) fn commits(&mut self, op: &Op, read: Read) {
        let Read {
            command,
            raise,
            decision,
            ..
        } = read;
        let read_again = matches!(command, Some(Command::Reconsider));
        if read_again && let Some(row) = self.store.rows.get_mut(&op.label) {
            row.unread = None;
        }
        if matches!(op.why, For::Clock) && !decision.events.is_empty() {
            law::ticked(self, op.label, op.shown);
        }
        let events = self.save(
            op.label,
            op.now,
            command.as_ref(),
            raise,
            decision,
            Some(op),
        );
        if let (For::Will(_, _, key), Does::Raise(_)) = (&op.why, &op.does)
            && let Some(kept) = self.store.keys.get_mut(key)
        {
            kept.reply = Some(Reply::Done);
        }
        if let Does::Act(act, _) = &op.does
            && *act == Act::Tick
            && self.chance.calm
        {
            self.desk(op.label);
        }
        if events {
            self.wake(op.draw ^ 0x11);
        }
    }

    /// Writes a decision down and checks what must hold. Answers whether anything happened.
    pub(in crate::fleet) fn save(
        &mut self,
        label: u8,
        at: Instant,
        command: Option<&Command>,
        raise: Option<Raise>,
        decision: Decision,
        op: Option<&Op>,
    ) -> bool {
        self.scripted(label, at, op);
        let fresh = raise.map(|raise| Row {
            state: check::blank(raise, at, &self.store.world.policy),
            version: 0,
            due: None,
            armed: self.now,
            unread: None,
            accepted: Vec::new(),
            ticks: 0,
            track: Track::default(),
            latest: at,
        });
        if let Some(row) = fresh {
            self.store.rows.insert(label, row);
        }
        let Some(row) = self.store.rows.get_mut(&label) else {
            return false;
        };
        let mut track = std::mem::take(&mut row.track);
        let seen = check::Seen {
            before: &row.state,
            command,
            at,
            decision: &decision,
            behind: at < self.latest,
        };
        let quick = command.is_some_and(marks);
        if !(quick && decision.events.is_empty()) {
            check::step(&mut track, &self.store.world, &seen, &mut self.breaches);
        }
        let Some(row) = self.store.rows.get_mut(&label) else {
            return false;
        };
        row.track = track;
        row.latest = row.latest.max(at);
        self.latest = self.latest.max(at);
        let Decision {
            after,
            events,
            effects,
        } = decision;
        if events.is_empty() {
            return false;
        }
        row.version += 1;
        let version = row.version;
        let next = due(&after).map(|(at, _)| at);
        if next != row.due {
            row.armed = self.now;
        }
        row.due = next;
        row.state = after;
        let holder = row.state.status().code();
        let asked = events
            .iter()
            .any(|event| matches!(event, Event::Offered { .. }));
        let taken = events
            .iter()
            .any(|event| matches!(event, Event::Accepted { .. }));
        if asked || taken {
            self.store.loads += 1;
        }
        self.store.world.remember(&events);
        let mark = joined(u64::from(label), u64::try_from(version).unwrap_or(0));
        self.said(
            joined(mark, crate::rng::hash(holder)),
            format_args!(
                "#{label} v{version} at {at:?}: {} -> {holder}",
                events.iter().map(Event::act).collect::<Vec<_>>().join(", ")
            ),
        );
        self.counted(label, at, &events);
        let by_page = op.is_some_and(|op| matches!(op.why, For::Will(..)));
        self.post(label, version, at, &effects, by_page);
        for event in &events {
            self.settles(event);
            self.coverage.event(event);
            self.follow(label, event);
        }
        law::saved(self, label, at);
        true
    }

    /// Writes the act into the scenario, when one is to be told.
    fn scripted(&mut self, label: u8, at: Instant, op: Option<&Op>) {
        let (Some(op), true) = (op, self.story.is_some()) else {
            return;
        };
        let say = match &op.does {
            Does::Raise(ask) => Say::Request((**ask).clone()),
            Does::Act(act, offer) => Say::Do(vec![self.named(label, act, *offer)]),
        };
        self.script.lines.push(Line {
            at,
            request: label,
            say,
        });
    }

    /// The act as a scenario would tell it: which of somebody's offers was pressed.
    fn named(&self, label: u8, act: &Act, pressed: Option<OfferId>) -> Act {
        let row = self.store.rows.get(&label);
        let status = pressed.and_then(|id| row.and_then(|row| row.state.offer(id)));
        let (Some(row), Some(offer)) = (row, status) else {
            return act.clone();
        };
        let which = which(&row.state.phase, offer.status);
        match act {
            Act::Accepts(name, _, when) => Act::Accepts(name.clone(), which, *when),
            Act::Passes(name, _, why) => Act::Passes(name.clone(), which, *why),
            other => other.clone(),
        }
    }

    /// From when on nobody waits for what somebody does with an offer.
    fn settles(&mut self, event: &Event) {
        let now = self.now;
        let mut settled = |offer: &OfferId| {
            self.settled.entry(*offer).or_insert(now);
        };
        match event {
            Event::OfferSeen { offer, .. }
            | Event::Refused { offer, .. }
            | Event::Accepted { offer, .. } => settled(offer),
            Event::Lapsed { offers, .. } | Event::Withdrawn { offers, .. } => {
                offers.iter().for_each(settled);
            }
            _ => {}
        }
    }

    fn counted(&mut self, label: u8, at: Instant, events: &[Event]) {
        let Some(row) = self.store.rows.get_mut(&label) else {
            return;
        };
        let raised = row.state.raised_at;
        for event in events {
            if let Event::Accepted { professional, .. } = event {
                row.accepted.push(*professional);
            }
        }
        let Some(life) = self
            .figures
            .lives
            .iter_mut()
            .find(|life| life.label == label)
        else {
            return;
        };
        for event in events {
            life.raised = true;
            match event {
                Event::Accepted { .. } => {
                    life.accepted_after
                        .get_or_insert(at.since(raised).as_millis());
                }
                Event::Offered { offers, .. } => {
                    life.asked += u32::try_from(offers.len()).unwrap_or(0);
                }
                Event::BecameUnfilled { .. } => life.unfilled = true,
                _ => {}
            }
        }
    }
}
