//! The contact log in words: the day, its figures, its rows.

use relais_app::contact_log::figures::Figures;
use relais_app::contact_log::{Choice, Day, Entry, Wanted};
use relais_app::reference::folded;
use relais_app::reference::motives::Motives;
use relais_app::text::labels;
use relais_app::text::when::duration;
use relais_core::request::Origin;

use super::{Eye, motive, typeset, upper};
use crate::icon::Icon;
use crate::pages::calls::cursor;
use crate::parts::{Choice as Option_, Desk, Form, State, Tone};
use crate::views::{CallList, CallRow, CallsPage, Count, Counts};

/// The address of the page.
pub(crate) const PAGE: &str = "/appels";

/// `Appels du mardi 24 novembre 2026`
pub(crate) fn title(eye: &Eye, day: &Day) -> String {
    format!("Appels du {}", eye.when().date(noon(eye, day.day)))
}

/// The middle of a day: the instant its words are made from.
fn noon(eye: &Eye, day: jiff::civil::Date) -> relais_core::time::Instant {
    day.at(12, 0, 0, 0)
        .to_zoned((*eye.zone).clone())
        .map_or(eye.now, |zoned| {
            relais_core::time::Instant::from_millis(zoned.timestamp().as_millisecond())
        })
}

/// The page of a day.
pub(crate) fn page(
    eye: &Eye,
    desk: Desk,
    title: String,
    day: &Day,
    choice: &Choice,
    follows: bool,
) -> CallsPage {
    let rows = day.rows.as_deref();
    let near = |other: jiff::civil::Date| {
        let word = upper(&eye.when().day(noon(eye, other)));
        (format!("{PAGE}?jour={other}"), word)
    };
    CallsPage {
        late: desk.fifteen.is_some(),
        desk,
        title,
        day: day.day.to_string(),
        today: day.today.to_string(),
        before: near(day.day.yesterday().unwrap_or(day.day)),
        after: (day.day < day.today).then(|| near(day.day.tomorrow().unwrap_or(day.day))),
        sum: sum(&day.figures),
        counts: counts(day, rows.is_some()),
        list: rows.map(|rows| list(eye, day, choice, rows, follows)),
    }
}

fn calls(many: u64) -> String {
    match many {
        0 => "aucun appel".to_owned(),
        1 => "1 appel".to_owned(),
        many => format!("{many} appels"),
    }
}

fn sum(figures: &Figures) -> String {
    match (figures.total(), figures.open()) {
        (0, _) => "Aucun appel.".to_owned(),
        (total, 0) => format!("Sur {}, aucun n’est en cours.", calls(total)),
        (total, 1) => format!("Sur {}, 1 est en cours.", calls(total)),
        (total, open) => format!("Sur {}, {open} sont en cours.", calls(total)),
    }
}

fn counts(day: &Day, linked: bool) -> Vec<Counts> {
    let total = day.figures.total().to_string();
    let href = |name: &str, code: &str, many: u64| {
        (linked && many > 0).then(|| format!("{PAGE}?jour={}&{name}={code}#h-liste", day.day))
    };
    let mut outcomes: Vec<Count> = day
        .figures
        .by_outcome()
        .into_iter()
        .map(|(code, many)| Count {
            label: upper(labels::contact_outcome(Some(code))),
            count: many.to_string(),
            href: href("issue", code, many),
        })
        .collect();
    let open = day.figures.open();
    outcomes.push(Count {
        label: upper(labels::contact_outcome(None)),
        count: open.to_string(),
        href: href("issue", Wanted::Open.code(), open),
    });
    let origins = day
        .figures
        .by_origin()
        .into_iter()
        .map(|(origin, many)| Count {
            label: upper(labels::origin(origin)),
            count: many.to_string(),
            href: href("origine", origin.code(), many),
        })
        .collect();
    vec![
        Counts {
            id: "h-issues",
            title: "Par issue",
            lines: outcomes,
            total: total.clone(),
        },
        Counts {
            id: "h-origines",
            title: "Par origine",
            lines: origins,
            total,
        },
    ]
}

fn list(eye: &Eye, day: &Day, choice: &Choice, rows: &[Entry], follows: bool) -> CallList {
    let chosen = day.chosen.total();
    let said = match (chosen, day.next.is_some() || follows) {
        (0, _) => String::new(),
        (many, false) => format!("{}, la liste est entière.", upper(&calls(many))),
        (many, true) => format!(
            "{} en tout, {} sur cette page.",
            upper(&calls(many)),
            rows.len()
        ),
    };
    let address = address(day, choice);
    CallList {
        form: form(choice),
        origins: options(
            "Toutes",
            Origin::ALL
                .iter()
                .map(|origin| (origin.code().to_owned(), upper(labels::origin(*origin)))),
        ),
        outcomes: options(
            "Toutes",
            Wanted::outcomes()
                .map(|code| (code.to_owned(), Some(code)))
                .chain([(Wanted::Open.code().to_owned(), None)])
                .map(|(value, code)| (value, upper(labels::contact_outcome(code)))),
        ),
        people: options(
            "Tout le monde",
            day.operators
                .iter()
                .map(|(id, name)| (id.to_string(), name.clone())),
        ),
        motives: options("Tous", {
            let mut all: Vec<_> = Motives::shipped()
                .all()
                .iter()
                .map(|m| (m.code.to_string(), typeset(&m.label)))
                .collect();
            all.sort_by_cached_key(|(_, label)| folded(label));
            all.into_iter()
        }),
        entered: Option_::list(&[
            ("", "Toutes"),
            ("apres-coup", "Après coup"),
            ("sur-le-champ", "Sur le champ"),
        ]),
        said,
        rows: rows.iter().map(|entry| row(eye, entry)).collect(),
        next: day
            .next
            .map(|place| format!("{PAGE}?{address}&apres={}#h-liste", cursor(place))),
        export: format!("{PAGE}.csv?{address}"),
        empty: if choice.is_whole() {
            "Aucun appel ce jour-là.".to_owned()
        } else {
            "Aucun appel ne répond à ce choix.".to_owned()
        },
    }
}

/// What is chosen, as the address says it.
fn address(day: &Day, choice: &Choice) -> String {
    let mut parts = vec![format!("jour={}", day.day)];
    let mut add = |name: &str, value: Option<String>| {
        parts.extend(value.map(|value| format!("{name}={}", crate::gate::encode(&value))));
    };
    add("issue", choice.outcome.map(|w| w.code().to_owned()));
    add("origine", choice.origin.map(|o| o.code().to_owned()));
    add("personne", choice.operator.map(|id| id.to_string()));
    add("motif", choice.motive.clone());
    add("saisie", choice.late.map(|late| entered(late).to_owned()));
    parts.join("&")
}

/// When a contact was entered, as the address says it.
const fn entered(late: bool) -> &'static str {
    if late { "apres-coup" } else { "sur-le-champ" }
}

fn form(choice: &Choice) -> Form {
    Form::default()
        .with("issue", choice.outcome.map_or("", Wanted::code))
        .with("origine", choice.origin.map_or("", Origin::code))
        .with(
            "personne",
            &choice.operator.map(|id| id.to_string()).unwrap_or_default(),
        )
        .with("motif", choice.motive.as_deref().unwrap_or_default())
        .with("saisie", choice.late.map_or("", entered))
}

fn options(all: &str, rest: impl Iterator<Item = (String, String)>) -> Vec<Option_> {
    std::iter::once(Option_::new("", all))
        .chain(rest.map(|(value, label)| Option_::new(value, label)))
        .collect()
}

fn row(eye: &Eye, entry: &Entry) -> CallRow {
    let motives: Vec<_> = entry.motives.iter().map(motive).collect();
    CallRow {
        at: eye.when().clock(entry.received_at),
        origin: upper(labels::origin(entry.origin)),
        outcome: outcome(entry.outcome.as_deref()),
        why: labels::outcome_reason(entry.reason_code.as_deref()),
        motives: motives.join(", "),
        length: entry.length().map(duration).unwrap_or_default(),
        by: entry
            .operator
            .and_then(|id| eye.directory.user_name(id))
            .unwrap_or_default(),
        request: entry
            .request
            .as_ref()
            .map(|(id, code)| (format!("/demandes/{id}"), code.clone())),
        late: if entry.entered_late {
            "saisi après coup".to_owned()
        } else {
            String::new()
        },
    }
}

/// An outcome with its sign.
fn outcome(code: Option<&str>) -> State {
    let (tone, icon) = match code {
        None => (Tone::Qualify, Icon::PhoneCall),
        Some("request") => (Tone::Community, Icon::PaperPlaneTilt),
        Some("transferred-15") => (Tone::Fifteen, Icon::Siren),
        Some("usual-doctor") => (Tone::Usual, Icon::Stethoscope),
        Some("advice") => (Tone::Taken, Icon::ChatText),
        Some("hung-up" | "wrong-number") => (Tone::Closed, Icon::XCircle),
        Some("out-of-hours") => (Tone::Closed, Icon::Clock),
        Some("out-of-territory") => (Tone::Closed, Icon::MapPin),
        Some(_) => (Tone::Closed, Icon::Prohibit),
    };
    State::new(tone, icon, upper(labels::contact_outcome(code)))
}
