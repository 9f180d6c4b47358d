//! What an operator or a machine reads to a patient who has no mobile phone, and the code of a sign-up. The same facts as
//! the SMS, in whole sentences. Nobody knows when it will be read: each day has its name, none is
//! "today" or "tomorrow".

use super::facts::{Caregiver, Desk, in_pairs};
use relais_core::message::PatientNews;
use relais_core::people::Mode;
use relais_core::request::Appointment;
use relais_core::time::Instant;

use super::when::When;

const WORSE: &str = "Si cela s’aggrave, appelez le 15.";

/// The script of a call.
pub fn patient(desk: &Desk<'_>, news: PatientNews, by: Option<&Caregiver<'_>>) -> String {
    let (svc, tel) = (desk.svc, in_pairs(desk.tel));
    let when = desk.when;
    let body = match news {
        PatientNews::Searching { next } => format!(
            "Nous cherchons un professionnel pour vous. Nous vous rappelons {}.",
            before(when, next)
        ),
        PatientNews::StillSearching { next } => format!(
            "Nous cherchons encore un professionnel pour vous. Nous vous rappelons {}.",
            on(when, next)
        ),
        PatientNews::Taken { appointment, .. } => taken(desk, by, appointment),
        PatientNews::Moved { appointment, .. } => {
            format!("Il y a un changement. {}", taken(desk, by, appointment))
        }
        PatientNews::Unfilled { call_before } => format!(
            "Personne n’est libre pour le moment. Un opérateur vous rappelle {}.",
            before(when, call_before)
        ),
        PatientNews::Released { next } => format!(
            "Le professionnel prévu a un empêchement. Nous cherchons de nouveau, et nous vous \
             rappelons {}.",
            before(when, next)
        ),
        PatientNews::Cancelled => {
            format!("Votre demande est annulée. Pour une autre demande, appelez le {tel}.")
        }
        PatientNews::BackAtDesk { booked: false } => format!(
            "Un opérateur reprend votre demande avec vous. Pour une question, appelez le {tel}."
        ),
        PatientNews::BackAtDesk { booked: true } => format!(
            "Votre rendez-vous ne tient plus. Un opérateur reprend votre demande avec vous. Pour une \
             question, appelez le {tel}."
        ),
        PatientNews::CalledOff => format!(
            "Le professionnel qui devait vous voir a un empêchement. Votre rendez-vous est annulé. \
             Pour être vu par quelqu’un d’autre, appelez le {tel}."
        ),
    };
    format!("Bonjour, ici {svc}. {body} {WORSE}")
}

/// The reminder, as it is said.
pub fn reminder(desk: &Desk<'_>, by: &Caregiver<'_>, appointment: Appointment) -> String {
    let body = taken(desk, Some(by), appointment);
    format!("Bonjour, ici {}. Un rappel. {body} {WORSE}", desk.svc)
}

/// Whoever was to see the patient may not any more, and nobody is looked for before a person decides so.
pub fn gone(desk: &Desk<'_>, name: &str) -> String {
    format!(
        "Bonjour, ici {}. {name} ne pourra finalement pas s’occuper de vous. Nous allons chercher quelqu’un d’autre, \
         et nous vous rappelons. {WORSE}",
        desk.svc
    )
}

/// The code of a sign-up, said twice, digit by digit, to whom no SMS arrives.
pub fn code(desk: &Desk<'_>, code: &str) -> String {
    let digits: Vec<String> = code.chars().map(String::from).collect();
    let digits = digits.join(", ");
    format!(
        "Bonjour, ici {}. Voici votre code d’inscription\u{a0}: {digits}. Je répète\u{a0}: {digits}. Il vaut dix \
         minutes. Si vous n’avez rien demandé, raccrochez.",
        desk.svc
    )
}

fn on(when: When<'_>, at: Instant) -> String {
    format!("{} à {}", when.named_day(at), when.hour(at))
}

fn before(when: When<'_>, at: Instant) -> String {
    format!("{}, avant {}", when.named_day(at), when.hour(at))
}

fn taken(desk: &Desk<'_>, by: Option<&Caregiver<'_>>, appointment: Appointment) -> String {
    let when = desk.when;
    let name = by.map_or("un professionnel", |by| by.name);
    let mode = by.map_or(Mode::Consultation, |by| by.mode);
    let tel = in_pairs(by.and_then(|by| by.tel).unwrap_or(desk.tel));
    let place = by
        .and_then(|by| by.address)
        .filter(|_| mode == Mode::Consultation);
    let place = place.map_or_else(String::new, |address| format!(", {address}"));
    let hours = match appointment {
        Appointment::At(at) => on(when, at),
        Appointment::Between(from, to) => {
            format!(
                "{} entre {} et {}",
                when.named_day(from),
                when.hour(from),
                when.hour(to)
            )
        }
        Appointment::Call(by) => {
            let before = by.map_or_else(String::new, |by| format!(" {}", before(when, by)));
            return format!(
                "Votre demande est prise en charge\u{a0}: {name} vous appelle{before}, peut-être \
                 d’un numéro masqué. Merci de décrocher."
            );
        }
        Appointment::ToBeSet => {
            return format!(
                "Votre demande est prise en charge par {name}. Nous convenons maintenant de \
                 l’heure et du lieu."
            );
        }
    };
    let what = match mode {
        Mode::Consultation => format!("Vous avez rendez-vous {hours} avec {name}{place}"),
        Mode::Visit => format!("{name} passe chez vous {hours}"),
        Mode::Teleconsultation => {
            format!("Vous avez une téléconsultation {hours} avec {name}")
        }
    };
    format!("{what}. Son numéro est le {tel}. En cas d’empêchement, rappelez-nous.")
}
