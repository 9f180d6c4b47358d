//! One waiting transaction: its closure, what it answered, who waits for it.
//! Refuses to answer before the engine says that the transaction is durable.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::tx::{Conn, Tx};
use crate::error::{StoreError, TxError};

/// A transaction as the engine loops see it.
pub(crate) trait Job: Send {
    /// Runs the closure once, keeps its answer, says what to do with the transaction.
    fn attempt<'c>(&mut self, tx: Tx<'c>) -> (Conn<'c>, Verdict);
    /// Replaces the answer by a failure of the store.
    fn fail(&mut self, error: StoreError);
    /// Sends the answer.
    fn answer(self: Box<Self>);
}

/// What the closure's answer means for the transaction.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Commit, then send these wake-ups.
    Commit(Vec<String>),
    /// Roll back; the answer stands.
    RollBack,
    /// Roll back; running again may succeed.
    Again,
}

pub(crate) type Reply<T, E> = Box<dyn FnOnce(Result<T, E>) + Send>;

/// The only [`Job`]: a re-runnable closure.
pub(crate) struct Work<T, E, F> {
    pub(crate) run: F,
    /// A read on the writing connection of an in-memory store: nothing it does may stay.
    pub(crate) confined: bool,
    pub(crate) answer: Option<Result<T, E>>,
    pub(crate) reply: Reply<T, E>,
}

impl<T, E, F> Job for Work<T, E, F>
where
    T: Send,
    E: TxError,
    F: Fn(&mut Tx<'_>) -> Result<T, E> + Send,
{
    fn attempt<'c>(&mut self, mut tx: Tx<'c>) -> (Conn<'c>, Verdict) {
        let mut answer = Err(E::from(StoreError::Stopped));
        let ran = caught(&mut || {
            let usable = if self.confined { tx.confine() } else { Ok(()) };
            answer = usable.map_err(E::from).and_then(|()| (self.run)(&mut tx));
        });
        let (conn, notices, failed) = tx.into_parts();
        let answer = ran.map_err(E::from).and(answer);
        let (answer, verdict) = judged(answer, notices, failed);
        self.answer = Some(answer);
        (conn, verdict)
    }

    fn fail(&mut self, error: StoreError) {
        self.answer = Some(Err(E::from(error)));
    }

    fn answer(self: Box<Self>) {
        let this = *self;
        let answer = this
            .answer
            .unwrap_or_else(|| Err(E::from(StoreError::Stopped)));
        (this.reply)(answer);
    }
}

/// Runs it; a panic is a failure like another. It sees nothing of ours but the transaction, which is rolled back then.
fn caught(run: &mut dyn FnMut()) -> Result<(), StoreError> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| StoreError::bug(panic_text(&*panic)))
}

/// What an answer and the transaction's own failures make of it.
fn judged<T, E: TxError>(
    answer: Result<T, E>,
    notices: Vec<String>,
    failed: Option<StoreError>,
) -> (Result<T, E>, Verdict) {
    match (answer, failed) {
        (Ok(v), None) => (Ok(v), Verdict::Commit(notices)),
        // A failed statement was swallowed: one engine would commit, the other would not.
        (Ok(_), Some(e)) => refused(e),
        // Whatever the closure made of a statement that was not answered is founded on nothing.
        (Err(_), Some(e)) if e.is_outage() => refused(e),
        (Err(e), _) => {
            let again = e.store().is_some_and(StoreError::is_retryable);
            let verdict = if again {
                Verdict::Again
            } else {
                Verdict::RollBack
            };
            (Err(e), verdict)
        }
    }
}

/// The failure of a statement as the answer of its transaction.
fn refused<T, E: TxError>(failed: StoreError) -> (Result<T, E>, Verdict) {
    let verdict = if failed.is_retryable() {
        Verdict::Again
    } else {
        Verdict::RollBack
    };
    (Err(E::from(failed)), verdict)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_string())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown".to_string());
    format!("panic: {text}")
}
