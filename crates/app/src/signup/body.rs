//! What an application holds, as stored: what was typed, where its proofs stand, how they will sign
//! in. Refuses a code or a password in clear.

use super::proof::Proof;
use crate::app::Inner;
use crate::error::AppError;
use relais_core::ids::UserId;
use relais_gateways::identity::Activity;
use relais_store::national::Entry;
use relais_store::seal::Secret;
use serde::{Deserialize, Serialize};

/// The body of an application.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Body {
    /// The account they will have.
    pub(super) user: String,
    pub(super) civility: String,
    pub(super) last_name: String,
    pub(super) first_name: String,
    /// Code of the profession.
    pub(super) profession: String,
    /// The commune of practice they chose.
    pub(super) insee: String,
    /// Its name and postcode, as listed when they chose it: the national directory may drop them before the answer.
    pub(super) commune: String,
    pub(super) postcode: String,
    /// The street line of the practice.
    pub(super) line: String,
    /// The mobile, E.164.
    pub(super) phone: String,
    pub(super) mail: String,
    /// The number patients are given, E.164.
    pub(super) contact_number: Option<String>,
    /// The proof of the mobile.
    pub(super) sms_code: Proof,
    /// The proof of the address; none where no mail can be sent.
    pub(super) mail_code: Option<Proof>,
    /// Times codes were sent.
    pub(super) sendings: u8,
    /// When they last were, milliseconds.
    pub(super) sent_at: i64,
    /// They hold the telephone or the mailbox of a member of this network.
    pub(super) is_member: bool,
    /// They hold that of somebody who has an account, in another network.
    pub(super) has_account: bool,
    /// The passkey they will sign in with, instead of a password.
    pub(super) key: Option<MadeKey>,
    /// What a provider of identities proved.
    pub(super) psc: Option<Psc>,
    /// Under what title they say they practise, by code; empty = in their own name.
    pub(super) standing: String,
    /// Last day of their contract, ISO; empty without one.
    pub(super) contract_until: String,
    /// When the photo of their card was sent, milliseconds.
    pub(super) card_at: Option<i64>,
    /// Times one was sent.
    pub(super) cards: u8,
    /// Hash of the password.
    pub(super) password: Option<String>,
    /// Sealed secret of codes, hexadecimal.
    pub(super) totp: Option<String>,
    /// Code of the reason of a refusal.
    pub(super) reason: Option<String>,
    /// What the coordinator added.
    pub(super) words: String,
}

/// A passkey made for the account to come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct MadeKey {
    /// Its id.
    pub(super) id: String,
    /// What verifies it, sealed, hexadecimal.
    pub(super) sealed: String,
    /// What it is called.
    pub(super) label: String,
}

impl MadeKey {
    /// The sealed part, as an account keeps it.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, AppError> {
        unhex(&self.sealed).ok_or_else(|| AppError::Bug("a passkey without its seal".to_owned()))
    }
}

/// What a provider of identities proved: the number is the application's own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Psc {
    /// When, milliseconds.
    pub(super) at: i64,
    /// How they practise.
    pub(super) activities: Vec<Activity>,
    /// The place of the activity they apply for.
    pub(super) chosen: Option<usize>,
}

impl Body {
    pub(super) fn decode(text: &str) -> Result<Self, AppError> {
        serde_json::from_str(text).map_err(|error| AppError::Bug(format!("application: {error}")))
    }

    pub(super) fn encode(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(|error| AppError::Bug(format!("application: {error}")))
    }

    /// The place they chose, as the directory listed it then; none before they did.
    pub(super) fn chosen(&self, rpps: &str) -> Option<Entry> {
        let kept = |text: &String| text.clone();
        (!self.insee.is_empty()).then(|| Entry {
            rpps: rpps.to_owned(),
            insee: kept(&self.insee),
            profession: kept(&self.profession),
            civility: kept(&self.civility),
            last_name: kept(&self.last_name),
            first_name: kept(&self.first_name),
            commune: kept(&self.commune),
            postcode: kept(&self.postcode),
            dept: String::new(),
            phone: None,
            search: String::new(),
        })
    }

    /// Everything that was to be proved is.
    pub(super) fn proved(&self) -> bool {
        self.sms_code.proved && self.mail_code.as_ref().is_none_or(|proof| proof.proved)
    }

    pub(super) fn user(&self) -> Result<UserId, AppError> {
        let bad = |_| AppError::Bug("an application without its account".to_owned());
        self.user.parse().map_err(bad)
    }

    /// Keeps a new secret of codes, sealed as the account's will be.
    pub(super) fn keep_secret(&mut self, inner: &Inner, seed: [u8; 20]) -> Result<(), AppError> {
        let about = format!("totp {}", self.user()?);
        let sealed = inner.vault.seal_setting(&about, &Secret::new(hex(&seed)))?;
        self.totp = Some(hex(&sealed));
        Ok(())
    }

    /// The sealed secret, as an account keeps it.
    pub(super) fn sealed(&self) -> Result<Vec<u8>, AppError> {
        self.totp
            .as_deref()
            .and_then(unhex)
            .ok_or_else(|| AppError::Bug("an application without its secret".to_owned()))
    }

    /// The secret of codes.
    pub(super) fn secret(&self, inner: &Inner) -> Result<[u8; 20], AppError> {
        let about = format!("totp {}", self.user()?);
        let opened = inner.vault.open_setting(&about, &self.sealed()?)?;
        unhex(opened.expose())
            .and_then(|seed| seed.try_into().ok())
            .ok_or_else(|| AppError::Bug("a secret of another length".to_owned()))
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len() / 2)
        .map(|i| u8::from_str_radix(text.get(i * 2..i * 2 + 2)?, 16).ok())
        .collect()
}
