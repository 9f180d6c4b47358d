//! The red-flag interruption: the 15, or a written reason (R3).

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_core::contact::Outcome;
use relais_core::request::Origin;

use super::direct::unprocessable;
use super::suggest::department;
use super::{eye, request_id};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, draft, signs};
use crate::gate::Signed;
use crate::show;
use crate::views::FifteenPage;
use crate::web::Web;

use super::launch::{Raising, raise_once};

async fn page_of(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    error: String,
) -> Result<FifteenPage, Fail> {
    let eye = eye(web, signed).await?;
    let ticked = signs(fields);
    let mut address = vec![fields.get("address_line"), fields.get("commune")];
    address.retain(|part| !part.is_empty());
    let flagged = !ticked.is_empty();
    let title = if error.is_empty() {
        "Transférer au 15"
    } else {
        "Erreur\u{a0}: transférer au 15"
    };
    Ok(FifteenPage {
        desk: show::desk(web, &eye, signed, title, "/direct"),
        signs: ticked,
        address: address.join(", "),
        phone: fields.get("phone").to_owned(),
        direct_line: String::new(),
        done: "/direct/transfert".to_owned(),
        mistaken: if flagged {
            "/direct/passer-outre".to_owned()
        } else {
            String::new()
        },
        back: "/direct".to_owned(),
        kept: fields
            .0
            .iter()
            .filter(|(name, _)| {
                !matches!(name.as_str(), "override_reason" | "fait" | "samu_reference")
            })
            .flat_map(|(name, values)| {
                values
                    .iter()
                    .map(move |value| (name.clone(), value.clone()))
            })
            .collect(),
        error,
    })
}

/// The interruption, in answer to a form.
pub(crate) async fn interrupt(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    error: String,
) -> Answer {
    unprocessable(&page_of(web, signed, fields, error).await?)
}

/// `GET /direct/15`: the operator pressed the button herself.
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    html(&page_of(&web, &signed, &Fields::default(), String::new()).await?)
}

/// `POST /direct/alerte`: a sign was ticked.
pub(crate) async fn flagged(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    html(&page_of(&web, &signed, &fields, String::new()).await?)
}

/// `POST /direct/transfert`: the call was handed over; the contact ends there.
pub(crate) async fn done(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let origin = Origin::from_code(fields.get("origin")).unwrap_or(Origin::Patient);
    web.app
        .record_contact(
            &signed.who(),
            origin,
            Outcome::Transferred15,
            Some(reason(&fields)),
        )
        .await?;
    see_other("/direct?dit=transferee")
}

/// What is written down of a transfer: steps done and the SAMU's own number, no identity.
fn reason(fields: &Fields) -> String {
    let mut parts = vec![format!(
        "{} étape(s) cochée(s) sur 4",
        fields.all("fait").len().min(4)
    )];
    let reference: String = fields
        .get("samu_reference")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect();
    if !reference.is_empty() {
        parts.push(format!("dossier SAMU {reference}"));
    }
    parts.join(", ")
}

/// `POST /direct/passer-outre`: ticked by mistake, says the operator: the regulator decides, never
/// the cascade (R3).
pub(crate) async fn mistaken(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let reason = fields.get("override_reason").to_owned();
    if reason.chars().count() < 5 {
        let message = "Écrivez pourquoi ce signe a été coché par erreur".to_owned();
        return interrupt(&web, &signed, &fields, message).await;
    }
    let eye = eye(&web, &signed).await?;
    let department = department(&eye.directory, &signed);
    let mut drafted = draft(&fields, &eye.directory, department.as_deref(), "unknown");
    // Walked again, the sign passed over would lead to the 15 again: it is kept as passed over instead.
    if let Some(triage) = &mut drafted.draft.triage {
        triage.answers.clear();
    }
    match raise_once(&web, &signed, &fields, drafted.draft, drafted.errors).await? {
        Raising::Done { id, .. } => {
            let request = request_id(&id)?;
            let passed = signs(&fields);
            let who = signed.who();
            let noted = web
                .app
                .note_override(&who, request, passed.clone(), reason)
                .await;
            match noted {
                // That a sign was passed over is written down in any case; the words are not, when
                // they say who it is.
                Err(AppError::Invalid(_)) => {
                    let reason = "Motif retiré\u{a0}: il nommait la personne.".to_owned();
                    web.app.note_override(&who, request, passed, reason).await?;
                }
                other => other?,
            }
            see_other(&format!("/demandes/{id}?dit=a-qualifier"))
        }
        Raising::Wrong(errors) => {
            let page = super::direct::page(&web, &signed, fields.again(errors), None).await?;
            unprocessable(&page)
        }
    }
}

/// `GET /demandes/{id}/15`
pub(crate) async fn show_for(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer {
    let request = request_id(&id)?;
    let read = web.app.request(&signed.who(), request).await?;
    if read.stored.request.is_ended() {
        return Err(Fail(AppError::Refused(
            relais_core::cascade::Refusal::WrongState,
        )));
    }
    let mut page = page_of(&web, &signed, &Fields::default(), String::new()).await?;
    page.done = format!("/demandes/{request}/15");
    page.back = format!("/demandes/{request}");
    html(&page)
}

/// `POST /demandes/{id}/15`
pub(crate) async fn done_for(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    web.app
        .act(
            &signed.who(),
            request,
            Act::Transfer15,
            Some(reason(&fields)),
        )
        .await?;
    see_other(&format!("/demandes/{request}?dit=transferee"))
}
