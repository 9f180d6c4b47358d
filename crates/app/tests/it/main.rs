//! Stories of the application with fake phones and a clock moved by hand, on every engine.

mod accounts;
mod callers;
mod cascade;
mod condition;
mod contacts;
mod directory;
mod faults;
mod fixture;
mod follow_up;
mod free_text;
mod identity;
mod in_step;
mod isolation;
mod journal;
mod lanes;
mod messages;
mod nodes;
mod outages;
mod people;
mod protocols;
mod rows;
mod sms;
mod story;
mod tasks;
mod terms;
mod village;
