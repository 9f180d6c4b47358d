//! What became of a version, in one place: from the fate of the row and the life of its message.

use crate::text::note;
use relais_core::delivery::MessageStatus;
use relais_core::time::Instant;
use relais_store::syntheses::{Fate, SynthesisFacts};

/// Where a version stands with the usual doctor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteState {
    /// Waits for the operator, until when it is tried.
    Queued {
        /// Given up then.
        until: Option<Instant>,
        /// It was put off at least once.
        put_off: bool,
    },
    /// The operator took it.
    Accepted {
        /// When.
        at: Instant,
    },
    /// The reader's software said that it was displayed.
    Displayed {
        /// When.
        at: Instant,
    },
    /// The reader's software refused it.
    Answered {
        /// With which code.
        code: String,
    },
    /// It will not arrive.
    Failed {
        /// Code of the failure; none when it was given up after a day.
        code: Option<String>,
    },
    /// It goes nowhere by secure mail.
    NotSent(Fate),
}

/// One step of the way, done or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// When it was done.
    pub at: Option<Instant>,
}

impl NoteState {
    /// Of a version.
    pub fn of(facts: &SynthesisFacts) -> Self {
        if facts.fate != Fate::Sent {
            return Self::NotSent(facts.fate);
        }
        if let Some(at) = facts.displayed_at {
            return Self::Displayed { at };
        }
        if let Some(code) = &facts.error_code {
            return Self::Answered { code: code.clone() };
        }
        match facts.status {
            Some(MessageStatus::Queued | MessageStatus::Sending) => Self::Queued {
                until: facts.expires_at,
                put_off: facts.failure.is_some(),
            },
            Some(MessageStatus::Sent | MessageStatus::Delivered) => Self::Accepted {
                at: facts.sent_at.unwrap_or(facts.validated_at),
            },
            Some(MessageStatus::Failed) => Self::Failed {
                code: facts.failure.clone(),
            },
            Some(MessageStatus::Expired) | None => Self::Failed { code: None },
            Some(MessageStatus::Replaced) => Self::NotSent(Fate::Replaced),
        }
    }

    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Accepted { .. } => "accepted",
            Self::Displayed { .. } => "displayed",
            Self::Answered { .. } => "answered",
            Self::Failed { .. } => "failed",
            Self::NotSent(fate) => fate.code(),
        }
    }

    /// What people read.
    pub fn sentence(&self, in_application: bool) -> String {
        match self {
            Self::Queued { put_off: false, .. } => "En cours d’envoi par MSSanté.".to_owned(),
            Self::Queued { put_off: true, .. } => {
                "L’opérateur MSSanté ne l’a pas encore prise\u{a0}: nous réessayons, pendant un jour.".to_owned()
            }
            Self::Accepted { .. } => "Prise par l’opérateur MSSanté, pas encore affichée.".to_owned(),
            Self::Displayed { .. } => "Affichée par le médecin traitant.".to_owned(),
            Self::Answered { code } => note::answer(code).to_owned(),
            Self::Failed { code: Some(code) } => note::failure(code).to_owned(),
            Self::Failed { code: None } => {
                "L’opérateur MSSanté ne l’a pas prise en un jour.".to_owned()
            }
            Self::NotSent(fate) => not_sent(*fate, in_application).to_owned(),
        }
    }

    /// What somebody can do about it; none when nothing is to be done.
    pub fn next_step(&self, other_mailbox: bool, in_application: bool) -> Option<&'static str> {
        match self {
            Self::Failed { .. } if other_mailbox => {
                Some("Renvoyez-la à son autre adresse, ou imprimez-la pour le patient.")
            }
            Self::Failed { .. } => {
                Some("Renvoyez-la, ou imprimez-la et remettez-la au patient ou au cabinet.")
            }
            Self::Answered { .. } => Some("Appelez le cabinet, ou remettez la note imprimée."),
            Self::NotSent(Fate::NoMailbox | Fate::Off) if !in_application => {
                Some("Imprimez-la et remettez-la au patient ou au cabinet.")
            }
            Self::Queued { .. }
            | Self::Accepted { .. }
            | Self::Displayed { .. }
            | Self::NotSent(_) => None,
        }
    }

    /// Whether somebody has to do something.
    pub const fn is_undelivered(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::Answered { .. })
    }
}

const fn not_sent(fate: Fate, in_application: bool) -> &'static str {
    match fate {
        Fate::NoConsent => "Non envoyée\u{a0}: le patient n’a pas donné son accord.",
        Fate::NoDoctor => "Non envoyée\u{a0}: aucun autre médecin traitant n’est connu.",
        Fate::NoMailbox if in_application => {
            "À lire dans l’application\u{a0}: le médecin traitant n’a pas d’adresse MSSanté connue."
        }
        Fate::NoMailbox => {
            "Non envoyée\u{a0}: le médecin traitant n’a pas d’adresse MSSanté connue."
        }
        Fate::Off if in_application => "À lire dans l’application par le médecin traitant.",
        Fate::Off => "Non envoyée\u{a0}: ce service n’envoie pas de MSSanté.",
        Fate::Withdrawn => "Non envoyée\u{a0}: le patient a repris son accord.",
        Fate::Replaced | Fate::Sent => "Remplacée avant l’envoi par une version corrigée.",
    }
}

/// The steps of the way by secure mail, in order.
pub(super) fn steps(facts: &SynthesisFacts) -> Vec<Step> {
    let step = |name, at| Step { name, at };
    let mut steps = vec![step("Validée", Some(facts.validated_at))];
    if facts.fate == Fate::Sent {
        steps.push(step("Prise par l’opérateur", facts.sent_at));
        steps.push(step("Affichée", facts.displayed_at));
    }
    steps
}
