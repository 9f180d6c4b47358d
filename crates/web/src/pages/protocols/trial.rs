//! A sheet walked for nobody: the answers are in the address, nothing is stored.

use axum::extract::{Path, RawQuery, State};
use relais_app::protocols::{Book, Chosen, InForce, Sheet, Standing, TRUNK};
use relais_app::text::triage as text;
use relais_core::triage::{Answer as Said, Answers, Step};

use super::paper::as_if;
use crate::fail::{Answer, html};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::pages::eye;
use crate::show::protocols::{PAGE, address, outcome};
use crate::show::typeset;
use crate::views::{ProtocolTrialPage, TrialAnswer};
use crate::web::Web;

/// `GET /protocoles/{code}/essai`
pub(crate) async fn walk(
    State(web): State<Web>,
    signed: Signed,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let eye = eye(&web, &signed).await?;
    let version = fields.get("version").parse().ok();
    let opened = web.app.open_protocol(&signed.who(), &code, version).await?;
    let own = as_if(&opened);
    // The sheet alone after a trunk without questions; the trunk alone, as for an unlisted motive.
    let silent = InForce::new(Sheet::empty(TRUNK, ""), 0, Standing::Demonstration);
    let book = Book::new([silent, own]);
    let chosen = book.sheet(&code).map_or(Chosen::Unlisted, Chosen::Sheet);
    let mut answers = Answers::default();
    let mut answered = Vec::new();
    for one in fields.all("r") {
        let Some((key, said)) = one.split_once(':') else {
            continue;
        };
        let (sign, said) = (book.sign(Some(chosen), key), Said::from_code(said));
        let (Some(sign), Some(said)) = (sign, said) else {
            continue;
        };
        answers.give(sign, said);
        let question = book.question(Some(chosen), sign);
        answered.push(TrialAnswer {
            key: key.to_owned(),
            short: question.map_or_else(String::new, |question| typeset(question.short())),
            answer: text::answer(said),
            code: said.code(),
        });
    }
    let step = book.step(Some(chosen), &answers);
    let question = match &step {
        Step::Ask(sign) => book.question(Some(chosen), *sign),
        Step::ChooseMotive | Step::Fifteen(_) | Step::Done(_) => None,
    };
    let number = opened.version.version;
    let title = format!("Essai de {code}");
    html(&ProtocolTrialPage {
        desk: crate::show::desk(&web, &eye, &signed, &title, PAGE),
        name: format!("{code}, version {number}"),
        action: format!("{}/essai", address(&code)),
        version: number.to_string(),
        back: format!("{}?version={number}", address(&code)),
        answered,
        question: question.map(|question| {
            (
                question.key.clone(),
                text::kind(&question.kind),
                typeset(&question.text),
                typeset(&text::on_yes(&question.kind)),
            )
        }),
        outcome: outcome(&book, chosen, &step),
    })
}
