//! Row c: who may be asked for one request in the national directory, 1.1 million professionals in a
//! thousand networks around the real communes, beside a grid in C. Everything is drawn from a seed.

mod country;
mod gist;

use crate::bench::Bench;
use crate::report::{Reference, Row, Verdict};
use crate::stats::{Spread, Times, ms, tick};
use crate::turns::in_turn;
use country::{Country, Question};
use gist::Gist;
use relais_core::matching::{Index, nearness};

/// How many, from which seed.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Professionals.
    #[arg(long, default_value_t = 1_100_000)]
    professionals: usize,
    /// Networks.
    #[arg(long, default_value_t = 1_000)]
    networks: usize,
    /// Seed of the country.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// p99 of one question, ms.
const ONE_MOST_MS: f64 = 1.0;
/// Questions a second on one core.
const RATE_LEAST: f64 = 10_000.0;
/// To build the index, ms.
const BUILD_MOST_MS: f64 = 2_000.0;
/// The index, MB.
const SIZE_MOST_MB: f64 = 100.0;
/// How long the reference is asked in one turn, seconds.
const SECONDS: u64 = 3;

/// Where the index's time and room go.
const LINE_EACH: &str = "a line of cache is packed and kept for each of 1.1 million people";

/// Measures everything.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let mut country = Country::drawn(args.seed, args.professionals, args.networks);
    country.members.sort_by_cached_key(nearness);
    let rounds = bench.pairs(5, 1);
    let (mut built, mut size) = (Vec::new(), Vec::new());
    let mut index = Index::default();
    for _ in 0..rounds {
        drop(index);
        let (before, begun) = (resident_mb()?, tick());
        index = Index::build(&country.members);
        built.push(ms(begun.elapsed()));
        size.push(resident_mb()? - before);
    }
    let n = rounds as u64;
    bench.keep(
        row("c-build", "Index of the directory, built", "ms", &built, n).goal(
            "≤ 2,000 ms",
            LINE_EACH,
            |s| s.median <= BUILD_MOST_MS,
        ),
    )?;
    // What the allocator gave back in between is taken again unseen: the first is the honest one.
    let first = size.first().copied().unwrap_or(f64::NAN);
    bench.keep(
        row(
            "c-size",
            "Index of the directory, resident memory added",
            "MB",
            &[first],
            1,
        )
        .goal("≤ 100 MB", LINE_EACH, |s| s.median <= SIZE_MOST_MB),
    )?;

    for (name, what, wide) in [
        ("c-cpts", "One network's pool", false),
        ("c-department", "A department's federation", true),
    ] {
        let kinds: [(&str, &str, Kind); 2] = [
            (
                "counts",
                "candidates in order, the others counted by reason",
                Kind::Sift,
            ),
            ("verdicts", "every verdict with every test", Kind::Verdicts),
        ];
        for (suffix, said, kind) in kinds {
            let (mut p50, mut p99, mut rate, mut people) = (vec![], vec![], vec![], 0);
            for round in 0..rounds {
                let asked = questions(bench, wide);
                let questions = country.questions(round as u64, asked, wide);
                let (times, second, met) = ask_all(&country, &index, &questions, kind);
                p50.push(ms(times.at(0.5)));
                p99.push(ms(times.at(0.99)));
                rate.push(second);
                people = met / asked.max(1);
            }
            let asked = (questions(bench, wide) * rounds) as u64;
            let note = format!(
                "About {people} people a question; median {} ms; {} questions a second on one core.",
                Spread::of(&p50).shown(),
                Spread::of(&rate).shown()
            );
            let what = format!("{what}: {said}, p99");
            let mut kept = row(&format!("{name}-{suffix}"), &what, "ms", &p99, asked);
            if !wide {
                let rate = Spread::of(&rate).median;
                kept = kept.goal("≤ 1 ms, ≥ 10,000/s/core", kind.costs(), |s| {
                    s.median <= ONE_MOST_MS && rate >= RATE_LEAST
                });
            }
            kept.notes.push(note);
            bench.keep(kept)?;
        }
    }
    beside_gist(bench, &country, &index).await
}

#[derive(Clone, Copy)]
enum Kind {
    Sift,
    Verdicts,
}

impl Kind {
    /// Where the time of a question goes.
    const fn costs(self) -> &'static str {
        match self {
            Self::Sift => "each of the pool is measured and tested on one processor",
            Self::Verdicts => {
                "a finding for each test is written for each of the pool, asked or not, which \
                 weighs more than making the tests; the launch and the form's live count are the \
                 row above"
            }
        }
    }
}

fn questions(bench: &Bench, wide: bool) -> usize {
    if wide {
        bench.pairs(500, 50)
    } else {
        bench.pairs(5_000, 300)
    }
}

/// Each question alone, timed; questions a second over all of them; people considered in all.
fn ask_all(
    country: &Country,
    index: &Index,
    questions: &[Question],
    kind: Kind,
) -> (Times, f64, usize) {
    let (mut times, mut met) = (Times::new(), 0);
    let begun = tick();
    for question in questions {
        let one = tick();
        let pool = country.pool(index, question);
        met += question.through(|ask| match kind {
            Kind::Sift => {
                let sifted = pool.sift(ask);
                sifted.asked.len() + sifted.left_out.values().sum::<usize>()
            }
            Kind::Verdicts => std::hint::black_box(pool.verdicts(ask)).len(),
        });
        times.record(one.elapsed());
    }
    let seconds = begun.elapsed().as_secs_f64();
    (times, questions.len() as f64 / seconds, met)
}

/// The cascade's own question, every test made, beside a nearest-first query in PostgreSQL.
async fn beside_gist(bench: &mut Bench, country: &Country, index: &Index) -> anyhow::Result<()> {
    let count = bench.pairs(20_000, 1_000);
    let questions = country.questions(9, count, false);
    let ours = || Ok(ask_all(country, index, &questions, Kind::Sift).1);
    let what = "Candidates of one request among everybody, questions a second on one core";
    let Some(postgres) = &bench.postgres else {
        let mut kept = row("c-gist", what, "/s", &[ours()?], count as u64);
        kept.notes.push("No PostgreSQL: no reference.".to_owned());
        return bench.keep(kept);
    };
    let gist = Gist::loaded(postgres.database()?, country, &country.points(9, 1_000))?;
    let pairs = bench.pairs(5, 1);
    let turns = in_turn(pairs, async |_| gist.rate(SECONDS), async |_| ours()).await?;
    let mut kept = row("c-gist", what, "/s", &turns.program, (count * pairs) as u64);
    let name = "PostgreSQL, GiST, the 200 nearest within 15 km, two masks";
    kept.reference = Some(Reference::new(name, "/s", &turns));
    bench.keep(kept)
}

fn row(id: &str, what: &str, unit: &str, figures: &[f64], n: u64) -> Row {
    Row {
        id: id.to_owned(),
        what: what.to_owned(),
        unit: unit.to_owned(),
        goal: "–".to_owned(),
        measured: Spread::of(figures),
        reference: None,
        n,
        command: "relais-bench matching".to_owned(),
        verdict: Verdict::Told,
        notes: Vec::new(),
        machine: None,
    }
}

impl Row {
    fn goal(mut self, goal: &str, reason: &str, met: impl Fn(&Spread) -> bool) -> Self {
        self.goal = goal.to_owned();
        self.verdict = Verdict::of(met(&self.measured), || reason.to_owned());
        self
    }
}

/// Resident memory of this process, MB.
fn resident_mb() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next());
    let kilobytes: f64 = kilobytes.unwrap_or_default().parse()?;
    Ok(kilobytes / 1_000.0)
}
