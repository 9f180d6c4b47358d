//! The only source of chance: ids, tokens, codes.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relais_core::time::Instant;

fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0; N];
    // A machine without entropy must not hand out guessable secrets.
    if rand::fill(&mut out).is_err() {
        std::process::abort();
    }
    out
}

/// The 128 bits of a new id: time first, then chance; room is left for a block of followers.
pub(crate) fn id(now: Instant) -> u128 {
    let time = u128::from(now.millis().unsigned_abs()) & 0xffff_ffff_ffff;
    let chance = u128::from_be_bytes(bytes::<16>()) & ((1 << 80) - 1) & !0xffff;
    (time << 80) | chance
}

/// A secret of 256 bits, URL-safe.
pub(crate) fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// The digits of a short secret: none that a phone leaves out of a link, or that is read as another.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A secret of 128 bits in twenty-two letters and digits, short enough for an SMS.
pub(crate) fn short_token() -> String {
    let mut left = u128::from_be_bytes(bytes::<16>());
    let mut digits = String::with_capacity(22);
    for _ in 0..22 {
        let digit = usize::try_from(left % 62).unwrap_or_default();
        digits.extend(DIGITS.get(digit).copied().map(char::from));
        left /= 62;
    }
    digits
}

/// The name of one life of a process.
pub(crate) fn epoch() -> String {
    bytes::<8>().iter().map(|b| format!("{b:02x}")).collect()
}

/// A number of four digits, for an SMS answer.
pub(crate) fn four_digits() -> String {
    let number = u32::from_be_bytes(bytes::<4>()) % 9_000 + 1_000;
    number.to_string()
}

/// A code of six digits, for somebody who proves a number or an address.
pub(crate) fn six_digits() -> String {
    format!("{:06}", u64::from_be_bytes(bytes::<8>()) % 1_000_000)
}

/// A code of eight digits, for an access given back in person.
pub(crate) fn eight_digits() -> String {
    format!("{:08}", u64::from_be_bytes(bytes::<8>()) % 100_000_000)
}

/// Twenty bytes, the secret of a time-based code.
pub(crate) fn totp_secret() -> [u8; 20] {
    bytes::<20>()
}

/// Key bytes.
pub(crate) fn key() -> [u8; 32] {
    bytes::<32>()
}

/// The stored form of a token: never the token itself.
pub(crate) fn fingerprint(token: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}
