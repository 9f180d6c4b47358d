//! `IHE_XDM.ZIP`: the CDA, its ebRIM metadata drawn from the same note, a page and a text for whoever
//! opens it by hand. Every file has the same old date, so that the same note gives the same bytes.

use crate::DocumentError;
use crate::cda::clean;
use crate::code::{gender, specialty};
use crate::moment;
use crate::note::Note;
use crate::oid::urn;
use crate::traits::strict;
use askama::Template;
use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

#[derive(Template)]
#[template(path = "metadata.xml")]
struct Metadata<'n> {
    document: String,
    doc: String,
    set: String,
    title: &'static str,
    created: String,
    start: String,
    sha1: String,
    size: usize,
    author_xcn: String,
    author_xon: String,
    specialty: (&'static str, &'static str),
    own_cx: String,
    patient_cx: String,
    names: [String; 2],
    birth_date: String,
    sex: &'static str,
    birth_place: Option<String>,
    replaces: bool,
    kind: (&'static str, &'static str),
    facility: &'n str,
    facility_label: &'n str,
    source: &'n str,
    submission: String,
}

impl Metadata<'_> {
    /// `urn:uuid:` of a part of the metadata.
    fn urn(&self, part: &str) -> String {
        urn(&self.document, part)
    }
}

#[derive(Template)]
#[template(path = "index.xml")]
struct Index<'n> {
    name: String,
    number: &'n str,
}

/// Writes it around this CDA.
pub(crate) fn write(note: &Note, cda: &[u8]) -> Result<Vec<u8>, DocumentError> {
    let metadata = metadata(note, cda)?;
    let index = Index {
        name: clean(&note.organisation.name),
        number: &note.organisation.number,
    };
    let index = index
        .render()
        .map_err(|error| DocumentError::writing("the index", &error))?;
    let parts: [(&str, &[u8]); 4] = [
        ("INDEX.HTM", index.as_bytes()),
        ("README.TXT", &read_me(note).into_bytes()),
        ("IHE_XDM/SUBSET01/METADATA.XML", metadata.as_bytes()),
        ("IHE_XDM/SUBSET01/DOC0001.XML", cda),
    ];
    zipped(&parts).map_err(|error| DocumentError::writing("the archive", &error))
}

fn zipped(parts: &[(&str, &[u8])]) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, bytes) in parts {
        zip.start_file(*name, options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

fn metadata(note: &Note, cda: &[u8]) -> Result<String, DocumentError> {
    let (patient, author, organisation) = (&note.patient, &note.author, &note.organisation);
    let traits = &patient.traits;
    let own_cx = format!(
        "{}^^^&{}&ISO^PI",
        field(&patient.number),
        note.oids.patients()
    );
    let birth = format!(
        "PID-5|{}^{}^{}^^^^L",
        traits.strict_name(),
        traits.strict_first_name(),
        traits.strict_first_names(),
    );
    let used = patient.used_name.as_deref().unwrap_or(&traits.birth_name);
    let used = format!(
        "PID-5|{}^{}^^^^^D",
        strict(used),
        traits.strict_first_name()
    );
    let metadata = Metadata {
        document: note.document(),
        doc: urn(&note.document(), "doc"),
        set: urn(&note.document(), "set"),
        title: note.title(),
        created: moment::utc(note.signed_at),
        start: moment::utc(note.from),
        sha1: sha1(cda),
        size: cda.len(),
        author_xcn: format!(
            "8{}^{}^{}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS",
            field(&author.rpps),
            field(&author.family),
            field(&author.given),
        ),
        author_xon: format!(
            "{}^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^{}",
            field(&organisation.name),
            field(&organisation.number),
        ),
        specialty: specialty(author.profession),
        patient_cx: match traits.sendable() {
            Some(ins) => format!("{}^^^&{}&ISO^NH", ins.number(), ins.authority().oid()),
            None => own_cx.clone(),
        },
        own_cx,
        names: [birth, used],
        birth_date: traits.birth_date_digits(),
        sex: gender(traits.sex).2,
        birth_place: traits.birth_place.clone(),
        replaces: note.version.replaces.is_some(),
        kind: (note.kind().code(), note.kind().label()),
        facility: &note.facility.code,
        facility_label: &note.facility.label,
        source: note.oids.source(),
        submission: note.submission(),
    };
    metadata
        .render()
        .map_err(|error| DocumentError::writing("the metadata", &error))
}

/// A text in a field of HL7: its separators are no text.
fn field(text: &str) -> String {
    let kept = clean(text).replace(['^', '&', '|', '~', '\\'], " ");
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sha1(bytes: &[u8]) -> String {
    // Asked for by the format, to find a transport error; nothing rests on it.
    let hash = digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
    hash.as_ref().iter().fold(String::new(), |mut hex, byte| {
        let _written = write!(hex, "{byte:02x}");
        hex
    })
}

/// The text for whoever opens the archive by hand: seven bits, lines ended as on a floppy disk.
fn read_me(note: &Note) -> String {
    let (organisation, software) = (&note.organisation, &note.software);
    let text = format!(
        "Emetteur :\n=============\n    . Nom : {}\n    . Organisme : {} ({})\n    . Telephone : {}\n\n\
         Application de l'emetteur :\n=========================\n    . Nom : {}\n    . Version : {}\n    . Editeur : {}\n\n\
         Instructions :\n=============\n. Consultez les fichiers recus par messagerie securisee de sante dans votre \
         logiciel de professionnel de sante.\n\nArborescence :\n============\n     README.TXT\n     INDEX.HTM\n     \
         + IHE_XDM\n           +SUBSET01\n                METADATA.XML\n                DOC0001.XML\n",
        note.author.said,
        organisation.name,
        organisation.number,
        organisation.phone,
        software.name,
        software.version,
        software.publisher,
    );
    let ascii = deunicode::deunicode(&text);
    let kept: String = ascii
        .chars()
        .filter(|c| c.is_ascii() && (!c.is_control() || *c == '\n'))
        .collect();
    kept.replace('\n', "\r\n")
}
