//! Secure health mail (MSSanté): whose mailbox writes, through which operator or folder, and what
//! documents say of the installation. Every mistake is refused at the start, by the name of its key.

use anyhow::{Context as _, bail};
use relais_app::outside::OurMailbox;
use relais_app::synthesis::{Facility, Oids, Sender};
use relais_gateways::Gateway;
use relais_gateways::http::Secret;
use relais_gateways::mssante::{
    Auth, DropFolder, Postbox, PostboxSettings, Protection, Submission, SubmissionSettings,
    is_mailbox,
};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// `[mss]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mss {
    /// `off`, `smtp` or `folder`.
    pub(crate) mode: String,
    /// Name of the operator's server.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// `starttls` or `implicit`.
    pub(crate) tls: String,
    /// `mtls` or `login`.
    pub(crate) auth: String,
    /// Authority of the operator's certificate, PEM.
    pub(crate) ca_file: Option<PathBuf>,
    /// Our certificate, PEM.
    pub(crate) client_cert: Option<PathBuf>,
    /// Its key, PEM.
    pub(crate) client_key: Option<PathBuf>,
    /// The account.
    pub(crate) user: String,
    /// File of its secret.
    pub(crate) secret_file: Option<PathBuf>,
    /// Our mailbox.
    pub(crate) from: String,
    /// The name beside it.
    pub(crate) display_name: String,
    /// Reference of the product at the agency.
    pub(crate) nil: String,
    /// Asks readers to say that they displayed the mail.
    pub(crate) request_mdn: bool,
    /// Largest mail, bytes.
    pub(crate) max_bytes: usize,
    /// Folder where a connector picks mails up.
    pub(crate) folder: Option<PathBuf>,
    /// Root of our identifiers; without it they are drawn from the mailbox's address.
    pub(crate) oid_root: String,
    /// National number of the structure that keeps the notes.
    pub(crate) struct_id: String,
    /// Where care is organised from: code of JDV_J02 …
    pub(crate) facility: String,
    /// … and its label.
    pub(crate) facility_label: String,
    /// Longest wait for an answer, seconds.
    pub(crate) timeout_seconds: u64,
    /// Name of the server where our mailbox is read; nobody reads it without.
    pub(crate) imap_host: String,
    /// Its port.
    pub(crate) imap_port: u16,
    /// `starttls` or `implicit`.
    pub(crate) imap_tls: String,
    /// The folder where mails arrive.
    pub(crate) imap_folder: String,
    /// How often it is looked at, seconds.
    pub(crate) imap_every_seconds: u64,
}

impl Default for Mss {
    fn default() -> Self {
        let facility = Facility::default();
        Self {
            mode: "off".to_owned(),
            host: String::new(),
            port: 587,
            tls: "starttls".to_owned(),
            auth: "mtls".to_owned(),
            ca_file: None,
            client_cert: None,
            client_key: None,
            user: String::new(),
            secret_file: None,
            from: String::new(),
            display_name: String::new(),
            nil: String::new(),
            request_mdn: true,
            max_bytes: 10_000_000,
            folder: None,
            oid_root: String::new(),
            struct_id: String::new(),
            facility: facility.code,
            facility_label: facility.label,
            timeout_seconds: 10,
            imap_host: String::new(),
            imap_port: 143,
            imap_tls: "starttls".to_owned(),
            imap_folder: "INBOX".to_owned(),
            imap_every_seconds: 60,
        }
    }
}

/// The values a variable may set.
const VALUES: [&str; 25] = [
    "MODE",
    "HOST",
    "PORT",
    "TLS",
    "AUTH",
    "CA_FILE",
    "CLIENT_CERT",
    "CLIENT_KEY",
    "USER",
    "SECRET_FILE",
    "FROM",
    "DISPLAY_NAME",
    "NIL",
    "REQUEST_MDN",
    "MAX_BYTES",
    "FOLDER",
    "OID_ROOT",
    "STRUCT_ID",
    "FACILITY",
    "FACILITY_LABEL",
    "IMAP_HOST",
    "IMAP_PORT",
    "IMAP_TLS",
    "IMAP_FOLDER",
    "IMAP_EVERY_SECONDS",
];

/// Every variable: `RELAIS_MSS_MODE` …
pub(crate) fn variables() -> impl Iterator<Item = String> {
    VALUES.iter().map(|value| format!("RELAIS_MSS_{value}"))
}

fn protection(key: &str, tls: &str) -> anyhow::Result<Protection> {
    match tls {
        "starttls" => Ok(Protection::StartTls),
        "implicit" => Ok(Protection::Implicit),
        other => bail!("{key} is starttls or implicit, not `{other}`: there is no third way"),
    }
}

impl Mss {
    /// Puts the variables over the file.
    pub(super) fn apply(
        &mut self,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> anyhow::Result<()> {
        super::overridden("MSS", &VALUES, variable, |value, text| {
            self.set(value, text)
        })
    }

    fn set(&mut self, value: &str, text: String) -> anyhow::Result<()> {
        match value {
            "MODE" => self.mode = text,
            "HOST" => self.host = text,
            "PORT" => self.port = text.parse().context("a port is a number")?,
            "TLS" => self.tls = text,
            "AUTH" => self.auth = text,
            "CA_FILE" => self.ca_file = Some(text.into()),
            "CLIENT_CERT" => self.client_cert = Some(text.into()),
            "CLIENT_KEY" => self.client_key = Some(text.into()),
            "USER" => self.user = text,
            "SECRET_FILE" => self.secret_file = Some(text.into()),
            "FROM" => self.from = text,
            "DISPLAY_NAME" => self.display_name = text,
            "NIL" => self.nil = text,
            "REQUEST_MDN" => self.request_mdn = text.parse().context("true or false")?,
            "MAX_BYTES" => self.max_bytes = text.parse().context("a number of bytes")?,
            "FOLDER" => self.folder = Some(text.into()),
            "OID_ROOT" => self.oid_root = text,
            "STRUCT_ID" => self.struct_id = text,
            "FACILITY" => self.facility = text,
            "FACILITY_LABEL" => self.facility_label = text,
            "IMAP_HOST" => self.imap_host = text,
            "IMAP_PORT" => self.imap_port = text.parse().context("a port is a number")?,
            "IMAP_TLS" => self.imap_tls = text,
            "IMAP_FOLDER" => self.imap_folder = text,
            "IMAP_EVERY_SECONDS" => {
                self.imap_every_seconds = text.parse().context("a number of seconds")?;
            }
            other => bail!("{other} is no value of mss"),
        }
        Ok(())
    }

    /// Whether secure mail is sent.
    pub(crate) fn is_on(&self) -> bool {
        self.mode != "off"
    }

    /// Refuses what could not send a note. Files are read when the process starts.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        match self.mode.as_str() {
            "off" => return Ok(()),
            "smtp" => self.check_operator()?,
            "folder" => {
                if self.folder.is_none() {
                    bail!("mss.folder is the folder where the connector picks mails up");
                }
            }
            other => bail!("mss.mode is off, smtp or folder, not `{other}`"),
        }
        if !is_mailbox(&self.from) {
            bail!("mss.from is our mailbox in the secure space, like snp@cpts.mssante.fr");
        }
        if self.nil.is_empty() || !self.nil.bytes().all(|b| b.is_ascii_graphic()) {
            bail!("mss.nil is the product's reference at the agency: it goes with every mail");
        }
        let digits = self.struct_id.bytes().all(|b| b.is_ascii_digit());
        if !digits || !(10..=15).contains(&self.struct_id.len()) {
            bail!(
                "mss.struct_id is the national number of the structure: 1 and its FINESS, 2 and its SIREN, \
                 3 and its SIRET"
            );
        }
        if !self.oid_root.is_empty() && !Oids::is_root(&self.oid_root) {
            bail!("mss.oid_root is an OID of at most 20 characters, like 1.2.250.1.999");
        }
        self.check_mailbox()?;
        if self.facility.is_empty() || self.facility_label.is_empty() {
            bail!("mss.facility is a code like SA63, mss.facility_label its label");
        }
        Ok(())
    }

    fn check_operator(&self) -> anyhow::Result<()> {
        if self.host.is_empty() {
            bail!("mss.host is the name of the operator's server");
        }
        if self.display_name.trim().is_empty() {
            bail!(
                "mss.display_name says whose mailbox it is, like CPTS Nord Essonne - Soins non programmés"
            );
        }
        protection("mss.tls", &self.tls)?;
        self.check_auth()
    }

    /// Our mailbox is read where a server is given; it knows us like the one that sends.
    fn check_mailbox(&self) -> anyhow::Result<()> {
        if self.imap_host.is_empty() {
            return Ok(());
        }
        protection("mss.imap_tls", &self.imap_tls)?;
        if !(1..=3_600).contains(&self.imap_every_seconds) {
            bail!("mss.imap_every_seconds is between 1 and 3600");
        }
        self.check_auth()
    }

    fn check_auth(&self) -> anyhow::Result<()> {
        match self.auth.as_str() {
            "mtls" if self.client_cert.is_none() || self.client_key.is_none() => {
                bail!("mss.auth = \"mtls\" wants mss.client_cert and mss.client_key")
            }
            "login" if self.user.is_empty() || self.secret_file.is_none() => {
                bail!("mss.auth = \"login\" wants mss.user and mss.secret_file")
            }
            "mtls" | "login" => Ok(()),
            other => bail!("mss.auth is mtls or login, not `{other}`"),
        }
    }

    /// The operator or the folder, ready to be spoken to; its files are read here.
    pub(crate) fn open(&self) -> anyhow::Result<Option<Arc<dyn Gateway>>> {
        match self.mode.as_str() {
            "smtp" => Ok(Some(Arc::new(self.submission()?))),
            "folder" => {
                let folder = self.folder.clone().unwrap_or_default();
                let open = DropFolder::new(&folder, &self.from, &self.nil).context("mss")?;
                Ok(Some(Arc::new(open)))
            }
            _ => Ok(None),
        }
    }

    fn read(&self, key: &str, file: &Option<PathBuf>) -> anyhow::Result<Vec<u8>> {
        let path = file.clone().unwrap_or_default();
        std::fs::read(&path).with_context(|| format!("mss.{key}: cannot read {}", path.display()))
    }

    fn text(&self, key: &str, file: &Option<PathBuf>) -> anyhow::Result<String> {
        let read = self.read(key, file)?;
        String::from_utf8(read).with_context(|| format!("mss.{key} is not text"))
    }

    fn auth(&self) -> anyhow::Result<Auth> {
        Ok(if self.auth == "mtls" {
            Auth::Certificate {
                certificate: self.read("client_cert", &self.client_cert)?,
                key: Secret::new(self.text("client_key", &self.client_key)?),
            }
        } else {
            Auth::Login {
                user: self.user.clone(),
                secret: Secret::new(self.text("secret_file", &self.secret_file)?.trim()),
            }
        })
    }

    fn authority(&self) -> anyhow::Result<Option<Vec<u8>>> {
        match &self.ca_file {
            Some(_) => self.read("ca_file", &self.ca_file).map(Some),
            None => Ok(None),
        }
    }

    /// Our mailbox, when something reads it; its files are read here.
    pub(crate) fn mailbox(&self) -> anyhow::Result<Option<OurMailbox>> {
        if !self.is_on() || self.imap_host.is_empty() {
            return Ok(None);
        }
        let settings = PostboxSettings {
            host: self.imap_host.clone(),
            port: self.imap_port,
            protection: protection("mss.imap_tls", &self.imap_tls)?,
            authority: self.authority()?,
            auth: self.auth()?,
            address: self.from.clone(),
            folder: self.imap_folder.clone(),
            timeout: Duration::from_secs(self.timeout_seconds),
        };
        let post = Postbox::new(settings).context("mss, the mailbox (imap_*)")?;
        Ok(Some(OurMailbox {
            post: Arc::new(post),
            every: Duration::from_secs(self.imap_every_seconds),
        }))
    }

    fn submission(&self) -> anyhow::Result<Submission> {
        let settings = SubmissionSettings {
            host: self.host.clone(),
            port: self.port,
            protection: protection("mss.tls", &self.tls)?,
            authority: self.authority()?,
            auth: self.auth()?,
            from: self.from.clone(),
            display_name: self.display_name.clone(),
            nil: self.nil.clone(),
            request_mdn: self.request_mdn,
            max_bytes: self.max_bytes,
            timeout: Duration::from_secs(self.timeout_seconds),
        };
        Submission::new(&settings).context("mss")
    }

    /// What documents say of the installation; none when nothing is sent.
    pub(crate) fn sender(&self) -> Option<Sender> {
        self.is_on().then(|| Sender {
            oids: if self.oid_root.is_empty() {
                Oids::of_name(&self.from)
            } else {
                Oids::owned(&self.oid_root)
            },
            structure: self.struct_id.clone(),
            facility: Facility {
                code: self.facility.clone(),
                label: self.facility_label.clone(),
            },
        })
    }

    /// One line, without secrets, as `relais config check` shows it.
    pub(crate) fn shown(&self) -> String {
        let sent = match self.mode.as_str() {
            "smtp" => format!(
                "{} by {}:{} ({}, {})",
                self.from, self.host, self.port, self.tls, self.auth
            ),
            "folder" => {
                let folder = self.folder.clone().unwrap_or_default();
                format!("{} by the folder {}", self.from, folder.display())
            }
            _ => return "off".to_owned(),
        };
        match self.imap_host.as_str() {
            "" => sent,
            host => format!(
                "{sent}, read at {host}:{} ({})",
                self.imap_port, self.imap_tls
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let mss: Mss = toml::from_str(text).unwrap();
        mss.check()
            .map_or_else(|error| error.to_string(), |()| String::new())
    }

    const WHOLE: &str = "mode = \"smtp\"\nhost = \"smtp.operator.example\"\nauth = \"login\"\nuser = \"snp\"\n\
         secret_file = \"/etc/relais/mss.secret\"\nfrom = \"snp@cpts.mssante.fr\"\ndisplay_name = \"CPTS\"\n\
         nil = \"NIL-1\"\nstruct_id = \"1910000017\"\nimap_host = \"imap.operator.example\"\n";

    #[test]
    fn off_asks_for_nothing_and_whole_settings_pass() {
        assert_eq!(refused(""), "");
        assert_eq!(refused(WHOLE), "");
        let mss: Mss = toml::from_str(WHOLE).unwrap();
        assert_eq!(
            mss.shown(),
            "snp@cpts.mssante.fr by smtp.operator.example:587 (starttls, login), \
             read at imap.operator.example:143 (starttls)"
        );
    }

    #[test]
    fn each_mistake_is_named_by_its_key() {
        for (key, value, named) in [
            ("mode", "\"maybe\"", "mss.mode"),
            ("host", "\"\"", "mss.host"),
            ("tls", "\"none\"", "mss.tls"),
            ("auth", "\"mtls\"", "mss.client_cert"),
            ("from", "\"snp@cpts.example\"", "mss.from"),
            ("display_name", "\" \"", "mss.display_name"),
            ("nil", "\"\"", "mss.nil"),
            ("struct_id", "\"FR12\"", "mss.struct_id"),
            ("oid_root", "\"1.2.x\"", "mss.oid_root"),
            ("facility", "\"\"", "mss.facility"),
            ("imap_tls", "\"none\"", "mss.imap_tls"),
            ("imap_every_seconds", "0", "mss.imap_every_seconds"),
        ] {
            let kept = WHOLE
                .lines()
                .filter(|l| !l.starts_with(&format!("{key} =")));
            let text = kept.map(|l| format!("{l}\n")).collect::<String>();
            let said = refused(&format!("{text}{key} = {value}\n"));
            assert!(said.contains(named), "{key}: {said}");
        }
        let no_folder = "mode = \"folder\"\nfrom = \"snp@cpts.mssante.fr\"\n";
        assert!(refused(no_folder).contains("mss.folder"));
        assert!(toml::from_str::<Mss>("modes = \"smtp\"").is_err());
    }
}
