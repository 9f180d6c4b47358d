//! What each kind of problem means and what to do about it, in French: the text of its page.

/// Title and explanation of a kind of problem.
pub(crate) fn explained(slug: &str) -> Option<(&'static str, &'static str)> {
    EXPLAINED
        .iter()
        .find(|(known, ..)| *known == slug)
        .map(|(_, title, detail)| (*title, *detail))
}

const EXPLAINED: &[(&str, &str, &str)] = &[
    (
        "red-flag",
        "Signe d’alerte",
        "Un signe d’alerte est présent\u{a0}: transférez l’appel au 15. Aucune demande n’est créée.",
    ),
    (
        "no-regulator",
        "Pas de régulateur de garde",
        "Cette demande doit passer par un médecin régulateur et aucun n’est de garde\u{a0}: transférez au 15. Aucune demande n’est créée.",
    ),
    (
        "last-coordinator",
        "Dernier coordinateur",
        "Il ne resterait plus de coordinateur\u{a0}: donnez d’abord ce rôle à quelqu’un d’autre.",
    ),
    (
        "accepter-gone",
        "Le professionnel n’y a plus accès",
        "Le professionnel qui avait ce patient n’y a plus accès\u{a0}: cherchez quelqu’un d’autre, ou annulez la demande.",
    ),
    (
        "own-account",
        "Votre propre compte",
        "On ne ferme pas son propre compte\u{a0}: demandez à un autre coordinateur.",
    ),
    (
        "already-claimed",
        "Déjà prise par un confrère",
        "Un autre médecin régulateur a cette demande sur son bureau\u{a0}: pour ne pas appeler deux fois la même personne, voyez avec lui ou reprenez-la.",
    ),
    (
        "settings-moved",
        "Réglages changés entre-temps",
        "Quelqu’un a enregistré les réglages du réseau depuis l’affichage de la page. Relisez, puis recommencez.",
    ),
    (
        "out-of-hours",
        "Réseau fermé",
        "Le réseau ne répond pas à cette heure. Donnez au patient le numéro de sa commune, et le 15 pour une urgence.",
    ),
    (
        "out-of-territory",
        "Hors secteur",
        "La commune du patient n’est pas dans le secteur du réseau. Le détail dit qui en répond.",
    ),
    (
        "window",
        "Délai de réponse",
        "Le délai de réponse va de 10\u{a0}minutes à 24\u{a0}heures.",
    ),
    (
        "need",
        "Besoin incohérent",
        "Donnez d’un à cinq motifs, un délai de soins de la liste et un commentaire assez court.",
    ),
    (
        "no-such-offer",
        "Offre inconnue",
        "Cette offre n’existe pas, ou n’est pas la vôtre.",
    ),
    (
        "already-taken",
        "Déjà pris en charge",
        "Un confrère a pris ce patient en charge. Ce n’est pas une erreur\u{a0}: il n’y a rien à faire.",
    ),
    (
        "note-leaving",
        "Note en train de partir",
        "La note précédente est entre les mains de l’opérateur MSSanté\u{a0}: réessayez dans une minute.",
    ),
    (
        "thread-closed",
        "Fil terminé",
        "La demande est terminée\u{a0}: son fil se lit encore, on n’y écrit plus.",
    ),
    (
        "note-sent",
        "Note déjà partie",
        "L’opérateur MSSanté a pris la note\u{a0}: elle ne peut plus être rappelée.",
    ),
    (
        "note-not-failed",
        "Rien à renvoyer",
        "Cette note n’est pas en échec\u{a0}: elle est en chemin, ou arrivée.",
    ),
    (
        "offer-closed",
        "Demande terminée",
        "La demande a été annulée ou close\u{a0}: l’offre ne peut plus être acceptée.",
    ),
    (
        "given-back",
        "Patient rendu",
        "Vous aviez accepté, puis vous vous êtes désisté\u{a0}: le même oui, entendu de nouveau, ne reprend pas le patient. Pour le reprendre, appelez le réseau.",
    ),
    (
        "right-ended",
        "Droit d’exercer",
        "Votre adhésion au réseau ou votre droit d’exercer a pris fin. Voyez avec votre coordinateur.",
    ),
    (
        "already-yours",
        "Déjà à vous",
        "Vous avez accepté ce patient. Pour le rendre, désistez-vous avec un motif.",
    ),
    (
        "wrong-state",
        "Pas possible maintenant",
        "L’état de la demande ne permet pas cette action. Relisez la demande, puis choisissez une action possible.",
    ),
    (
        "profession-change",
        "Autre profession",
        "Une autre profession est une autre demande\u{a0}: annulez celle-ci et créez la nouvelle.",
    ),
    (
        "not-accepter",
        "Pas votre patient",
        "Seul le professionnel qui a le patient peut faire cela.",
    ),
    (
        "bad-appointment",
        "Rendez-vous impossible",
        "L’heure est passée, ou la fin précède le début.",
    ),
    (
        "beyond-right",
        "Après la fin d’un contrat",
        "Le droit d’exercer de ce professionnel s’arrête avant cette heure\u{a0}: choisissez-en une autre, ou faites prolonger ses dates par le coordinateur.",
    ),
    (
        "bad-closure",
        "Issue impossible",
        "Cette issue ne convient pas à l’état de la demande\u{a0}: «\u{a0}sans preneur\u{a0}» suppose que personne ne l’a, «\u{a0}vu\u{a0}» que quelqu’un l’a.",
    ),
    (
        "invalid",
        "Champs à corriger",
        "Chaque champ à corriger est nommé par un pointeur JSON, avec ce qu’il faut faire. Rien n’a été enregistré.",
    ),
    (
        "malformed",
        "Corps illisible",
        "Le corps n’est pas du JSON valide, ou il est trop imbriqué. Rien n’a été enregistré.",
    ),
    (
        "too-large",
        "Corps trop grand",
        "Le corps dépasse 1\u{a0}Mo. Rien n’a été enregistré.",
    ),
    (
        "unsupported-media-type",
        "Envoyez du JSON",
        "Envoyez l’en-tête Content-Type: application/json.",
    ),
    (
        "idempotency-key",
        "Clé d’idempotence",
        "La clé a 1 à 200\u{a0}caractères visibles.",
    ),
    (
        "idempotency-mismatch",
        "Clé déjà utilisée",
        "Cette clé a servi pour une autre demande. Prenez-en une nouvelle.",
    ),
    (
        "idempotency-in-flight",
        "Demande en cours",
        "La même demande est en cours de traitement. Réessayez dans un instant.",
    ),
    (
        "too-many-rows",
        "Trop de lignes",
        "Le fichier demandé serait coupé. Restreignez le choix\u{a0}: un jour, une origine, une issue, une personne.",
    ),
    (
        "sign-in-refused",
        "Connexion refusée",
        "L’identifiant, le mot de passe ou le code ne convient pas.",
    ),
    (
        "signed-out",
        "Pas connecté",
        "La session est finie, ou le jeton n’est pas reconnu. Reconnectez-vous, ou vérifiez le jeton.",
    ),
    (
        "step-up",
        "Reconnexion nécessaire",
        "Pour voir une identité, reconnectez-vous\u{a0}: la dernière connexion date.",
    ),
    (
        "forbidden",
        "Pas permis",
        "Votre rôle ne permet pas cette action.",
    ),
    (
        "cross-site",
        "Autre site",
        "La demande ne vient pas d’une page de Relais. Ouvrez la page et recommencez.",
    ),
    (
        "not-found",
        "Introuvable",
        "Rien ici, ou rien que vous puissiez voir.",
    ),
    (
        "method-not-allowed",
        "Méthode inconnue",
        "Cette adresse ne répond pas à cette méthode.",
    ),
    (
        "too-many",
        "Trop d’essais",
        "Attendez le temps donné par l’en-tête Retry-After, puis réessayez.",
    ),
    (
        "streams-full",
        "Pages en direct",
        "Trop de pages sont suivies en direct. Attendez le temps donné par l’en-tête Retry-After\u{a0}; tout le reste répond.",
    ),
    (
        "unavailable",
        "Base de données",
        "La base de données ne répond pas. Rien n’est perdu\u{a0}; le service revient de lui-même.",
    ),
    (
        "internal",
        "Erreur du programme",
        "Rien n’a été enregistré. L’erreur est notée\u{a0}; réessayez.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::KINDS;

    #[test]
    fn every_kind_of_problem_is_explained_once() {
        let known: Vec<_> = KINDS.iter().map(|(slug, ..)| *slug).collect();
        for slug in &known {
            assert!(explained(slug).is_some(), "{slug} has no page");
        }
        for (slug, ..) in EXPLAINED {
            assert!(known.contains(slug), "{slug} is no kind of problem");
        }
    }
}
