//! A file of sheets brought by the coordinator, pasted or chosen: refused whole with every line and
//! reason, or turned into drafts. And the network's sheets as such a file, to start from.

use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::response::IntoResponse;
use http::header;
use relais_app::protocols::FileFault;
use relais_app::protocols::file::FILE_MAX;
use relais_app::protocols::versions::{ImportError, Imported};
use relais_app::text::protocol_file as text;
use serde::Deserialize;

use super::titled;
use crate::body::{BODY_MAX, collect};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::pages::{direct, eye};
use crate::parts::{Form, Toast};
use crate::show::protocols::PAGE;
use crate::upload::{all, unreadable};
use crate::views::{FileFaultRow, ProtocolBringPage};
use crate::web::Web;

/// The field of the pasted text.
const TEXT: &str = "texte";
/// The field of the file.
const FILE: &str = "fichier";
/// Most faults shown; all are counted.
const SHOWN: usize = 100;
/// Most parts of the form.
const PARTS_MAX: usize = 10;

/// What an import did, in the address of the list.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Brought {
    #[serde(default)]
    dit: String,
    #[serde(default)]
    nouvelles: usize,
    #[serde(default)]
    modifiees: usize,
    #[serde(default)]
    memes: usize,
}

impl Brought {
    /// What is said of it.
    pub(super) fn toast(&self) -> Option<Toast> {
        if self.dit != "importees" {
            return None;
        }
        let many = |n: usize, one: &str| match n {
            0 => format!("aucune {one}"),
            1 => format!("1 {one}"),
            n => format!("{n} {one}s"),
        };
        let (new, changed) = (
            many(self.nouvelles, "nouvelle"),
            many(self.modifiees, "modifiée"),
        );
        let same = many(self.memes, "inchangée");
        let drafts = if self.nouvelles + self.modifiees > 0 {
            " Ce sont des brouillons\u{a0}: les versions en vigueur restent."
        } else {
            ""
        };
        Some(Toast {
            text: format!("Fichier importé\u{a0}: {new}, {changed}, {same}.{drafts}"),
            link: None,
            undo: None,
        })
    }
}

/// The body limit of the import: the file, and what a form adds around it.
pub(crate) fn room() -> DefaultBodyLimit {
    DefaultBodyLimit::max(2 * FILE_MAX + (1 << 20))
}

/// What the form brought: a text, from the field or the file.
pub(crate) struct TextFile {
    /// The text; the file's when one was chosen. `None` when the file is beyond the limit.
    text: Option<String>,
}

impl FromRequest<Web> for TextFile {
    type Rejection = Fail;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Fail> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let bytes = collect(request.into_body(), BODY_MAX).await?;
            let text = Fields::parse(&bytes).get(TEXT).to_owned();
            return Ok(Self { text: Some(text) });
        }
        let lost = || unreadable("L’envoi n’est pas arrivé entier. Recommencez.");
        let mut parts = Multipart::from_request(request, web)
            .await
            .map_err(|_| lost())?;
        let (mut pasted, mut file) = (Some(String::new()), None);
        for _ in 0..PARTS_MAX {
            let Some(mut part) = parts.next_field().await.map_err(|_| lost())? else {
                break;
            };
            let name = part.name().unwrap_or_default().to_owned();
            let read = all(&mut part, FILE_MAX).await.map_err(|_| lost())?;
            let read = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            match name.as_str() {
                TEXT => pasted = read,
                // A file left unchosen is sent empty.
                FILE if read.as_deref() != Some("") => file = Some(read),
                _ => {}
            }
        }
        Ok(Self {
            text: file.unwrap_or(pasted),
        })
    }
}

/// `GET /protocoles/importer`
pub(crate) async fn bring_page(State(web): State<Web>, signed: Signed) -> Answer {
    html(&page(&web, &signed, Form::default(), &[]).await?)
}

/// `POST /protocoles/importer`
pub(crate) async fn bring(State(web): State<Web>, signed: Signed, brought: TextFile) -> Answer {
    let Some(typed) = brought.text else {
        let detail = text::reason(&relais_app::protocols::Reason::TooLarge);
        let form = Form::default().wrong(FILE, detail.trim_end_matches('.'));
        return direct::unprocessable(&page(&web, &signed, form, &[]).await?);
    };
    // Some editors begin a file with a mark of its encoding, which is no part of the text.
    let typed = typed.trim_start_matches('\u{feff}');
    if typed.trim().is_empty() {
        let form = Form::default().wrong(TEXT, "Collez le texte du fichier, ou choisissez-le");
        return direct::unprocessable(&page(&web, &signed, form, &[]).await?);
    }
    match web.app.bring_protocols(&signed.who(), typed).await {
        Ok(done) => see_other(&address(&done)),
        Err(ImportError::File(faults)) => {
            // What came in the file stands in the field: it can be put right there.
            let count = faults.len();
            let said = if count == 1 {
                "Un défaut\u{a0}: rien n’est importé".to_owned()
            } else {
                format!("{count} défauts\u{a0}: rien n’est importé")
            };
            let form = Form::default().with(TEXT, typed).wrong(TEXT, &said);
            direct::unprocessable(&page(&web, &signed, form, &faults).await?)
        }
        Err(ImportError::App(error)) => Err(Fail(error)),
    }
}

fn address(done: &Imported) -> String {
    format!(
        "{PAGE}?dit=importees&nouvelles={}&modifiees={}&memes={}",
        done.new, done.changed, done.same
    )
}

async fn page(
    web: &Web,
    signed: &Signed,
    form: Form,
    faults: &[FileFault],
) -> Result<ProtocolBringPage, Fail> {
    let eye = eye(web, signed).await?;
    let title = titled(&form, "Importer des fiches".to_owned());
    Ok(ProtocolBringPage {
        desk: crate::show::desk(web, &eye, signed, &title, PAGE),
        form,
        faults: faults
            .iter()
            .take(SHOWN)
            .map(|fault| FileFaultRow {
                place: text::place(fault),
                reason: crate::show::typeset(&text::reason(&fault.reason)),
            })
            .collect(),
        more: faults.len().saturating_sub(SHOWN),
    })
}

/// `GET /protocoles/fichier.json`: the sheets in force, as a file that can be imported again.
pub(crate) async fn file(State(web): State<Web>, signed: Signed) -> Answer {
    let book = web.app.protocols(signed.actor().network).await?;
    let body = book.to_file();
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"fiches.json\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}
