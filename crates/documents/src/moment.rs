//! An instant in the forms documents want. Refuses the machine's own zone: the zone is the
//! network's.

use jiff::Zoned;
use jiff::tz::TimeZone;
use relais_core::time::Instant;

fn zoned(at: Instant, zone: &TimeZone) -> Zoned {
    at.timestamp().to_zoned(zone.clone())
}

/// `20260123184512+0100`: HL7, with its offset.
pub(crate) fn hl7(at: Instant, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y%m%d%H%M%S%z").to_string()
}

/// `20260123174512`: digits of universal time.
pub(crate) fn utc(at: Instant) -> String {
    zoned(at, &TimeZone::UTC)
        .strftime("%Y%m%d%H%M%S")
        .to_string()
}

/// `20260123`: the civil day.
pub(crate) fn day(at: Instant, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y%m%d").to_string()
}

/// `23/01/2026 à 18:45`, as people read it.
pub(crate) fn read(at: Instant, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%d/%m/%Y à %H:%M").to_string()
}

/// `2026-01-23T18:45:12+01:00`, as XMP wants it.
pub(crate) fn iso(at: Instant, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The same instant in the dictionary of a PDF.
pub(crate) fn pdf(at: Instant, zone: &TimeZone) -> pdf_writer::Date {
    let z = zoned(at, zone);
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    let offset = z.offset().seconds() / 60;
    let year = u16::try_from(z.year()).unwrap_or(0);
    pdf_writer::Date::new(year)
        .month(part(z.month()))
        .day(part(z.day()))
        .hour(part(z.hour()))
        .minute(part(z.minute()))
        .second(part(z.second()))
        .utc_offset_hour(i8::try_from(offset / 60).unwrap_or(0))
        .utc_offset_minute(u8::try_from((offset % 60).abs()).unwrap_or(0))
}
