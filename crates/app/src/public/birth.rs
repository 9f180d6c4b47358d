//! A birth date or an age, as people write them.

use crate::reference::folded;
use jiff::civil::Date;
use relais_core::request::Age;

const MONTHS: [&str; 12] = [
    "janvier",
    "fevrier",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "aout",
    "septembre",
    "octobre",
    "novembre",
    "decembre",
];

/// Oldest age taken, years.
const OLDEST: u32 = 130;

/// Reads a birth date: `02/04/1951`, `2.4.1951`, `02041951`, `2 avril 1951`, `1951-04-02`.
///
/// # Errors
/// What is wrong, in a sentence without a full stop.
pub(super) fn date(text: &str, today: Date) -> Result<Date, String> {
    let wrong = || {
        "Cette date n’existe pas. Écrivez le jour, le mois et l’année, par exemple\u{a0}: 02/04/1951".to_owned()
    };
    let plain = folded(text);
    if plain.is_empty() {
        return Err("Écrivez la date de naissance, par exemple\u{a0}: 02/04/1951".to_owned());
    }
    let mut parts: Vec<String> = plain.split(' ').map(str::to_owned).collect();
    if let [compact] = parts.as_slice()
        && compact.len() == 8
        && compact.bytes().all(|b| b.is_ascii_digit())
    {
        let part = |from: usize, to: usize| compact.get(from..to).unwrap_or_default().to_owned();
        parts = vec![part(0, 2), part(2, 4), part(4, 8)];
    }
    let [first, month, last] = parts.as_slice() else {
        return Err(wrong());
    };
    let (day, year) = if first.len() == 4 {
        (last, first)
    } else {
        (first, last)
    };
    if year.len() == 2 {
        return Err("Écrivez l’année avec ses quatre chiffres, par exemple\u{a0}: 1951".to_owned());
    }
    let month = MONTHS
        .iter()
        .position(|name| month.len() >= 3 && name.starts_with(month.as_str()))
        .and_then(|index| i8::try_from(index + 1).ok())
        .or_else(|| month.parse().ok());
    let day = day.strip_suffix("er").unwrap_or(day).parse().ok();
    let year = year.parse().ok().filter(|year| *year >= 1_800);
    let (Some(day), Some(month), Some(year)) = (day, month, year) else {
        return Err(wrong());
    };
    let born = Date::new(year, month, day).map_err(|_| wrong())?;
    if born > today {
        return Err("Cette date de naissance est dans le futur. Vérifiez l’année".to_owned());
    }
    if Age::on(born, today).is_none() {
        return Err("Cette date donne plus de 130 ans. Vérifiez l’année".to_owned());
    }
    Ok(born)
}

/// Reads an age: `72`, `72 ans`, `8 mois`; answers it in words.
///
/// # Errors
/// What is wrong, in a sentence without a full stop.
pub(super) fn age(text: &str) -> Result<String, String> {
    let plain = folded(text);
    let mut words = plain.split(' ');
    let number: Option<u32> = words.next().and_then(|word| word.parse().ok());
    match (number, words.next().unwrap_or("ans")) {
        (Some(months), "mois" | "moi") if months < 36 => Ok(format!("{months} mois")),
        (Some(1 | 0), "an" | "ans") => Ok("1 an".to_owned()),
        (Some(years), "an" | "ans") if years <= OLDEST => Ok(format!("{years} ans")),
        _ => Err(
            "Écrivez l’âge en chiffres, par exemple\u{a0}: 72, ou 8 mois pour un bébé".to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date as day;

    fn today() -> Date {
        day(2026, 3, 10)
    }

    #[test]
    fn a_date_is_read_as_people_write_it() {
        for text in [
            "02/04/1951",
            "2.4.1951",
            "2 4 1951",
            "02-04-1951",
            "02041951",
            "2 avril 1951",
            "2 avr. 1951",
            "1951-04-02",
        ] {
            assert_eq!(date(text, today()), Ok(day(1951, 4, 2)), "{text}");
        }
        assert_eq!(date("1er août 2020", today()), Ok(day(2020, 8, 1)));
        assert_eq!(date("10/03/2026", today()), Ok(today()), "born today");
    }

    #[test]
    fn what_is_no_date_is_said_in_words() {
        for (text, said) in [
            ("31/02/1951", "n’existe pas"),
            ("02/04/51", "quatre chiffres"),
            ("02/04", "n’existe pas"),
            (" ", "Écrivez la date de naissance"),
            ("11/03/2026", "dans le futur"),
            ("02/04/1851", "plus de 130 ans"),
            ("2 truc 1951", "n’existe pas"),
            ("99999999", "n’existe pas"),
        ] {
            let why = date(text, today()).expect_err(text);
            assert!(why.contains(said), "{text}: {why}");
        }
    }

    #[test]
    fn an_age_is_enough_when_the_date_is_not_known() {
        for (text, said) in [
            ("72", "72 ans"),
            ("72 ans", "72 ans"),
            ("8 mois", "8 mois"),
            ("1", "1 an"),
        ] {
            assert_eq!(age(text).as_deref(), Ok(said), "{text}");
        }
        for text in ["", "vieux", "131", "40 mois", "72 mois"] {
            assert!(age(text).is_err(), "{text}");
        }
    }
}
