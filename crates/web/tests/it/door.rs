//! The door under a hammer: who is kept out, and who is not.

use http::StatusCode;
use relais_core::access::Role;

use crate::fixture::in_territory;
use crate::public_visitor::Visitor;

/// A practice behind one address: somebody hammers from it, and a browser that was let in before still gets an answer.
#[test]
fn a_hammer_from_the_same_address_keeps_no_known_browser_out() {
    in_territory(|t| async move {
        let login = t.user(Role::Operator, 0).login.clone();
        let known = format!("relais-connu={}", t.app.known_browser(&login).unwrap());
        let attempt = async |cookie: &str, login: &str| {
            let mut visitor = Visitor::new(&t, "203.0.113.9");
            visitor.cookie = cookie.to_owned();
            let typed = [("login", login), ("password", "x"), ("code", "000000")];
            let reply = visitor.post("/connexion", &typed).await;
            assert!(reply.text.contains("<h1"), "{}", reply.text);
            reply
        };
        let mut refused = 0;
        for _ in 0..40 {
            let reply = attempt("", "nobody").await;
            refused += usize::from(reply.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(refused > 0, "the hammer is stopped");
        assert_eq!(
            attempt("", &login).await.status,
            StatusCode::TOO_MANY_REQUESTS
        );
        let judged = attempt(&known, &login).await;
        assert_eq!(judged.status, StatusCode::UNAUTHORIZED, "{}", judged.text);
        // The mark is of one login, and a browser has its own limit.
        assert_eq!(
            attempt(&known, "nobody").await.status,
            StatusCode::TOO_MANY_REQUESTS
        );
        let mut last = judged;
        for _ in 0..40 {
            last = attempt(&known, &login).await;
        }
        assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS);
    });
}
