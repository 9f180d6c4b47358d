//! The call panel in words: answered lines, the question to read aloud, where the answers lead. Owns
//! their wording on the screen; the sentences of the questions are the sheets'.

use relais_app::contacts::Waiting;
use relais_app::protocols::answers::Tally;
use relais_app::protocols::{Book, Chosen, InForce, Standing};
use relais_app::reference::motives::Motives;
use relais_app::text::{labels, triage};
use relais_core::contact::Kind as Came;
use relais_core::ids::UserId;
use relais_core::people::Profession;
use relais_core::request::{Age, Origin};
use relais_core::time::Duration;
use relais_core::triage::{Elsewhere, Orientation, Part, Proposal, Reason, Step};

use super::{Eye, commune, typeset, upper};
use crate::alarm;
use crate::forms::Fields;
use crate::icon::Icon;
use crate::pages::call::Around;
use crate::parts::{FieldError, State, Tone};
use crate::typed::{motive_label, read_commune, spaced};
use crate::views::{Asking, Board, CallAnswer, CallPanel, Led, Line, Row};
use crate::walk::{PREFIX, Walk, age, motive};

/// What the need stands at before anybody chose: replaced by what the sheet proposes.
pub(crate) const STARTS: &[(&str, &str)] = &[
    ("profession", "gp"),
    ("mode", "consultation"),
    ("within_hours", "12"),
];

/// The panel of a form, the lists and the clock left out.
pub(crate) fn call(around: &Around, fields: &Fields, errors: Vec<FieldError>) -> CallPanel {
    let walk = around.walk(fields);
    let held = crate::pages::call::named(fields);
    let mut shown = fields.clone();
    for (name, value) in STARTS.iter().filter(|(name, _)| *name != "profession") {
        let values = shown.0.entry((*name).to_owned()).or_default();
        if values.is_empty() {
            values.push((*value).to_owned());
        }
    }
    words_of_motives(&mut shown);
    let regulator = matches!(walk.step, Step::Done(Orientation::Regulator { .. }));
    CallPanel {
        contact: held.map(|h| h.id.to_string()).unwrap_or_default(),
        version: held.map(|h| h.version).unwrap_or_default(),
        once: String::new(),
        number: spaced(fields.get("phone")),
        since_ms: None,
        lasting: String::new(),
        kept: "rien de gardé encore".to_owned(),
        waiting: 0,
        clash: String::new(),
        changed: String::new(),
        caller: caller(around, fields),
        gravity: gravity(&walk),
        motive: motive_line(fields),
        usual: usual(fields),
        answers: answers(&walk),
        ask: ask(&walk),
        led: led(&walk, outside(around, fields)),
        alarms: walk
            .kept
            .iter()
            .map(|one| alarm::value(&one.key, &one.words))
            .collect(),
        fifteen: matches!(walk.step, Step::Fifteen(_)),
        regulator,
        reach: None,
        known: crate::views::KnownList::default(),
        script: None,
        banner: banner(&around.book),
        choices: crate::views::NeedChoices::default(),
        form: shown.again(errors),
    }
}

/// `02:14`.
pub(crate) fn lasting(length: Duration) -> String {
    let seconds = length.as_millis().max(0) / 1_000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn words_of_motives(shown: &mut Fields) {
    let Some(values) = shown.0.get_mut("motive") else {
        return;
    };
    for value in values {
        if let Some(known) = Motives::shipped().get(value.trim()) {
            *value = motive_label(known);
        }
    }
}

fn caller(around: &Around, fields: &Fields) -> Line {
    let place = read_commune(fields.get("commune"), around.department.as_deref());
    let years = age(fields, around.today);
    let named = ["birth_name", "first_names", "phone", "sex"];
    let done =
        named.iter().all(|name| !fields.get(name).is_empty()) && years.is_some() && place.is_ok();
    let who = match (Origin::from_code(fields.get("origin")), fields.get("sex")) {
        (Some(Origin::Patient), "F") => "La patiente".to_owned(),
        (Some(Origin::Patient), "M") => "Le patient".to_owned(),
        (Some(origin), _) => upper(labels::origin(origin)),
        (None, _) => String::new(),
    };
    let aged = years.map(|age| labels::age(age.shown()));
    let town = place.ok().map(|(insee, postcode)| {
        let name = relais_core::geo::Insee::new(&insee).map_or(String::new(), commune);
        format!("{name} {postcode}")
    });
    let parts: Vec<_> = [Some(who).filter(|who| !who.is_empty()), aged]
        .into_iter()
        .flatten()
        .collect();
    let mut text = parts.join(", ");
    if let Some(town) = town {
        if !text.is_empty() {
            text.push_str(" · ");
        }
        text.push_str(&town);
    }
    if text.is_empty() {
        "Qui appelle, pour qui, où".clone_into(&mut text);
    }
    Line { text, done }
}

fn gravity(walk: &Walk<'_>) -> Line {
    let tally = Tally::of(walk.book, walk.chosen, &walk.answers, None);
    Line {
        text: triage::tally(tally),
        done: tally.due > 0 && tally.no == tally.due,
    }
}

fn motive_line(fields: &Fields) -> Line {
    let known = motive(fields);
    let known = known
        .as_deref()
        .and_then(|code| Motives::shipped().get(code));
    let more = fields.all("motive_text").join(", ");
    match known {
        Some(known) => Line {
            text: if more.is_empty() {
                motive_label(known)
            } else {
                format!("{}, {more}", motive_label(known))
            },
            done: true,
        },
        None => Line {
            text: "Pourquoi la personne appelle".to_owned(),
            done: false,
        },
    }
}

fn usual(fields: &Fields) -> Line {
    let contacted = match fields.get("contacted") {
        "unable" => ", ne peut pas aujourd’hui",
        "unreachable" => ", injoignable aujourd’hui",
        "not-tried" => ", pas encore contacté",
        _ => "",
    };
    let (text, done) = match fields.get("usual") {
        "yes" if fields.get("usual_name").is_empty() => ("Oui, non nommé".to_owned(), false),
        "yes" => (fields.get("usual_name").to_owned(), !contacted.is_empty()),
        "no" => ("Aucun".to_owned(), true),
        "unknown" => ("Ne sait pas".to_owned(), true),
        _ => ("Le médecin ou professionnel habituel".to_owned(), false),
    };
    Line {
        text: format!("{text}{contacted}"),
        done,
    }
}

fn answers(walk: &Walk<'_>) -> Vec<CallAnswer> {
    let given = walk.given();
    let signs = walk.answers.iter();
    let each = given.answers.into_iter().zip(signs);
    each.map(|(given, (sign, answer))| CallAnswer {
        field: format!("{PREFIX}{}", given.question),
        question: typeset(walk.question(sign)),
        answer: answer.code().to_owned(),
        leads: walk.leads(sign),
    })
    .collect()
}

fn source(sheet: &InForce) -> String {
    let standing = match &sheet.standing {
        Standing::Signed { by, .. } => format!("signée {by}"),
        Standing::Demonstration => "démonstration, non validée".to_owned(),
    };
    let title = match sheet.sheet.part() {
        Part::Trunk => "Tronc commun".to_owned(),
        Part::Sheet => typeset(&sheet.sheet.title),
    };
    format!("{title} · version {}, {standing}", sheet.version)
}

fn ask(walk: &Walk<'_>) -> Option<Asking> {
    let Step::Ask(sign) = &walk.step else {
        return None;
    };
    let sheet = match sign.part {
        Part::Trunk => walk.book.trunk(),
        Part::Sheet => walk.chosen.and_then(Chosen::sheet),
    };
    let question = walk.book.question(walk.chosen, *sign)?;
    let asked = walk.answers.iter().count();
    let then = walk.after(*sign).map(|next| typeset(walk.question(next)));
    Some(Asking {
        field: format!("{PREFIX}{}", question.key),
        question: typeset(&question.text),
        source: sheet.map(source).unwrap_or_default(),
        place: format!("Question {} sur {}", asked + 1, asked + walk.left()),
        if_yes: typeset(&triage::on_yes(&question.kind)),
        leads: walk.leads(*sign),
        then: then.unwrap_or_default(),
    })
}

/// A commune that is not ours.
struct Outside {
    name: String,
    /// Whose territory it is: a name and a number.
    pointer: Option<String>,
}

/// The commune typed, when it is neither of the territory nor tolerated by it.
fn outside(around: &Around, fields: &Fields) -> Option<Outside> {
    let (insee, _) = read_commune(fields.get("commune"), around.department.as_deref()).ok()?;
    let insee = relais_core::geo::Insee::new(&insee)?;
    let own = around.eye.directory.network(around.network).ok()?;
    (!own.communes.contains_key(&insee)).then(|| Outside {
        name: commune(insee),
        pointer: crate::pages::launch::pointer(around, fields),
    })
}

/// What is said once no sign stops the call: nothing can be launched for somewhere else.
fn elsewhere(place: &Outside) -> Led {
    Led {
        sentence: format!("{} n’est pas dans votre secteur.", place.name),
        say: typeset(&triage::other_territory(place.pointer.as_deref())),
        outcome: "out-of-territory".to_owned(),
        ..Led::default()
    }
}

fn led(walk: &Walk<'_>, place: Option<Outside>) -> Option<Led> {
    if let Some(place) = &place
        && let Step::ChooseMotive | Step::Done(Orientation::Cascade(_) | Orientation::Uncovered) =
            &walk.step
    {
        return Some(elsewhere(place));
    }
    match &walk.step {
        Step::Ask(_) => None,
        Step::ChooseMotive => Some(Led {
            sentence: "Pas de signe d’alerte arrêtant l’appel. Dites le motif en un mot."
                .to_owned(),
            ..Led::default()
        }),
        Step::Fifteen(_) => Some(Led {
            sentence: "Transférer au 15. La demande ne peut pas être lancée.".to_owned(),
            ..Led::default()
        }),
        Step::Done(Orientation::Cascade(proposal)) => Some(Led {
            sentence: format!("La fiche propose\u{a0}: {}.", proposed(proposal)),
            ..Led::default()
        }),
        Step::Done(Orientation::Uncovered) => Some(Led {
            sentence: "Aucune fiche pour ce motif\u{a0}: remplissez le besoin.".to_owned(),
            ..Led::default()
        }),
        Step::Done(Orientation::Regulator { reasons, .. }) => Some(Led {
            sentence: "Avis du médecin régulateur avant de lancer.".to_owned(),
            reasons: walk
                .kept
                .iter()
                .map(|one| typeset(&triage::passed_over(&one.words)))
                .chain(
                    reasons
                        .iter()
                        .filter(|why| walk.kept.is_empty() || **why != Reason::Sheet)
                        .map(|why| typeset(&triage::reason(walk.book, walk.chosen, *why))),
                )
                .chain(place.map(|place| {
                    format!(
                        "{} n’est pas dans votre secteur\u{a0}: rien ne peut y être lancé. Dans le doute, le 15.",
                        place.name
                    )
                }))
                .collect(),
            ..Led::default()
        }),
        Step::Done(Orientation::Elsewhere { to, by }) => {
            let own = by.and_then(|sign| walk.book.question(walk.chosen, sign)?.say.clone());
            let own = own.or_else(|| walk.chosen?.sheet()?.sheet.end_say.clone());
            Some(Led {
                sentence: match to {
                    Elsewhere::PoisonCentre => "Centre antipoison, hors du service.".to_owned(),
                    Elsewhere::UsualDoctor => "Médecin traitant, hors du service.".to_owned(),
                },
                say: typeset(&own.unwrap_or_else(|| triage::goodbye(*to).to_owned())),
                outcome: "out-of-scope".to_owned(),
                ..Led::default()
            })
        }
    }
}

fn proposed(proposal: &Proposal) -> String {
    let people: Vec<_> = proposal
        .towards
        .iter()
        .map(|to| labels::profession(to.profession).to_owned())
        .collect();
    let mut text = people.join(" ou ");
    if let Some(hours) = proposal.within_hours {
        text.push_str(&format!(", dans les {hours}\u{a0}h"));
    }
    text
}

/// What the sheet proposes for the need (profession, mode, delay), once its questions are answered;
/// for a motive without a sheet, its ordinary profession.
pub(crate) fn proposal(walk: &Walk<'_>, fields: &Fields) -> Option<[(&'static str, String); 3]> {
    let three = |profession: Profession, mode: Option<&str>, hours: Option<u16>| {
        [
            ("profession", profession.code().to_owned()),
            ("mode", mode.unwrap_or_default().to_owned()),
            ("within_hours", hours.map(delay).unwrap_or_default()),
        ]
    };
    match &walk.step {
        Step::Done(
            Orientation::Cascade(proposal)
            | Orientation::Regulator {
                then: Some(proposal),
                ..
            },
        ) => {
            let first = proposal.towards.first()?;
            let mode = proposal.mode.map(|mode| mode.code());
            Some(three(first.profession, mode, proposal.within_hours))
        }
        Step::Done(Orientation::Uncovered | Orientation::Regulator { .. }) => {
            let code = motive(fields)?;
            let known = Motives::shipped().get(&code)?;
            Some(three(*known.professions.first()?, None, None))
        }
        _ => None,
    }
}

/// The longest delay of the list that is not longer than the sheet's.
fn delay(hours: u16) -> String {
    let fits = relais_core::request::Need::DELAYS_HOURS
        .iter()
        .filter(|one| u16::from(**one) <= hours)
        .max();
    fits.copied().unwrap_or(2).to_string()
}

fn banner(book: &Book) -> String {
    if book.is_demonstration() {
        "Fiches de démonstration, validées par aucun médecin. Relais montre les fiches et ne calcule aucun diagnostic.".to_owned()
    } else {
        triage::SHOWN_NOT_COMPUTED.to_owned()
    }
}

/// Puts the open contacts nobody or somebody has into the board: calls on hold, forms to call back.
pub(crate) fn waiting(eye: &Eye, open: &[Waiting], me: UserId, board: &mut Board) {
    let mine = open.iter().map(|one| &one.contact);
    let mine = mine.filter(|contact| contact.holder == Some(me));
    let latest = mine.max_by_key(|contact| contact.received_at);
    board.mine = latest
        .map(|contact| contact.id.to_string())
        .unwrap_or_default();
    let Some(group) = board
        .groups
        .iter_mut()
        .find(|group| group.anchor == "g-qualif")
    else {
        return;
    };
    let mut first = true;
    let rows: Vec<_> = open
        .iter()
        .filter(|one| one.contact.holder != Some(me))
        .map(|one| {
            let mut row = row(eye, one);
            // The key is for the first somebody must call back, in the order of the promises.
            if first && one.contact.holder.is_none() && one.contact.promised_at.is_some() {
                first = false;
                row.key = "Alt+KeyR";
            }
            row
        })
        .collect();
    group.count += rows.len();
    group.rows.splice(0..0, rows);
}

fn row(eye: &Eye, one: &Waiting) -> Row {
    let when = eye.when();
    let contact = &one.contact;
    let care = match (contact.kind, contact.promised_at) {
        _ if one.hung_up => "L’appelant a raccroché",
        (Came::Web, _) => "Demande web",
        (Came::Ring, _) => "Téléphone qui sonne",
        (_, Some(_)) => "Rappel promis",
        (Came::Call, _) if one.holder.is_some() => "Appel en cours",
        (Came::Call, _) => "Appel en attente",
        (Came::Counter | Came::Api, _) => "Demande commencée",
    };
    let motives: Vec<_> = one
        .facts
        .motives
        .iter()
        .filter_map(|code| Motives::shipped().get(code))
        .map(|known| super::lower(&motive_label(known)))
        .collect();
    let sex = match one.facts.sex.as_deref() {
        Some("F") => "F",
        Some("M") => "H",
        _ => "",
    };
    let aged = one.facts.age.and_then(|years| {
        let years = u8::try_from(years).ok()?;
        let months = u16::from(years) * 12;
        Some(labels::age(Age { years, months }.shown()))
    });
    let town = one.facts.commune.as_deref();
    let town = town.and_then(relais_core::geo::Insee::new).map(commune);
    let mut facts: Vec<String> = [Some(sex.to_owned()), aged]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    facts = vec![facts.join(" ")];
    facts.extend(town);
    facts.retain(|part| !part.is_empty());
    if let Some(promised) = contact.promised_at {
        facts.push(format!("rappel promis {}", when.before(promised)));
    }
    if one.facts.leads_to.as_deref() == Some("15") {
        facts.push("signe d’alerte\u{a0}: 15".to_owned());
    }
    let since = contact.saved_at.unwrap_or(contact.received_at);
    let (left, left_of) = match contact.promised_at {
        Some(promised) if promised > eye.now => {
            let left = relais_app::text::when::duration(promised.since(eye.now));
            (left, "avant le rappel promis")
        }
        Some(promised) => {
            let late = relais_app::text::when::duration(eye.now.since(promised));
            (format!("+\u{a0}{late}"), "rappel en retard")
        }
        None if eye.now.since(since).as_minutes() < 1 => ("à l’instant".to_owned(), "en attente"),
        None => (
            relais_app::text::when::duration(eye.now.since(since)),
            "d’attente",
        ),
    };
    Row {
        href: String::new(),
        state: State::new(Tone::Qualify, Icon::PhoneCall, "À rappeler, à reprendre"),
        left,
        left_of: left_of.to_owned(),
        until_ms: None,
        care: care.to_owned(),
        motive: motives.join(", "),
        facts: facts.join(" · "),
        track: None,
        track_words: "Pas encore lancée".to_owned(),
        who: one.holder.clone().unwrap_or_else(|| "Personne".to_owned()),
        who_more: String::new(),
        link: None,
        act: Some((
            format!("/direct/reprendre/{}", contact.id),
            if contact.promised_at.is_some() && one.holder.is_none() {
                "Je rappelle"
            } else {
                "Reprendre"
            },
        )),
        key: "",
    }
}
