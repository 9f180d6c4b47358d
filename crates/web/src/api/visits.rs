//! `GET /visits`: how the appointments of the last days ended, each count with its base (R8, R11).

use axum::extract::State;
use relais_app::visits::DAYS;
use serde::Serialize;

use super::ok;
use super::view::at;
use crate::fail::Answer;
use crate::gate::Signed;
use crate::web::Web;

/// Counts, without identity.
#[derive(Serialize)]
struct VisitsView {
    days: i64,
    appointments: AppointmentsView,
    questions: QuestionsView,
    unclosed: Vec<UnclosedView>,
    /// More requests are taken on than were looked at.
    truncated: bool,
    seeking_doctor: u32,
}

/// Of appointments whose hour is past.
#[derive(Serialize)]
struct AppointmentsView {
    passed: u32,
    no_show: u32,
    not_closed: u32,
}

/// "Avez-vous été reçu ?"
#[derive(Serialize)]
struct QuestionsView {
    asked: u32,
    yes: u32,
    no: u32,
}

/// Taken on, and not closed in time.
#[derive(Serialize)]
struct UnclosedView {
    request: String,
    code: String,
    since: String,
}

/// Counts.
pub(super) async fn read(State(web): State<Web>, signed: Signed) -> Answer {
    let seen = web.app.visits(&signed.who()).await?;
    ok(&VisitsView {
        days: DAYS,
        appointments: AppointmentsView {
            passed: seen.ended.all + seen.open,
            no_show: seen.ended.no_show,
            not_closed: seen.open,
        },
        questions: QuestionsView {
            asked: seen.asked.asked,
            yes: seen.asked.yes,
            no: seen.asked.no,
        },
        unclosed: seen
            .unclosed
            .iter()
            .map(|one| UnclosedView {
                request: one.request.id.to_string(),
                code: one.code.clone(),
                since: at(one.since),
            })
            .collect(),
        truncated: seen.more,
        seeking_doctor: seen.seekers,
    })
}
