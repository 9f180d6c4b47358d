//! Who saw the data of a patient (R6): every look at an identity, a photo or a thread, of every request
//! of the same person in the network, as the coordinator hands it over to the patient who asks. Shows
//! no identity itself; reading it is an act in the journal.

use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::requests::desk::permitted;
use crate::spreadsheet::sheet;
use crate::text::rights as words;
use crate::text::{When, labels};
use relais_core::access::{Permission, Role};
use relais_core::ids::RequestId;
use relais_core::time::Instant;
use relais_store::journal::Link;
use relais_store::{patients, requests};
use serde_json::json;
use std::collections::BTreeMap;

/// Most rows of the journal about one patient; more is an error, never a shorter list.
const ROWS_MAX: u32 = 20_000;
/// Most records of one person: more and the oldest would be missing.
const RECORDS_MAX: u32 = 1_000;

/// A look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Instant,
    /// Who: an account's name, or the platform.
    pub who: String,
    /// In which role.
    pub role: &'static str,
    /// What they saw.
    pub what: &'static str,
    /// Why.
    pub why: &'static str,
    /// Stable code of the reason.
    pub purpose: String,
    /// Short number of the request it was for; empty when it was for none.
    pub code: String,
}

/// Everything seen of one patient, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    /// Short number of the request it was asked from.
    pub code: String,
    /// The looks.
    pub rows: Vec<Look>,
}

impl App {
    /// Who saw the data of a request's patient; journaled.
    ///
    /// # Errors
    /// Anybody but the coordinator of the request's network; `too-many-rows`.
    pub async fn who_saw(&self, who: &Who, id: RequestId) -> Result<Looks, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            permitted(&actor, Permission::Rights, &stored.request)?;
            let directory = inner.directory.current(tx)?;
            let mut links: Vec<Link> = Vec::new();
            for patient in patients::list_same(tx, stored.patient, RECORDS_MAX)? {
                let found =
                    relais_store::journal::list_subject(tx, &patient.to_string(), ROWS_MAX + 1)?;
                links.extend(found);
                if links.len() > usize::try_from(ROWS_MAX).unwrap_or(usize::MAX) {
                    return Err(too_many());
                }
            }
            links.retain(|link| words::what(&link.entry.act).is_some());
            links.sort_by_key(|link| (link.entry.at, link.seq));
            let mut codes: BTreeMap<String, String> = BTreeMap::new();
            let mut rows = Vec::with_capacity(links.len());
            for Link { entry, .. } in links {
                let named = journal::by(&entry, &directory);
                let about = entry.about.unwrap_or_default();
                if !codes.contains_key(&about) {
                    let found = match about.parse() {
                        Ok(id) => requests::find(tx, id)?.map(|stored| stored.code),
                        Err(_) => None,
                    };
                    codes.insert(about.clone(), found.unwrap_or_default());
                }
                let purpose = entry.why.unwrap_or_default();
                rows.push(Look {
                    at: Instant::from_millis(entry.at),
                    who: named.unwrap_or_else(|| words::PLATFORM.to_owned()),
                    role: Role::from_code(&entry.role).map_or("", labels::role),
                    what: words::what(&entry.act).unwrap_or_default(),
                    why: words::why(&purpose),
                    purpose,
                    code: codes.get(&about).cloned().unwrap_or_default(),
                });
            }
            let body = json!({ "say": "Liste des consultations établie", "more": "Pour la remettre au patient.",
                "looks": rows.len() });
            let about = Some((&stored.request, stored.patient));
            let network = Some(stored.request.network);
            journal::act(tx, network, "rights.listed", about, None, &body, &who, now)?;
            let code = stored.code;
            Ok(Looks { code, rows })
        })
        .await
    }

    /// The same as a file for the patient, and the request's short number; journaled.
    ///
    /// # Errors
    /// As [`App::who_saw`].
    pub async fn who_saw_csv(
        &self,
        who: &Who,
        id: RequestId,
    ) -> Result<(Vec<u8>, String), AppError> {
        let looks = self.who_saw(who, id).await?;
        let directory = self.directory().await?;
        let actor = who.signed_in()?;
        let zone = &directory.network(actor.network)?.calendar.zone;
        let when = When::new(self.now(), zone);
        let head = [
            "Date", "Heure", "Qui", "Qualité", "Quoi", "Pourquoi", "Demande",
        ];
        let rows = looks.rows.into_iter().map(|look| {
            let day = look.at.timestamp().to_zoned(zone.clone()).date();
            [
                day.to_string(),
                when.clock(look.at),
                look.who,
                look.role.to_owned(),
                look.what.to_owned(),
                look.why.to_owned(),
                look.code,
            ]
        });
        Ok((sheet(head, rows)?, looks.code))
    }
}

fn too_many() -> AppError {
    AppError::problem(
        "too-many-rows",
        422,
        format!(
            "Plus de {ROWS_MAX} lignes au journal pour cette personne\u{a0}: demandez l’export du journal à l’administrateur."
        ),
    )
}
