//! Lists: `{"items": […], "next": cursor or null}`, and what their query may say. An unknown
//! parameter is refused: a filter that is ignored would answer more than was asked.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use relais_app::error::AppError;
use serde::Serialize;

use crate::fail::Fail;

/// One page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl<T> Page<T> {
    /// The whole list at once.
    pub(crate) const fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// Rows of a page when nothing is said.
const LIMIT: u32 = 50;

/// The parameters of an address.
#[derive(Debug)]
pub(crate) struct Params(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail> {
        let read = Query::<BTreeMap<String, String>>::from_request_parts(parts, state).await;
        let Query(map) = read.map_err(|_| {
            Fail(AppError::problem(
                "malformed",
                400,
                "L’adresse n’a pas pu être lue.",
            ))
        })?;
        Ok(Self(map))
    }
}

impl Params {
    /// Only these parameters.
    pub(crate) fn only(self, known: &[&str]) -> Result<Self, Fail> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(self),
            Some(name) => {
                let pointer: String = name
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .take(40)
                    .collect();
                Err(wrong(&pointer, "Ce paramètre n’existe pas."))
            }
        }
    }

    /// A parameter, if it is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
    }

    /// A parameter read as something.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        message: &str,
    ) -> Result<Option<T>, Fail> {
        self.get(name)
            .map(|text| read(text).ok_or_else(|| wrong(name, message)))
            .transpose()
    }

    /// How many rows are wanted.
    pub(crate) fn limit(&self) -> Result<u32, Fail> {
        let limit = self.read(
            "limit",
            |text| text.parse::<u32>().ok().filter(|n| (1..=100).contains(n)),
            "Un nombre de 1 à 100.",
        )?;
        Ok(limit.unwrap_or(LIMIT))
    }
}

fn wrong(name: &str, message: &str) -> Fail {
    Fail(AppError::invalid(format!("/{name}"), message))
}
