//! Who is behind a request: passwords with a time-based code, sessions, API tokens, one-click
//! roles under a demonstration.

pub mod manage;
pub mod password;
pub mod session;
pub mod signin;
pub mod token;
