//! Days away that a professional says in advance, and takes back (R5): civil days of their network, both
//! ends included. What falls in them is shown beside: appointments already given, who stands in.
//! Refuses days that are past; nothing is cancelled by an absence.

use crate::activity::Day;
use crate::app::{App, Who};
use crate::error::{AppError, FieldError};
use crate::offers::answer::answering;
use crate::requests::draft::read_date;
use crate::requests::read::PAGE_MAX;
use jiff::ToSpan as _;
use jiff::civil::Date;
use relais_core::absence::{Absence, Absences};
use relais_core::ids::ProfessionalId;
use relais_core::people::Profile;
use relais_core::request::{Phase, Status};
use relais_core::time::Calendar;
use relais_store::requests::{self, Filter};
use relais_store::{Tx, professionals, stand_ins};
use serde::Deserialize;

/// Most absences of one person.
pub(crate) const MOST: usize = 24;
/// Longest absence, and how far ahead one may begin, days.
const LONGEST: i32 = 366;
/// How long an absence that is over is kept: last week is still told and counted with it, days.
const KEPT: i64 = 8;

/// An absence as typed: ISO days, or jj/mm/aaaa.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsenceDraft {
    /// First day away.
    pub from: String,
    /// Last day away, included.
    pub to: String,
}

/// An absence that is not over, with what falls in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The days.
    pub absence: Absence,
    /// Appointments already given on these days: they stay.
    pub appointments: usize,
    /// Who stands in on some of these days.
    pub replaced_by: Vec<ProfessionalId>,
}

impl AbsenceDraft {
    /// The days, or what is wrong with them under the given names.
    fn read(&self, today: Date, names: [&str; 2]) -> Result<Absence, Vec<FieldError>> {
        let [first, last] = names;
        let (from, to) = (read_date(&self.from), read_date(&self.to));
        let mut wrong = Vec::new();
        if from.is_none() {
            let message = "Écrivez le premier jour d’absence, par exemple 27/07/2026.";
            wrong.push(FieldError::new(first, message));
        }
        if to.is_none() {
            let message = "Écrivez le dernier jour d’absence, par exemple 03/08/2026.";
            wrong.push(FieldError::new(last, message));
        }
        let (Some(from), Some(to)) = (from, to) else {
            return Err(wrong);
        };
        let days = |a: Date, b: Date| a.until(b).map_or(i32::MAX, |span| span.get_days());
        let message = match Absence::new(from, to) {
            None => "Le dernier jour est avant le premier.",
            Some(_) if to < today => "Ces jours sont passés.",
            Some(_) if days(from, to) >= LONGEST => "Un an au plus. Vérifiez l’année.",
            Some(_) if days(today, from) > LONGEST => "Un an à l’avance au plus. Vérifiez l’année.",
            Some(absence) => return Ok(absence),
        };
        Err(vec![FieldError::new(last, message)])
    }
}

/// The absences of a body, in the place of those held; those that are over stay as they were.
pub(crate) fn replace(
    held: &Absences,
    drafts: &[AbsenceDraft],
    today: Date,
) -> Result<Absences, AppError> {
    if drafts.len() > MOST {
        return Err(AppError::invalid("/absences", "24 absences au plus."));
    }
    let over = held.iter().filter(|one| one.last() < today);
    let mut all: Absences = over.collect();
    for (n, draft) in drafts.iter().enumerate() {
        let (from, to) = (format!("/absences/{n}/from"), format!("/absences/{n}/to"));
        let absence = draft.read(today, [&from, &to]).map_err(AppError::Invalid)?;
        all.add(absence);
    }
    Ok(all)
}

/// Forgets what is over for good.
pub(crate) fn forget(profile: &mut Profile, today: Date) {
    profile
        .absences
        .forget_before(today.saturating_sub(KEPT.days()));
}

/// Those that are not over, with what falls in them.
pub(crate) fn planned(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    absences: &Absences,
    calendar: &Calendar,
    today: Date,
) -> Result<Vec<Planned>, AppError> {
    let coming: Vec<_> = absences.iter().filter(|one| one.last() >= today).collect();
    if coming.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter {
        engaged: Some(id),
        statuses: vec![Status::Scheduled],
        ..Filter::default()
    };
    let given: Vec<Date> = requests::list(tx, &filter, PAGE_MAX)?
        .iter()
        .filter_map(|stored| match &stored.request.phase {
            Phase::Engaged(engagement) => engagement.appointment.starts_at(),
            _ => None,
        })
        .map(|at| calendar.date(at))
        .collect();
    let begins = calendar.day_bounds(today).0;
    let standing_in = stand_ins::list_of_absent(tx, id, begins, crate::members::STAND_INS_MOST)?;
    let told = coming.into_iter().map(|absence| {
        let from = calendar.day_bounds(absence.first()).0;
        let until = calendar.day_bounds(absence.last()).1;
        let on = standing_in
            .iter()
            .filter(|row| row.from < until && from < row.until);
        let mut replaced_by: Vec<_> = on.map(|row| row.locum).collect();
        replaced_by.dedup();
        Planned {
            absence,
            appointments: given.iter().filter(|day| absence.covers(**day)).count(),
            replaced_by,
        }
    });
    Ok(told.collect())
}

impl App {
    /// One's absences that are not over, with what falls in them.
    ///
    /// # Errors
    /// Not a professional.
    pub async fn absences(&self, who: &Who) -> Result<Vec<Planned>, AppError> {
        let actor = who.signed_in()?;
        let id = answering(&actor)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let row = professionals::get(tx, id)?;
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(actor.network)?.calendar;
            let today = calendar.date(now);
            planned(tx, id, &row.member.profile.absences, calendar, today)
        })
        .await
    }

    /// Says some days away. The same days again change nothing.
    ///
    /// # Errors
    /// Days that are wrong, past, too many or too far.
    pub async fn add_absence(&self, who: &Who, draft: AbsenceDraft) -> Result<(), AppError> {
        self.change_profile(who, "profile.absence", move |profile, day: Day| {
            let names = ["/absent_from", "/absent_to"];
            let absence = draft.read(day.today, names).map_err(AppError::Invalid)?;
            forget(profile, day.today);
            profile.absences.add(absence);
            if profile.absences.len() > MOST {
                let message = "24 absences au plus. Retirez-en une.";
                return Err(AppError::invalid("/absent_from", message));
            }
            Ok(())
        })
        .await
    }

    /// Takes an absence back. One that is not there any more is as well taken back.
    ///
    /// # Errors
    /// Not a professional.
    pub async fn remove_absence(&self, who: &Who, draft: AbsenceDraft) -> Result<(), AppError> {
        let days = read_date(&draft.from).zip(read_date(&draft.to));
        let absence = days.and_then(|(from, to)| Absence::new(from, to));
        let absence = absence.ok_or(AppError::NotFound)?;
        self.change_profile(who, "profile.absence", move |profile, day: Day| {
            forget(profile, day.today);
            profile.absences.remove(absence);
            Ok(())
        })
        .await
    }
}
