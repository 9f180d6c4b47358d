//! Our own secure mailbox, read as mails come (ADR 0040): each report is applied and the place where
//! reading stopped is moved in one transaction, so that a process that dies between the two loses
//! nothing and repeats nothing. What a person must read is counted, and stays in the box.
//!
//! Refuses to keep anything of what a mail says, and two processes reading at once.

use super::report::{self, Reported};
use crate::app::App;
use crate::app::Who;
use crate::error::AppError;
use aws_lc_rs::digest::{SHA256, digest};
use relais_core::access::{Actor, Role};
use relais_core::ids::RequestId;
use relais_core::time::{Duration, Instant};
use relais_gateways::mssante::{Delivered, Place, ReadPost, Received, Unread};
use relais_store::postboxes::{self, Stopped};
use relais_store::requests;
use std::sync::Arc;

/// Mails of one reading.
const AT_ONCE: usize = 50;
/// A mailbox is one process's for so long after each mail: longer than a slow operator takes.
const HELD: Duration = Duration::minutes(5);
/// Most letters of one list.
const LETTERS_MAX: u32 = 100;
/// Letters that were read are forgotten after this long.
pub(crate) const LETTERS_KEPT: Duration = Duration::hours(24 * 90);

/// What one pass over the mailbox did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed {
    /// Mails dealt with.
    pub mails: usize,
    /// Of which a person must read.
    pub letters: usize,
    /// Another process reads.
    pub elsewhere: bool,
}

/// A mail of the box that a person must read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What names it in a form.
    pub mark: String,
    /// When it was found.
    pub arrived_at: Instant,
    /// The request whose note it answers, and its short number.
    pub about: Option<(RequestId, String)>,
}

impl App {
    /// Reads the mailbox to its end. May run twice, and on two nodes.
    ///
    /// # Errors
    /// The store's; `mailbox-away` when the operator does not let us read.
    pub async fn read_postbox(&self) -> Result<Passed, AppError> {
        let ours = self.outside().postbox.clone();
        let Some(postbox) = ours.map(|ours| ours.post) else {
            return Ok(Passed::default());
        };
        let mut passed = Passed::default();
        let Some(mut place) = self.hold(&postbox).await? else {
            passed.elsewhere = true;
            return Ok(passed);
        };
        let done = self.read_all(&postbox, &mut place, &mut passed).await;
        // Given back whatever happened; should this fail too, the hold lapses.
        let ended = done.is_ok().then(|| self.now());
        let (address, me) = (postbox.address().to_owned(), self.0.watch.id().to_owned());
        self.write(move |_, tx| Ok(postboxes::let_go(tx, &address, &me, ended)?))
            .await?;
        done.map(|()| passed)
    }

    async fn hold(&self, postbox: &Arc<dyn ReadPost>) -> Result<Option<Stopped>, AppError> {
        let (address, now) = (postbox.address().to_owned(), self.now());
        self.write(move |inner, tx| {
            let me = inner.watch.id();
            Ok(postboxes::hold(tx, &address, me, now, now + HELD)?)
        })
        .await
    }

    async fn read_all(
        &self,
        postbox: &Arc<dyn ReadPost>,
        place: &mut Stopped,
        passed: &mut Passed,
    ) -> Result<(), AppError> {
        loop {
            let after = Place {
                validity: place.validity,
                uid: place.uid,
            };
            let theirs = Arc::clone(postbox);
            let read = apart(move || theirs.read(after, AT_ONCE)).await?;
            let Delivered {
                validity,
                mails,
                more,
            } = read;
            let some = !mails.is_empty();
            let mut understood = Vec::new();
            for mail in mails {
                let to = Stopped {
                    validity,
                    uid: mail.uid,
                };
                let Some(said) = self.take_mail(postbox.address(), &mail, to).await? else {
                    passed.elsewhere = true;
                    return Ok(());
                };
                *place = to;
                passed.mails += 1;
                if said == Reported::Unknown {
                    passed.letters += 1;
                } else {
                    understood.push(mail.uid);
                }
            }
            let theirs = Arc::clone(postbox);
            let marked = apart(move || theirs.mark_read(validity, &understood)).await;
            if let Err(error) = marked {
                tracing::warn!(%error, "mails stay unread in the mailbox: they were dealt with");
            }
            if !more || !some {
                return Ok(());
            }
        }
    }

    /// Deals with a mail and moves the place, together; nothing when the mailbox is another's by now.
    async fn take_mail(
        &self,
        address: &str,
        mail: &Received,
        to: Stopped,
    ) -> Result<Option<Reported>, AppError> {
        let report = report::read(&mail.mail);
        let mark = mark(&mail.mail);
        let (address, now) = (address.to_owned(), self.now());
        self.write(move |inner, tx| {
            let me = inner.watch.id();
            if !postboxes::move_to(tx, &address, me, to, now + HELD)? {
                return Ok(None);
            }
            let taken = tx.attempt(|tx| report::take(tx, &report, "mailbox", now));
            let (said, about) = match taken {
                Err(error) if !error.is_unavailable() => {
                    // One that cannot be applied is for a person, and holds none of the others.
                    tracing::error!(%error, uid = to.uid, "a mail of our box could not be applied");
                    (Reported::Unknown, None)
                }
                taken => taken?,
            };
            if said == Reported::Unknown {
                postboxes::keep_letter(tx, &mark, about, now)?;
            }
            Ok(Some(said))
        })
        .await
    }

    /// Mails of our box that a person must read, oldest first, to the desk and the coordinator.
    ///
    /// # Errors
    /// Anybody else.
    pub async fn letters(&self, who: &Who) -> Result<Vec<Letter>, AppError> {
        let actor = reader(who)?;
        self.read(move |_, tx| {
            let listed = postboxes::list_letters(tx, actor.network, LETTERS_MAX)?;
            let mut letters = Vec::with_capacity(listed.len());
            for one in listed {
                let about = match one.request {
                    Some(id) => requests::find(tx, id)?.map(|stored| (id, stored.code)),
                    None => None,
                };
                letters.push(Letter {
                    mark: one.mark,
                    arrived_at: one.arrived_at,
                    about,
                });
            }
            Ok(letters)
        })
        .await
    }

    /// Somebody read one in the box. A second time changes nothing.
    ///
    /// # Errors
    /// To the desk and the coordinator only.
    pub async fn mark_letter_read(&self, who: &Who, mark: String) -> Result<(), AppError> {
        let actor = reader(who)?;
        let now = self.now();
        self.write(move |_, tx| {
            postboxes::mark_letter_read(tx, &mark, actor.network, actor.user, now)?;
            Ok(())
        })
        .await
    }
}

fn reader(who: &Who) -> Result<Actor, AppError> {
    let actor = who.signed_in()?;
    match actor.role {
        Role::Coordinator | Role::Operator | Role::Regulator => Ok(actor),
        _ => Err(AppError::Denied),
    }
}

/// Speaks to the operator on a thread that may wait.
async fn apart<T: Send + 'static>(
    speak: impl FnOnce() -> Result<T, Unread> + Send + 'static,
) -> Result<T, AppError> {
    let spoken = tokio::task::spawn_blocking(speak).await;
    let spoken = spoken.map_err(|error| AppError::Bug(format!("mailbox: {error}")))?;
    spoken.map_err(|unread| {
        tracing::warn!(code = unread.0, "the mailbox cannot be read");
        let detail = "La boîte MSSanté ne peut pas être relue pour le moment.";
        AppError::problem("mailbox-away", 503, detail)
    })
}

fn mark(mail: &[u8]) -> String {
    let digest = digest(&SHA256, mail);
    digest.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}
