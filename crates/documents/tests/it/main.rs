//! The documents of a note, from outside: what they hold, what they refuse, and that the same note
//! gives the same bytes. With `RELAIS_TEST_DOCUMENTS=<folder>` they are also written there, for
//! checkers that are not ours (`scripts/documents`).

mod samples;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use relais_documents::traits::{Authority, Ins, Status};
use relais_documents::{Built, DocumentError, build, print};
use std::io::Read as _;

fn cda(built: &Built) -> String {
    String::from_utf8(built.cda.clone()).unwrap()
}

fn file(built: &Built, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&built.archive)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

const METADATA: &str = "IHE_XDM/SUBSET01/METADATA.XML";

#[test]
fn every_sample_is_written_for_outside_checkers() {
    let folder = std::env::var_os("RELAIS_TEST_DOCUMENTS");
    let mut names = Vec::new();
    for (name, note) in samples::all() {
        let built = build(&note).unwrap();
        assert!(built.pdf.starts_with(b"%PDF-1.4"), "{name}");
        assert!(built.archive.starts_with(b"PK"), "{name}");
        if let Some(folder) = &folder {
            let folder = std::path::Path::new(folder);
            std::fs::create_dir_all(folder).unwrap();
            for (ending, bytes) in [
                ("pdf", &built.pdf),
                ("xml", &built.cda),
                ("zip", &built.archive),
            ] {
                std::fs::write(folder.join(format!("{name}.{ending}")), bytes).unwrap();
            }
        }
        names.push(name);
    }
    assert_eq!(names.len(), 6);
}

#[test]
fn the_same_note_gives_the_same_bytes_and_another_version_does_not() {
    let note = samples::hard_names();
    let (one, again) = (build(&note).unwrap(), build(&note).unwrap());
    assert!(one == again, "built twice, two documents");
    let other = build(&samples::correction()).unwrap();
    assert!(one.cda != other.cda && one.archive != other.archive);
}

#[test]
fn the_pdf_in_the_cda_is_the_pdf_attached_byte_for_byte() {
    let built = build(&samples::hard_names()).unwrap();
    let text = cda(&built);
    let (_, rest) = text.split_once("representation=\"B64\">").unwrap();
    let (inside, _) = rest.split_once("</text>").unwrap();
    assert!(STANDARD.decode(inside).unwrap() == built.pdf);
    assert!(file(&built, "IHE_XDM/SUBSET01/DOC0001.XML") == text);
}

#[test]
fn a_pdf_reads_aloud_as_it_is_seen() {
    let built = build(&samples::long()).unwrap();
    let document = lopdf::Document::load_mem(&built.pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    assert!(pages.len() > 1, "a long note takes several sheets");
    let text = document.extract_text(&pages).unwrap();
    for said in [
        "née le 02/04/1951",
        "Identité provisoire",
        "ça va mieux",
        "page 2 sur",
    ] {
        assert!(text.contains(said), "{said} is not in\n{text}");
    }
}

#[test]
fn names_of_any_kind_stay_names() {
    let built = build(&samples::hard_names()).unwrap();
    assert_eq!(
        built.mail.subject,
        "XDM/1.0/DDM+CR ou fiche de consultation ou de visite D'HAY-OEUVRARD DE LA \
         ROCHEFOUCAULD-MONTBAZON-L'ESPERANCE MARIE-CLEMENTINE 02/04/1951"
    );
    assert_eq!(
        built.mail.pdf_name,
        "20260123_CR ou fiche de consultation ou de visite_D'HAY-OEUVRARD DE LA \
         ROCHEFOUCAULD-MONTBAZON-L'ESPERANCE_MARIE-CLEMENTINE.pdf"
    );
    let metadata = file(&built, METADATA);
    let line = metadata.lines().find(|l| l.contains("PID-5|")).unwrap();
    assert_eq!(line.matches('^').count(), 6, "{line}");
    assert!(!cda(&built).contains("<script>"), "typed marks are text");
    assert!(file(&built, "README.TXT").is_ascii());
}

#[test]
fn no_number_leaves_unless_the_identity_is_qualified() {
    let built = build(&samples::qualified()).unwrap();
    assert!(built.mail.qualified);
    assert!(cda(&built).contains(samples::TEST_NUMBER));
    assert!(file(&built, METADATA).contains("ISO^NH"));
    for status in [Status::Provisional, Status::Retrieved, Status::Validated] {
        let mut note = samples::qualified();
        note.patient.traits.status = status;
        note.patient.traits.ins = Ins::read(samples::TEST_NUMBER, Authority::Test);
        let built = build(&note).unwrap();
        assert!(!built.mail.qualified);
        for text in [cda(&built), file(&built, METADATA)] {
            assert!(!text.contains(samples::TEST_NUMBER), "{status:?}");
            assert!(!text.contains("1.2.250.1.213.1.4."), "{status:?}");
        }
        let pdf = lopdf::Document::load_mem(&built.pdf).unwrap();
        assert!(
            !pdf.extract_text(&[1])
                .unwrap()
                .contains(samples::TEST_NUMBER)
        );
    }
}

#[test]
fn a_correction_says_what_it_replaces() {
    let (first, second) = (samples::hard_names(), samples::correction());
    let (one, two) = (build(&first).unwrap(), build(&second).unwrap());
    assert!(
        two.mail
            .subject
            .starts_with("[Annule et remplace] XDM/1.0/DDM+")
    );
    let id = |built: &Built| {
        let text = cda(built);
        let (_, rest) = text.split_once("<id root=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let parent = format!("<parentDocument>\n      <id root=\"{}\"/>", id(&one));
    assert!(cda(&two).contains(&parent), "{parent}");
    assert!(cda(&two).contains("<versionNumber value=\"2\"/>"));
    assert!(!cda(&one).contains("relatedDocument"));
}

#[test]
fn a_note_to_nobody_is_printed_and_not_sent() {
    let mut note = samples::qualified();
    note.recipient = None;
    assert!(build(&note).err() == Some(DocumentError::NoRecipient));
    assert!(print(&note).unwrap().starts_with(b"%PDF-1.4"));
}
