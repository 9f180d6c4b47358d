//! Sessions: an opaque token of 256 bits, kept hashed; ended within one request, everywhere.

use super::open::End;
use crate::accounts::known::{Found, Shown};
use crate::accounts::term::Term;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::directory::Directory;
use crate::error::AppError;
use crate::text::When;
use jiff::tz::TimeZone;
use relais_core::access::{Actor, Role};
use relais_core::ids::UserId;
use relais_core::time::{Duration, Instant};
use relais_store::Tx;
use relais_store::codec::settings::NetworkSettings;
use relais_store::users::{self, Session, Standing, User};

/// A professional's phone stays signed in this long (R6).
const PROFESSIONAL: Duration = Duration::hours(30 * 24);
/// A staff session ends after this long in all.
const STAFF: Duration = Duration::hours(12);
/// How stale `seen_at` may be: one write a minute, not one a request.
const TOUCH_EVERY: Duration = Duration::minutes(1);

/// Somebody signed in, as each request sees them.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// For the rules.
    pub actor: Actor,
    /// Their name, for the screen.
    pub name: String,
    /// Their login.
    pub login: String,
    /// The authentication is recent enough to be shown an identity.
    pub strong: bool,
    /// The authentication is minutes old: recent enough to sign for the territory.
    pub fresh: bool,
}

/// How old an authentication may be to record a signature.
const FRESH: Duration = Duration::minutes(15);

impl SignedIn {
    /// For a use case.
    pub const fn who(&self, source: &'static str) -> Who {
        Who::actor(self.actor, source)
    }
}

/// A session about to be opened, for the network's clock and for the machine's.
pub(super) struct Opening {
    pub(super) user: UserId,
    /// Fingerprint of its token.
    pub(super) hash: String,
    pub(super) device: String,
    pub(super) shared_computer: bool,
    pub(super) now: Instant,
    pub(super) today: Instant,
}

impl Opening {
    /// Opens it, in the transaction of what leads to it.
    ///
    /// # Errors
    /// Their right to practise ended, or has not begun.
    pub(super) fn write(&self, inner: &Inner, tx: &mut Tx<'_>) -> Result<(), AppError> {
        let account = users::get(tx, self.user)?;
        let directory = inner.directory.current(tx)?;
        let network = account.network.and_then(|id| directory.network(id).ok());
        let zone = network.map_or(TimeZone::UTC, |entry| entry.calendar.zone.clone());
        Term::of(account.professional, &directory).check(&When::new(self.today, &zone))?;
        let life = if account.role == Role::Professional {
            PROFESSIONAL
        } else {
            STAFF
        };
        let session = Session {
            id: id_of_hash(&self.hash),
            token_hash: self.hash.clone(),
            user: self.user,
            created_at: self.now,
            seen_at: self.now,
            strong_at: self.now,
            expires_at: self.now + life,
            revoked_at: None,
            device: self.device.chars().take(120).collect(),
            shared_computer: self.shared_computer,
            worn: None,
            acts_for: None,
        };
        users::insert_session(tx, &session)?;
        Ok(users::set_last_login(tx, self.user, self.now)?)
    }
}

impl App {
    /// Opens a session; the token is given once and kept nowhere.
    ///
    /// # Errors
    /// `rights-ended` for a professional whose dates are past, or who left every network.
    pub async fn open_session(
        &self,
        user: UserId,
        device: String,
        shared_computer: bool,
    ) -> Result<String, AppError> {
        let (now, token) = (self.wall_now(), chance::token());
        let opening = Opening {
            user,
            hash: chance::fingerprint(&token),
            device,
            shared_computer,
            now,
            today: self.now(),
        };
        self.write(move |inner, tx| opening.write(inner, tx))
            .await?;
        Ok(token)
    }

    /// Who a session token stands for; `None` when it ended, whatever the reason.
    pub async fn session(&self, token: &str) -> Result<Option<SignedIn>, AppError> {
        self.find_session(token, true).await
    }

    /// The same for what a page does by itself (a stream, a refresh): no gesture, the desk still
    /// locks when nobody is there (R6).
    pub async fn peek_session(&self, token: &str) -> Result<Option<SignedIn>, AppError> {
        self.find_session(token, false).await
    }

    async fn find_session(&self, token: &str, gesture: bool) -> Result<Option<SignedIn>, AppError> {
        let (now, hash) = (self.wall_now(), chance::fingerprint(token));
        let shown = Shown::Session(hash.clone());
        let today = self.now();
        let live = |found: &Found| match found {
            Found::Session(session, user, limits) => {
                let standing = Standing::of(session, user);
                // A role that would lock is left below; what remains is judged as what it is.
                holds(&standing, *limits, now, today)
                    || (session.worn.is_some() && lasts(&standing, *limits, now, today))
            }
            Found::Token(..) | Found::Nobody => false,
        };
        let Found::Session(mut session, mut user, mut limits) =
            self.found(shown.clone(), live).await?
        else {
            return Ok(None);
        };
        if !holds(&Standing::of(&session, &user), limits, now, today) {
            let left = hash.clone();
            self.write(move |_, tx| Ok(users::wear(tx, &left, None)?))
                .await?;
            self.0.known.forget(&shown);
            let Found::Session(bare, account, own) = self.found(shown.clone(), live).await? else {
                return Ok(None);
            };
            (session, user, limits) = (bare, account, own);
        }
        if gesture && now.since(session.seen_at) >= TOUCH_EVERY {
            self.write(move |_, tx| Ok(users::touch_session(tx, &hash, now)?))
                .await?;
            self.0.known.forget(&shown);
        }
        Ok(signed_in(&session, user, limits, now))
    }

    /// Ends a session, and the streams it opened.
    pub async fn close_session(&self, token: &str) -> Result<(), AppError> {
        let (now, hash) = (self.wall_now(), chance::fingerprint(token));
        let end = End::Session(id_of_hash(&hash));
        let told = end.encode();
        self.write(move |_, tx| {
            users::revoke_session(tx, &hash, now)?;
            Ok(tx.notify(told.clone())?)
        })
        .await?;
        self.streams().end(&end);
        Ok(())
    }
}

/// How long somebody's network lets an authentication and a silence last (R6), and until when they
/// may see anything at all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// An identity is shown after an authentication more recent than this.
    strong: Duration,
    /// The same on a computer that others use.
    strong_shared: Duration,
    /// A desk locks after this long without a gesture.
    idle: Duration,
    /// Until when a professional's rights last.
    term: Term,
}

impl Limits {
    /// Those of a person's network; those of a new network for whoever has none.
    pub(crate) fn of(user: &User, directory: &Directory) -> Self {
        let entry = user.network.and_then(|id| directory.network(id).ok());
        let settings = entry.map_or_else(NetworkSettings::default, |e| e.network.extra.clone());
        Self {
            strong: Duration::hours(settings.identity_hours.into()),
            strong_shared: Duration::minutes(settings.shared_identity_minutes.into()),
            idle: Duration::minutes(settings.desk_lock_minutes.into()),
            term: Term::of(user.professional, directory),
        }
    }
}

/// The id of the session of a token.
pub(super) fn id_of(token: &str) -> String {
    id_of_hash(&chance::fingerprint(token))
}

fn id_of_hash(hash: &str) -> String {
    chance::fingerprint(&format!("session {hash}"))
}

/// Whether a session still holds, whatever asks: `now` by the clock of sessions, `today` by that of
/// requests and contracts.
pub(super) fn holds(session: &Standing, limits: Limits, now: Instant, today: Instant) -> bool {
    let idle = session.user.role != Role::Professional && now.since(session.seen_at) >= limits.idle;
    let stale = session
        .worn_since
        .is_some_and(|proved| now.since(proved) >= STAFF);
    lasts(session, limits, now, today) && !idle && !stale
}

/// Whether it holds but for what locks a desk.
fn lasts(session: &Standing, limits: Limits, now: Instant, today: Instant) -> bool {
    let ended = session.revoked_at.is_some() || now >= session.expires_at;
    !ended && session.user.active && limits.term.holds(today)
}

fn signed_in(session: &Session, user: User, limits: Limits, now: Instant) -> Option<SignedIn> {
    let limit = if session.shared_computer {
        limits.strong_shared
    } else {
        limits.strong
    };
    Some(SignedIn {
        actor: actor(&user)?,
        name: user.name,
        login: user.login,
        strong: now.since(session.strong_at) < limit,
        fresh: now.since(session.strong_at) < FRESH,
    })
}

/// The actor of an account; `None` when it belongs to no network.
pub(crate) fn actor(user: &User) -> Option<Actor> {
    Some(Actor {
        user: user.id,
        role: user.role,
        network: user.network?,
        // In a role of the network they act for it, not as the professional they also are; a secretary has the one
        // they answer for.
        professional: user
            .professional
            .filter(|_| matches!(user.role, Role::Professional | Role::Secretary)),
    })
}
