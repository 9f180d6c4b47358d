//! Taking a launch back in the seconds after it: the request is cancelled, whoever was asked already
//! is told that it is withdrawn, and the call is on the desk again as it came and as it was typed, with
//! the call back it was promised; its patient is not told that it is cancelled. Nothing is held back
//! meanwhile: the clock of R4 starts at the launch, and starts truly.

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
use relais_core::contact::{Kind, Outcome};
use relais_core::ids::{RequestId, UserId};
use relais_core::request::{CancelledBy, Ending, Offer, OfferStatus, Phase, Request};
use relais_core::time::{Duration, Instant};
use relais_store::contacts::{self, Contact};
use relais_store::{Tx, public_forms, requests};

/// How long a launch may be taken back in one gesture.
pub const UNDO: Duration = Duration::seconds(10);

/// Why, as the history says it.
const REASON: &str = "Lancement annulé dans les dix secondes";

impl App {
    /// Cancels a request just launched and puts its call back on the actor's desk. Answers whether somebody had
    /// accepted already: they are told, and whoever undoes must know it. Twice is once.
    ///
    /// # Errors
    /// `too-late-to-undo` once the ten seconds are over, `nothing-to-put-back` when no form was kept with the request
    /// (a program raised it): nothing changes, and cancelling stays possible, with a reason.
    pub async fn undo_launch(&self, who: &Who, id: RequestId) -> Result<bool, AppError> {
        let actor = who.signed_in()?;
        let (now, who) = (self.now(), who.clone());
        let accepted = self
            .write(move |inner, tx| {
            let stored = requests::get_for_update(tx, id)?;
            let accepted = stored.request.engaged().is_some();
            if is_undone_by(&stored.request, actor.user) {
                // Asked again, the answer to the first lost on the way: the call is on their desk since.
                let took = |offer: &Offer| matches!(offer.status, OfferStatus::Accepted { .. });
                return Ok(stored.request.offers.iter().any(took));
            }
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
                who: CancelledBy::Undo,
            };
            apply_to(inner, tx, stored, &cancel, &who, now, Some(REASON))?;
            back_on_the_desk(inner, tx, id, &who, now)?;
            Ok(accepted)
        })
        .await?;
        self.wake();
        Ok(accepted)
    }

    /// Whether the actor took the launch of a request back: a page opened before it offers to launch it again.
    ///
    /// # Errors
    /// The database is away.
    pub async fn is_undone(&self, who: &Who, id: RequestId) -> Result<bool, AppError> {
        let user = who.signed_in()?.user;
        let found = self.read(move |_, tx| Ok(requests::find(tx, id)?)).await?;
        Ok(found.is_some_and(|stored| is_undone_by(&stored.request, user)))
    }
}

/// Whether this person took the launch of a request back.
fn is_undone_by(request: &Request, user: UserId) -> bool {
    matches!(
        &request.phase,
        Phase::Ended(Ending::Cancelled {
            by,
            who: CancelledBy::Undo,
            ..
        }) if *by == user
    )
}

/// The call as it was typed on the actor's desk, and whoever called about it meanwhile on hold, where every desk sees
/// them: nobody follows the request any more.
fn back_on_the_desk(
    inner: &Inner,
    tx: &mut Tx<'_>,
    id: RequestId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let mut own = None;
    for contact in contacts::list_for_request(tx, id)? {
        let kept = kept_of(inner, tx, &contact)?;
        match contact.outcome {
            Some(Outcome::Request) => own = kept.map(|kept| (contact, kept)),
            Some(Outcome::Duplicate) => {
                let opening = Opening {
                    held: false,
                    ..again(&contact, kept)
                };
                let joined = open(inner, tx, who, &opening, now)?;
                public_forms::follow(tx, contact.id, joined.contact.id)?;
            }
            _ => {}
        }
    }
    let Some((contact, kept)) = own else {
        let detail = "La fiche de cet appel n’a pas été gardée\u{a0}: la demande continue. Annulez-la depuis sa page, avec un motif.";
        return Err(AppError::problem("nothing-to-put-back", 409, detail));
    };
    let own = open(inner, tx, who, &again(&contact, Some(kept)), now)?;
    public_forms::follow(tx, contact.id, own.contact.id)?;
    Ok(())
}

/// A contact that begins again on the actor's desk as it stood: how it came, when it happened, and the call back it
/// was promised. A phone that rang was answered meanwhile.
fn again(contact: &Contact, kept: Option<Kept>) -> Opening {
    Opening {
        network: contact.network,
        kind: match contact.kind {
            Kind::Ring => Kind::Call,
            kind => kind,
        },
        origin: contact.origin,
        held: true,
        promised_at: contact.promised_at,
        happened_at: contact.happened_at,
        kept,
    }
}

/// What was typed in a contact, while it is kept.
fn kept_of(inner: &Inner, tx: &mut Tx<'_>, contact: &Contact) -> Result<Option<Kept>, AppError> {
    let Some(secret) = contacts::open_draft(tx, &inner.vault, contact.id)? else {
        return Ok(None);
    };
    let typed = Typed::unseal(&secret)?;
    Ok(Some(Kept {
        caller: Phone::read(typed.get("phone")).map(|phone| phone.e164().to_owned()),
        origin: contact.origin,
        facts: Facts::of(contact),
        sheet: contact.sheet.clone(),
        triage: contact.triage.as_deref().map(Given::from_stored),
        typed,
    }))
}
