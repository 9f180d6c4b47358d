//! The questions of the public form, one a page, and what is checked of each answer. Answers are
//! kept as they were typed, so that nothing is lost; what they mean is read again when sent.

use super::place::{self, Place};
use super::{birth, number};
use crate::contacts::Typed;
use crate::directory::NetworkEntry;
use crate::error::FieldError;
use crate::phone::Phone;
use crate::reference::communes::Communes;
use crate::reference::motives::Motives;
use crate::requests::field::is_reordering;
use jiff::civil::Date;
use relais_core::geo::Insee;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A question of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// For whom.
    ForWhom,
    /// Their name.
    Name,
    /// Their birth date, or their age.
    Birth,
    /// Where they are.
    Commune,
    /// The number to call back.
    Phone,
    /// What is wrong, in everyday words.
    Motive,
    /// Do they have a usual doctor: yes, no, does not know.
    Doctor,
    /// When they can be called and seen, and anything else.
    Availability,
}

/// Motives proposed to the public, in everyday words; the code is the closed list's.
pub const MOTIVES: &[(&str, &str)] = &[
    ("fievre", "Fièvre"),
    ("toux", "Toux, grippe"),
    ("rhume", "Rhume, nez bouché"),
    ("odynophagie", "Mal à la gorge"),
    ("otalgie", "Mal à l’oreille"),
    ("douleur-abdominale", "Mal au ventre"),
    ("vomissement", "Vomissements, diarrhée"),
    ("lombalgie", "Mal au dos"),
    ("cephalees", "Mal à la tête"),
    ("cystite", "Brûlures en urinant"),
    ("eruption", "Boutons, plaques sur la peau"),
    ("traumatisme", "Coup, chute, entorse"),
    ("plaie", "Plaie, coupure"),
    ("ophtalmo", "Œil rouge ou douloureux"),
    ("dentaire", "Mal aux dents"),
    ("autre", "Autre chose"),
];

/// For whom one may ask.
pub const FOR_WHOM: &[(&str, &str)] = &[
    ("me", "Pour moi"),
    ("child", "Pour mon enfant"),
    ("relative", "Pour un proche"),
    ("other", "Pour quelqu’un que j’accompagne"),
];

/// Whether there is a usual doctor.
pub const DOCTOR: &[(&str, &str)] = &[("yes", "Oui"), ("no", "Non"), ("unknown", "Je ne sais pas")];

/// When one can be called back and seen.
pub const AVAILABILITY: &[(&str, &str)] = &[
    ("any", "À tout moment aujourd’hui"),
    ("hours", "À certaines heures seulement"),
];

/// Longest name, and longest line of anything else, characters.
const LINE_MAX: usize = 100;
/// Longest free text, characters.
const TEXT_MAX: usize = 500;

impl Step {
    /// Every question, in order.
    pub const ALL: &'static [Self] = &[
        Self::ForWhom,
        Self::Name,
        Self::Birth,
        Self::Commune,
        Self::Phone,
        Self::Motive,
        Self::Doctor,
        Self::Availability,
    ];

    /// The last word of its address.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::ForWhom => "pour-qui",
            Self::Name => "nom",
            Self::Birth => "naissance",
            Self::Commune => "commune",
            Self::Phone => "telephone",
            Self::Motive => "motif",
            Self::Doctor => "medecin",
            Self::Availability => "disponibilite",
        }
    }

    /// The question of an address.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| step.slug() == slug)
    }

    /// Its fields.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::ForWhom => &["for_whom"],
            Self::Name => &["first_names", "birth_name"],
            Self::Birth => &["birth_date", "age"],
            Self::Commune => &["commune", "insee"],
            Self::Phone => &["phone"],
            Self::Motive => &["motive", "words"],
            Self::Doctor => &["usual", "usual_name"],
            Self::Availability => &["availability", "hours", "more"],
        }
    }

    /// Its number, from 1.
    pub fn number(self) -> usize {
        Self::ALL
            .iter()
            .position(|step| *step == self)
            .map_or(1, |index| index + 1)
    }

    /// The question before.
    pub fn before(self) -> Option<Self> {
        let earlier = self.number().checked_sub(2)?;
        Self::ALL.get(earlier).copied()
    }
}

/// What the checks look at.
#[derive(Clone, Copy)]
pub struct Ground<'g> {
    /// The network asked.
    pub entry: &'g NetworkEntry,
    /// The civil day there.
    pub today: Date,
}

/// Answers as typed, by field. No Debug: they hold an identity.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    /// One answer, trimmed; empty when there is none.
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", |text| text.trim())
    }

    /// These answers with those of a question in place of its earlier ones.
    #[must_use]
    pub fn with(&self, step: Step, given: impl Fn(&str) -> String) -> Self {
        let mut next = self.clone();
        for field in step.fields() {
            let text = given(field);
            if text.trim().is_empty() {
                next.0.remove(*field);
            } else {
                // Far beyond what is taken: what is too long is refused, not cut, by the check.
                let text = text.chars().take(TEXT_MAX * 2).collect();
                next.0.insert((*field).to_owned(), text);
            }
        }
        next
    }

    /// What the last page repeats once the form is sent: the number, nothing else.
    pub(super) fn after_sending(&self) -> Self {
        let phone = self.get("phone").to_owned();
        Self(BTreeMap::from([("phone".to_owned(), phone)]))
    }

    /// The first question not well answered yet.
    pub fn first_open(&self, ground: &Ground<'_>) -> Option<Step> {
        let mut steps = Step::ALL.iter().copied();
        steps.find(|step| !self.check(*step, ground).is_empty())
    }

    /// The commune, as far as it is recognised.
    pub fn place(&self, entry: &NetworkEntry) -> Place {
        place::read(entry, self.get("commune"), self.get("insee"))
    }

    /// The number to call back.
    pub fn phone(&self) -> Option<Phone> {
        number::read(self.get("phone")).ok()
    }

    /// What is wrong with the answers to a question, by field; nothing when it is well answered.
    pub fn check(&self, step: Step, ground: &Ground<'_>) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: String| {
            errors.push(FieldError::new(field, message));
        };
        for field in step.fields() {
            if let Some(message) = self.unreadable(field) {
                wrong(field, message);
            }
        }
        if !errors.is_empty() {
            return errors;
        }
        let mut wrong = |field: &str, message: &str| {
            errors.push(FieldError::new(field, message));
        };
        let among = |field: &str, known: &[(&str, &str)]| {
            known.iter().any(|(code, _)| *code == self.get(field))
        };
        match step {
            Step::ForWhom => {
                if !among("for_whom", FOR_WHOM) {
                    wrong("for_whom", "Dites pour qui vous faites cette demande");
                }
            }
            Step::Name => {
                if self.get("first_names").is_empty() {
                    wrong("first_names", "Écrivez le prénom");
                }
                if self.get("birth_name").is_empty() {
                    wrong("birth_name", "Écrivez le nom de famille");
                }
            }
            Step::Birth => {
                let (date, age) = (self.get("birth_date"), self.get("age"));
                if !date.is_empty() {
                    if let Err(why) = birth::date(date, ground.today) {
                        wrong("birth_date", &why);
                    }
                } else if age.is_empty() {
                    wrong(
                        "birth_date",
                        "Écrivez la date de naissance, ou l’âge si vous ne la connaissez pas",
                    );
                } else if let Err(why) = birth::age(age) {
                    wrong("age", &why);
                }
            }
            Step::Commune => match self.place(ground.entry) {
                Place::Here(..) => {}
                Place::Elsewhere(_) => {
                    wrong("commune", "Cette commune n’est pas dans notre territoire");
                }
                Place::Several(_) => {
                    wrong(
                        "insee",
                        "Plusieurs communes correspondent. Choisissez la vôtre",
                    );
                }
                Place::Unknown if self.get("commune").is_empty() => {
                    wrong("commune", "Écrivez la commune, ou son code postal");
                }
                Place::Unknown => wrong(
                    "commune",
                    "Nous ne connaissons pas cette commune. Écrivez son nom en entier, ou son code postal",
                ),
            },
            Step::Phone => {
                if let Err(why) = number::read(self.get("phone")) {
                    wrong("phone", &why);
                }
            }
            Step::Motive => {
                if !among("motive", MOTIVES) {
                    wrong(
                        "motive",
                        "Choisissez ce qui ressemble le plus, ou «\u{a0}Autre chose\u{a0}»",
                    );
                } else if self.get("motive") == "autre" && self.get("words").is_empty() {
                    wrong("words", "Dites en quelques mots ce qui ne va pas");
                }
            }
            Step::Doctor => {
                if !among("usual", DOCTOR) {
                    wrong(
                        "usual",
                        "Répondez oui, non, ou «\u{a0}Je ne sais pas\u{a0}»",
                    );
                }
            }
            Step::Availability => {
                if !among("availability", AVAILABILITY) {
                    wrong("availability", "Dites quand on peut vous joindre");
                } else if self.get("availability") == "hours" && self.get("hours").is_empty() {
                    wrong(
                        "hours",
                        "Dites à quelles heures, par exemple\u{a0}: après 14 h",
                    );
                }
            }
        }
        errors
    }

    /// Too long, or with signs that are no text.
    fn unreadable(&self, field: &str) -> Option<String> {
        let text = self.get(field);
        let most = match field {
            "words" | "more" => TEXT_MAX,
            _ => LINE_MAX,
        };
        let count = text.chars().count();
        if count > most {
            return Some(format!(
                "C’est trop long\u{a0}: {most} caractères au plus, vous en avez écrit {}",
                if count >= TEXT_MAX * 2 {
                    "plus de 1\u{a0}000".to_owned()
                } else {
                    count.to_string()
                }
            ));
        }
        let odd = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_reordering(c);
        text.chars()
            .any(odd)
            .then(|| "Ce texte contient un caractère invisible. Écrivez-le de nouveau".to_owned())
    }

    /// The age in words, when the birth date is not known.
    pub fn age(&self) -> Option<String> {
        birth::age(self.get("age")).ok()
    }

    /// The operator's form as far as these answers fill it.
    pub(super) fn typed(&self, ground: &Ground<'_>) -> Typed {
        let mut typed = BTreeMap::new();
        let mut put = |field: &str, text: String| {
            if !text.is_empty() {
                typed.insert(field.to_owned(), vec![text]);
            }
        };
        for field in ["first_names", "birth_name", "motive", "usual", "usual_name"] {
            put(field, self.get(field).to_owned());
        }
        let phone = self.phone();
        put(
            "phone",
            phone.map_or_else(String::new, |p| crate::phone::national(p.e164())),
        );
        if let Ok(born) = birth::date(self.get("birth_date"), ground.today) {
            put("birth_date", born.strftime("%d/%m/%Y").to_string());
        }
        if let Place::Here(insee, postcode) = self.place(ground.entry) {
            let name = Communes::shipped().get(insee).map_or("", |c| c.name);
            put("commune", format!("{name} {postcode}").trim().to_owned());
        }
        put("web_note", self.note());
        Typed(typed)
    }

    /// What has no field of its own on the operator's form, in sentences she reads.
    fn note(&self) -> String {
        let word = |field: &str, known: &[(&str, &str)]| {
            let found = known.iter().find(|(code, _)| *code == self.get(field));
            found.map_or("", |(_, word)| *word).to_owned()
        };
        let mut parts = vec![word("for_whom", FOR_WHOM)];
        if self.get("birth_date").is_empty()
            && let Some(age) = self.age()
        {
            parts.push(format!("Âge dit\u{a0}: {age}"));
        }
        parts.push(self.get("words").to_owned());
        parts.push(match self.get("availability") {
            "hours" => format!("Joignable\u{a0}: {}", self.get("hours")),
            _ => word("availability", AVAILABILITY),
        });
        parts.push(self.get("more").to_owned());
        parts.retain(|part| !part.is_empty());
        parts.join(". ")
    }

    /// The code of the motive, when it is one of the closed list.
    pub(super) fn motive(&self) -> Option<&'static str> {
        let motive = Motives::shipped().get(self.get("motive"))?;
        Some(motive.code.as_str())
    }

    /// The INSEE code of the commune, once it is recognised and of the territory.
    pub(super) fn commune(&self, entry: &NetworkEntry) -> Option<Insee> {
        match self.place(entry) {
            Place::Here(insee, _) => Some(insee),
            Place::Elsewhere(_) | Place::Several(_) | Place::Unknown => None,
        }
    }
}
