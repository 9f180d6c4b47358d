//! Taking a launch back in the seconds after it: the request is cancelled, whoever was asked already
//! is told that it is withdrawn, and the call is on the desk again as it was typed. Nothing is held
//! back meanwhile: the clock of R4 starts at the launch, and starts truly.

use super::open::{Opening, open};
use super::{Facts, Kept, Typed};
use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::phone::Phone;
use crate::protocols::Given;
use crate::requests::desk::permitted;
use crate::shell::apply_to;
use relais_core::access::Permission;
use relais_core::cascade::Command;
use relais_core::ids::RequestId;
use relais_core::request::CancelledBy;
use relais_core::time::{Duration, Instant};
use relais_store::{Tx, contacts, requests};

/// How long a launch may be taken back in one gesture.
pub const UNDO: Duration = Duration::seconds(10);

/// Why, as the history says it.
const REASON: &str = "Lancement annulé dans les dix secondes";

impl App {
    /// Cancels a request just launched and puts its call back on the actor's desk. Answers whether somebody had
    /// accepted already: they are told, and whoever undoes must know it.
    ///
    /// # Errors
    /// `too-late-to-undo` once the ten seconds are over: cancelling stays possible, with a reason.
    pub async fn undo_launch(&self, who: &Who, id: RequestId) -> Result<bool, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        let accepted = self
            .write(move |inner, tx| {
            let stored = requests::get_for_update(tx, id)?;
            let accepted = stored.request.engaged().is_some();
            permitted(&actor, Permission::Change, &stored.request)?;
            if !actor.is_desk_of(stored.request.network) {
                return Err(AppError::Denied);
            }
            if now.since(stored.request.raised_at) > UNDO {
                let detail = "Les dix secondes sont passées\u{a0}: annulez la demande depuis sa page, avec un motif.";
                return Err(AppError::problem("too-late-to-undo", 409, detail));
            }
            let cancel = Command::Cancel {
                by: actor.user,
                who: CancelledBy::Operator,
            };
            apply_to(inner, tx, stored, &cancel, &who, now, Some(REASON))?;
            back_on_the_desk(inner, tx, id, &who, now)?;
            Ok(accepted)
        })
        .await?;
        self.wake();
        Ok(accepted)
    }
}

/// The call as it was typed, if it is still kept.
fn back_on_the_desk(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: RequestId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let found = contacts::list_for_request(tx, id)?.into_iter().next();
    let Some(contact) = found else {
        return Ok(());
    };
    let Some(secret) = contacts::open_draft(tx, &inner.vault, contact.id)? else {
        return Ok(());
    };
    let typed = Typed::unseal(&secret)?;
    let kept = Kept {
        caller: Phone::read(typed.get("phone")).map(|phone| phone.e164().to_owned()),
        origin: contact.origin,
        facts: Facts::of(&contact),
        sheet: contact.sheet.clone(),
        triage: contact.triage.as_deref().map(Given::from_stored),
        typed,
    };
    let opening = Opening {
        kept: Some(kept),
        origin: contact.origin,
        ..Opening::call(contact.network)
    };
    open(inner, tx, who, &opening, now).map(|_| ())
}
