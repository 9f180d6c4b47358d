//! The questions, one a page, and the pages around them. What was answered comes back on each; an
//! error keeps what was typed; the back button meets a page that can be asked again.

use axum::extract::{Path, Query, State};
use http::{HeaderMap, StatusCode};
use relais_app::error::{AppError, FieldError as AppFieldError};
use relais_app::public::answers::{AVAILABILITY, DOCTOR, FOR_WHOM, Ground, MOTIVES};
use relais_app::public::place::Place;
use relais_app::public::{Answers, Door, Filling, FormKey, Saved, Step};
use relais_app::reference::communes::Communes;
use relais_core::geo::Insee;

use super::cookie::Which;
use super::{Desk, STALE, cookie, info, send, wrong};
use crate::caller::Caller;
use crate::fail::{Answer, Fail, html, html_as, see_other};
use crate::forms::Fields;
use crate::parts::{Choice, Field, FieldError, Form};
use crate::views::QuestionPage;
use crate::web::Web;

/// `GET /n/{network}/{question}`
pub(crate) async fn show(
    State(web): State<Web>,
    mut desk: Desk,
    Path((_, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    headers: HeaderMap,
) -> Answer {
    if let Some(page) = info::page(&desk, &name) {
        return html(&page);
    }
    let step = Step::from_slug(&name);
    if step.is_none() && !send::is_page(&name) {
        return Err(Fail(AppError::NotFound));
    }
    desk.form = cookie::key(&web, &headers, &which);
    let Some((key, filling)) = held(&web, &desk).await? else {
        return html(&info::lost(&desk));
    };
    if name == send::DONE || filling.promised_at.is_some() {
        return send::done(&desk, &filling);
    }
    if !matches!(desk.door(), Door::Open { .. }) {
        return desk.shut();
    }
    match step {
        Some(step) => {
            if let Some(open) = earlier(&desk, &filling.answers, step) {
                return see_other(&desk.page(open.slug()));
            }
            let given = |field: &str| filling.answers.get(field).to_owned();
            let form = filled(step, given, Vec::new());
            html(&page(&web, &desk, &key, step, form, Vec::new())?)
        }
        None => send::review(&web, &desk, &key, &filling.answers, Form::default()),
    }
}

/// `POST /n/{network}/{question}`
pub(crate) async fn answer(
    State(web): State<Web>,
    mut desk: Desk,
    Path((_, name)): Path<(String, String)>,
    Query(which): Query<Which>,
    Caller(caller): Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let step = Step::from_slug(&name);
    if step.is_none() && name != send::REVIEW {
        return Err(Fail(AppError::NotFound));
    }
    desk.form = cookie::key(&web, &headers, &which);
    if web.limits.answer(&caller).is_err() {
        return desk.too_many("Beaucoup de réponses viennent de votre connexion.");
    }
    let Some((key, filling)) = held(&web, &desk).await? else {
        return html(&info::lost(&desk));
    };
    let network = desk.entry.network.id;
    let ours = web
        .app
        .public_ticket_holds(network, key.as_str(), fields.get("ticket"));
    if filling.promised_at.is_some() {
        // A page that says of no form which it is, under the ticket of another: the one that was sent is not its own.
        if !ours && !which.is_said() {
            return html(&info::lost(&desk));
        }
        return see_other(&desk.page(send::DONE));
    }
    let Some(step) = step else {
        let stale = if ours {
            Vec::new()
        } else {
            wrong("form", STALE)
        };
        return send::send(&web, &desk, &key, &filling.answers, &caller, stale).await;
    };
    if !ours {
        // What the page brings may be of another form: what this one holds is shown, to be answered again.
        let given = |field: &str| filling.answers.get(field).to_owned();
        let errors = wrong(step.fields().first().copied().unwrap_or("form"), STALE);
        let form = filled(step, given, errors);
        let page = page(&web, &desk, &key, step, form, Vec::new())?;
        return html_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let given = Answers::default().with(step, |field| fields.get(field).to_owned());
    match web.app.public_answer(network, &key, step, given).await? {
        Saved::Gone => html(&info::lost(&desk)),
        Saved::Kept(filling) => {
            let next = filling.answers.first_open(&ground(&desk));
            see_other(&desk.page(next.map_or(send::REVIEW, Step::slug)))
        }
        Saved::Wrong(errors) => {
            if step == Step::Commune && is_elsewhere(&desk, &fields) {
                return html(&send::outside(&web, &desk, &place(&desk, &fields)).await?);
            }
            again(&web, &desk, &key, step, &fields, in_form(&errors))
        }
    }
}

fn again(
    web: &Web,
    desk: &Desk,
    key: &FormKey,
    step: Step,
    fields: &Fields,
    errors: Vec<FieldError>,
) -> Answer {
    let choices = match place(desk, fields) {
        Place::Several(list) if step == Step::Commune => list,
        _ => Vec::new(),
    };
    let given = |field: &str| fields.get(field).to_owned();
    let page = page(web, desk, key, step, filled(step, given, errors), choices)?;
    html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn in_form(errors: &[AppFieldError]) -> Vec<FieldError> {
    let one = |error: &AppFieldError| FieldError {
        name: error.pointer.clone(),
        message: error.message.clone(),
    };
    errors.iter().map(one).collect()
}

/// The commune as typed in a form that was refused.
fn place(desk: &Desk, fields: &Fields) -> Place {
    let given = Answers::default().with(Step::Commune, |field| fields.get(field).to_owned());
    given.place(&desk.entry)
}

fn is_elsewhere(desk: &Desk, fields: &Fields) -> bool {
    matches!(place(desk, fields), Place::Elsewhere(_))
}

/// The form the page is of, with its key.
async fn held(web: &Web, desk: &Desk) -> Result<Option<(FormKey, Filling)>, Fail> {
    let Some(key) = desk.form.clone() else {
        return Ok(None);
    };
    let found = web.app.public_form(desk.entry.network.id, &key).await?;
    Ok(found.map(|filling| (key, filling)))
}

pub(super) fn ground(desk: &Desk) -> Ground<'_> {
    Ground {
        entry: &desk.entry,
        today: desk.entry.calendar.date(desk.now),
    }
}

/// A question before this one that is not answered yet.
fn earlier(desk: &Desk, answers: &Answers, step: Step) -> Option<Step> {
    answers
        .first_open(&ground(desk))
        .filter(|open| *open < step)
}

fn filled(step: Step, given: impl Fn(&str) -> String, errors: Vec<FieldError>) -> Form {
    let values = step
        .fields()
        .iter()
        .map(|field| ((*field).to_owned(), given(field)))
        .filter(|(_, text)| !text.is_empty())
        .map(|(field, text)| (field, vec![text]));
    Form::filled(values.collect(), errors)
}

fn page(
    web: &Web,
    desk: &Desk,
    key: &FormKey,
    step: Step,
    form: Form,
    communes: Vec<Insee>,
) -> Result<QuestionPage, Fail> {
    let (number, total) = (step.number(), Step::ALL.len());
    let (subject, heading, fields) = asked(step, &form, communes);
    let title = if form.errors().is_empty() {
        format!("Question {number} sur {total}\u{a0}: {subject}")
    } else {
        format!("Erreur\u{a0}: {subject}")
    };
    let before = step
        .before()
        .map_or_else(|| desk.home(), |before| desk.page(before.slug()));
    Ok(QuestionPage {
        public: desk.frame(&title),
        number,
        total,
        heading,
        fields,
        action: desk.page(step.slug()),
        before,
        ticket: web.app.public_ticket(desk.entry.network.id, key.as_str())?,
        form,
    })
}

/// How a commune is told apart from another of that name.
pub(super) fn label(insee: Insee) -> String {
    let Some(commune) = Communes::shipped().get(insee) else {
        return insee.to_string();
    };
    let codes: Vec<String> = commune.postcodes().take(2).collect();
    format!("{} ({})", commune.name, codes.join(", "))
}

/// What a question is about, its words when no field is the question, and its fields.
fn asked(step: Step, form: &Form, communes: Vec<Insee>) -> (&'static str, String, Vec<Field>) {
    let only = |subject, fields| (subject, String::new(), fields);
    match step {
        Step::ForWhom => only(
            "pour qui",
            vec![
                form.radios("for_whom", "Pour qui est le soin\u{a0}?", Choice::list(FOR_WHOM))
                    .stacked()
                    .heading(),
            ],
        ),
        Step::Name => (
            "le nom",
            "Comment s’appelle la personne à soigner\u{a0}?".to_owned(),
            vec![
                form.text("first_names", "Prénom").fill("given-name").max(100),
                form.text("birth_name", "Nom de famille")
                    .hint("Le nom de naissance, si vous le connaissez.")
                    .fill("family-name")
                    .max(100),
            ],
        ),
        Step::Birth => (
            "l’âge",
            "Quand est-elle née\u{a0}?".to_owned(),
            vec![
                form.text("birth_date", "Date de naissance")
                    .hint("Le jour, le mois et l’année, par exemple\u{a0}: 02/04/1951")
                    .max(40),
                form.text("age", "Ou son âge, si vous ne connaissez pas la date")
                    .hint("Par exemple\u{a0}: 72, ou 8 mois")
                    .max(20),
            ],
        ),
        Step::Commune => {
            let mut fields = vec![
                form.text("commune", "Dans quelle commune se trouve-t-elle\u{a0}?")
                    .hint("Le nom de la commune, ou son code postal.")
                    .fill("address-level2")
                    .max(60)
                    .heading(),
            ];
            if !communes.is_empty() {
                let choices: Vec<Choice> = communes
                    .into_iter()
                    .map(|insee| Choice::new(insee.to_string(), label(insee)))
                    .collect();
                fields.push(form.radios("insee", "Laquelle\u{a0}?", choices).stacked());
            }
            only("la commune", fields)
        }
        Step::Phone => only(
            "votre téléphone",
            vec![
                form.tel("phone", "À quel numéro vous rappeler\u{a0}?")
                    .hint("Un fixe ou un mobile, à vous ou à un proche. C’est par ce numéro que nous vous dirons où aller.")
                    .fill("tel")
                    .keys("tel")
                    .heading(),
            ],
        ),
        Step::Motive => only(
            "ce qui ne va pas",
            vec![
                form.radios("motive", "Qu’est-ce qui ne va pas\u{a0}?", Choice::list(MOTIVES))
                    .paired()
                    .heading(),
                form.area("words", "Dites-le avec vos mots")
                    .hint("Depuis quand, où, ce que vous avez déjà pris. Facultatif, sauf pour «\u{a0}Autre chose\u{a0}».")
                    .max(500),
            ],
        ),
        Step::Doctor => only(
            "le médecin traitant",
            vec![
                form.radios("usual", "A-t-elle un médecin traitant\u{a0}?", Choice::list(DOCTOR))
                    .stacked()
                    .heading(),
                form.text("usual_name", "Son nom et sa commune, si vous les connaissez").max(100),
            ],
        ),
        Step::Availability => only(
            "vos disponibilités",
            vec![
                form.radios("availability", "Quand peut-on vous joindre\u{a0}?", Choice::list(AVAILABILITY))
                    .stacked()
                    .heading(),
                form.text("hours", "Si c’est à certaines heures, lesquelles\u{a0}?").max(100),
                form.area("more", "Autre chose à nous dire\u{a0}?")
                    .hint("Par exemple\u{a0}: ne peut pas se déplacer, code de la porte. Facultatif.")
                    .max(500),
            ],
        ),
    }
}
