//! Who may do and see what, in one place (R6). Denies by default; every rule is an arm of a match.

mod threads;

pub use threads::{ThreadAccess, ThreadSide, thread, thread_usuals};

use crate::ids::{NetworkId, OfferId, ProfessionalId, RequestId, UserId};
use crate::people::coded;
use crate::request::{Offer, OfferStatus, Phase, Request, Requester};

coded!(
    /// What somebody is in a network.
    Role {
        /// Answers the calls.
        Operator = "operator",
        /// Doctor who qualifies.
        Regulator = "regulator",
        /// Runs the network.
        Coordinator = "coordinator",
        /// Accounts and settings of the platform; sees no request.
        Administrator = "administrator",
        /// Reads figures and the journal; sees no identity.
        Auditor = "auditor",
        /// A health professional.
        Professional = "professional",
        /// Answers in the name of professionals who let them, one at a time (ADR 0043).
        Secretary = "secretary",
        /// Partner software (SAS client, practice software).
        Partner = "partner",
    }
);

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// In which role.
    pub role: Role,
    /// In which network.
    pub network: NetworkId,
    /// The professional behind the account, if one is; for a secretary, the one they answer for now.
    pub professional: Option<ProfessionalId>,
}

impl Actor {
    /// Operator or regulator of a network: the desk.
    pub fn is_desk_of(&self, network: NetworkId) -> bool {
        self.network == network && matches!(self.role, Role::Operator | Role::Regulator)
    }

    /// In whose name they answer offers and follow the patients taken on: a professional's own, or that of the
    /// professional a secretary answers for now.
    pub const fn answers_for(&self) -> Option<ProfessionalId> {
        match self.role {
            Role::Professional | Role::Secretary => self.professional,
            Role::Operator
            | Role::Regulator
            | Role::Coordinator
            | Role::Administrator
            | Role::Auditor
            | Role::Partner => None,
        }
    }

    /// The professional in whose name a secretary acts; none for anybody else.
    pub const fn in_name_of(&self) -> Option<ProfessionalId> {
        match self.role {
            Role::Secretary => self.professional,
            _ => None,
        }
    }

    /// May raise requests.
    pub const fn may_raise(&self) -> bool {
        matches!(
            self.role,
            Role::Operator | Role::Regulator | Role::Professional | Role::Partner
        )
    }
}

coded!(
    /// What may be done with one request.
    Permission {
        /// See the page of the request, without identity.
        See = "see",
        /// See verdicts, messages and timeline.
        SeeInside = "see-inside",
        /// Change, cancel.
        Change = "change",
        /// Pause, resume, relaunch, transfer to 15, note.
        Steer = "steer",
        /// Widen, take in hand: the desk's own work.
        Handle = "handle",
        /// Qualify (R3).
        Qualify = "qualify",
        /// Set the appointment, close.
        FollowUp = "follow-up",
        /// Give the patient back.
        Release = "release",
        /// Hand over to the patient who saw their data (R6).
        Rights = "rights",
    }
);

/// Whether an actor may do something with a request. Someone who may not even see it should be
/// told "not found".
pub fn may(actor: &Actor, permission: Permission, request: &Request) -> bool {
    let desk = actor.is_desk_of(request.network);
    let coordinator = actor.role == Role::Coordinator && actor.network == request.network;
    let regulator = actor.role == Role::Regulator && actor.network == request.network;
    let requester = is_requester(actor, request);
    let accepter = holds_patient(actor, request);
    match permission {
        Permission::See => desk || coordinator || requester || accepter,
        Permission::SeeInside => desk || coordinator,
        Permission::Change | Permission::Steer => desk || requester,
        Permission::Handle => desk,
        Permission::Qualify => regulator,
        Permission::FollowUp => desk || accepter,
        Permission::Release => accepter,
        Permission::Rights => coordinator,
    }
}

fn is_requester(actor: &Actor, request: &Request) -> bool {
    match request.requester {
        Requester::Staff(_) => false,
        Requester::Professional(professional, _) => {
            actor.role == Role::Professional && actor.professional == Some(professional)
        }
        Requester::Partner(user) => actor.role == Role::Partner && actor.user == user,
    }
}

/// The professional who has the patient, or their secretary who answers for them.
fn holds_patient(actor: &Actor, request: &Request) -> bool {
    let held = request.engaged();
    held.is_some() && held == actor.answers_for()
}

/// The professional who has the patient, themselves: a note, a calendar and a thread are no secretary's.
fn is_accepter(actor: &Actor, request: &Request) -> bool {
    actor.role == Role::Professional
        && actor.professional.is_some()
        && request.engaged() == actor.professional
}

coded!(
    /// Why an identity is opened; written to the journal each time (R6).
    Purpose {
        /// The desk follows the case.
        Desk = "desk",
        /// Whoever raised the request looks at it.
        Requester = "requester",
        /// The professional who has the patient.
        Care = "care",
        /// The registered usual professional, on the page of their offer.
        UsualOffer = "usual-offer",
        /// The platform sends the patient a message.
        Delivery = "delivery",
        /// A secure mail with the identity left for the usual doctor.
        NoteDelivery = "note-delivery",
        /// A professional with a live offer looks at a photo without face or name.
        OfferPhoto = "offer-photo",
        /// A comment is scanned for the patient's own identity before it is stored.
        CommentScan = "comment-scan",
        /// The desk looks for a caller among those already known (R2).
        LookUp = "look-up",
        /// The professional who had the patient signs the note to the usual doctor (R8).
        Note = "note",
        /// The usual doctor reads the note (R8).
        NoteReader = "note-reader",
        /// A usual professional reads the thread of a request that a colleague has taken on.
        UsualThread = "usual-thread",
        /// The coordinator reads the list of people who look for a usual doctor and agreed to be on it (R8).
        Listed = "listed",
        /// The calendar of the professional who has the patient names them, as they chose.
        Calendar = "calendar",
    }
);

/// Proof that an identity may be opened, once, for a purpose. Only this module makes one; the
/// shell writes it to the journal in the transaction that opens the identity.
#[derive(Debug, PartialEq, Eq)]
pub struct IdentityAccess {
    request: RequestId,
    actor: Option<UserId>,
    purpose: Purpose,
}

impl IdentityAccess {
    /// For which request.
    pub const fn request(&self) -> RequestId {
        self.request
    }

    /// By whom; `None` = the platform itself.
    pub const fn actor(&self) -> Option<UserId> {
        self.actor
    }

    /// Why.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }
}

/// The identity stays closed to this actor in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the identity is not shown to this person in this state")]
pub struct IdentityDenied;

/// Proof that the desk may look for a caller among the patients of its own network (R2, R6). The shell writes to the
/// journal the look-up and each identity it shows, in the transaction that opens them.
#[derive(Debug, PartialEq, Eq)]
pub struct LookUpAccess {
    network: NetworkId,
    actor: UserId,
}

impl LookUpAccess {
    /// Among whose patients.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// By whom.
    pub const fn actor(&self) -> UserId {
        self.actor
    }
}

/// A proof for an operator or a regulator who has somebody on the phone; nobody else looks people up.
pub fn look_up(actor: &Actor) -> Result<LookUpAccess, IdentityDenied> {
    if actor.is_desk_of(actor.network) {
        Ok(LookUpAccess {
            network: actor.network,
            actor: actor.user,
        })
    } else {
        Err(IdentityDenied)
    }
}

/// A proof for somebody who looks at a request (not at an offer).
pub fn identity(actor: &Actor, request: &Request) -> Result<IdentityAccess, IdentityDenied> {
    let purpose = if actor.is_desk_of(request.network) {
        Purpose::Desk
    } else if holds_patient(actor, request) {
        Purpose::Care
    } else if is_requester(actor, request) {
        Purpose::Requester
    } else {
        return Err(IdentityDenied);
    };
    Ok(IdentityAccess {
        request: request.id,
        actor: Some(actor.user),
        purpose,
    })
}

/// A proof for the registered usual professional on their authenticated page of a live offer, when
/// the network's setting allows it (R6). Nowhere else, and to nobody who answers for them: it lets a
/// doctor know their own patient.
pub fn usual_offer_identity(
    actor: &Actor,
    request: &Request,
    offer: OfferId,
) -> Result<IdentityAccess, IdentityDenied> {
    let asking = matches!(
        request.phase,
        Phase::Asking(_) | Phase::Paused(_) | Phase::Unfilled(_)
    );
    let theirs = request.offer(offer).is_some_and(|o| {
        o.usual && o.status.is_live() && actor.professional == Some(o.professional)
    });
    let allowed = actor.role == Role::Professional && request.policy.usual_sees_name;
    if asking && theirs && allowed {
        let purpose = Purpose::UsualOffer;
        Ok(IdentityAccess {
            request: request.id,
            actor: Some(actor.user),
            purpose,
        })
    } else {
        Err(IdentityDenied)
    }
}

/// A proof for the platform to read the patient's number when it sends them a message.
pub const fn delivery_identity(request: RequestId) -> IdentityAccess {
    IdentityAccess {
        request,
        actor: None,
        purpose: Purpose::Delivery,
    }
}

/// A proof for the platform to put the identity in a secure mail to the usual doctor (R7, R8); once it
/// left, that is a look of its own.
pub const fn note_delivery(request: RequestId) -> IdentityAccess {
    IdentityAccess {
        request,
        actor: None,
        purpose: Purpose::NoteDelivery,
    }
}

/// A proof for the professional who has, or had, the patient: nobody else signs a note to the usual
/// doctor (R8), and nobody before they took the patient on.
pub fn note_author(actor: &Actor, request: &Request) -> Result<IdentityAccess, IdentityDenied> {
    if is_accepter(actor, request) {
        Ok(IdentityAccess {
            request: request.id,
            actor: Some(actor.user),
            purpose: Purpose::Note,
        })
    } else {
        Err(IdentityDenied)
    }
}

/// A proof for the usual doctor a note was written to, who is a member (R8).
pub fn note_reader(
    actor: &Actor,
    request: &Request,
    doctor: ProfessionalId,
) -> Result<IdentityAccess, IdentityDenied> {
    let theirs = actor.role == Role::Professional && actor.professional == Some(doctor);
    if theirs && request.usual.professionals.contains(&doctor) {
        Ok(IdentityAccess {
            request: request.id,
            actor: Some(actor.user),
            purpose: Purpose::NoteReader,
        })
    } else {
        Err(IdentityDenied)
    }
}

/// A proof for the coordinator of a network, for somebody who agreed to be on the list of people who look for a
/// usual doctor (R8): the shell asks the store for those alone.
pub fn listed(actor: &Actor, request: &Request) -> Result<IdentityAccess, IdentityDenied> {
    if actor.role == Role::Coordinator && actor.network == request.network {
        Ok(IdentityAccess {
            request: request.id,
            actor: Some(actor.user),
            purpose: Purpose::Listed,
        })
    } else {
        Err(IdentityDenied)
    }
}

coded!(
    /// How much a professional's calendar feed says of a patient.
    CalendarDetail {
        /// That there is somebody.
        Nothing = "nothing",
        /// Their initials.
        Initials = "initials",
        /// Their name.
        Name = "name",
    }
);

/// A proof for the calendar of the professional who has, or had, the patient.
pub fn calendar_identity(
    actor: &Actor,
    request: &Request,
) -> Result<IdentityAccess, IdentityDenied> {
    if is_accepter(actor, request) {
        Ok(IdentityAccess {
            request: request.id,
            actor: Some(actor.user),
            purpose: Purpose::Calendar,
        })
    } else {
        Err(IdentityDenied)
    }
}

/// Proof that a photo of a request may be opened, once. Apart from [`IdentityAccess`]: whoever may
/// see a photo before acceptance may not see a name.
#[derive(Debug, PartialEq, Eq)]
pub struct PhotoAccess {
    request: RequestId,
    actor: UserId,
    purpose: Purpose,
}

impl PhotoAccess {
    /// For which request.
    pub const fn request(&self) -> RequestId {
        self.request
    }

    /// By whom.
    pub const fn actor(&self) -> UserId {
        self.actor
    }

    /// Why.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }
}

/// A proof for those who may see the identity anyway: desk, requester, accepter (R6).
pub fn photo(actor: &Actor, request: &Request) -> Result<PhotoAccess, IdentityDenied> {
    let access = identity(actor, request)?;
    Ok(PhotoAccess {
        request: request.id,
        actor: actor.user,
        purpose: access.purpose,
    })
}

/// A proof for the holder of a live offer, only for a photo confirmed to show neither a face nor a
/// name (R6).
pub fn offer_photo(
    actor: &Actor,
    request: &Request,
    offer: OfferId,
    faceless: bool,
) -> Result<PhotoAccess, IdentityDenied> {
    let asking = matches!(
        request.phase,
        Phase::Asking(_) | Phase::Paused(_) | Phase::Unfilled(_)
    );
    let theirs = request
        .offer(offer)
        .is_some_and(|o| takable(o, request) && actor.answers_for() == Some(o.professional));
    if asking && theirs && faceless {
        Ok(PhotoAccess {
            request: request.id,
            actor: actor.user,
            purpose: Purpose::OfferPhoto,
        })
    } else {
        Err(IdentityDenied)
    }
}

/// Still to be answered: live, or lapsed while nobody took the request (R4.5).
fn takable(offer: &Offer, request: &Request) -> bool {
    let lapsed = matches!(offer.status, OfferStatus::Lapsed { .. });
    let unfilled = matches!(request.phase, Phase::Unfilled(_));
    offer.round == request.round && (offer.status.is_live() || (lapsed && unfilled))
}
