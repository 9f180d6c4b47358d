//! The red-flag questions of the shipped common trunk, as the forms that came before the protocols
//! ask them. Owns nothing: reads `crate::protocols`. Not validated by any doctor: the warning must
//! be shown with them.

use crate::protocols::file::shipped_trunk;
use relais_core::triage::{Alarm, Kind};
use std::sync::OnceLock;

pub use crate::protocols::file::warning;

/// One question; a "yes" ends the questions (R3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedFlagQuestion {
    /// Stable key inside the sheet (`tronc-1` …).
    pub key: String,
    /// The question, in French, as the operator reads it out.
    pub question: String,
    /// Where a "yes" leads.
    pub leads_to: RedFlagTarget,
}

/// Where a "yes" leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedFlagTarget {
    /// Transfer to 15, live.
    Fifteen,
    /// The regulating doctor.
    Regulator,
}

/// The questions of the common trunk, in order.
pub fn common_trunk() -> &'static [RedFlagQuestion] {
    static ONCE: OnceLock<Vec<RedFlagQuestion>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let questions = shipped_trunk().questions.iter();
        let flags = questions.filter_map(|question| {
            let leads_to = match question.kind {
                Kind::RedFlag(Alarm::Fifteen) => RedFlagTarget::Fifteen,
                Kind::RedFlag(Alarm::Regulator) => RedFlagTarget::Regulator,
                Kind::Exclusion(_) | Kind::Inclusion | Kind::Note => return None,
            };
            Some(RedFlagQuestion {
                key: question.key.clone(),
                question: question.text.clone(),
                leads_to,
            })
        });
        flags.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_trunk_is_read_whole() {
        let trunk = common_trunk();
        assert_eq!(trunk.len(), 11);
        assert!(trunk.iter().all(|q| q.question.ends_with('?')));
        assert!(trunk.iter().any(|q| q.leads_to == RedFlagTarget::Regulator));
        assert!(warning().contains("NON VALIDÉ"));
    }
}
