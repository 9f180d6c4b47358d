//! How the gateways stand, as data for the people who run the service.

use crate::app::App;
use crate::error::AppError;
use relais_core::delivery::{Circuit, Trust};
use relais_core::time::Instant;
use relais_gateways::Channel;
use relais_store::messages;

/// One channel, as this node sees it: its providers' circuits are this process's own, what waits is
/// everybody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayState {
    /// The channel's code: `push`, `sms`, `mail`, `voice`, `mssante`.
    pub channel: &'static str,
    /// The channel in French.
    pub name: &'static str,
    /// Whether somebody carries it; if not, each of its messages fails visibly.
    pub configured: bool,
    /// Its providers, in the order they are tried.
    pub providers: Vec<ProviderState>,
    /// Messages that are due and not yet taken by a gateway, or were put off by one.
    pub waiting: u32,
    /// When the oldest of them was written down.
    pub oldest_at: Option<Instant>,
}

/// One provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderState {
    /// Its name: `http`, `backup`, `fake`, `none`.
    pub name: &'static str,
    /// `Closed`: messages go. `Open`: left alone since, and until. `Trying`: one message is on its
    /// way to see whether it is back.
    pub circuit: Circuit,
    /// Code of its last failure, without any address or text; `None` once it took a message again.
    pub last_code: Option<String>,
    /// Whether what it takes arrives.
    pub trust: Trust,
}

impl GatewayState {
    /// Since when nobody carries this channel: every provider is left alone. `None` while one of
    /// them is asked, or when there is none.
    pub fn away_since(&self) -> Option<Instant> {
        let mut since: Option<Instant> = None;
        for provider in &self.providers {
            let away = provider.circuit.since()?;
            since = Some(since.map_or(away, |s| s.max(away)));
        }
        since
    }
}

impl App {
    /// How each channel stands, in the order of the ladder.
    pub async fn gateways_state(&self) -> Result<Vec<GatewayState>, AppError> {
        let now = self.now();
        let backlog = self
            .read(move |_, tx| Ok(messages::list_backlog(tx, now)?))
            .await?;
        let gateways = &self.outside().gateways;
        let each = Channel::ALL.iter().map(|channel| {
            let waiting = backlog.iter().find(|row| row.channel == channel.code());
            let providers = gateways.states(*channel).into_iter();
            GatewayState {
                channel: channel.code(),
                name: crate::text::labels::channel(*channel),
                configured: gateways.is_configured(*channel),
                providers: providers
                    .map(|state| ProviderState {
                        name: state.provider,
                        circuit: state.circuit,
                        last_code: state.last_code,
                        trust: state.trust,
                    })
                    .collect(),
                waiting: waiting.map_or(0, |row| row.waiting),
                oldest_at: waiting.map(|row| row.oldest_at),
            }
        });
        Ok(each.collect())
    }
}
