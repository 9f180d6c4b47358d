//! What a coordinator opens a few times a week, by what it is about.

use askama::Template;

use super::{LONG, Sample, sample_desk};
use crate::parts::Desk;

/// A way to a page.
#[derive(Clone, Debug)]
pub struct Door {
    /// Its address.
    pub href: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What is done there, one sentence.
    pub says: &'static str,
}

/// What is to be done this month.
#[derive(Clone, Debug)]
pub struct Owed {
    /// Where.
    pub href: &'static str,
    /// What, since when.
    pub says: String,
}

/// Pages about the same thing.
#[derive(Clone, Debug)]
pub struct Doors {
    /// What they are about.
    pub name: &'static str,
    /// The pages.
    pub doors: Vec<Door>,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/network.html")]
pub struct NetworkPage {
    /// The frame.
    pub desk: Desk,
    /// What is owed, if anything.
    pub owed: Option<Owed>,
    /// The pages one may open.
    pub groups: Vec<Doors>,
}

impl Owed {
    /// One, for the gallery.
    pub(super) fn sample() -> Self {
        Self {
            href: "/essai-des-canaux",
            says: "L’essai mensuel des canaux est à faire depuis le lun.\u{a0}2 à 8\u{a0}h. Le dernier date du 2\u{a0}octobre 2026.".to_owned(),
        }
    }
}

impl Sample for NetworkPage {
    const NAME: &'static str = "reseau";

    fn samples() -> Vec<(&'static str, Self)> {
        let door = |says| Door {
            href: "/derogations",
            name: "Signes d’alerte passés outre",
            says,
        };
        let page = |groups: usize, doors: usize, says| Self {
            desk: sample_desk("Réseau", "/reseau"),
            owed: (groups > 1).then(Owed::sample),
            groups: (0..groups)
                .map(|n| Doors {
                    name: ["Professionnels", "Suivi", "Réglages"][n % 3],
                    doors: vec![door(says); doors],
                })
                .collect(),
        };
        vec![
            ("seul", page(1, 1, "Formulaire, horaires et affiche.")),
            ("courant", page(3, 3, "Quel signe, par qui, pourquoi.")),
            ("extreme", page(3, 9, LONG)),
        ]
    }
}
