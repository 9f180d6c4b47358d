//! Where OVHcloud calls back: let in by the secret of its address, answered 200 whatever it says, and no
//! word of it anywhere.

use http::{Method, Request, StatusCode};
use relais_app::outside::Outside;
use relais_app::tasks::deliver::Caller;
use relais_app::{App, Settings};
use relais_gateways::Channel;
use relais_store::seal::{MasterKey, Vault};
use relais_web::Site;
use tower::ServiceExt as _;

use crate::fixture::{Territory, in_territory};

const SECRET: &str = "vMpB0rqf3dKkT2hY7uZcXw";

/// The territory as an installation whose SMS go by OVHcloud.
fn listening(t: &Territory) -> axum::Router {
    let outside = Outside {
        callers: vec![Caller::new(Channel::Sms, "ovh", SECRET)],
        ..Outside::none()
    };
    let settings = Settings {
        base_url: "https://relais.test".to_owned(),
        demo: false,
        node: "called".to_owned(),
        repeat_waits: relais_app::idempotent::PATIENCE,
    };
    let vault = Vault::new(MasterKey::new([7; 32]), Vec::new());
    let (db, clock) = (t.app.db().clone(), t.app.clock().clone());
    let site = Site {
        demo: None,
        secure_cookies: false,
        trusted_proxies: Vec::new(),
    };
    relais_web::router(App::new(db, clock, vault, outside, settings), site)
}

async fn get(router: &axum::Router, path: &str) -> (StatusCode, String) {
    let request = Request::builder().method(Method::GET).uri(path);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    (
        status,
        String::from_utf8_lossy(&bytes.unwrap()).into_owned(),
    )
}

#[test]
fn whatever_the_vendor_says_is_taken_and_counted_and_nobody_else_is_heard() {
    in_territory(|t| async move {
        let router = listening(&t);
        let at = |secret: &str, rest: &str| format!("/gateway/ovh/{secret}/{rest}");
        let good = "receipts?id=27814656&ptt=4&date=20260310&description=1&descriptionDlr=Success";
        for secret in ["", "x", "vMpB0rqf3dKkT2hY7uZcXW", &SECRET[1..]] {
            let (status, _) = get(&router, &at(secret, good)).await;
            let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND);
            assert!(refused, "{secret}: {status}");
        }
        let calls = [
            good,
            good,
            "receipts",
            "receipts?id=%00&ptt=4",
            "receipts?%FF%FE=%&id",
            "replies?id=7&senderid=33639980001&message=OUI%204821",
            "replies?id=8&senderid=%2B33639980001&message=%E9%E8",
            "replies?message=bonjour",
            "replies?id=9&senderid=38000&message=STOP",
        ];
        for call in calls {
            let (status, text) = get(&router, &at(SECRET, call)).await;
            assert_eq!((status, text.as_str()), (StatusCode::OK, "ok\n"), "{call}");
        }
        let long = format!("replies?senderid=33639980001&message={}", "a".repeat(2_000));
        assert_eq!(get(&router, &at(SECRET, &long)).await.0, StatusCode::OK);
        // Three that name no message, two without a number or a text, one far too long.
        let (_, figures) = get(&router, "/metrics").await;
        assert!(
            figures.contains("relais_provider_calls_unknown_total 6\n"),
            "{figures}"
        );
        assert!(!figures.contains(SECRET));
        assert!(figures.contains("route=\"/gateway/ovh/{secret}/receipts\""));
    });
}
