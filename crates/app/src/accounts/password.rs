//! Passwords (Argon2id) and time-based codes (RFC 6238). Hashing is bounded: a storm of sign-ins
//! cannot eat the machine.

use crate::error::AppError;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use totp_rs::{Algorithm, Builder, Totp};

/// Shortest password, characters (ASVS 6.2.1).
pub const PASSWORD_MIN: usize = 12;
/// Longest password, characters.
pub const PASSWORD_MAX: usize = 128;

/// Checks the length of a new password; any composition is fine.
pub fn check_new(password: &str) -> Result<(), AppError> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        let message = format!("Au moins {PASSWORD_MIN} caractères\u{a0}: une phrase convient.");
        return Err(AppError::invalid("/password", message));
    }
    if length > PASSWORD_MAX {
        return Err(AppError::invalid(
            "/password",
            format!("{PASSWORD_MAX} caractères au plus."),
        ));
    }
    Ok(())
}

/// The stored form of a password.
pub fn hash(password: &str) -> Result<String, AppError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| AppError::Bug(format!("argon2: {error}")))
}

/// Whether a password is the one; the same work is done when there is none to compare with, so
/// that an unknown account takes as long as a known one.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                          QXBwbGlxdWVyLWxlLW1lbWUtdHJhdmFpbC1pbnV0aWxlISE";
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    let matches = Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    matches && stored.is_some()
}

/// The code generator of an account (six digits, thirty seconds, one step of tolerance).
pub fn totp(secret: [u8; 20]) -> Result<Totp, AppError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .build()
        .map_err(|error| AppError::Bug(format!("totp: {error}")))
}

/// The secret as an authenticator application takes it (base 32, RFC 4648).
pub fn base32(secret: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in secret {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            let digit = usize::try_from((bits >> held) & 31).unwrap_or(0);
            out.push(char::from(ALPHABET[digit]));
        }
    }
    if held > 0 {
        let digit = usize::try_from((bits << (5 - held)) & 31).unwrap_or(0);
        out.push(char::from(ALPHABET[digit]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_verified_and_an_unknown_account_never_is() {
        let stored = hash("une phrase assez longue").unwrap();
        assert!(verify("une phrase assez longue", Some(&stored)));
        assert!(!verify("une autre phrase longue", Some(&stored)));
        assert!(!verify("une phrase assez longue", None));
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base32(b"foob"), "MZXW6YQ");
    }

    #[test]
    fn the_code_of_rfc_6238_is_found() {
        let totp = totp(*b"12345678901234567890").unwrap();
        assert_eq!(totp.check("287082", 59), Some(1));
        assert_eq!(totp.check("287083", 59), None);
    }
}
