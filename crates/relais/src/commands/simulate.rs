//! `relais simulate`: plays a scenario and tells it; or lives its requests many times, with other
//! habits and other failures, and says what came of them, each figure with what it is counted over.

use super::say;
use crate::cli::Simulate;
use anyhow::{Context as _, anyhow, bail};
use relais_sim::engine::Core;
use relais_sim::script::Script;
use relais_sim::whatif::{Outcome, percentile, vary};
use relais_sim::words;

/// Largest scenario read, bytes.
const LARGEST: u64 = 1_000_000;

/// `relais simulate`
pub(crate) fn run(args: &Simulate) -> anyhow::Result<()> {
    let file = args.scenario.display();
    let size = std::fs::metadata(&args.scenario).with_context(|| format!("{file}"))?;
    if size.len() > LARGEST {
        bail!("{file} is no scenario: it holds more than a million characters");
    }
    let text = std::fs::read_to_string(&args.scenario).with_context(|| format!("{file}"))?;
    let script = Script::parse(&text).map_err(|error| anyhow!("{file}, {error}"))?;
    if args.runs == 1 {
        return play(&script, &file.to_string());
    }
    let outcome = vary(&script, args.seed, args.runs).map_err(|what| anyhow!("{file}: {what}"))?;
    figures(&outcome, args.seed, &file.to_string());
    match outcome.breach {
        Some((seed, breach)) => bail!("a rule was broken, seed {seed}: {breach}"),
        None => Ok(()),
    }
}

fn play(script: &Script, file: &str) -> anyhow::Result<()> {
    let told = words::play(script, &Core).map_err(|what| anyhow!("{file}: {what}"))?;
    say(told.trace.trim_end());
    match told.breaches.first() {
        Some(breach) => bail!("{file} breaks a rule: {breach}"),
        None => Ok(()),
    }
}

fn figures(outcome: &Outcome, seed: u64, file: &str) {
    let Outcome {
        runs,
        tried,
        raised,
        accepted,
        unfilled,
        ..
    } = outcome;
    say(format!(
        "Simulation de {file} : {runs} tirages à partir de la graine {seed}, {tried} demandes."
    ));
    say(format!(
        "  Déclenchées               {} (les autres : réseau fermé, signe de gravité, ou abandon)",
        share(*raised, *tried)
    ));
    say(format!(
        "  Prises en charge          {}",
        share(*accepted, *raised)
    ));
    say(format!(
        "  Sans preneur à un moment  {}",
        share(*unfilled, *raised)
    ));
    let delay = |percent| percentile(&outcome.accepted_after, percent).map(minutes);
    if let (Some(median), Some(late)) = (delay(50), delay(90)) {
        say(format!(
            "  Délai d’acceptation       {median} en médiane, {late} pour neuf sur dix \
             (sur {accepted} prises en charge)"
        ));
    }
    let asked = |percent| percentile(&outcome.asked, percent);
    if let (Some(median), Some(most)) = (asked(50), asked(100)) {
        say(format!(
            "  Sollicités par demande    {median} en médiane, {most} au plus (sur {raised} demandes)"
        ));
    }
    say(
        "Les réponses, les lenteurs et les pannes sont tirées au sort : ces chiffres comparent des \
         réglages, ils ne prédisent rien.",
    );
}

/// A part, what it is a part of, and the percentage.
fn share(part: u64, of: u64) -> String {
    let percent = (part * 100 + of / 2).checked_div(of).unwrap_or(0);
    format!("{part} sur {of} ({percent} %)")
}

/// A length in minutes, or hours and minutes.
fn minutes(ms: i64) -> String {
    let minutes = (ms + 30_000) / 60_000;
    if minutes < 60 {
        format!("{minutes} min")
    } else {
        format!("{} h {:02}", minutes / 60, minutes % 60)
    }
}
