//! Finding a request from the desk: by its number, by the commune; never by what names somebody, and
//! never through an address.

use axum::body::Body;
use http::{Request, StatusCode, header};
use relais_core::access::Role;

use crate::fixture::{CANARY, Reply, Territory, in_territory, text};

impl Territory {
    async fn sought(&self, role: Role, typed: &str) -> Reply {
        let login = &self.user(role, 0).login;
        let session = self.app.sign_in_demo(login, String::new()).await.unwrap();
        let request = Request::post("/demandes/chercher")
            .header(header::COOKIE, format!("relais={session}"))
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let body = format!("q={}", typed.replace(' ', "+").replace('#', "%23"));
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

fn location(reply: &Reply) -> &str {
    reply.headers["location"].to_str().unwrap()
}

#[test]
fn a_number_opens_its_request_and_a_commune_lists_its_own() {
    in_territory(|t| async move {
        let id = t.raise(&t.draft()).await;
        let read = t.get(&t.operator(), &format!("/requests/{id}")).await;
        let code = text(&read.json()["code"]);
        for typed in [code.clone(), format!("# {code}")] {
            for role in [Role::Operator, Role::Regulator, Role::Coordinator] {
                let found = t.sought(role, &typed).await;
                assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.text);
                assert_eq!(location(&found), format!("/demandes/{id}"), "{typed}");
            }
        }
        for typed in ["Massy", "massy 91300", "91300"] {
            let found = t.sought(Role::Operator, typed).await;
            assert_eq!(found.status, StatusCode::SEE_OTHER, "{}", found.text);
            assert_eq!(location(&found), "/demandes?commune=91377", "{typed}");
        }
        for wrong in ["999999", "Massi", "0639989107", ""] {
            let refused = t.sought(Role::Operator, wrong).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(refused.text.contains("<title>Erreur"), "{}", refused.text);
            assert!(refused.text.contains(&format!("value=\"{wrong}\"")), "kept");
            assert_eq!(CANARY.found_in(&refused.text), None);
        }
        let phone = t.sought(Role::Operator, "06 39 98 91 07").await;
        assert!(phone.text.contains("inscrite au journal"), "{}", phone.text);
    });
}
