//! Many accepts at once are put in line in the process before they reach the database: one tries,
//! the others look at what came of it. Correctness stays with the version of the row (I1).

use relais_core::ids::RequestId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::{Mutex as Line, OwnedMutexGuard};

/// One line per request, for as long as somebody stands in it.
#[derive(Debug, Default)]
pub(crate) struct Arbiter {
    lines: Mutex<HashMap<RequestId, Weak<Line<()>>>>,
}

/// Lines kept before the empty ones are swept.
const SWEEP_AT: usize = 1_024;

impl Arbiter {
    /// Waits for one's turn on a request.
    pub(crate) async fn turn(&self, request: RequestId) -> OwnedMutexGuard<()> {
        let line = {
            let mut lines = self.lines.lock().unwrap_or_else(|e| e.into_inner());
            if lines.len() >= SWEEP_AT {
                lines.retain(|_, line| line.strong_count() > 0);
            }
            let standing = lines.get(&request).and_then(Weak::upgrade);
            standing.unwrap_or_else(|| {
                let fresh = Arc::new(Line::new(()));
                lines.insert(request, Arc::downgrade(&fresh));
                fresh
            })
        };
        line.lock_owned().await
    }
}
