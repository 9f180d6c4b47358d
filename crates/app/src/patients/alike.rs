//! Possible duplicates (R2): requests, open or less than 24 h old, of somebody who may be the person being typed. Says
//! which request, its state and what agrees, never an identity; the desk decides.

use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::journal;
use crate::phone::Phone;
use crate::requests::draft::read_date;
use relais_core::access::{self, LookUpAccess};
use relais_core::ids::{NetworkId, RequestId};
use relais_core::time::{Duration, Instant};
use relais_store::patient_marks::{self, Alike, Likeness};
use relais_store::requests::{self, Stored};
use relais_store::{Tx, journal as chain};
use serde_json::json;

/// Most records compared, and most requests shown.
const ALIKE_MAX: u32 = 12;
/// How long a request stays a possible duplicate once raised (R2).
const RECENT: Duration = Duration::hours(24);
/// The act that writes down that a possible duplicate was shown.
const SHOWN: &str = "duplicate.shown";
/// Shown again to the same person within this time, it is the same look.
const SAME_LOOK: Duration = Duration::minutes(30);

/// Who is being typed, as typed; what is missing is empty.
#[derive(Clone, Default)]
pub struct Probe {
    /// Birth name.
    pub birth_name: String,
    /// Used name.
    pub used_name: String,
    /// First names.
    pub first_names: String,
    /// Birth date, any way of writing it.
    pub birth_date: String,
    /// Phone, any way of writing it.
    pub phone: String,
}

/// A request that may be of the same person.
#[derive(Debug, Clone)]
pub struct AlikeRequest {
    /// The request.
    pub stored: Stored,
    /// A surname and the birth date agree; otherwise a number and the birth date do.
    pub by_name: bool,
    /// A first name agrees: twins share everything else.
    pub same_first_name: bool,
}

impl App {
    /// Requests that may already be this person's, those with the same first name first. Nothing while too little is
    /// typed. Shown to the desk only, and journaled once per look.
    ///
    /// # Errors
    /// `Denied` to anybody but the desk.
    pub async fn alike(&self, who: &Who, probe: Probe) -> Result<Vec<AlikeRequest>, AppError> {
        let actor = who.signed_in()?;
        let now = self.now();
        let access = access::look_up(&actor).map_err(|_| AppError::Denied)?;
        let network = access.network();
        let found = self
            .read(move |inner, tx| alike(inner, tx, network, &probe, now))
            .await?;
        if !found.is_empty() {
            self.note_shown(who, access, &found, now).await?;
        }
        Ok(found)
    }

    async fn note_shown(
        &self,
        who: &Who,
        access: LookUpAccess,
        found: &[AlikeRequest],
        now: Instant,
    ) -> Result<(), AppError> {
        let (who, found) = (who.clone(), found.to_vec());
        self.write(move |_, tx| {
            let network = access.network();
            for alike in &found {
                let (request, patient) = (&alike.stored.request, alike.stored.patient);
                let about = request.id.to_string();
                let rows = chain::list_about(tx, &network.to_string(), &about, None, 500)?;
                let since = (now - SAME_LOOK).millis();
                let by = access.actor().to_string();
                if rows.iter().any(|row| {
                    row.entry.act == SHOWN && row.entry.actor == by && row.entry.at >= since
                }) {
                    continue;
                }
                let body = json!({ "first_name": alike.same_first_name });
                let why = Some(if alike.by_name { "name" } else { "phone" });
                let about = Some((request, patient));
                journal::act(tx, Some(network), SHOWN, about, why, &body, &who, now)?;
            }
            Ok(())
        })
        .await
    }
}

/// The requests that may be of the person typed.
pub(crate) fn alike(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    probe: &Probe,
    now: Instant,
) -> Result<Vec<AlikeRequest>, AppError> {
    let Some(birth_date) = read_date(&probe.birth_date) else {
        return Ok(Vec::new());
    };
    let birth_date = birth_date.to_string();
    let phone = Phone::read(&probe.phone);
    let used = Some(probe.used_name.trim()).filter(|name| !name.is_empty());
    let likeness = Likeness {
        name: probe.birth_name.trim(),
        used_name: used,
        first_names: probe.first_names.trim(),
        birth_date: &birth_date,
        phone: phone.as_ref().map(Phone::e164),
    };
    let records = patient_marks::list_alike(tx, &inner.vault, network, &likeness, ALIKE_MAX)?;
    let mut found: Vec<AlikeRequest> = Vec::new();
    for record in records {
        let open = requests::list_open_for_patient(tx, &[record.patient], now - RECENT)?;
        for (id, _) in open {
            found.extend(requests::find(tx, id)?.map(|stored| one(stored, record)));
        }
    }
    found.sort_by_key(|alike| {
        let id: RequestId = alike.stored.request.id;
        (!alike.same_first_name, std::cmp::Reverse(id))
    });
    Ok(found)
}

fn one(stored: Stored, record: Alike) -> AlikeRequest {
    AlikeRequest {
        stored,
        by_name: record.name,
        same_first_name: record.first_name,
    }
}
