//! A text that leaves on another day than the one its words were chosen on: *demain* is today by then, and *avant 8 h*
//! was yesterday's eight o'clock. It says first when it was written.

use super::when::When;
use relais_core::time::Instant;
use relais_gateways::Channel;

/// Words whose meaning is another the next day; hours are found by their shape.
const NEAR: [&str; 4] = ["aujourd’hui", "aujourd'hui", "demain", "hier"];

/// The text with the moment it was written before it, when it is read on another day and tells an hour or a day; `None`
/// when its own words are still true.
pub(crate) fn dated(
    channel: Channel,
    text: &str,
    written: Instant,
    when: &When<'_>,
) -> Option<String> {
    if when.is_today(written) || !tells_time(text) {
        return None;
    }
    Some(if channel == Channel::Sms {
        format!("Ecrit {}. {text}", when.sms_day_hour(written))
    } else {
        format!("Écrit {}. {text}", when.day_hour(written))
    })
}

/// Whether a text says a day by its distance, or an hour: `16h20`, `16 h`.
pub(crate) fn tells_time(text: &str) -> bool {
    let lower = text.to_lowercase();
    NEAR.iter().any(|word| lower.contains(word)) || tells_an_hour(&lower)
}

fn tells_an_hour(text: &str) -> bool {
    text.match_indices('h').any(|(at, _)| {
        let (before, after) = (text.get(..at), text.get(at + 1..));
        let before = before.map(|text| text.trim_end_matches([' ', '\u{a0}']));
        let digit = before.is_some_and(|text| text.ends_with(|c: char| c.is_ascii_digit()));
        let word = after.is_some_and(|text| text.starts_with(char::is_alphabetic));
        digit && !word
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples::{LONGEST, USUAL, all, now, read_at};
    use super::*;
    use jiff::tz::TimeZone;
    use relais_core::time::Duration;

    #[test]
    fn an_hour_is_known_by_its_shape() {
        for text in [
            "RDV a 16h20",
            "avant 8\u{a0}h.",
            "Prise à 10 h 42",
            "Demain.",
        ] {
            assert!(tells_time(text), "{text}");
        }
        for text in [
            "12 heures",
            "3 hommes",
            "Massy, 12 rue du Bac",
            "essai mensuel",
        ] {
            assert!(!tells_time(text), "{text}");
        }
    }

    /// Over all templates: whichever reads otherwise on another day is one that says when it was written.
    #[test]
    fn every_text_that_another_day_would_word_otherwise_says_when_it_was_written() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let mut moved = 0;
        for (world, days) in [(USUAL, 1), (USUAL, 2), (LONGEST, 1), (LONGEST, 2)] {
            let later = now() + Duration::hours(24 * days);
            let when = When::new(later, &zone);
            let (written, read) = (all(world), read_at(world, later));
            assert_eq!(written.len(), read.len());
            for (then, now_said) in written.iter().zip(&read) {
                assert_eq!(then.name, now_said.name);
                let text = &then.written.text;
                if *text == now_said.written.text {
                    continue;
                }
                moved += 1;
                let said = dated(then.channel, text, now(), &when);
                let said = said.unwrap_or_else(|| panic!("{}: {text}", then.name));
                let start = said.strip_suffix(text.as_str()).unwrap_or_default();
                let day = if days == 1 { "hier" } else { "ven." };
                assert!(start.contains(day), "{}: {said}", then.name);
            }
        }
        assert!(moved > 60, "{moved} texts tell a day or an hour");
        let same = When::new(now() + Duration::hours(2), &zone);
        let text = "RDV demain a 9h";
        assert_eq!(dated(Channel::Sms, text, now(), &same), None);
    }
}
