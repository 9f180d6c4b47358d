//! What is written reads back the same; what contradicts the model is named, without its value.

use proptest::prelude::*;
use relais_core::ids::ProfessionalId;
use relais_core::request::OfferStatus;
use relais_store::StoreError;
use relais_store::codec::{self, Wrong};
use relais_store::requests;
use relais_store::testing::{self, on_each_engine};

use crate::any::Any;
use crate::some::{self, at};

proptest! {
    #[test]
    fn requests_round_trip(seed: u64) {
        let request = Any(seed).request();
        let text = codec::request::encode(&request).expect("encodes");
        let again = codec::request::decode(&text, request.id, request.network, request.raised_at, vec![]);
        prop_assert_eq!(again, Ok(request));
    }

    #[test]
    fn a_need_without_cooperation_protocols_is_written_as_before_there_were_any(seed: u64) {
        let mut request = Any(seed).request();
        request.need.cooperations.clear();
        let text = codec::request::encode(&request).expect("encodes");
        prop_assert!(!text.contains("cooperations"), "{}", text);
        let again = codec::request::decode(&text, request.id, request.network, request.raised_at, vec![]);
        prop_assert_eq!(again, Ok(request));
    }

    #[test]
    fn offers_round_trip(seed: u64) {
        let status = Any(seed).status();
        let body = codec::offer::Body { usual: seed % 2 == 0, distance_m: Some(5), status };
        let text = codec::offer::encode(&body).expect("encodes");
        let again = codec::offer::decode(status.code(), &text).map(|b| (b.usual, b.distance_m, b.status));
        prop_assert_eq!(again, Ok((body.usual, body.distance_m, status)));
    }

    #[test]
    fn an_offer_whose_status_column_was_changed_is_refused(seed: u64, other: u64) {
        let (one, two) = (Any(seed).status(), Any(other).status());
        let text = codec::offer::encode(&codec::offer::Body { usual: false, distance_m: None, status: one })
            .expect("encodes");
        let read = codec::offer::decode(two.code(), &text);
        // Statuses that carry the same facts cannot be told apart; those that do not are refused.
        let facts = |s: OfferStatus| match s {
            OfferStatus::Queued => 0,
            OfferStatus::Refused { .. } => 1,
            OfferStatus::Withdrawn { .. } => 2,
            _ => 3,
        };
        prop_assert_eq!(read.is_ok(), facts(one) == facts(two));
    }

    #[test]
    fn profiles_round_trip(seed: u64) {
        let profile = Any(seed).profile();
        let text = codec::profile::encode(&profile).expect("encodes");
        prop_assert_eq!(codec::profile::decode(&text), Ok(profile));
    }

    #[test]
    fn settings_round_trip(seed: u64) {
        let settings = Any(seed).settings();
        let text = codec::settings::encode(&settings).expect("encodes");
        prop_assert_eq!(codec::settings::decode(&text), Ok(settings));
    }

    #[test]
    fn verdicts_round_trip(seed: u64) {
        let mut any = Any(seed);
        let verdicts: Vec<_> = (0..seed % 5).map(|_| any.verdict()).collect();
        let text = codec::verdict::encode(&verdicts).expect("encodes");
        for verdict in &verdicts {
            let alone = codec::verdict::encode(std::slice::from_ref(verdict)).expect("encodes");
            prop_assert!(alone.len() < 2_000, "a statement that reads one cuts after 4,000");
            let first = verdicts.iter().find(|v| v.professional == verdict.professional);
            let found = codec::verdict::find(&text, verdict.professional);
            prop_assert_eq!(found, Ok(first.cloned()), "read alone as with the others");
        }
        prop_assert_eq!(codec::verdict::find(&text, ProfessionalId::from_bits(u128::MAX)), Ok(None));
        prop_assert_eq!(codec::verdict::decode(&text), Ok(verdicts));
    }

    #[test]
    fn no_text_makes_a_codec_panic(text in "\\PC{0,80}") {
        let request = some::request(1);
        let read = codec::request::decode(&text, request.id, request.network, request.raised_at, vec![]);
        prop_assert!(read.is_err());
        prop_assert!(codec::profile::decode(&text).is_err());
        prop_assert!(codec::offer::decode("sent", &text).is_err());
        prop_assert!(codec::verdict::decode(&text).is_err());
        let _ = codec::settings::decode(&text);
    }
}

#[test]
fn an_empty_profile_is_the_default_one() {
    assert_eq!(codec::profile::decode(r#"{"v":1}"#), Ok(Default::default()));
}

#[test]
fn another_version_is_refused() {
    assert_eq!(
        codec::profile::decode(r#"{"v":2}"#),
        Err(Wrong("an unknown version"))
    );
}

/// Rows damaged by hand are errors that name table, column and id, and do not repeat the value.
#[test]
fn damaged_rows_are_named_errors() {
    let damages = [
        (
            "UPDATE requests SET state = '{\"v\":1,\"secret\":\"Tervaux\"}'",
            "requests",
            "state",
        ),
        ("UPDATE requests SET state = 'Tervaux'", "requests", "state"),
        (
            "UPDATE requests SET status = 'closed'",
            "requests",
            "status",
        ),
        (
            "UPDATE requests SET patient = 'pat_1'",
            "requests",
            "patient",
        ),
        ("UPDATE offers SET body = 'Tervaux'", "offers", "body"),
        ("UPDATE offers SET status = 'queued'", "offers", "body"),
        ("UPDATE offers SET stage = 'Tervaux'", "offers", "stage"),
        ("UPDATE offers SET round = -1", "offers", "round"),
    ];
    on_each_engine(|db| {
        some::territory(db);
        db.write_blocking(|tx| {
            let mut request = some::request(1);
            request.offers = vec![some::offer(
                1,
                some::pro(1),
                OfferStatus::Sent { at: at(5) },
            )];
            requests::insert(
                tx,
                &request,
                "1001",
                some::PATIENT,
                Some((at(5), relais_core::cascade::Why::NeedsAHand)),
            )
        })
        .expect("inserted");
        testing::raw(db, "INSERT INTO patients (id, network, key_id, sex, insee, postcode, created_at, erased_at) \
            SELECT 'pat_1', network, key_id, sex, insee, postcode, created_at, 1 FROM patients").expect("inserted");
        for (damage, table, column) in damages {
            let found: Result<(), StoreError> = db.write_blocking(move |tx| {
                testing::damage(tx, damage)?;
                let read = requests::find(tx, some::request(1).id);
                // Always an error, so that the damage is undone.
                Err(read.map(|_| ()).expect_err("the damage is seen"))
            });
            let error = found.expect_err("the damage is seen");
            assert!(!error.to_string().contains("Tervaux"), "{error}");
            match error {
                StoreError::Inconsistent {
                    table: t,
                    column: c,
                    id,
                    ..
                } => {
                    assert_eq!((t, c.as_str()), (table, column), "{damage}");
                    assert!(id.starts_with("req_") || id.starts_with("off_"), "{id}");
                }
                other => panic!("{damage}: {other}"),
            }
        }
    });
}
