//! What comes back by SMS: `OUI 4821`, `NON 4821`, `ANNUL`. Answered at once, never with an
//! identity (R7). Whether it was heard before is [`heard`]'s, what a patient says [`patient`]'s.

mod heard;
mod patient;

use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use crate::members;
use crate::outbox::Body;
use crate::text::{self, ReplyNews, Understood};
use heard::Heard;
use relais_core::access::{Actor, Role};
use relais_core::cascade::{Command, Refusal};
use relais_core::ids::{MessageId, NetworkId, ProfessionalId};
use relais_core::request::{Appointment, OfferStatus, Phase, RefusalReason, WithdrawReason};
use relais_core::time::Instant;
use relais_gateways::{Channel, Inbound, Inbox as _};
use relais_store::messages::{self, Audience, Message, MessageStatus};
use relais_store::offers::{self, OfferRow};
use relais_store::{Tx, professionals, users};

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
    let number = inbound.from.expose();
    let understood = text::understand(&inbound.text);
    let codeless = matches!(understood, Understood::Yes(None) | Understood::No(None));
    let key = match heard::heard(inner, tx, inbound, codeless, now)? {
        Heard::Known => return Ok(()),
        Heard::First(key) => key,
        Heard::Again { key, codes } => {
            // Under what is open: the same again is not answered twice, another request is.
            let key = format!("{key}:{}", codes.join("-"));
            let codes: Vec<_> = codes.iter().map(String::as_str).collect();
            let news = ReplyNews::SayCode { codes: &codes };
            return tell(inner, tx, number, None, &news, &key, now);
        }
    };
    let key = &key;
    let known = professionals::find_by_alert_number(tx, number)?;
    // A professional may be a patient too: what only a patient says is read as theirs first, and what no machine
    // understands is for the desk as long as a request of theirs is open.
    let theirs = match understood {
        Understood::Cancel | Understood::Late(_) | Understood::Seen | Understood::NotSeen => true,
        Understood::Unclear => !known.is_empty() && patient::waits(inner, tx, number, now)?,
        Understood::Yes(_) | Understood::No(_) | Understood::Ok => false,
    };
    if known.is_empty() || theirs {
        let theirs = patient::answer(inner, tx, inbound, &understood, key, now)?;
        if theirs || known.is_empty() {
            return Ok(());
        }
    }
    professional(inner, tx, number, &understood, key, now)
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
        text,
        ..Body::default()
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
