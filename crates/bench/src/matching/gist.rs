//! The reference: the same country in PostgreSQL under a GiST index over places, asked for the
//! nearest of a profession with bit masks for what they accept, through prepared statements of one
//! client. Refuses the tests of R5 that are no mask, so that it has less to do than the program.

use super::country::Country;
use crate::race::{pgbench, psql};
use crate::territory::Folder;
use anyhow::Context as _;
use relais_core::geo::Point;
use relais_core::people::{Mode, Profession};
use std::fmt::Write as _;
use std::process::Command;

const TABLES: &str = "CREATE TABLE pro(id int PRIMARY KEY, prof int, modes int, pos point);
CREATE TABLE ask(id int PRIMARY KEY, pos point)";
const INDEXES: &str = "CREATE INDEX ON pro USING gist(pos); VACUUM ANALYZE pro; VACUUM ANALYZE ask";

/// Nearest first within 15 km, at most two hundred.
const QUESTION: &str = "SELECT near.id FROM ask, LATERAL (SELECT id FROM pro \
WHERE pro.pos <@ box(point(ask.pos[0] - 0.2, ask.pos[1] - 0.14), point(ask.pos[0] + 0.2, ask.pos[1] + 0.14)) \
AND prof = 0 AND modes & 1 <> 0 ORDER BY pro.pos <-> ask.pos LIMIT 200) near WHERE ask.id = :q;\n";

/// The country in a database.
pub(super) struct Gist {
    url: String,
    folder: Folder,
    points: usize,
}

impl Gist {
    /// Loads it: every professional with their first place, and where patients are.
    pub(super) fn loaded(url: String, country: &Country, points: &[Point]) -> anyhow::Result<Self> {
        let folder = Folder::new("gist")?;
        let mut pros = String::new();
        for (n, member) in country.members.iter().enumerate() {
            let Some(place) = member.places.first() else {
                continue;
            };
            let gp = u8::from(member.profession != Profession::Gp);
            let modes = u8::from(member.profile.modes.accepts(Mode::Consultation));
            let (lon, lat) = (place.lon(), place.lat());
            writeln!(pros, "{n}\t{gp}\t{modes}\t({lon},{lat})")?;
        }
        let mut asks = String::new();
        for (n, point) in points.iter().enumerate() {
            writeln!(asks, "{}\t({},{})", n + 1, point.lon(), point.lat())?;
        }
        psql(&url, TABLES)?;
        for (table, text) in [("pro", pros), ("ask", asks)] {
            let file = folder.0.join(table);
            std::fs::write(&file, text)?;
            psql(&url, &format!("\\copy {table} FROM '{}'", file.display()))?;
        }
        psql(&url, INDEXES)?;
        let question = format!("\\set q random(1, {})\n{QUESTION}", points.len());
        std::fs::write(folder.0.join("question.sql"), question)?;
        Ok(Self {
            url,
            folder,
            points: points.len(),
        })
    }

    /// Questions a second of one client.
    pub(super) fn rate(&self, seconds: u64) -> anyhow::Result<f64> {
        anyhow::ensure!(self.points > 0, "nobody asks anything");
        let mut command = Command::new(pgbench()?);
        let output = command
            .current_dir(&self.folder.0)
            .args(["-n", "-M", "prepared", "-f", "question.sql", "-c", "1"])
            .args(["-T", &seconds.to_string()])
            .arg(&self.url)
            .output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said.lines().find(|line| line.starts_with("tps = "));
        let word = line.and_then(|line| line.split_whitespace().nth(2));
        let problem = || {
            format!(
                "pgbench says no tps: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        };
        Ok(word.with_context(problem)?.parse()?)
    }
}
