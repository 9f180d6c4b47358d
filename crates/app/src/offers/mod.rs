//! Offers: what a professional is asked, what they answer.

pub mod answer;
pub(crate) mod asked;
pub mod list;
