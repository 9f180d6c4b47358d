//! What changed between two versions of a sheet, in the words a coordinator reads.

use super::destination;
use super::sheet::{Question, Sheet};
use crate::reference::motives::Motives;
use crate::text::triage as text;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it is about.
    pub what: String,
    /// What the older version says; nothing when it was added.
    pub before: Option<String>,
    /// What the newer one says; nothing when it was removed.
    pub after: Option<String>,
}

/// Everything that differs, from the title to the questions in their new order, then those removed.
pub fn difference(old: &Sheet, new: &Sheet) -> Vec<Change> {
    let mut found = Vec::new();
    for ((what, before), (_, after)) in facts(old).into_iter().zip(facts(new)) {
        push(&mut found, what, some(before), some(after));
    }
    let order = |sheet: &Sheet, other: &Sheet| -> Vec<String> {
        let common = sheet
            .questions
            .iter()
            .filter(|q| other.question(&q.key).is_some());
        common.map(|q| q.key.clone()).collect()
    };
    let (was, is) = (order(old, new), order(new, old));
    if was != is {
        push(
            &mut found,
            "Ordre des questions",
            Some(was.join(", ")),
            Some(is.join(", ")),
        );
    }
    for question in &new.questions {
        match old.question(&question.key) {
            None => push(
                &mut found,
                &format!("Question {} ajoutée", question.key),
                None,
                Some(line(question)),
            ),
            Some((_, before)) => {
                for ((what, was), (_, is)) in aspects(before).into_iter().zip(aspects(question)) {
                    let what = format!("Question {}{what}", question.key);
                    push(&mut found, &what, some(was), some(is));
                }
            }
        }
    }
    for question in &old.questions {
        if new.question(&question.key).is_none() {
            push(
                &mut found,
                &format!("Question {} retirée", question.key),
                Some(line(question)),
                None,
            );
        }
    }
    found
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn push(found: &mut Vec<Change>, what: &str, before: Option<String>, after: Option<String>) {
    if before != after {
        found.push(Change {
            what: what.to_owned(),
            before,
            after,
        });
    }
}

fn facts(sheet: &Sheet) -> Vec<(&'static str, String)> {
    let labels = sheet
        .motives
        .iter()
        .map(|code| Motives::shipped().label(code));
    let destinations = sheet.destinations.iter().map(destination::code);
    let ends = destination::end_codes(&sheet.end);
    vec![
        ("Titre", sheet.title.clone()),
        ("Pour qui", sheet.scope.clone()),
        ("Motifs", labels.collect::<Vec<_>>().join(", ")),
        ("Âges", text::ages(sheet)),
        (
            "Destinations annoncées",
            destinations
                .map(text::destination)
                .collect::<Vec<_>>()
                .join(", "),
        ),
        (
            "Issue",
            ends.into_iter()
                .map(text::destination)
                .collect::<Vec<_>>()
                .join(", puis "),
        ),
        (
            "Phrase de l’issue",
            sheet.end_say.clone().unwrap_or_default(),
        ),
        (
            "Délai",
            sheet
                .within_hours
                .map(|hours| format!("{hours} h"))
                .unwrap_or_default(),
        ),
        (
            "Mode",
            sheet
                .mode
                .map(|mode| crate::text::labels::mode(mode).to_owned())
                .unwrap_or_default(),
        ),
        (
            "Avis médical d’abord",
            if sheet.advice_first { "oui" } else { "" }.to_owned(),
        ),
        ("Protocoles de coopération", cooperations(sheet)),
        (
            "Consignes",
            sheet
                .advice
                .iter()
                .map(|a| a.text.as_str())
                .collect::<Vec<_>>()
                .join(" · "),
        ),
        ("Remarque", sheet.remark.clone().unwrap_or_default()),
    ]
}

/// The cooperation protocols a sheet names, in words.
pub fn cooperations(sheet: &Sheet) -> String {
    let named = sheet.cooperations.iter().map(|code| {
        let known = crate::cooperation::protocol(code.as_str());
        known.map_or(code.as_str(), |known| known.label)
    });
    named.collect::<Vec<_>>().join(" · ")
}

/// What a question says, one thing at a time: only what changed is read again.
fn aspects(question: &Question) -> [(&'static str, String); 5] {
    let kind = text::kind(&question.kind);
    let nature = match question_target(question) {
        Some(target) => format!("{kind}, oui\u{a0}: {target}"),
        None => kind.to_owned(),
    };
    let only_if = question.only_if.as_ref().map(|(key, answer)| {
        let answer = super::form::answer_word(*answer);
        format!("seulement si {key}\u{a0}: {answer}")
    });
    [
        (", phrase à lire", question.text.clone()),
        (", nature et suite", nature),
        (", condition", only_if.unwrap_or_default()),
        (", phrase à dire", question.say.clone().unwrap_or_default()),
        (
            ", en quelques mots",
            question.short.clone().unwrap_or_default(),
        ),
    ]
}

/// A question in one line.
fn line(question: &Question) -> String {
    let mut line = format!("{} : {}", text::kind(&question.kind), question.text);
    if let Some(target) = question_target(question) {
        line.push_str(&format!(" [oui : {target}]"));
    }
    if let Some((key, answer)) = &question.only_if {
        let answer = super::form::answer_word(*answer);
        line.push_str(&format!(" [seulement si {key} : {answer}]"));
    }
    if let Some(say) = &question.say {
        line.push_str(&format!(" [dire : {say}]"));
    }
    if let Some(short) = &question.short {
        line.push_str(&format!(" ({short})"));
    }
    line
}

fn question_target(question: &Question) -> Option<&'static str> {
    let ask = relais_core::triage::Ask::always(question.kind.clone());
    ask.on_yes()
        .map(|target| text::destination(destination::code(&target)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::file::shipped_trunk;

    #[test]
    fn nothing_differs_from_itself_and_each_change_is_told() {
        let old = shipped_trunk().clone();
        assert_eq!(difference(&old, &old), Vec::new());
        let mut new = old.clone();
        new.title = "Autre".to_owned();
        new.questions.swap(0, 1);
        new.questions[2].text = "Autrement ?".to_owned();
        let gone = new.questions.remove(3);
        let told = difference(&old, &new);
        let what: Vec<_> = told.iter().map(|change| change.what.as_str()).collect();
        assert_eq!(
            what,
            [
                "Titre",
                "Ordre des questions",
                "Question tronc-3, phrase à lire",
                "Question tronc-4 retirée"
            ]
        );
        assert_eq!(told[2].after.as_deref(), Some("Autrement ?"));
        assert_eq!(told[3].after, None);
        assert!(told[3].before.as_ref().unwrap().contains(&gone.text));
    }
}
