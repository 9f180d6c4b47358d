//! The demonstration's guided calls: forms already filled with an invented patient, so that a
//! newcomer invents nothing. The red-flag answers are never filled: a question not asked is not a no.

use relais_app::demo::{DemoPatient, DemoWorld, GuidedCall};
use relais_app::directory::Directory;
use relais_app::reference::communes::Communes;
use relais_app::reference::motives::Motives;

use crate::forms::Fields;
use crate::show::{care, commune, motives};
use crate::typed::{motive_label, professional_label};
use crate::web::Web;
use relais_app::phone::national;

/// A guided call and the word that names it in an address.
pub(super) struct Example<'w> {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) page: &'static str,
    pub(super) call: &'w GuidedCall,
}

/// The guided calls, in the order they are played.
pub(super) fn examples(world: &DemoWorld) -> [Example<'_>; 3] {
    let guided = &world.guided;
    [
        Example {
            name: "otite",
            title: "Une otite à Massy",
            page: "/direct",
            call: &guided.first_call,
        },
        Example {
            name: "personne",
            title: "Un besoin que personne ne peut prendre",
            page: "/direct",
            call: &guided.nobody,
        },
        Example {
            name: "infirmier",
            title: "La pharmacienne cherche un infirmier",
            page: "/demander",
            call: &guided.nurse,
        },
    ]
}

impl Example<'_> {
    /// `Lucie Testard, née le 04/03/1981, 06 39 98 12 34, Massy. Consultation, mal d’oreille.`
    pub(super) fn told(&self, world: &DemoWorld) -> String {
        let Some(patient) = world.patients.get(self.call.patient) else {
            return String::new();
        };
        let first = patient
            .first_names
            .split_whitespace()
            .next()
            .unwrap_or_default();
        format!(
            "{first} {}, {}, {}. {}, {}.",
            patient.birth_name,
            national(&patient.phone),
            commune(patient.insee),
            care(&self.call.need),
            motives(&self.call.need)
        )
    }
}

/// The form of a guided call; an empty one outside the demonstration, or for another word.
pub(super) fn form(web: &Web, directory: &Directory, name: &str) -> Option<Fields> {
    let demo = web.site.demo.as_ref()?;
    let world = &demo.world;
    let found = examples(world)
        .into_iter()
        .find(|example| example.name == name)?;
    let patient = world.patients.get(found.call.patient)?;
    // The counter's form takes words, the operator's codes.
    let words = found.page == "/demander";
    Some(filled(directory, found.call, patient, words))
}

fn filled(directory: &Directory, call: &GuidedCall, patient: &DemoPatient, words: bool) -> Fields {
    let place = Communes::shipped().get(patient.insee);
    let town = place.map_or_else(String::new, |place| {
        format!("{} {}", place.name, patient.postcode)
    });
    let usual = patient.usual.professionals.iter().find_map(|id| {
        let person = directory.person(*id)?;
        let fits = person.member.profession == call.need.profession;
        fits.then(|| professional_label(person).0)
    });
    let has = if usual.is_some() {
        "yes"
    } else {
        patient.usual.doctor.code()
    };
    let birth = patient.birth_date;
    let mut form = Filled::default()
        .with("birth_name", &patient.birth_name)
        .with(
            "used_name",
            patient.used_name.as_deref().unwrap_or_default(),
        )
        .with("first_names", &patient.first_names)
        .with("sex", patient.sex.code())
        .with(
            "birth_date",
            &format!("{:02}/{:02}/{}", birth.day(), birth.month(), birth.year()),
        )
        .with("phone", &national(&patient.phone))
        .with("address_line", &patient.line)
        .with("commune", &town)
        .with("usual", has)
        .with("usual_name", usual.as_deref().unwrap_or_default())
        .with("contacted", "not-tried")
        .with("origin", call.origin.code())
        .with("profession", call.need.profession.code())
        .with("care_type", call.need.care.as_str())
        .with("mode", call.need.mode.code())
        .with("within_hours", &call.need.within_hours.to_string())
        .with("comment", &call.need.comment);
    for code in &call.need.motives {
        let known = Motives::shipped().get(code.as_str()).filter(|_| words);
        let motive = known.map_or_else(|| code.to_string(), motive_label);
        form = form.with("motive", &motive);
    }
    form.0
}

/// A form being filled.
#[derive(Default)]
struct Filled(Fields);

impl Filled {
    fn with(mut self, name: &str, value: &str) -> Self {
        let values = self.0.0.entry(name.to_owned()).or_default();
        values.push(value.to_owned());
        self
    }
}
