//! What a telephone exchange tells: it rings, somebody answered, it is over. Each call is an open contact; the desk that
//! answered has it in hand. Told twice, late or out of order, it changes nothing more. Refuses to say who calls: the
//! number is sealed, and looked up only when the operator asks.

use crate::app::{App, Inner, Who};
use crate::bus::Change;
use crate::contacts::{self, Facts, Kept, Opening, Typed};
use crate::error::{AppError, FieldError};
use crate::journal;
use crate::phone::{Phone, national};
use relais_core::access::{Actor, Role};
use relais_core::contact::Kind;
use relais_core::ids::{ContactId, NetworkId, UserId};
use relais_core::request::Origin;
use relais_core::time::Instant;
use relais_store::phone_calls::{self, PhoneCall};
use relais_store::{Tx, contacts as rows, users};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Longest number of a call, or name of a desk, characters.
const WORD_MAX: usize = 100;

/// How far a call is, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It rings.
    Ringing,
    /// Somebody answered.
    Answered,
    /// It is over.
    Ended,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Ringing, Self::Answered, Self::Ended];

    /// The word of the API and of the store.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Ended => "ended",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }
}

/// The body of `POST /calls`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallDraft {
    /// `ringing`, `answered` or `ended`.
    pub event: String,
    /// The exchange's own number for the call: the same for its three events.
    pub call_id: String,
    /// The caller's number; nothing when it is withheld.
    #[serde(default)]
    pub from: Option<String>,
    /// The number that was dialled.
    #[serde(default)]
    pub to: Option<String>,
    /// The desk that answered: a login, or the name of a telephone set.
    #[serde(default)]
    pub desk: Option<String>,
}

/// What is known of a call once told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The contact it became.
    pub contact: ContactId,
    /// The furthest that was told of it.
    pub stage: Stage,
    /// Somebody of the desk has it in hand.
    pub in_hand: bool,
}

/// A body that holds together.
struct Checked {
    stage: Stage,
    call_id: String,
    from: Option<Phone>,
    desk: Option<String>,
}

impl App {
    /// Hears of a call.
    ///
    /// # Errors
    /// `Denied` to anybody but the desk and partner software; `Invalid` for a body that cannot be read.
    pub async fn hear_call(&self, who: &Who, draft: CallDraft) -> Result<Told, AppError> {
        let actor = who.signed_in()?;
        if !matches!(actor.role, Role::Operator | Role::Regulator | Role::Partner) {
            return Err(AppError::Denied);
        }
        let checked = check(&draft)?;
        let (now, who) = (self.now(), who.clone());
        let told = self
            .write(move |inner, tx| hear(inner, tx, &actor, &checked, &who, now))
            .await?;
        self.wake();
        Ok(told)
    }

    /// Gives somebody the name of their telephone set, as the exchange says it; an empty one takes it away.
    ///
    /// # Errors
    /// `NotFound` for a login nobody has; a named refusal when another account of the network has this name.
    pub async fn set_desk(&self, login: &str, desk: &str) -> Result<(), AppError> {
        let (login, desk) = (login.to_owned(), desk.trim().to_owned());
        if desk.chars().count() > WORD_MAX {
            let detail = format!("{WORD_MAX} caractères au plus.");
            return Err(AppError::invalid("/desk", detail));
        }
        self.write(move |_, tx| {
            let user = users::find_by_login(tx, &login)?.ok_or(AppError::NotFound)?;
            let desk = Some(desk.as_str()).filter(|desk| !desk.is_empty());
            if let (Some(desk), Some(network)) = (desk, user.network)
                && users::find_by_desk(tx, network, desk)?.is_some_and(|other| other != user.id)
            {
                let detail = "Un autre compte du réseau a déjà ce nom de poste.";
                return Err(AppError::problem("desk-taken", 409, detail));
            }
            Ok(users::set_desk(tx, user.id, desk)?)
        })
        .await
    }
}

fn check(draft: &CallDraft) -> Result<Checked, AppError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, message: &str| errors.push(FieldError::new(pointer, message));
    let stage = Stage::from_code(&draft.event);
    if stage.is_none() {
        wrong(
            "/event",
            "Choisissez parmi\u{a0}: ringing, answered, ended.",
        );
    }
    let call_id = draft.call_id.trim();
    let sound =
        |text: &str| text.chars().count() <= WORD_MAX && !text.chars().any(char::is_control);
    if call_id.is_empty() || !sound(call_id) {
        wrong(
            "/call_id",
            "Donnez le numéro de l’appel, de 1 à 100 caractères.",
        );
    }
    let said = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let desk = said(&draft.desk);
    if desk.as_deref().is_some_and(|desk| !sound(desk)) {
        wrong("/desk", "100 caractères au plus.");
    }
    if said(&draft.to).is_some_and(|to| !sound(&to)) {
        wrong("/to", "100 caractères au plus.");
    }
    // An exchange says many things of a hidden number ("anonymous"): that is a call without a number.
    let from = said(&draft.from).as_deref().and_then(Phone::read);
    match stage {
        Some(stage) if errors.is_empty() => Ok(Checked {
            stage,
            call_id: call_id.to_owned(),
            from,
            desk,
        }),
        _ => Err(AppError::Invalid(errors)),
    }
}

fn hear(
    inner: &Inner,
    tx: &mut Tx<'_>,
    actor: &Actor,
    told: &Checked,
    who: &Who,
    now: Instant,
) -> Result<Told, AppError> {
    let network = actor.network;
    let known = phone_calls::find_for_update(tx, network, &told.call_id)?;
    let before = known
        .as_ref()
        .and_then(|call| Stage::from_code(&call.state));
    let contact = match &known {
        Some(call) => call.contact,
        None => begin(inner, tx, network, told, now)?,
    };
    let news = before.is_none_or(|before| told.stage > before);
    let stage = before.map_or(told.stage, |before| before.max(told.stage));
    if known.is_some() && news {
        let desk = told.desk.as_deref();
        phone_calls::update(tx, network, &told.call_id, stage.code(), desk, now)?;
    }
    if known.is_none() {
        let call = PhoneCall {
            network,
            call_id: told.call_id.clone(),
            contact,
            state: stage.code().to_owned(),
            desk: told.desk.clone(),
            told_at: now,
        };
        phone_calls::insert(tx, &call)?;
    }
    if news {
        let body = json!({ "contact": contact.to_string(), "event": told.stage.code() });
        let act = "call.told";
        journal::act(tx, Some(network), act, None, None, &body, who, now)?;
        tx.notify(Change::contacts(network, None).encode())?;
    }
    if news && told.stage == Stage::Answered {
        let desk = match told.desk.as_deref() {
            Some(desk) => desk_of(tx, network, desk)?,
            None => None,
        };
        if let Some(user) = desk {
            contacts::hand_over(inner, tx, contact, user, who, now)?;
        }
    }
    let row = rows::get(tx, contact)?;
    Ok(Told {
        contact,
        stage,
        in_hand: row.holder.is_some(),
    })
}

/// The contact of a call heard of for the first time, with the number it comes from.
fn begin(
    inner: &Inner,
    tx: &mut Tx<'_>,
    network: NetworkId,
    told: &Checked,
    now: Instant,
) -> Result<ContactId, AppError> {
    let kept = told.from.as_ref().map(|phone| Kept {
        typed: Typed(BTreeMap::from([(
            "phone".to_owned(),
            vec![national(phone.e164())],
        )])),
        caller: Some(phone.e164().to_owned()),
        origin: Origin::Patient,
        facts: Facts::default(),
        sheet: None,
        triage: None,
    });
    let opening = Opening {
        network,
        kind: Kind::Ring,
        origin: Origin::Patient,
        held: false,
        promised_at: None,
        happened_at: None,
        kept,
    };
    // The exchange answers nobody: whoever takes the call does.
    let exchange = Who::platform("telephony");
    Ok(contacts::open(inner, tx, &exchange, &opening, now)?
        .contact
        .id)
}

/// Whoever sits at a desk: by login, else by the name of their telephone set.
fn desk_of(tx: &mut Tx<'_>, network: NetworkId, desk: &str) -> Result<Option<UserId>, AppError> {
    let at_the_desk = |role| matches!(role, Role::Operator | Role::Regulator);
    let by_login = users::find_by_login(tx, desk)?;
    if let Some(user) = by_login
        && user.active
        && user.network == Some(network)
        && at_the_desk(user.role)
    {
        return Ok(Some(user.id));
    }
    Ok(users::find_by_desk(tx, network, desk)?)
}
