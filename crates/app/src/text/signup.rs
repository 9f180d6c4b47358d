//! What is told to whoever signs up: the code by mail, the answer of the coordinator, and to a
//! member that somebody applied under their number.

use super::facts::{Desk, Written, dialled, in_pairs};
use super::labels;
use super::push::{Notice, notice};
use super::sms::fit;
use super::written;
use relais_core::access::Role;
use relais_core::time::Instant;
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
    ("other", "Autre raison."),
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

/// To whoever is invited to the network's staff: the link by which they choose how they will sign in.
pub fn invited(desk: &Desk<'_>, role: Role, link: &str) -> Written {
    let (svc, tel) = (desk.svc, in_pairs(desk.tel));
    Written {
        subject: Some(format!("{svc}\u{a0}: votre compte")),
        text: format!(
            "Bonjour,\n\n{svc} vous invite à travailler avec Relais, comme {}.\n\nOuvrez ce lien pour choisir comment \
             vous vous connecterez\u{a0}: {link}\n\nIl sert une fois, pendant trois jours. Votre identifiant sera cette \
             adresse de courriel. Si vous n’attendiez rien, ne faites rien.\n\n{svc}, {tel}\n",
            labels::role(role)
        ),
    }
}

/// To a coordinator: somebody asked to join, and waits.
pub fn waits(channel: Channel, desk: &Desk<'_>, link: &str) -> Written {
    let svc = desk.svc;
    let short = || {
        fit([
            format!("{svc}: une inscription attend votre reponse. {link}"),
            format!("{svc}: une inscription attend votre reponse."),
        ])
    };
    written(channel, desk, short, || {
        let sentence = "une inscription attend votre réponse, dans «\u{a0}Candidatures\u{a0}».";
        notice(desk, "Une inscription attend", sentence, link)
    })
}

/// Accepted: how one signs in, and what is left to do where notifications are sent (`pushes`).
pub fn approved(channel: Channel, desk: &Desk<'_>, link: &str, pushes: bool) -> Written {
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
        let sentence = if pushes {
            "votre inscription est acceptée. Connectez-vous avec votre numéro RPPS, puis activez vos \
             notifications\u{a0}: l’inscription est finie quand un essai s’affiche."
        } else {
            "votre inscription est acceptée. Connectez-vous avec votre numéro RPPS\u{a0}: les demandes vous arrivent \
             par SMS."
        };
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

/// To a member: no request for now.
pub fn suspended(channel: Channel, desk: &Desk<'_>) -> Written {
    membership(
        channel,
        desk,
        "Adhésion suspendue",
        "votre adhésion est suspendue, vous ne recevez plus de demandes. Vos patients en cours restent les vôtres.",
    )
}

/// To a member: asked again.
pub fn reinstated(channel: Channel, desk: &Desk<'_>) -> Written {
    membership(
        channel,
        desk,
        "Adhésion rétablie",
        "votre adhésion est rétablie, vous recevez de nouveau des demandes.",
    )
}

/// To a member: a role in the network that is theirs from now on, or no more.
pub fn role(channel: Channel, desk: &Desk<'_>, role: Role, given: bool, link: &str) -> Written {
    let (svc, name) = (desk.svc, labels::role(role));
    let short = || {
        let said = if given {
            "vous est donne"
        } else {
            "vous est retire"
        };
        fit([
            format!("{svc}: le role {name} {said}. {link}"),
            format!("{svc}: le role {name} {said}."),
        ])
    };
    written(channel, desk, short, || {
        let (title, sentence) = if given {
            (
                "Un rôle de plus",
                format!(
                    "le rôle «\u{a0}{name}\u{a0}» vous est donné. Vous passez de l’un à l’autre dans Mes rôles."
                ),
            )
        } else {
            (
                "Un rôle de moins",
                format!("le rôle «\u{a0}{name}\u{a0}» vous est retiré."),
            )
        };
        notice(desk, title, &sentence, link)
    })
}

/// To somebody who is no member any more.
pub fn left(channel: Channel, desk: &Desk<'_>) -> Written {
    membership(
        channel,
        desk,
        "Adhésion terminée",
        "votre adhésion est terminée, vous ne recevez plus de demandes.",
    )
}

/// To a member: between which days they may practise, as the coordinator wrote them down.
pub fn practice(
    channel: Channel,
    desk: &Desk<'_>,
    first: Option<Instant>,
    last: Option<Instant>,
) -> Written {
    let sentence = match (first, last) {
        (Some(first), Some(last)) => format!(
            "vos dates d’exercice sont notées, du {} au {} compris.",
            desk.when.plain_date(first),
            desk.when.plain_date(last)
        ),
        _ => "votre exercice est noté sans date de fin.".to_owned(),
    };
    membership(channel, desk, "Dates d’exercice", &sentence)
}

/// To a locum: for whom they stand in, and whether that one's patients come to them.
pub fn stands_in(
    channel: Channel,
    desk: &Desk<'_>,
    absent: &str,
    first: Instant,
    last: Instant,
    inherits: bool,
) -> Written {
    let patients = if inherits {
        " Ses patients vous sont proposés en premier."
    } else {
        ""
    };
    let (first, last) = (desk.when.plain_date(first), desk.when.plain_date(last));
    let days = format!("du {first} au {last} compris.{patients}");
    let sentence = format!("vous remplacez {absent} {days}");
    let shorter = format!("vous remplacez un confrère {days}");
    noted(channel, desk, "Remplacement noté", &sentence, &shorter)
}

/// To whoever is away: who stands in for them.
pub fn replaced(
    channel: Channel,
    desk: &Desk<'_>,
    locum: &str,
    first: Instant,
    last: Instant,
) -> Written {
    let (first, last) = (desk.when.plain_date(first), desk.when.plain_date(last));
    let sentence = format!("{locum} vous remplace du {first} au {last} compris.");
    let shorter = format!("un confrère vous remplace du {first} au {last} compris.");
    noted(channel, desk, "Remplacement noté", &sentence, &shorter)
}

/// The monthly trial of somebody's first channel: nothing to do but, by SMS, to say that it came.
pub fn drill(channel: Channel, desk: &Desk<'_>) -> Written {
    if channel == Channel::Sms {
        return Written {
            subject: None,
            text: super::sms::trial(desk),
        };
    }
    let sentence = "essai mensuel, les demandes vous arrivent bien ici. Aucun patient n’attend, il n’y a rien à faire.";
    membership(channel, desk, "Essai mensuel", sentence)
}

/// To a coordinator: a month has passed since the last trial, and nobody else sends the next one.
pub fn drill_due(channel: Channel, desk: &Desk<'_>, last: Instant, link: &str) -> Written {
    let svc = desk.svc;
    let short = || {
        fit([
            format!("{svc}: l'essai mensuel des canaux est a faire. {link}"),
            format!("{svc}: l'essai mensuel des canaux est a faire."),
        ])
    };
    written(channel, desk, short, || {
        let sentence = format!(
            "l’essai mensuel des canaux est à faire, le dernier date du {}. Un message d’essai part à chaque membre à \
             l’heure que vous choisissez.",
            desk.when.plain_date(last)
        );
        notice(desk, "Essai des canaux à faire", &sentence, link)
    })
}

/// To a member whose trial did not arrive, by their other channels: what does not work, and where to
/// put it right.
pub fn dormant(channel: Channel, desk: &Desk<'_>, tried: Channel, link: &str) -> Written {
    let what = match tried {
        Channel::Push => "nos notifications ne vous arrivent plus",
        Channel::Sms => "nos SMS ne vous arrivent plus",
        Channel::Mail | Channel::Mssante | Channel::Voice => "nos courriels ne vous arrivent plus",
    };
    let sentence = match channel {
        Channel::Sms => format!("{what}. Pour les recevoir: {link}"),
        _ => format!(
            "{what}, ni donc les demandes. Ouvrez Relais, «\u{a0}Mes notifications\u{a0}»\u{a0}: {link}"
        ),
    };
    membership(channel, desk, "Vous n’êtes plus joint", &sentence)
}

fn membership(channel: Channel, desk: &Desk<'_>, title: &str, sentence: &str) -> Written {
    noted(channel, desk, title, sentence, sentence)
}

/// The same, with what an SMS says when a name is too long for it.
fn noted(channel: Channel, desk: &Desk<'_>, title: &str, sentence: &str, shorter: &str) -> Written {
    let (svc, tel) = (desk.svc, dialled(desk.tel));
    let short = || {
        fit([
            format!("{svc}: {sentence} Une question: {tel}"),
            format!("{svc}: {sentence}"),
            format!("{svc}: {shorter}"),
        ])
    };
    if channel != Channel::Mail {
        return written(channel, desk, short, || notice(desk, title, sentence, ""));
    }
    Written {
        subject: Some(format!("{svc}\u{a0}: votre adhésion")),
        text: format!(
            "Bonjour,\n\n{svc}\u{a0}: {sentence}\n\nUne question\u{a0}: {}\n",
            in_pairs(desk.tel)
        ),
    }
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
