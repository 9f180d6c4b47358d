//! The need as somebody typed or posted it, and its checks; a change of part of one (R2, R4.9).

use super::field::{Errors, codes, is_reordering};
use super::series::SeriesDraft;
use crate::cooperation::protocol;
use crate::error::AppError;
use crate::reference::motives::Motives;
use relais_core::people::{Mode, Profession};
use relais_core::request::{COMMENT_MAX, COOPERATIONS_MAX, MOTIVES_MAX, Need};
use relais_core::slug::Slug;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The need as typed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedDraft {
    /// Profession asked.
    pub profession: String,
    /// Specialty.
    #[serde(default)]
    pub specialty: Option<String>,
    /// Care type.
    #[serde(default)]
    pub care_type: Option<String>,
    /// Mode.
    #[serde(default)]
    pub mode: Option<String>,
    /// Care delay, hours.
    pub within_hours: i64,
    /// One to five motives.
    pub motives: Vec<MotiveDraft>,
    /// Free text, without identity.
    #[serde(default)]
    pub comment: Option<String>,
    /// How the care repeats, for a nurse or a physiotherapist (R2).
    #[serde(default)]
    pub series: Option<SeriesDraft>,
    /// Cooperation protocols of which whoever is asked must have declared one, beside those of the
    /// sheet followed.
    #[serde(default)]
    pub cooperations: Vec<String>,
}

/// A motive as typed.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MotiveDraft {
    /// Code of the closed list.
    pub code: String,
    /// Free words beside it.
    #[serde(default)]
    pub text: Option<String>,
}

impl NeedDraft {
    pub(crate) fn read(&self, errors: &mut Errors) -> Option<Need> {
        let n = self;
        let professions = codes(Profession::ALL, Profession::code);
        let profession = errors.coded(
            "/need/profession",
            &n.profession,
            Profession::from_code,
            &professions,
        );
        let mode = n.mode.as_deref().unwrap_or("consultation");
        let mode = errors.coded(
            "/need/mode",
            mode,
            Mode::from_code,
            &codes(Mode::ALL, Mode::code),
        );
        let within_hours = u8::try_from(n.within_hours)
            .ok()
            .filter(|hours| Need::DELAYS_HOURS.contains(hours));
        if within_hours.is_none() {
            errors.add(
                "/need/within_hours",
                "Choisissez 2, 6, 12, 24 ou 48 heures.",
            );
        }
        let care = match n.care_type.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Slug::new(text).ok(),
            None => profession.map(crate::reference::care_types::ordinary_care),
        };
        if care.is_none() && n.care_type.is_some() {
            errors.add(
                "/need/care_type",
                "Choisissez un type de soin dans la liste.",
            );
        }
        let specialty = n.specialty.as_deref().filter(|text| !text.is_empty());
        let known = specialty.map(Slug::new).transpose();
        if known.is_err() {
            errors.add(
                "/need/specialty",
                "Choisissez une spécialité dans la liste.",
            );
        }
        let motives = self.motives(errors);
        let comment = self.comment(errors);
        let series = self.series.as_ref();
        let series = series.map(|series| series.read(profession, errors));
        let cooperations = self.cooperations(profession, errors);
        Some(Need {
            profession: profession?,
            specialty: known.ok().flatten(),
            care: care?,
            mode: mode?,
            within_hours: within_hours?,
            motives: motives?,
            comment: comment?,
            series: match series {
                Some(read) => Some(read?),
                None => None,
            },
            cooperations: cooperations?,
        })
    }

    /// Protocols of the list that the profession asked may follow.
    fn cooperations(
        &self,
        profession: Option<Profession>,
        errors: &mut Errors,
    ) -> Option<BTreeSet<Slug>> {
        if self.cooperations.len() > COOPERATIONS_MAX {
            let message = format!("{COOPERATIONS_MAX} protocoles de coopération au plus.");
            errors.add("/need/cooperations", message);
            return None;
        }
        let mut found = BTreeSet::new();
        for (index, code) in self.cooperations.iter().enumerate() {
            let known = protocol(code.trim());
            let known =
                known.filter(|known| profession.is_none_or(|p| known.professions.contains(&p)));
            match known.and_then(|known| Slug::new(known.code).ok()) {
                Some(code) => _ = found.insert(code),
                None => {
                    errors.add(
                        &format!("/need/cooperations/{index}"),
                        "Ce n’est pas un protocole de coopération de la profession demandée.",
                    );
                    return None;
                }
            }
        }
        Some(found)
    }

    fn motives(&self, errors: &mut Errors) -> Option<Vec<Slug>> {
        let given = &self.motives;
        if given.is_empty() || given.len() > MOTIVES_MAX {
            errors.add("/need/motives", "Donnez un motif au moins, cinq au plus.");
            return None;
        }
        let mut found: Vec<Slug> = Vec::new();
        for (index, motive) in given.iter().enumerate() {
            match Motives::shipped().get(&motive.code) {
                Some(known) if !found.contains(&known.code) => found.push(known.code.clone()),
                Some(_) => {}
                None => errors.add(
                    &format!("/need/motives/{index}/code"),
                    "Ce motif n’est pas dans la liste des motifs.",
                ),
            }
        }
        (!found.is_empty()).then_some(found)
    }

    /// The comment for the professional: free words beside motives come first.
    fn comment(&self, errors: &mut Errors) -> Option<String> {
        let words = self.motives.iter().filter_map(|m| m.text.as_deref());
        let all = words.chain(self.comment.as_deref()).map(str::trim);
        let comment = all
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · ");
        if comment.chars().count() > COMMENT_MAX {
            errors.add(
                "/need/comment",
                format!("{COMMENT_MAX} caractères au plus."),
            );
            return None;
        }
        let invisible = |c: char| (c.is_control() && c != '\n' && c != '\r') || is_reordering(c);
        if comment.chars().any(invisible) {
            errors.add(
                "/need/comment",
                "Ce texte contient un caractère invisible\u{a0}: retapez-le.",
            );
            return None;
        }
        Some(comment)
    }
}

/// A change of part of a need (`PATCH /requests/{id}`): what is left out stays as it is.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedChange {
    /// Profession asked.
    pub profession: Option<String>,
    /// Specialty; empty takes it away.
    pub specialty: Option<String>,
    /// Care type.
    pub care_type: Option<String>,
    /// Mode.
    pub mode: Option<String>,
    /// Care delay, hours.
    pub within_hours: Option<i64>,
    /// One to five motives.
    pub motives: Option<Vec<MotiveDraft>>,
    /// Free text, without identity.
    pub comment: Option<String>,
    /// How the care repeats.
    pub series: Option<SeriesDraft>,
    /// Cooperation protocols of which one is asked.
    pub cooperations: Option<Vec<String>>,
}

impl NeedChange {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        self.profession.is_none()
            && self.specialty.is_none()
            && self.care_type.is_none()
            && self.mode.is_none()
            && self.within_hours.is_none()
            && self.motives.is_none()
            && self.comment.is_none()
            && self.series.is_none()
            && self.cooperations.is_none()
    }

    /// The need as it becomes; each wrong field is named once.
    pub fn apply(&self, need: &Need) -> Result<Need, AppError> {
        let same_profession = self
            .profession
            .as_deref()
            .is_none_or(|p| p == need.profession.code());
        let care_type = match &self.care_type {
            Some(text) => Some(text.clone()),
            // Another profession's ordinary care replaces what was this one's.
            None => same_profession.then(|| need.care.to_string()),
        };
        let kept = || {
            let motives = need.motives.iter();
            motives
                .map(|code| MotiveDraft {
                    code: code.to_string(),
                    text: None,
                })
                .collect()
        };
        let draft = NeedDraft {
            profession: self
                .profession
                .clone()
                .unwrap_or_else(|| need.profession.code().to_owned()),
            specialty: self
                .specialty
                .clone()
                .or_else(|| need.specialty.as_ref().map(ToString::to_string)),
            care_type,
            mode: Some(
                self.mode
                    .clone()
                    .unwrap_or_else(|| need.mode.code().to_owned()),
            ),
            within_hours: self
                .within_hours
                .unwrap_or_else(|| i64::from(need.within_hours)),
            motives: self.motives.clone().unwrap_or_else(kept),
            comment: Some(self.comment.clone().unwrap_or_else(|| need.comment.clone())),
            series: self.series.clone().or_else(|| {
                // Another profession's care does not repeat as this one's did.
                let kept = need.series.as_ref().filter(|_| same_profession);
                kept.map(SeriesDraft::from)
            }),
            cooperations: self.cooperations.clone().unwrap_or_else(|| {
                // Another profession has its own right, or protocols of its own.
                let kept = need.cooperations.iter().filter(|_| same_profession);
                kept.map(ToString::to_string).collect()
            }),
        };
        let mut errors = Errors::default();
        let read = draft.read(&mut errors);
        read.filter(|_| errors.0.is_empty())
            .ok_or(AppError::Invalid(errors.0))
    }
}
