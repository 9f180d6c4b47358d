//! Pro Santé Connect over HTTP: the browser leaves with a cookie of chance, comes back once, signs
//! out of both; nothing of it where it is not configured.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, StatusCode, header};
use relais_app::outside::Outside;
use relais_app::{App, Settings};
use relais_gateways::identity::{FakeAuthenticators, FakeIdentity, Proved, Unproved};
use relais_store::seal::{MasterKey, Vault};
use relais_web::Site;
use tower::ServiceExt as _;

use crate::fixture::{Territory, in_territory};

/// The territory as an installation with a provider of identities.
fn serving(t: &Territory, fake: &Arc<FakeIdentity>) -> axum::Router {
    let outside = Outside {
        identity: Some(Arc::clone(fake) as _),
        authenticators: Some(Arc::new(FakeAuthenticators::default()) as _),
        ..Outside::none()
    };
    let settings = Settings {
        base_url: "https://relais.test".to_owned(),
        demo: false,
        node: "proved".to_owned(),
        repeat_waits: relais_app::idempotent::PATIENCE,
    };
    let vault = Vault::new(MasterKey::new([7; 32]), Vec::new());
    let (db, clock) = (t.app.db().clone(), t.app.clock().clone());
    let site = Site {
        demo: None,
        secure_cookies: true,
        trusted_proxies: Vec::new(),
    };
    relais_web::router(App::new(db, clock, vault, outside, settings), site)
}

struct Heard {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Heard {
    fn location(&self) -> &str {
        let value = self.headers.get(header::LOCATION);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// `name=value` of the first cookie of that name that is set.
    fn cookie(&self, name: &str) -> String {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        let mut texts = all.filter_map(|value| value.to_str().ok());
        let found = texts.find(|text| text.starts_with(name));
        found.unwrap().split(';').next().unwrap().to_owned()
    }
}

async fn ask(router: &axum::Router, method: &str, path: &str, cookie: &str) -> Heard {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie);
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap());
    let response = response.await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Heard {
        status,
        headers,
        text,
    }
}

fn come_back(leaving: &Heard) -> String {
    let (_, query) = leaving.location().split_once('?').unwrap();
    format!("/connexion/psc/retour?{query}")
}

#[test]
fn a_member_signs_in_by_it_and_out_of_both() {
    in_territory(|t| async move {
        let fake = Arc::new(FakeIdentity::default());
        let router = serving(&t, &fake);
        let user = t.world.users.iter().find(|u| u.professional.is_some());
        let id = user.unwrap().professional.unwrap();
        let rpps = t.world.professional(id).unwrap().rpps.clone();
        let proved = || Proved {
            rpps: rpps.clone(),
            last_name: String::new(),
            activities: Vec::new(),
            hint: "hint-of-a-test".to_owned(),
        };

        let door = ask(&router, "GET", "/connexion?suite=/prises", "").await;
        assert!(door.text.contains("href=\"/connexion/psc?suite=/prises\""));
        let leaving = ask(&router, "GET", "/connexion/psc?suite=/prises", "").await;
        assert_eq!(leaving.status, StatusCode::SEE_OTHER);
        assert!(leaving.location().starts_with("https://psc.test/auth?"));
        let kept = leaving.cookie("__Host-relais-psc");

        // The address alone, in another browser, is worth nothing and says why.
        let stolen = ask(&router, "GET", &come_back(&leaving), "").await;
        assert_eq!(stolen.location(), "/connexion?raison=psc-delai");
        let said = ask(&router, "GET", stolen.location(), "").await;
        assert!(
            said.text.contains("dans un autre navigateur"),
            "{}",
            said.text
        );

        fake.say(Ok(proved()));
        let arrived = ask(&router, "GET", &come_back(&leaving), &kept).await;
        assert_eq!(arrived.location(), "/prises");
        let session = arrived.cookie("__Host-relais=");
        let page = ask(&router, "GET", "/prises", &session).await;
        assert_eq!(page.status, StatusCode::OK);

        let out = ask(&router, "POST", "/deconnexion", &session).await;
        assert!(
            out.text.contains("href=\"/connexion/psc/fin\""),
            "{}",
            out.text
        );
        assert!(!out.text.contains("hint-of-a-test"));
        let end = ask(
            &router,
            "GET",
            "/connexion/psc/fin",
            &out.cookie("__Host-relais-psc"),
        )
        .await;
        assert!(end.location().starts_with("https://psc.test/logout?"));
        let page = ask(&router, "GET", "/prises", &session).await;
        assert!(page.location().starts_with("/connexion"));
    });
}

/// Two tabs leave one after the other: the browser holds what the second carries, and what the first comes back with
/// takes nothing of it away.
#[test]
fn the_second_of_two_tabs_signs_in() {
    in_territory(|t| async move {
        let fake = Arc::new(FakeIdentity::default());
        let router = serving(&t, &fake);
        let user = t.world.users.iter().find(|u| u.professional.is_some());
        let id = user.unwrap().professional.unwrap();
        let rpps = t.world.professional(id).unwrap().rpps.clone();
        let first = ask(&router, "GET", "/connexion/psc?suite=/prises", "").await;
        let second = ask(&router, "GET", "/connexion/psc?suite=/offres", "").await;
        let kept = second.cookie("__Host-relais-psc");
        let refused = ask(&router, "GET", &come_back(&first), &kept).await;
        assert_eq!(refused.location(), "/connexion?raison=psc-delai");
        assert!(
            !refused.headers.contains_key(header::SET_COOKIE),
            "the other tab's cookie stays"
        );
        // Nor does a way out of both that was not prepared here.
        let end = ask(&router, "GET", "/connexion/psc/fin", &kept).await;
        assert_eq!(end.location(), "/connexion");
        assert!(!end.headers.contains_key(header::SET_COOKIE));
        fake.say(Ok(Proved {
            rpps,
            last_name: String::new(),
            activities: Vec::new(),
            hint: "hint-of-a-test".to_owned(),
        }));
        let arrived = ask(&router, "GET", &come_back(&second), &kept).await;
        assert_eq!(arrived.location(), "/offres");
        assert_eq!(
            arrived.cookie("__Host-relais-psc"),
            "__Host-relais-psc=",
            "used: it goes"
        );
    });
}

#[test]
fn each_trouble_leads_back_to_the_door_and_an_address_of_elsewhere_nowhere() {
    in_territory(|t| async move {
        let fake = Arc::new(FakeIdentity::default());
        let router = serving(&t, &fake);
        let leaving = ask(&router, "GET", "/connexion/psc?suite=//evil.fr", "").await;
        let kept = leaving.cookie("__Host-relais-psc");
        fake.say(Err(Unproved::Doubtful("a lie".to_owned())));
        let back = ask(&router, "GET", &come_back(&leaving), &kept).await;
        assert_eq!(back.location(), "/connexion?raison=psc-douteux");
        fake.set_away(true);
        let away = ask(&router, "GET", "/connexion/psc?suite=/prises", "").await;
        assert_eq!(
            away.location(),
            "/connexion?raison=psc-absent&suite=/prises"
        );
        let said = ask(&router, "GET", away.location(), "").await;
        assert!(said.text.contains("Pro Santé Connect ne répond pas"));
        // Nobody is signing up in this browser: there is nothing to prove.
        let prove = ask(&router, "GET", "/inscription/psc", "").await;
        assert_eq!(prove.location(), "/inscription");
        let long = format!("/connexion/psc/retour?state={}", "x".repeat(6_000));
        let long = ask(&router, "GET", &long, &kept).await;
        assert_eq!(long.location(), "/connexion?raison=psc-delai");
    });
}

#[test]
fn where_it_is_not_configured_nothing_speaks_of_it() {
    in_territory(|t| async move {
        for path in [
            "/connexion/psc",
            "/connexion/psc/retour",
            "/connexion/psc/fin",
            "/inscription/psc",
        ] {
            let heard = ask(&t.router, "GET", path, "").await;
            assert_eq!(heard.status, StatusCode::NOT_FOUND, "{path}");
        }
        let door = ask(&t.router, "GET", "/connexion", "").await;
        assert!(!door.text.contains("Pro Santé Connect"));
    });
}

/// A question to a key is counted by itself: as many as one address may ask leave its other ways in as they were.
#[test]
fn questions_to_keys_use_up_no_other_way_in() {
    in_territory(|t| async move {
        let router = serving(&t, &Arc::new(FakeIdentity::default()));
        let mut asked = Vec::new();
        for _ in 0..40 {
            asked.push(ask(&router, "POST", "/connexion/cle/defi", "").await.status);
        }
        let answered = |status| asked.iter().filter(|one| **one == status).count();
        assert!(answered(StatusCode::OK) >= 30, "{asked:?}");
        assert!(answered(StatusCode::TOO_MANY_REQUESTS) > 0, "{asked:?}");
        for _ in 0..30 {
            let leaving = ask(&router, "GET", "/connexion/psc", "").await;
            assert!(leaving.location().starts_with("https://psc.test/auth?"));
        }
        let sign_up = ask(&router, "POST", "/inscription", "").await;
        assert_eq!(sign_up.status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}
