//! What the forms of a member's page do: the membership, the practice, the places, replacements.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::members::{Change, PLACES_MAX, PlaceDraft, PracticeDraft, StandInDraft};
use relais_core::time::Instant;

use super::one::page;
use super::{PAGE, id};
use crate::fail::{Answer, Fail, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::pages::direct;
use crate::pages::suggest::department;
use crate::parts::FieldError;
use crate::typed::{read_commune, read_professional};
use crate::upload::{PHOTOS, Upload};
use crate::web::Web;

/// Where a change leads: back to the page with what was done, or shown again with what is wrong.
async fn answer(
    web: &Web,
    signed: &Signed,
    at: &str,
    fields: &Fields,
    done: Result<(), AppError>,
    told: &str,
) -> Answer {
    match done {
        Ok(()) => see_other(&format!("{PAGE}/{}?dit={told}", id(at)?)),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(web, signed, at, Some(form)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /membres/{member}`
pub(crate) async fn change(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let (change, told) = match fields.get("faire") {
        "accepter" => (Change::Admit, "candidature-acceptee"),
        "suspendre" => (Change::Suspend, "membre-suspendu"),
        "retablir" => (Change::Reinstate, "membre-retabli"),
        "terminer" => (Change::Leave, "membre-parti"),
        _ => return Err(Fail(AppError::NotFound)),
    };
    let reason = fields.get("reason").to_owned();
    let who = signed.who();
    let done = web.app.change_member(&who, id(&at)?, change, reason).await;
    answer(&web, &signed, &at, &fields, done, told).await
}

/// `POST /membres/{member}/exercice`
pub(crate) async fn practise(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let typed = fields.get("supervisor");
    let directory = web.app.directory().await?;
    let text = |name: &str| fields.get(name).to_owned();
    let draft = PracticeDraft {
        standing: text("standing"),
        from: text("from"),
        until: text("until"),
        // What nobody answers to is refused there, in the words of the field.
        supervisor: read_professional(&directory, typed).unwrap_or_else(|| typed.to_owned()),
    };
    let done = web.app.set_practice(&signed.who(), id(&at)?, draft).await;
    answer(&web, &signed, &at, &fields, done, "membre-exercice").await
}

/// `POST /membres/{member}/remplacement`
pub(crate) async fn replace(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let typed = fields.get("locum");
    let directory = web.app.directory().await?;
    let draft = StandInDraft {
        locum: read_professional(&directory, typed).unwrap_or_else(|| typed.to_owned()),
        from: fields.get("since").to_owned(),
        until: fields.get("last").to_owned(),
        inherits: fields.some("inherits").is_some(),
    };
    let done = web.app.add_stand_in(&signed.who(), id(&at)?, draft).await;
    answer(&web, &signed, &at, &fields, done, "membre-remplace").await
}

/// `POST /membres/{member}/remplacement/fin`
pub(crate) async fn replaced(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let from: i64 = fields.get("from").parse().unwrap_or_default();
    let (absent, locum) = (id(&at)?, id(fields.get("locum"))?);
    let from = Instant::from_millis(from);
    let who = signed.who();
    let done = web.app.end_stand_in(&who, absent, locum, from);
    answer(
        &web,
        &signed,
        &at,
        &fields,
        done.await,
        "membre-remplace-fin",
    )
    .await
}

/// `POST /membres/{member}/roles`
pub(crate) async fn roles(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let one = web.app.member(&signed.who(), id(&at)?).await?;
    let account = one.account.ok_or(Fail(AppError::NotFound))?;
    let (done, told) = crate::pages::roles::change(&web, &signed, &fields, account.id).await?;
    answer(&web, &signed, &at, &fields, done, told).await
}

/// `GET /membres/{member}/autorisation`: the scan of the Order's approval; journaled.
pub(crate) async fn approval(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
) -> Answer {
    signed.strong()?;
    let opened = web.app.approval(&signed.who(), id(&at)?).await?;
    crate::pages::photos::picture(&opened)
}

/// `POST /membres/{member}/autorisation`: keeps it, or forgets it.
pub(crate) async fn approve(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    mut upload: Upload,
) -> Answer {
    let who = signed.who();
    if upload.fields.get("faire") == "effacer" {
        let done = web.app.forget_approval(&who, id(&at)?).await;
        return answer(
            &web,
            &signed,
            &at,
            &upload.fields,
            done,
            "membre-autorisation-effacee",
        )
        .await;
    }
    let done = match (upload.pictures.pop(), upload.wrong.take()) {
        (_, Some(wrong)) => Err(AppError::invalid(format!("/{}", wrong.name), wrong.message)),
        (None, None) => Err(AppError::invalid(
            format!("/{PHOTOS}"),
            "Choisissez la photo de l’autorisation",
        )),
        (Some(scan), None) => web.app.set_approval(&who, id(&at)?, scan).await,
    };
    answer(
        &web,
        &signed,
        &at,
        &upload.fields,
        done,
        "membre-autorisation",
    )
    .await
}

/// `POST /membres/{member}/lieux`
pub(crate) async fn places(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let directory = web.app.directory().await?;
    let department = department(&directory, &signed);
    let (mut drafts, mut shown, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..PLACES_MAX {
        let text = |name: &str| fields.get(&format!("{name}-{n}")).to_owned();
        let (label, line, commune) = (text("label"), text("line"), text("commune"));
        let empty = label.is_empty() && line.is_empty() && commune.is_empty();
        if empty || !text("gone").is_empty() {
            continue;
        }
        let (insee, postcode) = match read_commune(&commune, department.as_deref()) {
            Ok(found) => found,
            Err(message) => {
                let name = format!("commune-{n}");
                wrong.push(FieldError { name, message });
                continue;
            }
        };
        shown.push(n);
        drafts.push(PlaceDraft {
            id: text("place"),
            label,
            line,
            insee,
            postcode,
            main: fields.get("main") == n.to_string(),
        });
    }
    if !wrong.is_empty() {
        let form = fields.again(wrong);
        return direct::unprocessable(&page(&web, &signed, &at, Some(form)).await?);
    }
    let done = web.app.set_places(&signed.who(), id(&at)?, drafts).await;
    // The application counts what is kept; the page counts its fields.
    let done = done.map_err(|error| match error {
        AppError::Invalid(mut errors) => {
            for error in &mut errors {
                if let Some((name, index)) = error.pointer.split_once('-')
                    && let Some(n) = index.parse::<usize>().ok().and_then(|i| shown.get(i))
                {
                    error.pointer = format!("{name}-{n}");
                }
            }
            AppError::Invalid(errors)
        }
        other => other,
    });
    answer(&web, &signed, &at, &fields, done, "membre-lieux").await
}
