//! The look-up of a caller: by phone, or by a name and the birth date. A short list first, and the whole of one person
//! when they are picked; who looked, when, why, and at whom is written down in the same transaction (R6).

use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::journal;
use crate::phone::Phone;
use crate::requests::draft::read_date;
use relais_core::access::{self, LookUpAccess};
use relais_core::geo::Insee;
use relais_core::ids::{ContactId, PatientId, ProfessionalId, RequestId};
use relais_core::request::{Sex, Status, UsualDoctor};
use relais_core::time::Instant;
use relais_store::patients::{self, Identity};
use relais_store::requests::{self, Stored};
use relais_store::{Tx, patient_marks};
use serde_json::json;

/// Most people shown by one look-up.
pub const PEOPLE_MAX: usize = 8;
/// Most records read for one look-up; the same person has one a request.
const RECORDS_MAX: u32 = 60;

/// What somebody is looked up by, as typed.
#[derive(Clone, Default)]
pub struct Search {
    /// Any way of writing a number.
    pub phone: String,
    /// Birth name, used name, or a part of a compound one.
    pub name: String,
    /// ISO date, or jj/mm/aaaa.
    pub birth_date: String,
    /// The call during which they are looked up.
    pub contact: Option<ContactId>,
}

/// What is looked for, checked.
enum Wanted {
    Phone(Phone),
    Named { name: String, birth_date: String },
}

impl Wanted {
    /// The word of the journal.
    const fn by(&self) -> &'static str {
        match self {
            Self::Phone(_) => "phone",
            Self::Named { .. } => "name-and-birth-date",
        }
    }
}

/// Somebody known, as the list shows them.
#[derive(Clone)]
pub struct KnownPerson {
    /// Their newest record.
    pub record: PatientId,
    /// Who.
    pub identity: Identity,
    /// Administrative sex.
    pub sex: Sex,
    /// Commune of the last place of care.
    pub insee: Insee,
    /// Postcode of it.
    pub postcode: String,
    /// Their last request, if the record has one.
    pub last: Option<LastRequest>,
}

/// The last request of somebody.
#[derive(Debug, Clone)]
pub struct LastRequest {
    /// Which.
    pub id: RequestId,
    /// Its short number.
    pub code: String,
    /// Where it stands.
    pub status: Status,
    /// When it was raised.
    pub raised_at: Instant,
}

/// What a look-up found.
#[derive(Clone)]
pub struct LookUp {
    /// The people, most recent first, at most [`PEOPLE_MAX`].
    pub people: Vec<KnownPerson>,
    /// There are more than are shown: the search must be narrowed.
    pub more: bool,
}

/// Somebody picked in the list, whole.
#[derive(Clone)]
pub struct Known {
    /// Who.
    pub person: KnownPerson,
    /// Had they a usual doctor, as they last said.
    pub doctor: Option<UsualDoctor>,
    /// Their usual professionals who are members, as they last said.
    pub usual: Vec<ProfessionalId>,
    /// Their usual doctor who is no member: RPPS number, then name.
    pub outside: Option<(String, String)>,
}

impl App {
    /// Looks a caller up among the patients of the desk's own network.
    ///
    /// # Errors
    /// `Denied` to anybody but the desk; `Invalid` when there is neither a number nor a name with a birth date.
    pub async fn look_up(&self, who: &Who, search: Search) -> Result<LookUp, AppError> {
        let actor = who.signed_in()?;
        let wanted = wanted(&search)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let access = access::look_up(&actor).map_err(|_| AppError::Denied)?;
            let records = records(inner, tx, &access, &wanted)?;
            let full = records.len() >= usize::try_from(RECORDS_MAX).unwrap_or(usize::MAX);
            let mut people: Vec<KnownPerson> = Vec::new();
            let mut more = full;
            for record in records {
                let person = open(inner, tx, record, &access)?;
                if let Some(known) = people.iter_mut().find(|known| same(known, &person)) {
                    // The record that was last asked for says most: who the usual doctor is.
                    let asked = |person: &KnownPerson| person.last.as_ref().map(|l| l.raised_at);
                    if asked(&person) > asked(known) {
                        *known = person;
                    }
                    continue;
                }
                if people.len() == PEOPLE_MAX {
                    more = true;
                    break;
                }
                people.push(person);
            }
            let body = json!({
                "by": wanted.by(),
                "shown": people.len(),
                "more": more,
                "contact": search.contact.map(|id| id.to_string()),
            });
            let network = Some(access.network());
            let by = Some(wanted.by());
            journal::act(tx, network, "patient.looked-up", None, by, &body, &who, now)?;
            for person in &people {
                let last = person.last.as_ref().map(|last| last.id);
                journal::looked_up(tx, &access, person.record, last, &who, now)?;
            }
            Ok(LookUp { people, more })
        })
        .await
    }

    /// Somebody picked in the list: everything the form needs, journaled again.
    ///
    /// # Errors
    /// `Denied` to anybody but the desk; `NotFound` for a record of another network, or one that was erased.
    pub async fn known_patient(&self, who: &Who, record: PatientId) -> Result<Known, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let access = access::look_up(&actor).map_err(|_| AppError::Denied)?;
            let plain = patients::find_plain(tx, record)?.ok_or(AppError::NotFound)?;
            if plain.network != access.network() || plain.erased_at.is_some() {
                return Err(AppError::NotFound);
            }
            let person = open(inner, tx, record, &access)?;
            let request = last_request(tx, record)?.map(|stored| stored.request);
            let outside = patients::find_usual_outside(tx, &inner.vault, record)?;
            let last = person.last.as_ref().map(|last| last.id);
            journal::looked_up(tx, &access, record, last, &who, now)?;
            Ok(Known {
                person,
                doctor: request.as_ref().map(|request| request.usual.doctor),
                usual: request.map(|r| r.usual.professionals).unwrap_or_default(),
                outside: outside.and_then(|kept| read_outside(kept.expose())),
            })
        })
        .await
    }
}

/// A usual doctor who is no member, in the form they are kept in.
pub(crate) fn write_outside(rpps: &str, name: &str) -> String {
    format!("{rpps}|{name}")
}

pub(crate) fn read_outside(kept: &str) -> Option<(String, String)> {
    let (rpps, name) = kept.split_once('|')?;
    Some((rpps.to_owned(), name.to_owned()))
}

fn wanted(search: &Search) -> Result<Wanted, AppError> {
    let (phone, name) = (search.phone.trim(), search.name.trim());
    if !phone.is_empty() {
        return Phone::read(phone).map(Wanted::Phone).ok_or_else(|| {
            AppError::invalid(
                "/phone",
                "Ce n’est pas un numéro de téléphone. Exemple\u{a0}: 06 12 34 56 78.",
            )
        });
    }
    if name.is_empty() {
        return Err(AppError::invalid(
            "/name",
            "Cherchez par téléphone, ou par nom et date de naissance.",
        ));
    }
    if name.chars().count() > 100 {
        return Err(AppError::invalid("/name", "100 caractères au plus."));
    }
    let birth_date = read_date(&search.birth_date).ok_or_else(|| {
        AppError::invalid(
            "/birth_date",
            "Pour chercher par nom, donnez aussi la date de naissance. Exemple\u{a0}: 02/04/1951.",
        )
    })?;
    Ok(Wanted::Named {
        name: name.to_owned(),
        birth_date: birth_date.to_string(),
    })
}

fn records(
    inner: &Inner,
    tx: &mut Tx<'_>,
    access: &LookUpAccess,
    wanted: &Wanted,
) -> Result<Vec<PatientId>, AppError> {
    let (vault, network) = (&inner.vault, access.network());
    Ok(match wanted {
        Wanted::Phone(phone) => {
            patient_marks::list_by_phone(tx, vault, network, phone.e164(), RECORDS_MAX)?
        }
        Wanted::Named { name, birth_date } => {
            patient_marks::list_by_name(tx, vault, network, name, birth_date, RECORDS_MAX)?
        }
    })
}

fn open(
    inner: &Inner,
    tx: &mut Tx<'_>,
    record: PatientId,
    access: &LookUpAccess,
) -> Result<KnownPerson, AppError> {
    let plain = patients::find_plain(tx, record)?.ok_or(AppError::NotFound)?;
    let identity = patients::open_found(tx, &inner.vault, record, access)?;
    let last = last_request(tx, record)?;
    Ok(KnownPerson {
        record,
        identity,
        sex: plain.sex,
        insee: plain.insee,
        postcode: plain.postcode,
        last: last.map(|stored| LastRequest {
            id: stored.request.id,
            status: stored.request.status(),
            raised_at: stored.request.raised_at,
            code: stored.code,
        }),
    })
}

fn last_request(tx: &mut Tx<'_>, record: PatientId) -> Result<Option<Stored>, AppError> {
    let ids = requests::list_for_patient(tx, &[record], Instant::from_millis(0))?;
    match ids.first() {
        Some(id) => Ok(requests::find(tx, *id)?),
        None => Ok(None),
    }
}

/// The same person seen twice: each request has a record of its own.
fn same(a: &KnownPerson, b: &KnownPerson) -> bool {
    let fold = crate::reference::folded;
    let (a, b) = (&a.identity, &b.identity);
    a.birth_date == b.birth_date
        && fold(a.birth_name.expose()) == fold(b.birth_name.expose())
        && fold(a.first_names.expose()) == fold(b.first_names.expose())
}
