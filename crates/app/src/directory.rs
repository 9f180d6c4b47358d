//! The directory in memory: members, networks, agreements. Matching runs on it; it is rebuilt
//! when its version in the database moved, checked inside each transaction that relies on it.

use crate::error::AppError;
use jiff::tz::TimeZone;
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::matching::{Candidate, Pool};
use relais_core::people::Load;
use relais_core::time::Calendar;
use relais_store::networks::{self, Network};
use relais_store::professionals::{self, ProfessionalRow};
use relais_store::{StoreError, Tx, users};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

/// A network, ready to use.
#[derive(Debug)]
pub struct NetworkEntry {
    /// As stored.
    pub network: Network,
    /// Its opening hours in its zone.
    pub calendar: Calendar,
    /// Its communes; `true` = tolerated neighbour.
    pub communes: BTreeMap<Insee, bool>,
    /// Networks that lend it their professionals.
    pub lenders: Vec<NetworkId>,
}

/// One state of the directory.
#[derive(Debug, Default)]
pub struct Directory {
    /// The version it was read at.
    pub version: i64,
    people: Vec<ProfessionalRow>,
    by_id: HashMap<ProfessionalId, usize>,
    by_network: HashMap<NetworkId, Vec<usize>>,
    networks: BTreeMap<NetworkId, Arc<NetworkEntry>>,
    users: HashMap<UserId, String>,
}

impl Directory {
    /// Reads everything.
    pub fn load(tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let version = professionals::directory_version(tx)?;
        let people = professionals::load_all(tx)?;
        let mut by_id = HashMap::with_capacity(people.len());
        let mut by_network: HashMap<NetworkId, Vec<usize>> = HashMap::new();
        for (index, person) in people.iter().enumerate() {
            by_id.insert(person.member.id, index);
            for membership in &person.member.memberships {
                by_network
                    .entry(membership.network)
                    .or_default()
                    .push(index);
            }
        }
        let sharing = networks::list_sharing(tx)?;
        let mut entries = BTreeMap::new();
        for network in networks::list(tx)? {
            let zone = TimeZone::get(&network.zone).map_err(|_| {
                StoreError::inconsistent("networks", "zone", network.id.to_string(), "no such zone")
            })?;
            let calendar = Calendar {
                hours: network.hours.clone(),
                zone,
            };
            let communes = networks::list_communes(tx, network.id)?
                .into_iter()
                .collect();
            let to_us = sharing.iter().filter(|(_, to)| *to == network.id);
            let lenders = to_us.map(|(from, _)| *from).collect();
            let entry = NetworkEntry {
                calendar,
                communes,
                lenders,
                network,
            };
            entries.insert(entry.network.id, Arc::new(entry));
        }
        let users = users::list(tx)?
            .into_iter()
            .map(|user| (user.id, user.name))
            .collect();
        Ok(Self {
            version,
            people,
            by_id,
            by_network,
            networks: entries,
            users,
        })
    }

    /// A network.
    pub fn network(&self, id: NetworkId) -> Result<&Arc<NetworkEntry>, AppError> {
        self.networks.get(&id).ok_or(AppError::NotFound)
    }

    /// Every network, in order of id.
    pub fn networks(&self) -> impl Iterator<Item = &Arc<NetworkEntry>> {
        self.networks.values()
    }

    /// A professional.
    pub fn person(&self, id: ProfessionalId) -> Option<&ProfessionalRow> {
        self.by_id
            .get(&id)
            .and_then(|index| self.people.get(*index))
    }

    /// The name of an account.
    pub fn user_name(&self, id: UserId) -> Option<String> {
        self.users.get(&id).cloned()
    }

    /// A professional by RPPS number.
    pub fn by_rpps(&self, rpps: &str) -> Option<&ProfessionalRow> {
        self.people.iter().find(|person| person.rpps == rpps)
    }

    /// Everybody with a membership, whatever its status, in a network.
    pub fn of_network(&self, id: NetworkId) -> impl Iterator<Item = &ProfessionalRow> {
        let indexes = self.by_network.get(&id).map_or(&[][..], Vec::as_slice);
        indexes.iter().filter_map(|index| self.people.get(*index))
    }

    /// Everybody.
    pub fn people(&self) -> &[ProfessionalRow] {
        &self.people
    }

    /// The pool of a network: its own people and those lent to it, with what was lately asked.
    pub fn pool(&self, id: NetworkId, loads: &BTreeMap<ProfessionalId, Load>) -> Pool<'_> {
        let load = |id| loads.get(&id).copied().unwrap_or_default();
        let own = self
            .of_network(id)
            .map(|p| Candidate {
                member: &p.member,
                load: load(p.member.id),
            })
            .collect();
        let lenders = self
            .networks
            .get(&id)
            .map_or(&[][..], |n| n.lenders.as_slice());
        let sharing = lenders
            .iter()
            .flat_map(|lender| self.of_network(*lender).map(move |p| (*lender, p)))
            .filter(|(_, p)| !p.member.belongs_to(id))
            .map(|(lender, p)| {
                (
                    lender,
                    Candidate {
                        member: &p.member,
                        load: load(p.member.id),
                    },
                )
            })
            .collect();
        Pool { own, sharing }
    }
}

/// The directory of the process.
#[derive(Debug, Default)]
pub struct Cache(RwLock<Arc<Directory>>);

impl Cache {
    /// The directory as of this transaction: the one in memory when its version still stands,
    /// else read again.
    pub fn current(&self, tx: &mut Tx<'_>) -> Result<Arc<Directory>, StoreError> {
        let version = professionals::directory_version(tx)?;
        self.at(version, tx)
    }

    /// The same, held still until the end of a write: whoever changes the directory meanwhile comes
    /// after, and finds the request that was decided on the old one (R4.11).
    pub fn held_still(&self, tx: &mut Tx<'_>) -> Result<Arc<Directory>, StoreError> {
        let version = professionals::directory_version_held(tx)?;
        self.at(version, tx)
    }

    fn at(&self, version: i64, tx: &mut Tx<'_>) -> Result<Arc<Directory>, StoreError> {
        let held = self.latest();
        if held.version == version && version != 0 {
            return Ok(held);
        }
        let fresh = Arc::new(Directory::load(tx)?);
        *self.0.write().unwrap_or_else(|e| e.into_inner()) = Arc::clone(&fresh);
        Ok(fresh)
    }

    /// The one in memory, for display only.
    pub fn latest(&self) -> Arc<Directory> {
        Arc::clone(&self.0.read().unwrap_or_else(|e| e.into_inner()))
    }
}
