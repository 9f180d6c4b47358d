//! What is told to whoever signs up: the code by mail, the answer of the coordinator, and to a
//! member that somebody applied under their number.

use super::facts::{Desk, Written, dialled, in_pairs};
use super::push::{Notice, notice};
use super::sms::fit;
use super::written;
use relais_gateways::Channel;

/// Why an application is refused: codes, and what the applicant reads.
pub const REASONS: &[(&str, &str)] = &[
    ("identity", "Nous n’avons pas pu vérifier votre identité."),
    ("territory", "Vous n’exercez pas sur notre territoire."),
    (
        "profession",
        "Le réseau ne sollicite pas encore votre profession.",
    ),
    ("duplicate", "Une autre demande à votre nom est en cours."),
    ("other", "Voir les précisions."),
];

/// What a reason says; empty for a code we do not know.
pub fn reason(code: &str) -> &'static str {
    let found = REASONS.iter().find(|(known, _)| *known == code);
    found.map_or("", |(_, said)| said)
}

/// The mail that proves an address.
pub fn code(desk: &Desk<'_>, code: &str) -> Written {
    let (svc, tel) = (desk.svc, in_pairs(desk.tel));
    Written {
        subject: Some(format!("{svc}\u{a0}: votre code d’inscription")),
        text: format!(
            "Bonjour,\n\nVotre code est {code}. Il vaut dix minutes, sur la page où vous l’avez demandé. \
             Ne le donnez à personne.\n\nSi vous n’avez rien demandé, ne faites rien.\n\n{svc}, {tel}\n"
        ),
    }
}

/// Accepted: how one signs in.
pub fn approved(channel: Channel, desk: &Desk<'_>, link: &str) -> Written {
    let svc = desk.svc;
    let short = || {
        fit([
            format!(
                "{svc}: votre inscription est acceptee. Identifiant: votre numero RPPS. Entrez ici: {link}"
            ),
            format!("{svc}: votre inscription est acceptee. Identifiant: votre numero RPPS."),
        ])
    };
    written(channel, desk, short, || {
        let sentence = "votre inscription est acceptée. Connectez-vous avec votre numéro RPPS, puis activez vos \
                        notifications\u{a0}: l’inscription est finie quand un essai s’affiche.";
        notice(desk, "Inscription acceptée", sentence, link)
    })
}

/// Accepted, for whoever had an account in another network.
pub fn joined(channel: Channel, desk: &Desk<'_>, link: &str) -> Written {
    let svc = desk.svc;
    let short = || {
        fit([format!(
            "{svc}: votre adhesion est acceptee. Votre compte ne change pas."
        )])
    };
    written(channel, desk, short, || {
        let sentence =
            "votre adhésion est acceptée. Votre compte et vos moyens de connexion ne changent pas.";
        notice(desk, "Adhésion acceptée", sentence, link)
    })
}

/// Refused, with the reason and what the coordinator added.
pub fn refused(channel: Channel, desk: &Desk<'_>, reason: &str, words: &str) -> Written {
    let (svc, tel) = (desk.svc, dialled(desk.tel));
    let short = || {
        fit([
            format!("{svc}: inscription non acceptee. {reason} Une question: {tel}"),
            format!("{svc}: inscription non acceptee. Une question: {tel}"),
        ])
    };
    if channel != Channel::Mail {
        return written(channel, desk, short, || told(desk, reason, words));
    }
    // Nothing to open: the answer is whole, and the number is at its end.
    let words = if words.is_empty() {
        String::new()
    } else {
        format!("\n\n{words}")
    };
    Written {
        subject: Some(format!("{svc}\u{a0}: votre demande d’inscription")),
        text: format!(
            "Bonjour,\n\nVotre demande d’inscription n’est pas acceptée. {reason}{words}\n\nUne question\u{a0}: \
             {svc}, {}\n",
            in_pairs(desk.tel)
        ),
    }
}

fn told(desk: &Desk<'_>, reason: &str, words: &str) -> Notice {
    let sentence = format!("votre demande n’est pas acceptée. {reason} {words}");
    notice(desk, "Inscription non acceptée", sentence.trim(), "")
}

/// To a member: somebody applied under their number, with another phone.
pub fn warned(channel: Channel, desk: &Desk<'_>) -> Written {
    let (svc, tel) = (desk.svc, dialled(desk.tel));
    let short = || {
        fit([format!(
            "{svc}: une inscription est demandee avec votre numero RPPS. Si ce n'est pas vous: {tel}"
        )])
    };
    if channel != Channel::Mail {
        return written(channel, desk, short, || {
            let sentence = format!(
                "une inscription est demandée avec votre numéro RPPS. Si ce n’est pas vous, appelez le {}.",
                in_pairs(desk.tel)
            );
            notice(desk, "Inscription à votre nom", &sentence, "")
        });
    }
    Written {
        subject: Some(format!("{svc}\u{a0}: inscription à votre nom")),
        text: format!(
            "Bonjour,\n\nUne inscription est demandée avec votre numéro RPPS, depuis un autre téléphone. Si ce \
             n’est pas vous, appelez {svc} au {}. Sans réponse de votre part, votre compte ne change pas.\n",
            in_pairs(desk.tel)
        ),
    }
}
