//! What a patient wants of being told and written about (R6, R7): recorded by the desk, by the holder of a
//! patient's page, by whoever closes. Every change is journaled.
//!
//! Owns who may record what. Refuses to be the check itself: that is the one door through which a message
//! to a patient leaves (`tasks::deliver::address`) and, for notes, where they are signed and carried.

use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::permitted;
use crate::text::wishes::told;
use relais_core::access::Permission;
use relais_core::ids::RequestId;
use relais_core::time::Instant;
pub use relais_core::wishes::{Wish, Wishes};
use relais_store::requests::{self, Stored};
use relais_store::{Tx, patient_wishes};
use serde_json::json;

/// What the holder of a patient's page may change: nothing that shows what they did not say there.
pub const OWN: &[Wish] = &[Wish::NoMessages, Wish::NoNotes, Wish::NoList];

/// Makes the wishes of a request's patient those given, among some: whatever is not among them stays.
pub(crate) fn set(
    tx: &mut Tx<'_>,
    stored: &Stored,
    among: &[Wish],
    wanted: &Wishes,
    who: &Who,
    source: &str,
    now: Instant,
) -> Result<(), AppError> {
    let held = patient_wishes::of_patient(tx, stored.patient)?;
    let kept = held.iter().filter(|wish| !among.contains(wish));
    let chosen = wanted.iter().filter(|wish| among.contains(wish));
    let after = Wishes::new(kept.chain(chosen));
    for wish in Wish::ALL.iter().copied() {
        let say = match (held.has(wish), after.has(wish)) {
            (false, true) => {
                patient_wishes::add(tx, stored.patient, wish, source, now)?;
                told(wish).0
            }
            (true, false) => {
                patient_wishes::remove(tx, stored.patient, wish)?;
                told(wish).1
            }
            (true, true) | (false, false) => continue,
        };
        let about = Some((&stored.request, stored.patient));
        let (network, act) = (Some(stored.request.network), "patient.wish");
        let body = json!({ "say": say, "wish": wish.code(), "holds": after.has(wish) });
        journal::act(tx, network, act, about, None, &body, who, now)?;
    }
    Ok(())
}

impl App {
    /// What the patient of a request wants, to those who see inside it.
    ///
    /// # Errors
    /// The request does not exist for this actor.
    pub async fn wishes(&self, who: &Who, id: RequestId) -> Result<Wishes, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            Ok(patient_wishes::of_patient(tx, stored.patient)?)
        })
        .await
    }

    /// The desk records what the patient of a request wants: exactly these.
    ///
    /// # Errors
    /// The request does not exist for this actor, or is not theirs to handle.
    pub async fn set_wishes(
        &self,
        who: &Who,
        id: RequestId,
        wanted: Wishes,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let stored = requests::get_for_update(tx, id)?;
            permitted(&actor, Permission::Handle, &stored.request)?;
            set(tx, &stored, Wish::ALL, &wanted, &who, "desk", now)
        })
        .await
    }

    /// The holder of a patient's page says what they do not want.
    ///
    /// # Errors
    /// `NotFound` for whatever opens nothing.
    pub async fn set_wishes_by_link(&self, secret: &str, wanted: Wishes) -> Result<(), AppError> {
        let digest = chance::fingerprint(secret);
        let now = self.now();
        self.write(move |_, tx| {
            let stored = crate::holder::opened(tx, &digest, now)?;
            let who = Who::platform("page");
            set(tx, &stored, OWN, &wanted, &who, "page", now)
        })
        .await
    }
}
