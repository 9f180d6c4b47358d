//! A professional's own figures, counts of requests, each a part of the one it names; and what was not put to them.

use relais_app::fairness::{LeftOut, Quarter, Spread, Week, Why};
use relais_app::text::left_out::reason;
use relais_app::text::when::When;
use relais_core::people::Profile;
use serde::Serialize;
use std::collections::BTreeMap;

use super::at;

/// The quarter.
#[derive(Debug, Serialize)]
pub(crate) struct FiguresView {
    from: String,
    asked: u32,
    answered: u32,
    taken: u32,
    given_back: u32,
    seen: u32,
    no_show: u32,
    under_way: u32,
    median_answer_seconds: Option<i64>,
    median_of_answers: u32,
    received: u32,
    received_from_colleague: u32,
    raised: u32,
    raised_taken: u32,
    usual_asked: u32,
    usual_elsewhere: u32,
}

/// Somebody's own quarter.
pub(crate) fn own_figures(quarter: &Quarter) -> FiguresView {
    let (tally, balance) = (&quarter.tally, &quarter.balance);
    FiguresView {
        from: quarter.first_on.to_string(),
        asked: tally.asked,
        answered: tally.answered,
        taken: tally.taken,
        given_back: tally.given_back,
        seen: tally.seen,
        no_show: tally.no_show,
        under_way: tally.under_way,
        median_answer_seconds: quarter.median.map(|median| median.took.as_millis() / 1_000),
        median_of_answers: quarter.median.map_or(0, |median| median.answers),
        received: balance.received,
        received_from_colleague: balance.received_from_colleague,
        raised: balance.raised,
        raised_taken: balance.raised_taken,
        usual_asked: balance.usual_asked,
        usual_elsewhere: balance.usual_elsewhere,
    }
}

/// The week, and a page of it.
#[derive(Debug, Serialize)]
pub(crate) struct LeftOutPageView {
    items: Vec<LeftOutView>,
    next: Option<String>,
    considered: usize,
    left_out: usize,
    cut: bool,
    by_reason: BTreeMap<&'static str, usize>,
    not_yet: usize,
}

/// A request that was not put to them.
#[derive(Debug, Serialize)]
struct LeftOutView {
    raised_at: String,
    care_type: String,
    mode: &'static str,
    motives: Vec<String>,
    insee: String,
    /// Empty: their turn had not come.
    reasons: Vec<FailedView>,
}

/// A test that failed.
#[derive(Debug, Serialize)]
struct FailedView {
    code: &'static str,
    detail: String,
}

/// The week of somebody.
pub(crate) fn left_out(week: &Week, when: &When<'_>) -> LeftOutPageView {
    LeftOutPageView {
        items: week
            .page
            .iter()
            .map(|one| item(one, &week.profile, when))
            .collect(),
        next: week.next.map(|next| next.to_string()),
        considered: week.considered,
        left_out: week.left_out,
        cut: week.cut,
        by_reason: week
            .by_test
            .iter()
            .map(|(test, count)| (test.code(), *count))
            .collect(),
        not_yet: week.not_yet,
    }
}

fn item(one: &LeftOut, profile: &Profile, when: &When<'_>) -> LeftOutView {
    let failed = match &one.why {
        Why::Failed(findings) => findings.as_slice(),
        Why::NotYet => &[],
    };
    LeftOutView {
        raised_at: at(one.raised_at),
        care_type: one.need.care.to_string(),
        mode: one.need.mode.code(),
        motives: one.need.motives.iter().map(ToString::to_string).collect(),
        insee: one.commune.as_str().to_owned(),
        reasons: failed
            .iter()
            .map(|finding| FailedView {
                code: finding.test.code(),
                detail: reason(finding, &one.need, profile, when),
            })
            .collect(),
    }
}

/// Members and what was put to each.
#[derive(Debug, Serialize)]
pub(crate) struct SolicitationsView {
    items: Vec<MemberView>,
    next: Option<String>,
    from: String,
    to: String,
    asked: u32,
    reached: usize,
    members: usize,
}

/// A member.
#[derive(Debug, Serialize)]
struct MemberView {
    professional: String,
    rpps: String,
    asked: u32,
    answered: u32,
    taken: u32,
    given_back: u32,
    seen: u32,
    no_show: u32,
}

/// A page of them.
pub(crate) fn solicitations(spread: &Spread, skip: usize, limit: usize) -> SolicitationsView {
    let shown = spread.rows.iter().skip(skip).take(limit);
    let until = skip.saturating_add(limit);
    SolicitationsView {
        items: shown
            .map(|one| MemberView {
                professional: one.row.member.id.to_string(),
                rpps: one.row.rpps.clone(),
                asked: one.tally.asked,
                answered: one.tally.answered,
                taken: one.tally.taken,
                given_back: one.tally.given_back,
                seen: one.tally.seen,
                no_show: one.tally.no_show,
            })
            .collect(),
        next: (until < spread.rows.len()).then(|| until.to_string()),
        from: spread.from.to_string(),
        to: spread.until.to_string(),
        asked: spread.asked,
        reached: spread.reached,
        members: spread.rows.len(),
    }
}
