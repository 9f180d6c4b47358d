//! `POST /requests/preview`: what raising would do now; nothing is stored (R1, R5).

use std::collections::BTreeMap;

use axum::extract::State;
use relais_app::requests::draft::RequestDraft;
use relais_app::text::when::When;
use relais_core::cascade::{Clip, Preview};
use serde::Serialize;

use super::ok;
use crate::api::view::{self, VerdictView, at};
use crate::body::Body;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::pages::eye;
use crate::web::Web;

/// What would happen.
#[derive(Serialize)]
struct PreviewView {
    /// How many would be asked in all, before the neighbours.
    eligible: usize,
    /// The usual professionals asked first, alone.
    usual: Vec<VerdictView>,
    /// Why that stage would be skipped; null when it would not.
    usual_skipped: Option<&'static str>,
    /// How many are left out, by the first test that fails.
    excluded: BTreeMap<&'static str, usize>,
    window: WindowView,
    /// The network is open now.
    open: bool,
}

/// The window.
#[derive(Serialize)]
struct WindowView {
    deadline: String,
    usual_until: String,
    /// What clipped it: `none`, `closing`, `floor` or `care-deadline`.
    clip: &'static str,
}

/// Previews.
pub(super) async fn preview(
    State(web): State<Web>,
    signed: Signed,
    Body(draft): Body<RequestDraft>,
) -> Answer {
    let preview = web.app.preview(&signed.who(), draft).await?;
    let eye = eye(&web, &signed).await?;
    let when = When::new(eye.now, &eye.zone);
    ok(&said(&eye.directory, &preview, &when))
}

fn said(
    directory: &relais_app::directory::Directory,
    preview: &Preview,
    when: &When<'_>,
) -> PreviewView {
    PreviewView {
        eligible: preview.eligible(),
        usual: preview
            .usual
            .iter()
            .map(|verdict| view::verdict(directory, verdict, &preview.cooperations, when))
            .collect(),
        usual_skipped: preview.skipped.map(|why| why.code()),
        excluded: preview
            .excluded()
            .into_iter()
            .map(|(test, count)| (test.code(), count))
            .collect(),
        window: WindowView {
            deadline: at(preview.window.deadline),
            usual_until: at(preview.window.usual_until),
            clip: clip(preview.window.clip),
        },
        open: preview.open,
    }
}

const fn clip(clip: Clip) -> &'static str {
    match clip {
        Clip::None => "none",
        Clip::Closing => "closing",
        Clip::Floor => "floor",
        Clip::CareDeadline => "care-deadline",
    }
}
