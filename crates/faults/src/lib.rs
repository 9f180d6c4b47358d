//! relais-faults: what a test needs to hurt the stores on purpose. A PostgreSQL that can be killed,
//! a wire that can be cut, a disk that fails, tears and forgets.
//! Refuses to know anything of the product, and to be linked into it: development only (ADR 0012).

pub mod dice;
#[cfg(feature = "disk")]
pub mod disk;
pub mod postgres;
pub mod proxy;
