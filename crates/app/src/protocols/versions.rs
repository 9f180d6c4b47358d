//! The life of a sheet: draft, reviewed, signed by a clinician of the network, in force from a date,
//! expired or withdrawn. Owns who may do each step and what the journal says of it. A version in
//! force is never edited; a file or a draft that is refused leaves the one in force alone (R3).

use super::check::Fault;
use super::file::{FileFault, read_file};
use super::sheet::Sheet;
use crate::app::{App, Inner, Who};
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::text::triage as text;
use relais_core::access::{Actor, Role};
use relais_core::ids::NetworkId;
use relais_core::people::Profession;
use relais_core::time::{Duration, Instant};
use relais_store::protocols::{self, Signature};
pub use relais_store::protocols::{Count, Status, Version};
use relais_store::{Tx, networks};
use serde_json::json;

/// Most versions of a sheet shown.
const HISTORY: u32 = 100;
/// Longest a signature may hold, months; the usual length is twelve.
pub const MONTHS_MAX: u16 = 24;
/// Who may sign: the medical professions.
const SIGNATORIES: &[Profession] = &[
    Profession::Gp,
    Profession::Specialist,
    Profession::Midwife,
    Profession::Dentist,
];

/// One line of the list of sheets.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The last version.
    pub latest: Version,
    /// The version in force now, if one is.
    pub in_force: Option<Version>,
}

/// A sheet as its page shows it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The version read.
    pub version: Version,
    /// What it says.
    pub sheet: Sheet,
    /// What keeps it from being followed.
    pub faults: Vec<Fault>,
    /// Every version, newest first.
    pub history: Vec<Version>,
    /// The version in force now.
    pub in_force: Option<Version>,
    /// How often its questions were answered.
    pub counts: Vec<Count>,
}

/// Which version somebody looked at when they acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The sheet.
    pub code: String,
    /// The version.
    pub version: i64,
    /// Its revision.
    pub revision: i64,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Sheets that did not exist.
    pub new: usize,
    /// Sheets given a new draft.
    pub changed: usize,
    /// Sheets whose last version says the same.
    pub same: usize,
}

/// Why an import did nothing.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file was refused whole.
    #[error("{} fault(s) in the file: nothing was imported, the versions in force stay", .0.len())]
    File(Vec<FileFault>),
    /// The application refused.
    #[error(transparent)]
    App(#[from] AppError),
}

fn reader(who: &Who) -> Result<Actor, AppError> {
    let actor = who.signed_in()?;
    match actor.role {
        Role::Operator | Role::Regulator | Role::Coordinator => Ok(actor),
        Role::Administrator | Role::Auditor | Role::Professional | Role::Partner => {
            Err(AppError::Denied)
        }
    }
}

fn coordinator(who: &Who) -> Result<Actor, AppError> {
    let actor = who.signed_in()?;
    if actor.role == Role::Coordinator {
        Ok(actor)
    } else {
        Err(AppError::Denied)
    }
}

fn held(tx: &mut Tx<'_>, network: NetworkId, seen: &Seen) -> Result<Version, AppError> {
    let found = protocols::find(tx, network, &seen.code, seen.version)?;
    let found = found.ok_or(AppError::NotFound)?;
    if found.revision == seen.revision {
        Ok(found)
    } else {
        Err(AppError::problem(
            "protocol-changed",
            409,
            text::changed_meanwhile(),
        ))
    }
}

/// The sheet of a stored version; a body that cannot be read is a bug, since every door checks it.
fn sheet_of(version: &Version) -> Result<Sheet, AppError> {
    Sheet::from_json(&version.body)
        .map_err(|reason| AppError::Bug(format!("stored sheet {}: {reason}", version.code)))
}

fn sound(sheet: &Sheet) -> Result<(), AppError> {
    let errors: Vec<_> = sheet.faults().iter().map(field).collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(AppError::Invalid(errors))
    }
}

fn field(fault: &Fault) -> FieldError {
    let pointer = match fault.question {
        Some(index) => format!("/questions/{index}"),
        None => "/".to_owned(),
    };
    FieldError::new(pointer, text::fault(&fault.wrong))
}

fn tell(
    tx: &mut Tx<'_>,
    network: NetworkId,
    act: &str,
    version: (&str, i64),
    more: &serde_json::Value,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let body = json!({ "sheet": version.0, "version": version.1, "more": more });
    journal::act(tx, Some(network), act, None, None, &body, who, now)
}

impl App {
    /// The sheets of the actor's network, by code.
    pub async fn list_protocols(&self, who: &Who) -> Result<Vec<Listed>, AppError> {
        let actor = reader(who)?;
        let now = self.now();
        self.read(move |_, tx| {
            let mut in_force = protocols::list_in_force(tx, actor.network, now)?;
            let latest = protocols::list_latest(tx, actor.network)?;
            let listed = latest.into_iter().map(|latest| {
                let own = in_force.iter().position(|one| one.code == latest.code);
                Listed {
                    in_force: own.map(|index| in_force.swap_remove(index)),
                    latest,
                }
            });
            Ok(listed.collect())
        })
        .await
    }

    /// One sheet: a version, or the one in force, or the last.
    pub async fn open_protocol(
        &self,
        who: &Who,
        code: &str,
        version: Option<i64>,
    ) -> Result<Opened, AppError> {
        let actor = reader(who)?;
        let (code, now) = (code.to_owned(), self.now());
        self.read(move |_, tx| {
            let history = protocols::list_of_sheet(tx, actor.network, &code, HISTORY)?;
            let in_force = protocols::list_in_force(tx, actor.network, now)?;
            let in_force = in_force.into_iter().find(|one| one.code == code);
            let chosen = match version {
                Some(number) => protocols::find(tx, actor.network, &code, number)?,
                None => in_force.clone().or_else(|| history.first().cloned()),
            };
            let version = chosen.ok_or(AppError::NotFound)?;
            let sheet = sheet_of(&version)?;
            let counts = protocols::list_counts(tx, actor.network, &code, version.version)?;
            Ok(Opened {
                faults: sheet.faults(),
                version,
                sheet,
                history,
                in_force,
                counts,
            })
        })
        .await
    }

    /// Starts a draft from a version, or opens the one being written; its number.
    pub async fn draft_protocol(&self, who: &Who, code: &str, from: i64) -> Result<i64, AppError> {
        let actor = coordinator(who)?;
        let (who, code, now) = (who.clone(), code.to_owned(), self.now());
        self.write(move |_, tx| {
            let history = protocols::list_of_sheet(tx, actor.network, &code, HISTORY)?;
            let last = history.first().ok_or(AppError::NotFound)?;
            if last.status == Status::Draft && last.in_force_from.is_none() {
                return Ok(last.version);
            }
            let base = protocols::find(tx, actor.network, &code, from)?;
            let base = base.ok_or(AppError::NotFound)?;
            let (number, author) = (last.version + 1, actor.user.to_string());
            let content = (base.title.as_str(), base.body.as_str());
            protocols::insert_draft(tx, actor.network, &code, number, content, &author, now)?;
            let more = json!({ "from": from });
            let version = (code.as_str(), number);
            tell(
                tx,
                actor.network,
                "protocol.drafted",
                version,
                &more,
                &who,
                now,
            )?;
            Ok(number)
        })
        .await
    }

    /// Starts a sheet that does not exist yet.
    pub async fn create_protocol(&self, who: &Who, sheet: Sheet) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let code = sheet.code.as_str();
            if !protocols::list_of_sheet(tx, actor.network, code, 1)?.is_empty() {
                return Err(AppError::invalid("/code", text::code_taken()));
            }
            let (body, author) = (sheet.to_json(), actor.user.to_string());
            let content = (sheet.title.as_str(), body.as_str());
            protocols::insert_draft(tx, actor.network, code, 1, content, &author, now)?;
            let more = json!({});
            tell(
                tx,
                actor.network,
                "protocol.drafted",
                (code, 1),
                &more,
                &who,
                now,
            )
        })
        .await
    }

    /// Saves a draft, sound or not: nothing typed is lost. What is wrong is shown, and keeps it
    /// from being reviewed.
    pub async fn save_protocol(&self, who: &Who, seen: Seen, sheet: Sheet) -> Result<(), AppError> {
        let actor = coordinator(who)?;
        let (who, now) = (who.clone(), self.now());
        self.write(move |_, tx| {
            let version = held(tx, actor.network, &seen)?;
            if version.status != Status::Draft || version.in_force_from.is_some() {
                return Err(AppError::problem(
                    "protocol-not-draft",
                    409,
                    text::not_a_draft(),
                ));
            }
            let body = sheet.to_json();
            if body == version.body {
                return Ok(());
            }
            let (content, author) = (
                (sheet.title.as_str(), body.as_str()),
                actor.user.to_string(),
            );
            protocols::save_draft(tx, &version, content, &author, now)?;
            let number = (seen.code.as_str(), seen.version);
            tell(
                tx,
                actor.network,
                "protocol.saved",
                number,
                &json!({}),
                &who,
                now,
            )
        })
        .await
    }

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

    /// Imports a file of sheets into a network, as drafts. Whole or not at all; the versions in
    /// force stay; a sheet that says what its last version says is left alone.
    pub async fn import_protocols(
        &self,
        network: &str,
        text: &str,
    ) -> Result<Imported, ImportError> {
        let file = read_file(text).map_err(ImportError::File)?;
        let (code, now) = (network.to_owned(), self.now());
        let imported = self
            .write(move |_, tx| {
                let network = networks::find_by_code(tx, &code)?
                    .ok_or_else(|| AppError::invalid("/network", "no network has this code"))?;
                let imported = import(tx, network.id, &file.sheets, now)?;
                let who = Who::platform("command");
                let body = json!({ "new": imported.new, "changed": imported.changed });
                let act = "protocol.imported";
                journal::act(tx, Some(network.id), act, None, None, &body, &who, now)?;
                Ok(imported)
            })
            .await?;
        Ok(imported)
    }
}

/// Writes drafts where a sheet changed.
fn import(
    tx: &mut Tx<'_>,
    network: NetworkId,
    sheets: &[Sheet],
    now: Instant,
) -> Result<Imported, AppError> {
    let mut done = Imported::default();
    for sheet in sheets {
        let last = protocols::list_of_sheet(tx, network, &sheet.code, 1)?;
        let body = sheet.to_json();
        let content = (sheet.title.as_str(), body.as_str());
        match last.first() {
            None => {
                protocols::insert_draft(tx, network, &sheet.code, 1, content, "command", now)?;
                done.new += 1;
            }
            Some(last) if last.body == body => done.same += 1,
            Some(last) if last.status == Status::Draft && last.in_force_from.is_none() => {
                protocols::save_draft(tx, last, content, "command", now)?;
                done.changed += 1;
            }
            Some(last) => {
                let number = last.version + 1;
                protocols::insert_draft(tx, network, &sheet.code, number, content, "command", now)?;
                done.changed += 1;
            }
        }
    }
    Ok(done)
}

/// Lays the shipped sheets into a demonstration's network, unsigned, in force at once.
pub(crate) fn lay_out(tx: &mut Tx<'_>, network: NetworkId, now: Instant) -> Result<(), AppError> {
    let sheets = &super::file::shipped().sheets;
    import(tx, network, sheets, now)?;
    for sheet in sheets {
        if let Some(version) = protocols::find(tx, network, &sheet.code, 1)? {
            protocols::put_in_force(tx, &version, now, now)?;
        }
    }
    Ok(())
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

/// How long before its end a signature is said to end soon.
pub const SOON: Duration = Duration::hours(60 * 24);
