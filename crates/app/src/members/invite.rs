//! Inviting somebody to the network's staff: a mail with a link used once, by which they choose how they will sign in;
//! the account is made then, whole (ADR 0045). Owns the limits. Refuses a regulator who is no doctor of the national
//! directory, an address that has an account, and an account without a way in.

use super::coordinator;
use super::staff::is_staff;
use crate::accounts::passkeys::{
    KeyBegun, bug, insert as insert_key, labelled, not_made, seal_key,
};
use crate::accounts::password;
use crate::accounts::recovery::{hex, unhex};
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::reference::folded;
use crate::signup::{Letter, is_mail, is_named, mail_works, post};
use crate::text::{self, PAGE_MASK};
use relais_core::access::Role;
use relais_core::ids::{InvitationId, NetworkId, UserId};
use relais_core::people::Profession;
use relais_core::roles::may_be_given;
use relais_core::time::{Duration, Instant};
use relais_gateways::Channel;
use relais_gateways::identity::KeyOwner;
use relais_store::Tx;
use relais_store::seal::Secret;
use relais_store::users::{self, Invitation, StoredKey, User};
use relais_store::{national, professionals};
use serde_json::json;

/// A link is good for so long.
const LIFE: Duration = Duration::hours(72);
/// Invitations good at once in a network.
const OPEN_MAX: u32 = 50;
/// Invitations a network sends in a day.
const PER_DAY: u32 = 30;
/// Invitations one address is sent in a day, whoever invites it.
const PER_ADDRESS: u32 = 5;
const DAY: Duration = Duration::hours(24);
/// Longest name, characters.
const NAME_MAX: usize = 80;
/// Longest login, characters: an address is one.
const LOGIN_MAX: usize = 80;

/// Whom to invite.
#[derive(Debug, Clone, Default)]
pub struct InvitationDraft {
    /// Name shown on the screens.
    pub name: String,
    /// Their address: the link goes there, and it is their login.
    pub mail: String,
    /// What they will be, by code.
    pub role: String,
    /// National number, for a doctor who will regulate.
    pub rpps: String,
}

/// What whoever holds a link sees of it.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Their name.
    pub name: String,
    /// Their login.
    pub login: String,
    /// What they will be.
    pub role: Role,
    /// The network's name.
    pub network: String,
    /// Now, by the clock that counts the life of a link.
    pub now: Instant,
    /// Until when it is good.
    pub until: Instant,
    /// Secret of their authenticator application, base 32.
    pub secret: String,
}

/// The one answer to a link that opens nothing.
fn over() -> AppError {
    let detail = "Cette invitation ne vaut plus\u{a0}: elle a servi, a été retirée, ou a plus de trois jours. Demandez-en \
                  une autre à votre coordination.";
    AppError::problem("invitation-over", 404, detail)
}

fn mark(secret: &str) -> String {
    chance::fingerprint(&format!("invitation {secret}"))
}

/// What messages that invite are called in the outbox.
pub(crate) const INVITATION: &str = "invitation";

/// The secret of an invitation's link: made again from the master key when the mail leaves, and in no row.
fn secret_of(inner: &Inner, id: InvitationId) -> Result<String, AppError> {
    Ok(inner.vault.mark("invitation link", &id.to_string())?)
}

/// The text of the mail of an invitation as it leaves, by the key it waits under.
pub(crate) fn put_secret_in(inner: &Inner, text: &str, key: &str) -> Result<String, AppError> {
    let id = key.split(':').next().unwrap_or_default();
    let id = id
        .parse()
        .map_err(|error| AppError::Bug(format!("{key} names no invitation: {error}")))?;
    Ok(text.replace(PAGE_MASK, &secret_of(inner, id)?))
}

/// Under which the secret of codes is sealed: that of the account to come.
fn about(user: UserId) -> String {
    format!("totp {user}")
}

fn read(draft: &InvitationDraft) -> Result<(String, String, Role), AppError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, message: &str| errors.push(FieldError::new(pointer, message));
    let name = draft.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if !(2..=NAME_MAX).contains(&length) || name.chars().any(char::is_control) {
        wrong("/name", "Le nom et le prénom, tels que l’équipe les lira.");
    }
    let mail = draft.mail.trim().to_lowercase();
    // A login is letters, digits, dots, dashes and @ (as the commands take it).
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
    if !is_mail(&mail) || mail.len() > LOGIN_MAX || !mail.chars().all(plain) {
        wrong(
            "/mail",
            "Une adresse de courriel, par exemple prenom.nom@exemple.fr\u{a0}: ce sera son identifiant.",
        );
    }
    let role = Role::from_code(&draft.role).filter(|role| is_staff(*role));
    match role {
        Some(role) if errors.is_empty() => Ok((name, mail, role)),
        Some(_) => Err(AppError::Invalid(errors)),
        None => {
            errors.push(FieldError::new(
                "/role",
                "Choisissez un rôle dans la liste.",
            ));
            Err(AppError::Invalid(errors))
        }
    }
}

/// The number of a doctor who will regulate: in the national directory, under that name, and nobody's of this network
/// already (R3).
fn regulates(
    tx: &mut Tx<'_>,
    network: NetworkId,
    name: &str,
    typed: &str,
) -> Result<String, AppError> {
    let wrong = |message: &str| Err(AppError::invalid("/rpps", message));
    let rpps: String = typed.chars().filter(char::is_ascii_digit).collect();
    if rpps.len() != 11 {
        return wrong(
            "Un régulateur est médecin\u{a0}: écrivez les onze chiffres de son numéro RPPS.",
        );
    }
    let entries = national::list_of_person(tx, &rpps)?;
    let Some(first) = entries.first() else {
        return wrong("Ce numéro n’est pas dans l’annuaire national installé ici.");
    };
    let named = name.split_whitespace().map(folded);
    if !named.into_iter().any(|part| is_named(first, &part)) && !is_named(first, &folded(name)) {
        return wrong("Ce numéro RPPS est à un autre nom dans l’annuaire national.");
    }
    let doctor = entries
        .iter()
        .any(|entry| may_be_given(Role::Regulator, Profession::from_code(&entry.profession)));
    if !doctor {
        return wrong(
            "Seul un médecin peut être régulateur, et l’annuaire national dit une autre profession.",
        );
    }
    let member = professionals::find_by_rpps(tx, &rpps)?;
    if member.is_some_and(|row| row.member.memberships.iter().any(|m| m.network == network)) {
        return wrong(
            "Ce médecin est membre du réseau\u{a0}: donnez-lui le rôle dans sa fiche, il garde son compte.",
        );
    }
    Ok(rpps)
}

/// Counts what is sent, and refuses too much of it.
fn within_limits(
    tx: &mut Tx<'_>,
    network: NetworkId,
    mail: &str,
    now: Instant,
) -> Result<(), AppError> {
    let refuse = |message: &str| Err(AppError::invalid("/mail", message));
    if users::count_invitations(tx, network, now)? >= OPEN_MAX {
        return refuse("Cinquante invitations attendent déjà. Retirez-en d’abord.");
    }
    for (key, most, message) in [
        (
            format!("invited by {network}"),
            PER_DAY,
            "Trente invitations sont parties aujourd’hui. Reprenez demain.",
        ),
        (
            format!("invited {mail}"),
            PER_ADDRESS,
            "Cette adresse a reçu cinq invitations aujourd’hui. Reprenez demain.",
        ),
    ] {
        if users::count_attempts(tx, &key, now - DAY)? >= most {
            return refuse(message);
        }
        users::insert_attempt(tx, &key, now, true)?;
    }
    Ok(())
}

impl App {
    /// Whether invitations can be sent: a mail gateway is configured.
    #[must_use]
    pub fn invites(&self) -> bool {
        mail_works(&self.0)
    }

    /// Invites somebody to the coordinator's staff, by mail. The same address again: a new link, the one before is
    /// worth nothing.
    ///
    /// # Errors
    /// For coordinators only; each field that is wrong; too many; no mail is sent from here.
    pub async fn invite(&self, who: &Who, draft: InvitationDraft) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (name, mail, role) = read(&draft)?;
        if !self.invites() {
            let message = "Aucun courriel ne part de ce service\u{a0}: l’exploitant ouvre le compte par sa commande.";
            return Err(AppError::invalid("/mail", message));
        }
        let by = who.signed_in()?.user;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            if users::find_by_login(tx, &mail)?.is_some() {
                let message = "Cette adresse a déjà un compte ici.";
                return Err(AppError::invalid("/mail", message));
            }
            let rpps = match role {
                Role::Regulator => Some(regulates(tx, network, &name, &draft.rpps)?),
                _ => None,
            };
            within_limits(tx, network, &mail, now)?;
            let user = UserId::from_bits(chance::id(now));
            let seed = Secret::new(hex(&chance::totp_secret()));
            let new = Invitation {
                id: InvitationId::from_bits(chance::id(now)),
                network,
                user,
                name: name.clone(),
                mail: mail.clone(),
                role,
                rpps,
                totp_sealed: inner.vault.seal_setting(&about(user), &seed)?,
                by,
                at: now,
                expires_at: now + LIFE,
            };
            let secret = secret_of(inner, new.id)?;
            users::insert_invitation(tx, &mark(&secret), &new)?;
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(network)?;
            let desk = entry.desk(now);
            let link = format!("{}/invitation/{PAGE_MASK}", inner.settings.base_url);
            let letter = Letter {
                entry,
                key: format!("{}:invited", new.id),
                kind: INVITATION,
                owner: new.name.clone(),
                channel: Channel::Mail,
                address: new.mail.clone(),
                member: None,
                written: text::signup::invited(&desk, role, &link),
                life: LIFE,
            };
            post(tx, letter, now)?;
            note(tx, "invitation.sent", &new, &who, now)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Withdraws an invitation: its link opens nothing any more. Gone already: nothing changes.
    ///
    /// # Errors
    /// For coordinators of its network only.
    pub async fn withdraw_invitation(&self, who: &Who, id: InvitationId) -> Result<(), AppError> {
        let network = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |_, tx| {
            let Some(one) = users::find_invitation_in(tx, id, network)? else {
                return Ok(());
            };
            users::delete_invitation(tx, one.id)?;
            note(tx, "invitation.withdrawn", &one, &who, now)
        })
        .await
    }

    /// What a link is worth.
    ///
    /// # Errors
    /// `invitation-over`.
    pub async fn invitation(&self, secret: &str) -> Result<Invited, AppError> {
        let (now, mark) = (self.now(), mark(secret));
        self.read(move |inner, tx| {
            let one = users::find_invitation(tx, &mark, now)?.ok_or_else(over)?;
            let directory = inner.directory.current(tx)?;
            Ok(Invited {
                secret: password::base32(&seed(inner, &one)?),
                network: directory.network(one.network)?.network.name.clone(),
                name: one.name,
                login: one.mail,
                role: one.role,
                now,
                until: one.expires_at,
            })
        })
        .await
    }

    /// Makes the account with a password, once the authenticator application gives a right code; answers the token of
    /// a session.
    ///
    /// # Errors
    /// Each field that is wrong; `invitation-over`.
    pub async fn invitation_password(
        &self,
        secret: &str,
        typed: String,
        code: &str,
        device: String,
    ) -> Result<String, AppError> {
        password::check_new(&typed)?;
        let (now, link) = (self.now(), mark(secret));
        let link_again = link.clone();
        let one = self
            .read(move |inner, tx| {
                let one = users::find_invitation(tx, &link_again, now)?.ok_or_else(over)?;
                seed(inner, &one)
            })
            .await?;
        let digits: String = code.chars().filter(char::is_ascii_digit).collect();
        let seconds = u64::try_from(self.wall_now().millis() / 1_000).unwrap_or_default();
        if password::totp(one)?.check(&digits, seconds).is_none() {
            let message = "Ce n’est pas le code que montre votre application en ce moment. Il change toutes les 30 secondes.";
            return Err(AppError::invalid("/code", message));
        }
        let turn = self.0.hashing.acquire().await;
        let hashed = tokio::task::spawn_blocking(move || password::hash(&typed)).await;
        drop(turn);
        let hash = hashed.map_err(|error| AppError::Bug(format!("password hash: {error}")))??;
        let user = self
            .write(move |_, tx| {
                let one = take(tx, &link, now, true)?;
                users::set_password_hash(tx, one.user, &hash)?;
                users::set_totp(tx, one.user, &one.totp_sealed)?;
                Ok(one.user)
            })
            .await?;
        self.open_session(user, device, false).await
    }

    /// Asks the browser of whoever holds a link for a key.
    ///
    /// # Errors
    /// No passkeys here; `invitation-over`.
    pub async fn invitation_ask_key(&self, secret: &str) -> Result<KeyBegun, AppError> {
        let keys = self.authenticators()?;
        let (now, link) = (self.now(), mark(secret));
        let one = self
            .read(move |_, tx| users::find_invitation(tx, &link, now)?.ok_or_else(over))
            .await?;
        let owner = KeyOwner {
            account: one.user.bits(),
            login: one.mail,
            name: one.name,
        };
        let asked = keys.ask_new(&owner, &[]).map_err(bug)?;
        let state = json!({ "invitation": one.id.to_string(), "state": asked.state });
        Ok(KeyBegun {
            ceremony: self.seal_ceremony(state.to_string())?,
            options: asked.options,
        })
    }

    /// Makes the account with the key that browser made; answers the token of a session.
    ///
    /// # Errors
    /// An answer that proves nothing, late, or used; `invitation-over`.
    pub async fn invitation_key(
        &self,
        secret: &str,
        ceremony: &str,
        answer: &str,
        label: &str,
        device: String,
    ) -> Result<String, AppError> {
        let keys = self.authenticators()?;
        let kept = self.take_ceremony(ceremony).await?;
        let kept: Option<serde_json::Value> =
            kept.and_then(|text| serde_json::from_str(&text).ok());
        let made = kept.as_ref().and_then(|kept| {
            let id: InvitationId = kept["invitation"].as_str()?.parse().ok()?;
            Some((id, keys.made(kept["state"].as_str()?, answer).ok()?))
        });
        let Some((id, made)) = made else {
            return Err(not_made());
        };
        let (now, link, label) = (self.now(), mark(secret), labelled(label));
        let wall = self.wall_now();
        let user = self
            .write(move |inner, tx| {
                let one = take(tx, &link, now, false)?;
                if one.id != id {
                    // A key made under another link.
                    return Err(not_made());
                }
                let key = StoredKey {
                    id: made.id.clone(),
                    user: one.user,
                    sealed: seal_key(inner, &made.id, &made.key)?,
                    label: label.clone(),
                    created_at: wall,
                    used_at: None,
                    ended: None,
                };
                insert_key(tx, &key)?;
                Ok(one.user)
            })
            .await?;
        self.open_session(user, device, false).await
    }
}

/// Uses a link, once: the account is there from now on, its way in written in the same transaction.
fn take(tx: &mut Tx<'_>, link: &str, now: Instant, password: bool) -> Result<Invitation, AppError> {
    let one = users::find_invitation(tx, link, now)?.ok_or_else(over)?;
    // Of two who open it at once, on any node, one finds it gone.
    if !users::delete_invitation(tx, one.id)? || users::find_by_login(tx, &one.mail)?.is_some() {
        return Err(over());
    }
    let account = User {
        id: one.user,
        login: one.mail.clone(),
        name: one.name.clone(),
        role: one.role,
        network: Some(one.network),
        professional: None,
        active: true,
        created_at: now,
        has_password: password,
        has_totp: password,
    };
    users::insert(tx, &account)?;
    note(tx, "account.created", &one, &Who::platform("web"), now)?;
    Ok(one)
}

fn seed(inner: &Inner, one: &Invitation) -> Result<[u8; 20], AppError> {
    let opened = inner
        .vault
        .open_setting(&about(one.user), &one.totp_sealed)?;
    unhex(opened.expose())
        .and_then(|seed| seed.try_into().ok())
        .ok_or_else(|| AppError::Bug("a secret of another length".to_owned()))
}

/// One line of the journal: which account, which role, a regulator's number, and by whom they were invited.
fn note(
    tx: &mut Tx<'_>,
    act: &str,
    one: &Invitation,
    who: &Who,
    now: Instant,
) -> Result<(), AppError> {
    let mut body = json!({
        "account": one.user.to_string(),
        "role": one.role.code(),
        "invited_by": one.by.to_string(),
    });
    if let Some(rpps) = &one.rpps {
        body["rpps"] = json!(rpps);
    }
    journal::act(tx, Some(one.network), act, None, None, &body, who, now)
}
