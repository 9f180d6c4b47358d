//! The numbers of a text: digits of any alphabet joined across whatever separates them, months and
//! numbers said in French words among them. Knows nothing of anybody's identity.

use super::fold::{Word, unseen, words};
use std::ops::Range;

/// Digits that follow each other with nothing but separators between them.
#[derive(Default)]
pub(super) struct Run {
    /// The digits.
    pub(super) digits: String,
    /// Where each of them was written, bytes of the text.
    places: Vec<Range<usize>>,
    /// The numbers they were written as: how many digits before each.
    starts: Vec<usize>,
}

impl Run {
    fn push(&mut self, digits: &str, place: &Range<usize>) {
        self.starts.push(self.digits.len());
        self.digits.push_str(digits);
        self.places.extend(digits.bytes().map(|_| place.clone()));
    }

    /// Where these digits stand, wherever numbers begin and end.
    pub(super) fn find(&self, digits: &str) -> Option<Range<usize>> {
        let start = self.digits.find(digits)?;
        self.place(start, start + digits.len())
    }

    /// Where these three numbers stand one after the other, leading zeros aside.
    pub(super) fn find_numbers(&self, three: [u32; 3]) -> Option<Range<usize>> {
        let ends = self.starts.iter().skip(1).copied();
        let spans: Vec<_> = self
            .starts
            .iter()
            .copied()
            .zip(ends.chain([self.digits.len()]))
            .collect();
        let value = |(from, to): &(usize, usize)| self.digits.get(*from..*to)?.parse::<u32>().ok();
        spans.windows(3).find_map(|window| {
            let found: Option<Vec<u32>> = window.iter().map(value).collect();
            let (first, last) = (window.first()?, window.last()?);
            (found? == three).then(|| self.place(first.0, last.1))?
        })
    }

    fn place(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let (from, to) = (self.places.get(start)?, self.places.get(end - 1)?);
        Some(from.start..to.end)
    }
}

/// Every run of a text.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs = vec![Run::default()];
    let words = words(text);
    let mut left = words.as_slice();
    while let Some((word, rest)) = left.split_first() {
        let (digits, after) = match spoken(left) {
            Some((value, taken)) => (value, left.get(taken..).unwrap_or_default()),
            None => (month(&word.letters).unwrap_or_default(), rest),
        };
        let last = left.get(left.len() - after.len() - 1).unwrap_or(word);
        let place = word.place.start..last.place.end;
        if digits.is_empty() {
            mixed(text, word, &mut runs);
        } else if let Some(run) = runs.last_mut() {
            run.push(&digits, &place);
        }
        left = after;
    }
    runs
}

/// A word with digits in it, or none: letters end a run.
fn mixed(text: &str, word: &Word, runs: &mut Vec<Run>) {
    let written = text.get(word.place.clone()).unwrap_or_default();
    let (mut number, mut from) = (String::new(), word.place.start);
    for (at, c) in written.char_indices() {
        let at = word.place.start + at;
        match digit(c) {
            Some(d) => {
                if number.is_empty() {
                    from = at;
                }
                number.push(d);
            }
            None if unseen(c) => {}
            None => {
                end_number(runs, &mut number, from..at);
                if runs.last().is_some_and(|run| !run.digits.is_empty()) {
                    runs.push(Run::default());
                }
            }
        }
    }
    end_number(runs, &mut number, from..word.place.end);
}

fn end_number(runs: &mut [Run], number: &mut String, place: Range<usize>) {
    if let Some(run) = runs.last_mut().filter(|_| !number.is_empty()) {
        run.push(number, &place);
        number.clear();
    }
}

/// A decimal digit of any alphabet.
fn digit(c: char) -> Option<char> {
    if c.is_ascii_digit() {
        return Some(c);
    }
    let plain = c.is_numeric().then(|| deunicode::deunicode_char(c))??;
    let mut chars = plain.chars();
    let only = chars.next().filter(char::is_ascii_digit)?;
    chars.next().is_none().then_some(only)
}

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

/// The two digits of a month, whole or cut after its third letter at least (`juil`, `sept`).
fn month(word: &str) -> Option<String> {
    let short = |name: &&str| word.len() >= 3 && name.starts_with(word);
    let mut fit = (1..).zip(MONTHS).filter(|(_, name)| short(name));
    let (number, _) = fit.next()?;
    // "jui" may be two of them.
    fit.next().is_none().then(|| format!("{number:02}"))
}

/// A number said in words at the head of these, and how many words it takes.
fn spoken(words: &[Word]) -> Option<(String, usize)> {
    let word = |n: usize| words.get(n).map_or("", |w| w.letters.as_str());
    let (ten, mut taken) = match word(0) {
        "quatre" if matches!(word(1), "vingt" | "vingts") => (80, 2),
        first => match tens(first) {
            Some(ten) => (ten, 1),
            None => {
                let low = low(first)?;
                // "dix sept" is one number.
                let more = low == 10 && matches!(word(1), "sept" | "huit" | "neuf");
                let more = if more { self::low(word(1)) } else { None };
                let value = low + more.unwrap_or(0);
                return Some((value.to_string(), 1 + usize::from(more.is_some())));
            }
        },
    };
    let mut value = ten;
    let after = taken + usize::from(word(taken) == "et");
    let most = if matches!(ten, 60 | 80) { 19 } else { 9 };
    let rest = words.get(after..).and_then(low_number);
    if let Some((unit, length)) = rest.filter(|(unit, _)| (1..=most).contains(unit)) {
        value += unit;
        taken = after + length;
    }
    Some((value.to_string(), taken))
}

/// A number below twenty at the head of these.
fn low_number(words: &[Word]) -> Option<(u32, usize)> {
    let first = low(&words.first()?.letters)?;
    let next = words.get(1).and_then(|w| low(&w.letters));
    match next {
        Some(unit @ 7..=9) if first == 10 => Some((first + unit, 2)),
        _ => Some((first, 1)),
    }
}

fn tens(word: &str) -> Option<u32> {
    Some(match word {
        "vingt" => 20,
        "trente" => 30,
        "quarante" => 40,
        "cinquante" => 50,
        "soixante" => 60,
        "septante" => 70,
        "huitante" | "octante" => 80,
        "nonante" => 90,
        _ => return None,
    })
}

fn low(word: &str) -> Option<u32> {
    const LOW: [&str; 17] = [
        "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
        "onze", "douze", "treize", "quatorze", "quinze", "seize",
    ];
    let place = LOW.iter().position(|name| *name == word);
    place.and_then(|n| u32::try_from(n).ok())
}
