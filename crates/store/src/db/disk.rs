//! The file system an embedded database lies on: how much room is left. A server's own disk is not ours
//! to see. Refuses to judge what is little.

use std::path::Path;

use crate::error::StoreError;

/// Room on a file system, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disk {
    /// Left for us.
    pub free: u64,
    /// In all.
    pub total: u64,
}

/// The file system of a file, or of the folder it will be made in.
pub(super) fn of(file: &Path) -> Result<Disk, StoreError> {
    let parent = file.parent().filter(|p| !p.as_os_str().is_empty());
    let place = if file.exists() {
        file
    } else {
        parent.unwrap_or(Path::new("."))
    };
    let seen = rustix::fs::statvfs(place).map_err(|e| StoreError::Unavailable {
        why: format!("the disk of the database cannot be looked at: {e}"),
    })?;
    Ok(Disk {
        free: seen.f_bavail.saturating_mul(seen.f_frsize),
        total: seen.f_blocks.saturating_mul(seen.f_frsize),
    })
}
