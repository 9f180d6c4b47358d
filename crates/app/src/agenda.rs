//! A professional's appointments as a calendar feed (RFC 5545, ADR 0034): behind an address of 128 bits
//! that they make, renew and cut; says as much of a patient as they chose, initials unless they said
//! otherwise. What was last said of each appointment is kept, so that a change has a number and a
//! cancellation is told.
//!
//! Refuses an address that was replaced or cut, and one whose owner may work nowhere any more, in the
//! same way: there is nothing there. Refuses a home address, a telephone number and a motive, always.

use crate::accounts::term::Term;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use crate::ical::{File, stamp};
use crate::journal;
use crate::reference::communes::Communes;
use crate::requests::read::PAGE_MAX;
use relais_core::access::{self, Actor, CalendarDetail, Role};
use relais_core::ids::ProfessionalId;
use relais_core::people::{MembershipStatus, Mode};
use relais_core::request::{Appointment, Closure, Ending, Phase, Request, Status};
use relais_core::time::{Duration, Instant};
use relais_store::calendars::{self, Event, Feed};
use relais_store::patients::Identity;
use relais_store::professionals::ProfessionalRow;
use relais_store::requests::{self, Filter, Stored};
use relais_store::seal::Secret;
use relais_store::{Tx, patients, users};
use serde_json::json;
use std::collections::BTreeMap;

/// How long an appointment stays in the feed after its hour.
pub(crate) const KEPT: Duration = Duration::hours(24 * 30);
/// What a calendar keeps free for a time said alone.
const VISIT: Duration = Duration::minutes(30);
/// Most appointments of a feed.
const EVENTS_MAX: u32 = 500;
/// A name that a calendar shows every day is written down every day.
const SHOWN_AGAIN: Duration = Duration::hours(24);

impl App {
    /// The feed of a professional, if they ever made one.
    ///
    /// # Errors
    /// Not a professional.
    pub async fn agenda(&self, who: &Who) -> Result<Option<Feed>, AppError> {
        let professional = owner(&who.signed_in()?)?;
        self.read(move |_, tx| Ok(calendars::find(tx, professional)?))
            .await
    }

    /// Makes or renews the address of a feed: shown once, the one before leads nowhere.
    ///
    /// # Errors
    /// Not a professional.
    pub async fn make_agenda(&self, who: &Who, detail: CalendarDetail) -> Result<String, AppError> {
        let professional = owner(&who.signed_in()?)?;
        let secret = chance::short_token();
        let digest = chance::fingerprint(&secret);
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            calendars::set(tx, professional, &digest, detail, now)?;
            written(
                tx,
                "agenda.made",
                "Adresse d’agenda créée",
                detail,
                &who,
                now,
            )
        })
        .await?;
        Ok(format!("{}/agenda/{secret}.ics", self.settings().base_url))
    }

    /// Says more or less of a patient from now on.
    ///
    /// # Errors
    /// Not a professional; no feed.
    pub async fn set_agenda_detail(
        &self,
        who: &Who,
        detail: CalendarDetail,
    ) -> Result<(), AppError> {
        let professional = owner(&who.signed_in()?)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            if !calendars::set_detail(tx, professional, detail)? {
                return Err(AppError::NotFound);
            }
            written(
                tx,
                "agenda.detail",
                "Contenu de l’agenda changé",
                detail,
                &who,
                now,
            )
        })
        .await
    }

    /// Cuts the address. Twice is once.
    ///
    /// # Errors
    /// Not a professional.
    pub async fn close_agenda(&self, who: &Who) -> Result<(), AppError> {
        let professional = owner(&who.signed_in()?)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            if !calendars::close(tx, professional)? {
                return Ok(());
            }
            let detail = CalendarDetail::Nothing;
            written(
                tx,
                "agenda.cut",
                "Adresse d’agenda coupée",
                detail,
                &who,
                now,
            )
        })
        .await
    }

    /// The feed behind an address, to whoever holds it.
    ///
    /// # Errors
    /// `NotFound` for an address that leads nowhere.
    pub async fn agenda_file(&self, secret: &str) -> Result<String, AppError> {
        let digest = chance::fingerprint(secret);
        let now = self.now();
        self.write(move |inner, tx| {
            let feed = calendars::find_by_digest(tx, &digest)?.ok_or(AppError::NotFound)?;
            let directory = inner.directory.current(tx)?;
            let person = directory
                .person(feed.professional)
                .filter(|person| works(person))
                .ok_or(AppError::NotFound)?;
            // Rights end with the dates of a contract, on the phone's calendar too (R6).
            if !Term::of(Some(feed.professional), &directory).holds(now) {
                return Err(AppError::NotFound);
            }
            let user = users::find_by_professional(tx, feed.professional)?
                .filter(|user| user.active)
                .ok_or(AppError::NotFound)?;
            let network = user.network.ok_or(AppError::NotFound)?;
            let actor = Actor {
                user: user.id,
                role: Role::Professional,
                network,
                professional: Some(feed.professional),
            };
            calendars::mark_read(tx, feed.professional, now)?;
            let reader = Reader {
                inner,
                feed: &feed,
                actor,
                person,
                now,
            };
            reader.bring_up_to_date(tx)?;
            reader.file(tx)
        })
        .await
    }
}

fn owner(actor: &Actor) -> Result<ProfessionalId, AppError> {
    let professional = actor.professional;
    let theirs = professional.filter(|_| actor.role == Role::Professional);
    theirs.ok_or(AppError::Denied)
}

/// Whether somebody is an active member of any network.
fn works(person: &ProfessionalRow) -> bool {
    let all = &person.member.memberships;
    all.iter().any(|m| m.status == MembershipStatus::Active)
}

fn written(
    tx: &mut Tx<'_>,
    act: &str,
    say: &str,
    detail: CalendarDetail,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let body = json!({ "say": say, "detail": detail.code() });
    let network = who.actor.map(|actor| actor.network);
    journal::act(tx, network, act, None, None, &body, who, now)
}

/// From when to when a calendar keeps free; `None` without an hour.
fn span(appointment: Appointment) -> Option<(Instant, Instant)> {
    match appointment {
        Appointment::At(at) => Some((at, at + VISIT)),
        Appointment::Between(from, until) => Some((from, until)),
        Appointment::Call(_) | Appointment::ToBeSet => None,
    }
}

/// Whether an appointment stays as it was said: it took place, or is beyond the newest of a feed.
fn stays(request: &Request, professional: ProfessionalId) -> bool {
    match &request.phase {
        Phase::Engaged(engagement) => {
            engagement.professional == professional && span(engagement.appointment).is_some()
        }
        Phase::Ended(Ending::Closed { closure, .. }) => {
            request.engaged() == Some(professional)
                && !matches!(
                    closure,
                    Closure::PatientCancelled | Closure::ProfessionalCancelled
                )
        }
        _ => false,
    }
}

/// Who the patient is, as far as the professional chose.
fn label(identity: &Identity, detail: CalendarDetail) -> Option<Secret> {
    let used = identity.used_name.as_ref();
    let surname = used.unwrap_or(&identity.birth_name).expose();
    let first = identity.first_names.expose();
    let letter = |name: &str| {
        let first = name.trim().chars().next();
        first.map(|c| format!("{}.", c.to_uppercase()))
    };
    match detail {
        CalendarDetail::Nothing => None,
        CalendarDetail::Initials => {
            let both = [letter(first), letter(surname)];
            let both: Vec<String> = both.into_iter().flatten().collect();
            Some(Secret::new(both.join("\u{a0}")))
        }
        CalendarDetail::Name => Some(Secret::new(format!("{} {first}", surname.to_uppercase()))),
    }
}

/// A feed being read.
struct Reader<'r> {
    inner: &'r Inner,
    feed: &'r Feed,
    actor: Actor,
    person: &'r ProfessionalRow,
    now: Instant,
}

impl Reader<'_> {
    fn events(&self, tx: &mut Tx<'_>) -> Result<Vec<Event>, AppError> {
        let after = self.now - KEPT;
        Ok(calendars::list_events(
            tx,
            self.feed.professional,
            after,
            EVENTS_MAX,
        )?)
    }

    /// Compares what was said with what is so, and says the difference: a new number each time.
    fn bring_up_to_date(&self, tx: &mut Tx<'_>) -> Result<(), AppError> {
        let said = self.events(tx)?.into_iter();
        let mut said: BTreeMap<_, _> = said.map(|event| (event.request, event)).collect();
        let filter = Filter {
            engaged: Some(self.feed.professional),
            statuses: vec![Status::Scheduled],
            ..Filter::default()
        };
        for stored in requests::list(tx, &filter, PAGE_MAX)? {
            let Phase::Engaged(engagement) = &stored.request.phase else {
                continue;
            };
            let Some((from, until)) = span(engagement.appointment) else {
                continue;
            };
            let before = said.remove(&stored.request.id);
            let same = before.as_ref().is_some_and(|event| {
                let hour = (event.starts_at, event.ends_at) == (from, until);
                hour && !event.cancelled && event.detail == self.feed.detail
            });
            if !same {
                self.say(tx, &stored, (from, until), before.as_ref())?;
            }
        }
        for (id, event) in said {
            if event.cancelled {
                continue;
            }
            let stored = requests::find(tx, id)?;
            if !stored.is_some_and(|stored| stays(&stored.request, self.feed.professional)) {
                calendars::cancel(tx, self.feed.professional, id, self.now)?;
            }
        }
        Ok(())
    }

    fn say(
        &self,
        tx: &mut Tx<'_>,
        stored: &Stored,
        (starts_at, ends_at): (Instant, Instant),
        before: Option<&Event>,
    ) -> Result<(), AppError> {
        let label = if self.feed.detail == CalendarDetail::Nothing {
            None
        } else {
            let access = access::calendar_identity(&self.actor, &stored.request)
                .map_err(|_| AppError::NotFound)?;
            self.journal(tx, stored)?;
            let identity = patients::open(tx, &self.inner.vault, stored.patient, &access)?;
            label(&identity, self.feed.detail)
        };
        let event = Event {
            request: stored.request.id,
            patient: stored.patient,
            sequence: before.map_or(0, |event| event.sequence + 1),
            starts_at,
            ends_at,
            cancelled: false,
            changed_at: self.now,
            detail: self.feed.detail,
            shown_at: self.now,
        };
        let vault = &self.inner.vault;
        Ok(calendars::put(
            tx,
            vault,
            self.feed.professional,
            &event,
            label.as_ref(),
        )?)
    }

    /// Writes down that an identity goes to a calendar (R6).
    fn journal(&self, tx: &mut Tx<'_>, stored: &Stored) -> Result<(), AppError> {
        let access = access::calendar_identity(&self.actor, &stored.request)
            .map_err(|_| AppError::NotFound)?;
        let (network, patient) = (stored.request.network, stored.patient);
        let who = Who::actor(self.actor, "agenda");
        journal::identity(tx, network, patient, &access, &who, self.now)
    }

    fn file(&self, tx: &mut Tx<'_>) -> Result<String, AppError> {
        let mut file = File::default();
        file.line("BEGIN:VCALENDAR");
        file.line("VERSION:2.0");
        file.line("PRODID:-//Relais//Agenda//FR");
        file.line("METHOD:PUBLISH");
        file.line("CALSCALE:GREGORIAN");
        file.text("X-WR-CALNAME", "Relais, soins non programmés");
        file.line("REFRESH-INTERVAL;VALUE=DURATION:PT15M");
        file.line("X-PUBLISHED-TTL:PT15M");
        for event in self.events(tx)? {
            let Some(stored) = requests::find(tx, event.request)? else {
                continue;
            };
            self.event(tx, &mut file, &event, &stored)?;
        }
        self.absences(tx, &mut file)?;
        file.line("END:VCALENDAR");
        Ok(file.finish())
    }

    fn event(
        &self,
        tx: &mut Tx<'_>,
        file: &mut File,
        event: &Event,
        stored: &Stored,
    ) -> Result<(), AppError> {
        let mut summary = "Soin non programmé".to_owned();
        if !event.cancelled {
            let vault = &self.inner.vault;
            let label = calendars::open_label(tx, vault, self.feed.professional, event)?;
            let named = event.detail == CalendarDetail::Name && label.is_some();
            if named && self.now.since(event.shown_at) >= SHOWN_AGAIN {
                self.journal(tx, stored)?;
                calendars::mark_shown(tx, self.feed.professional, event.request, self.now)?;
            }
            if let Some(label) = label {
                summary = format!("{summary}, {}", label.expose());
            }
        }
        file.line("BEGIN:VEVENT");
        file.line(&format!(
            "UID:{}-{}@relais",
            event.request, self.feed.professional
        ));
        file.line(&format!("DTSTAMP:{}", stamp(event.changed_at)));
        file.line(&format!("LAST-MODIFIED:{}", stamp(event.changed_at)));
        file.line(&format!("SEQUENCE:{}", event.sequence));
        file.line(&format!("DTSTART:{}", stamp(event.starts_at)));
        file.line(&format!("DTEND:{}", stamp(event.ends_at)));
        let status = if event.cancelled {
            "CANCELLED"
        } else {
            "CONFIRMED"
        };
        file.line(&format!("STATUS:{status}"));
        file.line("CLASS:PRIVATE");
        file.text("SUMMARY", &summary);
        if !event.cancelled {
            let mode = stored.request.need.mode;
            if let Some(place) = self.place().filter(|_| mode == Mode::Consultation) {
                file.text("LOCATION", &place);
            }
            let mode = crate::text::labels::mode(mode);
            let base = &self.inner.settings.base_url;
            let said = format!(
                "Demande {}, {mode}.\n{base}/prises/{}",
                stored.code, event.request
            );
            file.text("DESCRIPTION", &said);
        }
        file.line("END:VEVENT");
        Ok(())
    }

    /// Days away that are not over, as whole days: the calendar's owner said them.
    fn absences(&self, tx: &mut Tx<'_>, file: &mut File) -> Result<(), AppError> {
        let directory = self.inner.directory.current(tx)?;
        let today = directory
            .network(self.actor.network)?
            .calendar
            .date(self.now);
        let all = self.person.member.profile.absences.iter();
        for absence in all.filter(|one| one.last() >= today) {
            let (first, last) = (absence.first(), absence.last());
            let back = last.tomorrow().unwrap_or(last);
            file.line("BEGIN:VEVENT");
            file.line(&format!(
                "UID:absence-{first}-{last}-{}@relais",
                self.feed.professional
            ));
            file.line(&format!("DTSTAMP:{}", stamp(self.feed.made_at)));
            file.line(&format!("DTSTART;VALUE=DATE:{}", first.strftime("%Y%m%d")));
            file.line(&format!("DTEND;VALUE=DATE:{}", back.strftime("%Y%m%d")));
            file.line("CLASS:PRIVATE");
            file.text("SUMMARY", "Absent, aucune sollicitation de Relais");
            file.line("END:VEVENT");
        }
        Ok(())
    }

    /// Where the professional receives: their own practice, never a patient's home.
    fn place(&self) -> Option<String> {
        let places = &self.person.places;
        let place = places.iter().find(|place| place.main).or(places.first())?;
        let commune = Communes::shipped().get(place.insee).map_or("", |c| c.name);
        Some(format!("{}, {commune}", place.line))
    }
}
