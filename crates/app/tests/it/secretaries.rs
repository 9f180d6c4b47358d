//! A secretary who answers in the name of professionals (ADR 0043): one at a time, everything said to be so, over
//! at once.

use crate::village::{NORTH, PATIENT, Village};
use relais_app::AppError;
use relais_app::accounts::session::SignedIn;
use relais_app::activity::{ActivityDraft, Quick};
use relais_app::members::Change;
use relais_app::requests::desk::Act;
use relais_app::secretaries::SecretaryDraft;
use relais_core::access::Role;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, RefusalReason};
use relais_core::time::Duration;

fn draft(name: &str, login: &str) -> SecretaryDraft {
    SecretaryDraft {
        name: name.to_owned(),
        login: login.to_owned(),
    }
}

/// Claire Morel, named by Dr Leroy: the token of her session.
async fn claire(v: &Village) -> String {
    let leroy = v.as_pro("Leroy");
    let typed = draft(" Claire  Morel ", "Claire.Morel");
    let given = v.app.name_secretary(&leroy, typed).await.unwrap().unwrap();
    assert_eq!(
        (given.name.as_str(), given.login.as_str()),
        ("Claire Morel", "claire.morel")
    );
    v.app
        .recover(&given.login, &given.code, "192.0.2.1", "poste".to_owned())
        .await
        .unwrap()
}

async fn signed(v: &Village, token: &str) -> SignedIn {
    v.app.session(token).await.unwrap().expect("signed in")
}

async fn raised(v: &Village, name: &str, usual: Option<&str>) -> RequestId {
    v.raise(v.call_for(name, Profession::Gp, usual, PATIENT))
        .await
}

/// The sentences of a request's history, as the desk reads them.
async fn history(v: &Village, id: RequestId) -> Vec<String> {
    let (_, rows, _) = v
        .app
        .timeline_before(&v.desk(), id, None, 200)
        .await
        .unwrap();
    rows.into_iter().map(|row| row.entry.body).collect()
}

#[test]
fn a_secretary_answers_in_a_name_and_everything_says_so() {
    Village::each(|v| async move {
        let token = claire(&v).await;
        let idle = signed(&v, &token).await;
        assert_eq!(
            (idle.actor.role, idle.actor.professional),
            (Role::Secretary, None)
        );
        let nobody = v.app.offers(&idle.who("web"), true, None, 10).await;
        assert!(matches!(nobody, Err(AppError::Denied)), "for nobody yet");

        let first = raised(&v, "Belin", None).await;
        let whom = v.app.whom(&idle.who("web")).await.unwrap();
        let leroy = v.pro("Leroy").id;
        assert_eq!(
            (whom.len(), whom[0].professional, whom[0].open),
            (1, leroy, 1)
        );
        v.app.act_for(&idle, &token, leroy).await.unwrap();
        let acting = signed(&v, &token).await;
        assert_eq!(acting.actor.in_name_of(), Some(leroy));
        let who = acting.who("web");

        // The same view as before acceptance, and the same two taps.
        let (list, _) = v.app.offers(&who, true, None, 10).await.unwrap();
        assert_eq!(list.len(), 1);
        let offer = v.offer(first, "Leroy").await;
        let (_, identity) = v.app.offer(&who, offer, true).await.unwrap();
        assert!(identity.is_none());
        let early = v.app.open_identity(&who, first).await;
        assert!(
            matches!(early, Err(AppError::NotFound)),
            "nothing before a yes"
        );
        let hour = Appointment::At(v.at(120));
        v.app.accept(&who, offer, hour).await.unwrap();
        assert!(
            v.app.open_identity(&who, first).await.is_ok(),
            "the patient is theirs"
        );
        let later = Act::SetAppointment(Appointment::At(v.at(180)));
        v.app.act(&who, first, later, None).await.unwrap();
        let told = history(&v, first).await;
        let words = "par Claire Morel au nom de Dr";
        assert_eq!(
            told.iter().filter(|body| body.contains(words)).count(),
            2,
            "{told:?}"
        );
        let opened = told.iter().filter(|body| body.contains("in_name_of"));
        assert!(opened.count() >= 3, "the look at the identity too");

        let second = raised(&v, "Cazal", None).await;
        let offer = v.offer(second, "Leroy").await;
        v.app
            .refuse(&who, offer, RefusalReason::Full)
            .await
            .unwrap();
        v.app.quick_activity(&who, Quick::Away24h).await.unwrap();
        let third = raised(&v, "Dorat", None).await;
        assert!(!v.asked(third).await.contains(&"Leroy".to_owned()));

        // Terms are the professional's own, and so are notes and secretaries.
        let terms = v.app.set_activity(&who, ActivityDraft::default()).await;
        assert!(matches!(terms, Err(AppError::Denied)));
        assert!(v.app.my_secretaries(&who).await.is_err());
        assert!(v.app.thread_count(&who, first).await.unwrap().is_none());
    });
}

/// The registered usual professional sees the name on their own page of the offer (R6): who answers for them does not.
#[test]
fn the_name_a_usual_professional_sees_is_not_their_secretarys() {
    Village::each(|v| async move {
        let token = claire(&v).await;
        let idle = signed(&v, &token).await;
        let leroy = v.pro("Leroy").id;
        v.app.act_for(&idle, &token, leroy).await.unwrap();
        let id = raised(&v, "Belin", Some("Leroy")).await;
        let offer = v.offer(id, "Leroy").await;
        let (read, own) = v.app.offer(&v.as_pro("Leroy"), offer, true).await.unwrap();
        assert!(read.offer.usual && own.is_some());
        let who = signed(&v, &token).await.who("web");
        let (_, hers) = v.app.offer(&who, offer, true).await.unwrap();
        assert!(hers.is_none());
    });
}

#[test]
fn it_ends_at_once_whoever_ends_it() {
    Village::each(|v| async move {
        let token = claire(&v).await;
        let user = signed(&v, &token).await.actor.user;
        let (leroy, petit) = (v.pro("Leroy").id, v.pro("Petit").id);
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        // A second doctor names the same account: no code this time.
        let again = draft("", "claire.morel");
        assert!(
            v.app
                .name_secretary(&v.as_pro("Petit"), again.clone())
                .await
                .unwrap()
                .is_none()
        );
        let idle = signed(&v, &token).await;
        assert_eq!(v.app.whom(&idle.who("web")).await.unwrap().len(), 2);
        let seen = v.app.member(&coordinator, leroy).await.unwrap();
        assert_eq!(seen.secretaries[0].name, "Claire Morel");

        for n in 0..3 {
            v.app
                .name_secretary(&v.as_pro("Leroy"), again.clone())
                .await
                .unwrap();
            let idle = signed(&v, &token).await;
            v.app.act_for(&idle, &token, leroy).await.unwrap();
            let acting = signed(&v, &token).await;
            let mut stay = v.app.stay(&token, acting.actor).unwrap();
            let who = match n {
                0 => v.as_pro("Leroy"),
                1 => acting.who("web"),
                _ => coordinator.clone(),
            };
            v.app.end_secretary(&who, user, leroy).await.unwrap();
            tokio::time::timeout(std::time::Duration::from_secs(5), stay.ended())
                .await
                .expect("open pages end too");
            let after = signed(&v, &token).await;
            assert_eq!(after.actor.professional, None, "by {n}");
            let denied = v.app.offers(&after.who("web"), true, None, 10).await;
            assert!(matches!(denied, Err(AppError::Denied)));
            let back = v.app.act_for(&after, &token, leroy).await;
            assert!(matches!(back, Err(AppError::NotFound)));
        }
        v.app
            .end_secretary(&v.as_pro("Leroy"), user, leroy)
            .await
            .unwrap();
        // Nobody else ends what is another's.
        let other = v.app.end_secretary(&v.as_pro("Leroy"), user, petit).await;
        assert!(matches!(other, Err(AppError::NotFound)));
        // Whoever leaves the network that named her leaves nobody behind to answer for them.
        v.app
            .name_secretary(&v.as_pro("Leroy"), again.clone())
            .await
            .unwrap();
        let left = v
            .app
            .change_member(&coordinator, leroy, Change::Leave, "Déménage.".to_owned());
        left.await.unwrap();
        let gone = v.app.member(&coordinator, leroy).await.unwrap();
        assert!(gone.secretaries.is_empty());
        let idle = signed(&v, &token).await;
        v.app.act_for(&idle, &token, petit).await.unwrap();
    });
}

#[test]
fn who_cannot_be_named_is_said_why() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        for (name, login, field) in [
            ("Claire Morel", "é", "/login"),
            ("Claire Morel", "99710000011", "/login"),
            ("", "claire.morel", "/name"),
            ("Claire Morel", "petit", "/login"),
        ] {
            let login = if login == "petit" {
                let all = v.app.users().await.unwrap();
                let theirs = all
                    .iter()
                    .find(|u| u.professional == Some(v.pro("Petit").id));
                theirs.unwrap().login.clone()
            } else {
                login.to_owned()
            };
            let refused = v.app.name_secretary(&leroy, draft(name, &login)).await;
            let Err(AppError::Invalid(errors)) = refused else {
                panic!("{login}");
            };
            assert_eq!(errors[0].pointer, field);
        }
        assert!(
            v.app
                .name_secretary(&v.desk(), draft("Claire Morel", "claire"))
                .await
                .is_err()
        );
        assert!(v.app.my_secretaries(&leroy).await.unwrap().is_empty());
        v.app.advance(Duration::hours(1)).await.unwrap();
    });
}
