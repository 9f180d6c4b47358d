//! What the desk and the coordinator see inside a request: verdicts, history, messages.

use relais_app::directory::Directory;
use relais_app::text::labels;
use relais_app::text::when::When;
use relais_core::matching::Verdict;
use relais_core::slug::Slug;
use serde::Serialize;
use std::collections::BTreeSet;

/// What matching found about one person (R5).
#[derive(Debug, Serialize)]
pub(crate) struct VerdictView {
    pub(crate) professional: String,
    pub(crate) rpps: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) asked: bool,
    pub(crate) distance_m: Option<u32>,
    pub(crate) reasons: Vec<ReasonView>,
    /// Which stage was being opened; absent from a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) round: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<String>,
}

/// One test.
#[derive(Debug, Serialize)]
pub(crate) struct ReasonView {
    pub(crate) code: &'static str,
    pub(crate) ok: bool,
    /// In words, with its figures.
    pub(crate) detail: String,
}

/// A verdict. `asked`: the cooperation protocols of which the need asks for one.
pub(crate) fn verdict(
    directory: &Directory,
    verdict: &Verdict,
    asked: &BTreeSet<Slug>,
    when: &When<'_>,
) -> VerdictView {
    let found = directory.person(verdict.professional);
    VerdictView {
        professional: verdict.professional.to_string(),
        rpps: found.map(|row| row.rpps.clone()),
        name: found.map(|row| row.display_name()),
        asked: verdict.asked(),
        distance_m: verdict.distance_m,
        reasons: verdict
            .findings
            .iter()
            .map(|finding| ReasonView {
                code: finding.test.code(),
                ok: finding.ok,
                detail: labels::finding(finding, asked, when),
            })
            .collect(),
        stage: None,
        round: None,
        at: None,
    }
}

/// A line of the history.
#[derive(Debug, Serialize)]
pub(crate) struct EntryView {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) act: String,
    pub(crate) actor: Option<String>,
    /// The professional in whose name a secretary acted.
    pub(crate) in_name_of: Option<String>,
    pub(crate) role: String,
    /// From where: `web`, `api`, `sms`, `clock`, `delivery`.
    pub(crate) source: Option<String>,
    /// The sentence people read.
    pub(crate) say: String,
    /// What follows from it.
    pub(crate) more: Option<String>,
    pub(crate) reason: Option<String>,
    /// The request's status after it.
    pub(crate) status: Option<String>,
}

/// A message and its receipts. The patient's number is not part of it.
#[derive(Debug, Serialize)]
pub(crate) struct MessageView {
    pub(crate) id: String,
    pub(crate) at: String,
    pub(crate) kind: String,
    pub(crate) channel: String,
    /// Who reads it: `professional`, `patient`, `requester`, `operator`, `usual`.
    pub(crate) audience: &'static str,
    pub(crate) owner: String,
    pub(crate) professional: Option<String>,
    pub(crate) offer: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
    pub(crate) status: &'static str,
    pub(crate) attempts: u32,
    pub(crate) due_at: String,
    pub(crate) sent_at: Option<String>,
    pub(crate) delivered_at: Option<String>,
    pub(crate) seen_at: Option<String>,
    pub(crate) failed_at: Option<String>,
    pub(crate) failure: Option<String>,
}
