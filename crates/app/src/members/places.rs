//! Where a member practises: several places, the main one first. Distance is counted from the
//! nearest of them (R5), by the point of its commune unless it was known better. Refuses a
//! professional without a place, and more than [`PLACES_MAX`].

use super::{coordinator, live, networks_of};
use crate::app::{App, Who};
use crate::chance;
use crate::directory::ProfessionalRow;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::reference::communes::Communes;
use crate::tasks::look_again;
use relais_core::geo::Insee;
use relais_core::ids::{PlaceId, ProfessionalId};
use relais_core::time::Instant;
use relais_store::professionals::{self, PlaceRow};
use serde_json::json;

/// Most places of one professional.
pub const PLACES_MAX: usize = 6;
/// Longest name or street line of a place, characters.
const LINE_MAX: usize = 120;

/// A place as typed.
#[derive(Debug, Clone, Default)]
pub struct PlaceDraft {
    /// Which, when it is known already.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Street line.
    pub line: String,
    /// Commune code.
    pub insee: String,
    /// Postcode.
    pub postcode: String,
    /// The main one.
    pub main: bool,
}

fn read(
    drafts: &[PlaceDraft],
    person: &ProfessionalRow,
    now: Instant,
) -> Result<Vec<PlaceRow>, AppError> {
    if drafts.is_empty() {
        let message = "Gardez au moins un lieu\u{a0}: la distance se compte depuis lui.";
        return Err(AppError::invalid("/label-0", message));
    }
    if drafts.len() > PLACES_MAX {
        let message = format!("{PLACES_MAX} lieux au plus.");
        return Err(AppError::invalid("/label-0", message));
    }
    let mut errors = Vec::new();
    let mut places = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.iter().enumerate() {
        let mut wrong = |field: &str, message: &str| {
            errors.push(FieldError::new(format!("/{field}-{index}"), message));
        };
        let label = draft.label.trim();
        if label.is_empty() {
            wrong("label", "Nommez le lieu, par exemple\u{a0}: Cabinet.");
        }
        if label.chars().count() > LINE_MAX {
            wrong("label", "120 caractères au plus.");
        }
        if draft.line.trim().chars().count() > LINE_MAX {
            wrong("line", "120 caractères au plus.");
        }
        let insee = Insee::new(&draft.insee);
        let point = insee.and_then(|insee| Communes::shipped().point(insee));
        let (Some(insee), Some(point)) = (insee, point) else {
            wrong("commune", "Choisissez la commune dans la liste.");
            continue;
        };
        let held = person
            .places
            .iter()
            .find(|place| place.id.to_string() == draft.id);
        // The same street keeps the point it had; another one has that of its commune.
        let kept = held.filter(|place| place.insee == insee && place.line == draft.line.trim());
        places.push(PlaceRow {
            id: held.map_or_else(|| PlaceId::from_bits(chance::id(now)), |place| place.id),
            label: label.to_owned(),
            line: draft.line.trim().to_owned(),
            postcode: draft.postcode.clone(),
            insee,
            point: kept.map_or(point, |place| place.point),
            main: draft.main,
        });
    }
    if !errors.is_empty() {
        return Err(AppError::Invalid(errors));
    }
    if places.iter().filter(|place| place.main).count() != 1 {
        let message = "Dites lequel est le lieu principal.";
        return Err(AppError::invalid("/main", message));
    }
    places.sort_by_key(|place| !place.main);
    Ok(places)
}

impl App {
    /// Replaces a member's places of practice.
    ///
    /// # Errors
    /// For coordinators of their network only; each field that is wrong; no place, too many, none or
    /// several of them the main one; no member any more.
    pub async fn set_places(
        &self,
        who: &Who,
        id: ProfessionalId,
        drafts: Vec<PlaceDraft>,
    ) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            professionals::hold(tx, id)?;
            let mut row = live(tx, id, network)?;
            let places = read(&drafts, &row, now)?;
            if places == row.places {
                return Ok(());
            }
            row.places = places;
            professionals::update(tx, &row)?;
            let communes: Vec<_> = row.places.iter().map(|p| p.insee.as_str()).collect();
            let body = json!({ "professional": id.to_string(), "places": communes });
            let act = "member.places";
            journal::act(tx, Some(network), act, None, None, &body, &who, now)?;
            look_again::note(inner, tx, &networks_of(&row), now)
        })
        .await?;
        self.wake();
        Ok(())
    }
}
