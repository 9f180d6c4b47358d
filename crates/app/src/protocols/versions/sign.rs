//! The signature of a version: asked of one clinician by the coordinator, given or refused by that
//! clinician from their own account (R3). Owns who may sign; refuses a signature given for somebody
//! else, whoever writes it down.

use super::{MONTHS_MAX, Seen, Status, coordinator, held, sheet_of, sound, tell};
use crate::app::{App, Inner, Who};
use crate::directory::ProfessionalRow;
use crate::error::AppError;
use crate::protocols::sheet::Sheet;
use crate::text::triage as text;
use relais_core::access::Actor;
use relais_core::ids::{NetworkId, ProfessionalId};
use relais_core::people::Profession;
use relais_core::time::Instant;
use relais_store::protocol_signings::{self as signings, Signing};
use relais_store::protocols::{self, Signature, Version};
use relais_store::{Tx, networks};
use serde_json::json;

/// Who may sign: the medical professions.
const SIGNATORIES: &[Profession] = &[
    Profession::Gp,
    Profession::Specialist,
    Profession::Midwife,
    Profession::Dentist,
];
/// Most signatures one clinician is shown.
const MOST: u32 = 100;
/// Longest reason of a refusal to sign, characters.
pub const REFUSAL_MAX: usize = 400;

/// A version that waits for somebody's signature, as they read it.
#[derive(Debug, Clone)]
pub struct ToSign {
    /// What was asked, of whom, by whom.
    pub asked: Signing,
    /// Join code of the network whose sheet it is.
    pub network: String,
    /// The version.
    pub version: Version,
    /// What it says.
    pub sheet: Sheet,
    /// The version in force, which it would replace.
    pub replaces: Option<(i64, Sheet)>,
}

impl App {
    /// Asks a clinician of the network to sign a reviewed version, for some months; in place of
    /// whoever was asked before.
    ///
    /// # Errors
    /// For coordinators only. Months out of bounds, nobody of that number who may sign, a version that
    /// changed or waits for no signature.
    pub async fn ask_signature(
        &self,
        who: &Who,
        seen: Seen,
        rpps: &str,
        months: u16,
    ) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        if !(1..=MONTHS_MAX).contains(&months) {
            return Err(AppError::invalid("/months", text::months(MONTHS_MAX)));
        }
        let rpps: String = rpps.chars().filter(|c| !c.is_whitespace()).collect();
        let (who, now) = (who.clone(), self.now());
        self.write(move |inner, tx| {
            let version = held(tx, actor.network, &seen)?;
            waits(&version)?;
            let directory = inner.directory.current(tx)?;
            let person = directory.by_rpps(&rpps).map(|person| person.member.id);
            let person = person.ok_or_else(no_signatory)?;
            let (by, rpps) = signatory(inner, tx, actor.network, person, now)?;
            let asked = Signing {
                network: actor.network,
                code: seen.code.clone(),
                version: seen.version,
                professional: person,
                months: i64::from(months),
                asked_by: actor.user,
                asked_at: now,
                declined: None,
            };
            signings::ask(tx, &asked)?;
            let more = json!({ "of": by, "rpps": rpps, "months": months });
            let number = (seen.code.as_str(), seen.version);
            let act = "protocol.signature-asked";
            tell(tx, actor.network, act, number, &more, &who, now)
        })
        .await
    }

    /// What waits for the actor's own signature, oldest first.
    ///
    /// # Errors
    /// Signed out, or no professional.
    pub async fn signatures_asked(&self, who: &Who) -> Result<Vec<ToSign>, AppError> {
        let (_, professional) = clinician(who)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let all = signings::list_of_professional(tx, professional, MOST)?;
            all.into_iter()
                .map(|asked| to_sign(inner, tx, asked, now))
                .collect()
        })
        .await
    }

    /// One version that waits for the actor's own signature.
    ///
    /// # Errors
    /// Signed out, or no professional; not found when it waits for somebody else's, or no longer.
    pub async fn signature_asked(
        &self,
        who: &Who,
        network: &str,
        code: &str,
        version: i64,
    ) -> Result<ToSign, AppError> {
        let (_, professional) = clinician(who)?;
        let (network, code, now) = (network.to_owned(), code.to_owned(), self.now());
        self.read(move |inner, tx| {
            let asked = own(tx, professional, &network, &code, version)?;
            to_sign(inner, tx, asked, now)
        })
        .await
    }

    /// Signs a version one was asked to sign: the number is the actor's own. The caller proved a fresh
    /// authentication.
    ///
    /// # Errors
    /// Not asked of the actor, or no longer; a version that changed since it was read; an actor who may
    /// not practise any more.
    pub async fn sign_protocol(
        &self,
        who: &Who,
        network: &str,
        seen: Seen,
    ) -> Result<(), AppError> {
        let (actor, professional) = clinician(who)?;
        let (who, network, now) = (who.clone(), network.to_owned(), self.now());
        self.write(move |inner, tx| {
            let asked = own(tx, professional, &network, &seen.code, seen.version)?;
            let version = held(tx, asked.network, &seen)?;
            waits(&version)?;
            let (by, rpps) = signatory(inner, tx, asked.network, professional, now)?;
            let zone = networks::get(tx, asked.network)?.zone;
            let signature = Signature {
                by: by.clone(),
                rpps: rpps.clone(),
                at: now,
                recorded_by: actor.user.to_string(),
                expires_at: after_months(now, &zone, asked.months)?,
            };
            protocols::sign(tx, &version, &signature)?;
            let more = json!({ "by": by, "rpps": rpps, "until": signature.expires_at.millis() });
            let number = (seen.code.as_str(), seen.version);
            let act = "protocol.signed";
            tell(tx, asked.network, act, number, &more, &who, now)
        })
        .await
    }

    /// Says no to a signature one was asked for, and why: the coordinator reads it.
    ///
    /// # Errors
    /// Not asked of the actor, or no longer; no reason, or one that is too long.
    pub async fn decline_signature(
        &self,
        who: &Who,
        network: &str,
        seen: Seen,
        why: &str,
    ) -> Result<(), AppError> {
        let (_, professional) = clinician(who)?;
        let why = why.trim().to_owned();
        if why.is_empty() || why.chars().count() > REFUSAL_MAX {
            let detail = text::refusal_to_sign(REFUSAL_MAX);
            return Err(AppError::invalid("/why", detail));
        }
        let (who, network, now) = (who.clone(), network.to_owned(), self.now());
        self.write(move |_, tx| {
            let asked = own(tx, professional, &network, &seen.code, seen.version)?;
            if !signings::decline(tx, &asked, &why, now)? {
                return Err(AppError::NotFound);
            }
            let number = (seen.code.as_str(), seen.version);
            let act = "protocol.signature-declined";
            tell(tx, asked.network, act, number, &json!({}), &who, now)
        })
        .await
    }
}

fn clinician(who: &Who) -> Result<(Actor, ProfessionalId), AppError> {
    let actor = who.signed_in()?;
    let professional = crate::offers::answer::professional(&actor)?;
    Ok((actor, professional))
}

/// What was asked of somebody and not declined yet.
fn own(
    tx: &mut Tx<'_>,
    professional: ProfessionalId,
    network: &str,
    code: &str,
    version: i64,
) -> Result<Signing, AppError> {
    let network = networks::find_by_code(tx, network)?.ok_or(AppError::NotFound)?;
    let asked = signings::find(tx, network.id, code, version)?;
    asked
        .filter(|asked| asked.professional == professional && asked.declined.is_none())
        .ok_or(AppError::NotFound)
}

fn to_sign(
    inner: &Inner,
    tx: &mut Tx<'_>,
    asked: Signing,
    now: Instant,
) -> Result<ToSign, AppError> {
    let version = protocols::find(tx, asked.network, &asked.code, asked.version)?;
    let version = version
        .filter(|version| version.status == Status::Reviewed)
        .ok_or(AppError::NotFound)?;
    let sheet = sheet_of(&version)?;
    let in_force = protocols::list_in_force(tx, asked.network, now)?;
    let before = in_force.iter().find(|one| one.code == asked.code);
    let replaces = before
        .filter(|one| one.version != version.version)
        .map(|one| sheet_of(one).map(|sheet| (one.version, sheet)))
        .transpose()?;
    let directory = inner.directory.current(tx)?;
    Ok(ToSign {
        network: directory.network(asked.network)?.network.code.clone(),
        asked,
        version,
        sheet,
        replaces,
    })
}

/// Whether a version may be signed: sound, read again, not signed yet.
fn waits(version: &Version) -> Result<(), AppError> {
    sound(&sheet_of(version)?)?;
    if version.status == Status::Reviewed {
        Ok(())
    } else {
        let slug = "protocol-not-reviewed";
        Err(AppError::problem(slug, 409, text::not_reviewed()))
    }
}

fn no_signatory() -> AppError {
    AppError::invalid("/rpps", text::no_signatory())
}

/// Whether somebody may sign the sheets of a network: a member, of a medical profession, who may
/// practise now.
pub fn may_sign(person: &ProfessionalRow, network: NetworkId, now: Instant) -> bool {
    let member = &person.member;
    member.belongs_to(network)
        && SIGNATORIES.contains(&member.profession)
        && member.standing.holds(now)
}

/// The name and the number of whoever signs.
fn signatory(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    person: ProfessionalId,
    now: Instant,
) -> Result<(String, String), AppError> {
    let directory = inner.directory.current(tx)?;
    let person = directory.person(person).ok_or_else(no_signatory)?;
    if may_sign(person, network, now) {
        Ok((person.display_name(), person.rpps.clone()))
    } else {
        Err(no_signatory())
    }
}

/// The same hour some months later, in the network's civil time.
fn after_months(now: Instant, zone: &str, months: i64) -> Result<Instant, AppError> {
    let zone = jiff::tz::TimeZone::get(zone).map_err(|error| AppError::Bug(error.to_string()))?;
    let later = now.timestamp().to_zoned(zone);
    let later = later.checked_add(jiff::Span::new().months(months));
    let later = later.map_err(|error| AppError::Bug(error.to_string()))?;
    Ok(Instant::from_millis(later.timestamp().as_millisecond()))
}
