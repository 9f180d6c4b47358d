//! *Candidatures*: who waits for the coordinator, one opened with what to look at, and the answer.

use axum::extract::{Path, Query, State};
use relais_app::error::AppError;
use relais_app::phone::national;
use relais_app::signup::{Answered, Applicant, Warning};
use relais_app::text::labels;
use relais_app::text::psc::activity;
use relais_app::text::signup::REASONS;
use relais_app::text::when::written;
use relais_core::ids::ApplicationId;

use super::signup::{rpps_shown, trade};
use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, Form};
use crate::show::{self, Eye};
use crate::views::{ApplicationPage, ApplicationRow, ApplicationsPage};
use crate::web::Web;

/// The address of the list.
pub(crate) const PAGE: &str = "/candidatures";

fn id(text: &str) -> Result<ApplicationId, Fail> {
    text.parse().map_err(|_| Fail(AppError::NotFound))
}

/// `GET /candidatures`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let (waiting, decided) = web.app.applications(&signed.who()).await?;
    let row = |one: &Applicant| row(&eye, one);
    html(&ApplicationsPage {
        desk: show::desk(&web, &eye, &signed, "Candidatures", PAGE).toast(told.toast()),
        waiting: waiting.iter().map(row).collect(),
        decided: decided.iter().map(row).collect(),
        link: format!(
            "{}{}?reseau={}",
            web.app.settings().base_url,
            super::signup::PAGE,
            eye.directory.network(signed.actor().network)?.network.code
        ),
    })
}

fn row(eye: &Eye, one: &Applicant) -> ApplicationRow {
    let when = eye.when();
    let application = &one.application;
    ApplicationRow {
        href: format!("{PAGE}/{}", application.id),
        name: one.name(),
        trade: trade(one),
        sent: application
            .sent_at
            .map_or_else(String::new, |at| when.day_hour(at)),
        answer: answer(eye, one),
    }
}

fn answer(eye: &Eye, one: &Applicant) -> String {
    let word = match one.answered() {
        Answered::Waiting => return String::new(),
        Answered::Approved => "Acceptée",
        Answered::Refused => "Refusée",
    };
    let at = one.application.decided_at.map(|at| eye.when().day_hour(at));
    let by = one
        .application
        .decided_by
        .and_then(|id| eye.directory.user_name(id));
    let by = by.map_or_else(String::new, |name| format!(" par {name}"));
    format!("{word} {}{by}", at.unwrap_or_default())
}

/// `GET /candidatures/{application}`
pub(crate) async fn show(State(web): State<Web>, signed: Signed, Path(at): Path<String>) -> Answer {
    html(&page(&web, &signed, &at, Form::default()).await?)
}

async fn page(web: &Web, signed: &Signed, at: &str, form: Form) -> Result<ApplicationPage, Fail> {
    let eye = eye(web, signed).await?;
    let one = web.app.application(&signed.who(), id(at)?).await?;
    let applicant = &one.applicant;
    let title = if form.errors().is_empty() {
        "Candidature"
    } else {
        "Erreur\u{a0}: candidature"
    };
    let (reason, words) = applicant.refusal();
    Ok(ApplicationPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        here: format!("{PAGE}/{}", applicant.application.id),
        form,
        name: applicant.name(),
        trade: trade(applicant),
        facts: facts(&eye, applicant),
        proved: applicant.proof().is_some(),
        card: applicant.card_at().map_or_else(String::new, |at| {
            format!("Photo reçue {}", eye.when().day_hour(at))
        }),
        warnings: one.warnings.iter().map(warning).collect(),
        shared: one.is_shared(),
        member: one.warnings.contains(&Warning::Member),
        answer: answer(&eye, applicant),
        reason: [reason, words].join(" ").trim().to_owned(),
        reasons: REASONS
            .iter()
            .map(|(code, said)| Choice::new(*code, said.trim_end_matches('.')))
            .collect(),
    })
}

fn facts(eye: &Eye, one: &Applicant) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let (_, mail) = one.proofs();
    let mailed = if mail == Some(true) {
        "prouvé par un code"
    } else {
        "non vérifié\u{a0}: aucun courriel ne part d’ici"
    };
    let listed = if one.is_listed() {
        "au même nom dans l’annuaire national"
    } else {
        "au même nom dans l’annuaire national quand la demande a été faite, plus aujourd’hui"
    };
    let mut facts = vec![
        fact(
            "RPPS",
            format!("{}, {listed}", rpps_shown(&one.application.rpps)),
        ),
        fact(
            "Mobile d’alerte",
            format!("{}, prouvé par un code", national(one.phone())),
        ),
        fact("Courriel", format!("{}, {mailed}", one.mail())),
    ];
    if let Some(proof) = one.proof() {
        let at = eye.when().day_hour(proof.at);
        let known = match &proof.chosen {
            Some(chosen) => format!(", {}", activity(chosen)),
            None if proof.asks_activity() => ", activité à préciser".to_owned(),
            None => String::new(),
        };
        let said = format!("prouvée par Pro Santé Connect {at}{known}");
        facts.insert(1, fact("Identité", said));
    }
    let (standing, until) = one.standing();
    let until = until.map_or_else(String::new, |day| format!(", jusqu’au {}", written(day)));
    let named = if standing == "intern" {
        "\u{a0}; maître de stage à nommer sur sa page de membre, une fois la demande acceptée"
    } else {
        ""
    };
    let title = show::lower(labels::standing_said(standing));
    facts.push(fact("Exercice, dit", format!("{title}{until}{named}")));
    if let Some(place) = one.place() {
        let place = format!("{} {} {}", one.line(), place.postcode, place.commune);
        facts.push(fact("Lieu", place.trim().to_owned()));
    }
    if let Some(number) = one.contact_number() {
        facts.push(fact("Téléphone du cabinet", national(number)));
    }
    let sent = one.application.sent_at.map(|at| eye.when().day_hour(at));
    facts.push(fact("Envoyée", sent.unwrap_or_default()));
    facts
}

fn warning(one: &Warning) -> String {
    match one {
        Warning::Account => "Quelqu’un a déjà un compte avec ce numéro RPPS, dans un autre réseau, avec un autre mobile et un autre courriel. Appelez cette personne avant d’accepter\u{a0}: son compte et ses numéros ne changeront pas.".to_owned(),
        Warning::Member => "Cette personne est déjà membre de votre réseau, avec un autre mobile. Si elle a changé de téléphone, voyez-la en personne\u{a0}; sinon, refusez.".to_owned(),
        Warning::SharedNumber(names) => format!(
            "Ce mobile est aussi le numéro d’alerte de {}. Il a pu être réattribué par l’opérateur\u{a0}: vérifiez.",
            names.join(", ")
        ),
        Warning::Others(1) => "Une autre demande attend avec le même numéro RPPS.".to_owned(),
        Warning::Others(n) => format!("{n} autres demandes attendent avec le même numéro RPPS."),
        Warning::Practice => "Cette personne exerce déjà sous un titre ou des dates qu’un réseau a notés et qui courent encore\u{a0}: ils restent, quoi que dise cette demande. Après avoir accepté, vous pouvez les changer sur sa page.".to_owned(),
        Warning::Unlisted => "L’annuaire national ne liste plus cette personne depuis sa demande\u{a0}: retraite, radiation, ou changement en cours. Appelez-la, et vérifiez auprès de l’Ordre avant d’accepter.".to_owned(),
        Warning::Outside => "Son lieu d’exercice n’est dans aucune commune de votre réseau.".to_owned(),
    }
}

/// `GET /candidatures/{application}/carte`: the photo of their card, until it is decided; journaled.
pub(crate) async fn card(State(web): State<Web>, signed: Signed, Path(at): Path<String>) -> Answer {
    signed.strong()?;
    let opened = web.app.application_card(&signed.who(), id(&at)?).await?;
    super::photos::picture(&opened)
}

/// `POST /candidatures/{application}`
pub(crate) async fn decide(
    State(web): State<Web>,
    signed: Signed,
    Path(at): Path<String>,
    fields: Fields,
) -> Answer {
    let who = signed.who();
    let done = match fields.get("faire") {
        "accepter" => {
            let take = !fields.get("take_number").is_empty();
            web.app
                .approve_application(&who, id(&at)?, take)
                .await
                .map(|()| "candidature-acceptee")
        }
        "refuser" => {
            let text = |name: &str| fields.get(name).to_owned();
            let refused = web
                .app
                .refuse_application(&who, id(&at)?, text("reason"), text("words"));
            refused.await.map(|()| "candidature-refusee")
        }
        _ => Err(AppError::NotFound),
    };
    match done {
        Ok(told) => see_other(&format!("{PAGE}?dit={told}")),
        Err(AppError::Invalid(errors)) => {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, &at, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}
