//! Patients already known: looked up by the desk while somebody is on the phone, compared with who is being typed,
//! joined to the request they already have. Every identity shown is journaled (R6). Refuses anybody but the desk, and
//! never merges two records silently (R2).

pub mod alike;
pub mod ins;
pub mod look_up;
pub mod merge;
mod phone;

pub use alike::{AlikeRequest, Probe};
pub(crate) use look_up::read_outside;
pub use look_up::{Known, KnownPerson, LookUp, Search};
pub use merge::Merge;
pub use phone::{Corrected, PhonesDraft};

use crate::app::App;
use crate::error::AppError;
use relais_store::patient_marks;

/// Records marked in one transaction.
const BATCH: u32 = 200;

impl App {
    /// Marks the records made before marks were, a few at a time; answers how many.
    pub async fn mark_patients(&self) -> Result<usize, AppError> {
        let mut done = 0;
        loop {
            let missing = self
                .read(|_, tx| Ok(patient_marks::list_missing(tx, BATCH)?))
                .await?;
            if missing.is_empty() {
                return Ok(done);
            }
            done += missing.len();
            self.write(move |inner, tx| {
                Ok(patient_marks::insert_missing(tx, &inner.vault, &missing)?)
            })
            .await?;
        }
    }
}
