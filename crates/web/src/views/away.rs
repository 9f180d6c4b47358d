//! The page shown while the database does not answer: what happens, that nothing acknowledged is lost,
//! what to do meanwhile. Made from memory alone; comes back by itself.

use askama::Template;

use super::Sample;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/away.html")]
pub struct AwayPage {
    /// A form was sent: what it said is not known to be kept.
    pub sent: bool,
    /// `La base de données ne répond pas depuis 14 h 32`
    pub fact: String,
    /// The number people call, and whose it is, when there is only one.
    pub phone: Option<(String, String)>,
}

impl Sample for AwayPage {
    const NAME: &'static str = "absence";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |sent, fact: &str, phone: Option<(&str, &str)>| Self {
            sent,
            fact: fact.to_owned(),
            phone: phone.map(|(name, number)| (name.to_owned(), number.to_owned())),
        };
        let phone = Some(("SNP Essonne Nord", "01\u{a0}99\u{a0}00\u{a0}12\u{a0}34"));
        vec![
            (
                "vide",
                page(false, "La base de données ne répond pas", None),
            ),
            (
                "courant",
                page(
                    false,
                    "La base de données ne répond pas depuis 14\u{a0}h\u{a0}32",
                    phone,
                ),
            ),
            (
                "extreme",
                page(
                    true,
                    "Rien ne peut être enregistré depuis hier 23\u{a0}h\u{a0}59",
                    phone,
                ),
            ),
        ]
    }
}
