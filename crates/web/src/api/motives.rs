//! `GET /motives`: the closed list of motives, shipped with the product.

use relais_app::reference::motives::Motives;
use serde::Serialize;

use super::ok;
use super::page::{Page, Params};
use crate::fail::Answer;
use crate::gate::Signed;

/// A motive.
#[derive(Serialize)]
struct MotiveLine<'a> {
    code: &'a str,
    label: &'a str,
    /// Words people use for it.
    words: &'a [String],
    /// Code of HubSanté/CISU.
    cisu: &'a str,
    /// Sheet of the triage protocol, if one exists.
    sheet: Option<&'a str>,
    sheet_child: Option<&'a str>,
    professions: Vec<&'static str>,
}

/// Lists.
pub(super) async fn list(_: Signed, params: Params) -> Answer {
    params.only(&[])?;
    let items = Motives::shipped().all().iter().map(|motive| MotiveLine {
        code: motive.code.as_str(),
        label: &motive.label,
        words: &motive.words,
        cisu: &motive.cisu,
        sheet: motive.sheet.as_deref(),
        sheet_child: motive.sheet_child.as_deref(),
        professions: motive
            .professions
            .iter()
            .map(|profession| profession.code())
            .collect(),
    });
    ok(&Page::whole(items.collect()))
}
