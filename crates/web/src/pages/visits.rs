//! Appointments afterwards: who did not come, each share with its base; what nobody closed; who looks for a usual
//! doctor and agreed to be listed. And what the coordinator sets for them.

use axum::extract::{Query, State};
use axum::response::IntoResponse as _;
use http::header;
use relais_app::error::AppError;
use relais_app::phone::national;
use relais_app::visits::{DAYS, Overview, VisitSettingsDraft};
use relais_core::access::Role;

use super::{Told, direct, eye};
use crate::fail::{Answer, Fail, html, see_other};
use crate::forms::Fields;
use crate::gate::Signed;
use crate::parts::{FieldError, Form};
use crate::show::{self, Eye};
use crate::views::{SeekerRow, SeekersPage, Share, UnclosedRow, VisitSettingsPage, VisitsPage};
use crate::web::Web;

/// The address of the settings.
pub(crate) const PAGE: &str = "/reglages/rendez-vous";
/// The address of the figures and lists.
pub(crate) const LISTS: &str = "/rendez-vous";
/// Most lines shown of one list.
const ROWS: usize = 100;

/// `GET /rendez-vous`
pub(crate) async fn lists(State(web): State<Web>, signed: Signed) -> Answer {
    let eye = eye(&web, &signed).await?;
    let seen = web.app.visits(&signed.who()).await?;
    let hidden = seen.unclosed.len().saturating_sub(ROWS);
    html(&VisitsPage {
        desk: show::desk(&web, &eye, &signed, "Rendez-vous", LISTS),
        days: DAYS.to_string(),
        shares: shares(&seen),
        rows: seen
            .unclosed
            .iter()
            .take(ROWS)
            .map(|one| row(&eye, one))
            .collect(),
        more: match (hidden, seen.more) {
            (0, false) => String::new(),
            (0, true) => {
                "D’autres n’ont pas été regardées\u{a0}: plus de cinq cents demandes sont en cours."
                    .to_owned()
            }
            (hidden, _) => format!("Et {hidden} autres, après celles-ci."),
        },
        seekers: match seen.seekers {
            0 => "Personne n’est inscrit pour l’instant.".to_owned(),
            1 => "Une personne est inscrite.".to_owned(),
            many => format!("{many} personnes sont inscrites."),
        },
        coordinator: signed.actor().role == Role::Coordinator,
    })
}

fn row(eye: &Eye, one: &relais_app::visits::Unclosed) -> UnclosedRow {
    UnclosedRow {
        href: format!("/demandes/{}", one.request.id),
        code: one.code.clone(),
        who: one
            .request
            .engaged()
            .map(|id| eye.name(id))
            .unwrap_or_default(),
        facts: format!(
            "{}, {}",
            show::sex_age(&one.request.patient),
            show::commune(one.request.patient.commune)
        ),
        since: eye.when().since(one.since),
    }
}

/// Shares, each with what it is a share of (R11).
fn shares(seen: &Overview) -> Vec<Share> {
    let share = |label: &str, part: u32, all: u32, base: String| Share {
        label: label.to_owned(),
        value: match all {
            0 => "Rien à compter".to_owned(),
            all => format!(
                "{part} sur {all}, soit {}\u{a0}%",
                (u64::from(part) * 100 + u64::from(all) / 2) / u64::from(all)
            ),
        },
        base,
    };
    let passed = seen.ended.all + seen.open;
    let open = match seen.open {
        0 => "tous clos".to_owned(),
        1 => "un pas encore clos".to_owned(),
        many => format!("{many} pas encore clos"),
    };
    let answered = seen.asked.yes + seen.asked.no;
    vec![
        share(
            "Patients absents",
            seen.ended.no_show,
            passed,
            format!(
                "Des rendez-vous dont l’heure est passée, {open}. Absents ou pas à leur domicile. Les annulés ne comptent pas."
            ),
        ),
        share(
            "«\u{a0}Non, je n’ai pas été reçu\u{a0}»",
            seen.asked.no,
            answered,
            format!(
                "Des réponses à la question. Questions parties\u{a0}: {}.",
                seen.asked.asked
            ),
        ),
    ]
}

/// `GET /rendez-vous/medecin-traitant`
pub(crate) async fn seekers(State(web): State<Web>, signed: Signed) -> Answer {
    signed.strong()?;
    let eye = eye(&web, &signed).await?;
    let when = eye.when();
    let listed = web.app.seekers(&signed.who()).await?;
    let rows = listed.into_iter().map(|one| SeekerRow {
        name: one.name,
        born: super::person::day(&one.birth_date),
        tel: (format!("tel:{}", one.phone), national(&one.phone)),
        commune: one.commune,
        since: when.since(one.since),
    });
    html(&SeekersPage {
        desk: show::desk(&web, &eye, &signed, "Cherchent un médecin traitant", LISTS),
        rows: rows.collect(),
    })
}

/// `GET /rendez-vous/medecin-traitant.csv`
pub(crate) async fn seekers_csv(State(web): State<Web>, signed: Signed) -> Answer {
    signed.strong()?;
    let bytes = web.app.seekers_csv(&signed.who()).await?;
    let name = "attachment; filename=\"medecin-traitant.csv\"";
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}

/// `GET /reglages/rendez-vous`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(told): Query<Told>,
) -> Answer {
    let mut page = page(&web, &signed, Form::default()).await?;
    page.desk = page.desk.toast(told.toast());
    html(&page)
}

/// `POST /reglages/rendez-vous`
pub(crate) async fn save(State(web): State<Web>, signed: Signed, fields: Fields) -> Answer {
    let text = |name: &str| fields.get(name).to_owned();
    let draft = VisitSettingsDraft {
        horizon_hours: text("horizon_hours"),
        reminder_hours: text("reminder_hours"),
        question_hours: text("question_hours"),
        version: fields.get("version").parse().unwrap_or(-1),
    };
    match web.app.set_visit_settings(&signed.who(), draft).await {
        Ok(()) => see_other(&format!("{PAGE}?dit=reglages")),
        Err(AppError::Invalid(errors)) => {
            let wrong = errors.iter().map(|error| FieldError {
                name: error.pointer.trim_start_matches('/').to_owned(),
                message: error.message.clone(),
            });
            let form = fields.again(wrong.collect());
            direct::unprocessable(&page(&web, &signed, form).await?)
        }
        Err(error) => Err(Fail(error)),
    }
}

async fn page(web: &Web, signed: &Signed, form: Form) -> Result<VisitSettingsPage, Fail> {
    let eye = eye(web, signed).await?;
    let held = web.app.visit_settings(&signed.who()).await?;
    let title = if form.errors().is_empty() {
        "Réglages des rendez-vous"
    } else {
        "Erreur\u{a0}: réglages des rendez-vous"
    };
    let form = if form.is_empty() {
        Form::default()
            .with("horizon_hours", &held.horizon_hours.to_string())
            .with("reminder_hours", &held.reminder_hours.to_string())
            .with("question_hours", &held.question_hours.to_string())
    } else {
        form
    };
    Ok(VisitSettingsPage {
        desk: show::desk(web, &eye, signed, title, PAGE),
        form,
        version: held.version.to_string(),
    })
}
