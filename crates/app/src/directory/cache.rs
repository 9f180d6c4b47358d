//! The directory of the process: the last few versions, each unmoving. A transaction gets the one
//! that stands in it, made from an earlier one by what changed since. Refuses to answer from memory
//! alone: the version is read in each transaction that relies on the directory. Only what is shown
//! without the database (a zone, a number to call) may come from the last version known.

use super::Directory;
use relais_store::directory::{self, Mark};
use relais_store::{StoreError, Tx};
use std::sync::{Arc, RwLock};

/// How many versions are kept, for transactions that began before the last change.
const KEPT: usize = 8;

/// The directory of the process.
#[derive(Debug, Default)]
pub struct Cache(RwLock<Vec<Arc<Directory>>>);

impl Cache {
    /// The directory as of this transaction.
    pub fn current(&self, tx: &mut Tx<'_>) -> Result<Arc<Directory>, StoreError> {
        let mark = directory::mark(tx)?;
        self.at(mark, tx)
    }

    /// The same, held still until the end of a write: whoever changes the directory meanwhile comes
    /// after, and finds the request that was decided on the old one (R4.11).
    pub fn held_still(&self, tx: &mut Tx<'_>) -> Result<Arc<Directory>, StoreError> {
        let mark = directory::mark_held(tx)?;
        self.at(mark, tx)
    }

    /// The last version known, for display while the database is away; empty before the first.
    pub fn last_known(&self) -> Arc<Directory> {
        let kept = self.0.read().unwrap_or_else(|e| e.into_inner());
        kept.last().cloned().unwrap_or_default()
    }

    fn at(&self, mark: Mark, tx: &mut Tx<'_>) -> Result<Arc<Directory>, StoreError> {
        let kept = self.0.read().unwrap_or_else(|e| e.into_inner()).clone();
        if let Some(held) = kept.iter().find(|held| held.mark == mark)
            && mark.version != 0
        {
            return Ok(Arc::clone(held));
        }
        // The last one first: the fewest changes to read. One that was never committed is met by
        // nobody's history, and passed over.
        for held in kept.iter().rev() {
            if let Some(moved) = directory::moved(tx, held.mark, mark)? {
                let fresh = Arc::new(held.with(moved, mark, tx)?);
                self.keep(&fresh, false);
                return Ok(fresh);
            }
        }
        let fresh = Arc::new(Directory::load(mark, tx)?);
        self.keep(&fresh, true);
        Ok(fresh)
    }

    /// Keeps a version, in order. One read whole shares nothing with those before: they go.
    fn keep(&self, fresh: &Arc<Directory>, whole: bool) {
        let mut kept = self.0.write().unwrap_or_else(|e| e.into_inner());
        let version = fresh.mark.version;
        kept.retain(|held| held.mark.version != version && !(whole && held.mark.version < version));
        let place = kept.partition_point(|held| held.mark.version < version);
        kept.insert(place, Arc::clone(fresh));
        if kept.len() > KEPT {
            kept.remove(0);
        }
    }
}
