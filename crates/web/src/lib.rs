//! HTTP: pages, the JSON API and what makes them move. Owns the URL space, what each address
//! requires, and the French screens; decides nothing about care: every act and every read is a use
//! case of `relais-app`.

mod alarm;
mod api;
pub mod assets;
pub mod body;
pub mod caller;
mod demo_api;
pub mod fail;
mod forms;
pub mod gallery;
pub mod gate;
mod health;
pub mod icon;
pub mod limits;
pub mod listen;
mod openapi;
pub mod origin;
mod pages;
pub mod parts;
pub mod problem;
mod provider;
pub mod right;
mod router;
pub mod routes;
mod serve;
mod show;
pub mod stream;
mod typed;
mod upload;
pub mod views;
mod walk;
mod way;
pub mod web;

pub use listen::listen;
pub use openapi::document as description;
pub use router::{router, routes};
pub use serve::{Patience, serve};
pub use web::{DemoControls, Site};
