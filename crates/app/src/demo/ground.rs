//! The ground of the demonstration: real communes of Essonne, invented streets, three networks of
//! one federation cut out by latitude.

use super::dice::Dice;
use super::names::Registry;
use super::start;
use super::world::{DemoNetwork, DemoSharing};
use crate::reference::communes::Communes;
use crate::reference::radii::radius_of;
use relais_core::cascade::Policy;
use relais_core::geo::{Insee, Point};
use relais_core::ids::NetworkId;
use relais_core::time::{Instant, OpenSpan, OpeningHours, Weekly};
use std::ops::RangeInclusive;

const SHIPPED: &[u8] = include_bytes!("../../../../reference/adresses-fictives.csv");
const DEPARTMENT: &str = "91";
/// North of this latitude (millionths of a degree): the first network; it holds Massy.
const NORTH_E6: i32 = 48_655_000;
/// South of this latitude: the third.
const SOUTH_E6: i32 = 48_560_000;
/// A commune of another network this near is helped too, metres.
const TOLERATED_M: u32 = 3_000;
/// More than that distance in millionths of a degree at this latitude, either way.
const NEAR_E6: u32 = 50_000;

/// An invented street in a real commune.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Address {
    pub(super) line: String,
    pub(super) postcode: String,
    pub(super) insee: Insee,
    pub(super) point: Point,
}

/// Every address of Essonne, and how to draw one where people live.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) addresses: Vec<Address>,
    weights: Vec<usize>,
}

impl Ground {
    pub(super) fn new() -> Self {
        let addresses: Vec<_> = csv::Reader::from_reader(SHIPPED)
            .into_records()
            .filter_map(Result::ok)
            .filter_map(|record| address(&record))
            .filter(|address| address.insee.department() == DEPARTMENT)
            .collect();
        let weights = addresses
            .iter()
            .map(|address| {
                let in_commune = addresses
                    .iter()
                    .filter(|a| a.insee == address.insee)
                    .count();
                let people = Communes::shipped()
                    .get(address.insee)
                    .map_or(0, |c| c.population);
                usize::try_from(people).unwrap_or(0) / in_commune
            })
            .collect();
        Self { addresses, weights }
    }

    /// An address, as likely as its commune is populated.
    pub(super) fn draw(&self, dice: &mut Dice) -> &Address {
        &self.addresses[dice.weighted(&self.weights)]
    }

    /// An address among those that fit, as likely as its commune is populated.
    pub(super) fn draw_where(
        &self,
        dice: &mut Dice,
        fits: impl Fn(&Address) -> bool,
    ) -> Option<&Address> {
        let chosen = self.addresses.iter().zip(&self.weights);
        let weights: Vec<_> = chosen.map(|(a, w)| if fits(a) { *w } else { 0 }).collect();
        (weights.iter().sum::<usize>() > 0).then(|| &self.addresses[dice.weighted(&weights)])
    }

    /// The communes nearest to a point, nearest first.
    pub(super) fn communes_around(point: Point, count: usize) -> Vec<Insee> {
        let mut near: Vec<_> = Communes::shipped()
            .in_department(DEPARTMENT)
            .filter_map(|commune| Some((commune.point()?.distance_m(point), commune.insee)))
            .collect();
        near.sort_unstable();
        near.into_iter()
            .take(count)
            .map(|(_, insee)| insee)
            .collect()
    }
}

fn address(record: &csv::StringRecord) -> Option<Address> {
    let degrees = |index: usize| record.get(index)?.parse::<f64>().ok();
    Some(Address {
        line: record.get(0)?.to_owned(),
        postcode: record.get(1)?.to_owned(),
        insee: Insee::new(record.get(3)?)?,
        point: Point::from_degrees(degrees(4)?, degrees(5)?)?,
    })
}

/// Which network a town centre of Essonne belongs to, by index.
fn network_at(point: Point) -> usize {
    if point.lat_e6 >= NORTH_E6 {
        0
    } else if point.lat_e6 >= SOUTH_E6 {
        1
    } else {
        2
    }
}

/// Which network a commune of Essonne belongs to, by index.
pub(super) fn network_of(insee: Insee) -> usize {
    Communes::shipped().point(insee).map_or(2, network_at)
}

/// The three networks, with the names and codes people know them by.
pub(super) fn networks(dice: &mut Dice, registry: &mut Registry, at: Instant) -> Vec<DemoNetwork> {
    const NAMES: [(&str, &str, &str); 3] = [
        ("SNP91N", "SNP Essonne Nord", "SNP91 Nord"),
        ("SNP91C", "SNP Essonne Centre", "SNP91 Ctre"),
        ("SNP91S", "SNP Essonne Sud", "SNP91 Sud"),
    ];
    let radius = radius_of(DEPARTMENT);
    let policy = radius.map_or_else(Policy::default, |radius| Policy {
        radius_m: radius.radius_m,
        wider_radius_m: radius.radius_m + radius.enlargement_m,
        ..Policy::default()
    });
    let essonne: Vec<_> = Communes::shipped().in_department(DEPARTMENT).collect();
    NAMES
        .into_iter()
        .enumerate()
        .map(|(index, (code, name, short_name))| {
            let own = |insee: Insee| network_of(insee) == index;
            let communes: Vec<_> = essonne
                .iter()
                .map(|c| c.insee)
                .filter(|i| own(*i))
                .collect();
            DemoNetwork {
                id: NetworkId::from_bits(dice.id_bits(at.millis())),
                code,
                name,
                short_name,
                kind: "cpts-group",
                phone: registry.landline(),
                zone: start::ZONE,
                hours: opening_hours(),
                policy: policy.clone(),
                public: super::numbers::public(index),
                tolerated: around(&communes),
                communes,
            }
        })
        .collect()
}

/// Communes within reach of a territory that are not in it, of whatever department.
fn around(territory: &[Insee]) -> Vec<Insee> {
    let all = Communes::shipped();
    let own: Vec<_> = territory
        .iter()
        .filter_map(|insee| all.point(*insee))
        .collect();
    let (lats, lons) = (
        bounds(own.iter().map(|p| p.lat_e6)),
        bounds(own.iter().map(|p| p.lon_e6)),
    );
    let near = |point: Point| {
        lats.contains(&point.lat_e6)
            && lons.contains(&point.lon_e6)
            && own.iter().any(|mine| {
                let degrees_apart = mine
                    .lat_e6
                    .abs_diff(point.lat_e6)
                    .max(mine.lon_e6.abs_diff(point.lon_e6));
                degrees_apart < NEAR_E6 && mine.distance_m(point) <= TOLERATED_M
            })
    };
    all.iter()
        .filter(|commune| commune.point().is_some_and(near) && !territory.contains(&commune.insee))
        .map(|commune| commune.insee)
        .collect()
}

/// From the least less what may be near to the most and as much again.
fn bounds(all: impl Iterator<Item = i32> + Clone) -> RangeInclusive<i32> {
    let margin = i32::try_from(NEAR_E6).unwrap_or(i32::MAX);
    let (least, most) = (all.clone().min(), all.max());
    least.unwrap_or(0).saturating_sub(margin)..=most.unwrap_or(0).saturating_add(margin)
}

/// Monday to Friday 8–20, Saturday 8–12, closed on public holidays.
fn opening_hours() -> OpeningHours {
    let mut weekly = Weekly::default();
    for (day, spans) in weekly.days.iter_mut().enumerate().take(6) {
        spans.push(OpenSpan {
            from: 8 * 60,
            until: if day == 5 { 12 * 60 } else { 20 * 60 },
        });
    }
    OpeningHours {
        weekly,
        closed_on_holidays: true,
        ..OpeningHours::default()
    }
}

/// Every direction but one: the south is not asked for the north, which is too far.
pub(super) fn sharing(networks: &[DemoNetwork]) -> Vec<DemoSharing> {
    let mut agreed = Vec::new();
    for (origin, of) in networks.iter().enumerate() {
        for (asked, to) in networks.iter().enumerate() {
            if origin != asked && (origin, asked) != (0, 2) {
                agreed.push(DemoSharing {
                    requests_of: of.id,
                    offered_to: to.id,
                });
            }
        }
    }
    agreed
}
