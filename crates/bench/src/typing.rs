//! What a letter costs while somebody types: communes, motives and professionals suggested by the
//! server, letter after letter, with the whole country's directory imported. Times are from the last
//! byte asked to the last byte read, on one connection kept open, as a browser has it.

use crate::bench::Bench;
use crate::country::{self, Size};
use crate::report::{Row, Verdict};
use crate::server::Server;
use crate::start::demonstration;
use crate::stats::{Spread, Times, ms, pause, tick};
use crate::territory::Folder;
use crate::weights::sign_in;
use crate::wire::Connection;
use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

/// How large the directory is.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Args {
    /// Lines of the national file, made up; about half as many entries.
    #[arg(long, default_value_t = 2_400_000)]
    lines: usize,
}

/// From the letter typed to the list read, ms.
const MOST_MS: f64 = 30.0;
/// Between two letters: no hand is faster, and a session may ask fifty times a second.
const BETWEEN_MS: u64 = 25;

const COMMUNES: [&str; 10] = [
    "Massy",
    "Saint-Denis",
    "91300",
    "Sainte-Geneviève-des-Bois",
    "La Ferté-Alais",
    "Les Ulis",
    "L'Haÿ-les-Roses",
    "Marseille",
    "Évry-Courcouronnes",
    "Villeneuve-sur-Lot",
];
const MOTIVES: [&str; 10] = [
    "oreille",
    "mal au ventre",
    "boutons",
    "fièvre",
    "pansement",
    "cheville",
    "ordonnance",
    "grossesse",
    "rage de dents",
    "vertige",
];
const PEOPLE: [&str; 10] = [
    "Martin",
    "Bernard Claire",
    "Dupond",
    "de la Tourelle",
    "Nguyen",
    "Le Roux",
    "Marchar Jean-Pierre",
    "Traoré",
    "Benmon Karim",
    "Xyzzy",
];

/// Types.
pub(crate) async fn run(bench: &mut Bench, args: Args) -> anyhow::Result<()> {
    let folder = Folder::new("typing")?;
    drop(demonstration(bench, &folder).await?);
    let file = folder.0.join("directory.txt");
    let lines = args.lines;
    country::write_to(&file, Size { lines, changed: 0 })?;
    // The demonstration keeps its key as it is, a server reads it in base 64.
    let raw = std::fs::read(folder.0.join("data/master.key"))?;
    let key = folder.0.join("master.key");
    std::fs::write(&key, STANDARD.encode(raw))?;
    let url = format!("sqlite://{}", folder.0.join("data/relais.db").display());
    let begun = tick();
    let imported = bench
        .pins
        .serving(&bench.options.bin)
        .args(["import", "directory"])
        .arg(&file)
        .env("RELAIS_DATABASE_URL", &url)
        .env("RELAIS_KEYS_MASTER_FILE", &key)
        .env("RELAIS_LOG_FILTER", "error")
        .output()?;
    anyhow::ensure!(
        imported.status.success(),
        "import: {}",
        String::from_utf8_lossy(&imported.stderr)
    );
    let imported = begun.elapsed();
    let server = demonstration(bench, &folder).await?;
    let accounts = server.get("/demo/accounts.json", None).await?.json()?;
    let accounts = accounts.as_array().context("accounts are a list")?;
    let operator = accounts.iter().find(|one| one["role"] == "operator");
    let door = operator.and_then(|one| one["login_url"].as_str());
    let cookie = sign_in(&server, door.context("a way in")?).await?;
    let rounds = bench.pairs(5, 2);
    let lists: [(&str, &str, &str, &[&str]); 3] = [
        (
            "communes",
            "a commune among 35,000",
            "/communes?q=",
            &COMMUNES,
        ),
        (
            "motives",
            "a motive by everyday words",
            "/motifs?q=",
            &MOTIVES,
        ),
        (
            "directory",
            "a usual doctor among the members and the national directory",
            "/professionnels?profession=gp&q=",
            &PEOPLE,
        ),
    ];
    for (id, what, path, texts) in lists {
        let (mut p50, mut p99, mut slowest, mut letters) = (vec![], vec![], 0.0_f64, 0);
        // The first turn fills caches and does not count.
        for round in 0..=rounds {
            let times = typed(&server, &cookie, path, texts).await?;
            if round == 0 {
                continue;
            }
            p50.push(ms(times.at(0.5)));
            p99.push(ms(times.at(0.99)));
            slowest = slowest.max(ms(times.max()));
            letters += times.count();
        }
        let measured = Spread::of(&p99);
        let verdict = if measured.max <= MOST_MS {
            Verdict::Met
        } else {
            Verdict::Short {
                reason: "over its goal in this run; where the time goes was not looked into yet"
                    .to_owned(),
            }
        };
        let mut notes = vec![format!(
            "median {} ms, slowest of all {slowest:.1} ms",
            Spread::of(&p50).shown()
        )];
        if id == "directory" {
            notes.push(format!(
                "a made-up file of {} lines, imported in {:.0} s on one processor; SQLite on disk",
                args.lines,
                imported.as_secs_f64()
            ));
        }
        bench.keep(Row {
            id: format!("typing-{id}"),
            what: format!("each letter typed of {what}, p99 at the browser's end"),
            unit: "ms".to_owned(),
            goal: "≤ 30 ms".to_owned(),
            measured,
            reference: None,
            n: letters,
            command: "relais-bench typing".to_owned(),
            verdict,
            notes,
            machine: None,
        })?;
    }
    Ok(())
}

/// Every beginning of every text, two letters at least, asked one after the other.
async fn typed(server: &Server, cookie: &str, path: &str, texts: &[&str]) -> anyhow::Result<Times> {
    let mut times = Times::new();
    let mut connection = Connection::open(server.address).await?;
    for text in texts {
        let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).skip(1);
        for end in ends {
            let query = escaped(&text[..end]);
            let head = format!(
                "GET {path}{query} HTTP/1.1\r\nHost: bench\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\r\n"
            );
            pause(BETWEEN_MS).await;
            let begun = tick();
            let answer = connection.ask(head.as_bytes()).await?;
            times.record(begun.elapsed());
            anyhow::ensure!(answer.status == 200, "{path}{query}: {}", answer.status);
        }
    }
    Ok(times)
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_is_typed_travels() {
        assert_eq!(escaped("L'Haÿ"), "L%27Ha%C3%BF");
    }
}
