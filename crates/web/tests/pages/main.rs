//! The pages: every sample of every screen, and the story played through the real routes.

mod called_off;
mod cooperation;
mod counter;
mod evening;
mod gallery;
mod hours;
mod joined;
mod photos;
mod severity;
mod site;
mod story;
