//! `GET /protocols`, `/protocols/{code}`: the sheets in force, for software that asks their
//! questions. What they say is the territory's; nothing is computed here.

use axum::extract::{Path, State};
use relais_app::error::AppError;
use relais_app::protocols::{InForce, Standing, TRUNK, destination};
use relais_core::people::Mode;
use relais_core::slug::Slug;
use relais_core::triage::{Ask, Kind};
use serde::Serialize;

use super::ok;
use super::page::{Page, Params};
use super::view::at;
use crate::fail::{Answer, Fail};
use crate::gate::Signed;
use crate::web::Web;

/// A sheet in force.
#[derive(Serialize)]
struct SheetView<'a> {
    code: &'a str,
    version: i64,
    title: &'a str,
    /// Asked on every contact before the motive.
    trunk: bool,
    /// Signed by nobody: a demonstration only.
    demonstration: bool,
    signed_by: Option<&'a str>,
    signed_at: Option<String>,
    expires_at: Option<String>,
    scope: &'a str,
    motives: Vec<&'a str>,
    from_months: u16,
    until_months: Option<u16>,
    within_hours: Option<u16>,
    mode: Option<&'static str>,
    advice_first: bool,
    end: Vec<&'static str>,
}

/// A question of a sheet.
#[derive(Serialize)]
struct QuestionView<'a> {
    key: &'a str,
    kind: &'static str,
    text: &'a str,
    short: Option<&'a str>,
    on_yes: Option<&'static str>,
    say: Option<&'a str>,
    only_if: Option<ConditionView<'a>>,
}

#[derive(Serialize)]
struct ConditionView<'a> {
    question: &'a str,
    answer: &'static str,
}

/// The whole sheet.
#[derive(Serialize)]
struct WholeView<'a> {
    #[serde(flatten)]
    sheet: SheetView<'a>,
    questions: Vec<QuestionView<'a>>,
    advice: Vec<&'a str>,
}

fn view(version: &InForce) -> SheetView<'_> {
    let sheet = &version.sheet;
    let (signed_by, signed_at, expires_at) = match &version.standing {
        Standing::Signed {
            by,
            at: signed,
            expires_at,
            ..
        } => (Some(by.as_str()), Some(at(*signed)), Some(at(*expires_at))),
        Standing::Demonstration => (None, None, None),
    };
    SheetView {
        code: &sheet.code,
        version: version.version,
        title: &sheet.title,
        trunk: sheet.code == TRUNK,
        demonstration: version.standing == Standing::Demonstration,
        signed_by,
        signed_at,
        expires_at,
        scope: &sheet.scope,
        motives: sheet.motives.iter().map(Slug::as_str).collect(),
        from_months: sheet.from_months,
        until_months: sheet.until_months,
        within_hours: sheet.within_hours,
        mode: sheet.mode.map(Mode::code),
        advice_first: sheet.advice_first,
        end: destination::end_codes(&sheet.end),
    }
}

/// `GET /protocols`
pub(super) async fn list(State(web): State<Web>, signed: Signed, params: Params) -> Answer {
    params.only(&[])?;
    let book = web.app.protocols(signed.actor().network).await?;
    let all = book.trunk().into_iter().chain(book.sheets());
    ok(&Page::whole(all.map(view).collect()))
}

/// `GET /protocols/{code}`
pub(super) async fn read(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
) -> Answer {
    let book = web.app.protocols(signed.actor().network).await?;
    let found = if code == TRUNK {
        book.trunk()
    } else {
        book.sheet(&code)
    };
    let version = found.ok_or(Fail(AppError::NotFound))?;
    let questions = version.sheet.questions.iter().map(|question| QuestionView {
        key: &question.key,
        kind: match question.kind {
            Kind::RedFlag(_) => "red-flag",
            Kind::Exclusion(_) => "exclusion",
            Kind::Inclusion => "inclusion",
            Kind::Note => "note",
        },
        text: &question.text,
        short: question.short.as_deref(),
        on_yes: Ask::always(question.kind.clone())
            .on_yes()
            .map(|target| destination::code(&target)),
        say: question.say.as_deref(),
        only_if: question
            .only_if
            .as_ref()
            .map(|(key, answer)| ConditionView {
                question: key,
                answer: answer.code(),
            }),
    });
    ok(&WholeView {
        questions: questions.collect(),
        advice: version
            .sheet
            .advice
            .iter()
            .map(|a| a.text.as_str())
            .collect(),
        sheet: view(version),
    })
}
