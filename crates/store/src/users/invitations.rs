//! Invitations to an account of a network's staff: one an address, found by the mark of its link's secret, gone once
//! it is used or withdrawn. Refuses to decide who may be invited, and the secret itself.

use relais_core::access::Role;
use relais_core::ids::{InvitationId, NetworkId, UserId};
use relais_core::time::Instant;

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// Somebody invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// To which network.
    pub network: NetworkId,
    /// The account they will have.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their address, which is their login.
    pub mail: String,
    /// What they will be.
    pub role: Role,
    /// National number of a doctor who will regulate.
    pub rpps: Option<String>,
    /// Sealed secret of codes, as the account will keep it.
    pub totp_sealed: Vec<u8>,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Instant,
    /// Good until.
    pub expires_at: Instant,
}

macro_rules! columns {
    () => {
        "SELECT id, network, user_id, name, mail, role, rpps, totp_sealed, invited_by, invited_at, expires_at \
         FROM invitations "
    };
}

sql! { "invitations";
    INSERT = "INSERT INTO invitations (id, network, mark, user_id, name, mail, role, rpps, totp_sealed, invited_by, \
              invited_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    BY_MARK = concat!(columns!(), "WHERE mark = $1 AND expires_at > $2");
    ONE = concat!(columns!(), "WHERE id = $1 AND network = $2");
    OF_NETWORK = concat!(columns!(), "WHERE network = $1 ORDER BY name, id");
    COUNT = "SELECT COUNT(*) FROM invitations WHERE network = $1 AND expires_at > $2";
    DELETE = "DELETE FROM invitations WHERE id = $1";
    DELETE_OF = "DELETE FROM invitations WHERE network = $1 AND mail = $2";
    WITHDRAW = "DELETE FROM invitations WHERE network = $1 AND invited_by = $2";
    PRUNE = "DELETE FROM invitations WHERE expires_at < $1";
}

fn invitation(row: &Row<'_>) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        id: row.id("id")?,
        network: row.id("network")?,
        user: row.id("user_id")?,
        name: row.text("name")?,
        mail: row.text("mail")?,
        role: row.parsed("role", Role::from_code)?,
        rpps: row.opt_text("rpps")?,
        totp_sealed: row.bytes("totp_sealed")?,
        by: row.id("invited_by")?,
        at: row.instant("invited_at")?,
        expires_at: row.instant("expires_at")?,
    })
}

/// Writes an invitation under the mark of its link; the one before to the same address is worth nothing any more.
pub fn insert_invitation(tx: &mut Tx<'_>, mark: &str, new: &Invitation) -> Result<(), StoreError> {
    tx.exec(DELETE_OF, params![new.network, &new.mail])?;
    tx.exec_one(
        INSERT,
        params![
            new.id,
            new.network,
            mark,
            new.user,
            &new.name,
            &new.mail,
            new.role.code(),
            new.rpps.as_deref(),
            new.totp_sealed.as_slice(),
            new.by,
            new.at,
            new.expires_at
        ],
    )
}

/// The invitation of a link's mark, while it is good.
pub fn find_invitation(
    tx: &mut Tx<'_>,
    mark: &str,
    now: Instant,
) -> Result<Option<Invitation>, StoreError> {
    tx.query_opt(BY_MARK, params![mark, now], invitation)
}

/// An invitation of a network, past its time or not.
pub fn find_invitation_in(
    tx: &mut Tx<'_>,
    id: InvitationId,
    network: NetworkId,
) -> Result<Option<Invitation>, StoreError> {
    tx.query_opt(ONE, params![id, network], invitation)
}

/// Whoever was invited to a network and did not come yet, by name.
pub fn list_invitations(
    tx: &mut Tx<'_>,
    network: NetworkId,
) -> Result<Vec<Invitation>, StoreError> {
    tx.query(OF_NETWORK, params![network], invitation)
}

/// How many invitations of a network are good at a moment.
pub fn count_invitations(
    tx: &mut Tx<'_>,
    network: NetworkId,
    now: Instant,
) -> Result<u32, StoreError> {
    tx.query_one(COUNT, params![network, now], |r| r.small(0))
}

/// It is used, or withdrawn; `false` when it was gone: of two who use it at once, one is let in.
pub fn delete_invitation(tx: &mut Tx<'_>, id: InvitationId) -> Result<bool, StoreError> {
    Ok(tx.exec(DELETE, params![id])? == 1)
}

/// Whoever invited is no coordinator any more: what they gave out leads nowhere. Answers how many.
pub fn withdraw_invitations(
    tx: &mut Tx<'_>,
    network: NetworkId,
    by: UserId,
) -> Result<u64, StoreError> {
    tx.exec(WITHDRAW, params![network, by])
}

/// Forgets invitations that ended before a moment; answers how many.
pub fn prune_invitations(tx: &mut Tx<'_>, before: Instant) -> Result<u64, StoreError> {
    tx.exec(PRUNE, params![before])
}
