//! The access matrix: every route of the router, asked in every relation to a request. Compared
//! with the committed page; and what must hold whatever the page says.

use std::fmt::Write as _;

use relais_web::gate::Surface;
use relais_web::right::Right;
use relais_web::routes::{Method, Route};

use crate::fixture::{CANARY, Territory, in_territory};
use crate::people::{Cases, Cast, RELATIONS, Relation, acts};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/acces.md");

/// Would end the round for everybody, or counts attempts: asked in tests of their own.
fn apart(route: &Route) -> bool {
    matches!(
        route.path,
        "/demo/reset" | "/deconnexion" | "/connexion" | "/connexion/cle" | "/connexion/secours"
    ) && route.method == Method::Post
}

/// One row: what each relation is answered.
async fn row(t: &Territory, cast: &Cast, route: &Route, cases: &Cases) -> Vec<&'static str> {
    let mut cells = Vec::new();
    for (relation, name) in RELATIONS {
        let heard = cast.ask(t, route, *relation, cases).await;
        let cell = heard.cell();
        let what = format!(
            "{} {} by {name}: {}",
            route.method.name(),
            route.path,
            heard.status
        );
        check(route, *relation, cell, &what);
        for (header, value) in &heard.headers {
            assert_eq!(
                CANARY.found_in(&String::from_utf8_lossy(value.as_bytes())),
                None,
                "{what}, header {header}"
            );
        }
        // A yes is what opens the identity: whoever says it is the accepter from then on.
        let says_yes = *relation == Relation::Asked && route.path.ends_with("/accept");
        if !relation.entitled() && !says_yes {
            let phones = route.path.starts_with("/demo/phones");
            let found = if phones {
                CANARY.named_in(&heard.text)
            } else {
                CANARY.found_in(&heard.text)
            };
            assert_eq!(found, None, "{what}: an identity leaks\n{}", heard.text);
        }
        if !route.right.is_open() {
            let cache = heard
                .headers
                .get("cache-control")
                .and_then(|value| value.to_str().ok());
            assert_eq!(cache, Some("no-store"), "{what}");
        }
        cells.push(cell);
    }
    cells
}

/// What must hold, whatever the page says.
fn check(route: &Route, relation: Relation, cell: &str, what: &str) {
    let let_in = cell == "yes";
    if route.right == Right::Everyone || route.right == Right::Demonstration {
        return;
    }
    match relation.role() {
        None => assert!(!let_in, "{what}: nobody is let in"),
        Some(role) => assert!(
            !let_in || route.right.allows(role),
            "{what}: the right does not allow this role"
        ),
    }
    let theirs = matches!(
        relation,
        Relation::Elsewhere(_) | Relation::OtherPartner | Relation::Stranger
    );
    if theirs && route.path.contains("{id}") {
        assert!(!let_in, "{what}: a request of others (I13)");
    }
    if relation.role().is_none() {
        let expected = if route.surface == Surface::Page {
            "sign-in"
        } else {
            "401"
        };
        assert_eq!(cell, expected, "{what}");
    }
}

#[test]
fn every_route_answers_each_relation_as_the_page_says() {
    in_territory(|t| async move {
        let cast = Cast::of(&t).await;
        let shared = Cases::make(&t).await;
        let mut rows = Vec::new();
        for route in relais_web::routes() {
            if apart(&route) {
                rows.push((route, vec!["—"; RELATIONS.len()]));
                continue;
            }
            let fresh = if acts(&route) {
                Some(Cases::make(&t).await)
            } else {
                None
            };
            let cells = row(&t, &cast, &route, fresh.as_ref().unwrap_or(&shared)).await;
            rows.push((route, cells));
        }
        let page = page(&rows);
        if std::env::var_os("RELAIS_TEST_REFRESH").is_some() {
            std::fs::write(FILE, &page).unwrap();
            return;
        }
        let committed = std::fs::read_to_string(FILE).unwrap_or_default();
        for (line, old) in page.lines().zip(committed.lines()) {
            assert_eq!(
                line, old,
                "docs/reference/acces.md is not up to date: make docs, then read the difference"
            );
        }
        assert!(
            page == committed,
            "docs/reference/acces.md is not up to date: make docs"
        );
    });
}

fn page(rows: &[(Route, Vec<&'static str>)]) -> String {
    let mut page = "# Who may see and do what\n\n\
        Made by `crates/web/tests/it/access.rs`: every route of the router is asked in every relation to a request. \
        Do not edit; `make docs` rewrites it.\n\n\
        - `yes`: let in. What was sent or the state of the request may still be refused (409, 422).\n\
        - `sign-in`: sent to the sign-in page. `401`, `403`: refused. `404`: does not exist for them.\n\
        - accepter: the professional who has the patient. secretary: answers in the accepter's name. asked: holds a live offer. requester: the professional who \
        raised it. other's: of the same network, without any part in it. elsewhere: of another network.\n\
        - For a route without `{id}`, only the role matters; lists hold nothing but what the role may see.\n\
        - `—`: asked in tests of their own, because they end the session, the demonstration, or count attempts.\n\
        - `demonstration` routes exist only under `relais demo`.\n\n"
        .to_owned();
    let _ = write!(page, "| route | right |");
    for (_, name) in RELATIONS {
        let _ = write!(page, " {name} |");
    }
    let _ = write!(page, "\n|---|---|{}\n", "---|".repeat(RELATIONS.len()));
    for (route, cells) in rows {
        let _ = writeln!(
            page,
            "| `{} {}` | {} | {} |",
            route.method.name(),
            route.path,
            route.right.name(),
            cells.join(" | ")
        );
    }
    page
}
