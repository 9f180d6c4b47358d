//! The reference for many accepts at once: as many PostgreSQL connections as professionals, racing
//! one guarded UPDATE (`pgbench -c 1000 -t 1`). Refuses a server with too few connections.

use crate::stats::Times;
use crate::territory::Folder;
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The tables of the race and of the durable accepts: a request, its events, its outbox.
const TABLES: &str = "DROP TABLE IF EXISTS request, event, outbox;
CREATE TABLE request(id int PRIMARY KEY, status int, ver int, accepted_by int, body text);
CREATE TABLE event(id bigserial PRIMARY KEY, req int, kind int, at timestamptz DEFAULT now(), body text);
CREATE INDEX ON event(req);
CREATE TABLE outbox(id bigserial PRIMARY KEY, req int, dest text, body text, st int);
INSERT INTO request SELECT i, 0, 0, null, 'motif: fievre enfant 3 ans' FROM generate_series(1, 100000) i;
VACUUM ANALYZE;";

/// Everybody tries to take request 1; whoever comes first writes the event and the message.
const RACE: &str = "WITH u AS (UPDATE request SET status=1, accepted_by=:client_id+1 \
WHERE id=1 AND accepted_by IS NULL RETURNING id), \
e AS (INSERT INTO event(req,kind,body) SELECT id,3,'accepted' FROM u) \
INSERT INTO outbox(req,dest,body,st) SELECT id,'+33600000000','Votre demande a ete acceptee',0 FROM u;\n";

/// The same change, each time on another request.
const COMMIT: &str = "\\set id random(1,100000)
WITH u AS (UPDATE request SET status=1-status, ver=ver+1 WHERE id=:id RETURNING id), \
e AS (INSERT INTO event(req,kind,body) SELECT id,3,'{\"what\":\"accepted\"}' FROM u) \
INSERT INTO outbox(req,dest,body,st) SELECT id,'+33600000000','Votre demande a ete acceptee',0 FROM u;\n";

/// The race, ready to be run again and again on one server.
pub(crate) struct Race {
    folder: Folder,
    url: String,
    pgbench: PathBuf,
    connections: usize,
}

impl Race {
    /// Makes the tables; an error says what is missing.
    pub(crate) fn prepare(url: &str, connections: usize) -> anyhow::Result<Self> {
        let race = Self {
            folder: Folder::new("race")?,
            url: url.to_owned(),
            pgbench: pgbench()?,
            connections,
        };
        let most: usize = race.psql("SHOW max_connections;")?.trim().parse()?;
        if most < connections + 50 {
            bail!("the server takes {most} connections; {connections} race");
        }
        race.psql(TABLES)?;
        std::fs::write(race.folder.0.join("race.sql"), RACE)?;
        Ok(race)
    }

    /// Runs it once and answers how long each contender waited. Exactly one must have won.
    pub(crate) fn run(&self) -> anyhow::Result<Times> {
        self.psql("UPDATE request SET status=0, accepted_by=NULL WHERE id=1; DELETE FROM event; DELETE FROM outbox;")?;
        let count = self.connections.to_string();
        self.pgbench(&["-f", "race.sql", "-c", &count, "-j", "2", "-t", "1", "-l"])?;
        let won = self.psql("SELECT count(*) FROM event;")?;
        anyhow::ensure!(won.trim() == "1", "{} winners of the race", won.trim());
        let times = self.logged()?;
        anyhow::ensure!(times.count() == self.connections as u64);
        Ok(times)
    }

    /// Durable commits a second: the same three rows on distinct requests, `clients` at once.
    pub(crate) fn commits(&self, clients: usize, seconds: u64) -> anyhow::Result<f64> {
        std::fs::write(self.folder.0.join("commit.sql"), COMMIT)?;
        let (clients, seconds) = (clients.to_string(), seconds.to_string());
        let said = self.pgbench(&[
            "-f",
            "commit.sql",
            "-c",
            &clients,
            "-j",
            "2",
            "-T",
            &seconds,
        ])?;
        let line = said.lines().find(|line| line.starts_with("tps = "));
        let word = line.and_then(|line| line.split_whitespace().nth(2));
        Ok(word.context("pgbench says no tps")?.parse()?)
    }

    fn logged(&self) -> anyhow::Result<Times> {
        let mut times = Times::new();
        for entry in std::fs::read_dir(&self.folder.0)? {
            let path = entry?.path();
            if !path.to_string_lossy().contains("pgbench_log") {
                continue;
            }
            for line in std::fs::read_to_string(&path)?.lines() {
                let micros = line.split(' ').nth(2).context("a latency")?.parse()?;
                times.record(Duration::from_micros(micros));
            }
            std::fs::remove_file(path)?;
        }
        Ok(times)
    }

    fn psql(&self, sql: &str) -> anyhow::Result<String> {
        psql(&self.url, sql)
    }

    fn pgbench(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(&self.pgbench);
        command
            .current_dir(&self.folder.0)
            .args(["-n", "-M", "prepared"])
            .args(arguments)
            .arg(&self.url);
        answer(command)
    }
}

/// One call of `psql`, unaligned.
pub(crate) fn psql(url: &str, sql: &str) -> anyhow::Result<String> {
    let mut command = Command::new(beside_initdb("psql").context("no psql here")?);
    // One `-c` a statement: VACUUM refuses to stand in a transaction.
    command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url]);
    for statement in sql.split(';').map(str::trim).filter(|s| !s.is_empty()) {
        command.args(["-c", statement]);
    }
    answer(command)
}

fn answer(mut command: Command) -> anyhow::Result<String> {
    let output = command.output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}: {}", command.get_program().display(), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `pgbench` of the newest PostgreSQL of the machine.
pub(crate) fn pgbench() -> anyhow::Result<PathBuf> {
    beside_initdb("pgbench").context("no pgbench here: it comes with the Debian package postgresql")
}

fn beside_initdb(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut found: Vec<_> = versions
        .flatten()
        .map(|entry| entry.path().join("bin").join(name))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.pop().or_else(|| {
        let path = Path::new("/usr/bin").join(name);
        path.is_file().then_some(path)
    })
}
