//! The whole of a professional's own terms: typed, tried on last week, saved.

use axum::extract::State;
use relais_app::directory::ProfessionalRow;
use relais_app::error::AppError;
use relais_app::reference::care_types::care_types_of;
use relais_app::reference::communes::Communes;
use relais_app::terms::{LastWeek, TermsDraft};
use relais_app::text::verdict::test_counted;
use relais_core::geo::Insee;
use relais_core::matching::Test;
use relais_core::reach::{Ladder, LockScreen};
use std::collections::BTreeSet;

use super::activity::days_away;
use super::{direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::{Fields, same_names};
use crate::gate::Signed;
use crate::parts::{Choice, FieldError, Form, PhoneTab};
use crate::show::{self, Eye};
use crate::typed::{commune_label, read_commune};
use crate::views::{TermsPage, WeekLine, WeekSheet};
use crate::web::Web;

/// `GET /activite/reglages`
pub(crate) async fn show(State(web): State<Web>, signed: Signed) -> Answer {
    let row = web.app.activity(&signed.who()).await?;
    let mut draft = TermsDraft::of(&row.member.profile);
    if draft.lock_screen == LockScreen::Motive.code()
        && !shows_motive(&eye(&web, &signed).await?, &signed)?
    {
        // As much as the network allows, which is what is chosen.
        LockScreen::Place.code().clone_into(&mut draft.lock_screen);
    }
    let form = filled(&draft);
    html(&page(&web, &signed, form, None).await?)
}

fn shows_motive(eye: &Eye, signed: &Signed) -> Result<bool, Fail> {
    let entry = eye.directory.network(signed.actor().network)?;
    Ok(entry.network.policy.motive_on_lock_screen)
}

async fn page(
    web: &Web,
    signed: &Signed,
    form: Form,
    week: Option<WeekSheet>,
) -> Result<TermsPage, Fail> {
    let eye = eye(web, signed).await?;
    let row = web.app.activity(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "Mes réglages"
    } else {
        "Erreur\u{a0}: mes réglages"
    };
    let pairs = form.pairs();
    let declined = pairs.iter().filter(|(name, _)| *name == "declined_motives");
    let declined = declined.count();
    let absences = web.app.absences(&signed.who()).await?;
    Ok(TermsPage {
        absences: absences.iter().map(days_away).collect(),
        phone: show::phone(web, &eye, title, PhoneTab::Activity)
            .back("/activite", "Retour à mon activité"),
        form,
        week,
        modes: Choice::list(&[
            ("consultation", "Cabinet"),
            ("visit", "Visite"),
            ("teleconsultation", "Vidéo"),
        ]),
        care: care_types_of(row.member.profession)
            .map(|care| Choice::new(care.code, care.label))
            .collect(),
        motives: show::qualify::motive_choices(),
        declined,
        ways: ways(&row),
        shown: shown(shows_motive(&eye, signed)?),
    })
}

/// `POST /activite/reglages`
pub(crate) async fn save(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let who = signed.who();
    let (draft, wrong) = read(&fields);
    let again = |errors| fields.again(errors);
    if !wrong.is_empty() {
        let page = page(&web, &signed, again(wrong), None).await?;
        return direct::unprocessable(&page);
    }
    let tried = if fields.get("faire") == "essai" {
        web.app.last_week(&who, draft).await.map(Some)
    } else {
        web.app.set_terms(&who, draft).await.map(|()| None)
    };
    match tried {
        Ok(None) => see_other("/activite?dit=reglages"),
        Ok(Some(week)) => {
            let page = page(&web, &signed, again(Vec::new()), Some(sheet(&week))).await?;
            html(&page)
        }
        Err(AppError::Invalid(errors)) => {
            let mut wrong = same_names(&errors);
            for error in wrong.iter_mut().filter(|error| error.name == "channels") {
                error.name = "way_0".to_owned();
            }
            let page = page(&web, &signed, again(wrong), None).await?;
            direct::unprocessable(&page)
        }
        Err(error) => Err(Fail(error)),
    }
}

/// What was typed, its communes recognised; and those that were not.
fn read(fields: &Fields) -> (TermsDraft, Vec<FieldError>) {
    let text = |name: &str| fields.get(name).to_owned();
    let lines = fields.get("visit_communes").lines().map(str::trim);
    let mut wrong = Vec::new();
    let mut visit_communes = Vec::new();
    for line in lines.filter(|line| !line.is_empty()).take(200) {
        match read_commune(line, None) {
            Ok((insee, _)) => visit_communes.push(insee),
            Err(message) => wrong.push(FieldError {
                name: "visit_communes".to_owned(),
                message,
            }),
        }
    }
    wrong.truncate(1);
    let draft = TermsDraft {
        modes: fields.all("modes").to_vec(),
        declined_care: fields.all("declined_care").to_vec(),
        declined_motives: fields.all("declined_motives").to_vec(),
        age_min: text("age_min"),
        age_max: text("age_max"),
        radius_km: text("radius_km"),
        visit_km: text("visit_km"),
        visit_communes,
        hours: std::array::from_fn(|day| text(&format!("hours_{day}"))),
        off_on_holidays: fields.some("off_on_holidays").is_some(),
        own_patients_only: fields.some("own_patients_only").is_some(),
        daily_max: text("daily_max"),
        hourly_max: text("hourly_max"),
        rest_minutes: text("rest_minutes"),
        quiet_from: text("quiet_from"),
        quiet_until: text("quiet_until"),
        quiet_yields: fields.some("quiet_yields").is_some(),
        ways: std::array::from_fn(|rank| text(&format!("way_{rank}"))),
        lock_screen: text("lock_screen"),
    };
    (draft, wrong)
}

/// The ways, each with what it lacks.
fn ways(row: &ProfessionalRow) -> Vec<Choice> {
    let has = row.reached_by(Ladder::default());
    let word = |name: &str, works: bool, lacks: &str| {
        if works {
            name.to_owned()
        } else {
            format!("{name} ({lacks})")
        }
    };
    vec![
        Choice::new("", "Rien"),
        Choice::new(
            "push",
            word("Notification", has.push, "aucun appareil activé"),
        ),
        Choice::new("sms", word("SMS", has.sms, "aucun numéro d’alerte")),
        Choice::new("mail", word("Courriel", has.mail, "aucune adresse")),
    ]
}

/// How much of a request the locked telephone may show here.
fn shown(motive_allowed: bool) -> Vec<Choice> {
    let mut choices = vec![
        Choice::new(
            "nothing",
            "Seulement «\u{a0}Relais\u{a0}: une demande vous attend\u{a0}»",
        ),
        Choice::new("place", "Le soin, la commune, la distance et les délais"),
    ];
    if motive_allowed {
        choices.push(Choice::new("motive", "Le motif aussi"));
    }
    choices
}

fn filled(draft: &TermsDraft) -> Form {
    let mut form = Form::default();
    for (name, all) in [
        ("modes", &draft.modes),
        ("declined_care", &draft.declined_care),
        ("declined_motives", &draft.declined_motives),
    ] {
        for code in all {
            form = form.with(name, code);
        }
    }
    for (day, hours) in draft.hours.iter().enumerate() {
        form = form.with(&format!("hours_{day}"), hours);
    }
    let communes: Vec<_> = draft
        .visit_communes
        .iter()
        .map(|code| named(code))
        .collect();
    for (name, value) in [
        ("age_min", &draft.age_min),
        ("age_max", &draft.age_max),
        ("radius_km", &draft.radius_km),
        ("visit_km", &draft.visit_km),
        ("visit_communes", &communes.join("\n")),
        ("daily_max", &draft.daily_max),
        ("hourly_max", &draft.hourly_max),
        ("rest_minutes", &draft.rest_minutes),
        ("quiet_from", &draft.quiet_from),
        ("quiet_until", &draft.quiet_until),
        ("way_0", &draft.ways[0]),
        ("way_1", &draft.ways[1]),
        ("way_2", &draft.ways[2]),
        ("lock_screen", &draft.lock_screen),
    ] {
        form = form.with(name, value);
    }
    for (name, on) in [
        ("own_patients_only", draft.own_patients_only),
        ("off_on_holidays", draft.off_on_holidays),
        ("quiet_yields", draft.quiet_yields),
    ] {
        if on {
            form = form.with(name, "1");
        }
    }
    form
}

/// `Massy 91300`, as it is typed.
fn named(code: &str) -> String {
    let insee = Insee::new(code);
    let found = insee.and_then(|insee| Communes::shipped().get(insee));
    found.map_or_else(|| code.to_owned(), |commune| commune_label(&commune))
}

fn sheet(week: &LastWeek) -> WeekSheet {
    let line = |label: String, before: u32, after: u32| WeekLine {
        label,
        before: before.to_string(),
        after: after.to_string(),
    };
    let mut lines = vec![
        line(
            "Sollicitations".to_owned(),
            week.before.asked,
            week.after.asked,
        ),
        line(
            "Le jour le plus chargé".to_owned(),
            week.before.fullest_day,
            week.after.fullest_day,
        ),
    ];
    if week.before.away + week.after.away > 0 {
        lines.push(line(
            "Dont pendant vos absences".to_owned(),
            week.before.away,
            week.after.away,
        ));
    }
    let tests: BTreeSet<Test> = [&week.before, &week.after]
        .into_iter()
        .flat_map(|one| one.left_out.keys().copied())
        .collect();
    for test in tests {
        let count =
            |one: &relais_app::terms::Outlook| one.left_out.get(&test).copied().unwrap_or_default();
        lines.push(line(
            format!("Écartées\u{a0}: {}", test_counted(test)),
            count(&week.before),
            count(&week.after),
        ));
    }
    let s = |n: u32| if n > 1 { "s" } else { "" };
    let base = match week.requests {
        0 => "Aucune demande de votre profession ces sept derniers jours.".to_owned(),
        1 => "Sur la seule demande de votre profession des sept derniers jours.".to_owned(),
        n if week.cut => format!("Sur les {n}\u{a0}dernières demandes de votre profession."),
        n => format!("Sur les {n}\u{a0}demandes de votre profession des sept derniers jours."),
    };
    WeekSheet {
        sentence: match week.after.asked {
            0 => "Avec ces réglages, vous n’auriez pas été sollicité.".to_owned(),
            n if n == week.before.asked => {
                format!(
                    "Avec ces réglages comme avec les actuels\u{a0}: {n}\u{a0}sollicitation{}.",
                    s(n)
                )
            }
            n => format!(
                "Avec ces réglages, {n}\u{a0}sollicitation{} au lieu de {}.",
                s(n),
                week.before.asked
            ),
        },
        lines,
        base,
    }
}
