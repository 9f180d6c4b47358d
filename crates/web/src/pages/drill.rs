//! *Essai des canaux*: the last monthly trial, who did not receive it and why, and writing to them.

use axum::extract::{Query, State};
use relais_app::error::AppError;
use relais_app::members::{DRILL_EVERY, Drill, Heard};
use relais_app::text::labels::channel as by;

use super::{Told, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::show;
use crate::views::{DrillPage, DrillRow};
use crate::web::Web;

/// Where the page is.
pub(crate) const PAGE: &str = "/essai-des-canaux";
/// Missing members shown.
const SHOWN: usize = 200;

fn why(heard: Heard) -> String {
    match heard {
        Heard::Silent(channel) => format!(
            "{}\u{a0}: essai parti, aucun accusé de réception",
            show::upper(by(channel))
        ),
        Heard::Failed(channel) => format!(
            "{}\u{a0}: essai refusé ou non remis",
            show::upper(by(channel))
        ),
        Heard::NoWay => "Aucun moyen\u{a0}: ni notification, ni numéro, ni courriel".to_owned(),
        Heard::Answered(_) | Heard::Received(_) | Heard::Waiting(_) => String::new(),
    }
}

/// `GET /essai-des-canaux`
pub(crate) async fn show_page(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let held = web.app.drill(&signed.who()).await?;
    let when = eye.when();
    let may = held
        .as_ref()
        .is_none_or(|drill| eye.now.since(drill.at) > DRILL_EVERY);
    let next = held.as_ref().filter(|_| !may).map(|drill| {
        let at = drill.at + DRILL_EVERY;
        format!(
            "Le prochain est possible à partir du {}.",
            when.plain_date(at)
        )
    });
    let missing: Vec<_> = held
        .iter()
        .flat_map(|drill| &drill.rows)
        .filter(|(_, heard)| heard.is_missing())
        .collect();
    html(&DrillPage {
        desk: show::desk(&web, &eye, &signed, "Essai des canaux", PAGE).toast(told.toast()),
        when: held
            .as_ref()
            .map(|drill| format!("Dernier essai {}", when.day_hour(drill.at)))
            .unwrap_or_default(),
        shares: held.as_ref().map(shares).unwrap_or_default(),
        next: next.unwrap_or_default(),
        may,
        missing: missing.len(),
        tellable: missing.iter().any(|(_, heard)| *heard != Heard::NoWay),
        rows: missing
            .iter()
            .take(SHOWN)
            .map(|(row, heard)| DrillRow {
                href: format!("{}/{}", super::members::PAGE, row.member.id),
                name: format!("{} {}", row.last_name, row.first_names),
                why: why(*heard),
            })
            .collect(),
        more: match missing.len().saturating_sub(SHOWN) {
            0 => String::new(),
            n => format!("Et {n} de plus\u{a0}: la liste montre les {SHOWN} premiers."),
        },
    })
}

/// What became of the trials, each count with what it is a part of.
fn shares(drill: &Drill) -> Vec<(String, String)> {
    let all = drill.rows.len();
    let count = |fits: fn(Heard) -> bool| {
        let n = drill.rows.iter().filter(|(_, heard)| fits(*heard)).count();
        format!("{n} des {all} membres")
    };
    let line = |name: &str, value: String| (name.to_owned(), value);
    vec![
        line(
            "Répondu ou affiché",
            count(|h| matches!(h, Heard::Answered(_))),
        ),
        line("Reçu", count(|h| matches!(h, Heard::Received(_)))),
        line("En route", count(|h| matches!(h, Heard::Waiting(_)))),
        line("Sans accusé", count(|h| matches!(h, Heard::Silent(_)))),
        line("Non remis", count(|h| matches!(h, Heard::Failed(_)))),
        line("Aucun moyen", count(|h| matches!(h, Heard::NoWay))),
    ]
}

/// `POST /essai-des-canaux`: begins one, or writes to those it did not reach.
pub(crate) async fn act(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    let told = match fields.get("faire") {
        "essai" => web.app.start_drill(&who).await.map(|_| "essai-parti"),
        "prevenir" => web.app.tell_dormant(&who).await.map(|told| match told {
            0 => "essai-deja-prevenus",
            _ => "essai-prevenus",
        }),
        _ => Err(AppError::NotFound),
    };
    match told {
        Ok(told) => see_other(&format!("{PAGE}?dit={told}")),
        Err(error) => Err(Fail(error)),
    }
}
