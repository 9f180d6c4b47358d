//! Who is behind a request: passwords with a time-based code, sessions, API tokens, one-click
//! roles under a demonstration, a provider of identities, passkeys, an
//! access given back in person; what browsers carry meanwhile; the streams that their sessions keep open.

pub(crate) mod carried;
pub(crate) mod known;
pub mod manage;
pub mod open;
pub mod passkeys;
pub mod password;
pub mod psc;
pub mod recovery;
pub mod session;
pub mod signin;
pub(crate) mod term;
pub mod token;
pub mod wear;
