//! The rooms of a network: what a coordinator opens a few times a week. Owns their names, one sentence
//! each and who sees them, so that the bar keeps to what is opened all day.

use relais_app::text::when::When;
use relais_core::access::Role;

use crate::fail::Fail;
use crate::gate::Signed;
use crate::right::Right;
use crate::views::{Door, Doors, Owed};
use crate::web::Web;

/// The page that leads to them.
pub(crate) const PAGE: &str = "/reseau";

/// A room: the right of its page, its address, its name, what is done there.
type Room = (Right, &'static str, &'static str, &'static str);

/// The rooms, by what they are about.
const ROOMS: &[(&str, &[Room])] = &[
    (
        "Professionnels",
        &[
            (
                Right::Coordinator,
                crate::pages::members::PAGE,
                "Membres",
                "Qui est membre, comment une demande l’atteint, suspendre ou terminer une adhésion.",
            ),
            (
                Right::Coordinator,
                crate::pages::roles::TEAM,
                "Équipe",
                "Qui agit pour le réseau, en quelle qualité\u{a0}; donner ou retirer un rôle.",
            ),
            (
                Right::Coordinator,
                crate::pages::applications::PAGE,
                "Candidatures",
                "Qui demande à rejoindre le réseau, et votre réponse.",
            ),
            (
                Right::Coordinator,
                crate::pages::federation::PAGE,
                "Accords entre réseaux",
                "Qui prête ses professionnels à qui, depuis quand, et ce qui attend votre réponse.",
            ),
            (
                Right::Coordinator,
                crate::pages::drill::PAGE,
                "Essai des canaux",
                "L’essai du mois, qui ne l’a pas reçu et pourquoi, et leur écrire.",
            ),
            (
                Right::Coordinator,
                crate::pages::recovery::PAGE,
                "Rendre un accès",
                "Un code, en personne, pour qui a perdu tous ses moyens de connexion.",
            ),
            (
                Right::Overseer,
                "/cooperation",
                "Protocoles de coopération",
                "Qui a déclaré quel protocole, où, et jusqu’à quand.",
            ),
        ],
    ),
    (
        "Suivi",
        &[
            (
                Right::Overseer,
                crate::pages::visits::LISTS,
                "Rendez-vous",
                "Patients absents, prises en charge à clore, qui cherche un médecin traitant.",
            ),
            (
                Right::Overseer,
                crate::pages::note::UNDELIVERED,
                "Notes non remises",
                "Les notes au médecin traitant qui ne sont pas arrivées, et pourquoi.",
            ),
            (
                Right::Reviewer,
                "/derogations",
                "Signes d’alerte passés outre",
                "Quel signe, par qui, pour quelle raison, et ce que la demande est devenue.",
            ),
        ],
    ),
    (
        "Réglages",
        &[
            (
                Right::Coordinator,
                crate::pages::visits::PAGE,
                "Réglages des rendez-vous",
                "Jusqu’à quand, le rappel, et la question «\u{a0}Avez-vous été reçu\u{a0}?\u{a0}».",
            ),
            (
                Right::Coordinator,
                crate::pages::waves::PAGE,
                "Vagues de sollicitation",
                "Tous à la fois ou par vagues, de quelle taille, selon les réponses observées.",
            ),
            (
                Right::Coordinator,
                crate::pages::regulation::PAGE,
                "Régulation médicale",
                "Quelles demandes un médecin régulateur qualifie avant toute recherche.",
            ),
            (
                Right::Coordinator,
                crate::pages::retention::PAGE,
                "Conservation",
                "Combien de temps ce qui touche aux patients est gardé, et ce qui a été effacé.",
            ),
            (
                Right::Keeper,
                crate::pages::public::desk::PAGE,
                "Accueil du public",
                "Formulaire, horaires, numéros par commune et affiche à imprimer.",
            ),
        ],
    ),
];

/// What a coordinator owes this month, and where it is done (R7).
pub(crate) async fn owed(
    web: &Web,
    signed: &Signed,
    when: &When<'_>,
) -> Result<Option<Owed>, Fail> {
    if signed.actor().role != Role::Coordinator {
        return Ok(None);
    }
    let due = web.app.drill_due(&signed.who()).await?;
    Ok(due.map(|due| Owed {
        href: crate::pages::drill::PAGE,
        says: match (due.last, due.since) {
            (Some(last), Some(since)) => format!(
                "L’essai mensuel des canaux est à faire {}. Le dernier date du {}.",
                when.since(since),
                when.plain_date(last)
            ),
            _ => "L’essai mensuel des canaux n’a pas été fait depuis un an, ou jamais.".to_owned(),
        },
    }))
}

/// Whether a page is one of the rooms: the bar then says *Réseau*.
pub(crate) fn holds(page: &str) -> bool {
    let mut rooms = ROOMS.iter().flat_map(|(_, rooms)| rooms.iter());
    rooms.any(|(_, href, ..)| *href == page)
}

/// The rooms a role may open.
pub(crate) fn doors(role: Role) -> Vec<Doors> {
    let open = |rooms: &[Room]| {
        let rooms = rooms.iter().filter(|(right, ..)| right.allows(role));
        rooms
            .map(|(_, href, name, says)| Door { href, name, says })
            .collect::<Vec<_>>()
    };
    let groups = ROOMS.iter().map(|(name, rooms)| Doors {
        name,
        doors: open(rooms),
    });
    groups.filter(|group| !group.doors.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_keeps_the_service_finds_at_least_one_door() {
        for role in [Role::Coordinator, Role::Administrator] {
            assert!(!doors(role).is_empty(), "{role:?}");
        }
    }
}
