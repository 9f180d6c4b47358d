//! A number that was written down wrongly, put right by the desk: the patient's own, or the second one. Owns what follows
//! of it: what was told went to somebody else, whose link opens nothing any more; whoever answers at the right number is
//! told how things stand. Refuses a request that is over, and to repeat what the right person has heard.

use crate::app::{App, Who};
use crate::bus::Change;
use crate::error::AppError;
use crate::holder;
use crate::journal;
use crate::members::is_accepter_gone;
use crate::outbox::{self, Heard, Post};
use crate::phone::Phone;
use crate::requests::comment;
use crate::requests::desk::permitted;
use crate::tasks::deliver::reached;
use relais_core::access::{self, Permission};
use relais_core::cascade::Refusal;
use relais_core::ids::RequestId;
use relais_store::patients::Identity;
use relais_store::seal::Secret;
use relais_store::{patient_wishes, patients, requests};
use serde::Deserialize;
use serde_json::json;

/// The body of `PUT /requests/{id}/phones`: what is left out stays.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhonesDraft {
    /// The patient's number.
    #[serde(default)]
    pub phone: Option<String>,
    /// The number of somebody close, of a guardian.
    #[serde(default)]
    pub carer_phone: Option<String>,
}

/// What came of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrected {
    /// These were the numbers already.
    Same,
    /// Written down; nothing had gone to a wrong number, or there is nothing to say yet.
    Kept,
    /// Written down; the right number is told how things stand.
    Told,
}

impl Corrected {
    /// As the API says it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Kept => "kept",
            Self::Told => "told",
        }
    }
}

/// A number typed, in E.164; `None` when none was.
fn read(pointer: &str, typed: Option<&str>) -> Result<Option<String>, AppError> {
    let Some(text) = typed.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    match Phone::read(text) {
        Some(phone) => Ok(Some(phone.e164().to_owned())),
        None => Err(AppError::invalid(
            pointer,
            "Ce n’est pas un numéro de téléphone. Exemple\u{a0}: 06 12 34 56 78.",
        )),
    }
}

impl App {
    /// The desk puts the numbers of a request's patient right, for all their requests. Journaled, without the numbers.
    ///
    /// # Errors
    /// The request does not exist for this actor, is not theirs to handle, or is over. A number that is none; none at
    /// all; one that the comment gives away (R6).
    pub async fn correct_phones(
        &self,
        who: &Who,
        id: RequestId,
        draft: PhonesDraft,
    ) -> Result<Corrected, AppError> {
        let actor = who.signed_in()?;
        let phone = read("/phone", draft.phone.as_deref())?;
        let carer = read("/carer_phone", draft.carer_phone.as_deref())?;
        if phone.is_none() && carer.is_none() {
            return Err(AppError::invalid("/phone", "Donnez le bon numéro."));
        }
        let (now, who) = (self.now(), who.clone());
        let corrected = self
            .write(move |inner, tx| {
                // The record first: whoever sends its messages waits for it, and holds them meanwhile.
                if let Some(patient) = patients::find_of_request(tx, id)? {
                    patients::hold(tx, patient)?;
                }
                let stored = requests::get_for_update(tx, id)?;
                let request = &stored.request;
                permitted(&actor, Permission::Handle, request)?;
                if request.is_ended() {
                    return Err(AppError::Refused(Refusal::WrongState));
                }
                let access = access::delivery_identity(id);
                let known = patients::open(tx, &inner.vault, stored.patient, &access)?;
                let is = |held: Option<&Secret>, typed: &Option<String>| {
                    typed.is_none() || held.map(Secret::expose) == typed.as_deref()
                };
                let same_phone = is(Some(&known.phone), &phone);
                let same_carer = is(known.carer_phone.as_ref(), &carer);
                if same_phone && same_carer {
                    return Ok(Corrected::Same);
                }
                let wishes = patient_wishes::of_patient(tx, stored.patient)?;
                let owned = |(_, number): (_, &str)| number.to_owned();
                let before = reached(&wishes, &known).map(owned);
                let after = Identity {
                    phone: phone
                        .clone()
                        .map_or_else(|| known.phone.clone(), Secret::new),
                    carer_phone: carer
                        .clone()
                        .map(Secret::new)
                        .or_else(|| known.carer_phone.clone()),
                    ..known
                };
                if let Some(found) = comment::identity_in(&request.need.comment, &after) {
                    let why = comment::sentence(&request.need.comment, &found);
                    let why = format!("Modifiez d’abord le commentaire de la demande. {why}");
                    return Err(AppError::invalid("/phone", why));
                }
                let now_at = reached(&wishes, &after).map(owned);
                patients::set_phones(
                    tx,
                    &inner.vault,
                    stored.patient,
                    after.phone,
                    after.carer_phone,
                )?;
                let say = match (same_phone, same_carer) {
                    (false, true) => "Téléphone du patient corrigé",
                    (true, _) => "Second numéro corrigé",
                    (false, false) => "Téléphone et second numéro corrigés",
                };
                let body = json!({ "say": say });
                let (about, network) = (Some((request, stored.patient)), request.network);
                let act = "patient.phones";
                journal::act(tx, Some(network), act, about, None, &body, &who, now)?;
                let directory = inner.directory.current(tx)?;
                // Whoever is written to may have heard it; and where somebody of the desk calls, no message says it.
                let moved = before != now_at;
                let gone = is_accepter_gone(&directory, request, now);
                if moved || now_at.is_none() {
                    holder::renew_all(inner, tx, stored.patient, now)?;
                }
                let heard = Heard {
                    accepter: !same_phone && !gone,
                    patient: moved && now_at.is_some() && !gone,
                };
                let post = Post {
                    request,
                    code: &stored.code,
                    patient: stored.patient,
                    version: stored.version,
                    now,
                    who: &who,
                };
                let told = outbox::tell_again(inner, tx, &directory, &post, heard)?;
                let change = Change {
                    network,
                    request: Some(id),
                    professionals: Some(request.engaged().into_iter().collect()),
                    alert: None,
                };
                tx.notify(change.encode())?;
                Ok(if told {
                    Corrected::Told
                } else {
                    Corrected::Kept
                })
            })
            .await?;
        self.wake();
        Ok(corrected)
    }
}
