//! The list of addresses: what each group of them keeps to, and the doors of the network's page. (Here and not beside the
//! router: a unit test that reaches it has the compiler build the whole web a second time.)

use std::collections::BTreeSet;

use axum::body::Body;
use http::{Request, header};
use relais_core::access::Role;
use relais_web::right::Right;
use relais_web::routes;
use relais_web::routes::Method;

use crate::fixture::{Territory, in_territory};

#[test]
fn the_demonstration_keeps_to_its_own_addresses() {
    for route in routes() {
        assert_eq!(
            route.right == Right::Demonstration,
            route.path.starts_with("/demo"),
            "{}",
            route.path
        );
    }
}

#[test]
fn what_is_open_to_everyone_is_a_short_list() {
    let open: Vec<_> = routes()
        .into_iter()
        .filter(|route| route.right == Right::Everyone && route.method != Method::Get)
        .map(|route| route.path)
        .collect();
    // An invitation needs its own secret, is limited by address, and serves once.
    // Sign-up takes only what comes from its own pages and is limited by address, by telephone and by network.
    // The public form and the commune of the hours' page, the patient's own page: each carries or
    // needs no more than its own ticket or secret, and is limited by address.
    assert_eq!(
        open,
        [
            "/n/{network}",
            "/n/{network}/{question}",
            "/horaires/{network}",
            "/p/{secret}/annuler",
            "/p/{secret}/retard",
            "/p/{secret}/recu",
            "/p/{secret}/choix",
            "/connexion",
            "/connexion/cle",
            "/connexion/cle/defi",
            "/connexion/secours",
            "/invitation/{secret}",
            "/invitation/{secret}/cle/defi",
            "/invitation/{secret}/cle",
            "/inscription/activite",
            "/inscription",
            "/inscription/reseau",
            "/inscription/codes",
            "/inscription/acces",
            "/inscription/cle",
            "/inscription/cle/defi",
            "/inscription/carte",
            "/inscription/recommencer"
        ]
    );
}

impl Territory {
    /// Where the doors of the network's page lead, for a role.
    async fn doors(&self, role: Role) -> BTreeSet<String> {
        let login = &self.user(role, 0).login;
        let session = self.app.sign_in_demo(login, String::new()).await.unwrap();
        let request = Request::get("/reseau").header(header::COOKIE, format!("relais={session}"));
        let page = self.send(request.body(Body::empty()).unwrap()).await;
        let (_, after) = page.text.split_once("<div class=\"doors\">").unwrap();
        after
            .split("<li><a href=\"")
            .skip(1)
            .filter_map(|door| door.split_once('"').map(|(href, _)| href.to_owned()))
            .collect()
    }
}

/// A room whose page asks for another right would be a door that does not open, or a page that nothing leads to.
#[test]
fn each_room_is_shown_to_whom_its_page_allows() {
    in_territory(|t| async move {
        let keepers = [Role::Coordinator, Role::Administrator];
        let mut shown = Vec::new();
        for role in keepers {
            shown.push((role, t.doors(role).await));
        }
        let every: BTreeSet<_> = shown.iter().flat_map(|(_, doors)| doors).collect();
        assert!(every.len() > 10, "{every:?}");
        let routes = routes();
        for href in every {
            let mut pages = routes.iter().filter(|route| route.method == Method::Get);
            let page = pages.find(|route| route.path == *href).expect(href);
            for (role, doors) in &shown {
                let allowed = page.right.allows(*role);
                assert_eq!(doors.contains(href), allowed, "{href} for {role:?}");
            }
        }
    });
}
