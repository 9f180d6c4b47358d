//! The red-flag interruption: the 15, or a written reason (R3).

use axum::extract::{Path, State};
use relais_app::contacts::Ending;
use relais_app::error::AppError;
use relais_app::requests::desk::Act;
use relais_core::contact::Outcome;
use relais_core::request::Origin;
use relais_core::triage::Step;

use super::call::{self, Around, Keeping};
use super::direct::unprocessable;
use super::{practice, request_id};
use crate::alarm;
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::show;
use crate::views::FifteenPage;
use crate::web::Web;

async fn page_of(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    error: String,
) -> Result<FifteenPage, Fail> {
    let around = Around::read(web, signed).await?;
    let walk = around.walk(fields);
    let alarmed = matches!(walk.step, Step::Fifteen(_));
    let signs = walk.alarm_sentences();
    let mut address = vec![fields.get("address_line"), fields.get("commune")];
    address.retain(|part| !part.is_empty());
    let title = if error.is_empty() {
        "Transférer au 15"
    } else {
        "Erreur\u{a0}: transférer au 15"
    };
    Ok(FifteenPage {
        desk: show::desk(web, &around.eye, signed, title, "/direct"),
        signs: signs
            .iter()
            .map(|sentence| show::typeset(sentence))
            .collect(),
        stuck: alarmed && !around.on_duty,
        address: address.join(", "),
        phone: crate::typed::spaced(fields.get("phone")),
        direct_line: around
            .samu_line
            .as_deref()
            .map(crate::typed::spaced)
            .unwrap_or_default(),
        done: "/direct/transfert".to_owned(),
        mistaken: if alarmed && around.on_duty {
            "/direct/passer-outre".to_owned()
        } else {
            String::new()
        },
        back: "/direct".to_owned(),
        kept: crate::walk::kept(fields)
            .0
            .into_iter()
            .filter(|(name, _)| name != "override_reason")
            .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
            .chain(
                ["contact", "version", "once"]
                    .into_iter()
                    .map(|name| (name.to_owned(), fields.get(name).to_owned())),
            )
            .collect(),
        error,
    })
}

/// The form to act on: what was posted, or the call one has on the desk.
async fn at_hand(web: &Web, signed: &Signed, posted: Fields) -> Result<Fields, Fail> {
    if call::named(&posted).is_some() || crate::walk::says_something(&posted) {
        return Ok(posted);
    }
    let desk = web.app.contact_in_hand(&signed.who()).await?;
    Ok(desk.map_or(posted, call::fields_of))
}

/// `GET /direct/15`: a sign leads there, or the operator pressed the button herself.
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    let fields = at_hand(&web, &signed, Fields::default()).await?;
    html(&page_of(&web, &signed, &fields, String::new()).await?)
}

/// `POST /direct/alerte`: the same, with a form as it stands.
pub(crate) async fn flagged(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let fields = at_hand(&web, &signed, fields).await?;
    html(&page_of(&web, &signed, &fields, String::new()).await?)
}

/// `POST /direct/transfert`: the call was handed over; the contact ends there, with its signs.
pub(crate) async fn done(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let around = Around::read(&web, &signed).await?;
    let form = at_hand(&web, &signed, fields.clone()).await?;
    let over = format!("/direct?dit=transferee{}", practice::played(&web, &form));
    let walk = around.walk(&form);
    let mut why = walk.alarm_signs();
    why.push(reason(&fields));
    let why = shortened(&why.join(" · "));
    let held = match call::keep(&web, &signed, &around, &form).await? {
        Keeping::Done(held) => held.map(|held| held.id),
        // Whoever has it on screen, the transfer was made: it is written down.
        Keeping::Clash(id, _) => id,
    };
    let Some(id) = held else {
        let origin = Origin::from_code(form.get("origin")).unwrap_or(Origin::Patient);
        let who = signed.who();
        let outcome = Outcome::Transferred15;
        web.app
            .record_contact(&who, origin, outcome, Some(why))
            .await?;
        return see_other(&over);
    };
    let ending = Ending {
        reason: Some(why),
        ..Ending::plain(Outcome::Transferred15)
    };
    web.app.end_contact(&signed.who(), id, ending).await?;
    see_other(&over)
}

/// As long as a reason may be.
fn shortened(text: &str) -> String {
    text.chars().take(480).collect()
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

/// `POST /direct/passer-outre`: ticked by mistake, says the operator: written down, and the regulator
/// decides, never the cascade; without a regulator there is only the 15 (R3).
pub(crate) async fn mistaken(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let around = Around::read(&web, &signed).await?;
    let reason = fields.get("override_reason").to_owned();
    let mut form = at_hand(&web, &signed, fields.clone()).await?;
    form.0.remove("override_reason");
    if !around.on_duty {
        let message = "Aucun médecin régulateur\u{a0}: transférez au 15".to_owned();
        return interrupt(&web, &signed, &form, message).await;
    }
    if reason.chars().count() < 5 {
        let message = "Écrivez pourquoi ce signe a été coché par erreur".to_owned();
        return interrupt(&web, &signed, &form, message).await;
    }
    let walk = around.walk(&form);
    let signs = walk.alarm_keys();
    // Passed over is not taken back: whatever is answered from now on, the regulator decides.
    let passed = walk.alarm_values();
    form.0.insert(alarm::ALARM.to_owned(), passed);
    form.0
        .insert("override_reason".to_owned(), vec![reason.clone()]);
    let held = match call::keep(&web, &signed, &around, &form).await? {
        Keeping::Done(Some(held)) => held,
        Keeping::Done(None) => return see_other("/direct"),
        Keeping::Clash(_, detail) => return interrupt(&web, &signed, &fields, detail).await,
    };
    let who = signed.who();
    match web.app.pass_over(&who, held.id, signs, reason).await {
        Ok(()) => see_other("/direct?dit=passe-outre"),
        Err(AppError::Invalid(_)) => {
            form.0.remove("override_reason");
            form.0.remove(alarm::ALARM);
            let message =
                "Ce motif contient l’identité de la personne\u{a0}: retirez-la".to_owned();
            let form = call::with_contact(&form, Some(held));
            interrupt(&web, &signed, &form, message).await
        }
        Err(error) => Err(Fail(error)),
    }
}

/// The interruption, in answer to a form.
pub(super) async fn interrupt(
    web: &Web,
    signed: &Signed,
    fields: &Fields,
    error: String,
) -> Answer {
    unprocessable(&page_of(web, signed, fields, error).await?)
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
