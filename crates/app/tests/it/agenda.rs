//! A professional's calendar feed (ADR 0034), read by a parser that is not ours: initials unless they
//! chose otherwise, changes numbered, cancellations told, dead with its address and with its owner's
//! rights.

use crate::village::{Village, leroy_until, why};
use ical::parser::ical::component::IcalEvent;
use relais_app::AppError;
use relais_app::requests::desk::Act;
use relais_core::access::CalendarDetail;
use relais_core::ids::RequestId;
use relais_core::request::{Appointment, Closure};
use relais_core::time::Duration;
use relais_store::users;

/// The secret of an address, and its file's name taken off.
fn secret(address: &str) -> &str {
    let file = address.rsplit('/').next().unwrap();
    file.strip_suffix(".ics").unwrap()
}

/// The events of a file.
fn events(file: &str) -> Vec<IcalEvent> {
    let mut calendars = ical::IcalParser::new(file.as_bytes());
    let calendar = calendars.next().expect("a calendar").expect("well formed");
    assert!(calendars.next().is_none(), "one calendar");
    calendar.events
}

fn said(event: &IcalEvent, name: &str) -> String {
    let mut all = event.properties.iter().filter(|p| p.name == name);
    let found = all.next().and_then(|p| p.value.clone()).unwrap_or_default();
    assert!(all.next().is_none(), "{name} once");
    found
}

impl Village {
    async fn feed(&self, address: &str) -> Vec<IcalEvent> {
        events(&self.app.agenda_file(secret(address)).await.unwrap())
    }

    async fn moved(&self, id: RequestId, hours: i64) {
        let at = Appointment::At(self.app.now() + Duration::hours(hours));
        let set = Act::SetAppointment(at);
        let done = self.app.act(&self.as_pro("Leroy"), id, set, why()).await;
        done.unwrap();
    }
}

#[test]
fn a_feed_follows_the_appointment_and_says_initials() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        let address = v
            .app
            .make_agenda(&leroy, CalendarDetail::Initials)
            .await
            .unwrap();
        assert_eq!(secret(&address).len(), 22, "128 bits");
        assert!(v.feed(&address).await.is_empty());
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();

        let first = v.feed(&address).await;
        assert_eq!(first.len(), 1);
        let uid = said(&first[0], "UID");
        assert_eq!(
            said(&first[0], "SUMMARY"),
            "Soin non programmé\\, O.\u{a0}T."
        );
        assert_eq!(
            (said(&first[0], "SEQUENCE"), said(&first[0], "STATUS")),
            ("0".to_owned(), "CONFIRMED".to_owned())
        );
        let file = v.app.agenda_file(secret(&address)).await.unwrap();
        for trace in ["ervaux", "Odile", "ODILE", "0639", "rue de Paris 12"] {
            assert!(!file.contains(trace), "{trace}: {file}");
        }
        assert_eq!(
            file,
            v.app.agenda_file(secret(&address)).await.unwrap(),
            "nothing changed"
        );

        v.moved(id, 3).await;
        let second = v.feed(&address).await;
        assert_eq!(
            (said(&second[0], "UID"), said(&second[0], "SEQUENCE")),
            (uid.clone(), "1".to_owned())
        );
        assert_ne!(said(&second[0], "DTSTART"), said(&first[0], "DTSTART"));

        v.app.act(&leroy, id, Act::Release, why()).await.unwrap();
        let third = v.feed(&address).await;
        assert_eq!(
            (said(&third[0], "UID"), said(&third[0], "STATUS")),
            (uid, "CANCELLED".to_owned())
        );
        assert_eq!(
            (said(&third[0], "SEQUENCE"), said(&third[0], "SUMMARY")),
            ("2".to_owned(), "Soin non programmé".to_owned())
        );
        v.app.advance(Duration::hours(24 * 32)).await.unwrap();
        assert!(v.feed(&address).await.is_empty(), "long past");
    });
}

#[test]
fn a_name_is_a_choice_written_down_each_day_and_what_took_place_stays() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        let address = v
            .app
            .make_agenda(&leroy, CalendarDetail::Nothing)
            .await
            .unwrap();
        let id = v.raise(v.open_call()).await;
        v.accepts(id, "Leroy").await.unwrap();
        assert_eq!(
            said(&v.feed(&address).await[0], "SUMMARY"),
            "Soin non programmé"
        );
        let shown = || async {
            let acts = v.acts(id).await;
            acts.iter().filter(|act| *act == "identity.opened").count()
        };
        let before = shown().await;
        v.app
            .set_agenda_detail(&leroy, CalendarDetail::Name)
            .await
            .unwrap();
        let named = v.feed(&address).await;
        assert_eq!(
            said(&named[0], "SUMMARY"),
            "Soin non programmé\\, TERVAUX Odile"
        );
        assert_eq!(shown().await, before + 1);
        let _again = v.feed(&address).await;
        assert_eq!(shown().await, before + 1, "once a day");
        v.app
            .act(&leroy, id, Act::Close(Closure::Seen), None)
            .await
            .unwrap();
        v.pass(24 * 60 + 1).await;
        let kept = v.feed(&address).await;
        assert_eq!(said(&kept[0], "STATUS"), "CONFIRMED", "it took place");
        assert_eq!(shown().await, before + 2);
    });
}

#[test]
fn an_address_replaced_cut_or_whose_owner_is_gone_leads_nowhere() {
    Village::each(|v| async move {
        let leroy = v.as_pro("Leroy");
        let first = v
            .app
            .make_agenda(&leroy, CalendarDetail::Initials)
            .await
            .unwrap();
        let second = v
            .app
            .make_agenda(&leroy, CalendarDetail::Initials)
            .await
            .unwrap();
        let ask = |address: String| {
            let app = v.app.clone();
            async move { app.agenda_file(secret(&address)).await.map(drop) }
        };
        assert_eq!(ask(first).await, Err(AppError::NotFound), "replaced");
        assert_eq!(ask(second.clone()).await, Ok(()));
        assert!(
            v.app
                .agenda(&leroy)
                .await
                .unwrap()
                .unwrap()
                .read_at
                .is_some()
        );
        assert_eq!(
            v.app.make_agenda(&v.desk(), CalendarDetail::Name).await,
            Err(AppError::Denied)
        );

        let user = leroy.actor.unwrap().user;
        let disabled = v.app.db().write(move |tx| users::disable(tx, user)).await;
        disabled.unwrap();
        assert_eq!(
            ask(second.clone()).await,
            Err(AppError::NotFound),
            "its owner is gone"
        );
        let back = v.app.db().write(move |tx| users::enable(tx, user)).await;
        back.unwrap();
        assert_eq!(ask(second.clone()).await, Ok(()));
        v.app.close_agenda(&leroy).await.unwrap();
        v.app.close_agenda(&leroy).await.unwrap();
        assert_eq!(ask(second).await, Err(AppError::NotFound), "cut");
    });
}

/// A contract ends: what is on the phone ends with the pages (R6).
#[test]
fn an_address_leads_nowhere_once_the_contract_is_over() {
    Village::shaped(leroy_until(30), |v| async move {
        let detail = CalendarDetail::Name;
        let made = v.app.make_agenda(&v.as_pro("Leroy"), detail).await.unwrap();
        v.app.agenda_file(secret(&made)).await.unwrap();
        v.pass(31).await;
        let over = v.app.agenda_file(secret(&made)).await;
        assert_eq!(over, Err(AppError::NotFound));
    });
}
