//! The call panel (mock-up 01): what is known in answered lines, the question to read aloud, the
//! need, how many would be asked. Owns how a call is shown; the walk and the words come in as data.

use askama::Template;

use super::{KnownList, NeedChoices, Reach};
use crate::parts::{Choice, Form};

/// A step once answered: one line, and its fields behind *Modifier*.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What is known, in words.
    pub text: String,
    /// Nothing is missing.
    pub done: bool,
}

/// The question to read aloud now.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The name of its field.
    pub field: String,
    /// The sentence.
    pub question: String,
    /// The sheet, its version, who signed it.
    pub source: String,
    /// `Question 4 sur 18`.
    pub place: String,
    /// What a yes does.
    pub if_yes: String,
    /// The next question, in grey.
    pub then: String,
    /// Its key and its sentence, when a yes leads to the 15; empty otherwise.
    pub leads: String,
}

/// A question already answered, to look at again.
#[derive(Clone, Debug)]
pub struct CallAnswer {
    /// The name of its field.
    pub field: String,
    /// The sentence.
    pub question: String,
    /// `yes`, `no` or `unknown`.
    pub answer: String,
    /// Its key and its sentence, when a yes leads to the 15; empty otherwise.
    pub leads: String,
}

/// Where the questions lead, once they are answered.
#[derive(Clone, Debug, Default)]
pub struct Led {
    /// In one sentence.
    pub sentence: String,
    /// Why, one line each.
    pub reasons: Vec<String>,
    /// A sentence to say to the caller.
    pub say: String,
    /// The outcome to end the call with, when it leaves the service.
    pub outcome: String,
}

/// A practice call of the demonstration, to read beside the page: nothing of it is filled in.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// The word that names it in an address.
    pub name: String,
    /// `Appel d’essai 2 sur 6 : un signe d’alerte`.
    pub title: String,
    /// What they say, in their words.
    pub says: String,
    /// What to type, when asked: what, and the words.
    pub facts: Vec<(&'static str, String)>,
    /// What they answer to the questions.
    pub answers: String,
    /// How one knows that it was done well.
    pub done_when: String,
    /// Where the next one is.
    pub next: String,
}

/// The panel.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/call.html")]
pub struct CallPanel {
    /// The open contact, empty before anything was typed.
    pub contact: String,
    /// The version of it this page knows.
    pub version: i64,
    /// A key made for this form, so that a double click launches once.
    pub once: String,
    /// The caller's number, as typed.
    pub number: String,
    /// Since when, milliseconds.
    pub since_ms: Option<i64>,
    /// How long, at the moment the page was made: `02:14`.
    pub lasting: String,
    /// `brouillon gardé à 14:32`.
    pub kept: String,
    /// Calls that wait for somebody.
    pub waiting: usize,
    /// What cannot go on as it is: another window or another desk has the call.
    pub clash: String,
    /// A sheet came into force meanwhile: its questions are to be asked again.
    pub changed: String,
    /// What was typed and what is wrong with it.
    pub form: Form,
    /// The lists.
    pub choices: NeedChoices,
    /// The caller, answered.
    pub caller: Line,
    /// The red flags, answered.
    pub gravity: Line,
    /// The motive, answered.
    pub motive: Line,
    /// The usual professional, answered.
    pub usual: Line,
    /// Every answer given, to look at again.
    pub answers: Vec<CallAnswer>,
    /// The question to read aloud.
    pub ask: Option<Asking>,
    /// Where the questions lead.
    pub led: Option<Led>,
    /// Yeses towards the 15 that no question asked now says: keys and sentences.
    pub alarms: Vec<String>,
    /// The signs that lead to the 15, in words: nothing else goes forward.
    pub fifteen: bool,
    /// The regulator decides first.
    pub regulator: bool,
    /// The count, when it was asked for without script.
    pub reach: Option<Reach>,
    /// Who is known of those looked up, when it was asked for without script.
    pub known: KnownList,
    /// The practice call being played, in the demonstration.
    pub script: Option<Script>,
    /// Under the question: sheets are shown, nothing is computed; the banner of a demonstration.
    pub banner: String,
}

/// Its template escapes what it holds.
impl askama::filters::HtmlSafe for CallPanel {}

impl CallPanel {
    fn outcomes() -> Vec<Choice> {
        Choice::list(&[
            ("", "Choisir"),
            ("usual-doctor", "Son médecin peut le voir"),
            ("advice", "Conseil donné"),
            ("out-of-scope", "Hors du champ"),
            ("out-of-territory", "Hors du territoire"),
            ("out-of-hours", "Hors des heures d’ouverture"),
            ("duplicate", "Doublon d’une demande ouverte"),
            ("hung-up", "A raccroché"),
            ("wrong-number", "Erreur de numéro"),
        ])
    }

    fn scopes() -> Vec<Choice> {
        Choice::list(&[
            ("", "Sans objet"),
            ("renewal", "Renouvellement d’ordonnance"),
            ("certificate", "Certificat"),
            ("appointment", "Rendez-vous qui peut attendre"),
            ("administrative", "Résultats, papiers, facture"),
            ("transport", "Transport"),
            ("social", "Aide sociale"),
            ("other", "Autre"),
        ])
    }

    /// Short: the field says what they are.
    fn delays() -> Vec<Choice> {
        relais_core::request::Need::DELAYS_HOURS
            .iter()
            .map(|hours| Choice::new(hours.to_string(), format!("{hours}\u{a0}h")))
            .collect()
    }

    fn other_motive(index: &usize) -> &'static str {
        [
            "Motif",
            "Deuxième motif",
            "Troisième motif",
            "Quatrième motif",
            "Cinquième motif",
        ]
        .get(*index)
        .copied()
        .unwrap_or("Autre motif")
    }

    fn wrong(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.form.error(name).is_some())
    }

    fn caller_open(&self) -> bool {
        const NAMES: &[&str] = &[
            "phone",
            "birth_name",
            "used_name",
            "first_names",
            "birth_date",
            "sex",
            "carer_phone",
            "origin",
            "address_line",
            "commune",
        ];
        !self.caller.done || self.wrong(NAMES) || self.known.asked || !self.known.error.is_empty()
    }

    fn relative_wrong(&self) -> bool {
        self.wrong(&["origin", "used_name", "carer_phone"])
    }

    /// The motive comes after the red flags: it does not push them out of sight.
    fn motive_open(&self) -> bool {
        (!self.motive.done && self.ask.is_none()) || self.wrong(&["motive"])
    }

    fn issue_wrong(&self) -> bool {
        self.wrong(&["outcome", "scope", "reason"])
    }

    /// Its commune is another territory's: nothing can be launched.
    fn outside(&self) -> bool {
        self.led
            .as_ref()
            .is_some_and(|led| led.outcome == "out-of-territory")
    }

    /// The sheet sends the caller out of the service.
    fn leaves(&self) -> bool {
        self.led.as_ref().is_some_and(|led| !led.outcome.is_empty())
    }

    fn usual_open(&self) -> bool {
        !self.usual.done || self.wrong(&["usual", "usual_name", "contacted"])
    }
}

/// Samples: nothing, an ordinary call, one gone wrong, one whose questions are answered.
pub(super) fn sample_calls() -> [CallPanel; 4] {
    let line = |text: &str, done| Line {
        text: text.to_owned(),
        done,
    };
    let empty = CallPanel {
        contact: String::new(),
        version: 0,
        once: "k-1".to_owned(),
        number: String::new(),
        since_ms: None,
        lasting: String::new(),
        kept: "rien de gardé encore".to_owned(),
        waiting: 0,
        clash: String::new(),
        changed: String::new(),
        form: Form::default(),
        choices: super::board_samples::sample_choices(),
        caller: line("Qui appelle, pour qui, où", false),
        gravity: line("11 signes à demander sur 11", false),
        motive: line("Pourquoi la personne appelle", false),
        usual: line("Le médecin ou professionnel habituel", false),
        answers: Vec::new(),
        ask: Some(Asking {
            field: "q_tronc-1".to_owned(),
            question: "La personne est-elle confuse, difficile à réveiller, ou a-t-elle perdu connaissance\u{a0}?".to_owned(),
            source: "Tronc commun · version 1, démonstration, non validée".to_owned(),
            place: "Question 1 sur 11".to_owned(),
            if_yes: "Oui\u{a0}: transférer au 15, tout de suite.".to_owned(),
            then: "Le souffle l’empêche-t-il de finir ses phrases\u{a0}?".to_owned(),
            leads: "tronc-1 La personne est-elle confuse\u{a0}?".to_owned(),
        }),
        led: None,
        alarms: Vec::new(),
        fifteen: false,
        regulator: false,
        reach: None,
        known: KnownList::default(),
        script: None,
        banner: "Fiches de démonstration, validées par aucun médecin.".to_owned(),
    };
    let mut ordinary = empty.clone();
    ordinary.contact = "con_01JD0000000000000000000001".to_owned();
    ordinary.number = "06 39 98 41 07".to_owned();
    ordinary.kept = "brouillon gardé à 14:32".to_owned();
    ordinary.since_ms = Some(super::SAMPLE_NOW - 134_000);
    ordinary.lasting = "02:14".to_owned();
    ordinary.waiting = 1;
    ordinary.caller = line("Le patient, 34\u{a0}ans · Massy 91300", true);
    ordinary.gravity = line("Aucun des 9 signes d’alerte", true);
    ordinary.motive = line("Brûlures urinaires, depuis hier soir", true);
    ordinary.usual = line("Dr Marquenne, Massy, injoignable aujourd’hui", true);
    ordinary.answers = vec![CallAnswer {
        field: "q_urif-1".to_owned(),
        question: "A-t-elle de la fièvre\u{a0}?".to_owned(),
        answer: "no".to_owned(),
        leads: String::new(),
    }];
    ordinary.ask = Some(Asking {
        field: "q_urif-2".to_owned(),
        question: "Avez-vous de la fièvre, des frissons, ou mal dans le bas du dos\u{a0}?"
            .to_owned(),
        source: "Cystite, femme de 16 à 65\u{a0}ans · version 3, signée Dr Corvo".to_owned(),
        place: "Question 4 sur 6".to_owned(),
        if_yes: "Si oui\u{a0}: avis du médecin régulateur avant de lancer.".to_owned(),
        then: "Êtes-vous enceinte\u{a0}?".to_owned(),
        leads: String::new(),
    });
    ordinary.reach = Some(super::board_samples::sample_reach());
    let mut wrong = ordinary.clone();
    wrong.clash = format!(
        "{} a repris cet appel. Rien de ce que vous avez tapé n’est perdu.",
        super::LONG
    );
    wrong.form = Form::default()
        .with("birth_name", super::LONG)
        .with("phone", "06 39 98 41")
        .wrong(
            "phone",
            "Il manque deux chiffres au téléphone. Par exemple\u{a0}: 06 39 98 41 07",
        )
        .wrong("motive", "Choisissez au moins un motif")
        .wrong(
            "photos",
            "Choisissez de nouveau vos photos, le navigateur ne les garde pas",
        )
        .wrong("sex", "Dites le sexe, ou «\u{a0}non dit\u{a0}»");
    let mut led = ordinary.clone();
    led.script = Some(Script {
        name: "essai-alerte".to_owned(),
        title: "Appel d’essai 2 sur 6\u{a0}: un signe d’alerte".to_owned(),
        says: "«\u{a0}Ça me serre dans la poitrine.\u{a0}»".to_owned(),
        facts: vec![
            ("Téléphone", "06 39 98 41 07".to_owned()),
            ("Nom de naissance", super::LONG.to_owned()),
        ],
        answers: "Oui à la question sur la poitrine.".to_owned(),
        done_when: "L’écran ne propose plus que le 15.".to_owned(),
        next: "/direct?exemple=essai-doute".to_owned(),
    });
    led.changed = "La fiche «\u{a0}Mal d’oreille\u{a0}» vient de changer\u{a0}: ses questions sont à poser de nouveau. Le reste de l’appel est gardé.".to_owned();
    led.ask = None;
    led.regulator = true;
    led.form = Form::default().with(
        "web_note",
        "Pour un proche. Elle a mal au ventre depuis hier soir et ne mange plus. Joignable\u{a0}: après 17\u{a0}h.",
    );
    led.led = Some(Led {
        sentence: "Avis du médecin régulateur avant de lancer.".to_owned(),
        reasons: vec!["Ne sait pas\u{a0}: fièvre, frissons".to_owned()],
        say: "Un médecin va regarder votre situation et vous rappelle.".to_owned(),
        outcome: "advice".to_owned(),
    });
    [empty, ordinary, wrong, led]
}
