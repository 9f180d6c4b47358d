//! What tests put on the other side of a gateway: phones that fail on silence and on noise, and a
//! provider that misbehaves over HTTP. Test-only, so it panics.

mod phones;
mod provider;

pub use phones::{Phone, Phones};
pub use provider::{Behaviour, Provider, Seen};
