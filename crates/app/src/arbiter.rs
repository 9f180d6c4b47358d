//! Many accepts at once are put in line in the process before they reach the database: one tries,
//! the others look at what came of it. Correctness stays with the version of the row (I1).

use relais_core::ids::{ProfessionalId, RequestId};
use relais_core::time::Instant;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::{Mutex as Line, OwnedMutexGuard};

/// One line per request, for as long as somebody stands in it.
#[derive(Debug, Default)]
pub(crate) struct Arbiter {
    lines: Mutex<HashMap<RequestId, Weak<Line<Option<Won>>>>>,
    wins: AtomicU64,
}

/// That somebody took a request, in this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Won {
    rank: u64,
    /// Who.
    pub(crate) professional: ProfessionalId,
    /// When.
    pub(crate) at: Instant,
}

/// The moment somebody came, among the wins of this process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival(u64);

/// One's turn on a request; given back when dropped.
#[derive(Debug)]
pub(crate) struct Turn(OwnedMutexGuard<Option<Won>>);

impl Turn {
    /// Who took the request since somebody came: durable when this is read, so that "taken" was
    /// true at a moment between their question and their answer. What was won before they came
    /// proves nothing: it may have been given back since.
    pub(crate) fn won_since(&self, arrival: Arrival) -> Option<Won> {
        self.0.filter(|won| won.rank > arrival.0)
    }
}

/// Lines kept before the empty ones are swept.
const SWEEP_AT: usize = 1_024;

impl Arbiter {
    /// Somebody comes.
    pub(crate) fn arrival(&self) -> Arrival {
        Arrival(self.wins.load(Ordering::SeqCst))
    }

    /// Waits for one's turn on a request.
    pub(crate) async fn turn(&self, request: RequestId) -> Turn {
        let line = {
            let mut lines = self.lines.lock().unwrap_or_else(|e| e.into_inner());
            if lines.len() >= SWEEP_AT {
                lines.retain(|_, line| line.strong_count() > 0);
            }
            let standing = lines.get(&request).and_then(Weak::upgrade);
            standing.unwrap_or_else(|| {
                let fresh = Arc::new(Line::new(None));
                lines.insert(request, Arc::downgrade(&fresh));
                fresh
            })
        };
        Turn(line.lock_owned().await)
    }

    /// Tells the line who took the request, once it is durable.
    pub(crate) fn won(&self, turn: &mut Turn, professional: ProfessionalId, at: Instant) {
        let rank = self.wins.fetch_add(1, Ordering::SeqCst) + 1;
        *turn.0 = Some(Won {
            rank,
            professional,
            at,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_win_before_one_came_proves_nothing() {
        let arbiter = Arbiter::default();
        let (request, winner) = (RequestId::from_bits(1), ProfessionalId::from_bits(2));
        let early = arbiter.arrival();
        let mut turn = arbiter.turn(request).await;
        arbiter.won(&mut turn, winner, Instant::from_millis(5));
        let late = arbiter.arrival();
        assert_eq!(turn.won_since(early).map(|w| w.professional), Some(winner));
        assert!(turn.won_since(late).is_none());
    }

    #[tokio::test]
    async fn a_line_that_nobody_stands_in_remembers_nothing() {
        let arbiter = Arbiter::default();
        let (request, early) = (RequestId::from_bits(1), arbiter.arrival());
        let mut turn = arbiter.turn(request).await;
        arbiter.won(
            &mut turn,
            ProfessionalId::from_bits(2),
            Instant::from_millis(5),
        );
        drop(turn);
        assert!(arbiter.turn(request).await.won_since(early).is_none());
    }
}
