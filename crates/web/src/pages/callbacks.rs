//! *À rappeler*: the list at the desk, one opened, how an attempt ended.

use axum::extract::{Path, Query, State};
use relais_app::callbacks::{Ended, Opened, Task};
use relais_app::phone::national;
use relais_app::text::when::When;

use super::person::person_of;
use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::Form;
use crate::show::{self, Eye};
use crate::views::{CallbackPage, CallbackRow, CallbacksPage};
use crate::web::Web;

/// The address of the list.
pub(crate) const PAGE: &str = "/a-rappeler";

/// `GET /a-rappeler`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let (tasks, all) = web.app.desk_tasks(&signed.who()).await?;
    let left = usize::try_from(all).unwrap_or(usize::MAX) - tasks.len().min(all as usize);
    html(&CallbacksPage {
        desk: show::desk(&web, &eye, &signed, "À rappeler", PAGE).toast(told.toast()),
        rows: tasks.iter().map(|task| row(&eye, task)).collect(),
        more: match left {
            0 => String::new(),
            1 => "Et une autre, après celles-ci.".to_owned(),
            left => format!("Et {left} autres, après celles-ci."),
        },
    })
}

fn what(kind: &str) -> &'static str {
    match kind {
        "call" => "Appeler",
        "words" => "Lire un SMS",
        _ => "À vérifier\u{a0}: dit ne pas avoir été reçu",
    }
}

fn row(eye: &Eye, one: &Task) -> CallbackRow {
    let when = eye.when();
    let late = one.task.due_at < when.now;
    CallbackRow {
        href: format!("{PAGE}/{}", one.task.id),
        what: what(&one.task.kind).to_owned(),
        due: if late {
            format!("en retard {}", when.since(one.task.due_at))
        } else {
            when.before(one.task.due_at)
        },
        late,
        request: (format!("/demandes/{}", one.request.id), one.code.clone()),
        facts: format!(
            "{}, {}",
            show::sex_age(&one.request.patient),
            show::commune(one.request.patient.commune)
        ),
        state: show::lower(&show::state(&one.request).word),
        attempts: attempts(one, &when),
    }
}

fn attempts(one: &Task, when: &When<'_>) -> String {
    match (one.task.attempts, one.task.last_attempt_at) {
        (0, _) | (_, None) => String::new(),
        (1, Some(at)) => format!("1 essai, {}", when.at(at)),
        (n, Some(at)) => format!("{n} essais, le dernier {}", when.at(at)),
    }
}

/// `GET /a-rappeler/{task}`
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Path(id): Path<String>) -> Answer {
    html(&page(&web, &signed, id, Form::default()).await?)
}

async fn page(web: &Web, signed: &Signed, id: String, form: Form) -> Result<CallbackPage, Fail> {
    signed.strong()?;
    let eye = eye(web, signed).await?;
    let when = eye.when();
    let Opened {
        task: one,
        identity,
        words,
    } = web.app.open_desk_task(&signed.who(), id).await?;
    let person = person_of!(identity);
    let number =
        |e164: &str, whose: &str| (format!("tel:{e164}"), national(e164), whose.to_owned());
    let mut numbers = vec![number(&person.phone, "")];
    numbers.extend(person.carer_phone.as_deref().map(|n| number(n, "proche")));
    let heading = match one.task.kind.as_str() {
        "call" => "Appeler pour dire ceci",
        "words" => "Lire ce que le patient a écrit",
        _ => "Le patient dit ne pas avoir été reçu",
    };
    let title = if form.errors().is_empty() {
        what(&one.task.kind).to_owned()
    } else {
        format!("Erreur\u{a0}: {}", show::lower(what(&one.task.kind)))
    };
    Ok(CallbackPage {
        desk: show::desk(web, &eye, signed, &title, PAGE),
        here: format!("{PAGE}/{}", one.task.id),
        form,
        heading: heading.to_owned(),
        who: (person.name(), person.birth(&one.request.patient)),
        numbers,
        script: one.task.script.clone(),
        words: words.map_or_else(String::new, |words| words.expose().to_owned()),
        request: (format!("/demandes/{}", one.request.id), one.code.clone()),
        state: show::lower(&show::state(&one.request).word),
        attempts: attempts(&one, &when),
        over: match (one.task.done_at, one.task.outcome.as_deref()) {
            (Some(at), Some(outcome)) => {
                format!("Terminé {}\u{a0}: {}.", when.at(at), ended(outcome))
            }
            _ => String::new(),
        },
        is_call: one.task.kind == "call",
    })
}

fn ended(outcome: &str) -> &'static str {
    match outcome {
        "reached" => "patient joint",
        "message-left" => "message laissé",
        "wrong-number" => "mauvais numéro",
        "unreachable" => "patient injoignable",
        "replaced" => "d’autres nouvelles ont pris sa place",
        _ => "réglé",
    }
}

/// `POST /a-rappeler/{task}`
pub(crate) async fn end(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let Some(how) = Ended::from_code(fields.get("fin")) else {
        let form = fields
            .again(Vec::new())
            .wrong("fin", "Dites comment cela s’est terminé");
        return direct::unprocessable(&page(&web, &signed, id, form).await?);
    };
    let request = web.app.end_desk_task(&signed.who(), id, how).await?;
    if let Some(request) = request.filter(|_| how == Ended::WrongNumber) {
        return see_other(&format!(
            "/demandes/{request}?dit=mauvais-numero#agir-telephone"
        ));
    }
    see_other(&format!("{PAGE}?dit=essai-note"))
}
