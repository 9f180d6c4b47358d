//! What somebody meant by an SMS. Any case, with or without accents, spaces or dots.

use deunicode::deunicode;

/// A message understood, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understood {
    /// `OUI 4821`, with its code if there is one.
    Yes(Option<String>),
    /// `NON 4821`.
    No(Option<String>),
    /// `ANNUL`.
    Cancel,
    /// `RETARD 20`, with its minutes if they were said.
    Late(Option<u16>),
    /// `1`: was seen.
    Seen,
    /// `2`: was not.
    NotSeen,
    /// `OK`, to a trial.
    Ok,
    /// Something a person must read.
    Unclear,
}

/// Longest code kept, digits.
const CODE_MAX: usize = 8;

/// Reads an answer. A text that says two things, or denies one, is left to a person.
pub fn understand(text: &str) -> Understood {
    let words = words(text);
    let has = |starts: &str| words.iter().any(|word| word.starts_with(starts));
    let is = |word: &str| words.iter().any(|w| w == word);
    let denied = is("pas") || is("ne") || is("n") || is("plus");
    match (is("oui"), is("non"), has("annul"), has("retard")) {
        (true, false, false, false) if !denied => Understood::Yes(code(&words)),
        (false, true, false, false) => Understood::No(code(&words)),
        (false, false, true, false) if !denied => Understood::Cancel,
        (false, false, false, true) if !denied => Understood::Late(minutes(&words)),
        (false, false, false, false) => match words.as_slice() {
            [one] if one == "1" => Understood::Seen,
            [two] if two == "2" => Understood::NotSeen,
            [ok] if ok == "ok" => Understood::Ok,
            _ => Understood::Unclear,
        },
        _ => Understood::Unclear,
    }
}

/// Words and numbers, in lower case without accents; `oui4821` is two of them.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in deunicode(text).to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            let joins = last.is_ascii_alphanumeric() && last.is_ascii_digit() == c.is_ascii_digit();
            match words.last_mut().filter(|_| joins) {
                Some(word) => word.push(c),
                None => words.push(c.to_string()),
            }
        }
        last = c;
    }
    words
}

/// Longest lateness believed, minutes: beyond, somebody must speak with somebody.
pub const LATE_MAX: u16 = 180;

/// The minutes of a lateness: `20`, `1h`, `1 h 30`; none when it is not believable.
fn minutes(words: &[String]) -> Option<u16> {
    let number = |word: &String| word.parse::<u16>().ok();
    let place = words.iter().position(|word| number(word).is_some())?;
    let mut after = words.iter().skip(place);
    let first = after.next().and_then(number)?;
    let hours = after.next().is_some_and(|word| word.starts_with('h'));
    let total = if hours {
        let more = after.next().and_then(number).unwrap_or(0);
        first.checked_mul(60)?.checked_add(more)?
    } else {
        first
    };
    (1..=LATE_MAX).contains(&total).then_some(total)
}

/// The first number of the message; `48 21` is one number.
fn code(words: &[String]) -> Option<String> {
    let is_number = |word: &&String| word.bytes().all(|b| b.is_ascii_digit());
    let mut after = words.iter().skip_while(|word| !is_number(word));
    let first = after.next()?;
    if first.len() >= 3 {
        return Some(first.chars().take(CODE_MAX).collect());
    }
    let rest = after.take_while(is_number).map(String::as_str);
    let joined: String = std::iter::once(first.as_str()).chain(rest).collect();
    Some(joined.chars().take(CODE_MAX).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood_in_any_dress() {
        let yes = |code: &str| Understood::Yes(Some(code.into()));
        let no = |code: &str| Understood::No(Some(code.into()));
        let check = |text: &str, expect: Understood| assert_eq!(understand(text), expect, "{text}");
        check("OUI 4821", yes("4821"));
        check("oui4821", yes("4821"));
        check(" Oui. 48 21 !", yes("4821"));
        check("ＯＵＩ 4821 vers 16h30", yes("4821"));
        check("oui", Understood::Yes(None));
        check("Non 4821 désolé", no("4821"));
        check("NON je ne peux pas", Understood::No(None));
        check("Annulé", Understood::Cancel);
        check("ANNULER svp", Understood::Cancel);
        check("en retard de 10 min", Understood::Late(Some(10)));
        check("RETARD", Understood::Late(None));
        check("Retard20", Understood::Late(Some(20)));
        check("retard 1h30", Understood::Late(Some(90)));
        check("RETARD 2 heures", Understood::Late(Some(120)));
        check("retard 999", Understood::Late(None));
        check("retard 70000", Understood::Late(None));
        check("1", Understood::Seen);
        check("2.", Understood::NotSeen);
        check("Ok", Understood::Ok);
    }

    #[test]
    fn what_is_doubtful_is_left_to_a_person() {
        for text in [
            "",
            "4821",
            "oui non 4821",
            "je ne veux pas annuler",
            "12",
            "oui ou annuler",
        ] {
            assert_eq!(understand(text), Understood::Unclear, "{text}");
        }
    }
}
