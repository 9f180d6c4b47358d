//! A sheet as the fields of the editor, and the fields as a sheet. What is typed is always kept; what is
//! wrong lands on a field. Owns the names of the fields; the page is [`super::edit`]'s.

use relais_app::protocols::check::{QUESTIONS_MAX, Wrong};
use relais_app::protocols::sheet::{Advice, Question, Sheet};
use relais_app::protocols::{TRUNK, destination, form};
use relais_core::people::Mode;
use relais_core::slug::Slug;
use relais_core::triage::{Answer as Said, End, Kind};

use super::nature;
use crate::forms::Fields;
use crate::parts::Form;

/// Professions an end may name.
const ENDS: usize = 3;

/// Which field a fault is about.
pub(super) fn field_of(question: Option<usize>, wrong: &Wrong) -> String {
    use relais_core::triage::Fault as F;
    match (question, wrong) {
        (Some(index), Wrong::Plan(F::RedFlagLate(_))) => format!("rang_{index}"),
        (
            Some(index),
            Wrong::Plan(F::Cycle(_) | F::ConditionLater(_) | F::RedFlagConditional(_)),
        ) => {
            format!("si_{index}")
        }
        (Some(index), Wrong::Plan(_)) => format!("nature_{index}"),
        (Some(index), Wrong::NothingToSay) => format!("dire_{index}"),
        (Some(index), _) => format!("texte_{index}"),
        (None, Wrong::Destination(_)) => "destinations".to_owned(),
        (None, Wrong::Ages) => "age_max".to_owned(),
        (None, Wrong::Motive(_)) => "motifs".to_owned(),
        (None, Wrong::Cooperation(_)) => "protocoles".to_owned(),
        (None, Wrong::NothingToSay) => "fin_dire".to_owned(),
        (None, Wrong::NoSentence | Wrong::TooLong) => "consignes".to_owned(),
        (None, Wrong::Plan(F::EndUnreachable | F::TrunkOnly(_))) => "fin_0".to_owned(),
        (None, Wrong::NoTitle) => "inclusion".to_owned(),
        (None, _) => "libelle".to_owned(),
    }
}

/// The sheet as the fields of the form.
pub(super) fn fill(sheet: &Sheet) -> Form {
    let months = |value: Option<u16>| value.map(|m| m.to_string()).unwrap_or_default();
    let advice: Vec<_> = sheet
        .advice
        .iter()
        .map(|advice| advice.text.as_str())
        .collect();
    let mut form = Form::default()
        .with("libelle", &sheet.title)
        .with("inclusion", &sheet.scope)
        .with("age_min", &sheet.from_months.to_string())
        .with("age_max", &months(sheet.until_months))
        .with("delai", &months(sheet.within_hours))
        .with("mode", sheet.mode.map_or("", Mode::code))
        .with("fin_dire", sheet.end_say.as_deref().unwrap_or_default())
        .with("consignes", &advice.join("\n"))
        .with("remarque", sheet.remark.as_deref().unwrap_or_default());
    for target in &sheet.destinations {
        form = form.with("destinations", destination::code(target));
    }
    for (index, code) in destination::end_codes(&sheet.end)
        .into_iter()
        .enumerate()
        .take(ENDS)
    {
        form = form.with(&format!("fin_{index}"), code);
    }
    for motive in &sheet.motives {
        form = form.with("motifs", motive.as_str());
    }
    for code in &sheet.cooperations {
        form = form.with("protocoles", code.as_str());
    }
    for (name, ticked) in [
        ("avis_medical", sheet.advice_first),
        ("tous_motifs", sheet.any_motive),
    ] {
        if ticked {
            form = form.with(name, "oui");
        }
    }
    for (index, question) in sheet.questions.iter().enumerate() {
        let mut put = |name: &str, value: &str| {
            form = form.clone().with(&format!("{name}_{index}"), value);
        };
        put("rang", &(index + 1).to_string());
        put("nature", &nature(&question.kind));
        put("texte", &question.text);
        put("court", question.short.as_deref().unwrap_or_default());
        put("dire", question.say.as_deref().unwrap_or_default());
        if let Some((key, answer)) = &question.only_if {
            put("si", key);
            put("reponse", form::answer_word(*answer));
        }
    }
    form
}

/// The fields as a sheet; what the form does not show is kept from the base.
pub(super) fn read(base: &Sheet, fields: &Fields) -> Sheet {
    let mut sheet = base.clone();
    fields.get("libelle").clone_into(&mut sheet.title);
    fields.get("inclusion").clone_into(&mut sheet.scope);
    sheet.from_months = fields.get("age_min").parse().unwrap_or_default();
    sheet.until_months = fields.get("age_max").parse().ok();
    if base.code != TRUNK {
        sheet.within_hours = fields.get("delai").parse().ok();
        sheet.mode = Mode::from_code(fields.get("mode"));
        let announced = fields.all("destinations");
        let announced = announced
            .iter()
            .filter_map(|code| destination::target(code));
        sheet.destinations = in_order(&base.destinations, announced.collect());
        sheet.end = end(fields);
        sheet.end_say = fields.some("fin_dire");
        sheet.advice_first = !fields.get("avis_medical").is_empty();
        sheet.any_motive = !fields.get("tous_motifs").is_empty();
        let motives = fields.all("motifs");
        let motives = motives.iter().filter_map(|code| Slug::new(code).ok());
        sheet.motives = in_order(&base.motives, motives.collect());
        let protocols = fields.all("protocoles");
        let protocols = protocols.iter().filter_map(|code| Slug::new(code).ok());
        sheet.cooperations = in_order(&base.cooperations, protocols.collect());
    }
    sheet.advice = advice(base, fields.get("consignes"));
    sheet.remark = fields.some("remarque");
    let count = fields.get("nombre").parse().unwrap_or(0_usize);
    let mut ranked = Vec::new();
    let mut fresh = base.clone();
    for index in 0..count.min(QUESTIONS_MAX) {
        let field = |name: &str| fields.get(&format!("{name}_{index}"));
        let key = field("cle");
        if !field("retirer").is_empty() || (key.is_empty() && field("texte").is_empty()) {
            continue;
        }
        let known = base.question(key);
        let stood = known.map(|(index, _)| index + 1);
        let place = place(field("rang"), stood);
        let known = known.map(|(_, question)| question.clone());
        let question = question(known, &fresh, &field);
        fresh.questions.push(question.clone());
        ranked.push((place, question));
    }
    ranked.sort_by_key(|(place, _)| *place);
    sheet.questions = ranked.into_iter().map(|(_, question)| question).collect();
    sheet
}

/// What was ticked, in the order the sheet had; boxes come back in the order of the page.
fn in_order<T: PartialEq + Clone>(base: &[T], ticked: Vec<T>) -> Vec<T> {
    let kept = base.iter().filter(|one| ticked.contains(one)).cloned();
    let new = ticked.iter().filter(|one| !base.contains(one)).cloned();
    kept.chain(new).collect()
}

/// Where a question goes: at the rank typed, before whoever stood there when it comes up or is
/// new, after them when it goes down; without a rank, at the end.
fn place(typed: &str, stood: Option<usize>) -> usize {
    let Ok(rank) = typed.parse::<u16>().map(usize::from) else {
        return usize::MAX;
    };
    match stood {
        Some(stood) if stood == rank => 2 * rank + 1,
        Some(stood) if stood < rank => 2 * rank + 2,
        Some(_) | None => 2 * rank,
    }
}

fn question<'f>(
    known: Option<Question>,
    all: &Sheet,
    field: &impl Fn(&str) -> &'f str,
) -> Question {
    let (word, yes) = field("nature").split_once(':').unwrap_or(("a-noter", ""));
    let some = |name: &str| Some(field(name).to_owned()).filter(|text| !text.is_empty());
    let only_if = some("si").map(|key| {
        let answer = form::answer_of(field("reponse")).unwrap_or(Said::Yes);
        (key, answer)
    });
    Question {
        key: known
            .as_ref()
            .map_or_else(|| all.free_key(), |known| known.key.clone()),
        kind: form::kind_of(word, Some(yes)).unwrap_or(Kind::Note),
        text: field("texte").to_owned(),
        short: some("court"),
        say: some("dire"),
        only_if,
        sources: known.map(|known| known.sources).unwrap_or_default(),
    }
}

/// The end: one way out, or professions in order. Ways out beside others keep the first.
fn end(fields: &Fields) -> End {
    let codes: Vec<String> = (0..ENDS)
        .filter_map(|i| fields.some(&format!("fin_{i}")))
        .collect();
    destination::end(&codes)
        .or_else(|| {
            codes
                .first()
                .and_then(|first| destination::end(std::slice::from_ref(first)))
        })
        .unwrap_or(End::Regulator)
}

/// One sentence a line; a sentence that did not change keeps its sources.
fn advice(base: &Sheet, typed: &str) -> Vec<Advice> {
    let lines = typed.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let same = base.advice.iter().find(|advice| advice.text == line);
            same.cloned().unwrap_or_else(|| Advice {
                text: line.to_owned(),
                sources: Vec::new(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_app::protocols::file::shipped;
    use relais_app::reference::motives::Motives;

    /// What a browser would send back of a form that nobody touched.
    fn untouched(sheet: &Sheet) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in fill(sheet).pairs() {
            fields
                .0
                .entry(name.to_owned())
                .or_default()
                .push(value.to_owned());
        }
        // Boxes come back in the order of the page, whatever the sheet's.
        for (name, places) in [
            ("destinations", destination::codes().collect::<Vec<_>>()),
            (
                "motifs",
                Motives::shipped()
                    .all()
                    .iter()
                    .map(|m| m.code.as_str())
                    .collect(),
            ),
        ] {
            if let Some(ticked) = fields.0.get_mut(name) {
                ticked.sort_by_key(|code| places.iter().position(|place| place == code));
            }
        }
        for (index, question) in sheet.questions.iter().enumerate() {
            fields
                .0
                .insert(format!("cle_{index}"), vec![question.key.clone()]);
        }
        let count = sheet.questions.len().to_string();
        fields.0.insert("nombre".to_owned(), vec![count]);
        fields
    }

    fn set(fields: &mut Fields, name: &str, value: &str) {
        fields.0.insert(name.to_owned(), vec![value.to_owned()]);
    }

    fn ear() -> &'static Sheet {
        let mut sheets = shipped().sheets.iter();
        sheets.find(|sheet| sheet.code == "OREILLE").unwrap()
    }

    #[test]
    fn a_form_nobody_touched_is_the_same_sheet() {
        for sheet in &shipped().sheets {
            assert_eq!(read(sheet, &untouched(sheet)), *sheet, "{}", sheet.code);
        }
    }

    #[test]
    fn questions_are_moved_added_and_removed_and_keep_their_keys() {
        let sheet = ear();
        let mut fields = untouched(sheet);
        set(&mut fields, "rang_1", "0");
        set(&mut fields, "retirer_2", "oui");
        let new = sheet.questions.len();
        set(&mut fields, "nombre", &(new + 3).to_string());
        set(&mut fields, &format!("texte_{new}"), "A-t-elle voyagé ?");
        set(&mut fields, &format!("nature_{new}"), "a-noter:");
        let edited = read(sheet, &fields);
        let keys: Vec<_> = edited.questions.iter().map(|q| q.key.as_str()).collect();
        assert_eq!(keys[..3], ["oreille-2", "oreille-1", "oreille-4"]);
        let last = edited.questions.last().unwrap();
        assert_eq!(
            (last.key.as_str(), last.text.as_str()),
            ("oreille-7", "A-t-elle voyagé ?")
        );
        assert_eq!(edited.questions.len(), sheet.questions.len());
        assert_eq!(edited.faults(), Vec::new());
    }

    #[test]
    fn a_rank_is_taken_from_whoever_stood_there() {
        let sheet = ear();
        let order = |from: usize, rank: &str| {
            let mut fields = untouched(sheet);
            set(&mut fields, &format!("rang_{from}"), rank);
            let edited = read(sheet, &fields);
            let keys = edited.questions.iter().map(|q| q.key.clone());
            keys.collect::<Vec<_>>()[..4].join(" ")
        };
        assert_eq!(order(2, "1"), "oreille-3 oreille-1 oreille-2 oreille-4");
        assert_eq!(order(0, "3"), "oreille-2 oreille-3 oreille-1 oreille-4");
        assert_eq!(order(1, "2"), "oreille-1 oreille-2 oreille-3 oreille-4");
    }

    #[test]
    fn what_is_wrong_is_kept_and_lands_on_a_field() {
        let sheet = ear();
        let mut fields = untouched(sheet);
        set(&mut fields, "texte_0", "");
        set(&mut fields, "rang_0", "99");
        set(&mut fields, "age_max", "0");
        let edited = read(sheet, &fields);
        let places: Vec<_> = edited
            .faults()
            .iter()
            .map(|fault| field_of(fault.question, &fault.wrong))
            .collect();
        let last = edited.questions.len() - 1;
        assert_eq!(
            places,
            [
                "age_max".to_owned(),
                format!("texte_{last}"),
                format!("rang_{last}")
            ]
        );
    }
}
