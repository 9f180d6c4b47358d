//! The description of the API is the router's: every operation described and no other, every
//! example taken, the committed file the one that is served.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use relais_web::gate::Surface;
use serde_json::{Value, json};

use crate::fixture::in_territory;
use crate::schema;

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/reference/openapi.json"
);

#[test]
fn the_committed_description_is_the_one_served() {
    in_territory(|t| async move {
        let served = t.plain(Method::GET, "/api/openapi.json", None).await;
        assert_eq!(served.status, StatusCode::OK);
        let text = format!(
            "{}\n",
            serde_json::to_string_pretty(&served.json()).unwrap()
        );
        if std::env::var_os("RELAIS_TEST_REFRESH").is_some() {
            std::fs::write(FILE, &text).unwrap();
            return;
        }
        let committed = std::fs::read_to_string(FILE).unwrap_or_default();
        assert!(
            committed == text,
            "docs/reference/openapi.json is not up to date: make docs"
        );
    });
}

#[test]
fn every_operation_of_the_router_is_described_and_no_other() {
    let routed: BTreeSet<(String, String)> = relais_web::routes()
        .into_iter()
        .filter(|route| route.surface == Surface::Api)
        .filter_map(|route| {
            let path = route.path.strip_prefix("/api/v1")?;
            Some((route.method.name().to_lowercase(), path.to_owned()))
        })
        .collect();
    assert!(routed.len() >= 29, "{}", routed.len());
    let mut described = BTreeSet::new();
    let mut names = BTreeSet::new();
    for (path, item) in schema::document()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert((method.clone(), path.clone()));
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
        }
    }
    assert_eq!(routed, described);
}

#[test]
fn every_example_has_the_shape_it_illustrates() {
    let mut seen = 0;
    for (name, shape) in schema::document()["components"]["schemas"]
        .as_object()
        .unwrap()
    {
        for example in shape["examples"].as_array().into_iter().flatten() {
            schema::valid(shape, example, "").unwrap_or_else(|why| panic!("{name}: {why}"));
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen} examples");
}

#[test]
fn every_example_of_a_body_is_taken_by_the_operation() {
    in_territory(|t| async move {
        let paths = schema::document()["paths"].as_object().unwrap().clone();
        for (path, item) in paths {
            for (method, operation) in item.as_object().unwrap() {
                let body =
                    &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
                let Some(name) = body.as_str().and_then(|target| target.rsplit('/').next()) else {
                    continue;
                };
                let examples =
                    schema::document()["components"]["schemas"][name]["examples"].clone();
                let examples = examples.as_array().cloned().unwrap_or_default();
                assert!(!examples.is_empty(), "{name} has no example");
                for example in examples {
                    taken(&t, method, &path, &example).await;
                }
            }
        }
    });
}

/// A body that is understood: whatever the state answers, it is not that a field is wrong.
async fn taken(t: &crate::fixture::Territory, method: &str, path: &str, body: &Value) {
    let theirs = ["/release", "/synthesis", "/next"];
    let professional = path.starts_with("/offers")
        || path.starts_with("/me")
        || theirs.iter().any(|end| path.ends_with(end));
    let token = if professional {
        t.token_of(t.doctor().id)
    } else if path.ends_with("/qualify") {
        t.token(t.user(relais_core::access::Role::Regulator, 0))
    } else {
        t.operator()
    };
    let id = if path.starts_with("/offers") {
        "off"
    } else {
        "req"
    };
    let path = path.replace("{id}", &format!("{id}_00000000000000000000000000"));
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let reply = t.call(&token, method.clone(), &path, Some(body)).await;
    let fine = reply.status.is_success() || reply.status == StatusCode::NOT_FOUND;
    assert!(
        fine,
        "{method} {path} {body}: {} {}",
        reply.status, reply.text
    );
}

/// R8: consent is recorded, never assumed: software that leaves it out hears so, with its place.
#[test]
fn a_note_says_whether_the_patient_agrees() {
    in_territory(|t| async move {
        let path = "/requests/req_00000000000000000000000000/synthesis";
        let token = t.token_of(t.doctor().id);
        let schema = &schema::document()["components"]["schemas"]["NoteDraft"];
        assert!(
            schema["required"]
                .as_array()
                .unwrap()
                .contains(&json!("consent"))
        );
        let mut note = schema["examples"][0].clone();
        note.as_object_mut().unwrap().remove("consent");
        let reply = t.post(&token, path, &note).await;
        assert_eq!(
            reply.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            reply.text
        );
        assert_eq!(reply.json()["errors"][0]["pointer"], "/consent");
        note["consent"] = json!(false);
        let reply = t.post(&token, path, &note).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{}", reply.text);
    });
}

#[test]
fn people_can_read_it_too() {
    in_territory(|t| async move {
        let page = t.plain(Method::GET, "/api/docs", None).await;
        assert_eq!(page.status, StatusCode::OK);
        for path in schema::document()["paths"].as_object().unwrap().keys() {
            assert!(
                page.text.contains(&format!("/api/v1{path}")),
                "{path} is not on the page"
            );
        }
        for problem in schema::document()["x-problems"].as_array().unwrap() {
            let kind = problem["type"].as_str().unwrap();
            let page = t.plain(Method::GET, kind, None).await;
            assert_eq!(page.status, StatusCode::OK, "{kind}");
        }
        assert_eq!(
            t.plain(Method::GET, "/problems/nothing", None).await.status,
            StatusCode::NOT_FOUND
        );
    });
}
