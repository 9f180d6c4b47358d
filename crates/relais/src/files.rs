//! How many files the process may open: each live page is one, each act in flight another. Raises
//! what the system allows, and keeps a part for those who act, so that pages are refused first.

use relais_app::admin::doctor::Check;

/// Files kept from live pages: a thousand acts at once, and the database.
const KEPT_FOR_ACTS: u64 = 1_200;
/// Fewer is too few for a department's live pages.
const ENOUGH: u64 = 4_096;

/// Raises the limit as far as the system allows; answers what it is then.
pub(crate) fn raise() -> u64 {
    // Where there is nothing to ask, the limit is not ours to know: the usual one is assumed.
    rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1_024)
}

/// Live pages that leave room for acts, among so many files.
pub(crate) fn live_pages(files: u64) -> usize {
    let kept = KEPT_FOR_ACTS.min(files / 2);
    usize::try_from(files - kept).unwrap_or(usize::MAX)
}

/// What `relais doctor` says of it.
pub(crate) fn check(files: u64) -> Check {
    let ok = files >= ENOUGH;
    let pages = live_pages(files);
    let advice = if ok {
        ""
    } else {
        ": raise LimitNOFILE of the service (65536 is usual)"
    };
    Check {
        name: "files",
        ok,
        detail: format!("{files} may be open, {pages} of them live pages{advice}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_keep_their_place_whatever_the_limit() {
        assert_eq!(live_pages(65_536), 64_336);
        assert_eq!(live_pages(1_024), 512);
        assert_eq!(live_pages(0), 0);
    }

    #[test]
    fn a_low_limit_is_something_to_do() {
        assert!(check(20_000).ok);
        let low = check(1_024);
        assert!(!low.ok && low.detail.contains("LimitNOFILE"), "{low:?}");
    }

    #[test]
    fn raising_twice_changes_nothing_more() {
        let once = raise();
        assert!(once > 0);
        assert_eq!(raise(), once);
    }
}
