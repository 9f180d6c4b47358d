//! What a professional may know of their own place in the territory: what was asked of them and what came of it, what
//! passed between them and their colleagues, what was not put to them and why.
//!
//! Owns the reads. Refuses anything about a patient; somebody else's figures to all but the coordinator of the network that asked them.

mod left_out;
mod members;

pub use left_out::{LeftOut, PAGE_MAX, Week, Why};
pub use members::{Asked, PER_PAGE, Sort, Span, Spread};

use crate::app::{App, Who};
use crate::error::AppError;
use crate::offers::answer::professional;
use jiff::civil::Date;
use relais_store::solicitations;
pub use relais_store::solicitations::{Balance, Median, Tally};

/// A civil quarter of one professional, up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quarter {
    /// Its first day.
    pub first_on: Date,
    /// What was asked of them.
    pub tally: Tally,
    /// What passed between them and their colleagues.
    pub balance: Balance,
    /// How long they took to answer; none when they answered nothing.
    pub median: Option<Median>,
}

impl App {
    /// The actor's own quarter, in the zone of the network they act in: what was put to them in any network.
    pub async fn own_quarter(&self, who: &Who) -> Result<Quarter, AppError> {
        let actor = who.signed_in()?;
        let id = professional(&actor)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let calendar = &directory.network(actor.network)?.calendar;
            let (first_on, from, until) = calendar.quarter(now);
            Ok(Quarter {
                first_on,
                tally: solicitations::tally(tx, id, from, until)?,
                balance: solicitations::balance(tx, id, from, until)?,
                median: solicitations::median_answer(tx, id, from, until)?,
            })
        })
        .await
    }
}
