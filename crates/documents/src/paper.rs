//! Sheets of paper written from top to bottom: lines and paragraphs in our two faces, as many A4
//! sheets as it takes, then a PDF/A-1b. Knows nothing of what is written on them.

use crate::letters::Letters;
use crate::moment;
use crate::profile::srgb;
use crate::{BadFont, DocumentError};
use askama::Template;
use jiff::tz::TimeZone;
use pdf_writer::types::OutputIntentSubtype;
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};
use relais_core::time::Instant;
use std::collections::BTreeMap;

const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const EDGE: f32 = 56.0;
/// Room for the line at the foot of each sheet.
const FOOT: f32 = 70.0;

/// Which face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// Of titles.
    Title,
    /// Of sentences.
    Text,
}

/// What a reader is told of the file.
pub(crate) struct About<'a> {
    pub(crate) title: &'a str,
    pub(crate) author: &'a str,
    pub(crate) software: &'a str,
    pub(crate) at: Instant,
    pub(crate) zone: &'a TimeZone,
    /// Sixteen bytes that are this file's.
    pub(crate) id: [u8; 16],
}

#[derive(Template)]
#[template(path = "xmp.xml")]
struct Xmp<'a> {
    title: &'a str,
    author: &'a str,
    software: &'a str,
    at: String,
}

/// Sheets being written.
pub(crate) struct Paper {
    title: Letters,
    text: Letters,
    sheets: Vec<Content>,
    y: f32,
    used: [BTreeMap<u16, char>; 2],
}

impl Paper {
    pub(crate) fn new() -> Result<Self, BadFont> {
        Ok(Self {
            title: Letters::title()?,
            text: Letters::text()?,
            sheets: vec![Content::new()],
            y: HEIGHT - EDGE,
            used: [BTreeMap::new(), BTreeMap::new()],
        })
    }

    fn letters(&self, face: Face) -> &Letters {
        match face {
            Face::Title => &self.title,
            Face::Text => &self.text,
        }
    }

    /// Blank, downwards.
    pub(crate) fn space(&mut self, points: f32) {
        self.y -= points;
    }

    /// A thin line across.
    pub(crate) fn rule(&mut self) {
        let y = self.y;
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.set_fill_rgb(0.45, 0.5, 0.48);
            sheet.rect(EDGE, y, WIDTH - 2.0 * EDGE, 0.6);
            sheet.fill_nonzero();
        }
        self.y -= 4.0;
    }

    /// A paragraph; its own line ends are kept, words too long for a line are cut.
    pub(crate) fn paragraph(&mut self, face: Face, size: f32, text: &str) {
        for line in text.lines() {
            for part in self.broken(face, size, &self.writable(face, line)) {
                let step = size * 1.35;
                if self.y - step < FOOT {
                    self.sheets.push(Content::new());
                    self.y = HEIGHT - EDGE;
                }
                self.y -= step;
                let (y, last) = (self.y, self.sheets.len() - 1);
                self.line(last, face, size, y, &part);
            }
        }
    }

    /// What the face has no letter for is transcribed, as far as anybody can.
    fn writable(&self, face: Face, text: &str) -> String {
        let letters = self.letters(face);
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_control() {
                out.push(' ');
            } else if letters.has(c) {
                out.push(c);
            } else {
                let near = deunicode::deunicode_char(c).unwrap_or("?");
                out.extend(near.chars().filter(|c| letters.has(*c)));
            }
        }
        out
    }

    fn broken(&self, face: Face, size: f32, text: &str) -> Vec<String> {
        let letters = self.letters(face);
        let wide = WIDTH - 2.0 * EDGE;
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            for piece in pieces(letters, size, wide, word) {
                let longer = lines.last().map(|line| format!("{line} {piece}"));
                match (longer, lines.last_mut()) {
                    (Some(longer), Some(line)) if letters.width(&longer, size) <= wide => {
                        *line = longer;
                    }
                    _ => lines.push(piece),
                }
            }
        }
        lines
    }

    fn line(&mut self, sheet: usize, face: Face, size: f32, y: f32, text: &str) {
        let letters = self.letters(face);
        let glyphs: Vec<_> = text.chars().map(|c| (letters.glyph(c), plain(c))).collect();
        let (key, encoded) = (letters.key, letters.encode(text));
        if let Some(used) = self.used.get_mut(usize::from(face == Face::Text)) {
            used.extend(glyphs);
        }
        let Some(content) = self.sheets.get_mut(sheet) else {
            return;
        };
        content.set_fill_rgb(0.067, 0.125, 0.110);
        content.begin_text();
        content.set_font(Name(key), size);
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, EDGE, y]);
        content.show(Str(&encoded));
        content.end_text();
    }

    /// The file; `foot` is written at the foot of each sheet, with its number.
    pub(crate) fn finish(
        mut self,
        foot: &str,
        about: &About<'_>,
    ) -> Result<Vec<u8>, DocumentError> {
        let count = self.sheets.len();
        for sheet in 0..count {
            let numbered = format!("{foot} — page {} sur {count}", sheet + 1);
            let mut y = FOOT - 24.0;
            for part in self.broken(Face::Text, 8.0, &self.writable(Face::Text, &numbered)) {
                self.line(sheet, Face::Text, 8.0, y, &part);
                y -= 10.0;
            }
        }
        let mut next = Ref::new(1);
        let (catalog, tree, info, meta, profile) = (
            next.bump(),
            next.bump(),
            next.bump(),
            next.bump(),
            next.bump(),
        );
        let fonts = [next.bump(), next.bump()];
        let pages: Vec<(Ref, Ref)> = (0..count).map(|_| (next.bump(), next.bump())).collect();
        let mut pdf = Pdf::new();
        pdf.set_version(1, 4);
        pdf.set_file_id((about.id.to_vec(), about.id.to_vec()));
        let mut root = pdf.catalog(catalog);
        root.pages(tree).lang(TextStr("fr-FR")).metadata(meta);
        root.viewer_preferences().display_doc_title(true);
        root.output_intents()
            .push()
            .subtype(OutputIntentSubtype::PDFA)
            .output_condition_identifier(TextStr("sRGB IEC61966-2.1"))
            .info(TextStr("sRGB IEC61966-2.1"))
            .dest_output_profile(profile);
        root.finish();
        pdf.pages(tree)
            .kids(pages.iter().map(|(page, _)| *page))
            .count(i32::try_from(count).unwrap_or(1));
        let faces = [&self.title, &self.text];
        for ((page, content), sheet) in pages.iter().zip(self.sheets) {
            let mut dict = pdf.page(*page);
            dict.parent(tree)
                .media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT))
                .contents(*content);
            let mut resources = dict.resources();
            let mut named = resources.fonts();
            for (face, font) in faces.iter().zip(fonts) {
                named.pair(Name(face.key), font);
            }
            named.finish();
            resources.finish();
            dict.finish();
            pdf.stream(*content, &sheet.finish());
        }
        for ((face, font), used) in faces.iter().zip(fonts).zip(&self.used) {
            face.embed(&mut pdf, font, &mut next, used);
        }
        pdf.icc_profile(profile, &srgb()).n(3);
        let xmp = Xmp {
            title: about.title,
            author: about.author,
            software: about.software,
            at: moment::iso(about.at, about.zone),
        };
        let xmp = xmp
            .render()
            .map_err(|error| DocumentError::writing("the PDF's metadata", &error))?;
        pdf.metadata(meta, xmp.as_bytes());
        let at = moment::pdf(about.at, about.zone);
        pdf.document_info(info)
            .title(TextStr(about.title))
            .author(TextStr(about.author))
            .creator(TextStr(about.software))
            .producer(TextStr(about.software))
            .creation_date(at)
            .modified_date(at);
        Ok(pdf.finish())
    }
}

/// A word, cut where it is wider than a line.
fn pieces(letters: &Letters, size: f32, wide: f32, word: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let full = pieces
            .last()
            .is_some_and(|piece| letters.width(&format!("{piece}{c}"), size) > wide);
        if full {
            pieces.push(String::new());
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

/// As copied from the page: a no-break space is a space.
const fn plain(letter: char) -> char {
    match letter {
        '\u{202f}' | '\u{a0}' => ' ',
        other => other,
    }
}
