//! A request as somebody typed or posted it, and its checks: every wrong field is named, nothing
//! is repeated of what was typed. Shared by the pages and the API.

use super::comment;
use super::field::{Errors, codes};
pub use super::need::{MotiveDraft, NeedDraft};
pub use super::person::{AddressDraft, PatientDraft};
pub use super::series::SeriesDraft;
use crate::directory::Directory;
use crate::error::AppError;
use crate::phone::Phone;
use crate::reference::communes::Communes;
use jiff::civil::Date;
use relais_core::access::{Actor, Role};
use relais_core::cascade::{Refusal, WINDOW_MAX_MINUTES, WINDOW_MIN_MINUTES};
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, RequestId};
use relais_core::people::Profession;
use relais_core::request::{Contacted, Need, Origin, PatientFacts, RedFlags, Usual, UsualDoctor};
use relais_core::slug::Slug;
use relais_store::patients::Identity;
use serde::Deserialize;

/// Longest code of a list kept beside the need, bytes.
const CODE_MAX: usize = 60;
/// Most requests said to be of somebody else.
const APART_MAX: usize = 12;
/// Most usual professionals declared.
const USUAL_MAX: usize = 10;

/// The body of `POST /requests` (CONTRACT).
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestDraft {
    /// The patient: identity, sealed when stored.
    pub patient: PatientDraft,
    /// Usual professionals.
    #[serde(default)]
    pub usual: UsualDraft,
    /// What triage gave.
    #[serde(default)]
    pub triage: Option<TriageDraft>,
    /// The need.
    pub need: NeedDraft,
    /// Response window, minutes.
    #[serde(default)]
    pub window_minutes: Option<i64>,
    /// Consent of the patient to a synthesis for the usual doctor.
    #[serde(default)]
    pub consent_synthesis: bool,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Option<String>,
    /// Requests shown as possible duplicates that are of somebody else (R2).
    #[serde(default)]
    pub not_same_as: Vec<String>,
}

/// Usual professionals as typed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsualDraft {
    /// yes, no or unknown.
    #[serde(default)]
    pub doctor: Option<String>,
    /// RPPS number of the usual doctor.
    #[serde(default)]
    pub rpps: Option<String>,
    /// RPPS numbers of usual professionals.
    #[serde(default)]
    pub professionals: Vec<String>,
    /// unable, unreachable or not-tried.
    #[serde(default)]
    pub contacted: Option<String>,
}

/// What triage gave.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriageDraft {
    /// none, present or unknown.
    pub red_flags: String,
    /// Sheet used.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Its version.
    #[serde(default)]
    pub version: Option<i64>,
    /// Answers given, as codes.
    #[serde(default)]
    pub answers: Vec<serde_json::Value>,
}

/// A draft that holds together.
pub struct Checked {
    /// The network that answers.
    pub network: NetworkId,
    /// What is needed.
    pub need: Need,
    /// The facts.
    pub patient: PatientFacts,
    /// The identity, to be sealed.
    pub identity: Identity,
    /// Postcode.
    pub postcode: String,
    /// The patient's own number.
    pub phone: Phone,
    /// Usual professionals.
    pub usual: Usual,
    /// Red flags.
    pub red_flags: RedFlags,
    /// Origin.
    pub origin: Origin,
    /// Window.
    pub window_minutes: Option<u16>,
    /// Consent.
    pub consent_synthesis: bool,
    /// Requests of somebody else, whatever they have in common (R2).
    pub not_same_as: Vec<RequestId>,
    /// RPPS number of the usual doctor, when they are no member.
    pub outside_rpps: Option<String>,
}

impl RequestDraft {
    /// Checks everything; each wrong field is named once, with what to do.
    pub fn check(
        &self,
        actor: &Actor,
        directory: &Directory,
        today: Date,
    ) -> Result<Checked, AppError> {
        let mut errors = Errors::default();
        let identity = self.patient.identity(&mut errors, today);
        let place = self.patient.place(&mut errors);
        let need = self.need.read(&mut errors);
        let usual = self.usual(&mut errors, directory);
        let red_flags = self.red_flags(&mut errors, actor);
        let origin = self.origin(&mut errors, actor, directory);
        let window_minutes = self.window(&mut errors);
        let not_same_as = self.not_same_as(&mut errors);
        let (Some((identity, phone, age, sex)), Some((insee, postcode)), Some(need)) =
            (identity, place, need)
        else {
            return Err(AppError::Invalid(errors.0));
        };
        if let Some(found) = comment::identity_in(&need.comment, &identity) {
            errors.add("/need/comment", comment::sentence(&need.comment, &found));
        }
        // Codes are stored and shown as they are: one that names the patient is no code.
        let sheet = self.triage.as_ref().and_then(|t| t.sheet.as_deref());
        let codes = [
            ("/need/care_type", Some(need.care.as_str())),
            ("/need/specialty", need.specialty.as_ref().map(Slug::as_str)),
            ("/triage/sheet", sheet),
        ];
        for (pointer, code) in codes {
            let code = code.unwrap_or_default();
            if code.len() > CODE_MAX || comment::identity_in(code, &identity).is_some() {
                errors.add(
                    pointer,
                    "Ce n’est pas un code\u{a0}: choisissez dans la liste.",
                );
            }
        }
        if !errors.0.is_empty() {
            return Err(AppError::Invalid(errors.0));
        }
        let (Some(usual), Some(red_flags), Some(origin)) = (usual, red_flags, origin) else {
            return Err(AppError::Invalid(errors.0));
        };
        let network = network_for(actor, directory, insee)?;
        let point = Communes::shipped().point(insee);
        Ok(Checked {
            network,
            need,
            patient: PatientFacts {
                age,
                sex,
                commune: insee,
                point,
            },
            identity,
            postcode,
            phone,
            usual,
            red_flags,
            origin,
            window_minutes,
            consent_synthesis: self.consent_synthesis,
            not_same_as,
            outside_rpps: self.outside_rpps(directory),
        })
    }

    fn usual(&self, errors: &mut Errors, directory: &Directory) -> Option<Usual> {
        let u = &self.usual;
        let doctor = u.doctor.as_deref().unwrap_or("unknown");
        let doctor = errors.coded(
            "/usual/doctor",
            doctor,
            UsualDoctor::from_code,
            "yes, no, unknown",
        );
        let contacted = u.contacted.as_deref().unwrap_or("not-tried");
        let among = "unable, unreachable, not-tried";
        let contacted = errors.coded("/usual/contacted", contacted, Contacted::from_code, among);
        if u.professionals.len() > USUAL_MAX {
            errors.add(
                "/usual/professionals",
                format!("{USUAL_MAX} professionnels au plus."),
            );
            return None;
        }
        let mut found = Vec::new();
        let mut outside = false;
        let first = u.rpps.iter().map(|rpps| ("/usual/rpps".to_owned(), rpps));
        let others = u.professionals.iter().enumerate();
        let others = others.map(|(index, rpps)| (format!("/usual/professionals/{index}"), rpps));
        for (pointer, rpps) in first.chain(others) {
            let rpps = rpps.trim();
            if rpps.is_empty() {
                continue;
            }
            if rpps.len() != 11 || !rpps.bytes().all(|b| b.is_ascii_digit()) {
                errors.add(&pointer, "Un numéro RPPS a onze chiffres.");
                continue;
            }
            match directory.by_rpps(rpps).map(|person| person.member.id) {
                Some(id) if !found.contains(&id) => found.push(id),
                Some(_) => {}
                None => outside = true,
            }
        }
        if doctor == Some(UsualDoctor::Yes) && u.rpps.is_none() && found.is_empty() {
            outside = true;
        }
        Some(Usual {
            doctor: doctor?,
            professionals: found,
            outside,
            contacted: contacted?,
            // Known from the store when the request is raised.
            stand_ins: Vec::new(),
        })
    }

    fn red_flags(&self, errors: &mut Errors, actor: &Actor) -> Option<RedFlags> {
        match &self.triage {
            Some(triage) => {
                let among = "none, present, unknown";
                let pointer = "/triage/red_flags";
                errors.coded(pointer, &triage.red_flags, RedFlags::from_code, among)
            }
            None if actor.role == Role::Professional => Some(RedFlags::None),
            None => {
                errors.add("/triage", "Posez les questions de gravité avant de lancer.");
                None
            }
        }
    }

    fn origin(&self, errors: &mut Errors, actor: &Actor, directory: &Directory) -> Option<Origin> {
        if let Some(code) = &self.origin {
            let among = codes(Origin::ALL, Origin::code);
            return errors.coded("/origin", code, Origin::from_code, &among);
        }
        match actor.role {
            Role::Professional => {
                let person = actor.professional.and_then(|id| directory.person(id));
                let counter = person.is_some_and(|p| p.member.profession == Profession::Pharmacist);
                Some(if counter {
                    Origin::Pharmacy
                } else {
                    Origin::Professional
                })
            }
            Role::Partner => Some(Origin::Partner),
            Role::Operator
            | Role::Regulator
            | Role::Coordinator
            | Role::Administrator
            | Role::Auditor
            | Role::Secretary => {
                errors.add("/origin", "Dites d’où vient la demande.");
                None
            }
        }
    }

    fn outside_rpps(&self, directory: &Directory) -> Option<String> {
        let rpps = self.usual.rpps.as_deref()?.trim();
        let unknown = !rpps.is_empty() && directory.by_rpps(rpps).is_none();
        unknown.then(|| rpps.to_owned())
    }

    fn not_same_as(&self, errors: &mut Errors) -> Vec<RequestId> {
        let pointer = "/not_same_as";
        if self.not_same_as.len() > APART_MAX {
            errors.add(pointer, format!("{APART_MAX} demandes au plus."));
            return Vec::new();
        }
        let read = self.not_same_as.iter().map(|text| text.parse().ok());
        read.collect::<Option<Vec<RequestId>>>().unwrap_or_else(|| {
            errors.add(pointer, "Ce n’est pas le numéro d’une demande.");
            Vec::new()
        })
    }

    fn window(&self, errors: &mut Errors) -> Option<u16> {
        let minutes = self.window_minutes?;
        let fitting = u16::try_from(minutes)
            .ok()
            .filter(|m| (WINDOW_MIN_MINUTES..=WINDOW_MAX_MINUTES).contains(m));
        if fitting.is_none() {
            errors.add(
                "/window_minutes",
                "Le délai de réponse va de 10 minutes à 24 heures (1440 minutes).",
            );
        }
        fitting
    }
}

/// ISO (`1951-04-02`) or French (`02/04/1951`, `2 4 1951`, `02.04.1951`).
pub fn read_date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > 10 {
        return None;
    }
    let parts: Vec<&str> = text.split(['/', '.', ' ', '-']).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The network that answers for a commune: the actor's own, if the commune is its or tolerated;
/// for a professional, any network they are an active member of, and no other (R2, I13).
pub fn network_for(
    actor: &Actor,
    directory: &Directory,
    insee: Insee,
) -> Result<NetworkId, AppError> {
    let mut candidates = vec![actor.network];
    if actor.role == Role::Professional {
        let person = actor.professional.and_then(|id| directory.person(id));
        let theirs = person.map_or(&[][..], |person| &person.member.memberships);
        candidates.extend(theirs.iter().map(|m| m.network));
        candidates.retain(|id| person.is_some_and(|person| person.member.belongs_to(*id)));
        if candidates.is_empty() {
            return Err(Refusal::RightEnded.into());
        }
    }
    let mut tolerated = None;
    for id in &candidates {
        match directory.network(*id)?.communes.get(&insee) {
            Some(false) => return Ok(*id),
            Some(true) if tolerated.is_none() => tolerated = Some(*id),
            Some(true) | None => {}
        }
    }
    tolerated.ok_or_else(|| {
        let elsewhere = directory
            .networks()
            .find(|n| n.communes.get(&insee) == Some(&false));
        let pointer = elsewhere.map_or_else(
            || "Pour une urgence\u{a0}: 15.".to_owned(),
            |n| {
                format!(
                    "C’est le secteur de {}, {}.",
                    n.network.name, n.network.phone
                )
            },
        );
        AppError::problem(
            "out-of-territory",
            422,
            format!("Cette commune n’est pas dans votre secteur. {pointer}"),
        )
    })
}
