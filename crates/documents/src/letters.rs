//! A font of ours, embedded: which letters it has, how wide they are, and how a PDF is given it. The
//! same faces as the screens, one weight each, unhinted.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish as _, Name, Pdf, Rect, Ref, Str};
use std::collections::BTreeMap;
use ttf_parser::{Face, GlyphId};

const TITLE: &[u8] = include_bytes!("../fonts/bricolage-grotesque-700.ttf");
const TEXT: &[u8] = include_bytes!("../fonts/atkinson-next-400.ttf");

/// A font that ships broken: a defect of the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the font {name}: {error}")]
pub struct BadFont {
    name: &'static str,
    error: ttf_parser::FaceParsingError,
}

/// A font.
pub struct Letters {
    bytes: &'static [u8],
    face: Face<'static>,
    /// Its name in the PDF.
    name: &'static str,
    /// Its name in the page's resources.
    pub key: &'static [u8],
}

impl Letters {
    /// The face of titles and numbers.
    ///
    /// # Errors
    /// When the font cannot be read.
    pub fn title() -> Result<Self, BadFont> {
        Self::read(TITLE, "BricolageGrotesque-Bold", b"F1")
    }

    /// The face of sentences.
    ///
    /// # Errors
    /// When the font cannot be read.
    pub fn text() -> Result<Self, BadFont> {
        Self::read(TEXT, "AtkinsonHyperlegibleNext-Regular", b"F2")
    }

    fn read(bytes: &'static [u8], name: &'static str, key: &'static [u8]) -> Result<Self, BadFont> {
        let face = Face::parse(bytes, 0).map_err(|error| BadFont { name, error })?;
        Ok(Self {
            bytes,
            face,
            name,
            key,
        })
    }

    /// The glyph of a letter; a no-break space of any width is a space, what is missing a blank.
    pub fn glyph(&self, letter: char) -> u16 {
        let letter = match letter {
            '\u{202f}' | '\u{a0}' => ' ',
            other => other,
        };
        self.face.glyph_index(letter).map_or(0, |glyph| glyph.0)
    }

    /// Whether it has a letter.
    pub fn has(&self, letter: char) -> bool {
        self.glyph(letter) != 0
    }

    fn per_mille(&self, units: i32) -> f32 {
        let em = f32::from(self.face.units_per_em());
        f32::from(i16::try_from(units).unwrap_or(i16::MAX)) * 1000.0 / em
    }

    fn advance(&self, glyph: u16) -> f32 {
        let advance = self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0);
        self.per_mille(i32::from(advance))
    }

    /// How wide a text is at a size, points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let units: f32 = text.chars().map(|c| self.advance(self.glyph(c))).sum();
        units * size / 1000.0
    }

    /// The letters of a text as the page shows them: two bytes a glyph.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        let glyphs = text.chars().map(|letter| self.glyph(letter));
        glyphs.flat_map(u16::to_be_bytes).collect()
    }

    /// Gives the font to a PDF, with what a reader needs to copy or read the text aloud.
    pub fn embed(&self, pdf: &mut Pdf, font: Ref, next: &mut Ref, used: &BTreeMap<u16, char>) {
        let (cid, descriptor, file, cmap) = (next.bump(), next.bump(), next.bump(), next.bump());
        let name = Name(self.name.as_bytes());
        let info = SystemInfo {
            registry: Str(b"Adobe"),
            ordering: Str(b"Identity"),
            supplement: 0,
        };
        pdf.type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(cmap);
        let mut face = pdf.cid_font(cid);
        face.subtype(CidFontType::Type2)
            .base_font(name)
            .system_info(info)
            .font_descriptor(descriptor)
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = face.widths();
        for glyph in used.keys() {
            widths.same(*glyph, *glyph, self.advance(*glyph));
        }
        widths.finish();
        face.finish();
        let around = self.face.global_bounding_box();
        let edge = |units: i16| self.per_mille(i32::from(units));
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(
                edge(around.x_min),
                edge(around.y_min),
                edge(around.x_max),
                edge(around.y_max),
            ))
            .italic_angle(0.0)
            .ascent(edge(self.face.ascender()))
            .descent(edge(self.face.descender()))
            .cap_height(edge(self.face.capital_height().unwrap_or(700)))
            .stem_v(90.0)
            .font_file2(file);
        let length = i32::try_from(self.bytes.len()).unwrap_or(i32::MAX);
        pdf.stream(file, self.bytes).pair(Name(b"Length1"), length);
        let mut map = UnicodeCmap::new(Name(b"Relais-UCS"), info);
        for (glyph, letter) in used {
            map.pair(*glyph, *letter);
        }
        let map = map.finish();
        pdf.cmap(cmap, &map);
    }
}
