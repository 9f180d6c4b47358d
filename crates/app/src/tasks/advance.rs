//! Moving a demonstration's clock: every deadline on the way is met at its own moment, once.

use crate::app::App;
use crate::error::AppError;
use relais_core::time::{Duration, Instant};

/// Most steps of one advance: a bound that fails loudly, far above any real day.
const STEPS_MAX: usize = 20_000;

/// Step of the clock while something due cannot be done.
const STUCK_STEP: Duration = Duration::minutes(1);

impl App {
    /// Moves the clock by a length and does everything due on the way; returns the new time.
    pub async fn advance(&self, length: Duration) -> Result<Instant, AppError> {
        let target = self.now() + length;
        self.settle().await?;
        for _ in 0..STEPS_MAX {
            match self.next_due().await? {
                Some(at) if at <= target => {
                    // What stays due although it was tried holds up nothing else.
                    let stuck = at <= self.now();
                    let next = if stuck { self.now() + STUCK_STEP } else { at };
                    self.clock().move_to(next.min(target));
                    self.settle().await?;
                    if stuck && next >= target {
                        return self.arrived(target).await;
                    }
                }
                Some(_) | None => return self.arrived(target).await,
            }
        }
        Err(AppError::Bug(
            "the clock did not reach its target: too many deadlines".to_owned(),
        ))
    }

    async fn arrived(&self, target: Instant) -> Result<Instant, AppError> {
        self.clock().move_to(target);
        self.settle().await?;
        if self.settings().demo {
            self.save_demo_clock().await?;
        }
        Ok(self.now())
    }

    /// Does everything due now and sends everything that waits, until nothing is left.
    pub async fn settle(&self) -> Result<(), AppError> {
        loop {
            self.look_again_where_asked().await;
            let due = self.run_due().await?;
            let digests = self.write_digests().await?;
            let sent = self.deliver().await?;
            if due.ticked + digests == 0 && sent.handled == 0 {
                return Ok(());
            }
        }
    }
}
