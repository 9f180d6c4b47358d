//! The stored form of what the core knows: flat types for JSON columns, converted by hand, with a
//! version in each. Refuses to guess: what does not fit the model is an error without the value.

pub mod offer;
pub mod phase;
pub mod policy;
pub mod profile;
pub(crate) mod public;
pub mod request;
pub mod settings;
pub mod verdict;

use std::fmt::Display;
use std::str::FromStr;

use relais_core::access::Role;
use relais_core::cascade::Why;
use relais_core::geo::{Insee, Point};
use relais_core::matching::Test;
use relais_core::people::{MembershipStatus, Mode, Profession};
use relais_core::reach::{LockScreen, Way};
use relais_core::request::{
    CancelledBy, Closure, Contacted, Moment, Origin, Per, RedFlags, RefusalReason, Sex, SkipReason,
    Stage, Status, UnfilledReason, UsualDoctor, WithdrawReason,
};
use relais_core::slug::Slug;
use relais_core::time::Instant;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::StoreError;

/// A stored value that is not of the model. Says which part, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong(pub &'static str);

/// A value of the core with a short text form.
pub(crate) trait Code: Sized {
    fn to_code(&self) -> String;
    fn from_text(text: &str) -> Option<Self>;
    const WHAT: &'static str;
}

macro_rules! coded {
    ($($name:ident),+ $(,)?) => {
        $(impl Code for $name {
            const WHAT: &'static str = stringify!($name);
            fn to_code(&self) -> String {
                self.code().to_string()
            }
            fn from_text(text: &str) -> Option<Self> {
                $name::from_code(text)
            }
        })+
    };
}
coded!(
    CancelledBy,
    Closure,
    Contacted,
    LockScreen,
    MembershipStatus,
    Mode,
    Moment,
    Origin,
    Per,
    Profession,
    RedFlags,
    RefusalReason,
    Role,
    Sex,
    SkipReason,
    Stage,
    Status,
    Test,
    UnfilledReason,
    UsualDoctor,
    Way,
    Why,
    WithdrawReason
);

impl Code for Slug {
    const WHAT: &'static str = "code";
    fn to_code(&self) -> String {
        self.as_str().to_string()
    }
    fn from_text(text: &str) -> Option<Slug> {
        Slug::new(text).ok()
    }
}

impl Code for Insee {
    const WHAT: &'static str = "commune";
    fn to_code(&self) -> String {
        self.as_str().to_string()
    }
    fn from_text(text: &str) -> Option<Insee> {
        Insee::new(text)
    }
}

/// A coded value, as its code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Coded<T>(pub(crate) T);

impl<T: Code> Serialize for Coded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_code())
    }
}

impl<'de, T: Code> Deserialize<'de> for Coded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        T::from_text(&text)
            .map(Coded)
            .ok_or_else(|| D::Error::custom(format!("not a value of {}", T::WHAT)))
    }
}

/// An id, as its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: Display> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map(Id)
            .map_err(|_| D::Error::custom("not an id of this kind"))
    }
}

/// A moment, as milliseconds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ms(pub(crate) Instant);

impl Serialize for Ms {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0.millis())
    }
}

impl<'de> Deserialize<'de> for Ms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(|ms| Ms(Instant::from_millis(ms)))
    }
}

/// A point, as two numbers.
pub(crate) type PointDto = (i32, i32);

pub(crate) fn point_in(point: Point) -> PointDto {
    (point.lat_e6, point.lon_e6)
}

pub(crate) fn point_out((lat_e6, lon_e6): PointDto) -> Point {
    Point { lat_e6, lon_e6 }
}

/// The version every JSON column carries.
pub(crate) const V: u8 = 1;

/// Writes a stored form.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|e| StoreError::bug(format!("not encodable: {e}")))
}

/// Reads a stored form, after its version. The error tells where, not what.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    #[derive(Deserialize)]
    struct Version {
        v: u8,
    }
    match serde_json::from_str::<Version>(text) {
        Ok(Version { v: V }) => {}
        Ok(_) => return Err(Wrong("an unknown version")),
        Err(_) => return Err(Wrong("not JSON with a version")),
    }
    serde_json::from_str(text).map_err(|_| Wrong("not the form of its version"))
}

impl Wrong {
    /// Names the column.
    pub(crate) fn at(self, table: &'static str, column: &str, id: impl Display) -> StoreError {
        StoreError::inconsistent(table, column, id.to_string(), self.0)
    }
}
