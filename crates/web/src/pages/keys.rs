//! *Mes moyens de connexion*: one's passkeys, and the password of whoever has none; what a browser is
//! asked at the door and at sign-up. Refuses a change without an authentication of minutes.

use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, header};
use relais_app::accounts::passkeys::{KeyAttempt, KeyBegun};
use relais_app::error::AppError;
use relais_core::access::Role;

use super::door::{own_path, refused, signed_in};
use super::{Told, direct, eye, signup};
use crate::caller::Caller;
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::{Signed, cross_site, door, too_many};
use crate::origin::{Source, source};
use crate::parts::{Form, PhoneTab};
use crate::show;
use crate::views::{KeyRow, KeysPage, NewPassword};
use crate::web::Web;

/// Where the page is.
pub(crate) const PAGE: &str = "/mes-cles";
/// Where one signs in by a key.
pub(crate) const DOOR: &str = "/connexion/cle";
/// Where one joins with a key.
pub(crate) const JOIN: &str = "/inscription/cle";

/// What a browser is asked, as its script takes it.
pub(super) fn question(begun: &KeyBegun) -> Response {
    let text = format!(
        "{{\"ceremony\":\"{}\",\"options\":{}}}",
        begun.ceremony, begun.options
    );
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

/// A change of one's ways in asks for an authentication of minutes: where one makes it, if need be.
fn stale(signed: &Signed) -> Option<Response> {
    let again = || axum::response::Redirect::to(&door(PAGE, "recente")).into_response();
    (!signed.account.fresh).then(again)
}

pub(super) fn browser(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().to_owned()
}

/// `GET /mes-cles`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, Form::default(), None).await?;
    page.phone = page.phone.toast(told.sentence());
    html(&page)
}

async fn page(
    web: &Web,
    signed: &Signed,
    form: Form,
    sealed: Option<&str>,
) -> Result<KeysPage, Fail> {
    let who = signed.who();
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let title = if form.errors().is_empty() {
        "Mes moyens de connexion"
    } else {
        "Erreur\u{a0}: mes moyens de connexion"
    };
    let rows = web.app.keys(&who).await?.into_iter().map(|key| KeyRow {
        since: format!("Ajoutée {}", when.day(key.since)),
        used: key.used_at.map_or_else(String::new, |at| {
            format!("Dernière connexion {}", when.day_hour(at))
        }),
        id: key.id,
        label: key.label,
    });
    let rows: Vec<_> = rows.collect();
    let has_password = web.app.has_password(&who).await?;
    let password = if has_password || !signed.account.fresh {
        None
    } else {
        Some(new_password(web, signed, sealed).await?)
    };
    let home = match signed.actor().role {
        Role::Professional => ("/activite", "Retour à mon activité"),
        role => (super::home_of(role), "Retour"),
    };
    Ok(KeysPage {
        phone: show::phone(web, &eye, title, PhoneTab::None).back(home.0, home.1),
        form,
        fresh: signed.account.fresh,
        again: door(PAGE, "recente"),
        site: web.app.passkey_site(),
        rows,
        has_password,
        password,
    })
}

async fn new_password(
    web: &Web,
    signed: &Signed,
    sealed: Option<&str>,
) -> Result<NewPassword, Fail> {
    let who = signed.who();
    // What came back with a form is shown again: it may be in the application already.
    let (secret, sealed) = match sealed.map(|sealed| (web.app.secret_again(&who, sealed), sealed)) {
        Some((Ok(secret), sealed)) => (secret, sealed.to_owned()),
        _ => {
            let new = web.app.new_secret(&who).await?;
            (new.shown, new.sealed)
        }
    };
    let login = &signed.account.login;
    let fours = secret.as_bytes().chunks(4).map(String::from_utf8_lossy);
    Ok(NewPassword {
        link: format!("otpauth://totp/Relais:{login}?secret={secret}&issuer=Relais"),
        secret: fours.collect::<Vec<_>>().join(" "),
        login: login.clone(),
        sealed,
    })
}

/// `POST /mes-cles/defi`
pub(crate) async fn ask(State(web): State<Web>, signed: Signed) -> Answer {
    if let Some(elsewhere) = stale(&signed) {
        return Ok(elsewhere);
    }
    Ok(question(&web.app.key_ask_new(&signed.who()).await?))
}

async fn settled(web: &Web, signed: &Signed, done: Result<(), AppError>, said: &str) -> Answer {
    match done {
        Ok(()) => see_other(&format!("{PAGE}?dit={said}")),
        Err(AppError::Invalid(errors)) => {
            let message = errors.first().map(|error| error.message.clone());
            let form = Form::default().wrong("cle", message.as_deref().unwrap_or_default());
            direct::unprocessable(&page(web, signed, form, None).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /mes-cles`: the script of the page sends what the browser made.
pub(crate) async fn add(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    if let Some(elsewhere) = stale(&signed) {
        return Ok(elsewhere);
    }
    let (ceremony, answer) = (fields.get("ceremony"), fields.get("answer"));
    let label = fields.get("label");
    let who = signed.who();
    let done = web.app.key_add(&who, ceremony, answer, label).await;
    settled(&web, &signed, done, "cle-ajoutee").await
}

/// `POST /mes-cles/nom`
pub(crate) async fn rename(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let (id, label) = (fields.get("id"), fields.get("label"));
    let done = web.app.key_rename(&signed.who(), id, label).await;
    settled(&web, &signed, done, "cle-nommee").await
}

/// `POST /mes-cles/retirer`
pub(crate) async fn end(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    if let Some(elsewhere) = stale(&signed) {
        return Ok(elsewhere);
    }
    let done = web.app.key_end(&signed.who(), fields.get("id")).await;
    settled(&web, &signed, done, "cle-retiree").await
}

/// `POST /mes-cles/mot-de-passe`
pub(crate) async fn password(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    if let Some(elsewhere) = stale(&signed) {
        return Ok(elsewhere);
    }
    let typed = fields.0.get("password").and_then(|all| all.first());
    let typed = typed.cloned().unwrap_or_default();
    let (code, sealed) = (fields.get("code"), fields.get("sealed"));
    match web
        .app
        .set_password(&signed.who(), typed, code, sealed)
        .await
    {
        Ok(()) => see_other(&format!("{PAGE}?dit=mot-de-passe")),
        Err(AppError::Invalid(errors)) => {
            // A password is not sent back to the page.
            let form = Fields::default().again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, form, Some(sealed)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /connexion/cle/defi`
pub(crate) async fn door_ask(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    if source(&headers) != Source::Own {
        return Err(Fail(cross_site()));
    }
    web.limits
        .question(&caller)
        .map_err(|wait| Fail(too_many(&web, wait)))?;
    Ok(question(&web.app.door_ask_key()?))
}

/// `POST /connexion/cle`
pub(crate) async fn door_open(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    if source(&headers) != Source::Own {
        return Err(Fail(cross_site()));
    }
    web.limits
        .door(&caller)
        .map_err(|wait| Fail(too_many(&web, wait)))?;
    let attempt = KeyAttempt {
        ceremony: fields.get("ceremony").to_owned(),
        answer: fields.get("answer").to_owned(),
        source: caller.home().to_owned(),
        device: browser(&headers),
        shared_computer: !fields.get("shared").is_empty(),
    };
    let next = own_path(fields.get("suite"));
    match web.app.sign_in_by_key(attempt).await {
        Ok(token) => Ok(signed_in(&web, &token, &next)),
        Err(error) => refused(&web, &Fields::default(), next, error),
    }
}

/// `POST /inscription/cle/defi`
pub(crate) async fn join_ask(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
) -> Answer {
    signup::ours(&web, &headers, &caller)?;
    let token = signup::token(&web, &headers).ok_or(Fail(AppError::NotFound))?;
    Ok(question(&web.app.signup_ask_key(&token).await?))
}

/// `POST /inscription/cle`
pub(crate) async fn join(
    State(web): State<Web>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    signup::ours(&web, &headers, &caller)?;
    let Some(token) = signup::token(&web, &headers) else {
        return see_other(signup::PAGE);
    };
    if let Some(page) = signup::of_another(&web, &headers, &fields).await? {
        return Ok(page);
    }
    let (ceremony, answer) = (fields.get("ceremony"), fields.get("answer"));
    let sent = web
        .app
        .signup_key(&token, ceremony, answer, fields.get("label"));
    match sent.await {
        Ok(()) => see_other(signup::STATE),
        Err(AppError::Invalid(errors)) => {
            signup::key_again(&web, &headers, same_names(&errors)).await
        }
        Err(AppError::NotFound) => see_other(signup::PAGE),
        Err(error) => Err(Fail(error)),
    }
}
