//! The page shown instead of another: not found, not allowed, too many, broken. One sentence of
//! fact and one thing to do.

use askama::Template;

use super::Sample;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/problem.html")]
pub struct ProblemPage {
    /// The status, 404 for example.
    pub status: u16,
    /// `Cette page n’existe pas`
    pub title: String,
    /// What happened, and what it means.
    pub detail: String,
    /// Where to go: address and word.
    pub link: (String, String),
}

impl Sample for ProblemPage {
    const NAME: &'static str = "probleme";

    fn samples() -> Vec<(&'static str, Self)> {
        vec![
            (
                "courant",
                Self {
                    status: 404,
                    title: "Cette page n’existe pas".to_owned(),
                    detail: "L’adresse est peut-être ancienne, ou elle ne vous est pas destinée.".to_owned(),
                    link: ("/".to_owned(), "Revenir à l’accueil".to_owned()),
                },
            ),
            (
                "extreme",
                Self {
                    status: 503,
                    title: "La base de données ne répond pas".to_owned(),
                    detail: "Rien n’est perdu. Le service revient de lui-même\u{a0}; en attendant, prenez les appels sur papier."
                        .to_owned(),
                    link: ("/".to_owned(), "Réessayer".to_owned()),
                },
            ),
        ]
    }
}
