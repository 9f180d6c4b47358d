//! A notification sealed for one browser (RFC 8291, `aes128gcm` of RFC 8188): whoever carries it
//! reads nothing, and its length says nothing.
//!
//! Owns the bytes of one body. Refuses keys that are not points of the curve, and knows no address.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};

/// Every text is padded to a multiple of this, bytes.
const BLOCK: usize = 512;
/// Largest text: one record of 4,096 bytes less its header, tag and delimiter.
pub(super) const TEXT_MAX: usize = 3_072;
/// Record size said in the header: the whole body is one record.
const RECORD: u32 = 4_096;
/// Length of an uncompressed point, as the header says it.
const POINT_BYTE: u8 = 65;
const POINT: usize = POINT_BYTE as usize;
/// Length of the browser's shared secret.
const AUTH: usize = 16;
/// Length of the salt.
const SALT: usize = 16;

/// What a browser gave when it agreed to be told: its public key and its shared secret.
#[derive(Clone)]
pub(super) struct Keys {
    point: Vec<u8>,
    auth: Vec<u8>,
}

/// Why a body cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The browser's keys are none.
    Keys,
    /// The text does not fit one record.
    TooLong,
    /// The machine gives no randomness.
    Machine,
}

impl Keys {
    /// Keys as the browser says them, decoded.
    pub(super) fn new(point: Vec<u8>, auth: Vec<u8>) -> Result<Self, Refused> {
        let fits = point.len() == POINT && point.first() == Some(&4) && auth.len() == AUTH;
        fits.then_some(Self { point, auth }).ok_or(Refused::Keys)
    }
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// The sealed body, under a key and a salt of its own.
pub(super) fn seal(keys: &Keys, text: &[u8]) -> Result<Vec<u8>, Refused> {
    let ours = PrivateKey::generate(&ECDH_P256).map_err(|_| Refused::Machine)?;
    let mut salt = [0_u8; SALT];
    aws_lc_rs::rand::fill(&mut salt).map_err(|_| Refused::Machine)?;
    let padded = (text.len() + 1).next_multiple_of(BLOCK);
    seal_with(keys, text, &ours, &salt, padded)
}

/// The same with everything given: `padded` is the length of text, delimiter and padding.
fn seal_with(
    keys: &Keys,
    text: &[u8],
    ours: &PrivateKey,
    salt: &[u8; SALT],
    padded: usize,
) -> Result<Vec<u8>, Refused> {
    if text.len() > TEXT_MAX {
        return Err(Refused::TooLong);
    }
    let public = ours.compute_public_key().map_err(|_| Refused::Machine)?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, &keys.point);
    let (key, nonce) = agree(ours, theirs, Refused::Keys, |shared| {
        derive(keys, shared, public.as_ref(), salt)
    })?;

    let mut record = text.to_vec();
    record.push(2);
    record.resize(padded.max(record.len()), 0);
    let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|_| Refused::Machine)?;
    LessSafeKey::new(key)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::empty(),
            &mut record,
        )
        .map_err(|_| Refused::Machine)?;

    let mut body = Vec::with_capacity(SALT + 5 + POINT + record.len());
    body.extend_from_slice(salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.push(POINT_BYTE);
    body.extend_from_slice(public.as_ref());
    body.extend_from_slice(&record);
    Ok(body)
}

/// RFC 8291 §3.4: the content key and its nonce.
fn derive(
    keys: &Keys,
    shared: &[u8],
    ours: &[u8],
    salt: &[u8],
) -> Result<([u8; 16], [u8; 12]), Refused> {
    let info = [b"WebPush: info\0".as_slice(), &keys.point, ours];
    let mut input = [0_u8; 32];
    expand(&keys.auth, shared, &info, &mut input)?;
    let (mut key, mut nonce) = ([0_u8; 16], [0_u8; 12]);
    let name = b"Content-Encoding: aes128gcm\0".as_slice();
    expand(salt, &input, &[name], &mut key)?;
    let name = b"Content-Encoding: nonce\0".as_slice();
    expand(salt, &input, &[name], &mut nonce)?;
    Ok((key, nonce))
}

fn expand(salt: &[u8], secret: &[u8], info: &[&[u8]], out: &mut [u8]) -> Result<(), Refused> {
    Salt::new(HKDF_SHA256, salt)
        .extract(secret)
        .expand(info, Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .map_err(|_| Refused::Machine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn rfc() -> Keys {
        let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        Keys::new(bytes(point), bytes("BTBZMqHH6r4Tts7J_aSIgg")).unwrap()
    }

    /// RFC 8291, section 5 and appendix A, bit for bit.
    #[test]
    fn the_example_of_the_rfc_comes_out_bit_for_bit() {
        let ours = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let ours = PrivateKey::from_private_key(&ECDH_P256, &ours).unwrap();
        let salt: [u8; SALT] = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let text = b"When I grow up, I want to be a watermelon";
        let body = seal_with(&rfc(), text, &ours, &salt, 0).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn the_length_says_nothing_and_no_two_bodies_are_alike() {
        let short = seal(&rfc(), b"oui").unwrap();
        let long = seal(&rfc(), &[b'a'; BLOCK - 1]).unwrap();
        assert_eq!(short.len(), long.len());
        assert_ne!(short, seal(&rfc(), b"oui").unwrap());
        let longest = seal(&rfc(), &[b'a'; TEXT_MAX]).unwrap();
        assert!(longest.len() <= 4_096, "{}", longest.len());
        let more = seal(&rfc(), &[b'a'; TEXT_MAX + 1]);
        assert_eq!(more.unwrap_err(), Refused::TooLong);
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        assert!(Keys::new(vec![4; 64], vec![0; 16]).is_err());
        assert!(Keys::new(vec![3; 65], vec![0; 16]).is_err());
        assert!(Keys::new(vec![4; 65], vec![0; 15]).is_err());
        // Of the right length, but no point of the curve.
        let off = Keys::new(vec![4; 65], vec![0; 16]).unwrap();
        assert_eq!(seal(&off, b"oui").unwrap_err(), Refused::Keys);
    }
}
