//! An append-only file of JSON lines that survives a kill at any moment: a row is on the disk
//! before it is acknowledged, and a torn last line is dropped when the file is opened again.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// The file, positioned at its end.
pub(super) struct Log {
    file: File,
    length: u64,
}

impl Log {
    /// Opens or creates the file; gives the rows it holds.
    ///
    /// # Errors
    /// Those of the file system; `InvalidData` when a row other than the last cannot be read.
    pub(super) fn open<T: DeserializeOwned>(path: &Path) -> io::Result<(Self, Vec<T>)> {
        let fresh = !path.exists();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(path)?;
        if fresh && let Some(parent) = path.parent() {
            File::open(parent)?.sync_all()?;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (rows, length) = read(&bytes).map_err(|number| {
            let what = format!("{}: line {number} is not a row", path.display());
            io::Error::new(io::ErrorKind::InvalidData, what)
        })?;
        if length < bytes.len() as u64 {
            file.set_len(length)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::End(0))?;
        Ok((Self { file, length }, rows))
    }

    /// Writes a row and waits until it is on the disk.
    ///
    /// # Errors
    /// Those of the file system; nothing of the row stays then.
    pub(super) fn append(&mut self, row: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(row)?;
        line.push(b'\n');
        let written = self
            .file
            .write_all(&line)
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.cut(self.length)?;
                Err(error)
            }
        }
    }

    /// Forgets every row.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.cut(0)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::Start(length))?;
        self.file.sync_all()?;
        self.length = length;
        Ok(())
    }
}

/// The rows of whole lines and where they end; the number of the first bad line that is not last.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<(Vec<T>, u64), usize> {
    let (mut rows, mut length) = (Vec::new(), 0);
    let mut lines = bytes
        .split_inclusive(|b| *b == b'\n')
        .enumerate()
        .peekable();
    while let Some((index, line)) = lines.next() {
        match serde_json::from_slice(line) {
            Ok(row) if line.ends_with(b"\n") => {
                rows.push(row);
                length += line.len() as u64;
            }
            Ok(_) | Err(_) if lines.peek().is_none() => break,
            Ok(_) | Err(_) => return Err(index + 1),
        }
    }
    Ok((rows, length))
}
