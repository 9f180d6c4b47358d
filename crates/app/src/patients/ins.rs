//! How sure an identity is (INS): provisional until somebody who may says more, and back to provisional
//! when it is doubted. The number comes from who asked the national service, never from this platform.
//!
//! Owns who may say it and which statuses hold a number. Refuses a number that could not be sent, a doubt
//! beside a document, a test number outside a demonstration.

use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::permitted;
use relais_core::access::{self, IdentityAccess, Permission, Role};
use relais_core::ids::{PatientId, RequestId};
use relais_core::request::{Requester, Sex};
use relais_documents::traits::{Authority, Doubts, Ins, Status, Traits};
use relais_store::patient_ins::{self, NewStanding};
use relais_store::seal::Secret;
use relais_store::{Tx, patients, requests};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What is said of an identity.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsDraft {
    /// provisional, retrieved, validated or qualified.
    pub status: String,
    /// The national number, for what was retrieved or qualified.
    #[serde(default)]
    pub number: Option<String>,
    /// Its list: nir, nia, or test.
    #[serde(default)]
    pub authority: Option<String>,
    /// INSEE code of the place of birth, `99…` abroad.
    #[serde(default)]
    pub birth_place: Option<String>,
    /// Somebody doubts it.
    #[serde(default)]
    pub doubtful: bool,
}

/// How an identity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its status.
    pub status: Status,
    /// Somebody doubts it.
    pub doubtful: bool,
}

impl Standing {
    const PROVISIONAL: Self = Self {
        status: Status::Provisional,
        doubtful: false,
    };
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Known {
    number: String,
    authority: String,
    birth_place: String,
}

struct Checked {
    standing: Standing,
    known: Option<Known>,
}

impl InsDraft {
    fn check(&self, sex: Sex, demo: bool) -> Result<Checked, AppError> {
        let among = "Choisissez parmi\u{a0}: provisional, retrieved, validated, qualified.";
        let status = Status::from_code(&self.status);
        let status = status.ok_or_else(|| AppError::invalid("/status", among))?;
        let text = |field: &Option<String>| field.as_deref().unwrap_or_default().trim().to_owned();
        let (number, place) = (text(&self.number), text(&self.birth_place).to_uppercase());
        if self.doubtful && matches!(status, Status::Validated | Status::Qualified) {
            let detail = "Une identité dont on doute n’est ni validée ni qualifiée.";
            return Err(AppError::invalid("/doubtful", detail));
        }
        let standing = Standing {
            status,
            doubtful: self.doubtful,
        };
        if matches!(status, Status::Provisional | Status::Validated) {
            if !number.is_empty() {
                let detail = "Un matricule ne va qu’avec une identité récupérée ou qualifiée.";
                return Err(AppError::invalid("/number", detail));
            }
            return Ok(Checked {
                standing,
                known: None,
            });
        }
        let code = text(&self.authority);
        let authority = Authority::from_code(if code.is_empty() { "nir" } else { &code });
        let authority = authority.filter(|one| (*one == Authority::Test) == demo);
        let authority = authority.ok_or_else(|| {
            let detail = if demo {
                "La démonstration ne prend que des matricules de test\u{a0}: test."
            } else {
                "Choisissez parmi\u{a0}: nir, nia."
            };
            AppError::invalid("/authority", detail)
        })?;
        if Ins::read(&number, authority).is_none() {
            let detail =
                "Ce n’est pas un matricule INS de quinze caractères, ou sa clé est fausse.";
            return Err(AppError::invalid("/number", detail));
        }
        let plain = |c: char| c.is_ascii_digit() || matches!(c, 'A' | 'B');
        if place.len() != 5 || !place.chars().all(plain) {
            let detail =
                "Le lieu de naissance est un code INSEE de cinq caractères, 99… à l’étranger.";
            return Err(AppError::invalid("/birth_place", detail));
        }
        if status == Status::Qualified && sex == Sex::Unknown {
            let detail =
                "Sans le sexe, l’identité n’a pas tous ses traits\u{a0}: elle n’est pas qualifiée.";
            return Err(AppError::invalid("/status", detail));
        }
        Ok(Checked {
            standing,
            known: Some(Known {
                number,
                authority: authority.code().to_owned(),
                birth_place: place,
            }),
        })
    }
}

impl App {
    /// Says how sure the identity of a request's patient is: the professional who has them, or the software
    /// that raised the request. Journaled; never the number.
    ///
    /// # Errors
    /// Anybody else; a field; the identity was erased.
    pub async fn set_ins(
        &self,
        who: &Who,
        id: RequestId,
        draft: InsDraft,
    ) -> Result<Standing, AppError> {
        let actor = who.signed_in()?;
        let (now, who, demo) = (self.now(), who.clone(), self.settings().demo);
        self.write(move |inner, tx| {
            let stored = requests::get_for_update(tx, id)?;
            permitted(&actor, Permission::See, &stored.request)?;
            let theirs = stored.request.requester == Requester::Partner(actor.user)
                && actor.role == Role::Partner;
            if !theirs && access::note_author(&actor, &stored.request).is_err() {
                return Err(AppError::Denied);
            }
            let checked = draft.check(stored.request.patient.sex, demo)?;
            let known = match &checked.known {
                Some(known) => {
                    let text = serde_json::to_string(known);
                    let text = text.map_err(|error| AppError::Bug(format!("ins: {error}")))?;
                    Some(Secret::new(text))
                }
                None => None,
            };
            let standing = checked.standing;
            let new = NewStanding {
                patient: stored.patient,
                status: standing.status.code(),
                doubtful: standing.doubtful,
                known: known.as_ref(),
                at: now,
                by: actor.user,
            };
            patient_ins::set(tx, &inner.vault, &new)?;
            let say = match (standing.doubtful, standing.status) {
                (true, _) => "Identité mise en doute".to_owned(),
                (false, status) => format!("Identité du patient\u{a0}: {}", status.label()),
            };
            let about = Some((&stored.request, stored.patient));
            let (network, act) = (Some(stored.request.network), "patient.identity-status");
            let body = json!({ "say": say, "status": standing.status.code(), "doubtful": standing.doubtful });
            journal::act(tx, network, act, about, None, &body, &who, now)?;
            Ok(standing)
        })
        .await
    }

    /// How sure the identity of a request's patient is, to those who see the request: never the number.
    ///
    /// # Errors
    /// The request does not exist for this actor.
    pub async fn ins(&self, who: &Who, id: RequestId) -> Result<Standing, AppError> {
        let actor = who.signed_in()?;
        self.read(move |_, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::See, &stored.request)?;
            standing(tx, stored.patient)
        })
        .await
    }
}

fn standing(tx: &mut Tx<'_>, patient: PatientId) -> Result<Standing, AppError> {
    let Some(held) = patient_ins::find(tx, patient)? else {
        return Ok(Standing::PROVISIONAL);
    };
    let status = Status::from_code(&held.status);
    Ok(Standing {
        status: status.ok_or_else(|| AppError::Bug("ins: unknown status".to_owned()))?,
        doubtful: held.doubtful,
    })
}

/// The traits of a patient for a document: as typed, with what was said of them since. What may leave of
/// it is the document's to decide, by the status.
pub(crate) fn traits(
    inner: &Inner,
    tx: &mut Tx<'_>,
    patient: PatientId,
    access: &IdentityAccess,
) -> Result<Traits, AppError> {
    let identity = patients::open(tx, &inner.vault, patient, access)?;
    let plain = patients::find_plain(tx, patient)?.ok_or(AppError::NotFound)?;
    let typed = Traits::typed(
        identity.birth_name.expose(),
        identity.first_names.expose(),
        plain.sex,
        identity.birth_date.expose(),
    );
    let held = standing(tx, patient)?;
    let known: Option<Known> = match patient_ins::open(tx, &inner.vault, patient, access)? {
        Some(text) => serde_json::from_str(text.expose())
            .map_err(|error| AppError::Bug(format!("ins: {error}")))?,
        None => None,
    };
    let number = known.as_ref().and_then(|known| {
        let authority = Authority::from_code(&known.authority)?;
        Ins::read(&known.number, authority)
    });
    Ok(Traits {
        status: held.status,
        doubts: Doubts {
            doubtful: held.doubtful,
            fictive: false,
        },
        birth_place: known.map(|known| known.birth_place),
        ins: number,
        ..typed
    })
}
