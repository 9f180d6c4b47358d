//! *Membres*, *Sollicitations*: who is asked, who answers, who takes patients on, over some days.

use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use http::{HeaderValue, header};
use relais_app::error::AppError;
use relais_app::fairness::{Asked as Counted, PER_PAGE, Sort, Span, Spread};
use relais_app::text::when::written;
use serde::Deserialize;

use super::trade;
use crate::fail::{Answer, Fail, html};
use crate::forms::same_names;
use crate::gate::{Signed, encode};
use crate::pages::{direct, eye};
use crate::parts::{Choice, Form};
use crate::show;
use crate::views::{AskedRow, SolicitationsPage};
use crate::web::Web;

/// Where the page is.
const PAGE: &str = "/membres/sollicitations";

/// What the address may say.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    du: String,
    #[serde(default)]
    au: String,
    #[serde(default)]
    tri: String,
    #[serde(default)]
    page: String,
}

const SORTS: [(&str, &str, Sort); 5] = [
    ("", "Les plus sollicités d’abord", Sort::Asked),
    ("moins", "Les moins sollicités d’abord", Sort::LeastAsked),
    ("reponses", "Le plus de réponses d’abord", Sort::Answered),
    ("prises", "Le plus de prises en charge d’abord", Sort::Taken),
    ("nom", "Par nom", Sort::Name),
];

impl Wanted {
    fn sort(&self) -> Sort {
        let found = SORTS.iter().find(|(code, ..)| *code == self.tri);
        found.map_or_else(Sort::default, |(_, _, sort)| *sort)
    }

    fn span(&self) -> Span {
        let short = |text: &str| text.chars().take(20).collect();
        Span {
            from: short(&self.du),
            until: short(&self.au),
        }
    }

    /// The form, with these days.
    fn form(&self, from: &str, until: &str) -> Form {
        Form::default()
            .with("du", from)
            .with("au", until)
            .with("tri", &self.tri)
    }
}

/// `GET /membres/sollicitations`
pub(crate) async fn asked(
    State(web): State<Web>,
    signed: Signed,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let page = |title: &str, form: Form| SolicitationsPage {
        desk: show::desk(&web, &eye, &signed, title, super::PAGE),
        form,
        sorts: SORTS
            .iter()
            .map(|(code, word, _)| Choice::new(*code, *word))
            .collect(),
        sentence: String::new(),
        rows: Vec::new(),
        file: String::new(),
        turns: Vec::new(),
    };
    let read = web
        .app
        .solicitations(&signed.who(), wanted.span(), wanted.sort())
        .await;
    match read {
        Ok(spread) => {
            let form = wanted.form(&spread.from.to_string(), &spread.until.to_string());
            let mut page = page("Sollicitations par membre", form);
            fill(&mut page, &spread, &wanted);
            html(&page)
        }
        Err(AppError::Invalid(errors)) => {
            let span = wanted.span();
            let typed = wanted.form(&span.from, &span.until);
            let form = same_names(&errors)
                .into_iter()
                .fold(typed, |form, wrong| form.wrong(&wrong.name, &wrong.message));
            direct::unprocessable(&page("Erreur\u{a0}: sollicitations par membre", form))
        }
        Err(error) => Err(Fail(error)),
    }
}

fn fill(page: &mut SolicitationsPage, spread: &Spread, wanted: &Wanted) {
    let all = spread.rows.len();
    let number = wanted
        .page
        .parse()
        .unwrap_or(1)
        .clamp(1, all.div_ceil(PER_PAGE).max(1));
    let address = |name: &str| {
        let tri = encode(&wanted.tri);
        format!("{name}?du={}&au={}&tri={tri}", spread.from, spread.until)
    };
    let turn = |number: usize, word: &str| {
        let href = format!("{}&page={number}", address(PAGE));
        (href, word.to_owned())
    };
    if number > 1 {
        page.turns.push(turn(number - 1, "Page précédente"));
    }
    if number * PER_PAGE < all {
        page.turns.push(turn(number + 1, "Page suivante"));
    }
    page.file = address("/membres/sollicitations.csv");
    page.sentence = sentence(spread);
    let shown = spread
        .rows
        .iter()
        .skip((number - 1) * PER_PAGE)
        .take(PER_PAGE);
    page.rows = shown.map(line).collect();
}

fn sentence(spread: &Spread) -> String {
    let s = |n: u32| if n > 1 { "s" } else { "" };
    let members = u32::try_from(spread.rows.len()).unwrap_or(u32::MAX);
    let reached = u32::try_from(spread.reached).unwrap_or(u32::MAX);
    format!(
        "Du {} au {}\u{a0}: {}\u{a0}sollicitation{}, de {reached} des {members}\u{a0}membre{}.",
        written(spread.from),
        written(spread.until),
        spread.asked,
        s(spread.asked),
        s(members),
    )
}

fn line(one: &Counted) -> AskedRow {
    let tally = &one.tally;
    let part = |n: u32| match tally.asked {
        0 => String::new(),
        asked => format!("{n} sur {asked}"),
    };
    AskedRow {
        href: format!("{}/{}", super::PAGE, one.row.member.id),
        name: format!("{} {}", one.row.last_name, one.row.first_names),
        trade: trade(&one.row),
        asked: tally.asked.to_string(),
        answered: part(tally.answered),
        taken: part(tally.taken),
        given_back: part(tally.given_back),
    }
}

/// `GET /membres/sollicitations.csv`
pub(crate) async fn asked_file(
    State(web): State<Web>,
    signed: Signed,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let file = web
        .app
        .solicitations_csv(&signed.who(), wanted.span(), wanted.sort())
        .await?;
    let mut response = file.into_response();
    let head = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    head.insert(header::CONTENT_TYPE, kind);
    head.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"sollicitations.csv\""),
    );
    Ok(response)
}
