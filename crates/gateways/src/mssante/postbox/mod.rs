//! Our own secure mailbox, read over IMAP: what comes back from the readers of our notes.
//!
//! Owns how it is reached and what one reading brings. Refuses a connection without TLS, to delete
//! anything, to read more of a mail than a report needs, and to remember where it stopped: that is
//! the shell's, written with what was made of each mail.

mod talk;

use super::{Auth, Protection, SubmissionError};
use crate::tls::{self, Ours, Wrong};
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::Duration;
use talk::Talk;

/// Most of a mail that is read, bytes: reports come before the mail they send back.
const HEAD_MAX: u32 = 262_144;

/// The operator's server and our box on it.
#[derive(Debug, Clone)]
pub struct PostboxSettings {
    /// Name of the server, as in its certificate.
    pub host: String,
    /// Port: 143 with STARTTLS, 993 otherwise.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// The authority of the operator's certificate, PEM; none = the machine's.
    pub authority: Option<Vec<u8>>,
    /// How the operator knows us.
    pub auth: Auth,
    /// Our mailbox: what is remembered of it is under this name.
    pub address: String,
    /// The folder where mails arrive.
    pub folder: String,
    /// Longest wait for each step of the conversation.
    pub timeout: Duration,
}

/// Where reading stopped. Numbers mean nothing once the server says another validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The server's mark of this numbering of the folder.
    pub validity: u32,
    /// The last mail that was dealt with; zero before the first.
    pub uid: u32,
}

/// A mail of the box.
#[derive(Clone, PartialEq, Eq)]
pub struct Received {
    /// Its number in the folder.
    pub uid: u32,
    /// Its first bytes: all of it, unless it is long.
    pub mail: Vec<u8>,
}

impl std::fmt::Debug for Received {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Received({}, {} bytes)", self.uid, self.mail.len())
    }
}

/// What one reading brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The numbering it was read under.
    pub validity: u32,
    /// Mails after the place that was asked, oldest first.
    pub mails: Vec<Received>,
    /// There are more.
    pub more: bool,
}

/// The box could not be read: a short stable code, without any address or text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("mailbox not read: {0}")]
pub struct Unread(pub &'static str);

/// A mailbox that can be read.
pub trait ReadPost: Send + Sync {
    /// Which one.
    fn address(&self) -> &str;

    /// The mails after a place, at most so many; all of them when the numbering is another.
    ///
    /// # Errors
    /// [`Unread`]: nothing was taken, the same can be asked again.
    fn read(&self, after: Place, most: usize) -> Result<Delivered, Unread>;

    /// Marks mails as read for whoever opens the box: those a program understood.
    ///
    /// # Errors
    /// [`Unread`]; they stay as they were.
    fn mark_read(&self, validity: u32, uids: &[u32]) -> Result<(), Unread>;
}

/// A box on an IMAP server.
pub struct Postbox {
    settings: PostboxSettings,
    tls: Arc<ClientConfig>,
}

impl Postbox {
    /// A box, not opened yet.
    ///
    /// # Errors
    /// [`SubmissionError`], by what must be corrected.
    pub fn new(settings: PostboxSettings) -> Result<Self, SubmissionError> {
        if settings.host.trim().is_empty() {
            return Err(SubmissionError::Host);
        }
        if !(1..=15).contains(&settings.timeout.as_secs()) {
            return Err(SubmissionError::Timeout);
        }
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\') || c == ' ';
        if settings.folder.is_empty() || !settings.folder.chars().all(plain) {
            return Err(SubmissionError::Folder);
        }
        let ours = match &settings.auth {
            Auth::Certificate { certificate, key } => Some(Ours { certificate, key }),
            Auth::Login { .. } => None,
        };
        let tls =
            tls::config(settings.authority.as_deref(), ours).map_err(|wrong| match wrong {
                Wrong::Authority(_) => SubmissionError::Authority,
                Wrong::Ours => SubmissionError::Certificate,
            })?;
        Ok(Self { settings, tls })
    }
}

impl ReadPost for Postbox {
    fn address(&self) -> &str {
        &self.settings.address
    }

    fn read(&self, after: Place, most: usize) -> Result<Delivered, Unread> {
        let mut talk = Talk::open(&self.settings, &self.tls)?;
        let validity = talk.select(&self.settings.folder)?;
        let after = if validity == after.validity {
            after.uid
        } else {
            0
        };
        let mut uids = talk.numbers_after(after)?;
        let more = uids.len() > most;
        uids.truncate(most);
        let mut mails = Vec::with_capacity(uids.len());
        for uid in uids {
            // Somebody may have thrown it away meanwhile.
            if let Some(mail) = talk.head(uid, HEAD_MAX)? {
                mails.push(Received { uid, mail });
            }
        }
        talk.leave();
        Ok(Delivered {
            validity,
            mails,
            more,
        })
    }

    fn mark_read(&self, validity: u32, uids: &[u32]) -> Result<(), Unread> {
        if uids.is_empty() {
            return Ok(());
        }
        let mut talk = Talk::open(&self.settings, &self.tls)?;
        if talk.select(&self.settings.folder)? == validity {
            talk.mark_seen(uids)?;
        }
        talk.leave();
        Ok(())
    }
}
