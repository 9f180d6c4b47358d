//! Tests of the real binary: its command line, its server, its demonstration, killed and restarted.
//!
//! Owns what only a process can show. Refuses what a unit or a use-case test shows better.

mod bad_input;
mod cli;
mod drills;
mod folder;
mod http;
mod installation;
mod kill;
mod nodes;
mod note;
mod server;
mod story;
