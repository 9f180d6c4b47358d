//! The life of a demonstration between starts: laid out the first time, found again afterwards with
//! its clock, laid out anew on demand.

use crate::app::App;
use crate::demo::DemoWorld;
use crate::error::AppError;
use relais_core::time::{Duration, Instant};
use relais_store::demo_state;
use std::sync::Arc;

/// Where the start of the territory is kept: the world is made again from seed and start.
const START: &str = "start";
/// Where the clock is kept.
const CLOCK: &str = "clock";
/// The stories have all been played.
const PLAYED: &str = "played";
/// What came back from phones is heard again this far back, for a process that died before it noted it.
const REPEATED: Duration = Duration::hours(24);
/// The clock is written down this often.
const KEEP_EVERY: std::time::Duration = std::time::Duration::from_millis(500);

impl App {
    /// Opens the demonstration: the one kept, or a new one. A layout cut short is made again.
    pub async fn open_demo(&self, seed: u64, start: Instant) -> Result<Arc<DemoWorld>, AppError> {
        let kept = self
            .read(|_, tx| {
                let value = |tx: &mut relais_store::Tx<'_>, name| {
                    let text = demo_state::find(tx, name)?;
                    Ok::<_, AppError>(text.and_then(|text| text.parse::<i64>().ok()))
                };
                Ok((value(tx, START)?, value(tx, CLOCK)?, value(tx, PLAYED)?))
            })
            .await?;
        if let (Some(start), Some(clock), Some(_)) = kept {
            let seed = self.demo_seed().await?.unwrap_or(seed);
            let now = Instant::from_millis(clock);
            self.clock().set(now);
            if let Some(phones) = &self.outside().world {
                // Not further back than the answers already handled are remembered.
                let since = (now - REPEATED).max(Instant::from_millis(start));
                phones.repeat_receipts(since);
                phones.repeat_replies(since);
            }
            self.settle().await?;
            return Ok(Arc::new(DemoWorld::generate(
                seed,
                Instant::from_millis(start),
            )));
        }
        let world = Arc::new(DemoWorld::generate(seed, start));
        self.lay_out(&world).await?;
        Ok(world)
    }

    /// Starts the demonstration again, as it was the first time.
    pub async fn reset_demo(&self, world: &Arc<DemoWorld>) -> Result<(), AppError> {
        if !self.settings().demo {
            return Err(AppError::NotFound);
        }
        self.lay_out(world).await
    }

    async fn lay_out(&self, world: &Arc<DemoWorld>) -> Result<(), AppError> {
        self.write(|_, tx| Ok(demo_state::wipe(tx)?)).await?;
        self.0.known.clear();
        if let Some(phones) = &self.outside().world {
            phones
                .reset()
                .map_err(|error| AppError::Bug(format!("fake phones: {error}")))?;
        }
        self.clock().set(world.start);
        self.install_demo(world).await?;
        self.play_stories(world).await?;
        let start = world.start;
        self.write(move |_, tx| {
            demo_state::set(tx, START, &start.millis().to_string())?;
            demo_state::set(tx, CLOCK, &start.millis().to_string())?;
            Ok(demo_state::set(tx, PLAYED, "1")?)
        })
        .await?;
        self.bus().tell(crate::bus::News::Resync);
        Ok(())
    }

    /// Writes the clock down, so that the next start goes on from here.
    pub async fn save_demo_clock(&self) -> Result<(), AppError> {
        let now = self.now();
        self.write(move |_, tx| Ok(demo_state::set(tx, CLOCK, &now.millis().to_string())?))
            .await
    }

    /// Writes the clock down every half second, a kill being possible at any moment.
    #[expect(
        clippy::disallowed_methods,
        reason = "housekeeping of the demonstration's clock"
    )]
    pub fn keep_demo_clock(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            let mut last = app.now();
            loop {
                tokio::time::sleep(KEEP_EVERY).await;
                if app.now() != last && app.save_demo_clock().await.is_ok() {
                    last = app.now();
                }
            }
        });
    }
}
