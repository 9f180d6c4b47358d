//! What an administrator does from the command line: a network's settings, reference data, the
//! journal's verification, the state of the installation.

pub mod doctor;
pub mod figures;
pub mod mailboxes;
pub mod national;
pub mod networks;
pub mod reference;
pub mod service;
pub mod survey;
