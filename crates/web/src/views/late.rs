//! A call lived on paper, entered afterwards: when it came, how it ended, who said what on the
//! phone. One page, in the order of the paper sheet; what follows from it is decided elsewhere.

use askama::Template;

use super::{NeedChoices, Sample, sample_desk};
use crate::parts::{Choice, Desk, Form};

/// Lines for what professionals said.
pub const LINES: usize = 4;

/// The form.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/late.html")]
pub struct LatePage {
    /// The frame.
    pub desk: Desk,
    /// What was typed.
    pub form: Form,
    /// Its lists.
    pub choices: NeedChoices,
    /// A key, so that a double click acts once.
    pub once: String,
    /// The last day that may be entered.
    pub today: String,
}

impl LatePage {
    fn outcomes() -> Vec<Choice> {
        Choice::list(&[
            ("", "Choisir"),
            ("open", "Demande encore à pourvoir"),
            ("taken", "Demande prise par un professionnel, au téléphone"),
            ("transferred-15", "Transfert au 15"),
            ("usual-doctor", "Son médecin peut le voir"),
            ("advice", "Conseil donné"),
            (
                "out-of-scope",
                "Hors du champ (renouvellement, certificat…)",
            ),
            ("out-of-territory", "Hors du territoire"),
            ("out-of-hours", "Hors des heures d’ouverture"),
            ("duplicate", "Doublon d’une demande ouverte"),
            ("hung-up", "A raccroché"),
            ("wrong-number", "Erreur de numéro"),
        ])
    }

    fn scopes() -> Vec<Choice> {
        Choice::list(&[
            ("", "Sans précision"),
            ("renewal", "Renouvellement d’ordonnance"),
            ("certificate", "Certificat"),
            ("appointment", "Rendez-vous qui peut attendre"),
            ("administrative", "Résultats, papiers"),
            ("transport", "Transport"),
            ("social", "Aide sociale"),
            ("other", "Autre"),
        ])
    }

    fn flags() -> Vec<Choice> {
        Choice::list(&[
            ("none", "Posées, aucun signe"),
            ("unknown", "Un doute"),
            ("present", "Un signe d’alerte"),
        ])
    }

    fn said() -> Vec<Choice> {
        Choice::list(&[("", "–"), ("no", "A passé"), ("yes", "A pris la demande")])
    }

    fn appointments() -> Vec<Choice> {
        Choice::list(&[
            ("at", "À une heure"),
            ("between", "Entre deux heures"),
            ("call", "Rappelle le patient"),
            ("to-be-set", "Heure à fixer"),
        ])
    }

    /// `who_0`: the `index`-th line's field.
    fn nth(name: &str, index: &usize) -> String {
        format!("{name}_{index}")
    }
}

impl Sample for LatePage {
    const NAME: &'static str = "saisie-apres-coup";

    fn samples() -> Vec<(&'static str, Self)> {
        let page = |title: &str, form: Form| Self {
            desk: sample_desk(title, "/appels"),
            form,
            choices: NeedChoices {
                origins: Choice::list(&[("patient", "Le patient"), ("pharmacy", "Une pharmacie")]),
                motives: Choice::list(&[("", "Choisir"), ("toux", "Toux")]),
                professions: Choice::list(&[("gp", "Médecin généraliste")]),
                care_types: Choice::list(&[("", "Soin habituel de la profession")]),
                delays: Choice::list(&[("12", "Dans les 12\u{a0}h")]),
                windows: Choice::list(&[("", "Délai du réseau")]),
            },
            once: "0123456789abcdef0123456789abcdef".to_owned(),
            today: "2026-11-24".to_owned(),
        };
        let taken = Form::default()
            .with("day", "2026-11-24")
            .with("hour", "09:10")
            .with("issue", "taken")
            .with("who_0", "Dr Ysaline Corvo, Massy")
            .with("at_0", "09:40")
            .with("said_0", "yes")
            .with("appt", "at")
            .with("appt_from", "10:30");
        let wrong = taken
            .clone()
            .wrong(
                "hour",
                "L’appel ne peut être ni à venir, ni vieux de plus de sept jours",
            )
            .wrong("at_0", "Une réponse est notée avant l’appel");
        vec![
            ("vide", page("Saisie après coup", Form::default())),
            ("courant", page("Saisie après coup", taken)),
            (
                "erreurs",
                page("Erreur\u{a0}: la saisie n’est pas enregistrée", wrong),
            ),
        ]
    }
}
