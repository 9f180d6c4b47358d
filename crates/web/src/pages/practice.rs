//! The six practice calls of the demonstration, shown beside the page they are played on. Owns how
//! a script is put into words; nothing is filled in, and outside the demonstration there is none.

use relais_app::demo::{DemoPatient, PracticeCall, practice};
use relais_app::phone::national;
use relais_core::request::Sex;

use crate::forms::Fields;
use crate::parts::Toast;
use crate::show::{commune, typeset};
use crate::views::Script;
use crate::web::Web;

/// The form of a practice call as it begins: blank, and marked with its word.
pub(super) fn blank(web: &Web, name: &str) -> Option<Fields> {
    let known = find(web, name).is_some();
    let mut fields = Fields::default();
    fields.0.insert("script".to_owned(), vec![name.to_owned()]);
    known.then_some(fields)
}

/// The practice call a form is marked with.
pub(super) fn script(web: &Web, fields: &Fields) -> Option<Script> {
    let world = &web.site.demo.as_ref()?.world;
    let (calls, place) = find(web, fields.get("script"))?;
    let call = calls.get(place)?;
    let next = calls.get(place + 1).map(address).unwrap_or_default();
    let patient = world.patients.get(call.patient)?;
    let usual = patient.usual.professionals.first();
    let usual = usual
        .and_then(|id| world.professional(*id))
        .map(|p| format!("{}\u{a0}{} {}", p.civility, p.first_names, p.last_name));
    Some(Script {
        name: call.name.to_owned(),
        title: format!(
            "Appel d’essai {} sur {}\u{a0}: {}",
            place + 1,
            calls.len(),
            crate::show::lower(call.title)
        ),
        says: typeset(call.says),
        facts: facts(call, patient, usual),
        answers: typeset(call.answers),
        done_when: typeset(call.done_when),
        next,
    })
}

/// What an address carries once a practice call is over; nothing for any other call.
pub(super) fn played(web: &Web, fields: &Fields) -> String {
    let name = fields.get("script");
    match find(web, name) {
        Some(_) => format!("&essai={name}"),
        None => String::new(),
    }
}

/// The toast of what just happened, with the way to the next practice call.
pub(super) fn onward(web: &Web, name: &str, toast: Option<Toast>) -> Option<Toast> {
    let mut toast = toast?;
    if let Some((calls, place)) = find(web, name) {
        toast.link = Some(match calls.get(place + 1) {
            Some(next) => (address(next), "Appel d’essai suivant".to_owned()),
            None => ("/demo".to_owned(), "Les six appels sont joués".to_owned()),
        });
    }
    Some(toast)
}

/// The practice calls and the place of one among them.
fn find(web: &Web, name: &str) -> Option<(Vec<PracticeCall>, usize)> {
    let calls = practice(&web.site.demo.as_ref()?.world);
    let place = calls.iter().position(|call| call.name == name)?;
    Some((calls, place))
}

/// Where a call is played.
pub(super) fn address(call: &PracticeCall) -> String {
    format!("/direct?exemple={}", call.name)
}

/// Someone known gives a number; the rest is found with it, and checked with them.
fn facts(
    call: &PracticeCall,
    patient: &DemoPatient,
    usual: Option<String>,
) -> Vec<(&'static str, String)> {
    let birth = patient.birth_date;
    let town = call.elsewhere.map_or_else(
        || format!("{} {}", commune(patient.insee), patient.postcode),
        str::to_owned,
    );
    let sex = match patient.sex {
        Sex::Female => "Femme",
        Sex::Male => "Homme",
        Sex::Unknown => "Non dit",
    };
    let mut facts = vec![
        ("Téléphone", national(&patient.phone)),
        ("Nom de naissance", patient.birth_name.clone()),
        ("Prénoms", patient.first_names.clone()),
        (
            "Date de naissance",
            format!("{:02}/{:02}/{}", birth.day(), birth.month(), birth.year()),
        ),
        ("Sexe", sex.to_owned()),
        ("Commune", town),
    ];
    facts.push((
        "Médecin traitant",
        usual.unwrap_or_else(|| "Aucun".to_owned()),
    ));
    facts
}
