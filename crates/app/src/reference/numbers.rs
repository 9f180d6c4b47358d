//! National numbers (`reference/numeros-nationaux.csv`), told by every network that gives no other.
//! Owns reading them; a network's own numbers are in its settings.

use std::sync::OnceLock;

const SHIPPED: &[u8] = include_bytes!("../../../../reference/numeros-nationaux.csv");

/// A number that answers in the whole country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct National {
    /// As dialled.
    pub phone: String,
    /// Who answers.
    pub name: String,
    /// When to call it, in a few words.
    pub say: String,
}

/// The whole list, in the order of the file.
pub fn national() -> &'static [National] {
    static ONCE: OnceLock<Vec<National>> = OnceLock::new();
    ONCE.get_or_init(|| read(SHIPPED).expect("the embedded list is read whole by a test"))
}

/// The national number that is dialled so.
pub fn find(phone: &str) -> Option<&'static National> {
    national().iter().find(|number| number.phone == phone)
}

fn read(bytes: &[u8]) -> Result<Vec<National>, csv::Error> {
    let cell = |record: &csv::StringRecord, index: usize| {
        record
            .get(index)
            .unwrap_or_default()
            .trim()
            .replace('\'', "’")
    };
    csv::Reader::from_reader(bytes)
        .into_records()
        .map(|record| {
            let record = record?;
            Ok(National {
                phone: cell(&record, 0),
                name: cell(&record, 1),
                say: cell(&record, 2),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_is_read_whole() {
        let all = read(SHIPPED).expect("the list is well formed");
        for phone in ["15", "114", "116117", "3237"] {
            assert!(find(phone).is_some(), "{phone}");
        }
        for number in all {
            let digits = number.phone.bytes().all(|b| b.is_ascii_digit());
            assert!(digits && !number.name.is_empty() && !number.say.is_empty());
        }
    }
}
