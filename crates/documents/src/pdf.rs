//! The note as people read it: who, about whom, to whom, then what was found and done.

use crate::DocumentError;
use crate::cda::clean;
use crate::moment;
use crate::note::Note;
use crate::paper::{About, Face, Paper};
use crate::traits::Status;
use aws_lc_rs::digest::{SHA256, digest};

/// Writes it.
pub(crate) fn note(note: &Note) -> Result<Vec<u8>, DocumentError> {
    let mut paper = Paper::new()?;
    let (patient, author, organisation) = (&note.patient, &note.author, &note.organisation);
    let traits = &patient.traits;
    paper.paragraph(Face::Title, 19.0, note.title());
    paper.paragraph(Face::Text, 10.5, note.kind().label());
    if note.version.replaces.is_some() {
        let mark = format!(
            "Version {} : annule et remplace la précédente.",
            note.version.number
        );
        paper.paragraph(Face::Title, 11.0, &mark);
    }
    paper.space(6.0);
    paper.rule();
    let mut said = |title: &str, text: &str| {
        paper.space(7.0);
        paper.paragraph(Face::Title, 11.0, title);
        paper.paragraph(Face::Text, 11.0, text);
    };
    let used = patient
        .used_name
        .as_deref()
        .map(|name| format!(" (nom utilisé : {name})"));
    let born = match traits.sex {
        relais_core::request::Sex::Female => "née le",
        relais_core::request::Sex::Male => "né le",
        relais_core::request::Sex::Unknown => "naissance le",
    };
    let phone = patient
        .phone
        .as_deref()
        .map(|p| format!("\nTéléphone : {}", phone_read(p)));
    said(
        "Patient",
        &format!(
            "{}{} {}, {born} {}\n{}, {} {}{}\n{}",
            clean(&traits.birth_name).to_uppercase(),
            used.unwrap_or_default(),
            clean(&traits.first_names),
            traits.birth_date_read(),
            patient.street,
            patient.postcode,
            patient.commune,
            phone.unwrap_or_default(),
            capital(traits.status().label()),
        ),
    );
    if let Some(recipient) = &note.recipient {
        said(
            "Médecin traitant",
            &format!("Dr {} {}", recipient.given, recipient.family),
        );
    }
    let number = author
        .phone
        .as_deref()
        .map(|p| format!(", {}", phone_read(p)));
    said(
        "Rédigé et validé par",
        &format!(
            "{} (RPPS {}){}\nle {}, dans le cadre de {}",
            author.said,
            author.rpps,
            number.unwrap_or_default(),
            moment::read(note.signed_at, &note.zone),
            organisation.name,
        ),
    );
    for section in &note.sections {
        said(&section.title, &section.text);
    }
    let software = format!("{} {}", note.software.name, note.software.version);
    let unqualified = if traits.status() == Status::Qualified {
        ""
    } else {
        ", identité non qualifiée"
    };
    let foot = format!(
        "Demande {}. Document produit par {software}{unqualified}. Une question\u{a0}? {}",
        note.reference,
        phone_read(&organisation.phone),
    );
    let id = {
        let hash = digest(&SHA256, note.document().as_bytes());
        let mut id = [0; 16];
        id.iter_mut()
            .zip(hash.as_ref())
            .for_each(|(to, from)| *to = *from);
        id
    };
    let said = clean(&author.said);
    let about = About {
        title: note.title(),
        author: &said,
        software: &software,
        at: note.signed_at,
        zone: &note.zone,
        id,
    };
    paper.finish(&foot, &about)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// A French number in pairs, as people read it; another one as it is.
fn phone_read(e164: &str) -> String {
    match e164.strip_prefix("+33") {
        Some(rest) if rest.len() == 9 && rest.bytes().all(|b| b.is_ascii_digit()) => {
            let digits: Vec<char> = format!("0{rest}").chars().collect();
            let pairs = digits.chunks(2).map(|pair| pair.iter().collect::<String>());
            pairs.collect::<Vec<_>>().join("\u{a0}")
        }
        _ => e164.to_owned(),
    }
}
