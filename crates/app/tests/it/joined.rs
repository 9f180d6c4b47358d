//! Calls joined to a request (R2): never to one that ended, never in the place of the call that raised it, back on the
//! desk when the launch is undone, and what was added told to whoever has the patient.

use crate::village::{NORTH, Village};
use relais_app::contacts::{Facts, Kept, Opening, Typed};
use relais_app::patients::Merge;
use relais_app::requests::desk::Act;
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::ids::{ContactId, RequestId};
use relais_core::request::{CancelledBy, Closure, Origin};
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

fn into(id: RequestId, contact: Option<ContactId>, text: Option<&str>) -> Merge {
    Merge {
        into: id,
        contact,
        origin: Origin::Relative,
        text: text.map(str::to_owned),
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
