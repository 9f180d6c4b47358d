//! What is typed is kept as it is typed: sealed, with the version the page knew.

use super::{Kept, ended, moved, workable};
use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::protocols::Given;
use relais_core::ids::ContactId;
use relais_core::time::Instant;
use relais_store::Tx;
use relais_store::contacts::{self, Contact, Draft};

impl App {
    /// Keeps a form as it stands; answers the new version. The same words sent again by whoever has the contact are kept
    /// already, whatever version their page knew. Nothing is journaled: whoever types has
    /// the contact on their desk, and taking it was.
    ///
    /// # Errors
    /// `contact-moved` when another page saved it, or somebody took it or put it on hold;
    /// `contact-ended` when it is over. Nothing is written then.
    pub async fn save_draft(
        &self,
        who: &Who,
        id: ContactId,
        version: i64,
        kept: Kept,
    ) -> Result<i64, AppError> {
        let actor = who.signed_in()?;
        let now = self.now();
        self.write(move |inner, tx| {
            let contact = contacts::get_for_update(tx, id)?;
            workable(&actor, &contact)?;
            if contact.outcome.is_some() {
                return Err(ended());
            }
            if contact.holder != Some(actor.user) {
                let directory = inner.directory.current(tx)?;
                let detail = match contact.holder.and_then(|user| directory.user_name(user)) {
                    Some(name) => format!("{name} a repris cet appel. Rien de ce que vous avez tapé n’est perdu\u{a0}: reprenez-le pour continuer."),
                    None => "Cet appel est en attente. Rien de ce que vous avez tapé n’est perdu\u{a0}: reprenez-le pour continuer.".to_owned(),
                };
                return Err(moved(id, detail));
            }
            if contact.version != version {
                // Sent twice, the answer to the first lost on the way: what it says is kept already.
                let stored = contacts::open_draft(tx, &inner.vault, id)?;
                let typed = kept.typed.seal()?;
                if stored.is_some_and(|stored| stored.expose() == typed.expose()) {
                    return Ok(contact.version);
                }
                let detail = "Cet appel a été modifié dans une autre fenêtre. Rien de ce que vous avez tapé n’est perdu\u{a0}: choisissez laquelle garder.";
                return Err(moved(id, detail.to_owned()));
            }
            write(inner, tx, &contact, &kept, now)?;
            Ok(version + 1)
        })
        .await
    }
}

pub(super) fn write(
    inner: &Inner,
    tx: &mut Tx<'_>,
    contact: &Contact,
    kept: &Kept,
    now: Instant,
) -> Result<(), AppError> {
    let bug = |e: serde_json::Error| AppError::Bug(e.to_string());
    let body = serde_json::to_string(&kept.facts).map_err(bug)?;
    let triage = kept.triage.as_ref().map(Given::stored).transpose()?;
    let sheet = kept.sheet.as_ref();
    let draft = Draft {
        form: &kept.typed.seal()?,
        caller: kept.caller.as_deref(),
        origin: kept.origin,
        body: &body,
        sheet: sheet.map(|(code, version)| (code.as_str(), *version)),
        triage: triage.as_deref(),
    };
    let (id, network, version) = (contact.id, contact.network, contact.version);
    contacts::update_draft(tx, &inner.vault, id, network, version, &draft, now)?;
    Ok(())
}
