//! Sealing of patient identity: AES-256-GCM-SIV under one data key per record, wrapped by the network's
//! key, itself wrapped by the master key. Each value is bound to its table, column and row.
//! Refuses to show a plaintext or a key: these types have no Debug, Display or serialisation, and are wiped.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use zeroize::{Zeroize, Zeroizing};

use crate::error::StoreError;

mod files;
mod index;
mod records;

pub(crate) use files::FileKey;
pub use index::IndexKey;
use index::derived;
pub use records::{RecordKey, RecordsKey};

const FORMAT: u8 = 1;
const KEY_BYTES: usize = 32;

/// A plaintext of a patient's identity.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a plaintext in.
    pub fn new(text: String) -> Secret {
        Secret(Zeroizing::new(text))
    }

    /// Shows it, to somebody who holds the right to see it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// 32 bytes that are a key.
#[derive(Clone)]
struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl Key {
    fn random() -> Result<Key, StoreError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        rand::fill(&mut *bytes).map_err(|_| StoreError::bug("no randomness"))?;
        Ok(Key(bytes))
    }

    fn from_slice(bytes: &[u8]) -> Option<Key> {
        Some(Key(Zeroizing::new(bytes.try_into().ok()?)))
    }

    fn cipher(&self) -> Result<LessSafeKey, StoreError> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, &*self.0)
            .map_err(|_| StoreError::bug("a key has the wrong length"))?;
        Ok(LessSafeKey::new(key))
    }

    /// `format byte, nonce, ciphertext and tag`.
    fn seal(&self, about: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| StoreError::bug("no randomness"))?;
        let mut body = plain.to_vec();
        let tag = self
            .cipher()?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(about.as_bytes()),
                &mut body,
            )
            .map_err(|_| StoreError::bug("sealing failed"))?;
        let mut out = Vec::with_capacity(1 + NONCE_LEN + body.len() + tag.as_ref().len());
        out.push(FORMAT);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&body);
        out.extend_from_slice(tag.as_ref());
        Ok(out)
    }

    fn open(
        &self,
        place: &'static str,
        about: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let refused = |why| StoreError::Sealed { place, why };
        let (format, rest) = sealed.split_first().ok_or_else(|| refused("empty"))?;
        if *format != FORMAT {
            return Err(refused("unknown format"));
        }
        let (nonce, body) = rest
            .split_at_checked(NONCE_LEN)
            .ok_or_else(|| refused("too short"))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused("bad nonce"))?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .cipher()?
            .open_in_place(nonce, Aad::from(about.as_bytes()), &mut body)
            .map_err(|_| refused("altered, moved, or sealed under another key"))?
            .len();
        body.truncate(length);
        Ok(body)
    }
}

/// The master key: given by the operator (file, environment, KMS hook), never stored.
#[derive(Clone)]
pub struct MasterKey {
    id: String,
    key: Key,
}

impl MasterKey {
    /// From the 32 bytes given by the operator, which are wiped. Its id is a digest of the key.
    pub fn new(mut bytes: [u8; 32]) -> MasterKey {
        let key = Key(Zeroizing::new(bytes));
        bytes.zeroize();
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, &*key.0),
            b"relais master key id",
        );
        MasterKey {
            id: crate::hex(&tag.as_ref()[..8]),
            key,
        }
    }

    /// Its id, stored beside what it wraps.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// What a network's key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Wraps the data keys of patient records.
    Records,
    /// Makes the blind indexes.
    Index,
}

impl Purpose {
    /// The stored word.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Records => "records",
            Purpose::Index => "index",
        }
    }

    /// From the stored word.
    pub fn from_word(word: &str) -> Option<Purpose> {
        [Purpose::Records, Purpose::Index]
            .into_iter()
            .find(|p| p.word() == word)
    }
}

/// A network's key as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// Its id inside the network.
    pub key_id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The master key that wraps it.
    pub master_id: String,
    /// The key, sealed.
    pub wrapped: Vec<u8>,
}

/// The master keys: the current one, and older ones until everything is wrapped anew.
#[derive(Clone)]
pub struct Vault {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl Vault {
    /// `older` may be empty.
    pub fn new(current: MasterKey, older: Vec<MasterKey>) -> Vault {
        Vault { current, older }
    }

    /// The id of the master key in use.
    pub fn current_id(&self) -> &str {
        self.current.id()
    }

    fn master(&self, id: &str) -> Result<&MasterKey, StoreError> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|m| m.id == id)
            .ok_or(StoreError::Sealed {
                place: "master key",
                why: "this file or database was made under another one",
            })
    }

    fn about(network: &str, key_id: &str, purpose: Purpose) -> String {
        format!("network_keys.wrapped:{network}:{key_id}:{}", purpose.word())
    }

    /// A new random key for a network, ready to store.
    pub fn make_network_key(
        &self,
        network: &str,
        key_id: &str,
        purpose: Purpose,
    ) -> Result<WrappedKey, StoreError> {
        let key = Key::random()?;
        let about = Vault::about(network, key_id, purpose);
        Ok(WrappedKey {
            key_id: key_id.to_string(),
            purpose,
            master_id: self.current.id.clone(),
            wrapped: self.current.key.seal(&about, &*key.0)?,
        })
    }

    fn unwrap_key(&self, network: &str, stored: &WrappedKey) -> Result<Key, StoreError> {
        let place = "network_keys.wrapped";
        let about = Vault::about(network, &stored.key_id, stored.purpose);
        let bytes = self
            .master(&stored.master_id)?
            .key
            .open(place, &about, &stored.wrapped)?;
        Key::from_slice(&bytes).ok_or(StoreError::Sealed {
            place,
            why: "not a key",
        })
    }

    /// Wraps a stored key under the current master key. What it seals does not change.
    pub fn rewrap(&self, network: &str, stored: &WrappedKey) -> Result<WrappedKey, StoreError> {
        let key = self.unwrap_key(network, stored)?;
        let about = Vault::about(network, &stored.key_id, stored.purpose);
        Ok(WrappedKey {
            master_id: self.current.id.clone(),
            wrapped: self.current.key.seal(&about, &*key.0)?,
            ..stored.clone()
        })
    }

    /// Opens a network's key for records.
    pub fn open_records(
        &self,
        network: &str,
        stored: &WrappedKey,
    ) -> Result<RecordsKey, StoreError> {
        if stored.purpose != Purpose::Records {
            return Err(StoreError::bug("this key is not for records"));
        }
        let key = self.unwrap_key(network, stored)?;
        Ok(RecordsKey {
            network: network.to_string(),
            key_id: stored.key_id.clone(),
            key,
        })
    }

    /// Opens a network's key for blind indexes.
    pub fn open_index(&self, network: &str, stored: &WrappedKey) -> Result<IndexKey, StoreError> {
        if stored.purpose != Purpose::Index {
            return Err(StoreError::bug("this key is not for indexes"));
        }
        IndexKey::derive(&self.unwrap_key(network, stored)?)
    }

    /// Seals a small secret that belongs to a row and not to a patient (a TOTP seed) under the master key.
    pub fn seal_setting(&self, about: &str, plain: &Secret) -> Result<Vec<u8>, StoreError> {
        self.current
            .key
            .seal(&format!("setting:{about}"), plain.expose().as_bytes())
    }

    /// Seals a file that belongs to a row and not to a patient under the master key.
    pub fn seal_file(&self, about: &str, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.current.key.seal(&format!("file:{about}"), plain)
    }

    /// Opens what [`Vault::seal_file`] sealed, under the current master key or an older one; wiped when dropped.
    pub fn open_file(&self, about: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.under_any("file", &format!("file:{about}"), sealed)
    }

    fn under_any(
        &self,
        place: &'static str,
        about: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let mut last = StoreError::Sealed {
            place,
            why: "no key",
        };
        for master in std::iter::once(&self.current).chain(&self.older) {
            match master.key.open(place, about, sealed) {
                Ok(bytes) => return Ok(bytes),
                Err(e) => last = e,
            }
        }
        Err(last)
    }

    /// What recognises a text met before, and tells nothing of it without the master key: 32
    /// hexadecimal digits, other ones under another master key.
    pub fn mark(&self, about: &str, text: &str) -> Result<String, StoreError> {
        let key = derived(&self.current.key, format!("mark:{about}").as_bytes())?;
        let mark = hmac::sign(&key, text.as_bytes());
        let mark = crate::hex(mark.as_ref());
        Ok(mark.chars().take(32).collect())
    }

    /// Opens what [`Vault::seal_setting`] sealed, under the current master key or an older one.
    pub fn open_setting(&self, about: &str, sealed: &[u8]) -> Result<Secret, StoreError> {
        let bytes = self.under_any("setting", &format!("setting:{about}"), sealed)?;
        text("setting", bytes)
    }
}

fn text(place: &'static str, mut bytes: Zeroizing<Vec<u8>>) -> Result<Secret, StoreError> {
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Secret::new(text)),
        Err(e) => {
            e.into_bytes().zeroize();
            Err(StoreError::Sealed {
                place,
                why: "not text",
            })
        }
    }
}
