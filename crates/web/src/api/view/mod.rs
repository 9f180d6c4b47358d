//! The shapes the API answers. Built from the domain's state and the directory; none has a place
//! for an identity (see [`super::identity`], the only one that adds it).

mod activity;
mod fairness;
mod inside;
mod offer;
mod request;

pub(crate) use activity::{activity, digest};
pub(crate) use fairness::{left_out, own_figures, solicitations};
pub(crate) use inside::{EntryView, MessageView, VerdictView, verdict};
pub(crate) use offer::offer;
pub(crate) use request::{AppointmentView, NeedView, RequestView, appointment, need, request};

use relais_app::directory::Directory;
use relais_app::reference::communes::Communes;
use relais_core::geo::Insee;
use relais_core::ids::ProfessionalId;
use relais_core::request::{AgeShown, PatientFacts};
use relais_core::time::Instant;
use serde::Serialize;

/// A moment, RFC 3339 UTC.
pub(crate) fn at(instant: Instant) -> String {
    instant.timestamp().to_string()
}

/// A moment that may be none.
pub(crate) fn maybe(instant: Option<Instant>) -> Option<String> {
    instant.map(at)
}

/// A professional, as a public directory knows them.
#[derive(Debug, Serialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) rpps: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) profession: Option<&'static str>,
}

/// Names a professional.
pub(crate) fn person(directory: &Directory, id: ProfessionalId) -> Person {
    let found = directory.person(id);
    Person {
        id: id.to_string(),
        rpps: found.map(|row| row.rpps.clone()),
        name: found.map(|row| row.display_name()),
        profession: found.map(|row| row.member.profession.code()),
    }
}

/// The code of a network.
pub(crate) fn network(directory: &Directory, id: relais_core::ids::NetworkId) -> Option<String> {
    directory
        .network(id)
        .ok()
        .map(|entry| entry.network.code.clone())
}

/// What anybody who may see a request knows of the patient (R6).
#[derive(Debug, Serialize)]
pub(crate) struct FactsView {
    /// Completed years; null when only the band may be shown.
    pub(crate) age: Option<u8>,
    /// `under-2`, `over-90`, or null.
    pub(crate) age_band: Option<&'static str>,
    pub(crate) sex: &'static str,
    pub(crate) insee: String,
    pub(crate) commune: Option<String>,
}

/// The facts, the age in a band under two and over ninety.
pub(crate) fn facts(patient: &PatientFacts) -> FactsView {
    let (age, age_band) = match patient.age.shown() {
        AgeShown::UnderTwo => (None, Some("under-2")),
        AgeShown::Years(years) => (Some(years), None),
        AgeShown::OverNinety => (None, Some("over-90")),
    };
    FactsView {
        age,
        age_band,
        sex: patient.sex.code(),
        insee: patient.commune.as_str().to_owned(),
        commune: commune(patient.commune),
    }
}

/// The name of a commune.
pub(crate) fn commune(insee: Insee) -> Option<String> {
    Communes::shipped()
        .get(insee)
        .map(|commune| commune.name.to_owned())
}
