//! The codes sheets use for where somebody goes (`15`, `MR`, `MG`, `PHARMA`…), and what the core
//! calls them.

use relais_core::people::Profession;
use relais_core::slug::Slug;
use relais_core::triage::{End, Target, Towards};

/// Codes of cascades, in the order they are proposed to an editor.
const CASCADES: &[(&str, Profession, Option<&str>)] = &[
    ("MG", Profession::Gp, None),
    ("PHARMA", Profession::Pharmacist, None),
    ("IDE", Profession::Nurse, None),
    ("MK", Profession::Physio, None),
    ("SF", Profession::Midwife, None),
    ("DENT", Profession::Dentist, None),
    ("OPH", Profession::Specialist, Some("ophtalmologie")),
    ("PODO", Profession::Podiatrist, None),
    ("ORTHOPT", Profession::Orthoptist, None),
];

/// Every code, in the order they are proposed to an editor.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let first = ["15", "MR"].into_iter();
    let cascades = CASCADES.iter().map(|(code, ..)| *code);
    first.chain(cascades).chain(["CAP", "MT"])
}

/// The codes whose destination is a cascade.
pub fn cascades() -> impl Iterator<Item = &'static str> {
    CASCADES.iter().map(|(code, ..)| *code)
}

/// What a code means; `None` when nothing.
pub fn target(code: &str) -> Option<Target> {
    match code {
        "15" => Some(Target::Fifteen),
        "MR" => Some(Target::Regulator),
        "CAP" => Some(Target::PoisonCentre),
        "MT" => Some(Target::UsualDoctor),
        _ => towards(code).map(Target::Cascade),
    }
}

/// The profession of a cascade's code.
pub fn towards(code: &str) -> Option<Towards> {
    let (_, profession, specialty) = CASCADES.iter().find(|(known, ..)| *known == code)?;
    Some(Towards {
        profession: *profession,
        specialty: specialty.and_then(|slug| Slug::new(slug).ok()),
    })
}

/// The code of a target.
pub fn code(target: &Target) -> &'static str {
    match target {
        Target::Fifteen => "15",
        Target::Regulator => "MR",
        Target::PoisonCentre => "CAP",
        Target::UsualDoctor => "MT",
        Target::Cascade(to) => cascade_code(to),
    }
}

/// The code of a cascade. A profession without a code of its own is a generalist's.
pub fn cascade_code(to: &Towards) -> &'static str {
    let same =
        |(_, profession, _): &&(&str, Profession, Option<&str>)| *profession == to.profession;
    CASCADES.iter().find(same).map_or("MG", |(code, ..)| code)
}

/// The codes of a sheet's end.
pub fn end_codes(end: &End) -> Vec<&'static str> {
    match end {
        End::Fifteen => vec!["15"],
        End::Regulator => vec!["MR"],
        End::PoisonCentre => vec!["CAP"],
        End::UsualDoctor => vec!["MT"],
        End::Cascade(towards) => towards.iter().map(cascade_code).collect(),
    }
}

/// The end written as codes: one way out, or professions in order. `None` when a code means
/// nothing or a way out stands beside others.
pub fn end(codes: &[String]) -> Option<End> {
    if let [only] = codes {
        match target(only)? {
            Target::Fifteen => return Some(End::Fifteen),
            Target::Regulator => return Some(End::Regulator),
            Target::PoisonCentre => return Some(End::PoisonCentre),
            Target::UsualDoctor => return Some(End::UsualDoctor),
            Target::Cascade(_) => {}
        }
    }
    let towards: Option<Vec<_>> = codes.iter().map(|code| towards(code)).collect();
    towards.map(End::Cascade)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_comes_back() {
        for known in codes() {
            let found = target(known).expect("a code listed means something");
            assert_eq!(code(&found), known);
            let end = end(&[known.to_owned()]).expect("alone, a code is an end");
            assert_eq!(end_codes(&end), vec![known]);
        }
        assert_eq!(target("XX"), None);
        assert_eq!(end(&["15".to_owned(), "MG".to_owned()]), None);
    }
}
