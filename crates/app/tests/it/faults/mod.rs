//! Lives of requests on the real stores while the disk fails, the process dies and the server is
//! killed: what was answered stays, nothing is half done, nobody is told twice (I1, I5, I7, I9).

mod audit;
mod deeds;
mod every;
mod ground;
mod kills;
mod plan;
mod shape;
mod storms;
mod twins;

/// Says what really happened, for whoever reads the run.
#[expect(
    clippy::print_stdout,
    reason = "the figures of a campaign, shown with its test"
)]
fn say(what: &str) {
    println!("{what}");
}
