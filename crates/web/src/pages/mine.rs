//! What became of the requests a professional raised (R7). The requester knows the patient; the
//! list still shows no name.

use axum::extract::{Path, Query, State};
use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_app::text::labels;
use relais_core::ids::RequestId;
use relais_core::request::{CancelledBy, Phase, Request, Requester, Stage};

use super::{Told, direct, eye, photos, request_id, thread};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::icon::Icon;
use crate::parts::{Action, ActionField, Choice, PhoneTab};
use crate::show::{self, Eye, upper};
use crate::views::{MinePage, MineRow, MyRequestPage, MyRequestPart};
use crate::web::Web;
use relais_app::phone::national;

/// Most requests of one list.
const MOST: u32 = 40;

/// `GET /mes-demandes`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let (reads, _) = web
        .app
        .requests(&signed.who(), Vec::new(), None, MOST)
        .await?;
    let rows = reads
        .iter()
        .map(|read| {
            let request = &read.stored.request;
            MineRow {
                href: format!("/mes-demandes/{}", request.id),
                glyph: show::state(request).glyph(),
                title: title(request),
                facts: format!(
                    "{}, {}. {}",
                    show::sex_age(&request.patient),
                    show::commune(request.patient.commune),
                    sentence(&eye, request)
                ),
            }
        })
        .collect();
    let phone = show::phone(&web, &eye, "Mes demandes", PhoneTab::Offers)
        .back("/offres", "Retour aux demandes")
        .toast(told.sentence());
    html(&MinePage { phone, rows })
}

fn title(request: &Request) -> String {
    let motive = show::motives(&request.need);
    if motive.is_empty() {
        show::care(&request.need)
    } else {
        format!("{}, {motive}", show::care(&request.need))
    }
}

/// What it means and what comes next.
fn sentence(eye: &Eye, request: &Request) -> String {
    let when = eye.when();
    match &request.phase {
        Phase::ToQualify { .. } => "Le médecin régulateur la lit avant de la lancer.".to_owned(),
        Phase::Asking(asking) if asking.stage == Stage::Usual => {
            format!(
                "Son professionnel habituel est sollicité, {}.",
                when.until(asking.stage_until)
            )
        }
        Phase::Asking(asking) => {
            let asked = request.live_offers().count();
            format!(
                "{}, réponse {}.",
                upper(&show::asked_words(asked)),
                when.before(asking.deadline)
            )
        }
        Phase::Paused(_) => "En pause, le réseau la reprend.".to_owned(),
        Phase::Unfilled(_) => {
            "Personne n’a dit oui pour l’instant. Le réseau s’en occupe et vous dira la suite."
                .to_owned()
        }
        Phase::Engaged(engagement) => format!(
            "Prise par {}. {}.",
            eye.name(engagement.professional),
            upper(&labels::appointment(engagement.appointment, &when))
        ),
        Phase::Ended(_) => format!("{}.", show::state(request).word),
    }
}

/// `GET /mes-demandes/{id}`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, request_id(&id)?).await?;
    page.phone = page.phone.toast(told.sentence());
    html(&page)
}

/// `GET /mes-demandes/{id}/suivi`
pub(crate) async fn part(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let page = page(&web, &signed, request_id(&id)?).await?;
    Ok(direct::stamped(html(&MyRequestPart { page })?, &web))
}

pub(super) async fn page(web: &Web, signed: &Signed, id: RequestId) -> Result<MyRequestPage, Fail> {
    let read = web.app.request(&signed.who(), id).await?;
    let request = &read.stored.request;
    if !is_mine(signed, request) {
        return Err(Fail(AppError::NotFound));
    }
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let taker = match &request.phase {
        Phase::Engaged(engagement) => eye.directory.person(engagement.professional).map(|person| {
            let profession = labels::profession(person.member.profession);
            let tel = person.contact_number.clone().unwrap_or_default();
            let place = format!(
                "{profession}, {}{}",
                eye.town(engagement.professional),
                number(&tel)
            );
            (person.display_name(), place, tel)
        }),
        _ => None,
    };
    let mut events = vec![(when.clock(request.raised_at), "Demande lancée".to_owned())];
    for offer in request.offers.iter().filter(|offer| {
        matches!(
            offer.status,
            relais_core::request::OfferStatus::Accepted { .. }
        )
    }) {
        if let relais_core::request::OfferStatus::Accepted { at } = offer.status {
            events.push((
                when.clock(at),
                format!("Acceptée par {}", eye.name(offer.professional)),
            ));
        }
    }
    events.reverse();
    let links = super::next::links(web, signed, id).await?;
    let mut about = sentence(&eye, request);
    for line in links {
        about.push(' ');
        about.push_str(&line);
    }
    let acts = if request.is_ended() {
        Vec::new()
    } else {
        let mut acts = Vec::new();
        if matches!(request.phase, Phase::Unfilled(_)) {
            let again = format!("/mes-demandes/{id}/relancer");
            acts.push(
                Action::button("relancer", "Relancer ma demande", again)
                    .icon(Icon::ArrowClockwiseBold),
            );
        }
        acts.push(
            Action::button(
                "annuler",
                "Annuler ma demande",
                format!("/mes-demandes/{id}/annuler"),
            )
            .with(vec![ActionField::Select(
                "reason",
                "Raison".to_owned(),
                Choice::list(&[
                    (
                        "Le patient n’en a plus besoin",
                        "Le patient n’en a plus besoin",
                    ),
                    ("Une solution a été trouvée", "Une solution a été trouvée"),
                    ("Demande faite par erreur", "Demande faite par erreur"),
                ]),
            )])
            .hint("Ceux qui ont été sollicités, et le patient, sont prévenus aussitôt.")
            .says("Annuler ma demande"),
        );
        acts
    };
    Ok(MyRequestPage {
        phone: show::phone(web, &eye, "Ma demande", PhoneTab::Offers)
            .back("/mes-demandes", "Retour à mes demandes"),
        id: id.to_string(),
        title: title(request),
        state: show::state(request),
        sentence: about,
        taker,
        facts: vec![
            ("Numéro".to_owned(), read.stored.code.clone()),
            (
                "Patient".to_owned(),
                format!(
                    "{}, {}",
                    show::whom(&request.patient),
                    show::commune(request.patient.commune)
                ),
            ),
            ("À voir".to_owned(), when.before(request.care_deadline)),
        ],
        events,
        acts,
        thread: thread::link(web, signed, id, format!("/fils/{id}")).await?,
        photos: photos::of_request(
            web,
            signed,
            id,
            &format!("/mes-demandes/{id}"),
            !request.is_ended(),
        )
        .await?,
    })
}

/// Whether the professional raised it.
pub(super) fn is_mine(signed: &Signed, request: &Request) -> bool {
    matches!(request.requester, Requester::Professional(who, _) if Some(who) == signed.actor().professional)
}

fn number(tel: &str) -> String {
    if tel.is_empty() {
        String::new()
    } else {
        format!(", {}", national(tel))
    }
}

/// `POST /mes-demandes/{id}/relancer`
pub(crate) async fn relaunch(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let id = request_id(&id)?;
    web.app
        .act(&signed.who(), id, Act::Relaunch(None), None)
        .await?;
    see_other(&format!("/mes-demandes/{id}?dit=relancee"))
}

/// `POST /mes-demandes/{id}/annuler`
pub(crate) async fn cancel(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let id = request_id(&id)?;
    web.app
        .act(
            &signed.who(),
            id,
            Act::Cancel(CancelledBy::Requester),
            fields.some("reason"),
        )
        .await?;
    see_other(&format!("/mes-demandes/{id}?dit=annulee"))
}
