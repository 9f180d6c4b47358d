//! One page of paper: filled rectangles, lines and paragraphs of text at a place, written as a PDF
//! that says its title and its language. Knows nothing of what is written on it.

use crate::error::AppError;
use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};
use relais_documents::Letters;
use std::collections::BTreeMap;

/// A colour of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Near-black green.
    Dark,
    /// White.
    Paper,
    /// The red that means 15, nothing else.
    Alarm,
}

impl Ink {
    const fn rgb(self) -> [f32; 3] {
        match self {
            Self::Dark => [0.067, 0.125, 0.110],
            Self::Paper => [1.0, 1.0, 1.0],
            Self::Alarm => [0.745, 0.086, 0.125],
        }
    }
}

/// A page being written.
pub(super) struct Sheet<'l> {
    width: f32,
    height: f32,
    content: Content,
    faces: [&'l Letters; 2],
    /// Letters used, by face and glyph.
    used: [BTreeMap<u16, char>; 2],
}

impl<'l> Sheet<'l> {
    /// A blank page, points.
    pub(super) fn new(width: f32, height: f32, title: &'l Letters, text: &'l Letters) -> Self {
        Self {
            width,
            height,
            content: Content::new(),
            faces: [title, text],
            used: [BTreeMap::new(), BTreeMap::new()],
        }
    }

    fn ink(&mut self, ink: Ink) {
        let [red, green, blue] = ink.rgb();
        self.content.set_fill_rgb(red, green, blue);
    }

    /// Fills a rectangle whose lower left corner is there.
    pub(super) fn fill(&mut self, ink: Ink, x: f32, y: f32, width: f32, height: f32) {
        self.ink(ink);
        self.content.rect(x, y, width, height);
        self.content.fill_nonzero();
    }

    /// The largest size up to `most` at which a text is no wider than `wide`.
    pub(super) fn fit(&self, face: &Letters, text: &str, most: f32, wide: f32) -> f32 {
        let at_one = face.width(text, 1.0);
        if at_one * most <= wide {
            most
        } else {
            wide / at_one
        }
    }

    /// One line of text on a base line.
    pub(super) fn line(&mut self, face: &Letters, ink: Ink, size: f32, x: f32, y: f32, text: &str) {
        let known = self.faces.iter().position(|one| one.key == face.key);
        if let Some(used) = known.and_then(|index| self.used.get_mut(index)) {
            used.extend(
                text.chars()
                    .map(|letter| (face.glyph(letter), plain(letter))),
            );
        }
        self.ink(ink);
        self.content.begin_text();
        self.content.set_font(Name(face.key), size);
        self.content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
        self.content.show(Str(&face.encode(text)));
        self.content.end_text();
    }

    /// Lines of text from a base line down, no wider than asked; answers the base line after.
    /// A no-break space keeps its words together.
    pub(super) fn paragraph(
        &mut self,
        face: &Letters,
        ink: Ink,
        size: f32,
        (x, y, wide): (f32, f32, f32),
        text: &str,
    ) -> f32 {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match (longer, lines.last_mut()) {
                (Some(longer), Some(line)) if face.width(&longer, size) <= wide => *line = longer,
                _ => lines.push(word.to_owned()),
            }
        }
        let mut y = y;
        for line in &lines {
            self.line(face, ink, size, x, y, line);
            y -= size * 1.22;
        }
        y
    }

    /// The page as a file.
    pub(super) fn finish(self, title: &str) -> Result<Vec<u8>, AppError> {
        let mut next = Ref::new(1);
        let (catalog, tree, page) = (next.bump(), next.bump(), next.bump());
        let (content, info) = (next.bump(), next.bump());
        let fonts = [next.bump(), next.bump()];
        let mut pdf = Pdf::new();
        pdf.catalog(catalog)
            .pages(tree)
            .lang(TextStr("fr"))
            .viewer_preferences()
            .display_doc_title(true);
        pdf.pages(tree).kids([page]).count(1);
        let mut sheet = pdf.page(page);
        sheet
            .parent(tree)
            .media_box(Rect::new(0.0, 0.0, self.width, self.height))
            .contents(content);
        let mut resources = sheet.resources();
        let mut dict = resources.fonts();
        for (face, font) in self.faces.iter().zip(fonts) {
            dict.pair(Name(face.key), font);
        }
        dict.finish();
        resources.finish();
        sheet.finish();
        pdf.stream(content, &self.content.finish());
        for ((face, font), used) in self.faces.iter().zip(fonts).zip(&self.used) {
            face.embed(&mut pdf, font, &mut next, used);
        }
        pdf.document_info(info)
            .title(TextStr(title))
            .creator(TextStr("Relais"));
        Ok(pdf.finish())
    }
}

/// As copied from the page: a no-break space is a space.
const fn plain(letter: char) -> char {
    match letter {
        '\u{202f}' | '\u{a0}' => ' ',
        other => other,
    }
}
