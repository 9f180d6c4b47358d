//! One bound session: questions on their way with whoever waits for their answer, and what the centre says by
//! itself.

use super::line::{Line, is_silence};
use super::pdu::{Fields, Pdu, Short, command};
use std::collections::BTreeMap;
use std::io::Error;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Statuses of answers.
pub(super) mod status {
    pub(crate) const OK: u32 = 0x00;
    pub(crate) const UNKNOWN_COMMAND: u32 = 0x03;
    pub(crate) const WRONG_BIND_STATUS: u32 = 0x04;
    pub(crate) const QUEUE_FULL: u32 = 0x14;
    pub(crate) const THROTTLED: u32 = 0x58;
}

/// SMPP 3.4.
const VERSION: u8 = 0x34;

/// A session that may be written to.
pub(super) struct Session {
    line: Line,
    next: AtomicU32,
    waiting: Mutex<BTreeMap<u32, SyncSender<Pdu>>>,
    over: AtomicBool,
    /// What came with the answer to the bind: a centre brings at once what it kept.
    early: Mutex<Vec<u8>>,
}

/// Why there is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused(pub(super) &'static str);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(match error.kind() {
            std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock => "timeout",
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::Other => "tls",
            _ => "unreachable",
        })
    }
}

/// A question had no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unanswered {
    Timeout,
    Cut,
}

/// Who binds.
pub(super) struct Account<'a> {
    pub(super) user: &'a str,
    pub(super) password: &'a str,
    pub(super) system_type: &'a str,
}

impl Session {
    /// Binds as a transceiver on a new line.
    pub(super) fn bind(line: Line, account: &Account<'_>) -> Result<Self, Refused> {
        let body = Fields::default()
            .text(account.user, 16)
            .text(account.password, 9)
            .text(account.system_type, 13)
            .bytes(&[VERSION, 0, 0])
            .text("", 41)
            .end();
        line.write(&Pdu::ask(command::BIND_TRANSCEIVER, 1, body).encode())?;
        let mut buffer = Vec::new();
        let answer = loop {
            match Pdu::take(&mut buffer) {
                Ok(Some(pdu)) if pdu.command == command::BIND_TRANSCEIVER | command::ANSWER => {
                    break pdu;
                }
                Ok(Some(pdu)) if pdu.command == command::GENERIC_NACK => break pdu,
                Ok(Some(_)) => {}
                Ok(None) => {
                    if !line.read(&mut buffer)? {
                        return Err(Refused("cut"));
                    }
                }
                Err(_) => return Err(Refused("not-smpp")),
            }
        };
        match answer.status {
            status::OK => Ok(Self {
                line,
                next: AtomicU32::new(2),
                waiting: Mutex::default(),
                over: AtomicBool::new(false),
                early: Mutex::new(buffer),
            }),
            // Bind failed, wrong password, unknown account.
            0x0D..=0x0F => Err(Refused("unauthorised")),
            0x05 => Err(Refused("already-bound")),
            _ => Err(Refused("bind-refused")),
        }
    }

    /// A number nobody has used for long.
    fn sequence(&self) -> u32 {
        // 1 to 0x7FFFFFFF, as the specification wants.
        1 + self.next.fetch_add(1, Ordering::Relaxed) % 0x7FFF_FFFE
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, BTreeMap<u32, SyncSender<Pdu>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a message over and waits for the answer.
    pub(super) fn submit(&self, short: &Short, patience: Duration) -> Result<Pdu, Unanswered> {
        let sequence = self.sequence();
        let (say, hear): (_, Receiver<Pdu>) = sync_channel(1);
        self.waiting().insert(sequence, say);
        let pdu = Pdu::ask(command::SUBMIT_SM, sequence, short.encode());
        let written = self.line.write(&pdu.encode());
        let heard = match written {
            Ok(()) => hear.recv_timeout(patience),
            Err(_) => {
                // Half a message may be on the line: nothing can follow it.
                self.end();
                Err(RecvTimeoutError::Disconnected)
            }
        };
        self.waiting().remove(&sequence);
        heard.map_err(|error| match error {
            RecvTimeoutError::Timeout => Unanswered::Timeout,
            RecvTimeoutError::Disconnected => Unanswered::Cut,
        })
    }

    /// Answers what the centre said; a line that does not take it is cut.
    pub(super) fn answer(&self, to: &Pdu, status: u32) {
        let mut answer = to.answer(status);
        if to.command == command::DELIVER_SM {
            answer.body = vec![0];
        }
        if self.line.write(&answer.encode()).is_err() {
            self.end();
        }
    }

    /// Nothing can be said any more.
    pub(super) fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }

    fn end(&self) {
        self.over.store(true, Ordering::Release);
        self.line.cut();
    }

    /// Says good-bye and cuts.
    pub(super) fn leave(&self) {
        let _gone = self
            .line
            .write(&Pdu::ask(command::UNBIND, self.sequence(), Vec::new()).encode());
        self.end();
    }

    /// Listens until the line ends; `heard` gets what the centre says by itself. A silence as long as
    /// `quiet` is broken by a question; a second one ends the session. Whoever waits is told.
    pub(super) fn listen(
        self: &Arc<Self>,
        quiet: Duration,
        heard: &mut dyn FnMut(&Arc<Self>, Pdu),
    ) {
        self.follow(quiet, heard);
        self.end();
        // Their senders go: whoever waits hears that the line was cut.
        self.waiting().clear();
    }

    fn follow(self: &Arc<Self>, quiet: Duration, heard: &mut dyn FnMut(&Arc<Self>, Pdu)) {
        if self.line.wait_for(quiet).is_err() {
            return;
        }
        let early = std::mem::take(&mut *self.early.lock().unwrap_or_else(PoisonError::into_inner));
        let (mut buffer, mut asked) = (early, false);
        loop {
            loop {
                match Pdu::take(&mut buffer) {
                    Ok(Some(pdu)) => {
                        if !self.hear(pdu, heard) {
                            return;
                        }
                    }
                    Ok(None) => break,
                    Err(_) => return,
                }
            }
            match self.line.read(&mut buffer) {
                Ok(true) => asked = false,
                Ok(false) => return,
                Err(error) if is_silence(&error) && !asked => {
                    asked = true;
                    let ask = Pdu::ask(command::ENQUIRE_LINK, self.sequence(), Vec::new());
                    if self.line.write(&ask.encode()).is_err() {
                        return;
                    }
                }
                Err(_) => return,
            }
        }
    }

    /// `false` when the centre says good-bye.
    fn hear(self: &Arc<Self>, pdu: Pdu, heard: &mut dyn FnMut(&Arc<Self>, Pdu)) -> bool {
        match pdu.command {
            command::ENQUIRE_LINK => self.answer(&pdu, status::OK),
            command::UNBIND => {
                self.answer(&pdu, status::OK);
                return false;
            }
            command::DELIVER_SM => heard(self, pdu),
            // An answer to a question of ours, or to nothing.
            _ if pdu.command & command::ANSWER != 0 => {
                if let Some(waits) = self.waiting().remove(&pdu.sequence) {
                    let _nobody_waits_any_more = waits.try_send(pdu);
                }
            }
            _ => {
                let nack = Pdu {
                    command: command::GENERIC_NACK,
                    status: status::UNKNOWN_COMMAND,
                    sequence: pdu.sequence,
                    body: Vec::new(),
                };
                if self.line.write(&nack.encode()).is_err() {
                    return false;
                }
            }
        }
        true
    }
}
