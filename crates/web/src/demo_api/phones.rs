//! The fake phones and mailboxes: what reached them, and answering as one of them.

use std::sync::Arc;

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::phone::Phone;
use serde::Deserialize;

use super::{Sent, answer};
use crate::fail::{Answer, Fail};
use crate::web::Web;

/// Longest answer typed, characters.
const TEXT_MAX: usize = 1_000;

/// What is typed on a phone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    text: String,
}

/// `GET /demo/phones.json`: every message that arrived, newest last. What waits to be sent is sent
/// first, so that a script sees what it just caused.
pub(super) async fn list(State(web): State<Web>) -> Answer {
    let Some(world) = &web.app.outside().world else {
        return Err(Fail(AppError::NotFound));
    };
    web.app.settle().await?;
    crate::api::ok(&world.list())
}

/// `POST /demo/phones/{number}/reply`: the answer is handled when this returns.
pub(super) async fn reply(
    State(web): State<Web>,
    Path(number): Path<String>,
    sent: Sent<Typed>,
) -> Answer {
    let Some(world) = web.app.outside().world.clone() else {
        return Err(Fail(AppError::NotFound));
    };
    let text = sent.value.text;
    if text.chars().count() > TEXT_MAX {
        return Err(Fail(AppError::invalid(
            "/text",
            format!("{TEXT_MAX} caractères au plus."),
        )));
    }
    let number = Phone::read(&number)
        .ok_or(Fail(AppError::NotFound))?
        .e164()
        .to_owned();
    let world = Arc::clone(&world);
    let typed = tokio::task::spawn_blocking(move || world.reply(&number, &text)).await;
    let reply = match typed {
        Ok(Ok(reply)) => reply,
        Ok(Err(error)) => return Err(Fail(AppError::Bug(format!("fake phones: {error}")))),
        Err(_) => return Err(Fail(AppError::Bug("fake phones: stopped short".to_owned()))),
    };
    web.app.wake();
    web.app.settle().await?;
    answer(sent.form, "/demo/phones", &reply)
}
