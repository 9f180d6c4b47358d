//! The state of the service as people and probes meet it: the line under the bar, the page of whoever
//! keeps it running, the page shown without the database, and what the stream tells.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use relais_app::demo::DemoUser;
use relais_core::access::Role;
use relais_core::time::Duration;
use serde_json::json;

use crate::fixture::{CANARY, Reply, Territory, in_territory};

impl Territory {
    async fn enter(&self, user: &DemoUser) -> String {
        let session = self.app.sign_in_demo(&user.login, String::new()).await;
        format!("relais={}", session.unwrap())
    }

    async fn open(&self, cookie: &str, path: &str) -> Reply {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The fake SMS provider answers nobody, and two messages have met it.
    async fn without_sms(&self) {
        let body = json!({ "channel": "sms", "state": "down" });
        let cut = self
            .plain(Method::POST, "/demo/gateways", Some(&body))
            .await;
        assert_eq!(cut.status, StatusCode::OK, "{}", cut.text);
        self.raise(&self.draft()).await;
        self.app.settle().await.unwrap();
        self.app.advance(Duration::seconds(30)).await.unwrap();
        self.app.look().await;
    }
}

const LINE: &str = "Les SMS ne partent pas";

#[test]
fn the_desk_reads_what_is_wrong_and_what_to_do_until_it_is_over() {
    in_territory(|t| async move {
        t.app.look().await;
        let operator = t.enter(t.user(Role::Operator, 0)).await;
        let coordinator = t.enter(t.user(Role::Coordinator, 0)).await;
        let calm = t.open(&operator, "/direct").await;
        assert!(!calm.text.contains("svc__line"), "nothing is wrong");

        t.without_sms().await;
        for path in ["/direct", "/coup-de-main", "/demandes"] {
            let page = t.open(&operator, path).await;
            assert_eq!(page.text.matches("svc__line\"").count(), 1, "{path}");
            assert!(page.text.contains(LINE), "{path}");
            assert!(page.text.contains("Appelez les patients à prévenir"));
            for sheet in ["/protocoles/imprimer", "/demandes/imprimer"] {
                assert!(page.text.contains(&format!("href=\"{sheet}\"")), "{sheet}");
                let printed = t.open(&operator, sheet).await;
                assert_eq!(printed.status, StatusCode::OK, "{sheet}");
            }
            assert!(!page.text.contains("href=\"/admin/etat\""), "not hers");
        }
        let page = t.open(&coordinator, "/demandes").await;
        assert!(page.text.contains(LINE) && page.text.contains("href=\"/admin/etat\""));
        let phone = t
            .world
            .users
            .iter()
            .find(|u| u.professional == Some(t.doctor().id));
        let phone = t.open(&t.enter(phone.unwrap()).await, "/offres").await;
        assert!(!phone.text.contains(LINE), "nothing a professional can do");
        let ready = t.plain(Method::GET, "/readyz", None).await;
        assert_eq!(ready.status, StatusCode::OK);
        assert_eq!(ready.text, "degraded\nchannel-down sms\n");
        let figures = t.plain(Method::GET, "/metrics", None).await.text;
        for line in [
            "relais_condition{code=\"channel-down\"} 2\n",
            "relais_channel_working{channel=\"sms\"} 0\n",
            "relais_channel_working{channel=\"push\"} 1\n",
            "relais_nodes 1\n",
        ] {
            assert!(figures.contains(line), "{line}{figures}");
        }
        assert_eq!(CANARY.found_in(&figures), None);

        t.app.break_channel("sms", false).unwrap();
        t.app.advance(Duration::minutes(10)).await.unwrap();
        t.app.look().await;
        assert!(!t.open(&operator, "/direct").await.text.contains(LINE));
        let ready = t.plain(Method::GET, "/readyz", None).await;
        assert_eq!(ready.text, "ready\n");
    });
}

/// Codes and counts, of one's own network or of all; nobody's name.
#[test]
fn whoever_keeps_the_service_sees_what_is_due_late_and_failed_without_a_name() {
    in_territory(|t| async move {
        t.without_sms().await;
        let request = t.raise(&t.draft()).await;
        t.app.clock().move_to(t.app.now() + Duration::hours(3));
        t.app.look().await;
        let code = {
            let read = t
                .app
                .request(&t.who(Role::Operator), request.parse().unwrap())
                .await;
            read.unwrap().stored.code
        };
        let own = t
            .open(&t.enter(t.user(Role::Coordinator, 0)).await, "/admin/etat")
            .await;
        assert_eq!(own.status, StatusCode::OK);
        for text in [
            LINE,
            "channel-down sms",
            "deadlines-late",
            "la passerelle ne répond pas",
            &format!("href=\"/demandes/{request}\">{code}<"),
            "Listes limitées",
        ] {
            assert!(own.text.contains(text), "{text}\n{}", own.text);
        }
        let all = t.world.users.iter().find(|u| u.role == Role::Administrator);
        let all = t.open(&t.enter(all.unwrap()).await, "/admin/etat").await;
        assert!(all.text.contains(&format!(">{code}<")), "the code");
        assert!(
            !all.text.contains("/demandes/"),
            "and no way to the request"
        );
        let elsewhere = t.enter(t.user(Role::Coordinator, 2)).await;
        let elsewhere = t.open(&elsewhere, "/admin/etat").await;
        assert!(elsewhere.text.contains(LINE), "the provider is everybody's");
        assert!(!elsewhere.text.contains(&request), "I13");
        assert!(!elsewhere.text.contains("deadlines-late"), "I13");
        for page in [&own, &all, &elsewhere] {
            assert_eq!(CANARY.found_in(&page.text), None);
        }
        let operator = t.enter(t.user(Role::Operator, 0)).await;
        let refused = t.open(&operator, "/admin/etat").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn without_the_database_people_read_what_happens_and_what_to_do() {
    in_territory(|t| async move {
        let operator = t.enter(t.user(Role::Operator, 0)).await;
        t.app.look().await;
        t.app.db().close();
        t.app.look().await;
        let page = t.open(&operator, "/direct").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.headers.contains_key(header::RETRY_AFTER));
        for text in [
            "La base de données ne répond pas depuis",
            "Rien de confirmé n’est perdu",
            "fiche papier",
            "imprimées d’avance",
            "away.js",
        ] {
            assert!(page.text.contains(text), "{text}\n{}", page.text);
        }
        assert!(
            !page.text.contains("http-equiv"),
            "nobody is reloaded by force"
        );
        let form = Request::post("/direct")
            .header(header::COOKIE, &operator)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let sent = t
            .send(form.body(Body::from("motive=otalgie")).unwrap())
            .await;
        assert_eq!(sent.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(sent.text.contains("pas confirmé"), "{}", sent.text);
        assert!(
            !sent.text.contains("away.js"),
            "a form is not sent again by itself"
        );
    });
}
