//! Why somebody is asked, or not: each test with its measure, in a few words.

use super::when::{When, kilometres, rounded_km};
use crate::cooperation;
use relais_core::matching::{Finding, Measure, Test};
use relais_core::people::Profession;
use relais_core::slug::Slug;
use relais_core::time::Instant;
use std::collections::BTreeSet;

/// The name of a test.
pub const fn test_label(value: Test) -> &'static str {
    match value {
        Test::Membership => "Membre du réseau",
        Test::Profession => "Profession",
        Test::Specialty => "Spécialité",
        Test::RightToPractise => "Droit d’exercice",
        Test::CareType => "Type de soin",
        Test::Motive => "Motif",
        Test::Mode => "Mode",
        Test::Age => "Âge",
        Test::Distance => "Distance",
        Test::Availability => "Disponibilité",
        Test::Requester => "Pas le demandeur",
        Test::AlreadyAsked => "Pas déjà sollicité",
        Test::AlreadyRefused => "N’a pas déjà passé",
        Test::OwnPatientsOnly => "Ses patients seulement",
        Test::Muted => "Pas en sourdine",
        Test::DailyMaximum => "Plafond du jour",
        Test::HourlyMaximum => "Plafond de l’heure",
        Test::Rest => "Repos après un oui",
        Test::QuietHours => "Heures calmes",
        Test::Channel => "Joignable",
        Test::Cooperation => "Protocole de coopération",
    }
}

/// The word people left out are counted under: `distance 11, indisponible 8, plafond du jour 4`.
pub const fn test_counted(value: Test) -> &'static str {
    match value {
        Test::Membership => "pas membre",
        Test::Profession => "profession",
        Test::Specialty => "spécialité",
        Test::RightToPractise => "droit d’exercice",
        Test::CareType => "type de soin",
        Test::Motive => "motif",
        Test::Mode => "mode",
        Test::Age => "âge",
        Test::Distance => "distance",
        Test::Availability => "indisponible",
        Test::Requester => "demandeur",
        Test::AlreadyAsked => "déjà sollicité",
        Test::AlreadyRefused => "a passé",
        Test::OwnPatientsOnly => "ses patients seulement",
        Test::Muted => "plus rien aujourd’hui",
        Test::DailyMaximum => "plafond du jour",
        Test::HourlyMaximum => "plafond de l’heure",
        Test::Rest => "repos",
        Test::QuietHours => "heures calmes",
        Test::Channel => "injoignable",
        Test::Cooperation => "sans protocole de coopération",
    }
}

/// What a test found, with its figures: `21 km, son rayon est de 10 km`. `asked`: the cooperation
/// protocols of which the need asks for one.
pub fn finding(value: &Finding, asked: &BTreeSet<Slug>, when: &When<'_>) -> String {
    if value.test == Test::Cooperation && !asked.is_empty() {
        return declared(value, asked, when);
    }
    match (value.measure, value.ok) {
        (Measure::Distance { metres, limit }, ok) => distance(metres, limit, ok),
        (Measure::Count { count, maximum }, ok) => counted(value.test, count, maximum, ok),
        (Measure::Until(at), _) => format!("{}, {}", failed(value.test), when.until(at)),
        (Measure::Away(at), _) => away(at, when),
        (Measure::Holiday(_), _) => "ne travaille pas ce jour férié".to_owned(),
        (Measure::None, true) => passed(value.test).to_owned(),
        (Measure::None, false) => failed(value.test).to_owned(),
    }
}

/// `absent jusqu’au lundi 3 août`, the last day away; from the first moment one is back.
pub fn away(back: Instant, when: &When<'_>) -> String {
    let last = Instant::from_millis(back.millis() - 1);
    format!("absent jusqu’au {}", when.named_day(last))
}

/// Said under a form when nobody of the profession asked declared what the act needs.
pub fn undeclared(profession: Profession, asked: &BTreeSet<Slug>) -> String {
    let names = cooperation::names(asked);
    let what = if asked.len() == 1 {
        "le protocole"
    } else {
        "l’un des protocoles"
    };
    let who = super::labels::professions(profession);
    format!("Personne, parmi les {who} du réseau, n’a déclaré {what} de coopération {names}.")
}

/// `n’a pas déclaré le protocole de coopération « Lombalgie aiguë »`.
fn declared(value: &Finding, asked: &BTreeSet<Slug>, when: &When<'_>) -> String {
    let names = cooperation::names(asked);
    let (one, several) = (asked.len() == 1, "des protocoles de coopération");
    match (value.measure, value.ok) {
        (Measure::Until(at), _) => format!(
            "protocole de coopération déclaré à partir du {}\u{a0}: {names}",
            when.plain_date(at)
        ),
        (_, true) if one => format!("a déclaré le protocole de coopération {names}"),
        (_, true) => format!("a déclaré un {several} {names}"),
        (_, false) if one => format!("n’a pas déclaré le protocole de coopération {names}"),
        (_, false) => format!("n’a déclaré aucun {several} {names}"),
    }
}

fn distance(metres: u32, limit: Option<u32>, ok: bool) -> String {
    let far = kilometres(metres);
    match (limit, ok) {
        (Some(limit), true) => format!("{far}, rayon de {}", kilometres(limit)),
        (Some(limit), false) if rounded_km(metres) == rounded_km(limit) => {
            format!("{}, son rayon est de {}", fine(metres), fine(limit))
        }
        (Some(limit), false) => format!("{far}, son rayon est de {}", kilometres(limit)),
        (None, true) => format!("{far}, dans son secteur de visite"),
        (None, false) => format!("{far}, hors de son secteur de visite"),
    }
}

/// Kilometres with one decimal, rounded up: only to tell a distance from a limit just under it.
fn fine(metres: u32) -> String {
    let tenths = metres.div_ceil(100);
    format!("{},{}\u{a0}km", tenths / 10, tenths % 10)
}

fn counted(test: Test, count: u16, maximum: u16, ok: bool) -> String {
    let period = match test {
        Test::HourlyMaximum => "dans l’heure",
        _ => "aujourd’hui",
    };
    match (test, ok) {
        (Test::Availability, _) => format!("a reçu {count} des {maximum} patients qu’il pouvait"),
        (_, true) => format!("{count} sur {maximum} {period}"),
        (_, false) => format!("plafond atteint, {count} sur {maximum} {period}"),
    }
}

const fn passed(test: Test) -> &'static str {
    match test {
        Test::Membership => "membre du réseau",
        Test::Profession => "de la profession demandée",
        Test::Specialty => "de la spécialité demandée",
        Test::RightToPractise => "droit d’exercice en cours",
        Test::CareType => "accepte ce type de soin",
        Test::Motive => "accepte le motif",
        Test::Mode => "accepte ce mode",
        Test::Age => "accepte cet âge",
        Test::Distance => "la distance ne compte pas ici",
        Test::Availability => "disponible",
        Test::Requester => "n’est pas le demandeur",
        Test::AlreadyAsked => "pas encore sollicité",
        Test::AlreadyRefused => "n’a pas passé",
        Test::OwnPatientsOnly => "reçoit ce patient",
        Test::Muted => "accepte encore aujourd’hui",
        Test::DailyMaximum => "sous son plafond du jour",
        Test::HourlyMaximum => "sous son plafond de l’heure",
        Test::Rest => "pas en repos",
        Test::QuietHours => "hors de ses heures calmes",
        Test::Channel => "joignable",
        Test::Cooperation => "aucun protocole de coopération demandé",
    }
}

const fn failed(test: Test) -> &'static str {
    match test {
        Test::Membership => "pas membre du réseau",
        Test::Profession => "d’une autre profession",
        Test::Specialty => "d’une autre spécialité",
        Test::RightToPractise => "droit d’exercice pas en cours",
        Test::CareType => "ne fait pas ce type de soin",
        Test::Motive => "ne prend pas ce motif",
        Test::Mode => "ne propose pas ce mode",
        Test::Age => "ne reçoit pas cet âge",
        Test::Distance => "distance inconnue ou trop grande",
        Test::Availability => "indisponible",
        Test::Requester => "a fait la demande",
        Test::AlreadyAsked => "déjà sollicité",
        Test::AlreadyRefused => "a déjà passé",
        Test::OwnPatientsOnly => "ne prend que ses propres patients",
        Test::Muted => "plus rien aujourd’hui",
        Test::DailyMaximum => "plafond du jour atteint",
        Test::HourlyMaximum => "plafond de l’heure atteint",
        Test::Rest => "en repos après un oui",
        Test::QuietHours => "dans ses heures calmes",
        Test::Channel => "aucun moyen de le joindre",
        Test::Cooperation => "n’a pas déclaré de protocole de coopération",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use relais_core::time::Duration;

    fn said(test: Test, ok: bool, measure: Measure) -> String {
        let zone = TimeZone::UTC;
        let when = When::new(Instant::from_millis(0), &zone);
        let asked = BTreeSet::new();
        finding(&Finding { test, ok, measure }, &asked, &when).replace('\u{a0}', " ")
    }

    #[test]
    fn the_failing_criterion_is_quantified() {
        let far = |metres, limit| Measure::Distance { metres, limit };
        let check = |test, measure, expect: &str| assert_eq!(said(test, false, measure), expect);
        check(
            Test::Distance,
            far(21_000, Some(10_000)),
            "21 km, son rayon est de 10 km",
        );
        check(
            Test::Distance,
            far(10_020, Some(10_000)),
            "10,1 km, son rayon est de 10,0 km",
        );
        check(
            Test::Distance,
            far(4_000, None),
            "4 km, hors de son secteur de visite",
        );
        let five = Measure::Count {
            count: 5,
            maximum: 5,
        };
        check(
            Test::DailyMaximum,
            five,
            "plafond atteint, 5 sur 5 aujourd’hui",
        );
        let tomorrow = Measure::Until(Instant::from_millis(0) + Duration::hours(32));
        check(
            Test::Availability,
            tomorrow,
            "indisponible, jusqu’à demain 8 h",
        );
        let back = Instant::from_millis(0) + Duration::hours(24 * 5);
        check(
            Test::Availability,
            Measure::Away(back),
            "absent jusqu’au lundi 5 janvier",
        );
        check(
            Test::Availability,
            Measure::Holiday(back),
            "ne travaille pas ce jour férié",
        );
    }

    #[test]
    fn who_lacks_a_protocol_is_told_which() {
        let zone = TimeZone::UTC;
        let when = When::new(Instant::from_millis(0), &zone);
        let said = |codes: &[&str], ok, measure| {
            let asked = codes.iter().map(|code| Slug::new(code).unwrap()).collect();
            let test = Test::Cooperation;
            finding(&Finding { test, ok, measure }, &asked, &when).replace('\u{a0}', " ")
        };
        assert_eq!(
            said(&["lombalgie"], false, Measure::None),
            "n’a pas déclaré le protocole de coopération « Lombalgie aiguë »"
        );
        assert_eq!(
            said(&["pollakiurie", "trod-cystite"], false, Measure::None),
            "n’a déclaré aucun des protocoles de coopération « Brûlures urinaires » \
             et « Cystite simple, bandelette en pharmacie »"
        );
        let tomorrow = Measure::Until(Instant::from_millis(0) + Duration::hours(24));
        assert_eq!(
            said(&["cheville"], false, tomorrow),
            "protocole de coopération déclaré à partir du 2 janvier 1970 : « Torsion de cheville »"
        );
        assert_eq!(
            said(&[], true, Measure::None),
            "aucun protocole de coopération demandé"
        );
    }

    #[test]
    fn every_test_says_yes_and_no_differently() {
        for test in Test::ALL {
            let (yes, no) = (
                said(*test, true, Measure::None),
                said(*test, false, Measure::None),
            );
            assert_ne!(yes, no);
            assert!(!test_label(*test).is_empty() && !test_counted(*test).is_empty());
        }
    }
}
