//! How sure an identity is (INS), in words: as whoever has the patient says it, as their page tells it.

use crate::patients::ins::Standing;

/// Each status with what must be true of it, from the least to the surest.
pub const STATUSES: &[(&str, &str)] = &[
    ("provisional", "Provisoire\u{a0}: rien n’a été vérifié"),
    (
        "validated",
        "Validée\u{a0}: j’ai vu une pièce d’identité (carte, passeport, titre de séjour)",
    ),
    (
        "retrieved",
        "Récupérée\u{a0}: mon logiciel a interrogé le téléservice INSi",
    ),
    (
        "qualified",
        "Qualifiée\u{a0}: pièce vue, et téléservice interrogé",
    ),
];

/// The lists of numbers.
pub const LISTS: &[(&str, &str)] = &[
    ("nir", "Matricule définitif (NIR)"),
    ("nia", "Matricule d’attente (NIA)"),
];

/// The list of invented numbers, for the demonstration.
pub const INVENTED: &[(&str, &str)] = &[("test", "Matricule de test")];

/// How it stands: `Identité provisoire`, `Identité mise en doute`.
pub fn standing(standing: Standing) -> String {
    if standing.doubtful {
        return "Identité mise en doute".to_owned();
    }
    let label = standing.status.label();
    let rest = label.strip_prefix('i').unwrap_or(label);
    format!("I{rest}")
}

/// What is said of a note that leaves without the number.
pub const WITHOUT: &str =
    "La note part sans matricule\u{a0}: seule une identité qualifiée le permet.";

/// What becomes of the number with the next note.
pub fn sent(standing: Standing) -> &'static str {
    match standing.status.code() {
        "qualified" if !standing.doubtful => "La note part avec le matricule INS du patient.",
        _ => WITHOUT,
    }
}
