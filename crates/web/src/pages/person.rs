//! An identity in words, once it was opened by a named, journaled act. Owns nothing but the words;
//! what is opened here is written in one answer and kept nowhere.

use relais_app::phone::national;
use relais_core::request::{PatientFacts, Sex};

use crate::show::born;
use crate::views::Identity;

/// What an opened identity says, as plain text for one page.
pub(crate) struct Person {
    pub(crate) birth_name: String,
    pub(crate) used_name: Option<String>,
    pub(crate) first_names: String,
    pub(crate) birth_date: String,
    pub(crate) phone: String,
    pub(crate) carer_phone: Option<String>,
    pub(crate) line: String,
}

/// Reads an opened identity of the application into words.
macro_rules! person_of {
    ($identity:expr) => {{
        let identity = &$identity;
        $crate::pages::person::Person {
            birth_name: identity.birth_name.expose().to_owned(),
            used_name: identity
                .used_name
                .as_ref()
                .map(|text| text.expose().to_owned()),
            first_names: identity.first_names.expose().to_owned(),
            birth_date: identity.birth_date.expose().to_owned(),
            phone: identity.phone.expose().to_owned(),
            carer_phone: identity
                .carer_phone
                .as_ref()
                .map(|text| text.expose().to_owned()),
            line: identity.address_line.expose().to_owned(),
        }
    }};
}
pub(crate) use person_of;

impl Person {
    /// `Elio Tervaux-Maki`, with the used name first when there is one.
    pub(crate) fn name(&self) -> String {
        let first = self
            .first_names
            .split_whitespace()
            .next()
            .unwrap_or_default();
        match &self.used_name {
            Some(used) => format!("{first} {used}"),
            None => format!("{first} {}", self.birth_name),
        }
    }

    /// `Né le 4 mars 2017, 9 ans.`
    pub(crate) fn birth(&self, facts: &PatientFacts) -> String {
        let age = if facts.age.years < 2 {
            format!("{}\u{a0}mois", facts.age.months)
        } else {
            format!("{}\u{a0}ans", facts.age.years)
        };
        format!("{} le {}, {age}.", born(facts.sex), day(&self.birth_date))
    }

    /// The card of a desk page.
    pub(crate) fn card(&self, facts: &PatientFacts, commune: &str) -> Identity {
        let mut lines = vec![(format!("{} le", born(facts.sex)), day(&self.birth_date))];
        if let Some(used) = &self.used_name {
            lines.push(("Nom utilisé".to_owned(), used.clone()));
        }
        lines.push(("Prénoms".to_owned(), self.first_names.clone()));
        lines.push(("Téléphone".to_owned(), national(&self.phone)));
        if let Some(carer) = &self.carer_phone {
            lines.push(("Second numéro".to_owned(), national(carer)));
        }
        let place = if self.line.is_empty() {
            commune.to_owned()
        } else {
            format!("{}, {commune}", self.line)
        };
        lines.push(("Adresse".to_owned(), place));
        Identity {
            name: format!("{} {}", self.birth_name.to_uppercase(), self.first_names),
            lines,
            tel: self.phone.clone(),
        }
    }
}

/// `4 mars 2017`.
pub(crate) fn day(iso: &str) -> String {
    let Ok(date) = iso.parse::<jiff::civil::Date>() else {
        return iso.to_owned();
    };
    let month = relais_app::text::when::month(date);
    let first = if date.day() == 1 {
        "1er".to_owned()
    } else {
        date.day().to_string()
    };
    format!("{first} {month} {}", date.year())
}

/// `au patient`, `à la patiente`.
pub(crate) const fn to_patient(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "à la patiente",
        Sex::Male | Sex::Unknown => "au patient",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_as_people_write_them() {
        assert_eq!(national("+33639984107"), "06 39 98 41 07");
        assert_eq!(national("+3212345"), "+3212345");
        assert_eq!(day("2017-03-04"), "4 mars 2017");
        assert_eq!(day("2017-03-01"), "1er mars 2017");
    }
}
