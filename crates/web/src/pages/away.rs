//! The page shown while the database does not answer, made from what this process remembers.

use axum::response::{IntoResponse, Response};
use relais_app::condition::Trouble;
use relais_app::phone::national;
use relais_app::text::condition::title;
use relais_app::text::when::When;

use crate::problem::Told;
use crate::views::AwayPage;
use crate::web::Web;

/// What somebody reads instead of the page they asked for, or of the answer to the form they sent.
pub(crate) fn page(web: &Web, told: &Told, sent: bool, when: &When<'_>) -> Response {
    let state = web.app.state();
    let known = state.conditions.iter().find(|one| {
        matches!(
            one.trouble,
            Trouble::DatabaseAway | Trouble::WritesRefused | Trouble::DatabaseSlow
        )
    });
    let fact = match known {
        Some(one) => format!("{} {}", title(&one.trouble), when.since(one.since)),
        None => title(&Trouble::DatabaseAway),
    };
    let directory = web.app.directory_held();
    let mut networks = directory.networks();
    // With several networks, whose caller this is cannot be known now.
    let phone = match (networks.next(), networks.next()) {
        (Some(only), None) => Some((only.network.name.clone(), national(&only.network.phone))),
        _ => None,
    };
    let page = AwayPage { sent, fact, phone };
    told.with_page(&page).into_response()
}
