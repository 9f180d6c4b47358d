//! Callers already known: found however the name is spelled, shown to the desk alone and written down each time; the
//! possible duplicate, and the call joined to it.

use crate::village::{NORTH, PATIENT, SOUTH, Village};
use relais_app::AppError;
use relais_app::patients::{Merge, Probe, Search};
use relais_app::requests::desk::Act;
use relais_core::access::Role;
use relais_core::people::Profession;
use relais_core::request::{CancelledBy, Origin, UsualDoctor};
use relais_core::time::Duration;

fn by_phone(phone: &str) -> Search {
    Search {
        phone: phone.to_owned(),
        ..Search::default()
    }
}

fn by_name(name: &str, birth_date: &str) -> Search {
    Search {
        name: name.to_owned(),
        birth_date: birth_date.to_owned(),
        ..Search::default()
    }
}

fn probe(name: &str, first: &str, phone: &str) -> Probe {
    Probe {
        birth_name: name.to_owned(),
        used_name: String::new(),
        first_names: first.to_owned(),
        birth_date: "02/04/1951".to_owned(),
        phone: phone.to_owned(),
    }
}

/// Odile Le Goff-Martin, born Tervaux, whose daughter may be called.
async fn odile(v: &Village) -> relais_core::ids::RequestId {
    let mut draft = v.call_for("Tervaux-d’Aubigné", Profession::Gp, Some("Martin"), PATIENT);
    draft.patient.used_name = Some("Le Goff".to_owned());
    draft.patient.first_names = "Marie-Odile Jeanne".to_owned();
    draft.patient.carer_phone = Some("06 39 98 10 77".to_owned());
    v.raise(draft).await
}

#[test]
fn a_caller_is_found_by_any_spelling_of_her_names_and_by_both_numbers() {
    Village::each(|v| async move {
        odile(&v).await;
        for search in [
            by_phone("06.39.98.10.01"),
            by_phone("+33639981077"),
            by_name("TERVAUX D AUBIGNE", "2/4/1951"),
            by_name("tervaux", "1951-04-02"),
            by_name("Aubigne", "02/04/1951"),
            by_name("le goff", "02/04/1951"),
            by_name("LEGOFF", "02/04/1951"),
            by_name("Le Goff-Tervaux", "02/04/1951"),
        ] {
            let what = format!("{} {}", search.phone, search.name);
            let found = v.app.look_up(&v.desk(), search).await.unwrap();
            let [one] = found.people.as_slice() else {
                panic!("{what}: {} found", found.people.len());
            };
            assert_eq!(one.identity.first_names.expose(), "Marie-Odile Jeanne");
            assert!(!found.more);
        }
        for search in [
            by_phone("06 39 98 10 99"),
            by_name("Tervaux", "03/04/1951"),
            by_name("d", "02/04/1951"),
            by_name("Le", "02/04/1951"),
        ] {
            let found = v.app.look_up(&v.desk(), search).await.unwrap();
            assert!(found.people.is_empty());
        }
        for search in [by_phone("12"), by_name("Tervaux", ""), by_name("", "")] {
            let refused = v.app.look_up(&v.desk(), search).await;
            assert!(matches!(refused, Err(AppError::Invalid(_))));
        }
    });
}

/// R6: the desk of the network alone, and each look has who, whose, when and why.
#[test]
fn a_look_up_is_the_desk_s_and_is_written_down() {
    Village::each(|v| async move {
        let id = odile(&v).await;
        let search = || by_phone(PATIENT);
        for who in [
            v.as_pro("Potard"),
            v.as_pro("Martin"),
            v.staff_of(NORTH, Role::Coordinator),
        ] {
            let refused = v.app.look_up(&who, search()).await;
            assert!(matches!(refused, Err(AppError::Denied)));
        }
        let elsewhere = v.staff_of(SOUTH, Role::Operator);
        let found = v.app.look_up(&elsewhere, search()).await.unwrap();
        assert!(found.people.is_empty(), "another network's patients (I13)");

        let found = v.app.look_up(&v.desk(), search()).await.unwrap();
        let record = found.people[0].record;
        assert_eq!(found.people[0].last.as_ref().unwrap().id, id);
        let stolen = v.app.known_patient(&elsewhere, record).await;
        assert!(matches!(stolen, Err(AppError::NotFound)));
        let known = v.app.known_patient(&v.desk(), record).await.unwrap();
        assert_eq!(known.doctor, Some(UsualDoctor::Yes));
        assert_eq!(known.usual, [v.pro("Martin").id]);
        let (_, rows) = v.app.timeline(&v.desk(), id).await.unwrap();
        let looks: Vec<_> = rows
            .iter()
            .filter(|row| row.entry.act == "identity.opened")
            .filter(|row| row.entry.why.as_deref() == Some("look-up"))
            .collect();
        assert_eq!(looks.len(), 2, "the list, then the whole of her");
        let subject = Some(record.to_string());
        assert!(looks.iter().all(|row| row.entry.subject == subject));
        let user = v.desk().actor.unwrap().user.to_string();
        assert!(looks.iter().all(|row| row.entry.actor == user));
    });
}

#[test]
fn each_person_is_listed_once_and_too_many_are_said_to_be() {
    Village::each(|v| async move {
        odile(&v).await;
        odile(&v).await;
        for nth in 0..9_u8 {
            let name = format!("Voisin{}", char::from(b'a' + nth));
            let mut draft = v.call_for(&name, Profession::Nurse, None, PATIENT);
            draft.patient.birth_date = format!("19{}1-01-01", nth);
            v.raise(draft).await;
        }
        let found = v.app.look_up(&v.desk(), by_phone(PATIENT)).await.unwrap();
        assert_eq!(found.people.len(), 8);
        assert!(found.more, "ten people have this number");
        let found = v
            .app
            .look_up(&v.desk(), by_name("Tervaux", "1951-04-02"))
            .await
            .unwrap();
        assert_eq!(found.people.len(), 1, "two requests, one person");
    });
}

/// R2: same name or same number, and the same birth date; a twin is told apart by the first name.
#[test]
fn a_possible_duplicate_is_shown_before_launching() {
    Village::each(|v| async move {
        let id = odile(&v).await;
        let desk = v.desk();
        let alike = |probe| v.app.alike(&desk, probe);
        for (name, first, phone, by_name, same_first) in [
            ("le goff", "Odile", "", true, true),
            ("Tervaux", "Claire", "", true, false),
            ("Durand", "marie odile", PATIENT, false, true),
        ] {
            let found = alike(probe(name, first, phone)).await.unwrap();
            let [one] = found.as_slice() else {
                panic!("{name} {first}: {}", found.len());
            };
            assert_eq!(one.stored.request.id, id);
            assert_eq!((one.by_name, one.same_first_name), (by_name, same_first));
        }
        assert!(
            alike(probe("Durand", "Odile", ""))
                .await
                .unwrap()
                .is_empty()
        );
        assert!(alike(Probe::default()).await.unwrap().is_empty());
        let counter = v.as_pro("Potard");
        let refused = v.app.alike(&counter, probe("le goff", "", "")).await;
        assert!(matches!(refused, Err(AppError::Denied)));
        let acts = v.acts(id).await;
        let shown = acts.iter().filter(|act| *act == "duplicate.shown");
        assert_eq!(shown.count(), 1, "one look, however often it is drawn");
        v.does(id, Act::Cancel(CancelledBy::Patient)).await.unwrap();
        assert!(alike(probe("le goff", "", "")).await.unwrap().is_empty());
    });
}

#[test]
fn a_call_joined_to_a_request_ends_as_its_duplicate() {
    Village::each(|v| async move {
        let id = odile(&v).await;
        let before = v.read(id).await;
        let merge = |text: Option<&str>| Merge {
            into: id,
            contact: None,
            origin: Origin::Relative,
            text: text.map(str::to_owned),
            kept: None,
        };
        let named = v
            .app
            .merge(&v.desk(), merge(Some("Tervaux rappelle")))
            .await;
        assert!(matches!(named, Err(AppError::Invalid(_))), "no name in it");
        let pharmacist = v.app.merge(&v.as_pro("Potard"), merge(None)).await;
        assert!(pharmacist.is_err());
        v.app
            .merge(&v.desk(), merge(Some("La fièvre monte")))
            .await
            .unwrap();
        let after = v.read(id).await;
        assert_eq!(before, after, "the request goes on as it was");
        let (_, rows) = v.app.timeline(&v.desk(), id).await.unwrap();
        let row = rows
            .iter()
            .find(|row| row.entry.act == "request.called-again")
            .unwrap();
        assert!(row.entry.body.contains("La fièvre monte"));
    });
}

/// "Ce n'est pas la même personne" is written down, and the request is no duplicate any more.
#[test]
fn somebody_else_is_said_to_be() {
    Village::each(|v| async move {
        let first = odile(&v).await;
        let mut twin = v.call_for("Le Goff", Profession::Gp, None, "+33639981050");
        twin.patient.first_names = "Claire".to_owned();
        twin.not_same_as = vec![first.to_string()];
        let raised = v.app.raise(&v.desk(), twin.clone()).await.unwrap();
        assert!(raised.possible_duplicates.is_empty());
        assert!(
            v.acts(raised.id)
                .await
                .contains(&"duplicate.denied".to_owned())
        );
        twin.not_same_as = vec!["nothing".to_owned()];
        let refused = v.app.raise(&v.desk(), twin).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))));
    });
}

/// Records made before marks were are found once they are marked; erased ones are not.
#[test]
fn older_records_are_marked_and_a_day_later_nothing_is_a_duplicate() {
    Village::each(|v| async move {
        let id = odile(&v).await;
        assert_eq!(
            v.app.mark_patients().await.unwrap(),
            0,
            "marked as they are made"
        );
        v.store
            .db
            .write(relais_store::testing::take_marks_away)
            .await
            .unwrap();
        let search = || by_phone("0639981077");
        let lost = v.app.look_up(&v.desk(), search()).await.unwrap();
        assert!(lost.people.is_empty());
        v.app.housekeeping().await.unwrap();
        let found = v.app.look_up(&v.desk(), search()).await.unwrap();
        assert_eq!(found.people.len(), 1);
        v.accepts(id, "Martin").await.unwrap();
        v.app
            .act(
                &v.as_pro("Martin"),
                id,
                Act::Close(relais_core::request::Closure::Seen),
                None,
            )
            .await
            .unwrap();
        let still = v.app.alike(&v.desk(), probe("le goff", "", "")).await;
        assert_eq!(still.unwrap().len(), 1, "less than 24 h old");
        v.app.advance(Duration::hours(25)).await.unwrap();
        let later = v.app.alike(&v.desk(), probe("le goff", "", "")).await;
        assert!(later.unwrap().is_empty());
    });
}
