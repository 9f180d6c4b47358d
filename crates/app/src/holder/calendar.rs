//! An appointment as a calendar file (RFC 5545), for the patient's own phone. Says who and where, never
//! why, nor the name of whoever keeps it.

use super::Ticket;
use crate::ical::{File, stamp};
use relais_core::request::{Appointment, Phase};
use relais_core::time::Duration;

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
    Some(file.finish())
}
