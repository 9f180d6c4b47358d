//! A professional raises a request (mock-up 08): one page, five points, under a minute.

use askama::Template;

use super::board::Reach;
use super::board_samples::{sample_choices, sample_flags};
use super::{Flag, NeedChoices, Sample, sample_phone};
use crate::parts::{Choice, Form, Phone, PhoneTab};

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/ask.html")]
pub struct AskPage {
    /// The frame.
    pub phone: Phone,
    /// What was typed and what is wrong.
    pub form: Form,
    /// The lists.
    pub choices: NeedChoices,
    /// The common red-flag questions.
    pub flags: Vec<Flag>,
    /// A key made for this form, so that a double click launches once.
    pub once: String,
    /// The count, when it was asked for without script.
    pub reach: Option<Reach>,
    /// How long a yes takes at this hour, with its base; empty when too few were counted.
    pub pace: String,
    /// Something of the last request is proposed again.
    pub recalled: bool,
}

impl AskPage {
    /// The professions asked every day; the others are in a list (DESIGN §6.22).
    fn professions() -> Vec<Choice> {
        Choice::list(&[
            ("gp", "Médecin"),
            ("nurse", "Infirmier"),
            ("physio", "Kiné"),
            ("other", "Autre"),
        ])
    }

    fn others(&self) -> Vec<Choice> {
        let daily = Self::professions();
        let mut list = vec![Choice::new("", "Choisir")];
        list.extend(
            self.choices
                .professions
                .iter()
                .filter(|one| !daily.iter().any(|known| known.value == one.value))
                .cloned(),
        );
        list
    }

    fn delays(&self) -> Vec<Choice> {
        self.choices
            .delays
            .iter()
            .map(|one| Choice::new(one.value.as_str(), format!("{}\u{a0}h", one.value)))
            .collect()
    }

    fn triage() -> Vec<Choice> {
        Choice::list(&[
            ("none", "Toutes posées, aucun signe"),
            ("present", "Un signe est présent"),
            ("unknown", "Je ne sais pas pour un signe"),
        ])
    }

    fn sexes() -> Vec<Choice> {
        Choice::list(&[("F", "Femme"), ("M", "Homme"), ("U", "Non dit")])
    }

    fn modes() -> Vec<Choice> {
        Choice::list(&[
            ("consultation", "Se déplace"),
            ("visit", "À domicile"),
            ("teleconsultation", "Vidéo"),
        ])
    }

    fn trio() -> Vec<Choice> {
        Choice::list(&[("yes", "Oui"), ("no", "Non"), ("unknown", "Ne sait pas")])
    }
}

impl Sample for AskPage {
    const NAME: &'static str = "demander";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |form: Form| {
            let mut phone = sample_phone("Demander une prise en charge", PhoneTab::None);
            phone.wide = true;
            phone.back = Some((
                "/mes-demandes".to_owned(),
                "Retour à mes demandes".to_owned(),
            ));
            "Pharmacie des Sablons".clone_into(&mut phone.side);
            Self {
                phone,
                form,
                choices: sample_choices(),
                flags: sample_flags(),
                once: "k-2".to_owned(),
                reach: None,
                pace: "Réponse médiane à cette heure\u{a0}: 14\u{a0}min, sur 23 demandes prises"
                    .to_owned(),
                recalled: false,
            }
        };
        let mut wrong = page(
            Form::default()
                .with("birth_name", super::LONG)
                .wrong(
                    "birth_date",
                    "Cette date n’existe pas. Par exemple\u{a0}: 04/03/1951",
                )
                .wrong(
                    "commune",
                    "Plusieurs communes portent ce nom. Ajoutez le code postal",
                ),
        );
        wrong.phone.title = "Erreur\u{a0}: la demande n’est pas partie".to_owned();
        wrong.reach = Some(Reach {
            asked: Some(12),
            sentence: "à moins de 10\u{a0}km".to_owned(),
            ..Reach::default()
        });
        let mut first = page(Form::default());
        first.pace = String::new();
        let mut again = page(
            Form::default()
                .with("profession", "nurse")
                .with("mode", "visit")
                .with("within_hours", "24")
                .with("motive", "Soins infirmiers")
                .with("commune", "Massy 91300"),
        );
        again.recalled = true;
        vec![("vide", first), ("courant", again), ("extreme", wrong)]
    }
}
