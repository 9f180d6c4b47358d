//! Streams that stay open, by the session that opened them: how many there may be, and how they end
//! with their session (R6). An end is told in the process at once, to other nodes through the
//! database, and found by a look at every open session together every few seconds at the latest.

use super::session::{self, Limits, actor};
use crate::app::App;
use crate::error::AppError;
use relais_core::access::Actor;
use relais_core::ids::UserId;
use relais_store::users;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How often every open session is looked at, seconds: with the look itself, under the five that
/// an ended session may keep a stream.
const LOOK_EVERY_S: u64 = 3;
/// Streams of one account: a desk with many tabs, on two computers and a phone.
const PER_ACCOUNT: usize = 24;
/// Streams of one process unless it is told otherwise.
const IN_ALL: usize = 25_000;

/// No room for one more stream; everything else is still served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// This account has as many as one may.
    Account,
    /// The process has as many as it may.
    Process,
}

/// What ended, as told to every node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// One session, by its id.
    Session(String),
    /// Everything of an account.
    Account(UserId),
}

impl End {
    /// The payload that travels through the database.
    pub(crate) fn encode(&self) -> String {
        match self {
            Self::Session(id) => format!("ended session {id}"),
            Self::Account(user) => format!("ended account {user}"),
        }
    }

    /// Reads a payload; `None` when it is another.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let (kind, id) = text.strip_prefix("ended ")?.split_once(' ')?;
        match kind {
            "session" => Some(Self::Session(id.to_owned())),
            "account" => id.parse().ok().map(Self::Account),
            _ => None,
        }
    }
}

/// The open streams of a process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Debug)]
struct Open {
    in_all: usize,
    count: usize,
    refused: u64,
    sessions: HashMap<Arc<str>, Opened>,
    accounts: HashMap<UserId, usize>,
}

#[derive(Debug)]
struct Opened {
    actor: Actor,
    streams: usize,
    end: watch::Sender<bool>,
}

impl Default for Open {
    fn default() -> Self {
        Self {
            in_all: IN_ALL,
            count: 0,
            refused: 0,
            sessions: HashMap::new(),
            accounts: HashMap::new(),
        }
    }
}

/// One open stream; gone from the count when dropped.
#[derive(Debug)]
pub struct Stay {
    streams: Streams,
    session: Arc<str>,
    user: UserId,
    end: watch::Receiver<bool>,
}

impl Stay {
    /// Waits until the session ends.
    pub async fn ended(&mut self) {
        // A sender that is gone was removed with the session.
        let _ = self.end.wait_for(|ended| *ended).await;
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        open.count = open.count.saturating_sub(1);
        if let Some(streams) = open.accounts.get_mut(&self.user) {
            *streams -= 1;
            if *streams == 0 {
                open.accounts.remove(&self.user);
            }
        }
        if let Some(opened) = open.sessions.get_mut(&self.session) {
            opened.streams -= 1;
            if opened.streams == 0 {
                open.sessions.remove(&self.session);
            }
        }
    }
}

impl Streams {
    /// Lowers how many there may be in all: fewer than the files the process may open, so that
    /// acting always finds a place when watching does not.
    pub fn limit(&self, in_all: usize) {
        self.open().in_all = in_all.min(IN_ALL);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.open().count
    }

    /// How many were refused since the start.
    pub fn refused(&self) -> u64 {
        self.open().refused
    }

    fn stay(&self, session: String, actor: Actor) -> Result<Stay, Full> {
        let mut open = self.open();
        let mine = open.accounts.get(&actor.user).copied().unwrap_or_default();
        if mine >= PER_ACCOUNT {
            open.refused += 1;
            return Err(Full::Account);
        }
        if open.count >= open.in_all {
            open.refused += 1;
            return Err(Full::Process);
        }
        open.count += 1;
        open.accounts.insert(actor.user, mine + 1);
        let known = open.sessions.get_key_value(session.as_str());
        let session = known.map_or_else(|| session.into(), |(known, _)| Arc::clone(known));
        let opened = open
            .sessions
            .entry(Arc::clone(&session))
            .or_insert_with(|| Opened {
                actor,
                streams: 0,
                end: watch::Sender::new(false),
            });
        opened.streams += 1;
        let end = opened.end.subscribe();
        drop(open);
        Ok(Stay {
            streams: self.clone(),
            session,
            user: actor.user,
            end,
        })
    }

    pub(crate) fn end(&self, what: &End) {
        let open = self.open();
        let ended: Vec<_> = match what {
            End::Session(id) => open.sessions.get(id.as_str()).into_iter().collect(),
            End::Account(user) => {
                let all = open.sessions.values();
                all.filter(|opened| opened.actor.user == *user).collect()
            }
        };
        for opened in ended {
            opened.end.send_replace(true);
        }
    }

    fn sessions(&self) -> BTreeMap<String, Actor> {
        let open = self.open();
        let all = open.sessions.iter();
        all.map(|(id, opened)| (id.to_string(), opened.actor))
            .collect()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The open streams of this process.
    pub fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// One more stream of a session, for as long as the value lives.
    ///
    /// # Errors
    /// When the account or the process has as many as it may.
    pub fn stay(&self, token: &str, actor: Actor) -> Result<Stay, Full> {
        self.0.streams.stay(session::id_of(token), actor)
    }

    /// Ends the streams whose session does not hold any more, or whose account is not what it was
    /// when they began; answers how many sessions were looked at. One read for all of them.
    ///
    /// # Errors
    /// When the database is away: it ends no session.
    pub async fn look_at_open_sessions(&self) -> Result<usize, AppError> {
        let open = self.0.streams.sessions();
        if open.is_empty() {
            return Ok(0);
        }
        let (now, today) = (self.wall_now(), self.now());
        let ids: Vec<_> = open.keys().cloned().collect();
        let mut holding: HashMap<_, _> = self
            .read(move |inner, tx| {
                let directory = inner.directory.current(tx)?;
                let standings = users::list_standings(tx, &ids)?.into_iter();
                let holding = standings.filter(|standing| {
                    let limits = Limits::of(&standing.user, &directory);
                    session::holds(standing, limits, now, today)
                });
                Ok(holding.map(|it| (it.session, it.user)).collect())
            })
            .await?;
        let looked = open.len();
        for (id, began_as) in open {
            let now_as = holding.remove(&id).as_ref().and_then(actor);
            if now_as != Some(began_as) {
                self.0.streams.end(&End::Session(id));
            }
        }
        Ok(looked)
    }

    /// Looks at open sessions until the process ends.
    pub(crate) async fn watch_open_sessions(self) {
        let period = std::time::Duration::from_secs(LOOK_EVERY_S);
        let mut due = tokio::time::interval(period);
        due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            if let Err(error) = self.look_at_open_sessions().await {
                tracing::warn!(%error, "open sessions wait for the database");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use relais_core::access::Role;
    use relais_core::ids::NetworkId;

    fn somebody(user: u128) -> Actor {
        Actor {
            user: UserId::from_bits(user),
            role: Role::Operator,
            network: NetworkId::from_bits(1),
            professional: None,
        }
    }

    #[test]
    fn what_ended_survives_its_payload() {
        let session = End::Session("abc".to_owned());
        let account = End::Account(UserId::from_bits(4));
        for end in [session, account] {
            assert_eq!(End::decode(&end.encode()), Some(end));
        }
        for other in [
            "",
            "ended",
            "ended x y",
            "ended account nobody",
            "net req - *",
        ] {
            assert_eq!(End::decode(other), None, "{other}");
        }
    }

    #[test]
    fn an_account_with_many_tabs_is_stopped_and_its_neighbour_is_not() {
        let streams = Streams::default();
        let stay = |n: usize| streams.stay(format!("s{n}"), somebody(1)).expect("room");
        let mut mine: Vec<_> = (0..PER_ACCOUNT).map(stay).collect();
        let more = streams.stay("another".to_owned(), somebody(1));
        assert_eq!(more.err(), Some(Full::Account));
        assert!(streams.stay("theirs".to_owned(), somebody(2)).is_ok());
        mine.pop();
        assert!(streams.stay("another".to_owned(), somebody(1)).is_ok());
        assert_eq!(streams.refused(), 1);
    }

    #[test]
    fn a_full_process_refuses_and_forgets_whoever_leaves() {
        let streams = Streams::default();
        streams.limit(2);
        let one = streams.stay("a".to_owned(), somebody(1)).expect("room");
        let two = streams.stay("a".to_owned(), somebody(1)).expect("room");
        let third = streams.stay("b".to_owned(), somebody(2));
        assert_eq!(third.err(), Some(Full::Process));
        drop(one);
        assert_eq!(streams.count(), 1);
        drop(two);
        let open = streams.open();
        assert_eq!(open.count, 0);
        assert!(open.sessions.is_empty() && open.accounts.is_empty());
    }

    #[tokio::test]
    async fn the_end_of_a_session_is_heard_by_all_its_streams_and_no_other() {
        let streams = Streams::default();
        let stay = |session: &str, user| {
            let stay = streams.stay(session.to_owned(), somebody(user));
            stay.expect("room")
        };
        let (mut one, mut two) = (stay("a", 1), stay("a", 1));
        let (other, mut theirs) = (stay("b", 1), stay("c", 2));
        streams.end(&End::Session("a".to_owned()));
        one.ended().await;
        two.ended().await;
        assert!(!*other.end.borrow());
        streams.end(&End::Account(UserId::from_bits(2)));
        theirs.ended().await;
        assert!(!*other.end.borrow());
    }
}
