//! The core under proof: scenarios a doctor can read, properties over random interleavings, and the
//! pure functions of windows and civil time.

mod civil;
mod interleavings;
mod matching;
mod scenarios;
mod triage;
