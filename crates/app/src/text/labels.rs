//! The French words of every coded value, for screens, exports and messages. Each match is whole:
//! a new value does not compile without its word.

pub use super::refusal::{Said, refusal};
pub use super::verdict::{finding, test_counted, test_label};
use super::when::When;
use relais_core::access::Role;
use relais_core::cascade::Clip;
use relais_core::message::DeskAlert;
use relais_core::people::{MembershipStatus, Mode, Profession, Standing};
use relais_core::reach::Way;
use relais_core::request::{
    AgeShown, Appointment, CancelledBy, Closure, Contacted, OfferStatus, Origin, RedFlags,
    RefusalReason, Sex, SkipReason, Stage, Status, UnfilledReason, UsualDoctor, WithdrawReason,
};
use relais_gateways::{Channel, Failure};

/// `médecin généraliste`.
pub const fn profession(value: Profession) -> &'static str {
    match value {
        Profession::Gp => "médecin généraliste",
        Profession::Nurse => "infirmier",
        Profession::Physio => "kinésithérapeute",
        Profession::Midwife => "sage-femme",
        Profession::Dentist => "dentiste",
        Profession::Pharmacist => "pharmacien",
        Profession::Specialist => "médecin spécialiste",
        Profession::Podiatrist => "pédicure-podologue",
        Profession::Speech => "orthophoniste",
        Profession::Orthoptist => "orthoptiste",
        Profession::Biologist => "biologiste",
    }
}

/// `médecins généralistes`.
pub const fn professions(value: Profession) -> &'static str {
    match value {
        Profession::Gp => "médecins généralistes",
        Profession::Nurse => "infirmiers",
        Profession::Physio => "kinésithérapeutes",
        Profession::Midwife => "sages-femmes",
        Profession::Dentist => "dentistes",
        Profession::Pharmacist => "pharmaciens",
        Profession::Specialist => "médecins spécialistes",
        Profession::Podiatrist => "pédicures-podologues",
        Profession::Speech => "orthophonistes",
        Profession::Orthoptist => "orthoptistes",
        Profession::Biologist => "biologistes",
    }
}

/// `MG`, `IDE`: as professionals write it.
pub const fn profession_short(value: Profession) -> &'static str {
    match value {
        Profession::Gp => "MG",
        Profession::Nurse => "IDE",
        Profession::Physio => "MK",
        Profession::Midwife => "SF",
        Profession::Dentist => "dentiste",
        Profession::Pharmacist => "pharmacien",
        Profession::Specialist => "spécialiste",
        Profession::Podiatrist => "podologue",
        Profession::Speech => "orthophoniste",
        Profession::Orthoptist => "orthoptiste",
        Profession::Biologist => "biologiste",
    }
}

/// `Médecin traitant`, `Infirmier habituel`.
pub const fn usual_of(value: Profession) -> &'static str {
    match value {
        Profession::Gp => "Médecin traitant",
        Profession::Nurse => "Infirmier habituel",
        Profession::Physio => "Kinésithérapeute habituel",
        Profession::Midwife => "Sage-femme habituelle",
        Profession::Dentist => "Dentiste habituel",
        Profession::Pharmacist => "Pharmacien habituel",
        Profession::Specialist => "Spécialiste habituel",
        Profession::Podiatrist => "Podologue habituel",
        Profession::Speech => "Orthophoniste habituel",
        Profession::Orthoptist => "Orthoptiste habituel",
        Profession::Biologist => "Biologiste habituel",
    }
}

/// `consultation`.
pub const fn mode(value: Mode) -> &'static str {
    match value {
        Mode::Consultation => "consultation",
        Mode::Visit => "visite",
        Mode::Teleconsultation => "téléconsultation",
    }
}

/// `femme`.
pub const fn sex(value: Sex) -> &'static str {
    match value {
        Sex::Female => "femme",
        Sex::Male => "homme",
        Sex::Unknown => "sexe inconnu",
    }
}

/// `F`, `H`, `?`.
pub const fn sex_letter(value: Sex) -> &'static str {
    match value {
        Sex::Female => "F",
        Sex::Male => "H",
        Sex::Unknown => "?",
    }
}

/// `9 ans`, `moins de 2 ans`, `plus de 90 ans`.
pub fn age(value: AgeShown) -> String {
    match value {
        AgeShown::UnderTwo => "moins de 2\u{a0}ans".to_owned(),
        AgeShown::Years(years) => format!("{years}\u{a0}ans"),
        AgeShown::OverNinety => "plus de 90\u{a0}ans".to_owned(),
    }
}

/// `femme, 45 ans`, `garçon, 9 ans`, `nourrisson, moins de 2 ans`.
pub fn age_sex(shown: AgeShown, value: Sex) -> String {
    let who = match (shown, value) {
        (AgeShown::UnderTwo, Sex::Female) => "petite fille",
        (AgeShown::UnderTwo, Sex::Male) => "petit garçon",
        (AgeShown::UnderTwo, Sex::Unknown) => "nourrisson",
        (AgeShown::Years(0..15), Sex::Female) => "fille",
        (AgeShown::Years(0..15), Sex::Male) => "garçon",
        (AgeShown::Years(0..15), Sex::Unknown) => "enfant",
        (AgeShown::Years(_) | AgeShown::OverNinety, value) => sex(value),
    };
    format!("{who}, {}", age(shown))
}

/// `Médecin traitant sollicité`: the status in words, for this profession.
pub fn status(value: Status, asked: Profession) -> String {
    match value {
        Status::AskingUsual => {
            let ending = if asked == Profession::Midwife {
                "sollicitée"
            } else {
                "sollicité"
            };
            format!("{} {ending}", usual_of(asked))
        }
        other => status_word(other).to_owned(),
    }
}

/// The status in words, whatever the profession.
pub const fn status_word(value: Status) -> &'static str {
    match value {
        Status::ToQualify => "À qualifier",
        Status::AskingUsual => "Professionnel habituel sollicité",
        Status::AskingCommunity => "Communauté sollicitée",
        Status::AskingNeighbours => "Plus loin",
        Status::Unfilled => "Besoin d’un coup de main",
        Status::Accepted | Status::Scheduled => "Pris en charge",
        Status::Closed => "Clos",
        Status::Cancelled => "Annulé",
        Status::Transferred15 => "Transféré au 15",
        Status::Paused => "En pause",
    }
}

/// How a closed request ended.
pub const fn closure(value: Closure) -> &'static str {
    match value {
        Closure::Seen => "Vu",
        Closure::NoShow => "Absent",
        Closure::SeenElsewhere => "Vu ailleurs",
        Closure::PhoneAdvice => "Conseil au téléphone",
        Closure::SentToEmergency => "Adressé aux urgences ou au 15",
        Closure::PatientCancelled => "Annulé par le patient",
        Closure::ProfessionalCancelled => "Annulé par le professionnel",
        Closure::NotAtHome => "Absent de son domicile",
        Closure::Administrative => "Clos, motif administratif",
        Closure::NoTaker => "Sans preneur, patient prévenu",
    }
}

/// Why somebody passed.
pub const fn refusal_reason(value: RefusalReason) -> &'static str {
    match value {
        RefusalReason::Unsaid => "Sans motif, c’est son droit",
        RefusalReason::Full => "Complet",
        RefusalReason::TooFar => "Trop loin",
        RefusalReason::Skills => "Hors de ses compétences",
        RefusalReason::NotToday => "Plus rien aujourd’hui",
    }
}

/// Why an offer was taken back.
pub const fn withdraw_reason(value: WithdrawReason) -> &'static str {
    match value {
        WithdrawReason::Taken => "Prise par un confrère",
        WithdrawReason::Cancelled => "Demande annulée",
        WithdrawReason::NoLongerFits => "Demande modifiée, ne correspond plus",
        WithdrawReason::RightEnded => "Adhésion ou droit d’exercice terminé",
        WithdrawReason::Transferred15 => "Transférée au 15",
        WithdrawReason::Closed => "Demande terminée",
        WithdrawReason::Released => "Désistement",
    }
}

/// Why the usual professional was not asked first.
pub const fn skip_reason(value: SkipReason) -> &'static str {
    match value {
        SkipReason::NoneDeclared => "Aucun n’est déclaré",
        SkipReason::Unknown => "Le patient ne sait pas",
        SkipReason::NotMember => "Il n’est pas membre du réseau",
        SkipReason::Unavailable => "Il ne peut pas être sollicité maintenant",
        SkipReason::DeclaredUnable => "Il a déjà dit qu’il ne peut pas",
    }
}

/// Why nobody has the request.
pub const fn unfilled_reason(value: UnfilledReason) -> &'static str {
    match value {
        UnfilledReason::NobodyEligible => "Personne ne pouvait être sollicité",
        UnfilledReason::AllRefused => "Tous ont passé",
        UnfilledReason::DeadlinePassed => "Le délai de réponse est écoulé, aucun oui",
        UnfilledReason::CareDeadlinePassed => "L’échéance de soin est passée",
    }
}

/// Where a contact came from.
pub const fn origin(value: Origin) -> &'static str {
    match value {
        Origin::Patient => "Patient",
        Origin::Relative => "Proche ou aidant",
        Origin::UsualPractice => "Cabinet habituel",
        Origin::Pharmacy => "Pharmacie",
        Origin::Professional => "Autre professionnel",
        Origin::Sas => "SAS ou 15",
        Origin::EmergencyDepartment => "Urgences",
        Origin::Web => "Formulaire en ligne",
        Origin::Partner => "Logiciel partenaire",
    }
}

/// `demande`, `transfert au 15`: what came of a contact (CONTRACT); without outcome, `en cours`.
pub fn contact_outcome(code: Option<&str>) -> &'static str {
    match code {
        None => "en cours",
        Some("request") => "demande lancée",
        Some("transferred-15") => "transfert au 15",
        Some("usual-doctor") => "vu par son médecin",
        Some("advice") => "conseil donné",
        Some("out-of-scope") => "hors du champ",
        Some("out-of-territory") => "hors du territoire",
        Some("out-of-hours") => "hors des heures",
        Some("hung-up") => "a raccroché",
        Some("duplicate") => "doublon",
        Some("wrong-number") => "erreur de numéro",
        Some(_) => "issue inconnue",
    }
}

/// What makes an outcome precise: `renouvellement d’ordonnance`, `jamais repris`; nothing without one.
pub fn outcome_reason(code: Option<&str>) -> &'static str {
    use relais_core::contact::{NEVER_RESUMED, Scope};
    match code.map(|code| (code, Scope::from_code(code))) {
        Some((_, Some(Scope::Renewal))) => "renouvellement d’ordonnance",
        Some((_, Some(Scope::Certificate))) => "certificat",
        Some((_, Some(Scope::Appointment))) => "rendez-vous qui peut attendre",
        Some((_, Some(Scope::Administrative))) => "résultats, papiers, facture",
        Some((_, Some(Scope::Transport))) => "transport",
        Some((_, Some(Scope::Social))) => "aide sociale",
        Some((_, Some(Scope::Other))) => "autre",
        Some((NEVER_RESUMED, None)) => "jamais repris",
        Some((_, None)) | None => "",
    }
}

/// Was the usual professional contacted?
pub const fn contacted(value: Contacted) -> &'static str {
    match value {
        Contacted::Unable => "Contacté, ne peut pas",
        Contacted::Unreachable => "Injoignable",
        Contacted::NotTried => "Pas contacté",
    }
}

/// Is there a usual doctor?
pub const fn usual_doctor(value: UsualDoctor) -> &'static str {
    match value {
        UsualDoctor::Yes => "Oui",
        UsualDoctor::No => "Non",
        UsualDoctor::Unknown => "Ne sait pas",
    }
}

/// What the red-flag questions gave.
pub const fn red_flags(value: RedFlags) -> &'static str {
    match value {
        RedFlags::None => "Aucun signe d’alerte",
        RedFlags::Present => "Signe d’alerte",
        RedFlags::Unknown => "Un signe d’alerte reste incertain",
    }
}

/// Who asked for a cancellation.
pub const fn cancelled_by(value: CancelledBy) -> &'static str {
    match value {
        CancelledBy::Patient => "le patient",
        CancelledBy::Requester => "le demandeur",
        CancelledBy::Operator => "l’opérateur",
        CancelledBy::Undo => "l’opérateur, partie par erreur",
    }
}

/// Where an offer stands.
pub const fn offer_status(value: OfferStatus) -> &'static str {
    match value {
        OfferStatus::Queued => "En cours d’envoi",
        OfferStatus::Sent { .. } => "Envoyé",
        OfferStatus::Delivered { .. } => "Remis",
        OfferStatus::Seen { .. } => "Vu",
        OfferStatus::Accepted { .. } => "Accepté",
        OfferStatus::Refused { .. } => "Refus",
        OfferStatus::Lapsed { .. } => "Délai passé",
        OfferStatus::Withdrawn { .. } => "Retirée",
    }
}

/// A stage of the cascade.
pub const fn stage(value: Stage) -> &'static str {
    match value {
        Stage::Usual => "Professionnel habituel",
        Stage::Community => "Communauté",
        Stage::Neighbours => "Plus loin",
    }
}

/// Under what title somebody practises.
pub const fn standing(value: Standing) -> &'static str {
    match value {
        Standing::Titular => "installé",
        Standing::Retired => "retraité actif",
        Standing::Locum(_) => "remplaçant",
        Standing::Assistant(_) => "collaborateur",
        Standing::Adjunct(_) => "adjoint",
        Standing::Intern { .. } => "interne",
    }
}

/// Where a membership stands.
pub const fn membership(value: MembershipStatus) -> &'static str {
    match value {
        MembershipStatus::Applied => "Demandée",
        MembershipStatus::Active => "Active",
        MembershipStatus::Suspended => "Suspendue",
        MembershipStatus::Left => "Terminée",
    }
}

/// What clipped a window; empty when nothing did.
pub const fn clip(value: Clip) -> &'static str {
    match value {
        Clip::None => "",
        Clip::Closing => "raccourci par l’heure de fermeture",
        Clip::Floor => "ramené au minimum de 10\u{a0}minutes",
        Clip::CareDeadline => "raccourci par l’échéance de soin",
    }
}

/// Under what title one practises, as they are asked it, by its code.
pub fn standing_asked(code: &str) -> &'static str {
    match code {
        "titular" => "Installé, en votre nom",
        other => standing_said(other),
    }
}

/// The same, as a coordinator reads and chooses it.
pub fn standing_said(code: &str) -> &'static str {
    match code {
        "titular" => "Installé, en son nom",
        "retired" => "Retraité actif",
        "locum" => "Remplaçant, sous contrat",
        "assistant" => "Assistant ou collaborateur, sous contrat",
        "adjunct" => "Adjoint, sous licence de remplacement",
        _ => "Interne, avec un maître de stage",
    }
}

/// A channel.
pub const fn channel(value: Channel) -> &'static str {
    match value {
        Channel::Push => "notification",
        Channel::Sms => "SMS",
        Channel::Mail => "courriel",
        Channel::Voice => "appel",
        Channel::Mssante => "MSSanté",
    }
}

/// A way to be asked by, as its reader chose it.
pub const fn way(value: Way) -> &'static str {
    match value {
        Way::Push => channel(Channel::Push),
        Way::Sms => channel(Channel::Sms),
        Way::Mail => channel(Channel::Mail),
    }
}

/// What somebody is in a network.
pub const fn role(value: Role) -> &'static str {
    match value {
        Role::Operator => "Opérateur",
        Role::Regulator => "Médecin régulateur",
        Role::Coordinator => "Coordinateur",
        Role::Administrator => "Administrateur",
        Role::Auditor => "Auditeur",
        Role::Professional => "Professionnel",
        Role::Secretary => "Secrétariat",
        Role::Partner => "Logiciel partenaire",
    }
}

/// What the desk must look at.
pub const fn desk_alert(value: DeskAlert) -> &'static str {
    match value {
        DeskAlert::ToQualify => "À qualifier",
        DeskAlert::Taken => "Pris en charge",
        DeskAlert::NeedsAHand { .. } => "Besoin d’un coup de main",
        DeskAlert::SetTime => "Heure à fixer avec le patient",
        DeskAlert::Released => "Désistement, recherche relancée",
        DeskAlert::PausedLong => "En pause depuis longtemps",
        DeskAlert::Unclosed => "À clore, sans nouvelle du professionnel",
    }
}

/// `aujourd’hui à 16 h 20`, `demain entre 9 h et 10 h`, `rappelle le patient avant 17 h`.
pub fn appointment(value: Appointment, when: &When<'_>) -> String {
    match value {
        Appointment::At(at) => when.day_hour(at),
        Appointment::Between(from, to) if when.day(from) == when.day(to) => {
            format!(
                "{} entre {} et {}",
                when.day(from),
                when.hour(from),
                when.hour(to)
            )
        }
        Appointment::Between(from, to) => {
            format!("entre {} et {}", when.day_hour(from), when.day_hour(to))
        }
        Appointment::Call(Some(before)) => format!("rappelle le patient {}", when.before(before)),
        Appointment::Call(None) => "rappelle le patient".to_owned(),
        Appointment::ToBeSet => "heure à fixer".to_owned(),
    }
}

/// Why a message did not leave, and what follows.
pub fn failure(value: &Failure) -> String {
    match value {
        Failure::Later { .. } | Failure::Away { .. } | Failure::Held { .. } => {
            "La passerelle ne répond pas. Nouvel essai prévu.".to_owned()
        }
        Failure::Never { code } => {
            format!("Refusé par la passerelle ({code}). Passage au canal suivant.")
        }
        Failure::Misconfigured { channel: missing } => {
            format!("Aucune passerelle configurée ({}).", channel(*missing))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every value has a word, and no two the same.
    fn distinct<T: Copy>(values: &[T], word: impl Fn(T) -> String) {
        let words: BTreeSet<_> = values.iter().map(|value| word(*value)).collect();
        assert!(
            words
                .iter()
                .all(|word| !word.trim().is_empty() && !word.contains('!'))
        );
        assert_eq!(words.len(), values.len(), "{words:?}");
    }

    #[test]
    fn every_value_has_its_own_word() {
        distinct(Profession::ALL, |v| profession(v).into());
        distinct(Profession::ALL, |v| professions(v).into());
        distinct(Profession::ALL, |v| profession_short(v).into());
        distinct(Profession::ALL, |v| status(Status::AskingUsual, v));
        distinct(Mode::ALL, |v| mode(v).into());
        distinct(Sex::ALL, |v| sex_letter(v).into());
        distinct(Closure::ALL, |v| closure(v).into());
        distinct(RefusalReason::ALL, |v| refusal_reason(v).into());
        distinct(WithdrawReason::ALL, |v| withdraw_reason(v).into());
        distinct(SkipReason::ALL, |v| skip_reason(v).into());
        distinct(UnfilledReason::ALL, |v| unfilled_reason(v).into());
        distinct(Origin::ALL, |v| origin(v).into());
        distinct(Contacted::ALL, |v| contacted(v).into());
        distinct(UsualDoctor::ALL, |v| usual_doctor(v).into());
        distinct(RedFlags::ALL, |v| red_flags(v).into());
        distinct(Stage::ALL, |v| stage(v).into());
        distinct(MembershipStatus::ALL, |v| membership(v).into());
        distinct(Channel::ALL, |v| channel(v).into());
        distinct(Role::ALL, |v| role(v).into());
    }

    /// Accepted and scheduled are one state for people (DESIGN §5); all others differ.
    #[test]
    fn statuses_have_the_words_of_the_design() {
        let kept: Vec<_> = Status::ALL
            .iter()
            .copied()
            .filter(|s| *s != Status::Scheduled)
            .collect();
        distinct(&kept, |v| status(v, Profession::Gp));
        assert_eq!(
            status(Status::AskingUsual, Profession::Gp),
            "Médecin traitant sollicité"
        );
        assert_eq!(
            status_word(Status::Scheduled),
            status_word(Status::Accepted)
        );
    }

    #[test]
    fn ages_are_told_as_bands_at_both_ends() {
        let told = |shown, sex| age_sex(shown, sex).replace('\u{a0}', " ");
        assert_eq!(told(AgeShown::Years(9), Sex::Male), "garçon, 9 ans");
        assert_eq!(told(AgeShown::Years(45), Sex::Female), "femme, 45 ans");
        assert_eq!(
            told(AgeShown::UnderTwo, Sex::Unknown),
            "nourrisson, moins de 2 ans"
        );
        assert_eq!(
            told(AgeShown::OverNinety, Sex::Male),
            "homme, plus de 90 ans"
        );
    }

    #[test]
    fn a_missing_gateway_is_said_plainly() {
        let said = failure(&Failure::Misconfigured {
            channel: Channel::Sms,
        });
        assert_eq!(said, "Aucune passerelle configurée (SMS).");
    }
}
