//! People of the demonstration's national directory who are members of nothing yet: somebody to sign
//! up as. Their numbers begin with 9971, which no member of the demonstration has.

use crate::demo::names::with_key;
use crate::error::AppError;
use crate::reference::folded;
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::national::{self, Entry};

/// A commune of work: INSEE code, name, postcode.
type Town = (&'static str, &'static str, &'static str);

/// First digits, profession, title, surname, first name, communes.
const PEOPLE: [(&str, &str, &str, &str, &str, &[Town]); 3] = [
    (
        "9971000001",
        "gp",
        "Dr",
        "Corvo",
        "Ysaline",
        &[("91377", "Massy", "91300")],
    ),
    (
        "9971000002",
        "nurse",
        "Mme",
        "Nervaux",
        "Philippine",
        &[("91377", "Massy", "91300"), ("91477", "Palaiseau", "91120")],
    ),
    (
        "9971000003",
        "physio",
        "M.",
        "Le Tellec-Ozanne",
        "Tancrède",
        &[("91477", "Palaiseau", "91120")],
    ),
];

/// Writes them down, as an import would.
pub(super) fn lay_out(tx: &mut Tx<'_>, at: Instant) -> Result<(), AppError> {
    let mut entries = Vec::new();
    for (digits, profession, civility, last_name, first_name, places) in PEOPLE {
        for (insee, commune, postcode) in places {
            entries.push(Entry {
                rpps: with_key(digits),
                insee: (*insee).to_owned(),
                profession: profession.to_owned(),
                civility: civility.to_owned(),
                last_name: last_name.to_owned(),
                first_name: first_name.to_owned(),
                commune: (*commune).to_owned(),
                postcode: (*postcode).to_owned(),
                dept: "91".to_owned(),
                phone: Some("+33199001234".to_owned()),
                search: folded(&format!("{last_name} {first_name} {commune}")),
            });
        }
    }
    let digest = "demonstration";
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let run = national::start_import(tx, digest, count, at.millis())?;
    national::set(tx, &entries)?;
    Ok(national::finish_import(tx, run, at.millis())?)
}
