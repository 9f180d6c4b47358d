//! One data key per patient record, wrapped by the network's key. Refuses a value moved to another column or row.

use zeroize::Zeroizing;

use super::{Key, Secret, text};
use crate::error::StoreError;

/// A network's key that wraps the data keys of its patient records.
pub struct RecordsKey {
    pub(super) network: String,
    pub(super) key_id: String,
    pub(super) key: Key,
}

impl RecordsKey {
    /// Stored beside each record.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    fn about(&self, patient: &str) -> String {
        format!("patients.dek:{}:{patient}", self.network)
    }

    /// A new data key for one patient record, and its wrapped form to store.
    pub fn make_record_key(&self, patient: &str) -> Result<(RecordKey, Vec<u8>), StoreError> {
        let key = Key::random()?;
        let wrapped = self.key.seal(&self.about(patient), &*key.0)?;
        Ok((
            RecordKey {
                patient: patient.to_string(),
                key,
            },
            wrapped,
        ))
    }

    /// Opens the data key of one patient record.
    pub fn open_record_key(&self, patient: &str, wrapped: &[u8]) -> Result<RecordKey, StoreError> {
        let bytes = self
            .key
            .open("patients.dek", &self.about(patient), wrapped)?;
        let key = Key::from_slice(&bytes).ok_or(StoreError::Sealed {
            place: "patients.dek",
            why: "not a key",
        })?;
        Ok(RecordKey {
            patient: patient.to_string(),
            key,
        })
    }
}

/// The data key of one patient record. Without its wrapped form, the record is erased.
pub struct RecordKey {
    patient: String,
    key: Key,
}

impl RecordKey {
    /// Seals one column (`table.column`) of this record.
    pub fn seal(&self, place: &'static str, plain: &Secret) -> Result<Vec<u8>, StoreError> {
        self.key.seal(
            &format!("{place}:{}", self.patient),
            plain.expose().as_bytes(),
        )
    }

    /// Opens one column of this record.
    pub fn open(&self, place: &'static str, sealed: &[u8]) -> Result<Secret, StoreError> {
        text(
            place,
            self.key
                .open(place, &format!("{place}:{}", self.patient), sealed)?,
        )
    }

    /// Seals bytes that belong to this record (a photo), under their own name.
    pub fn seal_bytes(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.key
            .seal(&format!("bytes:{place}:{}", self.patient), plain)
    }

    /// Opens what [`RecordKey::seal_bytes`] sealed.
    pub fn open_bytes(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.key
            .open("bytes", &format!("bytes:{place}:{}", self.patient), sealed)
    }
}
