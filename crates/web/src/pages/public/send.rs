//! The last pages: read again, sent, another territory. What was sent is promised a call back; what
//! was not says so and gives a number.

use http::StatusCode;
use relais_app::public::answers::{AVAILABILITY, DOCTOR, FOR_WHOM, MOTIVES};
use relais_app::public::closed::{closed, commune, shown};
use relais_app::public::place::Place;
use relais_app::public::{Answers, Door, Filling, FormKey, Sent, Step};
use relais_core::geo::Insee;
use relais_core::time::Instant;

use super::question::{ground, label};
use super::{Desk, info};
use crate::caller::Address;
use crate::fail::{Answer, Fail, html, html_as, see_other};
use crate::parts::{FieldError, Form};
use crate::show::typeset;
use crate::views::{Answered, ReviewPage, SayPage};
use crate::web::Web;

/// The page where answers are read again.
pub(super) const REVIEW: &str = "relecture";
/// The page of a form that was sent.
pub(super) const DONE: &str = "recue";

/// Whether a page is one of these.
pub(super) fn is_page(name: &str) -> bool {
    matches!(name, REVIEW | DONE)
}

/// Everything that was answered, before it is sent.
pub(super) fn review(
    web: &Web,
    desk: &Desk,
    key: &FormKey,
    answers: &Answers,
    form: Form,
) -> Answer {
    if let Some(step) = answers.first_open(&ground(desk)) {
        return see_other(&desk.page(step.slug()));
    }
    let Door::Open { promised_at } = desk.door() else {
        return desk.shut();
    };
    let wrong = !form.errors().is_empty();
    let title = if wrong {
        "Erreur\u{a0}: relisez avant d’envoyer"
    } else {
        "Relisez avant d’envoyer"
    };
    let page = ReviewPage {
        public: desk.frame(title),
        form,
        answers: Step::ALL
            .iter()
            .map(|step| Answered {
                question: question(*step).to_owned(),
                said: said(desk, answers, *step),
                href: desk.page(step.slug()),
            })
            .collect(),
        before: desk.when().before(promised_at),
        number: desk.number().1,
        fifteen: desk.fifteen(),
        action: desk.page(REVIEW),
        ticket: web.app.public_ticket(desk.entry.network.id, key.as_str())?,
    };
    let status = if wrong {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    html_as(status, &page)
}

const fn question(step: Step) -> &'static str {
    match step {
        Step::ForWhom => "Pour qui",
        Step::Name => "Nom",
        Step::Birth => "Naissance ou âge",
        Step::Commune => "Commune",
        Step::Phone => "Téléphone",
        Step::Motive => "Ce qui ne va pas",
        Step::Doctor => "Médecin traitant",
        Step::Availability => "Vous joindre",
    }
}

fn said(desk: &Desk, answers: &Answers, step: Step) -> String {
    let word = |field: &str, known: &[(&str, &str)]| {
        let found = known.iter().find(|(code, _)| *code == answers.get(field));
        found.map_or("", |(_, word)| *word).to_owned()
    };
    let join = |parts: &[String]| {
        let parts: Vec<&str> = parts
            .iter()
            .map(String::as_str)
            .filter(|p| !p.is_empty())
            .collect();
        parts.join(", ")
    };
    let own = |field: &str| answers.get(field).to_owned();
    match step {
        Step::ForWhom => word("for_whom", FOR_WHOM),
        Step::Name => format!(
            "{} {}",
            answers.get("first_names"),
            answers.get("birth_name")
        ),
        Step::Birth if answers.get("birth_date").is_empty() => answers.age().unwrap_or_default(),
        Step::Birth => own("birth_date"),
        Step::Commune => match answers.place(&desk.entry) {
            Place::Here(insee, postcode) => {
                format!("{} ({postcode})", commune(insee).unwrap_or_default())
            }
            Place::Elsewhere(_) | Place::Several(_) | Place::Unknown => own("commune"),
        },
        Step::Phone => {
            let phone = answers.phone();
            phone.map_or_else(
                || own("phone"),
                |phone| shown(&relais_app::phone::national(phone.e164())),
            )
        }
        Step::Motive => join(&[word("motive", MOTIVES), own("words")]),
        Step::Doctor => join(&[word("usual", DOCTOR), own("usual_name")]),
        Step::Availability => {
            let when = if answers.get("availability") == "hours" {
                own("hours")
            } else {
                word("availability", AVAILABILITY)
            };
            join(&[when, own("more")])
        }
    }
}

/// Sends the form.
pub(super) async fn send(
    web: &Web,
    desk: &Desk,
    key: &FormKey,
    answers: &Answers,
    caller: &Address,
    stale: Vec<FieldError>,
) -> Answer {
    if !stale.is_empty() {
        return review(
            web,
            desk,
            key,
            answers,
            Form::default().wrong("form", &stale[0].message),
        );
    }
    if web.limits.form(caller).is_err() {
        return desk.too_many(
            "Beaucoup de demandes viennent de votre connexion. Appelez-nous, ou réessayez dans quelques minutes.",
        );
    }
    match web.app.public_send(desk.entry.network.id, key).await? {
        Sent::Done(_) => see_other(&desk.page(DONE)),
        Sent::Open(step) => see_other(&desk.page(step.slug())),
        Sent::Gone => html(&info::lost(desk)),
        Sent::Shut if matches!(desk.door(), Door::Closed { .. }) => {
            super::hours::closed(desk, Form::default(), None, true)
        }
        Sent::Shut => html(&desk.phone_us()),
        Sent::Full => desk.too_many(
            "Beaucoup de personnes attendent déjà qu’on les rappelle. Par téléphone, vous aurez une réponse plus vite.",
        ),
        Sent::Shared => desk.too_many(
            "Beaucoup de personnes qui passent par le même accès internet que vous attendent déjà qu’on les rappelle. Appelez-nous, ce sera plus rapide.",
        ),
        Sent::Repeated => desk.too_many(
            "Plusieurs demandes attendent déjà un rappel à ce numéro. Pour une autre personne, appelez-nous.",
        ),
    }
}

/// What was promised.
pub(super) fn done(desk: &Desk, filling: &Filling) -> Answer {
    let Some(promised_at) = filling.promised_at else {
        return see_other(&desk.page(REVIEW));
    };
    if !filling.waits {
        return html(&answered(desk));
    }
    let when = desk.when();
    if promised_at < desk.now {
        return html(&late(desk, promised_at));
    }
    let mut page = desk.say(&typeset(&format!(
        "On vous rappelle {}",
        when.before(promised_at)
    )));
    let phone = filling.answers.phone();
    let to = phone.as_ref().map_or_else(String::new, |phone| {
        format!(" au {}", shown(&relais_app::phone::national(phone.e164())))
    });
    page.lines.push(format!(
        "Votre demande est arrivée. Un opérateur vous appelle{to}, du {}. Décrochez, même si vous ne connaissez pas ce numéro.",
        desk.number().1
    ));
    if phone.is_some_and(|phone| phone.is_mobile()) {
        page.lines
            .push("Vous recevez aussi un SMS qui le confirme.".to_owned());
    }
    page.fifteen = Some(desk.care());
    page.more
        .push("Vous pouvez fermer cette page\u{a0}: rien ne reste sur cet appareil.".to_owned());
    html(&page)
}

/// The promised hour is over and nobody has answered: it is said, and nobody sends it twice.
fn late(desk: &Desk, promised_at: Instant) -> SayPage {
    let mut page = desk.say("Nous sommes en retard pour vous rappeler");
    page.lines.push(typeset(&format!(
        "Votre demande est arrivée et attend toujours. Nous devions vous rappeler {}. Ne la renvoyez pas\u{a0}: l’appel vient du {}.",
        desk.when().before(promised_at),
        desk.number().1
    )));
    call_instead(desk, &mut page);
    page
}

/// Somebody of the desk has answered it, or tried to.
fn answered(desk: &Desk) -> SayPage {
    let mut page = desk.say("Un opérateur s’est occupé de votre demande");
    page.lines
        .push("Elle est arrivée, et elle n’attend plus.".to_owned());
    call_instead(desk, &mut page);
    page
}

/// The phone, for whoever was not reached or needs us again.
fn call_instead(desk: &Desk, page: &mut SayPage) {
    let until = desk.until();
    if until.is_empty() {
        page.links.push((
            format!("/horaires/{}", desk.word),
            "Nos horaires et les numéros de garde".to_owned(),
        ));
    } else {
        page.lines.push(format!(
            "Personne ne vous a joint, ou vous avez de nouveau besoin de nous\u{a0}? Appelez-nous, {until}."
        ));
        page.call = Some(desk.number());
    }
    page.fifteen = Some(desk.care());
}

/// Another territory: its own service where we know it, else the doctor on duty (R2).
pub(super) async fn outside(web: &Web, desk: &Desk, place: &Place) -> Result<SayPage, Fail> {
    let Place::Elsewhere(insee) = place else {
        return Ok(info::lost(desk));
    };
    let insee: Insee = *insee;
    let directory = web.app.directory().await?;
    let neighbour = directory
        .networks()
        .filter(|entry| entry.network.active)
        .find(|entry| entry.communes.get(&insee) == Some(&false));
    let mut page = desk.say("Cette commune a un autre service");
    page.lines.push(format!(
        "{} n’est pas dans le territoire de {}. Rien n’a été enregistré.",
        label(insee),
        desk.entry.network.name
    ));
    match neighbour {
        Some(entry) => {
            let (word, phone) = (relais_app::public::slug(entry), &entry.network.phone);
            page.lines
                .push(format!("C’est {} qui répond.", entry.network.name));
            page.call = Some((format!("tel:{phone}"), shown(phone)));
            page.links.push((
                format!("/n/{word}"),
                format!("Aller sur la page de {}", entry.network.name),
            ));
        }
        None => {
            let told = closed(&desk.entry, Some(insee), desk.now);
            let first = told.groups.iter().flat_map(|group| &group.numbers).next();
            if let Some(dial) = first {
                page.lines.push(format!("Appelez\u{a0}: {}.", dial.name));
                page.call = Some((format!("tel:{}", dial.phone), dial.shown.clone()));
            }
        }
    }
    page.fifteen = Some(desk.care());
    page.links.push((
        desk.page(Step::Commune.slug()),
        "Corriger la commune".to_owned(),
    ));
    Ok(page)
}
