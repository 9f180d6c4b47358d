//! The classes of what is kept for a time, in words.

use relais_core::retention::Class;

/// A class.
pub const fn class(class: Class) -> &'static str {
    match class {
        Class::Identities => "Identités des patients",
        Class::Notes => "Notes au médecin traitant",
        Class::Photos => "Photos des demandes",
        Class::Threads => "Fils des demandes",
        Class::Texts => "Textes des messages envoyés",
        Class::Visits => "Absences et réponses des patients",
    }
}
