//! Every test of the store, on both engines, in one binary.

mod accounts;
mod any;
mod backup;
mod codec;
mod contact_log;
mod cooperations;
mod db;
mod directory;
mod disk;
mod durability;
mod identity;
mod journal;
mod messages;
mod migrations;
mod offers;
mod outage;
mod paces;
mod photos;
mod protocols;
mod public_forms;
mod requests;
mod seal;
mod some;
mod soundness;
mod syntheses;
mod tls;
