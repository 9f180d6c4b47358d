//! The red-flag questions asked on every call before the motive: the common trunk (`TRONC`) of the
//! demonstration protocols. Not validated by any doctor: the warning must be shown with them.

use serde::Deserialize;
use std::sync::OnceLock;

const SHIPPED: &[u8] = include_bytes!("../../../../protocols/protocoles-demo.json");
/// The sheet asked on every call.
const TRUNK: &str = "TRONC";

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

#[derive(Debug)]
struct Trunk {
    warning: String,
    questions: Vec<RedFlagQuestion>,
}

#[derive(Deserialize)]
struct File {
    avertissement: String,
    protocoles: Vec<Sheet>,
}

#[derive(Deserialize)]
struct Sheet {
    code: String,
    alertes: Vec<Alert>,
}

#[derive(Deserialize)]
struct Alert {
    question: String,
    si_oui: String,
}

/// The questions of the common trunk, in order.
pub fn common_trunk() -> &'static [RedFlagQuestion] {
    &trunk().questions
}

/// The warning to show wherever demonstration questions are asked, in French.
pub fn warning() -> &'static str {
    &trunk().warning
}

fn trunk() -> &'static Trunk {
    static ONCE: OnceLock<Trunk> = OnceLock::new();
    ONCE.get_or_init(|| read(SHIPPED).expect("the embedded protocols are read whole by a test"))
}

fn read(bytes: &[u8]) -> Result<Trunk, String> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let sheet = file
        .protocoles
        .into_iter()
        .find(|sheet| sheet.code == TRUNK);
    let alerts = sheet.ok_or(format!("no sheet {TRUNK}"))?.alertes;
    let questions = alerts.into_iter().enumerate().map(|(index, alert)| {
        let leads_to = match alert.si_oui.as_str() {
            "15" => RedFlagTarget::Fifteen,
            "MR" => RedFlagTarget::Regulator,
            other => return Err(format!("question {}: `{other}` is no target", index + 1)),
        };
        Ok(RedFlagQuestion {
            key: format!("tronc-{}", index + 1),
            question: alert.question,
            leads_to,
        })
    });
    Ok(Trunk {
        warning: file.avertissement,
        questions: questions.collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_trunk_is_read_whole() {
        let trunk = read(SHIPPED).unwrap();
        assert!(trunk.questions.len() >= 10, "{}", trunk.questions.len());
        assert!(trunk.questions.iter().all(|q| q.question.ends_with('?')));
        assert!(
            trunk
                .questions
                .iter()
                .any(|q| q.leads_to == RedFlagTarget::Regulator)
        );
        assert!(trunk.warning.contains("NON VALIDÉ"));
    }

    #[test]
    fn a_target_that_means_nothing_is_refused() {
        let file = r#"{"avertissement":"x","protocoles":[{"code":"TRONC","alertes":[{"question":"?","si_oui":"XX"}]}]}"#;
        assert_eq!(
            read(file.as_bytes()).unwrap_err(),
            "question 1: `XX` is no target"
        );
    }
}
