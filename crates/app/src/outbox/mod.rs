//! Effects become messages, in the transaction of the change (I7). Chooses the first channel of
//! each person's ladder and writes the text. A patient's number is never written here.

mod asking;
mod ladder;
mod news;

use asking::Asked;
pub(crate) use asking::Late;
pub(crate) use ladder::{
    first_rung, has_next_rung, leads, next_rung, on_lock_screen, rungs_after, tell_otherwise,
};
pub(crate) use news::{Heard, tell_again, tell_freed, tell_late};

use crate::app::{Inner, Who};
use crate::chance;
use crate::directory::{Directory, NetworkEntry};
use crate::error::AppError;
use crate::reference::communes::Communes;
use crate::synthesis::tell_outside_doctor;
use crate::text::push::Speech;
use crate::text::{Caregiver, Case, Desk, Written};
use crate::visits::QUESTION;
use relais_core::ids::{MessageId, OfferId, PatientId};
use relais_core::message::{DeskAlert, Effect, PatientNews, RequesterNews};
use relais_core::people::Mode;
use relais_core::request::{Closure, Offer, OfferStatus, Phase, Request};
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::Tx;
use relais_store::messages::{self, Audience, Message, MessageStatus, Told};
use relais_store::professionals::ProfessionalRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Attempts at a code that is free among the open offers of one phone.
const CODE_ATTEMPTS: usize = 40;

/// The kind of the news a patient gets.
pub(crate) const PATIENT: &str = "patient";
/// The kind of the reminder of an appointment: it waits, and gives way to any later news.
pub(crate) const REMINDER: &str = "patient-reminder";
/// The kind of the message that tells somebody their form arrived.
pub(crate) const WEB_RECEIVED: &str = "web-received";
/// The kind of a message to whoever raised it.
const REQUESTER: &str = "requester";

/// The kinds of the news of whoever has the patient: of the need, of the hour, that closing is overdue. Each gives way
/// when it is true no more.
const ACCEPTER: &str = "accepter";
const ACCEPTER_HOUR: &str = "accepter-hour";
const ACCEPTER_CLOSE: &str = "accepter-close";
/// The kind of their last word: nothing takes its place.
const ACCEPTER_END: &str = "accepter-end";
/// The kind of the news that a colleague has their patient.
const USUAL: &str = "usual";

/// The kind of a message that takes the place of a solicitation.
const REPLACE: &str = "replace";

/// How long somebody who accepted on a page has to choose a time before others are told without.
const TIME_CHOICE: Duration = Duration::minutes(2);

/// What a message says, as stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Body {
    /// Title of a notification, subject of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The same, to be read aloud where a number turns out to be a landline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// Groups notifications about one thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Takes the place of the earlier one.
    #[serde(default)]
    pub replaces: bool,
    /// What is told by their other channels, in the order they chose, when this one does not carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) then: Vec<Rung>,
    /// When its words were chosen, where that was before the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) written_ms: Option<i64>,
    /// The text as it is on later days, each from a moment on, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) days: Vec<FromDay>,
}

/// What a text becomes when it leaves on a later day: *demain* is *aujourd'hui* by then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FromDay {
    pub(crate) from_ms: i64,
    pub(crate) text: String,
}

/// The same news as another channel words it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rung {
    pub(crate) channel: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    pub(crate) text: String,
}

impl Body {
    /// As kept in its row.
    pub(crate) fn encode(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(|error| AppError::Bug(format!("message body: {error}")))
    }
}

/// The change whose effects are posted.
pub(crate) struct Post<'p> {
    /// The state after.
    pub(crate) request: &'p Request,
    /// Its short number.
    pub(crate) code: &'p str,
    /// Its patient.
    pub(crate) patient: PatientId,
    /// The version saved: part of each message's stable key.
    pub(crate) version: i64,
    /// When.
    pub(crate) now: Instant,
    /// Who caused it.
    pub(crate) who: &'p Who,
}

/// To whom a message goes.
enum To<'a> {
    Professional(&'a ProfessionalRow, Audience, Channel, String),
    Patient,
}

/// A message about to be written down.
struct Note<'a> {
    key: String,
    kind: &'a str,
    offer: Option<OfferId>,
    to: To<'a>,
    written: Written,
    voice: Option<String>,
    replaces: bool,
    wait: Duration,
    until: Option<Instant>,
    then: Vec<Rung>,
    days: Vec<FromDay>,
}

impl<'a> Note<'a> {
    fn new(key: String, kind: &'a str, to: To<'a>, written: Written) -> Self {
        Self {
            key,
            kind,
            offer: None,
            to,
            written,
            voice: None,
            replaces: false,
            wait: Duration::ZERO,
            until: None,
            then: Vec::new(),
            days: Vec::new(),
        }
    }
}

struct Writer<'w, 'p> {
    inner: &'w Inner,
    directory: &'w Directory,
    entry: &'w NetworkEntry,
    post: &'w Post<'p>,
    /// What the keys of these messages begin with: the request and the version saved.
    stem: String,
    codes: BTreeMap<OfferId, String>,
    gone: Option<Gone>,
    /// Where each offer stands in the request, when many are written to.
    places: BTreeMap<OfferId, usize>,
    count: usize,
    /// What is told to those asked: written in one statement, a thousand may be.
    many: Vec<Message>,
}

/// What is known of the withdrawn offers of the request, read once for all of them: a thousand
/// colleagues may be told in one transaction.
struct Gone {
    told: BTreeMap<OfferId, Vec<Told>>,
    codes: BTreeMap<OfferId, String>,
}

/// Writes the messages of some effects.
pub(crate) fn enqueue(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    post: &Post<'_>,
    effects: &[Effect],
) -> Result<(), AppError> {
    let mut writer = Writer::new(inner, directory, post)?;
    if effects.len() > 1 {
        let offers = post.request.offers.iter().enumerate();
        writer.places = offers.map(|(place, offer)| (offer.id, place)).collect();
        writer.give_codes(tx, effects)?;
    }
    for effect in effects {
        writer.write(tx, effect)?;
    }
    writer.flush(tx)
}

impl<'w, 'p> Writer<'w, 'p> {
    fn new(
        inner: &'w Inner,
        directory: &'w Directory,
        post: &'w Post<'p>,
    ) -> Result<Self, AppError> {
        Ok(Writer {
            inner,
            directory,
            entry: directory.network(post.request.network)?,
            post,
            stem: format!("{}:{}", post.request.id, post.version),
            codes: BTreeMap::new(),
            gone: None,
            places: BTreeMap::new(),
            count: 0,
            many: vec![],
        })
    }

    fn write(&mut self, tx: &mut Tx<'_>, effect: &Effect) -> Result<(), AppError> {
        self.count += 1;
        match effect {
            Effect::Ask { offer } => self.ask(tx, *offer, Asked::New),
            Effect::AskHour { offer, hour } => self.ask(tx, *offer, Asked::Hour(*hour)),
            Effect::Update { offer } => self.ask(tx, *offer, Asked::Update),
            Effect::Replace { offer, why } => {
                let offer = self.offer(*offer)?.clone();
                self.replace(tx, &offer, *why, None)
            }
            Effect::Accepter { professional, news } => self.accepter(tx, *professional, *news),
            Effect::Patient(news) => {
                let hour = matches!(news, PatientNews::Taken { .. } | PatientNews::Moved { .. });
                if hour && !self.is_just_accepted() {
                    self.hour_untrue(tx)?;
                }
                if let PatientNews::Taken { professional, .. } = news {
                    let (inner, directory) = (self.inner, self.directory);
                    tell_outside_doctor(inner, tx, directory, self.post, *professional)?;
                }
                self.patient(tx, *news)
            }
            Effect::Booked {
                professional,
                appointment,
            } => {
                self.hour_untrue(tx)?;
                self.booked(tx, *professional, *appointment)
            }
            Effect::Requester(news) => {
                if ends(*news) {
                    self.accepter_untrue(tx)?;
                    let untrue: &[&str] = match news {
                        // Told just now, and it took the place of what waited.
                        RequesterNews::Cancelled => &[REMINDER, QUESTION],
                        // Whoever was seen is still asked; whoever was not knows it.
                        RequesterNews::Closed(Closure::Seen) => &[REMINDER, PATIENT],
                        _ => &[REMINDER, QUESTION, PATIENT],
                    };
                    self.untrue(tx, untrue)?;
                }
                self.requester(tx, *news)
            }
            Effect::Usual { professional, news } => self.usual(tx, *professional, *news),
            Effect::Desk(DeskAlert::Released) => {
                messages::replace_waiting(tx, self.post.request.id, &[USUAL])?;
                self.accepter_untrue(tx)
            }
            Effect::Desk(_) => Ok(()),
        }
    }

    /// Whoever has the patient took them in this very change: nothing of theirs waits.
    fn is_just_accepted(&self) -> bool {
        matches!(&self.post.request.phase, Phase::Engaged(one) if one.at == self.post.now)
    }

    fn desk(&self) -> Desk<'_> {
        self.entry.desk(self.post.now)
    }

    fn offer(&self, id: OfferId) -> Result<&Offer, AppError> {
        let request = self.post.request;
        let found = match self.places.get(&id) {
            Some(place) => request.offers.get(*place),
            None => request.offer(id),
        };
        found.ok_or_else(|| AppError::Bug(format!("effect on an unknown offer {id}")))
    }

    fn commune(&self) -> &'static str {
        let insee = self.post.request.patient.commune;
        Communes::shipped()
            .get(insee)
            .map_or("", |commune| commune.name)
    }

    fn link(&self, path: &str) -> String {
        format!("{}{path}", self.inner.settings.base_url)
    }

    fn case<'c>(&'c self, code: &'c str, link: &'c str) -> Case<'c> {
        let need = &self.post.request.need;
        let commune = self.commune();
        Case {
            code,
            mode: need.mode,
            profession: need.profession,
            commune,
            link,
        }
    }

    /// Name and address of a professional, as a patient may be given them.
    fn named(&self, person: &ProfessionalRow) -> (String, Option<String>) {
        let place = person
            .places
            .iter()
            .find(|place| place.main)
            .or(person.places.first());
        let address = place.map(|place| {
            let commune = Communes::shipped().get(place.insee).map_or("", |c| c.name);
            format!("{}, {commune}", place.line)
        });
        (person.display_name(), address)
    }

    fn caregiver<'c>(
        &self,
        person: &'c ProfessionalRow,
        name: &'c str,
        address: Option<&'c str>,
    ) -> Caregiver<'c> {
        let mode: Mode = self.post.request.need.mode;
        Caregiver {
            name,
            mode,
            address,
            tel: person.contact_number.as_deref(),
        }
    }

    /// The stable key of the next message: request, version saved, rank among its messages (I7).
    fn key(&self) -> String {
        format!("{}:{}", self.stem, self.count)
    }

    fn insert(&self, tx: &mut Tx<'_>, note: Note<'_>) -> Result<(), AppError> {
        messages::insert(tx, &self.message(note)?)?;
        Ok(())
    }

    /// Keeps a message to somebody asked for [`Self::flush`].
    fn push(&mut self, note: Note<'_>) -> Result<(), AppError> {
        let message = self.message(note)?;
        self.many.push(message);
        Ok(())
    }

    fn flush(&mut self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        messages::insert_new(tx, &self.many)?;
        self.many.clear();
        Ok(())
    }

    fn message(&self, note: Note<'_>) -> Result<Message, AppError> {
        let request = self.post.request;
        let now = self.post.now;
        let ladder = matches!(note.kind, "ask" | "update");
        let written = match &note.to {
            To::Professional(person, _, channel, _) => {
                let speech = match note.kind {
                    REPLACE => Speech::Settled,
                    "ask" | "update" | news::FREED => Speech::Asks,
                    _ => Speech::News,
                };
                on_lock_screen(person, *channel, speech, note.written)
            }
            To::Patient => note.written,
        };
        let body = Body {
            subject: written.subject,
            text: written.text,
            voice: note.voice,
            tag: Some(request.id.to_string()),
            replaces: note.replaces,
            then: note.then,
            written_ms: None,
            days: note.days,
        };
        let about = Message {
            id: MessageId::from_bits(chance::id(now)),
            idem_key: note.key,
            network: request.network,
            request: Some(request.id),
            offer: note.offer,
            kind: note.kind.to_owned(),
            body: body.encode()?,
            status: MessageStatus::Queued,
            due_at: now + note.wait,
            created_at: now,
            expires_at: note
                .until
                .or_else(|| ladder.then(|| request.care_deadline.max(now + Duration::hours(1)))),
            ..Message::default()
        };
        Ok(match note.to {
            To::Professional(person, audience, channel, address) => Message {
                audience,
                channel: channel.code().to_owned(),
                owner: person.display_name(),
                recipient_professional: Some(person.member.id),
                address: Some(address),
                ..about
            },
            To::Patient => Message {
                audience: Audience::Patient,
                channel: Channel::Sms.code().to_owned(),
                owner: "Patient".to_owned(),
                recipient_patient: Some(self.post.patient),
                ..about
            },
        })
    }
}

/// Whether nobody is awaited any more after these news.
const fn ends(news: RequesterNews) -> bool {
    match news {
        RequesterNews::Cancelled | RequesterNews::Closed(_) | RequesterNews::Transferred15 => true,
        RequesterNews::Taken { .. } | RequesterNews::Unfilled | RequesterNews::Released => false,
    }
}

/// A solicitation left while its offer was being taken back: what arrived is replaced after all.
pub(crate) fn replace_late(
    inner: &Inner,
    tx: &mut Tx<'_>,
    directory: &Directory,
    post: &Post<'_>,
    late: &Late<'_>,
) -> Result<(), AppError> {
    let offer = late.sent.offer.and_then(|id| post.request.offer(id));
    let Some((offer, OfferStatus::Withdrawn { why, .. })) = offer.map(|o| (o, o.status)) else {
        return Ok(());
    };
    let mut writer = Writer::new(inner, directory, post)?;
    writer.replace(tx, offer, why, Some(late))?;
    writer.flush(tx)
}
