//! What a demonstration can break on purpose, to see how the service says it and goes on.

use crate::app::App;
use crate::error::AppError;
use relais_gateways::{Channel, FakeWorld};

fn known(app: &App, channel: &str) -> Result<(std::sync::Arc<FakeWorld>, Channel), AppError> {
    let world = app.outside().world.clone().ok_or(AppError::NotFound)?;
    let channel = Channel::from_code(channel)
        .ok_or_else(|| AppError::invalid("/channel", "Un canal\u{a0}: push, sms, mail, voice."))?;
    Ok((world, channel))
}

impl App {
    /// Breaks or mends the fake provider of a channel; what waits for it is tried again at once when
    /// it comes back.
    ///
    /// # Errors
    /// `NotFound` outside a demonstration, `Invalid` for an unknown channel.
    pub fn break_channel(&self, channel: &str, down: bool) -> Result<(), AppError> {
        let (world, channel) = known(self, channel)?;
        world.set_channel_down(channel, down);
        self.wake();
        Ok(())
    }

    /// Whether the fake provider of a channel is broken; `false` for what is not fake.
    pub fn is_channel_broken(&self, channel: &str) -> bool {
        known(self, channel).is_ok_and(|(world, channel)| world.is_channel_down(channel))
    }
}
