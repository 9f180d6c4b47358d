//! Where the provider is spoken to: what the settings say, and for the rest its discovery document,
//! read once and forgotten when anything fails. Refuses an address in clear on another machine.

use crate::settings::{Settings, is_safe};
use relais_gateways::identity::Unproved;
use serde::Deserialize;
use std::io::Read as _;
use std::sync::{Mutex, PoisonError};
use ureq::Agent;
use ureq::http::{Request, Response};

/// Largest answer read, bytes.
const ANSWER_MAX: u64 = 256 * 1024;

/// The addresses of the provider.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Endpoints {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) userinfo_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) end_session_endpoint: String,
}

/// No answer to read. Holds what happened, no secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unanswered(pub(crate) String);

/// Asks, and reads the whole answer. A server that fails is no answer.
pub(crate) fn ask(
    agent: &Agent,
    request: Request<Vec<u8>>,
) -> Result<Response<Vec<u8>>, Unanswered> {
    let (head, body) = request.into_parts();
    let answer = if body.is_empty() {
        agent.run(Request::from_parts(head, ()))
    } else {
        agent.run(Request::from_parts(head, body))
    };
    let (head, mut body) = answer
        .map_err(|error| Unanswered(error.to_string()))?
        .into_parts();
    if head.status.is_server_error() {
        return Err(Unanswered(format!("status {}", head.status.as_u16())));
    }
    let mut bytes = Vec::new();
    body.as_reader()
        .take(ANSWER_MAX)
        .read_to_end(&mut bytes)
        .map_err(|error| Unanswered(error.to_string()))?;
    Ok(Response::from_parts(head, bytes))
}

/// Reads a JSON document.
pub(crate) fn get<T: serde::de::DeserializeOwned>(
    agent: &Agent,
    address: &str,
) -> Result<T, Unproved> {
    let request = Request::get(address)
        .header("Accept", "application/json")
        .body(Vec::new())
        .map_err(|error| Unproved::Away(error.to_string()))?;
    let answer = ask(agent, request).map_err(|error| Unproved::Away(error.to_string()))?;
    if answer.status() != 200 {
        let status = answer.status().as_u16();
        return Err(Unproved::Away(format!("status {status} of {address}")));
    }
    serde_json::from_slice(answer.body())
        .map_err(|error| Unproved::Away(format!("{address} is not what it should be: {error}")))
}

/// What is known of them.
#[derive(Default)]
pub(crate) struct Directory(Mutex<Option<Endpoints>>);

impl Directory {
    /// The addresses, discovered the first time.
    pub(crate) fn get(&self, agent: &Agent, settings: &Settings) -> Result<Endpoints, Unproved> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(endpoints) = known.as_ref() {
            return Ok(endpoints.clone());
        }
        let endpoints = discover(agent, settings)?;
        *known = Some(endpoints.clone());
        Ok(endpoints)
    }

    /// Reads them again next time: they may have moved.
    pub(crate) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn discover(agent: &Agent, settings: &Settings) -> Result<Endpoints, Unproved> {
    let mut endpoints = Endpoints {
        issuer: settings.issuer.clone(),
        authorization_endpoint: settings.authorization_endpoint.clone(),
        token_endpoint: settings.token_endpoint.clone(),
        userinfo_endpoint: settings.userinfo_endpoint.clone(),
        jwks_uri: settings.jwks_uri.clone(),
        end_session_endpoint: settings.end_session_endpoint.clone(),
    };
    let explicit = [
        &endpoints.authorization_endpoint,
        &endpoints.token_endpoint,
        &endpoints.userinfo_endpoint,
        &endpoints.jwks_uri,
    ];
    if explicit.iter().any(|address| address.is_empty()) {
        let place = if settings.discovery.is_empty() {
            let issuer = settings.issuer.trim_end_matches('/');
            format!("{issuer}/.well-known/openid-configuration")
        } else {
            settings.discovery.clone()
        };
        let found: Endpoints = get(agent, &place)?;
        if found.issuer != settings.issuer {
            let what = "the discovery document is another issuer's";
            return Err(Unproved::Doubtful(what.to_owned()));
        }
        let fill = |place: &mut String, found: String| {
            if place.is_empty() {
                *place = found;
            }
        };
        fill(
            &mut endpoints.authorization_endpoint,
            found.authorization_endpoint,
        );
        fill(&mut endpoints.token_endpoint, found.token_endpoint);
        fill(&mut endpoints.userinfo_endpoint, found.userinfo_endpoint);
        fill(&mut endpoints.jwks_uri, found.jwks_uri);
        fill(
            &mut endpoints.end_session_endpoint,
            found.end_session_endpoint,
        );
    }
    let needed = [
        &endpoints.authorization_endpoint,
        &endpoints.token_endpoint,
        &endpoints.userinfo_endpoint,
        &endpoints.jwks_uri,
    ];
    let ends_safely =
        endpoints.end_session_endpoint.is_empty() || is_safe(&endpoints.end_session_endpoint);
    if !ends_safely || needed.iter().any(|address| !is_safe(address)) {
        let what = "an endpoint is missing, or in clear on another machine";
        return Err(Unproved::Doubtful(what.to_owned()));
    }
    Ok(endpoints)
}
