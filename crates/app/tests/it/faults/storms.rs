//! Many lives of requests on SQLite under a storm: writes, syncs and reads fail by chance, processes
//! die, the power goes. `RELAIS_FAULT_LIVES` says how many, `RELAIS_FAULT_SEED` where they begin.

use super::audit::{all, holds, leases_end, sound, told};
use super::deeds::{Deed, Slots};
use super::ground::Ground;
use super::plan::{self, number};
use super::say;
use crate::village::Village;
use relais_core::ids::RequestId;
use relais_faults::dice::Dice;
use relais_faults::disk::{Counts, Odds, Trouble};
use relais_store::StoreError;
use relais_store::journal;
use std::collections::BTreeMap;

/// Lives of one test; there are two, so that two cores have each their own.
const LIVES: u64 = 400;

/// Of a million operations. A life has about four hundred.
const STORM: Odds = Odds {
    fail: 1_200,
    read: 300,
    kill: 700,
    cut: 1_200,
};

/// What a program was told so far: each request's history can only grow from there.
type Acknowledged = BTreeMap<RequestId, Vec<String>>;

struct Life<'g> {
    ground: &'g Ground,
    v: Village,
    when: String,
    failures: u32,
    acknowledged: Acknowledged,
}

impl Life<'_> {
    /// The histories as they are now.
    fn histories(&self) -> Result<Acknowledged, StoreError> {
        self.v.app.db().read_blocking(|tx| {
            let mut found = Acknowledged::new();
            for stored in all(tx)? {
                let (network, id) = (stored.request.network.to_string(), stored.request.id);
                let mut rows = journal::list_about(tx, &network, &id.to_string(), None, 1_000)?;
                rows.sort_by_key(|link| link.seq);
                found.insert(id, rows.into_iter().map(|link| link.entry.act).collect());
            }
            Ok(found)
        })
    }

    /// After a failure: another process where this one cannot go on, then everything that must hold.
    async fn recover(&mut self, sends: &super::ground::Sends) {
        self.failures += 1;
        if self.ground.lives(&self.v) {
            self.ground.disk.calm();
        } else {
            self.v = self.ground.next(&self.v).unwrap();
        }
        sound(&self.ground.disk, &self.when);
        holds(&self.v, sends, &self.when).await;
        let now = self.histories().unwrap();
        for (id, acts) in &self.acknowledged {
            let kept = now.get(id).is_some_and(|all| all.starts_with(acts));
            assert!(kept, "{}: told {acts:?}, kept {:?}", self.when, now.get(id));
        }
        self.acknowledged = now;
    }

    /// One deed, again until it is known to be done.
    async fn insist(&mut self, deed: Deed, slots: &mut Slots, sends: &super::ground::Sends) {
        loop {
            self.ground.disk.storm(STORM);
            let answer = deed.once(&self.v, slots).await;
            let lives = self.ground.lives(&self.v);
            self.ground.disk.calm();
            let noted = if answer.is_ok() && lives {
                self.histories().map(|now| self.acknowledged = now)
            } else {
                Err(StoreError::Stopped)
            };
            if noted.is_ok() {
                return;
            }
            self.recover(sends).await;
            if answer.as_ref().is_ok_and(|said| deed.is_told_by(said)) {
                let kept = deed.happened(&self.v, slots).await.unwrap();
                assert!(kept, "{}: {deed:?} was answered, then lost", self.when);
            }
            leases_end(&self.v).await;
            if answer.is_ok() || deed.happened(&self.v, slots).await.unwrap() {
                self.acknowledged = self.histories().unwrap();
                return;
            }
        }
    }
}

async fn live(ground: &Ground, seed: u64) -> u32 {
    let (v, sends) = ground.process();
    ground.disk.reseed(seed);
    let (mut dice, mut slots) = (Dice::new(seed), Slots::default());
    let mut life = Life {
        ground,
        v,
        when: format!("RELAIS_FAULT_SEED={seed}"),
        failures: 0,
        acknowledged: Acknowledged::new(),
    };
    for deed in plan::deeds(&mut dice) {
        life.insist(deed, &mut slots, &sends).await;
    }
    // The storm is over: everything ends, nothing waits, and a last cut changes nothing.
    for deed in plan::endings(&slots) {
        deed.once(&life.v, &mut slots).await.unwrap();
    }
    leases_end(&life.v).await;
    life.acknowledged = life.histories().unwrap();
    ground.disk.strike_now(Trouble::Cut);
    let failures = life.failures;
    life.recover(&sends).await;
    told(&life.v, &sends, failures, &life.when).await;
    let open = life.v.app.db().read_blocking(|tx| {
        let stored = all(tx)?;
        let open = stored.iter().filter(|s| !s.request.is_ended()).count();
        Ok::<_, StoreError>((stored.len(), open))
    });
    let raised = slots.ids.iter().flatten().count();
    assert_eq!(open, Ok((raised, 0)), "{}: nothing stays open", life.when);
    life.v.app.db().close();
    failures
}

fn storm(lane: u64) {
    let lives = number("RELAIS_FAULT_LIVES").map_or(LIVES, |lives| lives.div_ceil(2));
    let first = number("RELAIS_FAULT_SEED").unwrap_or(1 + lane * 1_000_000_000);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (mut struck, mut failures) = (0, 0);
    let counts = runtime.block_on(async {
        let ground = Ground::laid_out(lane).await;
        for seed in first..first + lives {
            let met = live(&ground, seed).await;
            struck += u64::from(met > 0);
            failures += u64::from(met);
        }
        ground.disk.counts()
    });
    say(&format!(
        "{lives} lives from seed {first}, {struck} struck, {failures} failures survived: {counts:?}"
    ));
    // One life asked for by its seed need not meet everything.
    if lives >= LIVES {
        happened(&counts);
    }
}

/// A fault that never happens proves nothing.
fn happened(counts: &Counts) {
    let each = [
        counts.failed,
        counts.full,
        counts.short,
        counts.failed_reads,
        counts.failed_syncs,
        counts.kills,
        counts.cuts,
        counts.kept,
        counts.lost,
        counts.torn,
        counts.reordered,
    ];
    assert!(each.iter().all(|count| *count > 0), "{counts:?}");
}

#[test]
fn lives_under_a_storm_lose_nothing() {
    storm(0);
}

#[test]
fn more_lives_under_a_storm_lose_nothing() {
    storm(1);
}
