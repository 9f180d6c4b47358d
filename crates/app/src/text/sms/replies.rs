//! Answers to an SMS: always one, at once, whatever was written (R7).

use super::{bare, fit, short_name};
use crate::text::facts::{Desk, dialled};
use relais_core::time::Instant;

/// Most codes listed in one answer.
const CODES_MAX: usize = 6;

/// What became of an answer sent by SMS.
#[derive(Debug, Clone, Copy)]
pub enum ReplyNews<'a> {
    /// `OUI`: it is theirs.
    Yours {
        /// The code.
        code: &'a str,
        /// The patient's card.
        link: &'a str,
    },
    /// `OUI`, but a colleague has it.
    Taken {
        /// The code.
        code: &'a str,
        /// Since when.
        at: Instant,
    },
    /// The request is over.
    Over {
        /// The code.
        code: &'a str,
    },
    /// `OUI` once more, after they gave the patient back.
    GivenBack {
        /// The code.
        code: &'a str,
        /// Since when.
        at: Instant,
    },
    /// `NON`, noted.
    Passed {
        /// The code.
        code: &'a str,
    },
    /// No open request has this code.
    UnknownCode {
        /// As it was typed, digits only.
        code: &'a str,
    },
    /// No code, and several requests are open.
    SeveralOpen {
        /// Their codes.
        codes: &'a [&'a str],
    },
    /// A yes or a no without a code, heard before: brought again, or said of another request.
    SayCode {
        /// The codes of what is open.
        codes: &'a [&'a str],
    },
    /// No request waits for them.
    NothingOpen,
    /// Something else.
    NotUnderstood,
    /// Membership or right to practise ended.
    RightEnded {
        /// The code.
        code: &'a str,
    },
    /// The trial was answered.
    TrialHeard,
    /// A patient cancelled.
    PatientCancelled {
        /// The appointment they had, if a time was agreed.
        was: Option<Instant>,
    },
    /// A patient will be late.
    PatientLate {
        /// The professional who is told.
        name: &'a str,
    },
    /// A patient will be late, and nobody could be told: they phone.
    PatientLateCall,
    /// A patient will be late, and several requests are open under their number: nobody was told.
    PatientSeveralLate,
    /// A patient cancels nothing that exists.
    PatientNothingToCancel,
    /// A patient cancels, and several requests are open under their number: nothing was cancelled.
    PatientSeveralOpen,
    /// A patient wrote something a person will read: now, or from then on.
    PatientHeard {
        /// When the desk opens, if it is closed.
        opens: Option<Instant>,
    },
    /// A patient wrote something else, which nobody reads.
    PatientNotUnderstood,
    /// A patient answered the question.
    PatientThanks,
}

/// `a 14h05`, `hier a 14h05`.
fn since(desk: &Desk<'_>, at: Instant) -> String {
    let hour = desk.when.sms_moment(at);
    if hour.contains(' ') {
        hour
    } else {
        format!("a {hour}")
    }
}

/// The answer.
pub fn reply(desk: &Desk<'_>, news: &ReplyNews<'_>) -> String {
    let (svc, tel) = (desk.svc, dialled(desk.tel));
    match *news {
        ReplyNews::Yours { code, link } => fit([
            format!(
                "{svc}: c'est a vous ({code}). Coordonnees du patient: {} ou {tel}.",
                bare(link)
            ),
            format!("{svc}: c'est a vous ({code}). Coordonnees du patient: {tel}."),
        ]),
        ReplyNews::Taken { code, at } => {
            let at = since(desk, at);
            fit([format!(
                "{svc}: demande {code} deja prise {at} par un confrere. Rien a faire. Merci."
            )])
        }
        ReplyNews::GivenBack { code, at } => {
            let at = since(desk, at);
            fit([format!(
                "{svc}: demande {code}, vous avez rendu ce patient {at}. Pour le reprendre: {tel}."
            )])
        }
        ReplyNews::Over { code } => fit([format!(
            "{svc}: demande {code} annulee ou terminee. Rien a faire. Merci."
        )]),
        ReplyNews::Passed { code } => {
            fit([format!("{svc}: {code}, vous passez. C'est note, merci.")])
        }
        ReplyNews::UnknownCode { code } => fit([format!(
            "{svc}: code {code} inconnu. Repondez OUI ou NON avec le code recu, ou appelez le {tel}."
        )]),
        ReplyNews::SeveralOpen { codes } => {
            let shown: Vec<_> = codes.iter().take(CODES_MAX).copied().collect();
            fit([format!(
                "{svc}: plusieurs demandes attendent. Repondez OUI ou NON avec le code: {}.",
                shown.join(", ")
            )])
        }
        ReplyNews::SayCode { codes } => {
            let shown: Vec<_> = codes.iter().take(CODES_MAX).copied().collect();
            fit([format!(
                "{svc}: deja note tout a l'heure. Pour ce qui attend, repondez OUI ou NON avec le code: {}.",
                shown.join(", ")
            )])
        }
        ReplyNews::NothingOpen => fit([format!(
            "{svc}: aucune demande n'attend votre reponse. Une question: {tel}."
        )]),
        ReplyNews::NotUnderstood => fit([format!(
            "{svc}: reponse non comprise. Repondez OUI ou NON avec le code recu, ou appelez le {tel}."
        )]),
        ReplyNews::RightEnded { code } => fit([format!(
            "{svc}: demande {code}, votre adhesion ou votre droit d'exercice a pris fin. Une \
             question: {tel}."
        )]),
        ReplyNews::TrialHeard => fit([format!("{svc}: bien recu, merci.")]),
        ReplyNews::PatientCancelled { was: Some(at) } => {
            let hour = desk.when.sms_moment(at);
            fit([format!(
                "{svc}: votre RDV de {hour} est annule. Besoin d'un autre? Appelez le {tel}."
            )])
        }
        ReplyNews::PatientCancelled { was: None } => fit([format!(
            "{svc}: votre demande est annulee. Besoin d'une autre? Appelez le {tel}. Urgence: 15."
        )]),
        ReplyNews::PatientLate { name } => fit([format!(
            "{svc}: {} est prevenu de votre retard.",
            short_name(name)
        )]),
        ReplyNews::PatientLateCall => fit([format!(
            "{svc}: pour prevenir de votre retard, appelez le {tel}. Urgence: 15."
        )]),
        ReplyNews::PatientSeveralLate => fit([format!(
            "{svc}: plusieurs demandes en cours pour ce numero. Pour prevenir d'un retard: {tel}."
        )]),
        ReplyNews::PatientNothingToCancel => fit([format!(
            "{svc}: aucun RDV a venir. Pour nous parler: {tel}. Urgence: 15."
        )]),
        ReplyNews::PatientSeveralOpen => fit([format!(
            "{svc}: plusieurs demandes en cours pour ce numero, rien n'est annule. Appelez le {tel}."
        )]),
        ReplyNews::PatientHeard { opens: None } => fit([format!(
            "{svc}: message transmis a l'operateur. Pour nous parler: {tel}. Urgence: 15."
        )]),
        ReplyNews::PatientHeard { opens: Some(at) } => fit([
            format!(
                "{svc}: service ferme, votre message sera lu {}. Urgence: 15.",
                desk.when.sms_at(at)
            ),
            format!("{svc}: service ferme, message lu a l'ouverture. Urgence: 15."),
        ]),
        ReplyNews::PatientNotUnderstood => fit([format!(
            "{svc}: ce message n'est pas lu. Pour nous parler: {tel}. Urgence: 15."
        )]),
        ReplyNews::PatientThanks => fit([format!("{svc}: merci de votre reponse.")]),
    }
}
