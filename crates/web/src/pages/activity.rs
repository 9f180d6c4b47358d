//! A professional's own switches.

use axum::extract::{Query, State};
use relais_app::absences::{AbsenceDraft, Planned};
use relais_app::activity::{ActivityDraft, ENCORE_MOST, Left, Quick};
use relais_app::error::AppError;
use relais_app::fairness::Quarter;
use relais_app::text::when::{When, duration, written};
use relais_core::matching::{Measure, day_off};
use relais_core::people::{Mode, Profile};
use relais_core::time::{Calendar, Instant, civil_day_end};

use super::hours;
use super::secretaries::in_name;
use super::{Told, direct, discretion, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::icon::Icon;
use crate::parts::{Choice, Form, PhoneTab, State as StateWord, Tone};
use crate::show::{self, Eye};
use crate::views::{AbsenceRow, ActivityPage, Figure, QuarterSheet};
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
    let calendar = &eye.directory.network(signed.actor().network)?.calendar;
    let left = web.app.places_left(&signed.who()).await?;
    let (now, sentence) = standing(&eye, profile, calendar, left);
    let available = now.tone == Tone::Taken;
    let absences = web.app.absences(&signed.who()).await?;
    let title = if form.as_ref().is_some_and(|form| !form.errors().is_empty()) {
        "Erreur\u{a0}: mon activité"
    } else {
        "Mon activité"
    };
    let when = eye.when();
    // With none left, the hour that was said is of no use any more.
    let until = left.filter(|left| left.patients > 0);
    let until = until.map_or_else(|| usual_end(&when), |left| left.until);
    let devices = web.app.devices(&signed.who()).await?;
    let seen = devices.iter().filter_map(|device| device.proved_at).max();
    let notified = match seen {
        Some(at) => format!("Vue {}", when.day_hour(at)),
        None if devices.is_empty() => "Aucun appareil activé".to_owned(),
        None => "Essai pas encore vu".to_owned(),
    };
    let away_again = form
        .as_ref()
        .is_some_and(|form| form.error("away_until").is_some());
    let own = signed.actor().in_name_of().is_none();
    let policy = &eye
        .directory
        .network(signed.actor().network)?
        .network
        .policy;
    // What was typed and refused is shown as it was typed.
    let typed = form
        .as_ref()
        .filter(|form| !form.value("discretion").is_empty());
    let mut switches = discretion::switches(profile, row.has_smartphone, policy);
    for switch in &mut switches {
        switch.on = typed.map_or(switch.on, |form| !form.value(switch.name).is_empty());
    }
    let wrong = |names: &[&str]| {
        let form = form.as_ref();
        form.is_some_and(|form| names.iter().any(|name| form.error(name).is_some()))
    };
    let (silence_again, absence_again) = (
        wrong(&["silence_from", "silence_until"]),
        wrong(&["absent_from", "absent_to"]),
    );
    let quarter = if own {
        Some(quarter(&web.app.own_quarter(&signed.who()).await?))
    } else {
        None
    };
    // A form of the page that was refused says nothing of the others.
    let form = match form {
        Some(form) if !form.value("discretion").is_empty() => form,
        other => filled(other.unwrap_or_default(), profile),
    };
    Ok(ActivityPage {
        phone: in_name(
            &eye,
            signed,
            show::phone(web, &eye, title, PhoneTab::Activity).state(now.clone()),
        ),
        here: signed.actor().in_name_of().map_or_else(
            || "/activite".to_owned(),
            |id| format!("/activite?pour={id}"),
        ),
        own,
        absences: absences.iter().map(|one| absence(&eye, one)).collect(),
        form: form.with("quota_until", &when.clock(until)),
        available,
        now,
        sentence,
        // Whoever is not asked sees nobody more, whatever made it so; one more tap makes them available again.
        left: if available {
            left.map(|left| left.patients)
        } else {
            Some(0)
        },
        until: when.until(until),
        notified,
        away_again,
        switches,
        silence_again,
        absence_again,
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
        quarter,
        person: row.display_name(),
    })
}

/// The quarter in words: each figure with what it is a part of (R11).
fn quarter(read: &Quarter) -> QuarterSheet {
    let figure = |label: &str, value: u32, base: String| Figure {
        label: label.to_owned(),
        value: value.to_string(),
        base,
    };
    let of = |n: u32| format!("sur {n}");
    let (tally, balance) = (&read.tally, &read.balance);
    let mut figures = Vec::new();
    if tally.asked > 0 {
        figures.push(figure("Demandes reçues", tally.asked, String::new()));
        figures.push(figure("Réponses", tally.answered, of(tally.asked)));
        figures.push(figure("Prises en charge", tally.taken, of(tally.asked)));
    }
    if tally.given_back > 0 {
        figures.push(figure("Rendues", tally.given_back, of(tally.asked)));
    }
    if tally.taken > 0 {
        figures.push(figure("Patients vus", tally.seen, of(tally.taken)));
        figures.push(figure("Patients absents", tally.no_show, of(tally.taken)));
    }
    if tally.under_way > 0 {
        figures.push(figure("En cours", tally.under_way, of(tally.taken)));
    }
    let median = read.median.map(|median| {
        let s = if median.answers > 1 { "s" } else { "" };
        let (took, answers) = (duration(median.took), median.answers);
        format!("Temps de réponse médian\u{a0}: {took}, sur {answers}\u{a0}réponse{s}.")
    });
    let mut exchanged = Vec::new();
    if tally.taken > 0 {
        let taken = format!("sur {} pris", tally.taken);
        exchanged.push(figure("Patients reçus", balance.received, taken));
    }
    if balance.received > 0 {
        exchanged.push(figure(
            "Adressés par un confrère",
            balance.received_from_colleague,
            format!("sur {} reçus", balance.received),
        ));
    }
    let requests = |n: u32| format!("sur {n}\u{a0}demande{}", if n > 1 { "s" } else { "" });
    if balance.raised > 0 {
        let base = requests(balance.raised);
        exchanged.push(figure("Patients adressés", balance.raised_taken, base));
    }
    if balance.usual_asked > 0 {
        exchanged.push(figure(
            "Vos patients pris par un confrère",
            balance.usual_elsewhere,
            requests(balance.usual_asked),
        ));
    }
    let patients = |n: u32| match n {
        0 => "aucun patient".to_owned(),
        1 => "1\u{a0}patient".to_owned(),
        n => format!("{n}\u{a0}patients"),
    };
    let entrusted = match balance.raised_taken + balance.usual_elsewhere {
        0 => "n’en avez confié aucun".to_owned(),
        n => format!("en avez confié {n}"),
    };
    QuarterSheet {
        since: format!("Depuis le {}", written(read.first_on)),
        figures,
        median: median.unwrap_or_default(),
        sentence: format!(
            "Vous avez reçu {} et {entrusted}.",
            patients(balance.received)
        ),
        balance: exchanged,
    }
}

/// Until when "so many more" is said unless another hour is: 18 h, or the day's end once it is past.
fn usual_end(when: &When<'_>) -> Instant {
    let evening = hours::today(when, "18:00").filter(|at| *at > when.now);
    evening.unwrap_or_else(|| civil_day_end(when.now, when.zone))
}

/// `du 27 juillet 2026 au 3 août 2026`, `le 1er mai 2026`.
pub(crate) fn days_away(planned: &Planned) -> String {
    let (first, last) = (planned.absence.first(), planned.absence.last());
    if first == last {
        format!("le {}", written(first))
    } else {
        format!("du {} au {}", written(first), written(last))
    }
}

fn absence(eye: &Eye, planned: &Planned) -> AbsenceRow {
    let mut lines = Vec::new();
    match planned.appointments {
        0 => {}
        1 => lines.push("1\u{a0}rendez-vous déjà donné ces jours-là.".to_owned()),
        n => lines.push(format!("{n}\u{a0}rendez-vous déjà donnés ces jours-là.")),
    }
    let names: Vec<_> = planned.replaced_by.iter().map(|id| eye.name(*id)).collect();
    if !names.is_empty() {
        lines.push(format!("Remplacé par {}.", names.join(", ")));
    }
    AbsenceRow {
        days: days_away(planned),
        from: planned.absence.first().to_string(),
        to: planned.absence.last().to_string(),
        lines,
    }
}

fn standing(
    eye: &Eye,
    profile: &Profile,
    calendar: &Calendar,
    left: Option<Left>,
) -> (StateWord, String) {
    let when = eye.when();
    match day_off(profile, eye.now, calendar) {
        Some(Measure::Away(back)) => {
            let last = when.named_day(Instant::from_millis(back.millis() - 1));
            return (
                StateWord::new(Tone::Closed, Icon::Prohibit, "Absent"),
                format!("Vous n’êtes pas sollicité jusqu’au {last} compris."),
            );
        }
        Some(Measure::Holiday(_)) => {
            return (
                StateWord::new(Tone::Closed, Icon::Prohibit, "Jour férié"),
                "Vous n’êtes pas sollicité aujourd’hui, comme le disent vos réglages.".to_owned(),
            );
        }
        _ => {}
    }
    let away = profile.unavailable_until.filter(|until| *until > eye.now);
    let muted = profile.muted_until.filter(|until| *until > eye.now);
    // As many patients as they said are taken, or the hour they said is past.
    let full = left.filter(|left| left.patients == 0);
    let muted = muted.max(full.map(|left| left.until));
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

fn filled(form: Form, profile: &Profile) -> Form {
    let mut form = discretion::filled(form, profile);
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

fn days(fields: &Fields, from: &str, to: &str) -> AbsenceDraft {
    AbsenceDraft {
        from: fields.get(from).to_owned(),
        to: fields.get(to).to_owned(),
    }
}

/// Whose page a form was sent from.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Whose {
    #[serde(default)]
    pour: String,
}

/// Who answers for several has pages of several open: a page changes the terms of whom it shows, or nothing.
fn shown(signed: &Signed, whose: &Whose) -> Result<(), AppError> {
    let now = signed.actor().in_name_of().map(|id| id.to_string());
    if now.is_none_or(|now| now == whose.pour) {
        return Ok(());
    }
    let detail = "Vous répondez maintenant au nom d’une autre personne que celle de cette page\u{a0}: rien n’a changé. Rouvrez Mon activité.";
    Err(AppError::problem("another-name", 409, detail))
}

/// `POST /activite`
pub(crate) async fn change(
    State(web): State<Web>,
    signed: Signed,
    Query(whose): Query<Whose>,
    fields: Fields,
) -> Answer {
    shown(&signed, &whose).map_err(Fail)?;
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
        "absence-prevue" => (
            web.app
                .add_absence(&who, days(&fields, "absent_from", "absent_to"))
                .await,
            "absence",
        ),
        "absence-retiree" => (
            web.app
                .remove_absence(&who, days(&fields, "from", "to"))
                .await,
            "absence-retiree",
        ),
        "plus-rien" => (
            web.app.quick_activity(&who, Quick::MutedToday).await,
            "indisponible",
        ),
        "moins" | "plus" | "poser" => {
            let eye = eye(&web, &signed).await?;
            let shown: u16 = fields.get("reste").parse().unwrap_or(0);
            let patients = match fields.get("faire") {
                "moins" => shown.saturating_sub(1),
                "plus" => shown.saturating_add(1).min(ENCORE_MOST),
                _ => shown,
            };
            let when = eye.when();
            // The hour of a page left open all day is past: the usual one is meant.
            let typed = hours::tonight(&when, fields.get("quota_until"));
            let until = typed.filter(|at| *at > when.now || fields.get("faire") == "poser");
            let until = until.unwrap_or_else(|| usual_end(&when));
            let done = web.app.quick_activity(&who, Quick::Encore(patients, until));
            (
                done.await,
                if patients == 0 { "plus-rien" } else { "quota" },
            )
        }
        "sans-limite" => (
            web.app.quick_activity(&who, Quick::Unlimited).await,
            "sans-limite",
        ),
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
            let eye = eye(&web, &signed).await?;
            let policy = &eye
                .directory
                .network(signed.actor().network)?
                .network
                .policy;
            let row = web.app.activity(&who).await?;
            let pushed = row.has_smartphone;
            match discretion::read(&fields, &row.member.profile, pushed, policy, draft) {
                Ok(draft) => (web.app.set_activity(&who, draft).await, "reglages"),
                Err(wrong) => {
                    let form = fields.again(wrong);
                    return direct::unprocessable(&page(&web, &signed, Some(form)).await?);
                }
            }
        }
        _ => (
            Err(AppError::invalid("/faire", "Choisissez ce qui change.")),
            "",
        ),
    };
    match done {
        Ok(()) => see_other(&format!("/activite?dit={said}")),
        Err(AppError::Invalid(errors))
            if matches!(fields.get("faire"), "absence-prevue" | "reglages") =>
        {
            let form = fields.again(same_names(&errors));
            direct::unprocessable(&page(&web, &signed, Some(form)).await?)
        }
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
