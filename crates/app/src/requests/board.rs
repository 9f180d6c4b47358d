//! The live board of a desk: everything open, and what was taken or ended today. Never a name of a
//! patient.

use crate::app::{App, Who};
use crate::directory::Directory;
use crate::error::AppError;
use crate::regulation::duty::{OnDuty, on_duty};
use crate::regulation::queue::claims;
use relais_core::access::Role;
use relais_core::ids::{RequestId, UserId};
use relais_core::request::{Phase, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_store::messages;
use relais_store::requests::{self, Stored};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most rows of a board: more is said, not hidden.
const BOARD_MAX: u32 = 500;

/// A board.
#[derive(Debug, Clone)]
pub struct Board {
    /// When it was read.
    pub at: Instant,
    /// Rows, in the order of the screen: by group, then by risk and time left.
    pub rows: Vec<Stored>,
    /// There are more rows than a board holds.
    pub more: bool,
    /// Who is on duty to regulate, first come first.
    pub on_duty: Vec<OnDuty>,
    /// Which regulator has which case that waits.
    pub claims: BTreeMap<RequestId, UserId>,
    /// Messages that wait for a gateway.
    pub waiting_messages: u32,
    /// The directory, for names.
    pub directory: Arc<Directory>,
}

/// The groups of the board, in the fixed order of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Needs a hand.
    Hand,
    /// To be qualified.
    Qualify,
    /// Usual professional asked.
    Usual,
    /// Community, neighbours, paused.
    Community,
    /// Taken on, or ended today.
    Taken,
}

/// The group of a request.
pub fn group(request: &Request) -> Group {
    match request.status() {
        Status::Unfilled => Group::Hand,
        Status::ToQualify => Group::Qualify,
        Status::AskingUsual => Group::Usual,
        Status::AskingCommunity | Status::AskingNeighbours | Status::Paused => Group::Community,
        Status::Accepted
        | Status::Scheduled
        | Status::Closed
        | Status::Cancelled
        | Status::Transferred15 => Group::Taken,
    }
}

impl App {
    /// The board of the actor's network.
    pub async fn board(&self, who: &Who) -> Result<Board, AppError> {
        let actor = who.signed_in()?;
        if !matches!(
            actor.role,
            Role::Operator | Role::Regulator | Role::Coordinator
        ) {
            return Err(AppError::Denied);
        }
        let at = self.now();
        self.read(move |inner, tx| {
            let since = at - Duration::hours(12);
            let mut rows = requests::list_board(tx, actor.network, since, BOARD_MAX + 1)?;
            let more = rows.len() > usize::try_from(BOARD_MAX).unwrap_or(usize::MAX);
            rows.truncate(usize::try_from(BOARD_MAX).unwrap_or(usize::MAX));
            rows.sort_by_key(order);
            let directory = inner.directory.current(tx)?;
            Ok(Board {
                at,
                rows,
                more,
                on_duty: on_duty(tx, &directory, actor.network, at)?,
                claims: claims(tx, actor.network)?,
                waiting_messages: messages::count_waiting(tx, actor.network)?,
                directory,
            })
        })
        .await
    }
}

/// Risk first (the nearest care deadline among those who need a hand), then time left; what is
/// taken on, newest first.
pub(super) fn order(stored: &Stored) -> (Group, i64, RequestOrder) {
    let request = &stored.request;
    let when = match &request.phase {
        Phase::Unfilled(_) => request.care_deadline.millis(),
        Phase::Asking(asking) => asking.stage_until.millis(),
        Phase::ToQualify { since, .. } => since.millis(),
        Phase::Paused(paused) => paused.until.millis(),
        Phase::Engaged(_) | Phase::Ended(_) => -stored.updated_at.millis(),
    };
    (group(request), when, request.id)
}

type RequestOrder = RequestId;
