//! A PostgreSQL cluster of one's own: in a private temporary folder, in memory where nothing is measured, on a free loopback port with a
//! random password. It can be started, killed, stopped at once, started again on the same port; it
//! dies with this process and is removed at the end.
//! Refuses to touch a cluster it did not make.

mod owner;
mod standby;

use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use self::owner::Owner;

const PREFIX: &str = "relais-pg-";
/// A standby says "read-only connections".
const READY: &str = "database system is ready to accept";
/// How often a start is tried: another process may take the port, orphans of a killed server may
/// still hold its shared memory.
const STARTS: u32 = 200;

/// Where memory looks like a folder.
const MEMORY: &str = "/dev/shm";
/// Less than this left there, bytes, and the disk is taken.
const ROOM: u64 = 2 << 30;

/// A cluster. Dropping it stops it and removes its folder.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    owner: Owner,
    password: String,
    port: u16,
    further: Vec<(&'static str, String)>,
    child: Option<Child>,
}

impl Cluster {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// When the machine has no PostgreSQL server, or it does not start.
    pub fn start() -> Result<Cluster> {
        Self::with(Vec::new())
    }

    /// The same as an installation would run it, for measures: every commit reaches the disk, and
    /// this many connections are taken.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn durable(connections: u32) -> Result<Cluster> {
        Self::with(vec![
            ("fsync", "on".to_owned()),
            ("full_page_writes", "on".to_owned()),
            ("synchronous_commit", "on".to_owned()),
            ("max_connections", connections.to_string()),
        ])
    }

    /// The same with TLS, under this certificate and its key (PEM); clear text is taken as well.
    ///
    /// # Errors
    /// As [`Cluster::start`].
    pub fn encrypted(certificate: &str, key: &str) -> Result<Cluster> {
        let files = [("server.crt", certificate), ("server.key", key)];
        Self::made(vec![("ssl", "on".to_owned())], &files)
    }

    fn with(further: Vec<(&'static str, String)>) -> Result<Cluster> {
        Self::made(further, &[])
    }

    /// With further settings, and files beside its data.
    fn made(further: Vec<(&'static str, String)>, files: &[(&str, &str)]) -> Result<Cluster> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let durable = further
            .iter()
            .any(|(name, value)| *name == "fsync" && value == "on");
        let on = if durable {
            std::env::temp_dir()
        } else {
            quick_folder()
        };
        sweep_stale(&std::env::temp_dir());
        sweep_stale(&on);
        let bin = binaries()?;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{number}", std::process::id());
        let folder = on.join(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("making {}", folder.display()))?;
        let mut cluster = Cluster {
            owner: Owner::of(&folder)?,
            folder,
            bin,
            password: random_hex(16)?,
            port: 0,
            further,
            child: None,
        };
        cluster.init()?;
        for (name, text) in files {
            cluster.keeps(name, text)?;
        }
        let mut last = String::new();
        for _ in 0..3 {
            cluster.port = free_port()?;
            match cluster.launch()? {
                Ok(()) => return Ok(cluster),
                // Most likely somebody took the port in between: try another.
                Err(log) => last = log,
            }
        }
        bail!("postgres did not start: {last}")
    }

    /// The address of its first database, as `postgres://…`.
    pub fn url(&self) -> String {
        format!(
            "postgres://relais:{}@127.0.0.1:{}/postgres",
            self.password, self.port
        )
    }

    /// Its port on the loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Kills the server and every one of its processes at once: nothing is flushed, nobody is told.
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        // The parent first, so that it starts no new child and sees none of them die.
        let parent = child.id();
        let children = children_of(parent);
        child.kill().context("killing postgres")?;
        child.wait()?;
        for pid in children {
            // One that has ended meanwhile is as dead as wanted.
            signal("KILL", pid)?;
        }
        Ok(())
    }

    /// Kills one of its processes with SIGKILL: the server drops every connection and recovers by itself.
    pub fn kill_backend(&self, pid: u32) -> Result<()> {
        signal("KILL", pid)
    }

    /// Stops the server as an administrator does: each connection is told so, after the answer to what it
    /// had just asked.
    pub fn stop_fast(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        signal("INT", child.id())?;
        child.wait()?;
        Ok(())
    }

    /// Stops the server without a checkpoint: connections are cut, the next start recovers.
    pub fn stop_immediate(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        signal("QUIT", child.id())?;
        child.wait()?;
        Ok(())
    }

    /// Starts the server again, on the same port; answers once it accepts connections.
    ///
    /// # Errors
    /// When it does not start, with the last words of its log.
    pub fn start_again(&mut self) -> Result<()> {
        let mut last = String::new();
        for _ in 0..STARTS {
            match self.launch()? {
                Ok(()) => return Ok(()),
                Err(log) => last = log,
            }
        }
        bail!("postgres did not come back: {last}")
    }

    fn init(&self) -> Result<()> {
        let secret = self.folder.join("password");
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&secret)?;
        std::io::Write::write_all(&mut file, self.password.as_bytes())?;
        self.owner.takes(&self.folder)?;
        self.owner.takes(&secret)?;
        let output = self
            .owner
            .command(&self.bin.join("initdb"), &self.folder)
            .arg("--pgdata")
            .arg(self.folder.join("data"))
            .args([
                "--username=relais",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
            ])
            .args(["--locale=C", "--no-sync"])
            .arg(format!("--pwfile={}", secret.display()))
            .output()
            .context("running initdb")?;
        if !output.status.success() {
            bail!(
                "initdb refused: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(())
    }

    /// Puts a file that only the server reads beside its data.
    fn keeps(&self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join("data").join(name);
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        self.owner.takes(&path)
    }

    /// Starts the server; the inner error is its log when it ended before it was ready.
    fn launch(&mut self) -> Result<Result<(), String>> {
        let mut child = self
            .owner
            .command(&self.bin.join("postgres"), &self.folder)
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(settings(self.port, &self.folder))
            // The last of two settings of one name counts.
            .args(words(&self.further))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("starting postgres")?;
        match wait_ready(&mut child)? {
            Ok(()) => {
                self.child = Some(child);
                Ok(Ok(()))
            }
            Err(log) => {
                child.wait()?;
                Ok(Err(log))
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Whatever fails here, the folder goes, and what is left dies with this process.
        if self.stop_immediate().is_err() {
            let _ = self.kill();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Test settings: nothing reaches the disk by force (the machine itself is not cut, and what the
/// kernel holds survives a killed process), many connections, and a time zone that shows at once when
/// something relies on the server's.
fn settings(port: u16, folder: &Path) -> Vec<String> {
    let pairs = [
        ("port", port.to_string()),
        ("listen_addresses", "127.0.0.1".to_owned()),
        ("unix_socket_directories", folder.display().to_string()),
        ("max_connections", "300".to_owned()),
        ("fsync", "off".to_owned()),
        ("full_page_writes", "off".to_owned()),
        ("shared_buffers", "128MB".to_owned()),
        ("timezone", "Asia/Kathmandu".to_owned()),
        ("lc_messages", "C".to_owned()),
        ("logging_collector", "off".to_owned()),
    ];
    words(&pairs)
}

fn words(pairs: &[(&'static str, String)]) -> Vec<String> {
    let each = pairs.iter();
    each.flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
        .collect()
}

/// Reads the server's own log until it says it is ready; afterwards a thread keeps the pipe empty.
fn wait_ready(child: &mut Child) -> Result<Result<(), String>> {
    let pipe = child.stderr.take().context("postgres has no log pipe")?;
    let mut lines = BufReader::new(pipe);
    let mut log = String::new();
    loop {
        let before = log.len();
        if lines.read_line(&mut log)? == 0 {
            return Ok(Err(log));
        }
        if log[before..].contains(READY) {
            break;
        }
    }
    std::thread::spawn(move || {
        let mut sink = Vec::with_capacity(8192);
        while lines.read_until(b'\n', &mut sink).is_ok_and(|n| n > 0) {
            sink.clear();
        }
    });
    Ok(Ok(()))
}

/// The processes started by `parent`.
fn children_of(parent: u32) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // `pid (name) state ppid …`: the name may hold spaces and brackets.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        after.split_whitespace().nth(1) == Some(&parent.to_string())
    })
    .collect()
}

/// Sends a signal; a process that is gone already is no error.
fn signal(name: &str, pid: u32) -> Result<()> {
    let status = Command::new("sh")
        .args([
            "-c",
            "kill -s \"$0\" \"$1\" 2>/dev/null || ! test -d /proc/\"$1\"",
            name,
        ])
        .arg(pid.to_string())
        .status()
        .context("running kill")?;
    if status.success() {
        Ok(())
    } else {
        bail!("signal {name} was not sent to {pid}")
    }
}

/// The newest PostgreSQL of the machine: Debian's versioned folders first, then the PATH.
fn binaries() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        for entry in versions.flatten() {
            let bin = entry.path().join("bin");
            let version = entry.file_name().to_string_lossy().parse().unwrap_or(0);
            if is_executable(&bin.join("initdb")) {
                found.push((version, bin));
            }
        }
    }
    found.sort();
    if let Some((_, bin)) = found.pop() {
        return Ok(bin);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| is_executable(&folder.join("initdb")))
        .context("no PostgreSQL server here: install the Debian package `postgresql`")
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

fn random_hex(bytes: usize) -> Result<String> {
    let mut buffer = vec![0; bytes];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut buffer)?;
    let mut hex = String::with_capacity(bytes * 2);
    for byte in buffer {
        write!(hex, "{byte:02x}")?;
    }
    Ok(hex)
}

/// Where files that need not outlive the machine cost least. A test has a database of its own, three hundred files:
/// made and removed by the thousand, they cost a journaled disk more than all that the tests ask of the server.
fn quick_folder() -> PathBuf {
    if left_in(MEMORY).is_some_and(|left| left >= ROOM) {
        PathBuf::from(MEMORY)
    } else {
        std::env::temp_dir()
    }
}

/// Bytes left where a folder lies; none where nobody can say.
fn left_in(folder: &str) -> Option<u64> {
    let said = Command::new("df").args(["-Pk", folder]).output().ok()?;
    let text = String::from_utf8(said.stdout).ok()?;
    let line = text.lines().nth(1).filter(|_| said.status.success())?;
    let kib: u64 = line.split_whitespace().nth(3)?.parse().ok()?;
    kib.checked_mul(1_024)
}

/// Removes the folders of runs that were killed before they could clean up.
fn sweep_stale(temporary: &Path) {
    let Ok(entries) = std::fs::read_dir(temporary) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(run) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let pid = run.split('-').next().unwrap_or(run);
        let server = std::fs::read_to_string(entry.path().join("data/postmaster.pid"))
            .ok()
            .and_then(|text| text.lines().next().map(str::to_owned));
        if !alive(pid) && !server.is_some_and(|pid| alive(&pid)) {
            // Somebody else's folder stays: the removal is simply refused.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn alive(pid: &str) -> bool {
    Path::new("/proc").join(pid.trim()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_new_each_time() {
        let (a, b) = (
            random_hex(16).expect("urandom"),
            random_hex(16).expect("urandom"),
        );
        assert_eq!(a.len(), 32);
        assert_ne!(a, b);
    }

    #[test]
    fn the_folder_of_a_dead_run_is_swept_and_a_living_one_is_not() {
        let base = std::env::temp_dir().join(format!("relais-sweep-{}", std::process::id()));
        let dead = base.join(format!("{PREFIX}4194305-0"));
        let living = base.join(format!("{PREFIX}{}-0", std::process::id()));
        std::fs::create_dir_all(&dead).expect("temporary folders can be made");
        std::fs::create_dir_all(&living).expect("temporary folders can be made");
        sweep_stale(&base);
        assert!(!dead.exists());
        assert!(living.exists());
        std::fs::remove_dir_all(&base).expect("it was made above");
    }

    #[test]
    fn what_is_left_in_a_folder_is_known_or_is_not() {
        let here = std::env::temp_dir();
        assert!(left_in(&here.to_string_lossy()).is_some_and(|left| left > 0));
        assert_eq!(left_in("/nowhere-at-all"), None);
        assert!(quick_folder().is_dir());
    }

    #[test]
    fn the_server_listens_on_loopback_only() {
        let settings = settings(5555, Path::new("/t"));
        assert!(settings.contains(&"listen_addresses=127.0.0.1".to_owned()));
        assert!(settings.contains(&"port=5555".to_owned()));
    }

    #[test]
    fn a_child_is_found_and_a_gone_process_is_no_error() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep runs");
        assert!(children_of(std::process::id()).contains(&child.id()));
        signal("KILL", child.id()).expect("sent");
        child.wait().expect("it ended");
        signal("KILL", child.id()).expect("gone already");
    }
}
