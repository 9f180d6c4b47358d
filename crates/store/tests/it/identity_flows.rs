//! People on their way to a provider of identities, and what ends its session.

use relais_store::identity_flows::{self, IdentityFlow};
use relais_store::spent_tokens;
use relais_store::testing::on_each_engine;
use relais_store::users::{self, Session};

use crate::some::{self, USER, at};

#[test]
fn one_comes_back_once_in_time_and_in_the_same_browser() {
    on_each_engine(|db| {
        for state in ["a", "b", "c"] {
            let flow = IdentityFlow {
                state_hash: state.to_owned(),
                browser_hash: format!("browser {state}"),
                sealed: vec![1, 2, 3],
                started_at: at(0),
                expires_at: at(10),
            };
            db.write_blocking(move |tx| identity_flows::insert(tx, &flow))
                .expect("left");
        }
        let take = |state: &'static str, browser: &'static str, minute| {
            db.write_blocking(move |tx| identity_flows::take(tx, state, browser, at(minute)))
                .expect("asked")
        };
        assert_eq!(take("a", "browser b", 1), None, "another browser");
        assert_eq!(take("a", "browser a", 1), Some(vec![1, 2, 3]));
        assert_eq!(take("a", "browser a", 1), None, "used");
        assert_eq!(take("b", "browser b", 10), None, "too old");
        let gone = db.write_blocking(|tx| identity_flows::prune(tx, at(10)));
        assert_eq!(gone, Ok(2));
    });
}

#[test]
fn what_ends_the_providers_session_goes_with_ours() {
    on_each_engine(|db| {
        some::territory(db);
        let session = Session {
            id: "s".to_owned(),
            token_hash: "hash s".to_owned(),
            user: USER,
            created_at: at(1),
            seen_at: at(1),
            strong_at: at(1),
            expires_at: at(20),
            revoked_at: None,
            device: String::new(),
            shared_computer: false,
            worn: None,
            acts_for: None,
        };
        db.write_blocking(move |tx| {
            users::insert_session(tx, &session)?;
            users::set_hint(tx, "hash s", &[7])
        })
        .expect("opened");
        let hint = |hash: &'static str| db.read_blocking(move |tx| users::find_hint(tx, hash));
        assert_eq!(hint("hash s"), Ok(Some(vec![7])));
        assert_eq!(hint("hash t"), Ok(None));
        db.write_blocking(|tx| users::revoke_session(tx, "hash s", at(2)))
            .expect("ended");
        assert_eq!(hint("hash s"), Ok(None), "a session that ended has none");
    });
}

#[test]
fn what_a_browser_carried_serves_once() {
    on_each_engine(|db| {
        let spend = |mark: &'static str, minute| {
            db.write_blocking(move |tx| spent_tokens::spend(tx, mark, at(minute)))
        };
        assert_eq!(
            (spend("a", 10), spend("a", 10), spend("b", 20)),
            (Ok(true), Ok(false), Ok(true))
        );
        let gone = db.write_blocking(|tx| spent_tokens::prune(tx, at(10)));
        assert_eq!(gone, Ok(1));
        assert_eq!(spend("b", 20), Ok(false), "not forgotten before its end");
    });
}
