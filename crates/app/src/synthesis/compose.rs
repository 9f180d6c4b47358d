//! What a note says and to whom, put together from the request, the sealed identity and what the
//! professional wrote.

use super::sender::{Sender, software};
use super::written::Said;
use crate::app::Inner;
use crate::directory::Directory;
use crate::error::AppError;
use crate::patients::read_outside;
use crate::reference::communes::Communes;
use crate::reference::motives::Motives;
use crate::text::{labels, note};
use relais_core::ids::PatientId;
use relais_core::people::Profession;
use relais_core::request::{OfferStatus, Phase, Request};
use relais_core::time::Instant;
use relais_documents::traits::Traits;
use relais_documents::{Author, Note, Patient, Recipient, Section, Version};
use relais_gateways::mssante::is_mailbox;
use relais_store::patients::{Identity, Plain};
use relais_store::professionals::ProfessionalRow;
use relais_store::requests::Stored;
use relais_store::{Tx, mailboxes, national, patients};

/// The usual doctor of a request, and the ways to them.
#[derive(Debug, Clone)]
pub(crate) struct Doctor {
    /// Their record, when they are a member: they read it in the application.
    pub(crate) member: Option<relais_core::ids::ProfessionalId>,
    /// RPPS.
    pub(crate) rpps: String,
    /// Surname.
    pub(crate) family: String,
    /// First names.
    pub(crate) given: String,
    /// Their mailboxes, the best one first.
    pub(crate) mailboxes: Vec<String>,
}

impl Doctor {
    /// As a message names them.
    pub(crate) fn said(&self) -> String {
        format!("Dr {}", self.family)
    }
}

/// The usual doctor declared for a request; none when none is known, or when they are the one who
/// has the patient.
pub(super) fn doctor(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    stored: &Stored,
    author: relais_core::ids::ProfessionalId,
) -> Result<Option<Doctor>, AppError> {
    let known = stored.request.usual.professionals.iter();
    let known = known.filter_map(|id| directory.person(*id)).find(|person| {
        matches!(
            person.member.profession,
            Profession::Gp | Profession::Specialist
        )
    });
    match known {
        Some(person) if person.member.id == author => Ok(None),
        Some(person) => of_record(tx, person).map(Some),
        None => outside_doctor(inner, tx, stored.patient),
    }
}

fn of_record(tx: &mut Tx<'_>, person: &ProfessionalRow) -> Result<Doctor, AppError> {
    let member = person.member.memberships.iter();
    let member = member.clone().any(|m| person.member.belongs_to(m.network));
    let mut boxes: Vec<String> = person.mssante.iter().cloned().collect();
    for found in mailboxes::list_of_person(tx, &person.rpps)? {
        if !boxes.contains(&found.address) {
            boxes.push(found.address);
        }
    }
    boxes.retain(|address| is_mailbox(address));
    Ok(Doctor {
        member: member.then_some(person.member.id),
        rpps: person.rpps.clone(),
        family: person.last_name.clone(),
        given: person.first_names.clone(),
        mailboxes: boxes,
    })
}

/// The usual doctor who is no member, as kept with the patient.
pub(crate) fn outside_doctor(
    inner: &Inner,
    tx: &mut Tx<'_>,
    patient: PatientId,
) -> Result<Option<Doctor>, AppError> {
    let kept = patients::find_usual_outside(tx, &inner.vault, patient)?;
    let Some((rpps, name)) = kept.and_then(|kept| read_outside(kept.expose())) else {
        return Ok(None);
    };
    let entry = national::list_of_person(tx, &rpps)?.into_iter().next();
    let (family, given) = match entry {
        Some(entry) => (entry.last_name, entry.first_name),
        None => (name, String::new()),
    };
    let boxes = mailboxes::list_of_person(tx, &rpps)?.into_iter();
    let boxes = boxes.map(|found| found.address).filter(|a| is_mailbox(a));
    Ok(Some(Doctor {
        member: None,
        mailboxes: boxes.collect(),
        rpps,
        family,
        given,
    }))
}

/// Everything a note is made of.
pub(super) struct Parts<'p> {
    pub(super) stored: &'p Stored,
    pub(super) plain: &'p Plain,
    pub(super) identity: &'p Identity,
    pub(super) traits: Traits,
    pub(super) author: &'p ProfessionalRow,
    pub(super) doctor: Option<&'p Doctor>,
    pub(super) directory: &'p Directory,
    pub(super) said: &'p Said,
    pub(super) version: Version,
    pub(super) now: Instant,
}

/// Puts it together.
pub(super) fn compose(parts: &Parts<'_>, sender: &Sender) -> Result<Note, AppError> {
    let (stored, identity, author) = (parts.stored, parts.identity, parts.author);
    let request = &stored.request;
    let entry = parts.directory.network(request.network)?;
    let commune = Communes::shipped().get(parts.plain.insee);
    let recipient = parts.doctor.map(|doctor| Recipient {
        rpps: doctor.rpps.clone(),
        family: doctor.family.clone(),
        given: doctor.given.clone(),
        mailbox: doctor.mailboxes.first().cloned().unwrap_or_default(),
    });
    Ok(Note {
        oids: sender.oids.clone(),
        version: parts.version.clone(),
        reference: stored.code.clone(),
        zone: entry.calendar.zone.clone(),
        signed_at: parts.now,
        from: began(request).unwrap_or(parts.now),
        mode: request.need.mode,
        patient: Patient {
            traits: parts.traits.clone(),
            used_name: identity.used_name.as_ref().map(|n| n.expose().to_owned()),
            number: stored.patient.to_string(),
            phone: Some(identity.phone.expose().to_owned()),
            street: identity.address_line.expose().to_owned(),
            postcode: parts.plain.postcode.clone(),
            commune: commune.map_or("", |c| c.name).to_owned(),
        },
        author: Author {
            rpps: author.rpps.clone(),
            family: author.last_name.clone(),
            given: author.first_names.clone(),
            said: author.display_name(),
            profession: author.member.profession,
            phone: author.contact_number.clone(),
        },
        organisation: sender.organisation(&entry.network),
        facility: sender.facility.clone(),
        recipient,
        sections: sections(request, parts.said),
        software: software(),
    })
}

/// When the act began, as far as anybody knows: the time agreed, if it is past, else the acceptance.
fn began(request: &Request) -> Option<Instant> {
    match &request.phase {
        Phase::Engaged(engagement) => Some(engagement.at),
        _ => request
            .offers
            .iter()
            .filter_map(|offer| match offer.status {
                OfferStatus::Accepted { at } => Some(at),
                _ => None,
            })
            .max(),
    }
}

fn sections(request: &Request, said: &Said) -> Vec<Section> {
    let motives = request.need.motives.iter();
    let motives: Vec<&str> = motives.map(|m| Motives::shipped().label(m)).collect();
    let mut demand = format!(
        "{}\n{}, dans les {}\u{a0}heures",
        motives.join(", "),
        labels::mode(request.need.mode),
        request.need.within_hours
    );
    if let Some(series) = &request.need.series {
        demand.push('\n');
        demand.push_str(&crate::text::series::series(series));
    }
    if !request.need.comment.is_empty() {
        demand.push('\n');
        demand.push_str(&request.need.comment);
    }
    let mut sections = vec![Section::new(note::DEMAND, demand)];
    for (title, text) in said.titled() {
        if !text.is_empty() {
            sections.push(Section::new(title, text));
        }
    }
    sections
}
