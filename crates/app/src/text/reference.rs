//! Tests over every message: length, alphabet, forbidden content, and the committed page
//! `docs/reference/messages.md` that shows each text (`RELAIS_TEST_REFRESH=1` writes it again).

use super::facts::Written;
use super::labels;
use super::samples::{LONGEST, Sample, USUAL, World, all};
use relais_gateways::Channel;
use relais_gateways::sms::{Encoding, segments};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Messages that may take two segments with the longest values, and why.
const SPLIT_ON_PURPOSE: &[&str] = &[];

fn both() -> impl Iterator<Item = Sample> {
    [USUAL, LONGEST].into_iter().flat_map(all)
}

#[test]
fn every_sms_is_gsm7_in_one_segment() {
    for sample in both().filter(|sample| sample.channel == Channel::Sms) {
        let (text, name) = (&sample.written.text, &sample.name);
        let found = segments(text);
        assert_eq!(found.encoding, Encoding::Gsm7, "{name}: {text}");
        if !SPLIT_ON_PURPOSE.contains(&name.as_str()) {
            assert_eq!(found.count(), 1, "{name}, {} units: {text}", found.units);
        }
    }
}

#[test]
fn nothing_forbidden_is_said() {
    let banned = [
        "http://",
        "docteur en",
        "motif :",
        "diagnostic",
        "oups",
        "Oups",
        "!",
        "  ",
    ];
    for sample in both() {
        let Written { subject, text } = &sample.written;
        for text in subject.iter().chain([text]) {
            let said = banned.iter().find(|word| text.contains(**word));
            assert_eq!(said, None, "{}: {text}", sample.name);
            assert!(
                !text.contains("{") && !text.trim().is_empty(),
                "{}: {text}",
                sample.name
            );
        }
    }
}

/// R6: what is ill never reaches a patient's SMS, a mail's subject, or a lock screen unless the
/// network allows it there; where it does, it stands in the sentence alone.
#[test]
fn a_motive_is_said_only_where_it_is_allowed() {
    for sample in all(USUAL) {
        let Written { subject, text } = &sample.written;
        let allowed = sample.name.contains("motif permis");
        assert_eq!(text.contains("oreille"), allowed, "{}: {text}", sample.name);
        assert!(!subject.as_deref().unwrap_or_default().contains("oreille"));
    }
}

#[test]
fn a_mail_subject_names_no_place_and_no_person() {
    for sample in both().filter(|sample| sample.channel == Channel::Mail) {
        let subject = sample.written.subject.expect("a mail has a subject");
        for fact in ["Massy", "Saint-Remy", "Sorrel", "Vandenbroucke", "4821"] {
            assert!(!subject.contains(fact), "{}: {subject}", sample.name);
        }
    }
}

/// What the patient must be able to do is never cut off, whatever the length of a name.
#[test]
fn a_patient_always_learns_who_when_where_and_how_to_cancel() {
    for sample in both() {
        let text = &sample.written.text;
        let booked = sample.name == "prise, consultation : at";
        if booked && sample.channel == Channel::Sms {
            let place = ["12 rue de Paris, Massy", "de Tassigny, Courcouronnes"];
            assert!(place.iter().any(|place| text.contains(place)), "{text}");
            assert!(
                text.contains("0199009101") && text.contains("ANNUL"),
                "{text}"
            );
            assert!(text.contains("16h20"), "{text}");
        }
    }
}

#[test]
fn notifications_are_short_and_outside_sms_the_typography_is_french() {
    for sample in both().filter(|sample| sample.channel != Channel::Sms) {
        let Written { subject, text } = &sample.written;
        let wrong = [" :", " ?", " ;", "'", "\"", " h ", " km"];
        let found = wrong.iter().find(|sign| text.contains(**sign));
        assert_eq!(found, None, "{}: {text}", sample.name);
        if sample.channel == Channel::Push {
            let title = subject.as_deref().expect("a notification has a title");
            assert!(title.chars().count() <= 30, "{title}");
            assert!(text.chars().count() <= 240, "{text}");
        }
    }
}

#[test]
fn names_are_unique_by_channel() {
    let mut seen = BTreeSet::new();
    for sample in all(USUAL) {
        let key = (sample.to, sample.name.clone(), sample.channel);
        assert!(seen.insert(key), "{} twice", sample.name);
    }
}

/// The page: every message as it is read on an ordinary day, with its cost.
fn page() -> String {
    let mut page = String::from(
        "# Messages\n\nEvery text sent to somebody, with everyday values. Written by the tests of \
         `crates/app/src/text`; refresh with `make docs`.\nA text message is GSM-7; its length is in \
         septets, and the last column is its length with the longest plausible values (60-character \
         names, another day).\n",
    );
    let longest = all(LONGEST);
    let mut heading = "";
    for sample in all(USUAL) {
        if sample.to != heading {
            heading = sample.to;
            let _ = write!(
                page,
                "\n## {heading}\n\n| message | channel | text | length | SMS segments | longest |\n\
                 |---|---|---|---|---|---|\n"
            );
        }
        let worst = longest.iter().find(|other| {
            (other.to, &other.name, other.channel) == (sample.to, &sample.name, sample.channel)
        });
        page.push_str(&row(&sample, worst));
    }
    page
}

fn row(sample: &Sample, worst: Option<&Sample>) -> String {
    let text = &sample.written.text;
    let title = sample
        .written
        .subject
        .as_ref()
        .map_or(String::new(), |s| format!("**{s}**<br>"));
    let shown = format!(
        "{title}{}",
        text.trim_end().replace('\n', "<br>").replace('|', "\\|")
    );
    let length = |text: &str| match sample.channel {
        Channel::Sms => segments(text).units,
        Channel::Push | Channel::Mail | Channel::Voice | Channel::Mssante => text.chars().count(),
    };
    let count = match sample.channel {
        Channel::Sms => segments(text).count().to_string(),
        Channel::Push | Channel::Mail | Channel::Voice | Channel::Mssante => "–".to_owned(),
    };
    let longest = worst.map_or(String::new(), |w| length(&w.written.text).to_string());
    format!(
        "| {} | {} | {shown} | {} | {count} | {longest} |\n",
        sample.name,
        labels::channel(sample.channel),
        length(text)
    )
}

#[test]
fn the_reference_page_is_up_to_date() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/reference/messages.md"
    );
    let page = page();
    if std::env::var_os("RELAIS_TEST_REFRESH").is_some() {
        std::fs::write(path, &page).expect("docs/reference can be written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/reference/messages.md is out of date: run `make docs`"
    );
}

#[test]
fn the_two_worlds_differ() {
    let texts = |world: World| {
        all(world)
            .into_iter()
            .map(|s| s.written.text)
            .collect::<Vec<_>>()
    };
    assert_ne!(texts(USUAL), texts(LONGEST));
}
