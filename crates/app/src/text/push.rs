//! Notifications: a title, one sentence, no motive unless the network allows it. Mail and calls to
//! professionals say the same sentence.

use super::facts::{Ask, Caregiver, Case, Desk, Written, in_pairs};
use super::labels;
use super::when::{duration, kilometres};
use relais_core::message::{AccepterNews, RequesterNews, UsualNews};
use relais_core::request::{Appointment, CancelledBy, Sex, WithdrawReason};
use relais_core::time::Instant;

/// A notice to somebody who works: said the same on every screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// In a few words.
    pub title: String,
    /// In one sentence or two, the network named first.
    pub text: String,
    /// Where to read more.
    pub link: String,
}

impl Notice {
    /// As a notification.
    pub fn into_push(self) -> Written {
        Written {
            subject: Some(self.title),
            text: self.text,
        }
    }
}

pub(super) fn notice(desk: &Desk<'_>, title: &str, sentence: &str, link: &str) -> Notice {
    Notice {
        title: title.to_owned(),
        text: format!("{}\u{a0}: {sentence}", desk.svc),
        link: link.to_owned(),
    }
}

/// What a notification about a request is for, when it may show nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speech {
    /// Somebody waits for a yes or a no.
    Asks,
    /// There is nothing to answer any more.
    Settled,
    /// Counts they asked for.
    Digest,
    /// Anything else.
    News,
}

/// The same for everybody and every request, for a locked telephone that is to show nothing of it (R6, R7).
pub fn discreet(speech: Speech) -> Written {
    let text = match speech {
        Speech::Asks => "Une demande vous attend.",
        Speech::Settled => "Une demande n’attend plus de réponse. Rien à faire.",
        Speech::Digest => "Votre résumé est arrivé.",
        Speech::News => "Du nouveau sur une demande.",
    };
    Written {
        subject: Some("Relais".to_owned()),
        text: text.to_owned(),
    }
}

/// Asks a professional.
pub fn ask(desk: &Desk<'_>, ask: &Ask<'_>) -> Notice {
    let title = if ask.usual {
        your_patient(ask.sex)
    } else {
        "Nouvelle demande"
    };
    notice(desk, title, &need(desk, ask), ask.link)
}

/// The patient says they are late, by how many minutes if they said so.
pub fn late(desk: &Desk<'_>, case: &Case<'_>, minutes: Option<u16>) -> Notice {
    let by = minutes.map_or_else(String::new, |minutes| {
        format!(" d’environ {minutes}\u{a0}min")
    });
    let sentence = format!(
        "le patient de la demande {} prévient d’un retard{by}. Rien à faire.",
        case.code
    );
    notice(desk, "Patient en retard", &sentence, case.link)
}

/// A notification one asked for, to see that it arrives.
pub fn trial(desk: &Desk<'_>) -> Notice {
    notice(
        desk,
        "Essai réussi",
        "vos notifications arrivent sur cet appareil. Aucun patient n’attend.",
        "",
    )
}

/// Their hour came free, and this one could have it.
pub fn freed(desk: &Desk<'_>, ask: &Ask<'_>, at: Instant) -> Notice {
    let said = format!(
        "votre rendez-vous de {} est libéré. Une autre demande attend\u{a0}: {}. La prendre à cette heure\u{a0}?",
        desk.when.moment(at),
        need(desk, ask)
    );
    notice(desk, "Rendez-vous libéré", &said, ask.link)
}

/// The request changed and still fits them.
pub fn updated(desk: &Desk<'_>, ask: &Ask<'_>) -> Notice {
    notice(desk, "Demande modifiée", &need(desk, ask), ask.link)
}

const fn your_patient(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "Votre patiente",
        Sex::Male => "Votre patient",
        Sex::Unknown => "Un de vos patients",
    }
}

fn need(desk: &Desk<'_>, ask: &Ask<'_>) -> String {
    let mode = labels::mode(ask.mode);
    let who = labels::profession_short(ask.profession);
    let km = ask
        .distance_m
        .map_or_else(String::new, |m| format!(" ({})", kilometres(m)));
    let motive = ask
        .motive
        .map_or_else(String::new, |motive| format!(", {motive}"));
    let before = desk.when.before(ask.care_deadline);
    let first = if ask.first { ", à vous d’abord" } else { "" };
    let left = duration(ask.answer_until.since(desk.when.now));
    format!(
        "{mode} {who}, {}{km}{motive}, {before}{first}, {left} pour répondre",
        ask.commune
    )
}

/// `consultation à Massy`.
fn named(case: &Case<'_>) -> String {
    format!("{} à {}", labels::mode(case.mode), case.commune)
}

/// Takes the place of what they received.
pub fn replaced(desk: &Desk<'_>, case: &Case<'_>, why: WithdrawReason, at: Instant) -> Notice {
    let what = named(case);
    let at = desk.when.at(at);
    let tel = in_pairs(desk.tel);
    let (title, sentence) = match why {
        WithdrawReason::Taken => (
            "Pourvu",
            format!("{what}, prise par un confrère {at}. Rien à faire."),
        ),
        WithdrawReason::Cancelled => (
            "Demande annulée",
            format!("{what}, annulée {at}. Rien à faire."),
        ),
        WithdrawReason::NoLongerFits => (
            "Demande modifiée",
            format!("{what}\u{a0}: elle ne correspond plus à votre activité. Rien à faire."),
        ),
        WithdrawReason::RightEnded => (
            "Demande retirée",
            format!(
                "{what}\u{a0}: votre adhésion ou votre droit d’exercice a pris fin. Une question\
                 \u{a0}? {tel}."
            ),
        ),
        WithdrawReason::Transferred15 => (
            "Transférée au 15",
            format!("{what}, transférée au 15 {at}. Rien à faire."),
        ),
        WithdrawReason::Closed => (
            "Demande terminée",
            format!("{what}, terminée {at}. Rien à faire."),
        ),
        WithdrawReason::Released => (
            "Désistement noté",
            format!("{what}\u{a0}: la demande repart vers vos confrères. Rien à faire."),
        ),
    };
    notice(desk, title, &sentence, case.link)
}

/// To the professional who has the patient.
pub fn accepter(desk: &Desk<'_>, case: &Case<'_>, news: AccepterNews) -> Notice {
    let what = named(case);
    let (title, sentence) = match news {
        AccepterNews::Yours => (
            "C’est à vous",
            format!("{what}. Les coordonnées du patient sont sur votre page."),
        ),
        AccepterNews::Edited => (
            "Demande modifiée",
            format!("{what}, modifiée depuis votre accord. Vous pouvez vous désister."),
        ),
        AccepterNews::NumberCorrected => (
            "Téléphone du patient corrigé",
            format!("{what}\u{a0}: le bon numéro est sur votre page."),
        ),
        AccepterNews::AppointmentSet(appointment) => (
            "Rendez-vous fixé",
            format!(
                "{what}\u{a0}: {}.",
                labels::appointment(appointment, &desk.when)
            ),
        ),
        AccepterNews::Cancelled(by, was) => {
            let by = match by {
                CancelledBy::Patient => "le patient",
                CancelledBy::Requester => "le demandeur",
                CancelledBy::Operator => "l’opérateur",
                CancelledBy::Undo => "l’opérateur\u{a0}: elle était partie par erreur",
            };
            (
                "Demande annulée",
                format!(
                    "{what}{}, annulée par {by}. Rien à faire.",
                    agreed(desk, was)
                ),
            )
        }
        AccepterNews::Transferred15(was) => (
            "Transférée au 15",
            format!(
                "{what}{}, transférée au 15. Le patient ne viendra pas.",
                agreed(desk, was)
            ),
        ),
        AccepterNews::Closed(closure, was) => {
            let outcome = labels::closure(closure).to_lowercase();
            let what = format!("{what}{}", agreed(desk, was));
            (
                "Demande terminée",
                format!("{what}, terminée\u{a0}: {outcome}. N’attendez plus le patient."),
            )
        }
        AccepterNews::CloseReminder => (
            "À clore",
            format!("{what}\u{a0}: avez-vous vu le patient\u{a0}? Un geste suffit pour clore."),
        ),
    };
    notice(desk, title, &sentence, case.link)
}

/// `, aujourd’hui à 16 h 20`: which of their patients it was, without a name; nothing when no hour was agreed.
fn agreed(desk: &Desk<'_>, was: Appointment) -> String {
    if was.has_time() {
        format!(", {}", labels::appointment(was, &desk.when))
    } else {
        String::new()
    }
}

/// To whoever raised the request.
pub fn requester(
    desk: &Desk<'_>,
    case: &Case<'_>,
    news: RequesterNews,
    by: Option<&Caregiver<'_>>,
) -> Notice {
    let what = format!("demande {}, {}", case.code, named(case));
    let (title, sentence) = match news {
        RequesterNews::Taken { appointment, .. } => {
            let name = by.map_or("un professionnel", |by| by.name);
            let tel = in_pairs(by.and_then(|by| by.tel).unwrap_or(desk.tel));
            let set = taken(desk, appointment);
            (
                "Prise en charge",
                format!("{what}, prise par {name}{set}. Tél. {tel}."),
            )
        }
        RequesterNews::Unfilled => (
            "Besoin d’un coup de main",
            format!("{what}\u{a0}: personne n’est libre. Un opérateur s’en occupe."),
        ),
        RequesterNews::Released => (
            "Nous cherchons de nouveau",
            format!("{what}\u{a0}: le professionnel se désiste, la demande est relancée."),
        ),
        RequesterNews::Cancelled => ("Demande annulée", format!("{what}, annulée.")),
        RequesterNews::Closed(closure) => {
            let outcome = labels::closure(closure).to_lowercase();
            (
                "Demande terminée",
                format!("{what}, terminée\u{a0}: {outcome}."),
            )
        }
        RequesterNews::Transferred15 => ("Transférée au 15", format!("{what}, transférée au 15.")),
    };
    notice(desk, title, &sentence, case.link)
}

fn taken(desk: &Desk<'_>, appointment: Appointment) -> String {
    match appointment {
        Appointment::Call(Some(before)) => {
            format!(", qui appelle le patient {}", desk.when.before(before))
        }
        Appointment::Call(None) => ", qui appelle le patient".to_owned(),
        Appointment::At(_) | Appointment::Between(_, _) | Appointment::ToBeSet => {
            format!(", {}", labels::appointment(appointment, &desk.when))
        }
    }
}

/// To a usual professional who is a member.
pub fn usual(desk: &Desk<'_>, case: &Case<'_>, news: UsualNews, by: &Caregiver<'_>) -> Notice {
    match news {
        UsualNews::TakenBy(_) => {
            let sentence = format!(
                "{}, un de vos patients est pris en charge par {}. Rien à faire.",
                named(case),
                by.name
            );
            notice(desk, "Patient pris en charge", &sentence, case.link)
        }
    }
}
