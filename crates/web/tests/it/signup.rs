//! Sign-up over HTTP: what is typed in a page goes into the application that page was of, and no other.

use axum::body::Body;
use http::{Request, StatusCode, header};

use crate::fixture::{Reply, Territory, in_territory};

async fn send(t: &Territory, path: &str, cookie: &str, fields: Option<&[(&str, &str)]>) -> Reply {
    let request = Request::builder()
        .uri(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie);
    let request = match fields {
        None => request.body(Body::empty()),
        Some(fields) => {
            let pairs: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request
                .method("POST")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(pairs.join("&")))
        }
    };
    t.send(request.unwrap()).await
}

/// Begins as somebody of the national directory; the cookie the browser keeps.
async fn begin(t: &Territory, rpps: &str, name: &str) -> String {
    let reply = send(
        t,
        "/inscription",
        "",
        Some(&[("rpps", rpps), ("name", name)]),
    )
    .await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
    let set = reply
        .headers
        .get(header::SET_COOKIE)
        .unwrap()
        .to_str()
        .unwrap();
    set.split(';').next().unwrap().to_owned()
}

fn mark(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"dossier\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Two colleagues at one computer, a tab each: the browser holds the application begun last, and the first tab's form would
/// write one doctor's telephone and mailbox, proved by their codes, onto the other.
#[test]
fn a_tab_left_open_writes_nothing_onto_the_application_begun_after_it() {
    in_territory(|t| async move {
        let network = t.world.networks[0].code;
        let first = begin(&t, "99710000011", "Corvo").await;
        let page = send(&t, "/inscription/reseau", &first, None).await;
        let older = mark(&page.text);
        let second = begin(&t, "99710000029", "Nervaux").await;

        let typed = |dossier: &str| {
            [
                ("dossier", dossier.to_owned()),
                ("code", network.to_string()),
                ("phone", "0639984107".to_owned()),
                ("mail", "y.corvo@exemple.fr".to_owned()),
                ("insee", "91377".to_owned()),
                ("standing", "titular".to_owned()),
            ]
        };
        let post = async |cookie: &str, dossier: &str| {
            let fields = typed(dossier);
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            send(&t, "/inscription/reseau", cookie, Some(&fields)).await
        };
        for stale in [older.as_str(), ""] {
            let refused = post(&second, stale).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                refused
                    .text
                    .contains("Une autre inscription a été commencée"),
                "{}",
                refused.text
            );
            assert!(refused.text.contains("Nervaux") && !refused.text.contains("Ysaline"));
            assert!(
                !refused.text.contains("y.corvo@exemple.fr"),
                "nothing of the other tab"
            );
        }
        // Every later form of a page says the same, the photo of a card included.
        for path in [
            "/inscription/codes",
            "/inscription/acces",
            "/inscription/cle",
            "/inscription/activite",
        ] {
            let refused = send(&t, path, &second, Some(&[("dossier", &older)])).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(refused.text.contains("Une autre inscription"), "{path}");
        }

        let page = send(&t, "/inscription/reseau", &second, None).await;
        let mine = post(&second, &mark(&page.text)).await;
        assert_eq!(mine.status, StatusCode::SEE_OTHER, "{}", mine.text);
    });
}
