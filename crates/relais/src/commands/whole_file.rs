//! A file that has its name once it is whole. Until then it is beside it, under the name with `.partial`: what a process
//! that was killed leaves behind is taken for nothing else, and the next one begins there anew. Refuses a name that is
//! taken, and to write where somebody else is writing.

use anyhow::{Context as _, bail};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// A file being written, held until it is whole.
pub(super) struct Partial {
    held: File,
    beside: PathBuf,
    name: PathBuf,
}

impl Partial {
    /// Begins, over what an earlier one left.
    pub(super) fn begin(name: &Path) -> anyhow::Result<Self> {
        if fs::symlink_metadata(name).is_ok() {
            bail!(
                "{} exists already: give another name, nothing is written over",
                name.display()
            );
        }
        let mut beside = name.as_os_str().to_owned();
        beside.push(".partial");
        let beside = PathBuf::from(beside);
        let held = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&beside)
            .with_context(|| format!("cannot make {}", beside.display()))?;
        match held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                bail!("{} is being written by another process", beside.display())
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot hold {}", beside.display()));
            }
        }
        // Whoever held it may have finished between the two lines above: this is their whole file then.
        let (ours, there) = (held.metadata()?, fs::symlink_metadata(&beside));
        if there.map(|there| (there.dev(), there.ino())).ok() != Some((ours.dev(), ours.ino())) {
            bail!("{} was just written by another process", name.display());
        }
        held.set_len(0)?;
        Ok(Self {
            held,
            beside,
            name: name.to_owned(),
        })
    }

    /// To write into.
    pub(super) fn file(&self) -> anyhow::Result<File> {
        self.held.try_clone().context("cannot write")
    }

    /// On the disk, then under its name.
    pub(super) fn keep(self) -> anyhow::Result<()> {
        let at = self.name.display();
        self.held
            .sync_all()
            .with_context(|| format!("{at} did not reach the disk"))?;
        rename_to_free(&self.beside, &self.name)
            .with_context(|| format!("cannot name {at}, which stays as {at}.partial"))?;
        let folder = match self.name.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .with_context(|| format!("the name of {at} did not reach the disk"))
    }
}

/// Where the disk cannot refuse a taken name by itself (some network disks), it is looked at just before.
fn rename_to_free(from: &Path, to: &Path) -> std::io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            if fs::symlink_metadata(to).is_ok() {
                return Err(std::io::ErrorKind::AlreadyExists.into());
            }
            fs::rename(from, to)
        }
        done => Ok(done?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("relais-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_name_is_given_to_what_is_whole_and_to_nothing_else() {
        let folder = folder("whole");
        let name = folder.join("a.backup");
        let cut = Partial::begin(&name).unwrap();
        cut.file().unwrap().write_all(b"cut off, and long").unwrap();
        assert!(!name.exists());
        let second = Partial::begin(&name).err().map(|why| why.to_string());
        assert!(second.is_some_and(|why| why.contains("another process")));
        drop(cut);
        assert!(!name.exists(), "as after a kill");

        let whole = Partial::begin(&name).unwrap();
        whole.file().unwrap().write_all(b"whole").unwrap();
        whole.keep().unwrap();
        assert_eq!(fs::read(&name).unwrap(), b"whole");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        let taken = Partial::begin(&name).err().map(|why| why.to_string());
        assert!(taken.is_some_and(|why| why.contains("exists already")));
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_taken_meanwhile_is_not_written_over() {
        let folder = folder("meanwhile");
        let name = folder.join("a.backup");
        let late = Partial::begin(&name).unwrap();
        fs::write(&name, b"theirs").unwrap();
        assert!(late.keep().is_err());
        assert_eq!(fs::read(&name).unwrap(), b"theirs");
        fs::remove_dir_all(folder).unwrap();
    }
}
