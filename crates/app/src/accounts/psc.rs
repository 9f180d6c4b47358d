//! Pro Santé Connect: a browser is sent to the provider and comes back with a proof of who it is,
//! which opens the session of the member with that national number, or proves whose application it
//! is. Owns the two halves, tied by the state in the address and by a token only the browser has.
//! Refuses to be answered twice, late, or in another browser; and to open anything to a number that
//! nobody has here (ADR 0036).

use crate::app::{App, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use relais_core::ids::{ApplicationId, UserId};
use relais_core::time::{Duration, Instant};
use relais_gateways::identity::{self, Asked, IdentityProvider, Proved, Unproved};
use relais_store::identity_flows::{self, IdentityFlow};
use relais_store::seal::Secret;
use relais_store::{professionals, users};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;

/// Where browsers come back, under our own address: declared to the provider.
pub const BACK: &str = "/connexion/psc/retour";
/// Time to sign in over there.
const LIFE: Duration = Duration::minutes(10);
/// Longest page one goes on to, bytes: what is carried must fit in a cookie (4,096 bytes).
const NEXT_MAX: usize = 1_500;

/// What somebody goes to the provider for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Errand {
    /// To sign in, and go on to a page of ours.
    SignIn {
        /// Its path.
        next: String,
    },
    /// To prove whose application it is.
    Proof {
        /// Which.
        application: String,
    },
}

impl Errand {
    /// The same, short enough to be carried: a page too long to go on to is the home page.
    fn bounded(self) -> Self {
        match self {
            Self::SignIn { next } if next.len() > NEXT_MAX => Self::SignIn {
                next: String::new(),
            },
            fits => fits,
        }
    }
}

/// A browser on its way out.
pub struct Leaving {
    /// Where it is sent.
    pub address: String,
    /// What it carries meanwhile, sealed.
    pub browser: String,
}

/// What a browser came back with.
#[derive(Debug, Clone, Default)]
pub struct Returning {
    /// The state, in the address.
    pub state: String,
    /// The code, in the address.
    pub code: String,
    /// The error, in the address.
    pub error: String,
    /// What it kept.
    pub browser: String,
    /// What opens the session (a browser's name), for the list of sessions.
    pub device: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrived {
    /// A session is open.
    SignedIn {
        /// Its token.
        session: String,
        /// The page to go on to.
        next: String,
    },
    /// The application is proved.
    Proved,
    /// Nothing: why, and whether it was for an application.
    Not(Trouble, Option<ApplicationId>),
}

/// Why a proof opens nothing. Each has its sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The person said no, or gave up.
    Refused,
    /// Too late, used already, or another browser.
    Expired,
    /// The provider does not answer.
    Away,
    /// Its answer proves nothing.
    Doubtful,
    /// Whoever it is has no national number.
    NoNumber,
    /// Nobody signs in here with that number.
    Unknown,
    /// The number is another one than the application's.
    Other,
}

impl Trouble {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Refused,
        Self::Expired,
        Self::Away,
        Self::Doubtful,
        Self::NoNumber,
        Self::Unknown,
        Self::Other,
    ];

    /// The word in an address.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Refused => "refus",
            Self::Expired => "delai",
            Self::Away => "absent",
            Self::Doubtful => "douteux",
            Self::NoNumber => "sans-numero",
            Self::Unknown => "inconnu",
            Self::Other => "autre",
        }
    }

    /// The trouble of a word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.code() == code)
    }
}

impl From<&Unproved> for Trouble {
    fn from(why: &Unproved) -> Self {
        match why {
            Unproved::Refused => Self::Refused,
            Unproved::Expired => Self::Expired,
            Unproved::Away(_) => Self::Away,
            Unproved::Doubtful(_) => Self::Doubtful,
            Unproved::NoNumber => Self::NoNumber,
        }
    }
}

/// What the browser carries meanwhile, sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    nonce: String,
    verifier: String,
    errand: Errand,
}

/// A cookie of another way out opens nothing of this one: the state is what it is sealed for.
fn errand_of(state: &str) -> String {
    format!("psc {state}")
}

fn about(state_hash: &str) -> String {
    format!("identity flow {state_hash}")
}

impl App {
    /// Whether people may sign in by a provider of identities here.
    #[must_use]
    pub fn has_identity_provider(&self) -> bool {
        self.0.outside.identity.is_some()
    }

    fn identity_provider(&self) -> Result<Arc<dyn IdentityProvider>, AppError> {
        self.0.outside.identity.clone().ok_or(AppError::NotFound)
    }

    fn back(&self) -> String {
        format!("{}{BACK}", self.settings().base_url)
    }

    /// Sends a browser to the provider.
    ///
    /// # Errors
    /// There is no provider. One that is away is no error: it is the trouble answered.
    pub async fn psc_leave(&self, errand: Errand) -> Result<Result<Leaving, Trouble>, AppError> {
        let provider = self.identity_provider()?;
        let state = chance::token();
        let asked = Asked {
            state: state.clone(),
            nonce: chance::token(),
            verifier: chance::token(),
            back: self.back(),
        };
        let kept = Kept {
            nonce: asked.nonce.clone(),
            verifier: asked.verifier.clone(),
            errand: errand.bounded(),
        };
        let kept = serde_json::to_string(&kept)
            .map_err(|error| AppError::Bug(format!("identity flow: {error}")))?;
        let address = match waiting(move || provider.begin(&asked)).await? {
            Ok(address) => address,
            Err(why) => return Ok(Err(told(&why))),
        };
        let browser = self.seal_carried(&errand_of(&state), kept, LIFE)?;
        Ok(Ok(Leaving { address, browser }))
    }

    /// Reads what a browser came back with, and does what it left for.
    ///
    /// # Errors
    /// There is no provider; the store's. Everything else is a [`Trouble`].
    pub async fn psc_return(&self, returning: Returning) -> Result<Arrived, AppError> {
        let provider = self.identity_provider()?;
        let errand = errand_of(&returning.state);
        let Some(kept) = self.take_carried(&errand, &returning.browser).await? else {
            return Ok(Arrived::Not(Trouble::Expired, None));
        };
        let kept: Kept = serde_json::from_str(&kept.text)
            .map_err(|error| AppError::Bug(format!("identity flow: {error}")))?;
        let application = match &kept.errand {
            Errand::SignIn { .. } => None,
            Errand::Proof { application } => application.parse().ok(),
        };
        if !returning.error.is_empty() {
            let why = told(&identity::refusal(&returning.error));
            return Ok(Arrived::Not(why, application));
        }
        let asked = Asked {
            state: returning.state,
            nonce: kept.nonce,
            verifier: kept.verifier,
            back: self.back(),
        };
        let code = returning.code;
        let proved = match waiting(move || provider.finish(&asked, &code)).await? {
            Ok(proved) => proved,
            Err(why) => return Ok(Arrived::Not(told(&why), application)),
        };
        match (kept.errand, application) {
            (Errand::SignIn { next }, _) => self.open_proved(proved, next, returning.device).await,
            (Errand::Proof { .. }, Some(id)) => Ok(match self.signup_proved(id, proved).await? {
                Ok(()) => Arrived::Proved,
                Err(trouble) => Arrived::Not(trouble, application),
            }),
            (Errand::Proof { .. }, None) => Ok(Arrived::Not(Trouble::Expired, None)),
        }
    }

    /// The session of the member with this number.
    async fn open_proved(
        &self,
        proved: Proved,
        next: String,
        device: String,
    ) -> Result<Arrived, AppError> {
        let now = self.wall_now();
        let rpps = proved.rpps.clone();
        let user = self.write(move |_, tx| by_rpps(tx, &rpps, now)).await?;
        let Some(user) = user else {
            return Ok(Arrived::Not(Trouble::Unknown, None));
        };
        let session = self.open_session(user, device, false).await?;
        let (hash, hint) = (chance::fingerprint(&session), proved.hint);
        self.write(move |inner, tx| {
            let secret = Secret::new(hint.clone());
            let sealed = inner.vault.seal_setting(&hint_of(&hash), &secret)?;
            Ok(users::set_hint(tx, &hash, &sealed)?)
        })
        .await?;
        Ok(Arrived::SignedIn { session, next })
    }

    /// Prepares the way to where a session opened by the provider is ended over there too: answers
    /// what the browser keeps to be sent there. None for any other session, or when the provider does
    /// not say. To be asked before ours is ended.
    ///
    /// # Errors
    /// The store's.
    pub async fn psc_farewell(&self, session: &str) -> Result<Option<String>, AppError> {
        let Ok(provider) = self.identity_provider() else {
            return Ok(None);
        };
        let hash = chance::fingerprint(session);
        let hint = self
            .read(move |inner, tx| match users::find_hint(tx, &hash)? {
                Some(sealed) => {
                    let hint = inner.vault.open_setting(&hint_of(&hash), &sealed)?;
                    Ok(Some(hint.expose().to_owned()))
                }
                None => Ok(None),
            })
            .await?;
        let Some(hint) = hint else {
            return Ok(None);
        };
        let back = format!("{}/connexion", self.settings().base_url);
        let Some(address) = waiting(move || provider.farewell(&hint, &back)).await? else {
            return Ok(None);
        };
        let (now, browser) = (self.wall_now(), chance::token());
        let (state, mark) = farewell_marks(&browser);
        self.write(move |inner, tx| {
            let secret = Secret::new(address.clone());
            let flow = IdentityFlow {
                sealed: inner.vault.seal_setting(&about(&state), &secret)?,
                state_hash: state.clone(),
                browser_hash: mark.clone(),
                started_at: now,
                expires_at: now + LIFE,
            };
            Ok(identity_flows::insert(tx, &flow)?)
        })
        .await?;
        Ok(Some(browser))
    }

    /// Where the provider's session is ended, once, for the browser it was prepared for.
    ///
    /// # Errors
    /// The store's.
    pub async fn psc_end(&self, browser: &str) -> Result<Option<String>, AppError> {
        let now = self.wall_now();
        let (state, mark) = farewell_marks(browser);
        self.write(move |inner, tx| {
            let Some(sealed) = identity_flows::take(tx, &state, &mark, now)? else {
                return Ok(None);
            };
            let address = inner.vault.open_setting(&about(&state), &sealed)?;
            Ok(Some(address.expose().to_owned()))
        })
        .await
    }
}

fn farewell_marks(browser: &str) -> (String, String) {
    let state = chance::fingerprint(&format!("farewell {browser}"));
    (state, chance::fingerprint(browser))
}

fn hint_of(session_hash: &str) -> String {
    format!("session hint {session_hash}")
}

/// The account of a national number, and the line of the journal: opened, or refused.
fn by_rpps(
    tx: &mut relais_store::Tx<'_>,
    rpps: &str,
    now: Instant,
) -> Result<Option<UserId>, AppError> {
    let person = professionals::find_by_rpps(tx, rpps)?;
    let user = match person {
        Some(row) => users::find_by_professional(tx, row.member.id)?,
        None => None,
    };
    let user = user.filter(|user| user.active).map(|user| user.id);
    let (act, body) = match user {
        Some(user) => (
            "session.opened",
            json!({ "account": user.to_string(), "by": "psc" }),
        ),
        None => ("session.refused", json!({ "by": "psc" })),
    };
    journal::act(tx, None, act, None, None, &body, &Who::platform("web"), now)?;
    Ok(user)
}

/// Runs what waits for the provider where waiting holds nobody else.
async fn waiting<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Bug(format!("identity provider: {error}")))
}

/// What people are told; what the installation must know is in its log.
fn told(why: &Unproved) -> Trouble {
    if matches!(why, Unproved::Away(_) | Unproved::Doubtful(_)) {
        tracing::warn!(%why, "Pro Santé Connect");
    }
    why.into()
}
