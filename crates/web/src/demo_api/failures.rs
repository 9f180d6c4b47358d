//! What the demonstration breaks on purpose: the provider of a channel.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::{Sent, answer};
use crate::fail::Answer;
use crate::web::Web;

/// Which channel, and whether its provider answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    channel: String,
    state: Answering,
}

/// How a provider does.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Answering {
    /// Answers nobody.
    Down,
    /// Answers.
    Up,
}

#[derive(Serialize)]
struct View {
    channel: String,
    state: Answering,
}

/// `POST /demo/gateways`
pub(super) async fn set(State(web): State<Web>, sent: Sent<Wanted>) -> Answer {
    let Wanted { channel, state } = sent.value;
    let down = matches!(state, Answering::Down);
    web.app.break_channel(&channel, down)?;
    let page = if down {
        "/demo?dit=panne"
    } else {
        "/demo?dit=retour"
    };
    answer(sent.form, page, &View { channel, state })
}
