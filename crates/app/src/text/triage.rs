//! What is said of protocols: destinations, reasons, summaries, faults of a sheet. The sheets'
//! own sentences are data of the territory and stand in `crate::protocols`.

use crate::protocols::answers::Tally;
use crate::protocols::check::{ADVICE_MAX, QUESTIONS_MAX, SENTENCE_MAX, Wrong};
use crate::protocols::{Book, Chosen};
use relais_core::triage::{self, Answer, Elsewhere, Kind, Reason, Target};

/// Said wherever sheets are shown.
pub const SHOWN_NOT_COMPUTED: &str = "Relais montre les fiches rédigées et signées par les médecins du territoire. Il ne pose aucun diagnostic et ne calcule aucun score.";

/// Said when no trunk may be used.
pub const NO_TRUNK: &str = "Aucun tronc commun signé n’est en vigueur\u{a0}: chaque appel passe par le médecin régulateur, ou par le 15 si aucun n’est de garde.";

/// The answer, as people say it.
pub const fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "Oui",
        Answer::No => "Non",
        Answer::Unknown => "Ne sait pas",
    }
}

/// A destination's code in words.
pub fn destination(code: &str) -> &'static str {
    match code {
        "15" => "Transférer au 15",
        "MR" => "Médecin régulateur",
        "MG" => "Médecin généraliste",
        "PHARMA" => "Pharmacien",
        "IDE" => "Infirmier",
        "MK" => "Kinésithérapeute",
        "SF" => "Sage-femme",
        "DENT" => "Chirurgien-dentiste",
        "OPH" => "Ophtalmologue",
        "PODO" => "Pédicure-podologue",
        "ORTHOPT" => "Orthoptiste",
        "CAP" => "Centre antipoison",
        "MT" => "Médecin traitant, hors du service",
        _ => "Destination inconnue",
    }
}

/// A kind of question.
pub const fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::RedFlag(_) => "Signe d’alerte",
        Kind::Exclusion(_) => "Autre voie",
        Kind::Inclusion => "Inclusion",
        Kind::Note => "À noter",
    }
}

/// What a *yes* to a question does, in words.
pub fn on_yes(kind: &Kind) -> String {
    match kind {
        Kind::RedFlag(triage::Alarm::Fifteen) | Kind::Exclusion(Target::Fifteen) => {
            "Oui\u{a0}: transférer au 15, tout de suite.".to_owned()
        }
        Kind::RedFlag(triage::Alarm::Regulator) | Kind::Exclusion(Target::Regulator) => {
            "Oui\u{a0}: médecin régulateur, après les autres signes d’alerte.".to_owned()
        }
        Kind::Exclusion(target) => {
            let code = crate::protocols::destination::code(target);
            format!("Oui\u{a0}: {}.", destination(code).to_lowercase())
        }
        Kind::Inclusion => {
            "Oui\u{a0}: la fiche s’applique. Non\u{a0}: médecin régulateur.".to_owned()
        }
        Kind::Note => "À noter pour la suite.".to_owned(),
    }
}

/// Why a case is for the regulator.
pub fn reason(book: &Book, chosen: Option<Chosen<'_>>, why: Reason) -> String {
    let sign = why.sign().and_then(|sign| book.question(chosen, sign));
    let short = sign.map_or("signe de la fiche", |question| question.short());
    match why {
        Reason::Yes(_) => format!("Oui\u{a0}: {short}"),
        Reason::Unknown(_) => format!("Ne sait pas\u{a0}: {short}"),
        Reason::NotIncluded(_) => format!("La fiche ne s’applique pas\u{a0}: {short}"),
        Reason::Overridden(_) => passed_over(short),
        Reason::AdviceFirst => "La fiche demande un avis médical avant toute demande".to_owned(),
        Reason::Sheet => "La fiche conduit au médecin régulateur".to_owned(),
        Reason::Unlisted if book.trunk().is_none() => NO_TRUNK.to_owned(),
        Reason::Unlisted => "Aucune fiche en vigueur pour ce motif".to_owned(),
    }
}

/// A sign towards the 15 that somebody passed over.
pub fn passed_over(sign: &str) -> String {
    format!("Passé outre\u{a0}: {sign}")
}

/// What to say to a caller sent out of the service, when the sheet gives no sentence of its own.
pub const fn goodbye(to: Elsewhere) -> &'static str {
    match to {
        Elsewhere::PoisonCentre => {
            "Pour cela, c’est le centre antipoison qui conseille. Appelez maintenant le 01 45 42 59 59, jour et nuit. Si un signe apparaît, appelez le 15."
        }
        Elsewhere::UsualDoctor => {
            "Cette demande relève de votre médecin traitant\u{a0}: appelez son cabinet. Si votre état change, rappelez-nous, ou le 15 si c’est grave."
        }
    }
}

/// What to say to somebody whose commune is another territory's: `SNP Essonne Sud, 01 99 00 91 03`
/// where it is known.
pub fn other_territory(whose: Option<&str>) -> String {
    let to = whose.map_or_else(
        || "Appelez un médecin sur place.".to_owned(),
        |whose| format!("Appelez {whose}."),
    );
    format!("Votre commune n’est pas dans notre secteur. {to} Si cela s’aggrave, appelez le 15.")
}

/// The red flags in one line: how many, and what they gave.
pub fn tally(tally: Tally) -> String {
    let Tally {
        due,
        yes,
        unknown,
        no,
    } = tally;
    let signs = |n: usize| if n > 1 { "signes" } else { "signe" };
    if due == 0 {
        return "Aucun signe d’alerte à demander".to_owned();
    }
    if no == due {
        return if due == 1 {
            "Pas de signe d’alerte".to_owned()
        } else {
            format!("Aucun des {due} signes d’alerte")
        };
    }
    let mut parts = Vec::new();
    if yes > 0 {
        parts.push(format!("{yes} {} d’alerte sur {due}", signs(yes)));
    }
    if unknown > 0 {
        parts.push(format!("{unknown} «\u{a0}ne sait pas\u{a0}» sur {due}"));
    }
    let left = due - yes - unknown - no;
    if left > 0 {
        parts.push(format!("{left} {} à demander sur {due}", signs(left)));
    }
    parts.join(", ")
}

/// A question left out of the answers sent.
pub fn not_asked(key: &str, short: &str) -> String {
    format!(
        "La question {key} n’a pas de réponse ({short}). Une question non posée n’est jamais un non."
    )
}

/// The sheet named is not in force.
pub const fn sheet_not_in_force() -> &'static str {
    "Cette fiche n’est pas en vigueur dans le réseau\u{a0}: lisez GET /api/v1/protocols."
}

/// The version named is not in force.
pub fn other_version(in_force: i64) -> String {
    format!("La version en vigueur de cette fiche est la {in_force}\u{a0}: posez ses questions.")
}

/// Too many answers.
pub fn too_many_answers(most: usize) -> String {
    format!("Au plus {most} réponses.")
}

/// An answer that is not an object of two texts.
pub const fn answer_shape() -> &'static str {
    "Une réponse s’écrit {\"question\": \"gorge-1\", \"answer\": \"no\"}."
}

/// A key of no question.
pub const fn question_unknown() -> &'static str {
    "Cette question n’est ni dans le tronc commun ni dans la fiche nommée."
}

/// A word that is no answer.
pub const fn answer_unknown() -> &'static str {
    "Répondez yes, no ou unknown."
}

/// The same question twice.
pub const fn answered_twice() -> &'static str {
    "Cette question a déjà une réponse dans la liste."
}

/// What keeps a sheet from being followed.
pub fn fault(wrong: &Wrong) -> String {
    use triage::Fault as F;
    match wrong {
        Wrong::Plan(F::NoRedFlag) => {
            "Il manque des signes d’alerte\u{a0}: posez-en au moins un avant d’ouvrir une demande.".into()
        }
        Wrong::Plan(F::RedFlagLate(_)) => {
            "Ce signe d’alerte vient après une autre question\u{a0}: les signes d’alerte passent en premier.".into()
        }
        Wrong::Plan(F::FifteenNotRedFlag(_)) => {
            "Une question qui mène au 15 est un signe d’alerte\u{a0}: changez son genre.".into()
        }
        Wrong::Plan(F::RedFlagConditional(_)) => {
            "Un signe d’alerte se demande toujours\u{a0}: retirez sa condition.".into()
        }
        Wrong::Plan(F::Cycle(_)) => {
            "Sa condition tourne en rond et revient à la question elle-même.".into()
        }
        Wrong::Plan(F::ConditionLater(_)) => {
            "Sa condition doit nommer une question posée avant elle.".into()
        }
        Wrong::Plan(F::Unreachable(_)) => {
            "Aucune suite de réponses ne mène à cette question.".into()
        }
        Wrong::Plan(F::EndUnreachable) => {
            "Aucune suite de réponses ne mène à l’issue de la fiche.".into()
        }
        Wrong::Plan(F::TrunkOnly(_)) => {
            "Le tronc commun ne contient que des signes d’alerte et des points à noter, et finit au 15 ou chez le régulateur.".into()
        }
        Wrong::Code => "Un code de fiche a 1 à 20 majuscules, chiffres ou traits d’union.".into(),
        Wrong::NoTitle => "Donnez un titre et dites à quelle situation la fiche s’applique.".into(),
        Wrong::NoSentence => "Il manque la phrase à lire.".into(),
        Wrong::TooLong => format!(
            "Trop long\u{a0}: au plus {QUESTIONS_MAX} questions, {ADVICE_MAX} consignes et {SENTENCE_MAX} signes par phrase."
        ),
        Wrong::NothingToSay => "Il manque la phrase à dire à l’appelant.".into(),
        Wrong::Key(key) => format!(
            "Le repère «\u{a0}{key}\u{a0}» sert deux fois, ou contient autre chose que des minuscules, des chiffres et des traits d’union."
        ),
        Wrong::Motive(code) => format!("«\u{a0}{code}\u{a0}» n’est pas un motif de la liste."),
        Wrong::National(code) => format!("«\u{a0}{code}\u{a0}» n’est pas un code de motif HubSanté."),
        Wrong::Cooperation(code) => {
            format!("«\u{a0}{code}\u{a0}» n’est pas un protocole de coopération de la liste.")
        }
        Wrong::Destination(code) => format!(
            "La fiche annonce «\u{a0}{}\u{a0}», et aucune réponse n’y mène.",
            destination(code)
        ),
        Wrong::Ages => "Les âges choisis ne laissent personne.".into(),
    }
}

/// Somebody changed the version in between.
pub const fn changed_meanwhile() -> &'static str {
    "Quelqu’un a modifié cette version entre-temps. Relisez-la, puis recommencez."
}

/// Nobody reads their own words again.
pub const fn own_words() -> &'static str {
    "Vous avez écrit cette version\u{a0}: une autre personne la relit, un médecin régulateur ou un autre coordinateur."
}

/// Only a draft is edited.
pub const fn not_a_draft() -> &'static str {
    "Cette version ne se modifie plus\u{a0}: préparez une nouvelle version."
}

/// A sheet of that code exists.
pub const fn code_taken() -> &'static str {
    "Une fiche porte déjà ce code dans le réseau."
}

/// A length of signature out of bounds.
pub fn months(most: u16) -> String {
    format!("De 1 à {most} mois.")
}

/// Nobody who may sign has this number.
pub const fn no_signatory() -> &'static str {
    "Ce numéro RPPS n’est pas celui d’un médecin, d’une sage-femme ou d’un chirurgien-dentiste en exercice, membre actif du réseau."
}

/// Only a version that was read again is signed.
pub const fn not_reviewed() -> &'static str {
    "Cette version n’attend pas de signature\u{a0}: elle est encore un brouillon, ou déjà signée."
}

/// Why one does not sign.
pub fn refusal_to_sign(most: usize) -> String {
    format!("Dites en quelques mots ce qui empêche de signer ({most} signes au plus).")
}

/// Not signed, or no longer.
pub const fn not_signed() -> &'static str {
    "Seule une version signée, et dont la signature court encore à cette date, peut entrer en vigueur."
}

/// Nothing to withdraw.
pub const fn nothing_in_force() -> &'static str {
    "Aucune version de cette fiche n’est en vigueur."
}

/// The ages a sheet serves.
pub fn ages(sheet: &crate::protocols::Sheet) -> String {
    let said = |months: u16| {
        if months.is_multiple_of(12) && months >= 24 {
            format!("{} ans", months / 12)
        } else {
            format!("{months} mois")
        }
    };
    match (sheet.from_months, sheet.until_months) {
        (0, None) => "tous les âges".to_owned(),
        (0, Some(end)) => format!("moins de {}", said(end)),
        (from, None) => format!("à partir de {}", said(from)),
        (from, Some(end)) => format!("de {} à moins de {}", said(from), said(end)),
    }
}
