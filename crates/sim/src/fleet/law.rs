//! What must hold in a fleet after each event, and once it is over. What must hold of one change
//! is [`crate::check`]'s; here is what only several nodes, an outbox and time can break.

use super::Fleet;
use super::deliver::PATIENCE;
use super::fault::joined;
use super::store::{Channel, Kind, Note, Row};
use crate::check;
use relais_core::cascade::Decision;
use relais_core::delivery::MessageStatus;
use relais_core::ids::{OfferId, ProfessionalId};
use relais_core::message::Effect;
use relais_core::request::{OfferStatus, Phase, WithdrawReason};
use relais_core::time::{Duration, Instant};

/// Lateness of a deadline while a node runs (I8).
const RUNNING: Duration = Duration::seconds(1);
/// Lateness of a deadline after a node started, or stood still (I8).
const STARTED: Duration = Duration::seconds(2);
/// Lateness of a second look after a change of the directory (R4.11).
const LOOK: Duration = Duration::seconds(5);
/// Lateness of a message nobody hands over although a node runs: a claim of a dead node, a slow
/// gateway before it in the line.
const STUCK: Duration = Duration::minutes(30);

/// After a change was saved: nothing being due, nobody who may be asked waits for it (R4.3, R4.11).
pub(super) fn saved(fleet: &mut Fleet<'_>, label: u8, at: Instant) {
    let Some(row) = fleet.store.rows.get(&label) else {
        return;
    };
    let asking = matches!(row.state.phase, Phase::Asking(_));
    if asking && row.unread.is_none() && at >= fleet.latest {
        check::everybody_asked(&fleet.store.world, &row.state, at, &mut fleet.breaches);
    }
}

/// Somebody reads that the patient is theirs: it was committed before (I1, Q1).
pub(super) fn acknowledged(fleet: &mut Fleet<'_>, label: u8, id: ProfessionalId) {
    let known = fleet
        .store
        .rows
        .get(&label)
        .is_some_and(|row| row.accepted.contains(&id));
    let number = joined(u64::from(label), u64::try_from(id.bits()).unwrap_or(0));
    fleet.said(
        number,
        format_args!("#{label}: the patient is theirs, somebody reads"),
    );
    if !known {
        let name = fleet.store.world.names.of(id).to_owned();
        fleet.breach(
            "Q1",
            format!("{name} was told #{label} is theirs, and no commit says so"),
        );
    }
}

/// A node says of a yes it heard before that the patient is theirs: nobody gave them back since (R4.8).
pub(super) fn said_yes(fleet: &mut Fleet<'_>, label: u8, offer: OfferId) {
    let row = fleet.store.rows.get(&label);
    let theirs = row.and_then(|row| Some((row.state.offer(offer)?.professional, row)));
    let Some((professional, row)) = theirs else {
        return;
    };
    if row.state.engaged() != Some(professional) {
        let name = fleet.store.world.names.of(professional).to_owned();
        let what = format!("{name} is told again that #{label} is theirs, which it is no more");
        fleet.breach("R4.8", what);
    }
}

/// Somebody reads that their request was raised.
pub(super) fn raised(fleet: &mut Fleet<'_>, label: u8) {
    if !fleet.store.rows.contains_key(&label) {
        fleet.breach(
            "Q2",
            format!("#{label} was said to be raised, and is in no store"),
        );
    }
}

/// A node hands over what a change tells before the change is saved.
pub(super) fn sent_before_written(fleet: &mut Fleet<'_>, label: u8, decision: &Decision) {
    let row = fleet.store.rows.get(&label);
    let known = |id| row.is_some_and(|row| row.state.offer(id).is_some());
    let early = decision
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::Ask { offer } if !known(*offer)));
    if early {
        let what = format!("#{label}: a gateway has a question that is written nowhere");
        fleet.breach("I7", what);
    }
}

/// A node takes a message to send it: it still says something true.
pub(super) fn claimed(fleet: &mut Fleet<'_>, index: usize, now: Instant) {
    let back = fleet.taken_back(index);
    let Some(note) = fleet.store.notes.get(index) else {
        return;
    };
    let worthless = note.expires_at.is_some_and(|at| at <= now);
    let found = match (back, worthless) {
        (true, _) => ("R4.6", "is about to be sent, and was taken back"),
        (false, true) => ("I7", "is about to be sent, and is worth nothing"),
        (false, false) => return,
    };
    let told = described(fleet, note);
    fleet.breach(found.0, format!("{told} {}", found.1));
}

/// A node hands a message over: its claim lasts at least as long as a gateway may take to answer, or
/// another node may have it in hand before this one knows what became of it.
pub(super) fn handed(fleet: &mut Fleet<'_>, index: usize, left: Duration) {
    let Some(note) = fleet.store.notes.get(index) else {
        return;
    };
    if left < PATIENCE {
        let told = described(fleet, note);
        let what = format!("{told}: handed over {left:?} before its claim ends");
        fleet.breach("I7", what);
    }
}

/// The clock did something about a request: not before its node's clock showed the moment (I8). What
/// counts is what it showed when that node looked: set back before the commit, by a jump or when
/// the faults end, it has shown the moment all the same.
pub(super) fn ticked(fleet: &mut Fleet<'_>, label: u8, clock: Instant) {
    let due = fleet.store.rows.get(&label).and_then(|row| row.due);
    if let Some(due) = due.filter(|due| *due > clock) {
        let what = format!("#{label} was due at {due:?} and its time came at {clock:?}");
        fleet.breach("I8", what);
    }
}

/// A gateway takes a message, under a key.
pub(super) fn taken(fleet: &mut Fleet<'_>, index: usize, under: u64) {
    let Some(note) = fleet.store.notes.get(index) else {
        return;
    };
    let seen = &note.seen;
    let what = if seen.taken > seen.windows {
        let (times, windows) = (seen.taken + 1, seen.windows);
        Some(format!(
            "sent {times} times, its record was in doubt {windows} times"
        ))
    } else if seen.under.is_some_and(|first| first != under) {
        Some("sent again under another key".to_owned())
    } else {
        None
    };
    if let Some(what) = what {
        let told = described(fleet, note);
        fleet.breach("I7", format!("{told}: {what}"));
    }
}

fn described(fleet: &Fleet<'_>, note: &Note) -> String {
    let way = note.channel.name();
    let who = match note.reader {
        super::store::Reader::Professional(id) | super::store::Reader::Requester(id) => {
            fleet.store.world.names.of(id)
        }
        super::store::Reader::Patient => "the patient",
    };
    format!("#{} {:?} by {way} to {who}", note.label, note.kind)
}

/// Deadlines are met (I8), a changed directory is looked at again, no message is left behind (I7).
pub(super) fn overdue(fleet: &mut Fleet<'_>) {
    let found = late_row(fleet).or_else(|| late_note(fleet));
    if let Some((rule, what)) = found {
        fleet.breach(rule, what);
    }
}

/// When a node that runs could have met a moment, and how late it may be.
fn limit(fleet: &Fleet<'_>, at: Instant, armed: Instant, late: Duration) -> Option<Instant> {
    let running = fleet.nodes.iter().filter(|node| node.acts(fleet.now));
    let limits = running.map(|node| {
        let could = node.shows(at).max(armed);
        // Whoever has just started has its two seconds, also for what falls due within them.
        (could + late).max(node.since + STARTED)
    });
    limits.min()
}

fn late_row(fleet: &Fleet<'_>) -> Option<(&'static str, String)> {
    for (label, row) in &fleet.store.rows {
        if row.state.is_ended() {
            continue;
        }
        if let Some(what) = late(fleet, row) {
            return Some((what.0, format!("#{label} {}", what.1)));
        }
    }
    None
}

fn late(fleet: &Fleet<'_>, row: &Row) -> Option<(&'static str, String)> {
    let Some(due) = row.due else {
        return Some(("I5", "is open and never due".to_owned()));
    };
    let past = |limit: Option<Instant>| limit.is_some_and(|limit| limit < fleet.now);
    if due <= fleet.now + Duration::hours(2) && past(limit(fleet, due, row.armed, RUNNING)) {
        return Some(("I8", format!("was due at {due:?} and nobody came")));
    }
    let unread = row.unread?;
    let seen = limit(fleet, Instant::from_millis(0), unread, LOOK);
    past(seen).then(|| {
        (
            "R4.11",
            "waits to be looked at again and nobody looks".to_owned(),
        )
    })
}

fn late_note(fleet: &Fleet<'_>) -> Option<(&'static str, String)> {
    for index in &fleet.store.waiting {
        let note = fleet.store.notes.get(*index)?;
        let armed = note.seen.armed.unwrap_or(note.created_at);
        let (at, late, why) = match (note.escalate_at, note.status) {
            (Some(at), _) => (at, RUNNING, "its silence is noticed by nobody"),
            (None, MessageStatus::Queued) => (note.due_at, STUCK, "nobody sends it"),
            (None, MessageStatus::Sending) => (armed, STUCK, "nobody takes its claim over"),
            _ => continue,
        };
        if limit(fleet, at, armed, late).is_some_and(|limit| limit < fleet.now) {
            let rule = if late == RUNNING { "I8" } else { "I7" };
            return Some((rule, format!("{}: {why}", described(fleet, note))));
        }
    }
    None
}

/// Once nothing is left to do: nothing is open, no message waits, nobody was forgotten.
pub(super) fn over(fleet: &mut Fleet<'_>) {
    let mut found = Vec::new();
    for (label, row) in &fleet.store.rows {
        if !row.state.is_ended() {
            found.push((
                "I6",
                format!("#{label} never ends: {}", row.state.status().code()),
            ));
        }
        unasked(fleet, *label, row, &mut found);
    }
    for (index, note) in fleet.store.notes.iter().enumerate() {
        let reply = |note: &Note| matches!(note.kind, Kind::Reply { .. });
        let same = |other: &Note| {
            reply(other) && other.label == note.label && other.key.version == note.key.version
        };
        if reply(note) && fleet.store.notes.iter().take(index).any(same) {
            let told = described(fleet, note);
            found.push(("R7", format!("{told}: one SMS is answered twice")));
        }
    }
    let raised = fleet.figures.lives.len();
    if fleet.store.rows.len() > raised {
        found.push((
            "Q2",
            format!("{} requests for {raised} patients", fleet.store.rows.len()),
        ));
    }
    for note in &fleet.store.notes {
        if let Some((rule, what)) = ends(fleet, note) {
            found.push((rule, format!("{}: {what}", described(fleet, note))));
        }
    }
    for (rule, what) in found.into_iter().take(5) {
        fleet.breach(rule, what);
    }
}

/// Everybody to whom a request was put has a message about it, and everybody from whom it was taken
/// back while it was on their phone reads so.
fn unasked(fleet: &Fleet<'_>, label: u8, row: &Row, found: &mut Vec<(&'static str, String)>) {
    for offer in &row.state.offers {
        let name = fleet.store.world.names.of(offer.professional);
        let theirs = |kind: Kind| {
            let notes = fleet.store.notes.iter();
            notes.filter(move |note| note.offer == Some(offer.id) && note.kind == kind)
        };
        let reachable = fleet
            .store
            .world
            .known(offer.professional)
            .is_some_and(|known| known.member.channels.any());
        if theirs(Kind::Ask).next().is_none() && reachable {
            found.push((
                "I7",
                format!("#{label} was offered to {name} and no message says so"),
            ));
        }
        let back = match offer.status {
            OfferStatus::Withdrawn { why, .. } => why != WithdrawReason::Released,
            _ => false,
        };
        if !back {
            continue;
        }
        for channel in [Channel::Push, Channel::Sms] {
            let taken = |kind| {
                let notes = theirs(kind).filter(|note| note.channel == channel);
                notes.filter_map(|note| note.seen.taken_at).max()
            };
            let Some(asked) = taken(Kind::Ask).max(taken(Kind::Update)) else {
                continue;
            };
            // The last of them counts: one that overtook a question is followed by another.
            let before = |note: &Note| note.seen.taken_at.is_some_and(|at| at < asked);
            let mut replaced = theirs(Kind::Replace).filter(|note| note.channel == channel);
            let stale = replaced.all(before);
            if stale {
                let way = channel.name();
                let what = format!("{name} reads last by {way} that #{label} can be taken");
                found.push(("R4.6", what));
            }
        }
    }
}

fn ends(fleet: &Fleet<'_>, note: &Note) -> Option<(&'static str, String)> {
    let seen = &note.seen;
    match note.status {
        MessageStatus::Queued | MessageStatus::Sending => {
            return Some(("I7", "is never sent".to_owned()));
        }
        MessageStatus::Sent if seen.taken == 0 => {
            return Some((
                "I7",
                "is said to be sent, and no gateway took it".to_owned(),
            ));
        }
        MessageStatus::Delivered if seen.receipts == 0 => {
            return Some((
                "R7",
                "is said to have arrived, and no gateway said so".to_owned(),
            ));
        }
        _ => {}
    }
    let silent = note.kind == Kind::Ask && note.status == MessageStatus::Sent && !seen.desk;
    let next = fleet
        .store
        .notes
        .iter()
        .any(|other| other.key == note.key.next());
    if !silent || next {
        return None;
    }
    // Nobody tries the next channel once it was opened, answered or taken back.
    let row = fleet.store.rows.get(&note.label)?;
    let minutes = i64::from(row.state.policy.fallback_minutes.max(1));
    // A node may have stood still meanwhile, or its clock may have been off.
    let slack = Duration::minutes(if fleet.jumped { 120 } else { 30 });
    let noticed = seen.armed? + Duration::minutes(minutes) + slack;
    let waited = fleet
        .settled
        .get(&note.offer?)
        .is_none_or(|at| *at > noticed);
    waited.then(|| {
        (
            "R7",
            "was never received, and no next channel was tried".to_owned(),
        )
    })
}
