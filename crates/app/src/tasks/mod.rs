//! Background work. Every task takes no argument but the application, may run twice without
//! effect, and needs no timer in memory: what is due is a query (I8, I15).

pub mod advance;
pub mod deliver;
pub mod due;
pub(crate) mod farewell;
pub mod housekeeping;
mod inbound;
pub(crate) mod left;
pub(crate) mod look_again;
pub mod reconsider;
pub mod runner;
