//! What a note says, before it is a document. Refuses sentences of its own: every text is given.

use crate::code::{Facility, Kind};
use crate::oid::Oids;
use crate::traits::Traits;
use jiff::tz::TimeZone;
use relais_core::people::{Mode, Profession};
use relais_core::time::Instant;

/// The software that makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Software {
    /// `Relais`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Who publishes it.
    pub publisher: String,
}

/// Whose patient.
#[derive(Clone, PartialEq, Eq)]
pub struct Patient {
    /// Traits and status of the identity.
    pub traits: Traits,
    /// Name in use, when another.
    pub used_name: Option<String>,
    /// Our own number for them.
    pub number: String,
    /// Phone, E.164.
    pub phone: Option<String>,
    /// Street line.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Commune.
    pub commune: String,
}

/// The professional who did the act, wrote the note and signs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// RPPS, eleven digits.
    pub rpps: String,
    /// Surname.
    pub family: String,
    /// First names.
    pub given: String,
    /// As people say it: `Dr Martin`.
    pub said: String,
    /// Profession.
    pub profession: Profession,
    /// The number colleagues may call, E.164.
    pub phone: Option<String>,
}

/// The network: whose mailbox sends, who keeps the note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// National number of the structure (`1` and FINESS, `3` and SIRET …).
    pub number: String,
    /// Name.
    pub name: String,
    /// Phone, E.164.
    pub phone: String,
}

/// The usual doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// RPPS.
    pub rpps: String,
    /// Surname.
    pub family: String,
    /// First names.
    pub given: String,
    /// Secure mailbox.
    pub mailbox: String,
}

/// A titled paragraph of the note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// Its text; line ends are kept.
    pub text: String,
}

impl Section {
    /// A section.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
        }
    }
}

/// Which version of which note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// 128 bits of the note, the same over its versions.
    pub note: u128,
    /// 128 bits of this version.
    pub this: u128,
    /// From 1.
    pub number: u32,
    /// 128 bits of the version it takes the place of.
    pub replaces: Option<u128>,
}

/// A note to the usual doctor.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// Identifiers of the installation.
    pub oids: Oids,
    /// Which version of which note.
    pub version: Version,
    /// Short number of the request, for people.
    pub reference: String,
    /// Zone of the network.
    pub zone: TimeZone,
    /// When the professional validated it.
    pub signed_at: Instant,
    /// When the act began.
    pub from: Instant,
    /// How care was given.
    pub mode: Mode,
    /// Whose patient.
    pub patient: Patient,
    /// By whom.
    pub author: Author,
    /// From which network.
    pub organisation: Organisation,
    /// Where care is organised from.
    pub facility: Facility,
    /// To whom; nobody for a note that is only printed.
    pub recipient: Option<Recipient>,
    /// What it says.
    pub sections: Vec<Section>,
    /// What made it.
    pub software: Software,
}

impl Note {
    /// What kind of document it is.
    pub const fn kind(&self) -> Kind {
        Kind::of(self.author.profession, self.mode)
    }

    /// Its title.
    pub fn title(&self) -> &'static str {
        "Note de synthèse - soins non programmés"
    }

    pub(crate) fn document(&self) -> String {
        self.oids.thing(5, self.version.this)
    }

    pub(crate) fn set(&self) -> String {
        self.oids.thing(7, self.version.note)
    }

    pub(crate) fn replaced(&self) -> Option<(String, u32)> {
        let bits = self.version.replaces?;
        Some((self.oids.thing(5, bits), self.version.number.max(2) - 1))
    }

    pub(crate) fn submission(&self) -> String {
        self.oids.thing(6, self.version.this)
    }
}
