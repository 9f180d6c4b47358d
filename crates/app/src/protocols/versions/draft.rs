//! Drafts: started from a version, started from nothing, saved sound or not. Refuses to touch a
//! version that is no draft, or one that changed since it was read.

use super::{HISTORY, Seen, Status, coordinator, held, tell};
use crate::app::{App, Who};
use crate::error::AppError;
use crate::protocols::sheet::Sheet;
use crate::text::triage as text;
use relais_store::protocols;
use serde_json::json;

impl App {
    /// Starts a draft from a version, or opens the one being written; its number.
    pub async fn draft_protocol(&self, who: &Who, code: &str, from: i64) -> Result<i64, AppError> {
        let actor = coordinator(who)?;
        let (who, code, now) = (who.clone(), code.to_owned(), self.now());
        self.write(move |_, tx| {
            let history = protocols::list_of_sheet(tx, actor.network, &code, HISTORY)?;
            let last = history.first().ok_or(AppError::NotFound)?;
            if last.status == Status::Draft && last.in_force_from.is_none() {
                return Ok(last.version);
            }
            let base = protocols::find(tx, actor.network, &code, from)?;
            let base = base.ok_or(AppError::NotFound)?;
            let (number, author) = (last.version + 1, actor.user.to_string());
            let content = (base.title.as_str(), base.body.as_str());
            protocols::insert_draft(tx, actor.network, &code, number, content, &author, now)?;
            let more = json!({ "from": from });
            let version = (code.as_str(), number);
            tell(
                tx,
                actor.network,
                "protocol.drafted",
                version,
                &more,
                &who,
                now,
            )?;
            Ok(number)
        })
        .await
    }

    /// Starts a sheet that does not exist yet.
    pub async fn create_protocol(&self, who: &Who, sheet: Sheet) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let code = sheet.code.as_str();
            if !protocols::list_of_sheet(tx, actor.network, code, 1)?.is_empty() {
                return Err(AppError::invalid("/code", text::code_taken()));
            }
            let (body, author) = (sheet.to_json(), actor.user.to_string());
            let content = (sheet.title.as_str(), body.as_str());
            protocols::insert_draft(tx, actor.network, code, 1, content, &author, now)?;
            let more = json!({});
            tell(
                tx,
                actor.network,
                "protocol.drafted",
                (code, 1),
                &more,
                &who,
                now,
            )
        })
        .await
    }

    /// Saves a draft, sound or not: nothing typed is lost. What is wrong is shown, and keeps it
    /// from being reviewed.
    pub async fn save_protocol(&self, who: &Who, seen: Seen, sheet: Sheet) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let version = held(tx, actor.network, &seen)?;
            if version.status != Status::Draft || version.in_force_from.is_some() {
                return Err(AppError::problem(
                    "protocol-not-draft",
                    409,
                    text::not_a_draft(),
                ));
            }
            let body = sheet.to_json();
            if body == version.body {
                return Ok(());
            }
            let (content, author) = (
                (sheet.title.as_str(), body.as_str()),
                actor.user.to_string(),
            );
            protocols::save_draft(tx, &version, content, &author, now)?;
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.saved",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }
}
