//! A picture made anew from somebody's file. The kind is read in the bytes, sizes are checked before
//! anything is decoded, and what comes out is our own JPEG of the pixels: no metadata, no thumbnail,
//! no second file hidden behind the first. Refuses moving pictures and what it cannot read whole.

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;

/// Largest file taken, bytes.
pub const FILE_MAX: usize = 12 << 20;
/// Most pixels decoded: a telephone of today makes twelve to fifty million.
pub const PIXELS_MAX: u64 = 50_000_000;
/// Longest side decoded, pixels.
pub const SIDE_MAX: u32 = 16_000;
/// Most memory one decoding takes, bytes.
const MEMORY_MAX: u64 = 224 << 20;
/// Largest picture kept, bytes.
const KEPT_MAX: usize = 2 << 20;
/// Longest side kept and quality, first choice first: the next one when the picture is too heavy.
const STEPS: [(u32, u8); 4] = [(2_000, 84), (2_000, 70), (1_600, 60), (1_200, 50)];

/// A picture ready to be sealed.
#[derive(Clone)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Our JPEG.
    pub jpeg: Vec<u8>,
}

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing was sent.
    #[error("Ce fichier est vide. Choisissez une photo.")]
    Empty,
    /// Heavier than [`FILE_MAX`].
    #[error(
        "Cette photo dépasse 12\u{a0}Mo. Refaites-la en qualité normale, ou envoyez une copie réduite."
    )]
    TooHeavy,
    /// More pixels than [`PIXELS_MAX`], or a side over [`SIDE_MAX`].
    #[error(
        "Cette image a trop de pixels\u{a0}: 50\u{a0}millions au plus. Refaites la photo sans le mode haute résolution."
    )]
    TooLarge,
    /// The format of an iPhone.
    #[error(
        "Cette photo est au format HEIC, que tous les écrans ne lisent pas. Sur l’iPhone\u{a0}: Réglages, Appareil photo, Formats, «\u{a0}Le plus compatible\u{a0}», puis refaites la photo. Ou envoyez une capture d’écran de la photo."
    )]
    Heic,
    /// A moving picture.
    #[error("Cette image est animée. Envoyez une photo fixe.")]
    Animated,
    /// Some other kind of file.
    #[error("Ce fichier n’est pas une photo JPEG, PNG ou WebP.")]
    NotAPhoto,
    /// Cut off, damaged or made to harm.
    #[error("Cette photo est abîmée ou incomplète. Envoyez-la de nouveau, ou refaites-la.")]
    Unreadable,
}

/// What can be refused without decoding a pixel: weight, kind, movement, a missing end.
///
/// # Errors
/// Why it is refused.
pub fn glance(bytes: &[u8]) -> Result<ImageFormat, Unfit> {
    if bytes.is_empty() {
        return Err(Unfit::Empty);
    }
    if bytes.len() > FILE_MAX {
        return Err(Unfit::TooHeavy);
    }
    let at = |from: usize, len: usize| bytes.get(from..from + len).unwrap_or_default();
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return if jpeg_is_whole(bytes) {
            Ok(ImageFormat::Jpeg)
        } else {
            Err(Unfit::Unreadable)
        };
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return if png_moves(bytes) {
            Err(Unfit::Animated)
        } else {
            Ok(ImageFormat::Png)
        };
    }
    if at(0, 4) == b"RIFF" && at(8, 4) == b"WEBP" {
        let moves = at(12, 4) == b"VP8X" && at(20, 1).first().is_some_and(|flags| flags & 2 != 0);
        return if moves {
            Err(Unfit::Animated)
        } else {
            Ok(ImageFormat::WebP)
        };
    }
    if at(4, 4) == b"ftyp" {
        const BRANDS: [&[u8]; 9] = [
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif",
        ];
        let brand = at(8, 4);
        return Err(if BRANDS.contains(&brand) {
            Unfit::Heic
        } else {
            Unfit::NotAPhoto
        });
    }
    if bytes.starts_with(b"GIF8") {
        return Err(Unfit::Animated);
    }
    Err(Unfit::NotAPhoto)
}

/// Walks the segments up to the picture's data, then looks for its end: the end mark of a thumbnail
/// inside the metadata is not the picture's.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some([0xff, kind]) = bytes.get(at..at + 2) else {
            return false;
        };
        match kind {
            // Fill bytes before a marker.
            0xff => at += 1,
            0xd8 | 0x01 | 0xd0..=0xd7 => at += 2,
            0xd9 => return false,
            _ => {
                let Some([high, low]) = bytes.get(at + 2..at + 4) else {
                    return false;
                };
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                if length < 2 {
                    return false;
                }
                let scan = *kind == 0xda;
                at += 2 + length;
                if scan {
                    let data = bytes.get(at..).unwrap_or_default();
                    return data.windows(2).any(|two| two == [0xff, 0xd9]);
                }
            }
        }
    }
}

/// Whether a PNG says, before its picture, that it has several.
fn png_moves(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some([a, b, c, d, kind @ ..]) = bytes.get(at..at + 8) {
        match kind {
            b"acTL" => return true,
            b"IDAT" => return false,
            _ => {}
        }
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        at = at.saturating_add(12).saturating_add(length);
    }
    false
}

/// Decodes within limits, turns upright, makes small enough, and writes our own JPEG. Takes time and
/// memory: not on a thread that answers.
///
/// # Errors
/// Why it is refused.
pub fn develop(bytes: &[u8]) -> Result<Picture, Unfit> {
    let format = glance(bytes)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PIXELS_MAX || width.max(height) > SIDE_MAX || decoder.total_bytes() > MEMORY_MAX {
        return Err(Unfit::TooLarge);
    }
    if pixels == 0 {
        return Err(Unfit::Unreadable);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    for (longest, quality) in STEPS {
        if width.max(height) > longest {
            picture = picture.thumbnail(longest, longest);
        }
        let mut upright = picture.clone();
        upright.apply_orientation(orientation);
        let flat = flat(&upright);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, quality)
            .encode_image(&flat)
            .map_err(refused)?;
        if jpeg.len() <= KEPT_MAX {
            return Ok(Picture {
                width: flat.width(),
                height: flat.height(),
                jpeg,
            });
        }
    }
    Err(Unfit::TooHeavy)
}

fn refused(error: image::ImageError) -> Unfit {
    match error {
        image::ImageError::Limits(_) => Unfit::TooLarge,
        _ => Unfit::Unreadable,
    }
}

/// On white where it was transparent.
fn flat(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let over = picture.to_rgba8();
    let mut out = RgbImage::new(over.width(), over.height());
    for (x, y, pixel) in over.enumerate_pixels() {
        let [r, g, b, a] = pixel.0;
        let on_white = |channel: u8| {
            let (channel, a) = (u32::from(channel), u32::from(a));
            u8::try_from((channel * a + 255 * (255 - a)) / 255).unwrap_or(255)
        };
        out.put_pixel(x, y, Rgb([on_white(r), on_white(g), on_white(b)]));
    }
    out
}

#[cfg(test)]
#[path = "tests_of_develop.rs"]
mod tests;
