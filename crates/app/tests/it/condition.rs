//! The state of the service: each trouble is told when it comes, to whom it concerns, and no longer
//! when it is over.

use crate::village::{NORTH, SOUTH, Village};
use relais_app::condition::{Gravity, Reach};
use relais_core::ids::NetworkId;
use relais_core::time::Duration;
use relais_gateways::{Channel, Gateways};
use relais_store::counters::{self, BACKUP_ENDED};
use relais_store::{Engine, StoreError, testing};

impl Village {
    /// What the next look of this process finds, for everybody or by network.
    async fn troubles(&self) -> Vec<(String, Option<NetworkId>)> {
        let state = self.app.look().await;
        let found = state.conditions.iter();
        found.map(|one| (one.line(), one.network)).collect()
    }

    /// The codes; the machine that runs the tests may be short of room, which is not their story.
    async fn lines(&self) -> Vec<String> {
        let mut lines = self.app.look().await.lines();
        lines.retain(|line| line != "disk-low");
        lines
    }

    fn network(&self, which: usize) -> Option<NetworkId> {
        Some(self.world.networks[which].id)
    }

    /// Time passes, and no task runs.
    fn sleeps(&self, seconds: i64) {
        let clock = self.app.clock();
        clock.move_to(clock.now() + Duration::seconds(seconds));
    }
}

fn statement(v: &Village, text: &str) {
    let text = text.to_owned();
    let done: Result<(), StoreError> = v
        .app
        .db()
        .write_blocking(move |tx| testing::damage(tx, &text));
    done.unwrap();
}

#[test]
fn nothing_is_wrong_at_first() {
    Village::each(|v| async move {
        // The whole village is held: its store goes with it.
        let v = &v;
        v.app.settle().await.unwrap();
        assert_eq!(v.lines().await, Vec::<String>::new());
        let state = v.app.look().await;
        assert_eq!(state.facts.reach, Reach::Answers);
        assert_eq!(state.facts.nodes.len(), 1);
        assert!(state.facts.nodes[0].is_this);
        let embedded = v.app.db().engine() == Engine::Sqlite;
        assert!(state.facts.database_bytes.is_some_and(|size| size > 0));
        assert_eq!(state.facts.clock_off_ms, None, "a manual clock is nobody's");
        assert!(
            embedded || state.facts.disk.is_none(),
            "a server's disk is its own"
        );
    });
}

/// Two messages not taken in a row, and the desk knows; one taken, and it is over.
#[test]
fn a_gateway_that_is_down_is_told_until_it_takes_messages_again() {
    Village::each(|v| async move {
        let mut told = v.app.follow_state();
        v.app.look().await;
        told.mark_unchanged();
        v.phones.set_channel_down(Channel::Sms, true);
        let fell_at = v.app.now();
        v.raise(v.call()).await;
        v.app.settle().await.unwrap();
        v.sleeps(5);
        v.app.settle().await.unwrap();
        v.sleeps(5);
        let state = v.app.look().await;
        let found: Vec<_> = state.conditions.iter().collect();
        assert_eq!(state.lines(), ["channel-down sms"]);
        assert_eq!(
            (found[0].gravity, found[0].since),
            (Gravity::Slows, fell_at)
        );
        assert!(told.has_changed().unwrap());
        told.mark_unchanged();
        v.app.look().await;
        assert!(!told.has_changed().unwrap(), "told once");

        v.phones.set_channel_down(Channel::Push, true);
        v.phones.set_channel_down(Channel::Sms, false);
        v.pass(1).await;
        assert!(!v.lines().await.contains(&"channel-down sms".to_owned()));
        assert!(told.has_changed().unwrap(), "and told when it is over");
    });
}

#[test]
fn a_channel_nobody_carries_is_told_when_messages_ask_for_it() {
    Village::each(|v| async move {
        let bare = v.through(|_| Gateways::none(), "bare");
        assert_eq!(bare.lines().await, Vec::<String>::new(), "nobody asked yet");
        bare.raise(bare.call()).await;
        bare.app.settle().await.unwrap();
        assert!(
            bare.lines().await.contains(&"channel-unset sms".to_owned()),
            "{:?}",
            bare.lines().await
        );
    });
}

#[test]
fn a_database_that_is_gone_is_told_from_memory() {
    Village::each(|v| async move {
        let v = &v;
        v.app.look().await;
        v.app.db().close();
        let state = v.app.look().await;
        assert_eq!(state.facts.reach, Reach::Away);
        let away = &state.conditions[0];
        assert_eq!(away.line(), "database-away");
        assert_eq!((away.gravity, away.network), (Gravity::Hinders, None));
        v.sleeps(60);
        assert_eq!(v.app.look().await.conditions[0].since, away.since);
        assert_eq!(v.app.state().lines(), v.app.look().await.lines());
    });
}

/// A database that answers and keeps nothing (disk full, read-only) is another trouble.
#[test]
fn a_database_that_refuses_to_write_is_told_until_it_writes() {
    Village::each(|v| async move {
        if v.app.db().engine() != Engine::Sqlite {
            return;
        }
        v.app.look().await;
        statement(
            &v,
            "CREATE TRIGGER full BEFORE INSERT ON nodes BEGIN SELECT RAISE(ABORT, 'full'); END",
        );
        v.sleeps(6);
        v.app.settle().await.unwrap();
        assert_eq!(v.lines().await, ["writes-refused"]);
        statement(&v, "DROP TRIGGER full");
        assert_eq!(v.lines().await, Vec::<String>::new(), "at the next look");
    });
}

#[test]
fn a_schema_that_is_another_programs_is_told() {
    Village::each(|v| async move {
        statement(&v, "DELETE FROM migrations WHERE version = 3");
        assert_eq!(v.lines().await, ["schema-wrong"]);
        assert_eq!(v.app.reach().await, Reach::OtherSchema);
    });
}

/// Deadlines, messages and tasks that nobody takes care of are told to their network, and the rest to
/// everybody.
#[test]
fn what_is_late_is_told_to_those_it_concerns_until_it_is_done() {
    Village::each(|v| async move {
        v.app.settle().await.unwrap();
        let draft = v.call();
        v.app.raise(&v.desk(), draft).await.unwrap();
        v.sleeps(61 * 60);
        let late = v.troubles().await;
        let here = v.network(NORTH);
        for line in ["deadlines-late", "messages-late"] {
            assert!(late.contains(&(line.to_owned(), here)), "{line}: {late:?}");
        }
        for line in ["task-late due", "task-late deliver"] {
            assert!(late.contains(&(line.to_owned(), None)), "{line}: {late:?}");
        }
        let state = v.app.state();
        let elsewhere = v.world.networks[SOUTH].id;
        assert!(
            state
                .concerning(elsewhere, Gravity::Watch)
                .all(|one| one.network.is_none()),
            "another network's lateness is not theirs to know (I13)"
        );
        let late = &state.conditions[0];
        assert!(late.since <= v.app.now() - Duration::minutes(30));
        v.app.settle().await.unwrap();
        assert_eq!(v.lines().await, Vec::<String>::new());
    });
}

/// A request that cannot be brought forward is told to its network with its failure kept, and the
/// others go on.
#[test]
fn a_request_that_is_stuck_is_told_until_it_moves() {
    Village::each(|v| async move {
        let id = v.raise(v.call()).await;
        v.app.settle().await.unwrap();
        let broken = format!("UPDATE requests SET state = 'x' || state WHERE id = '{id}'");
        statement(&v, &broken);
        v.pass(90).await;
        let found = v.troubles().await;
        let stuck = ("requests-stuck".to_owned(), v.network(NORTH));
        assert!(found.contains(&stuck), "{found:?}");
        let mended = format!("UPDATE requests SET state = substr(state, 2) WHERE id = '{id}'");
        statement(&v, &mended);
        v.app.settle().await.unwrap();
        assert_eq!(v.lines().await, Vec::<String>::new());
    });
}

/// One process sees that another gave no sign of life; one that stops says so.
#[test]
fn a_process_that_falls_silent_is_missed_and_one_that_leaves_is_not() {
    Village::each(|v| async move {
        let other = v.through(|gateways| gateways, "other");
        v.app.look().await;
        other.app.look().await;
        v.sleeps(6);
        v.app.look().await;
        v.sleeps(31);
        v.app.settle().await.unwrap();
        assert_eq!(v.lines().await, ["nodes-silent"]);
        assert_eq!(v.app.state().conditions[0].gravity, Gravity::Watch);
        other.app.look().await;
        assert_eq!(v.lines().await, Vec::<String>::new(), "back");
        other.app.leave().await.unwrap();
        v.sleeps(60);
        v.app.settle().await.unwrap();
        assert_eq!(v.lines().await, Vec::<String>::new());
        assert_eq!(v.app.state().facts.nodes.len(), 1);
    });
}

/// What `relais backup` notes at its end.
fn backed_up(v: &Village) {
    let at = v.app.now().millis();
    let noted: Result<(), StoreError> = v
        .app
        .db()
        .write_blocking(move |tx| counters::raise(tx, BACKUP_ENDED, at));
    noted.unwrap();
}

#[test]
fn a_backup_and_the_hourly_round_are_missed() {
    Village::each(|v| async move {
        v.app.housekeeping().await.unwrap();
        backed_up(&v);
        assert_eq!(v.lines().await, Vec::<String>::new());
        v.pass(27 * 60).await;
        let mut found = v.lines().await;
        found.sort();
        assert_eq!(found, ["backup-old", "task-late housekeeping"]);
        backed_up(&v);
        v.app.housekeeping().await.unwrap();
        assert_eq!(v.lines().await, Vec::<String>::new());
    });
}
