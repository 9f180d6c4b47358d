//! A professional's calendar feed: its address, shown once, and what it says of a patient.

use askama::Template;

use super::{LONG, Sample, sample_phone};
use crate::parts::{Choice, Form, Phone, PhoneTab};

/// Making, renewing and cutting the address.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/agenda.html")]
pub struct AgendaPage {
    /// The frame.
    pub phone: Phone,
    /// What is chosen.
    pub form: Form,
    /// How much it may say.
    pub details: Vec<Choice>,
    /// Since when there is an address and when it was read; empty = there is none.
    pub state: String,
    /// The address just made; empty = it is not shown again.
    pub made: String,
    /// `du 27 juillet 2026 au 3 août 2026`, each absence that is not over.
    pub absences: Vec<String>,
}

impl Sample for AgendaPage {
    const NAME: &'static str = "agenda";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Mon agenda", PhoneTab::None);
        phone.back = Some(("/activite".to_owned(), "Retour à mon activité".to_owned()));
        let none = Self {
            phone,
            form: Form::default().with("detail", "initials"),
            details: Choice::list(&[
                ("initials", "Les initiales"),
                ("nothing", "Rien du patient"),
                ("name", "Le nom et le prénom"),
            ]),
            state: String::new(),
            made: String::new(),
            absences: Vec::new(),
        };
        let held = Self {
            absences: vec!["du 27\u{a0}juillet 2026 au 3\u{a0}août 2026".to_owned()],
            state: "Adresse créée hier à 15\u{a0}h\u{a0}42. Lue aujourd’hui à 14\u{a0}h\u{a0}30."
                .to_owned(),
            ..none.clone()
        };
        let made = Self {
            made: format!("https://relais.example/agenda/{}.ics", "x".repeat(22)),
            state: LONG.to_owned(),
            ..none.clone()
        };
        vec![("vide", none), ("courant", held), ("extreme", made)]
    }
}
