//! What a patient wants of being told and written about, in words: as the desk asks it, as the patient reads
//! it on their own page, as the history tells it.

use relais_core::wishes::Wish;

/// As the desk asks it, a box to tick.
pub const fn asked(wish: Wish) -> &'static str {
    match wish {
        Wish::NoMessages => "Ne veut pas de message automatique\u{a0}: le poste l’appelle",
        Wish::NoNotes => "S’oppose aux notes à son médecin traitant",
        Wish::NoList => "S’oppose à figurer sur une liste",
        Wish::TellCarer => "Veut que les SMS aillent au second numéro (proche, tuteur)",
        Wish::SeeksDoctor => {
            "Cherche un médecin traitant, et accepte d’être sur la liste de la coordination"
        }
    }
}

/// As the patient reads it on their own page, a box to tick.
pub const fn own(wish: Wish) -> &'static str {
    match wish {
        Wish::NoMessages => "Ne m’envoyez plus de message, appelez-moi",
        Wish::NoNotes => "N’envoyez pas de note à mon médecin traitant",
        Wish::NoList => "Ne me mettez sur aucune liste",
        Wish::TellCarer => "Écrivez à mon proche à ma place",
        Wish::SeeksDoctor => "Je cherche un médecin traitant",
    }
}

/// As the history tells it: recorded, then taken back.
pub const fn told(wish: Wish) -> (&'static str, &'static str) {
    match wish {
        Wish::NoMessages => (
            "Le patient ne veut pas de message automatique",
            "Le patient accepte de nouveau les messages",
        ),
        Wish::NoNotes => (
            "Le patient s’oppose aux notes à son médecin traitant",
            "Le patient ne s’oppose plus aux notes",
        ),
        Wish::NoList => (
            "Le patient s’oppose à figurer sur une liste",
            "Le patient ne s’oppose plus à figurer sur une liste",
        ),
        Wish::TellCarer => (
            "Les messages vont au second numéro, à la demande du patient",
            "Les messages vont de nouveau au patient",
        ),
        Wish::SeeksDoctor => (
            "Le patient cherche un médecin traitant et accepte d’être sur la liste",
            "Le patient n’est plus sur la liste de ceux qui cherchent un médecin traitant",
        ),
    }
}
