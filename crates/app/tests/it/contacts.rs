//! The open contact (R2): kept while it is typed, held, taken on another desk, ended exactly once,
//! and never forgotten at closing time.

use crate::village::{NORTH, Village};
use relais_app::contacts::{Ending, Facts, Kept, Opening, Typed};
use relais_app::requests::raise::Behind;
use relais_app::{AppError, Who};
use relais_core::access::Role;
use relais_core::contact::{Kind, NEVER_RESUMED, Outcome, Scope, Why};
use relais_core::ids::ContactId;
use relais_core::request::{Origin, Status};
use relais_core::time::{Duration, OpenSpan};
use relais_store::contacts;
use std::collections::BTreeMap;

fn kept(pairs: &[(&str, &str)]) -> Kept {
    let fields: BTreeMap<_, _> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
        .collect();
    Kept {
        typed: Typed(fields),
        caller: Some("+33639981001".to_owned()),
        origin: Origin::Relative,
        facts: Facts {
            motives: vec!["fievre".to_owned()],
            ..Facts::default()
        },
        sheet: None,
        triage: None,
    }
}

async fn call(v: &Village, who: &Who) -> ContactId {
    let opening = Opening::call(v.world.networks[NORTH].id);
    v.app.open_contact(who, opening).await.unwrap().contact.id
}

fn slug(error: AppError) -> &'static str {
    match error {
        AppError::Problem { slug, .. } => slug,
        other => panic!("not a named refusal: {other}"),
    }
}

async fn outcome(v: &Village, id: ContactId) -> (Option<Outcome>, Option<String>) {
    let row = v.app.contact_row(&v.desk(), id).await.unwrap();
    (row.outcome, row.reason_code)
}

/// What is typed is found again by whoever has it, and by nobody else without taking it.
#[test]
fn a_call_is_kept_held_and_taken_on_another_desk_without_losing_a_word() {
    Village::each(|v| async move {
        let (lina, doctor) = (v.desk(), v.staff_of(NORTH, Role::Regulator));
        let id = call(&v, &lina).await;
        let typed = kept(&[("birth_name", "Tervaux"), ("phone", "06 39 98 10 01")]);
        let version = v.app.save_draft(&lina, id, 1, typed.clone()).await.unwrap();
        let again = v.app.contact_in_hand(&lina).await.unwrap().unwrap();
        assert_eq!(again.typed.get("birth_name"), "Tervaux");
        assert_eq!(
            (again.contact.version, again.contact.origin),
            (version, Origin::Relative)
        );

        let twice = v.app.save_draft(&lina, id, 1, typed.clone()).await;
        assert_eq!(twice, Ok(version), "the same words are kept already");
        let other = kept(&[("birth_name", "Tervaud"), ("phone", "06 39 98 10 01")]);
        let stale = v.app.save_draft(&lina, id, 1, other).await;
        assert_eq!(slug(stale.unwrap_err()), "contact-moved");
        v.app.advance(Duration::seconds(1)).await.unwrap();
        let second = call(&v, &lina).await;
        let rows = v.app.open_contacts(&lina).await.unwrap();
        let holders: Vec<_> = rows
            .iter()
            .map(|w| (w.contact.id, w.holder.is_some()))
            .collect();
        assert_eq!(
            holders,
            [(id, false), (second, true)],
            "one on a desk at a time"
        );
        assert_eq!(rows[0].facts.motives, ["fievre"]);

        let taken = v.app.take_contact(&doctor, id).await.unwrap();
        assert_eq!(taken.typed.get("birth_name"), "Tervaux");
        let late = v
            .app
            .save_draft(&lina, id, version, typed)
            .await
            .unwrap_err();
        let AppError::Problem { slug, detail, .. } = late else {
            panic!("{late}")
        };
        assert!(
            slug == "contact-moved" && detail.contains("a repris cet appel"),
            "{detail}"
        );
        v.app.hold_contact(&doctor, id, None).await.unwrap();
        assert!(v.app.contact_in_hand(&doctor).await.unwrap().is_none());
    });
}

/// Somebody of another network does not even learn that it exists.
#[test]
fn a_contact_belongs_to_its_desk() {
    Village::each(|v| async move {
        let id = call(&v, &v.desk()).await;
        let stranger = v.staff_of(1, Role::Operator);
        assert_eq!(
            v.app.take_contact(&stranger, id).await.err(),
            Some(AppError::NotFound)
        );
        let ending = Ending::plain(Outcome::Advice);
        assert_eq!(
            v.app.end_contact(&stranger, id, ending).await.err(),
            Some(AppError::NotFound)
        );
        assert!(v.app.open_contacts(&stranger).await.unwrap().is_empty());
        let doctor = v.as_pro("Martin");
        assert_eq!(
            v.app.open_contacts(&doctor).await.err(),
            Some(AppError::Denied)
        );
    });
}

/// Two desks end the same call at once: one outcome is written, the other is told.
#[test]
fn a_contact_has_exactly_one_outcome() {
    Village::each(|v| async move {
        let lina = v.desk();
        let id = call(&v, &lina).await;
        v.app
            .save_draft(&lina, id, 1, kept(&[("birth_name", "Tervaux")]))
            .await
            .unwrap();
        let coded = Ending {
            reason: Some("Madame Tervaux veut son ordonnance".to_owned()),
            reason_code: Some(Scope::Renewal.code().to_owned()),
            ..Ending::plain(Outcome::OutOfScope)
        };
        let named = v.app.end_contact(&lina, id, coded.clone()).await;
        assert!(
            matches!(named, Err(AppError::Invalid(_))),
            "a reason names nobody"
        );
        let coded = Ending {
            reason: None,
            ..coded
        };
        v.app.end_contact(&lina, id, coded).await.unwrap();
        let twice = v
            .app
            .end_contact(&lina, id, Ending::plain(Outcome::Advice))
            .await;
        assert_eq!(slug(twice.unwrap_err()), "contact-ended");
        assert_eq!(
            outcome(&v, id).await,
            (Some(Outcome::OutOfScope), Some("renewal".to_owned()))
        );
        assert!(v.app.open_contacts(&lina).await.unwrap().is_empty());
    });
}

fn from(contact: ContactId) -> Behind {
    Behind {
        contact: Some(contact),
        ..Behind::default()
    }
}

/// Raising a request ends its call in the same transaction, with the same row.
#[test]
fn a_request_is_the_outcome_of_its_call() {
    Village::each(|v| async move {
        let lina = v.desk();
        let id = call(&v, &lina).await;
        v.app
            .save_draft(&lina, id, 1, kept(&[("birth_name", "Tervaux")]))
            .await
            .unwrap();
        let raised = v
            .app
            .raise_from(&lina, v.call(), None, from(id))
            .await
            .unwrap();
        let rows = v
            .app
            .db()
            .read_blocking(move |tx| contacts::list_for_request(tx, raised.id));
        let rows = rows.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].id, rows[0].outcome), (id, Some(Outcome::Request)));
        assert!(rows[0].patient.is_some() && rows[0].due.is_none());
        let vault = v.app.vault().clone();
        let draft = v
            .app
            .db()
            .read_blocking(move |tx| contacts::open_draft(tx, &vault, id));
        assert!(
            draft.unwrap().is_some(),
            "kept for a day: the launch may be undone"
        );
        let twice = v
            .app
            .raise_from(&lina, v.call(), None, from(id))
            .await
            .unwrap_err();
        assert_eq!(slug(twice), "contact-ended");
    });
}

/// The launch is taken back whole within its ten seconds, and whoever takes it back knows that somebody had accepted.
#[test]
fn a_launch_taken_back_says_whether_somebody_had_accepted() {
    Village::each(|v| async move {
        let lina = v.desk();
        for accepted in [false, true] {
            let id = call(&v, &lina).await;
            let typed = kept(&[("birth_name", "Tervaux")]);
            v.app.save_draft(&lina, id, 1, typed).await.unwrap();
            let raised = v.app.raise_from(&lina, v.call(), None, from(id)).await;
            let request = raised.unwrap().id;
            v.app.settle().await.unwrap();
            if accepted {
                let first = v.asked(request).await.remove(0);
                v.accepts(request, &first).await.unwrap();
            }
            for twice in ["at first", "the answer lost, once more"] {
                let undone = v.app.undo_launch(&lina, request).await;
                assert_eq!(undone, Ok(accepted), "{twice}");
            }
            assert_eq!(v.status(request).await, Status::Cancelled);
        }
        let late = v.raise(v.call()).await;
        v.pass(1).await;
        let refused = v.app.undo_launch(&lina, late).await.unwrap_err();
        assert_eq!(slug(refused), "too-late-to-undo");
    });
}

/// R1, R2: the caller hung up, the draft waits, closing time writes the outcome. A promised call
/// back is recalled instead, and ends only by somebody's hand.
#[test]
fn closing_time_ends_what_nobody_came_back_to() {
    Village::each(|v| async move {
        let lina = v.desk();
        let left = call(&v, &lina).await;
        let form = Opening {
            kind: Kind::Web,
            origin: Origin::Web,
            held: false,
            promised_at: Some(v.app.now() + Duration::minutes(30)),
            ..Opening::call(v.world.networks[NORTH].id)
        };
        let form = v
            .app
            .open_contact(&Who::platform("web"), form)
            .await
            .unwrap();
        v.app.hold_contact(&lina, left, None).await.unwrap();
        v.app.advance(Duration::hours(9)).await.unwrap();
        assert_eq!(outcome(&v, left).await.0, None, "still open at 19:00");
        v.app.advance(Duration::hours(3)).await.unwrap();
        let never = Some(NEVER_RESUMED.to_owned());
        assert_eq!(outcome(&v, left).await, (Some(Outcome::HungUp), never));
        let row = v.app.contact_row(&lina, form.contact.id).await.unwrap();
        assert_eq!(row.outcome, None, "a promise is not closed by the clock");
        let (again, _) = row.due.unwrap();
        assert!(again > v.app.now(), "recalled at the next opening");
        v.app.housekeeping().await.unwrap();
    });
}

/// A network open day and night: no closing time ends a call, a day without a gesture does; the page says so.
#[test]
fn day_and_night_what_nobody_came_back_to_ends_after_a_day() {
    let always = |world: &mut relais_app::demo::DemoWorld| {
        let whole = OpenSpan::new(0, 1_440).unwrap();
        let hours = &mut world.networks[NORTH].hours;
        hours.weekly.days = std::array::from_fn(|_| vec![whole]);
        hours.closed_on_holidays = false;
    };
    Village::shaped(always, |v| async move {
        let lina = v.desk();
        let left = call(&v, &lina).await;
        let row = v.app.contact_row(&lina, left).await.unwrap();
        let (due, _) = row.due.unwrap();
        assert_eq!(due, v.app.now() + Duration::hours(24));
        let directory = v.app.directory().await.unwrap();
        let entry = directory.network(v.world.networks[NORTH].id).unwrap();
        let told = relais_app::public::closed::closed(entry, None, v.app.now());
        assert!(told.open);
        assert_eq!(told.title, "Nous répondons 24\u{a0}h sur 24");
        v.app.advance(Duration::hours(23)).await.unwrap();
        assert_eq!(outcome(&v, left).await.0, None);
        v.app.advance(Duration::hours(2)).await.unwrap();
        let never = Some(NEVER_RESUMED.to_owned());
        assert_eq!(outcome(&v, left).await, (Some(Outcome::HungUp), never));
    });
}

/// Whoever leaves has no call any more: it waits for anybody.
#[test]
fn closing_an_account_puts_its_calls_down() {
    Village::each(|v| async move {
        let lina = v.desk();
        let id = call(&v, &lina).await;
        let coordinator = v.staff_of(NORTH, Role::Coordinator);
        let user = lina.actor.unwrap().user;
        v.app.close_staff(&coordinator, user).await.unwrap();
        let doctor = v.staff_of(NORTH, Role::Regulator);
        let row = v.app.contact_row(&doctor, id).await.unwrap();
        assert_eq!((row.outcome, row.holder), (None, None));
    });
}

/// Three hundred calls wait: a form of the public is told to come back, the desk answers the next call and ends it.
#[test]
fn a_full_desk_still_answers_and_ends_its_calls() {
    Village::each(|v| async move {
        let network = v.world.networks[NORTH].id;
        let now = v.app.now();
        let filled = v.app.db().write(move |tx| {
            for nth in 0..300_u128 {
                for (kind, by) in [(Kind::Call, 0), (Kind::Web, 1_000)] {
                    let id = ContactId::from_bits(nth + by + 1);
                    let mut row = contacts::Contact::new(id, network, Origin::Patient, now);
                    row.kind = kind;
                    row.due = Some((now + Duration::hours(2), Why::Closing));
                    row.body = "{}".to_owned();
                    contacts::insert(tx, &row)?;
                }
            }
            Ok::<_, relais_store::StoreError>(())
        });
        filled.await.unwrap();
        let form = Opening {
            kind: Kind::Web,
            held: false,
            ..Opening::call(network)
        };
        let refused = v.app.open_contact(&Who::platform("web"), form).await;
        assert_eq!(slug(refused.err().unwrap()), "too-many-open-contacts");
        let id = call(&v, &v.desk()).await;
        let ending = Ending::plain(Outcome::Advice);
        v.app.end_contact(&v.desk(), id, ending).await.unwrap();
    });
}
