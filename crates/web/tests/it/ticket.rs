//! The patient's own page: whoever holds the link is let in and reads nothing of who the patient is;
//! nobody else is; nothing of it is kept.

use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use serde_json::json;
use tower::ServiceExt as _;

use crate::fixture::{CANARY, Reply, Territory, in_territory, text};

impl Territory {
    /// The address of the page in the last message to the patient.
    fn page(&self) -> String {
        let phones = self.app.outside().world.as_ref().expect("fake phones");
        let rows = phones.list();
        let told = rows.iter().rev().find_map(|row| {
            let (_, after) = row
                .text
                .split_once("/p/")
                .filter(|_| row.to == CANARY.phone)?;
            Some(
                after
                    .chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect::<String>(),
            )
        });
        format!("/p/{}", told.expect("a link was sent"))
    }

    /// Nobody signed in asks; `like` are the headers of their browser.
    async fn anybody(
        &self,
        method: Method,
        path: &str,
        body: &str,
        like: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in like {
            request = request.header(*name, *value);
        }
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }
}

#[test]
fn the_holder_of_the_link_alone_reads_when_and_where_and_never_who() {
    in_territory(|t| async move {
        let operator = t.operator();
        let raised = t.post(&operator, "/requests", &t.draft()).await.json();
        let id = text(&raised["id"]);
        t.app.settle().await.unwrap();
        let page = t.page();
        let read = t.anybody(Method::GET, &page, "", &[]).await;
        assert_eq!(read.status, StatusCode::OK);
        assert!(read.text.contains("Nous cherchons"), "{}", read.text);

        let doctor = t.token_of(t.doctor().id);
        let offer = text(&t.offer(&doctor, &id).await["id"]);
        let at = (t.app.now() + relais_core::time::Duration::hours(2)).timestamp();
        let time = json!({ "appointment": { "mode": "at", "at": at.to_string() } });
        let won = t
            .post(&doctor, &format!("/offers/{offer}/accept"), &time)
            .await;
        assert_eq!(won.status, StatusCode::OK, "{}", won.text);
        let read = t.anybody(Method::GET, &page, "", &[]).await;
        let file = t
            .anybody(Method::GET, &format!("{page}/rendez-vous.ics"), "", &[])
            .await;
        assert_eq!((read.status, file.status), (StatusCode::OK, StatusCode::OK));
        assert!(file.text.starts_with("BEGIN:VCALENDAR"), "{}", file.text);
        for heard in [&read, &file] {
            assert_eq!(CANARY.found_in(&heard.text), None, "{}", heard.text);
            assert!(!heard.text.contains("otalgie") && !heard.text.contains("oreille"));
            let says = |name: &str| heard.headers[name].to_str().unwrap().to_owned();
            assert_eq!(says("cache-control"), "no-store, private");
            assert_eq!(says("referrer-policy"), "same-origin");
            assert!(says("x-robots-tag").contains("noindex"));
        }
        let wrong = format!("{}z", &page[..page.len() - 1]);
        for nothing in [
            wrong.as_str(),
            "/p/x",
            "/p/%20",
            "/p/0000000000000000000000/rendez-vous.ics",
        ] {
            let refused = t.anybody(Method::GET, nothing, "", &[]).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{nothing}");
        }
        let why = json!({ "reason": "unwell" });
        let given_back = t
            .post(&doctor, &format!("/requests/{id}/release"), &why)
            .await;
        assert_eq!(given_back.status, StatusCode::OK, "{}", given_back.text);
        let read = t.anybody(Method::GET, &page, "", &[]).await;
        assert!(
            read.text.contains("Nous cherchons de nouveau") && read.text.contains("empêchement"),
            "{}",
            read.text
        );
    });
}

/// A phone of ten years ago says `Origin` and nothing else; another site's page is refused.
#[test]
fn an_old_phone_may_act_and_another_site_may_not() {
    in_territory(|t| async move {
        let operator = t.operator();
        let raised = t.post(&operator, "/requests", &t.draft()).await.json();
        let id = text(&raised["id"]);
        t.app.settle().await.unwrap();
        let doctor = t.token_of(t.doctor().id);
        let offer = text(&t.offer(&doctor, &id).await["id"]);
        let at = (t.app.now() + relais_core::time::Duration::hours(2)).timestamp();
        let time = json!({ "appointment": { "mode": "at", "at": at.to_string() } });
        t.post(&doctor, &format!("/offers/{offer}/accept"), &time)
            .await;
        let page = t.page();
        let (late, cancel) = (format!("{page}/retard"), format!("{page}/annuler"));
        let old = [("origin", "https://relais.test"), ("host", "relais.test")];
        let other = [("origin", "https://autre.test"), ("host", "relais.test")];
        let refused = t.anybody(Method::POST, &cancel, "", &other).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let unsaid = t.anybody(Method::POST, &late, "minutes=", &old).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsaid.text.contains("De combien"), "{}", unsaid.text);
        assert!(unsaid.text.contains("<title>Erreur"), "{}", unsaid.text);
        let told = t
            .anybody(Method::POST, &late, "minutes=20&gros=1", &old)
            .await;
        assert_eq!(told.status, StatusCode::SEE_OTHER);
        assert_eq!(
            told.headers[header::LOCATION].to_str().unwrap(),
            format!("{page}?gros=1&dit=retard")
        );
        let done = t.anybody(Method::POST, &cancel, "", &old).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        let read = t.anybody(Method::GET, &page, "", &old).await;
        assert!(
            read.text.contains("Votre demande est annulée"),
            "{}",
            read.text
        );
        let seen = t.get(&operator, &format!("/requests/{id}")).await.json();
        assert_eq!(seen["status"], "cancelled");
    });
}

/// Too many at once from one address are told to wait; the page is not a door to try secrets at.
#[test]
fn a_hammer_at_the_links_is_stopped() {
    in_territory(|t| async move {
        let mut stopped = 0;
        for n in 0..140 {
            let heard = t
                .anybody(Method::GET, &format!("/p/secret{n}"), "", &[])
                .await;
            stopped += u32::from(heard.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(stopped >= 10, "{stopped}");
    });
}
