//! Where a PostgreSQL is, and how it is spoken to: its address, and the TLS that `sslmode` asks for.
//! Refuses what would fall back to clear text without saying so, and a certificate checked by half.

use std::sync::Arc;
use std::time::Duration;

use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::Options;
use crate::error::StoreError;

/// A PostgreSQL's address, ready to connect to.
#[derive(Clone)]
pub(crate) struct Address {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

/// What the address says of TLS.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// Clear text: the same machine, or a network one trusts.
    Clear,
    /// Encrypted, with whoever answers.
    Encrypted,
    /// Encrypted, with the server of that name, known to these authorities or the machine's.
    Verified(Option<String>),
}

impl Address {
    /// Reads `postgres://…`, and adds what every connection of ours has.
    pub(crate) fn read(url: &str, options: &Options) -> Result<Address, StoreError> {
        let (rest, asked) = asked(url)?;
        let mut config: Config = rest
            .parse()
            .map_err(|_| refused("the postgres:// address cannot be read"))?;
        config
            .application_name("relais")
            .connect_timeout(options.connect_timeout)
            .keepalives_idle(Duration::from_secs(30))
            .tcp_user_timeout(options.statement_timeout + Duration::from_secs(5));
        let tls = client(&asked)?.map(MakeRustlsConnect::new);
        config.ssl_mode(match tls {
            Some(_) => SslMode::Require,
            None => SslMode::Disable,
        });
        Ok(Address { config, tls })
    }

    /// Connects.
    pub(crate) fn connect(&self) -> Result<Client, postgres::Error> {
        match &self.tls {
            Some(tls) => self.config.connect(tls.clone()),
            None => self.config.connect(NoTls),
        }
    }
}

fn refused(why: impl Into<String>) -> StoreError {
    StoreError::Schema { why: why.into() }
}

/// Takes `sslmode` and `sslrootcert`, which the driver does not know whole, out of an address.
fn asked(url: &str) -> Result<(String, Asked), StoreError> {
    let Some((before, query)) = url.split_once('?') else {
        return Ok((url.to_owned(), Asked::Clear));
    };
    let (mut mode, mut root, mut others) = ("disable", None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = value,
            Some(("sslrootcert", "system")) => {}
            Some(("sslrootcert", value)) => root = Some(value.replace("%2F", "/")),
            _ => others.push(pair),
        }
    }
    let rest = if others.is_empty() {
        before.to_owned()
    } else {
        format!("{before}?{}", others.join("&"))
    };
    let asked = match (mode, root) {
        ("disable", None) => Asked::Clear,
        ("require", None) => Asked::Encrypted,
        ("verify-full", root) => Asked::Verified(root),
        ("disable" | "require", Some(_)) => {
            return Err(refused(
                "sslrootcert is of use with sslmode=verify-full only: say sslmode=verify-full",
            ));
        }
        _ => {
            return Err(refused(
                "sslmode is disable, require (encrypted, whoever answers) or verify-full (encrypted, \
                 and the server's certificate is checked)",
            ));
        }
    };
    Ok((rest, asked))
}

fn client(asked: &Asked) -> Result<Option<ClientConfig>, StoreError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let wrong = |error: rustls::Error| refused(format!("TLS to the database: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let builder = match asked {
        Asked::Clear => return Ok(None),
        Asked::Encrypted => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Whoever(provider))),
        Asked::Verified(None) => {
            let machine = rustls_platform_verifier::Verifier::new(provider).map_err(wrong)?;
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(machine))
        }
        Asked::Verified(Some(path)) => builder.with_root_certificates(authorities(path)?),
    };
    Ok(Some(builder.with_no_client_auth()))
}

/// The authorities of a file.
fn authorities(path: &str) -> Result<RootCertStore, StoreError> {
    let wrong = |why: String| refused(format!("sslrootcert={path}: {why}"));
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots
            .add(certificate)
            .map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("no certificate in this file".to_owned()));
    }
    Ok(roots)
}

/// Believes any certificate whose key the server holds: what `sslmode=require` asks for, no more.
#[derive(Debug)]
struct Whoever(Arc<CryptoProvider>);

impl ServerCertVerifier for Whoever {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Option<(String, Asked)> {
        asked(&format!("postgres://r:p@db/relais{query}")).ok()
    }

    #[test]
    fn an_address_says_how_far_the_server_is_trusted() {
        let plain = "postgres://r:p@db/relais".to_owned();
        let also = format!("{plain}?connect_timeout=3&options=-c");
        let file = Some("/etc/ca.pem".to_owned());
        assert_eq!(read(""), Some((plain.clone(), Asked::Clear)));
        assert_eq!(
            read("?sslmode=disable"),
            Some((plain.clone(), Asked::Clear))
        );
        assert_eq!(
            read("?sslmode=require"),
            Some((plain.clone(), Asked::Encrypted))
        );
        let full = read("?connect_timeout=3&sslmode=verify-full&options=-c");
        assert_eq!(full, Some((also, Asked::Verified(None))));
        let rooted = read("?sslrootcert=%2Fetc/ca.pem&sslmode=verify-full");
        assert_eq!(rooted, Some((plain.clone(), Asked::Verified(file))));
        let machine = read("?sslmode=verify-full&sslrootcert=system");
        assert_eq!(machine, Some((plain, Asked::Verified(None))));
    }

    #[test]
    fn what_trusts_by_half_is_refused() {
        for query in [
            "?sslmode=prefer",
            "?sslmode=allow",
            "?sslmode=verify-ca",
            "?sslmode=",
            "?sslmode=require&sslrootcert=/etc/ca.pem",
            "?sslrootcert=/etc/ca.pem",
        ] {
            assert_eq!(read(query), None, "{query}");
        }
    }
}
