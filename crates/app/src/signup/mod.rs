//! Sign-up: a professional proves who they are (national directory), that a mobile and an address
//! are theirs (two codes), chooses how they will sign in, and waits for the coordinator. Owns the
//! steps, their limits and the decision. Refuses to tell a visitor who is a member: only somebody
//! who holds that member's own telephone or mailbox learns it (ADR 0031).

mod apply;
mod body;
mod card;
mod codes;
mod decide;
mod identity;
mod key;
mod notice;
mod post;
mod proof;
mod typed;
mod warnings;

pub use codes::CodesBy;
pub use identity::IdentityProof;
pub use typed::{NetworkTyped, WhoTyped};
pub use warnings::{Waiting, Warning};

pub(crate) use notice::{News, coordinators_of, tell_coordinator};
pub(crate) use post::{Letter, post, tell_member as tell};
pub(crate) use typed::{is_mail, is_named};

use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use body::Body;
use jiff::civil::Date;
use relais_core::access::Role;
use relais_core::ids::{NetworkId, UserId};
use relais_core::people::Profession;
use relais_core::time::{Duration, Instant};
use relais_store::applications::{self, Application, ApplicationStatus};
use relais_store::national::{self, Entry};
use relais_store::{Tx, professionals, users};

/// An application being filled in is forgotten so long after its last step.
const FILLING_KEPT: Duration = Duration::hours(2);
/// One that was decided is kept so long, for its state page and the coordinator's list.
const DECIDED_KEPT: Duration = Duration::hours(24 * 90);
/// Most being filled in at once, in all.
const FILLING_MAX: i64 = 2_000;
/// A source that holds more of them than this is the first that gives way to whoever comes next.
const FILLING_SHARE: i64 = FILLING_MAX / 50;
/// Most that wait in a network.
const WAITING_MAX: i64 = 200;
/// Most that wait in a network for one national number.
const WAITING_PER_RPPS: i64 = 3;

/// Where an applicant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Which network, which telephone, which mailbox.
    Network,
    /// The codes received.
    Codes,
    /// How they will sign in.
    Key,
    /// Sent: the coordinator decides.
    Sent,
    /// They have an account in this network already: nothing to ask for.
    Member,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Nothing yet.
    Waiting,
    /// Yes.
    Approved,
    /// No.
    Refused,
}

/// An applicant, as their own pages and the coordinator's show them.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// The application as stored.
    pub application: Application,
    body: Body,
    /// Their places in the national directory; the one they chose, as it was listed, once it lists them no more.
    pub places: Vec<Entry>,
    listed: bool,
}

impl Applicant {
    fn of(tx: &mut Tx<'_>, application: Application) -> Result<Self, AppError> {
        let body = Body::decode(&application.body)?;
        let mut places = national::list_of_person(tx, &application.rpps)?;
        let listed = !places.is_empty();
        if !listed {
            places.extend(body.chosen(&application.rpps));
        }
        Ok(Self {
            application,
            body,
            places,
            listed,
        })
    }

    /// Whether the national directory still lists them: the next file may have dropped them since they began.
    pub const fn is_listed(&self) -> bool {
        self.listed
    }

    /// Where they stand.
    pub fn step(&self) -> Step {
        let body = &self.body;
        if self.application.status != ApplicationStatus::Filling {
            Step::Sent
        } else if body.is_member {
            Step::Member
        } else if body.phone.is_empty() {
            Step::Network
        } else if body.proved() {
            Step::Key
        } else {
            Step::Codes
        }
    }

    /// What was answered.
    pub const fn answered(&self) -> Answered {
        match self.application.status {
            ApplicationStatus::Filling | ApplicationStatus::Pending => Answered::Waiting,
            ApplicationStatus::Approved => Answered::Approved,
            ApplicationStatus::Refused => Answered::Refused,
        }
    }

    /// `Dr Ysaline Corvo`
    pub fn name(&self) -> String {
        let body = &self.body;
        format!("{} {} {}", body.civility, body.first_name, body.last_name)
            .trim()
            .to_owned()
    }

    /// Their profession.
    pub fn profession(&self) -> Option<Profession> {
        Profession::from_code(&self.body.profession)
    }

    /// Where they practise: the place they chose, else their first one.
    pub fn place(&self) -> Option<&Entry> {
        let chosen = self.places.iter().find(|e| e.insee == self.body.insee);
        chosen.or_else(|| self.places.first())
    }

    /// The mobile that receives alerts, E.164; empty before it is given.
    pub fn phone(&self) -> &str {
        &self.body.phone
    }

    /// The mail address; empty before it is given.
    pub fn mail(&self) -> &str {
        &self.body.mail
    }

    /// The number patients are given, E.164.
    pub fn contact_number(&self) -> Option<&str> {
        self.body.contact_number.as_deref()
    }

    /// Under what title they practise, one of [`crate::members::STANDINGS`], and the last day of their contract.
    pub fn standing(&self) -> (&str, Option<Date>) {
        let standing = match self.body.standing.as_str() {
            "" => "titular",
            code => code,
        };
        (standing, self.body.contract_until.parse().ok())
    }

    /// When the photo of their card was sent; none once they have an answer.
    pub fn card_at(&self) -> Option<Instant> {
        self.body.card_at.map(Instant::from_millis)
    }

    /// The street line of the practice.
    pub fn line(&self) -> &str {
        &self.body.line
    }

    /// Whether the mobile is proved, and the mail: none when no mail can be sent here.
    pub fn proofs(&self) -> (bool, Option<bool>) {
        let mail = self.body.mail_code.as_ref().map(|proof| proof.proved);
        (self.body.sms_code.proved, mail)
    }

    /// From when codes may be asked for again; none before the first, and when no more are sent.
    pub fn codes_again_at(&self) -> Option<Instant> {
        let body = &self.body;
        let open = body.sendings > 0 && body.sendings < codes::SENDINGS;
        open.then(|| Instant::from_millis(body.sent_at) + codes::PATIENCE)
    }

    /// Why it was refused: the reason in words, and what the coordinator added.
    pub fn refusal(&self) -> (&'static str, &str) {
        let code = self.body.reason.as_deref().unwrap_or_default();
        (crate::text::signup::reason(code), &self.body.words)
    }
}

impl App {
    /// The application of a browser's token; `None` when there is none, or it is forgotten.
    ///
    /// # Errors
    /// The store's.
    pub async fn signup(&self, token: &str) -> Result<Option<Applicant>, AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        self.read(move |_, tx| held(tx, &mark, now)).await
    }

    /// The secret an authenticator application takes, base 32, while they choose how to sign in.
    ///
    /// # Errors
    /// There is no such application, or it is not there yet.
    pub async fn signup_secret(&self, token: &str) -> Result<String, AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        self.read(move |inner, tx| {
            let one = held(tx, &mark, now)?.ok_or(AppError::NotFound)?;
            if one.step() != Step::Key {
                return Err(AppError::NotFound);
            }
            one.body
                .secret(inner)
                .map(|seed| crate::accounts::password::base32(&seed))
        })
        .await
    }
}

fn held(tx: &mut Tx<'_>, mark: &str, now: Instant) -> Result<Option<Applicant>, AppError> {
    match applications::find_by_token(tx, mark, now)? {
        Some(found) => Applicant::of(tx, found).map(Some),
        None => Ok(None),
    }
}

/// The same, to be written back: what two pages do at once is done one after the other, so that each try of a code
/// counts, and nothing is added to what was decided meanwhile.
fn locked(tx: &mut Tx<'_>, mark: &str, now: Instant) -> Result<Option<Applicant>, AppError> {
    match applications::lock_by_token(tx, mark, now)? {
        Some(found) => Applicant::of(tx, found).map(Some),
        None => Ok(None),
    }
}

/// The coordinator who asks.
fn coordinator(who: &Who) -> Result<(UserId, NetworkId), AppError> {
    let actor = who.signed_in()?;
    if actor.role != Role::Coordinator {
        return Err(AppError::Denied);
    }
    Ok((actor.user, actor.network))
}

/// What an installation knows of a national number: the record, and whether somebody signs in with it.
fn known(
    tx: &mut Tx<'_>,
    rpps: &str,
) -> Result<Option<(professionals::ProfessionalRow, bool)>, AppError> {
    let Some(row) = professionals::find_by_rpps(tx, rpps)? else {
        return Ok(None);
    };
    let account = users::find_by_professional(tx, row.member.id)?;
    Ok(Some((row, account.is_some())))
}

pub(crate) fn mail_works(inner: &Inner) -> bool {
    let mail = relais_gateways::Channel::Mail;
    inner.outside.gateways.is_configured(mail)
}

fn calls_work(inner: &Inner) -> bool {
    let voice = relais_gateways::Channel::Voice;
    inner.outside.gateways.is_configured(voice)
}
