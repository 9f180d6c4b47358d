//! Real `relais serve` processes hurt on purpose while people work on them; what was answered is
//! written down and held against the database at the end (I1, I5, I7, I9).

mod backup;
mod care;
mod clock;
mod disk;
mod gateway;
mod history;
mod hostile;
mod pair;
mod standby;
