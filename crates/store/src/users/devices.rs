//! Browsers that agreed to receive notifications, with the keys their push service wants.
//! Refuses two accounts on one subscription: the last one who signs in there has it.

use relais_core::ids::{ProfessionalId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// Whose.
    pub user: UserId,
    /// Address of the push service.
    pub endpoint: String,
    /// Public key of the browser.
    pub p256dh: String,
    /// Shared secret of the browser.
    pub auth: String,
    /// What people call it.
    pub label: String,
    /// Since when.
    pub created_at: Instant,
    /// The push service refused it.
    pub failed_at: Option<Instant>,
    /// It said that it showed a notification.
    pub proved_at: Option<Instant>,
}

macro_rules! columns {
    () => {
        "SELECT id, user_id, endpoint, p256dh, auth, label, created_at, failed_at, proved_at FROM push_devices "
    };
}

sql! { "push_devices";
    SET = "INSERT INTO push_devices (id, user_id, endpoint, p256dh, auth, label, created_at) \
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, \
           p256dh = excluded.p256dh, auth = excluded.auth, label = excluded.label, \
           created_at = excluded.created_at, failed_at = NULL, \
           proved_at = CASE WHEN push_devices.user_id = excluded.user_id THEN push_devices.proved_at END";
    OF_USER = concat!(columns!(), "WHERE user_id = $1 AND failed_at IS NULL ORDER BY created_at, id");
    OF_PROFESSIONAL = concat!(columns!(), "WHERE failed_at IS NULL AND user_id IN \
                      (SELECT id FROM users WHERE professional = $1 AND status = 'active') \
                      ORDER BY created_at DESC, id LIMIT $2");
    DELETE = "DELETE FROM push_devices WHERE id = $1 AND user_id = $2";
    FAILED = "UPDATE push_devices SET failed_at = $2 WHERE endpoint = $1";
    OWNER = "SELECT professional FROM users WHERE professional IS NOT NULL AND id IN \
             (SELECT user_id FROM push_devices WHERE endpoint = $1)";
    PROVED = "UPDATE push_devices SET proved_at = $3 WHERE endpoint = $1 AND user_id = $2";
}

fn device(row: &Row<'_>) -> Result<Device, StoreError> {
    Ok(Device {
        id: row.text("id")?,
        user: row.id("user_id")?,
        endpoint: row.text("endpoint")?,
        p256dh: row.text("p256dh")?,
        auth: row.text("auth")?,
        label: row.text("label")?,
        created_at: row.instant("created_at")?,
        failed_at: row.opt_instant("failed_at")?,
        proved_at: row.opt_instant("proved_at")?,
    })
}

/// Writes a subscription; the endpoint's earlier owner, if any, loses it.
pub fn insert_device(tx: &mut Tx<'_>, d: &Device) -> Result<(), StoreError> {
    tx.exec_one(
        SET,
        params![
            &d.id,
            d.user,
            &d.endpoint,
            &d.p256dh,
            &d.auth,
            &d.label,
            d.created_at
        ],
    )
}

/// The subscriptions of an account that work.
pub fn list_devices(tx: &mut Tx<'_>, user: UserId) -> Result<Vec<Device>, StoreError> {
    tx.query(OF_USER, params![user], device)
}

/// The newest browsers of a professional that work, at most `limit`.
pub fn list_for_professional(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    limit: u32,
) -> Result<Vec<Device>, StoreError> {
    tx.query(OF_PROFESSIONAL, params![professional, limit], device)
}

/// Forgets one of somebody's subscriptions; `false` when it is not theirs.
pub fn delete_device(tx: &mut Tx<'_>, id: &str, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.exec(DELETE, params![id, user])? == 1)
}

/// The push service refused a subscription.
pub fn mark_device_failed(tx: &mut Tx<'_>, endpoint: &str, at: Instant) -> Result<(), StoreError> {
    tx.exec(FAILED, params![endpoint, at]).map(|_| ())
}

/// The professional a subscription belongs to, if it is one's.
pub fn find_professional_of_device(
    tx: &mut Tx<'_>,
    endpoint: &str,
) -> Result<Option<ProfessionalId>, StoreError> {
    tx.query_opt(OWNER, params![endpoint], |r| r.id("professional"))
}

/// One of somebody's browsers said that it showed a notification.
pub fn mark_device_proved(
    tx: &mut Tx<'_>,
    endpoint: &str,
    user: UserId,
    at: Instant,
) -> Result<(), StoreError> {
    tx.exec(PROVED, params![endpoint, user, at]).map(|_| ())
}
