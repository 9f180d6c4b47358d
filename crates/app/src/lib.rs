//! relais-app: the use cases. Load, let the core decide, save state, events and outbox in one
//! transaction; read, and journal every look at an identity. Owns the clock, chance, the French
//! texts and the background work. Refuses SQL (that is `relais-store`) and HTTP (`relais-web`).
//!
//! Reading order: [`app`], `shell` (the one way a request changes), [`requests`], [`offers`],
//! [`tasks`], `outbox`, then [`text`].

pub mod absences;
pub mod accounts;
pub mod activity;
pub mod admin;
pub mod agenda;
pub mod app;
mod arbiter;
pub mod bus;
pub mod callbacks;
mod chance;
pub mod clock;
pub mod condition;
pub mod contact_log;
pub mod contacts;
pub mod cooperation;
pub mod demo;
pub mod devices;
pub mod digests;
pub mod directory;
pub mod error;
pub mod fairness;
pub mod federation;
pub mod holder;
mod ical;
pub mod idempotent;
pub mod journal;
pub mod members;
pub mod offers;
pub mod outbox;
pub mod outside;
pub mod patients;
pub mod phone;
pub mod photos;
pub mod poster;
pub mod protocols;
pub mod public;
pub mod reference;
pub mod regulation;
pub mod requests;
pub mod retention;
pub mod rights;
pub mod secretaries;
mod settings_shown;
mod shared_read;
pub mod shell;
pub mod signup;
mod spreadsheet;
pub mod synthesis;
pub mod tasks;
pub mod telephony;
pub mod terms;
pub mod text;
pub mod threads;
pub mod visits;
pub mod waves;
pub mod wishes;

pub use app::{App, Settings, Who};
pub use error::{AppError, FieldError};
