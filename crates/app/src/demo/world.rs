//! The demonstration territory as plain data: who, where, on what terms, and what happened so far.
//! Nothing here reads a clock or a database; the shell writes it down and plays the stories.

use super::start;
use super::stories::{Guided, Story};
use crate::reference::communes::Communes;
use jiff::civil::Date;
use relais_core::access::Role;
use relais_core::cascade::{Policy, Raise};
use relais_core::geo::{Insee, Point};
use relais_core::ids::{NetworkId, PatientId, PlaceId, ProfessionalId, RequestId, UserId};
use relais_core::people::{
    Channels, Declared, Member, Membership, MembershipStatus, Profession, Profile, Standing,
};
use relais_core::request::{Age, PatientFacts, Requester, Sex, Usual};
use relais_core::slug::Slug;
use relais_core::time::{Calendar, Instant, OpeningHours};
use relais_store::codec::settings::PublicSettings;

/// A whole fictional territory.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoWorld {
    /// The seed it was made from.
    pub seed: u64,
    /// The moment at which it is shown first; stories lie before it.
    pub start: Instant,
    /// The networks of one federation: north, centre, south of Essonne.
    pub networks: Vec<DemoNetwork>,
    /// Which networks' requests may be put to which others' members.
    pub sharing: Vec<DemoSharing>,
    /// Everybody the directory knows.
    pub professionals: Vec<DemoProfessional>,
    /// Every account: staff, the partner, and one for each professional.
    pub users: Vec<DemoUser>,
    /// Everybody who was or will be helped.
    pub patients: Vec<DemoPatient>,
    /// What happened before the start, to be played through the real use cases.
    pub stories: Vec<Story>,
    /// The guided visit.
    pub guided: Guided,
}

/// A network.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoNetwork {
    /// Which.
    pub id: NetworkId,
    /// Join code (`SNP91N`).
    pub code: &'static str,
    /// Full name.
    pub name: &'static str,
    /// Name for an SMS.
    pub short_name: &'static str,
    /// What kind of network.
    pub kind: &'static str,
    /// The desk's number, E.164, in the range kept for fiction.
    pub phone: String,
    /// Civil zone.
    pub zone: &'static str,
    /// Opening hours.
    pub hours: OpeningHours,
    /// Settings of the cascade.
    pub policy: Policy,
    /// What the public sees of it.
    pub public: PublicSettings,
    /// Its territory.
    pub communes: Vec<Insee>,
    /// Communes just outside it that it helps too (R2).
    pub tolerated: Vec<Insee>,
}

/// One direction of a federation agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoSharing {
    /// Requests of this network …
    pub requests_of: NetworkId,
    /// … may be put to members of this one.
    pub offered_to: NetworkId,
}

/// A place of practice.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoPlace {
    /// Which.
    pub id: PlaceId,
    /// What it is called.
    pub label: String,
    /// Street line, invented.
    pub line: String,
    /// Postcode.
    pub postcode: String,
    /// Commune.
    pub insee: Insee,
    /// Where it is.
    pub point: Point,
}

/// A fictional professional.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoProfessional {
    /// Which.
    pub id: ProfessionalId,
    /// Fictional RPPS number (9970…) with a valid key.
    pub rpps: String,
    /// `Dr`, `Mme` or `M.`.
    pub civility: &'static str,
    /// Surname.
    pub last_name: String,
    /// First name.
    pub first_names: String,
    /// Profession.
    pub profession: Profession,
    /// Specialty of a specialist.
    pub specialty: Option<Slug>,
    /// Under what title they practise.
    pub standing: Standing,
    /// Given to the patient on acceptance, E.164.
    pub contact_number: Option<String>,
    /// Where offers ring; never shown, E.164.
    pub alert_number: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Secured mail address.
    pub mssante: Option<String>,
    /// Has a phone that shows notifications.
    pub has_smartphone: bool,
    /// Their fake phone is switched off: no receipt ever comes back.
    pub phone_off: bool,
    /// Where they practise, main place first.
    pub places: Vec<DemoPlace>,
    /// Their networks, the home one first.
    pub memberships: Vec<Membership>,
    /// Their terms.
    pub profile: Profile,
    /// Ways that lead to them.
    pub channels: Channels,
    /// Cooperation protocols they declared, at their main place.
    pub cooperations: Vec<Declared>,
}

impl DemoProfessional {
    /// Nothing is open to them any more: they left every network, or their contract is over.
    pub fn has_left(&self, now: Instant) -> bool {
        let mut memberships = self.memberships.iter();
        let left = memberships.all(|one| one.status == MembershipStatus::Left);
        left || self.standing.ends().is_some_and(|end| end <= now)
    }

    /// As matching sees them.
    pub fn member(&self) -> Member {
        Member {
            id: self.id,
            profession: self.profession,
            specialty: self.specialty.clone(),
            memberships: self.memberships.clone(),
            places: self.places.iter().map(|place| place.point).collect(),
            standing: self.standing,
            profile: self.profile.clone(),
            channels: self.channels,
            cooperations: self.cooperations.clone(),
        }
    }

    /// As people say it: `Dr Anne Petit`.
    pub fn display_name(&self) -> String {
        format!("{} {} {}", self.civility, self.first_names, self.last_name)
    }

    /// The network they belong to first.
    pub fn home(&self) -> NetworkId {
        self.memberships[0].network
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoUser {
    /// Which.
    pub id: UserId,
    /// Login.
    pub login: String,
    /// Name shown.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// In which network.
    pub network: NetworkId,
    /// The professional behind it.
    pub professional: Option<ProfessionalId>,
    /// Among the one-click roles of the sign-in page.
    pub featured: bool,
}

/// A fictional patient.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoPatient {
    /// Which.
    pub id: PatientId,
    /// The network that knows them.
    pub network: NetworkId,
    /// Name at birth.
    pub birth_name: String,
    /// Name in use, when another.
    pub used_name: Option<String>,
    /// First names.
    pub first_names: String,
    /// Administrative sex.
    pub sex: Sex,
    /// Birth date.
    pub birth_date: Date,
    /// Mobile or landline, E.164, in a range kept for fiction.
    pub phone: String,
    /// A relative's or carer's mobile.
    pub carer_phone: Option<String>,
    /// Street line, invented.
    pub line: String,
    /// Postcode.
    pub postcode: String,
    /// Commune.
    pub insee: Insee,
    /// Where it is.
    pub point: Point,
    /// The usual professionals declared.
    pub usual: Usual,
    /// The name of a usual doctor the directory does not know.
    pub usual_name: Option<String>,
}

impl DemoPatient {
    /// What may be known of them before acceptance. Distances are counted from the town centre, as
    /// the application does for an address it cannot geocode.
    pub fn facts(&self, today: Date) -> PatientFacts {
        PatientFacts {
            age: Age::on(self.birth_date, today).unwrap_or(Age {
                years: 0,
                months: 0,
            }),
            sex: self.sex,
            commune: self.insee,
            point: Communes::shipped().point(self.insee),
        }
    }
}

impl DemoWorld {
    /// The calendar of a network, by index.
    pub fn calendar(&self, network: usize) -> Calendar {
        Calendar {
            hours: self.networks[network].hours.clone(),
            zone: start::zone(),
        }
    }

    /// Everybody, as matching sees them.
    pub fn members(&self) -> Vec<Member> {
        self.professionals
            .iter()
            .map(DemoProfessional::member)
            .collect()
    }

    /// The networks whose members may be asked for a network's requests.
    pub fn sharing_with(&self, network: NetworkId) -> Vec<NetworkId> {
        let agreed = self
            .sharing
            .iter()
            .filter(|sharing| sharing.requests_of == network);
        agreed.map(|sharing| sharing.offered_to).collect()
    }

    /// A professional by id.
    pub fn professional(&self, id: ProfessionalId) -> Option<&DemoProfessional> {
        self.professionals
            .iter()
            .find(|professional| professional.id == id)
    }

    /// Who raises, from the account: a professional, the partner, or the desk.
    pub fn requester(&self, user: usize) -> Requester {
        let user = &self.users[user];
        match (user.role, user.professional) {
            (Role::Professional, Some(professional)) => {
                Requester::Professional(professional, user.id)
            }
            (Role::Partner, _) => Requester::Partner(user.id),
            _ => Requester::Staff(user.id),
        }
    }

    /// What the core is asked when a story begins.
    pub fn raise_of(&self, story: &Story, id: RequestId) -> Raise {
        let patient = &self.patients[story.patient];
        let today = self
            .raised_at(story)
            .timestamp()
            .to_zoned(start::zone())
            .date();
        Raise {
            id,
            network: self.networks[story.network].id,
            requester: self.requester(story.requester),
            origin: story.origin,
            need: story.need.clone(),
            patient: patient.facts(today),
            usual: patient.usual.clone(),
            red_flags: story.red_flags,
            consent_synthesis: story.consent_synthesis,
            window_minutes: story.window_minutes,
        }
    }

    /// When a story begins.
    pub fn raised_at(&self, story: &Story) -> Instant {
        self.start - relais_core::time::Duration::minutes(story.at_minutes_before)
    }
}
