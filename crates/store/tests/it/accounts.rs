//! Accounts, sessions, tokens, attempts, contacts, idempotency keys.

use relais_core::access::Role;
use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, TokenId, UserId};
use relais_core::request::Origin;
use relais_store::contacts::{self, Contact, End};
use relais_store::idempotency::{self, Begin};
use relais_store::testing::{self, on_each_engine};
use relais_store::users::{self, Device, Session, Token};
use relais_store::{Db, StoreError};

use crate::some::{self, NETWORK, OTHER, USER, at, pro};

fn session(id: &str, user: UserId, expires: i64) -> Session {
    Session {
        id: id.into(),
        token_hash: format!("hash {id}"),
        user,
        created_at: at(10),
        seen_at: at(10),
        strong_at: at(10),
        expires_at: at(expires),
        revoked_at: None,
        device: "Firefox".into(),
        shared_computer: true,
        worn: None,
        acts_for: None,
    }
}

#[test]
fn an_account_shows_no_secret_and_signs_in_with_them() {
    on_each_engine(|db| {
        some::territory(db);
        db.write_blocking(|tx| {
            users::set_password_hash(tx, USER, "argon")?;
            users::set_totp(tx, USER, &[1, 2, 3])
        })
        .expect("written");
        let seen = db
            .read_blocking(|tx| users::find_by_login(tx, "operatrice"))
            .expect("reads");
        let seen = seen.expect("is there");
        assert!(seen.has_password && seen.has_totp);
        let secrets = db.read_blocking(|tx| users::find_credentials(tx, "operatrice"));
        let Ok(Some(secrets)) = secrets else {
            panic!("credentials")
        };
        assert_eq!(secrets.password_hash.as_deref(), Some("argon"));
        assert_eq!(secrets.totp_sealed.as_deref(), Some(&[1, 2, 3][..]));
        assert!(matches!(
            db.read_blocking(|tx| users::find_credentials(tx, "x")),
            Ok(None)
        ));
        let twice = some::user(UserId::from_bits(9), "operatrice");
        let twice = db.write_blocking(move |tx| users::insert(tx, &twice));
        assert!(twice.expect_err("the login is taken").is_unique());
        let mut doctor = some::user(UserId::from_bits(10), "docteur");
        doctor.role = Role::Professional;
        doctor.professional = Some(pro(1));
        let wanted = doctor.clone();
        db.write_blocking(move |tx| users::insert(tx, &doctor))
            .expect("inserted");
        let found = db.read_blocking(|tx| users::find_by_professional(tx, pro(1)));
        assert_eq!(found, Ok(Some(wanted)));
        let all = db
            .read_blocking(|tx| users::list_for_network(tx, NETWORK))
            .expect("lists");
        assert_eq!(all.len(), 2);
    });
}

#[test]
fn sessions_and_tokens_end_with_their_account() {
    on_each_engine(|db| {
        some::territory(db);
        let token = Token {
            id: TokenId::from_bits(1),
            token_hash: "hash t".into(),
            user: Some(USER),
            network: NETWORK,
            role: Role::Partner,
            professional: None,
            label: "SAS".into(),
            created_at: at(5),
            used_at: None,
            revoked_at: None,
        };
        let written = token.clone();
        db.write_blocking(move |tx| {
            users::insert_session(tx, &session("a", USER, 1000))?;
            users::insert_session(tx, &session("b", USER, 1000))?;
            users::insert_session(tx, &session("c", USER, 20))?;
            users::insert_token(tx, &written)
        })
        .expect("inserted");
        let found = db
            .read_blocking(|tx| users::find_session(tx, "hash a"))
            .expect("reads");
        let (found, user) = found.expect("is there");
        assert_eq!((found, user.id), (session("a", USER, 1000), USER));
        db.write_blocking(|tx| {
            users::touch_session(tx, "hash a", at(60))?;
            users::touch_session(tx, "hash a", at(50))?;
            users::set_strong(tx, "hash b", at(70))?;
            users::touch_token(tx, TokenId::from_bits(1), at(80))
        })
        .expect("touched");
        let list = db
            .read_blocking(|tx| users::list_sessions(tx, USER, at(100)))
            .expect("lists");
        let seen: Vec<_> = list
            .iter()
            .map(|s| (s.id.as_str(), s.seen_at, s.strong_at))
            .collect();
        assert_eq!(seen, [("b", at(70), at(70)), ("a", at(60), at(10))]);
        let (held, owner) = db
            .read_blocking(|tx| users::find_token(tx, "hash t"))
            .expect("reads")
            .expect("is there");
        assert_eq!(
            held,
            Token {
                used_at: Some(at(80)),
                ..token
            }
        );
        assert_eq!(owner.map(|u| u.id), Some(USER));
        let strangers = db.write_blocking(|tx| {
            users::revoke_session_by_id(tx, "a", UserId::from_bits(404), at(90))
        });
        assert_eq!(strangers, Ok(false));
        let ended = db.write_blocking(|tx| {
            users::disable(tx, USER)?;
            users::revoke_all(tx, USER, at(90))
        });
        assert_eq!(ended, Ok(4));
        let user = db.read_blocking(|tx| users::get(tx, USER)).expect("reads");
        assert!(!user.active);
        let (held, _) = db
            .read_blocking(|tx| users::find_token(tx, "hash t"))
            .expect("reads")
            .expect("is there");
        assert_eq!(held.revoked_at, Some(at(90)));
        assert_eq!(
            db.read_blocking(|tx| users::list_sessions(tx, USER, at(0))),
            Ok(vec![])
        );
        assert_eq!(
            db.write_blocking(|tx| users::prune_sessions(tx, at(21))),
            Ok(1)
        );
    });
}

#[test]
fn attempts_are_counted_by_key_and_forgotten() {
    on_each_engine(|db| {
        db.write_blocking(|tx| {
            for (when, ok) in [(10, false), (20, false), (30, true)] {
                users::insert_attempt(tx, "login a", at(when), ok)?;
            }
            users::insert_attempt(tx, "login b", at(20), false)
        })
        .expect("written");
        let failures =
            |since| db.read_blocking(move |tx| users::count_failures(tx, "login a", at(since)));
        assert_eq!(
            (failures(0), failures(11), failures(21)),
            (Ok(2), Ok(1), Ok(0))
        );
        assert_eq!(
            db.read_blocking(|tx| users::count_attempts(tx, "login a", at(20))),
            Ok(2)
        );
        assert_eq!(
            db.write_blocking(|tx| users::prune_attempts(tx, at(30))),
            Ok(3)
        );
    });
}

#[test]
fn a_subscription_belongs_to_whoever_signed_in_last() {
    on_each_engine(|db| {
        some::territory(db);
        let other = UserId::from_bits(2);
        db.write_blocking(move |tx| users::insert(tx, &some::user(other, "autre")))
            .expect("inserted");
        for (id, user) in [("d1", USER), ("d2", other)] {
            let device = Device {
                id: id.into(),
                user,
                endpoint: "https://push.example.org/1".into(),
                p256dh: "k".into(),
                auth: "a".into(),
                label: "Téléphone".into(),
                created_at: at(1),
                failed_at: None,
                proved_at: None,
            };
            db.write_blocking(move |tx| users::insert_device(tx, &device))
                .expect("inserted");
            db.write_blocking(|tx| {
                users::mark_device_proved(tx, "https://push.example.org/1", USER, at(2))
            })
            .expect("marked");
        }
        assert_eq!(
            db.read_blocking(|tx| users::list_devices(tx, USER)),
            Ok(vec![])
        );
        let theirs = db
            .read_blocking(move |tx| users::list_devices(tx, other))
            .expect("lists");
        assert_eq!(theirs.len(), 1);
        assert_eq!(theirs[0].proved_at, None, "proved by somebody else only");
        let (id, endpoint) = (theirs[0].id.clone(), theirs[0].endpoint.clone());
        db.write_blocking(move |tx| {
            assert!(!users::delete_device(tx, &id, USER)?);
            users::mark_device_failed(tx, &endpoint, at(5))
        })
        .expect("marked");
        assert_eq!(
            db.read_blocking(move |tx| users::list_devices(tx, other)),
            Ok(vec![])
        );
    });
}

#[test]
fn a_contact_has_exactly_one_outcome() {
    on_each_engine(|db| {
        some::territory(db);
        let contact = |n: u128, outcome: Option<Outcome>| Contact {
            outcome,
            operator: Some(USER),
            body: "{}".into(),
            ..Contact::new(
                ContactId::from_bits(n),
                NETWORK,
                Origin::Patient,
                at(n as i64),
            )
        };
        let first = contact(1, None);
        let written = first.clone();
        db.write_blocking(move |tx| {
            contacts::insert(tx, &written)?;
            contacts::insert(tx, &contact(2, Some(Outcome::Advice)))?;
            contacts::insert(tx, &contact(3, Some(Outcome::Advice)))
        })
        .expect("inserted");
        assert_eq!(
            db.read_blocking(|tx| contacts::get(tx, ContactId::from_bits(1))),
            Ok(first)
        );
        let end = |outcome: Outcome| {
            db.write_blocking(move |tx| {
                let end = End {
                    outcome,
                    request: None,
                    patient: None,
                    reason: Some("douleur"),
                    reason_code: None,
                    pointer: None,
                };
                contacts::end(tx, ContactId::from_bits(1), &end, at(9))
            })
        };
        assert_eq!(end(Outcome::Transferred15), Ok(()));
        assert!(matches!(
            end(Outcome::Advice),
            Err(StoreError::Conflict { .. })
        ));
        let page = |before: Option<u128>| -> Vec<u128> {
            db.read_blocking(move |tx| {
                contacts::list(tx, NETWORK, before.map(ContactId::from_bits), 2)
            })
            .expect("lists")
            .iter()
            .map(|c| c.id.bits())
            .collect()
        };
        assert_eq!((page(None), page(Some(2))), (vec![3, 2], vec![1]));
        let counts = db.read_blocking(|tx| contacts::count_by_outcome(tx, NETWORK, at(0), at(99)));
        let wanted = vec![("advice".to_string(), 2), ("transferred-15".to_string(), 1)];
        assert_eq!(counts, Ok(wanted));
        assert_eq!(
            db.read_blocking(|tx| contacts::list(tx, OTHER, None, 9)),
            Ok(vec![])
        );
        let odd = testing::raw(db, "UPDATE contacts SET outcome = 'perdu'");
        assert!(odd.is_err(), "a coded outcome");
    });
}

fn begin(db: &Db, key: &'static str, route: &'static str, hash: &'static str) -> Begin {
    db.write_blocking(move |tx| idempotency::begin(tx, "usr_1", key, route, hash, "n1", at(10)))
        .expect("begins")
}

#[test]
fn a_key_gives_its_first_answer_again() {
    on_each_engine(|db| {
        assert_eq!(begin(db, "k", "POST /requests", "h"), Begin::Fresh);
        let flying = begin(db, "k", "POST /requests", "h");
        assert_eq!(
            flying,
            Begin::InFlight {
                since: at(10),
                by: "n1".to_owned()
            }
        );
        let take = |since, now| {
            db.write_blocking(move |tx| idempotency::take_over(tx, "usr_1", "k", since, "n2", now))
        };
        assert_eq!(take(at(10), at(12)), Ok(true));
        assert_eq!(take(at(10), at(13)), Ok(false), "somebody was faster");
        let finish = |by: &'static str| {
            db.write_blocking(move |tx| idempotency::finish(tx, "usr_1", "k", by, 201, "{}"))
        };
        assert_eq!(
            finish("n1"),
            Ok(false),
            "whoever lost the key keeps nothing"
        );
        db.write_blocking(|tx| idempotency::forget(tx, "usr_1", "k", "n1"))
            .expect("nothing of theirs");
        assert_eq!(
            (finish("n2"), finish("n2")),
            (Ok(true), Ok(false)),
            "kept once"
        );
        let replay = Begin::Replay {
            status: 201,
            body: "{}".into(),
        };
        assert_eq!(begin(db, "k", "POST /requests", "h"), replay);
        assert_eq!(begin(db, "k", "POST /requests", "other"), Begin::Mismatch);
        assert_eq!(begin(db, "k", "POST /contacts", "h"), Begin::Mismatch);
        assert_eq!(begin(db, "k2", "POST /requests", "h"), Begin::Fresh);
        db.write_blocking(|tx| idempotency::forget(tx, "usr_1", "k2", "n1"))
            .expect("given back");
        assert_eq!(begin(db, "k2", "POST /requests", "h"), Begin::Fresh);
        db.write_blocking(|tx| idempotency::forget(tx, "usr_1", "k", "n2"))
            .expect("nothing");
        assert_eq!(
            begin(db, "k", "POST /requests", "h"),
            replay,
            "an answer is not forgotten"
        );
        assert_eq!(
            db.write_blocking(|tx| idempotency::prune(tx, at(13))),
            Ok(2)
        );
    });
}

/// Two calls with one key at the same moment: one works, the other waits or replays.
#[test]
fn one_of_two_simultaneous_calls_is_fresh() {
    on_each_engine(|db| {
        let fresh: usize = std::thread::scope(|scope| {
            let calls: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| begin(db, "k", "r", "h") == Begin::Fresh))
                .collect();
            calls
                .into_iter()
                .map(|c| usize::from(c.join().expect("ends")))
                .sum()
        });
        assert_eq!(fresh, 1);
    });
}
