//! To professionals without a smartphone, to whoever raised the request, to usual professionals.

use super::{bare, fit, short_name};
use crate::text::facts::{Ask, Caregiver, Case, Desk, dialled};
use crate::text::labels;
use crate::text::when::rounded_km;
use deunicode::deunicode;
use relais_core::message::{AccepterNews, RequesterNews, UsualNews};
use relais_core::people::Mode;
use relais_core::request::{Appointment, CancelledBy, Sex, WithdrawReason};
use relais_core::time::Instant;

/// Above this many minutes left, the hour is told instead.
const MINUTES_TOLD: i64 = 120;

/// Asks: who, where, before when, and how to answer without a smartphone (R7).
pub fn ask(desk: &Desk<'_>, ask: &Ask<'_>) -> String {
    asked(desk, ask, "")
}

/// The request changed and still fits them.
pub fn updated(desk: &Desk<'_>, ask: &Ask<'_>) -> String {
    asked(desk, ask, "demande modifiee, ")
}

/// Their hour came free, and this one could have it.
pub fn freed(desk: &Desk<'_>, ask: &Ask<'_>, at: Instant) -> String {
    asked(
        desk,
        ask,
        &format!("RDV de {} libere, ", desk.when.sms_moment(at)),
    )
}

fn asked(desk: &Desk<'_>, ask: &Ask<'_>, lead: &str) -> String {
    let (svc, code) = (desk.svc, ask.code);
    let subject = if ask.usual {
        your_patient(ask.sex)
    } else {
        labels::profession(ask.profession)
    };
    let mode = match ask.mode {
        Mode::Consultation => "",
        Mode::Visit => "visite a domicile, ",
        Mode::Teleconsultation => "teleconsultation, ",
    };
    let commune = ask.commune;
    let km = match ask.distance_m.map(rounded_km) {
        Some(Some(km)) => format!(" ({km} km)"),
        Some(None) => " (moins de 1 km)".to_owned(),
        None => String::new(),
    };
    let motive = ask
        .motive
        .map_or_else(String::new, |motive| format!(", {motive}"));
    let before = desk.when.sms_moment(ask.care_deadline);
    let left = left(desk, ask.answer_until);
    let answer = format!("Repondez OUI {code} ou NON {code}.");
    fit([
        format!(
            "{svc}: {lead}{mode}{subject}, {commune}{km}{motive}, avant {before}. {left} {answer}"
        ),
        format!("{svc}: {lead}{mode}{subject}, {commune}{km}, avant {before}. {left} {answer}"),
        format!("{svc}: {lead}{mode}{commune}{km}, avant {before}. {left} {answer}"),
        format!("{svc}: {mode}{commune}, avant {before}. {left} OUI {code} ou NON {code}?"),
    ])
}

const fn your_patient(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "votre patiente",
        Sex::Male => "votre patient",
        Sex::Unknown => "un de vos patients",
    }
}

fn left(desk: &Desk<'_>, until: Instant) -> String {
    match desk.when.minutes_left(until) {
        minutes @ 0..=MINUTES_TOLD => format!("{} min pour repondre.", minutes.max(1)),
        _ => format!("Reponse avant {}.", desk.when.sms_moment(until)),
    }
}

/// Nothing to do any more, and why.
pub fn replaced(desk: &Desk<'_>, case: &Case<'_>, why: WithdrawReason, at: Instant) -> String {
    let (svc, code, tel) = (desk.svc, case.code, dialled(desk.tel));
    let hour = desk.when.sms_moment(at);
    fit([match why {
        WithdrawReason::Taken => {
            let at = if hour.contains(' ') {
                hour
            } else {
                format!("a {hour}")
            };
            format!("{svc}: demande {code} deja prise {at} par un confrere. Rien a faire. Merci.")
        }
        WithdrawReason::Cancelled => format!("{svc}: demande {code} annulee. Rien a faire. Merci."),
        WithdrawReason::NoLongerFits => format!(
            "{svc}: demande {code} modifiee, elle ne correspond plus a votre activite. Rien a faire."
        ),
        WithdrawReason::RightEnded => format!(
            "{svc}: demande {code} retiree, votre adhesion ou votre droit d'exercice a pris fin. \
             Une question: {tel}."
        ),
        WithdrawReason::Transferred15 => {
            format!("{svc}: demande {code} transferee au 15. Rien a faire. Merci.")
        }
        WithdrawReason::Closed => format!("{svc}: demande {code} terminee. Rien a faire. Merci."),
        WithdrawReason::Released => {
            format!("{svc}: desistement note pour {code}. La demande repart vers vos confreres.")
        }
    }])
}

/// To the one who has the patient.
pub fn accepter(desk: &Desk<'_>, case: &Case<'_>, news: AccepterNews) -> String {
    let (svc, code, tel) = (desk.svc, case.code, dialled(desk.tel));
    let link = bare(case.link);
    match news {
        AccepterNews::Yours => fit([
            format!("{svc}: c'est a vous ({code}). Coordonnees du patient: {link} ou {tel}."),
            format!("{svc}: c'est a vous ({code}). Coordonnees du patient: {tel}."),
        ]),
        AccepterNews::Edited => fit([
            format!(
                "{svc}: demande {code} modifiee depuis votre accord. Voir {link} ou appeler le \
                 {tel}. Vous pouvez vous desister."
            ),
            format!(
                "{svc}: demande {code} modifiee depuis votre accord. Appelez le {tel}. Vous pouvez \
                 vous desister."
            ),
        ]),
        AccepterNews::NumberCorrected => fit([
            format!(
                "{svc}: demande {code}, le numero du patient est corrige. Voir {link} ou appeler le {tel}."
            ),
            format!(
                "{svc}: demande {code}, le numero du patient est corrige. Demandez-le au {tel}."
            ),
        ]),
        AccepterNews::AppointmentSet(appointment) => {
            let set = appointment_set(desk, appointment);
            fit([
                format!("{svc}: demande {code}, {set}. Voir {link} ou appeler le {tel}."),
                format!("{svc}: demande {code}, {set}. Une question: {tel}."),
            ])
        }
        AccepterNews::Cancelled(by, was) => {
            let by = match by {
                CancelledBy::Patient => " par le patient",
                CancelledBy::Requester => " par le demandeur",
                CancelledBy::Operator => " par l'operateur",
                CancelledBy::Undo => " par l'operateur, partie par erreur",
            };
            which(case, &agreed(desk, was), |what| {
                format!("{svc}: {what} annulee{by}. Rien a faire.")
            })
        }
        AccepterNews::Transferred15(was) => which(case, &agreed(desk, was), |what| {
            format!("{svc}: {what} transferee au 15. Le patient ne viendra pas.")
        }),
        AccepterNews::Closed(closure, was) => {
            let outcome = deunicode(labels::closure(closure)).to_lowercase();
            which(case, &agreed(desk, was), |what| {
                format!("{svc}: {what} terminee: {outcome}. N'attendez plus le patient.")
            })
        }
        AccepterNews::CloseReminder => fit([
            format!(
                "{svc}: avez-vous vu le patient de la demande {code}? Dites-le sur {link} ou au {tel}."
            ),
            format!("{svc}: avez-vous vu le patient de la demande {code}? Dites-le au {tel}."),
        ]),
    }
}

/// Which of their patients it was, without a name: the number, where, and the hour agreed.
fn which(case: &Case<'_>, agreed: &str, write: impl Fn(&str) -> String) -> String {
    let (code, commune) = (case.code, case.commune);
    fit([
        write(&format!("demande {code} ({commune}{agreed})")),
        write(&format!("demande {code}{agreed}")),
    ])
}

/// `, aujourd'hui 16h20`; nothing when no hour was agreed.
fn agreed(desk: &Desk<'_>, was: Appointment) -> String {
    let when = desk.when;
    match was {
        Appointment::At(at) => format!(", {}", when.sms_day_hour(at)),
        Appointment::Between(from, to) => {
            format!(", {} - {}", when.sms_day_hour(from), when.sms_hour(to))
        }
        Appointment::Call(_) | Appointment::ToBeSet => String::new(),
    }
}

fn appointment_set(desk: &Desk<'_>, appointment: Appointment) -> String {
    let when = desk.when;
    match appointment {
        Appointment::At(at) => format!("RDV fixe {}", when.sms_day_hour(at)),
        Appointment::Between(from, to) => {
            format!(
                "RDV fixe {} - {}",
                when.sms_day_hour(from),
                when.sms_hour(to)
            )
        }
        Appointment::Call(Some(before)) => {
            format!("vous appelez le patient avant {}", when.sms_moment(before))
        }
        Appointment::Call(None) => "vous appelez le patient".to_owned(),
        Appointment::ToBeSet => "heure a fixer avec le patient".to_owned(),
    }
}

/// The patient says they are late, by how many minutes if they said so.
pub fn late(desk: &Desk<'_>, case: &Case<'_>, minutes: Option<u16>) -> String {
    let (svc, code) = (desk.svc, case.code);
    let by = minutes.map_or_else(String::new, |minutes| format!(" d'environ {minutes} min"));
    fit([format!(
        "{svc}: demande {code}, le patient previent d'un retard{by}. Rien a faire."
    )])
}

/// To whoever raised the request.
pub fn requester(
    desk: &Desk<'_>,
    case: &Case<'_>,
    news: RequesterNews,
    by: Option<&Caregiver<'_>>,
) -> String {
    let (svc, code, tel) = (desk.svc, case.code, dialled(desk.tel));
    match news {
        RequesterNews::Taken { appointment, .. } => taken(desk, code, appointment, by),
        RequesterNews::Unfilled => fit([format!(
            "{svc}: personne n'est libre pour la demande {code}. Un operateur s'en occupe. Tel {tel}."
        )]),
        RequesterNews::Released => fit([format!(
            "{svc}: demande {code}, le professionnel se desiste. Nous cherchons de nouveau."
        )]),
        RequesterNews::Cancelled => fit([format!("{svc}: demande {code} annulee.")]),
        RequesterNews::Closed(closure) => fit([format!(
            "{svc}: demande {code} terminee: {}.",
            deunicode(labels::closure(closure)).to_lowercase()
        )]),
        RequesterNews::Transferred15 => fit([format!("{svc}: demande {code} transferee au 15.")]),
    }
}

fn taken(
    desk: &Desk<'_>,
    code: &str,
    appointment: Appointment,
    by: Option<&Caregiver<'_>>,
) -> String {
    let svc = desk.svc;
    let when = desk.when;
    let set = match appointment {
        Appointment::At(at) => format!(", {}", when.sms_day_hour(at)),
        Appointment::Between(from, to) => {
            format!(", {} - {}", when.sms_day_hour(from), when.sms_hour(to))
        }
        Appointment::Call(Some(before)) => {
            format!(", qui appelle le patient avant {}", when.sms_moment(before))
        }
        Appointment::Call(None) => ", qui appelle le patient".to_owned(),
        Appointment::ToBeSet => ", heure a fixer".to_owned(),
    };
    let tel = dialled(by.and_then(|by| by.tel).unwrap_or(desk.tel));
    let name = by.map_or("un professionnel", |by| by.name);
    let short = short_name(name);
    fit([
        format!("{svc}: votre demande {code} est prise par {name}{set}. Tel {tel}."),
        format!("{svc}: votre demande {code} est prise par {short}{set}. Tel {tel}."),
    ])
}

/// To a usual professional who is a member.
pub fn usual(desk: &Desk<'_>, case: &Case<'_>, news: UsualNews, by: &Caregiver<'_>) -> String {
    let (svc, link) = (desk.svc, bare(case.link));
    let code = case.code;
    match news {
        UsualNews::TakenBy(_) => {
            let short = short_name(by.name);
            fit([
                format!(
                    "{svc}: un de vos patients est pris en charge par {short} ({code}). Voir {link}"
                ),
                format!("{svc}: un de vos patients est pris en charge par {short} ({code})."),
            ])
        }
    }
}
