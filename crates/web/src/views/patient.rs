//! The accepted card (mock-up 05) and its end (06): the only professional's pages that show an
//! identity, after acceptance, journaled, never cached.

use askama::Template;

use super::{Sample, sample_phone};
use crate::icon::Icon;
use crate::parts::{Choice, Form, Phone, PhoneTab, State, Tone};

/// A proposed time.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The value sent: an instant.
    pub value: String,
    /// `15 h 30`
    pub label: String,
    /// `demain`, or empty for today.
    pub day: String,
}

/// The accepted card.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/patient.html")]
pub struct PatientPage {
    /// The frame.
    pub phone: Phone,
    /// The request's identifier.
    pub id: String,
    /// Seen by the professional, not by who answers in their name.
    pub own: bool,
    /// What was typed and what is wrong.
    pub form: Form,
    /// `Quand le voyez-vous ?`; `Quand allez-vous le voir ?` for a visit.
    pub question: String,
    /// The proposals; none once the time is set and the page only recalls it.
    pub slots: Vec<Slot>,
    /// The days one may choose for another hour.
    pub days: Vec<Choice>,
    /// What is already agreed: `Rendez-vous aujourd’hui à 15 h 30`.
    pub agreed: String,
    /// What the patient receives when a time is given.
    pub told: String,
    /// How sure the identity is: `Identité provisoire`.
    pub identity: String,
    /// The name.
    pub name: String,
    /// `Né le 4 mars 2017, 9 ans.`
    pub birth: String,
    /// The number to dial, in international form; empty when there is none.
    pub tel: String,
    /// The same, as people write it.
    pub tel_words: String,
    /// The second number, as people write it.
    pub carer: String,
    /// The address on one line; empty when it is not known.
    pub address: String,
    /// What the patient told on their way; empty when nothing.
    pub late: String,
    /// Where the route opens; empty without an address.
    pub route: String,
    /// The motives.
    pub motive: String,
    /// What was checked, and the comment.
    pub motive_more: String,
    /// The usual doctor.
    pub usual: String,
    /// What the usual doctor knows.
    pub usual_more: String,
    /// Reasons for giving it up.
    pub reasons: Vec<Choice>,
    /// Whether it is over: nothing left to do.
    pub over: bool,
    /// What it follows from and what follows from it, in sentences.
    pub follows: Vec<String>,
    /// Whether more may be asked for this patient.
    pub may_follow: bool,
    /// Its photos.
    pub photos: super::Photos,
    /// The way to its thread.
    pub thread: super::ThreadLink,
}

/// Ending a request with an outcome, and the note to the usual doctor in the same gesture.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/close.html")]
pub struct ClosePage {
    /// The frame.
    pub phone: Phone,
    /// The request's identifier.
    pub id: String,
    /// Of whom: age, sex, motive; no name.
    pub about: String,
    /// What was typed and what is wrong.
    pub form: Form,
    /// The outcomes of nearly every day, and the way to the others.
    pub usual: Vec<Choice>,
    /// The others.
    pub others: Vec<Choice>,
    /// Whether a note is signed already: none is asked for.
    pub noted: bool,
    /// Whether the patient may be put on the list of those who look for a usual doctor.
    pub may_list: bool,
    /// What may be asked next.
    pub next: NextFields,
    /// Where the note goes.
    pub to: String,
}

/// What may be asked next for a patient, profession by profession.
#[derive(Clone, Debug, Default)]
pub struct NextFields {
    /// The professions.
    pub each: Vec<NextField>,
    /// The others, in one list.
    pub others: Vec<Choice>,
    /// Where.
    pub modes: Vec<Choice>,
    /// The mode proposed.
    pub mode: String,
    /// Within how long.
    pub hours: Vec<Choice>,
}

/// One profession that may be asked.
#[derive(Clone, Debug)]
pub struct NextField {
    /// Its code.
    pub code: String,
    /// `Soins infirmiers`
    pub label: String,
    /// Its care types, the ordinary one first.
    pub cares: Vec<Choice>,
}

impl NextField {
    fn care(&self) -> String {
        format!("{}_care", self.code)
    }

    fn mode(&self) -> String {
        format!("{}_mode", self.code)
    }

    fn hours(&self) -> String {
        format!("{}_hours", self.code)
    }

    fn ticked(&self, form: &Form) -> bool {
        form.has("next", &self.code)
    }
}

/// Asking what is needed next for a patient whose request is closed.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/next.html")]
pub struct NextPage {
    /// The frame.
    pub phone: Phone,
    /// The request's identifier.
    pub id: String,
    /// What was ticked and what is wrong.
    pub form: Form,
    /// What may be asked.
    pub next: NextFields,
    /// What was done already, in sentences.
    pub done: Vec<String>,
}

impl NextFields {
    fn choices(&self) -> Vec<Choice> {
        let each = self.each.iter();
        let each = each.map(|field| Choice::new(field.code.clone(), field.label.clone()));
        each.chain([Choice::new("other", "Une autre profession")])
            .collect()
    }

    fn sample() -> Self {
        let field = |code: &str, label: &str, cares: &[(&str, &str)]| NextField {
            code: code.to_owned(),
            label: label.to_owned(),
            cares: Choice::list(cares),
        };
        Self {
            each: vec![
                field(
                    "nurse",
                    "Soins infirmiers",
                    &[
                        ("soins-infirmiers", "Soins infirmiers"),
                        ("pansement", "Pansement"),
                    ],
                ),
                field(
                    "physio",
                    "Kinésithérapie",
                    &[("reeducation", "Rééducation")],
                ),
            ],
            others: Choice::list(&[
                ("midwife", "Sage-femme"),
                ("dentist", "Chirurgien-dentiste"),
                ("speech", "Orthophoniste"),
            ]),
            modes: Choice::list(&[("consultation", "Au cabinet"), ("visit", "À domicile")]),
            mode: "visit".to_owned(),
            hours: Choice::list(&[("24", "Dans les 24\u{a0}h"), ("48", "Dans les 48\u{a0}h")]),
        }
    }
}

impl Sample for NextPage {
    const NAME: &'static str = "suite";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Demander la suite", PhoneTab::None);
        phone.back = Some(("/prises/req_1".to_owned(), "Retour au patient".to_owned()));
        let usual = Self {
            phone,
            id: "req_01JD0000000000000000000001".to_owned(),
            form: Form::default(),
            next: NextFields::sample(),
            done: Vec::new(),
        };
        let mut wrong = Self {
            form: Form::default().with("next", "nurse").wrong(
                "next",
                "Soins infirmiers\u{a0}: le service est fermé jusqu’à demain à 8\u{a0}h",
            ),
            done: vec!["La prise en charge est close.".to_owned()],
            ..usual.clone()
        };
        wrong.phone.title = "Erreur\u{a0}: la suite n’est pas lancée".to_owned();
        vec![("courant", usual), ("extreme", wrong)]
    }
}

impl Sample for PatientPage {
    const NAME: &'static str = "prise";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("C’est à vous", PhoneTab::Patients);
        phone.back = Some(("/offres".to_owned(), "Retour aux demandes".to_owned()));
        phone.state = Some(State::new(
            Tone::Taken,
            Icon::CheckCircle,
            "C’est à vous, depuis 14\u{a0}h\u{a0}33",
        ));
        let usual = Self {
            own: true,
            phone,
            id: "req_01JD0000000000000000000001".to_owned(),
            form: Form::default(),
            question: "Quand le voyez-vous\u{a0}?".to_owned(),
            slots: [
                ("15\u{a0}h\u{a0}30", ""),
                ("16\u{a0}h\u{a0}15", ""),
                ("17\u{a0}h", ""),
            ]
            .iter()
            .map(|(label, day)| Slot {
                value: format!("at:{label}"),
                label: (*label).to_owned(),
                day: (*day).to_owned(),
            })
            .collect(),
            days: Choice::list(&[("2026-11-24", "Aujourd’hui"), ("2026-11-25", "Demain")]),
            agreed: String::new(),
            told: "Il reçoit un SMS aussitôt, avec l’adresse de votre cabinet.".to_owned(),
            identity: "Identité provisoire".to_owned(),
            name: "Elio Tervaux-Maki".to_owned(),
            birth: "Né le 4 mars 2017, 9\u{a0}ans.".to_owned(),
            tel: "+33639984107".to_owned(),
            tel_words: "06 39 98 41 07".to_owned(),
            carer: String::new(),
            address: "8 allée des Tilleuls, 91120 Palaiseau".to_owned(),
            late: "Le patient a prévenu d’un retard de 20\u{a0}min, à 15\u{a0}h\u{a0}10."
                .to_owned(),
            route: "geo:48.71,2.24".to_owned(),
            motive: "Mal d’oreille, fièvre 38,4\u{a0}°C".to_owned(),
            motive_more: "Aucun signe d’alerte".to_owned(),
            usual: "Dr\u{a0}Sorrel".to_owned(),
            usual_more: "Il est prévenu que vous le recevez.".to_owned(),
            reasons: Choice::list(&[("emergency", "Une urgence au cabinet"), ("other", "Autre")]),
            over: false,
            thread: super::ThreadLink::sample(),
            follows: vec!["Suite de la demande 1042.".to_owned()],
            may_follow: false,
            photos: super::Photos {
                add: String::new(),
                ..super::Photos::sample()
            },
        };
        let bare = Self {
            slots: Vec::new(),
            agreed: "Rendez-vous aujourd’hui à 15\u{a0}h\u{a0}30".to_owned(),
            tel: String::new(),
            tel_words: String::new(),
            address: String::new(),
            late: String::new(),
            route: String::new(),
            motive_more: String::new(),
            usual: String::new(),
            usual_more: String::new(),
            over: true,
            may_follow: true,
            follows: Vec::new(),
            ..usual.clone()
        };
        let mut long = Self {
            identity: "Identité mise en doute".to_owned(),
            name: super::LONG.to_owned(),
            carer: "01 99 00 41 07".to_owned(),
            form: Form::default().wrong("time", "Dites à quelle heure, par exemple 15:30"),
            ..usual.clone()
        };
        long.phone.title = "Erreur\u{a0}: l’heure du rendez-vous".to_owned();
        vec![("vide", bare), ("courant", usual), ("extreme", long)]
    }
}

pub(crate) fn sample_outcomes() -> Vec<Choice> {
    Choice::list(&[
        ("seen", "Vu"),
        ("no-show", "Absent"),
        ("phone-advice", "Conseil par téléphone"),
        ("not-at-home", "Pas à son domicile"),
        ("seen-elsewhere", "Vu ailleurs"),
        ("sent-to-emergency", "Adressé aux urgences ou au 15"),
        ("patient-cancelled", "Annulé par le patient"),
        ("professional-cancelled", "Annulé par moi"),
    ])
}

impl Sample for ClosePage {
    const NAME: &'static str = "cloture";

    fn samples() -> Vec<(&'static str, Self)> {
        let mut phone = sample_phone("Clore", PhoneTab::None);
        phone.back = Some(("/prises/req_1".to_owned(), "Retour au patient".to_owned()));
        let page = |form: Form| Self {
            phone: phone.clone(),
            id: "req_01JD0000000000000000000001".to_owned(),
            about: "Garçon, 9\u{a0}ans, mal d’oreille".to_owned(),
            form,
            usual: Choice::list(&[("seen", "Vu"), ("no-show", "Absent"), ("other", "Autre…")]),
            others: sample_outcomes(),
            noted: false,
            may_list: true,
            next: NextFields::sample(),
            to: "Elle sera lue par Dr\u{a0}Sorrel.".to_owned(),
        };
        let mut wrong = page(Form::default().wrong("outcome", "Dites ce qui s’est passé"));
        wrong.phone.title = "Erreur\u{a0}: clore".to_owned();
        vec![
            ("courant", page(Form::default().with("outcome", "seen"))),
            ("extreme", wrong),
        ]
    }
}
