//! What must hold after any fault, whatever was going on: asked of the store itself.

use super::ground::{FILE, Sends};
use crate::village::Village;
use relais_core::cascade::due;
use relais_core::request::OfferStatus;
use relais_core::time::Instant;
use relais_faults::disk::Disk;
use relais_store::messages::{self, MessageStatus};
use relais_store::requests::{self, Filter, Stored};
use relais_store::{StoreError, Tx};
use rusqlite::{Connection, OpenFlags};

/// Later than anything is due.
const END: Instant = Instant::from_millis(i64::MAX / 4);

/// Every request there is.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<Stored>, StoreError> {
    requests::list(tx, &Filter::default(), 10_000)
}

/// SQLite's own opinion of the file, beside the process that has it open.
pub(super) fn sound(disk: &Disk, when: &str) {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let file = Connection::open_with_flags_and_vfs(FILE, flags, disk.name()).unwrap();
    for check in ["PRAGMA integrity_check", "PRAGMA foreign_key_check"] {
        let mut asked = file.prepare(check).unwrap();
        let said: Vec<String> = asked
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(
            said.is_empty() || said == ["ok"],
            "{when}: {check}: {said:?}"
        );
    }
}

/// The journal verifies (I9); every open request is due exactly when the core says (I5); at most one
/// offer of a request is accepted (I1); whatever a gateway was given is recorded (I7).
pub(super) async fn holds(v: &Village, sends: &Sends, when: &str) {
    let reports = v.app.verify_journal().await.unwrap();
    for report in reports {
        assert!(report.first_bad.is_none(), "{when}: I9: {report:?}");
    }
    let keys: Vec<String> = sends.by_key().into_keys().collect();
    let said = when.to_owned();
    let checked: Result<(), StoreError> = v.app.db().read_blocking(move |tx| {
        let told = due_of(tx)?;
        for stored in all(tx)? {
            let request = &stored.request;
            let expected = due(request).map(|(at, _)| at);
            let stands = told
                .iter()
                .find(|(id, _)| *id == request.id)
                .map(|(_, at)| *at);
            assert_eq!(stands, expected, "{said}: I5: {request:?}");
            assert_eq!(
                expected.is_none(),
                request.is_ended(),
                "{said}: I5: {request:?}"
            );
            let accepted = request.offers.iter();
            let accepted = accepted.filter(|o| matches!(o.status, OfferStatus::Accepted { .. }));
            assert!(accepted.count() <= 1, "{said}: I1: {request:?}");
        }
        for key in &keys {
            let recorded = messages::find_by_key(tx, key)?;
            assert!(
                recorded.is_some(),
                "{said}: I7: {key} was sent, and is not recorded"
            );
        }
        Ok(())
    });
    checked.unwrap();
}

/// When each request is due, as the rows say: by halving the time until the list changes.
fn due_of(tx: &mut Tx<'_>) -> Result<Vec<(relais_core::ids::RequestId, Instant)>, StoreError> {
    let mut found = Vec::new();
    for id in requests::list_due(tx, END, 10_000)? {
        let (mut early, mut late) = (0, END.millis());
        while early < late {
            let middle = early + (late - early) / 2;
            let due = requests::list_due(tx, Instant::from_millis(middle), 10_000)?;
            if due.contains(&id) {
                late = middle;
            } else {
                early = middle + 1;
            }
        }
        found.push((id, Instant::from_millis(late)));
    }
    Ok(found)
}

/// At the end, the faults over: no message waits; what was sent is on a phone, once; nobody was handed
/// a key more often than processes died or writes failed, plus once (I7).
pub(super) async fn told(v: &Village, sends: &Sends, failures: u32, when: &str) {
    let said = when.to_owned();
    let rows: Result<Vec<_>, StoreError> = v.app.db().read_blocking(move |tx| {
        let mut rows = Vec::new();
        for stored in all(tx)? {
            rows.extend(messages::list_for_request(
                tx,
                stored.request.id,
                None,
                1_000,
            )?);
        }
        Ok(rows)
    });
    let phones = v.phones.list();
    for message in rows.unwrap() {
        let on_phones = phones.iter().filter(|row| row.key == message.idem_key);
        let count = on_phones.count();
        match message.status {
            MessageStatus::Sent | MessageStatus::Delivered => {
                assert_eq!(count, 1, "{said}: I7: {message:?}");
            }
            MessageStatus::Queued | MessageStatus::Sending => {
                panic!("{said}: I7: still waits: {message:?}")
            }
            _ => assert!(count <= 1, "{said}: I7: {message:?}"),
        }
    }
    for (key, times) in sends.by_key() {
        assert!(
            times <= 1 + failures,
            "{said}: I7: {key} was handed over {times} times"
        );
    }
}

/// Time for what a dead process had claimed to be claimed again, and sent.
pub(super) async fn leases_end(v: &Village) {
    v.pass(LEASES_MINUTES).await;
}

/// A lease is a minute.
const LEASES_MINUTES: i64 = 2;
