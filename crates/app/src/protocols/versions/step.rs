//! From a draft to force: read again by somebody else, signed by a clinician of the network, in force
//! from a date, withdrawn. Owns who may do each step; refuses a sheet with a fault at each of them.

use super::{MONTHS_MAX, Seen, Status, coordinator, held, reader, sheet_of, sound, tell};
use crate::app::{App, Inner, Who};
use crate::error::AppError;
use crate::text::triage as text;
use relais_core::access::Role;
use relais_core::ids::NetworkId;
use relais_core::people::Profession;
use relais_core::time::Instant;
use relais_store::protocols::{self, Signature};
use relais_store::{Tx, networks};
use serde_json::json;

/// Who may sign: the medical professions.
const SIGNATORIES: &[Profession] = &[
    Profession::Gp,
    Profession::Specialist,
    Profession::Midwife,
    Profession::Dentist,
];

impl App {
    /// A draft was read again, by a regulator or a coordinator who did not write it.
    pub async fn review_protocol(&self, who: &Who, seen: Seen) -> Result<(), AppError> {
        let actor = reader(who)?;
        if actor.role == Role::Operator {
            return Err(AppError::Denied);
        }
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let version = held(tx, actor.network, &seen)?;
            sound(&sheet_of(&version)?)?;
            if version.author == actor.user.to_string() {
                return Err(AppError::problem(
                    "protocol-own-words",
                    409,
                    text::own_words(),
                ));
            }
            protocols::review(tx, &version, &actor.user.to_string(), now)?;
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.reviewed",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }

    /// A reviewed version is written again.
    pub async fn reopen_protocol(&self, who: &Who, seen: Seen) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let version = held(tx, actor.network, &seen)?;
            protocols::reopen(tx, &version, now)?;
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.reopened",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }

    /// Records the signature of a clinician of the network on a reviewed version, for some months.
    /// The caller proved a fresh authentication.
    pub async fn sign_protocol(
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
            sound(&sheet_of(&version)?)?;
            let by = signatory(inner, tx, actor.network, &rpps, now)?;
            let zone = networks::get(tx, actor.network)?.zone;
            let signature = Signature {
                by: by.clone(),
                rpps: rpps.clone(),
                at: now,
                recorded_by: actor.user.to_string(),
                expires_at: after_months(now, &zone, months)?,
            };
            protocols::sign(tx, &version, &signature)?;
            let more = json!({ "by": by, "rpps": rpps, "until": signature.expires_at.millis() });
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.signed",
                number,
                &more,
                &who,
                now,
            )
        })
        .await
    }

    /// Puts a version in force from an instant, now at the earliest. Only a signed one, whose
    /// signature still holds then; a demonstration takes any sound one.
    pub async fn enforce_protocol(
        &self,
        who: &Who,
        seen: Seen,
        from: Instant,
    ) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        let from = from.max(now);
        self.write(move |inner, tx| {
            let version = held(tx, actor.network, &seen)?;
            sound(&sheet_of(&version)?)?;
            let holds = version
                .signature
                .as_ref()
                .is_some_and(|s| from < s.expires_at);
            let official = version.status == Status::Signed && holds;
            if !official && !inner.settings.demo {
                return Err(AppError::problem(
                    "protocol-not-signed",
                    409,
                    text::not_signed(),
                ));
            }
            protocols::put_in_force(tx, &version, from, now)?;
            let more = json!({ "from": from.millis() });
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.in-force",
                number,
                &more,
                &who,
                now,
            )
        })
        .await
    }

    /// Withdraws a sheet: its motives go to the regulator until another version is in force.
    pub async fn retire_protocol(&self, who: &Who, code: &str) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, code, now) = (who.clone(), code.to_owned(), self.now());
        self.write(move |_, tx| {
            if protocols::retire(tx, actor.network, &code, now)? == 0 {
                return Err(AppError::problem(
                    "protocol-not-in-force",
                    409,
                    text::nothing_in_force(),
                ));
            }
            let number = (code.as_str(), 0);
            tell(
                tx,
                actor.network,
                "protocol.retired",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }
}

/// The name of whoever signs: a member of the network, of a medical profession, who may practise.
fn signatory(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    rpps: &str,
    now: Instant,
) -> Result<String, AppError> {
    let directory = inner.directory.current(tx)?;
    let refused = || AppError::invalid("/rpps", text::no_signatory());
    let person = directory.by_rpps(rpps).ok_or_else(refused)?;
    let member = &person.member;
    let may = member.belongs_to(network)
        && SIGNATORIES.contains(&member.profession)
        && member.standing.holds(now);
    if may {
        Ok(person.display_name())
    } else {
        Err(refused())
    }
}

/// The same hour some months later, in the network's civil time.
fn after_months(now: Instant, zone: &str, months: u16) -> Result<Instant, AppError> {
    let zone = jiff::tz::TimeZone::get(zone).map_err(|error| AppError::Bug(error.to_string()))?;
    let later = now.timestamp().to_zoned(zone);
    let later = later.checked_add(jiff::Span::new().months(i64::from(months)));
    let later = later.map_err(|error| AppError::Bug(error.to_string()))?;
    Ok(Instant::from_millis(later.timestamp().as_millisecond()))
}
