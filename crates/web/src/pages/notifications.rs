//! Notifications on one's own browsers: agreeing, trying until one was really seen, forgetting.

use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use http::StatusCode;
use relais_app::devices::SubscriptionDraft;
use relais_app::error::AppError;

use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{Form, PhoneTab};
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
    Ok(NotificationsPage {
        reached: rows.iter().any(|row| row.proved.is_some()),
        phone: show::phone(web, &eye, title, PhoneTab::None)
            .back("/activite", "Retour à mon activité"),
        form,
        key: web.app.push_key().unwrap_or_default().to_owned(),
        devices: rows,
    })
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
