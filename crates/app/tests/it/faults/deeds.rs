//! What people do with a request, one deed at a time, as a program would do it for them: a deed whose
//! answer was lost is looked up (by its idempotency key, or by reading) before it is done again.

use crate::village::{Village, why};
use relais_app::AppError;
use relais_app::idempotent::{Kept, Keyed};
use relais_app::requests::desk::Act;
use relais_app::requests::raise::Raised;
use relais_core::cascade::evolve;
use relais_core::ids::RequestId;
use relais_core::people::Profession;
use relais_core::request::{Appointment, CancelledBy, Closure, Phase, RefusalReason, Request};
use relais_core::time::Duration;

/// A deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// The desk raises a request of that number, for a patient whose usual doctor is named.
    Raise(usize, Option<&'static str>),
    /// Messages leave, receipts come back.
    Settle,
    /// Minutes go by.
    Pass(i64),
    /// Somebody passes.
    Refuse(usize, &'static str),
    /// Somebody takes the patient; the time is to be set.
    Accept(usize, &'static str),
    /// The accepter sets the time.
    Appoint(usize),
    /// The accepter gives the patient back.
    Release(usize),
    /// The desk stops the clock, or starts it again.
    Pause(usize),
    Resume(usize),
    /// The desk starts again with a new window.
    Relaunch(usize),
    /// The desk takes an unfilled request in hand.
    TakeInHand(usize),
    /// The desk cancels.
    Cancel(usize),
    /// The patient was seen.
    Close(usize),
    /// A professional answers by SMS: yes or no.
    Sms(usize, &'static str, bool),
}

/// The requests of one life, by number.
#[derive(Default)]
pub(super) struct Slots {
    /// Which life: its patients and its keys are its own.
    pub(super) life: u64,
    pub(super) ids: [Option<RequestId>; 3],
}

/// What a program keeps of an answer: a status or the code of a refusal.
pub(super) type Answer = String;

impl Deed {
    /// The request it is about.
    pub(super) fn slot(self) -> Option<usize> {
        match self {
            Deed::Settle | Deed::Pass(_) => None,
            Deed::Raise(n, _)
            | Deed::Refuse(n, _)
            | Deed::Accept(n, _)
            | Deed::Appoint(n)
            | Deed::Release(n)
            | Deed::Pause(n)
            | Deed::Resume(n)
            | Deed::Relaunch(n)
            | Deed::TakeInHand(n)
            | Deed::Cancel(n)
            | Deed::Close(n)
            | Deed::Sms(n, ..) => Some(n),
        }
    }

    /// Does it once. A refusal of the rules is an answer; a store that is away is an error.
    pub(super) async fn once(self, v: &Village, slots: &mut Slots) -> Result<Answer, AppError> {
        match self.attempt(v, slots).await {
            Err(AppError::Refused(refusal)) => Ok(format!("refused: {}", refusal.code())),
            Err(error) if error.is_unavailable() => Err(error),
            Err(error) => Ok(format!("error: {error}")),
            Ok(answer) => Ok(answer),
        }
    }

    async fn attempt(self, v: &Village, slots: &mut Slots) -> Result<Answer, AppError> {
        match self {
            Deed::Raise(n, usual) => {
                let id = raise(v, slots.life, n, usual).await?;
                slots.ids[n] = Some(id);
                return Ok("raised".to_owned());
            }
            Deed::Settle => return v.app.settle().await.map(|()| "settled".to_owned()),
            Deed::Pass(minutes) => {
                v.app.advance(Duration::minutes(minutes)).await?;
                return Ok("passed".to_owned());
            }
            _ => {}
        }
        let Some(id) = self.slot().and_then(|n| slots.ids[n]) else {
            return Ok("nothing was raised".to_owned());
        };
        let request = read(v, id).await?;
        let accepter = request.engaged().and_then(|id| v.world.professional(id));
        let accepter = accepter.map(|person| person.last_name.clone());
        let at = Appointment::At(v.world.start + Duration::hours(6));
        let applied = match self {
            Deed::Refuse(_, name) => {
                let Some(offer) = offer_to(v, &request, name) else {
                    return Ok("not asked".to_owned());
                };
                let reason = RefusalReason::Unsaid;
                v.app.refuse(&v.as_pro(name), offer, reason).await?
            }
            Deed::Accept(_, name) => {
                let Some(offer) = offer_to(v, &request, name) else {
                    return Ok("not asked".to_owned());
                };
                let later = Appointment::ToBeSet;
                v.app.accept(&v.as_pro(name), offer, later).await?
            }
            Deed::Sms(_, name, yes) => {
                if offer_to(v, &request, name).is_none() {
                    return Ok("not asked".to_owned());
                }
                let said = if yes { "OUI" } else { "NON" };
                let number = v.number(name);
                if v.phones.reply(&number, said).is_err() {
                    return Ok("no phone".to_owned());
                }
                v.app.settle().await?;
                return Ok("answered".to_owned());
            }
            Deed::Appoint(_) | Deed::Release(_) | Deed::Close(_) => {
                let Some(name) = accepter else {
                    return Ok("nobody has it".to_owned());
                };
                let act = match self {
                    Deed::Appoint(_) => Act::SetAppointment(at),
                    Deed::Release(_) => Act::Release,
                    _ => Act::Close(Closure::Seen),
                };
                v.app.act(&v.as_pro(&name), id, act, why()).await?
            }
            other => {
                let act = match other {
                    Deed::Pause(_) => Act::Pause,
                    Deed::Resume(_) => Act::Resume,
                    Deed::Relaunch(_) => Act::Relaunch(None),
                    Deed::TakeInHand(_) => Act::TakeInHand,
                    _ => Act::Cancel(CancelledBy::Operator),
                };
                v.app.act(&v.desk(), id, act, why()).await?
            }
        };
        let before = applied.before.request;
        let folded = applied.events.iter().fold(before, evolve);
        assert_eq!(
            folded, applied.after,
            "{self:?}: the events do not make the state"
        );
        Ok(applied.after.status().code().to_owned())
    }

    /// Whether an answer says that something was changed, and a read can tell.
    pub(super) fn is_told_by(self, answer: &str) -> bool {
        let seen = !matches!(self, Deed::Settle | Deed::Pass(_) | Deed::Sms(..));
        // Statuses are single words; what was refused or had no object is a sentence.
        seen && !answer.contains(' ')
    }

    /// Whether it has happened, as a read tells: for whoever lost the answer.
    pub(super) async fn happened(self, v: &Village, slots: &Slots) -> Result<bool, AppError> {
        let Some(id) = self.slot().and_then(|n| slots.ids[n]) else {
            // A raise is asked again under its key; nothing else is about nothing.
            return Ok(false);
        };
        let request = read(v, id).await?;
        let taken_by = |name| request.engaged() == Some(v.pro(name).id);
        let last = |name| {
            let mut offers = request.offers.iter().rev();
            offers.find(|o| o.professional == v.pro(name).id)
        };
        Ok(match self {
            Deed::Raise(..) => true,
            Deed::Settle | Deed::Pass(_) | Deed::Sms(..) => false,
            // A no to an offer that was taken back or accepted meanwhile is heard, and changes nothing.
            Deed::Refuse(_, name) => last(name).is_some_and(|o| !o.status.is_live()),
            Deed::Accept(_, name) => taken_by(name),
            Deed::Appoint(_) => match &request.phase {
                Phase::Engaged(it) => it.appointment.latest().is_some(),
                _ => false,
            },
            Deed::Release(_) => request.engaged().is_none(),
            Deed::Pause(_) => matches!(request.phase, Phase::Paused(_)),
            Deed::Resume(_) => !matches!(request.phase, Phase::Paused(_)),
            Deed::Relaunch(_) => matches!(request.phase, Phase::Asking(_)),
            // Taken in hand it still waits for somebody, and has an owner.
            Deed::TakeInHand(_) => match &request.phase {
                Phase::Unfilled(it) => it.owner.is_some(),
                _ => true,
            },
            Deed::Cancel(_) | Deed::Close(_) => request.is_ended(),
        })
    }
}

async fn read(v: &Village, id: RequestId) -> Result<Request, AppError> {
    Ok(v.app.request(&v.desk(), id).await?.stored.request)
}

fn offer_to(v: &Village, request: &Request, name: &str) -> Option<relais_core::ids::OfferId> {
    let who = v.pro(name).id;
    let mut offers = request.offers.iter().rev();
    offers.find(|o| o.professional == who).map(|o| o.id)
}

/// Raises under a key, as the API does: asked again, the same key finds what was done.
async fn raise(
    v: &Village,
    life: u64,
    n: usize,
    usual: Option<&'static str>,
) -> Result<RequestId, AppError> {
    let phone = format!("+336399810{n:02}");
    let draft = v.call_for(&format!("Tervaux{n}"), Profession::Gp, usual, &phone);
    let (user, key) = (v.desk().signed_in()?.user, format!("raise-{life}-{n}"));
    let begun = v
        .app
        .begin_idempotent(user, key.clone(), "test", key.as_bytes())
        .await?;
    if let Keyed::Again { body, .. } = begun {
        let kept = body.parse();
        return kept.map_err(|_| AppError::Bug(format!("kept: {body}")));
    }
    let kept = Kept {
        key: key.clone(),
        answer: Box::new(|raised: &Raised, _| raised.id.to_string()),
    };
    match v.app.raise_once(&v.desk(), draft, Some(kept)).await {
        Ok(raised) => {
            let (id, body) = (raised.id, raised.id.to_string());
            v.app.finish_idempotent(user, key, 201, body).await?;
            Ok(id)
        }
        Err(error) => {
            // What the server does with an answer of 503; it may fail as well.
            let _ = v.app.finish_idempotent(user, key, 503, String::new()).await;
            Err(error)
        }
    }
}
