//! The CDA R2 level 1 (CI-SIS, structuration minimale) around the PDF: header in full, body one
//! PDF/A in base64. Characters XML has no place for are refused by being left out.

use crate::DocumentError;
use crate::code::{encounter, gender, is_doctor, specialty};
use crate::moment;
use crate::note::{Note, Recipient};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

#[derive(Template)]
#[template(path = "cda.xml")]
struct Cda<'n> {
    document: String,
    kind: (&'static str, &'static str),
    title: &'static str,
    signed: String,
    set: String,
    version: u32,
    replaces: Option<(String, u32)>,
    ins: Option<(&'n str, &'static str)>,
    number: &'n str,
    numbers: String,
    street: String,
    postcode: String,
    commune: String,
    patient_phone: Option<String>,
    birth_name: String,
    first_names: String,
    first_name: String,
    used_name: Option<String>,
    gender: (&'static str, &'static str, &'static str),
    birth_date: String,
    birth_place: Option<String>,
    rpps: &'n str,
    specialty: (&'static str, &'static str),
    author_phone: Option<String>,
    author_given: String,
    author_family: String,
    doctor: bool,
    organisation: &'n str,
    organisation_name: String,
    organisation_phone: String,
    recipient: &'n Recipient,
    recipient_given: String,
    recipient_family: String,
    from: String,
    encounter: (&'static str, &'static str),
    facility: &'n str,
    facility_label: String,
    pdf: String,
}

/// Writes it around this PDF.
pub(crate) fn write(
    note: &Note,
    recipient: &Recipient,
    pdf: &[u8],
) -> Result<Vec<u8>, DocumentError> {
    let (patient, author, organisation) = (&note.patient, &note.author, &note.organisation);
    let traits = &patient.traits;
    let cda = Cda {
        document: note.document(),
        kind: (note.kind().code(), note.kind().label()),
        title: note.title(),
        signed: moment::hl7(note.signed_at, &note.zone),
        set: note.set(),
        version: note.version.number,
        replaces: note.replaced(),
        ins: traits
            .sendable()
            .map(|ins| (ins.number(), ins.authority().oid())),
        number: &patient.number,
        numbers: note.oids.patients(),
        street: clean(&patient.street),
        postcode: clean(&patient.postcode),
        commune: clean(&patient.commune),
        patient_phone: patient.phone.as_deref().map(clean),
        birth_name: traits.strict_name(),
        first_names: traits.strict_first_names(),
        first_name: traits.strict_first_name(),
        used_name: patient.used_name.as_deref().map(clean),
        gender: gender(traits.sex),
        birth_date: traits.birth_date_digits(),
        birth_place: traits.birth_place.clone(),
        rpps: &author.rpps,
        specialty: specialty(author.profession),
        author_phone: author.phone.as_deref().map(clean),
        author_given: clean(&author.given),
        author_family: clean(&author.family),
        doctor: is_doctor(author.profession),
        organisation: &organisation.number,
        organisation_name: clean(&organisation.name),
        organisation_phone: clean(&organisation.phone),
        recipient,
        recipient_given: clean(&recipient.given),
        recipient_family: clean(&recipient.family),
        from: moment::hl7(note.from, &note.zone),
        encounter: encounter(note.mode),
        facility: &note.facility.code,
        facility_label: clean(&note.facility.label),
        pdf: STANDARD.encode(pdf),
    };
    let text = cda
        .render()
        .map_err(|error| DocumentError::writing("the CDA", &error))?;
    Ok(text.into_bytes())
}

/// One line that XML can hold.
pub(crate) fn clean(text: &str) -> String {
    let kept = text.chars().map(|c| {
        if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') {
            ' '
        } else {
            c
        }
    });
    let kept: String = kept.collect();
    kept.trim().to_owned()
}
