//! Writing in a thread: once, whatever the number of times it is sent; the others are told that
//! something waits, and nothing else.

use super::{allowed, professionals, reader};
use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::chance;
use crate::directory::Directory;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::outbox::{Body, first_rung, on_lock_screen, rungs_after};
use crate::photos::develop::Picture;
use crate::requests::desk::refuse_identity_in;
use crate::text::push::Speech;
use crate::text::thread as words;
use relais_core::access::{Actor, ThreadAccess, ThreadSide};
use relais_core::ids::{MessageId, ProfessionalId, RequestId};
use relais_core::time::{Duration, Instant};
use relais_store::messages::{self, Audience, Message, MessageStatus};
use relais_store::requests::{self, Stored};
use relais_store::seal::Secret;
use relais_store::threads::{self, MESSAGES_MAX, NewPhoto, PHOTOS_MAX};
use relais_store::{Tx, patient_wishes};
use serde_json::json;

/// Longest message, characters.
pub const TEXT_MAX: usize = 1_000;
/// The kind of the notification that a message waits.
const TOLD: &str = "thread-told";
/// Somebody told so lately, who has not read yet, is not told again: they will find both.
const TOLD_ONCE_IN: Duration = Duration::minutes(10);
/// The alert of the board.
const ALERT: &str = "thread";

/// A message as somebody sends it.
pub struct NewMessage {
    /// The same key with the same words is the same message; empty = always another one.
    pub key: String,
    /// What it says.
    pub text: String,
    /// What it shows.
    pub pictures: Vec<Picture>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// Its number in the thread.
    pub n: u32,
    /// It was there already.
    pub again: bool,
}

impl NewMessage {
    /// The text as it is kept.
    fn checked(&self) -> Result<String, AppError> {
        let text = self.text.replace("\r\n", "\n").trim().to_owned();
        if text.chars().count() > TEXT_MAX {
            let wrong =
                format!("{TEXT_MAX} caractères au plus\u{a0}: abrégez, ou faites deux messages.");
            return Err(AppError::invalid("/text", wrong));
        }
        if self.pictures.len() > usize::from(PHOTOS_MAX) {
            let wrong = format!("{PHOTOS_MAX} photos au plus par message.");
            return Err(AppError::Invalid(vec![FieldError::new("/photos", wrong)]));
        }
        if text.is_empty() && self.pictures.is_empty() {
            return Err(AppError::invalid(
                "/text",
                "Écrivez un message, ou joignez une photo.",
            ));
        }
        Ok(text)
    }

    /// What recognises the message when it comes again: nothing without the master key.
    fn mark(&self, inner: &Inner, text: &str) -> Result<String, AppError> {
        let key = if self.key.is_empty() {
            chance::token()
        } else {
            self.key.clone()
        };
        let mut all = format!("{key}\n{text}\n");
        for picture in &self.pictures {
            let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &picture.jpeg);
            all.extend(digest.as_ref().iter().map(|byte| format!("{byte:02x}")));
        }
        Ok(inner.vault.mark("thread_messages.mark", &all)?)
    }
}

impl App {
    /// Writes in a thread. The same key with the same words changes nothing.
    ///
    /// # Errors
    /// Not theirs to write in; `thread-closed` after the request ended; fields: too long, empty, the
    /// patient's identity before somebody has the patient (R6), a full thread.
    pub async fn write_in_thread(
        &self,
        who: &Who,
        id: RequestId,
        new: NewMessage,
    ) -> Result<Posted, AppError> {
        let actor = who.signed_in()?;
        let text = new.checked()?;
        let (now, who) = (self.now(), who.clone());
        let posted = self
            .write(move |inner, tx| {
                let stored = requests::get_for_update(tx, id)?;
                let wishes = patient_wishes::of_patient(tx, stored.patient)?;
                let access = allowed(&actor, &stored, &wishes)?;
                post(
                    inner,
                    tx,
                    &stored,
                    (&actor, &access),
                    &new,
                    &text,
                    &who,
                    now,
                )
            })
            .await?;
        self.wake();
        Ok(posted)
    }
}

/// Writes what somebody at the desk says in the thread of a request read for update: whoever has the patient is told,
/// or finds it once they do.
pub(crate) fn post_words(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    actor: &Actor,
    text: &str,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let wishes = patient_wishes::of_patient(tx, stored.patient)?;
    let access = allowed(actor, stored, &wishes)?;
    let new = NewMessage {
        key: String::new(),
        text: text.to_owned(),
        pictures: Vec::new(),
    };
    let text = new.checked()?;
    post(inner, tx, stored, (actor, &access), &new, &text, who, now).map(drop)
}

#[expect(
    clippy::too_many_arguments,
    reason = "a message, where it goes and who sends it"
)]
fn post(
    inner: &Inner,
    tx: &mut Tx<'_>,
    stored: &Stored,
    (actor, access): (&Actor, &ThreadAccess),
    new: &NewMessage,
    text: &str,
    who: &Who,
    now: Instant,
) -> Result<Posted, AppError> {
    let id = stored.request.id;
    let mark = new.mark(inner, text)?;
    if let Some(n) = threads::find_marked(tx, id, actor.user, &mark)? {
        return Ok(Posted { n, again: true });
    }
    if !access.is_open() {
        return Err(closed());
    }
    if !access.may_name() {
        refuse_identity_in(inner, tx, stored, "/text", text)?;
    }
    let photos = new.pictures.iter().map(|picture| NewPhoto {
        width: picture.width,
        height: picture.height,
        jpeg: &picture.jpeg,
    });
    let photos: Vec<NewPhoto<'_>> = photos.collect();
    let kept = threads::NewMessage {
        request: id,
        network: stored.request.network,
        patient: stored.patient,
        author: actor.user,
        side: access.side(),
        at: now,
        mark: &mark,
        text: &Secret::new(text.to_owned()),
        photos: &photos,
    };
    let n = threads::insert(tx, &inner.vault, &kept)?.ok_or_else(full)?;
    let sent = Sent {
        inner,
        stored,
        actor,
        side: access.side(),
        n,
        photos: photos.len(),
        who,
        now,
    };
    sent.tell(tx)?;
    Ok(Posted { n, again: false })
}

/// A message just kept.
struct Sent<'s> {
    inner: &'s Inner,
    stored: &'s Stored,
    actor: &'s Actor,
    side: ThreadSide,
    n: u32,
    photos: usize,
    who: &'s Who,
    now: Instant,
}

impl Sent<'_> {
    /// Tells the others, the open pages and the journal.
    fn tell(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        let request = &self.stored.request;
        let directory = self.inner.directory.current(tx)?;
        let wishes = patient_wishes::of_patient(tx, self.stored.patient)?;
        let mut told = Vec::new();
        for (professional, side) in professionals(request, &wishes) {
            if Some(professional) == self.actor.professional {
                continue;
            }
            told.push(professional);
            self.tell_one(tx, &directory, professional, side)?;
        }
        // What somebody just wrote, they have read, with all that stood above it.
        let own = reader(self.actor, self.side);
        threads::set_read(tx, request.id, &own, self.n, self.now)?;
        let more = match u8::try_from(self.photos).unwrap_or(u8::MAX) {
            0 => words::side(self.side).to_owned(),
            some => format!("{}, {}", words::side(self.side), words::photos(some)),
        };
        let body = json!({ "say": "Message ajouté au fil", "more": more, "n": self.n });
        let about = Some((request, self.stored.patient));
        let network = Some(request.network);
        journal::act(
            tx,
            network,
            "thread.posted",
            about,
            None,
            &body,
            self.who,
            self.now,
        )?;
        let change = Change {
            network: request.network,
            request: Some(request.id),
            professionals: Some(told),
            alert: (self.side != ThreadSide::Desk).then(|| ALERT.to_owned()),
        };
        Ok(tx.notify(change.encode())?)
    }

    /// One notification to one reader, by their first channel (R7).
    fn tell_one(
        &self,
        tx: &mut Tx<'_>,
        directory: &Directory,
        professional: ProfessionalId,
        side: ThreadSide,
    ) -> Result<(), AppError> {
        let request = &self.stored.request;
        let key = professional.to_string();
        let read = threads::find_read(tx, request.id, &key)?;
        let lately = read.told_at.is_some_and(|told| {
            let unread = read.read_at.is_none_or(|at| at < told);
            unread && self.now.since(told) < TOLD_ONCE_IN
        });
        let Some(person) = directory.person(professional).filter(|_| !lately) else {
            return Ok(());
        };
        let Some((channel, address)) = first_rung(person) else {
            return Ok(());
        };
        let entry = directory.network(request.network)?;
        let link = format!("{}/fils/{}", self.inner.settings.base_url, request.id);
        let desk = entry.desk(self.now);
        let word = |channel| words::told(channel, &desk, &self.stored.code, &link);
        let written = on_lock_screen(person, channel, Speech::News, word(channel));
        let body = Body {
            subject: written.subject,
            text: written.text,
            tag: Some(request.id.to_string()),
            then: rungs_after(person, channel, word),
            ..Body::default()
        };
        let message = Message {
            id: MessageId::from_bits(chance::id(self.now)),
            idem_key: format!("{TOLD}:{}:{}:{professional}", request.id, self.n),
            network: request.network,
            request: Some(request.id),
            kind: TOLD.to_owned(),
            channel: channel.code().to_owned(),
            audience: audience(side),
            owner: person.display_name(),
            recipient_professional: Some(professional),
            address: Some(address),
            body: body.encode()?,
            status: MessageStatus::Queued,
            due_at: self.now,
            created_at: self.now,
            ..Message::default()
        };
        messages::insert(tx, &message)?;
        Ok(threads::set_told(tx, request.id, &key, self.now)?)
    }
}

const fn audience(side: ThreadSide) -> Audience {
    match side {
        ThreadSide::Desk => Audience::Operator,
        ThreadSide::Requester => Audience::Requester,
        ThreadSide::Accepter => Audience::Professional,
        ThreadSide::Usual => Audience::Usual,
    }
}

fn closed() -> AppError {
    let detail = "Cette demande est terminée\u{a0}: son fil se lit encore, on n’y écrit plus.";
    AppError::problem("thread-closed", 409, detail)
}

fn full() -> AppError {
    let wrong =
        format!("Ce fil a {MESSAGES_MAX} messages, le plus possible\u{a0}: appelez le réseau.");
    AppError::invalid("/text", wrong)
}
