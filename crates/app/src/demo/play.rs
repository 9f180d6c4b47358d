//! Plays the stories of a territory through the real use cases, the clock moved back: a dozen
//! requests at every stage, as if the morning had happened.

use crate::app::{App, Who as Doer};
use crate::demo::start;
use crate::demo::stories::{Step, Story, When, Who};
use crate::demo::world::DemoWorld;
use crate::error::AppError;
use crate::protocols::{Book, Given};
use crate::requests::desk::Act;
use crate::requests::draft::{
    AddressDraft, MotiveDraft, NeedDraft, PatientDraft, RequestDraft, SeriesDraft, TriageDraft,
    UsualDraft,
};
use relais_core::access::{Actor, Role};
use relais_core::ids::{OfferId, ProfessionalId, RequestId};
use relais_core::request::{Age, Appointment, Need, Origin, RedFlags, Request};
use relais_core::time::{Duration, Instant};
use relais_core::triage::{Answer, Answers, Kind, Step as Walked};
use relais_store::requests;
use serde_json::json;
use std::collections::BTreeMap;

/// One moment of the morning.
enum Moment {
    Raise,
    Step(Step),
}

impl App {
    /// Plays every story, then leaves the clock at the territory's start.
    pub async fn play_stories(&self, world: &DemoWorld) -> Result<(), AppError> {
        let mut moments: Vec<(Instant, usize, usize, Moment)> = Vec::new();
        for (index, story) in world.stories.iter().enumerate() {
            let raised = world.start - Duration::minutes(story.at_minutes_before);
            moments.push((raised, index, 0, Moment::Raise));
            for (order, (after, step)) in story.steps.iter().enumerate() {
                let at = raised + Duration::minutes(*after);
                moments.push((at, index, order + 1, Moment::Step(*step)));
            }
        }
        moments.sort_by_key(|(at, index, order, _)| (*at, *index, *order));
        if let Some((first, ..)) = moments.first() {
            self.clock().set(*first);
        }
        let mut raised: BTreeMap<usize, RequestId> = BTreeMap::new();
        for (at, index, _, moment) in moments {
            self.advance(at.since(self.now())).await?;
            let Some(story) = world.stories.get(index) else {
                continue;
            };
            match moment {
                Moment::Raise => {
                    let request = self.raise_story(world, story).await?;
                    raised.insert(index, request);
                }
                Moment::Step(step) => {
                    let Some(request) = raised.get(&index) else {
                        continue;
                    };
                    self.step(world, story, *request, &step).await?;
                }
            }
            self.settle().await?;
        }
        self.advance(world.start.since(self.now())).await?;
        self.clock().set(world.start);
        Ok(())
    }

    async fn raise_story(&self, world: &DemoWorld, story: &Story) -> Result<RequestId, AppError> {
        let requester = user(world, story.requester)?;
        let draft = draft(world, story.patient, &story.need, story.origin, Some(story))?;
        Ok(self.raise(&Doer::actor(requester, "web"), draft).await?.id)
    }

    async fn step(
        &self,
        world: &DemoWorld,
        story: &Story,
        id: RequestId,
        step: &Step,
    ) -> Result<(), AppError> {
        let request = self
            .read(move |_, tx| Ok(requests::find(tx, id)?.ok_or(AppError::NotFound)?.request))
            .await?;
        let desk = Doer::actor(desk_of(world, story)?, "web");
        let reason = Some("démonstration".to_owned());
        match step {
            Step::Seen(who) => {
                let (doer, offer) = offered(world, &request, *who)?;
                self.mark_seen(&doer, offer).await
            }
            Step::Refuse(who, why) => {
                let (doer, offer) = offered(world, &request, *who)?;
                self.refuse(&doer, offer, *why).await.map(drop)
            }
            Step::Accept(who, when) => {
                let (doer, offer) = offered(world, &request, *who)?;
                self.accept(&doer, offer, appointment(*when, self.now()))
                    .await
                    .map(drop)
            }
            Step::SetAppointment(when) => {
                let act = Act::SetAppointment(appointment(*when, self.now()));
                self.act(&desk, id, act, None).await.map(drop)
            }
            Step::Release => {
                let doer = accepter(world, &request)?;
                self.act(&doer, id, Act::Release, reason).await.map(drop)
            }
            Step::Close(closure) => {
                let doer = if request.engaged().is_some() {
                    accepter(world, &request)?
                } else {
                    desk
                };
                self.act(&doer, id, Act::Close(*closure), None)
                    .await
                    .map(drop)
            }
            Step::Cancel(who) => self
                .act(&desk, id, Act::Cancel(*who), reason)
                .await
                .map(drop),
            Step::Pause => self.act(&desk, id, Act::Pause, None).await.map(drop),
            Step::Transfer15 => self.act(&desk, id, Act::Transfer15, reason).await.map(drop),
            Step::TakeInHand => self.act(&desk, id, Act::TakeInHand, None).await.map(drop),
            Step::Qualify => {
                let doer = Doer::actor(staff(world, story, Role::Regulator)?, "web");
                self.act(&doer, id, Act::Qualify(None), None)
                    .await
                    .map(drop)
            }
        }
    }
}

fn missing(what: &str) -> AppError {
    AppError::Bug(format!("the demonstration has no {what}"))
}

fn user(world: &DemoWorld, index: usize) -> Result<Actor, AppError> {
    let user = world.users.get(index).ok_or_else(|| missing("such user"))?;
    Ok(Actor {
        user: user.id,
        role: user.role,
        network: user.network,
        professional: user.professional,
    })
}

fn staff(world: &DemoWorld, story: &Story, role: Role) -> Result<Actor, AppError> {
    let network = world
        .networks
        .get(story.network)
        .ok_or_else(|| missing("such network"))?;
    let index = world
        .users
        .iter()
        .position(|user| user.role == role && user.network == network.id)
        .ok_or_else(|| missing("such staff"))?;
    user(world, index)
}

fn desk_of(world: &DemoWorld, story: &Story) -> Result<Actor, AppError> {
    staff(world, story, Role::Operator)
}

fn professional(world: &DemoWorld, id: ProfessionalId) -> Result<Doer, AppError> {
    let index = world
        .users
        .iter()
        .position(|user| user.professional == Some(id))
        .ok_or_else(|| missing("account for a professional"))?;
    Ok(Doer::actor(user(world, index)?, "web"))
}

fn accepter(world: &DemoWorld, request: &Request) -> Result<Doer, AppError> {
    professional(world, request.engaged().ok_or_else(|| missing("accepter"))?)
}

fn offered(world: &DemoWorld, request: &Request, who: Who) -> Result<(Doer, OfferId), AppError> {
    let mut live: Vec<_> = request.live_offers().collect();
    live.sort_by_key(|o| (o.distance_m.unwrap_or(u32::MAX), o.professional));
    let chosen = match who {
        Who::Usual => live.iter().find(|offer| offer.usual),
        Who::Nearest(n) => live.iter().filter(|offer| !offer.usual).nth(n),
    };
    let offer = chosen.ok_or_else(|| missing("live offer for a step of a story"))?;
    Ok((professional(world, offer.professional)?, offer.id))
}

fn appointment(when: When, now: Instant) -> Appointment {
    let later = |minutes: i64| now + Duration::minutes(minutes);
    match when {
        When::At(minutes) => Appointment::At(later(minutes)),
        When::Between(from, until) => Appointment::Between(later(from), later(until)),
        When::Call => Appointment::Call(None),
        When::ToBeSet => Appointment::ToBeSet,
    }
}

/// A request as an operator would type it, for a patient of the territory.
pub fn draft(
    world: &DemoWorld,
    patient: usize,
    need: &Need,
    origin: Origin,
    story: Option<&Story>,
) -> Result<RequestDraft, AppError> {
    let person = world
        .patients
        .get(patient)
        .ok_or_else(|| missing("such patient"))?;
    let rpps = |id: &ProfessionalId| {
        world
            .professionals
            .iter()
            .find(|p| p.id == *id)
            .map(|p| p.rpps.clone())
    };
    let red_flags = story.map_or(RedFlags::None, |story| story.red_flags);
    let given = story
        .and_then(|story| answered(world, story))
        .unwrap_or_default();
    Ok(RequestDraft {
        patient: PatientDraft {
            birth_name: person.birth_name.clone(),
            first_names: person.first_names.clone(),
            used_name: person.used_name.clone(),
            sex: person.sex.code().to_owned(),
            birth_date: person.birth_date.to_string(),
            phone: person.phone.clone(),
            address: AddressDraft {
                line: Some(person.line.clone()),
                postcode: Some(person.postcode.clone()),
                insee: Some(person.insee.to_string()),
            },
            carer_phone: person.carer_phone.clone(),
        },
        usual: UsualDraft {
            doctor: Some(person.usual.doctor.code().to_owned()),
            rpps: None,
            professionals: person.usual.professionals.iter().filter_map(rpps).collect(),
            contacted: Some(person.usual.contacted.code().to_owned()),
        },
        triage: Some(TriageDraft {
            red_flags: red_flags.code().to_owned(),
            sheet: given.sheet,
            version: given.version,
            answers: given
                .answers
                .iter()
                .map(|one| json!({ "question": one.question, "answer": one.answer }))
                .collect(),
        }),
        need: NeedDraft {
            profession: need.profession.code().to_owned(),
            specialty: need.specialty.as_ref().map(ToString::to_string),
            care_type: Some(need.care.to_string()),
            mode: Some(need.mode.code().to_owned()),
            within_hours: i64::from(need.within_hours),
            motives: need
                .motives
                .iter()
                .map(|code| MotiveDraft {
                    code: code.to_string(),
                    text: None,
                })
                .collect(),
            comment: Some(need.comment.clone()),
            series: need.series.as_ref().map(SeriesDraft::from),
            cooperations: need.cooperations.iter().map(ToString::to_string).collect(),
        },
        window_minutes: story.and_then(|story| story.window_minutes).map(i64::from),
        consent_synthesis: story.is_some_and(|story| story.consent_synthesis),
        origin: Some(origin.code().to_owned()),
        not_same_as: Vec::new(),
    })
}

/// The answers of a call in which one question could not be answered, and the others were as usual.
fn answered(world: &DemoWorld, story: &Story) -> Option<Given> {
    let doubt = story.doubt?;
    let book = Book::demonstration();
    let raised = world.raised_at(story).timestamp().to_zoned(start::zone());
    let age = Age::on(world.patients.get(story.patient)?.birth_date, raised.date());
    let chosen = story
        .need
        .motives
        .first()
        .map(|code| book.choose(code, age));
    let mut answers = Answers::default();
    while let Walked::Ask(sign) = book.step(chosen, &answers) {
        let question = book.question(chosen, sign)?;
        let answer = match &question.kind {
            _ if question.key == doubt => Answer::Unknown,
            Kind::Inclusion => Answer::Yes,
            Kind::RedFlag(_) | Kind::Exclusion(_) | Kind::Note => Answer::No,
        };
        answers.give(sign, answer);
    }
    Some(Given::write(&book, chosen, &answers))
}
