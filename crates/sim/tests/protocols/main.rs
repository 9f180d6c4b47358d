//! The three small protocols between several nodes and one database, every interleaving of them:
//! who gets the patient, who sends a message, who acts at a due time (ADR 0013).
//!
//! Owns models of the statements the store really runs, each transition naming the one it stands
//! for, and the proof that the checker would have seen a missing guard. Refuses the rules of the
//! cascade (`relais-core` is driven by the simulator) and anything that needs a database: the same
//! promises are asked of real processes in `crates/relais/tests`.

mod accept;
mod due;
mod explore;
mod outbox;
