//! Pro Santé Connect: which contract, with which provider. Off until it is configured. Every mistake
//! is refused at the start, by the name of its key; secrets are never printed.

use anyhow::{Context as _, anyhow, bail};
use relais_gateways::http::Secret;
use relais_gateways::identity::IdentityProvider;
use relais_psc::{ClientAuth, ProSanteConnect, Settings};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The provider's two public installations: issuer, then discovery document (not at the standard
/// place).
const PRODUCTION: &str = "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet";
const SANDBOX: &str = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet";
const DISCOVERY: &str = "/.well-known/wallet-openid-configuration";

/// `[psc]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Psc {
    /// `off`, `production`, `bas` (the provider's sandbox) or `other`.
    pub(crate) mode: String,
    /// Who signs; known for `production` and `bas`.
    pub(crate) issuer: String,
    /// Where the discovery document is.
    pub(crate) discovery: String,
    /// Each endpoint, read from the discovery document when empty.
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) userinfo_endpoint: String,
    pub(crate) jwks_uri: String,
    pub(crate) end_session_endpoint: String,
    /// Our name there.
    pub(crate) client_id: String,
    /// File of our secret there.
    pub(crate) client_secret_file: Option<PathBuf>,
    /// The secret itself, from a variable only.
    #[serde(skip)]
    pub(crate) client_secret: Option<Hidden>,
    /// `post` or `basic`.
    pub(crate) client_auth: String,
    /// What is asked for beside `openid`, separated by spaces.
    pub(crate) scope: String,
    /// The strength required; empty = none is.
    pub(crate) acr: String,
    /// Whether the user info must be signed.
    pub(crate) signed_user_info: bool,
    /// Longest wait for an answer, seconds.
    pub(crate) timeout_seconds: u64,
}

/// A value nothing prints.
#[derive(Clone)]
pub(crate) struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hidden")
    }
}

impl Default for Psc {
    fn default() -> Self {
        Self {
            mode: "off".to_owned(),
            issuer: String::new(),
            discovery: String::new(),
            authorization_endpoint: String::new(),
            token_endpoint: String::new(),
            userinfo_endpoint: String::new(),
            jwks_uri: String::new(),
            end_session_endpoint: String::new(),
            client_id: String::new(),
            client_secret_file: None,
            client_secret: None,
            client_auth: "post".to_owned(),
            scope: "scope_all".to_owned(),
            acr: "eidas1".to_owned(),
            signed_user_info: true,
            timeout_seconds: 10,
        }
    }
}

/// The values a variable may set.
const VALUES: [&str; 16] = [
    "MODE",
    "ISSUER",
    "DISCOVERY",
    "AUTHORIZATION_ENDPOINT",
    "TOKEN_ENDPOINT",
    "USERINFO_ENDPOINT",
    "JWKS_URI",
    "END_SESSION_ENDPOINT",
    "CLIENT_ID",
    "CLIENT_SECRET_FILE",
    "CLIENT_SECRET",
    "CLIENT_AUTH",
    "SCOPE",
    "ACR",
    "SIGNED_USER_INFO",
    "TIMEOUT_SECONDS",
];

/// Every variable: `RELAIS_PSC_MODE` …
pub(crate) fn variables() -> impl Iterator<Item = String> {
    VALUES.iter().map(|value| format!("RELAIS_PSC_{value}"))
}

impl Psc {
    /// Puts the variables over the file.
    pub(super) fn apply(
        &mut self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<()> {
        super::overridden("PSC", &VALUES, variable, |value, text| {
            self.set(value, text)
        })
    }

    fn set(&mut self, value: &str, text: String) -> anyhow::Result<()> {
        match value {
            "MODE" => self.mode = text,
            "ISSUER" => self.issuer = text,
            "DISCOVERY" => self.discovery = text,
            "AUTHORIZATION_ENDPOINT" => self.authorization_endpoint = text,
            "TOKEN_ENDPOINT" => self.token_endpoint = text,
            "USERINFO_ENDPOINT" => self.userinfo_endpoint = text,
            "JWKS_URI" => self.jwks_uri = text,
            "END_SESSION_ENDPOINT" => self.end_session_endpoint = text,
            "CLIENT_ID" => self.client_id = text,
            "CLIENT_SECRET_FILE" => self.client_secret_file = Some(text.into()),
            "CLIENT_SECRET" => self.client_secret = Some(Hidden(text)),
            "CLIENT_AUTH" => self.client_auth = text,
            "SCOPE" => self.scope = text,
            "ACR" => self.acr = text,
            "SIGNED_USER_INFO" => self.signed_user_info = text.parse().context("true or false")?,
            "TIMEOUT_SECONDS" => {
                self.timeout_seconds = text.parse().context("a number of seconds")?;
            }
            other => bail!("{other} is no value of psc"),
        }
        Ok(())
    }

    /// Whether people may sign in by it.
    pub(crate) fn is_on(&self) -> bool {
        self.mode != "off"
    }

    /// Refuses what could not work. The secret's file is read when the process starts.
    pub(super) fn check(&self, public_url: &str) -> anyhow::Result<()> {
        match self.mode.as_str() {
            "off" => return Ok(()),
            "production" | "bas" => {}
            "other" if self.issuer.is_empty() => bail!("psc.issuer says who signs"),
            "other" => {}
            other => bail!("psc.mode is off, production, bas or other, not `{other}`"),
        }
        if public_url.is_empty() {
            bail!("http.public_url is needed: Pro Santé Connect sends browsers back there");
        }
        if self.client_secret.is_none() && self.client_secret_file.is_none() {
            bail!("psc.client_secret_file is the file of our secret at the provider");
        }
        self.settings("?".to_owned())?
            .check()
            .map_err(|error| anyhow!("psc: {error}"))
    }

    fn settings(&self, secret: String) -> anyhow::Result<Settings> {
        let (issuer, discovery) = match self.mode.as_str() {
            "production" => (PRODUCTION, format!("{PRODUCTION}{DISCOVERY}")),
            "bas" => (SANDBOX, format!("{SANDBOX}{DISCOVERY}")),
            _ => ("", String::new()),
        };
        let chosen = |own: &String, known: &str| {
            if own.is_empty() {
                known.to_owned()
            } else {
                own.clone()
            }
        };
        Ok(Settings {
            issuer: chosen(&self.issuer, issuer),
            discovery: chosen(&self.discovery, &discovery),
            authorization_endpoint: self.authorization_endpoint.clone(),
            token_endpoint: self.token_endpoint.clone(),
            userinfo_endpoint: self.userinfo_endpoint.clone(),
            jwks_uri: self.jwks_uri.clone(),
            end_session_endpoint: self.end_session_endpoint.clone(),
            client_id: self.client_id.clone(),
            client_secret: Secret::new(secret),
            client_auth: match self.client_auth.as_str() {
                "post" => ClientAuth::Post,
                "basic" => ClientAuth::Basic,
                other => bail!("psc.client_auth is post or basic, not `{other}`"),
            },
            scopes: self.scope.split_whitespace().map(str::to_owned).collect(),
            acr: self.acr.clone(),
            signed_user_info: self.signed_user_info,
            timeout: Duration::from_secs(self.timeout_seconds),
        })
    }

    /// The provider, ready to be spoken to; the secret's file is read here.
    pub(crate) fn open(&self) -> anyhow::Result<Option<Arc<dyn IdentityProvider>>> {
        if !self.is_on() {
            return Ok(None);
        }
        let secret = match (&self.client_secret, &self.client_secret_file) {
            (Some(Hidden(secret)), _) => secret.clone(),
            (None, Some(path)) => std::fs::read_to_string(path).with_context(|| {
                format!("psc.client_secret_file: cannot read {}", path.display())
            })?,
            (None, None) => bail!("psc.client_secret_file is the file of our secret"),
        };
        let settings = self.settings(secret.trim().to_owned())?;
        let provider = ProSanteConnect::new(settings).map_err(|error| anyhow!("psc: {error}"))?;
        Ok(Some(Arc::new(provider)))
    }

    /// One line, without secrets, as `relais config check` shows it.
    pub(crate) fn shown(&self) -> String {
        if !self.is_on() {
            return "off".to_owned();
        }
        match self.settings(String::new()) {
            Ok(settings) => format!("{} ({} as {})", settings.issuer, self.mode, self.client_id),
            Err(error) => error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://snp.example.org";
    const WHOLE: &str =
        "mode = \"bas\"\nclient_id = \"relais\"\nclient_secret_file = \"/etc/relais/psc.secret\"\n";

    fn refused(text: &str) -> String {
        let psc: Psc = toml::from_str(text).unwrap();
        psc.check(URL)
            .map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn off_asks_for_nothing_and_a_known_provider_for_little() {
        assert_eq!(refused(""), "");
        assert_eq!(refused(WHOLE), "");
        let psc: Psc = toml::from_str(WHOLE).unwrap();
        assert_eq!(psc.shown(), format!("{SANDBOX} (bas as relais)"));
        let settings = psc.settings("s".to_owned()).unwrap();
        assert_eq!(settings.discovery, format!("{SANDBOX}{DISCOVERY}"));
        assert_eq!(settings.acr, "eidas1");
        assert!(settings.signed_user_info);
        assert!(
            psc.check("").is_err(),
            "browsers would not know the way back"
        );
    }

    #[test]
    fn each_mistake_is_named_by_its_key() {
        for (key, value, named) in [
            ("mode", "\"maybe\"", "psc.mode"),
            ("mode", "\"other\"", "psc.issuer"),
            ("issuer", "\"http://psc.example.fr\"", "issuer"),
            (
                "token_endpoint",
                "\"http://psc.example.fr/t\"",
                "token_endpoint",
            ),
            ("client_id", "\"\"", "client_id"),
            ("client_auth", "\"none\"", "psc.client_auth"),
            ("timeout_seconds", "60", "timeout"),
        ] {
            let kept = WHOLE
                .lines()
                .filter(|l| !l.starts_with(&format!("{key} =")));
            let text = kept.map(|l| format!("{l}\n")).collect::<String>();
            let said = refused(&format!("{text}{key} = {value}\n"));
            assert!(said.contains(named), "{key}: {said}");
        }
        assert!(
            refused("mode = \"bas\"\nclient_id = \"relais\"\n").contains("psc.client_secret_file")
        );
        assert!(toml::from_str::<Psc>("modes = \"bas\"").is_err());
    }

    #[test]
    fn the_secret_is_printed_nowhere() {
        let mut psc: Psc = toml::from_str(WHOLE).unwrap();
        let variable = |name: &str| (name == "RELAIS_PSC_CLIENT_SECRET").then(|| "chut".to_owned());
        psc.apply(&variable).unwrap();
        assert!(psc.open().unwrap().is_some());
        let shown = format!("{psc:?} {}", psc.shown());
        assert!(!shown.contains("chut"), "{shown}");
    }
}
