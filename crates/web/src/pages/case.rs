//! The accepted card: the patient, the time, giving back.

use axum::extract::{Path, Query, State};
use relais_app::phone::national;
use relais_app::requests::desk::Act;
use relais_app::text::ins;
use relais_app::text::when::When;
use relais_core::ids::RequestId;
use relais_core::people::Mode;
use relais_core::request::{Appointment, Closure, Phase, RedFlags, Request};
use relais_core::time::{Duration, Instant};

use super::hours;
use super::person::person_of;
use super::request::pronoun;
use super::secretaries::in_name;
use super::{Told, appointment, direct, eye, holder, next, photos, request_id, thread};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::icon::Icon;
use crate::parts::{Choice, Form, PhoneTab, State as StateWord, Tone};
use crate::show::{self, upper};
use crate::views::{PatientPage, Slot};
use crate::way::{self, Browser};
use crate::web::Web;

/// `GET /prises/{id}`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Browser(browser): Browser,
    Query(told): Query<Told>,
) -> Answer {
    let id = request_id(&id)?;
    let answer = async {
        let mut page = page(&web, &signed, id, Form::default(), &browser).await?;
        page.phone = page.phone.toast(told.sentence());
        html(&page)
    };
    holder::or_what_became(&web, &signed, id, answer.await).await
}

async fn page(
    web: &Web,
    signed: &Signed,
    id: RequestId,
    form: Form,
    browser: &str,
) -> Result<PatientPage, Fail> {
    let (eye, read) = holder::theirs(web, signed, id).await?;
    let request = &read.stored.request;
    signed.strong()?;
    let identity = web.app.open_identity(&signed.who(), id).await?;
    let person = person_of!(identity);
    let facts = request.patient;
    let when = eye.when();
    let engagement = match &request.phase {
        Phase::Engaged(engagement) => Some(engagement),
        _ => None,
    };
    let appointment = engagement.map_or(Appointment::ToBeSet, |engagement| engagement.appointment);
    let notes = web.app.pre_diagnoses(&signed.who(), id).await?;
    let postcode = web.app.patient_postcode(&signed.who(), id).await?;
    let commune = format!("{postcode} {}", show::commune(facts.commune));
    let title = if form.errors().is_empty() {
        "C’est à vous"
    } else {
        "Erreur\u{a0}: l’heure du rendez-vous"
    };
    let state = match engagement {
        Some(engagement) => StateWord::new(
            Tone::Taken,
            Icon::CheckCircle,
            format!("C’est à vous, {}", when.since(engagement.at)),
        ),
        None => show::state(request),
    };
    let visit = request.need.mode == Mode::Visit;
    Ok(PatientPage {
        phone: in_name(
            &eye,
            signed,
            show::phone(web, &eye, title, PhoneTab::Patients)
                .back("/prises", "Retour à mes patients")
                .state(state),
        ),
        own: signed.actor().in_name_of().is_none(),
        id: id.to_string(),
        form,
        question: question(request),
        slots: if engagement.is_some() {
            slots(
                &when,
                request,
                request.engaged().and_then(|id| eye.practises_until(id)),
            )
        } else {
            Vec::new()
        },
        days: hours::days(&when),
        agreed: match engagement {
            Some(_) if !matches!(appointment, Appointment::ToBeSet) => {
                show::mine_words(&appointment, &eye)
            }
            Some(_) => String::new(),
            None => show::agreed(&eye, request),
        },
        told: if visit {
            "Un SMS part aussitôt, avec votre nom et l’heure de votre passage.".to_owned()
        } else {
            "Un SMS part aussitôt, avec l’heure et l’adresse de votre cabinet.".to_owned()
        },
        identity: ins::standing(web.app.ins(&signed.who(), id).await?),
        name: person.name(),
        birth: person.birth(&facts),
        tel: person.phone.clone(),
        tel_words: national(&person.phone),
        carer: person
            .carer_phone
            .as_deref()
            .map(national)
            .unwrap_or_default(),
        address: if person.line.is_empty() {
            commune.clone()
        } else {
            format!("{}, {commune}", person.line)
        },
        late: late_words(web.app.lateness(&signed.who(), id).await?, &when),
        route: facts
            .point
            .filter(|_| visit)
            .map(|point| way::to_home(point, browser))
            .unwrap_or_default(),
        motive: upper(&show::motives(&request.need)),
        motive_more: {
            let mut more = about(request);
            for note in &notes {
                more.push_str(" Pré-diagnostic du médecin régulateur\u{a0}: ");
                more.push_str(&show::sentence(&note.text));
            }
            more.trim().to_owned()
        },
        usual: request
            .usual
            .professionals
            .first()
            .map(|id| eye.name(*id))
            .unwrap_or_default(),
        usual_more: String::new(),
        reasons: Choice::list(&[
            ("Urgence au cabinet", "Une urgence au cabinet"),
            (
                "Patient injoignable",
                "Je n’arrive pas à joindre le patient",
            ),
            ("Erreur", "J’ai accepté par erreur"),
            ("Hors de mes compétences", "Ce n’est pas de mon ressort"),
            ("Autre raison", "Autre raison"),
        ]),
        over: engagement.is_none(),
        thread: thread::link(web, signed, id, format!("/fils/{id}")).await?,
        follows: next::links(web, signed, id).await?,
        may_follow: request.closure().is_some_and(Closure::has_met),
        photos: photos::of_request(web, signed, id, &format!("/prises/{id}"), false).await?,
    })
}

/// The lateness a patient told, in words.
fn late_words(told: Option<(Instant, Option<u16>)>, when: &When<'_>) -> String {
    match told {
        Some((at, Some(minutes))) => format!(
            "Le patient a prévenu d’un retard de {minutes}\u{a0}min, à {}.",
            when.hour(at)
        ),
        Some((at, None)) => format!("Le patient a prévenu d’un retard, à {}.", when.hour(at)),
        None => String::new(),
    }
}

fn question(request: &Request) -> String {
    let it = pronoun(request.patient.sex);
    match request.need.mode {
        Mode::Consultation => format!("Quand {it} voyez-vous\u{a0}?"),
        Mode::Visit => "Quand passez-vous\u{a0}?".to_owned(),
        Mode::Teleconsultation => format!("Quand {it} appelez-vous en vidéo\u{a0}?"),
    }
}

fn about(request: &Request) -> String {
    let mut parts = Vec::new();
    if let Some(series) = &request.need.series {
        parts.push(format!("{}.", relais_app::text::series::series(series)));
    }
    if !request.need.cooperations.is_empty() {
        let names = relais_app::cooperation::names(&request.need.cooperations);
        parts.push(format!("Sous protocole de coopération {names}."));
    }
    if !request.need.comment.is_empty() {
        parts.push(show::sentence(&request.need.comment));
    }
    if request.red_flags == RedFlags::None {
        parts.push("Aucun signe d’alerte.".to_owned());
    }
    parts.join(" ")
}

/// Three times worth proposing: the next quarter of an hour that leaves time to come, then later,
/// before the care deadline and the end of a contract when there is room.
fn slots(when: &When<'_>, request: &Request, until: Option<Instant>) -> Vec<Slot> {
    let quarter = Duration::minutes(15).as_millis();
    let next =
        |from: Instant| Instant::from_millis((from.millis() + quarter - 1) / quarter * quarter);
    let first = next(when.now + Duration::minutes(40));
    let last = until.map_or(request.care_deadline, |end| {
        request.care_deadline.min(end - Duration::minutes(1))
    });
    let room = last.since(first);
    let step = Duration::millis((room.as_millis() / 3).clamp(quarter * 2, quarter * 6));
    let times = [first, next(first + step), next(first + step + step)];
    let fits: Vec<_> = times.iter().filter(|at| **at <= last).copied().collect();
    let times = if fits.is_empty() { vec![first] } else { fits };
    times
        .into_iter()
        .map(|at| Slot {
            value: format!("at:{}", at.millis()),
            label: when.hour(at),
            day: Some(when.day(at))
                .filter(|day| day != "aujourd’hui")
                .unwrap_or_default(),
        })
        .collect()
}

/// `POST /prises/{id}/rendez-vous`
pub(crate) async fn give_hour(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    Browser(browser): Browser,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let answer = set(&web, &signed, request, &browser, &fields).await;
    holder::or_what_became(&web, &signed, request, answer).await
}

async fn set(
    web: &Web,
    signed: &Signed,
    request: RequestId,
    browser: &str,
    fields: &Fields,
) -> Answer {
    let eye = eye(web, signed).await?;
    let wrong = match appointment::chosen(&eye.when(), fields) {
        Ok(hour) => appointment::give(web, signed, &eye, request, hour).await?,
        Err(wrong) => Some(wrong),
    };
    let Some((field, why)) = wrong else {
        return see_other(&format!("/prises/{request}?dit=rendez-vous"));
    };
    let form = fields.again(Vec::new()).wrong(field, &why);
    direct::unprocessable(&page(web, signed, request, form, browser).await?)
}

/// `POST /prises/{id}/desistement`
pub(crate) async fn release(
    State(web): State<Web>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let request = request_id(&id)?;
    let why = fields.some("reason");
    let done = web.app.act(&signed.who(), request, Act::Release, why).await;
    let answer = match done {
        Ok(_) => see_other("/offres?dit=desiste"),
        Err(error) => Err(Fail(error)),
    };
    holder::or_what_became(&web, &signed, request, answer).await
}
