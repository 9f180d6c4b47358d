//! The note to the usual doctor: the titles of its parts, the mail that carries it, what became of
//! it. The mail's own words hold no name: what it carries does.

use super::facts::{Desk, Written};
use super::push::{Notice, notice};
use super::sms::fit;
use super::written;
use relais_gateways::Channel;

/// Title of the part that says what was asked.
pub const DEMAND: &str = "Demande";
/// Title of what was found.
pub const DIAGNOSIS: &str = "Diagnostic ou motif retenu";
/// Title of what was done.
pub const DONE: &str = "Fait et prescrit";
/// Title of the examinations.
pub const EXAMINATIONS: &str = "Examens";
/// Title of what remains to be done.
pub const TO_DO: &str = "À faire";

/// The words of the mail around its files. `correction` is the sentence a correction owes.
pub fn mail(author: &str, network: &str, phone: &str, correction: Option<&str>) -> String {
    let correction = correction.map_or_else(String::new, |text| format!("{text}\n\n"));
    format!(
        "Bonjour,\n\n{correction}Veuillez trouver ci-joint la note de synthèse de votre patient, pris en charge par \
         {author} dans le cadre de {network} (soins non programmés). Le patient a donné son accord à cet envoi.\n\n\
         Message automatique. Une question\u{a0}: {phone}.\n"
    )
}

/// Tells a member that a note can be read in the application.
pub fn told(channel: Channel, desk: &Desk<'_>, link: &str) -> Written {
    let svc = desk.svc;
    let short = || {
        fit([
            format!("{svc}: une note de synthese vous attend. La lire: {link}"),
            format!("{svc}: une note de synthese vous attend dans l'application."),
        ])
    };
    written(channel, desk, short, || told_notice(desk, link))
}

fn told_notice(desk: &Desk<'_>, link: &str) -> Notice {
    let sentence = "Une note de synthèse sur un de vos patients peut être lue.";
    notice(desk, "Note de synthèse", sentence, link)
}

/// Why a secure mail did not arrive, from the code kept with it.
pub fn failure(code: &str) -> &'static str {
    match code.split('@').next().unwrap_or_default() {
        "smtp-550" | "smtp-551" | "smtp-553" => {
            "La boîte du destinataire n’existe pas ou n’est plus acceptée."
        }
        "smtp-552" | "smtp-452" => "La boîte du destinataire est pleine.",
        "not-a-secure-mailbox" | "bad-address" => "Ce n’est pas une adresse MSSanté.",
        "too-large" => "Le message est trop lourd pour l’opérateur.",
        "unauthorised" => {
            "L’opérateur MSSanté ne nous reconnaît pas\u{a0}: prévenez l’administrateur."
        }
        "misconfigured" => "Aucun opérateur MSSanté n’est configuré.",
        _ => "L’opérateur MSSanté a refusé le message.",
    }
}

/// What the reader's software answered instead of displaying (codes of the CI-SIS).
pub fn answer(code: &str) -> &'static str {
    match code {
        "900" => "Son logiciel ne lit pas cette version du document.",
        "901" => "Son logiciel n’accepte pas cet auteur.",
        "902" => "Son logiciel ne connaît pas ce patient.",
        "903" => {
            "Son logiciel ne range pas seul un document sans identité qualifiée\u{a0}: il doit être lu à la main."
        }
        "904" => "L’identité ne correspond pas à celle que son logiciel connaît.",
        "905" => "L’identité est incomplète pour son logiciel.",
        _ => "Son logiciel a refusé le document.",
    }
}
