//! Names and numbers of people who do not exist: drawn names, phone numbers of the ranges kept for
//! fiction, RPPS numbers of the fictional range 9970, addresses under the reserved `.example`.

use super::dice::Dice;
use crate::reference::folded;
use relais_core::request::Sex;
use std::collections::BTreeSet;

const SHIPPED: &[u8] = include_bytes!("../../../../reference/noms-demo.csv");

/// Draws names and numbers, each once.
#[derive(Debug)]
pub(super) struct Registry {
    dice: Dice,
    women: Bag,
    men: Bag,
    surnames: Bag,
    used_names: BTreeSet<(String, String)>,
    mobiles: Vec<u16>,
    landlines: Vec<u16>,
    rpps: BTreeSet<String>,
    logins: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Bag {
    values: Vec<String>,
    weights: Vec<usize>,
}

impl Bag {
    fn draw(&self, dice: &mut Dice) -> String {
        self.values[dice.weighted(&self.weights)].clone()
    }
}

impl Registry {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, "registry");
        let (mut women, mut men, mut surnames) = (Bag::default(), Bag::default(), Bag::default());
        for record in csv::Reader::from_reader(SHIPPED)
            .into_records()
            .filter_map(Result::ok)
        {
            let bag = match (&record[0], &record[1]) {
                ("prenom", "F") => &mut women,
                ("prenom", "M") => &mut men,
                ("nom", _) => &mut surnames,
                _ => continue,
            };
            // Hundredths of the published weight, flattened so that rare names come up too.
            let weight = record[4].parse::<f64>().unwrap_or(0.0).sqrt() * 100.0;
            bag.values.push(record[2].to_owned());
            bag.weights.push(rounded(weight).max(1));
        }
        let mut last_four = || {
            let mut all: Vec<u16> = (0..10_000).collect();
            dice.shuffle(&mut all);
            all
        };
        let (mobiles, landlines) = (last_four(), last_four());
        Self {
            dice,
            women,
            men,
            surnames,
            used_names: BTreeSet::new(),
            mobiles,
            landlines,
            rpps: BTreeSet::new(),
            logins: BTreeSet::new(),
        }
    }

    /// First name and surname, a pair nobody else has.
    pub(super) fn name(&mut self, sex: Sex) -> (String, String) {
        loop {
            let bag = if sex == Sex::Male {
                &self.men
            } else {
                &self.women
            };
            let pair = (bag.draw(&mut self.dice), self.surnames.draw(&mut self.dice));
            if self.used_names.insert(pair.clone()) {
                return pair;
            }
        }
    }

    /// A surname, perhaps somebody else's too.
    pub(super) fn surname(&mut self) -> String {
        self.surnames.draw(&mut self.dice)
    }

    /// A mobile number of the range kept for fiction, E.164.
    pub(super) fn mobile(&mut self) -> String {
        let last = self
            .mobiles
            .pop()
            .expect("10,000 numbers for under 2,000 people");
        format!("+3363998{last:04}")
    }

    /// A landline number of the range kept for fiction, E.164.
    pub(super) fn landline(&mut self) -> String {
        let last = self
            .landlines
            .pop()
            .expect("10,000 numbers for under 2,000 people");
        format!("+3319900{last:04}")
    }

    /// A fictional RPPS number: 9970, six digits, and the Luhn key.
    pub(super) fn rpps(&mut self) -> String {
        loop {
            let ten = format!("9970{:06}", self.dice.below(1_000_000));
            let number = with_key(&ten);
            if self.rpps.insert(number.clone()) {
                return number;
            }
        }
    }

    /// A login nobody else has: `anne.petit`, then `anne.petit2`.
    pub(super) fn login(&mut self, first_name: &str, surname: &str) -> String {
        let base = handle(first_name, surname);
        let mut login = base.clone();
        let mut next = 2;
        while !self.logins.insert(login.clone()) {
            login = format!("{base}{next}");
            next += 1;
        }
        login
    }
}

/// `anne.petit`, for logins and mail addresses.
pub(super) fn handle(first_name: &str, surname: &str) -> String {
    format!(
        "{}.{}",
        folded(first_name).replace(' ', "-"),
        folded(surname).replace(' ', "-")
    )
}

/// Ten digits with the key that makes them a number.
pub(super) fn with_key(ten: &str) -> String {
    format!("{ten}{}", luhn_key(ten))
}

/// The key that makes a number valid (Luhn, from the right).
fn luhn_key(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if index % 2 == 0 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    (10 - sum % 10) % 10
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "square roots of published weights: small and not negative"
)]
fn rounded(weight: f64) -> usize {
    weight.round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_the_one_of_a_published_number() {
        assert_eq!(luhn_key("1010759258"), 5);
    }

    #[test]
    fn nothing_is_given_twice() {
        let mut registry = Registry::new(5);
        let mut seen = BTreeSet::new();
        for _ in 0..800 {
            let (first, last) = registry.name(Sex::Female);
            assert!(seen.insert(registry.login(&first, &last)));
            assert!(seen.insert(registry.mobile()));
            assert!(seen.insert(registry.landline()));
            assert!(seen.insert(registry.rpps()));
        }
    }

    #[test]
    fn a_login_is_plain() {
        assert_eq!(handle("Éléonore", "De La Haye"), "eleonore.de-la-haye");
    }
}
