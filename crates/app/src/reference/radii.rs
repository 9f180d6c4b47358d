//! The national search radius and enlargement step of each department (`rayons-sas.csv`): the
//! defaults of a new network (R5). A department at 0 has no default: it must be set by hand.

use std::sync::OnceLock;

const SHIPPED: &[u8] = include_bytes!("../../../../reference/rayons-sas.csv");

/// Default distances of a department, metres.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Radius {
    /// Department, as text (`2A`, `974`).
    pub department: String,
    /// Default radius of a search, metres.
    pub radius_m: u32,
    /// How much one enlargement adds, metres.
    pub enlargement_m: u32,
}

/// The default distances of a department; `None` when the table has none or says 0.
pub fn radius_of(department: &str) -> Option<&'static Radius> {
    all()
        .iter()
        .find(|radius| radius.department == department && radius.radius_m > 0)
}

fn all() -> &'static [Radius] {
    static ONCE: OnceLock<Vec<Radius>> = OnceLock::new();
    ONCE.get_or_init(|| read(SHIPPED))
}

fn read(bytes: &[u8]) -> Vec<Radius> {
    let records = csv::Reader::from_reader(bytes)
        .into_records()
        .filter_map(Result::ok);
    records
        .filter_map(|record| {
            let metres = |at: usize| Some(record.get(at)?.trim().parse::<u32>().ok()? * 1_000);
            Some(Radius {
                department: padded(record.get(0)?.trim()),
                radius_m: metres(8)?,
                enlargement_m: metres(9)?,
            })
        })
        .collect()
}

/// The table writes `1` for `01`.
fn padded(department: &str) -> String {
    if department.len() == 1 {
        format!("0{department}")
    } else {
        department.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = SHIPPED
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        assert_eq!(all().len(), lines.count() - 1);
    }

    #[test]
    fn a_department_gives_its_distances() {
        let essonne = radius_of("91").unwrap();
        assert_eq!((essonne.radius_m, essonne.enlargement_m), (10_000, 5_000));
        assert!(radius_of("01").is_some());
        assert_eq!(radius_of("976"), None);
        assert_eq!(radius_of("00"), None);
    }
}
