//! Notes to the usual doctor: sealed under the patient's key, opened for their own request only, told
//! by what became of their message, gone with the patient. Mailboxes: personal ones first.

use relais_core::access::delivery_identity;
use relais_core::cascade::Why;
use relais_core::ids::{MessageId, RequestId};
use relais_core::request::Requester;
use relais_store::mailboxes::{self, Mailbox};
use relais_store::messages::{self, Audience, Message};
use relais_store::syntheses::{self, Fate, NewSynthesis};
use relais_store::testing::on_each_engine;
use relais_store::{Db, StoreError, patients, requests};

use crate::some::{self, NETWORK, PATIENT, USER, at, vault};

fn asked(db: &Db, n: u128, code: &'static str) -> RequestId {
    let mut request = some::request(n);
    request.requester = Requester::Staff(USER);
    let id = request.id;
    let due = Some((at(500), Why::NeedsAHand));
    db.write_blocking(move |tx| requests::insert(tx, &request, code, PATIENT, due))
        .expect("inserted");
    id
}

fn keep(db: &Db, request: RequestId, version: u32, fate: Fate, message: Option<MessageId>) {
    let done: Result<(), StoreError> = db.write_blocking(move |tx| {
        if let Some(id) = message {
            let carrying = Message {
                id,
                idem_key: format!("note:{request}:{version}"),
                network: NETWORK,
                request: Some(request),
                kind: "note".to_owned(),
                channel: "mssante".to_owned(),
                audience: Audience::Usual,
                owner: "Dr Hoda".to_owned(),
                address: Some("adam.hoda@medecin.mssante.fr".to_owned()),
                body: "{}".to_owned(),
                due_at: at(10),
                created_at: at(10),
                ..Message::default()
            };
            messages::insert(tx, &carrying)?;
        }
        let new = NewSynthesis {
            request,
            version,
            network: NETWORK,
            patient: PATIENT,
            author: USER,
            validated_at: at(10),
            content: b"angine",
            pdf: b"%PDF",
            archive: b"PK",
            digest: "00",
            doctor: None,
            fate,
            message,
        };
        syntheses::insert(tx, &vault(), &new)
    });
    done.expect("kept");
}

#[test]
fn a_note_is_opened_for_its_own_request_and_lies_sealed() {
    on_each_engine(|db| {
        some::territory(db);
        let (mine, other) = (asked(db, 1, "1001"), asked(db, 2, "1002"));
        keep(db, mine, 1, Fate::NoMailbox, None);
        let open = |proof: RequestId| {
            db.write_blocking(move |tx| {
                let access = delivery_identity(proof);
                syntheses::open(tx, &vault(), mine, 1, &access)
                    .map(|opened| (opened.content.to_vec(), opened.pdf.to_vec()))
            })
        };
        let (content, pdf) = open(mine).expect("opened");
        assert_eq!(
            (content.as_slice(), pdf.as_slice()),
            (&b"angine"[..], &b"%PDF"[..])
        );
        assert!(matches!(open(other), Err(StoreError::Sealed { .. })));
        let erased = db.write_blocking(|tx| patients::erase(tx, PATIENT, at(99)));
        assert!(erased.expect("erased"));
        let left = db.read_blocking(move |tx| syntheses::list(tx, mine));
        assert!(left.expect("listed").is_empty(), "gone with the patient");
    });
}

#[test]
fn what_reached_nobody_is_listed_until_it_did() {
    on_each_engine(|db| {
        some::territory(db);
        let (failed, waiting, boxless) = (
            asked(db, 1, "1001"),
            asked(db, 2, "1002"),
            asked(db, 3, "1003"),
        );
        let (one, two) = (MessageId::from_bits(71), MessageId::from_bits(72));
        keep(db, failed, 1, Fate::Sent, Some(one));
        keep(db, waiting, 1, Fate::Sent, Some(two));
        keep(db, boxless, 1, Fate::NoMailbox, None);
        let listed = |late: i64| -> Vec<RequestId> {
            let rows = db.read_blocking(move |tx| {
                syntheses::list_undelivered(tx, NETWORK, at(0), at(late), 10)
            });
            rows.expect("listed")
                .into_iter()
                .map(|row| row.request)
                .collect()
        };
        let failing =
            db.write_blocking(move |tx| messages::mark_failed(tx, one, "smtp-550", at(20)));
        assert!(failing.expect("marked"));
        assert_eq!(listed(5), [failed, boxless]);
        assert_eq!(
            listed(50),
            [failed, waiting, boxless],
            "waiting for too long"
        );
        let sent = db.write_blocking(move |tx| {
            messages::mark_sent(tx, two, ("http", "<2@x>"), at(21), None)
        });
        sent.expect("sent");
        assert_eq!(listed(50), [failed, boxless]);
        let refused = db.write_blocking(|tx| syntheses::mark_answered(tx, "<2@x>", "903"));
        assert!(refused.expect("noted"));
        assert_eq!(listed(50), [failed, waiting, boxless]);
        let shown = db.write_blocking(|tx| syntheses::mark_displayed(tx, "<2@x>", at(30)));
        assert!(shown.expect("noted"));
        assert_eq!(listed(50), [failed, boxless]);
        keep(db, failed, 2, Fate::NoConsent, None);
        assert_eq!(listed(50), [boxless], "a later version took its place");
    });
}

#[test]
fn a_message_in_somebodys_hand_is_not_stopped() {
    on_each_engine(|db| {
        some::territory(db);
        let (request, id) = (asked(db, 1, "1001"), MessageId::from_bits(71));
        keep(db, request, 1, Fate::Sent, Some(id));
        let stop = || db.write_blocking(move |tx| syntheses::stop_message(tx, id));
        let claimed = db.write_blocking(|tx| {
            messages::claim(tx, at(100), at(160), "node", "mssante", 5).map(|rows| rows.len())
        });
        assert_eq!(claimed, Ok(1));
        assert_eq!(stop(), Ok(false));
        let back = db.write_blocking(move |tx| messages::give_back(tx, id, 1).map(drop));
        back.expect("given back");
        assert_eq!(stop(), Ok(true));
        assert_eq!(stop(), Ok(false), "once");
    });
}

#[test]
fn personal_mailboxes_come_first_and_an_import_forgets_what_is_gone() {
    on_each_engine(|db| {
        let mailbox = |address: &str, kind: &str| Mailbox {
            rpps: "10001234567".to_owned(),
            address: address.to_owned(),
            kind: kind.to_owned(),
        };
        let both = [
            mailbox("cabinet@structure.mssante.fr", "organisation"),
            mailbox("adam.hoda@medecin.mssante.fr", "personal"),
        ];
        let written = both.clone();
        let done = db.write_blocking(move |tx| mailboxes::upsert(tx, 1, &written));
        done.expect("written");
        let list = || db.read_blocking(|tx| mailboxes::list_of_person(tx, "10001234567"));
        let addresses: Vec<_> = list()
            .expect("listed")
            .into_iter()
            .map(|b| b.kind)
            .collect();
        assert_eq!(addresses, ["personal", "organisation"]);
        let again = [both[1].clone()];
        let forgotten = db.write_blocking(move |tx| {
            let run = mailboxes::next_run(tx)?;
            mailboxes::upsert(tx, run, &again)?;
            mailboxes::forget_before(tx, run)
        });
        assert_eq!(forgotten, Ok(1));
        assert_eq!(list().expect("listed"), [both[1].clone()]);
    });
}
