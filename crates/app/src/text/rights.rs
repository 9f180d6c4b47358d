//! What a patient is told of who saw their data: what was seen and why, in plain words.

/// Who acts when nobody does.
pub const PLATFORM: &str = "La plateforme";

/// What an act of the journal showed of a patient; none when it showed nothing.
pub fn what(act: &str) -> Option<&'static str> {
    Some(match act {
        "identity.opened" => "Identité",
        "photo.opened" => "Photo",
        "thread.opened" => "Fil de la demande",
        "thread.exported" => "Fil de la demande, exporté",
        _ => return None,
    })
}

/// Why, from the code of the purpose.
pub fn why(purpose: &str) -> &'static str {
    match purpose {
        "desk" => "Suivi de la demande par le réseau",
        "requester" => "Professionnel qui a fait la demande",
        "care" => "Professionnel qui a pris en charge",
        "usual-offer" => "Professionnel habituel, sollicité",
        "usual-thread" => "Professionnel habituel, dans le fil de la demande",
        "delivery" => "Envoi d’un message au patient",
        "note-delivery" => "Envoi par MSSanté à son médecin traitant",
        "offer-photo" => "Professionnel sollicité, photo sans visage ni nom",
        "comment-scan" => "Vérification qu’un texte ne le nomme pas",
        "look-up" => "Recherche d’un appelant déjà connu",
        "note" => "Note au médecin traitant",
        "note-reader" => "Médecin traitant, lecture de la note",
        "listed" => "Liste de ceux qui cherchent un médecin traitant",
        "calendar" => "Agenda du professionnel qui a pris en charge",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_core::access::Purpose;

    #[test]
    fn a_patient_is_told_why_whatever_the_purpose() {
        for purpose in Purpose::ALL {
            assert!(!why(purpose.code()).is_empty(), "{purpose:?}");
        }
    }
}
