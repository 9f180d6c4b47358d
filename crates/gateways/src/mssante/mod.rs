//! Secure health mail (MSSanté): the providers that carry it, and our own box where answers come back.

mod fake;
mod folder;
mod postbox;
mod submission;

pub use fake::FakeMssante;
pub use folder::{DropFolder, FolderError, NAME as FOLDER};
pub use postbox::{Delivered, Place, Postbox, PostboxSettings, ReadPost, Received, Unread};
pub use submission::{
    Auth, NAME as SUBMISSION, Protection, Settings as SubmissionSettings,
    SettingsError as SubmissionError, Submission,
};

/// Every secure mailbox is under it.
const SPACE: &str = ".mssante.fr";
/// The space of the demonstration, which leads nowhere (RFC 2606).
const FICTITIOUS: &str = "mssante.demo.example";

/// Whether an address is in the secure space.
pub fn is_mailbox(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let domain = domain.to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphanumeric() || "._%+'-".contains(c);
    let inside = domain.len() > SPACE.len() && domain.ends_with(SPACE);
    !local.is_empty()
        && local.chars().all(plain)
        && (inside || domain == FICTITIOUS)
        && domain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-')
}
