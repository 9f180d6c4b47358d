//! How a care repeats, in words: for whoever is asked, before they accept. No identity is in it.

use relais_core::request::{Moment, Per, Series};

/// `2 fois par jour pendant 10 jours, le matin et le soir`.
pub fn series(series: &Series) -> String {
    let per = match series.per {
        Per::Day => "jour",
        Per::Week => "semaine",
    };
    let often = match series.times {
        1 => format!("Une fois par {per}"),
        times => format!("{times}\u{a0}fois par {per}"),
    };
    let long = match series.days {
        1 => "un seul jour".to_owned(),
        days => format!("pendant {days}\u{a0}jours"),
    };
    let at: Vec<_> = series.at.iter().map(|moment| word(*moment)).collect();
    let when = match at.as_slice() {
        [] => String::new(),
        [one] => format!(", {one}"),
        [first @ .., last] => format!(", {} et {last}", first.join(", ")),
    };
    match (series.times, series.per, series.days) {
        // Once, one day: there is nothing to repeat.
        (1, Per::Day, 1) => format!("Une seule fois{when}"),
        _ => format!("{often} {long}{when}"),
    }
}

/// `le matin`.
pub const fn word(moment: Moment) -> &'static str {
    match moment {
        Moment::Morning => "le matin",
        Moment::Noon => "à midi",
        Moment::Afternoon => "l’après-midi",
        Moment::Evening => "le soir",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_said_in_one_line() {
        let said = |times, per, days, at: &[Moment]| {
            series(&Series {
                times,
                per,
                days,
                at: at.to_vec(),
            })
        };
        assert_eq!(
            said(2, Per::Day, 10, &[Moment::Morning, Moment::Evening]),
            "2\u{a0}fois par jour pendant 10\u{a0}jours, le matin et le soir"
        );
        assert_eq!(
            said(3, Per::Week, 30, &[]),
            "3\u{a0}fois par semaine pendant 30\u{a0}jours"
        );
        assert_eq!(
            said(1, Per::Day, 1, &[Moment::Noon]),
            "Une seule fois, à midi"
        );
        assert_eq!(
            said(1, Per::Day, 7, Moment::ALL),
            "Une fois par jour pendant 7\u{a0}jours, le matin, à midi, l’après-midi et le soir"
        );
    }
}
