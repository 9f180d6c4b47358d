//! How sure the identity of a patient is: read and said by the professional who has them.

use askama::Template;

use super::{LONG, Sample, sample_phone};
use crate::parts::{Choice, Form, Phone, PhoneTab};

/// Saying it.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/ins.html")]
pub struct InsPage {
    /// The frame.
    pub phone: Phone,
    /// The request.
    pub id: String,
    /// What is said and what is wrong.
    pub form: Form,
    /// The name, to hold beside the document.
    pub name: String,
    /// `Né le 4 mars 2017, 9 ans.`
    pub birth: String,
    /// `Identité provisoire`
    pub standing: String,
    /// What the next note does with the number.
    pub sent: String,
    /// The statuses.
    pub statuses: Vec<Choice>,
    /// The lists of numbers.
    pub lists: Vec<Choice>,
}

impl Sample for InsPage {
    const NAME: &'static str = "identite";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Identité du patient", PhoneTab::None);
        phone.back = Some(("/prises/req_1".to_owned(), "Retour au patient".to_owned()));
        let usual = Self {
            phone,
            id: "req_01JD0000000000000000000001".to_owned(),
            form: Form::default().with("status", "provisional"),
            name: "Odile VERNIER".to_owned(),
            birth: "Née le 4 mars 1951, 75\u{a0}ans.".to_owned(),
            standing: "Identité provisoire".to_owned(),
            sent: relais_app::text::ins::WITHOUT.to_owned(),
            statuses: Choice::list(relais_app::text::ins::STATUSES),
            lists: Choice::list(relais_app::text::ins::LISTS),
        };
        let mut wrong = Self {
            form: Form::default()
                .with("status", "qualified")
                .with("number", "279035121518990")
                .wrong(
                    "number",
                    "Ce n’est pas un matricule INS de quinze caractères, ou sa clé est fausse",
                ),
            name: LONG.to_owned(),
            ..usual.clone()
        };
        wrong.phone.title = "Erreur\u{a0}: identité du patient".to_owned();
        vec![("courant", usual), ("extreme", wrong)]
    }
}
