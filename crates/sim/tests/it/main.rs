//! The simulator under proof: it finds nothing in the core, and finds every bug planted in it.

mod ends;
mod neglected;
mod planted;
mod simulation;
mod turns;
mod whatif;
