//! The regulator's queue and cases in words. Owns which fact becomes which sentence; opens no identity.

use relais_app::cooperation::names;
use relais_app::regulation::case::{Asked, Case, Earlier};
use relais_app::regulation::duty::OnDuty;
use relais_app::regulation::queue::{Queue, Waiting};
use relais_app::text::labels;
use relais_app::text::when::{When, duration};
use relais_core::access::Actor;
use relais_core::people::{Mode, Profession};
use relais_core::regulation::Because;
use relais_core::request::{Need, Request};
use relais_core::time::Instant;
use relais_core::triage::{Answer, Target};

use super::{Eye, care, commune, motives, sex_age, state, typeset, upper};
use crate::parts::{Choice, Desk, Form};
use crate::views::{
    AnsweredRow, AnsweredSheet, DutyPanel, EarlierRow, Hold, PassedOver, QualifyPage, QueuePart,
    QueueRow,
};

/// The address of the queue.
pub(crate) const PAGE: &str = "/a-qualifier";

/// The moving part of the queue.
pub(crate) fn queue(eye: &Eye, actor: &Actor, read: &Queue) -> QueuePart {
    QueuePart {
        rows: read
            .cases
            .iter()
            .map(|case| row(eye, actor, read.at, case))
            .collect(),
        duty: panel(eye, actor, &read.on_duty, read.cases.len()),
        more: if read.more {
            format!(
                "Les {} premières sont affichées\u{a0}: il y en a d’autres.",
                read.cases.len()
            )
        } else {
            String::new()
        },
        empty: "Personne n’attend le médecin régulateur.",
    }
}

fn panel(eye: &Eye, actor: &Actor, on_duty: &[OnDuty], waiting: usize) -> DutyPanel {
    let when = eye.when();
    let mine = on_duty.iter().find(|duty| duty.user == actor.user);
    DutyPanel {
        mine: mine
            .map(|duty| format!("Vous êtes de garde{}.", until(&when, duty)))
            .unwrap_or_default(),
        others: on_duty
            .iter()
            .filter(|duty| duty.user != actor.user)
            .map(|duty| format!("{}{}", duty.name, until(&when, duty)))
            .collect(),
        nobody: on_duty.is_empty(),
        waiting,
    }
}

/// Until when somebody is on duty; nothing for the demonstration's, which outlasts any day.
fn until(when: &When<'_>, duty: &OnDuty) -> String {
    if duty.until.since(when.now) > relais_core::time::Duration::hours(24) {
        String::new()
    } else {
        format!(" {}", when.until(duty.until))
    }
}

/// The call-back promised, and whether it is late.
pub(super) fn promise(when: &When<'_>, promised: Instant) -> (String, bool) {
    if promised <= when.now {
        let late = duration(when.now.since(promised));
        (format!("rappel en retard de {late}"), true)
    } else {
        (format!("rappel promis {}", when.before(promised)), false)
    }
}

fn need(need: &Need) -> String {
    let motive = motives(need);
    if motive.is_empty() {
        care(need)
    } else {
        format!("{}, {motive}", care(need))
    }
}

fn row(eye: &Eye, actor: &Actor, now: Instant, case: &Waiting) -> QueueRow {
    let when = eye.when();
    let request = &case.stored.request;
    let (promise, late) = promise(&when, case.promised);
    let claim = case.claim.map(|claim| {
        let name = eye.directory.user_name(claim.user).unwrap_or_default();
        format!("{name}, {}", when.since(claim.at))
    });
    QueueRow {
        href: format!("{PAGE}/{}", request.id),
        code: case.stored.code.clone(),
        waited: duration(now.since(case.since)),
        promise,
        late,
        need: need(&request.need),
        facts: format!(
            "{} · {} · {}",
            sex_age(&request.patient),
            commune(request.patient.commune),
            when.before(request.care_deadline)
        ),
        why: if case.overridden {
            "Signe d’alerte passé outre".to_owned()
        } else {
            why(request).trim_end_matches('.').to_owned()
        },
        alarm: case.overridden,
        mine: case.claim.is_some_and(|claim| claim.user == actor.user),
        claim: claim.unwrap_or_default(),
    }
}

/// Why a request is for the regulator.
fn why(request: &Request) -> String {
    let because = request
        .policy
        .regulation
        .requires(request.red_flags, &request.need);
    match because {
        Some(Because::Doubt) => "Un doute aux questions de gravité.",
        Some(Because::Setting) | None => "Réglage du réseau\u{a0}: ce motif passe par vous.",
    }
    .to_owned()
}

/// The page of a case, without what an act opens.
pub(crate) fn case(eye: &Eye, actor: &Actor, desk: Desk, read: &Case, form: Form) -> QualifyPage {
    let when = eye.when();
    let request = &read.stored.request;
    let (promise, late) = read
        .promised
        .map(|at| promise(&when, at))
        .unwrap_or_default();
    let named = |user| eye.directory.user_name(user).unwrap_or_default();
    let hold = match (read.since, read.claim) {
        (None, _) => Hold::Over(state(request).word),
        (Some(_), None) => Hold::Nobody,
        (Some(_), Some(claim)) if claim.user == actor.user => Hold::Mine(when.moment(claim.at)),
        (Some(_), Some(claim)) => Hold::Other(named(claim.user), when.moment(claim.at)),
    };
    QualifyPage {
        desk,
        id: request.id.to_string(),
        code: read.stored.code.clone(),
        title: super::request::title(request),
        lead: super::request::lead(eye, request),
        waited: read
            .since
            .map(|since| format!("{} d’attente", duration(read.at.since(since))))
            .unwrap_or_default(),
        promise,
        late,
        hold,
        nobody: read.on_duty.is_empty(),
        why: vec![why(request)],
        passed: read
            .overrides
            .iter()
            .map(|one| PassedOver {
                signs: one.signs.clone(),
                reason: one.reason.clone(),
                by: format!("{}, {}", named(one.author), when.at(one.at)),
            })
            .collect(),
        sheets: sheets(&read.asked),
        unsaid: format!(
            "Le détail des réponses n’a pas été transmis. Signes d’alerte\u{a0}: {}.",
            super::lower(labels::red_flags(request.red_flags))
        ),
        demonstration: read.demonstration,
        facts: super::request::facts(eye, request),
        notes: read
            .notes
            .iter()
            .map(|note| {
                let kind = if note.kind == "advice" {
                    "conseil"
                } else {
                    "pré-diagnostic"
                };
                let head = format!("{}, {}, {kind}", named(note.author), when.at(note.at));
                (head, note.text.clone())
            })
            .collect(),
        identity: None,
        earlier: Vec::new(),
        form: filled(form, &request.need),
        motives: motive_choices(),
        professions: choices(Profession::ALL, |p| (p.code(), labels::profession(p))),
        modes: choices(Mode::ALL, |m| (m.code(), labels::mode(m))),
        delays: Need::DELAYS_HOURS
            .iter()
            .map(|h| Choice::new(h.to_string(), format!("Dans les {h}\u{a0}h")))
            .collect(),
        under: under(&request.need),
    }
}

/// What a doctor takes away by ticking that no protocol is needed.
fn under(need: &Need) -> String {
    if need.cooperations.is_empty() {
        return String::new();
    }
    let (what, names) = match need.cooperations.len() {
        1 => ("le protocole", names(&need.cooperations)),
        _ => ("un des protocoles", names(&need.cooperations)),
    };
    format!("Sinon, seuls sont sollicités ceux qui ont déclaré {what} {names}.")
}

/// Where the form says what the page showed, so that only what the doctor changed is a change.
pub(crate) const WAS: [&str; 4] = [
    "was_motive",
    "was_within_hours",
    "was_mode",
    "was_profession",
];

/// The form filled with the need where it says nothing itself: shown again, it keeps what was typed.
fn filled(form: Form, need: &Need) -> Form {
    let motive = need.motives.first().map_or("", |code| code.as_str());
    let within_hours = need.within_hours.to_string();
    let shown = [
        motive,
        within_hours.as_str(),
        need.mode.code(),
        need.profession.code(),
    ];
    WAS.into_iter().zip(shown).fold(form, |form, (was, value)| {
        let name = was.trim_start_matches("was_");
        [name, was].into_iter().fold(form, |form, field| {
            if form.value(field).is_empty() {
                form.with(field, value)
            } else {
                form
            }
        })
    })
}

fn choices<T: Copy>(all: &[T], words: impl Fn(T) -> (&'static str, &'static str)) -> Vec<Choice> {
    all.iter()
        .map(|one| {
            let (code, label) = words(*one);
            Choice::new(code, upper(label))
        })
        .collect()
}

/// The closed list of motives, in alphabetical order.
pub(crate) fn motive_choices() -> Vec<Choice> {
    let mut all: Vec<_> = relais_app::reference::motives::Motives::shipped()
        .all()
        .iter()
        .map(|m| (typeset(&m.label), m.code.to_string()))
        .collect();
    all.sort();
    all.into_iter()
        .map(|(label, code)| Choice::new(code, label))
        .collect()
}

fn sheets(asked: &[Asked]) -> Vec<AnsweredSheet> {
    let mut found: Vec<AnsweredSheet> = Vec::new();
    for one in asked {
        let row = AnsweredRow {
            question: typeset(&one.question),
            answer: match one.answer {
                Some(Answer::Yes) => "Oui",
                Some(Answer::No) => "Non",
                Some(Answer::Unknown) => "Ne sait pas",
                None => "Pas posée",
            },
            leads: match &one.leads_to {
                Some(Target::Fifteen) => "oui = 15",
                Some(Target::Regulator) => "oui = médecin régulateur",
                Some(Target::Cascade(_)) => "oui = autre profession",
                Some(Target::PoisonCentre) => "oui = centre antipoison",
                Some(Target::UsualDoctor) => "oui = médecin traitant",
                None => "",
            },
            counts: one.counts,
        };
        match found.last_mut() {
            Some(sheet) if sheet.title == one.sheet => sheet.rows.push(row),
            _ => found.push(AnsweredSheet {
                title: one.sheet.clone(),
                rows: vec![row],
            }),
        }
    }
    found
}

/// The other requests of the same person.
pub(crate) fn earlier(eye: &Eye, rows: &[Earlier]) -> Vec<EarlierRow> {
    rows.iter()
        .map(|row| {
            let request = &row.stored.request;
            EarlierRow {
                href: format!("/demandes/{}", request.id),
                code: row.stored.code.clone(),
                what: format!(
                    "{}, {}",
                    eye.when().day(request.raised_at),
                    super::lower(&need(&request.need))
                ),
                state: state(request),
            }
        })
        .collect()
}

/// Who regulates, for the title of the board's group; with nobody, what to do.
pub(super) fn on_board(on_duty: &[OnDuty]) -> String {
    let names: Vec<&str> = on_duty.iter().map(|duty| duty.name.as_str()).collect();
    if names.is_empty() {
        "plus de régulateur de garde\u{a0}: transférez au 15".to_owned()
    } else {
        format!("médecin régulateur\u{a0}: {}", names.join(", "))
    }
}

/// The reason a text field of a case was refused, on the field of its form.
pub(crate) const fn field_of(pointer: &str) -> Option<&'static str> {
    match pointer.as_bytes() {
        b"/pre_diagnosis" => Some("pre_diagnosis"),
        b"/advice" => Some("advice"),
        b"/reason" => Some("reason"),
        b"/motives" => Some("motif"),
        _ => None,
    }
}
