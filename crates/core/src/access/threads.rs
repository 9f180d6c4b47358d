//! Who reads and writes the thread of a request, and in whose quality (R6, R8).

use super::{Actor, IdentityDenied, Purpose, Role, is_accepter, is_requester};
use crate::ids::{ProfessionalId, RequestId, UserId};
use crate::people::coded;
use crate::request::Request;
use crate::wishes::{Wish, Wishes};

coded!(
    /// In whose quality somebody writes in the thread of a request.
    ThreadSide {
        /// Operators and regulators of the network.
        Desk = "desk",
        /// Whoever raised the request.
        Requester = "requester",
        /// The professional who has the patient.
        Accepter = "accepter",
        /// A usual professional, once a colleague has taken the patient on.
        Usual = "usual",
    }
);

/// Proof that the thread of a request may be opened, once: after acceptance it may hold a name.
#[derive(Debug, PartialEq, Eq)]
pub struct ThreadAccess {
    request: RequestId,
    actor: UserId,
    side: ThreadSide,
    open: bool,
    names: bool,
}

impl ThreadAccess {
    /// Of which request.
    pub const fn request(&self) -> RequestId {
        self.request
    }

    /// By whom.
    pub const fn actor(&self) -> UserId {
        self.actor
    }

    /// In which quality.
    pub const fn side(&self) -> ThreadSide {
        self.side
    }

    /// Whether one may still write: a thread closes with its request.
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Whether what is written may name the patient: somebody has them (R6).
    pub const fn may_name(&self) -> bool {
        self.names
    }

    /// Why, for the journal.
    pub const fn purpose(&self) -> Purpose {
        match self.side {
            ThreadSide::Desk => Purpose::Desk,
            ThreadSide::Requester => Purpose::Requester,
            ThreadSide::Accepter => Purpose::Care,
            ThreadSide::Usual => Purpose::UsualThread,
        }
    }
}

/// A proof for the desk, the requester, the professional who has the patient, and the usual
/// professionals the patient agreed to inform, once a colleague took the patient on. Whoever is
/// merely asked never sees it, a usual professional included (R6).
pub fn thread(
    actor: &Actor,
    request: &Request,
    wishes: &Wishes,
) -> Result<ThreadAccess, IdentityDenied> {
    let side = if actor.is_desk_of(request.network) {
        ThreadSide::Desk
    } else if is_accepter(actor, request) {
        ThreadSide::Accepter
    } else if is_requester(actor, request) {
        ThreadSide::Requester
    } else if actor.role == Role::Professional
        && actor
            .professional
            .is_some_and(|id| thread_usuals(request, wishes).any(|usual| usual == id))
    {
        ThreadSide::Usual
    } else {
        return Err(IdentityDenied);
    };
    Ok(ThreadAccess {
        request: request.id,
        actor: actor.user,
        side,
        open: !request.is_ended(),
        names: request.engaged().is_some(),
    })
}

/// The usual professionals who read the thread: none before somebody has the patient, none without
/// the patient's agreement that they be informed, none once the patient opposes that they be written to (R8).
pub fn thread_usuals<'r>(
    request: &'r Request,
    wishes: &Wishes,
) -> impl Iterator<Item = ProfessionalId> + use<'r> {
    let agreed = request.consent_synthesis && !wishes.has(Wish::NoNotes);
    let informed = agreed && request.engaged().is_some();
    let usuals = request.usual.professionals.iter().copied();
    usuals.filter(move |_| informed)
}
