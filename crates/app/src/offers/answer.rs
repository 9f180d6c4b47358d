//! Accept, refuse, see: the two taps (R4.6). Many accepts at once wait in line in the process; the
//! row's version decides between processes.

use crate::app::{App, Who};
use crate::error::AppError;
use crate::journal;
use crate::offers::asked::Asked;
use crate::shell::{Applied, apply, apply_to};
use crate::visits;
use relais_core::access::{Actor, Role};
use relais_core::cascade::{self, Command, Refusal};
use relais_core::ids::{OfferId, ProfessionalId};
use relais_core::request::{Appointment, Phase, RefusalReason};
use relais_core::time::{Instant, civil_day_end};
use relais_store::professionals;
use relais_store::requests::{self, Stored};

impl App {
    /// "J'accepte". A repeat by the winner answers the same; a colleague who won is told kindly.
    ///
    /// Whoever comes second costs no write, and no read of their own either: those who came before
    /// the winner's commit are answered by it, those who come after share a read of the request.
    pub async fn accept(
        &self,
        who: &Who,
        offer: OfferId,
        appointment: Appointment,
    ) -> Result<Applied, AppError> {
        self.take_on(who, offer, appointment, None).await
    }

    /// "Oui, à cette heure": the same, at an hour of theirs that came free, unless they gave it to somebody meanwhile.
    ///
    /// # Errors
    /// Those of [`Self::accept`]; `hour-taken`.
    pub async fn accept_freed(
        &self,
        who: &Who,
        offer: OfferId,
        hour: Instant,
    ) -> Result<Applied, AppError> {
        let at = Appointment::At(hour);
        self.take_on(who, offer, at, Some(hour)).await
    }

    /// Whether an hour of the actor's that came free is still theirs to give for an offer of theirs.
    ///
    /// # Errors
    /// `NotFound` for anybody else's offer.
    pub async fn is_hour_free(
        &self,
        who: &Who,
        offer: OfferId,
        hour: Instant,
    ) -> Result<bool, AppError> {
        let (asked, professional) = self.own_offer(who, offer).await?;
        self.read(move |_, tx| Ok(!visits::is_given(tx, professional, hour, asked.request)?))
            .await
    }

    async fn take_on(
        &self,
        who: &Who,
        offer: OfferId,
        appointment: Appointment,
        freed: Option<Instant>,
    ) -> Result<Applied, AppError> {
        let arrival = self.0.arbiter.arrival();
        let (asked, professional) = self.own_offer(who, offer).await?;
        let taken = |by: ProfessionalId, at| {
            let already = (by != professional).then_some(Refusal::AlreadyTaken { at });
            already.map_or(Ok(()), |refusal| Err(AppError::from(refusal)))
        };
        if let Some((by, at)) = asked.taken {
            taken(by, at)?;
        }
        let request = asked.request;
        let mut turn = self.0.arbiter.turn(request).await;
        if let Some(won) = turn.won_since(arrival) {
            taken(won.professional, won.at)?;
        }
        let (now, who) = (self.now(), who.clone());
        let command = Command::Accept { offer, appointment };
        let applied = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, request)?;
                if let Some(hour) = freed {
                    // After the request, like every change that looks at people.
                    professionals::hold(tx, professional)?;
                    if visits::is_given(tx, professional, hour, request)? {
                        return Err(hour_taken());
                    }
                }
                apply_to(inner, tx, stored, &command, &who, now, None)
            })
            .await?;
        if let Phase::Engaged(engagement) = &applied.after.phase {
            let (by, at) = (engagement.professional, engagement.at);
            self.0.arbiter.won(&mut turn, by, at);
        }
        self.wake();
        Ok(applied)
    }

    /// A yes that was heard before, repeated under its key: nothing is done, and what is told is what is.
    ///
    /// # Errors
    /// As refusals of the domain: given back, taken by a colleague, over since.
    pub async fn accepted_still(&self, who: &Who, offer: OfferId) -> Result<Stored, AppError> {
        let request = self.own_offer(who, offer).await?.0.request;
        self.read(move |_, tx| {
            let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
            cascade::accepted_still(&stored.request, offer)?;
            Ok(stored)
        })
        .await
    }

    /// "Je passe". "Plus rien aujourd'hui" passes and mutes until the end of the day.
    pub async fn refuse(
        &self,
        who: &Who,
        offer: OfferId,
        reason: RefusalReason,
    ) -> Result<Applied, AppError> {
        let (asked, professional) = self.own_offer(who, offer).await?;
        let request = asked.request;
        let (now, who) = (self.now(), who.clone());
        let (command, by) = (Command::Refuse { offer, reason }, who.clone());
        let applied = self
            .write(move |inner, tx| apply(inner, tx, request, &command, &by, now, None))
            .await?;
        // After it and apart: a directory changed in a transaction must serve no decision of it.
        if reason == RefusalReason::NotToday {
            self.write(move |inner, tx| mute_today(inner, tx, professional, &who, now))
                .await?;
        }
        self.wake();
        Ok(applied)
    }

    /// The professional opened the page of an offer.
    pub async fn mark_seen(&self, who: &Who, offer: OfferId) -> Result<(), AppError> {
        let request = self.own_offer(who, offer).await?.0.request;
        let (now, who) = (self.now(), who.clone());
        let command = Command::MarkSeen { offer };
        self.write(move |inner, tx| apply(inner, tx, request, &command, &who, now, None))
            .await?;
        Ok(())
    }

    /// An offer made to the actor; not found for anybody else's.
    async fn own_offer(
        &self,
        who: &Who,
        offer: OfferId,
    ) -> Result<(Asked, ProfessionalId), AppError> {
        let professional = answering(&who.signed_in()?)?;
        let asked = self.0.asked.get(&self.0, offer).await?;
        if asked.professional == professional {
            Ok((asked, professional))
        } else {
            Err(AppError::NotFound)
        }
    }
}

fn hour_taken() -> AppError {
    let detail = "Vous avez donné cette heure à un autre patient. Vous pouvez accepter et choisir une autre heure.";
    AppError::problem("hour-taken", 409, detail)
}

/// The professional behind an actor who answers offers.
pub(crate) fn professional(actor: &Actor) -> Result<ProfessionalId, AppError> {
    match (actor.role, actor.professional) {
        (Role::Professional, Some(id)) => Ok(id),
        _ => Err(AppError::Denied),
    }
}

/// In whose name an actor answers: the professional's own, or their secretary's who answers for them now.
pub(crate) fn answering(actor: &Actor) -> Result<ProfessionalId, AppError> {
    actor.answers_for().ok_or(AppError::Denied)
}

fn mute_today(
    inner: &crate::app::Inner,
    tx: &mut relais_store::Tx<'_>,
    id: ProfessionalId,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let row = professionals::get(tx, id)?;
    let actor = who.signed_in()?;
    let directory = inner.directory.current(tx)?;
    let zone = &directory.network(actor.network)?.calendar.zone;
    let mut profile = row.member.profile.clone();
    profile.muted_until = Some(civil_day_end(now, zone));
    professionals::update_profile(tx, id, &profile, row.profile_version)?;
    let body =
        serde_json::json!({ "professional": id.to_string(), "say": "Plus rien aujourd’hui" });
    journal::act(
        tx,
        Some(actor.network),
        "profile.muted",
        None,
        None,
        &body,
        who,
        now,
    )
}
