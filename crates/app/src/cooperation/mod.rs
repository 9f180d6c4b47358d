//! Cooperation protocols and pharmacy tests: which exist, who may follow which, and what each
//! professional declared, dated and by place. A request that follows a sheet is asked of delegated
//! professionals only under a declaration in force that day (R5); so is what the sheet proposes to its
//! own requester. Declarations are the professional's word, seen by their network's
//! coordinator; nothing here judges who is trained.

mod known;

pub use known::{PROTOCOLS, Protocol, covers, names, prescribes, protocol, wanted};

use crate::app::{App, Who};
use crate::directory::ProfessionalRow;
use crate::error::AppError;
use crate::journal;
use crate::reference::communes::Communes;
use crate::requests::draft::read_date;
use jiff::civil::Date;
use relais_core::access::Role;
use relais_store::cooperations;
pub use relais_store::cooperations::Cooperation;
use serde_json::json;

/// Most declarations of one list.
const MOST: u32 = 1_000;
/// Most declarations of one professional.
const OWN_MAX: usize = 50;

/// A declaration as typed.
#[derive(Debug, Clone, Default)]
pub struct CooperationDraft {
    /// Code of the protocol.
    pub protocol: String,
    /// The place, as [`place_words`] writes it.
    pub place: String,
    /// First day, ISO or jj/mm/aaaa.
    pub since: String,
    /// Last day; empty while it goes on.
    pub until: String,
}

/// How a place of practice is named in a declaration: `Pharmacie des Sablons, Massy`.
pub fn places(person: &ProfessionalRow) -> Vec<String> {
    person
        .places
        .iter()
        .map(|place| {
            let town = Communes::shipped().get(place.insee);
            let town = town.map_or_else(|| place.postcode.clone(), |found| found.name.to_owned());
            format!("{}, {town}", place.label)
        })
        .collect()
}

/// Whether a declaration holds on a day.
pub fn holds(one: &Cooperation, day: Date) -> bool {
    one.since_on <= day && one.until_on.is_none_or(|until| day <= until)
}

impl App {
    /// What the actor declared, newest first.
    ///
    /// # Errors
    /// Signed out, or no professional.
    pub async fn cooperations(&self, who: &Who) -> Result<Vec<Cooperation>, AppError> {
        let actor = who.signed_in()?;
        let professional = crate::offers::answer::professional(&actor)?;
        self.read(move |_, tx| Ok(cooperations::list_of_professional(tx, professional)?))
            .await
    }

    /// What the members of the actor's network declared, by protocol.
    ///
    /// # Errors
    /// For its coordinator and its desk only.
    pub async fn network_cooperations(&self, who: &Who) -> Result<Vec<Cooperation>, AppError> {
        let actor = who.signed_in()?;
        if !matches!(
            actor.role,
            Role::Coordinator | Role::Operator | Role::Regulator
        ) {
            return Err(AppError::Denied);
        }
        self.read(move |_, tx| Ok(cooperations::list_of_network(tx, actor.network, MOST)?))
            .await
    }

    /// The actor's declaration in force today that covers a sheet; `None` without one.
    ///
    /// # Errors
    /// Signed out, or no professional.
    pub async fn cooperation_for(
        &self,
        who: &Who,
        sheet: &str,
    ) -> Result<Option<Cooperation>, AppError> {
        let actor = who.signed_in()?;
        let professional = crate::offers::answer::professional(&actor)?;
        let (now, sheet) = (self.now(), sheet.to_owned());
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let today = directory.network(actor.network)?.calendar.date(now);
            let profession = directory.person(professional).map(|p| p.member.profession);
            let book = inner.book(tx, actor.network, now)?;
            let declared = cooperations::list_of_professional(tx, professional)?;
            Ok(declared.into_iter().find(|one| {
                let known = protocol(&one.protocol)
                    .filter(|known| profession.is_some_and(|p| covers(&book, known, &sheet, p)));
                known.is_some() && holds(one, today)
            }))
        })
        .await
    }

    /// Declares a protocol for oneself.
    ///
    /// # Errors
    /// Each field that is wrong: a protocol of another profession, a place that is not theirs, a date
    /// that does not exist or an end before the beginning.
    pub async fn declare_cooperation(
        &self,
        who: &Who,
        draft: CooperationDraft,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let professional = crate::offers::answer::professional(&actor)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let person = directory.person(professional).ok_or(AppError::Denied)?;
            let mut errors = Vec::new();
            let mut wrong = |pointer: &str, message: &str| {
                errors.push(crate::error::FieldError::new(pointer, message));
            };
            let known = protocol(&draft.protocol)
                .filter(|known| known.professions.contains(&person.member.profession));
            if known.is_none() {
                wrong("/protocol", "Choisissez un protocole de votre profession.");
            }
            let place = places(person).into_iter().find(|own| *own == draft.place);
            if place.is_none() {
                wrong("/place", "Choisissez un de vos lieux d’exercice.");
            }
            let since = read_date(&draft.since);
            if since.is_none() {
                wrong(
                    "/since",
                    "Écrivez la date de l’adhésion, par exemple 05/01/2026.",
                );
            }
            let open = draft.until.trim().is_empty();
            let until = read_date(&draft.until);
            if !open && until.is_none() {
                wrong(
                    "/until",
                    "Écrivez la date de fin, par exemple 31/12/2026, ou laissez vide.",
                );
            }
            if let (Some(since), Some(until)) = (since, until)
                && until < since
            {
                wrong("/until", "La fin vient avant le début.");
            }
            let own = cooperations::list_of_professional(tx, professional)?;
            if own.len() >= OWN_MAX {
                wrong(
                    "/protocol",
                    "Cinquante déclarations au plus. Demandez à votre coordinateur.",
                );
            }
            let (Some(known), Some(place), Some(since), true) =
                (known, place, since, errors.is_empty())
            else {
                return Err(AppError::Invalid(errors));
            };
            let one = Cooperation {
                professional,
                protocol: known.code.to_owned(),
                place,
                since_on: since,
                until_on: until,
                declared_at: now,
                declared_by: actor.user,
            };
            cooperations::declare(tx, &one)?;
            let body = json!({
                "protocol": one.protocol, "place": one.place,
                "since": since.to_string(), "until": until.map(|day| day.to_string()),
            });
            let act = "cooperation.declared";
            journal::act(tx, Some(actor.network), act, None, None, &body, &who, now)
        })
        .await
    }

    /// Ends one of one's own declarations today.
    ///
    /// # Errors
    /// There is none such, or it has ended already.
    pub async fn end_cooperation(
        &self,
        who: &Who,
        protocol: String,
        place: String,
        since: String,
    ) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let professional = crate::offers::answer::professional(&actor)?;
        let since = read_date(&since).ok_or(AppError::NotFound)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let today = directory.network(actor.network)?.calendar.date(now);
            // One that was to begin later never holds: its last day is its first.
            let last = today.max(since);
            if !cooperations::end(tx, professional, &protocol, &place, since, last)? {
                return Err(AppError::NotFound);
            }
            let body = json!({ "protocol": protocol, "place": place, "until": last.to_string() });
            let act = "cooperation.ended";
            journal::act(tx, Some(actor.network), act, None, None, &body, &who, now)
        })
        .await
    }
}
