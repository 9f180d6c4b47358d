//! Last week's requests judged again with other terms (R5): counts, and nothing about anybody.

use relais_core::ids::ProfessionalId;
use relais_core::matching::{Already, Candidate, Question, Test, judge};
use relais_core::people::{Load, Member};
use relais_core::request::{OfferStatus, Stage};
use relais_core::time::{Calendar, Duration, Instant};
use relais_store::requests::Stored;
use std::collections::BTreeMap;

/// What the week would have brought, with terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// Solicitations.
    pub asked: u32,
    /// Of these, on days they were away, as they had said.
    pub away: u32,
    /// Of the fullest day.
    pub fullest_day: u32,
    /// Requests left out, by the first test that failed.
    pub left_out: BTreeMap<Test, u32>,
}

/// Last week, judged again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastWeek {
    /// Requests for this profession that were put to somebody.
    pub requests: u32,
    /// There were more: only the latest were looked at.
    pub cut: bool,
    /// With the terms in force.
    pub before: Outlook,
    /// With those typed.
    pub after: Outlook,
}
/// Of this profession, and put to somebody this person could have been among.
pub(super) fn concerns(stored: &Stored, member: &Member) -> bool {
    let request = &stored.request;
    let usual = request.usual.has(member.id, request.raised_at);
    let opened = request
        .offers
        .iter()
        .any(|offer| offer.stage != Stage::Usual);
    request.need.profession == member.profession && (usual || opened)
}

/// Judges past requests, oldest first, as if nothing else had happened to this person than what their terms
/// let through. What is temporary (an absence, a quota) is left aside: it is not what is being set; what
/// fell on days said away is counted apart.
pub(super) fn outlook(past: &[Stored], member: &Member, calendar: &Calendar) -> Outlook {
    let mut member = member.clone();
    member.profile.unavailable_until = None;
    member.profile.muted_until = None;
    member.profile.encore = None;
    let absences = std::mem::take(&mut member.profile.absences);
    let mut found = Outlook::default();
    let mut asked: Vec<Instant> = Vec::new();
    let mut accepted_at = None;
    let mut days: BTreeMap<_, u32> = BTreeMap::new();
    for stored in past {
        let request = &stored.request;
        let at = request.raised_at;
        let is_usual = request.usual.has(member.id, at);
        let candidate = Candidate {
            member: &member,
            load: load(&asked, accepted_at, at, calendar),
        };
        let question = Question {
            need: &request.need,
            patient: &request.patient,
            network: request.network,
            radius_m: request.policy.radius_m,
            is_usual,
            usual_stage: is_usual,
            is_requester: request.requester.professional() == Some(member.id),
            already: Already::default(),
            now: at,
            calendar,
        };
        let verdict = judge(&candidate, &question);
        if let Some(failed) = verdict.first_failure() {
            *found.left_out.entry(failed.test).or_default() += 1;
            continue;
        }
        asked.push(at);
        found.asked += 1;
        let date = calendar.date(at);
        found.away += u32::from(absences.back(date).is_some());
        let day = days.entry(date).or_default();
        *day += 1;
        found.fullest_day = found.fullest_day.max(*day);
        if took(stored, member.id) {
            accepted_at = Some(at);
        }
    }
    found
}

fn took(stored: &Stored, id: ProfessionalId) -> bool {
    let mut offers = stored.request.offers.iter();
    offers.any(|offer| {
        offer.professional == id && matches!(offer.status, OfferStatus::Accepted { .. })
    })
}

fn load(asked: &[Instant], accepted_at: Option<Instant>, at: Instant, calendar: &Calendar) -> Load {
    let today = calendar.date(at);
    let count = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let hour: Vec<_> = asked
        .iter()
        .filter(|one| at.since(**one) < Duration::hours(1))
        .collect();
    Load {
        asked_today: count(
            asked
                .iter()
                .filter(|one| calendar.date(**one) == today)
                .count(),
        ),
        asked_last_hour: count(hour.len()),
        first_of_hour: hour.first().map(|one| **one),
        accepted_at,
        accepted_since_encore: 0,
    }
}
