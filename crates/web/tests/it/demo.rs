//! The demonstration's endpoints: what the contract says of them, and nothing of them under `serve`.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use serde_json::json;

use crate::fixture::{CANARY, in_territory, text, under_serve};

#[test]
fn accounts_are_those_of_the_contract() {
    in_territory(|t| async move {
        let accounts = t
            .plain(Method::GET, "/demo/accounts.json", None)
            .await
            .json();
        let accounts = accounts.as_array().unwrap();
        let count = |role: &str| accounts.iter().filter(|one| one["role"] == role).count();
        assert!(count("operator") >= 2 && count("regulator") >= 1 && count("coordinator") >= 1);
        assert!(count("administrator") >= 1 && count("auditor") >= 1 && count("partner") >= 1);
        assert!(count("professional") >= 40);
        let mut professions: Vec<_> = accounts
            .iter()
            .filter_map(|one| one["profession"].as_str())
            .collect();
        professions.sort_unstable();
        professions.dedup();
        assert!(professions.len() >= 7, "{professions:?}");
        assert!(accounts.iter().any(|one| one["profession"] == "gp" && one["declared_patients"].as_u64() > Some(0)));
        assert!(accounts.iter().any(|one| one["smartphone"] == false));
        for one in accounts
            .iter()
            .filter(|one| one["role"] == "professional")
            .take(3)
        {
            let token = text(&one["api_token"]);
            assert_eq!(t.get(&token, "/offers").await.status, StatusCode::OK);
            let login = text(&one["login_url"]);
            let path = login.strip_prefix("https://relais.test").unwrap();
            let entered = t.plain(Method::GET, path, None).await;
            assert!(
                entered.status.is_redirection(),
                "{} {}",
                entered.status,
                entered.text
            );
            assert!(
                entered.headers["set-cookie"]
                    .to_str()
                    .unwrap()
                    .contains("HttpOnly")
            );
        }
    });
}

#[test]
fn the_clock_moves_by_hand_and_everything_due_happens() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        let before = t.plain(Method::GET, "/demo/clock", None).await.json();
        assert_eq!(before["manual"], true);
        let moved = t
            .plain(
                Method::POST,
                "/demo/clock",
                Some(&json!({ "advance": "PT61M" })),
            )
            .await
            .json();
        let at = |view: &serde_json::Value| text(&view["now"]).parse::<jiff::Timestamp>().unwrap();
        assert_eq!(at(&moved).duration_since(at(&before)).as_mins(), 61);
        let request = t
            .get(&t.operator(), &format!("/requests/{id}"))
            .await
            .json();
        assert_eq!(
            request["status"], "asking_community",
            "what was due is done when the call returns"
        );
        for bad in ["-PT5M", "P31D", "P1M", "61", ""] {
            let reply = t
                .plain(
                    Method::POST,
                    "/demo/clock",
                    Some(&json!({ "advance": bad })),
                )
                .await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        }
        assert_eq!(
            t.plain(Method::GET, "/demo/clock", None).await.json(),
            moved
        );
    });
}

#[test]
fn a_phone_answers_and_the_answer_counts_at_once() {
    in_territory(|t| async move {
        let person = t.world.professionals[t.world.guided.no_smartphone].clone();
        let mut draft = t.draft();
        draft["usual"]["rpps"] = json!(person.rpps);
        let id = t.raise(&draft).await;
        t.app.settle().await.unwrap();
        let number = person.alert_number.clone().unwrap();
        let phones = t.plain(Method::GET, "/demo/phones.json", None).await.json();
        let asked = phones
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["to"] == number.as_str());
        let asked = asked.unwrap_or_else(|| panic!("nothing reached {number}: {phones}"));
        assert_eq!(
            (text(&asked["channel"]), text(&asked["request"])),
            ("sms".to_owned(), id.clone())
        );
        let words = text(&asked["text"]);
        assert_eq!(CANARY.found_in(&words), None);
        let code = words
            .split("OUI ")
            .nth(1)
            .unwrap()
            .chars()
            .take(4)
            .collect::<String>();
        let path = format!("/demo/phones/{}/reply", number.replace('+', "%2B"));
        let reply = t
            .plain(
                Method::POST,
                &path,
                Some(&json!({ "text": format!("oui {code}") })),
            )
            .await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
        let request = t
            .get(&t.operator(), &format!("/requests/{id}"))
            .await
            .json();
        assert_eq!(request["status"], "accepted");
        assert_eq!(request["accepted_by"]["rpps"], person.rpps.as_str());
        assert_eq!(
            request["appointment"]["mode"], "to-be-set",
            "always so by SMS (R4.7)"
        );
        let lost = t
            .plain(
                Method::POST,
                "/demo/phones/nobody/reply",
                Some(&json!({ "text": "OUI" })),
            )
            .await;
        assert_eq!(lost.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn it_starts_again() {
    in_territory(|t| async move {
        let start = t.plain(Method::GET, "/demo/clock", None).await.json();
        let id = t.raise(&t.draft()).await;
        t.pass(30).await;
        let again = t.plain(Method::POST, "/demo/reset", None).await;
        assert_eq!((again.status, again.json()), (StatusCode::OK, start));
        assert_eq!(
            t.get(&t.operator(), &format!("/requests/{id}"))
                .await
                .status,
            StatusCode::NOT_FOUND
        );
        let list = t.get(&t.operator(), "/requests").await.json();
        assert!(
            !list["items"].as_array().unwrap().is_empty(),
            "the stories have been played"
        );
    });
}

#[test]
fn nothing_of_it_exists_under_serve() {
    under_serve(|t| async move {
        for route in relais_web::routes()
            .iter()
            .filter(|route| route.path.starts_with("/demo"))
        {
            let path = route
                .path
                .replace("{number}", "+33639980001")
                .replace("{login}", "x")
                .replace("{page}", "x");
            let method = Method::from_bytes(route.method.name().as_bytes()).unwrap();
            let body = json!({ "advance": "PT1M" });
            let reply = t
                .plain(method, &path.replace("{sample}", "x"), Some(&body))
                .await;
            assert_eq!(
                reply.status,
                StatusCode::NOT_FOUND,
                "{} {}",
                route.method.name(),
                route.path
            );
        }
        let metrics = t.plain(Method::GET, "/metrics", None).await;
        assert_eq!(metrics.status, StatusCode::OK);
        assert!(
            metrics
                .text
                .contains("relais_requests{network=\"SNP91N\",status=\"unfilled\"} 0")
        );
    });
}

#[test]
fn the_pages_forms_are_taken_at_the_same_addresses() {
    in_territory(|t| async move {
        let form = |path: &str, body: &'static str| {
            let request = Request::builder().method(Method::POST).uri(path);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            t.send(request.body(Body::from(body)).unwrap())
        };
        let start = t.app.now();
        let moved = form("/demo/clock", "advance=PT5M").await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER);
        assert_eq!(moved.headers[header::LOCATION], "/demo?dit=avance");
        assert_eq!(t.app.now().since(start).as_minutes(), 5);
        let typed = form("/demo/phones/%2B33639980001/reply", "text=bonjour").await;
        assert_eq!(
            (typed.status, &typed.headers[header::LOCATION]),
            (
                StatusCode::SEE_OTHER,
                &http::HeaderValue::from_static("/demo/phones")
            )
        );
        let again = form("/demo/reset", "").await;
        assert_eq!(again.headers[header::LOCATION], "/demo?dit=recommence");
        assert_eq!(t.app.now(), start);
    });
}

#[test]
fn signing_out_ends_the_session_everywhere() {
    in_territory(|t| async move {
        let login = t.user(relais_core::access::Role::Operator, 0).login.clone();
        let session = t.app.sign_in_demo(&login, String::new()).await.unwrap();
        let ask = |method: Method, path: &str| {
            let request = Request::builder().method(method).uri(path);
            let request = request.header(header::COOKIE, format!("relais={session}"));
            t.send(
                request
                    .header("sec-fetch-site", "same-origin")
                    .body(Body::empty())
                    .unwrap(),
            )
        };
        assert_eq!(ask(Method::GET, "/direct").await.status, StatusCode::OK);
        let out = ask(Method::POST, "/deconnexion").await;
        assert_eq!(out.status, StatusCode::SEE_OTHER);
        let after = ask(Method::GET, "/direct").await;
        assert!(
            after.headers[header::LOCATION]
                .to_str()
                .unwrap()
                .starts_with("/connexion")
        );
        assert_eq!(
            ask(Method::GET, "/direct/tableau").await.status,
            StatusCode::UNAUTHORIZED
        );
    });
}

#[test]
fn another_site_cannot_act_for_somebody() {
    in_territory(|t| async move {
        let login = t.user(relais_core::access::Role::Operator, 0).login.clone();
        let session = t.app.sign_in_demo(&login, String::new()).await.unwrap();
        for site in ["cross-site", "same-site", ""] {
            let mut request = Request::builder()
                .method(Method::POST)
                .uri("/direct/transfert");
            request = request.header(header::COOKIE, format!("relais={session}"));
            if !site.is_empty() {
                request = request.header("sec-fetch-site", site);
            }
            let reply = t.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{site}");
        }
        let request = Request::builder()
            .uri("/api/v1/requests")
            .header(header::COOKIE, format!("relais={session}"));
        let reply = t.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            reply.status,
            StatusCode::UNAUTHORIZED,
            "a cookie opens no API"
        );
    });
}
