//! A professional raises a request (mock-up 08): one page, five points, under a minute.

use askama::Template;

use super::board::Reach;
use super::board_samples::sample_choices;
use super::{NeedChoices, Sample, sample_phone};
use crate::parts::{Choice, Form, Phone, PhoneTab};

/// A question answered by a tick.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its key.
    pub key: String,
    /// As it is asked.
    pub question: String,
}

/// A question that opens the sheet.
#[derive(Clone, Debug)]
pub struct Inclusion {
    /// Its field.
    pub name: String,
    /// As it is asked.
    pub question: String,
}

/// What the requester may do themselves under a declared protocol.
#[derive(Clone, Debug)]
pub struct Delegated {
    /// In a sentence.
    pub text: String,
    /// A declaration in force covers it.
    pub may: bool,
}

/// The severity questions: the common ones, and those of the motive's sheet.
#[derive(Clone, Debug, Default)]
pub struct Severity {
    /// The common ones.
    pub trunk: Vec<Ask>,
    /// The code of the sheet shown; empty when there is none.
    pub code: String,
    /// Its title.
    pub title: String,
    /// For whom it is written.
    pub scope: String,
    /// Its questions.
    pub sheet: Vec<Ask>,
    /// Those that open it.
    pub inclusions: Vec<Inclusion>,
    /// A sheet stands on no signature.
    pub demonstration: bool,
    /// The motive has no sheet that may be used.
    pub unlisted: bool,
    /// Nothing may be asked: no signed trunk.
    pub none: bool,
    /// What the requester may do themselves.
    pub delegated: Option<Delegated>,
}

impl Severity {
    fn shown(&self) -> &'static str {
        relais_app::text::triage::SHOWN_NOT_COMPUTED
    }

    fn triage(&self) -> Vec<Choice> {
        Choice::list(&[
            ("none", "Toutes posées, aucun signe"),
            ("present", "Toutes posées, j’ai coché"),
            ("unknown", "Un doute sur un signe"),
        ])
    }

    fn trio(&self) -> Vec<Choice> {
        Choice::list(&[("yes", "Oui"), ("no", "Non"), ("unknown", "Ne sait pas")])
    }

    fn sample(full: bool) -> Self {
        let ask = |key: &str, question: &str| Ask {
            key: key.to_owned(),
            question: question.to_owned(),
        };
        let trunk = vec![
            ask(
                "tronc-1",
                "La personne est-elle confuse, difficile à réveiller, ou a-t-elle perdu connaissance\u{a0}?",
            ),
            ask("tronc-6", "A-t-elle fait une convulsion\u{a0}?"),
        ];
        if !full {
            return Self {
                trunk,
                ..Self::default()
            };
        }
        Self {
            trunk,
            code: "URIF".to_owned(),
            title: "Brûlures urinaires de la femme".to_owned(),
            scope: "Femme de 16 à 65\u{a0}ans".to_owned(),
            sheet: vec![
                ask("urif-1", "A-t-elle de la fièvre ou des frissons\u{a0}?"),
                ask("urif-2", "Est-elle enceinte, ou peut-elle l’être\u{a0}?"),
            ],
            inclusions: vec![Inclusion {
                name: "inclusion_urif_i1".to_owned(),
                question: "Brûle-t-elle en urinant, ou va-t-elle souvent uriner\u{a0}?".to_owned(),
            }],
            demonstration: true,
            unlisted: false,
            none: false,
            delegated: Some(Delegated {
                text: "La fiche prévoit le pharmacien, sous protocole. Le vôtre est déclaré depuis le 5 janvier 2026.".to_owned(),
                may: true,
            }),
        }
    }
}

/// The severity questions alone.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/severity.html")]
pub struct SeverityPart {
    /// What was answered.
    pub form: Form,
    /// The questions.
    pub severity: Severity,
    /// Unfolded.
    pub open: bool,
}

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
    /// The severity questions.
    pub severity: Severity,
    /// The questions unfolded: some were missing.
    pub open: bool,
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

    fn modes() -> Vec<Choice> {
        Choice::list(&[
            ("consultation", "Se déplace"),
            ("visit", "À domicile"),
            ("teleconsultation", "Vidéo"),
        ])
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
                severity: Severity::sample(false),
                open: false,
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
        wrong.severity = Severity::sample(true);
        wrong.severity.delegated = Some(Delegated {
            text: "La fiche prévoit aussi le pharmacien, sous protocole déclaré.".to_owned(),
            may: false,
        });
        wrong.open = true;
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
        again.severity = Severity::sample(true);
        vec![("vide", first), ("courant", again), ("extreme", wrong)]
    }
}
