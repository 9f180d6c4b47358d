//! Connections are files: raises what this process may open and says when that is too few.

/// Files that are no connection of a crowd.
const OTHER: u64 = 200;

/// As many connections as asked for, or as this machine allows, saying so aloud.
pub(crate) fn within(asked: usize) -> anyhow::Result<usize> {
    let files = rlimit::increase_nofile_limit(u64::MAX)?;
    let most = usize::try_from(files.saturating_sub(OTHER))?;
    if asked > most {
        crate::say(&format!(
            "{asked} connections asked for, {most} is what this machine lets one process open."
        ));
    }
    Ok(asked.min(most))
}
