//! The poster, read back: its words as a reader copies them, and its square as a phone sees it.

use super::{HEIGHT, Poster, WIDTH};
use lopdf::Document;
use lopdf::content::Content;
use relais_documents::Letters;

fn poster(name: &str, form: Option<&str>) -> Poster {
    Poster {
        name: name.to_owned(),
        phone: "01\u{a0}99\u{a0}00\u{a0}91\u{a0}91".to_owned(),
        hours: "Du lundi au vendredi de 8\u{a0}h à 20\u{a0}h, le samedi de 8\u{a0}h à 12\u{a0}h"
            .to_owned(),
        form: form.map(str::to_owned),
        fifteen: "15".to_owned(),
        duty: "116\u{a0}117".to_owned(),
    }
}

/// The words of the page, lines joined by a space.
fn words(bytes: &[u8]) -> String {
    let document = Document::load_mem(bytes).expect("a PDF");
    let text = document.extract_text(&[1]).expect("the text of the page");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every rectangle the page fills: x, y, width, height.
fn rectangles(bytes: &[u8]) -> Vec<[f32; 4]> {
    let document = Document::load_mem(bytes).expect("a PDF");
    let page = document.get_pages()[&1];
    let content = document.get_page_content(page);
    let content = Content::decode(&content).expect("operations");
    let boxes = content.operations.iter().filter(|op| op.operator == "re");
    boxes
        .map(|op| {
            let mut sides = [0.0; 4];
            for (side, operand) in sides.iter_mut().zip(&op.operands) {
                *side = operand.as_float().expect("a number");
            }
            sides
        })
        .collect()
}

/// What a phone reads in the page: the rectangles drawn on a grid of pixels, ten to a point square.
fn scanned(bytes: &[u8]) -> Vec<String> {
    const SCALE: f32 = 3.0;
    let pixel = |length: f32| (length * SCALE).round() as usize;
    let (wide, high) = (pixel(WIDTH), pixel(HEIGHT));
    let mut dark = vec![false; wide * high];
    for [x, y, width, height] in rectangles(bytes) {
        for row in pixel(HEIGHT - y - height)..pixel(HEIGHT - y).min(high) {
            for column in pixel(x)..pixel(x + width).min(wide) {
                dark[row * wide + column] = true;
            }
        }
    }
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(wide, high, |x, y| {
        if dark[y * wide + x] { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    grids
        .into_iter()
        .map(|grid| grid.decode().expect("a square that can be read").1)
        .collect()
}

#[test]
fn the_page_says_the_number_the_hours_and_the_fifteen() {
    let form = "https://relais.example/n/essonne-nord";
    let pdf = poster("SNP Essonne Nord", Some(form)).pdf().unwrap();
    let said = words(&pdf);
    for part in [
        "Urgence vitale : 15",
        "SMS au 114",
        "dans les 48 heures ?",
        "01 99 00 91 91",
        "Du lundi au vendredi de 8 h à 20 h, le samedi de 8 h à 12 h.",
        "relais.example/n/essonne-nord",
        "Médecin de garde : 116 117",
        "SNP Essonne Nord",
    ] {
        assert!(said.contains(part), "{part} in: {said}");
    }
}

#[test]
fn the_square_leads_to_the_form() {
    let form = "https://relais.example/n/essonne-nord";
    let pdf = poster("SNP Essonne Nord", Some(form)).pdf().unwrap();
    assert_eq!(scanned(&pdf), [form]);
    let long = "https://soins-non-programmes.communaute-essonne-nord.example/n/communaute-professionnelle-essonne-nord";
    let pdf = poster("SNP Essonne Nord", Some(long)).pdf().unwrap();
    assert_eq!(scanned(&pdf), [long]);
}

#[test]
fn without_a_form_there_is_no_square() {
    let pdf = poster("SNP Essonne Nord", None).pdf().unwrap();
    assert!(scanned(&pdf).is_empty());
    assert!(!words(&pdf).contains("Visez"));
}

#[test]
fn whatever_its_name_and_its_hours_nothing_leaves_the_page() {
    let mut long = poster(
        "Communauté professionnelle territoriale de santé de Sainte-Geneviève-des-Bois et des Ulis",
        Some("https://relais.example/n/essonne-nord"),
    );
    long.hours = [long.hours.as_str(); 3].join(", ");
    let pdf = long.pdf().unwrap();
    for [x, y, width, height] in rectangles(&pdf) {
        assert!(x >= 0.0 && y >= 0.0 && x + width <= WIDTH && y + height <= HEIGHT + 0.1);
    }
    assert_eq!(scanned(&pdf).len(), 1, "the square is still readable");
    let document = Document::load_mem(&pdf).unwrap();
    assert_eq!(document.get_pages().len(), 1);
}

#[test]
fn the_fonts_have_every_letter_of_french() {
    for face in [Letters::title().unwrap(), Letters::text().unwrap()] {
        for letter in "ABCXYZabcxyz0123456789 ,.:;?!’«»–-()/@+éèêëàâäîïôöûùüÿçœæÉÈÀÇŒ".chars()
        {
            assert!(face.has(letter), "{letter}");
        }
    }
}
