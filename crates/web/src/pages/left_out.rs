//! `GET /activite/non-sollicite`: why the last week's requests were not put to whoever reads.

use axum::extract::{Query, State};
use relais_app::fairness::{LeftOut, Week, Why};
use relais_app::text::left_out::{NOT_YET, of_network, reason};
use relais_app::text::verdict::test_counted;
use relais_app::text::when::kilometres;
use relais_core::matching::Test;
use relais_core::people::Profile;
use serde::Deserialize;

use super::eye;
use crate::fail::{Answer, html};
use crate::gate::Signed;
use crate::parts::PhoneTab;
use crate::show::{self, Eye};
use crate::views::{Figure, LeftOutItem, LeftOutPage, Reason};
use crate::web::Web;

/// Where the page is.
pub(crate) const PAGE: &str = "/activite/non-sollicite";
/// Requests of a page.
const ITEMS: usize = 20;

/// What the address may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct After {
    /// How many requests were shown before this page.
    #[serde(default)]
    apres: String,
}

/// `GET /activite/non-sollicite`
pub(crate) async fn show(
    State(web): State<Web>,
    signed: Signed,
    Query(after): Query<After>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let skip = after.apres.parse().unwrap_or(0);
    let week = web.app.left_out(&signed.who(), skip, ITEMS).await?;
    let title = "Pourquoi je n’ai pas été sollicité";
    html(&LeftOutPage {
        phone: show::phone(&web, &eye, title, PhoneTab::Activity)
            .back("/activite", "Retour à mon activité"),
        sentence: sentence(&week),
        counts: counts(&week),
        items: week
            .page
            .iter()
            .map(|one| item(&eye, one, &week.profile))
            .collect(),
        next: week.next.map(|next| format!("{PAGE}?apres={next}")),
        first: skip == 0,
    })
}

fn sentence(week: &Week) -> String {
    let span = if week.cut {
        "parmi les dernières de la semaine"
    } else {
        "ces sept derniers jours"
    };
    match (week.left_out, week.considered) {
        (_, 0) => format!(
            "Aucune demande de votre profession n’a été proposée à un confrère ou à vous, {span}."
        ),
        (0, 1) => format!("La seule demande de votre profession, {span}, vous a été proposée."),
        (0, all) => {
            format!("Les {all}\u{a0}demandes de votre profession, {span}, vous ont été proposées.")
        }
        (1, 1) => format!(
            "Vous n’avez pas été sollicité pour la seule demande de votre profession, {span}."
        ),
        (out, all) => format!(
            "Vous n’avez pas été sollicité pour {out} des {all}\u{a0}demandes de votre profession, {span}."
        ),
    }
}

/// Each reason under the first test that failed: they sum to those left out.
fn counts(week: &Week) -> Vec<Figure> {
    let base = format!("sur {}", week.left_out);
    let mut counts: Vec<(usize, &'static str)> = week
        .by_test
        .iter()
        .map(|(test, count)| (*count, counted(*test)))
        .collect();
    if week.not_yet > 0 {
        counts.push((week.not_yet, "proposée à d’autres d’abord"));
    }
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let figure = |(count, label): (usize, &'static str)| Figure {
        label: show::upper(label),
        value: count.to_string(),
        base: base.clone(),
    };
    counts.into_iter().map(figure).collect()
}

const fn counted(test: Test) -> &'static str {
    match test {
        Test::OwnPatientsOnly => "vos patients seulement",
        other => test_counted(other),
    }
}

fn item(eye: &Eye, one: &LeftOut, profile: &Profile) -> LeftOutItem {
    let when = eye.when();
    let far = one
        .distance_m
        .map(|metres| format!(", à {}", kilometres(metres)))
        .unwrap_or_default();
    let title = format!("{} à {}", show::care(&one.need), show::commune(one.commune));
    LeftOutItem {
        title,
        facts: format!(
            "{}, {}{far}",
            show::upper(&show::motives(&one.need)),
            when.day_hour(one.raised_at)
        ),
        reasons: match &one.why {
            Why::NotYet => vec![Reason {
                text: NOT_YET.to_owned(),
                href: None,
            }],
            Why::Failed(findings) => findings
                .iter()
                .map(|finding| {
                    let text = reason(finding, &one.need, profile, &when);
                    let network = of_network(finding.measure, one.need.mode, profile);
                    Reason {
                        text: show::upper(&text),
                        href: term(finding.test, profile)
                            .filter(|_| finding.test != Test::Distance || !network),
                    }
                })
                .collect(),
        },
    }
}

/// Where the term that a test reads is set; none for what is not theirs to set.
const fn term(test: Test, profile: &Profile) -> Option<&'static str> {
    match test {
        Test::CareType | Test::Motive | Test::Mode | Test::Age | Test::OwnPatientsOnly => {
            Some("/activite/reglages#h-q")
        }
        Test::Distance => Some("/activite/reglages#h-o"),
        Test::Availability if profile.unavailable_until.is_none() && profile.encore.is_none() => {
            Some("/activite/reglages#h-h")
        }
        Test::Availability | Test::Muted => Some("/activite"),
        Test::QuietHours => Some("/activite/reglages#h-h"),
        Test::DailyMaximum | Test::HourlyMaximum | Test::Rest => Some("/activite/reglages#h-m"),
        Test::Channel => Some("/notifications"),
        Test::Cooperation => Some("/activite/protocoles"),
        Test::Membership
        | Test::Profession
        | Test::Specialty
        | Test::RightToPractise
        | Test::Requester
        | Test::AlreadyAsked
        | Test::AlreadyRefused => None,
    }
}
