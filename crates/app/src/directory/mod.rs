//! The directory in memory: members, networks, agreements. Matching runs on it; when its version in
//! the database moved, which each transaction that relies on it checks, what changed is read again
//! and nothing else.

mod cache;
mod names;
mod people;
mod suggest;

pub use cache::Cache;
pub use relais_store::national::Entry as NationalEntry;
pub use relais_store::professionals::ProfessionalRow;
pub use suggest::{Suggestion, outside_name};

use crate::error::AppError;
use crate::text::{Desk, When};
use jiff::tz::TimeZone;
use names::Names;
use people::People;
use relais_core::geo::Insee;
use relais_core::ids::{NetworkId, ProfessionalId, UserId};
use relais_core::matching::Pool;
use relais_core::people::Load;
use relais_core::time::{Calendar, Instant};
use relais_store::directory::{Mark, Moved};
use relais_store::networks::{self, Network};
use relais_store::professionals;
use relais_store::{StoreError, Tx, users};
use std::collections::BTreeMap;
use std::sync::Arc;

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

impl NetworkEntry {
    /// The department in which most of its own communes are; `None` without communes.
    pub fn department(&self) -> Option<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (insee, _) in self.communes.iter().filter(|(_, tolerated)| !**tolerated) {
            *counts.entry(insee.department()).or_default() += 1;
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map(|(code, _)| code)
    }

    /// Who speaks and when, for the texts of this network.
    pub(crate) fn desk(&self, now: Instant) -> Desk<'_> {
        Desk {
            svc: &self.network.short_name,
            tel: &self.network.phone,
            when: When::new(now, &self.calendar.zone),
        }
    }
}

/// One version of the directory. A copy shares everything with it, and so does the next version
/// but for what changed.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    mark: Mark,
    people: People,
    networks: Arc<BTreeMap<NetworkId, Arc<NetworkEntry>>>,
    users: Names,
}

impl Directory {
    /// Reads everything, as it stands at `mark` in this transaction.
    pub fn load(mark: Mark, tx: &mut Tx<'_>) -> Result<Self, StoreError> {
        let people = People::load(professionals::load_all(tx)?);
        let sharing = networks::list_sharing(tx)?;
        let mut entries = BTreeMap::new();
        for network in networks::list(tx)? {
            entries.insert(network.id, Arc::new(entry(network, &sharing, tx)?));
        }
        let names = users::list(tx)?
            .into_iter()
            .map(|user| (user.id, user.name));
        Ok(Self {
            mark,
            people,
            networks: Arc::new(entries),
            users: Names::load(names.collect()),
        })
    }

    /// The next version: this one, and what moved since.
    pub(crate) fn with(
        &self,
        moved: Moved,
        mark: Mark,
        tx: &mut Tx<'_>,
    ) -> Result<Self, StoreError> {
        let mut next = Self {
            mark,
            ..self.clone()
        };
        for row in moved.professionals {
            next.people.put(row);
        }
        for (id, name) in moved.users {
            next.users.put(id, name);
        }
        if !moved.networks.is_empty() {
            let sharing = networks::list_sharing(tx)?;
            let entries = Arc::make_mut(&mut next.networks);
            for id in moved.networks {
                let network = networks::get(tx, id)?;
                entries.insert(id, Arc::new(entry(network, &sharing, tx)?));
            }
        }
        Ok(next)
    }

    /// The version it was read at.
    pub const fn mark(&self) -> Mark {
        self.mark
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
        self.people.get(id)
    }

    /// The name of an account.
    pub fn user_name(&self, id: UserId) -> Option<String> {
        self.users.get(id).map(str::to_owned)
    }

    /// Every account and its name, by id.
    pub fn user_names(&self) -> impl Iterator<Item = (UserId, &str)> {
        self.users.iter().map(|(id, name)| (*id, &**name))
    }

    /// A professional by RPPS number.
    pub fn by_rpps(&self, rpps: &str) -> Option<&ProfessionalRow> {
        self.people.by_rpps(rpps)
    }

    /// Those whose folded name (`surname first-names town`) begins so, in its order, each with it.
    pub fn named<'d>(
        &'d self,
        beginning: &'d str,
    ) -> impl Iterator<Item = (&'d str, &'d ProfessionalRow)> {
        self.people.named(beginning)
    }

    /// Everybody with a membership, whatever its status, in a network; in no order that is promised.
    pub fn of_network(&self, id: NetworkId) -> impl Iterator<Item = &ProfessionalRow> {
        self.people.of_network(id)
    }

    /// The same, each with their folded name (`surname first-names town`).
    pub fn named_in(&self, id: NetworkId) -> impl Iterator<Item = (&str, &ProfessionalRow)> {
        self.people.named_in(id)
    }

    /// Everybody, by id.
    pub fn people(&self) -> impl Iterator<Item = &ProfessionalRow> {
        self.people.iter()
    }

    /// The pool of a network: its own people and those lent to it, with what was lately asked of
    /// those [`Self::limited`] names.
    pub fn pool<'d>(
        &'d self,
        id: NetworkId,
        loads: &'d BTreeMap<ProfessionalId, Load>,
    ) -> Pool<'d> {
        let entry = self.networks.get(&id);
        let lenders = entry.map_or(&[][..], |entry| entry.lenders.as_slice());
        Pool::behind(self.people.index(), &self.people, id, lenders, loads)
    }

    /// Those of a network's people of whom it matters what was lately asked: they have a maximum, a
    /// rest or an "encore".
    pub fn limited(&self, id: NetworkId) -> impl Iterator<Item = &ProfessionalRow> {
        let slots = self.people.index().limited(id);
        slots.filter_map(|slot| self.people.at(slot))
    }
}

/// A network with all that belongs to it.
fn entry(
    network: Network,
    sharing: &[(NetworkId, NetworkId)],
    tx: &mut Tx<'_>,
) -> Result<NetworkEntry, StoreError> {
    let zone = TimeZone::get(&network.zone).map_err(|_| {
        StoreError::inconsistent("networks", "zone", network.id.to_string(), "no such zone")
    })?;
    let to_us = sharing.iter().filter(|(_, to)| *to == network.id);
    Ok(NetworkEntry {
        calendar: Calendar {
            hours: network.hours.clone(),
            zone,
        },
        communes: networks::list_communes(tx, network.id)?
            .into_iter()
            .collect(),
        lenders: to_us.map(|(from, _)| *from).collect(),
        network,
    })
}
