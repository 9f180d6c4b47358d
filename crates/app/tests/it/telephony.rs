//! Calls told by a telephone exchange: the right desk, once, whatever the order and the number of times.

use crate::village::{NORTH, PATIENT, SOUTH, Village};
use relais_app::AppError;
use relais_app::contacts::Ending;
use relais_app::telephony::{CallDraft, Stage, Told};
use relais_core::access::Role;
use relais_core::contact::{Kind, Outcome};

fn event(event: &str, desk: Option<&str>) -> CallDraft {
    CallDraft {
        event: event.to_owned(),
        call_id: "call-1".to_owned(),
        from: Some(PATIENT.to_owned()),
        to: Some("0160000000".to_owned()),
        desk: desk.map(str::to_owned),
    }
}

async fn hear(v: &Village, draft: CallDraft) -> Told {
    v.app.hear_call(&v.desk(), draft).await.unwrap()
}

/// The login of the operator of the first network.
fn login(v: &Village) -> String {
    let network = v.world.networks[NORTH].id;
    let mut users = v.world.users.iter();
    let user = users.find(|user| user.role == Role::Operator && user.network == network);
    user.unwrap().login.clone()
}

#[test]
fn whoever_answers_has_the_call_with_its_number_on_their_desk() {
    Village::each(|v| async move {
        let told = hear(&v, event("ringing", None)).await;
        assert_eq!((told.stage, told.in_hand), (Stage::Ringing, false));
        let open = v.app.open_contacts(&v.desk()).await.unwrap();
        assert_eq!(open.len(), 1, "everybody's waiting list");
        assert_eq!(open[0].contact.kind, Kind::Ring);
        assert!(v.app.contact_in_hand(&v.desk()).await.unwrap().is_none());
        let told = hear(&v, event("answered", Some(&login(&v)))).await;
        assert!(told.in_hand);
        let desk = v.app.contact_in_hand(&v.desk()).await.unwrap().unwrap();
        assert_eq!(desk.contact.id, told.contact);
        assert_eq!(desk.contact.kind, Kind::Call, "answered: no ring any more");
        let open = v.app.open_contacts(&v.desk()).await.unwrap();
        assert!(!open[0].hung_up && open[0].holder.is_some());
        assert_eq!(desk.typed.get("phone"), "06 39 98 10 01");
        assert_eq!(
            desk.typed.get("birth_name"),
            "",
            "who it is, is looked up by the operator"
        );
        let told = hear(&v, event("ended", None)).await;
        let row = v.app.contact_row(&v.desk(), told.contact).await.unwrap();
        assert_eq!(row.outcome, None, "the operator says how it ended");
        let open = v.app.open_contacts(&v.desk()).await.unwrap();
        assert!(
            open[0].hung_up && !open[0].is_on_the_line(),
            "said on the board"
        );
        let desk = v.app.contact_in_hand(&v.desk()).await.unwrap().unwrap();
        assert_eq!(
            desk.typed.get("phone"),
            "06 39 98 10 01",
            "what was typed waits"
        );
    });
}

#[test]
fn a_desk_is_known_by_the_name_of_its_telephone_set() {
    Village::each(|v| async move {
        v.app.set_desk(&login(&v), "poste 201").await.unwrap();
        assert!(hear(&v, event("answered", Some("poste 201"))).await.in_hand);
        let network = v.world.networks[NORTH].id;
        let mut users = v.world.users.iter();
        let other = users.find(|u| u.role == Role::Regulator && u.network == network);
        let other = other.unwrap().login.clone();
        let taken = v.app.set_desk(&other, "poste 201").await;
        assert!(matches!(
            taken,
            Err(AppError::Problem {
                slug: "desk-taken",
                ..
            })
        ));
        v.app.set_desk(&login(&v), "").await.unwrap();
        v.app.set_desk(&other, "poste 201").await.unwrap();
    });
}

#[test]
fn told_twice_late_or_by_nobody_known_it_stays_one_call() {
    Village::each(|v| async move {
        let first = hear(&v, event("answered", Some("personne"))).await;
        assert!(!first.in_hand, "an unknown desk: everybody's waiting list");
        for late in ["ringing", "answered", "ringing"] {
            let again = hear(&v, event(late, Some(&login(&v)))).await;
            assert_eq!(again.contact, first.contact);
            assert_eq!(again.stage, Stage::Answered);
        }
        let ended = hear(&v, event("ended", None)).await;
        assert_eq!(hear(&v, event("answered", Some(&login(&v)))).await, ended);
        assert_eq!(v.app.open_contacts(&v.desk()).await.unwrap().len(), 1);
        v.app
            .end_contact(&v.desk(), first.contact, Ending::plain(Outcome::HungUp))
            .await
            .unwrap();
        assert_eq!(hear(&v, event("ended", None)).await.contact, first.contact);
        assert!(v.app.open_contacts(&v.desk()).await.unwrap().is_empty());
    });
}

#[test]
fn a_call_belongs_to_the_network_of_its_exchange() {
    Village::each(|v| async move {
        let here = hear(&v, event("ringing", None)).await;
        let elsewhere = v.staff_of(SOUTH, Role::Operator);
        let there = v
            .app
            .hear_call(&elsewhere, event("ringing", None))
            .await
            .unwrap();
        assert_ne!(
            here.contact, there.contact,
            "the same number of call, another exchange (I13)"
        );
        let stolen = v
            .app
            .hear_call(&elsewhere, event("answered", Some(&login(&v))))
            .await;
        assert!(!stolen.unwrap().in_hand, "a desk of another network");
        for who in [v.as_pro("Potard"), v.staff_of(NORTH, Role::Coordinator)] {
            let refused = v.app.hear_call(&who, event("ringing", None)).await;
            assert!(matches!(refused, Err(AppError::Denied)));
        }
        let mut hidden = event("ringing", None);
        hidden.call_id = "call-2".to_owned();
        hidden.from = Some("anonymous".to_owned());
        hear(&v, hidden).await;
        for (event_name, call_id) in [("hello", "x"), ("ringing", ""), ("ringing", "\u{7}")] {
            let mut wrong = event(event_name, None);
            wrong.call_id = call_id.to_owned();
            let refused = v.app.hear_call(&v.desk(), wrong).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))));
        }
    });
}
