//! The pages: every sample of every screen, and the story played through the real routes.

mod counter;
mod gallery;
mod site;
mod story;
