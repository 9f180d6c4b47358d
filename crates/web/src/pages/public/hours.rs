//! When the service answers, and whom to call meanwhile (R1): a page by commune, and the text of the
//! answering machine. Only the code of a commune stands in an address.

use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use http::{HeaderValue, StatusCode, header};
use relais_app::error::AppError;
use relais_app::public::closed;
use relais_app::public::place::Place;
use relais_app::public::{Answers, Step};
use relais_core::geo::Insee;
use relais_core::numbers::Use;

use super::question::label;
use super::{Desk, wrong};
use crate::caller::Caller;
use crate::fail::{Answer, Fail, html_as, see_other};
use crate::forms::Fields;
use crate::parts::{Choice, Form};
use crate::views::{ClosedPage, NumberGroup, ToDial};
use crate::web::Web;

/// `GET /horaires/{network}`
pub(crate) async fn show(desk: Desk) -> Answer {
    closed(&desk, Form::default(), None, false)
}

/// `GET /horaires/{network}/{insee}`
pub(crate) async fn of_commune(desk: Desk, Path((_, code)): Path<(String, String)>) -> Answer {
    let insee = Insee::new(&code).ok_or(Fail(AppError::NotFound))?;
    let name = closed::commune(insee).ok_or(Fail(AppError::NotFound))?;
    closed(
        &desk,
        Form::default().with("commune", name),
        Some(insee),
        false,
    )
}

/// `POST /horaires/{network}`: the commune leads to its page.
pub(crate) async fn ask(
    State(web): State<Web>,
    desk: Desk,
    Caller(caller): Caller,
    fields: Fields,
) -> Answer {
    if web.limits.answer(&caller).is_err() {
        return desk.too_many("Beaucoup de demandes viennent de votre connexion.");
    }
    let typed = Answers::default().with(Step::Commune, |field| fields.get(field).to_owned());
    let again = |field: &str, message: &str, choices: Vec<Insee>| {
        let page = page(
            &desk,
            fields.again(wrong(field, message)),
            None,
            false,
            choices,
        );
        html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    match typed.place(&desk.entry) {
        Place::Here(insee, _) | Place::Elsewhere(insee) => {
            see_other(&format!("/horaires/{}/{insee}", desk.word))
        }
        Place::Several(list) => again(
            "insee",
            "Plusieurs communes correspondent. Choisissez la vôtre",
            list,
        ),
        Place::Unknown => again(
            "commune",
            "Nous ne connaissons pas cette commune. Écrivez son nom en entier, ou son code postal",
            Vec::new(),
        ),
    }
}

/// `GET /horaires/{network}/voix`: what an answering machine says.
pub(crate) async fn voice(desk: Desk) -> Answer {
    let mut response = closed::voice(&desk.entry, desk.now).into_response();
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// The page, for a commune or none; `lost` = somebody was filling in the form.
pub(super) fn closed(desk: &Desk, form: Form, commune: Option<Insee>, lost: bool) -> Answer {
    crate::fail::html(&page(desk, form, commune, lost, Vec::new()))
}

fn page(
    desk: &Desk,
    form: Form,
    commune: Option<Insee>,
    lost: bool,
    choices: Vec<Insee>,
) -> ClosedPage {
    let told = closed::closed(&desk.entry, commune, desk.now);
    let name = match (told.open, form.errors().is_empty()) {
        (_, false) => "Erreur\u{a0}: votre commune",
        (true, true) => "Nos horaires",
        (false, true) => "Le service est fermé",
    };
    let lost = if lost {
        "Votre demande n’a pas été enregistrée\u{a0}: le service vient de fermer."
    } else {
        ""
    };
    let heading = |usage: Use| match usage {
        Use::Doctor => "Un médecin de garde",
        Use::Pharmacy => "Une pharmacie de garde",
        Use::Dentist => "Un dentiste de garde",
        Use::Other => "Autres numéros",
    };
    let groups = told.groups.iter().map(|group| NumberGroup {
        heading: heading(group.usage).to_owned(),
        numbers: group
            .numbers
            .iter()
            .map(|dial| ToDial {
                name: dial.name.clone(),
                phone: dial.phone.clone(),
                shown: dial.shown.clone(),
                say: dial.say.clone(),
            })
            .collect(),
    });
    ClosedPage {
        public: desk.frame(name),
        heading: told.title.clone(),
        lost: lost.to_owned(),
        week: told.week.clone(),
        unusual: told.unusual.clone(),
        call: told.open.then(|| desk.number()),
        fifteen: desk.fifteen(),
        action: format!("/horaires/{}", desk.word),
        choices: choices
            .into_iter()
            .map(|insee| Choice::new(insee.to_string(), label(insee)))
            .collect(),
        groups: groups.collect(),
        form,
    }
}
