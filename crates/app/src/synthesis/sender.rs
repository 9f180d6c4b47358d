//! Who writes: the mailbox of the installation and what documents say of it.

use relais_documents::{Facility, Oids, Organisation, Software};
use relais_store::networks::Network;

/// The installation as a sender of secure mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Identifiers of its documents.
    pub oids: Oids,
    /// National number of the structure that keeps the notes.
    pub structure: String,
    /// Where care is organised from.
    pub facility: Facility,
}

impl Sender {
    /// Of a demonstration or a test: numbers that are nobody's.
    pub fn fictitious() -> Self {
        Self {
            oids: Oids::of_name("snp@demonstration.mssante.fr"),
            structure: "1999999999".to_owned(),
            facility: Facility::default(),
        }
    }

    /// A network, as documents name it.
    pub(super) fn organisation(&self, network: &Network) -> Organisation {
        let phone = crate::phone::Phone::read(&network.phone);
        Organisation {
            number: self.structure.clone(),
            name: network.name.clone(),
            phone: phone.map_or_else(|| network.phone.clone(), |p| p.e164().to_owned()),
        }
    }
}

/// This software, as documents name it.
pub(super) fn software() -> Software {
    Software {
        name: "Relais".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        publisher: "Relais".to_owned(),
    }
}
