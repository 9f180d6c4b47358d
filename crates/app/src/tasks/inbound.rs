//! What comes back by SMS: `OUI 4821`, `NON 4821`, `ANNUL`. Answered at once, never with an
//! identity (R7).

use crate::app::{App, Inner, Who};
use crate::callbacks;
use crate::chance;
use crate::directory::NetworkEntry;
use crate::error::AppError;
use crate::holder::{self, Told};
use crate::members;
use crate::outbox::Body;
use crate::text::{self, ReplyNews, Understood};
use crate::visits::{self, Heard};
use relais_core::access::{Actor, Role};
use relais_core::cascade::{Command, Refusal};
use relais_core::ids::{MessageId, NetworkId, PatientId, ProfessionalId, RequestId, UserId};
use relais_core::request::{
    Appointment, CancelledBy, OfferStatus, Phase, RefusalReason, WithdrawReason,
};
use relais_core::time::{Duration, Instant};
use relais_core::wishes::Wish;
use relais_gateways::{Channel, Inbound, Inbox as _};
use relais_store::idempotency::{self, Begin};
use relais_store::messages::{self, Audience, Message, MessageStatus};
use relais_store::offers::{self, OfferRow};
use relais_store::{
    Tx, patient_marks, patient_wishes, patients, professionals, requests, users, visit_questions,
};

/// Most records read for one number as a carer's.
const RECORDS_MAX: u32 = 60;

/// How far back a patient's `ANNUL` looks for a request.
const LOOK_BACK: Duration = Duration::hours(72);

impl App {
    pub(super) async fn take_inbound(&self) -> Result<usize, AppError> {
        let inbox = &self.outside().inbox;
        let mut arrived = inbox.take_inbound().into_iter();
        let mut count = 0;
        let mut kept = Vec::new();
        while let Some(inbound) = arrived.next() {
            let (now, read) = (self.now(), inbound.clone());
            let done = self
                .write(move |inner, tx| answer(inner, tx, &read, now))
                .await;
            match done {
                Ok(()) => {
                    inbound.kept.yes();
                    count += 1;
                }
                Err(error) if error.is_unavailable() => {
                    kept.push(inbound);
                    kept.extend(arrived);
                    kept.into_iter().for_each(|inbound| inbox.inbound(inbound));
                    return Err(error);
                }
                Err(error) => {
                    let reference = &inbound.provider_ref;
                    tracing::error!(%error, reference, "an answer could not be handled");
                    kept.push(inbound);
                }
            }
        }
        kept.into_iter().for_each(|inbound| inbox.inbound(inbound));
        Ok(count)
    }
}

/// Handles one answer, once: the same one may come twice.
pub(super) fn answer(
    inner: &Inner,
    tx: &mut Tx<'_>,
    inbound: &Inbound,
    now: Instant,
) -> Result<(), AppError> {
    if inbound.channel != Channel::Sms {
        return Ok(());
    }
    let Some(key) = fresh_key(inner, tx, inbound, now)? else {
        return Ok(());
    };
    let key = &key;
    let number = inbound.from.expose();
    let understood = text::understand(&inbound.text);
    let known = professionals::find_by_alert_number(tx, number)?;
    // A professional may be a patient too: what only a patient says is read as theirs first.
    let theirs = matches!(
        understood,
        Understood::Cancel | Understood::Late(_) | Understood::Seen | Understood::NotSeen
    );
    if known.is_empty() || theirs {
        let heard = patient(inner, tx, inbound, &understood, key, now)?;
        if heard || known.is_empty() {
            return Ok(());
        }
    }
    professional(inner, tx, number, &understood, key, now)
}

/// The key of an answer that was not handled yet; `None` when it was. A provider that uses a
/// reference again for something else, or for somebody else, is heard all the same.
fn fresh_key(
    inner: &Inner,
    tx: &mut Tx<'_>,
    inbound: &Inbound,
    now: Instant,
) -> Result<Option<String>, AppError> {
    let said = format!("{}\n{}", inbound.from.expose(), inbound.text);
    // Under a key of ours: a number alone would be guessed from its fingerprint.
    let mark = inner.vault.mark("inbound", &said)?;
    let me = inner.watch.id();
    let first = inbound.provider_ref.clone();
    let again = format!("{first}:{mark}");
    for key in [first, again] {
        match idempotency::begin(tx, "inbound", &key, "sms", &mark, me, now)? {
            Begin::Fresh => return Ok(Some(key)),
            Begin::Mismatch => {}
            Begin::InFlight { .. } | Begin::Replay { .. } => return Ok(None),
        }
    }
    Ok(None)
}

fn professional(
    inner: &Inner,
    tx: &mut Tx<'_>,
    number: &str,
    understood: &Understood,
    key: &str,
    now: Instant,
) -> Result<(), AppError> {
    let open = offers::list_open_by_number(tx, number)?;
    let (yes, code) = match understood {
        Understood::Yes(code) => (true, code.clone()),
        Understood::No(code) => (false, code.clone()),
        Understood::Ok => {
            let people = professionals::find_by_alert_number(tx, number)?;
            members::heard(tx, &people, now)?;
            return tell(inner, tx, number, None, &ReplyNews::TrialHeard, key, now);
        }
        Understood::Cancel
        | Understood::Late(_)
        | Understood::Seen
        | Understood::NotSeen
        | Understood::Unclear => {
            return tell(inner, tx, number, None, &ReplyNews::NotUnderstood, key, now);
        }
    };
    let chosen = match &code {
        Some(code) => match offers::find_open_by_code(tx, number, code)? {
            Some(row) => Some(row),
            None => offers::find_last_by_code(tx, number, code)?,
        },
        None if open.len() == 1 => open.first().cloned(),
        None => None,
    };
    let Some(row) = chosen else {
        let codes: Vec<&str> = open.iter().filter_map(|o| o.sms_code.as_deref()).collect();
        let news = match &code {
            Some(code) => ReplyNews::UnknownCode { code },
            None if codes.is_empty() => ReplyNews::NothingOpen,
            None => ReplyNews::SeveralOpen { codes: &codes },
        };
        return tell(inner, tx, number, None, &news, key, now);
    };
    let outcome = respond(inner, tx, &row, yes, now)?;
    let code = row.sms_code.clone().unwrap_or_default();
    let link = format!("{}/prises/{}", inner.settings.base_url, row.request);
    let news = match outcome {
        Outcome::Yours => ReplyNews::Yours {
            code: &code,
            link: &link,
        },
        Outcome::Passed => ReplyNews::Passed { code: &code },
        Outcome::Taken(at) => ReplyNews::Taken { code: &code, at },
        Outcome::Over => ReplyNews::Over { code: &code },
        Outcome::GivenBack(at) => ReplyNews::GivenBack { code: &code, at },
        Outcome::RightEnded => ReplyNews::RightEnded { code: &code },
    };
    tell(inner, tx, number, Some(&row), &news, key, now)
}

enum Outcome {
    Yours,
    Passed,
    Taken(Instant),
    Over,
    GivenBack(Instant),
    RightEnded,
}

/// Applies the yes or the no; an acceptance by SMS leaves the time to the desk (R4.7).
fn respond(
    inner: &Inner,
    tx: &mut Tx<'_>,
    row: &OfferRow,
    yes: bool,
    now: Instant,
) -> Result<Outcome, AppError> {
    let who = Who {
        actor: actor_of(tx, row.offer.professional)?,
        source: "sms",
    };
    let offer = row.offer.id;
    let command = if yes {
        Command::Accept {
            offer,
            appointment: Appointment::ToBeSet,
        }
    } else {
        Command::Refuse {
            offer,
            reason: RefusalReason::Unsaid,
        }
    };
    let done =
        tx.attempt(|tx| crate::shell::apply(inner, tx, row.request, &command, &who, now, None));
    match done {
        Ok(_) if yes => Ok(Outcome::Yours),
        Ok(applied) => Ok(match applied.after.phase {
            Phase::Engaged(e) if e.professional != row.offer.professional => Outcome::Taken(e.at),
            _ => Outcome::Passed,
        }),
        Err(AppError::Refused(Refusal::AlreadyTaken { at })) => Ok(Outcome::Taken(at)),
        Err(AppError::Refused(Refusal::RightEnded)) => Ok(Outcome::RightEnded),
        Err(AppError::Refused(Refusal::GivenBack { at })) => Ok(Outcome::GivenBack(at)),
        Err(AppError::Refused(Refusal::AlreadyYours)) => Ok(Outcome::Yours),
        Err(AppError::Refused(_)) => Ok(match row.offer.status {
            OfferStatus::Withdrawn {
                at,
                why: WithdrawReason::Taken,
            } => Outcome::Taken(at),
            _ => Outcome::Over,
        }),
        Err(other) => Err(other),
    }
}

fn actor_of(tx: &mut Tx<'_>, professional: ProfessionalId) -> Result<Option<Actor>, AppError> {
    let user = users::find_by_professional(tx, professional)?;
    Ok(user.and_then(|user| {
        Some(Actor {
            user: user.id,
            role: Role::Professional,
            network: user.network?,
            professional: Some(professional),
        })
    }))
}

/// Handles what a patient wrote; `false` when no patient has this number.
fn patient(
    inner: &Inner,
    tx: &mut Tx<'_>,
    inbound: &Inbound,
    understood: &Understood,
    key: &str,
    now: Instant,
) -> Result<bool, AppError> {
    let number = inbound.from.expose();
    let directory = inner.directory.current(tx)?;
    // What is still open comes before what is over, then the latest.
    let mut latest: Option<(bool, RequestId, NetworkId, PatientId)> = None;
    let mut count_open = 0;
    let mut asked = Vec::new();
    for entry in directory.networks() {
        let network = entry.network.id;
        let known = told_at(inner, tx, network, number)?;
        asked.extend(visit_questions::list_open(
            tx,
            &known,
            now - visits::ANSWERED_WITHIN,
        )?);
        for request in requests::list_for_patient(tx, &known, now - LOOK_BACK)? {
            let stored = requests::find(tx, request)?.ok_or(AppError::NotFound)?;
            let open = !stored.request.is_ended();
            count_open += usize::from(open);
            if latest.is_none_or(|(held_open, held, ..)| (held_open, held) < (open, request)) {
                latest = Some((open, request, network, stored.patient));
            }
        }
    }
    // What was asked is what is answered, when it can only be one: two children under their mother's
    // number are for a person to hear.
    let question = match (understood, asked.as_slice()) {
        (Understood::Seen | Understood::NotSeen, [one]) => Some(*one),
        _ => None,
    };
    if let Some(one) = question {
        let stored = requests::find(tx, one)?.ok_or(AppError::NotFound)?;
        latest = Some((false, one, stored.request.network, stored.patient));
    }
    // A number nobody knows gets no answer: it may be spoofed.
    let Some((_, request, network, patient)) = latest else {
        return Ok(false);
    };
    let stored = requests::get_for_update(tx, request)?;
    let open = !stored.request.is_ended();
    let name;
    let news = match understood {
        // Two children under their mother's number: which of them is for a person to hear.
        Understood::Cancel if count_open > 1 => ReplyNews::PatientSeveralOpen,
        Understood::Cancel if open && !holder::cancellable(&stored.request, now) => {
            ReplyNews::PatientNothingToCancel
        }
        Understood::Late(_) if count_open > 1 => ReplyNews::PatientSeveralLate,
        Understood::Late(minutes) => {
            let who = Who::platform("sms");
            match holder::late(inner, tx, &stored, *minutes, &who, now)? {
                Told::Them(id) => {
                    name = inner
                        .directory
                        .current(tx)?
                        .person(id)
                        .map(|p| p.display_name());
                    ReplyNews::PatientLate {
                        name: name.as_deref().unwrap_or_default(),
                    }
                }
                Told::Nobody => ReplyNews::PatientLateCall,
                Told::NothingToBeLateFor => ReplyNews::PatientNothingToCancel,
            }
        }
        Understood::Cancel if open => {
            let was = match &stored.request.phase {
                Phase::Engaged(engagement) => engagement.appointment.latest(),
                _ => None,
            };
            let command = Command::Cancel {
                by: UserId::from_bits(0),
                who: CancelledBy::Patient,
            };
            let who = Who::platform("sms");
            crate::shell::apply_to(inner, tx, stored, &command, &who, now, Some("ANNUL"))?;
            ReplyNews::PatientCancelled { was }
        }
        Understood::Cancel => ReplyNews::PatientNothingToCancel,
        Understood::Yes(_) | Understood::Ok => ReplyNews::PatientThanks,
        Understood::Seen | Understood::NotSeen if question.is_some() => {
            let (received, who) = (*understood == Understood::Seen, Who::platform("sms"));
            match visits::answer(inner, tx, &stored, received, &who, now)? {
                Heard::Noted => ReplyNews::PatientThanks,
                Heard::ToCheck => heard_by(directory.network(network)?, now),
                Heard::NotAsked => ReplyNews::PatientNotUnderstood,
            }
        }
        Understood::Seen => ReplyNews::PatientThanks,
        Understood::NotSeen | Understood::No(_) | Understood::Unclear => {
            if callbacks::hear(inner, tx, &stored, &inbound.text, key, now)? {
                heard_by(directory.network(network)?, now)
            } else {
                ReplyNews::PatientNotUnderstood
            }
        }
    };
    let entry = directory.network(network)?;
    let desk = entry.desk(now);
    let text = text::reply(&desk, &news);
    let reply = Message {
        request: Some(request),
        recipient_patient: Some(patient),
        audience: Audience::Patient,
        owner: "Patient".to_owned(),
        ..blank(network, key, now, text)?
    };
    messages::insert(tx, &reply)?;
    Ok(true)
}

/// Records whose messages go to a number: the patient's own, and a carer's who is told in their place.
fn told_at(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    number: &str,
) -> Result<Vec<PatientId>, AppError> {
    let mut known = patients::find_by_phone(tx, &inner.vault, network, number)?;
    for patient in patient_marks::list_by_phone(tx, &inner.vault, network, number, RECORDS_MAX)? {
        if !known.contains(&patient)
            && patient_wishes::of_patient(tx, patient)?.has(Wish::TellCarer)
        {
            known.push(patient);
        }
    }
    Ok(known)
}

/// What a patient is told of words that a person will read: now, or when the desk opens.
fn heard_by(entry: &NetworkEntry, now: Instant) -> ReplyNews<'static> {
    if entry.calendar.is_open(now) {
        return ReplyNews::PatientHeard { opens: None };
    }
    match entry.calendar.next_opening(now) {
        Some(at) => ReplyNews::PatientHeard { opens: Some(at) },
        None => ReplyNews::PatientNotUnderstood,
    }
}

fn tell(
    inner: &Inner,
    tx: &mut Tx<'_>,
    number: &str,
    row: Option<&OfferRow>,
    news: &ReplyNews<'_>,
    key: &str,
    now: Instant,
) -> Result<(), AppError> {
    let directory = inner.directory.current(tx)?;
    let known = professionals::find_by_alert_number(tx, number)?;
    let Some(person) = known.first().and_then(|id| directory.person(*id)) else {
        return Ok(());
    };
    let home = person.member.memberships.first().map(|m| m.network);
    let network = row
        .map(|row| row.offer.network)
        .or(home)
        .ok_or(AppError::NotFound)?;
    let entry = directory.network(network)?;
    let desk = entry.desk(now);
    let text = text::reply(&desk, news);
    let reply = Message {
        request: row.map(|row| row.request),
        offer: row.map(|row| row.offer.id),
        recipient_professional: Some(person.member.id),
        address: Some(number.to_owned()),
        audience: Audience::Professional,
        owner: person.display_name(),
        ..blank(network, key, now, text)?
    };
    messages::insert(tx, &reply)?;
    Ok(())
}

fn blank(network: NetworkId, key: &str, now: Instant, text: String) -> Result<Message, AppError> {
    let body = Body {
        subject: None,
        text,
        voice: None,
        tag: None,
        replaces: false,
    };
    Ok(Message {
        id: MessageId::from_bits(chance::id(now)),
        idem_key: format!("reply:{key}"),
        network,
        kind: "reply".to_owned(),
        channel: Channel::Sms.code().to_owned(),
        body: serde_json::to_string(&body)
            .map_err(|error| AppError::Bug(format!("message body: {error}")))?,
        status: MessageStatus::Queued,
        due_at: now,
        created_at: now,
        ..Message::default()
    })
}
