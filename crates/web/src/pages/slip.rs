//! The slip for the patient: what the requester prints and hands over.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::phone::national;
use relais_app::text::{hours, labels};
use relais_core::request::{Ending, Phase, Request, Stage};

use super::{eye, mine, request_id};
use crate::fail::{Answer, Fail, html};
use crate::gate::Signed;
use crate::parts::PhoneTab;
use crate::show::{self, Eye, upper};
use crate::views::SlipPage;
use crate::web::Web;

/// `GET /mes-demandes/{id}/fiche`
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    let id = request_id(&id)?;
    let read = web.app.request(&signed.who(), id).await?;
    let request = &read.stored.request;
    if !mine::is_mine(&signed, request) {
        return Err(Fail(AppError::NotFound));
    }
    let eye = eye(&web, &signed).await?;
    let when = eye.when();
    let entry = eye.directory.network(request.network).map_err(Fail)?;
    let hours = hours::state(&when, &entry.calendar);
    let back = format!("/mes-demandes/{id}");
    html(&SlipPage {
        phone: show::phone(&web, &eye, "Fiche pour le patient", PhoneTab::None)
            .back(&back, "Retour à la demande"),
        network: entry.network.name.clone(),
        now: now(&eye, request),
        who: who(&eye, request),
        tel: national(&entry.network.phone),
        hours,
        code: read.stored.code.clone(),
        at: when.moment(eye.now),
    })
}

/// What happens now, as one says it to the patient: no motive, no percentage, no acronym.
fn now(eye: &Eye, request: &Request) -> Vec<String> {
    let when = eye.when();
    let profession = labels::profession(request.need.profession);
    match &request.phase {
        Phase::ToQualify { .. } => vec![
            "Un médecin du service lit votre demande.".to_owned(),
            "Il vous appelle s’il a besoin d’en savoir plus.".to_owned(),
        ],
        Phase::Asking(asking) => {
            let usual = asking.stage == Stage::Usual;
            vec![
                if usual {
                    "Nous demandons d’abord à la personne qui vous suit d’habitude.".to_owned()
                } else {
                    format!("Nous cherchons pour vous\u{a0}: {profession}.")
                },
                format!(
                    "Vous recevez un message ou un appel {}.",
                    when.before(asking.deadline)
                ),
            ]
        }
        Phase::Paused(_) => vec!["Votre demande attend. Le service vous appelle.".to_owned()],
        Phase::Unfilled(_) => vec![
            "Personne n’est libre pour le moment.".to_owned(),
            "Quelqu’un du service vous appelle pour trouver une autre solution.".to_owned(),
        ],
        Phase::Engaged(engagement) => vec![format!(
            "{}.",
            upper(&labels::appointment(engagement.appointment, &when))
        )],
        Phase::Ended(Ending::Transferred15 { .. }) => {
            vec!["Le 15 s’occupe de vous.".to_owned()]
        }
        Phase::Ended(_) => vec!["Cette demande est terminée.".to_owned()],
    }
}

/// Who takes care: name, profession and place, contact number. Never the alert number.
fn who(eye: &Eye, request: &Request) -> Vec<String> {
    let Phase::Engaged(engagement) = &request.phase else {
        return Vec::new();
    };
    let id = engagement.professional;
    let Some(person) = eye.directory.person(id) else {
        return Vec::new();
    };
    let profession = labels::profession(person.member.profession);
    let mut lines = vec![
        person.display_name(),
        format!("{}, {}", upper(profession), eye.town(id)),
    ];
    let place = person.places.iter().find(|place| place.main);
    let visit = request.need.mode != relais_core::people::Mode::Consultation;
    if let Some(place) = place.filter(|_| !visit) {
        lines.push(format!("{}, {}", place.line, place.postcode));
    }
    lines.extend(person.contact_number.as_deref().map(national));
    lines
}
