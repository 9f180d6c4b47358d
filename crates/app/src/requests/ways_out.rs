//! The ways out of a request nobody took, with how many each would reach now (R4.5).

use crate::app::{App, Who};
use crate::cooperation::wanted;
use crate::error::AppError;
use crate::protocols::Book;
use crate::reference::motives::Motives;
use crate::requests::delegation::followed;
use crate::requests::desk::permitted;
use crate::shell::loads;
use relais_core::access::Permission;
use relais_core::cascade::{Facts, NextBest, next_best};
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::Request;
use relais_core::slug::Slug;
use relais_store::requests;
use std::collections::BTreeSet;

impl App {
    /// The ways out, best first; empty unless the request is unfilled.
    pub async fn ways_out(&self, who: &Who, id: RequestId) -> Result<Vec<NextBest>, AppError> {
        let actor = who.signed_in()?;
        let now = self.now();
        self.read(move |inner, tx| {
            let stored = requests::find(tx, id)?.ok_or(AppError::NotFound)?;
            let request = stored.request;
            permitted(&actor, Permission::SeeInside, &request)?;
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(request.network)?;
            let loads = loads(tx, &directory, request.network, now)?;
            let facts = Facts {
                calendar: &entry.calendar,
                policy: &entry.network.policy,
                pool: directory.pool(request.network, &loads),
                first_id: 0,
            };
            let sheet = followed(inner, tx, &request, now)?;
            let book = inner.book(tx, request.network, now)?;
            let alternatives = treating(&book, &request, sheet.as_deref());
            Ok(next_best(&request, &alternatives, now, &facts))
        })
        .await
    }
}

/// Professions that may treat every motive of a request, as the motive list says, and the cooperation
/// protocols of which each needs one to follow its sheet.
fn treating(
    book: &Book,
    request: &Request,
    sheet: Option<&str>,
) -> Vec<(Profession, BTreeSet<Slug>)> {
    let known = |profession: &Profession| {
        request.need.motives.iter().all(|motive| {
            let listed = Motives::shipped().get(motive.as_str());
            listed.is_some_and(|motive| motive.professions.contains(profession))
        })
    };
    let under =
        |profession| sheet.map_or_else(BTreeSet::new, |code| wanted(book, code, profession));
    let all = Profession::ALL.iter().copied().filter(known);
    all.map(|profession| (profession, under(profession)))
        .collect()
}
