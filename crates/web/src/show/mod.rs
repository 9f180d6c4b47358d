//! From the application's readings to the pages' words. Owns which fact becomes which French word
//! and where it stands; decides nothing, opens no identity.

mod actions;
mod board;
mod call;
pub(crate) mod calls;
mod case;
mod frame;
pub(crate) mod network;
mod offer;
pub(crate) mod protocols;
pub(crate) mod qualify;
mod request;
pub(crate) mod service;
mod stages;
mod track;

pub(crate) use board::board;
pub(crate) use call::{STARTS, call, lasting, proposal, waiting};
pub(crate) use case::case;
pub(crate) use frame::{desk, phone};
pub(crate) use offer::{agreed, is_open, mine_words, offer_page, open_item, past_item, settled};
pub(crate) use request::{asked_words, request_page};

use std::sync::Arc;

use jiff::tz::TimeZone;
use relais_app::directory::Directory;
use relais_app::reference::communes::Communes;
use relais_app::reference::motives::Motives;
use relais_app::text::labels;
use relais_app::text::when::When;
use relais_core::geo::Insee;
use relais_core::ids::ProfessionalId;
use relais_core::people::{Mode, Profession};
use relais_core::request::{Age, Need, PatientFacts, Request, Sex, Status};
use relais_core::slug::Slug;
use relais_core::time::Instant;

use crate::icon::Icon;
use crate::parts::{State, Tone};

/// What is needed to say anything: the hour, the zone, the directory.
#[derive(Clone)]
pub(crate) struct Eye {
    pub(crate) now: Instant,
    pub(crate) zone: Arc<TimeZone>,
    pub(crate) directory: Arc<Directory>,
}

impl Eye {
    pub(crate) fn when(&self) -> When<'_> {
        When::new(self.now, &self.zone)
    }

    /// A professional's name.
    pub(crate) fn name(&self, id: ProfessionalId) -> String {
        self.directory.person(id).map_or_else(
            || "un professionnel".to_owned(),
            |person| person.display_name(),
        )
    }

    /// First moment without the right to practise, under a contract.
    pub(crate) fn practises_until(&self, id: ProfessionalId) -> Option<Instant> {
        let person = self.directory.person(id)?;
        person.member.standing.ends()
    }

    /// Where a professional mainly practises.
    pub(crate) fn town(&self, id: ProfessionalId) -> String {
        self.directory
            .person(id)
            .and_then(|person| {
                person
                    .places
                    .iter()
                    .find(|place| place.main)
                    .or(person.places.first())
            })
            .map(|place| commune(place.insee))
            .unwrap_or_default()
    }
}

/// A commune's name.
pub(crate) fn commune(insee: Insee) -> String {
    Communes::shipped()
        .get(insee)
        .map_or_else(|| insee.as_str().to_owned(), |found| found.name.to_owned())
}

/// Puts the typographer's apostrophe and spaces into a sentence that came from data.
pub(crate) fn typeset(text: &str) -> String {
    text.replace('\'', "’")
        .replace(" ?", "\u{a0}?")
        .replace(" !", "\u{a0}!")
        .replace(" :", "\u{a0}:")
        .replace(" ;", "\u{a0};")
        .replace("« ", "«\u{a0}")
        .replace(" »", "\u{a0}»")
}

/// A comment as a sentence: typeset, with one full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    let text = typeset(text.trim());
    if text.ends_with(['.', '!', '?', '…']) {
        text
    } else {
        format!("{text}.")
    }
}

/// A motive's label, ready for the middle of a sentence.
pub(crate) fn motive(code: &Slug) -> String {
    lower(&typeset(Motives::shipped().label(code)))
}

/// The motives of a need, `mal de dos et fièvre`.
pub(crate) fn motives(need: &Need) -> String {
    let names: Vec<_> = need.motives.iter().map(motive).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

/// With a small first letter, unless the word is all capitals.
pub(crate) fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

/// With a capital first letter.
pub(crate) fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// What is asked for, as a title begins: `Consultation`, `Visite infirmière`, `Dentiste`.
pub(crate) fn care(need: &Need) -> String {
    let visit = need.mode == Mode::Visit;
    let remote = need.mode == Mode::Teleconsultation;
    let words = match (need.profession, visit, remote) {
        (Profession::Gp, false, false) => "Consultation",
        (Profession::Gp, true, _) => "Visite",
        (Profession::Gp, _, true) => "Téléconsultation",
        (Profession::Nurse, true, _) => "Visite infirmière",
        (Profession::Nurse, false, false) => "Soin infirmier",
        (Profession::Nurse, _, true) => "Téléconsultation infirmière",
        (Profession::Physio, true, _) => "Kiné à domicile",
        (Profession::Physio, ..) => "Kinésithérapie",
        (Profession::Midwife, true, _) => "Visite de sage-femme",
        (other, visit, remote) => {
            let name = upper(labels::profession(other));
            return match (visit, remote) {
                (true, _) => format!("{name} à domicile"),
                (_, true) => format!("{name} à distance"),
                _ => name,
            };
        }
    };
    words.to_owned()
}

/// `H 82 ans`; a band under two and over ninety (R6).
pub(crate) fn sex_age(patient: &PatientFacts) -> String {
    let age = labels::age(patient.age.shown());
    match patient.sex {
        Sex::Unknown => age,
        sex if is_child(patient.age) => format!(
            "{} {age}",
            if sex == Sex::Female {
                "Fille"
            } else {
                "Garçon"
            }
        ),
        sex => format!("{} {age}", if sex == Sex::Female { "F" } else { "H" }),
    }
}

/// `Femme, 45 ans`, `Garçon, 9 ans`.
pub(crate) fn whom(patient: &PatientFacts) -> String {
    let age = labels::age(patient.age.shown());
    let child = is_child(patient.age);
    let word = match (patient.sex, child) {
        (Sex::Female, false) => "Femme",
        (Sex::Female, true) => "Fille",
        (Sex::Male, false) => "Homme",
        (Sex::Male, true) => "Garçon",
        (Sex::Unknown, false) => "Adulte",
        (Sex::Unknown, true) => "Enfant",
    };
    format!("{word}, {age}")
}

pub(crate) const fn is_child(age: Age) -> bool {
    age.years < 15
}

/// Agrees a past participle with the patient: `né`, `née`, `né ou née`.
pub(crate) const fn born(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "Née",
        Sex::Male => "Né",
        Sex::Unknown => "Né(e)",
    }
}

/// The state of a request, as the table of DESIGN §5 draws it.
pub(crate) fn state(request: &Request) -> State {
    let status = request.status();
    let word = labels::status(status, request.need.profession);
    let (tone, icon) = match status {
        Status::ToQualify => (Tone::Qualify, Icon::ClipboardText),
        Status::AskingUsual => (Tone::Usual, Icon::Stethoscope),
        Status::AskingCommunity => (Tone::Community, Icon::UsersThree),
        Status::AskingNeighbours => (Tone::Community, Icon::ArrowsOutSimpleBold),
        Status::Unfilled => (Tone::Hand, Icon::Hand),
        Status::Accepted | Status::Scheduled => (Tone::Taken, Icon::CheckCircle),
        Status::Cancelled => (Tone::Closed, Icon::XCircle),
        Status::Transferred15 => (Tone::Fifteen, Icon::Siren),
        Status::Paused => (Tone::Closed, Icon::Pause),
        Status::Closed => match request.closure() {
            Some(relais_core::request::Closure::Seen) => (Tone::Taken, Icon::CheckCircle),
            Some(relais_core::request::Closure::NoShow) => (Tone::Closed, Icon::UserMinus),
            Some(relais_core::request::Closure::NoTaker) => (Tone::Closed, Icon::Hand),
            _ => (Tone::Closed, Icon::FlagCheckered),
        },
    };
    let word = match request.closure() {
        Some(closure) => labels::closure(closure).to_owned(),
        None => typeset(&word.to_string()),
    };
    State::new(tone, icon, word)
}

/// `1 médecin`, `7 médecins`.
pub(crate) fn people(count: usize, profession: Profession) -> String {
    let word = match (profession, count > 1) {
        (Profession::Gp | Profession::Specialist, false) => "médecin".to_owned(),
        (Profession::Gp | Profession::Specialist, true) => "médecins".to_owned(),
        (other, false) => labels::profession(other).to_string(),
        (other, true) => labels::professions(other).to_string(),
    };
    format!("{count}\u{a0}{word}")
}

/// `s` when there are several.
pub(crate) const fn s(count: usize) -> &'static str {
    if count > 1 { "s" } else { "" }
}
