//! A form begins, is answered question by question, and is sent: a sealed row found by the fingerprint
//! of a key only the browser has. Sending opens a contact to be called back, once, within the limits.

use super::answers::{Answers, Ground, Step};
use super::{Door, FormKey, door};
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::contacts::{self, Facts, Kept, Opening};
use crate::directory::NetworkEntry;
use crate::error::{AppError, FieldError};
use crate::outbox::{Body, WEB_RECEIVED};
use crate::phone::Phone;
use crate::text;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relais_core::contact::Kind;
use relais_core::ids::{ContactId, MessageId, NetworkId};
use relais_core::request::Origin;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::messages::{self, Audience, Message, MessageStatus};
use relais_store::public_forms::{self, PublicForm};
use relais_store::seal::Secret;
use relais_store::{Tx, contacts as rows};

/// A form is kept so long after its last answer, and so is its last page, or as long as its sender waits for a call.
const KEPT: Duration = Duration::hours(1);
/// A page that begins a form is good for so long.
const TICKET: Duration = Duration::hours(12);
/// Most forms of a network being filled in at once.
const FILLING_MAX: i64 = 2_000;
/// A source that holds more of them than this is the first that gives way to whoever comes next.
const FILLING_SHARE: i64 = FILLING_MAX / 50;
/// Most forms of one number waiting at once: a family, not a robot.
const PER_NUMBER: usize = 3;

/// A form being filled in, or sent. No Debug: it holds an identity.
#[derive(Clone)]
pub struct Filling {
    /// The answers so far; once sent, what the last page repeats.
    pub answers: Answers,
    /// Before when a call back was promised, once it is sent.
    pub promised_at: Option<Instant>,
    /// It was sent, and nobody has answered it yet.
    pub waits: bool,
}

/// What became of an answer.
pub enum Saved {
    /// Kept.
    Kept(Filling),
    /// Not kept: what is wrong, by field.
    Wrong(Vec<FieldError>),
    /// There is no such form any more: an hour went by.
    Gone,
}

/// What became of a form that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// An open contact; a call back is promised before this.
    Done(Instant),
    /// A question is not well answered.
    Open(Step),
    /// The network closed, or is about to, meanwhile: nothing was recorded.
    Shut,
    /// As many requests wait as the network can call back: people phone.
    Full,
    /// As many wait from this source as are left for everybody else: people phone.
    Shared,
    /// This number has several requests waiting already.
    Repeated,
    /// There is no such form any more.
    Gone,
}

impl App {
    /// A ticket a page of ours carries, and no other site can make (R6): `about` is the form, or
    /// nothing before there is one.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn public_ticket(&self, network: NetworkId, about: &str) -> Result<String, AppError> {
        let now = Secret::new(self.now().millis().to_string());
        let sealed = self.0.vault.seal_setting(&ticket(network, about), &now)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Whether a ticket is one of ours for this, and not too old.
    pub fn public_ticket_holds(&self, network: NetworkId, about: &str, shown: &str) -> bool {
        let opened = URL_SAFE_NO_PAD.decode(shown).ok().and_then(|sealed| {
            let vault = &self.0.vault;
            vault.open_setting(&ticket(network, about), &sealed).ok()
        });
        let made: Option<i64> = opened.and_then(|secret| secret.expose().parse().ok());
        made.is_some_and(|made| self.now().since(Instant::from_millis(made)) < TICKET)
    }

    /// Counts one more of something on the public pages of a network.
    ///
    /// # Errors
    /// The store's.
    pub async fn public_count(
        &self,
        network: NetworkId,
        what: &'static str,
    ) -> Result<(), AppError> {
        let now = self.now();
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            count(tx, directory.network(network)?, what, now)
        })
        .await
    }

    /// Begins a form from a source (the widest prefix of an address); answers what finds it again. A
    /// browser that fills in one already keeps its own chance: its forms do not put one another away.
    /// With as many as there may be, one that waits for its next answer is forgotten: of the
    /// source that holds most, else the one that has waited longest. Nobody is kept out.
    ///
    /// # Errors
    /// The store's.
    pub async fn public_begin(
        &self,
        network: NetworkId,
        source: &str,
        browser: Option<&FormKey>,
    ) -> Result<FormKey, AppError> {
        let (now, key) = (self.now(), FormKey::beside(browser));
        let id = key.fingerprint();
        let source = source_mark(&self.0, source)?;
        let shed = self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(network)?;
            let full = public_forms::count_live(tx, network, now)? >= FILLING_MAX;
            let shed = full && public_forms::shed(tx, network, FILLING_SHARE, now)?;
            if shed {
                count(tx, entry, "shed", now)?;
            }
            let form = PublicForm {
                answers: secret(&Answers::default())?,
                started_at: now,
                expires_at: now + KEPT,
                source: source.clone(),
                sent: None,
            };
            public_forms::insert(tx, &inner.vault, &id, network, &form)?;
            count(tx, entry, "begun", now)?;
            Ok(shed)
        });
        if shed.await? {
            self.0.watch.pulse.shed(now);
        }
        Ok(key)
    }

    /// The form of a key; `None` when it is no form of this network, or too old.
    ///
    /// # Errors
    /// The store's.
    pub async fn public_form(
        &self,
        network: NetworkId,
        key: &FormKey,
    ) -> Result<Option<Filling>, AppError> {
        let (now, id) = (self.now(), key.fingerprint());
        self.read(move |inner, tx| {
            let Some(found) = public_forms::find(tx, &inner.vault, &id, network, now)? else {
                return Ok(None);
            };
            let mut held = filling(&found)?;
            if let Some((contact, _)) = found.sent {
                held.waits = rows::get(tx, contact)?.outcome.is_none();
            }
            Ok(Some(held))
        })
        .await
    }

    /// Answers a question.
    ///
    /// # Errors
    /// The store's; what is wrong with the answer is no error.
    pub async fn public_answer(
        &self,
        network: NetworkId,
        key: &FormKey,
        step: Step,
        given: Answers,
    ) -> Result<Saved, AppError> {
        let (now, id) = (self.now(), key.fingerprint());
        self.write(move |inner, tx| {
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(network)?;
            let Some(mut form) = public_forms::find(tx, &inner.vault, &id, network, now)? else {
                return Ok(Saved::Gone);
            };
            let mut held = filling(&form)?;
            if held.promised_at.is_some() {
                return Ok(Saved::Kept(held));
            }
            let next = held.answers.with(step, |field| given.get(field).to_owned());
            let errors = next.check(step, &ground(entry, now));
            if !errors.is_empty() {
                return Ok(Saved::Wrong(errors));
            }
            form.answers = secret(&next)?;
            form.expires_at = now + KEPT;
            public_forms::update(tx, &inner.vault, &id, network, &form)?;
            held.answers = next;
            Ok(Saved::Kept(held))
        })
        .await
    }

    /// Sends a form: an open contact to be called back, with its promise, and a text message to a
    /// mobile. Twice is once.
    ///
    /// # Errors
    /// The store's; every refusal of the form itself is a [`Sent`].
    pub async fn public_send(&self, network: NetworkId, key: &FormKey) -> Result<Sent, AppError> {
        let (now, id) = (self.now(), key.fingerprint());
        let sent = self
            .write(move |inner, tx| send(inner, tx, network, &id, now))
            .await?;
        if matches!(sent, Sent::Done(_)) {
            self.wake();
        }
        Ok(sent)
    }
}

fn send(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    id: &str,
    now: Instant,
) -> Result<Sent, AppError> {
    let directory = inner.directory.current(tx)?;
    let entry = directory.network(network)?;
    let Some(mut form) = public_forms::find(tx, &inner.vault, id, network, now)? else {
        return Ok(Sent::Gone);
    };
    if let Some((_, promised_at)) = form.sent {
        return Ok(Sent::Done(promised_at));
    }
    let answers = filling(&form)?.answers;
    let ground = ground(entry, now);
    let (Some(phone), None) = (answers.phone(), answers.first_open(&ground)) else {
        let step = answers.first_open(&ground).unwrap_or(Step::Phone);
        return Ok(Sent::Open(step));
    };
    let Door::Open { promised_at } = door(entry, now) else {
        count(tx, entry, "shut", now)?;
        return Ok(Sent::Shut);
    };
    let most = i64::from(entry.network.extra.public.waiting_max);
    let places = most - rows::count_open(tx, network, Kind::Web)?;
    if places <= 0 {
        count(tx, entry, "full", now)?;
        return Ok(Sent::Full);
    }
    // What waits is a person's need: none is forgotten for another, so that a source may not take
    // more places than it leaves (ADR 0048).
    if public_forms::count_waiting(tx, network, &form.source)? >= places {
        count(tx, entry, "shared", now)?;
        return Ok(Sent::Shared);
    }
    let waiting = rows::find_open_by_caller(tx, &inner.vault, network, phone.e164())?;
    if waiting.iter().filter(|c| c.kind == Kind::Web).count() >= PER_NUMBER {
        count(tx, entry, "repeated", now)?;
        return Ok(Sent::Repeated);
    }
    let opening = Opening {
        network,
        kind: Kind::Web,
        origin: Origin::Web,
        held: false,
        promised_at: Some(promised_at),
        happened_at: None,
        kept: Some(kept(&answers, &ground, &phone)),
    };
    let desk = contacts::open(inner, tx, &Who::platform("web"), &opening, now)?;
    if phone.is_mobile() {
        confirm(tx, entry, desk.contact.id, promised_at, now)?;
    }
    form.answers = secret(&answers.after_sending())?;
    form.expires_at = now + KEPT;
    form.sent = Some((desk.contact.id, promised_at));
    public_forms::update(tx, &inner.vault, id, network, &form)?;
    count(tx, entry, "sent", now)?;
    Ok(Sent::Done(promised_at))
}

/// What the desk finds in the contact: the form of its own page, as far as the answers fill it.
fn kept(answers: &Answers, ground: &Ground<'_>, phone: &Phone) -> Kept {
    let mut facts = Facts {
        commune: answers.commune(ground.entry).map(|insee| insee.to_string()),
        ..Facts::default()
    };
    facts.motives.extend(answers.motive().map(str::to_owned));
    Kept {
        typed: answers.typed(ground),
        caller: Some(phone.e164().to_owned()),
        origin: Origin::Web,
        facts,
        // The signs of alarm were shown, not asked one by one: the operator asks them (R3).
        sheet: None,
        triage: None,
    }
}

/// "Request received", to a mobile. The number is read from the sealed draft when it is sent.
fn confirm(
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    contact: ContactId,
    promised_at: Instant,
    now: Instant,
) -> Result<(), AppError> {
    let desk = entry.desk(now);
    let body = Body {
        text: text::sms::received(&desk, promised_at),
        ..Body::default()
    };
    let message = Message {
        id: MessageId::from_bits(chance::id(now)),
        idem_key: format!("{contact}:received"),
        network: entry.network.id,
        kind: WEB_RECEIVED.to_owned(),
        channel: Channel::Sms.code().to_owned(),
        audience: Audience::Patient,
        owner: "Patient".to_owned(),
        recipient_contact: Some(contact),
        body: serde_json::to_string(&body)
            .map_err(|error| AppError::Bug(format!("message body: {error}")))?,
        status: MessageStatus::Queued,
        due_at: now,
        created_at: now,
        expires_at: Some(promised_at),
        ..Message::default()
    };
    messages::insert(tx, &message)?;
    Ok(())
}

/// A source, as a row keeps it: recognised again, and no address without the master key.
pub(crate) fn source_mark(inner: &Inner, source: &str) -> Result<String, AppError> {
    Ok(inner.vault.mark("source", source)?)
}

fn ticket(network: NetworkId, about: &str) -> String {
    format!("public form {network} {about}")
}

fn ground(entry: &NetworkEntry, now: Instant) -> Ground<'_> {
    Ground {
        entry,
        today: entry.calendar.date(now),
    }
}

fn secret(answers: &Answers) -> Result<Secret, AppError> {
    let text = serde_json::to_string(answers).map_err(|e| AppError::Bug(e.to_string()))?;
    Ok(Secret::new(text))
}

fn filling(form: &PublicForm) -> Result<Filling, AppError> {
    // The error is not kept: it could repeat what was typed.
    let answers = serde_json::from_str(form.answers.expose())
        .map_err(|_| AppError::Bug("a sealed form is no answers".to_owned()))?;
    Ok(Filling {
        answers,
        promised_at: form.sent.map(|(_, promised_at)| promised_at),
        waits: form.sent.is_some(),
    })
}

fn count(
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    what: &'static str,
    now: Instant,
) -> Result<(), AppError> {
    let day = entry.calendar.date(now).to_string();
    public_forms::count(tx, entry.network.id, &day, what)?;
    Ok(())
}
