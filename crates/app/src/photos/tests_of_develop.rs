//! Files as telephones make them, and files made to harm.

use super::*;
use image::ExtendedColorType;
use image::ImageEncoder as _;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;

/// Left half red, right half blue.
fn two_halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        if x < width / 2 {
            Rgb([200, 20, 20])
        } else {
            Rgb([20, 20, 200])
        }
    })
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 90)
        .encode_image(&two_halves(width, height))
        .expect("our own picture");
    out
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    PngEncoder::new(&mut out)
        .write_image(
            &two_halves(width, height),
            width,
            height,
            ExtendedColorType::Rgb8,
        )
        .expect("our own picture");
    out
}

fn webp(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    WebPEncoder::new_lossless(&mut out)
        .encode(
            &two_halves(width, height),
            width,
            height,
            ExtendedColorType::Rgb8,
        )
        .expect("our own picture");
    out
}

const GPS: &[u8] = b"48.7309N 2.2713E rue des Sablons";

/// Metadata as a telephone writes them: an orientation, a place, and a thumbnail with its own end.
fn exif(orientation: u8) -> Vec<u8> {
    let mut body = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    body.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    body.extend(GPS);
    body.extend(jpeg(16, 16));
    body
}

/// Puts a segment right after the start of a JPEG.
fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).expect("a short segment");
    let mut out = jpeg[..2].to_vec();
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    out.extend(body);
    out.extend(&jpeg[2..]);
    out
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|part| part == what)
}

fn pixels(picture: &Picture) -> RgbImage {
    image::load_from_memory_with_format(&picture.jpeg, ImageFormat::Jpeg)
        .expect("ours is readable")
        .to_rgb8()
}

#[test]
fn three_kinds_are_taken_by_their_bytes_and_come_out_as_our_jpeg() {
    for (name, bytes) in [
        ("jpeg", jpeg(300, 200)),
        ("png", png(300, 200)),
        ("webp", webp(300, 200)),
    ] {
        let picture = develop(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!((picture.width, picture.height), (300, 200), "{name}");
        assert_eq!(glance(&picture.jpeg), Ok(ImageFormat::Jpeg), "{name}");
        let shown = pixels(&picture);
        assert!(
            shown.get_pixel(20, 100).0[0] > 150,
            "{name}: red at the left"
        );
        assert!(
            shown.get_pixel(280, 100).0[2] > 150,
            "{name}: blue at the right"
        );
    }
}

#[test]
fn the_place_the_thumbnail_and_the_comment_are_gone_and_the_picture_is_upright() {
    let sent = with_segment(&jpeg(300, 200), 0xe1, &exif(6));
    let sent = with_segment(&sent, 0xfe, b"Mme Testardeau");
    assert!(contains(&sent, GPS));
    let picture = develop(&sent).expect("a telephone's photo");
    assert_eq!(
        (picture.width, picture.height),
        (200, 300),
        "turned a quarter"
    );
    assert!(pixels(&picture).get_pixel(100, 20).0[0] > 150, "red on top");
    for trace in [GPS, b"Exif", b"Testardeau"] {
        assert!(!contains(&picture.jpeg, trace));
    }
    let starts = picture
        .jpeg
        .windows(3)
        .filter(|three| *three == [0xff, 0xd8, 0xff]);
    assert_eq!(starts.count(), 1, "no second picture inside");
}

#[test]
fn a_second_file_behind_the_first_does_not_come_along() {
    let mut sent = jpeg(120, 80);
    sent.extend(b"PK\x03\x04 <script>alert(1)</script> %PDF-1.7");
    let picture = develop(&sent).expect("the photo itself is fine");
    for trace in [&b"PK\x03\x04"[..], b"<script>", b"%PDF"] {
        assert!(!contains(&picture.jpeg, trace));
    }
}

#[test]
fn a_cut_file_is_refused_wherever_it_was_cut() {
    let whole = with_segment(&jpeg(300, 200), 0xe1, &exif(1));
    for cut in [3, 60, whole.len() / 2, whole.len() - 3] {
        assert_eq!(
            develop(&whole[..cut]).err(),
            Some(Unfit::Unreadable),
            "JPEG cut at {cut}"
        );
    }
    for (name, whole) in [("PNG", png(300, 200)), ("WebP", webp(300, 200))] {
        for cut in [20, whole.len() / 2] {
            let found = develop(&whole[..cut]).err();
            assert_eq!(found, Some(Unfit::Unreadable), "{name} cut at {cut}");
        }
    }
}

#[test]
fn dimensions_are_refused_before_a_pixel_is_decoded() {
    // A PNG of some hundred bytes that says it is 60,000 × 60,000: 10.8 GB once decoded.
    let mut bomb = png(8, 8);
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let sum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(develop(&bomb).err(), Some(Unfit::TooLarge));
    // The same in a JPEG: 60,000 × 60,000 in its frame header.
    let mut bomb = jpeg(8, 8);
    let frame = bomb
        .windows(2)
        .position(|two| two == [0xff, 0xc0])
        .expect("a frame");
    bomb[frame + 5..frame + 7].copy_from_slice(&60_000_u16.to_be_bytes());
    bomb[frame + 7..frame + 9].copy_from_slice(&60_000_u16.to_be_bytes());
    assert_eq!(develop(&bomb).err(), Some(Unfit::TooLarge));
    // Within the sides and over the area.
    let mut wide = jpeg(8, 8);
    wide[frame + 5..frame + 7].copy_from_slice(&15_000_u16.to_be_bytes());
    wide[frame + 7..frame + 9].copy_from_slice(&15_000_u16.to_be_bytes());
    assert_eq!(develop(&wide).err(), Some(Unfit::TooLarge));
}

/// The sum PNG writes after each chunk.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 {
                (sum >> 1) ^ 0xedb8_8320
            } else {
                sum >> 1
            }
        })
    })
}

#[test]
fn moving_pictures_other_files_and_the_iphone_s_format_are_refused_in_words() {
    let mut moving = png(8, 8);
    let chunk = [&8_u32.to_be_bytes()[..], b"acTL", &[0; 12]].concat();
    moving.splice(33..33, chunk);
    assert_eq!(glance(&moving), Err(Unfit::Animated));
    let mut moving = b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0".to_vec();
    moving.extend([0x02, 0, 0, 0, 7, 0, 0, 7, 0, 0]);
    assert_eq!(glance(&moving), Err(Unfit::Animated));
    assert_eq!(glance(b"GIF89a"), Err(Unfit::Animated));
    assert_eq!(
        glance(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        Err(Unfit::Heic)
    );
    assert!(Unfit::Heic.to_string().contains("Le plus compatible"));
    for other in [
        &b"%PDF-1.7"[..],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90",
        b"\0\0\0\x18ftypmp42",
    ] {
        assert_eq!(glance(other), Err(Unfit::NotAPhoto));
    }
    assert_eq!(glance(b""), Err(Unfit::Empty));
    assert_eq!(glance(&vec![0xff; FILE_MAX + 1]), Err(Unfit::TooHeavy));
}

#[test]
fn a_large_photo_is_made_smaller_and_a_heavy_one_lighter() {
    let picture = develop(&jpeg(4_000, 1_000)).expect("a wide photo");
    assert_eq!((picture.width, picture.height), (2_000, 500));
    // Noise is what weighs most.
    let mut seed = 7_u32;
    let noise = RgbImage::from_fn(1_500, 1_500, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([(seed >> 8) as u8, (seed >> 16) as u8, (seed >> 24) as u8])
    });
    let mut sent = Vec::new();
    JpegEncoder::new_with_quality(&mut sent, 95)
        .encode_image(&noise)
        .expect("our own picture");
    let picture = develop(&sent).expect("heavy and honest");
    assert!(picture.jpeg.len() <= KEPT_MAX, "{}", picture.jpeg.len());
}

#[test]
fn what_was_transparent_is_white() {
    let mut clear = Vec::new();
    let pixels = [0_u8, 0, 0, 0].repeat(64);
    PngEncoder::new(&mut clear)
        .write_image(&pixels, 8, 8, ExtendedColorType::Rgba8)
        .expect("our own picture");
    let picture = develop(&clear).expect("a clear picture");
    assert!(self::pixels(&picture).get_pixel(4, 4).0[1] > 250);
}
