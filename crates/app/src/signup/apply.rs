//! The applicant's side: who they are, which network, the codes, how they will sign in; then sent.
//! Each step keeps what was right and says what was not.

use super::body::Body;
use super::proof::{Proof, Tried};
use super::{
    Applicant, FILLING_KEPT, FILLING_MAX, Step, WAITING_MAX, WAITING_PER_RPPS, held, known,
    mail_works, post,
};
use crate::accounts::password;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::directory::NetworkEntry;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::phone::Phone;
use crate::reference::folded;
use crate::text;
use relais_core::ids::{ApplicationId, NetworkId, UserId};
use relais_core::people::MembershipStatus;
use relais_core::time::{Duration, Instant};
use relais_store::applications::{self, Application, ApplicationStatus};
use relais_store::national::{self, Entry};
use relais_store::{Tx, networks, users};
use serde_json::json;
use std::sync::Arc;

/// Codes one telephone, or one mailbox, is sent in a day.
const CODES_PER_DAY: u32 = 6;
/// Times one application may ask for codes.
const SENDINGS: u8 = 4;
/// Between two sendings.
const PATIENCE: Duration = Duration::seconds(30);
/// Longest mail address, characters.
const MAIL_MAX: usize = 120;
/// Longest street line, characters.
const LINE_MAX: usize = 120;
const DAY: Duration = Duration::hours(24);

/// Who somebody says they are.
#[derive(Debug, Clone, Default)]
pub struct WhoTyped {
    /// National number, spaces allowed.
    pub rpps: String,
    /// Surname.
    pub name: String,
}

/// Which network, and how one is reached.
#[derive(Debug, Clone, Default)]
pub struct NetworkTyped {
    /// The network's code (`SNP67`).
    pub code: String,
    /// INSEE code of the commune of practice, among theirs.
    pub insee: String,
    /// Street line of the practice; may be empty.
    pub line: String,
    /// The mobile that receives alerts.
    pub phone: String,
    /// The mail address.
    pub mail: String,
    /// The number patients are given; may be empty.
    pub contact_number: String,
}

impl App {
    /// Looks somebody up in the national directory and begins their application; answers the token
    /// their browser keeps.
    ///
    /// # Errors
    /// Each field that is wrong: a number that is none, or unknown, or of another name; a directory
    /// that is not installed; too many being filled in.
    pub async fn signup_begin(&self, typed: WhoTyped) -> Result<String, AppError> {
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
        self.write(move |_, tx| {
            let entries = national::list_of_person(tx, &rpps)?;
            let Some(first) = entries.first() else {
                return Err(unknown(tx)?);
            };
            if !is_named(first, &name) {
                let message = "Ce numéro RPPS est à un autre nom dans l’annuaire national. Vérifiez les deux.";
                return Err(AppError::invalid("/name", message));
            }
            if applications::count_filling(tx, now)? >= FILLING_MAX {
                let detail = "Trop d’inscriptions sont en cours. Réessayez dans une heure.";
                return Err(AppError::problem("signup-full", 503, detail));
            }
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
            Ok(applications::insert(tx, &mark, &new)?)
        })
        .await?;
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
            let (entry, phone) = take(inner, tx, &mut one, &typed)?;
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
                send_codes(inner, tx, &entry, one.application.id, body, now)?;
            }
            save(tx, one, now)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Sends new codes for what is not proved yet.
    ///
    /// # Errors
    /// Too soon, or too often; no such application.
    pub async fn signup_resend(&self, token: &str) -> Result<(), AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        self.write(move |inner, tx| {
            let mut one = filling(tx, &mark, now)?;
            if one.step() != Step::Codes {
                return Ok(());
            }
            let entry = network_of(inner, tx, &one)?;
            send_codes(inner, tx, &entry, one.application.id, &mut one.body, now)?;
            save(tx, one, now)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Tries the codes received; each is right by itself. Answers what is wrong, by field; nothing
    /// when both are proved.
    ///
    /// # Errors
    /// No such application.
    pub async fn signup_codes(
        &self,
        token: &str,
        sms: String,
        mail: String,
    ) -> Result<Vec<FieldError>, AppError> {
        let (now, mark) = (self.now(), chance::fingerprint(token));
        let seed = chance::totp_secret();
        let (wrong, sent) = self
            .write(move |inner, tx| {
                let mut one = filling(tx, &mark, now)?;
                if one.step() != Step::Codes {
                    return Ok((Vec::new(), false));
                }
                let (id, body) = (one.application.id, &mut one.body);
                let mut wrong = Vec::new();
                let mut check = |proof: &mut Proof, pointer: &str, what, typed: &str| {
                    if proof.proved {
                        return Ok(());
                    }
                    if typed.trim().is_empty() {
                        wrong.push(FieldError::new(pointer, "Recopiez le code à six chiffres."));
                        return Ok(());
                    }
                    let tried = proof.try_code(inner, id, what, typed, now)?;
                    wrong.extend(said(tried).map(|message| FieldError::new(pointer, message)));
                    Ok::<_, AppError>(())
                };
                check(&mut body.sms_code, "/sms", "sms", &sms)?;
                if let Some(proof) = body.mail_code.as_mut() {
                    check(proof, "/mail", "mail", &mail)?;
                }
                let mut sent = false;
                if body.proved() {
                    body.keep_secret(inner, seed)?;
                    recognise(tx, &mut one)?;
                    if one.body.has_account && !one.body.is_member {
                        // Their account exists: there is nothing left to choose.
                        let entry = network_of(inner, tx, &one)?;
                        send(tx, &mut one, &entry, now)?;
                        sent = true;
                    }
                }
                if !sent {
                    one.application.expires_at = Some(now + FILLING_KEPT);
                }
                one.application.body = one.body.encode()?;
                applications::update(tx, &one.application, ApplicationStatus::Filling)?;
                Ok((wrong, sent))
            })
            .await?;
        if sent {
            self.wake();
        }
        Ok(wrong)
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
            send(tx, &mut one, &entry, now)?;
            one.application.body = one.body.encode()?;
            Ok(applications::update(tx, &one.application, ApplicationStatus::Filling)?)
        })
        .await?;
        self.wake();
        Ok(())
    }
}

fn unknown(tx: &mut Tx<'_>) -> Result<AppError, AppError> {
    let message = if national::find_last_size(tx)?.is_none() {
        "L’annuaire national n’est pas installé sur ce service\u{a0}: demandez à votre coordination."
    } else {
        "Ce numéro n’est pas dans l’annuaire national. Vérifiez les onze chiffres\u{a0}; s’ils sont justes, \
         demandez à votre coordination\u{a0}: l’annuaire peut dater de quelques jours."
    };
    Ok(AppError::invalid("/rpps", message))
}

/// The surname, or one whole part of a double one.
fn is_named(entry: &Entry, typed: &str) -> bool {
    let known = folded(&entry.last_name);
    let is_part = |part: &str| part == typed && part.len() > 2;
    known == typed
        || entry
            .last_name
            .split(['-', ' '])
            .map(folded)
            .any(|part| is_part(&part))
}

/// The application of a browser, while it is being filled in.
pub(super) fn filling(tx: &mut Tx<'_>, mark: &str, now: Instant) -> Result<Applicant, AppError> {
    held(tx, mark, now)?
        .filter(|one| one.application.status == ApplicationStatus::Filling)
        .ok_or(AppError::NotFound)
}

fn save(tx: &mut Tx<'_>, mut one: Applicant, now: Instant) -> Result<(), AppError> {
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

/// Checks what was typed about the network and the ways to reach them; keeps what needs no proof.
fn take(
    inner: &Inner,
    tx: &mut Tx<'_>,
    one: &mut Applicant,
    typed: &NetworkTyped,
) -> Result<(Arc<NetworkEntry>, Phone), AppError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, message: &str| errors.push(FieldError::new(pointer, message));
    let found = networks::find_by_code(tx, &typed.code.trim().to_uppercase())?;
    let network = found.filter(|network| network.active);
    if network.is_none() {
        wrong(
            "/code",
            "Aucun réseau n’a ce code ici. Votre coordination vous l’a donné, par exemple SNP67.",
        );
    }
    let phone = Phone::read(&typed.phone);
    if phone.as_ref().is_none_or(|phone| !phone.is_mobile()) {
        wrong(
            "/phone",
            "Un numéro de mobile, par exemple 06 39 98 12 34\u{a0}: les demandes y arrivent.",
        );
    }
    if !is_mail(typed.mail.trim()) {
        wrong(
            "/mail",
            "Une adresse de courriel, par exemple prenom.nom@exemple.fr.",
        );
    }
    let contact = Phone::read(&typed.contact_number);
    if !typed.contact_number.trim().is_empty() && contact.is_none() {
        wrong(
            "/contact_number",
            "Ce n’est pas un numéro de téléphone. Laissez vide si vous ne voulez pas en donner.",
        );
    }
    if typed.line.chars().count() > LINE_MAX {
        wrong("/line", "120 caractères au plus.");
    }
    let place = one.places.iter().find(|e| e.insee == typed.insee);
    if one.places.len() > 1 && place.is_none() {
        wrong("/insee", "Choisissez où vous exercez surtout.");
    }
    if let Some(network) = &network
        && errors.is_empty()
    {
        if applications::count_waiting(tx, network.id)? >= WAITING_MAX {
            errors.push(FieldError::new(
                "/code",
                "Deux cents demandes attendent déjà dans ce réseau. Appelez-le.",
            ));
        } else if applications::count_waiting_of(tx, network.id, &one.application.rpps)?
            >= WAITING_PER_RPPS
        {
            errors.push(FieldError::new(
                "/code",
                "Trois demandes attendent déjà avec ce numéro RPPS. Appelez le réseau.",
            ));
        }
    }
    let (Some(network), Some(phone), true) = (network, phone, errors.is_empty()) else {
        return Err(AppError::Invalid(errors));
    };
    let place = place.or_else(|| one.places.first());
    one.body.insee = place.map(|e| e.insee.clone()).unwrap_or_default();
    typed.line.trim().clone_into(&mut one.body.line);
    one.body.contact_number = contact.map(|phone| phone.e164().to_owned());
    let entry = Arc::clone(inner.directory.current(tx)?.network(network.id)?);
    Ok((entry, phone))
}

/// An address a mail may be sent to: one `@`, a dotted domain, no space nor sign that means more.
fn is_mail(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_+'".contains(c);
    text.len() <= MAIL_MAX
        && !name.is_empty()
        && name.chars().all(plain)
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && domain
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c))
}

/// Sends codes, within the limits of one application, one telephone and one mailbox.
fn send_codes(
    inner: &Inner,
    tx: &mut Tx<'_>,
    entry: &NetworkEntry,
    id: ApplicationId,
    body: &mut Body,
    now: Instant,
) -> Result<(), AppError> {
    if body.sendings >= SENDINGS {
        let message =
            "Quatre envois ont été faits. Appelez le réseau, ou recommencez l’inscription demain.";
        return Err(AppError::invalid("/phone", message));
    }
    if body.sendings > 0 && now.since(Instant::from_millis(body.sent_at)) < PATIENCE {
        let message =
            "Les codes viennent de partir. Attendez une demi-minute avant d’en demander d’autres.";
        return Err(AppError::invalid("/phone", message));
    }
    let sms = (!body.sms_code.proved).then(|| ("/phone", format!("signup sms {}", body.phone)));
    let mail = body.mail_code.as_ref().is_some_and(|proof| !proof.proved);
    let mail = mail.then(|| ("/mail", format!("signup mail {}", body.mail)));
    for (pointer, key) in sms.into_iter().chain(mail) {
        if users::count_attempts(tx, &key, now - DAY)? >= CODES_PER_DAY {
            let message =
                "Six codes y ont été envoyés aujourd’hui. Réessayez demain, ou appelez le réseau.";
            return Err(AppError::invalid(pointer, message));
        }
        users::insert_attempt(tx, &key, now, true)?;
    }
    post::codes(inner, tx, entry, id, body, now)?;
    body.sendings += 1;
    body.sent_at = now.millis();
    Ok(())
}

fn said(tried: Tried) -> Option<String> {
    match tried {
        Tried::Right => None,
        Tried::Wrong(1) => Some("Ce n’est pas ce code. Il reste un essai.".to_owned()),
        Tried::Wrong(left) => Some(format!("Ce n’est pas ce code. Il reste {left} essais.")),
        Tried::Dead => Some(
            "Ce code ne vaut plus\u{a0}: il a été essayé cinq fois, ou il a plus de dix minutes. Demandez-en un autre."
                .to_owned(),
        ),
    }
}

/// Whether whoever proved the telephone and the mailbox holds those of somebody who has an account:
/// the only way a visitor learns that somebody is a member.
fn recognise(tx: &mut Tx<'_>, one: &mut Applicant) -> Result<(), AppError> {
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

/// Puts the application before the coordinator; a member whose number is used is warned.
pub(super) fn send(
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

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(last_name: &str) -> Entry {
        Entry {
            rpps: String::new(),
            insee: String::new(),
            profession: String::new(),
            civility: String::new(),
            last_name: last_name.to_owned(),
            first_name: String::new(),
            commune: String::new(),
            postcode: String::new(),
            dept: String::new(),
            phone: None,
            search: String::new(),
        }
    }

    #[test]
    fn a_name_is_the_whole_or_one_part_of_a_double_one() {
        let known = entry("LE GOFF-MARTIN");
        for typed in ["Le Goff-Martin", "le goff martin", "Martin", "GOFF"] {
            assert!(is_named(&known, &folded(typed)), "{typed}");
        }
        for typed in ["Le", "Mart", "Goff Martin Le", "Durand"] {
            assert!(!is_named(&known, &folded(typed)), "{typed}");
        }
    }

    #[test]
    fn an_address_is_one_a_mail_can_be_sent_to() {
        for text in ["a@b.fr", "prenom.nom+relais@cabinet-des-lilas.fr"] {
            assert!(is_mail(text), "{text}");
        }
        for text in [
            "",
            "a",
            "a@b",
            "a@.fr",
            "a b@c.fr",
            "a@b.fr\nBcc: x@y.fr",
            "@b.fr",
            "a@b@c.fr",
        ] {
            assert!(!is_mail(text), "{text}");
        }
    }
}
