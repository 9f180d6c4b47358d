//! The page of one request: stages, verdicts, messages, history, actions.

use relais_app::requests::read::{Read, StageVerdicts};
use relais_app::text::labels;
use relais_app::text::verdict::{finding, test_counted};
use relais_app::text::when::kilometres;
use relais_core::access::{Actor, Permission, may};
use relais_core::ids::ProfessionalId;
use relais_core::matching::Verdict;
use relais_core::request::{
    CancelledBy, Ending, Need, Offer, OfferStatus, Phase, RedFlags, Request, Requester, UsualDoctor,
};
use relais_core::time::Instant;

use super::actions::actions;
use super::board::left;
use super::case::{concerns, last_verdicts, left_out};
use super::stages::stages;
use super::{Eye, care, commune, motives, s, state, typeset, upper, whom};
use crate::icon::Icon;
use crate::parts::{Desk, Form, State, Tone};
use crate::views::{Criterion, Left, RequestPage, VerdictRow};

/// Those left out that are shown without being asked for, nearest first.
const OTHERS: usize = 15;

/// Those to whom it is offered no more that are shown without being asked for.
const OVER_SHOWN: usize = 5;

/// Whoever was asked in the present round, each once: what was taken back by mistake gives way to what was offered
/// since.
pub(super) fn of_round(request: &Request) -> impl Iterator<Item = &Offer> {
    let offers = &request.offers;
    offers.iter().enumerate().filter_map(move |(index, offer)| {
        let again = |newer: &Offer| {
            newer.professional == offer.professional && newer.round == request.round
        };
        let gave_way = offer.status.may_be_put_right() && offers.iter().skip(index + 1).any(again);
        (offer.round == request.round && !gave_way).then_some(offer)
    })
}

/// Nothing to do any more for whoever was asked: somebody has the patient, or it ended.
const fn is_over(offer: &Offer) -> bool {
    matches!(offer.status, OfferStatus::Withdrawn { .. }) && !offer.status.may_be_put_right()
}

/// The page, without messages and history: those are added by the handler.
pub(crate) fn request_page(
    eye: &Eye,
    desk: Desk,
    actor: &Actor,
    read: &Read,
    verdicts: &[StageVerdicts],
    all: bool,
) -> RequestPage {
    let request = &read.stored.request;
    let when = eye.when();
    let last = last_verdicts(request, verdicts);
    let out = left_out(request, &last);
    let left_out = out.iter().map(|(_, count)| *count).sum::<usize>();
    let round: Vec<&Offer> = of_round(request).collect();
    let over: Vec<&Offer> = round.iter().copied().filter(|one| is_over(one)).collect();
    let fold = over.len() > OVER_SHOWN;
    let mut shown: Vec<&Verdict> = last
        .values()
        .copied()
        .filter(|verdict| concerns(request, verdict))
        .collect();
    shown.sort_by_key(|verdict| verdict.distance_m.unwrap_or(u32::MAX));
    let hidden = if all {
        0
    } else {
        shown.len().saturating_sub(OTHERS)
    };
    shown.truncate(shown.len() - hidden);
    let time = left(request, &when);
    let (first, acts) = actions(
        actor,
        request,
        read.may_open_identity,
        read.is_accepter_gone(eye.now),
        &when,
    );
    RequestPage {
        desk,
        id: request.id.to_string(),
        code: read.stored.code.clone(),
        state: state(request),
        lead: lead(eye, request),
        title: title(request),
        left: time
            .until_ms
            .filter(|_| matches!(request.phase, Phase::Asking(_)))
            .map(|until_ms| Left {
                words: time.words,
                of: time.of,
                until: when.clock(Instant::from_millis(until_ms)),
                until_ms,
            }),
        care_until: if request.is_ended() {
            String::new()
        } else {
            when.moment(request.care_deadline)
        },
        note: note(eye, request),
        photos: crate::views::Photos::default(),
        rights: may(actor, Permission::Rights, request),
        thread: crate::views::ThreadLink::default(),
        way: None,
        wishes: crate::views::WishesPart::default(),
        again: Vec::new(),
        stages: stages(eye, request),
        asked: u32::try_from(round.len()).unwrap_or(u32::MAX),
        left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
        reasons: out
            .iter()
            .map(|(test, count)| format!("{} {count}", test_counted(*test)))
            .collect::<Vec<_>>()
            .join(", "),
        verdicts: round
            .iter()
            .filter(|offer| !(fold && is_over(offer)))
            .map(|offer| asked_row(eye, request, offer, last.get(&offer.professional).copied()))
            .collect(),
        over: over
            .iter()
            .filter(|_| fold)
            .map(|offer| asked_row(eye, request, offer, last.get(&offer.professional).copied()))
            .collect(),
        others: shown
            .into_iter()
            .map(|verdict| out_row(eye, &request.need, verdict))
            .collect(),
        hidden,
        all,
        messages: Vec::new(),
        facts: facts(eye, request),
        events: Vec::new(),
        older_events: None,
        older_messages: None,
        first,
        acts,
        identity: None,
        form: Form::default(),
    }
}

pub(super) fn title(request: &Request) -> String {
    let motive = motives(&request.need);
    let separator = if motive.is_empty() { "" } else { ", " };
    format!(
        "{}{separator}{motive}. {}, {}",
        care(&request.need),
        whom(&request.patient),
        commune(request.patient.commune)
    )
}

pub(super) fn lead(eye: &Eye, request: &Request) -> String {
    let who = match request.requester {
        Requester::Staff(user) | Requester::Partner(user) => eye.directory.user_name(user),
        Requester::Professional(id, _) => Some(eye.name(id)),
    };
    let by = who.map(|name| format!(" par {name}")).unwrap_or_default();
    format!(
        "reçue {}{by} · {}",
        eye.when().at(request.raised_at),
        super::lower(labels::origin(request.origin))
    )
}

fn note(eye: &Eye, request: &Request) -> String {
    let when = eye.when();
    match &request.phase {
        Phase::ToQualify { .. } => {
            "Le médecin régulateur doit la qualifier avant qu’elle parte.".to_owned()
        }
        Phase::Paused(paused) => {
            format!(
                "En pause {}. Elle revient vers vous {}.",
                when.since(paused.since),
                when.at(paused.until)
            )
        }
        Phase::Unfilled(unfilled) => {
            format!(
                "{}. Prochain rappel {}.",
                labels::unfilled_reason(unfilled.why),
                when.at(unfilled.remind_at)
            )
        }
        Phase::Engaged(engagement) => format!(
            "{}{} l’a acceptée {}. {}.",
            eye.name(engagement.professional),
            aside(&quality(eye, request, engagement.professional)),
            when.at(engagement.at),
            upper(&labels::appointment(engagement.appointment, &when))
        ),
        Phase::Ended(Ending::Closed { at, closure, .. }) => {
            format!(
                "Terminée {}\u{a0}: {}.",
                when.at(*at),
                super::lower(labels::closure(*closure))
            )
        }
        Phase::Ended(Ending::Cancelled {
            at,
            who: CancelledBy::Undo,
            ..
        }) => {
            format!(
                "Lancement repris {}\u{a0}: l’appel est revenu au poste.",
                when.at(*at)
            )
        }
        Phase::Ended(Ending::Cancelled { at, who, .. }) => {
            format!(
                "Annulée {}\u{a0}: {}.",
                when.at(*at),
                super::lower(labels::cancelled_by(*who))
            )
        }
        Phase::Ended(Ending::Transferred15 { at, .. }) => {
            format!("Transférée au 15 {}.", when.at(*at))
        }
        Phase::Asking(_) => String::new(),
    }
}

/// In what quality somebody practises, and for whom: `remplace Dr Durand jusqu’au 12 mars 2026`,
/// `interne, sous la responsabilité de Dr Petit`; nothing in one's own name.
pub(super) fn quality(eye: &Eye, request: &Request, id: ProfessionalId) -> String {
    if let Some(one) = request.usual.standing_in(id) {
        return format!(
            "remplace {} jusqu’au {}",
            eye.name(one.of),
            last_day(eye, one.until)
        );
    }
    let standing = eye
        .directory
        .person(id)
        .map(|person| person.member.standing);
    let Some(standing) = standing.filter(|standing| standing.ends().is_some()) else {
        return String::new();
    };
    // Who answered for the intern when they accepted, whoever does now.
    let frozen = match &request.phase {
        Phase::Engaged(engagement) if engagement.professional == id => engagement.supervisor,
        _ => None,
    };
    let word = labels::standing(standing);
    match frozen.or_else(|| standing.supervisor()) {
        Some(senior) => format!("{word}, sous la responsabilité de {}", eye.name(senior)),
        None => word.to_owned(),
    }
}

/// `12 mars 2026`: the day of the moment before an end.
pub(super) fn last_day(eye: &Eye, end: Instant) -> String {
    eye.when()
        .plain_date(Instant::from_millis(end.millis() - 1))
}

/// The same words inside a sentence.
fn aside(words: &str) -> String {
    if words.is_empty() {
        String::new()
    } else {
        format!(" ({words})")
    }
}

fn asked_row(eye: &Eye, request: &Request, offer: &Offer, verdict: Option<&Verdict>) -> VerdictRow {
    let when = eye.when();
    let word = labels::offer_status(offer.status);
    let (tone, icon, at) = match offer.status {
        OfferStatus::Queued => (Tone::Community, Icon::PaperPlaneTilt, None),
        OfferStatus::Sent { at } => (Tone::Community, Icon::PaperPlaneTilt, Some(at)),
        OfferStatus::Delivered { at } => (Tone::Community, Icon::Checks, Some(at)),
        OfferStatus::Seen { at } => (Tone::Community, Icon::Eye, Some(at)),
        OfferStatus::Accepted { at } => (Tone::Taken, Icon::CheckCircle, Some(at)),
        OfferStatus::Refused { at, .. } => (Tone::Closed, Icon::XCircle, Some(at)),
        OfferStatus::Lapsed { at } => (Tone::Closed, Icon::Hourglass, Some(at)),
        OfferStatus::Withdrawn { at, .. } => (Tone::Closed, Icon::ArrowUUpLeft, Some(at)),
    };
    let remark = match offer.status {
        OfferStatus::Withdrawn { why, .. } => labels::withdraw_reason(why).to_owned(),
        _ => {
            let quality = quality(eye, request, offer.professional);
            let usual = offer.usual && request.usual.professionals.contains(&offer.professional);
            let words = [
                if usual { "professionnel habituel" } else { "" },
                quality.as_str(),
            ];
            let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
            words.join(", ")
        }
    };
    VerdictRow {
        name: eye.name(offer.professional),
        place: place(eye, offer.professional, offer.distance_m),
        answer: State::new(tone, icon, word),
        at: at.map(|at| when.clock(at)).unwrap_or_default(),
        criteria: verdict
            .map(|verdict| criteria(eye, &request.need, verdict))
            .unwrap_or_default(),
        remark,
    }
}

fn out_row(eye: &Eye, need: &Need, verdict: &Verdict) -> VerdictRow {
    VerdictRow {
        name: eye.name(verdict.professional),
        place: place(eye, verdict.professional, verdict.distance_m),
        answer: State::new(Tone::Closed, Icon::Prohibit, "Écarté"),
        at: String::new(),
        criteria: criteria(eye, need, verdict),
        remark: String::new(),
    }
}

fn place(eye: &Eye, id: ProfessionalId, metres: Option<u32>) -> String {
    let town = eye.town(id);
    match metres {
        Some(metres) if town.is_empty() => kilometres(metres),
        Some(metres) => format!("{town}, {}", kilometres(metres)),
        None => town,
    }
}

/// The tests shown: those that failed, those that measured something, and the protocol when one is
/// asked.
fn criteria(eye: &Eye, need: &Need, verdict: &Verdict) -> Vec<Criterion> {
    use relais_core::matching::Measure;
    let when = eye.when();
    verdict
        .findings
        .iter()
        .filter(|one| {
            !one.ok || !matches!(one.measure, Measure::None) || shown_plain(one.test, need)
        })
        .map(|one| Criterion {
            ok: one.ok,
            words: finding(one, &need.cooperations, &when),
        })
        .collect()
}

fn shown_plain(test: relais_core::matching::Test, need: &Need) -> bool {
    use relais_core::matching::Test;
    match test {
        Test::Profession | Test::Mode => true,
        Test::Cooperation => !need.cooperations.is_empty(),
        _ => false,
    }
}

pub(super) fn facts(eye: &Eye, request: &Request) -> Vec<(String, String)> {
    let mut facts = vec![
        ("Motifs".to_owned(), upper(&motives(&request.need))),
        ("Lieu".to_owned(), upper(labels::mode(request.need.mode))),
        (
            "Profession".to_owned(),
            upper(labels::profession(request.need.profession)),
        ),
        ("Gravité".to_owned(), gravity(request.red_flags)),
        (
            "À voir".to_owned(),
            format!("dans les {}\u{a0}h", request.need.within_hours),
        ),
    ];
    let usual = match request.usual.professionals.as_slice() {
        [] => labels::usual_doctor(request.usual.doctor).to_owned(),
        list => list
            .iter()
            .map(|id| {
                let mut standing = request.usual.stand_ins.iter().filter(|one| one.of == *id);
                let replaced = standing.next().map(|one| {
                    let last = last_day(eye, one.until);
                    format!("remplacé par {} jusqu’au {last}", eye.name(one.locum))
                });
                format!("{}{}", eye.name(*id), aside(&replaced.unwrap_or_default()))
            })
            .collect::<Vec<_>>()
            .join(", "),
    };
    // Whoever has none could not be called either.
    let has = !request.usual.professionals.is_empty() || request.usual.doctor == UsualDoctor::Yes;
    let contacted = has.then(|| super::lower(labels::contacted(request.usual.contacted)));
    facts.push((
        "Habituel".to_owned(),
        contacted.map_or(usual.clone(), |words| format!("{usual}, {words}")),
    ));
    if let Some(series) = &request.need.series {
        let said = relais_app::text::series::series(series);
        facts.push(("Fréquence".to_owned(), said));
    }
    if !request.need.cooperations.is_empty() {
        let names = relais_app::cooperation::names(&request.need.cooperations);
        facts.push(("Protocole demandé".to_owned(), names));
    }
    if !request.need.comment.is_empty() {
        facts.push(("Commentaire".to_owned(), typeset(&request.need.comment)));
    }
    facts
}

fn gravity(flags: RedFlags) -> String {
    upper(labels::red_flags(flags))
}

/// `7 sollicités`.
#[must_use]
pub(crate) fn asked_words(count: usize) -> String {
    format!("{count} sollicité{}", s(count))
}
