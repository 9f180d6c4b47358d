//! Hours of a day as people type them. Refuses hours out of order, and more than eight spans a day.

use relais_core::time::OpenSpan;

/// `08:00`
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `8h-12h, 14h-18h30`
pub(super) fn spoken(spans: &[OpenSpan]) -> String {
    let hour = |minute: u16| match minute % 60 {
        0 => format!("{}h", minute / 60),
        rest => format!("{}h{rest:02}", minute / 60),
    };
    let each = spans
        .iter()
        .map(|span| format!("{}-{}", hour(span.from), hour(span.until)));
    each.collect::<Vec<_>>().join(", ")
}

/// A minute of the day from `8`, `8h`, `8h30`, `08:30`; 24h is its end.
pub(super) fn minute(text: &str) -> Option<u16> {
    let text = text.trim().to_lowercase();
    let (hours, minutes) = text.split_once(['h', ':']).unwrap_or((&text, ""));
    let hours: u16 = hours.trim().parse().ok()?;
    let minutes: u16 = match minutes.trim() {
        "" => 0,
        some => some.parse().ok()?,
    };
    let fits = hours <= 24 && minutes < 60;
    (fits && hours * 60 + minutes <= 1_440).then_some(hours * 60 + minutes)
}

/// Spans in order, none over another; none at all from an empty text.
pub(super) fn spans(text: &str) -> Option<Vec<OpenSpan>> {
    let mut read: Vec<OpenSpan> = Vec::new();
    let parts = text.split([',', ';']).flat_map(|part| part.split(" et "));
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let (from, until) = part.split_once(['-', '–', 'à'])?;
        let span = OpenSpan::new(minute(from)?, minute(until)?)?;
        if read.last().is_some_and(|before| before.until > span.from) || read.len() == 8 {
            return None;
        }
        read.push(span);
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_however_they_are_typed() {
        let read = |text| spans(text).map(|all| spoken(&all));
        for text in [
            "8h-12h, 14h-18h30",
            "08:00-12:00;14:00-18:30",
            "8-12 et 14h à 18h30",
        ] {
            assert_eq!(read(text).as_deref(), Some("8h-12h, 14h-18h30"), "{text}");
        }
        assert_eq!(read("").as_deref(), Some(""));
        assert_eq!(read("0h-24h").as_deref(), Some("0h-24h"));
        for text in [
            "8h",
            "12h-8h",
            "8h-12h, 11h-14h",
            "25h-26h",
            "8h-8h",
            "matin",
            "8h60-9h",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
