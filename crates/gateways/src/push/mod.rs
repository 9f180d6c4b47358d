//! Notifications on phones and computers, and the providers that carry them.

mod encrypt;
mod fake;
mod subscription;
mod vapid;
mod web_push;

pub use fake::FakePush;
pub use subscription::{DEVICES_MAX, Subscription};
pub use vapid::{VapidError, VapidKey};
pub use web_push::{HOSTS, NAME, Settings as WebPushSettings, WebPush};
