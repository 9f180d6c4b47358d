//! Notifications on one's own browsers: agreeing, trying until one was really seen, forgetting.

use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use relais_app::devices::SubscriptionDraft;
use relais_app::digests::{DigestDraft, NO_WAY, USUAL_HOUR, Wanted};
use relais_app::error::AppError;
use relais_app::text::digest::by as digest_by;
use relais_app::text::when::When;

use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, Form, PhoneTab};
use crate::show;
use crate::views::{DeviceRow, NotificationsPage};
use crate::web::Web;

/// Where the page is.
pub(crate) const PAGE: &str = "/notifications";

/// `GET /notifications`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, Form::default()).await?;
    page.phone = page.phone.toast(told.sentence());
    html(&page)
}

async fn page(web: &Web, signed: &Signed, form: Form) -> Result<NotificationsPage, Fail> {
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let devices = web.app.devices(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "Mes notifications"
    } else {
        "Erreur\u{a0}: mes notifications"
    };
    let rows = devices.into_iter().map(|device| DeviceRow {
        id: device.id,
        label: device.label,
        since: format!("Activé {}", when.day(device.since)),
        proved: device
            .proved_at
            .map(|at| format!("Vue {}", when.day_hour(at))),
    });
    let rows: Vec<_> = rows.collect();
    let wanted = web.app.digest(&signed.who()).await?;
    let digest_wrong = form.error("every").or(form.error("hour")).is_some();
    Ok(NotificationsPage {
        digest: digest_words(&when, wanted),
        rhythms: rhythms(),
        hours: hours(),
        reached: rows.iter().any(|row| row.proved.is_some()),
        phone: show::phone(web, &eye, title, PhoneTab::None)
            .back("/activite", "Retour à mon activité"),
        form: if digest_wrong {
            form
        } else {
            filled(form, wanted)
        },
        key: web.app.push_key().unwrap_or_default().to_owned(),
        devices: rows,
    })
}

/// What was chosen, in the form.
fn filled(form: Form, wanted: Wanted) -> Form {
    let (every, hour) = wanted.wish.map_or(("", USUAL_HOUR), |(wish, _)| {
        (wish.every().code(), wish.hour())
    });
    form.with("every", every).with("hour", &hour.to_string())
}

/// How often a digest may come.
pub(crate) fn rhythms() -> Vec<Choice> {
    Choice::list(&[
        ("", "Jamais"),
        ("day", "Chaque jour"),
        ("week", "Chaque lundi"),
    ])
}

/// The hours of a day.
pub(crate) fn hours() -> Vec<Choice> {
    (0..24)
        .map(|hour| Choice::new(hour.to_string(), format!("{hour}\u{a0}h")))
        .collect()
}

/// By which way the next one goes, and when.
fn digest_words(when: &When<'_>, wanted: Wanted) -> String {
    let Some(by) = wanted.by.map(digest_by) else {
        return NO_WAY.to_owned();
    };
    wanted.wish.map_or_else(
        || format!("Il viendrait {by}."),
        |(_, due_at)| format!("Le prochain\u{a0}: {}, {by}.", when.day_hour(due_at)),
    )
}

/// `POST /notifications/resume`: how often one wants a digest, and at which hour.
pub(crate) async fn digest(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let draft = DigestDraft {
        every: fields.some("every"),
        // An hour that is none is refused, not replaced.
        hour: Some(fields.get("hour").parse().unwrap_or(u8::MAX)),
    };
    let said = if draft.every.is_some() {
        "resume"
    } else {
        "sans-resume"
    };
    match web.app.set_digest(&signed.who(), draft).await {
        Ok(()) => see_other(&format!("{PAGE}?dit={said}")),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /notifications`: the script of the page sends what the browser gave.
pub(crate) async fn subscribe(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let draft = SubscriptionDraft {
        endpoint: fields.get("endpoint").to_owned(),
        p256dh: fields.get("p256dh").to_owned(),
        auth: fields.get("auth").to_owned(),
        label: fields.get("label").to_owned(),
    };
    let who = signed.who();
    // A browser that was just agreed in is tried at once: nothing is sure before one is seen.
    let done = match web.app.subscribe(&who, draft).await {
        Ok(true) => web.app.try_devices(&who).await,
        Ok(false) => Ok(()),
        Err(error) => Err(error),
    };
    settled(&web, &signed, done, "abonne").await
}

/// `POST /notifications/essai`
pub(crate) async fn trial(State(web): State<Web>, signed: Signed) -> Answer {
    let done = web.app.try_devices(&signed.who()).await;
    settled(&web, &signed, done, "essai").await
}

/// `POST /notifications/retirer`
pub(crate) async fn forget(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let id = fields.get("id").to_owned();
    let done = web.app.forget_device(&signed.who(), id).await;
    settled(&web, &signed, done, "retire").await
}

async fn settled(web: &Web, signed: &Signed, done: Result<(), AppError>, said: &str) -> Answer {
    match done {
        Ok(()) => see_other(&format!("{PAGE}?dit={said}")),
        Err(AppError::Invalid(errors)) => {
            let message = errors.first().map(|error| error.message.clone());
            let form = Form::default().wrong("appareil", message.as_deref().unwrap_or_default());
            direct::unprocessable(&page(web, signed, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// `POST /notifications/recue`: a browser says that it showed one.
pub(crate) async fn shown(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let (key, endpoint) = (
        fields.get("key").to_owned(),
        fields.get("endpoint").to_owned(),
    );
    web.app.notified(&signed.who(), key, endpoint).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
