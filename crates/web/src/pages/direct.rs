//! The operator's page: the call, and the live board.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use relais_app::reference::care_types::CARE_TYPES;
use relais_app::reference::motives::Motives;
use relais_app::reference::red_flags::{RedFlagTarget, common_trunk, warning};
use relais_app::text::labels;
use relais_core::access::Role;
use relais_core::people::Profession;
use relais_core::request::{Need, Origin};
use std::collections::BTreeSet;

use super::{Told, eye};
use crate::fail::{Answer, Fail, html};
use crate::gate::Signed;
use crate::parts::{Choice, Form};
use crate::show::{self, typeset, upper};
use crate::views::{Board, BoardPart, DirectPage, Flag, NeedChoices, Peek, Reach};
use crate::web::Web;

/// `GET /direct`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    if signed.actor().role == Role::Coordinator {
        return crate::fail::see_other("/demandes");
    }
    let directory = web.app.directory().await?;
    let form = super::example::form(&web, &directory, &told.exemple);
    let mut page = page(&web, &signed, form, None).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

/// `GET /direct/tableau`
pub(crate) async fn board(State(web): State<Web>, signed: Signed) -> Answer {
    let board = read_board(&web, &signed).await?;
    Ok(stamped(html(&BoardPart { board })?, &web))
}

/// Says at what time a fragment was made, for the countdowns.
pub(crate) fn stamped(mut response: Response, web: &Web) -> Response {
    if let Ok(value) = HeaderValue::from_str(&web.now().millis().to_string()) {
        response.headers_mut().insert("x-now", value);
    }
    response
}

async fn read_board(web: &Web, signed: &Signed) -> Result<Board, Fail> {
    let eye = eye(web, signed).await?;
    let reading = web.app.board(&signed.who()).await?;
    let mut board = show::board(&eye, &reading);
    let pressing = reading
        .rows
        .iter()
        .map(|stored| &stored.request)
        .find(|request| matches!(request.phase, relais_core::request::Phase::Unfilled(_)));
    if let Some(request) = pressing {
        let (_, stages) = web.app.verdicts(&signed.who(), request.id).await?;
        let ways = web.app.ways_out(&signed.who(), request.id).await?;
        let case = show::case(&eye, &signed.actor(), request, &stages, &ways);
        board.peek = Some(Peek(case));
    }
    Ok(board)
}

/// The page, with a form as it stands.
pub(crate) async fn page(
    web: &Web,
    signed: &Signed,
    form: Form,
    reach: Option<Reach>,
) -> Result<DirectPage, Fail> {
    let eye = eye(web, signed).await?;
    let title = if form.errors().is_empty() {
        "Poste opérateur"
    } else {
        "Erreur\u{a0}: la demande n’est pas partie"
    };
    Ok(DirectPage {
        desk: show::desk(web, &eye, signed, title, "/direct"),
        form,
        choices: choices(true),
        flags: flags(),
        sheet: "Tronc commun, démonstration non validée".to_owned(),
        once: once(),
        reach,
        known: crate::views::KnownList::default(),
        board: read_board(web, signed).await?,
    })
}

/// The common red-flag questions.
pub(crate) fn flags() -> Vec<Flag> {
    debug_assert!(!warning().is_empty(), "the trunk comes with its warning");
    common_trunk()
        .iter()
        .map(|one| Flag {
            question: typeset(&one.question),
            regulator: one.leads_to == RedFlagTarget::Regulator,
        })
        .collect()
}

/// A key made for a form, so that a double click acts once.
pub(crate) fn once() -> String {
    let mut bytes = [0_u8; 16];
    // A failure of the system's generator leaves zeros: the key is then shared, and a second form
    // sent by the same person is told apart by its body.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The lists a request form offers; `desk` for the operator's.
pub(crate) fn choices(desk: bool) -> NeedChoices {
    let mut motives = vec![Choice::new("", "Choisir")];
    let mut known: Vec<_> = Motives::shipped()
        .all()
        .iter()
        .map(|m| (typeset(&m.label), m.code.as_str()))
        .collect();
    known.sort();
    motives.extend(
        known
            .into_iter()
            .map(|(label, code)| Choice::new(code, label)),
    );
    let mut seen = BTreeSet::new();
    let mut care_types = vec![Choice::new("", "Soin habituel de la profession")];
    care_types.extend(
        CARE_TYPES
            .iter()
            .filter(|care| seen.insert(care.code))
            .map(|care| Choice::new(care.code, typeset(care.label))),
    );
    let origins = if desk {
        [
            Origin::Patient,
            Origin::Relative,
            Origin::UsualPractice,
            Origin::Pharmacy,
            Origin::Professional,
            Origin::Sas,
            Origin::EmergencyDepartment,
        ]
        .iter()
        .map(|origin| Choice::new(origin.code(), upper(labels::origin(*origin))))
        .collect()
    } else {
        Vec::new()
    };
    NeedChoices {
        origins,
        motives,
        professions: Profession::ALL
            .iter()
            .map(|p| Choice::new(p.code(), upper(labels::profession(*p))))
            .collect(),
        care_types,
        delays: Need::DELAYS_HOURS
            .iter()
            .map(|h| Choice::new(h.to_string(), format!("Dans les {h}\u{a0}h")))
            .collect(),
        windows: Choice::list(&[
            ("", "Délai du réseau"),
            ("10", "10\u{a0}min"),
            ("20", "20\u{a0}min"),
            ("30", "30\u{a0}min"),
            ("60", "1\u{a0}h"),
            ("120", "2\u{a0}h"),
            ("240", "4\u{a0}h"),
            ("480", "8\u{a0}h"),
            ("1440", "24\u{a0}h"),
        ]),
    }
}

/// A page answered to a form that could not be taken.
pub(crate) fn unprocessable(page: &impl askama::Template) -> Answer {
    let mut response = html(page)?;
    *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response.into_response())
}
