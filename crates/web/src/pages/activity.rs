//! A professional's own switches.

use axum::extract::{Query, State};
use relais_app::activity::{ActivityDraft, Quick};
use relais_app::error::AppError;
use relais_core::people::{Mode, Profile};

use super::person::typed_hour;
use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::icon::Icon;
use crate::parts::{Choice, Form, PhoneTab, State as StateWord, Tone};
use crate::show::{self, Eye};
use crate::views::ActivityPage;
use crate::web::Web;

/// `GET /activite`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, None).await?;
    page.phone = page.phone.toast(told.sentence());
    html(&page)
}

async fn page(web: &Web, signed: &Signed, form: Option<Form>) -> Result<ActivityPage, Fail> {
    let eye = eye(web, signed).await?;
    let row = web.app.activity(&signed.who()).await?;
    let profile = &row.member.profile;
    let (now, sentence) = standing(&eye, profile);
    let title = if form.as_ref().is_some_and(|form| !form.errors().is_empty()) {
        "Erreur\u{a0}: mon activité"
    } else {
        "Mon activité"
    };
    let when = eye.when();
    let quota = profile
        .encore
        .filter(|encore| encore.until > eye.now)
        .map(|encore| {
            let s = if encore.patients > 1 { "s" } else { "" };
            format!(
                "Encore {}\u{a0}patient{s} {}",
                encore.patients,
                when.until(encore.until)
            )
        });
    Ok(ActivityPage {
        phone: show::phone(web, &eye, title, PhoneTab::Activity).state(now.clone()),
        form: form.unwrap_or_else(|| filled(profile)),
        available: now.tone == Tone::Taken,
        now,
        sentence,
        quota: quota.unwrap_or_default(),
        modes: Choice::list(&[
            ("consultation", "Cabinet"),
            ("visit", "Visite"),
            ("teleconsultation", "Vidéo"),
        ]),
        maximums: [
            ("", "Sans limite"),
            ("1", "1 sollicitation"),
            ("2", "2 sollicitations"),
            ("3", "3 sollicitations"),
            ("5", "5 sollicitations"),
            ("8", "8 sollicitations"),
            ("12", "12 sollicitations"),
            ("20", "20 sollicitations"),
        ]
        .iter()
        .map(|(value, label)| Choice::new(*value, *label))
        .collect(),
        figures: Vec::new(),
        person: row.display_name(),
    })
}

fn standing(eye: &Eye, profile: &Profile) -> (StateWord, String) {
    let when = eye.when();
    let away = profile.unavailable_until.filter(|until| *until > eye.now);
    let muted = profile.muted_until.filter(|until| *until > eye.now);
    match (away, muted) {
        (Some(until), _) => (
            StateWord::new(Tone::Closed, Icon::Prohibit, "Indisponible"),
            format!("Vous n’êtes pas sollicité {}.", when.until(until)),
        ),
        (None, Some(until)) => (
            StateWord::new(Tone::Closed, Icon::Prohibit, "Plus rien aujourd’hui"),
            format!("Vous n’êtes pas sollicité {}.", when.until(until)),
        ),
        (None, None) => (
            StateWord::new(Tone::Taken, Icon::CheckCircle, "Disponible"),
            "Vous êtes sollicité selon vos réglages.".to_owned(),
        ),
    }
}

fn filled(profile: &Profile) -> Form {
    let mut form = Form::default();
    for mode in Mode::ALL
        .iter()
        .filter(|mode| profile.modes.accepts(**mode))
    {
        form = form.with("modes", mode.code());
    }
    if let Some(most) = profile.daily_max {
        form = form.with("daily_maximum", &most.to_string());
    }
    form
}

/// `POST /activite`
pub(crate) async fn change(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    let (done, said) = match fields.get("faire") {
        "disponible" => (
            web.app.quick_activity(&who, Quick::Available).await,
            "disponible",
        ),
        "24h" => (
            web.app.quick_activity(&who, Quick::Away24h).await,
            "indisponible",
        ),
        "semaine" => (
            web.app.quick_activity(&who, Quick::AwayWeek).await,
            "indisponible",
        ),
        "absence" => (
            web.app.away_until(&who, fields.get("away_until")).await,
            "indisponible",
        ),
        "plus-rien" => (
            web.app.quick_activity(&who, Quick::MutedToday).await,
            "indisponible",
        ),
        "quota" => {
            let eye = eye(&web, &signed).await?;
            let patients = fields.get("quota").parse().unwrap_or(0);
            match typed_hour(&eye.when(), "0", fields.get("quota_until")) {
                Some(until) => (
                    web.app
                        .quick_activity(&who, Quick::Encore(patients, until))
                        .await,
                    "quota",
                ),
                None => (
                    Err(AppError::invalid(
                        "/until",
                        "Dites jusqu’à quelle heure, par exemple 18:00.",
                    )),
                    "",
                ),
            }
        }
        "reglages" => {
            let modes = fields.all("modes");
            let on = |mode: Mode| Some(modes.iter().any(|code| code == mode.code()));
            let draft = ActivityDraft {
                consultation: on(Mode::Consultation),
                visit: on(Mode::Visit),
                teleconsultation: on(Mode::Teleconsultation),
                daily_max: Some(
                    fields
                        .some("daily_maximum")
                        .and_then(|text| text.parse().ok()),
                ),
                ..ActivityDraft::default()
            };
            (web.app.set_activity(&who, draft).await, "reglages")
        }
        _ => (
            Err(AppError::invalid("/faire", "Choisissez ce qui change.")),
            "",
        ),
    };
    match done {
        Ok(()) => see_other(&format!("/activite?dit={said}")),
        Err(AppError::Invalid(errors)) => {
            let message = errors
                .first()
                .map(|error| error.message.trim_end_matches('.').to_owned())
                .unwrap_or_default();
            let field = if fields.get("faire") == "absence" {
                "away_until"
            } else {
                "quota_until"
            };
            let form = fields.again(Vec::new()).wrong(field, &message);
            direct::unprocessable(&page(&web, &signed, Some(form)).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}
