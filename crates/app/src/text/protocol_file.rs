//! What is wrong with a file of sheets, said to the coordinator who brings it: which field, which word,
//! what to write instead. The command line has its own sentences, in English, beside the cases.

use crate::protocols::file::{FILE_MAX, SHEETS_MAX};
use crate::protocols::illegible::Illegible;
use crate::protocols::{FileFault, Reason};
use crate::text::triage;

/// Where a fault stands: `Ligne 12, fiche GORGE`.
pub fn place(fault: &FileFault) -> String {
    match &fault.sheet {
        Some(code) => format!("Ligne {}, fiche {code}", fault.line),
        None => format!("Ligne {}", fault.line),
    }
}

/// What is wrong there.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::TooLarge => format!(
            "Le fichier dépasse {}\u{a0}Mo\u{a0}: partagez-le en plusieurs.",
            FILE_MAX >> 20
        ),
        Reason::Count => {
            format!("La liste «\u{a0}protocoles\u{a0}» contient de 1 à {SHEETS_MAX} fiches.")
        }
        Reason::CodeTwice => {
            "Ce code de fiche sert deux fois dans le fichier\u{a0}: gardez-en une.".to_owned()
        }
        Reason::Source(key) => {
            format!("La source «\u{a0}{key}\u{a0}» n’est pas décrite dans «\u{a0}sources\u{a0}».")
        }
        Reason::Illegible(why) => illegible(why),
        Reason::Wrong(wrong) => triage::fault(wrong),
    }
}

fn illegible(why: &Illegible) -> String {
    match why {
        Illegible::CutShort => {
            "Le texte s’arrête avant la fin\u{a0}: il manque une accolade, un crochet ou un guillemet."
                .to_owned()
        }
        Illegible::Syntax(_) => {
            "Ce n’est plus du JSON à cet endroit\u{a0}: vérifiez les virgules, les guillemets et les accolades."
                .to_owned()
        }
        Illegible::UnknownField(field) => format!(
            "Le champ «\u{a0}{field}\u{a0}» n’existe pas\u{a0}: vérifiez son orthographe."
        ),
        Illegible::MissingField(field) => format!("Il manque le champ «\u{a0}{field}\u{a0}»."),
        Illegible::FieldTwice(field) => {
            format!("Le champ «\u{a0}{field}\u{a0}» est écrit deux fois.")
        }
        Illegible::Value(_) => {
            "Une valeur n’est pas de la nature attendue\u{a0}: un texte s’écrit entre guillemets, un nombre sans, une liste entre crochets."
                .to_owned()
        }
        Illegible::Destination(code) => format!(
            "«\u{a0}{code}\u{a0}» n’est pas une destination. Écrivez 15, MR, MG, PHARMA, IDE, MK, SF, DENT, OPH, PODO, ORTHOPT, CAP ou MT."
        ),
        Illegible::Delay(delay) => format!(
            "«\u{a0}{delay}\u{a0}» n’est pas un délai en heures. Écrivez par exemple PT12H."
        ),
        Illegible::Mode(code) => format!(
            "«\u{a0}{code}\u{a0}» n’est pas un mode. Écrivez consultation, visit ou teleconsultation."
        ),
        Illegible::Motive(code) => format!(
            "«\u{a0}{code}\u{a0}» ne peut pas être un code de motif\u{a0}: minuscules, chiffres et traits d’union."
        ),
        Illegible::Cooperation(code) => format!(
            "«\u{a0}{code}\u{a0}» ne peut pas être un protocole de coopération\u{a0}: minuscules, chiffres et traits d’union."
        ),
        Illegible::End(codes) => format!(
            "«\u{a0}{codes}\u{a0}» ne fait pas une issue\u{a0}: une seule voie de sortie, ou une suite de professions."
        ),
        Illegible::Yes { kind, to: None } => format!(
            "Une question de genre «\u{a0}{kind}\u{a0}» dit où mène un oui, dans «\u{a0}si_oui\u{a0}»."
        ),
        Illegible::Yes { kind, to: Some(to) } => format!(
            "Une question de genre «\u{a0}{kind}\u{a0}» ne peut pas mener à «\u{a0}{to}\u{a0}»."
        ),
        Illegible::Answer(word) => format!(
            "«\u{a0}{word}\u{a0}» n’est pas une réponse. Écrivez oui, non ou ne sait pas."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::read_file;

    /// A sheet on lines one can count, from its questions.
    fn told(questions: &str) -> Vec<String> {
        let text = format!(
            r#"{{"protocoles": [
{{"code": "ESSAI", "libelle": "Essai", "inclusion": "Un essai", "motifs": ["toux"],
 "destinations": ["15", "MG"], "fin": ["MG"], "questions": [
{{"cle": "e-1", "genre": "alerte", "texte": "Respire mal ?", "si_oui": "15"}},
{questions}
 ]}}
]}}"#
        );
        let faults = read_file(&text).expect_err("the file is refused");
        let line = |fault: &FileFault| format!("{}. {}", place(fault), reason(&fault.reason));
        let all = faults.iter().map(line);
        all.map(|text| text.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn a_cycle_an_unreachable_question_an_unknown_word_and_a_missing_sentence_are_told_in_french() {
        let cycle = told(
            r#"{"cle": "e-2", "genre": "exclusion", "texte": "Deux ?", "si_oui": "MT", "seulement_si": {"question": "e-3", "reponse": "non"}},
{"cle": "e-3", "genre": "exclusion", "texte": "Trois ?", "si_oui": "MT", "seulement_si": {"question": "e-2", "reponse": "non"}}"#,
        );
        assert_eq!(
            cycle[0],
            "Ligne 5, fiche ESSAI. Sa condition tourne en rond et revient à la question elle-même."
        );
        let nobody = told(
            r#"{"cle": "e-2", "genre": "exclusion", "texte": "Deux ?", "si_oui": "MT", "seulement_si": {"question": "e-1", "reponse": "oui"}}"#,
        );
        assert_eq!(
            nobody,
            ["Ligne 5, fiche ESSAI. Aucune suite de réponses ne mène à cette question."]
        );
        let kind = told(r#"{"cle": "e-2", "genre": "exclusion", "texte": "Deux ?"}"#);
        assert_eq!(
            kind,
            ["Ligne 5. Une question de genre « exclusion » dit où mène un oui, dans « si_oui »."]
        );
        let mute = told(r#"{"cle": "e-2", "genre": "a-noter", "texte": ""}"#);
        assert_eq!(mute, ["Ligne 5, fiche ESSAI. Il manque la phrase à lire."]);
        let lacking = told(r#"{"cle": "e-2", "genre": "a-noter"}"#);
        assert_eq!(lacking, ["Ligne 5. Il manque le champ « texte »."]);
        let number = told(r#"{"cle": "e-2", "genre": "a-noter", "texte": 3}"#);
        assert!(
            number[0].contains("n’est pas de la nature attendue"),
            "{number:?}"
        );
        let comma = told(r#"{"cle": "e-2" "genre": "a-noter"}"#);
        assert!(
            comma[0].starts_with("Ligne 5. Ce n’est plus du JSON"),
            "{comma:?}"
        );
    }

    #[test]
    fn no_sentence_holds_a_word_of_the_reader_s() {
        for text in [
            "",
            "{",
            "[]",
            "{\"protocoles\": 3}",
            "{\"protocoles\": []}",
            "{\"autre\": 1}",
        ] {
            let faults = read_file(text).expect_err("the file is refused");
            let said = reason(&faults[0].reason);
            for word in ["expected", "missing", "invalid", "unknown", "EOF"] {
                assert!(!said.contains(word), "{said}");
            }
        }
    }
}
