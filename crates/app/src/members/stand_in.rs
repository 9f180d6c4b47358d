//! A locum who stands in for somebody between two days, and has their usual patients meanwhile if so
//! set: who does is frozen into each request as it is raised (R4.1, ADR 0039). Refuses somebody of
//! another profession or network, and days outside the locum's own contract.

use super::{coordinator, live};
use crate::app::{App, Who};
use crate::directory::{Directory, ProfessionalRow};
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::requests::draft::read_date;
use crate::signup::tell;
use crate::text;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::request::StandIn;
use relais_core::time::{Calendar, Instant};
use relais_store::Tx;
use relais_store::stand_ins::{self, StandIn as Row};
use serde_json::json;

/// Most replacements of one person, now and to come.
pub(crate) const MOST: u32 = 24;
/// Longest replacement, days.
const LONGEST: i32 = 366;

/// A replacement as typed.
#[derive(Debug, Clone, Default)]
pub struct StandInDraft {
    /// National number of the locum.
    pub locum: String,
    /// First day, ISO or jj/mm/aaaa.
    pub from: String,
    /// Last day, that day included.
    pub until: String,
    /// They have the usual patients meanwhile.
    pub inherits: bool,
}

/// Those who stand in now for the usual professionals of a request, to be frozen with it.
pub(crate) fn frozen(
    tx: &mut Tx<'_>,
    usual: &[ProfessionalId],
    now: Instant,
) -> Result<Vec<StandIn>, AppError> {
    let mut found = Vec::new();
    for absent in usual {
        let running = stand_ins::list_running(tx, *absent, now)?;
        found.extend(running.into_iter().map(|row| StandIn {
            locum: row.locum,
            of: row.absent,
            until: row.until,
        }));
    }
    Ok(found)
}

/// The two moments of a replacement, or what is wrong with its days.
fn days(
    draft: &StandInDraft,
    calendar: &Calendar,
    now: Instant,
    errors: &mut Vec<FieldError>,
) -> Option<(Instant, Instant)> {
    let mut wrong = |field: &str, message: &str| {
        errors.push(FieldError::new(field, message));
    };
    let (from, until) = (read_date(&draft.from), read_date(&draft.until));
    if from.is_none() {
        wrong(
            "/since",
            "Écrivez le premier jour du remplacement, par exemple 02/11/2026.",
        );
    }
    if until.is_none() {
        wrong(
            "/last",
            "Écrivez le dernier jour du remplacement, par exemple 13/11/2026.",
        );
    }
    let (from, until) = (from?, until?);
    let (begin, end) = (calendar.day_bounds(from).0, calendar.day_bounds(until).1);
    let length = from.until(until).map_or(i32::MAX, |span| span.get_days());
    let message = match length {
        _ if until < from => "Le dernier jour est avant le premier.",
        _ if end <= now => "Ce remplacement est déjà fini.",
        days if days > LONGEST => "Un remplacement dure un an au plus. Vérifiez l’année.",
        _ => return Some((begin, end)),
    };
    wrong("/last", message);
    None
}

/// Who stands in, if they may.
fn locum<'d>(
    draft: &StandInDraft,
    absent: &ProfessionalRow,
    directory: &'d Directory,
    network: NetworkId,
    span: Option<(Instant, Instant)>,
    errors: &mut Vec<FieldError>,
) -> Option<&'d ProfessionalRow> {
    let found = directory.by_rpps(draft.locum.trim());
    let found = found.filter(|other| other.member.belongs_to(network));
    let covers = |other: &ProfessionalRow| {
        let standing = other.member.standing;
        span.is_none_or(|(from, until)| {
            standing.begins().is_none_or(|first| first <= from)
                && standing.ends().is_none_or(|end| until <= end)
        })
    };
    let wrong = match found {
        _ if draft.locum.trim().is_empty() => "Dites qui remplace.",
        None => {
            "Aucun membre de votre réseau ne correspond. Choisissez-le par son nom et sa commune, ou son numéro RPPS."
        }
        Some(other) if other.member.id == absent.member.id => {
            "Personne ne se remplace soi-même. Choisissez qui remplace."
        }
        Some(other) if other.member.profession != absent.member.profession => {
            "Cette personne exerce une autre profession."
        }
        Some(other) if !covers(other) => {
            "Les dates d’exercice de cette personne ne couvrent pas ces jours. Changez-les d’abord sur sa page."
        }
        Some(other) => return Some(other),
    };
    errors.push(FieldError::new("/locum", wrong));
    None
}

fn body(row: &Row, calendar: &Calendar) -> serde_json::Value {
    json!({
        "professional": row.absent.to_string(),
        "locum": row.locum.to_string(),
        "from": calendar.date(row.from).to_string(),
        "until": super::last_day(row.until, calendar).to_string(),
        "inherits": row.inherits,
    })
}

impl App {
    /// Writes down that somebody stands in for a member; both are told.
    ///
    /// # Errors
    /// For coordinators of their network only; each field that is wrong; written down already for
    /// some of these days; too many; no member any more.
    pub async fn add_stand_in(
        &self,
        who: &Who,
        id: ProfessionalId,
        draft: StandInDraft,
    ) -> Result<(), AppError> {
        let (network, actor) = (coordinator(who)?, who.signed_in()?);
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let absent = live(tx, id, network)?;
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(network)?;
            let calendar = &entry.calendar;
            let mut errors = Vec::new();
            let span = days(&draft, calendar, now, &mut errors);
            let found = locum(&draft, &absent, &directory, network, span, &mut errors);
            let (Some((from, until)), Some(locum)) = (span, found) else {
                return Err(AppError::Invalid(errors));
            };
            let held = stand_ins::list_of_absent(tx, id, now, MOST)?;
            if held.len() >= usize::try_from(MOST).unwrap_or(usize::MAX) {
                let message = format!("{MOST} remplacements à venir au plus pour une personne.");
                return Err(AppError::invalid("/since", message));
            }
            let locum_id = locum.member.id;
            let overlaps =
                |row: &Row| row.locum == locum_id && row.from < until && from < row.until;
            if held.iter().any(overlaps) {
                let message = "Cette personne remplace déjà pendant une partie de ces jours.";
                return Err(AppError::invalid("/since", message));
            }
            let row = Row {
                locum: locum_id,
                absent: id,
                from,
                until,
                inherits: draft.inherits,
                network,
                written_at: now,
                written_by: actor.user,
            };
            stand_ins::insert(tx, &row)?;
            let body = body(&row, calendar);
            let act = "member.stand-in";
            journal::act(tx, Some(network), act, None, None, &body, &who, now)?;
            let desk = entry.desk(now);
            let last = Instant::from_millis(until.millis() - 1);
            let key = format!("{locum_id}:{act}:{id}:{}", from.millis());
            tell(tx, entry, locum, key, now, |channel| {
                let of = absent.display_name();
                text::signup::stands_in(channel, &desk, &of, from, last, draft.inherits)
            })?;
            let key = format!("{id}:{act}:{locum_id}:{}", from.millis());
            tell(tx, entry, &absent, key, now, |channel| {
                text::signup::replaced(channel, &desk, &locum.display_name(), from, last)
            })
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Ends a replacement now, or takes back one to come. Requests raised meanwhile keep it.
    ///
    /// # Errors
    /// For coordinators of their network only; ended already.
    pub async fn end_stand_in(
        &self,
        who: &Who,
        absent: ProfessionalId,
        locum: ProfessionalId,
        from: Instant,
    ) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            live(tx, absent, network)?;
            let held = stand_ins::list_of_absent(tx, absent, now, MOST)?;
            let theirs = |row: &&Row| row.locum == locum && row.from == from;
            let row = held.iter().find(theirs).copied().ok_or_else(moved)?;
            if !stand_ins::end(tx, locum, absent, from, now)? {
                return Err(moved());
            }
            let directory = inner.directory.current(tx)?;
            let body = body(&row, &directory.network(network)?.calendar);
            let act = "member.stand-in-ended";
            journal::act(tx, Some(network), act, None, None, &body, &who, now)
        })
        .await?;
        self.wake();
        Ok(())
    }
}

fn moved() -> AppError {
    let detail = "Ce remplacement est déjà terminé. Rechargez la page.";
    AppError::problem("membership-moved", 409, detail)
}
