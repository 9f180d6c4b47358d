//! The readable page of the JSON API.

use askama::Template;

use super::Sample;

/// One operation of the API.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `POST`
    pub method: String,
    /// `/api/v1/requests`
    pub path: String,
    /// One sentence.
    pub summary: String,
    /// Who may.
    pub who: String,
    /// The answers: status and meaning.
    pub answers: Vec<(String, String)>,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/docs.html")]
pub struct DocsPage {
    /// The version of the API.
    pub version: String,
    /// The operations, in the order of the contract.
    pub operations: Vec<Operation>,
    /// The kinds of problem: address and title.
    pub problems: Vec<(String, String)>,
}

impl Sample for DocsPage {
    const NAME: &'static str = "api";

    fn samples() -> Vec<(&'static str, Self)> {
        let operation = || Operation {
            method: "POST".to_owned(),
            path: "/api/v1/requests".to_owned(),
            summary: "Raises a request.".to_owned(),
            who: "operator, regulator, professional, partner".to_owned(),
            answers: vec![("201".to_owned(), "the request".to_owned())],
        };
        let page = |many: usize| Self {
            version: "1".to_owned(),
            operations: (0..many).map(|_| operation()).collect(),
            problems: (0..many)
                .map(|_| ("/problems/red-flag".to_owned(), "Red flag".to_owned()))
                .collect(),
        };
        vec![
            ("vide", page(0)),
            ("courant", page(4)),
            ("extreme", page(40)),
        ]
    }
}
