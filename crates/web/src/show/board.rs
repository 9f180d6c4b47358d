//! The live board: one row per request, never a name of a patient.

use relais_app::requests::board::{Board as Reading, Group as Kind, group};
use relais_app::text::labels;
use relais_app::text::when::{When, duration};
use relais_core::request::{
    Appointment, Ending, OfferStatus, Phase, Request, Stage, UnfilledReason,
};

use super::request::of_round;
use super::{Eye, care, commune, motives, people, qualify, s, sex_age, state, track};
use crate::icon::Icon;
use crate::parts::{State, Tone};
use crate::views::{Board, Group, Row};

/// Rows of those already taken on that are shown.
const TAKEN_MAX: usize = 30;

/// A group as it is drawn: which, its anchor, its state, its counter's words, its note.
type Drawn = (
    Kind,
    &'static str,
    State,
    (&'static str, &'static str),
    &'static str,
);

/// The board of a reading.
pub(crate) fn board(eye: &Eye, reading: &Reading) -> Board {
    let kinds: [Drawn; 5] = [
        (
            Kind::Hand,
            "g-main",
            State::new(Tone::Hand, Icon::Hand, "Besoin d’un coup de main"),
            ("Besoin d’un", "coup de main"),
            "à vous de jouer",
        ),
        (
            Kind::Qualify,
            "g-qualif",
            State::new(Tone::Qualify, Icon::ClipboardText, "À qualifier"),
            ("À qualifier", ""),
            "par le médecin régulateur",
        ),
        (
            Kind::Usual,
            "g-mt",
            State::new(
                Tone::Usual,
                Icon::Stethoscope,
                "Médecin traitant, professionnel habituel sollicité",
            ),
            ("Médecin traitant", "sollicité"),
            "",
        ),
        (
            Kind::Community,
            "g-com",
            State::new(Tone::Community, Icon::UsersThree, "Communauté sollicitée"),
            ("Communauté", "sollicitée"),
            "",
        ),
        (
            Kind::Taken,
            "g-pec",
            State::new(Tone::Taken, Icon::CheckCircle, "Pris en charge, ou terminé"),
            ("Pris en charge", "aujourd’hui"),
            "les plus récentes",
        ),
    ];
    let mut groups = Vec::with_capacity(kinds.len());
    for (kind, anchor, word, tab, note) in kinds {
        let mut rows: Vec<&Request> = reading
            .rows
            .iter()
            .map(|stored| &stored.request)
            .filter(|request| group(request) == kind)
            .collect();
        let count = rows.len();
        if kind == Kind::Taken {
            rows.truncate(TAKEN_MAX);
        }
        groups.push(Group {
            anchor,
            state: word,
            tab,
            count,
            note: if kind == Kind::Qualify {
                qualify::on_board(&reading.on_duty)
            } else if count > rows.len() {
                format!("{note} sur {count}")
            } else {
                note.to_owned()
            },
            counted: true,
            rows: rows
                .into_iter()
                .map(|request| row(eye, reading, request))
                .collect(),
        });
    }
    let hands = groups.first().map_or(0, |group| group.count);
    Board {
        groups,
        announce: match hands {
            0 if unregulated(reading) => {
                "Plus de régulateur de garde\u{a0}: transférez au 15 les demandes à qualifier."
                    .to_owned()
            }
            0 => String::new(),
            1 => "1 demande a besoin d’un coup de main.".to_owned(),
            many => format!("{many} demandes ont besoin d’un coup de main."),
        },
        empty: "Aucune demande en cours. La prochaine apparaît ici d’elle-même.".to_owned(),
        peek: None,
        mine: String::new(),
    }
}

fn row(eye: &Eye, reading: &Reading, request: &Request) -> Row {
    let when = eye.when();
    let left = left(request, &when);
    let (who, who_more) = match &request.phase {
        Phase::ToQualify { .. } => regulated(eye, reading, request),
        _ => who(eye, request),
    };
    let track = track::mini(request, eye.now);
    let mut facts = format!(
        "{} · {}",
        sex_age(&request.patient),
        commune(request.patient.commune)
    );
    if !request.is_ended() {
        facts.push_str(&format!(" · {}", when.before(request.care_deadline)));
    }
    Row {
        href: format!("/demandes/{}", request.id),
        state: state(request),
        left: left.words,
        left_of: left.of,
        until_ms: left.until_ms,
        care: care(&request.need),
        motive: motives(&request.need),
        facts,
        track_words: if track.is_none() {
            not_running(request)
        } else {
            String::new()
        },
        track,
        link: matches!(request.phase, Phase::Unfilled(_)).then(|| {
            (
                format!("/coup-de-main#{}", request.id),
                "Voir les autres voies".to_owned(),
            )
        }),
        who,
        who_more,
        act: None,
        key: "",
    }
}

/// Somebody waits for a regulator and none is on duty (R3).
fn unregulated(reading: &Reading) -> bool {
    let waits = |request: &Request| group(request) == Kind::Qualify;
    reading.on_duty.is_empty() && reading.rows.iter().any(|stored| waits(&stored.request))
}

/// Whose desk a case that waits for the regulator is on; with nobody on duty, what the operator does.
fn regulated(eye: &Eye, reading: &Reading, request: &Request) -> (String, String) {
    let claimed = reading.claims.get(&request.id);
    match claimed.and_then(|user| eye.directory.user_name(*user)) {
        _ if reading.on_duty.is_empty() => (
            "Transférez au 15".to_owned(),
            "plus de régulateur de garde".to_owned(),
        ),
        Some(name) => (name, "s’en occupe".to_owned()),
        None => who(eye, request),
    }
}

fn not_running(request: &Request) -> String {
    match &request.phase {
        Phase::ToQualify { .. } => "Pas encore lancée".to_owned(),
        Phase::Ended(_) => "Terminée".to_owned(),
        _ => String::new(),
    }
}

/// Time in words, what it is, and the instant it runs to.
pub(super) struct TimeLeft {
    pub(super) words: String,
    pub(super) of: String,
    pub(super) until_ms: Option<i64>,
}

pub(super) fn left(request: &Request, when: &When<'_>) -> TimeLeft {
    let said = |words: String, of: &str, until_ms: Option<i64>| TimeLeft {
        words,
        of: of.to_owned(),
        until_ms,
    };
    let to = |at: relais_core::time::Instant, of: &str| {
        let minutes = when.minutes_left(at);
        let words = if minutes > 0 {
            duration(relais_core::time::Duration::minutes(minutes))
        } else if when.now.since(at).as_minutes() < 1 {
            "à l’instant".to_owned()
        } else {
            format!("+\u{a0}{}", duration(when.now.since(at)))
        };
        said(words, of, Some(at.millis()))
    };
    match &request.phase {
        Phase::ToQualify { since, .. } => {
            let late = relais_core::regulation::promised(*since) <= when.now;
            let waited = when.now.since(*since);
            if late {
                said(duration(waited), "rappel en retard", None)
            } else if waited.as_minutes() < 1 {
                said("à l’instant".to_owned(), "arrivée", None)
            } else {
                said(duration(waited), "d’attente", None)
            }
        }
        Phase::Asking(asking) if asking.stage == Stage::Usual => {
            to(asking.stage_until, "avant ouverture")
        }
        Phase::Asking(asking) => to(asking.deadline, "restantes"),
        Phase::Paused(paused) => said(duration(when.now.since(paused.since)), "en pause", None),
        Phase::Unfilled(unfilled) => to(
            unfilled.since,
            match unfilled.why {
                UnfilledReason::NobodyEligible => "sans éligible",
                UnfilledReason::AllRefused => "que des refus",
                UnfilledReason::DeadlinePassed => "délai passé",
                UnfilledReason::CareDeadlinePassed => "délai de soin passé",
            },
        ),
        Phase::Engaged(engagement) => match engagement.appointment {
            Appointment::At(at) => said(when.clock(at), day_word(when, at, "rendez-vous"), None),
            Appointment::Between(from, _) => {
                said(when.clock(from), day_word(when, from, "au plus tôt"), None)
            }
            Appointment::Call(_) => said("Appel".to_owned(), "l’appelle", None),
            Appointment::ToBeSet => said("À fixer".to_owned(), "l’heure", None),
        },
        Phase::Ended(ending) => {
            let (Ending::Closed { at, .. }
            | Ending::Cancelled { at, .. }
            | Ending::Transferred15 { at, .. }) = ending;
            let word = super::lower(&state(request).word);
            let short = match ending {
                Ending::Transferred15 { .. } => "au 15",
                _ if word.chars().count() <= 15 => &word,
                _ => "terminée",
            };
            said(when.clock(*at), short, None)
        }
    }
}

fn day_word<'a>(when: &When<'_>, at: relais_core::time::Instant, today: &'a str) -> &'a str {
    if when.day(at) == "demain" {
        "demain"
    } else {
        today
    }
}

/// Who has the baton, and what they did with it.
pub(super) fn who(eye: &Eye, request: &Request) -> (String, String) {
    let when = eye.when();
    let round: Vec<_> = of_round(request).collect();
    let seen = round
        .iter()
        .filter(|o| matches!(o.status, OfferStatus::Seen { .. }))
        .count();
    let refused = round
        .iter()
        .filter(|o| matches!(o.status, OfferStatus::Refused { .. }))
        .count();
    match &request.phase {
        Phase::ToQualify { .. } => (
            "Médecin régulateur".to_owned(),
            "à qualifier avant de lancer".to_owned(),
        ),
        Phase::Asking(asking) if asking.stage == Stage::Usual => {
            let live: Vec<_> = round
                .iter()
                .filter(|offer| offer.usual && offer.status.is_live())
                .collect();
            match live.as_slice() {
                [only] => (eye.name(only.professional), reached(only.status, &when)),
                many => (
                    format!("{} professionnels habituels", many.len()),
                    format!("{seen} vu{}", s(seen)),
                ),
            }
        }
        Phase::Asking(_) => {
            let live = request.live_offers().count();
            (people(live, request.need.profession), counts(seen, refused))
        }
        Phase::Paused(_) => ("En pause".to_owned(), "personne n’est relancé".to_owned()),
        Phase::Unfilled(_) => {
            let asked = round.len();
            let words = match (asked, refused) {
                (0, _) => "Personne à solliciter".to_owned(),
                (1, _) => "1 sollicité, aucun oui".to_owned(),
                (many, 0) => format!("{many} sollicités, aucun oui"),
                (many, no) => format!("{many} sollicités, {no} refus"),
            };
            (words, String::new())
        }
        Phase::Engaged(engagement) => (
            format!(
                "{}, à {}",
                eye.name(engagement.professional),
                when.clock(engagement.at)
            ),
            labels::appointment(engagement.appointment, &when),
        ),
        Phase::Ended(_) => (
            request.engaged().map(|id| eye.name(id)).unwrap_or_default(),
            String::new(),
        ),
    }
}

pub(super) fn counts(seen: usize, refused: usize) -> String {
    match (seen, refused) {
        (0, 0) => "pas encore ouvert".to_owned(),
        (seen, 0) => format!("{seen} vu{}", s(seen)),
        (0, no) => format!("{no} refus"),
        (seen, no) => format!("{seen} vu{}, {no} refus", s(seen)),
    }
}

/// What became of one solicitation, in words.
pub(super) fn reached(status: OfferStatus, when: &When<'_>) -> String {
    match status {
        OfferStatus::Queued => "part à l’instant".to_owned(),
        OfferStatus::Sent { at } => format!("envoyé à {}", when.clock(at)),
        OfferStatus::Delivered { at } => format!("remis à {}", when.clock(at)),
        OfferStatus::Seen { at } => format!("vu à {}, sans réponse", when.clock(at)),
        OfferStatus::Accepted { at } => format!("oui à {}", when.clock(at)),
        OfferStatus::Refused { at, .. } => format!("a passé à {}", when.clock(at)),
        OfferStatus::Lapsed { at } => format!("délai passé à {}", when.clock(at)),
        OfferStatus::Withdrawn { at, .. } => format!("retirée à {}", when.clock(at)),
    }
}
