//! What tests put on the other side of a gateway: phones that fail on silence and on noise, a
//! provider that misbehaves over HTTP, a vendor's own API, a mail server, a mailbox, a message centre. Test-only, so it panics.

mod dovecot;
mod mail_server;
mod phones;
mod provider;
mod smsc;
mod vendor;
mod wire;

pub use dovecot::{Dovecot, Knows};
pub use mail_server::MailServer;
pub use phones::{Phone, Phones};
pub use provider::{Behaviour, Provider, Seen};
pub use smsc::{Manner, Smsc, Submitted};
pub use vendor::Vendor;
pub use wire::{Raw, Reply};
