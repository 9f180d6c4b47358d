//! Notes as a bad day brings them, about nobody.

use jiff::tz::TimeZone;
use relais_core::people::{Mode, Profession};
use relais_core::request::Sex;
use relais_core::time::Instant;
use relais_documents::traits::{Authority, Ins, Status, Traits};
use relais_documents::{
    Author, Facility, Note, Oids, Organisation, Patient, Recipient, Section, Software, Version,
};

/// The national test patient's.
pub(crate) const TEST_NUMBER: &str = "279035121518989";

fn plain() -> Note {
    Note {
        oids: Oids::of_name("snp@cpts-nord-essonne.mssante.fr"),
        version: Version {
            note: 42,
            this: 1001,
            number: 1,
            replaces: None,
        },
        reference: "K7P-4D2".to_owned(),
        zone: TimeZone::get("Europe/Paris").unwrap(),
        // 23 January 2026, 18:45:12 in Paris.
        signed_at: Instant::from_millis(1_769_190_312_000),
        from: Instant::from_millis(1_769_185_800_000),
        mode: Mode::Consultation,
        patient: Patient {
            traits: Traits::typed("Durand", "Zoé", Sex::Female, "1951-04-02"),
            used_name: None,
            number: "pat-01KBZZ".to_owned(),
            phone: Some("+33612345678".to_owned()),
            street: "12 rue de Paris".to_owned(),
            postcode: "91300".to_owned(),
            commune: "Massy".to_owned(),
        },
        author: Author {
            rpps: "10001234567".to_owned(),
            family: "Camparini".to_owned(),
            given: "Marcel".to_owned(),
            said: "Dr Marcel Camparini".to_owned(),
            profession: Profession::Gp,
            phone: Some("+33160000001".to_owned()),
        },
        organisation: Organisation {
            number: "1910000017".to_owned(),
            name: "CPTS Nord Essonne".to_owned(),
            phone: "+33160000000".to_owned(),
        },
        facility: Facility::default(),
        recipient: Some(Recipient {
            rpps: "10007654321".to_owned(),
            family: "Hoda".to_owned(),
            given: "Adam".to_owned(),
            mailbox: "adam.hoda@medecin.mssante.fr".to_owned(),
        }),
        sections: vec![
            Section::new(
                "Motif de la demande",
                "Odynophagie, fièvre depuis deux jours",
            ),
            Section::new("Diagnostic ou motif retenu", "Angine, test rapide négatif"),
            Section::new(
                "Fait et prescrit",
                "Paracétamol 1 g × 3/j, cœur et poumons sans particularité",
            ),
            Section::new(
                "À faire",
                "Revoir si fièvre > 48 h ; ça va mieux à l’« oral »",
            ),
        ],
        software: Software {
            name: "Relais".to_owned(),
            version: "0.1.0".to_owned(),
            publisher: "Relais".to_owned(),
        },
    }
}

pub(crate) fn hard_names() -> Note {
    let mut note = plain();
    note.patient.traits = Traits::typed(
        "d’Haÿ-Œuvrard de la Rochefoucauld-Montbazon-l'Espérance",
        "Marie-Clémentine Zoë <script>&\"^|~\\",
        Sex::Female,
        "1951-04-02",
    );
    note.patient.used_name = Some("N'Guyễn-Łączyński & fils".to_owned());
    note.patient.street = "Résidence « L’Orée », bât. B & C, 3 <bis>".to_owned();
    note.author.family = "L'Hôpital^|~\\-Ségur".to_owned();
    note
}

pub(crate) fn correction() -> Note {
    let mut note = hard_names();
    note.version = Version {
        note: 42,
        this: 1002,
        number: 2,
        replaces: Some(1001),
    };
    note.signed_at = Instant::from_millis(1_769_193_912_000);
    note
}

pub(crate) fn qualified() -> Note {
    let mut note = plain();
    note.oids = Oids::owned("1.2.250.1.999999.1");
    note.patient.traits = Traits {
        birth_place: Some("51215".to_owned()),
        status: Status::Qualified,
        ins: Ins::read(TEST_NUMBER, Authority::Test),
        ..Traits::typed(
            "PAT-TROIS",
            "DOMINIQUE MARIE-LOUISE",
            Sex::Female,
            "1979-03-28",
        )
    };
    note
}

fn nurse() -> Note {
    let mut note = plain();
    note.mode = Mode::Visit;
    note.author.profession = Profession::Nurse;
    note.author.said = "Mme Inès Prévôt".to_owned();
    note.author.phone = None;
    note.patient.traits.sex = Sex::Unknown;
    note.patient.phone = None;
    note
}

fn remote() -> Note {
    let mut note = plain();
    note.mode = Mode::Teleconsultation;
    note
}

pub(crate) fn long() -> Note {
    let mut note = plain();
    let text = "Une phrase assez longue pour passer à la ligne plusieurs fois, avec des accents.\n";
    note.sections
        .insert(0, Section::new("Observations", text.repeat(60)));
    note
}

/// Every sample, by name.
pub(crate) fn all() -> Vec<(&'static str, Note)> {
    vec![
        ("hard-names", hard_names()),
        ("correction", correction()),
        ("qualified", qualified()),
        ("nurse", nurse()),
        ("remote", remote()),
        ("long", long()),
    ]
}
