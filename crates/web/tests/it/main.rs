//! The web as programs meet it: the JSON API, its description, who may ask what, and what no answer
//! may ever hold. Requests go through the whole router, on a demonstration territory.

mod access;
mod addresses;
mod bad_input;
mod callers;
mod contact_log;
mod demo;
mod description;
mod door;
mod doubles;
mod fixture;
mod inside;
mod keys;
mod late;
mod leaks;
mod members;
mod next_step;
mod paper;
mod people;
mod photos;
mod provider;
mod psc;
mod public;
mod public_closed;
mod public_limits;
mod public_tabs;
mod public_visitor;
mod regulation;
mod schema;
mod search;
mod service;
mod signup;
mod slow_lines;
mod story;
mod streams;
mod ticket;
