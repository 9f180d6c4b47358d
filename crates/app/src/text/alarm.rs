//! The signs of alarm as the public reads them, before any form: the questions of the common trunk
//! in everyday words. A question a territory wrote itself is shown as it wrote it.

use crate::protocols::Sheet;
use crate::reference::folded;
use relais_core::triage::{Alarm, Kind};

/// Questions shipped with the product, and how somebody says it of themselves or of the person they
/// are with.
const PLAIN: &[(&str, &str)] = &[
    (
        "La personne est-elle confuse, difficile à réveiller, ou a-t-elle perdu connaissance",
        "la personne est confuse, ne se réveille pas bien, ou a perdu connaissance",
    ),
    (
        "Le souffle l'empêche-t-il de finir ses phrases, s'étouffe-t-elle, respire-t-elle très vite, a-t-elle les lèvres bleues",
        "vous avez du mal à respirer, ou les lèvres bleues",
    ),
    (
        "A-t-elle mal ou un serrement dans la poitrine, maintenant ou dans les dernières heures",
        "vous avez mal dans la poitrine, ou elle serre",
    ),
    (
        "Un côté du visage tombe-t-il, un bras ou une jambe sont-ils faibles, la parole ou la vue se sont-elles troublées d’un coup, même si c’est déjà passé",
        "le visage, un bras ou une jambe ne bouge plus bien, vous parlez ou voyez mal d’un coup, même si c’est passé",
    ),
    (
        "Saigne-t-elle beaucoup sans que cela cède en appuyant, vomit-elle du sang, a-t-elle des selles noires ou du sang en quantité",
        "vous saignez et cela ne s’arrête pas, vous vomissez du sang, vos selles sont noires",
    ),
    (
        "A-t-elle fait une convulsion",
        "la personne a fait une convulsion",
    ),
    (
        "Le visage, les lèvres ou la langue gonflent-ils, après une piqûre, un aliment ou un médicament",
        "le visage, les lèvres ou la langue gonflent",
    ),
    (
        "La peau est-elle marbrée, grise, ou couverte de taches rouges ou violettes qui ne s'effacent pas quand on appuie",
        "la peau est grise, marbrée, ou a des taches rouges ou violettes qui ne s’effacent pas",
    ),
    (
        "A-t-elle envie de mourir, s'est-elle blessée, a-t-elle pris volontairement un produit",
        "vous pensez à mourir, ou vous avez pris un produit exprès",
    ),
    (
        "Est-ce un bébé de moins de 3 mois (fièvre, mou, gémit, boit mal)",
        "un bébé de moins de 3 mois a de la fièvre, est mou, gémit ou boit mal",
    ),
    (
        "La douleur est-elle insupportable, la pire jamais ressentie",
        "la douleur est insupportable, la pire de votre vie",
    ),
];

/// A sign as the public reads it.
pub fn sign(question: &str) -> String {
    let asked = folded(question);
    let known = PLAIN.iter().find(|(plain, _)| folded(plain) == asked);
    known.map_or_else(|| question.to_owned(), |(_, plain)| (*plain).to_owned())
}

/// The signs for which one calls the 15, and those for which one phones instead of writing.
pub fn signs(trunk: &Sheet) -> (Vec<String>, Vec<String>) {
    let of = |alarm: Alarm| {
        let flags = trunk.red_flags().map(|(_, question)| question);
        let found = flags.filter(|question| question.kind == Kind::RedFlag(alarm));
        found.map(|question| sign(&question.text)).collect()
    };
    (of(Alarm::Fifteen), of(Alarm::Regulator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols::file::shipped_trunk;

    #[test]
    fn every_question_of_the_shipped_trunk_has_everyday_words() {
        let (fifteen, phone) = signs(shipped_trunk());
        let flags = shipped_trunk().red_flags().count();
        assert_eq!(fifteen.len() + phone.len(), flags);
        assert!(flags >= 10 && !phone.is_empty());
        for said in fifteen.iter().chain(&phone) {
            assert!(!said.contains('?') && !said.contains("-t-elle"), "{said}");
            assert!(
                said.chars().next().is_some_and(char::is_lowercase),
                "{said}"
            );
        }
    }

    #[test]
    fn a_question_of_the_territory_is_shown_as_it_wrote_it() {
        assert_eq!(
            sign("Rentre-t-elle de voyage ?"),
            "Rentre-t-elle de voyage ?"
        );
    }
}
