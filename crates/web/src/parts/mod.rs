//! The pieces every page is made of: state labels, tracks, forms, frames. Owns their markup; knows
//! nothing of requests, people or networks: plain words and numbers come in, HTML goes out.

mod action;
mod banner;
mod form;
mod frame;
mod tag;
mod track;

pub use action::{Action, ActionField};
pub use banner::Banner;
pub use form::{Choice, Field, FieldError, Form};
pub use frame::{Desk, Phone, PhoneTab, Public, Tab, Toast};
pub use tag::{Glyph, State, Tone};
pub use track::{Baton, Leg, MiniTrack, Stage};

/// The address of an embedded file, for templates.
pub(crate) fn asset(name: &str) -> String {
    crate::assets::url(name)
}
