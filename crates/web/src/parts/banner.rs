//! The state of the service, on one line under the bar: what is wrong, since when, what to do. Shown to
//! the desk only while something is; says nothing about anybody.

use askama::Template;

/// What is wrong, the gravest first, in one line.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/banner.html")]
pub struct Banner {
    /// Somebody may not be asked: waits for you, hence the yellow (DESIGN §1.2).
    pub hinders: bool,
    /// `Les SMS ne partent pas`
    pub title: String,
    /// `depuis 14 h 32`
    pub since: String,
    /// What to do meanwhile.
    pub todo: String,
    /// `et 1 autre point`; empty when there is no other.
    pub more: String,
    /// Sheets of paper to print while one still can: word and address.
    pub sheets: Vec<(&'static str, &'static str)>,
    /// Where it is told in full, for whoever may see it.
    pub link: Option<&'static str>,
}

impl askama::filters::HtmlSafe for Banner {}
