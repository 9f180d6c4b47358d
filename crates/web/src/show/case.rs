//! One request that needs a hand: the clock, the owner, the reasons, the ways out (R4.5).

use std::collections::BTreeMap;

use relais_app::requests::read::StageVerdicts;
use relais_app::text::labels;
use relais_app::text::verdict::test_label;
use relais_app::text::when::kilometres;
use relais_core::access::Actor;
use relais_core::cascade::NextBest;
use relais_core::ids::ProfessionalId;
use relais_core::matching::{Test, Verdict};
use relais_core::request::{Closure, OfferStatus, Phase, Request};

use super::board::left;
use super::request::of_round;
use super::{Eye, care, commune, motives, people, upper, whom};
use crate::icon::Icon;
use crate::parts::{Action, ActionField, Choice};
use crate::views::HandCase;

/// The last verdict on each professional, in any stage of the present round.
pub(super) fn last_verdicts<'v>(
    request: &Request,
    stages: &'v [StageVerdicts],
) -> BTreeMap<ProfessionalId, &'v Verdict> {
    let mut last = BTreeMap::new();
    // Newest first: the first one seen is the last one made; an earlier "asked" is not lost.
    for stage in stages.iter().filter(|stage| stage.round == request.round) {
        for verdict in &stage.verdicts {
            last.entry(verdict.professional).or_insert(verdict);
        }
    }
    last
}

/// Whether a verdict is worth showing among those left out: of the profession asked, and not asked.
pub(super) fn concerns(request: &Request, verdict: &Verdict) -> bool {
    let other = verdict
        .findings
        .iter()
        .any(|finding| finding.test == Test::Profession && !finding.ok);
    !other && !request.asked_this_round(verdict.professional)
}

/// How many were left out, by the first test they failed.
pub(super) fn left_out(
    request: &Request,
    verdicts: &BTreeMap<ProfessionalId, &Verdict>,
) -> Vec<(Test, usize)> {
    let mut counts: BTreeMap<Test, usize> = BTreeMap::new();
    for verdict in verdicts
        .values()
        .filter(|verdict| concerns(request, verdict))
    {
        if let Some(finding) = verdict.first_failure() {
            *counts.entry(finding.test).or_default() += 1;
        }
    }
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_by_key(|(test, count)| (std::cmp::Reverse(*count), *test));
    list
}

/// A case of the queue.
pub(crate) fn case(
    eye: &Eye,
    actor: &Actor,
    request: &Request,
    stages: &[StageVerdicts],
    ways: &[NextBest],
) -> HandCase {
    let when = eye.when();
    let key = request.id.to_string();
    let verdicts = last_verdicts(request, stages);
    let time = left(request, &when);
    let owner = match &request.phase {
        Phase::Unfilled(unfilled) => unfilled.owner.map(|owner| {
            if owner == actor.user {
                "vous".to_owned()
            } else {
                eye.directory
                    .user_name(owner)
                    .unwrap_or_else(|| "un collègue".to_owned())
            }
        }),
        _ => None,
    };
    let promise = match &request.phase {
        Phase::Unfilled(unfilled) => format!(
            "un opérateur l’appelle {}.",
            when.before(unfilled.remind_at)
        ),
        _ => String::new(),
    };
    let mut why = reasons(request);
    if let Phase::Unfilled(unfilled) = &request.phase {
        why.insert(
            0,
            (
                "En bref".to_owned(),
                labels::unfilled_reason(unfilled.why).to_owned(),
            ),
        );
    }
    if !request.need.cooperations.is_empty() {
        let names = relais_app::cooperation::names(&request.need.cooperations);
        why.push(("Protocole demandé".to_owned(), names));
    }
    HandCase {
        anchor: key.clone(),
        href: format!("/demandes/{}", request.id),
        title: title(request),
        who: format!(
            "{}. À voir {}.",
            whom(&request.patient),
            when.before(request.care_deadline)
        ),
        left: time.words,
        left_of: time.of,
        until_ms: time.until_ms,
        owner,
        promise,
        options: if actor.is_desk_of(request.network) {
            options(eye, request, ways)
        } else {
            Vec::new()
        },
        why,
        left_out: left_out(request, &verdicts)
            .into_iter()
            .map(|(test, count)| (upper(test_label(test)), count.to_string()))
            .collect(),
        acts: if actor.is_desk_of(request.network) {
            hand_acts(request, actor)
        } else {
            Vec::new()
        },
        calls: if actor.is_desk_of(request.network) {
            calls(eye, request)
        } else {
            Vec::new()
        },
    }
}

/// The nearest who were asked and said nothing: the desk may call their practice.
fn calls(eye: &Eye, request: &Request) -> Vec<(String, String)> {
    let mut silent: Vec<_> = request
        .offers
        .iter()
        .filter(|offer| offer.round == request.round)
        .filter(|offer| {
            offer.status.is_live() || matches!(offer.status, OfferStatus::Lapsed { .. })
        })
        .collect();
    silent.sort_by_key(|offer| (!offer.usual, offer.distance_m.unwrap_or(u32::MAX)));
    silent
        .into_iter()
        .filter_map(|offer| {
            let person = eye.directory.person(offer.professional)?;
            let tel = person.contact_number.clone()?;
            let far = offer
                .distance_m
                .map(|metres| format!(", {}", kilometres(metres)))
                .unwrap_or_default();
            Some((format!("{}{far}", person.display_name()), tel))
        })
        .take(3)
        .collect()
}

fn title(request: &Request) -> String {
    let motive = motives(&request.need);
    let place = commune(request.patient.commune);
    if motive.is_empty() {
        format!("{}. {place}", care(&request.need))
    } else {
        format!("{}, {motive}. {place}", care(&request.need))
    }
}

/// What those who were asked answered.
fn reasons(request: &Request) -> Vec<(String, String)> {
    let (mut refused, mut seen, mut silent, mut gone) = (0_usize, 0_usize, 0_usize, 0_usize);
    for offer in of_round(request) {
        match offer.status {
            OfferStatus::Refused { .. } => refused += 1,
            OfferStatus::Seen { .. } => seen += 1,
            OfferStatus::Withdrawn { .. } => gone += 1,
            _ => silent += 1,
        }
    }
    [
        ("Refus", refused),
        ("Vus, sans réponse", seen),
        ("Sans réponse", silent),
        ("Retirées", gone),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(label, count)| (label.to_owned(), count.to_string()))
    .collect()
}

/// The ways out the rules give, as things to press.
fn options(eye: &Eye, request: &Request, ways: &[NextBest]) -> Vec<Action> {
    let at = format!("/demandes/{}", request.id);
    let key = |name: &str| format!("{}-{name}", request.id);
    let more = |reach: usize| people(reach, request.need.profession);
    let mut options: Vec<Action> = ways
        .iter()
        .filter_map(|way| match way {
            NextBest::Widen { reach } => {
                let far = kilometres(request.policy.wider_radius_m);
                let label = format!("Élargir à {far}\u{a0}: {} de plus", more(*reach));
                let action = Action::button(key("elargir"), label, format!("{at}/elargir"));
                Some(action.icon(Icon::ArrowsOutSimpleBold))
            }
            NextBest::AskAgain { reach } => {
                let label = format!("Relancer\u{a0}: {}", more(*reach));
                let field = ActionField::Select(
                    "window_minutes",
                    "Pour combien de temps".to_owned(),
                    windows(),
                );
                let action = Action::button(key("relancer"), label, format!("{at}/relancer"));
                let action = action.icon(Icon::ArrowClockwiseBold).with(vec![field]);
                Some(action.says("Relancer la demande"))
            }
            NextBest::Teleconsultation { reach } => {
                let label = format!("En téléconsultation\u{a0}: {}", more(*reach));
                let action = Action::button(key("tele"), label, format!("{at}/teleconsultation"));
                Some(action.icon(Icon::DeviceMobile))
            }
            NextBest::OtherProfession { profession, reach } => {
                let label = format!("Autre profession\u{a0}: {}", people(*reach, *profession));
                let name = format!("autre-{}", profession.code());
                let field = ActionField::Hidden("profession", profession.code().to_owned());
                let action = Action::button(key(&name), label, format!("{at}/autre-profession"));
                let action = action.icon(Icon::StethoscopeLine).with(vec![field]);
                let hint = "Une nouvelle demande part pour le même patient, celle-ci se termine.";
                Some(action.hint(hint).says("Adresser à cette profession"))
            }
            NextBest::UsualLater { professional } => {
                let person = eye.directory.person(*professional)?;
                let tel = person.contact_number.as_ref()?;
                let label = format!("Revoir {} demain\u{a0}: l’appeler", person.display_name());
                let action = Action::link(key("demain"), label, format!("tel:{tel}"));
                Some(action.icon(Icon::PhoneBold))
            }
            NextBest::Fifteen => {
                let label = "Avis du SAS, ou transfert au 15";
                let action = Action::link(key("quinze"), label, format!("{at}/15"));
                Some(action.icon(Icon::PhoneTransfer))
            }
        })
        .collect();
    if let Some(first) = options.first_mut()
        && !first.link
    {
        first.main = true;
    }
    options
}

/// The response windows one may choose.
pub(super) fn windows() -> Vec<Choice> {
    Choice::list(&[
        ("", "La durée du réseau"),
        ("30", "30\u{a0}min"),
        ("60", "1\u{a0}h"),
        ("120", "2\u{a0}h"),
        ("240", "4\u{a0}h"),
        ("480", "8\u{a0}h"),
    ])
}

/// What the desk does with a case: own it, hand it to the 15, end it.
fn hand_acts(request: &Request, actor: &Actor) -> Vec<Action> {
    let at = format!("/demandes/{}", request.id);
    let key = |name: &str| format!("{}-{name}", request.id);
    let mine =
        matches!(&request.phase, Phase::Unfilled(unfilled) if unfilled.owner == Some(actor.user));
    let mut acts = Vec::new();
    if !mine {
        acts.push(
            Action::button(key("prendre"), "Je m’en occupe", format!("{at}/prendre"))
                .icon(Icon::HandBold),
        );
    }
    let outcomes = [
        Closure::NoTaker,
        Closure::PhoneAdvice,
        Closure::SeenElsewhere,
        Closure::Administrative,
    ];
    acts.push(
        Action::button(key("clore"), "Terminer", format!("{at}/clore"))
            .with(vec![ActionField::Select(
                "outcome",
                "Comment cela se termine".to_owned(),
                outcomes
                    .iter()
                    .map(|o| Choice::new(o.code(), labels::closure(*o)))
                    .collect(),
            )])
            .hint("«\u{a0}Sans preneur\u{a0}» prévient le patient.")
            .says("Terminer la demande"),
    );
    acts
}
