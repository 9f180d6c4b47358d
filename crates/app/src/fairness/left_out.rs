//! *Pourquoi je n'ai pas été sollicité*: the last week's requests that were put to colleagues and not to the actor, each
//! with the tests that failed as they were stored (R5).
//!
//! Refuses more than whoever was asked saw before accepting (R6), and less: neither age nor sex nor comment. Refuses the
//! requests of patients who declared them, which are neither shown nor counted: whoever takes only their own patients
//! would know such a patient by being left out for another reason. Of those they are told when a colleague takes them
//! (R7).

use crate::app::{App, Who};
use crate::error::AppError;
use crate::offers::answer::professional;
use relais_core::geo::Insee;
use relais_core::matching::{Finding, Test};
use relais_core::people::{Member, Profile};
use relais_core::request::{Need, Request};
use relais_core::time::{Duration, Instant};
use relais_store::verdicts::Considered;
use relais_store::{professionals, requests, verdicts};
use std::collections::BTreeMap;

/// How far back is looked.
const WEEK: Duration = Duration::hours(7 * 24);
/// Most matchings looked at, in each network: a busy one's week.
const MATCHINGS_MAX: u32 = 1_000;
/// Most requests looked at, in each network.
const REQUESTS_MAX: u32 = 3_000;
/// Most requests of a page.
pub const PAGE_MAX: usize = 100;

/// Why somebody was not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Tests failed.
    Failed(Vec<Finding>),
    /// None did: their turn had not come.
    NotYet,
}

/// A request that was not put to the actor.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// When it was raised.
    pub raised_at: Instant,
    /// What was needed, without its comment.
    pub need: Need,
    /// The patient's commune.
    pub commune: Insee,
    /// Metres between the patient and them.
    pub distance_m: Option<u32>,
    /// Why.
    pub why: Why,
}

/// The week, and a page of it.
#[derive(Debug, Clone)]
pub struct Week {
    /// The actor's terms as they are now.
    pub profile: Profile,
    /// Requests of their profession, in their networks, that were put to colleagues or to them; of those not put to them,
    /// those of patients who did not declare them.
    pub considered: usize,
    /// There were more: only the latest were looked at.
    pub cut: bool,
    /// Of those considered: not put to them.
    pub left_out: usize,
    /// Of those left out: by the first test that failed.
    pub by_test: BTreeMap<Test, usize>,
    /// Of those left out: their turn had not come.
    pub not_yet: usize,
    /// Those shown, newest first.
    pub page: Vec<LeftOut>,
    /// How many are shown before the next page, when there is one.
    pub next: Option<usize>,
}

impl App {
    /// The actor's last week: `skip` requests are passed over, `limit` shown.
    pub async fn left_out(&self, who: &Who, skip: usize, limit: usize) -> Result<Week, AppError> {
        let actor = who.signed_in()?;
        let id = professional(&actor)?;
        let since = self.now() - WEEK;
        let limit = limit.clamp(1, PAGE_MAX);
        self.read(move |_, tx| {
            let member = professionals::get(tx, id)?.member;
            let (mut all, mut cut) = (Vec::new(), false);
            for membership in &member.memberships {
                let (network, profession) = (membership.network, member.profession);
                if !member.belongs_to(network) {
                    continue;
                }
                let (found, more) =
                    verdicts::list_for_person(tx, network, profession, id, since, MATCHINGS_MAX)?;
                let raised = requests::list_raised_since(tx, network, since, REQUESTS_MAX)?;
                let raised: BTreeMap<_, _> = raised.into_iter().map(|r| (r.id, r)).collect();
                let known = |one: Considered| Some((raised.get(&one.request)?.clone(), one));
                let before = all.len();
                let matched = found.len();
                all.extend(found.into_iter().filter_map(known));
                cut |= more || all.len() - before < matched;
            }
            all.sort_by_key(|(request, _)| std::cmp::Reverse(request.id));
            let counted = count(all, &member);
            let shown = counted.shown.len();
            let page: Vec<_> = counted.shown.into_iter().skip(skip).take(limit).collect();
            let until = skip.saturating_add(page.len());
            Ok(Week {
                profile: member.profile,
                considered: counted.considered,
                cut,
                left_out: shown,
                by_test: counted.by_test,
                not_yet: counted.not_yet,
                page,
                next: Some(until).filter(|until| *until < shown),
            })
        })
        .await
    }
}

#[derive(Default)]
struct Counted {
    considered: usize,
    by_test: BTreeMap<Test, usize>,
    not_yet: usize,
    shown: Vec<LeftOut>,
}

/// Counts a week, newest first.
fn count(newest_first: Vec<(Request, Considered)>, member: &Member) -> Counted {
    let mut counted = Counted::default();
    for (request, one) in newest_first {
        if one.asked {
            counted.considered += 1;
            continue;
        }
        let theirs = request.usual.has(member.id, request.raised_at);
        let Some(verdict) = one.verdict.filter(|_| !theirs) else {
            continue;
        };
        counted.considered += 1;
        let failed: Vec<Finding> = verdict.findings.into_iter().filter(|f| !f.ok).collect();
        match failed.first() {
            Some(finding) => *counted.by_test.entry(finding.test).or_default() += 1,
            None => counted.not_yet += 1,
        }
        counted.shown.push(LeftOut {
            raised_at: request.raised_at,
            need: Need {
                comment: String::new(),
                ..request.need
            },
            commune: request.patient.commune,
            distance_m: verdict.distance_m,
            why: if failed.is_empty() {
                Why::NotYet
            } else {
                Why::Failed(failed)
            },
        });
    }
    counted
}
