//! Lives of requests on a PostgreSQL that is killed, stopped at once, whose connections are cut, some
//! of them after COMMIT was sent. `RELAIS_FAULT_KILLS` says how often. What is struck and when depends
//! on threads: a seed repeats the plan, not the moments.

use super::audit::{all, holds, leases_end, told};
use super::deeds::{Deed, Slots};
use super::ground::Sends;
use super::plan::{self, number};
use super::say;
use crate::rows::Store;
use crate::village::Village;
use relais_app::AppError;
use relais_core::ids::RequestId;
use relais_faults::dice::Dice;
use relais_faults::postgres::Cluster;
use relais_faults::proxy::{Fault, Proxy};
use relais_store::testing::{POSTGRES_URL, options};
use relais_store::{Db, StoreError, demo_state, journal, migrate};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tokio::sync::Mutex;

/// Strikes of one run.
const KILLS: u64 = 100;

/// How often the store is asked whether it is back, in a row, before it is believed: each of its
/// connections may have been cut.
const SURE: u32 = 6;
const PACE: Duration = Duration::from_millis(10);

/// What the player and the nemesis share.
struct Field {
    proxy: Proxy,
    /// Held while the nemesis strikes, and by the player while it looks at what is left.
    quiet: Mutex<()>,
    over: AtomicBool,
    /// Longest wait for the store after the server was back, in milliseconds.
    slowest: AtomicU64,
}

/// What happened, by kind.
#[derive(Debug, Default)]
struct Report {
    lives: u64,
    failures: u32,
    unknown: u32,
}

struct Player {
    v: Village,
    sends: Sends,
    field: Arc<Field>,
    pace: Receiver<()>,
    acknowledged: BTreeMap<RequestId, Vec<String>>,
    report: Report,
}

impl Player {
    /// Waits until every connection works again.
    fn back(&self) {
        let (mut sure, mut waited) = (0, 0);
        while sure < SURE {
            let db = self.v.app.db();
            let wrote = db.write_blocking(|tx| demo_state::set(tx, "back", "1"));
            let read = db.read_blocking(|tx| demo_state::find(tx, "back"));
            if wrote.is_ok() && read.is_ok() {
                sure += 1;
            } else {
                sure = 0;
                waited += 1;
                let _ = self.pace.recv_timeout(PACE);
                assert!(
                    waited < 3_000,
                    "the store does not come back: {wrote:?} {read:?}"
                );
            }
        }
        let waited = waited * u64::try_from(PACE.as_millis()).unwrap();
        self.field.slowest.fetch_max(waited, Ordering::Relaxed);
    }

    fn histories(&self) -> Result<BTreeMap<RequestId, Vec<String>>, StoreError> {
        self.v.app.db().read_blocking(|tx| {
            let mut found = BTreeMap::new();
            for stored in all(tx)? {
                let (network, id) = (stored.request.network.to_string(), stored.request.id);
                let mut rows = journal::list_about(tx, &network, &id.to_string(), None, 1_000)?;
                rows.sort_by_key(|link| link.seq);
                found.insert(id, rows.into_iter().map(|link| link.entry.act).collect());
            }
            Ok(found)
        })
    }

    /// One deed, again until it is known to be done.
    async fn insist(&mut self, deed: Deed, slots: &mut Slots) {
        loop {
            let answer = deed.once(&self.v, slots).await;
            if answer.is_ok()
                && let Ok(now) = self.histories()
            {
                self.acknowledged = now;
                return;
            }
            self.report.failures += 1;
            let unknown = matches!(
                &answer,
                Err(AppError::Store(StoreError::CommitUnknown { .. }))
            );
            self.report.unknown += u32::from(unknown);
            let field = Arc::clone(&self.field);
            let _quiet = field.quiet.lock().await;
            field.proxy.set(Fault::None);
            self.back();
            let when = format!("life {}, {deed:?}, {answer:?}", slots.life);
            holds(&self.v, &self.sends, &when).await;
            let now = self.histories().unwrap();
            for (id, acts) in &self.acknowledged {
                let kept = now.get(id).is_some_and(|all| all.starts_with(acts));
                assert!(kept, "{when}: told {acts:?}, kept {:?}", now.get(id));
            }
            self.acknowledged = now;
            let happened = deed.happened(&self.v, slots).await.unwrap();
            if answer.as_ref().is_ok_and(|said| deed.is_told_by(said)) {
                assert!(happened, "{when}: answered, then lost");
            }
            leases_end(&self.v).await;
            if answer.is_ok() || happened {
                return;
            }
        }
    }

    async fn live(&mut self, life: u64) {
        let mut slots = Slots {
            life,
            ..Slots::default()
        };
        for deed in plan::deeds(&mut Dice::new(life)) {
            self.insist(deed, &mut slots).await;
        }
        for deed in plan::endings(&slots) {
            self.insist(deed, &mut slots).await;
        }
        self.report.lives += 1;
    }
}

/// Plays lives until the nemesis is done.
fn play(direct: &str, field: &Arc<Field>) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_never, pace) = channel();
    let url = field.proxy.url(direct);
    let db = Db::open(&url, &options()).unwrap();
    migrate::migrate(&db, 0).unwrap();
    runtime.block_on(async {
        let store = Store::around(db.clone(), &url);
        let bare = Village::laid_out(store, &|_| {}).await;
        let sends = Sends::default();
        let mut player = Player {
            v: bare.through(|gateways| sends.counting(&gateways), "player"),
            sends,
            field: Arc::clone(field),
            pace,
            acknowledged: BTreeMap::new(),
            report: Report::default(),
        };
        // Laid out in peace: the nemesis waits for this.
        field.over.store(false, Ordering::SeqCst);
        let first = number("RELAIS_FAULT_SEED").unwrap_or(1);
        for life in first.. {
            if field.over.load(Ordering::SeqCst) {
                break;
            }
            player.live(life).await;
        }
        field.proxy.set(Fault::None);
        player.back();
        leases_end(&player.v).await;
        let (v, failures) = (&player.v, player.report.failures);
        holds(v, &player.sends, "at the end").await;
        told(v, &player.sends, failures, "at the end").await;
        let open = db.read_blocking(|tx| {
            let open = all(tx)?.iter().filter(|s| !s.request.is_ended()).count();
            Ok::<_, StoreError>(open)
        });
        assert_eq!(open, Ok(0), "nothing stays open");
        db.close();
        player.report
    })
}

/// Strikes once; answers what it did.
fn strike(
    cluster: &mut Cluster,
    field: &Field,
    dice: &mut Dice,
    pace: &Receiver<()>,
) -> &'static str {
    let _quiet = field.quiet.blocking_lock();
    let direct = cluster.url();
    let admin = || postgres::Client::connect(&direct, postgres::NoTls).unwrap();
    const OURS: &str = "FROM pg_stat_activity WHERE application_name = 'relais'";
    match dice.below(8) {
        0 => {
            cluster.kill().unwrap();
            cluster.start_again().unwrap();
            "server killed"
        }
        1 => {
            cluster.stop_immediate().unwrap();
            cluster.start_again().unwrap();
            "server stopped at once"
        }
        2 => {
            let mut admin = admin();
            let pid = admin.query_opt(&format!("SELECT pid {OURS} LIMIT 1"), &[]);
            if let Some(row) = pid.unwrap() {
                let pid: i32 = row.get(0);
                cluster.kill_backend(u32::try_from(pid).unwrap()).unwrap();
            }
            drop(admin);
            // It recovers by itself: the others are sent away meanwhile.
            while postgres::Client::connect(&direct, postgres::NoTls).is_err() {
                let _ = pace.recv_timeout(PACE);
            }
            "connection killed"
        }
        3 => {
            let all = format!("SELECT pg_terminate_backend(pid) {OURS}");
            admin().query(&all, &[]).unwrap();
            "connections terminated"
        }
        4 => {
            field.proxy.cut();
            "wire cut"
        }
        5 => {
            cluster.stop_fast().unwrap();
            cluster.start_again().unwrap();
            "server stopped by its administrator"
        }
        _ => {
            // A read whose end is lost is read again unseen: several in a row, to meet a write. The NUL,
            // because every transaction begins by saying READ COMMITTED.
            let times = 1 + u32::try_from(dice.below(5)).unwrap();
            let after = Fault::CutAnswer(b"COMMIT\0".to_vec());
            field.proxy.times(times, after);
            "wire cut after COMMIT"
        }
    }
}

#[test]
fn lives_on_a_server_that_is_killed_lose_nothing() {
    if std::env::var(POSTGRES_URL).is_err() {
        say("no PostgreSQL was asked for: nothing is killed");
        return;
    }
    let kills = number("RELAIS_FAULT_KILLS").unwrap_or(KILLS);
    let mut cluster = Cluster::start().unwrap();
    let field = Arc::new(Field {
        proxy: Proxy::before(cluster.port(), 1).unwrap(),
        quiet: Mutex::new(()),
        over: AtomicBool::new(true),
        slowest: AtomicU64::new(0),
    });
    let direct = cluster.url();
    let (done, pace) = channel::<()>();
    let player = std::thread::spawn({
        let field = Arc::clone(&field);
        move || {
            let report = play(&direct, &field);
            drop(done);
            report
        }
    });
    let mut dice = Dice::new(7);
    let mut struck: BTreeMap<&str, u64> = BTreeMap::new();
    let mut count = 0;
    while count < kills && !player.is_finished() {
        let wait = Duration::from_millis(20 + dice.below(300));
        let _ = pace.recv_timeout(wait);
        if field.over.load(Ordering::SeqCst) {
            continue;
        }
        let what = strike(&mut cluster, &field, &mut dice, &pace);
        *struck.entry(what).or_insert(0) += 1;
        count += 1;
    }
    field.over.store(true, Ordering::SeqCst);
    let report = player.join().unwrap();
    let slowest = field.slowest.load(Ordering::Relaxed);
    say(&format!(
        "{struck:?}; {report:?}; ready again within {slowest} ms of the server"
    ));
    if kills >= KILLS {
        assert_eq!(struck.len(), 7, "{struck:?}");
        assert!(report.unknown > 0 && report.failures > 20, "{report:?}");
    }
}
