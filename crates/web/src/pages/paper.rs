//! The open requests as one prints them, for the hours when the machine is down. Owns the words of
//! the sheet; whose numbers may stand on it is the application's.

use axum::extract::State;
use relais_app::phone::national;
use relais_app::requests::paper::{PAPER_MAX, Paper};
use relais_app::text::labels;
use relais_core::access::Role;
use relais_core::contact::Kind;
use relais_core::request::{Appointment, Phase, Request};
use relais_core::time::Instant;

use super::eye;
use crate::fail::{Answer, Fail, html};
use crate::gate::Signed;
use crate::show::{self, Eye, upper};
use crate::views::{PaperCall, PaperPage, PaperRow};
use crate::web::Web;

/// Its address.
pub(crate) const PAGE: &str = "/demandes/imprimer";

/// `GET /demandes/imprimer`: no number of a patient.
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    page(&web, &signed, false).await
}

/// `POST /demandes/imprimer`: the same with the patients' numbers, each look journaled before it is
/// shown (R6).
pub(crate) async fn with_numbers(State(web): State<Web>, signed: Signed) -> Answer {
    signed.strong()?;
    page(&web, &signed, true).await
}

async fn page(web: &Web, signed: &Signed, numbers: bool) -> Answer {
    let eye = eye(web, signed).await?;
    let sheet = web.app.paper(&signed.who(), numbers).await?;
    let desk = matches!(signed.actor().role, Role::Operator | Role::Regulator);
    let entry = eye
        .directory
        .network(signed.actor().network)
        .map_err(Fail)?;
    html(&PaperPage {
        desk: show::desk(web, &eye, signed, "Demandes en cours, à imprimer", PAGE),
        network: entry.network.name.clone(),
        tel: national(&entry.network.phone),
        at: eye.when().date(sheet.at) + ", " + &eye.when().hour(sheet.at),
        numbers: sheet.numbers,
        may_ask: desk && !sheet.numbers,
        more: sheet.more.then(|| {
            format!("Seules les {PAPER_MAX} premières lignes sont sur cette feuille\u{a0}: les autres restent à l’écran.")
        }),
        rows: rows(&eye, &sheet),
        calls: calls(&eye, &sheet),
    })
}

fn rows(eye: &Eye, sheet: &Paper) -> Vec<PaperRow> {
    let when = eye.when();
    let row = |row: &relais_app::requests::paper::PaperRow| {
        let request = &row.stored.request;
        let motive = show::motives(&request.need);
        let care = show::care(&request.need);
        let phones = row.phone.iter().chain(&row.carer_phone);
        PaperRow {
            code: row.stored.code.clone(),
            since: when.day_hour(request.raised_at),
            need: if motive.is_empty() {
                care
            } else {
                format!("{care}, {motive}")
            },
            whom: format!(
                "{} · {}",
                show::sex_age(&request.patient),
                show::commune(request.patient.commune)
            ),
            phones: phones.map(|number| national(number.expose())).collect(),
            state: show::state(request).word,
            who: who(eye, request),
            until: until(eye, request),
        }
    };
    sheet.rows.iter().map(row).collect()
}

/// Who has it or is asked, with the number one may call; never an alert number.
fn who(eye: &Eye, request: &Request) -> Vec<String> {
    let named = |id| {
        let tel = eye
            .directory
            .person(id)
            .and_then(|person| person.contact_number.as_deref().map(national))
            .map(|tel| tel.replace(' ', "\u{a0}"));
        let name = eye.name(id);
        tel.map_or_else(|| name.clone(), |tel| format!("{name}, {tel}"))
    };
    if let Phase::Engaged(engagement) = &request.phase {
        let agreed = labels::appointment(engagement.appointment, &eye.when());
        return vec![named(engagement.professional), upper(&agreed)];
    }
    let asked: Vec<_> = request.live_offers().map(|o| o.professional).collect();
    match asked.as_slice() {
        [] => Vec::new(),
        few if few.len() <= 3 => few.iter().map(|id| named(*id)).collect(),
        many => vec![show::people(many.len(), request.need.profession)],
    }
}

/// The next deadline, and the last moment for care while nobody has the patient.
fn until(eye: &Eye, request: &Request) -> Vec<String> {
    let when = eye.when();
    let sentence = |word: &str, at: Instant| format!("{word} {}", when.moment(at));
    let next = request.status_until();
    match &request.phase {
        Phase::Engaged(engagement) => next
            .map(|at| match engagement.appointment {
                Appointment::ToBeSet => sentence("Heure à fixer avant", at),
                Appointment::At(_) | Appointment::Between(_, _) | Appointment::Call(_) => {
                    sentence("À clore avant", at)
                }
            })
            .into_iter()
            .collect(),
        Phase::Asking(_) => {
            let mut lines: Vec<_> = next
                .map(|at| sentence("Réponses", at))
                .into_iter()
                .collect();
            lines.push(sentence("À voir avant", request.care_deadline));
            lines
        }
        Phase::ToQualify { .. } | Phase::Unfilled(_) | Phase::Paused(_) => {
            let mut lines: Vec<_> = next.map(|at| sentence("Rappel", at)).into_iter().collect();
            lines.push(sentence("À voir avant", request.care_deadline));
            lines
        }
        Phase::Ended(_) => Vec::new(),
    }
}

fn calls(eye: &Eye, sheet: &Paper) -> Vec<PaperCall> {
    let when = eye.when();
    let call = |call: &relais_app::requests::paper::PaperCall| {
        let contact = &call.contact;
        let kind = match contact.kind {
            Kind::Web => "Formulaire public",
            Kind::Ring => "Appel sans réponse",
            Kind::Call | Kind::Counter | Kind::Api => "Appel commencé",
        };
        let motives: Vec<_> = call.facts.motives.iter().map(|code| motive(code)).collect();
        PaperCall {
            since: when.day_hour(contact.received_at),
            what: if motives.is_empty() {
                kind.to_owned()
            } else {
                format!("{kind}, {}", motives.join(", "))
            },
            phone: call.phone.as_ref().map(|number| national(number.expose())),
            until: contact.promised_at.map_or_else(String::new, |at| {
                format!("Rappel promis {}", when.before(at))
            }),
        }
    };
    sheet.calls.iter().map(call).collect()
}

fn motive(code: &str) -> String {
    let label = relais_core::slug::Slug::new(code).map(|slug| show::motive(&slug));
    label.unwrap_or_else(|_| code.to_owned())
}
