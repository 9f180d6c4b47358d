//! A clinician's own signatures: the versions they were asked to sign, read and signed, or declined, from
//! their own account. Owns the addresses; who may sign is the application's.

use axum::extract::{Path, Query, State};
use relais_app::error::AppError;
use relais_app::protocols::versions::{Seen, ToSign};
use serde::Deserialize;

use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{FieldError, Form, PhoneTab};
use crate::show::{self, Eye};
use crate::views::{SignPage, SignRow, SignaturesPage};
use crate::web::Web;

/// The list.
pub(crate) const PAGE: &str = "/signatures";

/// A version, in an address: the network's join code, the sheet, its number.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    join: String,
    sheet: String,
    version: i64,
}

/// Where a clinician reads and signs a version.
pub(crate) fn address(join: &str, code: &str, version: i64) -> String {
    format!("{PAGE}/{join}/{code}/{version}")
}

/// `1 fiche d’orientation attend votre signature`; nothing when none does.
pub(crate) async fn waiting(web: &Web, signed: &Signed) -> Result<String, Fail> {
    let waiting = web.app.signatures_asked(&signed.who()).await?;
    Ok(match waiting.len() {
        0 => String::new(),
        1 => "Une fiche d’orientation attend votre signature".to_owned(),
        n => format!("{n} fiches d’orientation attendent votre signature"),
    })
}

/// `GET /signatures`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let waiting = web.app.signatures_asked(&signed.who()).await?;
    let rows = waiting.iter().map(|one| SignRow {
        href: address(&one.network, &one.asked.code, one.asked.version),
        title: show::typeset(&one.sheet.title),
        told: format!(
            "{}, version {}. {}.",
            one.asked.code,
            one.asked.version,
            asked(&eye, one)
        ),
    });
    html(&SignaturesPage {
        phone: show::phone(&web, &eye, "Fiches à signer", PhoneTab::Activity)
            .back("/activite", "Retour à mon activité")
            .toast(told.sentence()),
        rows: rows.collect(),
    })
}

/// `Demandée par Camille Roux, lundi 23 novembre 2026`
fn asked(eye: &Eye, one: &ToSign) -> String {
    let day = eye.when().plain_date(one.asked.asked_at);
    match eye.directory.user_name(one.asked.asked_by) {
        Some(name) => format!("Demandée par {name}, {day}"),
        None => format!("Demandée {day}"),
    }
}

/// `GET /signatures/{join}/{sheet}/{version}`: asks for a fresh authentication before anything is read.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Path(which): Path<Which>,
) -> Answer {
    signed.fresh()?;
    html(&page(&web, &signed, &which, Form::default()).await?)
}

async fn page(web: &Web, signed: &Signed, which: &Which, form: Form) -> Result<SignPage, Fail> {
    let eye = eye(web, signed).await?;
    let one = web
        .app
        .signature_asked(&signed.who(), &which.join, &which.sheet, which.version)
        .await?;
    let me = signed.actor().professional;
    let me = me.and_then(|id| eye.directory.person(id));
    let me = me.ok_or(Fail(AppError::Denied))?;
    let title = format!("Signer {}", one.asked.code);
    let title = if form.errors().is_empty() {
        title
    } else {
        format!("Erreur\u{a0}: {title}")
    };
    let months = one.asked.months;
    Ok(SignPage {
        phone: show::phone(web, &eye, &title, PhoneTab::None)
            .back(PAGE, "Retour aux fiches à signer"),
        title: show::typeset(&one.sheet.title),
        told: format!(
            "{}, version {}, pour {months} mois. {}.",
            one.asked.code,
            one.asked.version,
            asked(&eye, &one)
        ),
        seen: (
            one.version.version.to_string(),
            one.version.revision.to_string(),
        ),
        action: address(&which.join, &which.sheet, which.version),
        changes: one.replaces.as_ref().map(|(number, before)| {
            (
                format!("Ce qui change de la version {number}"),
                show::protocols::changes(before, &one.sheet),
            )
        }),
        facts: show::protocols::facts(&one.sheet),
        questions: show::protocols::questions(&one.sheet, &[]),
        advice: one
            .sheet
            .advice
            .iter()
            .map(|advice| show::typeset(&advice.text))
            .collect(),
        name: format!(
            "Vous signez de votre nom\u{a0}: {}, RPPS {}.",
            me.display_name(),
            me.rpps
        ),
        form,
    })
}

/// `POST /signatures/{join}/{sheet}/{version}`: signed, or declined with a reason.
pub(crate) async fn act(
    State(web): State<Web>,
    signed: Signed,
    Path(which): Path<Which>,
    fields: Fields,
) -> Answer {
    signed.fresh()?;
    let revision = fields.get("revision").parse();
    let revision = revision.map_err(|_| Fail(AppError::NotFound))?;
    let seen = Seen {
        code: which.sheet.clone(),
        version: which.version,
        revision,
    };
    let who = signed.who();
    let wrong = |name: &str, message: &str| FieldError {
        name: name.to_owned(),
        message: message.trim_end_matches('.').to_owned(),
    };
    let errors = if fields.get("faire") == "refuser" {
        let why = fields.get("pourquoi");
        match web
            .app
            .decline_signature(&who, &which.join, seen, why)
            .await
        {
            Ok(()) => return see_other(&format!("{PAGE}?dit=fiche-refusee")),
            Err(AppError::Invalid(refused)) => refused
                .iter()
                .map(|error| wrong("pourquoi", &error.message))
                .collect(),
            Err(other) => return Err(Fail(other)),
        }
    } else if fields.get("lue").is_empty() {
        vec![wrong("lue", "Cochez pour dire que vous avez lu la fiche")]
    } else {
        match web.app.sign_protocol(&who, &which.join, seen).await {
            Ok(()) => return see_other(&format!("{PAGE}?dit=fiche-signee")),
            Err(AppError::Invalid(refused)) => refused
                .iter()
                .map(|error| wrong("lue", &error.message))
                .collect(),
            Err(other) => return Err(Fail(other)),
        }
    };
    let page = page(&web, &signed, &which, fields.again(errors)).await?;
    direct::unprocessable(&page)
}
