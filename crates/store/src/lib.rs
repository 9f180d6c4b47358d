//! relais-store: SQL only, on SQLite and PostgreSQL. One text for both engines, synchronous functions
//! `fn x(tx: &mut Tx, …) -> Result<_, StoreError>`, one file per aggregate.
//! Refuses to decide anything: rules live in `relais-core`, order of work in `relais-app`.
//!
//! Names: `find_*` answers an `Option`, `get_*` fails when there is nothing, `list_*` is bounded,
//! `insert_*` and `update_*` check the number of rows they touched.

pub mod anchors;
pub mod application_cards;
pub mod applications;
pub mod approvals;
pub mod backup;
pub mod calendars;
pub mod codec;
pub mod communes;
pub mod contact_log;
pub mod contacts;
pub mod cooperations;
pub mod counters;
pub mod db;
pub mod demo_state;
pub mod desk_tasks;
pub mod dialect;
pub mod digests;
pub mod directory;
pub mod error;
pub mod follow_ups;
pub mod idempotency;
pub mod identity_flows;
pub mod journal;
pub mod keys;
pub mod look_again;
pub mod mailboxes;
pub mod messages;
pub mod migrate;
pub mod national;
pub mod networks;
pub mod nodes;
pub mod notes;
pub mod offers;
pub mod overview;
pub mod paces;
pub mod past_appointments;
pub mod patient_ins;
pub mod patient_links;
pub mod patient_marks;
pub mod patient_wishes;
pub mod patients;
pub mod phone_calls;
pub mod photos;
pub mod postboxes;
pub mod professionals;
pub mod protocol_signings;
pub mod protocols;
pub mod public_forms;
pub mod regulation;
pub mod requests;
pub mod retention;
pub mod seal;
pub mod solicitations;
pub mod soundness;
pub mod spent_tokens;
pub mod sql;
pub mod stand_ins;
pub mod syntheses;
#[doc(hidden)]
pub mod testing;
pub mod threads;
pub mod users;
pub mod verdicts;
pub mod visit_questions;

pub use db::{Db, Disk, Engine, Options, Tx};
pub use error::{Constraint, StoreError, TxError};

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{b:02x}");
            out
        })
}

/// From lower-case hexadecimal.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok())
        .collect()
}
