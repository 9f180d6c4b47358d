//! Calls joined to a request (R2): never to one that ended, never in the place of the call that raised it, back on the
//! desk when the launch is undone, and what was added told to whoever has the patient.

use crate::village::{NORTH, Village};
use relais_app::contacts::{Facts, Kept, Opening, Typed};
use relais_app::patients::Merge;
use relais_app::requests::desk::Act;
use relais_app::requests::raise::Behind;
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, RequestId};
use relais_core::request::{CancelledBy, Closure, Origin, Status};
use relais_core::time::Duration;
use std::collections::BTreeMap;

/// A form with a name in it, and the answers to the trunk.
fn kept(name: &str) -> Kept {
    let fields = BTreeMap::from([("birth_name".to_owned(), vec![name.to_owned()])]);
    Kept {
        typed: Typed(fields),
        caller: None,
        origin: Origin::Relative,
        facts: Facts::default(),
        sheet: None,
        triage: None,
    }
}

/// A call on somebody's desk, with a name typed in it.
async fn call(v: &Village, who: &Who, name: &str) -> ContactId {
    let opening = Opening {
        kept: Some(kept(name)),
        ..Opening::call(v.world.networks[NORTH].id)
    };
    let desk = v.app.open_contact(who, opening).await.unwrap();
    v.app.advance(Duration::seconds(1)).await.unwrap();
    desk.contact.id
}

/// The request a call becomes.
async fn launch(v: &Village, who: &Who, contact: ContactId) -> RequestId {
    let behind = Behind {
        contact: Some(contact),
        ..Behind::default()
    };
    let raised = v.app.raise_from(who, v.call(), None, behind).await;
    raised.unwrap().id
}

fn into(id: RequestId, contact: Option<ContactId>, text: Option<&str>) -> Merge {
    Merge {
        into: id,
        contact,
        origin: Origin::Relative,
        text: text.map(str::to_owned),
        kept: None,
    }
}

fn slug(error: AppError) -> &'static str {
    match error {
        AppError::Problem { slug, .. } => slug,
        other => panic!("not a named refusal: {other}"),
    }
}

/// It ended between the page and the gesture: nobody would follow what the caller says.
#[test]
fn a_call_is_not_joined_to_a_request_that_ended() {
    Village::each(|v| async move {
        let lina = v.desk();
        for end in ["cancelled", "closed", "15"] {
            let id = v.raise(v.call()).await;
            let contact = call(&v, &lina, "Tervaux").await;
            let act = match end {
                "cancelled" => Act::Cancel(CancelledBy::Patient),
                "closed" => Act::Close(Closure::Seen),
                _ => Act::Transfer15,
            };
            if end == "closed" {
                v.accepts(id, "Martin").await.unwrap();
                let martin = v.as_pro("Martin");
                v.app.act(&martin, id, act, None).await.unwrap();
            } else {
                v.does(id, act).await.unwrap();
            }
            for contact in [Some(contact), None] {
                let joined = v
                    .app
                    .merge(&lina, into(id, contact, Some("Rappelle")))
                    .await;
                assert_eq!(slug(joined.unwrap_err()), "request-over", "{end}");
            }
            let row = v.app.contact_row(&lina, contact).await.unwrap();
            let user = lina.actor.unwrap().user;
            assert_eq!((row.outcome, row.holder), (None, Some(user)), "{end}");
            let acts = v.acts(id).await;
            assert!(!acts.contains(&"request.called-again".to_owned()), "{end}");
        }
    });
}

/// An older call joined to the request is not the one that raised it: undone, the launch gives its own call back,
/// and the other one waits where everybody sees it, to be taken by a gesture that is written down.
#[test]
fn an_undone_launch_gives_back_its_call_and_those_joined_to_it() {
    Village::each(|v| async move {
        let (lina, doctor) = (v.desk(), v.staff_of(NORTH, Role::Regulator));
        let older = call(&v, &doctor, "Ancelin").await;
        let own = call(&v, &lina, "Tervaux").await;
        let id = launch(&v, &lina, own).await;
        v.app
            .merge(&doctor, into(id, Some(older), None))
            .await
            .unwrap();
        v.app.undo_launch(&lina, id).await.unwrap();
        let back = v.app.contact_in_hand(&lina).await.unwrap().unwrap();
        assert_eq!(back.typed.get("birth_name"), "Tervaux");
        let open = v.app.open_contacts(&lina).await.unwrap();
        let waits: Vec<_> = open.iter().filter(|one| one.holder.is_none()).collect();
        assert_eq!((open.len(), waits.len()), (2, 1));
        assert!(waits[0].is_on_the_line());
        let taken = v.app.take_contact(&doctor, waits[0].contact.id).await;
        assert_eq!(taken.unwrap().typed.get("birth_name"), "Ancelin");
    });
}

/// What the regulator reads are the answers of the call that raised the request.
#[test]
fn the_answers_read_are_those_of_the_call_that_raised_the_request() {
    Village::each(|v| async move {
        let (lina, doctor) = (v.desk(), v.staff_of(NORTH, Role::Regulator));
        let older = call(&v, &doctor, "Ancelin").await;
        let own = call(&v, &lina, "Tervaux").await;
        let id = launch(&v, &lina, own).await;
        v.app
            .merge(&doctor, into(id, Some(older), None))
            .await
            .unwrap();
        let case = v.app.regulation_case(&doctor, id).await.unwrap();
        assert_eq!(case.contact.unwrap().id, own);
        let row = v.app.contact_row(&lina, older).await.unwrap();
        assert_eq!(row.outcome, Some(Outcome::Duplicate));
    });
}

/// Nothing was kept to be put back on a desk: the request goes on, and is cancelled from its page if it must be.
#[test]
fn a_launch_without_its_form_is_not_undone() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        let refused = v.app.undo_launch(&v.desk(), id).await.unwrap_err();
        assert_eq!(slug(refused), "nothing-to-put-back");
        assert_ne!(v.status(id).await, Status::Cancelled);
    });
}

/// What a second caller says is for whoever has the patient, today or later.
#[test]
fn what_is_added_reaches_whoever_has_the_patient() {
    Village::each(|v| async move {
        let lina = v.desk();
        let martin = v.as_pro("Martin");
        for taken_before in [true, false] {
            let id = v.raise(v.call()).await;
            if taken_before {
                v.accepts(id, "Martin").await.unwrap();
            }
            v.app
                .merge(&lina, into(id, None, Some("Elle saigne depuis midi")))
                .await
                .unwrap();
            v.app.settle().await.unwrap();
            if taken_before {
                let rows = v.phones.list();
                let told = |row: &&relais_gateways::PhoneRow| {
                    row.owner == v.named("Martin") && row.text.contains("un message vous attend")
                };
                assert_eq!(rows.iter().filter(told).count(), 1);
                assert!(rows.iter().all(|row| !row.text.contains("saigne")));
            } else {
                let early = v.app.thread(&martin, id).await;
                assert!(early.is_err(), "asked, they read nothing yet (R6)");
                v.accepts(id, "Martin").await.unwrap();
            }
            let count = v.app.thread_count(&martin, id).await.unwrap().unwrap();
            assert_eq!(count.unread, 1);
            let thread = v.app.thread(&martin, id).await.unwrap();
            assert_eq!(thread.lines[0].text, "Elle saigne depuis midi");
        }
    });
}

/// Nothing to add: nobody is disturbed.
#[test]
fn a_call_that_adds_nothing_writes_to_nobody() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        v.app.merge(&v.desk(), into(id, None, None)).await.unwrap();
        let count = v.app.thread_count(&v.desk(), id).await.unwrap().unwrap();
        assert_eq!(count.messages, 0);
    });
}
