//! Raising a request, and what it would do before it is raised.

use super::behind::{Start, begun, contact_of, kind_of};
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::contacts::Ending;
use crate::cooperation;
use crate::directory::Directory;
use crate::error::AppError;
use crate::idempotent::Kept;
use crate::journal;
use crate::members;
use crate::patients::alike::{Probe, alike};
use crate::patients::look_up::write_outside;
use crate::protocols::answers::{self, Given};
use crate::protocols::count_answers;
use crate::regulation::overrides::{self, PassedOver};
use crate::requests::draft::{Checked, RequestDraft};
use crate::shell::{Saving, lately, loads, loads_to_ask, save};
use relais_core::access::{Actor, Role};
use relais_core::cascade::{self, Facts, Preview, Raise, due};
use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, PatientId, RequestId};
use relais_core::request::{Request, Requester};
use relais_core::time::Instant;
use relais_store::contacts::{self, Contact};
use relais_store::seal::Secret;
use relais_store::{StoreError, Tx, keys, national, patients, requests};
use std::sync::Arc;

pub use super::behind::Behind;

/// A request just raised.
#[derive(Debug, Clone)]
pub struct Raised {
    /// Which.
    pub id: RequestId,
    /// Its short number.
    pub code: String,
    /// The state.
    pub request: Request,
    /// Open or recent requests of the same person: shown, never merged silently (R2).
    pub possible_duplicates: Vec<(RequestId, String)>,
}

impl App {
    /// Raises a request: contact, sealed patient, cascade, first messages, in one transaction.
    pub async fn raise(&self, who: &Who, draft: RequestDraft) -> Result<Raised, AppError> {
        self.raise_once(who, draft, None).await
    }

    /// The same, the answer kept under an idempotency key in that transaction: whatever happens to
    /// the process, a repeat finds the answer or finds nothing done.
    pub async fn raise_once(
        &self,
        who: &Who,
        draft: RequestDraft,
        kept: Option<Kept<Raised>>,
    ) -> Result<Raised, AppError> {
        self.raise_from(who, draft, kept, Behind::default()).await
    }

    /// The same, with what is behind it: the open contact ends, and what was passed over is written, in the
    /// same transaction.
    pub async fn raise_from(
        &self,
        who: &Who,
        draft: RequestDraft,
        kept: Option<Kept<Raised>>,
        behind: Behind,
    ) -> Result<Raised, AppError> {
        let (start, passed) = behind.split();
        self.raise_as(who, draft, kept, start, passed).await
    }

    pub(super) async fn raise_as(
        &self,
        who: &Who,
        draft: RequestDraft,
        kept: Option<Kept<Raised>>,
        start: Start,
        passed: Option<PassedOver>,
    ) -> Result<Raised, AppError> {
        let actor = who.signed_in()?;
        if !actor.may_raise() {
            return Err(AppError::Denied);
        }
        let (now, who) = (self.now(), who.clone());
        let raised = self
            .write(move |inner, tx| {
                let raised = raise(inner, tx, &who, actor, &draft, &start, now)?;
                if let Some(passed) = &passed {
                    let stored = requests::get_for_update(tx, raised.id)?;
                    overrides::write(inner, tx, &stored, passed, &who, now)?;
                }
                if let Some(kept) = &kept {
                    kept.keep(inner, tx, actor.user, &raised)?;
                }
                Ok(raised)
            })
            .await?;
        self.wake();
        Ok(raised)
    }

    /// What raising would do now; stores nothing.
    pub async fn preview(&self, who: &Who, draft: RequestDraft) -> Result<Preview, AppError> {
        let actor = who.signed_in()?;
        if !actor.may_raise() {
            return Err(AppError::Denied);
        }
        let now = self.now();
        self.read(move |inner, tx| preview(inner, tx, actor, &draft, now))
            .await
    }
}

fn checked(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    actor: &Actor,
    draft: &RequestDraft,
    now: Instant,
) -> Result<Checked, AppError> {
    let today = directory.network(actor.network)?.calendar.date(now);
    let mut checked = draft.check(actor, directory, today)?;
    checked.usual.stand_ins = members::frozen(tx, &checked.usual.professionals, now)?;
    if let Some(triage) = &draft.triage {
        let book = inner.book(tx, checked.network, now)?;
        let (sheet, answers) = (triage.sheet.as_deref(), &triage.answers);
        checked.red_flags =
            answers::check(&book, checked.red_flags, sheet, triage.version, answers)
                .map_err(AppError::Invalid)?;
        if let Some(sheet) = sheet.filter(|_| !orders(actor, directory)) {
            // What the sheet says of who may do the act prevails over what was left out.
            let wanted = cooperation::wanted(&book, sheet, checked.need.profession);
            checked.need.cooperations.extend(wanted);
        }
    }
    Ok(checked)
}

/// Whether the requester is a doctor, whose request gives the right to the act.
fn orders(actor: &Actor, directory: &Directory) -> bool {
    let own = actor.professional.and_then(|id| directory.person(id));
    own.is_some_and(|person| cooperation::prescribes(person.member.profession))
}

fn preview(
    inner: &Inner,
    tx: &mut Tx<'_>,
    actor: Actor,
    draft: &RequestDraft,
    now: Instant,
) -> Result<Preview, AppError> {
    let directory = inner.directory.current(tx)?;
    let checked = checked(inner, tx, &directory, &actor, draft, now)?;
    let entry = Arc::clone(directory.network(checked.network)?);
    let loads = loads(tx, &directory, checked.network, now)?;
    let facts = Facts {
        calendar: &entry.calendar,
        policy: &entry.network.policy,
        pool: directory.pool(checked.network, &loads),
        first_id: 0,
    };
    let raise = to_raise(&checked, RequestId::from_bits(0), requester(&actor));
    Ok(cascade::preview(raise, now, &facts))
}

pub(crate) fn raise(
    inner: &Inner,
    tx: &mut Tx<'_>,
    who: &Who,
    actor: Actor,
    draft: &RequestDraft,
    start: &Start,
    now: Instant,
) -> Result<Raised, AppError> {
    let open = match start {
        Start::Contact(id) => Some(crate::contacts::raisable(tx, &actor, *id)?),
        Start::Now | Start::Form(_) | Start::Paper(_) => None,
    };
    let directory = inner.directory.held_still(tx)?;
    let checked = checked(inner, tx, &directory, &actor, draft, now)?;
    let network = checked.network;
    let entry = Arc::clone(directory.network(network)?);
    let loads = loads_to_ask(tx, &directory, network, now)?;
    let mut pool = directory.pool(network, &loads);
    pool.lately = lately(tx, network, &entry.network.policy, now)?;
    let facts = Facts {
        calendar: &entry.calendar,
        policy: &entry.network.policy,
        pool,
        first_id: chance::id(now),
    };
    let id = RequestId::from_bits(chance::id(now));
    let wanted = to_raise(&checked, id, requester(&actor));
    let decision = match start {
        Start::Paper(late) => cascade::enter_late(wanted, late, now, &facts)?,
        Start::Now | Start::Form(_) | Start::Contact(_) => cascade::raise(wanted, now, &facts)?,
    };
    inner.somebody_regulates(tx, &directory, &actor, &decision.after, now)?;
    let same = same_person(inner, tx, &checked, now)?;
    let patient = PatientId::from_bits(chance::id(now));
    insert_patient(inner, tx, patient, &checked, now)?;
    keep_outside(inner, tx, patient, &checked)?;
    let code = requests::next_code(tx, network)?;
    requests::insert(tx, &decision.after, &code, patient, due(&decision.after))?;
    let open = match start {
        Start::Form(kept) => Some(begun(inner, tx, who, network, kept, now)?),
        Start::Now | Start::Contact(_) | Start::Paper(_) => open,
    };
    match &open {
        Some(contact) => {
            let ending = Ending::plain(Outcome::Request);
            crate::contacts::close(tx, contact, &ending, Some((id, patient)), who, now)?;
        }
        None => {
            let mut contact = contact_of(&checked, draft, &actor, id, patient, now);
            contact.triage = crate::regulation::case::kept(inner, tx, network, draft, now)?;
            if let Start::Paper(late) = start {
                contact.happened_at = Some(late.happened_at);
                contact.entered_late = true;
            }
            contacts::insert(tx, &contact)?;
        }
    }
    // An open contact that holds its answers counts them as it ends.
    let counted = open
        .as_ref()
        .is_some_and(|contact| contact.triage.is_some());
    if let Some(triage) = draft.triage.as_ref().filter(|_| !counted) {
        let given = Given::from_api(triage.sheet.as_deref(), triage.version, &triage.answers);
        count_answers(tx, network, &given, now)?;
    }
    let saving = Saving {
        before: None,
        after: &decision.after,
        events: &decision.events,
        effects: &decision.effects,
    };
    save(inner, tx, &directory, &saving, who, now, None)?;
    said_apart(tx, &decision.after, patient, &checked.not_same_as, who, now)?;
    perhaps_twice(tx, &decision.after, patient, &code, &same, who, now)?;
    Ok(Raised {
        id,
        code,
        request: decision.after,
        possible_duplicates: same,
    })
}

pub(super) const fn requester(actor: &Actor) -> Requester {
    match (actor.role, actor.professional) {
        (Role::Professional, Some(id)) => Requester::Professional(id, actor.user),
        (Role::Partner, _) => Requester::Partner(actor.user),
        _ => Requester::Staff(actor.user),
    }
}

fn to_raise(checked: &Checked, id: RequestId, requester: Requester) -> Raise {
    Raise {
        id,
        network: checked.network,
        requester,
        origin: checked.origin,
        need: checked.need.clone(),
        patient: checked.patient,
        usual: checked.usual.clone(),
        red_flags: checked.red_flags,
        consent_synthesis: checked.consent_synthesis,
        window_minutes: checked.window_minutes,
    }
}

fn insert_patient(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: PatientId,
    checked: &Checked,
    now: Instant,
) -> Result<(), AppError> {
    let network = checked.network;
    // A network without a key is a mistake of ours; a database that does not answer is none.
    keys::get_records_key(tx, &inner.vault, &network.to_string()).map_err(|error| match error {
        StoreError::NotFound { .. } => AppError::Bug(format!("network {network} has no key")),
        other => AppError::Store(other),
    })?;
    patients::insert(
        tx,
        &inner.vault,
        id,
        network,
        &checked.identity,
        checked.patient.sex,
        checked.patient.commune,
        &checked.postcode,
        now,
    )?;
    Ok(())
}

/// Keeps, sealed with the patient, the usual doctor who is no member: by the national directory, they can be written to.
fn keep_outside(
    inner: &Inner,
    tx: &mut Tx<'_>,
    patient: PatientId,
    checked: &Checked,
) -> Result<(), AppError> {
    let Some(rpps) = checked.outside_rpps.as_deref() else {
        return Ok(());
    };
    let places = national::list_of_person(tx, rpps)?;
    let name = places.first().map(crate::directory::outside_name);
    let kept = write_outside(rpps, &name.unwrap_or_default());
    patients::set_usual_outside(tx, &inner.vault, patient, &Secret::new(kept))?;
    Ok(())
}

/// Writes down the possible duplicates that the desk said were somebody else's (R2).
fn said_apart(
    tx: &mut Tx<'_>,
    request: &Request,
    patient: PatientId,
    others: &[RequestId],
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    if others.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = others.iter().map(ToString::to_string).collect();
    let body = serde_json::json!({
        "say": "Doublon possible écarté\u{a0}: ce n’est pas la même personne",
        "others": ids,
    });
    let about = Some((request, patient));
    let (network, act) = (Some(request.network), "duplicate.denied");
    journal::act(tx, network, act, about, None, &body, who, now)
}

/// Most possible duplicates of one request that are written down: those with the same first name, the latest first.
const TWICE_SAID: usize = 3;

/// Writes down, on each of them, requests that may be of one person (R2): whoever raised the second may be a program,
/// and the desk reads it on both pages.
fn perhaps_twice(
    tx: &mut Tx<'_>,
    request: &Request,
    patient: PatientId,
    code: &str,
    others: &[(RequestId, String)],
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let note = |tx: &mut Tx<'_>, about: (&Request, PatientId), code: &str| {
        let body = serde_json::json!({
            "say": format!("Doublon possible\u{a0}: la demande {code} est peut-être de la même personne"),
            "more": "Vérifiez avant que deux professionnels ne voient le même patient.",
        });
        let (network, act) = (Some(about.0.network), "duplicate.possible");
        journal::act(tx, network, act, Some(about), None, &body, who, now)
    };
    for (other, other_code) in others.iter().take(TWICE_SAID) {
        note(tx, (request, patient), other_code)?;
        if let Some(other) = requests::find(tx, *other)? {
            note(tx, (&other.request, other.patient), code)?;
        }
    }
    Ok(())
}

/// Requests of the same person, open or less than 24 h old (R2).
fn same_person(
    inner: &Inner,
    tx: &mut Tx<'_>,
    checked: &Checked,
    now: Instant,
) -> Result<Vec<(RequestId, String)>, AppError> {
    let identity = &checked.identity;
    let text = |secret: &Secret| secret.expose().to_owned();
    let probe = Probe {
        birth_name: text(&identity.birth_name),
        used_name: identity.used_name.as_ref().map(text).unwrap_or_default(),
        first_names: text(&identity.first_names),
        birth_date: text(&identity.birth_date),
        phone: text(&identity.phone),
    };
    let found = alike(inner, tx, checked.network, &probe, now)?;
    let others = found
        .into_iter()
        .filter(|alike| !checked.not_same_as.contains(&alike.stored.request.id));
    Ok(others
        .map(|alike| (alike.stored.request.id, alike.stored.code))
        .collect())
}

impl App {
    /// Records a contact that ended without a request, with its coded outcome (R2).
    pub async fn record_contact(
        &self,
        who: &Who,
        origin: relais_core::request::Origin,
        outcome: Outcome,
        reason: Option<String>,
    ) -> Result<ContactId, AppError> {
        let actor = who.signed_in()?;
        if !actor.may_raise() {
            return Err(AppError::Denied);
        }
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let id = ContactId::from_bits(chance::id(now));
            let row = Contact {
                kind: kind_of(&actor),
                outcome: Some(outcome),
                operator: Some(actor.user),
                ended_at: Some(now),
                body: "{}".to_owned(),
                reason: reason.clone(),
                ..Contact::new(id, actor.network, origin, now)
            };
            contacts::insert(tx, &row)?;
            let body = serde_json::json!({ "contact": id.to_string(), "outcome": outcome.code() });
            let (network, why) = (Some(actor.network), reason.as_deref());
            journal::act(tx, network, "contact.ended", None, why, &body, &who, now)?;
            Ok(id)
        })
        .await
    }
}
