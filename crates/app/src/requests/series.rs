//! How a care repeats, as somebody typed or posted it, and its checks (R2).

use super::field::{Errors, codes};
use relais_core::people::Profession;
use relais_core::request::{Moment, Per, SERIES_DAYS_MAX, Series};
use serde::Deserialize;

/// How a care repeats, as typed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesDraft {
    /// How many times.
    pub times: i64,
    /// `day` or `week`.
    pub per: String,
    /// For how long, days.
    pub days: i64,
    /// `morning`, `noon`, `afternoon`, `evening`; nothing = at any hour.
    #[serde(default)]
    pub at: Vec<String>,
}

impl From<&Series> for SeriesDraft {
    fn from(series: &Series) -> Self {
        Self {
            times: i64::from(series.times),
            per: series.per.code().to_owned(),
            days: i64::from(series.days),
            at: series.at.iter().map(|m| m.code().to_owned()).collect(),
        }
    }
}

impl SeriesDraft {
    /// The series; each wrong field is named once.
    pub(crate) fn read(
        &self,
        profession: Option<Profession>,
        errors: &mut Errors,
    ) -> Option<Series> {
        let per = errors.coded(
            "/need/series/per",
            &self.per,
            Per::from_code,
            &codes(Per::ALL, Per::code),
        )?;
        let mut at = Vec::new();
        for (index, word) in self.at.iter().enumerate() {
            at.push(errors.coded(
                &format!("/need/series/at/{index}"),
                word,
                Moment::from_code,
                &codes(Moment::ALL, Moment::code),
            )?);
        }
        at.sort_unstable();
        at.dedup();
        let days = u16::try_from(self.days)
            .ok()
            .filter(|days| (1..=SERIES_DAYS_MAX).contains(days));
        let Some(days) = days else {
            let message = format!("Donnez la durée en jours, de 1 à {SERIES_DAYS_MAX}.");
            errors.add("/need/series/days", message);
            return None;
        };
        let times = u8::try_from(self.times).unwrap_or_default();
        let series = Series {
            times,
            per,
            days,
            at,
        };
        if !series.is_sound() {
            let message = "Donnez une à six fois par jour, ou une à sept fois par semaine.";
            errors.add("/need/series/times", message);
            return None;
        }
        if profession.is_some_and(|profession| !Series::fits(profession)) {
            let message =
                "La fréquence et la durée se disent pour un infirmier ou un kinésithérapeute.";
            errors.add("/need/series", message);
            return None;
        }
        Some(series)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(times: i64, days: i64, profession: Profession) -> String {
        let draft = SeriesDraft {
            times,
            per: "day".to_owned(),
            days,
            at: vec!["evening".to_owned(), "morning".to_owned()],
        };
        let mut errors = Errors::default();
        let read = draft.read(Some(profession), &mut errors);
        assert_eq!(read.is_some(), errors.0.is_empty());
        errors
            .0
            .first()
            .map(|e| e.pointer.clone())
            .unwrap_or_default()
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert_eq!(wrong(2, 10, Profession::Nurse), "");
        assert_eq!(wrong(7, 10, Profession::Physio), "/need/series/times");
        assert_eq!(wrong(-1, 10, Profession::Nurse), "/need/series/times");
        assert_eq!(wrong(2, 0, Profession::Nurse), "/need/series/days");
        assert_eq!(wrong(2, 366, Profession::Nurse), "/need/series/days");
        assert_eq!(wrong(2, 10, Profession::Gp), "/need/series");
    }
}
