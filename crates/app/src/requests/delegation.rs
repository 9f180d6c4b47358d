//! The right to an act that a profession does under a cooperation protocol only (R3, R5): which
//! protocols a need asks for, from the sheet its contact followed. Owns who may change them; refuses to
//! know who declared what, which is matching's.

use crate::app::{App, Inner, Who};
use crate::cooperation::wanted;
use crate::error::AppError;
use crate::protocols::Chosen;
use crate::requests::desk::permitted;
use relais_core::access::{Actor, Permission, Role};
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Need, Request};
use relais_core::slug::Slug;
use relais_core::time::Instant;
use relais_store::{Tx, contacts, requests};
use std::collections::BTreeSet;

impl App {
    /// The cooperation protocols of which another profession needs one to take a request's patient, as
    /// its sheet says.
    ///
    /// # Errors
    /// For the network's desk only.
    pub async fn cooperations_towards(
        &self,
        who: &Who,
        id: RequestId,
        profession: Profession,
    ) -> Result<BTreeSet<Slug>, AppError> {
        let actor = who.signed_in()?;
        let now = self.now();
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::SeeInside, &stored.request)?;
            let sheet = followed(inner, tx, &stored.request, now)?.unwrap_or_default();
            let book = inner.book(tx, stored.request.network, now)?;
            Ok(wanted(&book, &sheet, profession))
        })
        .await
    }

    /// A changed need with the protocols of the sheet, when it addresses another profession and says
    /// nothing of them.
    ///
    /// # Errors
    /// For the network's desk only.
    pub async fn with_cooperations(
        &self,
        who: &Who,
        id: RequestId,
        before: &Need,
        mut need: Need,
    ) -> Result<Need, AppError> {
        if need.profession != before.profession && need.cooperations.is_empty() {
            need.cooperations = self.cooperations_towards(who, id, need.profession).await?;
        }
        Ok(need)
    }
}

/// The sheet of a request: the one the contact that raised it followed, else the one of its motive and age.
pub(crate) fn followed(
    inner: &Inner,
    tx: &mut Tx<'_>,
    request: &Request,
    now: Instant,
) -> Result<Option<String>, AppError> {
    let contact = contacts::find_raising(tx, request.id)?;
    if let Some((code, _)) = contact.and_then(|contact| contact.sheet) {
        return Ok(Some(code));
    }
    let book = inner.book(tx, request.network, now)?;
    let motive = request.need.motives.first();
    let chosen = motive.map(|motive| book.choose(motive, Some(request.patient.age)));
    let sheet = chosen.and_then(Chosen::sheet);
    Ok(sheet.map(|found| found.sheet.code.clone()))
}

/// Whether somebody may change the protocols a need asks for.
///
/// # Errors
/// Only a regulating doctor says that another protocol, or none, is enough.
pub(crate) fn permitted_change(actor: &Actor, before: &Need, need: &Need) -> Result<(), AppError> {
    let same = need.profession == before.profession;
    if same && need.cooperations != before.cooperations && actor.role != Role::Regulator {
        return Err(AppError::invalid(
            "/need/cooperations",
            "Seul le médecin régulateur change les protocoles de coopération demandés.",
        ));
    }
    Ok(())
}
