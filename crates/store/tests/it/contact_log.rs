//! The contact log: whatever came in, the figures add up to the number of contacts and the pages hold
//! each of them once (R2).

use relais_core::contact::Outcome;
use relais_core::ids::{ContactId, UserId};
use relais_core::request::Origin;
use relais_core::time::Instant;
use relais_store::Db;
use relais_store::contact_log::{self, Filter, Place};
use relais_store::contacts::{self, Contact};
use relais_store::testing::on_each_engine;

use crate::any::Any;
use crate::some::{self, NETWORK, OTHER, at};

const OUTCOMES: [Option<&str>; 6] = [
    None,
    Some("advice"),
    Some("transferred-15"),
    Some("hung-up"),
    Some("wrong-number"),
    Some("out-of-scope"),
];
const MOTIVES: [&str; 3] = ["toux", "fievre", "mal-de-dos"];
const DAY: u64 = 1_000_000;

fn start(seed: u64, later: u64) -> Instant {
    at((seed * DAY * 10 + later) as i64)
}

/// Contacts of any origin, outcome, hour, operator and motives, in two networks; each seed has its
/// own ids and its own days.
fn any_contacts(seed: u64, many: u128) -> Vec<Contact> {
    let mut any = Any(seed);
    (1..=many)
        .map(|n| {
            let received_at = start(seed, any.below(DAY * 2));
            let motives: Vec<&str> = MOTIVES.into_iter().filter(|_| any.flag()).collect();
            let outcome = any.one_of(&OUTCOMES);
            let late = any.below(5) == 0;
            let id = ContactId::from_bits(u128::from(seed) * 1_000 + n);
            let network = if any.one_of(&[0, 0, 0, 1]) == 0 {
                NETWORK
            } else {
                OTHER
            };
            let origin = any.one_of(Origin::ALL);
            Contact {
                outcome: outcome.and_then(Outcome::from_code),
                operator: any.one_of(&[None, Some(some::USER), Some(UserId::from_bits(2))]),
                ended_at: outcome.map(|_| received_at),
                happened_at: late.then(|| start(seed, any.below(DAY * 2))),
                entered_late: late,
                body: serde_json::json!({ "motives": motives, "sheet": "TRONC" }).to_string(),
                ..Contact::new(id, network, origin, received_at)
            }
        })
        .collect()
}

fn whole(filter: &Filter, db: &Db) -> Vec<contact_log::Line> {
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let asked = filter.clone();
        let page = db
            .read_blocking(move |tx| contact_log::list(tx, &asked, before, 7))
            .expect("a page");
        let Some(last) = page.last() else { return all };
        before = Some(Place {
            at: last.received_at,
            id: last.id,
        });
        all.extend(page);
    }
}

fn counted(filter: &Filter, db: &Db) -> Vec<contact_log::Group> {
    let asked = filter.clone();
    db.read_blocking(move |tx| contact_log::count(tx, &asked))
        .expect("counts")
}

#[test]
fn the_figures_of_any_log_add_up_to_the_number_of_contacts() {
    on_each_engine(|db| {
        some::territory(db);
        for seed in 0..12_u64 {
            let many = 10 + seed * 7;
            let written = any_contacts(seed, u128::from(many));
            let rows = written.clone();
            db.write_blocking(move |tx| rows.iter().try_for_each(|row| contacts::insert(tx, row)))
                .expect("inserted");
            let mut any = Any(seed + 1_000);
            for _ in 0..10 {
                let filter = Filter {
                    network: NETWORK,
                    from: start(seed, 0),
                    until: start(seed, any.one_of(&[DAY / 2, DAY, DAY * 2])),
                    origin: any.one_of(&[None, None, Some(Origin::Patient), Some(Origin::Web)]),
                    outcome: any
                        .one_of(&[None, None, Some(""), Some("advice")])
                        .map(str::to_string),
                    operator: any.one_of(&[None, None, Some(some::USER)]),
                    motive: any.one_of(&[None, None, Some("toux")]).map(str::to_string),
                    late: any.one_of(&[None, None, Some(true), Some(false)]),
                };
                // The same choice, made by hand over what was written.
                let expected = written
                    .iter()
                    .filter(|c| {
                        let came = c.happened_at.unwrap_or(c.received_at);
                        c.network == NETWORK && came < filter.until
                    })
                    .filter(|c| filter.late.is_none_or(|late| c.entered_late == late))
                    .filter(|c| filter.origin.is_none_or(|origin| c.origin == origin))
                    .filter(|c| {
                        let outcome = c.outcome.map_or("", Outcome::code);
                        filter.outcome.as_deref().is_none_or(|o| o == outcome)
                    })
                    .filter(|c| filter.operator.is_none() || c.operator == filter.operator)
                    .filter(|c| {
                        let motive = filter.motive.as_deref();
                        motive.is_none_or(|slug| c.body.contains(&format!("\"{slug}\"")))
                    })
                    .count();
                let lines = whole(&filter, db);
                let groups = counted(&filter, db);
                let sum: u64 = groups.iter().map(|group| group.count).sum();
                let said = format!("seed {seed}: {filter:?}");
                assert_eq!(lines.len(), expected, "{said}");
                assert_eq!(sum, expected as u64, "{said}");
                let hours: Vec<_> = lines.iter().map(|line| line.received_at).collect();
                assert!(hours.is_sorted_by(|a, b| a >= b), "{said}: newest first");
                let mut ids: Vec<_> = lines.iter().map(|line| line.id).collect();
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len(), lines.len(), "{said}: each once");
                for group in &groups {
                    let same = lines
                        .iter()
                        .filter(|l| l.origin == group.origin && l.outcome == group.outcome);
                    assert_eq!(same.count() as u64, group.count, "{said}: {group:?}");
                }
            }
        }
    });
}

#[test]
fn a_contact_of_another_network_is_not_found() {
    on_each_engine(|db| {
        some::territory(db);
        let rows = any_contacts(3, 1);
        let (id, network) = (rows[0].id, rows[0].network);
        db.write_blocking(move |tx| rows.iter().try_for_each(|row| contacts::insert(tx, row)))
            .expect("inserted");
        let elsewhere = if network == NETWORK { OTHER } else { NETWORK };
        let find = |network| {
            db.read_blocking(move |tx| contact_log::find(tx, network, id))
                .expect("read")
        };
        assert_eq!(find(network).map(|line| line.id), Some(id));
        assert_eq!(find(elsewhere), None);
    });
}
