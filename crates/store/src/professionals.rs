//! Professionals: who they are, where they practise, their networks and their activity profile. Read
//! into the in-memory directory, whole or by what changed; each change raises the directory's version.
//! Refuses a profile saved on an old version, and a standing whose facts contradict it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use relais_core::geo::{Insee, Point};
use relais_core::ids::{NetworkId, PlaceId, ProfessionalId};
use relais_core::people::{
    Channels, Contract, Declared, Member, Membership, MembershipStatus, Profession, Profile,
    Standing,
};
use relais_core::reach::{Ladder, Way};
use relais_core::slug::Slug;
use relais_core::time::Instant;

use crate::codec::profile as codec;
use crate::db::{Row, Turn, Tx};
use crate::directory::{self, Touched, touched};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A professional with everything the directory holds of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfessionalRow {
    /// What matching sees. Its `places` and `channels` are derived from the fields below when read, and
    /// ignored when written; its `cooperations` are written one by one
    /// ([`crate::cooperations::declare`]).
    pub member: Member,
    /// National number, unique.
    pub rpps: String,
    /// `Dr`, `Mme`, `M.` …
    pub civility: String,
    /// Surname.
    pub last_name: String,
    /// First names.
    pub first_names: String,
    /// Number given to the patient on acceptance (R6).
    pub contact_number: Option<String>,
    /// Number that receives alerts, E.164; never shown (R6).
    pub alert_number: Option<String>,
    /// Mail address.
    pub mail: Option<String>,
    /// Secure health mail address.
    pub mssante: Option<String>,
    /// Receives notifications.
    pub has_smartphone: bool,
    /// Whether the record is in use.
    pub status: RecordStatus,
    /// Where they practise, main place first.
    pub places: Vec<PlaceRow>,
    /// Version of the activity profile; each save adds one.
    pub profile_version: i64,
}

/// A place of practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// Which.
    pub id: PlaceId,
    /// What people call it.
    pub label: String,
    /// Street line.
    pub line: String,
    /// Postcode.
    pub postcode: String,
    /// Commune.
    pub insee: Insee,
    /// Where on the ground.
    pub point: Point,
    /// The main one.
    pub main: bool,
}

/// Whether a professional's record is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordStatus {
    /// In use.
    Active,
    /// Suspended.
    Suspended,
    /// They left.
    Left,
}

impl RecordStatus {
    const ALL: [RecordStatus; 3] = [
        RecordStatus::Active,
        RecordStatus::Suspended,
        RecordStatus::Left,
    ];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            RecordStatus::Active => "active",
            RecordStatus::Suspended => "suspended",
            RecordStatus::Left => "left",
        }
    }

    fn from_code(code: &str) -> Option<RecordStatus> {
        RecordStatus::ALL.into_iter().find(|s| s.code() == code)
    }
}

impl ProfessionalRow {
    /// How they are named to colleagues and patients: "Dr Durand", "Anne Durand" without a title.
    pub fn display_name(&self) -> String {
        let title = if self.civility.is_empty() {
            &self.first_names
        } else {
            &self.civility
        };
        format!("{title} {}", self.last_name).trim().to_string()
    }

    /// The main place.
    pub fn main_place(&self) -> Option<&PlaceRow> {
        self.places.first()
    }

    /// The ways that lead to them and that they want to be asked by.
    pub fn channels(&self) -> Channels {
        self.reached_by(self.member.profile.ladder)
    }

    /// The ways that would lead to them, with a choice of theirs.
    pub fn reached_by(&self, ladder: Ladder) -> Channels {
        Channels {
            push: self.has_smartphone && ladder.wants(Way::Push),
            sms: self.alert_number.is_some() && ladder.wants(Way::Sms),
            mail: self.mail.is_some() && ladder.wants(Way::Mail),
        }
    }
}

macro_rules! columns {
    () => {
        "SELECT id, rpps, civility, last_name, first_names, profession, specialty, standing, supervisor, \
         contract_from, contract_until, contact_number, alert_number, mail, mssante, has_smartphone, status, \
         profile, profile_version FROM professionals "
    };
}
/// Whoever the versions after `$1` up to `$2` changed.
macro_rules! touched {
    () => {
        "(SELECT c.id FROM directory_changes c WHERE c.kind = 'professional' AND c.version > $1 AND c.version <= $2) "
    };
}
macro_rules! places {
    () => {
        "SELECT id, professional, label, line, postcode, insee, lat_e6, lon_e6, main FROM places "
    };
}
macro_rules! cooperations {
    () => {
        "SELECT professional AS id, protocol, since_on, until_on FROM cooperations "
    };
}

sql! { "professionals";
    ALL_ROWS = concat!(columns!(), "ORDER BY id");
    ONE = concat!(columns!(), "WHERE id = $1");
    BY_RPPS = "SELECT id FROM professionals WHERE rpps = $1";
    BY_ALERT = "SELECT id FROM professionals WHERE alert_number = $1 ORDER BY id";
    TOUCHED = concat!(columns!(), "WHERE id IN ", touched!(), "ORDER BY id");
    ALL_PLACES = concat!(places!(), "ORDER BY professional, main DESC, id");
    TOUCHED_PLACES = concat!(places!(), "WHERE professional IN ", touched!(), "ORDER BY professional, main DESC, id");
    PLACES = concat!(places!(), "WHERE professional = $1 ORDER BY main DESC, id");
    ALL_MEMBERSHIPS = "SELECT professional AS id, network, status FROM memberships ORDER BY professional, network";
    TOUCHED_MEMBERSHIPS = concat!("SELECT professional AS id, network, status FROM memberships \
                           WHERE professional IN ", touched!(), "ORDER BY professional, network");
    MEMBERSHIPS = "SELECT professional AS id, network, status FROM memberships WHERE professional = $1 ORDER BY network";
    JOINED = "SELECT network, status, since FROM memberships WHERE professional = $1 ORDER BY since, network";
    ALL_COOPERATIONS = concat!(cooperations!(), "ORDER BY professional, protocol, since_on, place");
    TOUCHED_COOPERATIONS = concat!(cooperations!(), "WHERE professional IN ", touched!(), "ORDER BY professional, protocol, since_on, place");
    COOPERATIONS = concat!(cooperations!(), "WHERE professional = $1 ORDER BY protocol, since_on, place");
    INSERT = "INSERT INTO professionals (id, rpps, civility, last_name, first_names, profession, specialty, \
              standing, supervisor, contract_from, contract_until, contact_number, alert_number, mail, mssante, \
              has_smartphone, status, profile, profile_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, \
              $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    UPDATE = "UPDATE professionals SET rpps = $2, civility = $3, last_name = $4, first_names = $5, \
              profession = $6, specialty = $7, standing = $8, supervisor = $9, contract_from = $10, \
              contract_until = $11, contact_number = $12, alert_number = $13, mail = $14, mssante = $15, \
              has_smartphone = $16, status = $17 WHERE id = $1";
    SET_REACHED = "UPDATE professionals SET has_smartphone = $2 WHERE id = $1 AND has_smartphone <> $2";
    HOLD = "SELECT id FROM professionals WHERE id = $1 {for_no_key_update}";
    FORGET_PLACES = "DELETE FROM places WHERE professional = $1";
    ADD_PLACE = "INSERT INTO places (id, professional, label, line, postcode, insee, lat_e6, lon_e6, main) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    SET_PROFILE = "UPDATE professionals SET profile = $3, profile_version = profile_version + 1 \
                   WHERE id = $1 AND profile_version = $2";
    SET_MEMBERSHIP = "INSERT INTO memberships (professional, network, status, since) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (professional, network) DO UPDATE SET status = excluded.status, \
                      since = excluded.since";
}

fn row(r: &Row<'_>) -> Result<ProfessionalRow, StoreError> {
    let profile = codec::decode(r.str("profile")?).map_err(|e| r.wrong("profile", e.0))?;
    Ok(ProfessionalRow {
        member: Member {
            id: r.id("id")?,
            profession: r.parsed("profession", Profession::from_code)?,
            specialty: r.opt_parsed("specialty", |s| Slug::new(s).ok())?,
            memberships: vec![],
            places: vec![],
            standing: standing(r)?,
            profile,
            channels: Channels {
                push: false,
                sms: false,
                mail: false,
            },
            cooperations: vec![],
        },
        rpps: r.text("rpps")?,
        civility: r.text("civility")?,
        last_name: r.text("last_name")?,
        first_names: r.text("first_names")?,
        contact_number: r.opt_text("contact_number")?,
        alert_number: r.opt_text("alert_number")?,
        mail: r.opt_text("mail")?,
        mssante: r.opt_text("mssante")?,
        has_smartphone: r.flag("has_smartphone")?,
        status: r.parsed("status", RecordStatus::from_code)?,
        places: vec![],
        profile_version: r.int("profile_version")?,
    })
}

/// Every combination of columns that means something, and no other.
fn standing(r: &Row<'_>) -> Result<Standing, StoreError> {
    let contract = match (
        r.opt_instant("contract_from")?,
        r.opt_instant("contract_until")?,
    ) {
        (Some(from), Some(until)) => Some(Contract { from, until }),
        (None, None) => None,
        _ => return Err(r.wrong("contract_from", "half a contract")),
    };
    let supervisor = r.opt_id("supervisor")?;
    match (r.str("standing")?, contract, supervisor) {
        ("titular", None, None) => Ok(Standing::Titular),
        ("retired", None, None) => Ok(Standing::Retired),
        ("locum", Some(contract), None) => Ok(Standing::Locum(contract)),
        ("assistant", Some(contract), None) => Ok(Standing::Assistant(contract)),
        ("adjunct", Some(contract), None) => Ok(Standing::Adjunct(contract)),
        ("intern", Some(contract), supervisor) => Ok(Standing::Intern {
            contract,
            supervisor,
        }),
        _ => Err(r.wrong("standing", "facts that do not go with it")),
    }
}

fn place(r: &Row<'_>) -> Result<(ProfessionalId, PlaceRow), StoreError> {
    let place = PlaceRow {
        id: r.id("id")?,
        label: r.text("label")?,
        line: r.text("line")?,
        postcode: r.text("postcode")?,
        insee: r.parsed("insee", Insee::new)?,
        point: Point {
            lat_e6: r.small("lat_e6")?,
            lon_e6: r.small("lon_e6")?,
        },
        main: r.flag("main")?,
    };
    Ok((r.id("professional")?, place))
}

fn membership(r: &Row<'_>) -> Result<(ProfessionalId, Membership), StoreError> {
    let status = r.parsed("status", MembershipStatus::from_code)?;
    Ok((
        r.id("id")?,
        Membership {
            network: r.id("network")?,
            status,
        },
    ))
}

fn declared(r: &Row<'_>) -> Result<(ProfessionalId, Declared), StoreError> {
    let day = |text: &str| text.parse::<Date>().ok();
    Ok((
        r.id("id")?,
        Declared {
            protocol: r.parsed("protocol", |code| Slug::new(code).ok())?,
            since: r.parsed("since_on", day)?,
            until: r.opt_parsed("until_on", day)?,
        },
    ))
}

fn assemble(
    rows: Vec<ProfessionalRow>,
    places: Vec<(ProfessionalId, PlaceRow)>,
    memberships: Vec<(ProfessionalId, Membership)>,
    cooperations: Vec<(ProfessionalId, Declared)>,
) -> Vec<ProfessionalRow> {
    let mut places_of: BTreeMap<ProfessionalId, Vec<PlaceRow>> = BTreeMap::new();
    for (id, place) in places {
        places_of.entry(id).or_default().push(place);
    }
    let mut memberships_of: BTreeMap<ProfessionalId, Vec<Membership>> = BTreeMap::new();
    for (id, membership) in memberships {
        memberships_of.entry(id).or_default().push(membership);
    }
    let mut cooperations_of: BTreeMap<ProfessionalId, Vec<Declared>> = BTreeMap::new();
    for (id, one) in cooperations {
        cooperations_of.entry(id).or_default().push(one);
    }
    rows.into_iter()
        .map(|mut row| {
            let id = row.member.id;
            row.places = places_of.remove(&id).unwrap_or_default();
            row.member.places = row.places.iter().map(|p| p.point).collect();
            row.member.memberships = memberships_of.remove(&id).unwrap_or_default();
            row.member.cooperations = cooperations_of.remove(&id).unwrap_or_default();
            row.member.channels = row.channels();
            row
        })
        .collect()
}

/// Everybody, by id, for the in-memory directory.
pub fn load_all(tx: &mut Tx<'_>) -> Result<Vec<ProfessionalRow>, StoreError> {
    let rows = tx.query(ALL_ROWS, params![], row)?;
    let places = tx.query(ALL_PLACES, params![], place)?;
    let memberships = tx.query(ALL_MEMBERSHIPS, params![], membership)?;
    let cooperations = tx.query(ALL_COOPERATIONS, params![], declared)?;
    Ok(assemble(rows, places, memberships, cooperations))
}

/// Those whom the versions of the directory after `from` up to `to` changed, by id.
pub(crate) fn list_touched(
    tx: &mut Tx<'_>,
    from: i64,
    to: i64,
) -> Result<Vec<ProfessionalRow>, StoreError> {
    let rows = tx.query(TOUCHED, params![from, to], row)?;
    let places = tx.query(TOUCHED_PLACES, params![from, to], place)?;
    let memberships = tx.query(TOUCHED_MEMBERSHIPS, params![from, to], membership)?;
    let cooperations = tx.query(TOUCHED_COOPERATIONS, params![from, to], declared)?;
    Ok(assemble(rows, places, memberships, cooperations))
}

/// A professional, if there is one.
pub fn find(tx: &mut Tx<'_>, id: ProfessionalId) -> Result<Option<ProfessionalRow>, StoreError> {
    let rows = tx.query(ONE, params![id], row)?;
    let places = tx.query(PLACES, params![id], place)?;
    let memberships = tx.query(MEMBERSHIPS, params![id], membership)?;
    let cooperations = tx.query(COOPERATIONS, params![id], declared)?;
    Ok(assemble(rows, places, memberships, cooperations).pop())
}

/// A professional.
pub fn get(tx: &mut Tx<'_>, id: ProfessionalId) -> Result<ProfessionalRow, StoreError> {
    find(tx, id)?.ok_or_else(|| StoreError::not_found("professionals", id.to_string()))
}

/// A professional by national number.
pub fn find_by_rpps(tx: &mut Tx<'_>, rpps: &str) -> Result<Option<ProfessionalRow>, StoreError> {
    match tx.query_opt(BY_RPPS, params![rpps], |r| r.id(0))? {
        Some(id) => find(tx, id),
        None => Ok(None),
    }
}

/// Who receives alerts on a number (E.164). A practice may share one.
pub fn find_by_alert_number(
    tx: &mut Tx<'_>,
    number: &str,
) -> Result<Vec<ProfessionalId>, StoreError> {
    tx.query(BY_ALERT, params![number], |r| r.id(0))
}

/// Writes a new professional with places and memberships.
pub fn insert(tx: &mut Tx<'_>, new: &ProfessionalRow, now: Instant) -> Result<(), StoreError> {
    held(tx)?;
    let member = &new.member;
    let (standing, contract) = (member.standing, member.standing.contract());
    tx.exec_one(
        INSERT,
        params![
            member.id,
            &new.rpps,
            &new.civility,
            &new.last_name,
            &new.first_names,
            member.profession.code(),
            member.specialty.as_ref().map(Slug::as_str),
            standing.code(),
            standing.supervisor(),
            contract.map(|c| c.from),
            contract.map(|c| c.until),
            new.contact_number.as_deref(),
            new.alert_number.as_deref(),
            new.mail.as_deref(),
            new.mssante.as_deref(),
            new.has_smartphone,
            new.status.code(),
            codec::encode(&member.profile)?,
            new.profile_version
        ],
    )?;
    write_places(tx, new)?;
    for membership in &member.memberships {
        tx.exec_one(
            SET_MEMBERSHIP,
            params![member.id, membership.network, membership.status.code(), now],
        )?;
    }
    touched(tx, Touched::Professional(member.id))
}

/// Saves who somebody is and where they practise; neither their profile nor their memberships.
pub fn update(tx: &mut Tx<'_>, row: &ProfessionalRow) -> Result<(), StoreError> {
    held(tx)?;
    let member = &row.member;
    let (standing, contract) = (member.standing, member.standing.contract());
    tx.exec_one(
        UPDATE,
        params![
            member.id,
            &row.rpps,
            &row.civility,
            &row.last_name,
            &row.first_names,
            member.profession.code(),
            member.specialty.as_ref().map(Slug::as_str),
            standing.code(),
            standing.supervisor(),
            contract.map(|c| c.from),
            contract.map(|c| c.until),
            row.contact_number.as_deref(),
            row.alert_number.as_deref(),
            row.mail.as_deref(),
            row.mssante.as_deref(),
            row.has_smartphone,
            row.status.code()
        ],
    )?;
    write_places(tx, row)?;
    touched(tx, Touched::Professional(member.id))
}

/// Somebody is about to be changed: the directory first, then people, as launches do.
fn held(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    directory::hold(tx)?;
    tx.takes(Turn::Professionals);
    Ok(())
}

/// Nobody else changes them until the transaction ends: for who reads them to write them back.
pub fn hold(tx: &mut Tx<'_>, id: ProfessionalId) -> Result<(), StoreError> {
    held(tx)?;
    tx.query(HOLD, params![id], |_| Ok(())).map(drop)
}

/// Writes whether notifications lead to somebody, and nothing else of them.
pub fn set_reached_by_push(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    by_push: bool,
) -> Result<(), StoreError> {
    held(tx)?;
    if tx.exec(SET_REACHED, params![id, by_push])? == 0 {
        return Ok(());
    }
    touched(tx, Touched::Professional(id))
}

fn write_places(tx: &mut Tx<'_>, row: &ProfessionalRow) -> Result<(), StoreError> {
    tx.exec(FORGET_PLACES, params![row.member.id])?;
    for place in &row.places {
        tx.exec_one(
            ADD_PLACE,
            params![
                place.id,
                row.member.id,
                &place.label,
                &place.line,
                &place.postcode,
                place.insee,
                place.point.lat_e6,
                place.point.lon_e6,
                place.main
            ],
        )?;
    }
    Ok(())
}

/// Saves an activity profile that was read at `expected_version`.
///
/// # Errors
/// `Conflict` when it was saved meanwhile (another phone, another tab).
pub fn update_profile(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    profile: &Profile,
    expected_version: i64,
) -> Result<(), StoreError> {
    let stored = codec::encode(profile)?;
    held(tx)?;
    tx.exec_versioned(
        SET_PROFILE,
        params![id, expected_version, stored],
        id.to_string(),
    )?;
    touched(tx, Touched::Professional(id))
}

/// A membership with its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// The network.
    pub network: NetworkId,
    /// Where it stands.
    pub status: MembershipStatus,
    /// Since when it stands so.
    pub since: Instant,
}

/// Somebody's memberships, the oldest standing first.
pub fn list_joined(tx: &mut Tx<'_>, id: ProfessionalId) -> Result<Vec<Joined>, StoreError> {
    tx.query(JOINED, params![id], |r| {
        Ok(Joined {
            network: r.id("network")?,
            status: r.parsed("status", MembershipStatus::from_code)?,
            since: r.instant("since")?,
        })
    })
}

/// Makes or changes a membership.
pub fn set_membership(
    tx: &mut Tx<'_>,
    id: ProfessionalId,
    network: NetworkId,
    status: MembershipStatus,
    since: Instant,
) -> Result<(), StoreError> {
    held(tx)?;
    tx.exec_one(SET_MEMBERSHIP, params![id, network, status.code(), since])?;
    touched(tx, Touched::Professional(id))
}
