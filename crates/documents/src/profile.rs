//! The sRGB colour profile a PDF/A declares its colours by (ICC.1:2001, a display with a matrix and
//! one curve): a few numbers of the standard, written here rather than shipped as a file.

/// A number of 16.16 fixed point.
fn fixed(value: f64) -> [u8; 4] {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "constants of this file, all below 3"
    )]
    let units = (value * 65536.0).round() as i32;
    units.to_be_bytes()
}

fn xyz(values: [f64; 3]) -> Vec<u8> {
    let mut tag = b"XYZ \0\0\0\0".to_vec();
    tag.extend(values.iter().flat_map(|v| fixed(*v)));
    tag
}

fn description(text: &str) -> Vec<u8> {
    let mut tag = b"desc\0\0\0\0".to_vec();
    let length = u32::try_from(text.len() + 1).unwrap_or(1);
    tag.extend(length.to_be_bytes());
    tag.extend(text.as_bytes());
    tag.push(0);
    // No Unicode and no Macintosh form: two empty ones of fixed size.
    tag.extend([0; 4 + 4 + 2 + 1 + 67]);
    tag
}

fn text(text: &str) -> Vec<u8> {
    let mut tag = b"text\0\0\0\0".to_vec();
    tag.extend(text.as_bytes());
    tag.push(0);
    tag
}

/// One value: a curve that is a power, 8.8 fixed point.
fn power() -> Vec<u8> {
    let mut tag = b"curv\0\0\0\0".to_vec();
    tag.extend(1_u32.to_be_bytes());
    tag.extend(0x0233_u16.to_be_bytes());
    tag
}

/// The profile.
pub(crate) fn srgb() -> Vec<u8> {
    // Primaries adapted to D50, as sRGB profiles give them.
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", description("sRGB IEC61966-2.1")),
        (b"cprt", text("No copyright, use freely")),
        (b"wtpt", xyz([0.9505, 1.0, 1.0891])),
        (b"rXYZ", xyz([0.4361, 0.2225, 0.0139])),
        (b"gXYZ", xyz([0.3851, 0.7169, 0.0971])),
        (b"bXYZ", xyz([0.1431, 0.0606, 0.7141])),
        (b"rTRC", power()),
        (b"gTRC", power()),
        (b"bTRC", power()),
    ];
    let mut table = Vec::new();
    let mut data: Vec<u8> = Vec::new();
    let start = 128 + 4 + 12 * tags.len();
    let number = |n: usize| u32::try_from(n).unwrap_or(0).to_be_bytes();
    table.extend(number(tags.len()));
    for (name, tag) in &tags {
        table.extend(*name);
        table.extend(number(start + data.len()));
        table.extend(number(tag.len()));
        data.extend(tag);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut profile = Vec::with_capacity(start + data.len());
    profile.extend(number(start + data.len()));
    profile.extend([0; 4]);
    profile.extend([2, 0x10, 0, 0]);
    profile.extend(b"mntrRGB XYZ ");
    // A date of the standard's own, never today's.
    for part in [1998_u16, 2, 9, 0, 0, 0] {
        profile.extend(part.to_be_bytes());
    }
    profile.extend(b"acsp");
    profile.extend([0; 4 + 4 + 4 + 4 + 8 + 4]);
    profile.extend([0.9642, 1.0, 0.8249].iter().flat_map(|v| fixed(*v)));
    profile.resize(128, 0);
    profile.extend(table);
    profile.extend(data);
    profile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_says_its_own_length_and_every_tag_lies_inside() {
        let profile = srgb();
        let at = |n: usize| {
            let four: [u8; 4] = profile[n..n + 4].try_into().unwrap();
            u32::from_be_bytes(four) as usize
        };
        assert_eq!(at(0), profile.len());
        for tag in 0..at(128) {
            let (offset, size) = (at(132 + tag * 12 + 4), at(132 + tag * 12 + 8));
            assert!(offset + size <= profile.len());
        }
    }
}
