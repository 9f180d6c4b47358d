//! The communes scenarios may name: town centres of Essonne and around, as in
//! `reference/communes.csv`.

use relais_core::geo::{Insee, Point};

/// A commune with its town centre.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: &'static str,
    /// Its INSEE code.
    pub insee: &'static str,
    /// Town centre, millionths of a degree north.
    pub lat_e6: i32,
    /// Town centre, millionths of a degree east.
    pub lon_e6: i32,
}

const fn place(name: &'static str, insee: &'static str, lat_e6: i32, lon_e6: i32) -> Place {
    Place {
        name,
        insee,
        lat_e6,
        lon_e6,
    }
}

/// Every commune a scenario may name. From Massy: Champlan 2 km, Palaiseau and Chilly 3 km,
/// Longjumeau 4 km, Igny 5 km, Orsay 8 km, Les Ulis 10 km, Gif 12 km, Arpajon 16 km, Étampes 34 km.
pub const PLACES: &[Place] = &[
    place("Massy", "91377", 48_726_900, 2_283_000),
    place("Champlan", "91136", 48_708_200, 2_279_700),
    place("Palaiseau", "91477", 48_718_300, 2_249_800),
    place("Chilly-Mazarin", "91161", 48_714_900, 2_316_400),
    place("Longjumeau", "91345", 48_693_100, 2_294_300),
    place("Igny", "91312", 48_744_400, 2_224_300),
    place("Orsay", "91471", 48_695_700, 2_187_300),
    place("Les Ulis", "91692", 48_681_700, 2_169_400),
    place("Gif-sur-Yvette", "91272", 48_683_300, 2_133_300),
    place("Arpajon", "91021", 48_588_700, 2_246_700),
    place("Étampes", "91223", 48_435_100, 2_162_300),
];

impl Place {
    /// The place of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PLACES.iter().find(|place| place.name == name)
    }

    /// Its town centre.
    pub const fn point(&self) -> Point {
        Point {
            lat_e6: self.lat_e6,
            lon_e6: self.lon_e6,
        }
    }

    /// Its code.
    pub fn insee(&self) -> Option<Insee> {
        Insee::new(self.insee)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = include_str!("../../../reference/communes.csv");

    #[test]
    fn the_places_are_those_of_the_reference() {
        for place in PLACES {
            let line = REFERENCE
                .lines()
                .find(|line| line.starts_with(place.insee))
                .unwrap();
            let cells: Vec<_> = line.split(',').collect();
            assert_eq!(cells[1], place.name);
            let near = |cell: &str, e6: i32| {
                (cell.parse::<f64>().unwrap() * 1e6 - f64::from(e6)).abs() < 1.0
            };
            assert!(
                near(cells[8], place.lat_e6) && near(cells[9], place.lon_e6),
                "{line}"
            );
        }
    }
}
