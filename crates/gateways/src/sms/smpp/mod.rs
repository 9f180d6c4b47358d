//! Text messages by SMPP 3.4, spoken with an operator's own message centre over one kept session.
//!
//! Owns the session (bound once it serves, watched, bound again), the parts of a long message, and what the centre's answers,
//! receipts and messages mean. Refuses clear text but to this machine or a private address, more than its
//! window of messages on their way, and to say yes to an answer of somebody before the database has it.
//!
//! Reading order: [`pdu`] (the wire), [`letters`] (alphabets and parts), [`news`] (what a centre brings),
//! [`line`], [`session`], then the provider below. Why our own: ADR 0027.

pub(crate) mod letters;
mod line;
mod news;
pub(crate) mod pdu;
mod session;

pub use news::ReceiptIds;

use crate::gateway::{About, Accepted, Failure, Gateway, Inbox, check};
use crate::http::Secret;
use crate::http::answer::away;
use crate::http::client::is_this_machine;
use crate::message::{Address, Channel, Inbound, Kept, Outgoing, Receipt, Urgency};
use aws_lc_rs::digest::{SHA256, digest};
use line::Line;
use news::News;
use pdu::{Pdu, Place, Short};
use relais_core::time::{Duration, Instant};
use rustls::ClientConfig;
use session::{Account, Refused, Session, Unanswered, status};
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::thread;

/// Its name in the configuration.
pub const NAME: &str = "smpp";
/// Longest text: ten parts.
const TEXT_MAX: usize = 1_530;
/// Most parts of a message.
const PARTS_MAX: usize = 10;
/// A silence after which a centre is usually asked whether it is there.
pub const QUIET: std::time::Duration = std::time::Duration::from_secs(30);
/// First and longest rest between two attempts to bind while nothing waits to be sent.
const REST: std::time::Duration = std::time::Duration::from_secs(1);
const REST_DOUBLINGS: u32 = 5;
/// How long a centre that is full is left alone, unless another message says otherwise.
const FULL: Duration = Duration::seconds(2);

/// How the line is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte; by an authority of one's own (PEM), or the machine's.
    Tls {
        /// The authority.
        authority: Option<Vec<u8>>,
    },
    /// In clear: to this machine, or to a private address at the end of an operator's tunnel.
    None,
}

/// The account.
#[derive(Clone)]
pub struct Settings {
    /// Its name among the providers of its channel: [`NAME`], or `backup`.
    pub name: &'static str,
    /// Name or address of the message centre.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub protection: Protection,
    /// `system_id`.
    pub user: String,
    /// `password`.
    pub password: Secret,
    /// `system_type`, when the operator wants one.
    pub system_type: String,
    /// Sender shown: 3 to 11 letters and digits, a short number, or a number in international form.
    pub sender: String,
    /// A long message goes whole, and the centre cuts it; else in parts that the phone joins.
    pub whole: bool,
    /// How receipts write the numbers of messages.
    pub receipt_ids: ReceiptIds,
    /// Longest wait for an answer.
    pub timeout: std::time::Duration,
    /// A silence after which the centre is asked whether it is there.
    pub quiet: std::time::Duration,
    /// The window: most messages on their way at once.
    pub in_flight: usize,
    /// Where receipts and answers go.
    pub inbox: Arc<dyn Inbox>,
    /// The clock.
    pub now: Arc<dyn Fn() -> Instant + Send + Sync>,
}

/// Settings that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Nowhere.
    #[error("host is the name or the address of the message centre")]
    Host,
    /// Messages and the password would travel in clear.
    #[error(
        "tls = \"none\" is for this machine or a private address (10.…, 172.16.…, 192.168.…, fc00::…) only"
    )]
    Clear,
    /// Not a certificate.
    #[error("the authority is a certificate in PEM: {0}")]
    Authority(String),
    /// Not an account.
    #[error("user is the account (system_id), 1 to 15 printable characters without a space")]
    User,
    /// More than the protocol takes.
    #[error("the secret is the password of the account, 8 characters at most")]
    Password,
    /// Not a sender.
    #[error(
        "sender is 3 to 11 letters and digits, a short number, or a number like +33…: short numbers can be answered"
    )]
    Sender,
    /// No time to answer, or more than a message's lease allows.
    #[error("the timeout is between 1 and 15 seconds")]
    Timeout,
    /// None, or more than centres take.
    #[error("in_flight, the window, is between 1 and 50")]
    InFlight,
}

impl Settings {
    /// Refuses what could not be used, without speaking to anybody.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.host.is_empty() || self.host.contains(char::is_whitespace) || self.port == 0 {
            return Err(SettingsError::Host);
        }
        if self.protection == Protection::None && !is_near(&self.host) {
            return Err(SettingsError::Clear);
        }
        line::tls(&self.protection).map_err(SettingsError::Authority)?;
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if !(1..=15).contains(&self.user.len()) || !plain(&self.user) {
            return Err(SettingsError::User);
        }
        if self.password.expose().len() > 8 || !plain(self.password.expose()) {
            return Err(SettingsError::Password);
        }
        if !is_sender(&self.sender) {
            return Err(SettingsError::Sender);
        }
        if !(1..=15).contains(&self.timeout.as_secs()) {
            return Err(SettingsError::Timeout);
        }
        if !(1..=50).contains(&self.in_flight) {
            return Err(SettingsError::InFlight);
        }
        Ok(())
    }
}

/// This machine, or a private address written as such.
fn is_near(host: &str) -> bool {
    is_this_machine(host)
        || match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(v4)) => v4.is_private(),
            Ok(IpAddr::V6(v6)) => v6.is_unique_local(),
            Err(_) => false,
        }
}

fn is_sender(sender: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match sender.strip_prefix('+') {
        Some(number) => (6..=15).contains(&number.len()) && digits(number),
        None => {
            (3..=11).contains(&sender.len()) && sender.bytes().all(|b| b.is_ascii_alphanumeric())
        }
    }
}

/// The message centre.
pub struct Smpp {
    inner: Arc<Inner>,
    /// Starts the thread that keeps the session, once.
    keeping: Once,
}

struct Inner {
    settings: Settings,
    tls: Option<Arc<ClientConfig>>,
    standing: Mutex<Standing>,
    moved: Condvar,
}

/// How the session stands.
struct Standing {
    session: Option<Arc<Session>>,
    /// Attempts to bind that failed, in all; and why the last one did.
    failed: u64,
    why: &'static str,
    /// Somebody has a message: bind now.
    wanted: bool,
    stopped: bool,
}

impl Standing {
    /// The session, unless it is over and nobody has noticed yet.
    fn live(&self) -> Option<&Arc<Session>> {
        self.session.as_ref().filter(|session| !session.is_over())
    }
}

impl Inner {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, waited for while it is being bound.
    fn session(&self) -> Result<Arc<Session>, Failure> {
        let mut standing = self.standing();
        let failed = standing.failed;
        standing.wanted = true;
        self.moved.notify_all();
        let waits = |s: &mut Standing| s.live().is_none() && s.failed == failed && !s.stopped;
        let patience = self.settings.timeout;
        let (standing, _) = self
            .moved
            .wait_timeout_while(standing, patience, waits)
            .unwrap_or_else(PoisonError::into_inner);
        match standing.live() {
            Some(session) => Ok(Arc::clone(session)),
            // Nothing was handed over.
            None if standing.failed == failed => Err(away("timeout", None)),
            None => Err(away(standing.why, None)),
        }
    }

    fn bind(&self) -> Result<Session, Refused> {
        let set = &self.settings;
        let line = Line::open(&set.host, set.port, self.tls.as_ref(), set.timeout)?;
        let account = Account {
            user: &set.user,
            password: set.password.expose(),
            system_type: &set.system_type,
        };
        Session::bind(line, &account)
    }

    /// Keeps a session bound until the provider goes: answers come although nothing is sent.
    fn keep(&self) {
        let mut tries = 0;
        loop {
            let rest = match self.bind() {
                Ok(session) => {
                    let session = Arc::new(session);
                    if !self.bound(&session) {
                        return session.leave();
                    }
                    tries = 0;
                    session.listen(self.settings.quiet, &mut |session, pdu| {
                        self.hear(session, pdu);
                    });
                    tracing::warn!(provider = self.settings.name, "the message centre is gone");
                    self.standing().session = None;
                    REST
                }
                Err(Refused(why)) => {
                    if tries == 0 {
                        let provider = self.settings.name;
                        tracing::warn!(provider, code = why, "no session with the message centre");
                    }
                    tries += 1;
                    let mut standing = self.standing();
                    (standing.failed, standing.why) = (standing.failed + 1, why);
                    standing.wanted = false;
                    self.moved.notify_all();
                    REST * 2_u32.pow(tries.min(REST_DOUBLINGS))
                }
            };
            let idle = |s: &mut Standing| !s.wanted && !s.stopped;
            let standing = self.standing();
            let (standing, _) = self
                .moved
                .wait_timeout_while(standing, rest, idle)
                .unwrap_or_else(PoisonError::into_inner);
            if standing.stopped {
                return;
            }
        }
    }

    /// `false` when the provider went meanwhile.
    fn bound(&self, session: &Arc<Session>) -> bool {
        let mut standing = self.standing();
        standing.wanted = false;
        if !standing.stopped {
            standing.session = Some(Arc::clone(session));
            tracing::info!(provider = self.settings.name, "bound to the message centre");
        }
        self.moved.notify_all();
        !standing.stopped
    }

    fn hear(&self, session: &Arc<Session>, pdu: Pdu) {
        let read = Short::read(&pdu.body);
        let news = read.map_or(News::Nothing, |short| {
            news::read(&short, self.settings.receipt_ids)
        });
        let now = (self.settings.now)();
        match news {
            // Taken at once: a receipt lost with its process is a silence, which the ladder knows.
            News::Receipt { reference, state } => {
                session.answer(&pdu, status::OK);
                if let Some(state) = state {
                    self.settings.inbox.receipt(Receipt {
                        idempotency_key: String::new(),
                        provider: Some(self.settings.name),
                        provider_ref: reference,
                        state,
                        at: now,
                    });
                }
            }
            // Ours once the database has it: until then the centre keeps it, and brings it again.
            News::Reply { from, text } => {
                let whole = format!("{from}\n{text}");
                let (session, name) = (Arc::clone(session), self.settings.name);
                self.settings.inbox.inbound(Inbound {
                    provider_ref: format!("{name}:{}", short_hash(&whole)),
                    worded: true,
                    channel: Channel::Sms,
                    from: Address::new(from),
                    text,
                    at: now,
                    kept: Kept::tell(move || session.answer(&pdu, status::OK)),
                });
            }
            News::Nothing => session.answer(&pdu, status::OK),
        }
    }
}

/// Half a fingerprint: says nothing of what it is of.
fn short_hash(of: &str) -> String {
    let hash = digest(&SHA256, of.as_bytes());
    let half = hash.as_ref().iter().take(16);
    half.map(|byte| format!("{byte:02x}")).collect()
}

impl Smpp {
    /// The centre, not spoken to yet. Bound to from the first message on, or once it is started, until
    /// dropped.
    ///
    /// # Errors
    /// [`SettingsError`], by what must be corrected.
    pub fn open(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let inner = Arc::new(Inner {
            tls: line::tls(&settings.protection).map_err(SettingsError::Authority)?,
            settings,
            standing: Mutex::new(Standing {
                session: None,
                failed: 0,
                why: "unreachable",
                wanted: false,
                stopped: false,
            }),
            moved: Condvar::new(),
        });
        Ok(Self {
            inner,
            keeping: Once::new(),
        })
    }

    fn keep(&self) {
        self.keeping.call_once(|| {
            let keeper = Arc::clone(&self.inner);
            thread::spawn(move || keeper.keep());
        });
    }

    fn hand_over(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        let set = &self.inner.settings;
        let reference = digest(&SHA256, outgoing.idempotency_key.as_bytes());
        let reference = reference.as_ref().first().copied().unwrap_or_default();
        let (coding, parts) = if set.whole {
            let (coding, whole) = letters::whole(&outgoing.text);
            (coding, vec![whole])
        } else {
            letters::parts(&outgoing.text, reference)
        };
        if parts.len() > PARTS_MAX {
            return Err(Failure::never("too-long"));
        }
        let last = parts.len().saturating_sub(1);
        let many = u32::try_from(parts.len()).unwrap_or(1).max(1);
        let session = self.inner.session()?;
        let mut taken = None;
        for (number, text) in parts.into_iter().enumerate() {
            let short = Short {
                from: Place::of(&set.sender),
                to: Place::of(outgoing.to.expose()),
                esm_class: if last > 0 { 0x40 } else { 0 },
                priority: u8::from(outgoing.urgency == Urgency::High),
                validity: outgoing.ttl.map(validity).unwrap_or_default(),
                // One receipt for the message: its last part's.
                receipt: u8::from(number == last),
                coding: coding.code(),
                text,
                optional: Vec::new(),
            };
            let answer = session.submit(&short, set.timeout / many);
            let began = taken.is_some();
            taken = Some(understood(set.name, answer, began, &session)?);
        }
        taken.ok_or_else(|| Failure::never("empty"))
    }
}

/// What the centre said of a part; once one was taken, the message may only be given to it again.
fn understood(
    provider: &'static str,
    answer: Result<Pdu, Unanswered>,
    began: bool,
    session: &Session,
) -> Result<Accepted, Failure> {
    let perhaps = Some(provider);
    let pdu = answer.map_err(|silence| match silence {
        Unanswered::Timeout => away("timeout", perhaps),
        Unanswered::Cut => away("cut", perhaps),
    })?;
    let failure = match pdu.status {
        status::OK => {
            let id = pdu::first_text(&pdu.body).filter(|id| !id.is_empty());
            let id = id.filter(|id| id.len() <= news::REF_MAX);
            return id.map_or(Err(away("unreadable", perhaps)), |provider_ref| {
                Ok(Accepted {
                    provider,
                    provider_ref,
                })
            });
        }
        status::THROTTLED | status::QUEUE_FULL => Failure::Later {
            retry_after: Some(FULL),
        },
        // It does not know our session any more: a new one is bound.
        status::WRONG_BIND_STATUS => {
            session.leave();
            away("not-bound", None)
        }
        // The message itself: its length, its class, its alphabet, its number, its times.
        0x01 | 0x43 | 0x45 | 0x61 | 0x62 | 0x104 => {
            Failure::never(&format!("smpp-{:02x}", pdu.status))
        }
        0x0B => Failure::never("unknown-number"),
        // Our sender, our account, the centre itself.
        0x0A => away("sender-refused", None),
        0x08 => away("server-error", perhaps),
        _ => away("refused", None),
    };
    match failure {
        // Half of it is there: whoever has it gets the rest, under the same reference.
        Failure::Later { .. } if began => Err(away("throttled", perhaps)),
        Failure::Away { code, .. } if began => Err(away(code, perhaps)),
        other => Err(other),
    }
}

/// How long a message is worth something, as `YYMMDDhhmmss000R`.
fn validity(ttl: Duration) -> String {
    let seconds = (ttl.as_millis() / 1_000).clamp(60, 30 * 86_400 - 1);
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (hours, minutes) = (rest / 3_600, rest % 3_600 / 60);
    format!("0000{days:02}{hours:02}{minutes:02}{:02}000R", rest % 60)
}

impl Gateway for Smpp {
    fn about(&self) -> About {
        let sender = &self.inner.settings.sender;
        About {
            name: self.inner.settings.name,
            channel: Channel::Sms,
            receipts: true,
            // Nobody can answer a name.
            replies: sender
                .trim_start_matches('+')
                .bytes()
                .all(|b| b.is_ascii_digit()),
            idempotent: false,
            max_len: Some(TEXT_MAX),
        }
    }

    fn start(&self) {
        self.keep();
    }

    fn in_flight(&self) -> usize {
        self.inner.settings.in_flight
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Accepted, Failure> {
        check(&self.about(), outgoing)?;
        self.keep();
        self.hand_over(outgoing)
    }
}

impl Drop for Smpp {
    fn drop(&mut self) {
        let mut standing = self.inner.standing();
        standing.stopped = true;
        if let Some(session) = standing.session.take() {
            session.leave();
        }
        drop(standing);
        self.inner.moved.notify_all();
    }
}
