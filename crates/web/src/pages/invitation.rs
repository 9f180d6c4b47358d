//! An invitation to the network's staff: its link shows who is invited as what, and asks how they will sign in; the
//! account is made by the answer. Looking uses nothing up. Refuses a link that has served.

use axum::extract::{Path, State};
use http::HeaderMap;
use relais_app::error::AppError;
use relais_app::members::Invited;
use relais_app::text::{When, labels};

use super::door::signed_in;
use super::keys::{browser, question};
use super::{direct, signup};
use crate::caller::{Address, Caller};
use crate::fail::{Answer, Fail, html};
use crate::forms::{Fields, same_names};
use crate::gate::too_many;
use crate::parts::{Form, PhoneTab};
use crate::show;
use crate::views::InvitationPage;
use crate::web::Web;

/// Where a link leads.
pub(crate) const PAGE: &str = "/invitation/{secret}";
/// Where a browser's key is kept.
pub(crate) const KEY: &str = "/invitation/{secret}/cle";
/// Where its question comes from.
pub(crate) const ASK: &str = "/invitation/{secret}/cle/defi";

/// Longest secret looked at, characters.
const SECRET_MAX: usize = 100;

async fn held(web: &Web, secret: &str) -> Result<Invited, Fail> {
    if secret.len() > SECRET_MAX {
        return Err(Fail(AppError::NotFound));
    }
    Ok(web.app.invitation(secret).await?)
}

async fn page(web: &Web, secret: &str, form: Form) -> Result<InvitationPage, Fail> {
    let invited = held(web, secret).await?;
    let eye = signup::eye(web).await?;
    let title = if form.errors().is_empty() {
        "Votre compte"
    } else {
        "Erreur\u{a0}: votre compte"
    };
    let when = When::new(invited.now, &web.zone);
    let fours = invited.secret.as_bytes().chunks(4);
    let fours: Vec<_> = fours.map(String::from_utf8_lossy).collect();
    Ok(InvitationPage {
        phone: show::phone(web, &eye, title, PhoneTab::None),
        form,
        address: format!("/invitation/{secret}"),
        link: format!(
            "otpauth://totp/Relais:{}?secret={}&issuer=Relais",
            invited.login, invited.secret
        ),
        secret: fours.join(" "),
        name: invited.name,
        role: labels::role(invited.role).to_owned(),
        network: invited.network,
        login: invited.login,
        until: when.until(invited.until),
        keys: web.app.passkey_site(),
    })
}

/// `GET /invitation/{secret}`
pub(crate) async fn show(State(web): State<Web>, Path(secret): Path<String>) -> Answer {
    html(&page(&web, &secret, Form::default()).await?)
}

/// What these forms have in common: they come from their own page, and not too often from one address.
fn ours(web: &Web, headers: &HeaderMap, caller: &Address) -> Result<(), Fail> {
    signup::ours(web, headers, caller)?;
    web.limits
        .door(caller)
        .map_err(|wait| Fail(too_many(web, wait)))
}

/// `POST /invitation/{secret}`
pub(crate) async fn password(
    State(web): State<Web>,
    Caller(caller): Caller,
    Path(secret): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    ours(&web, &headers, &caller)?;
    let typed = fields.0.get("password").and_then(|all| all.first());
    let typed = typed.cloned().unwrap_or_default();
    let (code, device) = (fields.get("code"), browser(&headers));
    let made = web
        .app
        .invitation_password(&secret, typed, code, device)
        .await;
    settled(&web, &secret, made).await
}

/// `POST /invitation/{secret}/cle/defi`
pub(crate) async fn ask(
    State(web): State<Web>,
    Caller(caller): Caller,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Answer {
    signup::ours(&web, &headers, &caller)?;
    Ok(question(&web.app.invitation_ask_key(&secret).await?))
}

/// `POST /invitation/{secret}/cle`
pub(crate) async fn key(
    State(web): State<Web>,
    Caller(caller): Caller,
    Path(secret): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    ours(&web, &headers, &caller)?;
    let (ceremony, answer) = (fields.get("ceremony"), fields.get("answer"));
    let label = fields.get("label");
    let made = web
        .app
        .invitation_key(&secret, ceremony, answer, label, browser(&headers))
        .await;
    settled(&web, &secret, made).await
}

async fn settled(web: &Web, secret: &str, made: Result<String, AppError>) -> Answer {
    match made {
        Ok(token) => Ok(signed_in(web, &token, "/")),
        Err(AppError::Invalid(errors)) => {
            // A password is not sent back to the page.
            let form = Fields::default().again(same_names(&errors));
            direct::unprocessable(&page(web, secret, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}
