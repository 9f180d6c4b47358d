//! What is handed to a gateway and what comes back. Addresses and texts never show in a log:
//! none of these types prints them.

use relais_core::ids::{OfferId, RequestId};
use relais_core::time::{Duration, Instant};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The ways that lead to somebody, with the codes of CONTRACT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A notification on a phone or a computer.
    Push,
    /// A text message.
    Sms,
    /// Ordinary mail: no identity, no health data.
    Mail,
    /// A call, by a machine or by an operator who reads the text.
    Voice,
    /// Secure health mail.
    Mssante,
}

impl Channel {
    /// Every channel, in the order of the ladder (R7).
    pub const ALL: &'static [Self] = &[
        Self::Push,
        Self::Sms,
        Self::Mail,
        Self::Voice,
        Self::Mssante,
    ];

    /// The code used by the API and the store.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Sms => "sms",
            Self::Mail => "mail",
            Self::Voice => "voice",
            Self::Mssante => "mssante",
        }
    }

    /// The channel of a code; `None` when there is none.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.code() == code)
    }
}

/// Where a message goes: a number in international form, a mailbox, a push subscription.
/// It may be a patient's: it has no `Display`, and its `Debug` shows nothing (R6).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

impl Address {
    /// Wraps an address.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address itself, for the gateway that dials it. Never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(hidden)")
    }
}

/// How much a message presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Urgency {
    /// May wait for the phone to wake.
    #[default]
    Normal,
    /// Somebody waits for an answer.
    High,
}

/// One message, finished: nothing is added to the text after this.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Stable over every attempt of one message (I7): the gateway that knows it sends nothing.
    pub idempotency_key: String,
    /// By which way.
    pub channel: Channel,
    /// To where.
    pub to: Address,
    /// Who is behind the address, in a word that is not an identity for patients
    /// (`Dr Sorrel`, `Patient`). Shown by the fake phones only.
    pub owner: String,
    /// Title of a notification, subject of a mail. Without identity.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// Groups notifications about one thing (the request's id).
    pub tag: Option<String>,
    /// Takes the place of the earlier notification of the same tag ("pourvu").
    pub replaces: bool,
    /// The request it speaks of.
    pub request: Option<RequestId>,
    /// The offer it puts to somebody: a notification leads there.
    pub offer: Option<OfferId>,
    /// How much it presses.
    pub urgency: Urgency,
    /// Worth nothing after this long: a gateway drops it rather than deliver it later.
    pub ttl: Option<Duration>,
    /// The provider that may have it already, after an answer that never came: only it may be
    /// given it again.
    pub only: Option<String>,
    /// What only a secure mail has.
    pub secure: Option<Box<Secure>>,
}

/// A file that goes with a secure mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name, as the receiver sees it.
    pub name: String,
    /// `application/pdf` …
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a secure mail says of itself beside its text (MSSanté, socle no. 2).
#[derive(Clone, PartialEq, Eq)]
pub struct Secure {
    /// When it was written: the same over every attempt.
    pub at: Instant,
    /// Code of the document inside, when there is one (`X-MSS-CODECDA`).
    pub code: Option<String>,
    /// Whether a qualified identity is inside (`X-MSS-INS`).
    pub qualified: bool,
    /// `Message-ID` of the mail it takes the place of.
    pub answers: Option<String>,
    /// Files.
    pub files: Vec<Attached>,
}

impl Outgoing {
    /// A plain message; set the other fields by name.
    pub fn new(
        idempotency_key: impl Into<String>,
        channel: Channel,
        to: Address,
        owner: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            idempotency_key: idempotency_key.into(),
            channel,
            to,
            owner: owner.into(),
            subject: None,
            text: text.into(),
            tag: None,
            replaces: false,
            request: None,
            offer: None,
            urgency: Urgency::Normal,
            ttl: None,
            only: None,
            secure: None,
        }
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("idempotency_key", &self.idempotency_key)
            .field("channel", &self.channel)
            .field("request", &self.request)
            .finish_non_exhaustive()
    }
}

/// What became of a message after the gateway took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReceiptState {
    /// It reached the phone or the box.
    Delivered,
    /// It was opened.
    Seen,
    /// It will never arrive.
    Failed,
}

/// News of a message sent earlier. The same one may come twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The key it was sent under; empty when the provider names its own reference only.
    pub idempotency_key: String,
    /// The provider, by its name in the configuration: without a key, the message is found by its
    /// reference. `None` when the key says it all.
    pub provider: Option<&'static str>,
    /// The provider's own reference.
    pub provider_ref: String,
    /// What became of it.
    pub state: ReceiptState,
    /// When, by the provider's clock.
    pub at: Instant,
}

/// A message from somebody outside.
#[derive(Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The provider's own reference: the same message may come twice.
    pub provider_ref: String,
    /// There is no such reference: it stands for who said what, and whoever says it again has the same one as
    /// what is brought again.
    pub worded: bool,
    /// By which way.
    pub channel: Channel,
    /// From where.
    pub from: Address,
    /// What it says.
    pub text: String,
    /// When.
    pub at: Instant,
    /// Told once the database has it.
    pub kept: Kept,
}

type Tell = Arc<dyn Fn() + Send + Sync>;

/// Tells whoever brought a message that it is safe: until then they keep it themselves. It says nothing
/// about the message, so that any two are equal.
#[derive(Clone, Default)]
pub struct Kept(Option<Tell>);

impl Kept {
    /// Whoever is to be told.
    pub fn tell(whom: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(whom)))
    }

    /// The database has it.
    pub fn yes(&self) {
        if let Some(tell) = &self.0 {
            tell();
        }
    }
}

impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Kept {}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound")
            .field("provider_ref", &self.provider_ref)
            .field("channel", &self.channel)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_are_those_of_serde() {
        for channel in Channel::ALL {
            assert_eq!(Channel::from_code(channel.code()), Some(*channel));
            let quoted = format!("\"{}\"", channel.code());
            assert_eq!(serde_json::to_string(channel).unwrap(), quoted);
        }
        assert_eq!(Channel::from_code("fax"), None);
    }

    #[test]
    fn nothing_private_is_printed() {
        let number = "+33612345678";
        let text = "SNP91: votre RDV";
        let out = Outgoing::new("k", Channel::Sms, Address::new(number), "Zoe Durand", text);
        let back = Inbound {
            provider_ref: "r".into(),
            worded: false,
            channel: Channel::Sms,
            from: Address::new(number),
            text: text.into(),
            at: Instant::from_millis(0),
            kept: Kept::default(),
        };
        let shown = format!("{out:?} {back:?} {:?}", out.to);
        for secret in ["6123", "Durand", "RDV"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
