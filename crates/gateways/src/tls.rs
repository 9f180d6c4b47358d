//! TLS towards a server that is not asked over HTTP: whose certificate is believed, and which one of
//! ours is shown. Refuses a connection without a verified name: there is no such setting.

use crate::http::Secret;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// What cannot be used, and why.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// The authority that is to be believed.
    Authority(String),
    /// Our certificate or its key.
    Ours,
}

/// Our certificate (with those between it and its authority, if any) and its key, PEM.
pub(crate) struct Ours<'a> {
    pub(crate) certificate: &'a [u8],
    pub(crate) key: &'a Secret,
}

/// Believes this authority, PEM, or the machine's when none is given.
pub(crate) fn config(
    authority: Option<&[u8]>,
    ours: Option<Ours<'_>>,
) -> Result<Arc<ClientConfig>, Wrong> {
    let authority_error = |error: &dyn std::fmt::Display| Wrong::Authority(error.to_string());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| authority_error(&error))?;
    let builder = match authority {
        None => {
            let machine = rustls_platform_verifier::Verifier::new(provider)
                .map_err(|error| authority_error(&error))?;
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(machine))
        }
        Some(pem) => {
            let mut roots = RootCertStore::empty();
            for one in CertificateDer::pem_slice_iter(pem) {
                let one = one.map_err(|error| authority_error(&error))?;
                roots.add(one).map_err(|error| authority_error(&error))?;
            }
            if roots.is_empty() {
                return Err(Wrong::Authority("no certificate".to_owned()));
            }
            builder.with_root_certificates(roots)
        }
    };
    let config = match ours {
        None => builder.with_no_client_auth(),
        Some(ours) => {
            let chain = CertificateDer::pem_slice_iter(ours.certificate);
            let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(|_| Wrong::Ours)?;
            let key = PrivateKeyDer::from_pem_slice(ours.key.expose().as_bytes());
            let key = key.map_err(|_| Wrong::Ours)?;
            let built = builder.with_client_auth_cert(chain, key);
            built.map_err(|_| Wrong::Ours)?
        }
    };
    Ok(Arc::new(config))
}
