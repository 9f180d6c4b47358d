//! Blind indexes: marks by which equal things are found, and nothing else is told. Refuses to give back what it marked.

use aws_lc_rs::{digest, hkdf, hmac};
use zeroize::Zeroizing;

use super::Key;
use crate::error::StoreError;

/// Makes the keyed blind indexes of a network: equal inputs give equal marks, and nothing else is told.
pub struct IndexKey {
    phone: hmac::Key,
    name: hmac::Key,
    marks: hmac::Key,
}

impl IndexKey {
    pub(super) fn derive(key: &Key) -> Result<IndexKey, StoreError> {
        Ok(IndexKey {
            phone: derived(key, b"phone")?,
            name: derived(key, b"name+birth date")?,
            marks: derived(key, b"marks")?,
        })
    }

    /// The mark of a phone number in E.164 form.
    pub fn phone(&self, e164: &str) -> Vec<u8> {
        hmac::sign(&self.phone, e164.as_bytes()).as_ref().to_vec()
    }

    /// The mark of texts that were brought to one form already, for one use of them.
    pub fn mark(&self, kind: &str, parts: &[&str]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.marks);
        for part in std::iter::once(&kind).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }

    /// The mark of a person: birth name, first of the first names, birth date, whatever the accents,
    /// hyphens and case.
    pub fn person(&self, birth_name: &str, first_names: &str, birth_date: &str) -> Vec<u8> {
        let first = first_names
            .split([' ', ','])
            .find(|n| !n.is_empty())
            .unwrap_or("");
        let mut context = hmac::Context::with_key(&self.name);
        for part in [
            &normal(birth_name),
            &normal(first),
            &Zeroizing::new(birth_date.to_string()),
        ] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }
}

/// A key for marks, of one purpose, from another key.
pub(super) fn derived(key: &Key, info: &[u8]) -> Result<hmac::Key, StoreError> {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"relais blind index").extract(&*key.0);
    let mut bytes = Zeroizing::new([0; digest::SHA256_OUTPUT_LEN]);
    prk.expand(&[info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut *bytes))
        .map_err(|_| StoreError::bug("key derivation failed"))?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &*bytes))
}

/// Letters and digits only, without accents, upper case.
fn normal(name: &str) -> Zeroizing<String> {
    let plain = Zeroizing::new(deunicode::deunicode(name));
    Zeroizing::new(
        plain
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect(),
    )
}
