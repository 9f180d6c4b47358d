//! What is said around Pro Santé Connect: why it opened nothing and what to do, and a way of
//! practising in words.

use crate::accounts::psc::Trouble;
use relais_gateways::identity::Activity;

/// Why it opened nothing, to somebody who signs in: the other way in is always there.
#[must_use]
pub const fn at_the_door(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Refused => {
            "Vous avez renoncé à Pro Santé Connect. Recommencez, ou connectez-vous avec votre mot de passe."
        }
        Trouble::Expired => {
            "La connexion par Pro Santé Connect a pris plus de dix minutes, ou a commencé dans un autre navigateur. Recommencez."
        }
        Trouble::Away => {
            "Pro Santé Connect ne répond pas. Connectez-vous avec votre mot de passe\u{a0}; rien d’autre n’est touché."
        }
        Trouble::Doubtful => {
            "La réponse de Pro Santé Connect n’a pas pu être vérifiée. Connectez-vous avec votre mot de passe, et signalez-le à votre coordination."
        }
        Trouble::NoNumber => {
            "Pro Santé Connect n’a pas donné de numéro RPPS pour vous. Connectez-vous avec votre mot de passe."
        }
        Trouble::Unknown | Trouble::Other => {
            "Aucun compte n’a ici votre numéro RPPS. Rejoignez un réseau\u{a0}: cela prend cinq minutes."
        }
    }
}

/// The same, to somebody who signs up: the coordinator can check otherwise.
#[must_use]
pub const fn at_sign_up(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Refused => {
            "Vous avez renoncé à Pro Santé Connect. Vous pouvez continuer sans\u{a0}: la coordination vérifiera qui vous êtes."
        }
        Trouble::Expired => {
            "La preuve par Pro Santé Connect a pris plus de dix minutes, ou a commencé dans un autre navigateur. Recommencez, ou continuez sans."
        }
        Trouble::Away => {
            "Pro Santé Connect ne répond pas. Continuez sans\u{a0}: la coordination vérifiera qui vous êtes."
        }
        Trouble::Doubtful => {
            "La réponse de Pro Santé Connect n’a pas pu être vérifiée. Continuez sans\u{a0}: la coordination vérifiera qui vous êtes."
        }
        Trouble::NoNumber => {
            "Pro Santé Connect n’a pas donné de numéro RPPS pour vous. Continuez sans\u{a0}: la coordination vérifiera qui vous êtes."
        }
        Trouble::Unknown | Trouble::Other => {
            "Pro Santé Connect a donné un autre numéro RPPS que celui de cette inscription. Si vous vous êtes trompé de numéro, recommencez l’inscription avec le vôtre."
        }
    }
}

/// Professions of the national list, as they are said.
const PROFESSIONS: &[(&str, &str)] = &[
    ("10", "Médecin"),
    ("21", "Pharmacien"),
    ("26", "Audioprothésiste"),
    ("28", "Opticien-lunetier"),
    ("40", "Chirurgien-dentiste"),
    ("50", "Sage-femme"),
    ("60", "Infirmier"),
    ("69", "Infirmier psychiatrique"),
    ("70", "Masseur-kinésithérapeute"),
    ("80", "Pédicure-podologue"),
    ("83", "Orthopédiste-orthésiste"),
    ("91", "Orthophoniste"),
    ("92", "Orthoptiste"),
    ("94", "Ergothérapeute"),
    ("95", "Diététicien"),
    ("96", "Psychomotricien"),
    ("98", "Manipulateur en électroradiologie"),
];

/// `Médecin, libéral, Cabinet des Lilas, 91300`
#[must_use]
pub fn activity(one: &Activity) -> String {
    let known = PROFESSIONS.iter().find(|(code, _)| *code == one.profession);
    let profession = known.map_or("Professionnel de santé", |(_, said)| said);
    let mode = match one.mode.as_str() {
        "L" => "libéral",
        "S" => "salarié",
        "B" => "bénévole",
        _ => "",
    };
    let parts = [profession, mode, &one.place, &one.postcode];
    let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_says_what_is_known() {
        let one = Activity {
            profession: "10".to_owned(),
            mode: "L".to_owned(),
            place: "CABINET DES LILAS".to_owned(),
            postcode: "91300".to_owned(),
            ..Activity::default()
        };
        assert_eq!(activity(&one), "Médecin, libéral, CABINET DES LILAS, 91300");
        assert_eq!(activity(&Activity::default()), "Professionnel de santé");
    }

    #[test]
    fn each_trouble_has_its_word_and_leaves_a_way_in() {
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::from_code(trouble.code()), Some(*trouble));
            for said in [at_the_door(*trouble), at_sign_up(*trouble)] {
                assert!(said.ends_with('.'), "{said}");
            }
        }
        assert_eq!(Trouble::from_code("identite"), None);
        assert!(at_the_door(Trouble::Away).contains("mot de passe"));
    }
}
