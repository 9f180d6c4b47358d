//! What the machine grants this process: files (each live page is one, each act in flight another) and
//! memory. Raises what may be raised, keeps a part of the files for those who act, so that pages are
//! refused first, and says at the start what is too little for what one process is made for.

use relais_app::admin::doctor::Check;
use relais_app::condition::Limits;
use relais_app::condition::judge::{FILES_ENOUGH, MEMORY_ENOUGH};
use std::path::Path;

/// Files kept from live pages: a thousand acts at once, and the database.
const KEPT_FOR_ACTS: u64 = 1_200;

/// Raises the limit of files as far as the system allows; answers what is granted then.
pub(crate) fn raise() -> Limits {
    // Where there is nothing to ask, the limit is not ours to know: the usual one is assumed.
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1_024);
    Limits {
        files: Some(files),
        memory: memory(Path::new("/"), address_space()),
    }
}

/// Live pages that leave room for acts.
pub(crate) fn live_pages(limits: Limits) -> usize {
    let files = limits.files.unwrap_or(1_024);
    let kept = KEPT_FOR_ACTS.min(files / 2);
    usize::try_from(files - kept).unwrap_or(usize::MAX)
}

/// Says in the log what is too little.
pub(crate) fn warn(limits: Limits) {
    for check in checks(limits).iter().filter(|check| !check.ok) {
        tracing::warn!(limit = check.name, "{}", check.detail);
    }
}

/// What `relais doctor` says of them.
pub(crate) fn checks(limits: Limits) -> Vec<Check> {
    let files = limits.files.unwrap_or(1_024);
    let enough = files >= FILES_ENOUGH;
    let pages = live_pages(limits);
    let advice = if enough {
        ""
    } else {
        ": raise LimitNOFILE of the service (65536 is usual)"
    };
    let mut all = vec![Check {
        name: "files",
        ok: enough,
        detail: format!("{files} may be open, {pages} of them live pages{advice}"),
    }];
    if let Some(memory) = limits.memory {
        let ok = memory >= MEMORY_ENOUGH;
        let advice = if ok {
            ""
        } else {
            ": raise MemoryMax of the service, or the machine's memory (512 MiB at least)"
        };
        let detail = format!("{} MiB may be taken{advice}", memory >> 20);
        all.push(Check {
            name: "memory",
            ok,
            detail,
        });
    }
    all
}

/// What `ulimit -v` allows, if it does not allow everything.
fn address_space() -> Option<u64> {
    let (soft, _) = rlimit::getrlimit(rlimit::Resource::AS).ok()?;
    (soft < rlimit::INFINITY).then_some(soft)
}

/// The least of what the machine has, what its group may take, and what the process may; `None`
/// where none of them is known. `root` is `/`, or a test's copy of the files read.
fn memory(root: &Path, process: Option<u64>) -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let machine = read("proc/meminfo").and_then(|text| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("MemTotal:"))?;
        let kilobytes = line.split_whitespace().next()?.parse::<u64>().ok()?;
        Some(kilobytes * 1024)
    });
    let group = read("proc/self/cgroup").and_then(|text| {
        let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
        // A group may take no more than any above it.
        let limits = Path::new(path).ancestors().filter_map(|group| {
            let file = Path::new("sys/fs/cgroup").join(group).join("memory.max");
            let said = std::fs::read_to_string(root.join(file)).ok()?;
            said.trim().parse::<u64>().ok()
        });
        limits.min()
    });
    [machine, group, process].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: u64, memory: Option<u64>) -> Limits {
        Limits {
            files: Some(files),
            memory,
        }
    }

    #[test]
    fn acts_keep_their_place_whatever_the_limit() {
        assert_eq!(live_pages(of(65_536, None)), 64_336);
        assert_eq!(live_pages(of(1_024, None)), 512);
        assert_eq!(live_pages(of(0, None)), 0);
    }

    #[test]
    fn a_low_limit_is_something_to_do() {
        assert!(checks(of(20_000, Some(1 << 30))).iter().all(|one| one.ok));
        let low = checks(of(1_024, Some(1 << 28)));
        assert!(low.iter().all(|one| !one.ok), "{low:?}");
        assert!(low[0].detail.contains("LimitNOFILE"), "{low:?}");
        assert!(low[1].detail.starts_with("256 MiB"), "{low:?}");
    }

    #[test]
    fn raising_twice_changes_nothing_more() {
        let once = raise();
        assert!(once.files.is_some_and(|files| files > 0));
        assert_eq!(raise(), once);
    }

    #[test]
    fn the_least_of_the_machine_and_of_each_group_counts() {
        let name = format!("relais-limits-{}", std::process::id());
        let root = std::env::temp_dir().join(name);
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        write(
            "proc/meminfo",
            "MemTotal:        2048000 kB\nMemFree: 1 kB\n",
        );
        assert_eq!(memory(&root, None), Some(2_048_000 * 1024));
        write("proc/self/cgroup", "0::/system.slice/relais.service\n");
        write(
            "sys/fs/cgroup/system.slice/relais.service/memory.max",
            "max\n",
        );
        assert_eq!(memory(&root, None), Some(2_048_000 * 1024));
        write("sys/fs/cgroup/system.slice/memory.max", "268435456\n");
        assert_eq!(memory(&root, None), Some(268_435_456));
        assert_eq!(memory(&root, Some(1_000)), Some(1_000));
        std::fs::remove_dir_all(&root).expect("it was made above");
        assert_eq!(memory(&root, None), None);
    }
}
