//! From a draft to force: read again by somebody else, in force from a date, withdrawn; its signature is
//! [`super::sign`]'s. Owns who may do each step; refuses a sheet with a fault at each of them.

use super::{Seen, Status, coordinator, held, reader, sheet_of, sound, tell};
use crate::app::{App, Who};
use crate::error::AppError;
use crate::text::triage as text;
use relais_core::access::Role;
use relais_core::time::Instant;
use relais_store::protocols;
use serde_json::json;

impl App {
    /// A draft was read again, by a regulator or a coordinator who did not write it.
    pub async fn review_protocol(&self, who: &Who, seen: Seen) -> Result<(), AppError> {
        let actor = reader(who)?;
        if actor.role == Role::Operator {
            return Err(AppError::Denied);
        }
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let version = held(tx, actor.network, &seen)?;
            sound(&sheet_of(&version)?)?;
            if version.author == actor.user.to_string() {
                return Err(AppError::problem(
                    "protocol-own-words",
                    409,
                    text::own_words(),
                ));
            }
            protocols::review(tx, &version, &actor.user.to_string(), now)?;
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.reviewed",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }

    /// A reviewed version is written again.
    pub async fn reopen_protocol(&self, who: &Who, seen: Seen) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let version = held(tx, actor.network, &seen)?;
            protocols::reopen(tx, &version, now)?;
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.reopened",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }

    /// Puts a version in force from an instant, now at the earliest. Only a signed one, whose
    /// signature still holds then; a demonstration takes any sound one.
    pub async fn enforce_protocol(
        &self,
        who: &Who,
        seen: Seen,
        from: Instant,
    ) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        let from = from.max(now);
        self.write(move |inner, tx| {
            let version = held(tx, actor.network, &seen)?;
            sound(&sheet_of(&version)?)?;
            let holds = version
                .signature
                .as_ref()
                .is_some_and(|s| from < s.expires_at);
            let official = version.status == Status::Signed && holds;
            if !official && !inner.settings.demo {
                return Err(AppError::problem(
                    "protocol-not-signed",
                    409,
                    text::not_signed(),
                ));
            }
            protocols::put_in_force(tx, &version, from, now)?;
            let more = json!({ "from": from.millis() });
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.in-force",
                number,
                &more,
                &who,
                now,
            )
        })
        .await
    }

    /// Withdraws a sheet: its motives go to the regulator until another version is in force.
    pub async fn retire_protocol(&self, who: &Who, code: &str) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, code, now) = (who.clone(), code.to_owned(), self.now());
        self.write(move |_, tx| {
            if protocols::retire(tx, actor.network, &code, now)? == 0 {
                return Err(AppError::problem(
                    "protocol-not-in-force",
                    409,
                    text::nothing_in_force(),
                ));
            }
            let number = (code.as_str(), 0);
            tell(
                tx,
                actor.network,
                "protocol.retired",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }
}
