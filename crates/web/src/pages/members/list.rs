//! *Membres*: the list, what asks for a look, and which page of it.

use axum::extract::{Query, State};
use relais_app::directory::ProfessionalRow;
use relais_app::members::{PER_PAGE, Part, Wanted};
use relais_app::text::labels;
use relais_core::people::MembershipStatus;
use serde::Deserialize;

use super::{PAGE, ends, trade};
use crate::fail::{Answer, html};
use crate::gate::{Signed, encode};
use crate::pages::eye;
use crate::parts::Form;
use crate::show::{self, Eye};
use crate::views::{Filter, MemberRow, MembersPage};
use crate::web::Web;

/// What the address of the list may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    nom: String,
    #[serde(default)]
    voir: String,
    #[serde(default)]
    page: String,
}

const fn part_code(part: Part) -> &'static str {
    match part {
        Part::All => "",
        Part::Ending => "contrats",
        Part::Unreached => "injoignables",
        Part::Suspended => "suspendus",
        Part::Left => "partis",
    }
}

const fn part_word(part: Part) -> &'static str {
    match part {
        Part::All => "Tous",
        Part::Ending => "Contrats qui finissent",
        Part::Unreached => "Injoignables",
        Part::Suspended => "Suspendus",
        Part::Left => "Partis",
    }
}

/// `GET /membres`
pub(crate) async fn list(
    State(web): State<Web>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Answer {
    let eye = eye(&web, &signed).await?;
    let who = signed.who();
    let search: String = asked.nom.chars().take(80).collect();
    let part = Part::ALL
        .into_iter()
        .find(|part| part_code(*part) == asked.voir)
        .unwrap_or_default();
    let wanted = Wanted {
        search: search.clone(),
        part,
        page: asked.page.parse().unwrap_or(1),
    };
    let members = web.app.members(&who, &wanted).await?;
    let (waiting, _) = web.app.applications(&who).await?;
    let turn = |page: usize, word: &str| {
        let (part, name) = (part_code(part), encode(&search));
        (
            format!("{PAGE}?voir={part}&nom={name}&page={page}"),
            word.to_owned(),
        )
    };
    let mut turns = Vec::new();
    if members.page > 1 {
        turns.push(turn(members.page - 1, "Page précédente"));
    }
    if members.page * PER_PAGE < members.found {
        turns.push(turn(members.page + 1, "Page suivante"));
    }
    let filters = Part::ALL.into_iter().zip(members.counts);
    html(&MembersPage {
        desk: show::desk(&web, &eye, &signed, "Membres", PAGE),
        form: Form::default().with("nom", &search),
        part: part_code(part),
        filters: filters
            .map(|(one, count)| Filter {
                href: match part_code(one) {
                    "" => PAGE.to_owned(),
                    code => format!("{PAGE}?voir={code}"),
                },
                label: format!("{}, {count}", part_word(one)),
                current: one == part,
            })
            .collect(),
        count: told(members.found, members.page, members.rows.len()),
        waiting: match waiting.len() {
            0 => String::new(),
            1 => "1 candidature attend".to_owned(),
            n => format!("{n} candidatures attendent"),
        },
        rows: members
            .rows
            .iter()
            .map(|(row, status)| line(&eye, row, *status))
            .collect(),
        turns,
    })
}

/// How many fit, and which of them are shown.
fn told(found: usize, page: usize, shown: usize) -> String {
    match found {
        0 => "Personne ne correspond".to_owned(),
        1 => "1 membre".to_owned(),
        n if n <= PER_PAGE => format!("{n} membres, par nom"),
        n => {
            let first = (page - 1) * PER_PAGE;
            format!("{} à {} sur {n}, par nom", first + 1, first + shown)
        }
    }
}

fn line(eye: &Eye, row: &ProfessionalRow, status: MembershipStatus) -> MemberRow {
    let (ends, soon) = ends(eye, row);
    let channels = row.member.channels;
    let ways = [
        (channels.push, "notification"),
        (channels.sms, "SMS"),
        (channels.mail, "courriel"),
    ];
    let ways = ways.iter().filter(|(works, _)| *works);
    let ways: Vec<_> = ways.map(|(_, way)| *way).collect();
    MemberRow {
        href: format!("{PAGE}/{}", row.member.id),
        name: format!("{} {}", row.last_name, row.first_names),
        trade: trade(row),
        status: labels::membership(status).to_owned(),
        active: status == MembershipStatus::Active,
        ends,
        soon,
        ways: ways.join(", "),
    }
}
