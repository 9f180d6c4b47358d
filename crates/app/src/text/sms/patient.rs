//! To the patient: what happens, who, where, when, how to cancel, and 15. Never why they are ill.
//! The address of their own page is given where it fits, and is never needed to understand.

use super::{bare, fit, short_name};
use crate::text::facts::{Caregiver, Desk, dialled};
use relais_core::message::PatientNews;
use relais_core::people::Mode;
use relais_core::request::Appointment;
use relais_core::time::Instant;

const WORSE: &str = "Si cela s'aggrave: 15.";
const CANCEL: &str = "Annuler: repondez ANNUL.";
const URGENT: &str = "Urgence: 15.";

/// Any news to the patient. `by` is the professional a [`PatientNews::Taken`] names; without them
/// the desk stands for them. `page` is the address of their own page.
pub fn patient(
    desk: &Desk<'_>,
    news: PatientNews,
    by: Option<&Caregiver<'_>>,
    page: Option<&str>,
) -> String {
    let (svc, tel) = (desk.svc, dialled(desk.tel));
    match news {
        PatientNews::Searching { next } => {
            let at = desk.when.sms_moment(next);
            let text = format!(
                "{svc}: nous cherchons un professionnel pour vous. Prochain message avant {at}. {WORSE}"
            );
            let short =
                format!("{svc}: nous cherchons pour vous. Prochain message avant {at}. {WORSE}");
            fit([seen_at(&text, page), seen_at(&short, page), text])
        }
        PatientNews::StillSearching { next } => fit([format!(
            "{svc}: nous cherchons encore. Prochain message {}. {WORSE}",
            desk.when.sms_at(next)
        )]),
        PatientNews::Taken { appointment, .. } => match by {
            Some(by) => taken(desk, by, appointment, page, ""),
            None => fit([format!(
                "{svc}: un professionnel s'occupe de vous. Un operateur vous appelle du {tel}. {WORSE}"
            )]),
        },
        PatientNews::Moved { appointment, .. } => match by {
            Some(by) => taken(desk, by, appointment, page, "changement, "),
            None => fit([format!(
                "{svc}: votre RDV change. Un operateur vous appelle du {tel}. {WORSE}"
            )]),
        },
        PatientNews::Unfilled { call_before } => fit([format!(
            "{svc}: personne n'est libre pour le moment. Un operateur vous appelle avant {}, du \
             {tel}. {WORSE}",
            desk.when.sms_moment(call_before)
        )]),
        PatientNews::Released { next } => fit([format!(
            "{svc}: le professionnel prevu a un empechement. Nous cherchons de nouveau. Prochain \
             message avant {}. {WORSE}",
            desk.when.sms_moment(next)
        )]),
        PatientNews::Cancelled => fit([format!(
            "{svc}: votre demande est annulee. Besoin d'une autre? Appelez le {tel}. {URGENT}"
        )]),
        PatientNews::BackAtDesk { booked: false } => fit([
            format!(
                "{svc}: un operateur reprend votre demande. S'il n'est pas deja au telephone avec \
                 vous, il vous appelle. Question: {tel}. {URGENT}"
            ),
            format!(
                "{svc}: un operateur reprend votre demande avec vous, au telephone. Question: {tel}. \
                 {URGENT}"
            ),
        ]),
        PatientNews::BackAtDesk { booked: true } => fit([
            format!(
                "{svc}: votre RDV ne tient plus. Un operateur reprend votre demande et vous appelle. \
                 Question: {tel}. {URGENT}"
            ),
            format!("{svc}: votre RDV ne tient plus. Un operateur vous appelle du {tel}. {URGENT}"),
        ]),
        PatientNews::CalledOff => fit([format!(
            "{svc}: RDV annule, le professionnel a un empechement. Pour voir quelqu'un d'autre, \
             appelez le {tel}. {URGENT}"
        )]),
    }
}

/// A text, and where its reader sees more; without a page, nothing that could be chosen.
fn seen_at(text: &str, page: Option<&str>) -> String {
    match page {
        Some(page) => format!("{text} Voir {}", bare(page)),
        None => text.to_owned(),
    }
}

/// Who sees them, when and where; `first` is said before, when that has changed.
fn taken(
    desk: &Desk<'_>,
    by: &Caregiver<'_>,
    appointment: Appointment,
    page: Option<&str>,
    first: &str,
) -> String {
    let short = short_name(by.name);
    let tel = dialled(by.tel.unwrap_or(desk.tel));
    let whole = what(desk, by, by.name, appointment, entre);
    let cut = what(desk, by, &short, appointment, dash);
    let svc = format!("{}: {first}", desk.svc);
    match appointment {
        Appointment::At(_) | Appointment::Between(_, _) => fit([
            seen_at(&format!("{svc}{whole}. Tel {tel}. {CANCEL} {URGENT}"), page),
            seen_at(
                &format!("{svc}{whole}. Tel {tel}. Annuler: ANNUL. {URGENT}"),
                page,
            ),
            format!("{svc}{whole}. Tel {tel}. {CANCEL} {URGENT}"),
            format!("{svc}{cut}. Tel {tel}. {CANCEL} {URGENT}"),
            format!("{svc}{cut}. Tel {tel}. Annuler: ANNUL. {URGENT}"),
            format!("{svc}{cut}. Tel {tel}. Annuler: ANNUL."),
            format!("{}: {cut}. Tel {tel}. Annuler: ANNUL.", desk.svc),
        ]),
        Appointment::Call(_) => fit([
            format!("{svc}{whole}, d'un numero peut-etre masque. Merci de decrocher. {URGENT}"),
            format!("{svc}{cut}, d'un numero peut-etre masque. Merci de decrocher. {URGENT}"),
            format!("{svc}{cut}, numero peut-etre masque. Merci de decrocher. {URGENT}"),
        ]),
        Appointment::ToBeSet => fit([
            format!("{svc}{whole}. {WORSE}"),
            format!("{svc}{cut}. {WORSE}"),
        ]),
    }
}

/// `16h20` and `17h55`, in words.
fn entre(from: &str, to: &str) -> String {
    format!("entre {from} et {to}")
}

/// `16h20-17h55`, when room is short.
fn dash(from: &str, to: &str) -> String {
    format!("{from}-{to}")
}

fn what(
    desk: &Desk<'_>,
    by: &Caregiver<'_>,
    name: &str,
    appointment: Appointment,
    span: fn(&str, &str) -> String,
) -> String {
    let when = desk.when;
    let hours = |from: Instant, to: Instant| {
        let span = span(&when.sms_hour(from), &until(desk, from, to));
        format!("{} {span}", when.sms_day(from))
    };
    match (appointment, by.mode) {
        (Appointment::At(at), Mode::Visit) => format!(
            "{name} passe chez vous {} vers {}",
            when.sms_day(at),
            when.sms_hour(at)
        ),
        (Appointment::Between(from, to), Mode::Visit) => {
            format!("{name} passe chez vous {}", hours(from, to))
        }
        (Appointment::At(at), Mode::Teleconsultation) => {
            format!("teleconsultation {}, {name}", when.sms_day_hour(at))
        }
        (Appointment::Between(from, to), Mode::Teleconsultation) => {
            format!("teleconsultation {}, {name}", hours(from, to))
        }
        (Appointment::At(at), Mode::Consultation) => {
            format!("RDV {}, {name}{}", when.sms_day_hour(at), place(by))
        }
        (Appointment::Between(from, to), Mode::Consultation) => {
            format!("RDV {}, {name}{}", hours(from, to), place(by))
        }
        (Appointment::Call(Some(before)), _) => format!(
            "{name} vous appelle {} avant {}",
            when.sms_day(before),
            when.sms_hour(before)
        ),
        (Appointment::Call(None), _) => format!("{name} vous appelle"),
        (Appointment::ToBeSet, _) => {
            let tel = dialled(desk.tel);
            format!(
                "{name} s'occupe de vous. Un operateur vous appelle du {tel} pour fixer l'heure"
            )
        }
    }
}

fn until(desk: &Desk<'_>, from: Instant, to: Instant) -> String {
    let same = desk.when.sms_day(from) == desk.when.sms_day(to);
    if same {
        desk.when.sms_hour(to)
    } else {
        desk.when.sms_day_hour(to)
    }
}

fn place(by: &Caregiver<'_>) -> String {
    by.address
        .map_or_else(String::new, |address| format!(", {address}"))
}

/// A form arrived: an operator calls back before this, from the desk's number.
pub fn received(desk: &Desk<'_>, promised_at: Instant) -> String {
    let (svc, tel) = (desk.svc, dialled(desk.tel));
    fit([format!(
        "{svc}: demande recue. Un operateur vous appelle avant {}, du {tel}. {WORSE}",
        desk.when.sms_moment(promised_at)
    )])
}

/// The reminder, written as it is read: `desk.when.now` is the moment it leaves.
pub fn reminder(
    desk: &Desk<'_>,
    by: &Caregiver<'_>,
    appointment: Appointment,
    page: Option<&str>,
) -> String {
    let svc = desk.svc;
    let when = match appointment {
        Appointment::Between(from, to) => format!(
            "{} entre {} et {}",
            desk.when.sms_day(from),
            desk.when.sms_hour(from),
            until(desk, from, to)
        ),
        Appointment::At(at) | Appointment::Call(Some(at)) => {
            format!("{} a {}", desk.when.sms_day(at), desk.when.sms_hour(at))
        }
        Appointment::Call(None) | Appointment::ToBeSet => String::new(),
    };
    let what = match by.mode {
        Mode::Visit => format!("{} passe chez vous {when}", short_name(by.name)),
        Mode::Teleconsultation => format!("votre teleconsultation est {when}"),
        Mode::Consultation => format!("votre RDV est {when}"),
    };
    // Whoever is visited is never late.
    let late = if by.mode == Mode::Visit {
        ""
    } else {
        " En retard? RETARD 20."
    };
    let long =
        format!("{svc}: {what}. Empeche? Repondez ANNUL, un autre patient aura la place.{late}");
    let short = format!("{svc}: {what}. Empeche? Repondez ANNUL.{late}");
    fit([
        seen_at(&long, page),
        seen_at(&short, page),
        long,
        short,
        format!("{svc}: {what}. Empeche? Repondez ANNUL."),
    ])
}

/// After the appointment.
pub fn check_seen(desk: &Desk<'_>, mode: Mode) -> String {
    let asked = match mode {
        Mode::Consultation => "avez-vous ete recu?",
        Mode::Visit => "est-on passe chez vous?",
        Mode::Teleconsultation => "votre teleconsultation a-t-elle eu lieu?",
    };
    fit([format!(
        "{}: {asked} Repondez 1 pour oui, 2 pour non.",
        desk.svc
    )])
}
