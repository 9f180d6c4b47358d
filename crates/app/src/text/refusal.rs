//! A refusal of the core, told kindly: what it is, why, and what can be done now. No blame.

use super::when::When;
use relais_core::cascade::{LateError, Refusal, Unkeepable};
use relais_core::request::NeedError;

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// In a few words.
    pub title: &'static str,
    /// Why.
    pub sentence: String,
    /// What can be done now.
    pub action: &'static str,
}

/// The words of a refusal.
pub fn refusal(value: &Refusal, when: &When<'_>) -> Said {
    let said = |title, sentence: &str, action| Said {
        title,
        sentence: sentence.to_owned(),
        action,
    };
    match value {
        Refusal::RedFlag => said(
            "Transférer au 15",
            "Un signe d’alerte est présent\u{a0}: cette demande ne peut pas attendre une réponse.",
            "Transférez l’appel au 15 et restez en ligne.",
        ),
        Refusal::NoRegulator => said(
            "Transférer au 15",
            "Cette demande doit passer par un médecin régulateur, et aucun n’est de garde.",
            "Transférez au 15 et restez en ligne.",
        ),
        Refusal::OutOfHours { opens_at } => {
            let opens =
                opens_at.map_or_else(String::new, |at| format!(" Il ouvre {}.", when.at(at)));
            Said {
                title: "Le réseau est fermé",
                sentence: format!("Personne ne peut être sollicité à cette heure.{opens}"),
                action: "Enregistrez le contact, et donnez le numéro à appeler dans la commune.",
            }
        }
        Refusal::Window => said(
            "Délai de réponse impossible",
            "Le délai de réponse va de 10\u{a0}minutes à 24\u{a0}heures.",
            "Choisissez un autre délai.",
        ),
        Refusal::Late(late) => late_said(*late),
        Refusal::Need(need) => need_said(*need),
        Refusal::NoSuchOffer => said(
            "Demande introuvable",
            "Cette demande ne vous a pas été adressée.",
            "Revenez à vos demandes.",
        ),
        Refusal::AlreadyTaken { at } => Said {
            title: "Déjà pris en charge par un confrère",
            sentence: format!(
                "Un confrère a dit oui {}. Merci d’avoir répondu.",
                when.at(*at)
            ),
            action: "Rien à faire.",
        },
        Refusal::OfferClosed => said(
            "Demande terminée",
            "La demande est annulée ou close depuis.",
            "Rien à faire.",
        ),
        Refusal::GivenBack { at } => Said {
            title: "Vous avez rendu ce patient",
            sentence: format!(
                "Vous avez choisi Me désister {}\u{a0}: votre oui d’avant ne compte plus.",
                when.at(*at)
            ),
            action: "Si vous pouvez finalement le voir, appelez le réseau.",
        },
        Refusal::RightEnded => said(
            "Prise en charge impossible",
            "Votre adhésion ou votre droit d’exercice n’est pas en cours dans ce réseau.",
            "Appelez le réseau pour le mettre à jour.",
        ),
        Refusal::AlreadyYours => said(
            "Cette demande est déjà à vous",
            "Vous l’avez acceptée.",
            "Pour y renoncer, choisissez Me désister.",
        ),
        Refusal::WrongState => said(
            "Plus possible maintenant",
            "La demande a changé d’état depuis l’affichage de la page.",
            "Rechargez la page pour voir où elle en est.",
        ),
        Refusal::ProfessionChange => said(
            "Changer de profession, c’est une autre demande",
            "Les personnes sollicitées ne seraient plus les mêmes.",
            "Annulez celle-ci et faites une nouvelle demande.",
        ),
        Refusal::NotAccepter => said(
            "Réservé au professionnel qui a le patient",
            "Un autre professionnel a pris cette demande en charge.",
            "Appelez le réseau si c’est une erreur.",
        ),
        Refusal::BadAppointment => said(
            "Heure impossible",
            "L’heure est déjà passée, ou la fin vient avant le début.",
            "Choisissez une autre heure.",
        ),
        Refusal::BeyondRight { until } => Said {
            title: "Après la fin du contrat",
            sentence: format!(
                "Le droit d’exercer s’arrête le {}\u{a0}: aucun patient n’est reçu après.",
                when.last_moment(*until)
            ),
            action: "Choisissez une heure avant, ou demandez au coordinateur de prolonger les dates.",
        },
        Refusal::BadClosure => said(
            "Cette issue ne convient pas",
            "Elle ne correspond pas à ce qui est arrivé à la demande.",
            "Choisissez une autre issue.",
        ),
    }
}

/// Why an appointment cannot be kept, under the field that says when; `horizon_hours` is how far ahead the network gives
/// them (R8).
pub fn unkeepable(why: Unkeepable, horizon_hours: u16) -> String {
    match why {
        Unkeepable::Past => "Cette heure est déjà passée".to_owned(),
        Unkeepable::TooFar if horizon_hours <= 72 => {
            format!("Le réseau ne donne pas de rendez-vous à plus de {horizon_hours}\u{a0}heures")
        }
        Unkeepable::TooFar => format!(
            "Le réseau ne donne pas de rendez-vous à plus de {}\u{a0}jours",
            horizon_hours / 24
        ),
        Unkeepable::TurnedRound => "La fin doit venir après le début".to_owned(),
    }
}

fn late_said(late: LateError) -> Said {
    let (sentence, action) = match late {
        LateError::CallTime => (
            "L’appel ne peut être ni à venir, ni vieux de plus de sept jours.",
            "Corrigez le jour et l’heure de l’appel.",
        ),
        LateError::AnswerTime => (
            "Une réponse est notée avant l’appel, après maintenant, ou avant celle qui la précède.",
            "Corrigez l’heure des réponses.",
        ),
        LateError::AnswerTwice => (
            "Le même professionnel est noté deux fois, ou quelqu’un après celui qui a dit oui.",
            "Retirez la réponse en trop.",
        ),
        LateError::Stranger => (
            "Un des professionnels notés n’est pas membre, ou n’exerce pas la profession demandée.",
            "Choisissez-le dans la liste, ou changez la profession.",
        ),
    };
    Said {
        title: "Saisie après coup impossible",
        sentence: sentence.to_owned(),
        action,
    }
}

fn need_said(need: NeedError) -> Said {
    let (sentence, action) = match need {
        NeedError::Motives => (
            "Il faut au moins un motif, et cinq au plus.",
            "Choisissez un motif.",
        ),
        NeedError::WithinHours => (
            "L’échéance de soin est de 2, 6, 12, 24 ou 48\u{a0}heures.",
            "Choisissez une échéance.",
        ),
        NeedError::Comment => (
            "Le commentaire dépasse 1\u{202f}000\u{a0}caractères.",
            "Raccourcissez-le.",
        ),
        NeedError::Cooperations => (
            "Il y a trop de protocoles de coopération pour un seul acte.",
            "Gardez-en huit au plus.",
        ),
        NeedError::Series => (
            "La fréquence et la durée se disent pour un infirmier ou un kinésithérapeute.",
            "Retirez-les, ou choisissez une de ces professions.",
        ),
    };
    Said {
        title: "Il manque quelque chose à la demande",
        sentence: sentence.to_owned(),
        action,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use relais_core::time::Instant;
    use std::collections::BTreeSet;

    #[test]
    fn every_refusal_is_kind_and_says_what_to_do() {
        let at = Instant::from_millis(36_000_000);
        let zone = TimeZone::UTC;
        let when = When::new(at, &zone);
        let all = [
            Refusal::RedFlag,
            Refusal::OutOfHours { opens_at: Some(at) },
            Refusal::Window,
            Refusal::Need(NeedError::Motives),
            Refusal::NoSuchOffer,
            Refusal::AlreadyTaken { at },
            Refusal::OfferClosed,
            Refusal::GivenBack { at },
            Refusal::RightEnded,
            Refusal::AlreadyYours,
            Refusal::WrongState,
            Refusal::ProfessionChange,
            Refusal::NotAccepter,
            Refusal::BadAppointment,
            Refusal::BeyondRight { until: at },
            Refusal::BadClosure,
        ];
        let titles: BTreeSet<_> = all.iter().map(|r| refusal(r, &when).title).collect();
        assert_eq!(titles.len(), all.len());
        for value in &all {
            let said = refusal(value, &when);
            let whole = format!("{} {} {}", said.title, said.sentence, said.action);
            let rude = ["Erreur", "erreur :", "invalide", "Échec", "!", "rejet"];
            assert!(rude.iter().all(|word| !whole.contains(word)), "{whole}");
            assert!(
                said.sentence.ends_with('.') && said.action.ends_with('.'),
                "{whole}"
            );
        }
        // A contract ends with a civil day; whatever ends within one says its hour.
        let midnight = Refusal::BeyondRight {
            until: Instant::from_millis(86_400_000),
        };
        let said = refusal(&midnight, &when).sentence;
        assert!(
            said.contains("jeudi 1er\u{a0}janvier 1970 au soir"),
            "{said}"
        );
        let within = refusal(&Refusal::BeyondRight { until: at }, &when).sentence;
        assert!(within.contains("1970 à 10\u{a0}h"), "{within}");
        let taken = refusal(&Refusal::AlreadyTaken { at }, &when);
        assert!(
            taken.sentence.contains("à 10\u{a0}h."),
            "{}",
            taken.sentence
        );
    }
}
