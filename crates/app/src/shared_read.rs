//! One read for everybody who asked before it began: a thousand people at the door cost a few
//! transactions, and each still gets an answer that is no older than their question. Refuses to
//! give anybody the answer of a read that had begun when they asked.

use crate::app::Inner;
use crate::error::AppError;
use relais_store::{StoreError, Tx};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// What is read for some keys, in one transaction: an answer or a refusal for each, in their order.
pub(crate) type Reading<K, V> =
    fn(&Inner, &mut Tx<'_>, &[K]) -> Result<Vec<Result<V, AppError>>, AppError>;

/// The queue of one kind of read.
pub(crate) struct SharedRead<K, V> {
    desk: Arc<Mutex<Desk<K, V>>>,
    read: Reading<K, V>,
}

struct Desk<K, V> {
    waiting: Vec<Asked<K, V>>,
    reading: bool,
}

type Asked<K, V> = (K, oneshot::Sender<Result<V, AppError>>);

impl<K: Send + Sync + 'static, V: Send + 'static> SharedRead<K, V> {
    pub(crate) fn new(read: Reading<K, V>) -> Self {
        let desk = Desk {
            waiting: Vec::new(),
            reading: false,
        };
        Self {
            desk: Arc::new(Mutex::new(desk)),
            read,
        }
    }

    /// The answer for a key, read after this call began.
    pub(crate) async fn get(&self, inner: &Arc<Inner>, key: K) -> Result<V, AppError> {
        let (sender, receiver) = oneshot::channel();
        let first = {
            let mut desk = lock(&self.desk);
            desk.waiting.push((key, sender));
            !std::mem::replace(&mut desk.reading, true)
        };
        if first {
            let lead = Lead {
                desk: Arc::clone(&self.desk),
                done: false,
            };
            // Apart from whoever asked: a caller who hangs up must not leave the others without.
            tokio::spawn(lead.run(Arc::clone(inner), self.read));
        }
        let stopped = |_| Err(AppError::Store(StoreError::Stopped));
        receiver.await.unwrap_or_else(stopped)
    }
}

fn lock<K, V>(desk: &Mutex<Desk<K, V>>) -> std::sync::MutexGuard<'_, Desk<K, V>> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads for those who wait, until nobody does.
struct Lead<K, V> {
    desk: Arc<Mutex<Desk<K, V>>>,
    done: bool,
}

impl<K: Send + Sync + 'static, V: Send + 'static> Lead<K, V> {
    async fn run(mut self, inner: Arc<Inner>, read: Reading<K, V>) {
        while let Some(waiting) = self.take() {
            let (keys, senders): (Vec<K>, Vec<_>) = waiting.into_iter().unzip();
            let work = Arc::clone(&inner);
            let found = inner.db.read(move |tx| read(&work, tx, &keys)).await;
            // Whoever asked may be gone.
            match found {
                Ok(answers) => senders
                    .into_iter()
                    .zip(answers)
                    .for_each(|(sender, answer)| {
                        let _ = sender.send(answer);
                    }),
                Err(error) => senders.into_iter().for_each(|sender| {
                    let _ = sender.send(Err(error.clone()));
                }),
            }
        }
    }

    fn take(&mut self) -> Option<Vec<Asked<K, V>>> {
        let mut desk = lock(&self.desk);
        if desk.waiting.is_empty() {
            desk.reading = false;
            drop(desk);
            self.done = true;
            return None;
        }
        Some(std::mem::take(&mut desk.waiting))
    }
}

impl<K, V> Drop for Lead<K, V> {
    fn drop(&mut self) {
        if !self.done {
            // Cut with its runtime: those who wait are told, the next one leads again.
            let mut desk = lock(&self.desk);
            desk.reading = false;
            desk.waiting.clear();
        }
    }
}
