//! The demonstration's clock: read, and moved forward by hand, whether it runs meanwhile or stands
//! (`--clock manual`). Moving it returns once everything due on the way was done, each at its own
//! moment.

use axum::extract::State;
use jiff::{Span, SpanRelativeTo};
use relais_app::error::AppError;
use relais_core::time::{Duration, Instant};
use serde::{Deserialize, Serialize};

use super::{Sent, answer};
use crate::api::at;
use crate::fail::Answer;
use crate::web::Web;

/// Longest advance, days.
const DAYS_MAX: i64 = 30;

/// The clock.
#[derive(Serialize)]
struct ClockView {
    now: String,
    manual: bool,
}

/// How far to move it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    /// An ISO 8601 duration: `PT61M`, `PT2H`, `P1D`.
    advance: String,
}

fn view(web: &Web, now: Instant) -> ClockView {
    ClockView {
        now: at(now),
        manual: web.app.clock().is_manual(),
    }
}

/// `GET /demo/clock`
pub(super) async fn show(State(web): State<Web>) -> Answer {
    crate::api::ok(&view(&web, web.now()))
}

/// `POST /demo/clock`
pub(super) async fn advance(State(web): State<Web>, sent: Sent<Advance>) -> Answer {
    let length = length(&sent.value.advance)?;
    let now = web.app.advance(length).await?;
    if let Some(phones) = &web.app.outside().world {
        phones.tick();
        web.app.settle().await?;
    }
    answer(sent.form, "/demo?dit=avance", &view(&web, now))
}

fn length(text: &str) -> Result<Duration, AppError> {
    let wrong = || {
        let message = "Une durée ISO 8601 de 30 jours au plus. Exemples\u{a0}: PT61M, PT2H, P1D.";
        AppError::invalid("/advance", message)
    };
    let span: Span = text.trim().parse().map_err(|_| wrong())?;
    let length = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| wrong())?;
    let millis = i64::try_from(length.as_millis()).map_err(|_| wrong())?;
    if (0..=DAYS_MAX * 86_400_000).contains(&millis) {
        Ok(Duration::millis(millis))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_iso_durations_forward() {
        assert_eq!(length("PT61M"), Ok(Duration::minutes(61)));
        assert_eq!(length("P1DT2H"), Ok(Duration::hours(26)));
        assert_eq!(length("PT0S"), Ok(Duration::ZERO));
        for bad in ["", "61", "-PT5M", "P31D", "P1M", "PT", "soon"] {
            assert!(length(bad).is_err(), "{bad}");
        }
    }
}
