//! `cargo xtask postgres -- CMD…`: a throw-away PostgreSQL for the length of one command.
//!
//! Owns finding the server's binaries, running them as a user that PostgreSQL accepts (never root),
//! and leaving nothing behind: the cluster lives in a private temporary folder, listens on a free
//! loopback port with a random password, dies with this process, and is removed at the end.
//! Refuses to touch a cluster it did not make.

use anyhow::{Context, Result, bail};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

const PREFIX: &str = "relais-pg-";
const READY: &str = "database system is ready to accept connections";

/// Runs `command` with `RELAIS_TEST_POSTGRES_URL` set and answers its exit code.
pub(crate) fn run(command: &[&str]) -> Result<ExitCode> {
    let server = Server::start()?;
    let status = Command::new(command[0])
        .args(&command[1..])
        .env("RELAIS_TEST_POSTGRES_URL", &server.url)
        .status()
        .with_context(|| format!("running {}", command[0]));
    // Stopped whatever the command did; its own answer comes after.
    server.stop();
    let code = status?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}

/// A running cluster. Dropping it stops it.
struct Server {
    folder: PathBuf,
    bin: PathBuf,
    owner: Owner,
    child: Child,
    url: String,
}

impl Server {
    fn start() -> Result<Server> {
        sweep_stale(&std::env::temp_dir());
        let bin = binaries()?;
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .with_context(|| format!("making {}", folder.display()))?;
        let owner = Owner::of(&folder)?;
        let password = random_hex(16)?;
        match Self::start_in(&folder, &bin, &owner, &password) {
            Ok((child, port)) => {
                let url = format!("postgres://relais:{password}@127.0.0.1:{port}/postgres");
                Ok(Server {
                    folder,
                    bin,
                    owner,
                    child,
                    url,
                })
            }
            Err(error) => {
                // The folder was made a moment ago by this very call.
                let _ = std::fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    fn start_in(folder: &Path, bin: &Path, owner: &Owner, password: &str) -> Result<(Child, u16)> {
        let secret = folder.join("password");
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&secret)?;
        std::io::Write::write_all(&mut file, password.as_bytes())?;
        owner.takes(folder)?;
        owner.takes(&secret)?;

        let output = owner
            .command(&bin.join("initdb"), folder)
            .arg("--pgdata")
            .arg(folder.join("data"))
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

        let mut last = String::new();
        for _ in 0..3 {
            let port = free_port()?;
            let mut child = owner
                .command(&bin.join("postgres"), folder)
                .arg("-D")
                .arg(folder.join("data"))
                .args(settings(port, folder))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .context("starting postgres")?;
            match wait_ready(&mut child)? {
                Ok(()) => return Ok((child, port)),
                // Most likely somebody took the port in between: try another.
                Err(log) => last = log,
            }
            child.wait()?;
        }
        bail!("postgres did not start: {last}")
    }

    fn stop(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self
            .owner
            .command(&self.bin.join("pg_ctl"), &self.folder)
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-m", "immediate", "-w", "stop"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !stopped {
            // Already gone, or pg_ctl itself is: make sure of it.
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("xtask: could not remove {}: {error}", self.folder.display());
        }
    }
}

/// Test settings: no durability (the cluster is thrown away), many connections, and a time zone
/// that shows at once when something relies on the server's.
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
    pairs
        .into_iter()
        .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")])
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

/// Who the server runs as: oneself, or the `postgres` user (else `nobody`) when oneself is root.
#[derive(Debug)]
struct Owner {
    change_to: Option<(u32, u32)>,
}

impl Owner {
    fn of(mine: &Path) -> Result<Owner> {
        if std::fs::metadata(mine)?.uid() != 0 {
            return Ok(Owner { change_to: None });
        }
        let users = std::fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        let ids = user_ids(&users, "postgres").or_else(|| user_ids(&users, "nobody"));
        match ids {
            Some(ids) => Ok(Owner {
                change_to: Some(ids),
            }),
            None => bail!("PostgreSQL refuses to run as root and there is no postgres user here"),
        }
    }

    fn takes(&self, path: &Path) -> Result<()> {
        if let Some((uid, gid)) = self.change_to {
            std::os::unix::fs::chown(path, Some(uid), Some(gid))
                .with_context(|| format!("giving {} away", path.display()))?;
        }
        Ok(())
    }

    /// `program` as this owner, in `folder`, and — where setpriv exists — dying with this process.
    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = match setpriv() {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "INT"]);
                if let Some((uid, gid)) = self.change_to {
                    command
                        .arg(format!("--reuid={uid}"))
                        .arg(format!("--regid={gid}"));
                    command.arg("--clear-groups");
                }
                command.arg(program);
                command
            }
            None => {
                let mut command = Command::new(program);
                if let Some((uid, gid)) = self.change_to {
                    command.uid(uid).gid(gid);
                }
                command
            }
        };
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .env("LC_ALL", "C")
            .env_remove("PGDATA");
        command
    }
}

fn setpriv() -> Option<PathBuf> {
    let path = PathBuf::from("/usr/bin/setpriv");
    path.exists().then_some(path)
}

/// The numeric user and group of `name` in the text of a passwd file.
fn user_ids(passwd: &str, name: &str) -> Option<(u32, u32)> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        match fields.as_slice() {
            [user, _, uid, gid, ..] if *user == name => {
                Some((uid.parse().ok()?, gid.parse().ok()?))
            }
            _ => None,
        }
    })
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

/// Removes the folders of runs that were killed before they could clean up.
fn sweep_stale(temporary: &Path) {
    let Ok(entries) = std::fs::read_dir(temporary) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(pid) = name.strip_prefix(PREFIX) else {
            continue;
        };
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
    fn the_ids_of_a_user_are_read_from_passwd() {
        let passwd = "root:x:0:0:root:/r:/bin/sh\npostgres:x:101:104:admin:/v:/bin/bash\n";
        assert_eq!(user_ids(passwd, "postgres"), Some((101, 104)));
        assert_eq!(user_ids(passwd, "nobody"), None);
        assert_eq!(user_ids("postgres:x:many:1:::", "postgres"), None);
    }

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
        let dead = base.join(format!("{PREFIX}4194305"));
        let living = base.join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir_all(&dead).expect("temporary folders can be made");
        std::fs::create_dir_all(&living).expect("temporary folders can be made");
        sweep_stale(&base);
        assert!(!dead.exists());
        assert!(living.exists());
        std::fs::remove_dir_all(&base).expect("it was made above");
    }

    #[test]
    fn the_server_listens_on_loopback_only() {
        let settings = settings(5555, Path::new("/t"));
        assert!(settings.contains(&"listen_addresses=127.0.0.1".to_owned()));
        assert!(settings.contains(&"port=5555".to_owned()));
    }
}
