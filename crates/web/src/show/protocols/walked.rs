//! What a walk-through came to, in words.

use relais_app::protocols::{Book, Chosen, destination};
use relais_app::text::triage as text;
use relais_core::triage::{Orientation, Step as Walk};

use crate::icon::Icon;
use crate::parts::{State, Tone};
use crate::show::typeset;

/// What a walk came to: its state, a sentence, reasons, what to say.
pub(crate) fn outcome(
    book: &Book,
    chosen: Chosen<'_>,
    step: &Walk,
) -> Option<(State, String, Vec<String>, String)> {
    let short = |sign| {
        let question = book.question(Some(chosen), sign);
        question.map_or_else(String::new, |question| typeset(question.short()))
    };
    Some(match step {
        Walk::Ask(_) | Walk::ChooseMotive => return None,
        Walk::Fifteen(signs) => (
            State::new(Tone::Fifteen, Icon::Siren, "Transférer au 15"),
            "Le questionnaire s’arrête. Aucune demande ne peut partir.".to_owned(),
            signs.iter().map(|sign| short(*sign)).collect(),
            String::new(),
        ),
        Walk::Done(Orientation::Regulator { reasons, .. }) => (
            State::new(Tone::Qualify, Icon::ClipboardText, "Médecin régulateur"),
            "Le médecin régulateur qualifie avant toute demande. Aucun de garde\u{a0}: le 15."
                .to_owned(),
            reasons
                .iter()
                .map(|why| typeset(&text::reason(book, Some(chosen), *why)))
                .collect(),
            String::new(),
        ),
        Walk::Done(Orientation::Cascade(proposal)) => {
            let codes = proposal.towards.iter().map(destination::cascade_code);
            let names: Vec<_> = codes.map(text::destination).collect();
            let within = proposal.within_hours;
            let within = within.map(|hours| format!(" dans les {hours}\u{a0}h"));
            (
                State::new(Tone::Community, Icon::UsersThree, "Demande possible"),
                format!("{}{}.", names.join(", sinon "), within.unwrap_or_default()),
                Vec::new(),
                String::new(),
            )
        }
        Walk::Done(Orientation::Elsewhere { to, by }) => {
            let question = by.and_then(|sign| book.question(Some(chosen), sign));
            let own = question.and_then(|question| question.say.clone());
            let sheet = chosen.sheet().filter(|_| question.is_none());
            let end = sheet.and_then(|version| version.sheet.end_say.clone());
            let say = own.or(end).unwrap_or_else(|| text::goodbye(*to).to_owned());
            (
                State::new(Tone::Closed, Icon::FlagCheckered, "Hors du service"),
                format!("{}.", text::destination(to.code())),
                by.iter().map(|sign| short(*sign)).collect(),
                typeset(&say),
            )
        }
        Walk::Done(Orientation::Uncovered) => (
            State::new(Tone::Community, Icon::UsersThree, "Demande possible"),
            "Aucune fiche pour ce motif\u{a0}: le besoin se remplit à la main.".to_owned(),
            Vec::new(),
            String::new(),
        ),
    })
}
