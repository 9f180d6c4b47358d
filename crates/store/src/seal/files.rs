//! The keys of exported files, sealed part by part. Refuses a part that is missing, moved or cut off.

use zeroize::Zeroizing;

use super::{Key, Vault};
use crate::error::StoreError;

impl Vault {
    /// A new key for one exported file, and its form wrapped under the master key.
    pub(crate) fn make_file_key(&self) -> Result<(FileKey, Vec<u8>), StoreError> {
        let key = Key::random()?;
        let wrapped = self.current.key.seal("file key", &*key.0)?;
        Ok((FileKey(key), wrapped))
    }

    /// Opens the key of an exported file.
    pub(crate) fn open_file_key(
        &self,
        master_id: &str,
        wrapped: &[u8],
    ) -> Result<FileKey, StoreError> {
        let place = "file key";
        let bytes = self.master(master_id)?.key.open(place, place, wrapped)?;
        let key = Key::from_slice(&bytes).ok_or(StoreError::Sealed {
            place,
            why: "not a key",
        })?;
        Ok(FileKey(key))
    }
}

/// The key of one exported file, sealed part by part: a part that is missing, moved or cut off is found.
pub(crate) struct FileKey(Key);

impl FileKey {
    fn about(number: u64, last: bool) -> String {
        format!("file part {number} {last}")
    }

    pub(crate) fn seal_part(
        &self,
        number: u64,
        last: bool,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.0.seal(&FileKey::about(number, last), plain)
    }

    pub(crate) fn open_part(
        &self,
        number: u64,
        last: bool,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.0
            .open("file part", &FileKey::about(number, last), sealed)
    }
}
