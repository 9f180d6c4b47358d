//! Where things are: points, communes, great-circle distance (R5).

use std::fmt;

/// A point on the ground, in millionths of a degree (about 11 cm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Latitude north, millionths of a degree.
    pub lat_e6: i32,
    /// Longitude east, millionths of a degree.
    pub lon_e6: i32,
}

impl Point {
    /// A point from degrees; `None` outside the globe or when not a number.
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Self> {
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return None;
        }
        Some(Self {
            lat_e6: degrees_e6(lat),
            lon_e6: degrees_e6(lon),
        })
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e6) / 1e6
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e6) / 1e6
    }

    /// Great-circle distance in metres (haversine, mean radius 6,371,008 m).
    pub fn distance_m(self, other: Self) -> u32 {
        Spot::at(self).distance_m(&Spot::at(other))
    }
}

/// A point with what its distances are computed from: for one point measured against many.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    point: Point,
    cosine: f64,
}

impl Spot {
    pub(crate) fn at(point: Point) -> Self {
        Self {
            point,
            cosine: point.lat().to_radians().cos(),
        }
    }

    pub(crate) const fn point(&self) -> Point {
        self.point
    }

    /// The same figures whichever way the spots were made: [`Point::distance_m`] is this.
    #[inline]
    pub(crate) fn distance_m(&self, other: &Self) -> u32 {
        let (lat1, lat2) = (
            self.point.lat().to_radians(),
            other.point.lat().to_radians(),
        );
        let half_lat = (lat2 - lat1) / 2.0;
        let half_lon = (other.point.lon() - self.point.lon()).to_radians() / 2.0;
        let chord = half_lat.sin().powi(2) + self.cosine * other.cosine * half_lon.sin().powi(2);
        let metres = 2.0 * 6_371_008.0 * chord.sqrt().min(1.0).asin();
        to_u32(metres)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "bounded by the globe; beyond it the cast saturates"
)]
fn degrees_e6(degrees: f64) -> i32 {
    (degrees * 1e6).round() as i32
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "half a circumference of the Earth is 20,015 km: it fits, and is not negative"
)]
fn to_u32(metres: f64) -> u32 {
    metres.round() as u32
}

/// An INSEE commune code: five characters, text (Corsica has 2A and 2B).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Insee([u8; 5]);

impl Insee {
    /// Reads a code; `None` when it has not the form of one. Existence is checked elsewhere.
    pub fn new(text: &str) -> Option<Self> {
        let bytes: [u8; 5] = text.as_bytes().try_into().ok()?;
        let [first, second, rest @ ..] = bytes;
        let head = first.is_ascii_digit()
            && (second.is_ascii_digit() || (first == b'2' && matches!(second, b'A' | b'B')));
        (head && rest.iter().all(u8::is_ascii_digit)).then_some(Self(bytes))
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The department: two characters, three overseas.
    pub fn department(&self) -> &str {
        let text = self.as_str();
        let length = if text.starts_with("97") || text.starts_with("98") {
            3
        } else {
            2
        };
        text.get(..length).unwrap_or_default()
    }
}

impl fmt::Display for Insee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Insee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn massy_to_palaiseau_is_three_kilometres() {
        let massy = Point::from_degrees(48.7309, 2.2713).unwrap();
        let palaiseau = Point::from_degrees(48.7145, 2.2457).unwrap();
        let metres = massy.distance_m(palaiseau);
        assert!((2_400..2_800).contains(&metres), "{metres}");
        assert_eq!(massy.distance_m(massy), 0);
    }

    #[test]
    fn corsica_and_overseas_codes_are_text() {
        assert_eq!(Insee::new("2A004").unwrap().department(), "2A");
        assert_eq!(Insee::new("97411").unwrap().department(), "974");
        for bad in ["9137", "913777", "A1377", "2C004", "91 77", "é377"] {
            assert_eq!(Insee::new(bad), None, "{bad}");
        }
    }
}
