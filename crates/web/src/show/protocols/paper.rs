//! A sheet on paper.

use relais_app::protocols::{InForce, Standing, destination};
use relais_app::text::triage as text;
use relais_core::triage::{Kind, Part};

use super::content::condition;
use crate::show::{Eye, typeset};
use crate::views::{PaperQuestion, PaperSheet};

/// A sheet on paper.
pub(crate) fn paper(eye: &Eye, version: &InForce) -> PaperSheet {
    let sheet = &version.sheet;
    let ends = destination::end_codes(&sheet.end);
    let ends: Vec<_> = ends.into_iter().map(text::destination).collect();
    let within = sheet
        .within_hours
        .map(|hours| format!(", dans les {hours}\u{a0}h"));
    let advice_first = if sheet.advice_first {
        " après avis médical"
    } else {
        ""
    };
    let asked = sheet
        .questions
        .iter()
        .filter(|question| question.kind != Kind::Note);
    PaperSheet {
        code: sheet.code.clone(),
        title: typeset(&sheet.title),
        standing: match &version.standing {
            Standing::Signed {
                by,
                rpps,
                expires_at,
                ..
            } => format!(
                "Version {}, signée par {by} (RPPS {rpps}), jusqu’au {}",
                version.version,
                eye.when().date(*expires_at)
            ),
            Standing::Demonstration => format!(
                "Version {}, signée par personne\u{a0}: démonstration, à ne pas utiliser",
                version.version
            ),
        },
        scope: typeset(&sheet.scope),
        questions: asked
            .map(|question| PaperQuestion {
                when: condition(sheet, question),
                text: typeset(&question.text),
                yes: on_paper(&question.kind),
                say: question.say.as_deref().map(typeset).unwrap_or_default(),
                flag: question.is_red_flag(),
            })
            .collect(),
        notes: sheet
            .notes()
            .map(|question| typeset(&question.text))
            .collect(),
        end: match sheet.part() {
            // No sign stops the call: what the call is about has a sheet of its own.
            Part::Trunk => "passer à la fiche du motif.".to_owned(),
            Part::Sheet => format!(
                "{}{}{advice_first}",
                ends.join(", sinon "),
                within.unwrap_or_default()
            ),
        },
        advice: sheet
            .advice
            .iter()
            .map(|advice| typeset(&advice.text))
            .collect(),
    }
}

/// What a *yes* does, in the width of a column.
fn on_paper(kind: &Kind) -> String {
    match kind {
        Kind::RedFlag(alarm) if alarm.code() == "15" => "15".to_owned(),
        Kind::RedFlag(_) => "Régulateur".to_owned(),
        Kind::Exclusion(target) => text::destination(destination::code(target)).to_owned(),
        Kind::Inclusion => "La fiche s’applique\u{a0}; non\u{a0}: régulateur".to_owned(),
        Kind::Note => String::new(),
    }
}
