//! The operator's page: the call, and the live board.

use axum::extract::{Query, State};
use axum::response::Response;
use http::HeaderValue;
use relais_app::contacts::Waiting;
use relais_app::reference::care_types::CARE_TYPES;
use relais_app::reference::folded;
use relais_app::reference::motives::Motives;
use relais_app::text::labels;
use relais_core::access::Role;
use relais_core::people::Profession;
use relais_core::request::{Need, Origin, Phase, Request};
use relais_core::triage::Step;
use std::collections::BTreeSet;

use super::call::{self, Around};
use super::{Told, eye, request};
use crate::fail::{Answer, Fail, html, html_as};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{Choice, FieldError};
use crate::show::{self, Eye, typeset, upper};
use crate::views::{Board, BoardPart, CallPanel, DirectPage, NeedChoices, Peek};
use crate::web::Web;

/// Events shown of the request beside the board.
const LATEST: usize = 4;
/// Acts read to find them: some are not told.
const READ: u32 = 12;

/// `GET /direct`: the call one has on the desk, where one was; a blank one otherwise.
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    if signed.actor().role == Role::Coordinator {
        return crate::fail::see_other("/demandes");
    }
    let around = Around::read(&web, &signed).await?;
    let example = super::example::form(&web, &around.eye.directory, &told.exemple)
        .or_else(|| super::practice::blank(&web, &told.exemple));
    let mut fields = match (example, web.app.contact_in_hand(&signed.who()).await?) {
        (Some(fields), _) => fields,
        (None, Some(desk)) => call::fields_of(desk),
        (None, None) => Fields::default(),
    };
    let changed = around.refresh(&mut fields);
    // A sign that leads to the 15 is not left by a reload (R3).
    if matches!(around.walk(&fields).step, Step::Fifteen(_)) {
        return crate::fail::see_other("/direct/15");
    }
    let mut page = page(&web, &signed, &around, &fields, Vec::new()).await?;
    page.call.changed = changed;
    let toast = super::practice::onward(&web, &told.essai, told.toast());
    page.desk = page.desk.toast(toast);
    html(&page)
}

/// `GET /direct/tableau`
pub(crate) async fn board(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let waiting = web.app.open_contacts(&signed.who()).await?;
    let board = rows(&web, &signed, &eye, &waiting).await?.0;
    Ok(stamped(html(&BoardPart { board })?, &web))
}

/// Says at what time a fragment was made, for the countdowns.
pub(crate) fn stamped(mut response: Response, web: &Web) -> Response {
    if let Ok(value) = HeaderValue::from_str(&web.now().millis().to_string()) {
        response.headers_mut().insert("x-now", value);
    }
    response
}

/// The rows of the board, and the most pressing of the requests nobody took.
async fn rows(
    web: &Web,
    signed: &Signed,
    eye: &Eye,
    waiting: &[Waiting],
) -> Result<(Board, Option<Request>), Fail> {
    let reading = web.app.board(&signed.who()).await?;
    let mut board = show::board(eye, &reading);
    show::waiting(eye, waiting, signed.actor().user, &mut board);
    let pressing = reading
        .rows
        .into_iter()
        .map(|stored| stored.request)
        .find(|request| matches!(request.phase, Phase::Unfilled(_)));
    Ok((board, pressing))
}

/// The board with, beside it, that request: its ways out and what happened last.
async fn read_board(
    web: &Web,
    signed: &Signed,
    eye: &Eye,
    waiting: &[Waiting],
) -> Result<Board, Fail> {
    let (mut board, pressing) = rows(web, signed, eye, waiting).await?;
    if let Some(request) = &pressing {
        let (_, stages) = web.app.verdicts(&signed.who(), request.id).await?;
        let ways = web.app.ways_out(&signed.who(), request.id).await?;
        let case = show::case(eye, &signed.actor(), request, &stages, &ways);
        let who = signed.who();
        let (_, acts, _) = web
            .app
            .timeline_before(&who, request.id, None, READ)
            .await?;
        let mut events = request::events(eye, &acts);
        events.truncate(LATEST);
        board.peek = Some(Peek { case, events });
    }
    Ok(board)
}

/// The fields of the call, from top to bottom: errors are told in that order.
const IN_ORDER: &[&str] = &[
    "phone",
    "birth_name",
    "first_names",
    "birth_date",
    "sex",
    "commune",
    "address_line",
    "origin",
    "used_name",
    "carer_phone",
    "flags",
    "motive",
    "profession",
    "mode",
    "within_hours",
    "care_type",
    "window_minutes",
    "comment",
    "photos",
    "usual",
    "usual_name",
    "contacted",
    "outcome",
];

/// The page, with a form as it stands.
pub(crate) async fn page(
    web: &Web,
    signed: &Signed,
    around: &Around,
    fields: &Fields,
    mut errors: Vec<FieldError>,
) -> Result<DirectPage, Fail> {
    crate::forms::sort(&mut errors, IN_ORDER);
    let title = if errors.is_empty() {
        "Poste opérateur"
    } else {
        "Erreur\u{a0}: la demande n’est pas partie"
    };
    let waiting = web.app.open_contacts(&signed.who()).await?;
    Ok(DirectPage {
        desk: show::desk(web, &around.eye, signed, title, "/direct"),
        call: panel(web, around, fields, errors, &waiting),
        board: read_board(web, signed, &around.eye, &waiting).await?,
    })
}

/// The call panel, with a form as it stands.
pub(crate) fn panel(
    web: &Web,
    around: &Around,
    fields: &Fields,
    errors: Vec<FieldError>,
    waiting: &[Waiting],
) -> CallPanel {
    let held = call::named(fields);
    let since = waiting
        .iter()
        .map(|one| &one.contact)
        .find(|one| held.is_some_and(|held| held.id == one.id));
    let mut panel = show::call(around, fields, errors);
    panel.choices = choices(true);
    panel.script = super::practice::script(web, fields);
    panel.once = match fields.get("once") {
        "" => once(),
        kept => kept.to_owned(),
    };
    panel.waiting = waiting.iter().filter(|one| one.is_on_the_line()).count();
    if let Some(contact) = since {
        panel.since_ms = Some(contact.received_at.millis());
        panel.lasting = show::lasting(around.eye.now.since(contact.received_at));
        "brouillon gardé".clone_into(&mut panel.kept);
    }
    panel
}

/// Fills the need as the sheet proposes it, once its questions are answered; whatever somebody chose
/// otherwise stays as they chose it.
pub(crate) fn proposed(around: &Around, mut fields: Fields) -> Fields {
    let now = show::proposal(&around.walk(&fields), &fields);
    let before: Vec<String> = fields
        .get("proposed")
        .split('|')
        .map(str::to_owned)
        .collect();
    let Some(now) = now else {
        return fields;
    };
    for (place, (name, value)) in now.iter().enumerate() {
        let stands = fields.get(name).to_owned();
        let untouched = stands.is_empty()
            || before.get(place).is_some_and(|old| *old == stands)
            || (before.len() < 3 && show::STARTS.contains(&(*name, stands.as_str())));
        if untouched && !value.is_empty() {
            fields.0.insert((*name).to_owned(), vec![value.clone()]);
        }
    }
    let joined: Vec<_> = now.iter().map(|(_, value)| value.as_str()).collect();
    fields
        .0
        .insert("proposed".to_owned(), vec![joined.join("|")]);
    fields
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
    known.sort_by_cached_key(|(label, _)| folded(label));
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
        professions: desk
            .then(|| Choice::new("", "Choisir"))
            .into_iter()
            .chain(
                Profession::ALL
                    .iter()
                    .map(|p| Choice::new(p.code(), upper(labels::profession(*p)))),
            )
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

/// A page answered to a form that is being dealt with already, or about something that changed meanwhile.
pub(crate) fn conflict(page: &impl askama::Template) -> Answer {
    html_as(http::StatusCode::CONFLICT, page)
}

/// A page answered to a form that could not be taken.
pub(crate) fn unprocessable(page: &impl askama::Template) -> Answer {
    html_as(http::StatusCode::UNPROCESSABLE_ENTITY, page)
}
