//! The applicant's side: who they are, which network, the codes, how they will sign in; then sent.
//! Each step keeps what was right and says what was not.

use super::body::Body;
use super::codes::{CodesBy, send_codes};
use super::proof::Proof;
use super::typed::{NetworkTyped, WhoTyped, is_named, take, unknown};
use super::{
    Applicant, FILLING_KEPT, FILLING_MAX, FILLING_SHARE, Step, known, locked, mail_works, notice,
    post,
};
use crate::accounts::password;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::directory::NetworkEntry;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::reference::folded;
use crate::text;
use relais_core::ids::{ApplicationId, NetworkId, UserId};
use relais_core::people::MembershipStatus;
use relais_core::time::{Duration, Instant};
use relais_store::applications::{self, Application, ApplicationStatus};
use relais_store::{Tx, national, users};
use serde_json::json;
use std::sync::Arc;

pub(super) const DAY: Duration = Duration::hours(24);
pub(super) const HOUR: Duration = Duration::hours(1);

impl App {
    /// Looks somebody up in the national directory and begins their application; answers the token
    /// their browser keeps. `source` is the widest prefix of their address. With as many as there may
    /// be, one that waits for its next step is forgotten: of the source that holds most, else the one
    /// that has waited longest. Nobody is kept out.
    ///
    /// # Errors
    /// Each field that is wrong: a number that is none, or unknown, or of another name; a directory
    /// that is not installed.
    pub async fn signup_begin(&self, typed: WhoTyped, source: &str) -> Result<String, AppError> {
        let rpps: String = typed.rpps.chars().filter(char::is_ascii_digit).collect();
        let name = folded(&typed.name);
        let mut errors = Vec::new();
        if rpps.len() != 11 {
            let message = "Onze chiffres\u{a0}: ils sont sur votre carte de professionnel, et sur annuaire.sante.fr.";
            errors.push(FieldError::new("/rpps", message));
        }
        if name.is_empty() {
            errors.push(FieldError::new("/name", "Écrivez votre nom d’exercice."));
        }
        if !errors.is_empty() {
            return Err(AppError::Invalid(errors));
        }
        let (now, token) = (self.now(), chance::token());
        let mark = chance::fingerprint(&token);
        let id = ApplicationId::from_bits(chance::id(now));
        let user = UserId::from_bits(chance::id(now));
        let source = crate::public::source_mark(&self.0, source)?;
        let shed = self.write(move |_, tx| {
            let entries = national::list_of_person(tx, &rpps)?;
            let Some(first) = entries.first() else {
                return Err(unknown(tx)?);
            };
            if !is_named(first, &name) {
                let message = "Ce numéro RPPS est à un autre nom dans l’annuaire national. Vérifiez les deux.";
                return Err(AppError::invalid("/name", message));
            }
            let full = applications::count_filling(tx, now)? >= FILLING_MAX;
            let shed = full && applications::shed(tx, FILLING_SHARE, now)?;
            let body = Body {
                user: user.to_string(),
                civility: first.civility.clone(),
                last_name: first.last_name.clone(),
                first_name: first.first_name.clone(),
                profession: first.profession.clone(),
                ..Body::default()
            };
            let new = Application {
                id,
                network: None,
                rpps: rpps.clone(),
                status: ApplicationStatus::Filling,
                body: body.encode()?,
                started_at: now,
                expires_at: Some(now + FILLING_KEPT),
                sent_at: None,
                decided_at: None,
                decided_by: None,
                professional: None,
            };
            applications::insert(tx, &mark, &source, &new)?;
            Ok(shed)
        });
        if shed.await? {
            self.0.watch.pulse.shed(now);
        }
        Ok(token)
    }

    /// Keeps the network and the ways to reach them, and sends the codes.
    ///
    /// # Errors
    /// Each field that is wrong; what was sent too often; no such application.
    pub async fn signup_network(&self, token: &str, typed: NetworkTyped) -> Result<(), AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        self.write(move |inner, tx| {
            let mut one = filling(tx, &mark, now)?;
            let (entry, phone) = take(inner, tx, &mut one, &typed, now)?;
            one.application.network = Some(entry.network.id);
            let body = &mut one.body;
            if body.phone != phone.e164() {
                body.sms_code = Proof::default();
                phone.e164().clone_into(&mut body.phone);
            }
            let mail = typed.mail.trim().to_lowercase();
            if body.mail != mail || body.mail_code.is_some() != mail_works(inner) {
                body.mail_code = mail_works(inner).then(Proof::default);
                body.mail = mail;
            }
            (body.is_member, body.has_account) = (false, false);
            if !body.proved() {
                let id = one.application.id;
                send_codes(inner, tx, &entry, id, body, CodesBy::Messages, now)?;
            }
            save(tx, one, now)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Keeps the password, once the authenticator application gives a right code, and sends the
    /// application.
    ///
    /// # Errors
    /// Each field that is wrong; no room in the network's list; no such application.
    pub async fn signup_password(
        &self,
        token: &str,
        typed: String,
        code: String,
    ) -> Result<(), AppError> {
        password::check_new(&typed)?;
        let (now, wall, mark) = (self.now(), self.wall_now(), chance::fingerprint(token));
        let turn = self.0.hashing.acquire().await;
        let hashed = tokio::task::spawn_blocking(move || password::hash(&typed)).await;
        drop(turn);
        let hash = hashed.map_err(|error| AppError::Bug(format!("password hash: {error}")))??;
        self.write(move |inner, tx| {
            let mut one = filling(tx, &mark, now)?;
            if one.step() != Step::Key {
                return Err(AppError::NotFound);
            }
            let digits: String = code.chars().filter(char::is_ascii_digit).collect();
            let seconds = u64::try_from(wall.millis() / 1_000).unwrap_or_default();
            let seed = one.body.secret(inner)?;
            if password::totp(seed)?.check(&digits, seconds).is_none() {
                let message = "Ce n’est pas le code que montre votre application en ce moment. Il change toutes les 30 secondes.";
                return Err(AppError::invalid("/code", message));
            }
            one.body.password = Some(hash.clone());
            let entry = network_of(inner, tx, &one)?;
            send(inner, tx, &mut one, &entry, now)?;
            one.application.body = one.body.encode()?;
            Ok(applications::update(tx, &one.application, ApplicationStatus::Filling)?)
        })
        .await?;
        self.wake();
        Ok(())
    }
}

/// The application of a browser, while it is being filled in, to be written back.
pub(super) fn filling(tx: &mut Tx<'_>, mark: &str, now: Instant) -> Result<Applicant, AppError> {
    locked(tx, mark, now)?
        .filter(|one| one.application.status == ApplicationStatus::Filling)
        .ok_or(AppError::NotFound)
}

pub(super) fn save(tx: &mut Tx<'_>, mut one: Applicant, now: Instant) -> Result<(), AppError> {
    one.application.body = one.body.encode()?;
    one.application.expires_at = Some(now + FILLING_KEPT);
    Ok(applications::update(
        tx,
        &one.application,
        ApplicationStatus::Filling,
    )?)
}

pub(super) fn network_of(
    inner: &Inner,
    tx: &mut Tx<'_>,
    one: &Applicant,
) -> Result<Arc<NetworkEntry>, AppError> {
    let id: NetworkId = one.application.network.ok_or(AppError::NotFound)?;
    Ok(Arc::clone(inner.directory.current(tx)?.network(id)?))
}

/// Whether whoever proved the telephone and the mailbox holds those of somebody who has an account:
/// the only way a visitor learns that somebody is a member.
pub(super) fn recognise(tx: &mut Tx<'_>, one: &mut Applicant) -> Result<(), AppError> {
    let Some((row, account)) = known(tx, &one.application.rpps)? else {
        return Ok(());
    };
    let phone = row.alert_number.as_deref() == Some(one.body.phone.as_str());
    let mailed = one.body.mail_code.is_some();
    let mail =
        mailed && row.mail.as_deref().map(str::to_lowercase).as_deref() == Some(&one.body.mail);
    if !(account && (phone || mail)) {
        return Ok(());
    }
    let here = row
        .member
        .memberships
        .iter()
        .find(|m| Some(m.network) == one.application.network);
    one.body.has_account = true;
    one.body.is_member = here.is_some_and(|m| m.status != MembershipStatus::Left);
    Ok(())
}

/// Puts the application before the coordinators, who are told; a member whose number is used is warned.
pub(super) fn send(
    inner: &Inner,
    tx: &mut Tx<'_>,
    one: &mut Applicant,
    entry: &NetworkEntry,
    now: Instant,
) -> Result<(), AppError> {
    let id = one.application.id;
    if let Some((row, true)) = known(tx, &one.application.rpps)?
        && !one.body.has_account
    {
        let key = format!("signup warned {}", row.member.id);
        if users::count_attempts(tx, &key, now - DAY)? == 0 {
            users::insert_attempt(tx, &key, now, true)?;
            let desk = entry.desk(now);
            post::tell_member(tx, entry, &row, format!("{id}:warned"), now, |channel| {
                text::signup::warned(channel, &desk)
            })?;
        }
    }
    notice::coordinators(inner, tx, entry, id, now)?;
    one.application.status = ApplicationStatus::Pending;
    one.application.sent_at = Some(now);
    one.application.expires_at = None;
    let body = json!({ "application": id.to_string(), "rpps": one.application.rpps });
    let (network, who) = (Some(entry.network.id), Who::platform("web"));
    journal::act(
        tx,
        network,
        "application.sent",
        None,
        None,
        &body,
        &who,
        now,
    )
}
