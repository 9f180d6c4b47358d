//! The configuration: a TOML file, each value overridable by a `RELAIS_*` variable. Unknown keys
//! are refused; secrets are never printed.

pub(crate) mod gateways;
pub(crate) mod mss;
pub(crate) mod psc;

use anyhow::{Context as _, anyhow, bail};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Everything `relais serve` needs to know.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    pub(crate) database: Database,
    pub(crate) http: Http,
    pub(crate) keys: Keys,
    pub(crate) log: Log,
    pub(crate) gateways: gateways::Section,
    pub(crate) mss: mss::Mss,
    pub(crate) psc: psc::Psc,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Database {
    /// `sqlite://PATH` or `postgres://…`.
    pub(crate) url: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Http {
    /// Address listened on.
    pub(crate) listen: SocketAddr,
    /// Where people reach it, as written in messages.
    pub(crate) public_url: String,
    /// Proxies whose forwarded headers are believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Keys {
    /// File of the master key: 32 bytes in base 64.
    pub(crate) master_file: Option<PathBuf>,
    /// Files of earlier master keys, still needed to open what they wrapped.
    pub(crate) older_files: Vec<PathBuf>,
    /// The key itself, from a variable only.
    #[serde(skip)]
    pub(crate) master: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// `text` or `json`.
    pub(crate) format: String,
    /// Filter, for example `info` or `relais_app=debug`.
    pub(crate) filter: String,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: "sqlite://relais.db".to_owned(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: String::new(),
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: "text".to_owned(),
            filter: "info".to_owned(),
        }
    }
}

/// The variables, with the value each one replaces.
pub(crate) const VARIABLES: &[&str] = &[
    "RELAIS_CONFIG",
    "RELAIS_DATABASE_URL",
    "RELAIS_HTTP_LISTEN",
    "RELAIS_HTTP_PUBLIC_URL",
    "RELAIS_HTTP_TRUSTED_PROXIES",
    "RELAIS_KEYS_MASTER_FILE",
    "RELAIS_KEYS_MASTER",
    "RELAIS_LOG_FORMAT",
    "RELAIS_LOG_FILTER",
];

/// Puts the variables of a section (`RELAIS_MSS_MODE` …) over what the file says.
fn overridden(
    section: &str,
    values: &[&str],
    variable: &dyn Fn(&str) -> Option<String>,
    mut set: impl FnMut(&str, String) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for value in values {
        let name = format!("RELAIS_{section}_{value}");
        if let Some(text) = variable(&name) {
            set(value, text).context(name)?;
        }
    }
    Ok(())
}

impl Config {
    /// Reads the file, if one is given, then the variables.
    pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut config = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                toml::from_str(&text).map_err(|error| anyhow!("{}: {error}", path.display()))?
            }
            None => Self::default(),
        };
        config.apply(&|name| std::env::var(name).ok())?;
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RELAIS_")) {
            let known = VARIABLES.contains(&name.as_str())
                || gateways::variables().any(|known| known == name)
                || mss::variables().any(|known| known == name)
                || psc::variables().any(|known| known == name)
                || name.starts_with("RELAIS_TEST_");
            if !known {
                bail!(
                    "unknown variable {name}; the variables are {}, and those of each gateway \
                     (RELAIS_GATEWAYS_SMS_URL …), of secure mail (RELAIS_MSS_MODE …) and of Pro Santé \
                     Connect (RELAIS_PSC_MODE …)",
                    VARIABLES.join(", ")
                );
            }
        }
        config.check()?;
        Ok(config)
    }

    fn apply(&mut self, variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<()> {
        if let Some(url) = variable("RELAIS_DATABASE_URL") {
            self.database.url = url;
        }
        if let Some(listen) = variable("RELAIS_HTTP_LISTEN") {
            self.http.listen = listen
                .parse()
                .context("RELAIS_HTTP_LISTEN is not an address and port, like 127.0.0.1:8080")?;
        }
        if let Some(url) = variable("RELAIS_HTTP_PUBLIC_URL") {
            self.http.public_url = url;
        }
        if let Some(list) = variable("RELAIS_HTTP_TRUSTED_PROXIES") {
            let read: Result<Vec<IpAddr>, _> =
                list.split(',').map(|ip| ip.trim().parse()).collect();
            self.http.trusted_proxies =
                read.context("RELAIS_HTTP_TRUSTED_PROXIES is a list of addresses with commas")?;
        }
        if let Some(path) = variable("RELAIS_KEYS_MASTER_FILE") {
            self.keys.master_file = Some(path.into());
        }
        self.keys.master = variable("RELAIS_KEYS_MASTER");
        if let Some(format) = variable("RELAIS_LOG_FORMAT") {
            self.log.format = format;
        }
        if let Some(filter) = variable("RELAIS_LOG_FILTER") {
            self.log.filter = filter;
        }
        self.mss.apply(variable)?;
        self.psc.apply(variable)?;
        self.gateways.apply(variable)
    }

    fn check(&self) -> anyhow::Result<()> {
        let known = ["sqlite://", "postgres://", "postgresql://"];
        if !known
            .iter()
            .any(|start| self.database.url.starts_with(start))
        {
            bail!("database.url starts with sqlite:// or postgres://");
        }
        if !matches!(self.log.format.as_str(), "text" | "json") {
            bail!("log.format is text or json");
        }
        let url = &self.http.public_url;
        if !url.is_empty() && (!url.starts_with("http") || url.ends_with('/')) {
            bail!("http.public_url starts with https:// and has no slash at the end");
        }
        self.mss.check()?;
        self.psc.check(url)?;
        if self.mss.is_on() && self.gateways.mssante.is_some() {
            bail!("secure mail goes by mss or by gateways.mssante, not by both");
        }
        self.gateways.check()
    }

    /// Where people reach it.
    pub(crate) fn public_url(&self) -> String {
        if self.http.public_url.is_empty() {
            format!("http://{}", self.http.listen)
        } else {
            self.http.public_url.clone()
        }
    }

    /// The database's address without its password.
    pub(crate) fn database_shown(&self) -> String {
        let url = &self.database.url;
        match (url.split_once("://"), url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
            _ => url.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_keys_are_refused() {
        let wrong: Result<Config, _> = toml::from_str("[http]\nlisten = \"127.0.0.1:1\"\nport = 2");
        assert!(
            wrong
                .unwrap_err()
                .to_string()
                .contains("unknown field `port`")
        );
    }

    #[test]
    fn variables_override_the_file_and_the_password_is_not_shown() {
        let mut config: Config = toml::from_str("[database]\nurl = \"sqlite://a.db\"").unwrap();
        let url = "postgres://relais:secret@db/relais";
        let variable = |name: &str| (name == "RELAIS_DATABASE_URL").then(|| url.to_owned());
        config.apply(&variable).unwrap();
        config.check().unwrap();
        assert_eq!(config.database_shown(), "postgres://…@db/relais");
    }
}
