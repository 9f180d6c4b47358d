//! The directory in memory keeps in step with the store: after any changes, on any node, in any
//! order of looking, it is what reading everything would give. `RELAIS_TEST_CHANGES` = how many
//! changes are played on each engine (120 unless said).

use crate::people::world;
use crate::rows::Store;
use relais_app::demo::demo_start;
use relais_app::directory::{Cache, Directory, ProfessionalRow};
use relais_core::access::Role;
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::people::MembershipStatus;
use relais_store::testing::options;
use relais_store::users::User;
use relais_store::{Db, StoreError, Tx, directory, networks, professionals, users};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Draws that follow each other from a seed.
struct Draws(u64);

impl Draws {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % n
    }

    fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Who and what exists so far.
#[derive(Clone)]
struct Known {
    people: Vec<ProfessionalId>,
    networks: Vec<NetworkId>,
    next: u128,
}

/// One change of the directory, drawn.
fn change(tx: &mut Tx<'_>, draws: &mut Draws, known: &mut Known) -> Result<(), StoreError> {
    let who = draws.of(&known.people);
    let network = draws.of(&known.networks);
    let status = draws.of(MembershipStatus::ALL);
    let now = demo_start("2026-03-10".parse().unwrap());
    known.next += 1;
    match draws.below(9) {
        0 | 1 => {
            let row = professionals::get(tx, who)?;
            let mut profile = row.member.profile.clone();
            profile.radius_m = 1_000 + draws.below(20_000) as u32;
            professionals::update_profile(tx, who, &profile, row.profile_version)
        }
        2 => professionals::set_membership(tx, who, network, status, now),
        3 => {
            let mut row = professionals::get(tx, who)?;
            row.last_name = format!("Nom{}", known.next);
            row.has_smartphone = !row.has_smartphone;
            if draws.below(2) == 0 {
                row.rpps = format!("8{:010}", known.next);
            }
            if let Some(place) = row.places.first_mut() {
                place.point.lat_e6 += 1_000;
            }
            professionals::update(tx, &row)
        }
        4 => {
            // Before and after everybody known, in order of id.
            let id = ProfessionalId::from_bits(known.next << (64 * draws.below(2)));
            let mut row = professionals::get(tx, who)?;
            row.member.id = id;
            row.rpps = format!("9{:010}", known.next);
            row.places.clear();
            row.profile_version = 1;
            known.people.push(id);
            professionals::insert(tx, &row, now)
        }
        5 => {
            let mut changed = networks::get(tx, network)?;
            changed.name = format!("CPTS {}", known.next);
            networks::update(tx, &changed, now, "test")
        }
        6 => {
            let insee = Insee::new(draws.of(&["91377", "91477", "91312"])).unwrap();
            networks::set_communes(tx, network, &[(insee, draws.below(2) == 0)])
        }
        7 => {
            let to = draws.of(&known.networks);
            networks::set_sharing(tx, network, to, draws.below(2) == 0, now)
        }
        _ => {
            let user = User {
                id: UserId::from_bits(known.next),
                login: format!("compte{}", known.next),
                name: format!("Compte {}", known.next),
                role: Role::Operator,
                network: Some(network),
                professional: None,
                active: true,
                created_at: now,
                has_password: false,
                has_totp: false,
            };
            users::insert(tx, &user)
        }
    }
}

/// Everything a directory says, to compare two.
fn said(held: &Directory, rpps: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = held.people().map(|row| format!("{row:?}")).collect();
    let found = |row: Option<&ProfessionalRow>| row.map(|row| row.member.id);
    for row in held.people() {
        assert_eq!(held.person(row.member.id), Some(row));
        assert_eq!(found(held.by_rpps(&row.rpps)), Some(row.member.id));
    }
    for number in rpps {
        lines.push(format!("{number} is {:?}", found(held.by_rpps(number))));
    }
    for entry in held.networks() {
        let id = entry.network.id;
        let mut roll: Vec<_> = held.of_network(id).map(|row| row.member.id).collect();
        roll.sort_unstable();
        lines.push(format!("{:?} {:?} {roll:?}", entry.network, entry.communes));
        lines.push(format!("{:?} {:?}", entry.lenders, entry.calendar.hours));
    }
    lines.extend(held.user_names().map(|(id, name)| format!("{id} {name}")));
    lines
}

fn look(db: &Db, node: &Arc<Cache>, held: bool) -> Arc<Directory> {
    let node = Arc::clone(node);
    let seen: Result<_, StoreError> = if held {
        db.write_blocking(move |tx| node.held_still(tx))
    } else {
        db.read_blocking(move |tx| node.current(tx))
    };
    seen.unwrap()
}

fn fresh(db: &Db) -> Directory {
    db.read_blocking(|tx| {
        let mark = directory::mark(tx)?;
        Directory::load(mark, tx)
    })
    .unwrap()
}

fn changes() -> usize {
    let asked = std::env::var("RELAIS_TEST_CHANGES").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(120)
}

/// Two nodes, changes that are kept and changes that are taken back, in any order: each node that
/// looks finds what stands, and what it found before has not moved.
#[test]
fn any_changes_leave_every_node_with_what_stands() {
    for store in Store::each() {
        let db = &store.db;
        let world = world(demo_start("2026-03-10".parse().unwrap()));
        let mut known = Known {
            people: world.professionals.iter().map(|p| p.id).collect(),
            networks: world.networks.iter().map(|n| n.id).collect(),
            next: 1_000,
        };
        crate::fixture::lay_out(db, world);
        let nodes = [Arc::new(Cache::default()), Arc::new(Cache::default())];
        let mut draws = Draws(7);
        let (mut rpps, mut kept) = (Vec::new(), BTreeMap::new());
        for step in 0..changes() {
            let before = known.clone();
            let (seed, keep, looks) = (draws.below(1 << 30), draws.below(4) > 0, draws.below(3));
            let inside = Arc::clone(&nodes[draws.below(2)]);
            let start = before.clone();
            let done = db.write_blocking(move |tx| {
                let (mut known, mut draws) = (start.clone(), Draws(seed as u64));
                for _ in 0..=draws.below(3) {
                    change(tx, &mut draws, &mut known)?;
                }
                if looks == 0 {
                    // Another transaction of the same group would see this too.
                    inside.current(tx)?;
                }
                if keep {
                    Ok(known)
                } else {
                    Err(StoreError::not_found("test", "taken back"))
                }
            });
            known = done.unwrap_or(before);
            let node = &nodes[draws.below(2)];
            if looks < 2 {
                let seen = look(db, node, looks == 1);
                let truth = fresh(db);
                assert_eq!(seen.mark(), truth.mark());
                assert_eq!(said(&seen, &rpps), said(&truth, &rpps), "step {step}");
                if step % 20 == 0 {
                    rpps.extend(truth.people().map(|row| row.rpps.clone()));
                    rpps.sort();
                    rpps.dedup();
                    kept.insert(step, (said(&truth, &[]), seen));
                }
            }
        }
        assert!(known.people.len() > 20, "somebody came");
        for (step, (truth, seen)) in kept {
            assert_eq!(said(&seen, &[]), truth, "as it was at step {step}");
        }
    }
}

fn widen(tx: &mut Tx<'_>, who: ProfessionalId) -> Result<(), StoreError> {
    let row = professionals::get(tx, who)?;
    let mut profile = row.member.profile.clone();
    profile.radius_m = 77;
    professionals::update_profile(tx, who, &profile, row.profile_version)
}

/// A transaction that began before the last change reads the version that stands in it, and takes
/// the newer one from nobody.
#[test]
fn an_older_snapshot_meets_its_own_version() {
    let Some(store) = Store::postgres() else {
        return;
    };
    let world = world(demo_start("2026-03-10".parse().unwrap()));
    let who = world.professionals[0].id;
    crate::fixture::lay_out(&store.db, world);
    let node = Arc::new(Cache::default());
    let first = look(&store.db, &node, false);
    // Connections of their own: those of the first are taken by the transaction that waits.
    let db = Db::open(&store.url, &options()).unwrap();
    let (inside, other) = (Arc::clone(&node), db.clone());
    let seen: Result<_, StoreError> = store.db.read_blocking(move |tx| {
        let before = directory::mark(tx)?;
        other.write_blocking(move |tx| widen(tx, who))?;
        let newer = look(&other, &inside, false);
        assert_eq!(newer.person(who).unwrap().member.profile.radius_m, 77);
        let own = inside.current(tx)?;
        assert_eq!(own.mark(), before);
        Ok(own)
    });
    let own = seen.unwrap();
    assert!(Arc::ptr_eq(&own, &first), "kept, not read again");
    let last = look(&store.db, &node, false);
    assert_eq!(last.person(who).unwrap().member.profile.radius_m, 77);
    db.close();
}
