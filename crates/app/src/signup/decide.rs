//! The coordinator's side: who waits, what to look at before saying yes, and the answer. A yes makes
//! a member with default terms and the account they chose; each answer is told and journaled.
//! Refuses to hand an existing account to whoever applied under its number.

use super::warnings::{Waiting, is_member, sharing, warnings};
use super::{Applicant, DECIDED_KEPT, coordinator, known, post};
use crate::accounts::passkeys;
use crate::app::{App, Inner, Who};
use crate::chance;
use crate::error::AppError;
use crate::journal;
use crate::members::{Rejoined, rejoined, rejoins};
use crate::reference::communes::Communes;
use crate::tasks::look_again;
use crate::text;
use relais_core::access::Role;
use relais_core::geo::Insee;
use relais_core::ids::{ApplicationId, NetworkId, PlaceId, ProfessionalId};
use relais_core::people::{
    Channels, Contract, Member, MembershipStatus, Modes, Profession, Profile, Standing,
};
use relais_core::time::{Calendar, Instant};
use relais_store::applications::{self, Application, ApplicationStatus};
use relais_store::professionals::{self, PlaceRow, ProfessionalRow, RecordStatus};
use relais_store::users::{self, StoredKey, User};
use relais_store::{StoreError, Tx, application_cards};
use serde_json::json;

/// Most listed at once: more than may wait.
const MOST: u32 = 250;
/// Most decided ones listed.
const DECIDED: u32 = 50;
/// Longest words added to a refusal, characters.
const WORDS_MAX: usize = 300;

impl App {
    /// Who waits for the actor's answer, oldest first, and whom they answered lately.
    ///
    /// # Errors
    /// For coordinators only.
    pub async fn applications(
        &self,
        who: &Who,
    ) -> Result<(Vec<Applicant>, Vec<Applicant>), AppError> {
        let (_, network) = coordinator(who)?;
        self.read(move |_, tx| {
            let waiting = applications::list_waiting(tx, network, MOST)?;
            let decided = applications::list_decided(tx, network, DECIDED)?;
            let waiting = waiting
                .into_iter()
                .map(|row| Applicant::of(tx, row))
                .collect::<Result<_, _>>()?;
            let decided = decided
                .into_iter()
                .map(|row| Applicant::of(tx, row))
                .collect::<Result<_, _>>()?;
            Ok((waiting, decided))
        })
        .await
    }

    /// One of them, with what to look at.
    ///
    /// # Errors
    /// For coordinators of its network only; not found.
    pub async fn application(&self, who: &Who, id: ApplicationId) -> Result<Waiting, AppError> {
        let (_, network) = coordinator(who)?;
        let now = self.now();
        self.read(move |inner, tx| {
            let applicant = of_network(tx, id, network)?;
            let warnings = warnings(inner, tx, &applicant, network, now)?;
            Ok(Waiting {
                applicant,
                warnings,
            })
        })
        .await
    }

    /// Says yes: a member from now on, told by SMS and mail. `take_number` takes the mobile away from
    /// whoever had it as alert number.
    ///
    /// # Errors
    /// Answered already; a member already; a mobile that is another member's, without `take_number`.
    pub async fn approve_application(
        &self,
        who: &Who,
        id: ApplicationId,
        take_number: bool,
    ) -> Result<(), AppError> {
        let (_, network) = coordinator(who)?;
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            approve(inner, tx, &who, id, take_number, now)?;
            // Newly approved: asked at once by what is open (R4.11).
            look_again::note(inner, tx, &[network], now)
        })
        .await?;
        self.wake();
        Ok(())
    }

    /// Says no, with a reason the applicant is told.
    ///
    /// # Errors
    /// Answered already; no reason; words too long, or missing for *other*.
    pub async fn refuse_application(
        &self,
        who: &Who,
        id: ApplicationId,
        reason: String,
        words: String,
    ) -> Result<(), AppError> {
        let (user, network) = coordinator(who)?;
        let words = words.trim().to_owned();
        if text::signup::reason(&reason).is_empty() {
            return Err(AppError::invalid(
                "/reason",
                "Choisissez la raison\u{a0}: elle est dite à la personne.",
            ));
        }
        if reason == "other" && words.is_empty() {
            return Err(AppError::invalid(
                "/words",
                "Écrivez la raison\u{a0}: elle est dite à la personne.",
            ));
        }
        if words.chars().count() > WORDS_MAX {
            return Err(AppError::invalid("/words", "300 caractères au plus."));
        }
        let (now, who) = (self.now(), who.clone());
        self.write(move |inner, tx| {
            let mut one = waiting(tx, id, network)?;
            let directory = inner.directory.current(tx)?;
            let entry = directory.network(network)?;
            let desk = entry.desk(now);
            one.body.reason = Some(reason.clone());
            words.clone_into(&mut one.body.words);
            post::answer(inner, tx, entry, id, &one.body, now, |channel| {
                text::signup::refused(channel, &desk, text::signup::reason(&reason), &words)
            })?;
            one.application.status = ApplicationStatus::Refused;
            (one.application.decided_at, one.application.decided_by) = (Some(now), Some(user));
            close(tx, one, now)?;
            let body = json!({ "application": id.to_string(), "reason": reason });
            let act = "application.refused";
            journal::act(tx, Some(network), act, None, None, &body, &who, now)
        })
        .await?;
        self.wake();
        Ok(())
    }
}

fn of_network(
    tx: &mut Tx<'_>,
    id: ApplicationId,
    network: NetworkId,
) -> Result<Applicant, AppError> {
    let found = applications::find(tx, id)?;
    sent_to(tx, found, network)
}

fn sent_to(
    tx: &mut Tx<'_>,
    found: Option<Application>,
    network: NetworkId,
) -> Result<Applicant, AppError> {
    let row = found.filter(|row| row.network == Some(network));
    let row = row.filter(|row| row.status != ApplicationStatus::Filling);
    Applicant::of(tx, row.ok_or(AppError::NotFound)?)
}

/// One that waits for its answer, and changes no more until the transaction ends.
pub(super) fn waiting(
    tx: &mut Tx<'_>,
    id: ApplicationId,
    network: NetworkId,
) -> Result<Applicant, AppError> {
    let found = applications::lock(tx, id)?;
    let one = sent_to(tx, found, network)?;
    if one.application.status != ApplicationStatus::Pending {
        let detail = "Cette demande a déjà reçu une réponse.";
        return Err(AppError::problem("already-decided", 409, detail));
    }
    Ok(one)
}

/// Keeps the answer; how they would have signed in goes, and the photo of their card.
fn close(tx: &mut Tx<'_>, mut one: Applicant, now: Instant) -> Result<(), AppError> {
    (one.body.password, one.body.totp, one.body.key) = (None, None, None);
    application_cards::delete(tx, one.application.id)?;
    one.body.card_at = None;
    one.application.expires_at = Some(now + DECIDED_KEPT);
    one.application.body = one.body.encode()?;
    Ok(applications::update(
        tx,
        &one.application,
        ApplicationStatus::Pending,
    )?)
}

fn approve(
    inner: &Inner,
    tx: &mut Tx<'_>,
    who: &Who,
    id: ApplicationId,
    take_number: bool,
    now: Instant,
) -> Result<(), AppError> {
    let (user, network) = coordinator(who)?;
    let mut one = waiting(tx, id, network)?;
    if let Some((row, _)) = known(tx, &one.application.rpps)? {
        professionals::hold(tx, row.member.id)?;
    }
    let found = known(tx, &one.application.rpps)?;
    if found
        .as_ref()
        .is_some_and(|(row, account)| *account && is_member(row, network))
    {
        let detail = "Cette personne est déjà membre de votre réseau. Refusez cette demande\u{a0}; si elle a changé de \
                      téléphone ou perdu son accès, faites-le avec elle, en personne.";
        return Err(AppError::problem("already-member", 409, detail));
    }
    let directory = inner.directory.current(tx)?;
    let standing = standing(&one, &directory.network(network)?.calendar, now)?;
    let practice = match &found {
        Some((row, _)) => rejoins(row, standing, now),
        None => Rejoined::Same,
    };
    let person = match found {
        Some((row, true)) => row.member.id,
        other => {
            free_number(tx, who, &one, network, take_number, now)?;
            let person = write_person(tx, &one, other.map(|(row, _)| row), standing, now)?;
            open_account(inner, tx, &one, person, network, now)?;
            person
        }
    };
    professionals::set_membership(tx, person, network, MembershipStatus::Active, now)?;
    if let Rejoined::Said(standing) = practice {
        rejoined(inner, tx, person, standing, network, who, now)?;
    }
    tell(inner, tx, &one, person, network, now)?;
    one.application.status = ApplicationStatus::Approved;
    one.application.professional = Some(person);
    (one.application.decided_at, one.application.decided_by) = (Some(now), Some(user));
    close(tx, one, now)?;
    let body = json!({ "application": id.to_string(), "professional": person.to_string() });
    let act = "application.approved";
    journal::act(tx, Some(network), act, None, None, &body, who, now)
}

/// A recycled telephone goes to whoever proved it, and from whoever had it.
fn free_number(
    tx: &mut Tx<'_>,
    who: &Who,
    one: &Applicant,
    network: NetworkId,
    take_number: bool,
    now: Instant,
) -> Result<(), AppError> {
    for mut row in sharing(tx, one)? {
        if !take_number {
            let message = "Ce mobile est celui d’un autre membre. Cochez pour le lui retirer, après lui avoir parlé.";
            return Err(AppError::invalid("/take_number", message));
        }
        // Written back whole: read again once nobody else writes it.
        professionals::hold(tx, row.member.id)?;
        row = professionals::get(tx, row.member.id)?;
        row.alert_number = None;
        professionals::update(tx, &row)?;
        let body = json!({ "professional": row.member.id.to_string() });
        let act = "member.number-withdrawn";
        journal::act(tx, Some(network), act, None, None, &body, who, now)?;
    }
    Ok(())
}

/// What they said of their title and contract, from today on. An intern waits for the coordinator to name who
/// answers for them (R5).
pub(super) fn standing(
    one: &Applicant,
    calendar: &Calendar,
    now: Instant,
) -> Result<Standing, AppError> {
    let (code, last) = one.standing();
    let contract = last.map(|day| Contract {
        from: calendar.day_bounds(calendar.date(now)).0,
        until: calendar.day_bounds(day).1,
    });
    if contract.is_some_and(|contract| contract.until <= now) {
        let detail = "Le contrat de cette personne est fini. Refusez cette demande, ou demandez-lui la nouvelle date.";
        return Err(AppError::problem("contract-over", 409, detail));
    }
    Ok(match (code, contract) {
        ("retired", _) => Standing::Retired,
        ("locum", Some(contract)) => Standing::Locum(contract),
        ("assistant", Some(contract)) => Standing::Assistant(contract),
        ("adjunct", Some(contract)) => Standing::Adjunct(contract),
        ("intern", Some(contract)) => Standing::Intern {
            contract,
            supervisor: None,
        },
        _ => Standing::Titular,
    })
}

fn write_person(
    tx: &mut Tx<'_>,
    one: &Applicant,
    known: Option<ProfessionalRow>,
    standing: Standing,
    now: Instant,
) -> Result<ProfessionalId, AppError> {
    let mail = Some(one.body.mail.clone());
    if let Some(mut row) = known {
        row.alert_number = Some(one.body.phone.clone());
        row.mail = mail;
        row.contact_number = one.body.contact_number.clone().or(row.contact_number);
        row.status = RecordStatus::Active;
        professionals::update(tx, &row)?;
        return Ok(row.member.id);
    }
    let profession = one
        .profession()
        .ok_or_else(|| AppError::Bug("an applicant without a profession".to_owned()))?;
    let id = ProfessionalId::from_bits(chance::id(now));
    let places: Vec<PlaceRow> = place(one, now).into_iter().collect();
    let row = ProfessionalRow {
        member: Member {
            id,
            profession,
            specialty: None,
            memberships: Vec::new(),
            places: Vec::new(),
            standing,
            profile: first_terms(profession),
            channels: Channels {
                push: false,
                sms: true,
                mail: true,
            },
            cooperations: Vec::new(),
        },
        rpps: one.application.rpps.clone(),
        civility: one.body.civility.clone(),
        last_name: one.body.last_name.clone(),
        first_names: one.body.first_name.clone(),
        contact_number: one.body.contact_number.clone(),
        alert_number: Some(one.body.phone.clone()),
        mail,
        mssante: None,
        // Until a browser is subscribed, requests arrive by SMS.
        has_smartphone: false,
        status: RecordStatus::Active,
        places,
        profile_version: 1,
    };
    // Two who say yes to a newcomer at once both find nobody: the second runs again, and finds them.
    professionals::insert(tx, &row, now).map_err(|error| {
        if error.is_unique() {
            StoreError::conflict("professionals", &row.rpps)
        } else {
            error
        }
    })?;
    Ok(id)
}

/// The terms of a newcomer: who goes to patients' homes by trade does from the start.
fn first_terms(profession: Profession) -> Profile {
    let visits = matches!(
        profession,
        Profession::Nurse | Profession::Physio | Profession::Midwife
    );
    Profile {
        modes: Modes {
            consultation: true,
            visit: visits,
            teleconsultation: false,
        },
        ..Profile::default()
    }
}

fn place(one: &Applicant, now: Instant) -> Option<PlaceRow> {
    let entry = one.place()?;
    let insee = Insee::new(&entry.insee)?;
    let point = Communes::shipped().point(insee)?;
    Some(PlaceRow {
        id: PlaceId::from_bits(chance::id(now)),
        label: "Cabinet".to_owned(),
        line: one.body.line.clone(),
        postcode: entry.postcode.clone(),
        insee,
        point,
        main: true,
    })
}

fn open_account(
    inner: &Inner,
    tx: &mut Tx<'_>,
    one: &Applicant,
    person: ProfessionalId,
    network: NetworkId,
    now: Instant,
) -> Result<(), AppError> {
    let (id, login) = (one.body.user()?, one.application.rpps.clone());
    if users::find_by_login(tx, &login)?.is_some() {
        let detail = "Un compte a déjà ce numéro RPPS pour identifiant. Demandez à l’exploitant.";
        return Err(AppError::problem("login-taken", 409, detail));
    }
    let user = User {
        id,
        login,
        name: professionals::get(tx, person)?.display_name(),
        role: Role::Professional,
        network: Some(network),
        professional: Some(person),
        active: true,
        created_at: now,
        has_password: one.body.password.is_some(),
        has_totp: one.body.password.is_some(),
    };
    users::insert(tx, &user)?;
    if let Some(key) = &one.body.key {
        let new = StoredKey {
            id: key.id.clone(),
            user: id,
            sealed: key.bytes()?,
            label: key.label.clone(),
            // Ways in go by the clock of sessions, which nobody moves: those added later come later.
            created_at: inner.wall.now(),
            used_at: None,
            ended: None,
        };
        passkeys::insert(tx, &new)?;
    }
    if let Some(hash) = &one.body.password {
        users::set_password_hash(tx, id, hash)?;
        users::set_totp(tx, id, &one.body.sealed()?)?;
    }
    Ok(())
}

fn tell(
    inner: &Inner,
    tx: &mut Tx<'_>,
    one: &Applicant,
    person: ProfessionalId,
    network: NetworkId,
    now: Instant,
) -> Result<(), AppError> {
    let directory = inner.directory.current(tx)?;
    let entry = directory.network(network)?;
    let (desk, id) = (entry.desk(now), one.application.id);
    let base = &inner.settings.base_url;
    let row = professionals::get(tx, person)?;
    // Somebody who had an account is told by their own ways, whatever was typed here.
    let new = users::find_by_professional(tx, person)?
        .is_some_and(|user| user.id.to_string() == one.body.user);
    if new {
        let pushes = inner.outside.push_key.is_some();
        let next = if pushes { "/notifications" } else { "/offres" };
        let link = format!("{base}/connexion?suite={next}");
        return post::answer(inner, tx, entry, id, &one.body, now, |channel| {
            text::signup::approved(channel, &desk, &link, pushes)
        });
    }
    let link = format!("{base}/offres");
    post::tell_member(tx, entry, &row, format!("{id}:joined"), now, |channel| {
        text::signup::joined(channel, &desk, &link)
    })
}
