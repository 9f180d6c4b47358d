//! The machine the figures were taken on: cores, load before and after, what one durable write
//! costs today; and who runs on which processor. Refuses figures without them.

use crate::stats::{Times, tick};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::OpenOptions;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What to know before reading a figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// Processors.
    pub(crate) cores: usize,
    /// Model of the first processor.
    pub(crate) model: String,
    /// Load average over a minute, before the first measure.
    pub(crate) load_before: f64,
    /// The same, after this one.
    pub(crate) load_after: f64,
    /// Median of `fdatasync` over a 4 KiB overwrite, µs.
    pub(crate) fsync_p50_us: u64,
    /// Its 99th percentile, µs.
    pub(crate) fsync_p99_us: u64,
}

impl Facts {
    /// Looks around and times the disk.
    pub(crate) fn look() -> anyhow::Result<Self> {
        let fsync = fsync()?;
        let load = load();
        Ok(Self {
            cores: cpuinfo("processor").count(),
            model: cpuinfo("model name").next().unwrap_or_default(),
            load_before: load,
            load_after: load,
            fsync_p50_us: micros(fsync.at(0.5)),
            fsync_p99_us: micros(fsync.at(0.99)),
        })
    }

    /// The same facts with the load of now.
    pub(crate) fn again(&self) -> Self {
        Self {
            load_after: load(),
            ..self.clone()
        }
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cores ({}), load {:.1} → {:.1}, fdatasync 4 KiB p50 {} µs p99 {} µs",
            self.cores,
            self.model,
            self.load_before,
            self.load_after,
            self.fsync_p50_us,
            self.fsync_p99_us
        )
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}

/// What the kernel says of each processor under one heading.
fn cpuinfo(heading: &str) -> impl Iterator<Item = String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let values: Vec<_> = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.trim() == heading)
        .map(|(_, value)| value.trim().to_owned())
        .collect();
    values.into_iter()
}

/// What a durable write costs: 300 overwrites of one block, where databases of this run live.
fn fsync() -> anyhow::Result<Times> {
    let path = scratch("fsync");
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .open(&path)?;
    file.write_all(&[0; 4096])?;
    file.sync_all()?;
    let mut times = Times::new();
    for n in 0..300_u32 {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&[n.to_le_bytes()[0]; 4096])?;
        let begun = tick();
        file.sync_data()?;
        times.record(begun.elapsed());
    }
    drop(file);
    std::fs::remove_file(path)?;
    Ok(times)
}

/// A path of this process in the temporary folder.
pub(crate) fn scratch(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("relais-bench-{}-{name}", std::process::id()))
}

/// Which processor serves and which loads, so that neither takes the other's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pins {
    apart: bool,
}

/// The servers' processor.
const SERVING: &str = "0";
/// The load client's.
const LOADING: &str = "1";

impl Pins {
    /// Keeps this process to the second processor, when there are two and `taskset` is here.
    pub(crate) fn take() -> Self {
        let apart = keep_to(LOADING);
        if !apart {
            eprintln!("Server and load client share every processor: taskset could not part them.");
        }
        Self { apart }
    }

    /// A program on the server's processor.
    pub(crate) fn serving(self, program: &std::path::Path) -> Command {
        if !self.apart {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["-c", SERVING]).arg(program);
        command
    }

    /// Starts something whose processes stay on the server's processor.
    pub(crate) fn started_serving<T>(self, start: impl FnOnce() -> T) -> T {
        if !self.apart {
            return start();
        }
        // Processes inherit where their parent was allowed to run.
        let moved = keep_to(SERVING);
        let started = start();
        if !(moved && keep_to(LOADING)) {
            eprintln!("The load client may have stayed on the server's processor.");
        }
        started
    }
}

/// Keeps every thread of this process to one processor.
fn keep_to(processor: &str) -> bool {
    let pid = std::process::id().to_string();
    let done = Command::new("taskset")
        .args(["-a", "-c", "-p", processor, &pid])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    done.is_ok_and(|status| status.success())
}
