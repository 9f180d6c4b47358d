//! An appointment as a calendar file (RFC 5545), for the patient's own phone. Says who and where, never
//! why, nor the name of whoever keeps it.

use super::Ticket;
use relais_core::request::{Appointment, Phase};
use relais_core::time::{Duration, Instant};
use std::fmt::Write as _;

/// Longest line of such a file, octets, the end of line left out.
const LINE_MAX: usize = 75;
/// How long a calendar keeps free for a time said alone.
const LENGTH: Duration = Duration::minutes(30);

/// The file; `None` when no hour is agreed.
pub fn calendar(ticket: &Ticket) -> Option<String> {
    let Phase::Engaged(engagement) = &ticket.request.phase else {
        return None;
    };
    let (from, until) = match engagement.appointment {
        Appointment::At(at) => (at, at + LENGTH),
        Appointment::Between(from, until) => (from, until),
        Appointment::Call(_) | Appointment::ToBeSet => return None,
    };
    let by = ticket.by.as_ref()?;
    let network = &ticket.entry.network;
    let place = match (&by.place, ticket.request.need.mode) {
        (Some((line, commune)), relais_core::people::Mode::Consultation) => {
            format!("{line}, {commune}")
        }
        _ => String::new(),
    };
    let tel = by.tel.as_deref().unwrap_or(&network.phone);
    let mut file = File::default();
    file.line("BEGIN:VCALENDAR");
    file.line("VERSION:2.0");
    file.line("PRODID:-//Relais//Rendez-vous//FR");
    file.line("METHOD:PUBLISH");
    file.line("BEGIN:VEVENT");
    // The same event when it moves: calendars replace it.
    file.line(&format!("UID:{}@relais", ticket.request.id));
    file.line(&format!("DTSTAMP:{}", stamp(ticket.now)));
    file.line(&format!("SEQUENCE:{}", ticket.now.millis() / 1_000));
    file.line(&format!("DTSTART:{}", stamp(from)));
    file.line(&format!("DTEND:{}", stamp(until)));
    file.text("SUMMARY", &format!("Rendez-vous, {}", by.name));
    if !place.is_empty() {
        file.text("LOCATION", &place);
    }
    let said = format!("Téléphone {tel}. Empêché ? Prévenez {}.", network.name);
    file.text("DESCRIPTION", &said);
    file.line("END:VEVENT");
    file.line("END:VCALENDAR");
    Some(file.0)
}

fn stamp(at: Instant) -> String {
    at.timestamp()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%Y%m%dT%H%M%SZ")
        .to_string()
}

/// A file being written: lines folded as the standard asks.
#[derive(Default)]
struct File(String);

impl File {
    fn line(&mut self, line: &str) {
        let mut room = LINE_MAX;
        for c in line.chars() {
            if room < c.len_utf8() {
                self.0.push_str("\r\n ");
                room = LINE_MAX - 1;
            }
            self.0.push(c);
            room -= c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    fn text(&mut self, name: &str, value: &str) {
        let mut line = format!("{name}:");
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => {
                    let _ = write!(line, "\\{c}");
                }
                '\n' => line.push_str("\\n"),
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.line(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_letters_and_nothing_ends_one_early() {
        let mut file = File::default();
        let name = "é;,\\\r\nEND:VEVENT".repeat(9);
        file.text("SUMMARY", &name);
        assert!(!file.0.contains("\nEND"), "{}", file.0);
        for line in file.0.trim_end().split("\r\n") {
            assert!(line.len() <= LINE_MAX, "{line}");
        }
        let whole = file.0.replace("\r\n ", "");
        assert!(
            whole.starts_with("SUMMARY:é\\;\\,\\\\\\nEND:VEVENT"),
            "{whole}"
        );
    }
}
