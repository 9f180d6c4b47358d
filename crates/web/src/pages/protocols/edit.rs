//! The editor of a draft: the page, and saving it. Nothing typed is lost, sound or not.

use axum::extract::{Path, Query, State};
use relais_app::cooperation::PROTOCOLS;
use relais_app::error::AppError;
use relais_app::protocols::check::QUESTIONS_MAX;
use relais_app::protocols::sheet::Sheet;
use relais_app::protocols::versions::{Opened, Seen, Status};
use relais_app::protocols::{TRUNK, destination, form};
use relais_app::reference::motives::Motives;
use relais_app::text::{labels, triage as text};
use relais_core::people::Mode;
use relais_core::triage::{Alarm, Answer as Said, Kind, Target};

use super::fields::{field_of, fill, read};
use super::{Asked, nature, seen};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::pages::eye;
use crate::parts::Choice;
use crate::show::protocols::{PAGE, address};
use crate::show::upper;
use crate::views::{EditRow, ProtocolEditPage};
use crate::web::Web;

/// Rows offered for new questions.
const NEW: usize = 3;
/// Delays offered, hours.
const DELAYS: [u16; 6] = [2, 4, 6, 12, 24, 48];
/// `GET /protocoles/{code}/modifier`
pub(crate) async fn edit(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let opened = web
        .app
        .open_protocol(&signed.who(), &code, asked.version)
        .await?;
    if opened.version.status != Status::Draft || opened.version.in_force_from.is_some() {
        return see_other(&format!(
            "{}?version={}",
            address(&code),
            opened.version.version
        ));
    }
    page(&web, &signed, &opened, &asked.dit).await
}

/// `POST /protocoles/{code}/modifier`
pub(crate) async fn change(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    fields: Fields,
) -> Answer {
    let step: Seen = seen(&code, &fields)?;
    let version = step.version;
    let base = web
        .app
        .open_protocol(&signed.who(), &code, Some(version))
        .await?;
    let sheet = read(&base.sheet, &fields);
    match web
        .app
        .save_protocol(&signed.who(), step, sheet.clone())
        .await
    {
        Ok(()) => see_other(&format!(
            "{}/modifier?version={version}&dit=enregistre",
            address(&code)
        )),
        // Somebody was faster: what was typed stays on the page, above what they wrote.
        Err(AppError::Problem {
            status: 409,
            detail,
            ..
        }) => {
            let kept = Opened { sheet, ..base };
            shown(&web, &signed, &kept, "", Some(detail)).await
        }
        Err(other) => Err(Fail(other)),
    }
}

async fn page(web: &Web, signed: &Signed, opened: &Opened, told: &str) -> Answer {
    shown(web, signed, opened, told, None).await
}

async fn shown(
    web: &Web,
    signed: &Signed,
    opened: &Opened,
    told: &str,
    refused: Option<String>,
) -> Answer {
    let eye = eye(web, signed).await?;
    let (code, sheet) = (&opened.version.code, &opened.sheet);
    let number = opened.version.version;
    let mut form = fill(sheet);
    if let Some(refused) = refused {
        form = form.wrong("libelle", &refused);
    }
    for fault in sheet.faults() {
        form = form.wrong(
            &field_of(fault.question, &fault.wrong),
            &said(sheet, &fault),
        );
    }
    let title = super::titled(&form, format!("Modifier {code}"));
    let desk = crate::show::desk(web, &eye, signed, &title, PAGE).toast(super::toast(told));
    let mut rows: Vec<EditRow> = sheet
        .questions
        .iter()
        .enumerate()
        .map(|(index, question)| EditRow {
            index,
            legend: format!("Question {} · {}", index + 1, question.key),
            key: question.key.clone(),
        })
        .collect();
    for index in rows.len()..(rows.len() + NEW).min(QUESTIONS_MAX) {
        rows.push(EditRow {
            index,
            legend: "Nouvelle question (laissée vide, elle n’est pas ajoutée)".to_owned(),
            key: String::new(),
        });
    }
    let named = |codes: &mut dyn Iterator<Item = &'static str>| -> Vec<Choice> {
        codes
            .map(|code| Choice::new(code, text::destination(code)))
            .collect()
    };
    let mut ends = vec![Choice::new("", "Aucune")];
    ends.extend(named(&mut destination::codes()));
    let none = |label: &str| vec![Choice::new("", label)];
    let mut delays = none("Sans délai");
    delays.extend(DELAYS.map(|hours| Choice::new(hours.to_string(), format!("{hours}\u{a0}h"))));
    let mut modes = none("Non précisé");
    modes.extend(
        Mode::ALL
            .iter()
            .map(|mode| Choice::new(mode.code(), upper(labels::mode(*mode)))),
    );
    let mut keys = none("Toujours posée");
    keys.extend(
        sheet
            .questions
            .iter()
            .map(|q| Choice::new(q.key.clone(), q.key.clone())),
    );
    html(&ProtocolEditPage {
        desk,
        name: format!("{code}, version {number}"),
        action: format!("{}/modifier", address(code)),
        back: format!("{}?version={number}", address(code)),
        seen: (number.to_string(), opened.version.revision.to_string()),
        form,
        rows,
        natures: natures(code == TRUNK),
        keys,
        answers: Said::ALL
            .iter()
            .map(|answer| Choice::new(form::answer_word(*answer), form::answer_word(*answer)))
            .collect(),
        destinations: named(&mut destination::codes()),
        ends,
        delays,
        modes,
        motives: Motives::shipped()
            .all()
            .iter()
            .map(|motive| Choice::new(motive.code.as_str(), motive.label.clone()))
            .collect(),
        cooperations: PROTOCOLS
            .iter()
            .filter(|one| !one.sheets.contains(&code.as_str()))
            .map(|one| {
                let whose = one.professions.iter().map(|p| labels::professions(*p));
                let whose = whose.collect::<Vec<_>>().join(", ");
                Choice::new(one.code, format!("{}\u{a0}: {whose}", one.label))
            })
            .collect(),
        given: given(code),
        trunk: code == TRUNK,
    })
}

/// The protocols the list gives a sheet by its code, in words; nothing when it gives none.
fn given(code: &str) -> String {
    let own = PROTOCOLS.iter().filter(|one| one.sheets.contains(&code));
    own.map(|one| one.label).collect::<Vec<_>>().join(" · ")
}

fn said(sheet: &Sheet, fault: &relais_app::protocols::Fault) -> String {
    crate::show::protocols::fault_line(sheet, fault)
}

/// Kinds of question with where a *yes* leads.
fn natures(trunk: bool) -> Vec<Choice> {
    let mut kinds = vec![
        Kind::RedFlag(Alarm::Fifteen),
        Kind::RedFlag(Alarm::Regulator),
    ];
    if !trunk {
        let targets = destination::codes().filter_map(destination::target);
        let other = targets.filter(|target| *target != Target::Fifteen);
        kinds.extend(other.map(Kind::Exclusion));
        kinds.push(Kind::Inclusion);
    }
    kinds.push(Kind::Note);
    kinds
        .into_iter()
        .map(|kind| {
            let ask = relais_core::triage::Ask::always(kind.clone());
            let yes = ask
                .on_yes()
                .map(|to| text::destination(destination::code(&to)));
            let label = match yes {
                Some(yes) => format!("{}, oui\u{a0}: {}", text::kind(&kind), yes.to_lowercase()),
                None => text::kind(&kind).to_owned(),
            };
            Choice::new(nature(&kind), label)
        })
        .collect()
}
