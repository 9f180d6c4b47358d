//! What a professional is shown of an offer: facts, never the name, except the one page where R6
//! allows it.

use relais_app::offers::list::OfferRead;
use relais_app::text::labels;
use relais_app::text::when::{duration, kilometres};
use relais_core::ids::ProfessionalId;
use relais_core::people::Mode;
use relais_core::request::{
    Appointment, CancelledBy, Ending, Offer, OfferStatus, Phase, RedFlags, Request, Requester,
    Stage, UsualDoctor, WithdrawReason,
};
use relais_core::time::Instant;

use super::request::last_day;
use super::{Eye, care, commune, is_child, lower, motives, people, sentence, track, upper, whom};
use crate::icon::Icon;
use crate::parts::{Glyph, Phone, State, Tone};
use crate::views::{OfferItem, OfferPage, SettledPage};

/// `Consultation à Palaiseau`.
fn title(request: &Request) -> String {
    format!(
        "{} à {}",
        care(&request.need),
        commune(request.patient.commune)
    )
}

/// Whether an offer may still be answered.
pub(crate) fn is_open(read: &OfferRead) -> bool {
    let request = &read.stored.request;
    let asking = matches!(
        request.phase,
        Phase::Asking(_) | Phase::Paused(_) | Phase::Unfilled(_)
    );
    asking
        && read.offer.round == request.round
        && (read.offer.status.is_live()
            || (matches!(read.offer.status, OfferStatus::Lapsed { .. })
                && matches!(request.phase, Phase::Unfilled(_))))
}

/// An entry that waits for an answer; `None` when it no longer does.
pub(crate) fn open_item(eye: &Eye, read: &OfferRead) -> Option<OfferItem> {
    if !is_open(read) {
        return None;
    }
    let request = &read.stored.request;
    let when = eye.when();
    let until = request.answer_until(&read.offer);
    let before = when.before(request.care_deadline);
    let distance = read
        .offer
        .distance_m
        .map(|metres| format!("{}, ", upper(&kilometres(metres))))
        .unwrap_or_default();
    let live = request.live_offers().count();
    let (glyph, name, facts) = if read.offer.usual {
        let facts = if request.live_offers().count() == 1
            && matches!(&request.phase, Phase::Asking(a) if a.stage == Stage::Usual)
        {
            format!(
                "{}, {before}. Vous seul êtes sollicité.",
                care(&request.need)
            )
        } else {
            format!("{}, {before}.", care(&request.need))
        };
        let word = match request.usual.standing_in(read.offer.professional) {
            Some(one) => format!("Patientèle de {}", eye.name(one.of)),
            None => own(request).to_owned(),
        };
        (
            Glyph {
                tone: Tone::Usual,
                icon: Icon::Stethoscope,
            },
            format!("{word}, à {}", commune(request.patient.commune)),
            facts,
        )
    } else {
        let child = if is_child(request.patient.age) {
            "enfant, "
        } else {
            ""
        };
        let asked = if live > 1 {
            format!(" {live} sollicités.")
        } else {
            String::new()
        };
        (
            Glyph {
                tone: Tone::Community,
                icon: Icon::UsersThree,
            },
            title(request),
            format!("{distance}{child}{before}.{asked}"),
        )
    };
    Some(OfferItem {
        href: Some(format!("/offres/{}", read.offer.id)),
        glyph,
        title: name,
        left: until.map_or_else(String::new, |at| duration(at.since(eye.now))),
        until_ms: until.map(Instant::millis),
        facts: if until.is_none() {
            format!("{facts} Personne ne l’a prise\u{a0}: votre oui reste utile.")
        } else {
            facts
        },
    })
}

/// An entry that is over.
pub(crate) fn past_item(eye: &Eye, read: &OfferRead, me: ProfessionalId) -> OfferItem {
    let request = &read.stored.request;
    let when = eye.when();
    let mine =
        request.engaged() == Some(me) && matches!(read.offer.status, OfferStatus::Accepted { .. });
    let (tone, icon, title_, facts) = match (&request.phase, read.offer.status) {
        (Phase::Engaged(engagement), _) if mine => (
            Tone::Taken,
            Icon::CheckCircle,
            mine_words(&engagement.appointment, eye),
            format!(
                "{}, acceptée à {}",
                title(request),
                when.clock(engagement.at)
            ),
        ),
        (Phase::Ended(_), _) if mine => (
            Tone::Closed,
            Icon::FlagCheckered,
            super::state(request).word,
            title(request),
        ),
        (Phase::Ended(Ending::Cancelled { at, who, .. }), OfferStatus::Accepted { .. }) => (
            Tone::Closed,
            Icon::Prohibit,
            cancelled(*who).to_owned(),
            format!("{}, à {}. Rien à faire.", title(request), when.clock(*at)),
        ),
        (_, OfferStatus::Refused { at, .. }) => (
            Tone::Closed,
            Icon::XCircle,
            "Vous avez passé".to_owned(),
            format!("{}, à {}", title(request), when.clock(at)),
        ),
        (_, OfferStatus::Withdrawn { at, why }) => {
            let (icon, words) = withdrawn(why);
            (
                Tone::Closed,
                icon,
                words.to_owned(),
                format!("{}, à {}. Rien à faire.", title(request), when.clock(at)),
            )
        }
        (_, OfferStatus::Lapsed { at }) => (
            Tone::Closed,
            Icon::Hourglass,
            "Délai passé".to_owned(),
            format!("{}, à {}. Rien à faire.", title(request), when.clock(at)),
        ),
        _ => (
            Tone::Closed,
            Icon::FlagCheckered,
            "Terminée".to_owned(),
            title(request),
        ),
    };
    OfferItem {
        href: mine.then(|| format!("/prises/{}", request.id)),
        glyph: Glyph { tone, icon },
        title: title_,
        left: String::new(),
        until_ms: None,
        facts,
    }
}

/// `Vous la recevez à 16 h 20`.
pub(crate) fn mine_words(appointment: &Appointment, eye: &Eye) -> String {
    let when = eye.when();
    match appointment {
        Appointment::At(at) => format!("Rendez-vous {}", when.day_hour(*at)),
        Appointment::Between(from, to) => {
            format!(
                "Rendez-vous {}, entre {} et {}",
                when.day(*from),
                when.hour(*from),
                when.hour(*to)
            )
        }
        Appointment::Call(Some(before)) => format!("Vous l’appelez {}", when.before(*before)),
        Appointment::Call(None) => "Vous l’appelez".to_owned(),
        Appointment::ToBeSet => "Heure à fixer".to_owned(),
    }
}

const fn withdrawn(why: WithdrawReason) -> (Icon, &'static str) {
    match why {
        WithdrawReason::Taken => (Icon::Handshake, "Prise par un confrère"),
        WithdrawReason::Cancelled => (Icon::XCircle, "Demande annulée"),
        WithdrawReason::NoLongerFits => (Icon::ArrowUUpLeft, "La demande a changé"),
        WithdrawReason::RightEnded => (Icon::ArrowUUpLeft, "Retirée"),
        WithdrawReason::Transferred15 => (Icon::Siren, "Confiée au 15"),
        WithdrawReason::Closed => (Icon::FlagCheckered, "Demande terminée"),
        WithdrawReason::Released => (Icon::ArrowUUpLeft, "Vous vous êtes désisté"),
    }
}

/// `Votre patiente`
fn own(request: &Request) -> &'static str {
    if request.patient.sex == relais_core::request::Sex::Female {
        "Votre patiente"
    } else {
        "Votre patient"
    }
}

/// The alert card. `patient` is the name only the registered usual professional may see.
pub(crate) fn offer_page(eye: &Eye, phone: Phone, read: &OfferRead, patient: String) -> OfferPage {
    let request = &read.stored.request;
    let when = eye.when();
    let until = request.answer_until(&read.offer);
    let usual_stage = read.offer.stage == Stage::Usual;
    let tone = if usual_stage {
        Tone::Usual
    } else {
        Tone::Community
    };
    let word = if usual_stage {
        labels::usual_of(request.need.profession).to_owned()
    } else {
        "Communauté sollicitée".to_owned()
    };
    let icon = if usual_stage {
        Icon::Stethoscope
    } else {
        Icon::UsersThree
    };
    let mut about = Vec::new();
    if let Some(series) = &request.need.series {
        about.push(format!("{}.", relais_app::text::series::series(series)));
    }
    if !request.need.cooperations.is_empty() {
        let names = relais_app::cooperation::names(&request.need.cooperations);
        about.push(format!("Sous protocole de coopération {names}."));
    }
    if !request.need.comment.is_empty() {
        about.push(sentence(&request.need.comment));
    }
    if request.red_flags == RedFlags::None {
        about.push("Aucun signe d’alerte.".to_owned());
    }
    let spent = until.map_or(1.0, |at| track::part(read.offer.asked_at, at, eye.now));
    OfferPage {
        freed: None,
        given: String::new(),
        phone: phone.state(State::new(
            tone,
            icon,
            if usual_stage {
                "Vous seul, d’abord".to_owned()
            } else {
                word
            },
        )),
        id: read.offer.id.to_string(),
        title: format!("{}, {}", title(request), when.before(request.care_deadline)),
        whose: own(request),
        patient,
        left: until.map_or_else(
            || "Délai passé".to_owned(),
            |at| duration(at.since(eye.now)),
        ),
        left_of: until.map_or_else(
            || {
                (
                    "personne ne l’a prise\u{a0}:".to_owned(),
                    "votre oui reste utile".to_owned(),
                )
            },
            |at| ("pour répondre,".to_owned(), when.until(at)),
        ),
        span_ms: until.map(|at| (read.offer.asked_at.millis(), at.millis())),
        spent: percent(spent),
        photos: crate::views::Photos::default(),
        tone,
        whom: whom(&request.patient),
        motive: lower(&motives(&request.need)),
        motive_more: about.join(" "),
        distance: read
            .offer
            .distance_m
            .map(|metres| upper(&kilometres(metres)))
            .unwrap_or_default(),
        place: match request.need.mode {
            Mode::Consultation => "peut venir à votre cabinet".to_owned(),
            Mode::Visit => format!("à domicile, à {}", commune(request.patient.commune)),
            Mode::Teleconsultation => "à distance".to_owned(),
        },
        requester: requester(eye, request),
        asked: asked(eye, request, &read.offer),
        late: until.is_none(),
        child: is_child(request.patient.age),
    }
}

/// A part of one as a whole percentage.
fn percent(part: f32) -> u8 {
    let hundred = (part.clamp(0.0, 1.0) * 100.0).round();
    // Between 0 and 100 by the clamp above.
    (0..=100_u8)
        .find(|whole| f32::from(*whole) >= hundred)
        .unwrap_or(100)
}

/// Who raised it, for those who are asked.
pub(super) fn requester(eye: &Eye, request: &Request) -> String {
    match request.requester {
        Requester::Professional(id, _) => eye.name(id),
        Requester::Staff(_) | Requester::Partner(_) => eye
            .directory
            .network(request.network)
            .map(|entry| entry.network.name.clone())
            .unwrap_or_default(),
    }
}

fn asked(eye: &Eye, request: &Request, mine: &Offer) -> String {
    let count = request
        .offers
        .iter()
        .filter(|o| o.round == request.round && o.stage == mine.stage)
        .count();
    let standing_in = request.usual.standing_in(mine.professional);
    let mut words = if let Some(one) = standing_in.filter(|_| mine.usual) {
        format!(
            "Vous remplacez {} jusqu’au {}, son professionnel habituel.",
            eye.name(one.of),
            last_day(eye, one.until)
        )
    } else if mine.stage == Stage::Usual && count <= 1 {
        "Vous êtes son professionnel habituel, seul sollicité.".to_owned()
    } else {
        format!("{} sollicités.", people(count, request.need.profession))
    };
    if mine.stage != Stage::Usual && request.usual.doctor == UsualDoctor::No {
        words.push_str(" Sans médecin traitant.");
    }
    words
}

/// Of a request that one had in hand.
const fn cancelled(who: CancelledBy) -> &'static str {
    match who {
        CancelledBy::Patient => "Annulée par le patient",
        CancelledBy::Requester => "Annulée par le demandeur",
        CancelledBy::Operator => "Annulée par l’opérateur",
        CancelledBy::Undo => "Partie par erreur, annulée par l’opérateur",
    }
}

/// Which request it was that one had in hand, and since when nobody comes for it.
fn awaited_no_more(request: &Request, became: &str, at: &str) -> String {
    let which = title(request);
    format!("{which}, {became} {at}. N’attendez plus ce patient\u{a0}: rien à faire.")
}

/// The page of an offer that is over.
pub(crate) fn settled(eye: &Eye, phone: Phone, read: &OfferRead) -> SettledPage {
    let request = &read.stored.request;
    let when = eye.when();
    let (icon, title, text) = match (&request.phase, read.offer.status) {
        (_, OfferStatus::Refused { at, .. }) => (
            Icon::XCircle,
            "Vous avez passé",
            format!("À {}. Sans motif, c’est votre droit.", when.hour(at)),
        ),
        (_, OfferStatus::Withdrawn { at, why }) => {
            let (icon, _) = withdrawn(why);
            let title = match why {
                WithdrawReason::Taken => "Déjà pris en charge par un confrère",
                other => withdrawn(other).1,
            };
            (
                icon,
                title,
                format!("À {}. Rien à faire, merci.", when.hour(at)),
            )
        }
        (Phase::Engaged(engagement), _) => (
            Icon::Handshake,
            "Déjà pris en charge par un confrère",
            format!("À {}. Rien à faire, merci.", when.hour(engagement.at)),
        ),
        (Phase::Ended(Ending::Cancelled { at, who, .. }), OfferStatus::Accepted { .. }) => (
            Icon::Prohibit,
            cancelled(*who),
            awaited_no_more(request, "annulée", &when.day_hour(*at)),
        ),
        (Phase::Ended(Ending::Transferred15 { at, .. }), OfferStatus::Accepted { .. }) => (
            Icon::Siren,
            "Confiée au 15",
            awaited_no_more(request, "confiée au 15", &when.day_hour(*at)),
        ),
        (Phase::Ended(_), _) => (
            Icon::FlagCheckered,
            "Demande terminée",
            "Rien à faire, merci.".to_owned(),
        ),
        (_, OfferStatus::Lapsed { at }) => (
            Icon::Hourglass,
            "Délai passé",
            format!("À {}. Rien à faire.", when.hour(at)),
        ),
        _ => (
            Icon::FlagCheckered,
            "Demande terminée",
            "Rien à faire, merci.".to_owned(),
        ),
    };
    SettledPage {
        phone,
        glyph: Glyph {
            tone: Tone::Closed,
            icon,
        },
        title: title.to_owned(),
        text,
    }
}

/// What is agreed with the patient, or how it ended, for the one who took them on.
pub(crate) fn agreed(eye: &Eye, request: &Request) -> String {
    match &request.phase {
        Phase::Engaged(engagement) => format!("{}.", mine_words(&engagement.appointment, eye)),
        _ => format!("{}.", super::state(request).word),
    }
}
