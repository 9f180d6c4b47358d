//! A played scenario in words: after each line, what happened, who is told what, where it stands,
//! the offers, and when somebody must come back and why. These are the golden traces.

mod events;
mod told;

use crate::check::Breach;
use crate::engine::Engine;
use crate::play::{Answer, Play, Step};
use crate::script::{Clock, Script, ScriptError};
use relais_core::cascade::{Preview, Refusal, due};
use relais_core::request::{Offer, OfferStatus, Phase, Request, Stage};
use std::fmt::Write as _;

/// A scenario played to its end.
#[derive(Debug, Clone)]
pub struct Told {
    /// The trace.
    pub trace: String,
    /// What did not hold.
    pub breaches: Vec<Breach>,
}

/// Reads, plays and tells a scenario.
pub fn tell(text: &str, engine: &dyn Engine) -> Result<Told, ScriptError> {
    let script = Script::parse(text)?;
    play(&script, engine).map_err(|what| ScriptError { line: 0, what })
}

/// Plays and tells a scenario.
pub fn play(script: &Script, engine: &dyn Engine) -> Result<Told, String> {
    let mut play = Play::new(script, engine)?;
    let mut clock = Clock::new(script.zone(), script.date);
    let mut out = String::new();
    for line in &script.lines {
        clock.date = clock.day(line.at);
        let _ = writeln!(out, "{}", line.print(&clock));
        let known = play.breaches.len();
        let steps = play
            .line(line)
            .map_err(|what| format!("{}: {what}", line.print(&clock)))?;
        if steps.is_empty() {
            let _ = writeln!(out, "  nothing happens");
        }
        for step in &steps {
            step_told(&mut out, &play, step, &clock);
        }
        for breach in play.breaches.iter().skip(known) {
            let _ = writeln!(out, "  BREACH {breach}");
        }
        out.push('\n');
    }
    Ok(Told {
        trace: out,
        breaches: play.breaches,
    })
}

fn step_told(out: &mut String, play: &Play<'_>, step: &Step, clock: &Clock) {
    let mut clock = clock.clone();
    if let Some(act) = &step.act {
        let line = crate::script::Line {
            at: step.at,
            request: step.request,
            say: crate::script::Say::Do(vec![act.clone()]),
        };
        let _ = writeln!(out, "  · {}", line.print(&clock));
    } else if play.lives.len() > 1 {
        let _ = writeln!(out, "  · request #{}", step.request);
    }
    clock.date = clock.day(step.at);
    match &step.answer {
        Answer::Refused(refusal) => {
            let _ = writeln!(out, "  refused: {}", refused(*refusal, &clock));
        }
        Answer::Shown(preview) => shown(out, play, preview, &clock),
        Answer::Done(after, events, effects) => {
            if events.is_empty() {
                let _ = writeln!(out, "  nothing happens");
            }
            for event in events {
                let _ = writeln!(
                    out,
                    "  event   {}",
                    events::words(play, event, after, &clock)
                );
            }
            for effect in effects {
                let _ = writeln!(
                    out,
                    "  told    {}",
                    told::words(play, effect, after, &clock)
                );
            }
            stands(out, play, after, &clock);
        }
    }
}

fn refused(refusal: Refusal, clock: &Clock) -> String {
    match refusal {
        Refusal::OutOfHours { opens_at: Some(at) } => {
            format!("out of hours, opens {}", clock.show(at))
        }
        Refusal::AlreadyTaken { at } => format!("already taken at {}", clock.show(at)),
        other => other.to_string(),
    }
}

fn shown(out: &mut String, play: &Play<'_>, preview: &Preview, clock: &Clock) {
    let window = &preview.window;
    let _ = writeln!(
        out,
        "  would   {}, window until {}, usual share until {}, clipped by {}",
        if preview.open { "open" } else { "closed" },
        clock.show(window.deadline),
        clock.show(window.usual_until),
        events::clip(window.clip)
    );
    let usual: Vec<_> = preview.usual.iter().collect();
    let names = |asked: bool| {
        let these = usual.iter().filter(|v| v.asked() == asked);
        these
            .map(|v| play.world.names.of(v.professional))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let skipped = preview.skipped.map_or("", |why| why.code());
    let _ = writeln!(
        out,
        "  usual   asked [{}], not [{}] {skipped}",
        names(true),
        names(false)
    );
    let left: Vec<_> = preview
        .excluded()
        .iter()
        .map(|(test, n)| format!("{} {n}", test.code()))
        .collect();
    let left = if left.is_empty() {
        "nobody".to_owned()
    } else {
        left.join(", ")
    };
    let _ = writeln!(out, "  eligible {}, left out: {left}", preview.eligible());
}

/// Where a request stands: status, offers, next due moment.
fn stands(out: &mut String, play: &Play<'_>, state: &Request, clock: &Clock) {
    let until = state
        .status_until()
        .map_or(String::new(), |at| format!(" until {}", clock.show(at)));
    let more = match &state.phase {
        Phase::Engaged(engagement) => {
            let who = play.world.names.of(engagement.professional);
            let under = engagement.supervisor.map_or(String::new(), |id| {
                format!(" under {}", play.world.names.of(id))
            });
            let when = told::appointment(engagement.appointment, clock);
            format!(" by {who}{under}, {when}")
        }
        Phase::Unfilled(unfilled) => {
            let owner = if unfilled.owner.is_some() {
                "owned"
            } else {
                "no owner"
            };
            format!(" ({}, {owner})", unfilled.why.code())
        }
        Phase::Ended(_) => state
            .closure()
            .map_or(String::new(), |c| format!(" as {}", c.code())),
        _ => String::new(),
    };
    let _ = writeln!(out, "  status  {}{more}{until}", state.status().code());
    if !state.offers.is_empty() {
        let offers: Vec<_> = state
            .offers
            .iter()
            .map(|offer| offer_words(play, offer))
            .collect();
        let _ = writeln!(out, "  offers  {}", offers.join("; "));
    }
    let due = due(state).map_or("never".to_owned(), |(at, why)| {
        format!("{} {}", clock.show(at), why.code())
    });
    let _ = writeln!(out, "  due     {due}");
}

fn offer_words(play: &Play<'_>, offer: &Offer) -> String {
    let name = play.world.names.of(offer.professional);
    let why = match offer.status {
        OfferStatus::Withdrawn { why, .. } => format!(" {}", why.code()),
        _ => String::new(),
    };
    let usual = if offer.usual && offer.stage != Stage::Usual {
        ", usual"
    } else {
        ""
    };
    let round = if offer.round > 1 {
        format!(", round {}", offer.round)
    } else {
        String::new()
    };
    format!(
        "{name} {}{why} ({}{usual}{round})",
        offer.status.code(),
        offer.stage.code()
    )
}
