//! What just happened, as the next page says it. Owns the words of `dit=` and their sentences; refuses
//! free text.

use serde::Deserialize;

use crate::parts::Toast;

/// What a page may be told in its address: a word of ours, never free text.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Told {
    /// What just happened.
    #[serde(default)]
    pub(super) dit: String,
    /// A guided call of the demonstration to fill the form with.
    #[serde(default)]
    pub(super) exemple: String,
    /// The practice call of the demonstration that was just played.
    #[serde(default)]
    pub(super) essai: String,
}

impl Told {
    /// The sentence of what just happened.
    pub(crate) fn sentence(&self) -> Option<&'static str> {
        Some(match self.dit.as_str() {
            "lancee" => "Demande lancée.",
            "deja-lancee" => "Cette demande était déjà lancée\u{a0}: la voici.",
            "deja-devenue" => {
                "Cet appel est devenu cette demande entre-temps\u{a0}: la voici. Rien n’a été changé."
            }
            "deja-defaite" => {
                "Ce lancement a été repris\u{a0}: l’appel est revenu sur votre poste."
            }
            "a-qualifier" => "Demande confiée au médecin régulateur.",
            "doublon" => {
                "Demande lancée. Attention\u{a0}: la même personne a une autre demande ouverte ou récente."
            }
            "garde" => "Vous êtes de garde.",
            "garde-finie" => "Vous n’êtes plus de garde.",
            "plus-personne" => {
                "Vous n’êtes plus de garde, et personne d’autre ne l’est\u{a0}: transférez au 15 les demandes qui attendent."
            }
            "deja-prise" => "Un confrère l’a prise avant vous.",
            "remise" => "La demande est remise dans la file.",
            "conseil" => "Conseil noté. La demande est close.",
            "transferee" => "Transfert au 15 inscrit. L’appel est clos.",
            "appel" => "Appel noté.",
            "attente" => "Appel mis en attente. Il est dans «\u{a0}À qualifier\u{a0}».",
            "passe-outre" => {
                "Motif inscrit au journal. Le médecin régulateur décide\u{a0}: complétez la fiche et demandez son avis."
            }
            "defaite" => {
                "Demande annulée. Ceux qui l’avaient reçue voient «\u{a0}retirée\u{a0}». Voici l’appel."
            }
            "defaite-acceptee" => {
                "Demande annulée. Un professionnel venait d’accepter\u{a0}: il est prévenu. Voici l’appel."
            }
            "apres-coup" => "Appel saisi après coup.",
            "demande-apres-coup" => "Demande saisie après coup, avec ses heures vraies.",
            "annulee" => "Demande annulée. Tout le monde est prévenu.",
            "modifiee" => "Demande modifiée. Ceux qui la voient le savent.",
            "pause" => "Demande en pause. Les délais sont décalés d’autant.",
            "reprise" => "Demande reprise.",
            "relancee" => "Demande relancée.",
            "elargie" => "Demande élargie.",
            "rendue" => "La recherche reprend. Le patient est prévenu.",
            "rendue-tard" => {
                "L’heure du soin est passée\u{a0}: la demande est dans «\u{a0}Besoin d’un coup de main\u{a0}»."
            }
            "prise" => "Cette demande est à vous.",
            "close" => "Demande terminée.",
            "close-suite" => {
                "Demande terminée, la suite est lancée. Suivez-la dans «\u{a0}Mes demandes\u{a0}»."
            }
            "suite" => "La suite est lancée. Suivez-la dans «\u{a0}Mes demandes\u{a0}».",
            "close-note" => "Demande terminée, note validée.",
            "rendez-vous" => "Rendez-vous donné. Le patient est prévenu.",
            "note" => "Note ajoutée.",
            "identite" => "C’est inscrit.",
            "essai-note" => "C’est noté.",
            "choix" => "Choix du patient inscrits. Ils valent dès le prochain message.",
            "telephone" => "Téléphone corrigé. Le bon numéro reçoit où en est la demande.",
            "telephone-note" => {
                "Numéro corrigé. Rien ne part\u{a0}: appelez le patient s’il attend des nouvelles."
            }
            "telephone-pareil" => "C’était déjà ce numéro. Rien n’a changé.",
            "mauvais-numero" => {
                "Mauvais numéro noté. Si vous avez le bon\u{a0}: «\u{a0}Corriger le téléphone\u{a0}», plus bas."
            }
            "photos" => "Photos ajoutées.",
            "protocole" => "Prise en charge sous protocole inscrite. Aucune demande n’est lancée.",
            "protocole-declare" => "Protocole déclaré.",
            "protocole-fini" => "Protocole terminé.",
            "fiche-signee" => "Fiche signée. La coordination la met en vigueur.",
            "fiche-refusee" => "Réponse envoyée à la coordination.",
            "rattachee" => "Appel terminé comme doublon. La demande continue.",
            "passe" => "C’est noté, vous passez. Sans motif, c’est votre droit.",
            "plus-rien" => "Plus rien aujourd’hui. Bonne soirée.",
            "desiste" => "Vous vous êtes désisté. La demande repart vers vos confrères.",
            "acceptee" => "C’est à vous.",
            "reglages" => "Réglages enregistrés.",
            "disponible" => "Vous êtes de nouveau disponible.",
            "secretariat" => "Cette personne répond désormais en votre nom.",
            "secretariat-fini" => "C’est fini. L’effet est immédiat.",
            "resume" => "C’est noté, le résumé viendra à son heure.",
            "sans-resume" => "C’est noté, pas de résumé.",
            "absence" => "Absence notée.",
            "absence-retiree" => "Absence retirée.",
            "indisponible" => "Vous êtes indisponible.",
            "quota" => "C’est noté.",
            "sans-limite" => "Vous êtes de nouveau sollicité selon vos réglages.",
            "abonne" => "Notifications activées. Un essai s’affiche d’ici quelques secondes.",
            "essai" => "Essai envoyé\u{a0}: il s’affiche d’ici quelques secondes.",
            "retire" => "Appareil retiré.",
            "cle-ajoutee" => "Clé d’accès ajoutée. Elle sert dès maintenant.",
            "cle-nommee" => "Nom enregistré.",
            "cle-retiree" => "Clé d’accès retirée. Elle n’ouvre plus rien.",
            "mot-de-passe" => "Mot de passe enregistré.",
            "accord-propose" => "Accord proposé. Son coordinateur doit l’accepter.",
            "accord-accepte" => "Accord en vigueur.",
            "accord-fini" => "Accord terminé.",
            "essai-parti" => "Essai envoyé. Les accusés arrivent dans la demi-heure.",
            "essai-prevenus" => "Écrit à ceux qui ont un autre moyen d’être joints.",
            "essai-deja-prevenus" => {
                "Rien de plus n’est parti\u{a0}: chacun a déjà reçu ce message pour cet essai, ou n’a pas d’autre moyen."
            }
            "membre-suspendu" => "Adhésion suspendue. La personne est prévenue.",
            "membre-retabli" => "Adhésion rétablie. La personne est prévenue.",
            "membre-exercice" => "Exercice enregistré. La personne est prévenue.",
            "membre-remplace" => "Remplacement noté. Les deux personnes sont prévenues.",
            "membre-remplace-fin" => "Remplacement terminé.",
            "membre-lieux" => "Lieux enregistrés.",
            "membre-autorisation" => "Copie de l’autorisation gardée.",
            "membre-autorisation-effacee" => "Copie de l’autorisation effacée.",
            "role-donne" => "Rôle donné. Il vaut dès maintenant.",
            "invite" => "Invitation envoyée. Le lien vaut trois jours.",
            "invitation-retiree" => "Invitation retirée. Son lien n’ouvre plus rien.",
            "compte-ferme" => "Compte fermé. Rien ne s’ouvre plus par lui.",
            "role-retire" => "Rôle retiré. Rien ne s’ouvre plus par lui.",
            "membre-parti" => "Adhésion terminée. La personne est prévenue.",
            "candidature-acceptee" => "Adhésion acceptée. La personne est prévenue.",
            "candidature-refusee" => "Demande refusée. La personne est prévenue, avec la raison.",
            _ => return None,
        })
    }

    /// Whether a request was just launched.
    pub(crate) fn just_launched(&self) -> bool {
        matches!(self.dit.as_str(), "lancee" | "a-qualifier" | "doublon")
    }

    /// The toast of what just happened.
    pub(crate) fn toast(&self) -> Option<Toast> {
        self.sentence().map(|text| Toast {
            text: text.to_owned(),
            link: None,
            undo: None,
        })
    }
}
