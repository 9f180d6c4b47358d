//! Under what title a member practises, between which days, and who answers for an intern (R5). The
//! dates decide what they may do and see from the next request on. Refuses a contract without days,
//! an intern without a supervisor, a supervisor who may not be one.

use super::roles::still_run_without;
use super::{coordinator, in_hand, live, networks_of, sign_out};
use crate::app::{App, Inner, Who};
use crate::directory::{Directory, ProfessionalRow};
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::requests::draft::read_date;
use crate::signup::tell;
use crate::tasks::look_again;
use crate::text;
use jiff::civil::Date;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::people::{Contract, Membership, MembershipStatus, Standing};
use relais_core::time::{Calendar, Instant};
use relais_store::{Tx, approvals, professionals, users};
use serde_json::json;

/// The titles, by code.
pub const STANDINGS: [&str; 6] = [
    "titular",
    "retired",
    "locum",
    "assistant",
    "adjunct",
    "intern",
];

/// A line of the journal: a title or its days were written.
const ACT: &str = "member.practice";

/// Longest contract, days: ten years and their leap days.
pub(crate) const LONGEST: i32 = 3_653;

/// A title and its days, as typed.
#[derive(Debug, Clone, Default)]
pub struct PracticeDraft {
    /// One of [`STANDINGS`].
    pub standing: String,
    /// First day, ISO or jj/mm/aaaa; empty without a contract.
    pub from: String,
    /// Last day, that day included.
    pub until: String,
    /// National number of an intern's supervisor.
    pub supervisor: String,
}

/// The last civil day of a contract: the moment before its end.
pub fn last_day(contract_end: Instant, calendar: &Calendar) -> Date {
    calendar.date(Instant::from_millis(contract_end.millis() - 1))
}

/// What the words of a draft mean, or what is wrong with each.
fn read(
    draft: &PracticeDraft,
    person: &ProfessionalRow,
    directory: &Directory,
    network: NetworkId,
    now: Instant,
) -> Result<Standing, AppError> {
    let calendar = &directory.network(network)?.calendar;
    let mut errors = Vec::new();
    let named = matches!(draft.standing.as_str(), "titular" | "retired");
    let typed = |text: &str| !text.trim().is_empty();
    if named {
        for (pointer, text) in [("/from", &draft.from), ("/until", &draft.until)] {
            if typed(text) {
                let message = "Laissez vide\u{a0}: sans contrat, il n’y a pas de date.";
                errors.push(FieldError::new(pointer, message));
            }
        }
    }
    if draft.standing != "intern" && typed(&draft.supervisor) {
        let message = "Laissez vide\u{a0}: seul un interne a un maître de stage.";
        errors.push(FieldError::new("/supervisor", message));
    }
    let contract = if named {
        None
    } else {
        dates(draft, calendar, &mut errors)
    };
    let supervisor = if draft.standing == "intern" {
        supervisor(draft, person, directory, network, now, &mut errors)
    } else {
        None
    };
    let standing = match (draft.standing.as_str(), contract, supervisor) {
        ("titular", None, None) => Some(Standing::Titular),
        ("retired", None, None) => Some(Standing::Retired),
        ("locum", Some(contract), None) => Some(Standing::Locum(contract)),
        ("assistant", Some(contract), None) => Some(Standing::Assistant(contract)),
        ("adjunct", Some(contract), None) => Some(Standing::Adjunct(contract)),
        ("intern", Some(contract), Some(supervisor)) => Some(Standing::Intern {
            contract,
            supervisor: Some(supervisor),
        }),
        _ => None,
    };
    if !STANDINGS.contains(&draft.standing.as_str()) {
        errors.push(FieldError::new(
            "/standing",
            "Choisissez le titre d’exercice.",
        ));
    }
    match standing {
        Some(standing) if errors.is_empty() => Ok(standing),
        _ => Err(AppError::Invalid(errors)),
    }
}

fn dates(
    draft: &PracticeDraft,
    calendar: &Calendar,
    errors: &mut Vec<FieldError>,
) -> Option<Contract> {
    let from = read_date(&draft.from);
    if from.is_none() {
        let message = "Écrivez le premier jour du contrat, par exemple 02/11/2026.";
        errors.push(FieldError::new("/from", message));
    }
    let until = read_date(&draft.until);
    if until.is_none() {
        let message = "Écrivez le dernier jour du contrat, par exemple 30/04/2027.";
        errors.push(FieldError::new("/until", message));
    }
    let (from, until) = (from?, until?);
    if until < from {
        let message = "Le dernier jour est avant le premier.";
        errors.push(FieldError::new("/until", message));
        return None;
    }
    if from.until(until).map_or(i32::MAX, |span| span.get_days()) > LONGEST {
        let message = "Un contrat dure dix ans au plus. Vérifiez l’année.";
        errors.push(FieldError::new("/until", message));
        return None;
    }
    Some(Contract {
        from: calendar.day_bounds(from).0,
        until: calendar.day_bounds(until).1,
    })
}

/// Somebody of the same network and profession who practises in their own name, now.
fn supervisor(
    draft: &PracticeDraft,
    person: &ProfessionalRow,
    directory: &Directory,
    network: NetworkId,
    now: Instant,
    errors: &mut Vec<FieldError>,
) -> Option<ProfessionalId> {
    let found = directory.by_rpps(draft.supervisor.trim());
    let found = found.filter(|other| other.member.belongs_to(network));
    let wrong = match found {
        _ if draft.supervisor.trim().is_empty() => {
            "Dites qui est le maître de stage\u{a0}: un interne n’exerce pas sans lui."
        }
        None => "Aucun membre de votre réseau ne correspond. Choisissez-le dans la liste.",
        Some(other) if other.member.id == person.member.id => {
            "Un interne ne répond pas de lui-même. Choisissez son maître de stage."
        }
        Some(other) if other.member.profession != person.member.profession => {
            "Cette personne exerce une autre profession."
        }
        Some(other) if matches!(other.member.standing, Standing::Intern { .. }) => {
            "Cette personne est interne elle-même."
        }
        Some(other) if !other.member.standing.holds(now) => {
            "Les dates d’exercice de cette personne sont passées."
        }
        Some(other) => return Some(other.member.id),
    };
    errors.push(FieldError::new("/supervisor", wrong));
    None
}

/// What becomes of the title and the days of somebody known here whose application says others (ADR 0038).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejoined {
    /// Both say the same, or there is nothing better to write.
    Same,
    /// What the application says is written.
    Said(Standing),
    /// What a network wrote still runs, and stays: the coordinator is told.
    Kept,
}

/// Days that are over, or of somebody whom no network has any more, give way to what is said now. What runs in a network
/// is the person's right there too: it gives way only to a contract that ends later, which takes nothing from anybody.
pub(crate) fn rejoins(row: &ProfessionalRow, said: Standing, now: Instant) -> Rejoined {
    let held = row.member.standing;
    let kind = std::mem::discriminant::<Standing>;
    if kind(&held) == kind(&said) && held.ends() == said.ends() {
        return Rejoined::Same;
    }
    let said = match (held, said) {
        (
            Standing::Intern { supervisor, .. },
            Standing::Intern {
                contract,
                supervisor: None,
            },
        ) => Standing::Intern {
            contract,
            supervisor,
        },
        _ => said,
    };
    let over = held.ends().is_some_and(|end| end <= now);
    let has_them = |one: &Membership| {
        matches!(
            one.status,
            MembershipStatus::Active | MembershipStatus::Suspended
        )
    };
    if over || !row.member.memberships.iter().any(has_them) {
        return Rejoined::Said(said);
    }
    match (held.ends(), said.ends()) {
        (Some(held), Some(end)) if held < end && said.holds(now) => Rejoined::Said(said),
        _ => Rejoined::Kept,
    }
}

/// Writes what an accepted application says of the title and the days of somebody known here, in each of their networks;
/// patients whom they could see no more are theirs again.
pub(crate) fn rejoined(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    standing: Standing,
    network: NetworkId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let mut row = professionals::get(tx, id)?;
    row.member.standing = standing;
    professionals::update(tx, &row)?;
    if standing.ends().is_none() {
        approvals::delete(tx, id)?;
    }
    let directory = inner.directory.current(tx)?;
    written(tx, &directory, id, standing, network, who, now)?;
    in_hand::told(inner, tx, &directory, id, who, now)?;
    look_again::note(inner, tx, &networks_of(&row), now)
}

/// The line of the journal.
fn written(
    tx: &mut Tx<'_>,
    directory: &Directory,
    id: ProfessionalId,
    standing: Standing,
    network: NetworkId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let calendar = &directory.network(network)?.calendar;
    let day = |at: Instant| calendar.date(at).to_string();
    let body = json!({
        "professional": id.to_string(),
        "standing": standing.code(),
        "from": standing.begins().map(day),
        "until": standing.ends().map(|end| last_day(end, calendar).to_string()),
        "supervisor": standing.supervisor().map(|id| id.to_string()),
    });
    journal::act(tx, Some(network), ACT, None, None, &body, who, now)
}

impl App {
    /// Changes a member's title and days; they are told, and what they had open ends at once when
    /// their last day is past.
    ///
    /// # Errors
    /// For coordinators of their network only; each field that is wrong; no member any more; `last-coordinator`.
    pub async fn set_practice(
        &self,
        who: &Who,
        id: ProfessionalId,
        draft: PracticeDraft,
    ) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        let end = self
            .write(move |inner, tx| {
                professionals::hold(tx, id)?;
                users::hold_rights(tx)?;
                let mut row = live(tx, id, network)?;
                let before = inner.directory.current(tx)?;
                let standing = read(&draft, &row, &before, network, now)?;
                if standing == row.member.standing {
                    return Ok(None);
                }
                let sooner = standing.ends().is_some_and(|end| {
                    let until = row.member.standing.ends();
                    until.is_none_or(|until| end < until)
                });
                row.member.standing = standing;
                professionals::update(tx, &row)?;
                if sooner {
                    still_run_without(tx, id, now)?;
                }
                if standing.ends().is_none() {
                    approvals::delete(tx, id)?;
                }
                written(tx, &before, id, standing, network, &who, now)?;
                let directory = inner.directory.current(tx)?;
                let entry = directory.network(network)?;
                let desk = entry.desk(now);
                let key = format!("{id}:{ACT}:{}", now.millis());
                let last = standing
                    .ends()
                    .map(|end| Instant::from_millis(end.millis() - 1));
                tell(tx, entry, &row, key, now, |channel| {
                    text::signup::practice(channel, &desk, standing.begins(), last)
                })?;
                in_hand::told(inner, tx, &directory, id, &who, now)?;
                look_again::note(inner, tx, &networks_of(&row), now)?;
                sign_out(tx, &directory, id, now)
            })
            .await?;
        self.ended(end);
        self.wake();
        Ok(())
    }
}
