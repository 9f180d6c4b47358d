//! One id type per entity. Ids are 128 bits in ULID order (time first), minted by the shell;
//! the text form is `<prefix>_<26 Crockford base-32 characters>`.

use std::fmt;
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {expected}_ followed by 26 characters")]
pub struct IdError {
    /// The prefix that was expected.
    pub expected: &'static str,
}

fn encode(bits: u128, out: &mut String) {
    for position in (0..26).rev() {
        let digit = usize::try_from((bits >> (position * 5)) & 31).unwrap_or(0);
        out.push(char::from(*ALPHABET.get(digit).unwrap_or(&b'0')));
    }
}

fn decode(text: &str) -> Option<u128> {
    if text.len() != 26 {
        return None;
    }
    let mut bits: u128 = 0;
    for (position, byte) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|c| *c == byte)?;
        if position == 0 && digit > 7 {
            return None;
        }
        bits = (bits << 5) | u128::try_from(digit).ok()?;
    }
    Some(bits)
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// The prefix of the text form.
            pub const PREFIX: &'static str = $prefix;

            /// An id from its 128 bits (48 bits of milliseconds, 80 of chance).
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The 128 bits.
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = String::with_capacity(30);
                encode(self.0, &mut text);
                write!(f, "{}_{}", $prefix, text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix($prefix)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(IdError { expected: $prefix })
            }
        }
    };
}

id!(
    /// A network (CPTS, department service): the tenant.
    NetworkId, "net"
);
id!(
    /// An application of a professional who signs up.
    ApplicationId, "apl"
);
id!(
    /// A health professional, member or not.
    ProfessionalId, "pro"
);
id!(
    /// A place of practice.
    PlaceId, "plc"
);
id!(
    /// An account: staff, professional or partner software.
    UserId, "usr"
);
id!(
    /// A patient record (identity sealed in the store).
    PatientId, "pat"
);
id!(
    /// A contact: one call or form, whatever comes of it.
    ContactId, "con"
);
id!(
    /// A care request.
    RequestId, "req"
);
id!(
    /// One request put to one professional.
    OfferId, "off"
);
id!(
    /// One message in the outbox.
    MessageId, "msg"
);
id!(
    /// One row of the journal.
    EntryId, "evt"
);
id!(
    /// An API token.
    TokenId, "tok"
);
id!(
    /// An invitation to an account of a network's staff.
    InvitationId, "inv"
);

/// Consecutive ids from one first value: the shell draws the first, the core needs no chance.
#[derive(Debug, Clone)]
pub struct IdBlock(u128);

impl IdBlock {
    /// A block that starts at `first`.
    pub const fn starting_at(first: u128) -> Self {
        Self(first)
    }

    /// The next 128 bits of the block.
    pub fn take(&mut self) -> u128 {
        let bits = self.0;
        self.0 = self.0.wrapping_add(1);
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips() {
        for bits in [0, 1, u128::MAX, 0x0192_3f00_0000_1234_5678_9abc_def0_1234] {
            let id = RequestId::from_bits(bits);
            assert_eq!(id.to_string().parse::<RequestId>(), Ok(id));
        }
    }

    #[test]
    fn another_kind_is_refused() {
        let offer = OfferId::from_bits(7).to_string();
        assert!(offer.parse::<RequestId>().is_err());
        assert!("req_".parse::<RequestId>().is_err());
        assert!(
            "req_ZZZZZZZZZZZZZZZZZZZZZZZZZZ"
                .parse::<RequestId>()
                .is_err()
        );
        assert!(
            "req_é0000000000000000000000000"
                .parse::<RequestId>()
                .is_err()
        );
    }

    #[test]
    fn text_order_is_time_order() {
        let (early, late) = (RequestId::from_bits(5 << 80), RequestId::from_bits(6 << 80));
        assert!(early.to_string() < late.to_string());
    }
}
