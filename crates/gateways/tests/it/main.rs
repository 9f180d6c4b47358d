//! The outside world, from outside the crate: what every provider promises, what the fake phones
//! keep, what goes over HTTP, how long a text message is.

mod guard;
mod http;
mod mail;
mod mailbox;
mod mssante;
mod ovh;
mod phones;
mod promises;
mod push;
mod segments;
mod setup;
mod smpp;
