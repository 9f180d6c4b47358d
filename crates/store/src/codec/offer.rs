//! Stored form of an offer: the `status` column says which, `body` carries its facts.

use relais_core::request::{OfferStatus, RefusalReason, WithdrawReason};
use relais_core::time::Instant;
use serde::{Deserialize, Serialize};

use super::{Coded, Ms, V, Wrong};
use crate::error::StoreError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BodyDto {
    v: u8,
    usual: bool,
    distance_m: Option<u32>,
    at: Option<Ms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Coded<RefusalReason>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withdrawn: Option<Coded<WithdrawReason>>,
}

/// What `body` says.
pub struct Body {
    /// One of the patient's usual professionals.
    pub usual: bool,
    /// Metres.
    pub distance_m: Option<u32>,
    /// Where it stands.
    pub status: OfferStatus,
}

/// The moment of a status; none while queued.
pub fn status_at(status: OfferStatus) -> Option<Instant> {
    match status {
        OfferStatus::Queued => None,
        OfferStatus::Sent { at }
        | OfferStatus::Delivered { at }
        | OfferStatus::Seen { at }
        | OfferStatus::Accepted { at }
        | OfferStatus::Refused { at, .. }
        | OfferStatus::Lapsed { at }
        | OfferStatus::Withdrawn { at, .. } => Some(at),
    }
}

/// The moment of an answer, if there was one.
pub fn answered_at(status: OfferStatus) -> Option<Instant> {
    match status {
        OfferStatus::Accepted { at } | OfferStatus::Refused { at, .. } => Some(at),
        OfferStatus::Queued
        | OfferStatus::Sent { .. }
        | OfferStatus::Delivered { .. }
        | OfferStatus::Seen { .. }
        | OfferStatus::Lapsed { .. }
        | OfferStatus::Withdrawn { .. } => None,
    }
}

/// Writes the `body` column.
pub fn encode(body: &Body) -> Result<String, StoreError> {
    super::write(&BodyDto {
        v: V,
        usual: body.usual,
        distance_m: body.distance_m,
        at: status_at(body.status).map(Ms),
        refused: match body.status {
            OfferStatus::Refused { reason, .. } => Some(Coded(reason)),
            _ => None,
        },
        withdrawn: match body.status {
            OfferStatus::Withdrawn { why, .. } => Some(Coded(why)),
            _ => None,
        },
    })
}

/// Reads the `status` and `body` columns.
pub fn decode(status: &str, body: &str) -> Result<Body, Wrong> {
    let b: BodyDto = super::read(body)?;
    let status = match (status, b.at.map(|m| m.0), b.refused, b.withdrawn) {
        ("queued", None, None, None) => OfferStatus::Queued,
        ("sent", Some(at), None, None) => OfferStatus::Sent { at },
        ("delivered", Some(at), None, None) => OfferStatus::Delivered { at },
        ("seen", Some(at), None, None) => OfferStatus::Seen { at },
        ("accepted", Some(at), None, None) => OfferStatus::Accepted { at },
        ("refused", Some(at), Some(reason), None) => OfferStatus::Refused {
            at,
            reason: reason.0,
        },
        ("lapsed", Some(at), None, None) => OfferStatus::Lapsed { at },
        ("withdrawn", Some(at), None, Some(why)) => OfferStatus::Withdrawn { at, why: why.0 },
        _ => return Err(Wrong("facts that do not go with the status")),
    };
    Ok(Body {
        usual: b.usual,
        distance_m: b.distance_m,
        status,
    })
}
