//! Signing in, sessions, tokens, and their end within one request.

use crate::village::{NORTH, SOUTH, Village};
use relais_app::accounts::manage::NewUser;
use relais_app::accounts::password;
use relais_app::accounts::signin::Attempt;
use relais_app::accounts::token::{NewToken, PREFIX};
use relais_app::{App, AppError};
use relais_core::access::Role;
use relais_core::ids::UserId;
use relais_core::time::Duration;

const PASSWORD: &str = "une phrase assez longue";

/// An account with its code generator.
struct Account {
    id: UserId,
    login: &'static str,
    seed: [u8; 20],
}

impl Account {
    async fn new(app: &App, login: &'static str, role: Role, rpps: Option<String>) -> Self {
        let new = NewUser {
            login: login.to_owned(),
            name: "Essai".to_owned(),
            role,
            network: "NORD91".to_owned(),
            rpps,
            password: PASSWORD.to_owned(),
        };
        let made = app.add_user(new).await.unwrap();
        Self {
            id: made.id,
            login,
            seed: unbase32(&made.totp),
        }
    }

    /// The six digits shown so many seconds from now.
    fn code(&self, app: &App, later: i64) -> String {
        let seconds = u64::try_from(app.now().millis() / 1_000 + later).unwrap();
        password::totp(self.seed)
            .unwrap()
            .generate(seconds)
            .to_string()
    }

    async fn tries(&self, app: &App, password: &str, code: &str) -> Result<String, AppError> {
        app.sign_in(attempt(self.login, password, code)).await
    }
}

fn attempt(login: &str, password: &str, code: &str) -> Attempt {
    Attempt {
        login: login.to_owned(),
        password: password.to_owned(),
        code: code.to_owned(),
        source: "192.0.2.7".to_owned(),
        device: "Firefox".to_owned(),
        shared_computer: false,
        known: String::new(),
    }
}

fn unbase32(text: &str) -> [u8; 20] {
    let digit = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).unwrap();
    let bits: String = text.chars().map(|c| format!("{:05b}", digit(c))).collect();
    let bytes: Vec<u8> = (0..20)
        .map(|i| u8::from_str_radix(&bits[i * 8..i * 8 + 8], 2).unwrap())
        .collect();
    bytes.try_into().unwrap()
}

fn refused(answer: &Result<String, AppError>) -> String {
    match answer {
        Err(AppError::Problem {
            slug,
            status,
            detail,
        }) => format!("{slug} {status} {detail}"),
        other => panic!("{other:?}"),
    }
}

/// Password and code; one code opens one session; every wrong answer is the same answer.
#[test]
fn signing_in_takes_the_password_and_a_fresh_code() {
    Village::each(|v| async move {
        // The whole village, its store included: an async block keeps only what it names.
        let whole = v;
        let app = &whole.app;
        let account = Account::new(app, "anne.martin", Role::Operator, None).await;
        let code = account.code(app, 0);
        let wrong = account.tries(app, "une autre phrase longue", &code).await;
        let answer = refused(&wrong);
        assert_eq!(
            refused(&account.tries(app, PASSWORD, "000000").await),
            answer
        );
        let unknown = app.sign_in(attempt("nobody", PASSWORD, &code)).await;
        assert_eq!(
            refused(&unknown),
            answer,
            "an unknown login answers the same"
        );
        let token = account.tries(app, PASSWORD, &code).await.unwrap();
        let replayed = account.tries(app, PASSWORD, &code).await;
        assert_eq!(refused(&replayed), answer, "each code opens one session");
        let next = account.code(app, 30);
        let spaced = format!("{} {}", &next[..3], &next[3..]);
        account.tries(app, PASSWORD, &spaced).await.unwrap();
        let old = account.code(app, -120);
        assert_eq!(refused(&account.tries(app, PASSWORD, &old).await), answer);
        let signed_in = app.session(&token).await.unwrap().unwrap();
        assert_eq!((signed_in.actor.user, signed_in.strong), (account.id, true));
        let journal = app.export_journal(None, None).await.unwrap();
        let opened = journal
            .iter()
            .filter(|row| row.entry.act == "session.opened");
        let opened: Vec<_> = opened.map(|row| row.entry.body.clone()).collect();
        assert_eq!(opened.len(), 2);
        assert!(
            opened
                .iter()
                .all(|body| body.contains(&account.id.to_string())),
            "who: {opened:?}"
        );
        let failed = journal
            .iter()
            .filter(|row| row.entry.act == "session.refused");
        assert_eq!(
            failed.count(),
            5,
            "and every refusal, without what was typed"
        );
    });
}

/// The same code from two browsers at once opens one session, on two nodes too.
#[test]
fn one_code_used_twice_at_once_opens_one_session() {
    Village::each(|v| async move {
        let account = Account::new(&v.app, "anne.martin", Role::Operator, None).await;
        let other = v.through(|gateways| gateways, "other");
        let code = account.code(&v.app, 0);
        let (one, two) = tokio::join!(
            account.tries(&v.app, PASSWORD, &code),
            account.tries(&other.app, PASSWORD, &code)
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    });
}

/// Eight wrong attempts, at once or not: wait. The right password does not help, time does.
#[test]
fn too_many_attempts_wait() {
    Village::each(|v| async move {
        let account = Account::new(&v.app, "anne.martin", Role::Operator, None).await;
        let mut storm = tokio::task::JoinSet::new();
        for n in 0..20 {
            let (app, guess) = (v.app.clone(), format!("{n:06}"));
            storm.spawn(async move {
                app.sign_in(attempt("Anne.Martin ", "une autre phrase longue", &guess))
                    .await
            });
        }
        let answers = storm.join_all().await;
        let waits = |answer: &&Result<_, _>| matches!(answer, Err(AppError::TooMany { .. }));
        let checked = 20 - answers.iter().filter(waits).count();
        assert!(
            (8..=9).contains(&checked),
            "{checked} passwords were tried in a storm of 20"
        );
        let code = account.code(&v.app, 0);
        let right = account.tries(&v.app, PASSWORD, &code).await;
        assert!(matches!(right, Err(AppError::TooMany { .. })), "{right:?}");
        let elsewhere = v.app.sign_in(attempt("somebody.else", PASSWORD, "1")).await;
        assert!(
            matches!(elsewhere, Err(AppError::Problem { .. })),
            "others are not held up"
        );
        v.pass(16).await;
        let code = account.code(&v.app, 0);
        account.tries(&v.app, PASSWORD, &code).await.unwrap();
    });
}

/// Whoever tries wrong passwords keeps nobody out: neither from elsewhere, nor, from everywhere, out of a browser that
/// was let in before. That browser has its own count.
#[test]
fn a_guesser_far_away_keeps_nobody_out() {
    Village::each(|v| async move {
        let app = &v.app;
        let account = Account::new(app, "anne.martin", Role::Operator, None).await;
        let guess = |n: usize| Attempt {
            source: format!("198.51.100.{n}"),
            ..attempt("anne.martin", "une autre phrase longue", "000000")
        };
        for _ in 0..8 {
            app.sign_in(guess(1)).await.unwrap_err();
        }
        let waits =
            |answer: &Result<String, AppError>| matches!(answer, Err(AppError::TooMany { .. }));
        assert!(waits(&app.sign_in(guess(1)).await), "the guesser waits");
        let code = account.code(app, 0);
        account.tries(app, PASSWORD, &code).await.unwrap();
        let known = app.known_browser(" Anne.Martin").unwrap();

        // From a dozen addresses, eight each: strangers wait, an hour at most.
        for n in 2..14 {
            for _ in 0..8 {
                let _refused = app.sign_in(guess(n)).await;
            }
        }
        v.pass(1).await;
        let code = account.code(app, 0);
        assert!(
            waits(&account.tries(app, PASSWORD, &code).await),
            "a stranger"
        );
        let through = |known: &str, code: &str| Attempt {
            known: known.to_owned(),
            ..attempt("anne.martin", PASSWORD, code)
        };
        let forged = format!("{}x", &known[..known.len() - 1]);
        for wrong in ["", "a.b", ".", forged.as_str()] {
            assert!(
                waits(&app.sign_in(through(wrong, &code)).await),
                "{wrong:?}"
            );
        }
        let theirs = app.known_browser("somebody.else").unwrap();
        assert!(
            waits(&app.sign_in(through(&theirs, &code)).await),
            "of another"
        );
        app.sign_in(through(&known, &code)).await.unwrap();

        // The browser that is known may be stolen: it waits like any other, and alone.
        for _ in 0..8 {
            app.sign_in(through(&known, "000000")).await.unwrap_err();
        }
        let code = account.code(app, 30);
        assert!(waits(&app.sign_in(through(&known, &code)).await));
        let other = app.known_browser("anne.martin").unwrap();
        app.sign_in(through(&other, &code)).await.unwrap();
        v.pass(62).await;
        let code = account.code(app, 0);
        account.tries(app, PASSWORD, &code).await.unwrap();
    });
}

/// Sessions: the desk's is short and locks when idle, a professional's lasts for alerts only.
#[test]
fn sessions_end_by_themselves() {
    Village::each(|v| async move {
        let app = &v.app;
        let user = |who: &relais_app::Who| who.actor.unwrap().user;
        let desk = app
            .open_session(user(&v.desk()), String::new(), false)
            .await
            .unwrap();
        let idle = app
            .open_session(user(&v.desk()), String::new(), false)
            .await
            .unwrap();
        let leroy = user(&v.as_pro("Leroy"));
        let phone = app.open_session(leroy, String::new(), false).await.unwrap();
        let shared = app.open_session(leroy, String::new(), true).await.unwrap();
        let strong = |token: &str| {
            let (app, token) = (app.clone(), token.to_owned());
            async move { app.session(&token).await.unwrap().map(|s| s.strong) }
        };
        v.pass(14).await;
        assert_eq!(strong(&shared).await, Some(true));
        v.pass(1).await;
        assert_eq!(
            strong(&shared).await,
            Some(false),
            "15 minutes on a shared computer"
        );
        assert_eq!(strong(&phone).await, Some(true));
        assert!(app.peek_session(&idle).await.unwrap().is_some());
        assert!(app.session(&desk).await.unwrap().is_some());
        v.pass(15).await;
        assert!(
            app.session(&desk).await.unwrap().is_some(),
            "a gesture 15 minutes ago"
        );
        assert!(
            app.peek_session(&idle).await.unwrap().is_none(),
            "a page alone is no gesture"
        );
        assert!(
            app.session(&idle).await.unwrap().is_none(),
            "locked after 30 minutes"
        );
        for _ in 0..35 {
            v.pass(20).await;
            app.session(&desk).await.unwrap();
        }
        assert!(
            app.session(&desk).await.unwrap().is_none(),
            "twelve hours in all"
        );
        assert_eq!(
            strong(&phone).await,
            Some(false),
            "12 hours: sign in to see an identity"
        );
        app.advance(Duration::hours(24 * 29)).await.unwrap();
        assert_eq!(strong(&phone).await, Some(false), "alerts still come");
        app.advance(Duration::hours(24)).await.unwrap();
        assert_eq!(strong(&phone).await, None, "thirty days");
        assert!(app.session("a token of nobody").await.unwrap().is_none());
    });
}

/// How long an authentication and a silence last is the network's to say, and a change is obeyed by
/// the next request of whoever is signed in, on every node (R6).
#[test]
fn a_network_decides_when_its_sessions_weaken_and_lock() {
    Village::each(|v| async move {
        let other = v.through(|gateways| gateways, "other");
        let open = |who: &relais_app::Who, shared| {
            let (app, user) = (v.app.clone(), who.actor.unwrap().user);
            async move { app.open_session(user, String::new(), shared).await.unwrap() }
        };
        let desk = open(&v.desk(), false).await;
        let idle = open(&v.desk(), false).await;
        let phone = open(&v.as_pro("Leroy"), false).await;
        let shared = open(&v.as_pro("Leroy"), true).await;
        let apart = open(&v.staff_of(SOUTH, Role::Operator), false).await;
        let strong = |token: &str| {
            let (app, token) = (other.app.clone(), token.to_owned());
            async move { app.session(&token).await.unwrap().map(|s| s.strong) }
        };
        assert_eq!(strong(&shared).await, Some(true));

        v.settings(NORTH, |extra| {
            extra.identity_hours = 1;
            extra.shared_identity_minutes = 5;
            extra.desk_lock_minutes = 10;
        })
        .await;
        v.pass(5).await;
        assert_eq!(strong(&shared).await, Some(false), "5 minutes, not 15");
        assert_eq!(strong(&desk).await, Some(true));
        v.pass(5).await;
        assert_eq!(strong(&idle).await, None, "locked after 10 minutes, not 30");
        assert_eq!(strong(&desk).await, Some(true), "a gesture 5 minutes ago");
        assert_eq!(
            strong(&apart).await,
            Some(true),
            "another network keeps its own"
        );
        v.pass(50).await;
        assert_eq!(strong(&phone).await, Some(false), "1 hour, not 12");

        v.settings(NORTH, |extra| extra.identity_hours = 2).await;
        assert_eq!(strong(&phone).await, Some(true), "and back, at once");
        assert_eq!(strong(&apart).await, None, "30 minutes without a gesture");
    });
}

/// Closed, or the account disabled: the very next request is nobody's, on every node.
#[test]
fn disabling_an_account_ends_everything_it_opened() {
    Village::each(|v| async move {
        let account = Account::new(&v.app, "anne.martin", Role::Operator, None).await;
        let other = v.through(|gateways| gateways, "other");
        let first = account
            .tries(&v.app, PASSWORD, &account.code(&v.app, 0))
            .await
            .unwrap();
        let second = account
            .tries(&v.app, PASSWORD, &account.code(&v.app, 30))
            .await
            .unwrap();
        assert!(other.app.session(&first).await.unwrap().is_some());
        v.app.close_session(&first).await.unwrap();
        assert!(
            other.app.session(&first).await.unwrap().is_none(),
            "signed out everywhere"
        );
        let token = v.app.create_token(NewToken {
            user: account.id,
            network: v.world.networks[0].id,
            role: Role::Operator,
            professional: None,
            label: "essai".to_owned(),
        });
        let token = token.await.unwrap();
        assert!(token.starts_with(PREFIX));
        let bearer = other.app.bearer(&token).await.unwrap().unwrap();
        assert_eq!(bearer.actor.role, Role::Operator);
        for forged in [
            "",
            PREFIX,
            "relais_nothing",
            &token.to_lowercase(),
            &token[1..],
        ] {
            assert!(v.app.bearer(forged).await.unwrap().is_none(), "{forged}");
        }
        assert!(
            v.app.bearer(&second).await.unwrap().is_none(),
            "a session is no token"
        );
        assert!(
            v.app.session(&token).await.unwrap().is_none(),
            "a token is no session"
        );
        other.app.disable_user("Anne.Martin").await.unwrap();
        assert!(v.app.session(&second).await.unwrap().is_none());
        assert!(v.app.bearer(&token).await.unwrap().is_none());
        v.pass(1).await;
        let again = account
            .tries(&v.app, PASSWORD, &account.code(&v.app, 0))
            .await;
        assert!(matches!(
            again,
            Err(AppError::Problem {
                slug: "sign-in-refused",
                ..
            })
        ));
    });
}

/// A professional's account needs an entry of the directory, the others none; names are checked.
#[test]
fn accounts_are_made_whole_or_not_at_all() {
    Village::each(|v| async move {
        let before = v.app.users().await.unwrap().len();
        let new = |login: &str, role, rpps: Option<&str>, password: &str| NewUser {
            login: login.to_owned(),
            name: "Essai".to_owned(),
            role,
            network: "NORD91".to_owned(),
            rpps: rpps.map(str::to_owned),
            password: password.to_owned(),
        };
        let wrong = [
            new("", Role::Operator, None, PASSWORD),
            new("a b", Role::Operator, None, PASSWORD),
            new("anne", Role::Operator, None, "court"),
            new("anne", Role::Professional, None, PASSWORD),
            new("anne", Role::Operator, Some("99700000001"), PASSWORD),
            new("anne", Role::Professional, Some("99799999999"), PASSWORD),
            new("operator-0", Role::Operator, None, PASSWORD),
        ];
        for new in wrong {
            let login = new.login.clone();
            let made = v.app.add_user(new).await;
            assert!(
                matches!(made, Err(AppError::Invalid(_))),
                "{login}: {made:?}"
            );
        }
        assert_eq!(v.app.users().await.unwrap().len(), before);
        let token = v
            .app
            .create_token_for("NORD91", Role::Professional, None, "x")
            .await;
        assert!(matches!(token, Err(AppError::Invalid(_))));
        let leroy = &v.pro("Leroy").rpps;
        let token = v
            .app
            .create_token_for("NORD91", Role::Professional, Some(leroy), "x")
            .await;
        let who = v.app.bearer(&token.unwrap()).await.unwrap().unwrap();
        assert_eq!(who.actor.professional, Some(v.pro("Leroy").id));
        let south = v
            .app
            .create_token_for("SUD91", Role::Partner, None, "x")
            .await
            .unwrap();
        let partner = v.app.bearer(&south).await.unwrap().unwrap();
        assert_eq!(partner.actor.network, v.world.networks[SOUTH].id);
    });
}
