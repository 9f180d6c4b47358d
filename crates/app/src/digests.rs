//! The digest of what somebody was asked, for who wants one (R7, ADR 0047). Its moment is stored (I15); writing it down
//! and moving that moment are one transaction, so that it goes once, whatever the number of processes and wherever one
//! dies (I7). Counts alone; refuses an SMS, and whoever is suspended, gone or away.

use crate::accounts::term::Term;
use crate::app::{App, Inner, Who};
use crate::condition::Task;
use crate::directory::Directory;
use crate::error::AppError;
use crate::journal;
use crate::offers::answer::professional;
use crate::outbox::{leads, on_lock_screen};
use crate::signup::{Letter, post};
use crate::text;
use crate::text::push::Speech;
use relais_core::digest::{Every, Moment, Wish};
use relais_core::ids::NetworkId;
use relais_core::people::MembershipStatus;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_store::digests::{self, Digest};
use relais_store::professionals::{self, ProfessionalRow};
use relais_store::{Tx, solicitations};
use serde::Deserialize;
use serde_json::json;

/// Written down in one pass.
const AT_ONCE: u32 = 50;
/// One that could not be written down is tried again after this.
const AGAIN: Duration = Duration::minutes(30);
/// A digest nobody could carry by then has failed: the next one is near.
const LIFE: Duration = Duration::hours(12);

/// The hour that is proposed.
pub const USUAL_HOUR: u8 = 19;

/// What is said to whoever no digest can reach.
pub const NO_WAY: &str =
    "Il faut une adresse de courriel ou un téléphone qui reçoit des notifications.";

/// The body of `PUT /me/digest`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestDraft {
    /// `day`, `week`; null for none.
    pub every: Option<String>,
    /// Hour of the civil day, 0 to 23; left out, the one proposed.
    pub hour: Option<u8>,
}

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// How often and at which hour, and when the next one is due; none = never.
    pub wish: Option<(Wish, Instant)>,
    /// By which way one goes to them; none leads to them = none is sent.
    pub by: Option<Channel>,
}

impl DigestDraft {
    fn read(&self) -> Result<Option<Wish>, AppError> {
        let Some(code) = &self.every else {
            return Ok(None);
        };
        let every = Every::from_code(code).ok_or_else(|| {
            AppError::invalid("/every", "Choisissez chaque jour, chaque lundi, ou jamais.")
        })?;
        let wish = Wish::new(every, self.hour.unwrap_or(USUAL_HOUR));
        let wish = wish.ok_or_else(|| AppError::invalid("/hour", "Une heure va de 0 à 23."))?;
        Ok(Some(wish))
    }
}

/// By which way a digest goes: mail, else a notification. It is worth neither an SMS nor its price.
fn way(inner: &Inner, row: &ProfessionalRow) -> Option<(Channel, String)> {
    let gateways = &inner.outside.gateways;
    [Channel::Mail, Channel::Push]
        .into_iter()
        .filter(|channel| gateways.is_configured(*channel))
        .find_map(|channel| Some((channel, leads(row, channel)?)))
}

/// The network whose words and zone a digest has: the one it was asked for in, else another they are active in.
fn home(row: &ProfessionalRow, asked_in: NetworkId) -> Option<NetworkId> {
    if row.member.belongs_to(asked_in) {
        return Some(asked_in);
    }
    let mut all = row.member.memberships.iter();
    all.find(|one| one.status == MembershipStatus::Active)
        .map(|one| one.network)
}

impl App {
    /// The digest the actor asked for.
    ///
    /// # Errors
    /// Not a professional.
    pub async fn digest(&self, who: &Who) -> Result<Wanted, AppError> {
        let id = professional(&who.signed_in()?)?;
        self.read(move |inner, tx| {
            let row = professionals::get(tx, id)?;
            Ok(Wanted {
                wish: digests::find(tx, id)?.map(|held| (held.wish, held.due_at)),
                by: way(inner, &row).map(|(channel, _)| channel),
            })
        })
        .await
    }

    /// Wants a digest from now on, or none. What was chosen already stays as it was.
    ///
    /// # Errors
    /// Not a professional; no such rhythm or hour; no mail address and no notification to send it by.
    pub async fn set_digest(&self, who: &Who, draft: DigestDraft) -> Result<(), AppError> {
        let actor = who.signed_in()?;
        let id = professional(&actor)?;
        let wish = draft.read()?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let held = digests::find(tx, id)?;
            if held.map(|held| held.wish) == wish {
                return Ok(());
            }
            match wish {
                None => {
                    digests::stop(tx, id)?;
                }
                Some(wish) => {
                    let row = professionals::get(tx, id)?;
                    if way(inner, &row).is_none() {
                        return Err(AppError::invalid("/every", NO_WAY));
                    }
                    let directory = inner.directory.current(tx)?;
                    let calendar = &directory.network(actor.network)?.calendar;
                    let wanted = Digest {
                        professional: id,
                        network: actor.network,
                        wish,
                        since: now,
                        due_at: wish.first(row.member.profile.quiet, now, calendar),
                    };
                    digests::set(tx, wanted)?;
                }
            }
            let body = json!({
                "professional": id.to_string(),
                "every": wish.map_or("never", |wish| wish.every().code()),
                "hour": wish.map(Wish::hour),
            });
            let network = Some(actor.network);
            journal::act(tx, network, "digest.chosen", None, None, &body, &who, now)
        })
        .await
    }

    /// Writes down the digests that are due, a crowd of them in several passes; answers how many moments moved.
    pub(crate) async fn write_digests(&self) -> Result<usize, AppError> {
        let now = self.now();
        let due = self
            .read(move |_, tx| Ok(digests::list_due(tx, now, AT_ONCE)?))
            .await?;
        let mut moved = 0;
        for one in due {
            let wrote = self
                .write(move |inner, tx| write_down(inner, tx, &one, now))
                .await;
            let wrote = match wrote {
                Ok(wrote) => wrote,
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    // It holds up nobody else's, and is tried again.
                    tracing::error!(%error, "a digest could not be written down");
                    self.write(move |_, tx| Ok(digests::put_off(tx, &one, now + AGAIN)?))
                        .await?
                }
            };
            moved += usize::from(wrote);
        }
        self.0.watch.pulse.beat(Task::Digests, self.wall_now());
        Ok(moved)
    }
}

/// One digest that is due: put off, or taken, counted and told. Nothing was asked: nothing is sent. `false` when another
/// process took it first.
fn write_down(
    inner: &Inner,
    tx: &mut Tx<'_>,
    due: &Digest,
    now: Instant,
) -> Result<bool, AppError> {
    let directory = inner.directory.current(tx)?;
    let row = professionals::get(tx, due.professional)?;
    let home = home(&row, due.network);
    let entry = directory.network(home.unwrap_or(due.network))?;
    let (profile, calendar) = (&row.member.profile, &entry.calendar);
    let next = due.wish.next(profile.quiet, now, calendar);
    let moment = due.wish.moment(profile, now, calendar);
    let until = match moment {
        Moment::Quiet(until) | Moment::Away(until) => Some(until),
        Moment::Now if home.is_none() || !may_read(due, &directory, now) => Some(next),
        Moment::Now => None,
    };
    if let Some(until) = until {
        return Ok(digests::put_off(tx, due, until)?);
    }
    let Some((channel, address)) = way(inner, &row) else {
        return Ok(digests::put_off(tx, due, next)?);
    };
    if !digests::take(tx, due, now, next)? {
        return Ok(false);
    }
    let tally = solicitations::tally(tx, due.professional, due.since, now)?;
    if tally.asked == 0 {
        return Ok(true);
    }
    let link = format!("{}/activite", inner.settings.base_url);
    let desk = entry.desk(now);
    let every = due.wish.every();
    let written = text::digest::digest(channel, &desk, every, &tally, due.since, &link);
    let letter = Letter {
        entry,
        key: format!("digest:{}:{}", due.professional, due.due_at.millis()),
        kind: "digest",
        owner: row.display_name(),
        channel,
        address,
        member: Some(due.professional),
        written: on_lock_screen(&row, channel, Speech::Digest, written),
        life: LIFE,
    };
    post(tx, letter, now)?;
    Ok(true)
}

/// Whether anything is still shown to them: the page of the digest is.
fn may_read(due: &Digest, directory: &Directory, now: Instant) -> bool {
    Term::of(Some(due.professional), directory).holds(now)
}
