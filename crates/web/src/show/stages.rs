//! The legs of the big track: who was asked, from when to when, and what came of it.

use relais_app::text::labels;
use relais_app::text::when::kilometres;
use relais_core::request::{Ending, Offer, OfferStatus, Phase, Request, Stage as CoreStage};

use super::board::{counts, reached};
use super::request::of_round;
use super::{Eye, people, track, upper};
use crate::icon::Icon;
use crate::parts::{Stage, Tone};

pub(super) fn stages(eye: &Eye, request: &Request) -> Vec<Stage> {
    let Some(span) = track::span(request) else {
        return Vec::new();
    };
    let when = eye.when();
    let (from, to, usual_until) = (span.from, span.to, span.usual_until);
    let now_stage = match &request.phase {
        Phase::Asking(asking) => Some(asking.stage),
        Phase::Paused(paused) => Some(paused.asking.stage),
        _ => None,
    };
    let stop = match &request.phase {
        Phase::Engaged(engagement) => engagement.at,
        Phase::Paused(paused) => paused.since,
        Phase::Ended(
            Ending::Closed { at, .. }
            | Ending::Cancelled { at, .. }
            | Ending::Transferred15 { at, .. },
        ) => (*at).min(to),
        _ => eye.now,
    };
    let percent = |a, b| {
        let part = track::part(a, b, stop);
        (0..=100_u8)
            .find(|whole| f32::from(*whole) >= (part * 100.0).round())
            .unwrap_or(100)
    };
    let mut list = Vec::new();
    let usual: Vec<&Offer> = of_stage(request, CoreStage::Usual);
    if let Some(until) = usual_until {
        let text = match usual.as_slice() {
            [only] => format!(
                "{} seul. {}.",
                eye.name(only.professional),
                upper(&reached(only.status, &when))
            ),
            many => format!(
                "{} professionnels habituels. {}.",
                many.len(),
                upper(&answers(many))
            ),
        };
        list.push(Stage {
            tone: Tone::Usual,
            icon: Icon::Stethoscope,
            name: upper(labels::usual_of(request.need.profession)),
            from: when.clock(from),
            to: when.clock(until),
            text,
            spent: Some(percent(from, until)),
            current: now_stage == Some(CoreStage::Usual),
        });
    }
    let community: Vec<&Offer> = of_stage(request, CoreStage::Community);
    let opened = community.iter().map(|offer| offer.asked_at).min();
    let begins = usual_until.unwrap_or(from);
    list.push(Stage {
        tone: Tone::Community,
        icon: Icon::UsersThree,
        name: "Communauté".to_owned(),
        from: when.clock(opened.unwrap_or(begins)),
        to: when.clock(to),
        text: if opened.is_some() {
            format!(
                "{}. {}.",
                people(community.len(), request.need.profession),
                upper(&answers(&community))
            )
        } else if now_stage.is_some() {
            "Tous ceux qui peuvent, en même temps.".to_owned()
        } else {
            "Pas sollicitée.".to_owned()
        },
        spent: (opened.is_some() || now_stage.is_none())
            .then(|| percent(opened.unwrap_or(begins), to)),
        current: now_stage == Some(CoreStage::Community),
    });
    let neighbours: Vec<&Offer> = of_stage(request, CoreStage::Neighbours);
    let lent = eye
        .directory
        .network(request.network)
        .is_ok_and(|entry| !entry.lenders.is_empty());
    if !neighbours.is_empty()
        || now_stage == Some(CoreStage::Neighbours)
        || (lent && now_stage.is_some())
    {
        let since = neighbours.iter().map(|offer| offer.asked_at).min();
        list.push(Stage {
            tone: Tone::Community,
            icon: Icon::ArrowsOutSimpleBold,
            name: "Plus loin".to_owned(),
            from: since.map(|at| when.clock(at)).unwrap_or_default(),
            to: since.map(|_| when.clock(to)).unwrap_or_default(),
            text: if since.is_some() {
                format!(
                    "{}. {}.",
                    people(neighbours.len(), request.need.profession),
                    upper(&answers(&neighbours))
                )
            } else {
                format!(
                    "Réseaux voisins, jusqu’à {}, si personne.",
                    kilometres(request.policy.wider_radius_m)
                )
            },
            spent: since.map(|at| percent(at, to)),
            current: now_stage == Some(CoreStage::Neighbours),
        });
    }
    let unfilled = matches!(request.phase, Phase::Unfilled(_));
    if unfilled || now_stage.is_some() {
        list.push(Stage {
            tone: Tone::Hand,
            icon: Icon::HandBold,
            name: "Coup de main".to_owned(),
            from: if unfilled {
                String::new()
            } else {
                when.clock(to)
            },
            to: String::new(),
            text: "La demande revient au réseau, jamais perdue.".to_owned(),
            spent: unfilled.then_some(2),
            current: unfilled,
        });
    }
    list
}

fn of_stage(request: &Request, stage: CoreStage) -> Vec<&Offer> {
    of_round(request)
        .filter(|offer| offer.stage == stage)
        .collect()
}

fn answers(offers: &[&Offer]) -> String {
    let seen = offers
        .iter()
        .filter(|o| matches!(o.status, OfferStatus::Seen { .. }))
        .count();
    let refused = offers
        .iter()
        .filter(|o| matches!(o.status, OfferStatus::Refused { .. }))
        .count();
    let yes = offers
        .iter()
        .any(|o| matches!(o.status, OfferStatus::Accepted { .. }));
    if yes {
        format!("1 oui, {refused} refus")
    } else {
        counts(seen, refused)
    }
}
