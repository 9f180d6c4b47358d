//! Fake phones: once per key, on the disk before the yes, replaced on the screen, silent when off.

use crate::setup::{Folder, START_MS, Setup, message, notification};
use relais_core::time::{Duration, Instant};
use relais_gateways::testing::Phones;
use relais_gateways::{Channel, Failure, Gateways, Mood, ReceiptState};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

const DR_MARTIN: &str = "+33600000001";

#[test]
fn a_key_is_delivered_once_and_its_repeats_are_counted() {
    let setup = Setup::in_memory();
    let gateways = Gateways::fake(&setup.world);
    let message = message("ask-1", Channel::Sms, "SNP91: une demande");
    let first = gateways.send(&message).unwrap();
    assert_eq!(gateways.send(&message), Ok(first));
    assert_eq!((setup.world.list().len(), setup.world.duplicates()), (1, 1));
    assert_eq!(setup.inbox.take_receipts().len(), 1);
}

#[test]
fn a_later_notification_takes_the_place_of_the_earlier_and_both_stay_in_the_list() {
    let setup = Setup::in_memory();
    let gateways = Gateways::fake(&setup.world);
    for (key, text, replaces) in [("a", "demande", false), ("b", "pourvu", true)] {
        gateways.send(&notification(key, text, replaces)).unwrap();
    }
    gateways
        .send(&message("c", Channel::Sms, "SNP91: par SMS"))
        .unwrap();
    let rows = setup.world.list();
    let shown: Vec<_> = rows
        .iter()
        .map(|r| (r.id.as_str(), r.replaced_by.as_deref()))
        .collect();
    let expect = [
        ("push-000001", Some("push-000002")),
        ("push-000002", None),
        ("sms-000003", None),
    ];
    assert_eq!(shown, expect);
    let json = serde_json::to_value(&rows).unwrap();
    assert_eq!(json[0]["channel"], "push");
    assert_eq!(json[0]["at"], "2026-11-20T12:13:00Z");
    assert_eq!(json[2].get("replaced_by"), None);
}

#[test]
fn a_phone_switched_off_is_silent_a_slow_one_is_late_a_live_one_answers_at_once() {
    let setup = Setup::in_memory();
    let gateways = Gateways::fake(&setup.world);
    let send = |key: &str| gateways.send(&message(key, Channel::Push, "demande"));
    setup.world.set_mood(DR_MARTIN, Mood::Off).unwrap();
    assert!(send("off").is_ok());
    assert_eq!(setup.inbox.take_receipts(), []);
    setup.world.set_mood(DR_MARTIN, Mood::Slow(90)).unwrap();
    assert!(send("slow").is_ok());
    setup.advance(Duration::seconds(89));
    assert_eq!(setup.inbox.take_receipts(), []);
    setup.advance(Duration::seconds(1));
    let late = setup.inbox.take_receipts();
    assert_eq!(late.len(), 1);
    assert_eq!(late[0].at, Instant::from_millis(START_MS + 90_000));
    setup.world.set_mood(DR_MARTIN, Mood::Live).unwrap();
    let accepted = send("live").unwrap();
    let receipts = setup.inbox.take_receipts();
    assert_eq!(receipts[0].provider_ref, accepted.provider_ref);
    assert_eq!(
        (receipts[0].idempotency_key.as_str(), receipts.len()),
        ("live", 1)
    );
    assert!(setup.world.open_message(&accepted.provider_ref));
    assert_eq!(setup.inbox.take_receipts()[0].state, ReceiptState::Seen);
    assert!(!setup.world.open_message("push-999999"));
}

#[test]
fn a_gateway_that_is_down_or_refuses_delivers_nothing() {
    let setup = Setup::in_memory();
    let gateways = Gateways::fake(&setup.world);
    let send = |key: &str| gateways.send(&message(key, Channel::Sms, "demande"));
    setup.world.set_mood(DR_MARTIN, Mood::Down).unwrap();
    assert_eq!(send("a"), Err(Failure::Later { retry_after: None }));
    setup.world.set_mood(DR_MARTIN, Mood::Refuses).unwrap();
    assert_eq!(send("a").unwrap_err().code(), "refused");
    setup.world.set_mood(DR_MARTIN, Mood::Live).unwrap();
    setup.world.set_channel_down(Channel::Sms, true);
    assert!(send("a").unwrap_err().is_temporary());
    assert!(setup.world.list().is_empty());
    setup.world.set_channel_down(Channel::Sms, false);
    assert!(send("a").is_ok());
}

#[test]
fn mail_gives_no_receipt() {
    let setup = Setup::in_memory();
    let gateways = Gateways::fake(&setup.world);
    gateways
        .send(&message("mail", Channel::Mail, "Bonjour"))
        .unwrap();
    assert_eq!(setup.inbox.take_receipts(), []);
    assert!(!gateways.about(Channel::Mail).receipts);
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_a_torn_row_does_not() {
    let dir = Folder::new();
    let before = {
        let setup = Setup::open(&dir).unwrap();
        let gateways = Gateways::fake(&setup.world);
        gateways.send(&notification("a", "demande", false)).unwrap();
        gateways.send(&notification("b", "pourvu", true)).unwrap();
        setup.world.set_mood("+33600000002", Mood::Slow(5)).unwrap();
        setup.world.reply(DR_MARTIN, "OUI 4821").unwrap();
        setup.world.list()
    };
    let path = dir.0.join("phones.jsonl");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    file.write_all(br#"{"id":"push-000003","at":"2026-11-20T12:1"#)
        .unwrap();
    drop(file);

    let setup = Setup::open(&dir).unwrap();
    assert_eq!(setup.world.list(), before);
    assert_eq!(before[0].replaced_by.as_deref(), Some("push-000002"));
    assert_eq!(setup.world.replies()[0].text, "OUI 4821");
    let moods: Vec<_> = setup
        .world
        .phones()
        .into_iter()
        .map(|p| (p.number, p.mood))
        .collect();
    let expect = [
        (DR_MARTIN.to_owned(), Mood::Live),
        ("+33600000002".to_owned(), Mood::Slow(5)),
    ];
    assert_eq!(moods, expect);

    let gateways = Gateways::fake(&setup.world);
    let again = gateways.send(&notification("b", "pourvu", true)).unwrap();
    assert_eq!(
        (again.provider_ref.as_str(), setup.world.duplicates()),
        ("push-000002", 1)
    );
    gateways.send(&notification("c", "demande", false)).unwrap();
    drop((gateways, setup));
    assert_eq!(Setup::open(&dir).unwrap().world.list().len(), 3);
}

#[test]
fn a_row_altered_in_the_middle_is_an_error_that_names_the_line() {
    let dir = Folder::new();
    let rows = "{\"not\":\"a row\"}\n{\"neither\":1}\n";
    std::fs::write(dir.0.join("phones.jsonl"), rows).unwrap();
    let error = Setup::open(&dir).map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    assert!(
        error.to_string().ends_with("line 1 is not a row"),
        "{error}"
    );
}

#[test]
fn a_shell_that_died_gets_receipts_and_answers_again() {
    let dir = Folder::new();
    let setup = Setup::open(&dir).unwrap();
    let gateways = Gateways::fake(&setup.world);
    gateways
        .send(&message("a", Channel::Sms, "demande"))
        .unwrap();
    setup.world.reply(DR_MARTIN, "OUI 4821").unwrap();
    let receipts = setup.inbox.take_receipts();
    let answers = setup.inbox.take_inbound();
    drop((gateways, setup));

    let setup = Setup::open(&dir).unwrap();
    let since = Instant::from_millis(START_MS);
    setup.world.repeat_receipts(since);
    setup.world.repeat_replies(since);
    assert_eq!(setup.inbox.take_receipts(), receipts);
    assert_eq!(setup.inbox.take_inbound(), answers);
    setup.world.repeat_receipts(since + Duration::millis(1));
    setup.world.repeat_replies(since + Duration::millis(1));
    assert_eq!(setup.inbox.take_receipts(), []);
    assert_eq!(setup.inbox.take_inbound(), []);
}

#[test]
fn a_reset_empties_every_phone_for_good() {
    let dir = Folder::new();
    let setup = Setup::open(&dir).unwrap();
    let gateways = Gateways::fake(&setup.world);
    gateways
        .send(&message("a", Channel::Sms, "demande"))
        .unwrap();
    setup.world.reply(DR_MARTIN, "OUI 4821").unwrap();
    setup.world.reset().unwrap();
    assert!(setup.world.list().is_empty() && setup.world.replies().is_empty());
    gateways
        .send(&message("a", Channel::Sms, "demande"))
        .unwrap();
    drop((gateways, setup));
    assert_eq!(Setup::open(&dir).unwrap().world.list().len(), 1);
}

#[test]
fn the_watch_fails_on_silence_and_on_noise() {
    let setup = Setup::in_memory();
    let gateways = Gateways::fake(&setup.world);
    gateways
        .send(&message("old", Channel::Sms, "avant la veille"))
        .unwrap();
    let phones = Phones::watch(setup.world.clone());
    let silence = catch_unwind(AssertUnwindSafe(|| {
        phones.phone("Dr Martin").expects("demande")
    }));
    assert!(silence.is_err());
    gateways
        .send(&message("a", Channel::Sms, "une demande, OUI 4821"))
        .unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| phones.silent())).is_err());
    let twice = AssertUnwindSafe(|| phones.phone(DR_MARTIN).expects("demande"));
    assert_eq!(phones.phone("Dr Martin").expects("OUI 4821").key, "a");
    assert!(catch_unwind(twice).is_err());
    phones.phone("Dr Martin").replies("OUI 4821");
    assert_eq!(setup.inbox.take_inbound()[0].text, "OUI 4821");
    phones.nobody_reads("DURAND");
    assert!(catch_unwind(AssertUnwindSafe(|| phones.nobody_reads("4821"))).is_err());
    gateways
        .send(&message("b", Channel::Sms, "encore"))
        .unwrap();
    assert!(
        catch_unwind(AssertUnwindSafe(|| phones
            .phone("Dr Martin")
            .expects_nothing()))
        .is_err()
    );
    assert!(catch_unwind(AssertUnwindSafe(|| drop(phones))).is_err());
}
