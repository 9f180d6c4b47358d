//! What a simulation has met: a run that never met a fault or a rare branch proves nothing of it.

use crate::fleet::fault::Fault;
use relais_core::cascade::{Event, Refusal};
use relais_core::matching::{Test, Verdict};
use relais_core::request::{Offer, Request, Stage, WithdrawReason};
use std::collections::BTreeMap;

/// Things seen, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<&'static str, u64>);

/// What every run of ten thousand lives or more must have met.
const WANTED: &[&str] = &[
    "fleet: a no of a claim that ended",
    "fleet: acceptance acknowledged",
    "fleet: answered again from its key",
    "fleet: claim ended, taken over",
    "fleet: claim too short, given back",
    "fleet: desk told, nobody reached",
    "fleet: directory or counts moved, decided again",
    "fleet: directory read again",
    "fleet: key taken over",
    "fleet: message expired",
    "fleet: message given up, in sight",
    "fleet: message not sent, its offer was taken back",
    "fleet: message sent twice in the window",
    "fleet: next channel",
    "fleet: night of a change of clocks",
    "fleet: node away",
    "fleet: one node",
    "fleet: pourvu follows what had left",
    "fleet: receipt of nothing ignored",
    "fleet: receipt that changes nothing",
    "fleet: retried under its key",
    "fleet: SMS heard once",
    "fleet: the same in flight",
    "fleet: three nodes",
    "fleet: tried again later",
    "fleet: two nodes",
    "fleet: version moved, decided again",
    "fleet: yes by SMS",
    "fleet: yes heard again after giving back",
    "fault: clock back",
    "fault: clock forward",
    "fault: crash before saving",
    "fault: input lost",
    "fault: input out of order",
    "fault: input twice",
    "fault: late tick",
    "fault: node asleep",
    "fault: same millisecond",
    "fault: directory unread",
    "night of a change of clocks",
    "a visit called off freed an hour",
    "accepted late",
    "an hour that came free was offered",
    "an hour that came free was taken",
    "asked again, put right",
    "left out: no cooperation declared",
    "accepted while paused",
    "closure reminded",
    "neighbours asked",
    "next wave",
    "paused into the care deadline",
    "policy changed mid-flight",
    "refused: already taken",
    "refused: offer closed",
    "refused: beyond right",
    "refused: right ended",
    "refused: out of hours",
    "refused: red flag",
    "released",
    "released past the care deadline",
    "somebody returned",
    "stand-in asked alone",
    "unfilled: all-refused",
    "unfilled: care-deadline-passed",
    "unfilled: deadline-passed",
    "unfilled: nobody-eligible",
    "usual skipped: declared-unable",
    "usual skipped: none-declared",
    "usual skipped: not-member",
    "usual skipped: unavailable",
    "usual skipped: unknown",
    "withdrawn: no longer fits",
    "withdrawn: right ended",
];

impl Coverage {
    /// Something was seen.
    pub fn saw(&mut self, what: &'static str) {
        *self.0.entry(what).or_insert(0) += 1;
    }

    /// Adds what another run saw.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_insert(0) += count;
        }
    }

    /// How often something was seen.
    pub fn count(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// What was met less than a hundred times per million lives, or never.
    pub fn rare(&self, lives: u64) -> Vec<&'static str> {
        let least = (lives / 10_000).max(1);
        let faults = Fault::ALL.iter().map(|fault| fault.name());
        faults
            .chain(WANTED.iter().copied())
            .filter(|what| self.count(what) < least)
            .collect()
    }

    /// Everything seen, in order of name.
    pub fn lines(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.0.iter().map(|(what, count)| (*what, *count))
    }

    /// Counts what an event shows.
    pub(crate) fn event(&mut self, event: &Event) {
        self.saw(event.act());
        match event {
            Event::Accepted { late: true, .. } => self.saw("accepted late"),
            Event::UsualSkipped { why, .. } => self.saw(match why.code() {
                "none-declared" => "usual skipped: none-declared",
                "unknown" => "usual skipped: unknown",
                "not-member" => "usual skipped: not-member",
                "unavailable" => "usual skipped: unavailable",
                _ => "usual skipped: declared-unable",
            }),
            Event::BecameUnfilled { why, .. } => self.saw(match why.code() {
                "nobody-eligible" => "unfilled: nobody-eligible",
                "all-refused" => "unfilled: all-refused",
                "deadline-passed" => "unfilled: deadline-passed",
                _ => "unfilled: care-deadline-passed",
            }),
            Event::Withdrawn {
                why: WithdrawReason::NoLongerFits,
                ..
            } => {
                self.saw("withdrawn: no longer fits");
            }
            Event::Withdrawn {
                why: WithdrawReason::RightEnded,
                ..
            } => {
                self.saw("withdrawn: right ended");
            }
            Event::Offered { offers, .. }
                if offers.iter().any(|offer| offer.stage == Stage::Neighbours) =>
            {
                self.saw("neighbours asked");
            }
            Event::Judged { verdicts, .. } => {
                let first = verdicts.iter().filter_map(Verdict::first_failure);
                for _ in first.filter(|finding| finding.test == Test::Cooperation) {
                    self.saw("left out: no cooperation declared");
                }
            }
            Event::OfferedHour { .. } => self.saw("an hour that came free was offered"),
            Event::Released { .. } => self.saw("released"),
            Event::ClosureReminded { .. } => self.saw("closure reminded"),
            Event::Resumed { by: None, .. } => self.saw("paused into the care deadline"),
            _ => {}
        }
    }

    /// Counts whoever was asked in the place of the usual professional they stand in for.
    pub(crate) fn stood_in(&mut self, request: &Request, event: &Event) {
        let Event::Offered { offers, .. } = event else {
            return;
        };
        let declared = |id| request.usual.professionals.contains(&id);
        let alone = offers.iter().filter(|offer| offer.stage == Stage::Usual);
        for _ in alone.filter(|offer| !declared(offer.professional)) {
            self.saw("stand-in asked alone");
        }
    }

    /// Counts whoever was asked again because what had been taken back from them was put right.
    pub(crate) fn put_right(&mut self, request: &Request, event: &Event) {
        let Event::Offered { offers, .. } = event else {
            return;
        };
        let before = |new: &&Offer| {
            let mut theirs = request
                .offers
                .iter()
                .filter(|o| o.professional == new.professional && o.round == new.round);
            theirs.any(|offer| offer.status.may_be_put_right())
        };
        for _ in offers.iter().filter(before) {
            self.saw("asked again, put right");
        }
    }

    /// Counts a refusal.
    pub(crate) fn refusal(&mut self, refusal: Refusal) {
        self.saw(match refusal {
            Refusal::RedFlag => "refused: red flag",
            // The shell refuses it, which alone knows who is on duty.
            Refusal::NoRegulator => "refused: no regulator",
            Refusal::OutOfHours { .. } => "refused: out of hours",
            Refusal::Window => "refused: window",
            Refusal::Late(_) => "refused: late entry",
            Refusal::Need(_) => "refused: need",
            Refusal::NoSuchOffer => "refused: no such offer",
            Refusal::AlreadyTaken { .. } => "refused: already taken",
            Refusal::OfferClosed => "refused: offer closed",
            Refusal::GivenBack { .. } => "refused: given back",
            Refusal::RightEnded => "refused: right ended",
            Refusal::AlreadyYours => "refused: already yours",
            Refusal::WrongState => "refused: wrong state",
            Refusal::ProfessionChange => "refused: profession change",
            Refusal::NotAccepter => "refused: not accepter",
            Refusal::BadAppointment => "refused: bad appointment",
            Refusal::BeyondRight { .. } => "refused: beyond right",
            Refusal::BadClosure => "refused: bad closure",
        });
    }
}
