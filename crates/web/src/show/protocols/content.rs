//! What a sheet says, in words: its facts, its questions with what they received, its faults.

use relais_app::protocols::versions::Count;
use relais_app::protocols::{Question, Sheet, destination, form};
use relais_app::reference::motives::Motives;
use relais_app::text::{labels, triage as text};
use relais_core::people::Mode;
use relais_core::triage::Kind;

use crate::show::{typeset, upper};
use crate::views::QuestionRow;

/// What is wrong, with the question it is about.
pub(crate) fn fault_line(sheet: &Sheet, fault: &relais_app::protocols::Fault) -> String {
    let said = text::fault(&fault.wrong);
    match fault.question.and_then(|index| sheet.questions.get(index)) {
        Some(question) => format!("{}\u{a0}: {said}", question.key),
        None => said,
    }
}

/// What a sheet says beside its questions.
pub(crate) fn facts(sheet: &Sheet) -> Vec<(&'static str, String)> {
    let motives = sheet
        .motives
        .iter()
        .map(|code| Motives::shipped().label(code));
    let ends = destination::end_codes(&sheet.end);
    let ends: Vec<_> = ends.into_iter().map(text::destination).collect();
    let mut facts = vec![("Pour qui", typeset(&sheet.scope))];
    let mut push = |label, value: String| {
        if !value.is_empty() {
            facts.push((label, value));
        }
    };
    let motives = motives.collect::<Vec<_>>().join(" · ");
    push(
        "Motifs",
        if sheet.any_motive {
            "tous".to_owned()
        } else {
            motives
        },
    );
    push("Âges", text::ages(sheet));
    push(
        "Délai",
        sheet
            .within_hours
            .map(|h| format!("{h}\u{a0}h"))
            .unwrap_or_default(),
    );
    push(
        "Mode",
        sheet
            .mode
            .map(|mode: Mode| upper(labels::mode(mode)))
            .unwrap_or_default(),
    );
    push("Issue", ends.join(", sinon "));
    if sheet.advice_first {
        push("Avis médical", "avant toute demande".to_owned());
    }
    push(
        "Protocoles de coopération",
        relais_app::protocols::difference::cooperations(sheet),
    );
    push(
        "À dire à l’issue",
        sheet.end_say.as_deref().map(typeset).unwrap_or_default(),
    );
    push(
        "Remarque",
        sheet.remark.as_deref().map(typeset).unwrap_or_default(),
    );
    facts
}

/// The questions of a sheet, with what they received.
pub(crate) fn questions(sheet: &Sheet, counts: &[Count]) -> Vec<QuestionRow> {
    let all = sheet.questions.iter();
    all.map(|question| question_row(sheet, counts, question))
        .collect()
}

fn question_row(sheet: &Sheet, counts: &[Count], question: &Question) -> QuestionRow {
    let count = counts.iter().find(|count| count.question == question.key);
    QuestionRow {
        key: question.key.clone(),
        kind: text::kind(&question.kind),
        text: typeset(&question.text),
        short: question.short.as_deref().map(typeset).unwrap_or_default(),
        yes: typeset(&text::on_yes(&question.kind)),
        say: question.say.as_deref().map(typeset).unwrap_or_default(),
        when: condition(sheet, question),
        counts: count.map_or_else(Vec::new, |count| counted(&question.kind, count)),
    }
}

/// How often a question fires, is not known, is passed over: each with what it is a part of.
fn counted(kind: &Kind, count: &Count) -> Vec<String> {
    let all = count.yes + count.no + count.unknown;
    if all == 0 {
        return Vec::new();
    }
    let of_all = if all == 1 {
        "de la seule réponse".to_owned()
    } else {
        format!("des {all} réponses")
    };
    let (word, fired) = match kind {
        Kind::Inclusion => ("non", count.no),
        Kind::RedFlag(_) | Kind::Exclusion(_) | Kind::Note => ("oui", count.yes),
    };
    let mut lines = vec![format!("{word}\u{a0}: {fired} {of_all}")];
    if count.unknown > 0 {
        lines.push(format!("ne sait pas\u{a0}: {} {of_all}", count.unknown));
    }
    if count.overridden > 0 {
        let yes = count.yes;
        let base = if yes == 1 {
            "du seul oui".to_owned()
        } else {
            format!("des {yes} oui")
        };
        lines.push(format!("passée outre\u{a0}: {} {base}", count.overridden));
    }
    lines
}

/// When a question is asked, in the words of the one it hangs on; nothing when it always is.
pub(super) fn condition(sheet: &Sheet, question: &Question) -> String {
    let asked = question.only_if.as_ref().and_then(|(key, answer)| {
        let (_, other) = sheet.question(key)?;
        let short = other.short().trim_end_matches([' ', '\u{a0}', '?']);
        let answer = form::answer_word(*answer);
        Some(format!(
            "Seulement si «\u{a0}{short}\u{a0}»\u{a0}: {answer}."
        ))
    });
    asked.map(|text| typeset(&text)).unwrap_or_default()
}
