//! The next request in one gesture (R8): what the patient needs after a visit, asked as it is closed, for the
//! same record, nothing typed again. Goes through the ordinary cascade and its checks.
//!
//! Owns the link between the two. Refuses to lose the closing for what follows it: what cannot be asked now is
//! said, and may be asked again from the patient's page.

use super::behind::kind_of;
use super::desk::{Act, clean_reason, permitted, refuse_identity_in};
use super::raise::{Raised, requester};
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use crate::reference::care_types::{care_types_of, ordinary_care};
use crate::shell::{Saving, apply_to, hold_still, lately, loads_to_ask, save};
use crate::text::labels;
use crate::wishes::{self, Wish, Wishes};
use relais_core::access::{Actor, Permission};
use relais_core::cascade::{self, Facts, Raise, due};
use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, RequestId};
use relais_core::people::{Mode, Profession};
use relais_core::request::{Closure, NEXT_MAX, Need, NextCare, NextRefusal, Origin, RedFlags};
use relais_core::slug::Slug;
use relais_core::time::Instant;
use relais_store::contacts::{self, Contact};
pub use relais_store::follow_ups::FollowUp;
use relais_store::requests::Stored;
use relais_store::{Tx, follow_ups, patients, requests};
use serde_json::json;
use std::sync::Arc;

/// The professions nearest at hand on a closing, each with what it is called there; any other is in a list beside.
pub const PROFESSIONS: &[(Profession, &str)] = &[
    (Profession::Nurse, "Soins infirmiers"),
    (Profession::Physio, "Kinésithérapie"),
    (Profession::Biologist, "Examen, prise de sang"),
];

/// What is needed next, as ticked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NextDraft {
    /// Code of the profession.
    pub profession: String,
    /// Code of the care type; empty for the ordinary one of the profession.
    pub care: String,
    /// Hours.
    pub within_hours: String,
    /// Code of the mode.
    pub mode: String,
}

/// What is said with an outcome, beside the note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closing {
    /// What is needed next.
    pub next: Vec<NextDraft>,
    /// The patient looks for a usual doctor, and agrees to be listed (R8).
    pub seeks_doctor: bool,
}

/// What was ticked, and why it was not raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRaised {
    /// As ticked.
    pub draft: NextDraft,
    /// What to say.
    pub why: AppError,
}

/// A closing, and what followed.
#[derive(Debug)]
pub struct Followed {
    /// The requests raised.
    pub raised: Vec<Raised>,
    /// What was not.
    pub refused: Vec<NotRaised>,
}

/// What a request is linked to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// What it follows from.
    pub origin: Option<FollowUp>,
    /// What follows from it.
    pub after: Vec<FollowUp>,
}

/// What a profession is called as a sequel.
pub fn label(profession: Profession) -> &'static str {
    let near = PROFESSIONS.iter().find(|(known, _)| *known == profession);
    near.map_or_else(|| labels::profession(profession), |(_, label)| label)
}

/// The professions a request may be followed by, beside those nearest at hand: another doctor of the kind who just saw
/// the patient is no sequel.
pub fn others(met: Profession) -> impl Iterator<Item = Profession> {
    let near = |one: &Profession| PROFESSIONS.iter().any(|(known, _)| known == one);
    let all = Profession::ALL.iter().copied();
    all.filter(move |one| !near(one) && *one != met)
}

impl NextDraft {
    fn read(&self, met: Profession) -> Result<NextCare, AppError> {
        let profession = Profession::from_code(&self.profession).filter(|profession| {
            let near = PROFESSIONS.iter().any(|(known, _)| known == profession);
            near || others(met).any(|other| other == *profession)
        });
        let Some(profession) = profession else {
            let message = "Choisissez la profession dans la liste\u{a0}: soins infirmiers, kinésithérapie, examen, ou une autre que la vôtre.";
            return Err(AppError::invalid("/next/profession", message));
        };
        let care = match self.care.trim() {
            "" => Some(ordinary_care(profession)),
            code => care_types_of(profession)
                .find(|care| care.code == code)
                .and_then(|care| Slug::new(care.code).ok()),
        };
        let hours = self.within_hours.trim().parse().ok();
        let hours = hours.filter(|hours| Need::DELAYS_HOURS.contains(hours));
        let (Some(care), Some(within_hours), Some(mode)) =
            (care, hours, Mode::from_code(self.mode.trim()))
        else {
            let message = "Choisissez le soin, le lieu et le délai dans les listes.";
            return Err(AppError::invalid("/next/care", message));
        };
        Ok(NextCare {
            profession,
            care,
            mode,
            within_hours,
            motive: motive(profession),
        })
    }
}

/// The motive that says the care itself, for professions that have one.
fn motive(profession: Profession) -> Option<Slug> {
    let code = match profession {
        Profession::Nurse => "soins-infirmiers",
        Profession::Physio => "kinesitherapie",
        _ => return None,
    };
    Slug::new(code).ok()
}

impl App {
    /// Closes a request as its accepter, and raises what is needed next, in one transaction. What is refused is
    /// answered; the closing and the rest are kept.
    ///
    /// # Errors
    /// Those of the closing alone.
    pub async fn close_and_ask(
        &self,
        who: &Who,
        id: RequestId,
        closure: Closure,
        note: Option<String>,
        closing: Closing,
    ) -> Result<Followed, AppError> {
        let actor = who.signed_in()?;
        let note = clean_reason("/reason", note)?;
        let (now, who) = (self.now(), who.clone());
        let followed = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, id)?;
                permitted(&actor, Permission::FollowUp, &stored.request)?;
                if let Some(text) = note.as_deref() {
                    refuse_identity_in(inner, tx, &stored, "/reason", text)?;
                }
                if !closing.next.is_empty() {
                    hold_still(inner, tx, stored.request.network)?;
                }
                let command = Act::Close(closure).command(&actor, &stored.request);
                if closing.seeks_doctor {
                    let agreed = Wishes::new([Wish::SeeksDoctor]);
                    let among = &[Wish::SeeksDoctor];
                    wishes::set(tx, &stored, among, &agreed, &who, "closing", now)?;
                }
                apply_to(inner, tx, stored, &command, &who, now, note.as_deref())?;
                ask(inner, tx, &who, &actor, id, &closing.next, now)
            })
            .await?;
        self.wake();
        Ok(followed)
    }

    /// Raises what is needed after a visit already closed, as its accepter.
    ///
    /// # Errors
    /// `NotFound`, `Denied` to anybody but the one who had the patient.
    pub async fn ask_next(
        &self,
        who: &Who,
        id: RequestId,
        next: Vec<NextDraft>,
    ) -> Result<Followed, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        let followed = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, id)?;
                permitted(&actor, Permission::Release, &stored.request)?;
                hold_still(inner, tx, stored.request.network)?;
                ask(inner, tx, &who, &actor, id, &next, now)
            })
            .await?;
        self.wake();
        Ok(followed)
    }

    /// What a request follows from, and what follows from it, to those who see it.
    ///
    /// # Errors
    /// The request does not exist for this actor.
    pub async fn links(&self, who: &Who, id: RequestId) -> Result<Links, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            Ok(Links {
                origin: follow_ups::find_origin(tx, id)?,
                after: follow_ups::list_after(tx, id)?,
            })
        })
        .await
    }
}

fn ask(
    inner: &Inner,
    tx: &mut Tx<'_>,
    who: &Who,
    actor: &Actor,
    origin: RequestId,
    next: &[NextDraft],
    now: Instant,
) -> Result<Followed, AppError> {
    let mut followed = Followed {
        raised: Vec::new(),
        refused: Vec::new(),
    };
    for draft in next {
        let first = requests::get_for_update(tx, origin)?;
        match tx.attempt(|tx| raise_after(inner, tx, who, actor, &first, draft, now)) {
            Ok(raised) => followed.raised.push(raised),
            Err(error) if error.is_unavailable() => return Err(error),
            // Somebody moved it meanwhile: the whole is done again.
            Err(error @ AppError::Store(_)) => return Err(error),
            Err(why) => followed.refused.push(NotRaised {
                draft: draft.clone(),
                why,
            }),
        }
    }
    Ok(followed)
}

fn raise_after(
    inner: &Inner,
    tx: &mut Tx<'_>,
    who: &Who,
    actor: &Actor,
    first: &Stored,
    draft: &NextDraft,
    now: Instant,
) -> Result<Raised, AppError> {
    let care = draft.read(first.request.need.profession)?;
    let network = first.request.network;
    let need = first.request.next_need(&care).map_err(refused)?;
    let before = follow_ups::list_after(tx, first.request.id)?;
    if before.len() >= NEXT_MAX {
        let detail = "Six suites ont déjà été demandées pour ce patient\u{a0}: appelez le service.";
        return Err(AppError::problem("next-too-many", 409, detail));
    }
    for earlier in &before {
        let open = requests::find(tx, earlier.request)?.filter(|one| !one.request.is_ended());
        if open.is_some_and(|one| one.request.need.profession == need.profession) {
            let detail = format!(
                "C’est déjà demandé\u{a0}: la demande {} est en cours.",
                earlier.code
            );
            return Err(AppError::problem("next-already", 409, detail));
        }
    }
    if patients::find_kept(tx, first.patient)?.is_none() {
        let detail = "L’identité de ce patient a été effacée, comme le réseau l’a réglé\u{a0}: faites une nouvelle demande.";
        return Err(AppError::problem("identity-erased", 409, detail));
    }
    let directory = inner.directory.held_still(tx)?;
    let person = actor.professional.and_then(|id| directory.person(id));
    if !person.is_some_and(|person| person.member.belongs_to(network)) {
        return Err(cascade::Refusal::RightEnded.into());
    }
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
    let raise = Raise {
        id,
        network,
        requester: requester(actor),
        origin: Origin::Professional,
        need,
        patient: first.request.patient,
        usual: first.request.usual.clone(),
        red_flags: RedFlags::None,
        consent_synthesis: first.request.consent_synthesis,
        window_minutes: None,
    };
    let decision = cascade::raise(raise, now, &facts)?;
    inner.somebody_regulates(tx, &directory, actor, &decision.after, now)?;
    let code = requests::next_code(tx, network)?;
    requests::insert(
        tx,
        &decision.after,
        &code,
        first.patient,
        due(&decision.after),
    )?;
    let contact = Contact {
        kind: kind_of(actor),
        outcome: Some(Outcome::Request),
        request: Some(id),
        patient: Some(first.patient),
        operator: Some(actor.user),
        ended_at: Some(now),
        body: json!({ "follows": first.request.id.to_string() }).to_string(),
        ..Contact::new(
            ContactId::from_bits(chance::id(now)),
            network,
            Origin::Professional,
            now,
        )
    };
    contacts::insert(tx, &contact)?;
    follow_ups::insert(tx, id, first.request.id, now)?;
    let saving = Saving {
        before: None,
        after: &decision.after,
        events: &decision.events,
        effects: &decision.effects,
    };
    save(inner, tx, &directory, &saving, who, now, None)?;
    for (one, say) in [
        (
            &first.request,
            format!("Suite demandée\u{a0}: demande {code}"),
        ),
        (
            &decision.after,
            format!("Suite de la demande {}", first.code),
        ),
    ] {
        let about = Some((one, first.patient));
        let act = "request.followed";
        let body =
            json!({ "say": say, "from": first.request.id.to_string(), "to": id.to_string() });
        journal::act(tx, Some(network), act, about, None, &body, who, now)?;
    }
    Ok(Raised {
        id,
        code,
        request: decision.after,
        possible_duplicates: Vec::new(),
    })
}

fn refused(why: NextRefusal) -> AppError {
    match why {
        NextRefusal::NotMet => {
            let detail = "Une suite se demande pour un patient vu ou conseillé.";
            AppError::problem("next-not-met", 409, detail)
        }
        NextRefusal::Need(error) => cascade::Refusal::Need(error).into(),
    }
}
