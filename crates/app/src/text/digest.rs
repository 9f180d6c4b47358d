//! The digest in words: counts, since when, and where to read more. Nothing about any patient or request (R6, R7).

use super::facts::{Desk, Written};
use super::mail;
use super::push::notice;
use relais_core::digest::Every;
use relais_core::time::Instant;
use relais_gateways::Channel;
use relais_store::solicitations::Tally;

/// `5 demandes vous ont été proposées : 3 réponses, dont 2 prises en charge et 1 prise puis rendue. 1 patient est en cours.`
fn counts(tally: &Tally) -> String {
    let s = |n: u32| if n > 1 { "s" } else { "" };
    let mut said = match tally.asked {
        1 => "1\u{a0}demande vous a été proposée".to_owned(),
        n => format!("{n}\u{a0}demandes vous ont été proposées"),
    };
    if tally.answered > 0 {
        said.push_str(&format!(
            "\u{a0}: {}\u{a0}réponse{}",
            tally.answered,
            s(tally.answered)
        ));
    }
    let taken = match tally.taken {
        0 => None,
        1 => Some("1\u{a0}prise en charge".to_owned()),
        n => Some(format!("{n}\u{a0}prises en charge")),
    };
    let given_back = match tally.given_back {
        0 => None,
        n => Some(format!("{n}\u{a0}prise{0} puis rendue{0}", s(n))),
    };
    let parts: Vec<_> = taken.into_iter().chain(given_back).collect();
    if !parts.is_empty() {
        said.push_str(&format!(", dont {}", parts.join(" et ")));
    }
    said.push('.');
    match tally.under_way {
        0 => {}
        1 => said.push_str(" 1\u{a0}patient est en cours."),
        n => said.push_str(&format!(" {n}\u{a0}patients sont en cours.")),
    }
    said
}

/// The digest of what was asked since a moment, by mail, else as a notification.
pub fn digest(
    channel: Channel,
    desk: &Desk<'_>,
    every: Every,
    tally: &Tally,
    since: Instant,
    link: &str,
) -> Written {
    let title = match every {
        Every::Day => "Votre résumé",
        Every::Week => "Votre résumé de la semaine",
    };
    let sentence = format!("{}, {}", desk.when.since(since), counts(tally));
    let notice = notice(desk, title, &sentence, link);
    match channel {
        Channel::Mail => mail::from_notice(desk, &notice),
        _ => notice.into_push(),
    }
}

/// By which way it comes.
pub const fn by(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail => "par courriel",
        _ => "en notification",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_happened_is_said_and_each_figure_is_part_of_the_one_before() {
        let said = |asked, answered, taken, given_back, under_way| {
            counts(&Tally {
                asked,
                answered,
                taken,
                given_back,
                under_way,
                ..Tally::default()
            })
            .replace('\u{a0}', " ")
        };
        assert_eq!(
            said(5, 3, 2, 1, 1),
            "5 demandes vous ont été proposées : 3 réponses, dont 2 prises en charge et 1 prise puis rendue. 1 patient est en cours."
        );
        assert_eq!(said(1, 0, 0, 0, 0), "1 demande vous a été proposée.");
        assert_eq!(
            said(2, 1, 1, 0, 0),
            "2 demandes vous ont été proposées : 1 réponse, dont 1 prise en charge."
        );
        assert_eq!(
            said(4, 4, 0, 2, 0),
            "4 demandes vous ont été proposées : 4 réponses, dont 2 prises puis rendues."
        );
    }
}
