//! The pure domain of Relais: what a request is, who may be asked, when, and what follows.
//!
//! Owns every rule of triage (R3), of the cascade (R4), of matching (R5) and of identity (R6).
//! Refuses clocks, randomness, SQL, HTTP, files, serialisation and French sentences: `now`, ids and
//! facts come in as arguments, events and effects go out as data.
//!
//! Reading order: [`ids`], [`time`], [`people`], [`triage`], [`request`], [`matching`], then
//! [`cascade`], and [`delivery`] for what becomes of a message:
//!
//! ```text
//! decide(state, command, now, facts) -> Result<Decision, Refusal>   may refuse; changes nothing
//! evolve(state, event)               -> state                       cannot fail
//! react(before, event, after)        -> Vec<Effect>                 messages to send: data only
//! due(state)                         -> Option<(Instant, Why)>      when somebody must come back
//! ```
#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

pub mod absence;
pub mod access;
pub mod cascade;
pub mod contact;
pub mod delivery;
pub mod digest;
pub mod drill;
pub mod geo;
pub mod ids;
pub mod matching;
pub mod message;
pub mod numbers;
pub mod people;
pub mod reach;
pub mod regulation;
pub mod request;
pub mod retention;
pub mod roles;
pub mod shelf;
pub mod slug;
pub mod time;
pub mod triage;
pub mod wishes;
