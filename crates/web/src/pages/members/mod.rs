//! *Membres*: the coordinator's list, one member, and what may be changed of them. What is typed on a
//! member's page is shown again whole when something is wrong.

mod acts;
mod asked;
mod list;
mod one;

pub(crate) use acts::{approval, approve, change, places, practise, replace, replaced, roles};
pub(crate) use asked::{asked, asked_file};
pub(crate) use list::list;
pub(crate) use one::show;

use relais_app::directory::ProfessionalRow;
use relais_app::error::AppError;
use relais_app::members::ENDING;
use relais_app::text::labels;
use relais_core::ids::ProfessionalId;
use relais_core::time::Instant;

use crate::fail::Fail;
use crate::show::{self, Eye};

/// The address of the list.
pub(crate) const PAGE: &str = "/membres";

fn id(text: &str) -> Result<ProfessionalId, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

fn trade(row: &ProfessionalRow) -> String {
    let trade = labels::profession(row.member.profession);
    let town = row.main_place().map(|place| show::commune(place.insee));
    town.map_or_else(|| trade.to_owned(), |town| format!("{trade}, {town}"))
}

/// Under what title and until which day, and whether that day is near or past.
fn ends(eye: &Eye, row: &ProfessionalRow) -> (String, bool) {
    let standing = row.member.standing;
    let Some(until) = standing.ends() else {
        return (String::new(), false);
    };
    let word = labels::standing(standing);
    let day = eye.when().plain_date(just_before(until));
    let soon = until.since(eye.now) <= ENDING;
    match standing.begins() {
        _ if until <= eye.now => (format!("{word}, fini le {day}"), soon),
        Some(from) if eye.now < from => {
            let first = eye.when().plain_date(from);
            (format!("{word}, du {first} au {day}"), soon)
        }
        _ => (format!("{word}, jusqu’au {day}"), soon),
    }
}

/// The last moment of a contract is on its last day.
fn just_before(end: Instant) -> Instant {
    Instant::from_millis(end.millis() - 1)
}
