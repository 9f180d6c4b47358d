//! Parameters going in and rows coming out, the same for both engines.
//! Refuses to panic on a row: a value that is not what the model says is a named error.

use std::cell::RefCell;
use std::error::Error;
use std::str::FromStr;

use bytes::BytesMut;
use postgres::types::{IsNull, ToSql, Type};
use rusqlite::types::{ToSqlOutput, ValueRef};

use relais_core::geo::Insee;
use relais_core::ids::{
    ApplicationId, ContactId, EntryId, InvitationId, MessageId, NetworkId, OfferId, PatientId,
    PlaceId, ProfessionalId, RequestId, TokenId, UserId,
};
use relais_core::time::Instant;

use crate::error::StoreError;
use crate::sql::Sql;

/// A bound parameter.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// SQL null.
    Null,
    /// BIGINT: counts, cents, milliseconds, 0/1.
    Int(i64),
    /// TEXT.
    Text(String),
    /// The engine's binary type.
    Bytes(Vec<u8>),
}

macro_rules! value_from_id {
    ($($id:ident),+ $(,)?) => {
        $(impl From<$id> for Value {
            fn from(v: $id) -> Value {
                Value::Text(v.to_string())
            }
        })+
    };
}
value_from_id!(
    ApplicationId,
    NetworkId,
    ProfessionalId,
    PlaceId,
    UserId,
    PatientId,
    ContactId,
    RequestId,
    OfferId,
    MessageId,
    EntryId,
    TokenId,
    InvitationId,
    Insee
);

macro_rules! value_from {
    ($($from:ty => |$v:ident| $to:expr),+ $(,)?) => {
        $(impl From<$from> for Value {
            fn from($v: $from) -> Value {
                $to
            }
        })+
    };
}
value_from! {
    Instant => |v| Value::Int(v.millis()),
    i64 => |v| Value::Int(v),
    i32 => |v| Value::Int(i64::from(v)),
    u32 => |v| Value::Int(i64::from(v)),
    u16 => |v| Value::Int(i64::from(v)),
    u8 => |v| Value::Int(i64::from(v)),
    bool => |v| Value::Int(i64::from(v)),
    &str => |v| Value::Text(v.to_string()),
    String => |v| Value::Text(v),
    &String => |v| Value::Text(v.clone()),
    Vec<u8> => |v| Value::Bytes(v),
    &[u8] => |v| Value::Bytes(v.to_vec()),
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Value {
        v.map_or(Value::Null, Into::into)
    }
}

/// Bound parameters: `params![id, now, name]` is `&[Value]`, `$1` being the first.
#[macro_export]
macro_rules! params {
    ($($v:expr),* $(,)?) => { &[$($crate::db::Value::from($v)),*] as &[$crate::db::Value] };
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(i) => ValueRef::Integer(*i),
            Value::Text(s) => ValueRef::Text(s.as_bytes()),
            Value::Bytes(b) => ValueRef::Blob(b),
        }))
    }
}

// Written by hand: the derived form would print the value, which may be about a person.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Value::Null => "null",
            Value::Int(_) => "int",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
        })
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(i) if *ty == Type::INT8 => i.to_sql(ty, out),
            Value::Int(i) if *ty == Type::INT4 => i32::try_from(*i)?.to_sql(ty, out),
            Value::Text(s) if <&str as ToSql>::accepts(ty) => s.to_sql(ty, out),
            Value::Bytes(b) if *ty == Type::BYTEA => b.to_sql(ty, out),
            other => Err(
                format!("a {other:?} parameter was given where the statement wants {ty}").into(),
            ),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// One row of an answer. Getters take a column's name or its place.
pub struct Row<'a> {
    pub(crate) sql: Sql,
    pub(crate) cells: Cells<'a>,
    pub(crate) places: &'a Places,
}

/// Where the columns of one query were found, by the names its reader asks for: looked up at the first
/// row, and not again at each of ten thousand.
#[derive(Default)]
pub(crate) struct Places(RefCell<Vec<(&'static str, usize)>>);

impl Places {
    fn find(&self, name: &'static str, cells: &Cells<'_>) -> Option<usize> {
        let known = |known: &&(&'static str, usize)| std::ptr::eq(known.0, name);
        if let Some((_, place)) = self.0.borrow().iter().find(known) {
            return Some(*place);
        }
        let place = match cells {
            Cells::Lite(r) => r.as_ref().column_index(name).ok(),
            Cells::Pg(r) => r.columns().iter().position(|c| c.name() == name),
        }?;
        self.0.borrow_mut().push((name, place));
        Some(place)
    }
}

pub(crate) enum Cells<'a> {
    Lite(&'a rusqlite::Row<'a>),
    Pg(&'a postgres::Row),
}

/// A column, by place or by name.
pub trait Column: Copy {
    /// The place of the column in the row.
    fn place(self, row: &Row<'_>) -> Option<usize>;
    /// How errors call it.
    fn called(self) -> String;
}

impl Column for usize {
    fn place(self, _: &Row<'_>) -> Option<usize> {
        Some(self)
    }

    fn called(self) -> String {
        format!("#{self}")
    }
}

impl Column for &'static str {
    fn place(self, row: &Row<'_>) -> Option<usize> {
        row.places.find(self, &row.cells)
    }

    fn called(self) -> String {
        self.to_string()
    }
}

/// What a cell holds, borrowed.
enum Cell<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl<'a> Row<'a> {
    fn cell(&self, column: impl Column) -> Result<Cell<'a>, StoreError> {
        let Some(i) = column.place(self) else {
            return Err(self.wrong(column, "no such column"));
        };
        let cell = match self.cells {
            Cells::Lite(r) => match r.get_ref(i) {
                Ok(ValueRef::Null) => Some(Cell::Null),
                Ok(ValueRef::Integer(v)) => Some(Cell::Int(v)),
                Ok(ValueRef::Text(v)) => std::str::from_utf8(v).ok().map(Cell::Text),
                Ok(ValueRef::Blob(v)) => Some(Cell::Bytes(v)),
                Ok(ValueRef::Real(_)) | Err(_) => None,
            },
            Cells::Pg(r) => postgres_cell(r, i),
        };
        cell.ok_or_else(|| self.wrong(column, "unreadable"))
    }

    /// The error that says this column of this row contradicts the model. `why` must not repeat the value.
    pub fn wrong(&self, column: impl Column, why: impl Into<String>) -> StoreError {
        let id = match self.cells {
            Cells::Lite(r) => r
                .get::<_, String>("id")
                .or_else(|_| r.get(0))
                .unwrap_or_default(),
            Cells::Pg(r) => r
                .try_get::<_, String>("id")
                .or_else(|_| r.try_get(0))
                .unwrap_or_default(),
        };
        StoreError::inconsistent(self.sql.table, column.called(), id, why)
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> Vec<String> {
        match self.cells {
            Cells::Lite(r) => r.as_ref().column_names().map(str::to_string).collect(),
            Cells::Pg(r) => r.columns().iter().map(|c| c.name().to_string()).collect(),
        }
    }

    /// Every value of the row, in the order of the columns.
    pub(crate) fn values(&self) -> Result<Vec<Value>, StoreError> {
        (0..self.columns().len())
            .map(|i| {
                Ok(match self.cell(i)? {
                    Cell::Null => Value::Null,
                    Cell::Int(v) => Value::Int(v),
                    Cell::Text(v) => Value::Text(v.to_string()),
                    Cell::Bytes(v) => Value::Bytes(v.to_vec()),
                })
            })
            .collect()
    }

    /// A BIGINT, or null.
    pub fn opt_int(&self, column: impl Column) -> Result<Option<i64>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Int(v) => Ok(Some(v)),
            _ => Err(self.wrong(column, "not an integer")),
        }
    }

    /// A BIGINT.
    pub fn int(&self, column: impl Column) -> Result<i64, StoreError> {
        self.opt_int(column)?
            .ok_or_else(|| self.wrong(column, "null"))
    }

    /// A 0/1 BIGINT.
    pub fn flag(&self, column: impl Column) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(column, "neither 0 nor 1")),
        }
    }

    /// A TEXT, or null, borrowed.
    pub fn opt_str(&self, column: impl Column) -> Result<Option<&'a str>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(v) => Ok(Some(v)),
            _ => Err(self.wrong(column, "not text")),
        }
    }

    /// A TEXT, borrowed.
    pub fn str(&self, column: impl Column) -> Result<&'a str, StoreError> {
        self.opt_str(column)?
            .ok_or_else(|| self.wrong(column, "null"))
    }

    /// A TEXT, or null.
    pub fn opt_text(&self, column: impl Column) -> Result<Option<String>, StoreError> {
        Ok(self.opt_str(column)?.map(str::to_string))
    }

    /// A TEXT.
    pub fn text(&self, column: impl Column) -> Result<String, StoreError> {
        Ok(self.str(column)?.to_string())
    }

    /// Bytes, or null.
    pub fn opt_bytes(&self, column: impl Column) -> Result<Option<Vec<u8>>, StoreError> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Bytes(v) => Ok(Some(v.to_vec())),
            _ => Err(self.wrong(column, "not bytes")),
        }
    }

    /// Bytes.
    pub fn bytes(&self, column: impl Column) -> Result<Vec<u8>, StoreError> {
        self.opt_bytes(column)?
            .ok_or_else(|| self.wrong(column, "null"))
    }

    /// An id.
    pub fn id<T: FromStr>(&self, column: impl Column) -> Result<T, StoreError> {
        self.parsed(column, |text| text.parse().ok())
    }

    /// An id, or null.
    pub fn opt_id<T: FromStr>(&self, column: impl Column) -> Result<Option<T>, StoreError> {
        self.opt_parsed(column, |text| text.parse().ok())
    }

    /// A moment.
    pub fn instant(&self, column: impl Column) -> Result<Instant, StoreError> {
        self.int(column).map(Instant::from_millis)
    }

    /// A moment, or null.
    pub fn opt_instant(&self, column: impl Column) -> Result<Option<Instant>, StoreError> {
        Ok(self.opt_int(column)?.map(Instant::from_millis))
    }

    /// A BIGINT that fits a narrower type.
    pub fn small<T: TryFrom<i64>>(&self, column: impl Column) -> Result<T, StoreError> {
        T::try_from(self.int(column)?).map_err(|_| self.wrong(column, "out of range"))
    }

    /// A TEXT read by `parse` (an id, a date, a code); what it refuses contradicts the model.
    pub fn parsed<T>(
        &self,
        column: impl Column,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        parse(self.str(column)?).ok_or_else(|| self.wrong(column, "not a value of the model"))
    }

    /// Like [`Row::parsed`], null being nothing.
    pub fn opt_parsed<T>(
        &self,
        column: impl Column,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.opt_str(column)? {
            None => Ok(None),
            Some(text) => match parse(text) {
                Some(v) => Ok(Some(v)),
                None => Err(self.wrong(column, "not a value of the model")),
            },
        }
    }
}

fn postgres_cell(row: &postgres::Row, i: usize) -> Option<Cell<'_>> {
    let ty = row.columns().get(i)?.type_();
    let cell = if *ty == Type::INT8 {
        row.try_get::<_, Option<i64>>(i).ok()?.map(Cell::Int)
    } else if *ty == Type::INT4 {
        row.try_get::<_, Option<i32>>(i)
            .ok()?
            .map(|v| Cell::Int(i64::from(v)))
    } else if *ty == Type::BYTEA {
        row.try_get::<_, Option<&[u8]>>(i).ok()?.map(Cell::Bytes)
    } else {
        row.try_get::<_, Option<&str>>(i).ok()?.map(Cell::Text)
    };
    Some(cell.unwrap_or(Cell::Null))
}
