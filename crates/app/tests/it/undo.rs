//! A launch taken back gives the desk the call as it came: how it came, when it happened, the call back it was promised.
//! Whoever is still promised one never reads that their request is cancelled.

use crate::village::{NORTH, PATIENT, Village};
use relais_app::Who;
use relais_app::contacts::{Desk, Facts, Kept, Opening, Typed};
use relais_app::requests::raise::Behind;
use relais_core::contact::{Kind, Why};
use relais_core::ids::{ContactId, RequestId};
use relais_core::request::Origin;
use relais_core::time::{Duration, Instant};
use relais_store::contacts::Contact;
use std::collections::BTreeMap;

fn kept(name: &str) -> Kept {
    let fields = [("birth_name", name), ("phone", PATIENT)];
    let fields = fields.map(|(field, text)| (field.to_owned(), vec![text.to_owned()]));
    Kept {
        typed: Typed(BTreeMap::from(fields)),
        caller: None,
        origin: Origin::Relative,
        facts: Facts::default(),
        sheet: None,
        triage: None,
    }
}

/// Every way a contact comes to a desk, named.
fn comings(v: &Village) -> Vec<(&'static str, Opening)> {
    let base = || Opening {
        held: false,
        kept: Some(kept("Tervaux")),
        ..Opening::call(v.world.networks[NORTH].id)
    };
    let promised_at = Some(v.app.now() + Duration::minutes(40));
    vec![
        (
            "a call",
            Opening {
                held: true,
                ..base()
            },
        ),
        (
            "a ring",
            Opening {
                kind: Kind::Ring,
                ..base()
            },
        ),
        (
            "a missed call somebody promised to call back",
            Opening {
                kind: Kind::Ring,
                promised_at,
                ..base()
            },
        ),
        (
            "a public form",
            Opening {
                kind: Kind::Web,
                origin: Origin::Web,
                promised_at,
                ..base()
            },
        ),
        (
            "a call entered after a breakdown",
            Opening {
                held: true,
                happened_at: Some(v.app.now() - Duration::minutes(50)),
                ..base()
            },
        ),
    ]
}

/// What must be the same again, of a contact on somebody's desk.
#[derive(Debug, PartialEq)]
struct AsItCame {
    kind: Kind,
    origin: Origin,
    promised_at: Option<Instant>,
    due: Option<(Instant, Why)>,
    happened_at: Option<Instant>,
    entered_late: bool,
    body: String,
    name: String,
}

fn as_it_came(desk: &Desk) -> AsItCame {
    let Contact {
        kind,
        origin,
        promised_at,
        due,
        happened_at,
        entered_late,
        body,
        ..
    } = desk.contact.clone();
    let name = desk.typed.get("birth_name").to_owned();
    AsItCame {
        kind,
        origin,
        promised_at,
        due,
        happened_at,
        entered_late,
        body,
        name,
    }
}

async fn begun(v: &Village, lina: &Who, opening: Opening) -> ContactId {
    let who = if opening.held {
        lina.clone()
    } else {
        Who::platform("web")
    };
    let desk = v.app.open_contact(&who, opening).await.unwrap();
    desk.contact.id
}

async fn launched(v: &Village, lina: &Who, contact: ContactId) -> RequestId {
    let behind = Behind {
        contact: Some(contact),
        ..Behind::default()
    };
    let raised = v.app.raise_from(lina, v.call(), None, behind).await;
    v.app.settle().await.unwrap();
    raised.unwrap().id
}

/// Taken, launched and taken back, a contact is the one it was: beside another of its kind that was only taken.
#[test]
fn a_launch_taken_back_leaves_the_contact_as_it_came() {
    Village::each(|v| async move {
        let lina = v.desk();
        for n in 0..comings(&v).len() {
            let (name, control) = comings(&v).remove(n);
            let (_, opening) = comings(&v).remove(n);
            let control = begun(&v, &lina, control).await;
            let subject = begun(&v, &lina, opening).await;
            let untouched = v.app.take_contact(&lina, control).await.unwrap();
            let untouched = as_it_came(&untouched);
            v.app.take_contact(&lina, subject).await.unwrap();
            let request = launched(&v, &lina, subject).await;
            v.app.undo_launch(&lina, request).await.unwrap();
            let back = v.app.contact_in_hand(&lina).await.unwrap().unwrap();
            assert_eq!(as_it_came(&back), untouched, "{name}");
        }
    });
}

/// A promised call back is still recalled after closing time: it is not closed unseen.
#[test]
fn a_promise_taken_up_and_given_back_outlives_closing_time() {
    Village::each(|v| async move {
        let lina = v.desk();
        let (_, form) = comings(&v).remove(3);
        let form = begun(&v, &lina, form).await;
        v.app.take_contact(&lina, form).await.unwrap();
        let request = launched(&v, &lina, form).await;
        v.app.undo_launch(&lina, request).await.unwrap();
        let back = v.app.contact_in_hand(&lina).await.unwrap().unwrap();
        let id = back.contact.id;
        v.app.hold_contact(&lina, id, None).await.unwrap();
        v.app.advance(Duration::hours(14)).await.unwrap();
        let row = v.app.contact_row(&lina, id).await.unwrap();
        assert_eq!(row.outcome, None);
        assert_eq!(row.due.map(|(_, why)| why), Some(Why::CallBack));
    });
}

/// The patient reads that the desk has their request again, and, when somebody had accepted, that this does not hold.
#[test]
fn nobody_whose_call_is_back_on_the_desk_reads_that_it_is_cancelled() {
    Village::each(|v| async move {
        let lina = v.desk();
        for booked in [false, true] {
            let (_, form) = comings(&v).remove(3);
            let form = begun(&v, &lina, form).await;
            v.app.take_contact(&lina, form).await.unwrap();
            let request = launched(&v, &lina, form).await;
            if booked {
                v.accepts(request, "Martin").await.unwrap();
            }
            v.app.undo_launch(&lina, request).await.unwrap();
            v.pass(1).await;
            let rows = v.phones.list();
            let read = rows.iter().filter(|row| row.to == PATIENT);
            let read: Vec<_> = read.map(|row| row.text.as_str()).collect();
            assert!(!read.iter().any(|text| text.contains("annul")), "{read:?}");
            let last = read.last().unwrap();
            assert!(last.contains("reprend votre demande"), "{last}");
            assert_eq!(last.contains("ne tient plus"), booked, "{last}");
        }
    });
}
