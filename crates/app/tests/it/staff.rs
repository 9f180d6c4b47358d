//! The network's staff: invited by a link used once, closed at once, and when each account was last used (ADR 0045).

use crate::fixture::Territory;
use crate::signup::{MAIL as MAILBOX, PHONE, newcomer, slug, totp, unbase32};
use crate::village::{NORTH, Village};
use relais_app::accounts::signin::Attempt;
use relais_app::members::InvitationDraft;
use relais_app::{App, AppError, Who};
use relais_core::access::{Actor, Role};
use relais_core::time::Duration;
use relais_store::national::{self, Entry};

const PASSWORD: &str = "une phrase assez longue";
const MAIL: &str = "odile.mersan@exemple.fr";

fn draft(role: &str) -> InvitationDraft {
    InvitationDraft {
        name: " Odile  Mersan ".to_owned(),
        mail: " Odile.Mersan@exemple.fr ".to_owned(),
        role: role.to_owned(),
        rpps: String::new(),
    }
}

fn pointers<T>(answer: Result<T, AppError>) -> Vec<String> {
    match answer {
        Err(AppError::Invalid(errors)) => errors.into_iter().map(|e| e.pointer).collect(),
        Err(error) => vec![error.to_string()],
        Ok(_) => Vec::new(),
    }
}

impl Territory {
    /// The secret of the last invitation that reached an address.
    fn invited(&self, mail: &str) -> String {
        let rows = self.phones.list();
        let row = rows.iter().rev().find(|row| row.to == mail).unwrap();
        let (_, rest) = row.text.split_once("/invitation/").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Invites somebody, and lets the mail go.
    async fn invites(&self, who: &Who, draft: InvitationDraft) -> String {
        self.app.invite(who, draft).await.unwrap();
        self.app.settle().await.unwrap();
        self.invited(MAIL)
    }
}

/// Uses a link with a password, the right code shown; a session.
async fn joins(app: &App, secret: &str) -> Result<String, AppError> {
    let shown = app.invitation(secret).await?;
    let code = totp(unbase32(&shown.secret), app.now().millis());
    app.invitation_password(secret, PASSWORD.to_owned(), &code, "Firefox".to_owned())
        .await
}

/// The link is in the mail alone: whoever reads the database, or a copy of it, opens nothing.
#[test]
fn no_row_holds_the_secret_of_a_link() {
    Village::readable(|v| async move {
        let who = v.staff_of(NORTH, Role::Coordinator);
        v.app.invite(&who, draft("operator")).await.unwrap();
        let waiting = v.store.rows();
        v.app.settle().await.unwrap();
        let sent = v.phones.list();
        let secret = sent
            .iter()
            .find_map(|row| row.text.split_once("/invitation/"));
        let secret = secret.unwrap().1.split_whitespace().next().unwrap();
        v.app.invitation(secret).await.unwrap();
        for (table, rows) in waiting.into_iter().chain(v.store.rows()) {
            let told = rows.iter().any(|row| row.contains(secret));
            assert!(!told, "{table} tells it");
        }
    });
}

#[test]
fn somebody_is_invited_chooses_how_to_sign_in_and_works() {
    Territory::on_each_engine(|t| async move {
        let (app, who) = (&t.app, t.staff(Role::Coordinator));
        let secret = t.invites(&who, draft("operator")).await;
        let shown = app.invitation(&secret).await.unwrap();
        assert_eq!(
            (shown.name.as_str(), shown.login.as_str(), shown.role),
            ("Odile Mersan", MAIL, Role::Operator)
        );
        // Looking uses nothing up; a wrong code neither.
        let wrong = app
            .invitation_password(&secret, PASSWORD.to_owned(), "000000", String::new())
            .await;
        assert_eq!(pointers(wrong), ["/code"]);
        let short = app
            .invitation_password(&secret, "court".to_owned(), "000000", String::new())
            .await;
        assert_eq!(pointers(short), ["/password"]);
        let (_, waiting) = app.staff(&who).await.unwrap();
        assert_eq!(waiting.len(), 1);

        // Of two who use it at once, one is let in; then it is over.
        let (one, two) = tokio::join!(joins(app, &secret), joins(app, &secret));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
        let (session, late) = match (one, two) {
            (Ok(session), late) | (late, Ok(session)) => (session, late),
            neither => panic!("{neither:?}"),
        };
        assert_eq!(slug(late), "invitation-over");
        assert_eq!(slug(app.invitation(&secret).await), "invitation-over");
        let seen = app.session(&session).await.unwrap().unwrap();
        assert_eq!(seen.actor.role, Role::Operator);
        let (staff, waiting) = app.staff(&who).await.unwrap();
        assert!(waiting.is_empty());
        let odile = staff.iter().find(|one| one.user.login == MAIL).unwrap();
        assert_eq!(odile.used_at, Some(app.now()), "by this very session");
        let never = staff.iter().filter(|one| one.used_at.is_none()).count();
        assert!(never > 0, "nobody else signed in");

        let seed = unbase32(&shown.secret);
        app.advance(Duration::minutes(2)).await.unwrap();
        let attempt = Attempt {
            login: MAIL.to_owned(),
            password: PASSWORD.to_owned(),
            code: totp(seed, app.now().millis()),
            source: "192.0.2.7".to_owned(),
            device: String::new(),
            shared_computer: false,
            known: String::new(),
        };
        app.sign_in(attempt).await.unwrap();
        assert_eq!(
            pointers(app.invite(&who, draft("auditor")).await),
            ["/mail"]
        );
        let here = Some(t.world.networks[0].code.to_owned());
        let acts = app.export_journal(here, None).await.unwrap();
        let told = |act: &str| acts.iter().filter(|row| row.entry.act == act).count();
        assert_eq!((told("invitation.sent"), told("account.created")), (1, 1));
        assert!(
            acts.iter().all(|row| !row.entry.body.contains("mersan")),
            "no address in the journal"
        );
    });
}

#[test]
fn a_link_is_replaced_withdrawn_and_ends_by_itself() {
    Territory::on_each_engine(|t| async move {
        let (app, who) = (&t.app, t.staff(Role::Coordinator));
        let first = t.invites(&who, draft("operator")).await;
        let second = t.invites(&who, draft("auditor")).await;
        assert_eq!(slug(app.invitation(&first).await), "invitation-over");
        let shown = app.invitation(&second).await.unwrap();
        assert_eq!(shown.role, Role::Auditor);
        let (_, waiting) = app.staff(&who).await.unwrap();
        let id = waiting[0].id;
        let operator = t.staff(Role::Operator);
        assert_eq!(slug(app.withdraw_invitation(&operator, id).await), "denied");
        app.withdraw_invitation(&who, id).await.unwrap();
        app.withdraw_invitation(&who, id).await.unwrap();
        assert_eq!(slug(app.invitation(&second).await), "invitation-over");
        let third = t.invites(&who, draft("operator")).await;
        app.advance(Duration::hours(73)).await.unwrap();
        assert_eq!(slug(joins(app, &third).await), "invitation-over");
        let (_, waiting) = app.staff(&who).await.unwrap();
        assert_eq!(waiting.len(), 1, "the coordinator sees that nobody came");
        app.advance(Duration::hours(24 * 31)).await.unwrap();
        app.housekeeping().await.unwrap();
        let (_, waiting) = app.staff(&who).await.unwrap();
        assert!(waiting.is_empty());
    });
}

#[test]
fn who_may_be_invited_as_what() {
    Territory::on_each_engine(|t| async move {
        let (app, who) = (&t.app, t.staff(Role::Coordinator));
        let operator = t.staff(Role::Operator);
        assert_eq!(
            slug(app.invite(&operator, draft("operator")).await),
            "denied"
        );
        assert_eq!(slug(app.staff(&operator).await), "denied");
        for role in ["", "professional", "administrator", "partner"] {
            assert_eq!(
                pointers(app.invite(&who, draft(role)).await),
                ["/role"],
                "{role}"
            );
        }
        let nobody = InvitationDraft {
            name: " ".to_owned(),
            mail: "odile+garde@exemple".to_owned(),
            ..draft("operator")
        };
        assert_eq!(pointers(app.invite(&who, nobody).await), ["/name", "/mail"]);

        // A regulator is a doctor of the national directory, under that name, and no member (R3).
        let regulator = |name: &str, rpps: &str| InvitationDraft {
            name: name.to_owned(),
            rpps: rpps.to_owned(),
            ..draft("regulator")
        };
        let (member, _) = t.a_member();
        let one = t.world.professionals.iter().find(|p| p.rpps == member);
        let member_name = one.unwrap().last_name.clone();
        for (name, rpps, why) in [
            ("Ysaline Corvo", "", "no number"),
            ("Ysaline Corvo", "10000000000", "unknown"),
            ("Odile Mersan", "99710000011", "another name"),
            ("Philippine Nervaux", "99710000029", "a nurse"),
        ] {
            let refused = app.invite(&who, regulator(name, rpps)).await;
            assert_eq!(pointers(refused), ["/rpps"], "{why}");
        }
        let now = app.now();
        let entry = Entry {
            rpps: member.clone(),
            insee: "91377".to_owned(),
            profession: "gp".to_owned(),
            civility: "Dr".to_owned(),
            last_name: member_name.clone(),
            first_name: String::new(),
            commune: "Massy".to_owned(),
            postcode: "91300".to_owned(),
            dept: "91".to_owned(),
            phone: None,
            search: String::new(),
        };
        let known = app.db().write(move |tx| {
            national::start_import(tx, "member", 1, now.millis())?;
            national::set(tx, std::slice::from_ref(&entry))
        });
        known.await.unwrap();
        let refused = app.invite(&who, regulator(&member_name, &member)).await;
        assert_eq!(pointers(refused), ["/rpps"], "a member keeps their account");

        let secret = t
            .invites(&who, regulator("Ysaline Corvo", "9971 000001 1"))
            .await;
        assert_eq!(app.invitation(&secret).await.unwrap().role, Role::Regulator);
        let session = joins(app, &secret).await.unwrap();
        let seen = app.session(&session).await.unwrap().unwrap();
        assert_eq!(seen.actor.role, Role::Regulator);
    });
}

#[test]
fn invitations_have_their_limits() {
    Territory::on_each_engine(|t| async move {
        let (app, who) = (&t.app, t.staff(Role::Coordinator));
        for _ in 0..5 {
            app.invite(&who, draft("operator")).await.unwrap();
        }
        assert_eq!(
            pointers(app.invite(&who, draft("operator")).await),
            ["/mail"],
            "five a day for one address"
        );
        for n in 0..25 {
            let other = InvitationDraft {
                mail: format!("essai.{n}@exemple.fr"),
                ..draft("operator")
            };
            app.invite(&who, other).await.unwrap();
        }
        let one_more = InvitationDraft {
            mail: "un.de.plus@exemple.fr".to_owned(),
            ..draft("operator")
        };
        assert_eq!(
            pointers(app.invite(&who, one_more).await),
            ["/mail"],
            "thirty a day for a network"
        );
    });
}

#[test]
fn an_account_is_closed_within_one_request() {
    Territory::on_each_engine(|t| async move {
        let (app, who) = (&t.app, t.staff(Role::Coordinator));
        let operator = t.staff(Role::Operator);
        let user = operator.actor.unwrap().user;
        let token = app
            .open_session(user, "Firefox".to_owned(), false)
            .await
            .unwrap();
        assert!(app.session(&token).await.unwrap().is_some());
        assert_eq!(slug(app.close_staff(&operator, user).await), "denied");
        let mine = who.actor.unwrap().user;
        assert_eq!(slug(app.close_staff(&who, mine).await), "own-account");
        let (_, professional) = t.a_member();
        let professional = professional.actor.unwrap().user;
        assert_eq!(slug(app.close_staff(&who, professional).await), "not-found");
        let elsewhere = t
            .world
            .users
            .iter()
            .find(|one| one.role == Role::Operator && one.network != t.world.networks[0].id);
        let elsewhere = elsewhere.unwrap().id;
        assert_eq!(slug(app.close_staff(&who, elsewhere).await), "not-found");

        app.close_staff(&who, user).await.unwrap();
        app.close_staff(&who, user).await.unwrap();
        assert!(
            app.session(&token).await.unwrap().is_none(),
            "the next request"
        );
        let (staff, _) = app.staff(&who).await.unwrap();
        let closed = staff.iter().find(|one| one.user.id == user).unwrap();
        assert!(!closed.user.active && closed.used_at.is_some());
        let here = Some(t.world.networks[0].code.to_owned());
        let acts = app.export_journal(here, None).await.unwrap();
        let told = acts
            .iter()
            .filter(|row| row.entry.act == "account.disabled");
        assert_eq!(told.count(), 1, "once");
    });
}

/// What a coordinator gave out ends with their account, or with the role: the link of an invitation, the code given to
/// whoever lost every way in.
#[test]
fn nothing_a_coordinator_gave_out_outlives_them() {
    Territory::on_each_engine(|t| async move {
        let (app, who) = (&t.app, t.staff(Role::Coordinator));
        let (_, doctor) = t.a_member();
        let user = doctor.actor.unwrap().user;
        let of = |login: &str| {
            let mut all = t.world.users.iter();
            all.find(|one| one.login == login).map(|one| one.id)
        };
        let operator = t.staff(Role::Operator).actor.unwrap().user;
        let login = t.world.users.iter().find(|one| one.id == operator);
        let login = login.unwrap().login.clone();
        assert_eq!(of(&login), Some(operator));
        // By somebody given the role, then by somebody invited to it: one loses the role, the other the account.
        app.give_role(&who, user, Role::Coordinator).await.unwrap();
        let second = Who::actor(
            Actor {
                role: Role::Coordinator,
                professional: None,
                ..doctor.actor.unwrap()
            },
            "test",
        );
        let given = t.invites(&second, draft("coordinator")).await;
        let code = app.recovery_give(&second, &login).await.unwrap().code;
        app.take_role(&who, user, Role::Coordinator).await.unwrap();
        let refused = |code: String| {
            let login = login.clone();
            async move { slug(app.recover(&login, &code, "192.0.2.9", String::new()).await) }
        };
        assert_eq!(slug(app.invitation(&given).await), "invitation-over");
        assert_eq!(refused(code).await, "recovery-refused");
        let secret = t.invites(&who, draft("coordinator")).await;
        let session = joins(app, &secret).await.unwrap();
        let third = app.session(&session).await.unwrap().unwrap().actor;
        let third = Who::actor(third, "test");
        let other = InvitationDraft {
            mail: "ailleurs@exemple.fr".to_owned(),
            ..draft("coordinator")
        };
        app.invite(&third, other).await.unwrap();
        app.settle().await.unwrap();
        let given = t.invited("ailleurs@exemple.fr");
        let code = app.recovery_give(&third, &login).await.unwrap().code;
        app.close_staff(&who, third.actor.unwrap().user)
            .await
            .unwrap();
        assert_eq!(slug(app.invitation(&given).await), "invitation-over");
        assert_eq!(refused(code).await, "recovery-refused");
        let here = Some(t.world.networks[0].code.to_owned());
        let acts = app.export_journal(here, None).await.unwrap();
        let told = |row: &&relais_store::journal::Link| row.entry.act == "account.given-withdrawn";
        assert_eq!(acts.iter().filter(told).count(), 2);
    });
}

/// Whoever applies does not wait for a coordinator to look: those who can be reached are told, once an hour each.
#[test]
fn a_coordinator_is_told_that_somebody_waits() {
    Territory::on_each_engine(|t| async move {
        let (app, who) = (&t.app, t.staff(Role::Coordinator));
        let secret = t.invites(&who, draft("coordinator")).await;
        joins(app, &secret).await.unwrap();
        let (_, member) = t.a_member();
        let member = member.actor.unwrap();
        app.give_role(&who, member.user, Role::Coordinator)
            .await
            .unwrap();
        app.settle().await.unwrap();
        let told = || {
            let rows = t.phones.list();
            let mut told: Vec<_> = rows
                .iter()
                .filter(|row| row.text.contains("inscription attend"))
                .map(|row| row.to.clone())
                .collect();
            told.sort();
            told
        };
        let one = t.proved(newcomer("Corvo"), PHONE, MAILBOX).await;
        assert!(told().is_empty());
        t.sent(&one).await;
        app.settle().await.unwrap();
        assert_eq!(
            told().len(),
            2,
            "the staff's mail, the member's first way: {:?}",
            told()
        );
        assert!(told().contains(&MAIL.to_owned()));
        app.advance(Duration::minutes(31)).await.unwrap();
        let two = t.proved(newcomer("Corvo"), PHONE, MAILBOX).await;
        t.sent(&two).await;
        app.settle().await.unwrap();
        assert_eq!(told().len(), 2, "not twice within the hour");
    });
}
