//! Communes as rows, for the reference data that an administrator imports.
//! Refuses to hold the search index: the shipped table is searched in memory.

use relais_core::geo::{Insee, Point};

use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::params;
use crate::sql::sql;

/// A commune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommuneRow {
    /// INSEE code.
    pub insee: Insee,
    /// Name.
    pub name: String,
    /// Postcodes.
    pub postcodes: Vec<String>,
    /// Department.
    pub dept: String,
    /// Centroid.
    pub point: Point,
    /// Town centre, when known.
    pub town: Option<Point>,
    /// Inhabitants.
    pub population: u32,
}

sql! { "communes";
    SET = "INSERT INTO communes (insee, name, search_name, postcodes, dept, lat_e6, lon_e6, town_lat_e6, town_lon_e6, \
           population) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
           ON CONFLICT (insee) DO UPDATE SET name = excluded.name, search_name = excluded.search_name, \
           postcodes = excluded.postcodes, dept = excluded.dept, lat_e6 = excluded.lat_e6, \
           lon_e6 = excluded.lon_e6, town_lat_e6 = excluded.town_lat_e6, town_lon_e6 = excluded.town_lon_e6, \
           population = excluded.population";
    FIND = "SELECT insee, name, postcodes, dept, lat_e6, lon_e6, town_lat_e6, town_lon_e6, population FROM communes \
            WHERE insee = $1";
    OF_DEPARTMENT = "SELECT insee, name, postcodes, dept, lat_e6, lon_e6, town_lat_e6, town_lon_e6, population \
                     FROM communes WHERE dept = $1 ORDER BY insee";
    LIST = "SELECT insee, name, postcodes, dept, lat_e6, lon_e6, town_lat_e6, town_lon_e6, population FROM communes \
            ORDER BY insee";
    COUNT = "SELECT COUNT(*) FROM communes";
}

fn commune(row: &Row<'_>) -> Result<CommuneRow, StoreError> {
    let town = match (row.opt_int("town_lat_e6")?, row.opt_int("town_lon_e6")?) {
        (Some(_), Some(_)) => Some(Point {
            lat_e6: row.small("town_lat_e6")?,
            lon_e6: row.small("town_lon_e6")?,
        }),
        (None, None) => None,
        _ => return Err(row.wrong("town_lat_e6", "half a point")),
    };
    Ok(CommuneRow {
        insee: row.parsed("insee", Insee::new)?,
        name: row.text("name")?,
        postcodes: row
            .str("postcodes")?
            .split_whitespace()
            .map(str::to_string)
            .collect(),
        dept: row.text("dept")?,
        point: Point {
            lat_e6: row.small("lat_e6")?,
            lon_e6: row.small("lon_e6")?,
        },
        town,
        population: row.small("population")?,
    })
}

/// Writes or replaces a commune.
pub fn set(tx: &mut Tx<'_>, commune: &CommuneRow) -> Result<(), StoreError> {
    tx.exec_one(
        SET,
        params![
            commune.insee,
            &commune.name,
            deunicode::deunicode(&commune.name).to_uppercase(),
            commune.postcodes.join(" "),
            &commune.dept,
            commune.point.lat_e6,
            commune.point.lon_e6,
            commune.town.map(|t| t.lat_e6),
            commune.town.map(|t| t.lon_e6),
            commune.population
        ],
    )
}

/// A commune, if it is known.
pub fn find(tx: &mut Tx<'_>, insee: Insee) -> Result<Option<CommuneRow>, StoreError> {
    tx.query_opt(FIND, params![insee], commune)
}

/// The communes of a department.
pub fn list_department(tx: &mut Tx<'_>, dept: &str) -> Result<Vec<CommuneRow>, StoreError> {
    tx.query(OF_DEPARTMENT, params![dept], commune)
}

/// Every imported commune.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<CommuneRow>, StoreError> {
    tx.query(LIST, params![], commune)
}

/// How many communes were imported.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    tx.query_one(COUNT, params![], |r| r.int(0))
}
